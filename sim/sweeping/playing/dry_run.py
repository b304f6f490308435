"""What a sweep will take, before it runs: one replication of it is played."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from sim.engines import choose
from sim.sweeping.planning.plan import SweepPlan
from sim.sweeping.playing.tasks import Task, blocks, play


@dataclass(frozen=True)
class Expected:
    """What a plan takes up to its first look: tasks, replications, seconds on one core, memory and
    disk.
    """

    tasks: int
    replications: int
    messages: float
    seconds: float
    megabytes_a_worker: float
    megabytes_of_disk: float


def dry_run(plan: SweepPlan, clock: Callable[[], float]) -> Expected:
    """Play one replication of the cell in the middle, twice (the first loads and compiles), and
    scale it up.
    """
    cases = list(plan.cases.values())
    replications = {case.address: plan.rule.looks(case.block)[0] for case in cases}
    messages = sum(case.messages * replications[case.address] for case in cases)
    tasks = sum(len(list(blocks(case, replications[case.address]))) for case in cases)
    middle = cases[len(cases) // 2]
    task = Task(middle, 0, 1, choose("auto", messages))
    play(task)
    began = clock()
    size = len(play(task))
    each = (clock() - began) / max(middle.messages, 1)
    return Expected(
        tasks, sum(replications.values()), messages, each * messages, _peak(), tasks * size / 1e6
    )


def _peak() -> float:
    """Give the most memory this process has taken, in MB; a worker takes about as much."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
