"""The scenarios that come with the package, by name: `linkedin_dm`, `platforms/slack`.

They are in `scenarios/` of a checkout, and in the wheel beside the package's own files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sim.errors import Fault, ScenarioError
from sim.scenario.suggestions import did_you_mean

PACKAGE = Path(__file__).parents[1]
KINDS = ("", "platforms/", "sweeps/")
"""Folders whose files have names; `platforms/` and `sweeps/` may be left out of a name."""
ANSWERS = "answers.json"
"""What the published tables answer, by name; `results/publish.py` writes it."""


@cache
def folder() -> Path:
    """Give the folder of the shipped scenarios: the package's own, or that of the checkout.

    >>> (folder() / "linkedin_dm.toml").is_file()
    True
    """
    own = PACKAGE / "shipped"
    return own if own.is_dir() else PACKAGE.parent / "scenarios"


@cache
def names() -> tuple[str, ...]:
    """List the names of the shipped scenarios and sweeps.

    >>> "platforms/slack" in names()
    True
    """
    files = (file for kind in KINDS for file in sorted((folder() / kind).glob("*.toml")))
    return tuple(file.relative_to(folder()).with_suffix("").as_posix() for file in files)


@cache
def answers() -> Mapping[str, str]:
    """Give what is published as the answer of each scenario, by name."""
    file = folder() / ANSWERS
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def file_of(name: str) -> Path | None:
    """Give the file of a shipped scenario or sweep; None if there is none of that name.

    >>> file_of("slack").name
    'slack.toml'
    """
    found = next((kind + name for kind in KINDS if kind + name in names()), None)
    return None if found is None else folder() / f"{found}.toml"


def located(given: str | Path, beside: Path | None = None) -> Path:
    """Find a scenario by path, from the folder `beside`, or by name where no file is there.

    Raises `ScenarioError`.

    >>> located("linkedin_dm") == folder() / "linkedin_dm.toml"
    True
    """
    path = Path(given) if beside is None else beside / given
    try:
        if path.exists():
            return path
    except (OSError, ValueError):
        return path  # what is wrong with it is said as it is read
    shipped = file_of(str(given))
    if shipped is not None:
        return shipped
    near = did_you_mean(given, stems()) or did_you_mean(path.stem, _neighbours(path))
    problem = f"there is no such file{near}"
    remedy = "check the path; toolate scenarios lists those that come with the package by name"
    raise ScenarioError([Fault(str(path), "", problem, remedy)])


def stems() -> list[str]:
    """List all that may be said for a shipped file: names, and names without their folder."""
    return [*names(), *(name.rpartition("/")[2] for name in names())]


def _neighbours(path: Path) -> list[str]:
    """List, without their ending, the scenario files in the folder that a path names."""
    try:
        return [file.stem for file in path.parent.glob("*.toml")][:1000]
    except (OSError, ValueError):
        return []
