"""What happened to the messages that somebody wanted to delete: which event came first, by the time
since send was pressed, and what deletions that came first leave behind.

Four events compete: the deletion takes effect, the deletion is refused, the text is read in a
preview, the text is read in the app. Their cumulative incidences and the share still undecided add up
to one at any time. A message whose observation ends undecided is censored there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from sim import estimates as est
from sim.answers.playing import Stage, enough
from sim.clock import NEVER, SECOND
from sim.records import Records
from sim.sums import Ints
from sim.surfaces import APP, CHANNELS
from sim.verdicts import Judged

DELETED, REFUSED, PREVIEW, IN_APP = (
    "deleted unread",
    "deletion refused, unread",
    "read in a preview",
    "read in the app",
)
EVENTS: Final = (DELETED, REFUSED, PREVIEW, IN_APP)
"""Events that compete; of several at one instant the first counts (docs/model.md)."""
BEHIND: Final = (*(c.name for c in CHANNELS if c.in_tables), APP.name)
"""Where a message is read after its deletion."""
ANYWHERE: Final = "anywhere"


@dataclass(frozen=True)
class Incidence:
    """Cumulative incidences of shape (times, `EVENTS`), and what deletions in time leave behind."""

    times: tuple[int, ...]
    """Microseconds since send was pressed."""
    shares: est.Estimates
    left_behind: est.Estimates
    """Of the messages whose deletion came first: the share read afterwards all the same, by `BEHIND`,
    then anywhere."""

    def table(self) -> pd.DataFrame:
        """Give a row for each time and event: `after_s`, `event`, `value`, `low`, `high`."""
        return pd.DataFrame(
            {
                "after_s": np.repeat([t / SECOND for t in self.times], len(EVENTS)),
                "event": list(EVENTS) * len(self.times),
                "value": self.shares.value.ravel(),
                "low": self.shares.low.ravel(),
                "high": self.shares.high.ravel(),
            }
        )

    def at(self, time: int, event: str) -> est.Estimate:
        """Give the share to which an event came first within one of `times`."""
        return self.shares.at(self.times.index(time), EVENTS.index(event))

    @property
    def ghosts(self) -> est.Estimate:
        """The share of messages deleted unread that are read afterwards anywhere."""
        return self.left_behind.at(len(BEHIND))

    def document(self) -> dict[str, Any]:
        """Give what JSON says of it: seconds, and shares from 0 to 1."""
        each = dict(zip((*BEHIND, ANYWHERE), self.left_behind.value.tolist(), strict=True))
        return {"incidence": self.table().to_dict(orient="records"), "left_behind": each}


def incidence(stage: Stage, times: tuple[int, ...]) -> Incidence:
    """Play the scenario as it is, and count which event comes first by some times (microseconds).

    Raises `FaultyInputError` where too few messages are regretted.

    >>> import sim
    >>> from sim.answers.playing import stage_of
    >>> found = incidence(stage_of(sim.load("linkedin_dm"), 40), (60 * SECOND, 3600 * SECOND))
    >>> bool(found.at(60 * SECOND, DELETED).value <= found.at(3600 * SECOND, DELETED).value)
    True
    """
    parts: list[Ints] = []

    def keep(number: int, policy: str, records: Records, judged: Judged) -> None:
        parts.append(first_events(records, judged, number))

    enough(stage.play({"as it is": {}}, keep=keep), "deadline")
    when, event, world, *read = np.concatenate(parts, axis=1)
    shares = est.incidence(when, event, world, times, kinds=len(EVENTS))
    mine = event == EVENTS.index(DELETED) + 1
    worlds = stage.replications
    of = np.bincount(world[mine], minlength=worlds)
    behind = np.stack([np.bincount(world[mine & (one > 0)], minlength=worlds) for one in read], 1)
    left = est.share(behind, np.broadcast_to(of[:, None], behind.shape))
    return Incidence(tuple(times), shares, left)


def first_events(records: Records, judged: Judged, world: int) -> Ints:
    """Give rows of every regretted message: microseconds until its first event or the end of its
    observation, the event (0: none), its world, and where it was read after a deletion (`BEHIND`,
    anywhere).
    """
    mine = judged.regretted & judged.is_message
    refused = np.where(records["refused"] > 0, records["completed"], NEVER)
    deleted = np.where(records["caught"], records["pressed"], records["effective"])
    each = np.stack([deleted, refused, judged.preview_read, judged.thread_read])[:, mine]
    pressed, first = records["pressed"][mine], each.argmin(axis=0)
    at = each.min(axis=0)
    # A message that is sent after the horizon, or never, is censored at once.
    end = np.maximum(records.horizon - pressed, 0)
    found = at < records.horizon
    when = np.where(found, np.maximum(np.where(found, at, pressed) - pressed, 0), end)
    channels = [judged.read_through(c)[mine] for c in CHANNELS if c.in_tables]
    read = [*channels, judged.thread_read[mine], judged.first_read[mine]]
    after = [((one != NEVER) & (one >= each[0])).astype(np.int64) for one in read]
    place = np.full(when.size, world, dtype=np.int64)
    return np.stack([when, np.where(found, first + 1, 0), place, *after]).astype(np.int64)
