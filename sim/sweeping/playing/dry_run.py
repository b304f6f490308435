"""What a sweep is going to take, before it runs: a task of the cell in the middle is played."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from sim.engines import choose
from sim.estimates import FEW
from sim.sums import Sums
from sim.sweeping.planning.cells import CellInputs
from sim.sweeping.planning.plan import SweepPlan
from sim.sweeping.playing.batches import Batch, batches
from sim.sweeping.playing.tasks import blocks, play, play_batch, sums_of

LONGEST: Final = 10.0
"""Seconds after which no further task of the pilot is begun."""


@dataclass(frozen=True)
class Expected:
    """What a plan takes: tasks, replications, seconds on one core, memory and disk."""

    tasks: int
    replications: int
    messages: float
    seconds: float
    megabytes_a_worker: float
    megabytes_of_disk: float
    pilot: int
    """Replications that were played to tell how many a precision takes."""
    upto: Literal["the end", "the first look", "the most"] = "the end"
    """How far it goes: to the first look, where the pilot is too small to tell more; to the most
    replications that are allowed, where these are not precise enough by the pilot."""


def dry_run(plan: SweepPlan, clock: Callable[[], float], workers: int = 1) -> Expected:
    """Play the first task of the cell in the middle, with those that workers would play together
    with it, and scale it up. Compiling is not counted.
    """
    cases = list(plan.cases.values())
    middle = cases[len(cases) // 2]
    batch = _first_batch(plan, middle, workers)
    play(replace(batch[0], count=1))  # compiles, or loads what is compiled
    began = clock()
    files = play_batch(batch)
    seconds = clock() - began
    each = seconds / sum(task.case.messages * task.count for task in batch)
    mine = next(file for task, file in zip(batch, files, strict=True) if task.case == middle)
    pilot = _pilot(plan, middle, batch[0].engine, mine, lambda: clock() - began)
    replications, upto = _replications(plan, middle, pilot)
    messages = sum(case.messages * replications[case.address] for case in cases)
    tasks = sum(len(list(blocks(case, replications[case.address]))) for case in cases)
    return Expected(
        tasks,
        sum(replications.values()),
        messages,
        each * messages,
        _peak(),
        tasks * sum(map(len, files)) / len(files) / 1e6,
        pilot.replications,
        upto,
    )


def _first_batch(plan: SweepPlan, middle: CellInputs, workers: int) -> Batch:
    """Give the batch that a cell's first task is played in, up to the first look."""
    looks = {case.address: plan.rule.looks(case.block)[0] for case in plan.cases.values()}
    engine = choose("auto", sum(c.messages * looks[c.address] for c in plan.cases.values()))
    tasks = [
        task for case in plan.cases.values() for task in blocks(case, looks[case.address], engine)
    ]
    first = next(blocks(middle, looks[middle.address], engine))
    return next(batch for batch in batches(tasks, workers) if first in batch)


def _pilot(
    plan: SweepPlan, middle: CellInputs, engine: str, first: bytes, since: Callable[[], float]
) -> Sums:
    """Play more of the cell in the middle, until there are enough replications for an interval."""
    files = [first]
    if plan.rule.target is not None:
        for task in list(blocks(middle, plan.rule.looks(middle.block)[0], engine))[1:]:
            if len(files) * middle.block >= FEW or since() > LONGEST:
                break
            files.append(play(task))
    return sums_of(files)


def _replications(
    plan: SweepPlan, middle: CellInputs, pilot: Sums
) -> tuple[dict[str, int], Literal["the end", "the first look", "the most"]]:
    """Give how many replications every case is expected to take, by its address."""
    looks = {case.address: plan.rule.looks(case.block) for case in plan.cases.values()}
    if plan.rule.target is not None and pilot.replications < FEW:
        return {address: mine[0] for address, mine in looks.items()}, "the first look"
    needed = plan.rule.expected(pilot, middle.block)
    if needed is None:
        return {address: mine[-1] for address, mine in looks.items()}, "the most"
    enough = {a: next((n for n in mine if n >= needed), mine[-1]) for a, mine in looks.items()}
    return enough, "the end"


def _peak() -> float:
    """Give the most memory this process has taken, in MB; a worker takes about as much."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
