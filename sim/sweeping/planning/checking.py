"""Every cell under every policy is checked before anything runs, by the rules that hold for any
scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.errors import Fault, FaultyInputError, ScenarioError, TraceError
from sim.scenario.patching import quoted
from sim.scenario.policies import changes_rows
from sim.scenario.suggestions import said
from sim.sizing import refuse_large
from sim.sweeping.design.axes import Change
from sim.sweeping.planning.bases import Base
from sim.sweeping.planning.cells import canonical
from sim.sweeping.planning.plan import Cell, SweepPlan
from sim.world import draw_world

SHOWN = 10
"""Faults that are reported; a range that is wrong is wrong in thousands of cells."""


def check(plan: SweepPlan, progress: Callable[[int], None] | None = None) -> None:
    """Check all cells of a plan.

    Raises `ScenarioError` naming the cells, their values and what is wrong with them.

    >>> import sim
    >>> from sim.sweeping.planning.plan import plan
    >>> check(plan(sim.load("scenarios/linkedin_dm.toml"), {"send.hold": ["0 s", "10 s"]}))
    """
    faults: dict[tuple[str, str], Fault] = {}
    cells: dict[tuple[str, str], int] = {}
    seen: set[str] = set()
    read: set[str] = set()
    for number, cell in enumerate(plan.cells):
        if cell.case.address not in seen:
            seen.add(cell.case.address)
            for policy, fault in _faults(cell, _base_of(plan, cell), read):
                # One line for what is wrong in the same way in many cells: the first of them is
                # named.
                key = (fault.path, fault.problem)
                cells[key] = cells.get(key, 0) + 1
                faults.setdefault(key, _located(fault, cell.change, policy, plan))
        if progress is not None:
            progress(number + 1)
    if faults:
        found = [_counted(fault, cells[key]) for key, fault in faults.items()]
        more = Fault(
            plan.shown,
            "",
            f"{len(found) - SHOWN} more faults were found",
            "correct the ones above first",
        )
        raise ScenarioError(found[:SHOWN] + ([more] if len(found) > SHOWN else []))


def _base_of(plan: SweepPlan, cell: Cell) -> Base:
    return plan.bases[plan.platforms.index(cell.change.platform)]


def _faults(cell: Cell, base: Base, read: set[str]) -> Iterator[tuple[str | None, Fault]]:
    """Yield what is wrong with a cell, or with a policy in it.

    Files of real messages that were `read` are not again.
    """
    try:
        scenario = base.bare.patched(cell.change.patch)
    except ScenarioError as error:
        yield from ((None, fault) for fault in error.faults)
        return
    traffic = canonical([base.scenario.folder, scenario.raw["traffic"], scenario.run.horizon])
    if scenario.traffic.kind == "trace" and traffic not in read:
        read.add(traffic)
        try:
            draw_world(scenario, 0)
        except TraceError as error:
            yield from ((None, fault) for fault in error.faults)
    try:
        messages = cell.case.messages / max(len(cell.case.policies), 1)
        refuse_large([scenario], messages, 1)
    except FaultyInputError as error:
        yield from ((None, fault) for fault in error.faults)
    for name, patch in cell.case.policies.items():
        barred = changes_rows(cell.change.policies.get(name, {}), base.scenario.file, "")
        try:
            if not barred:
                scenario.patched(patch)
        except ScenarioError as error:
            barred = list(error.faults)
        yield from ((name, fault) for fault in barred)


def _located(fault: Fault, change: Change, policy: str | None, plan: SweepPlan) -> Fault:
    values = [
        f"{quoted(column)} = {said(value)}"
        for column, value in change.columns.items()
        if not column.endswith(("_s", "_per_d"))
    ]
    where = ", ".join(values + ([f"policy {said(policy)}"] if policy is not None else []))
    place = (
        f"{fault.file}, {fault.path}".removesuffix(", ")
        if fault.file != plan.bases[0].scenario.file
        else fault.path
    )
    return Fault(plan.shown, f"cell {where}", f"{place}: {fault.problem}", fault.remedy)


def _counted(fault: Fault, cells: int) -> Fault:
    if cells == 1:
        return fault
    return Fault(
        fault.file, fault.path, f"{fault.problem} (the same in {cells - 1:,} more)", fault.remedy
    )
