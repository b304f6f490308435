"""The public face is a list; nothing is slow to import, nothing random comes from elsewhere, only
the rim prints."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim

SOURCES = sorted(Path(sim.__file__).parent.rglob("*.py"))
HEAVY = (
    "simpy",
    "numba",
    "matplotlib",
    "pandas",
    "scipy",
    "pydantic",
    "joblib",
    "pyarrow",
    "rich",
    "typer",
)
STRAY = {"random", "secrets", "uuid"}
"""Modules that bring chance in."""
CLOCKS = {"time"}
"""Modules that bring the wall clock in: for progress at the rim only."""


@pytest.mark.parametrize("name", sim.__all__)
def test_a_public_name_exists_and_says_what_it_is(name: str) -> None:
    thing = getattr(sim, name)
    assert thing.__doc__
    assert thing.__module__.startswith("sim.")


def test_an_unknown_name_is_an_ordinary_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'sim' has no attribute 'lode'"):
        sim.lode  # noqa: B018


def test_a_public_function_is_never_shadowed_by_a_module() -> None:
    import sim.charts
    import sim.running

    assert callable(sim.run)
    assert callable(sim.draw)
    assert callable(sim.load)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import json, sys, sim; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert "sim" in loaded
    assert not loaded & set(HEAVY)


def stray_randomness(source: str) -> Iterator[str]:
    """Yield what in a source brings in chance from outside `sim.draws`, or the time of day."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (
                alias.name
                for alias in node.names
                if alias.name.split(".")[0] in STRAY or "random" in alias.name
            )
        elif isinstance(node, ast.ImportFrom):
            names = [str(node.module), *(alias.name for alias in node.names)]
            yield from (
                name
                for name in names
                if name.split(".")[0] in STRAY or name in ("urandom", "default_rng")
            )
        elif isinstance(node, ast.Attribute):
            wall = node.attr in ("now", "today", "utcnow") and ast.unparse(node.value) in (
                "datetime",
                "datetime.datetime",
                "date",
            )
            if wall or node.attr in ("random", "urandom", "rvs", "default_rng", "RandomState"):
                yield node.attr


# The points of a design or an integral (scipy.stats.qmc) are no chance of the model: seeds are fixed.
DESIGNS = ("sweeping/design/points.py", "estimates/selection.py", "estimates/sensitivity.py")


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(SOURCES[0].parent)))
def test_chance_comes_from_the_keyed_draws_only(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert not list(stray_randomness(source)) or any(file.match(one) for one in DESIGNS)
    imported = {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    clocked = file.parent.name == "cli" or file.name in (
        "pilot.py",
        "screening.py",
        "progress.py",
        "scipy.py",
    )
    assert not imported & CLOCKS or clocked, (
        "clocks are for progress bars, pilots and how long screenings and tables take"
    )


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "import numpy.random",
        "from numpy import random",
        "from random import choice",
        "import numpy as np\nnp.random.normal()",
        "from scipy import stats\nstats.norm.rvs()",
        "import os\nos.urandom(8)",
        "from numpy.random import default_rng",
        "import uuid",
        "import datetime\ndatetime.datetime.now()",
    ],
)
def test_the_search_for_stray_randomness_finds_it(source: str) -> None:
    assert list(stray_randomness(source))


@pytest.mark.parametrize("file", SOURCES, ids=lambda f: str(f.relative_to(SOURCES[0].parent)))
def test_no_module_is_longer_than_400_lines_but_the_two_that_only_list_fields(file: Path) -> None:
    listings = {"scenario/model.py": 400}
    allowed = listings.get(str(file.relative_to(SOURCES[0].parent)), 400)
    assert len(file.read_text(encoding="utf-8").splitlines()) <= allowed
