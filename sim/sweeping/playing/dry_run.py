"""What a sweep is going to take, before it runs: a task of the cell in the middle is played."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

from sim.engines import choose
from sim.sweeping.planning.plan import SweepPlan
from sim.sweeping.playing.batches import Batch, batches
from sim.sweeping.playing.tasks import blocks, play, play_batch, sums_of


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
    """Replications that tell how many a precision needs."""
    is_sure: bool = True
    """Whether a cell like the one in the middle reaches the precision with the most that are
    allowed."""


def dry_run(plan: SweepPlan, clock: Callable[[], float], workers: int = 1) -> Expected:
    """Play the first task of the cell in the middle, with those that workers would play together
    with it, and scale it up. Compiling is not counted.
    """
    cases = list(plan.cases.values())
    middle = cases[len(cases) // 2]
    batch = _first_batch(plan, middle.address, workers)
    play(replace(batch[0], count=1))  # compiles, or loads what is compiled
    began = clock()
    files = play_batch(batch)
    each = (clock() - began) / sum(task.case.messages * task.count for task in batch)
    pilot = sums_of([files[[task.case.address for task in batch].index(middle.address)]])
    needed = plan.rule.expected(pilot, middle.block)
    most = plan.rule.at_most if needed is None else needed
    replications = {
        case.address: next(
            look for look in plan.rule.looks(case.block) if look >= min(most, plan.rule.at_most)
        )
        for case in cases
    }
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
        needed is not None,
    )


def _first_batch(plan: SweepPlan, address: str, workers: int) -> Batch:
    """Give the batch that a cell's first task is played in."""
    looks = {case.address: plan.rule.looks(case.block)[0] for case in plan.cases.values()}
    engine = choose("auto", sum(c.messages * looks[c.address] for c in plan.cases.values()))
    first = [next(blocks(case, looks[case.address], engine)) for case in plan.cases.values()]
    return next(
        batch
        for batch in batches(first, workers)
        if any(task.case.address == address for task in batch)
    )


def _peak() -> float:
    """Give the most memory this process has taken, in MB; a worker takes about as much."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
