"""How a sweep is executed, and what a worker says of a task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from sim.sweeping.playing.tasks import Key

Say = Callable[[str], None]
ATTEMPTS: Final = 3
"""How often a task may lose its worker before the sweep ends."""
AHEAD: Final = 3
"""Batches of tasks that Dask is given ahead, for each core of its workers."""


@dataclass(frozen=True)
class Execution:
    """How a sweep is executed: `workers` None means all cores.

    `dask` is a scheduler's address, or "local".
    """

    kind: Literal["processes", "threads", "dask"] = "processes"
    workers: int | None = None
    dask: str = "local"


def workers_of(how: Execution) -> int:
    """Give how many workers there will be on this machine: as many as cores, unless it is said."""
    import joblib

    return how.workers or int(joblib.cpu_count())


@dataclass(frozen=True)
class Done:
    """What a worker says of tasks: stored, or what the disk said."""

    keys: tuple[Key, ...]
    number: int = 0
    problem: str = ""


class DiskError(Exception):
    """A worker could not store a result."""

    def __init__(self, number: int, problem: str) -> None:
        self.error = OSError(number, problem)
        super().__init__(problem)
