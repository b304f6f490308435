"""A plan: every cell of a sweep, resolved, checked and addressed, before anything runs."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, ScenarioError
from sim.paths import PathError, reached
from sim.scenario.model import Scenario
from sim.scenario.patching import merged, quoted
from sim.scenario.shipped import located
from sim.scenario.suggestions import did_you_mean, said
from sim.sweeping.design.axes import Change, changes
from sim.sweeping.design.file import MOST_CELLS, SweepFile, checked, read_sweep
from sim.sweeping.design.points import points
from sim.sweeping.design.unknowns import Unknown, assumed, check_alone, unknown
from sim.sweeping.planning.bases import (
    Base,
    Loader,
    base_of,
    checked_patch,
    from_file,
    from_scenario,
)
from sim.sweeping.planning.cells import CellInputs, canonical, inputs_of
from sim.sweeping.planning.precision import Rule, rule_of


@dataclass(frozen=True)
class Cell:
    """One combination of what varies: its columns in the tables, and the case that is played."""

    columns: dict[str, Any]
    case: CellInputs
    change: Change


@dataclass(frozen=True)
class SweepPlan:
    """A sweep, planned: its cells in order, what varies, who plays, and how many replications are
    enough.
    """

    name: str
    title: str
    cells: tuple[Cell, ...]
    axes: tuple[tuple[str, int], ...]
    """Column and number of values of every axis; design points are the last."""
    unknowns: tuple[str, ...]
    left_out: tuple[str, ...]
    """Assumed parameters whose range cannot be varied, and why."""
    policies: tuple[str, ...]
    rule: Rule
    shown: str
    platforms: tuple[str | None, ...]
    bases: tuple[Base, ...]
    """The base on every platform that varies."""

    @cached_property
    def identity(self) -> str:
        """The name of the plan in a store: readable, and another one if any cell or the rule is
        another.
        """
        content = [
            self.policies,
            canonical(self.rule.told()),
            [(c.case.address, c.columns) for c in self.cells],
        ]
        return f"{self.name}-{hashlib.sha256(canonical(content).encode()).hexdigest()[:12]}"

    @cached_property
    def cases(self) -> dict[str, CellInputs]:
        """The cases to play, by address: cells that are the same scenario are played once."""
        return {cell.case.address: cell.case for cell in self.cells}


def plan(
    what: str | Path | Scenario,
    axes: dict[str, Sequence[Any]] | None = None,
    *,
    replications: int | None = None,
    precision: str | None = None,
    policies: Sequence[str] | None = None,
) -> SweepPlan:
    """Plan a sweep: of a sweep file, or of a scenario (or its file) and axes by path.

    Cells are resolved, not checked.

    `replications`, `precision` and `policies` stand instead of the file's. Raises `ScenarioError`
    with every fault.

    >>> import sim
    >>> len(plan(sim.load("scenarios/linkedin_dm.toml"), {"send.hold": ["0 s", "10 s"]}).cells)
    2
    """
    if axes is None and not isinstance(what, Scenario):
        shown, sweep = str(what), read_sweep(what)
        file = located(what)
        load_on = from_file(_base(sweep.base, file.parent, shown), shown)
        name = file.stem
    else:
        tables = [{"path": path, "values": list(values)} for path, values in (axes or {}).items()]
        shown, name = "sweep", "sweep"
        sweep = checked({"schema": 1, "base": "given", "axis": tables}, shown)
        load_on = (
            from_scenario(what) if isinstance(what, Scenario) else from_file(located(what), shown)
        )
    if replications is not None or precision is not None:
        sweep = sweep.model_copy(update={"replications": replications, "precision": precision})
    if policies is not None:
        sweep = sweep.model_copy(update={"play": tuple(policies)})
    return crossed(sweep, load_on, shown, name)


def _base(name: str, folder: Path, shown: str) -> Path:
    """Give the path of the base as the sweep file names it. Raises `ScenarioError`."""
    try:
        reached(name, folder)
    except PathError as error:
        problem = f"{said(name)} {error.problem}".replace("scenario's", "sweep's")
        raise ScenarioError([Fault(shown, "base", problem, error.remedy)]) from None
    return located(name, beside=folder)


def crossed(sweep: SweepFile, load_on: Loader, shown: str, name: str) -> SweepPlan:
    """Cross axes and points into cells. Raises `ScenarioError` for faults of the sweep itself."""
    bases: dict[str | None, Base] = {}

    def base_on(platform: str | None) -> Base:
        if platform not in bases:
            bases[platform] = base_of(load_on(platform), sweep, shown)
        return bases[platform]

    base = base_on(None)
    steps = [_steps(axis_changes, base, shown) for axis_changes in _changes(sweep, shown)]
    sizes = [(axis.column, len(one)) for axis, one in zip(sweep.axis, steps, strict=True)]
    design = [("points of the design", sweep.design.points)] if sweep.design else []
    _check_size([*sizes, *design], shown)
    heads = [_joined(combination) for combination in itertools.product(*steps)]
    platforms = list(dict.fromkeys(head.platform for head in heads))
    used = {platform: base_on(platform) for platform in platforms}
    unknowns, left_out = _unknowns(sweep, used, shown)
    paths = list(dict.fromkeys(path for mine in unknowns.values() for path in mine))
    cube = points(sweep.design, len(paths)) if sweep.design and paths else None
    count = len(heads) * (1 if cube is None else len(cube))
    sizes += [] if cube is None else [("points of the design", len(cube))]
    _check_count(count, sizes, sweep.expect_cells, shown)
    there = (
        None
        if cube is None
        else {platform: _points(cube, paths, mine) for platform, mine in unknowns.items()}
    )
    cells = []
    for head in heads:
        whole = [head] if there is None else [head.then(point) for point in there[head.platform]]
        cells += [_cell(change, used[head.platform]) for change in whole]
    described = {path: mine[path].words for mine in unknowns.values() for path in mine}
    replications = sweep.replications or base.scenario.run.replications
    rule = rule_of(sweep.precision, replications, sweep.at_most, sweep.measures)
    return SweepPlan(
        name,
        sweep.title,
        tuple(cells),
        tuple(sizes),
        tuple(described.values()),
        left_out,
        tuple(base.policies),
        rule,
        shown,
        tuple(used),
        tuple(used.values()),
    )


def _points(
    cube: npt.NDArray[np.float64], paths: list[str], mine: dict[str, Unknown]
) -> list[Change]:
    """Give the change that each point of a design makes on one platform.

    What it does not assume stays as it is.
    """
    out = []
    for k, shares in enumerate(cube.tolist()):
        moved = [
            mine[path].change(u) for path, u in zip(paths, shares, strict=True) if path in mine
        ]
        out.append(_joined((Change({"point": k}), *moved)))
    return out


def _cell(change: Change, base: Base) -> Cell:
    policies = {
        name: merged(patch, change.policies.get(name, {})) for name, patch in base.policies.items()
    }
    return Cell(
        change.columns,
        inputs_of(merged(base.bare.raw, change.patch), policies, base.scenario.folder),
        change,
    )


def _joined(combination: tuple[Change, ...]) -> Change:
    whole = Change()
    for one in combination:
        whole = whole.then(one)
    return whole


def _changes(sweep: SweepFile, shown: str) -> Iterator[list[Change]]:
    for axis in sweep.axis:
        try:
            yield changes(axis)
        except ValueError as error:
            problem, _, remedy = str(error).partition("; ")
            raise ScenarioError(
                [Fault(shown, f"axis.{quoted(axis.column)}", problem, remedy)]
            ) from None


def _steps(axis: list[Change], base: Base, shown: str) -> list[Change]:
    """Read the files that an axis' patches name.

    Refuse a value that is there twice, or a policy that is not.
    """
    seen: list[Any] = []
    out = []
    for change in axis:
        (column, value), *_ = change.columns.items()
        at = f"axis.{quoted(column)} = {said(value)}"
        if (type(value), value) in seen:
            raise ScenarioError([Fault(shown, at, "is there twice", "keep one of them")])
        seen.append((type(value), value))
        for name in change.policies:
            if name not in base.policies:
                problem = f"there is no policy {said(name)} that is played{did_you_mean(name, base.policies)}"
                known = ", ".join(said(one) for one in base.policies)
                raise ScenarioError([Fault(shown, at, problem, f"use one of {known}")])
        patch = checked_patch(change.patch, base, shown, at)
        policies = {
            name: checked_patch(one, base, shown, at) for name, one in change.policies.items()
        }
        out.append(replace(change, patch=patch, policies=policies))
    return out


def _unknowns(
    sweep: SweepFile, bases: dict[str | None, Base], shown: str
) -> tuple[dict[str | None, dict[str, Unknown]], tuple[str, ...]]:
    """Give the unknowns of every base by path, and what is assumed but cannot be varied."""
    found: dict[str | None, dict[str, Unknown]] = {platform: {} for platform in bases}
    left_out: dict[str, str] = {}
    faults: list[Fault] = []
    design = sweep.design
    for platform, base in bases.items() if design else ():
        assert design is not None
        known = {path: one.sweep for path, one in base.scenario.sources.items() if one.sweep}
        ranges = {**assumed(base.scenario), **design.ranges}
        if design.unknowns != "assumed":
            ranges = {
                path: design.ranges.get(path, known.get(path, ()))
                for path in (*design.unknowns, *design.ranges)
            }
        for path, ends in ranges.items():
            try:
                if len(ends) < 2:
                    raise ValueError("has no range to explore; give it one in [design.ranges]")
                check_alone(path, found[platform])
                found[platform][path] = unknown(base.scenario, path, ends)
            except ValueError as error:
                problem, _, remedy = str(error).partition("; ")
                if design.unknowns == "assumed" and path not in design.ranges:
                    left_out[path] = f"{path}: {problem}"
                else:
                    faults.append(
                        Fault(shown, f"design.{quoted(path)}", problem, remedy or "leave it out")
                    )
    if faults:
        raise ScenarioError(list(dict.fromkeys(faults)))
    return found, tuple(left_out.values())


def _made(sizes: list[tuple[str, int]]) -> str:
    return " x ".join(f"{n} {column}" for column, n in sizes) or "no axis"


def _check_count(
    count: int, sizes: list[tuple[str, int]], expected: int | None, shown: str
) -> None:
    made = _made(sizes)
    if expected is not None and expected != count:
        problem = f"{expected:,} cells were expected, and {made} makes {count:,}"
        raise ScenarioError([Fault(shown, "expect_cells", problem, "correct it or what varies")])


def _check_size(sizes: list[tuple[str, int]], shown: str) -> None:
    """Refuse more cells than memory holds, before any is made."""
    count = math.prod(size for _, size in sizes)
    if count > MOST_CELLS:
        problem = f"{_made(sizes)} makes {count:,} cells, more than {MOST_CELLS:,}"
        raise ScenarioError([Fault(shown, "axis", problem, "leave out values or points")])
