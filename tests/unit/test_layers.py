"""Imports go down the list of layers in docs/architecture.md, and each heavy library has one
home."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Set
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import sim

SOURCES = Path(sim.__file__).parent
ARCHITECTURE = SOURCES.parent / "docs" / "architecture.md"
HOMES = {
    "simpy": ("sim.engines.reference",),
    "matplotlib": ("sim.charts",),
    "joblib": ("sim.playing", "sim.sweeping", "sim.answers.points"),
    "distributed": ("sim.sweeping",),
    "duckdb": ("sim.sweeping",),
    "typer": ("sim.cli",),
    "rich": ("sim.cli",),
    "numba": ("sim.compiling", "sim.engines.compiled"),
}
"""Where a library may be imported."""
BREACHES: dict[str, str] = {}
"""Known breaches: modules whose test must fail until they are repaired."""


def inside(name: str, home: str) -> bool:
    """Tell whether a module is a package or lies in it."""
    return name == home or name.startswith(home + ".")


@cache
def modules() -> dict[str, Path]:
    """Give every module of the package by its dotted name."""
    found = {}
    for file in sorted(SOURCES.rglob("*.py")):
        parts = file.relative_to(SOURCES.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def imports(name: str) -> Iterator[str]:
    """Yield every module that a module imports: at the top, inside functions, and for type
    checking."""
    yield from imported(modules()[name].read_text(encoding="utf-8"), set(modules()))


def imported(text: str, known: Set[str]) -> Iterator[str]:
    """Yield every module that a source imports, given the modules that there are."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in known else str(node.module)


def circle(sources: Mapping[str, str]) -> list[str]:
    """Give modules that import each other in a circle, wherever the imports stand; none if nothing
    does."""
    known = set(sources)
    graph = {name: {*imported(text, known)} & known - {name} for name, text in sources.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [str(name) for name in error.args[1]]
    return []


@cache
def layers() -> list[set[str]]:
    """Read the layers from the table of docs/architecture.md, the lowest first, as dotted names."""
    section = (
        ARCHITECTURE.read_text(encoding="utf-8").partition("## Layers")[2].partition("\n## ")[0]
    )
    rows = [
        line.split("|")[2] for line in section.splitlines() if line.startswith("|") and "`" in line
    ]
    found = [
        {"sim." + name.strip("/").replace("/", ".") for name in re.findall(r"`([\w/]+)`", row)}
        for row in rows
    ]
    return found[::-1]


def layer(name: str) -> int:
    """Give the number of the layer a module belongs to, 0 the lowest."""
    homes = [k for k, names in enumerate(layers()) if any(inside(name, home) for home in names)]
    assert len(homes) == 1, f"{name} is in {len(homes)} layers of {ARCHITECTURE.name}; give it one"
    return homes[0]


def placed() -> list[str]:
    """List the modules that have a layer: all but the package itself and the engines' common
    door."""
    return [name for name in modules() if name not in ("sim", "sim.engines")]


def uphill(name: str) -> list[str]:
    """List what a module imports from a layer above its own; the package itself (for its version)
    is no layer."""
    ours = [m for m in imports(name) if inside(m, "sim") and m not in ("sim", "sim.engines")]
    return [m for m in ours if layer(m) > layer(name)]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=pytest.mark.xfail(reason=BREACHES[n], strict=True))
        if n in BREACHES
        else n
        for n in placed()
    ],
)
def test_a_module_imports_from_its_own_layer_or_below(name: str) -> None:
    assert not uphill(name), (
        f"{name} imports {uphill(name)}, which stands above it in {ARCHITECTURE.name}"
    )


def test_the_table_of_layers_was_read_and_the_check_sees_a_breach() -> None:
    assert len(layers()) >= 8
    assert (
        layer("sim.clock")
        < layer("sim.scenario.model")
        < layer("sim.world.looks")
        < layer("sim.records")
    )
    assert (
        layer("sim.records")
        < layer("sim.engines.reference.phone")
        < layer("sim.verdicts")
        < layer("sim.estimates")
    )
    assert (
        layer("sim.estimates") < layer("sim.running") < layer("sim.charts") <= layer("sim.cli.app")
    )
    assert any(
        layer(m) < layer("sim.running")
        for m in imports("sim.running")
        if inside(m, "sim") and m != "sim.engines"
    )
    assert uphill("sim.results") or "sim.results" not in BREACHES


@pytest.mark.parametrize("library", HOMES)
def test_a_heavy_library_is_imported_in_its_home_only(library: str) -> None:
    users = [name for name in modules() if any(inside(m, library) for m in imports(name))]
    strays = [name for name in users if not any(inside(name, home) for home in HOMES[library])]
    assert not strays, f"{library} is imported by {strays}; its home is {HOMES[library]}"
    assert users


def test_no_engine_imports_the_other() -> None:
    pairs = [
        ("sim.engines.reference", "sim.engines.compiled"),
        ("sim.engines.compiled", "sim.engines.reference"),
    ]
    for one, other in pairs:
        crossing = [
            n for n in modules() if inside(n, one) and any(inside(m, other) for m in imports(n))
        ]
        assert not crossing, (
            f"{crossing} imports {other}: an engine that borrows from the other is no second reading"
        )


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle({n: file.read_text(encoding="utf-8") for n, file in modules().items()}) == []


@pytest.mark.parametrize(
    "back",
    [
        "from one import first",
        "def third():\n    from one import first",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import one",
    ],
    ids=["at the top", "inside a function", "for type checking"],
)
def test_a_circle_is_found_wherever_its_imports_stand(back: str) -> None:
    sources = {"one": "import two", "two": "from three import third", "three": ""}
    assert circle(sources) == []
    assert set(circle(sources | {"three": back})) == {"one", "two", "three"}
