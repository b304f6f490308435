"""Batches: tasks that one worker plays together.

Cells that differ in some of their policies only have the baseline and the other policies in common.
Those are drawn and played once for all tasks of a batch (`sim.playing.play_together`); the bytes of
a task are the same, alone or in any batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sim.playing import concerned_share, price_share_of
from sim.sweeping.planning.cells import PLAYED
from sim.sweeping.playing.tasks import Task

Batch = tuple[Task, ...]
MOST: Final = 16
"""Tasks in a batch: what they have in common is a sixteenth of the work then."""
A_WORKER: Final = 4
"""Batches for each worker, at least, where there are tasks enough: so that workers end together."""


def batches(tasks: Sequence[Task], workers: int) -> Iterator[Batch]:
    """Put tasks of the same replications and the same baseline together, in their order.

    A batch plays no more messages than a task of everybody does, about; what an interruption loses
    is a batch of each worker.
    """
    alike: dict[tuple[str, int, int], list[Task]] = {}
    for task in tasks:
        alike.setdefault((task.case.in_common, task.first, task.count), []).append(task)
    share_out = max(len(tasks) // (A_WORKER * workers), 1)
    for group in alike.values():
        many = min(MOST, share_out, _fitting(group[0]) if len(group) > 1 else 1)
        yield from (tuple(group[k : k + many]) for k in range(0, len(group), many))


def _fitting(task: Task) -> int:
    """Tell how many tasks like this one hold no more messages at once than one that plays everybody."""
    worlds = task.case.scenarios()
    share = min(price_share_of(worlds) + concerned_share(worlds), 1.0)
    played = task.case.messages * task.count * share
    return max(int(PLAYED / max(played, 1)), 1)
