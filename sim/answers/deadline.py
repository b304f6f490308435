"""How long have I got: what is read by a time after sending, and the deadline of a deletion.

The *exposure curve* is the share read, by preview or in the app, within a time since send was
pressed, if nothing is done. The *deadline* is its inverse with what a deletion leaves behind: the
latest time at which a deletion may take effect so that the share read in the end, from notifications
that outlive the message included, stays at or under a target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from sim import estimates as est
from sim.answers.crossing import NARROW, Crossing, crossing
from sim.answers.playing import FEWEST, Patch, Stage, enough, headline
from sim.clock import DAY, HOUR, MINUTE, NEVER, SECOND, written
from sim.records import Records
from sim.schema.screens import NAMES
from sim.summaries import shares
from sim.sums import Ints
from sim.surfaces import CHANNELS
from sim.tallies import COUNTED, Count, read_mask, tally
from sim.verdicts import Judged

TIMES: Final = (
    *(SECOND * n for n in (1, 2, 5, 10, 20, 30)),
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR * n for n in (1, 2, 4, 8, 12)),
    *(DAY * n for n in (1, 2, 3, 7)),
)
"""Times since sending, microseconds, at which the curve is given."""
GRID: Final = TIMES[::2]
"""Times of a deletion that are tried first; the first is the fastest that counts as an answer."""
PREVIEW, APP, ANYWHERE = "preview", "app", "anywhere"
WHERE: Final = (*(c.name for c in CHANNELS if c.in_tables), PREVIEW, APP, ANYWHERE)
"""Where something is read: channels of previews, any preview, the app, anywhere."""
NEVER_DELETED: Final[Patch] = {
    "mistakes.noticed": "36500 d",
    "deletion.window": "none",
    "deletion.remedy": "delete",
}
"""Nobody notices in time to undo within a hold, nor deletes: a hold alone would let senders do that."""


NO_LEVER: Final[Patch] = {}


def deleted_after(duration: int) -> Patch:
    """Give the patch under which every deletion takes effect so long after sending.

    Nobody is busy, nothing is refused and nothing takes time: the deadline is about the moment of
    effect, whoever brings it about.
    """
    return {
        "mistakes.noticed": written(duration),
        "mistakes.reaction": "0 s",
        "senders.action": "0 s",
        "senders.hours": [],
        "senders.deletions_at_once": 1_000_000,
        "deletion.propagation": "0 s",
        "deletion.window": "unlimited",
        "deletion.unread_only": False,
        "deletion.undeletable": [],
        "deletion.receiver_window": "never",
        "deletion.remedy": "delete",
    }


@dataclass(frozen=True)
class Exposure:
    """The share read within `TIMES` of sending, if nothing is done: estimates of shape (times,
    `WHERE`).
    """

    times: tuple[int, ...]
    shares: est.Estimates

    def table(self) -> pd.DataFrame:
        """Give a row for each time and place: `after_s`, `where`, `value`, `low`, `high`."""
        places = len(WHERE)
        return pd.DataFrame(
            {
                "after_s": np.repeat([t / SECOND for t in self.times], places),
                "where": list(WHERE) * len(self.times),
                "value": self.shares.value.ravel(),
                "low": self.shares.low.ravel(),
                "high": self.shares.high.ravel(),
            }
        )

    def at(self, time: int, where: str = ANYWHERE) -> est.Estimate:
        """Give the share read somewhere within a time of `TIMES`."""
        return self.shares.at(self.times.index(time), WHERE.index(where))


def exposure(stage: Stage) -> Exposure:
    """Estimate the exposure curve.

    A time counts the messages that are observed for so long; with a common end of observation that
    is the cumulative incidence, with no assumption about what comes later. Raises
    `FaultyInputError` where too few messages are regretted.

    >>> import sim
    >>> from sim.answers.playing import stage_of
    >>> curve = exposure(stage_of(sim.load("linkedin_dm"), 40))
    >>> curve.at(HOUR).value <= curve.at(DAY).value
    True
    """
    count = Count((*COUNTED, *_names()), partial(_rows, times=TIMES))
    sums = stage.play({"nothing is done": NEVER_DELETED}, count)
    enough(sums, "deadline")
    hits = sums.of(*_names())[:, 0, :].reshape(sums.replications, len(TIMES), 1 + len(WHERE))
    observed, read = hits[..., :1], hits[..., 1:]
    long_enough = observed.sum(axis=0)[:, 0] >= observed.sum(axis=0).max() / 2
    effects = headline(sums).design_effect
    curve = est.share(
        read[:, long_enough],
        np.broadcast_to(observed, read.shape)[:, long_enough],
        design_effect=np.nan_to_num(effects[0], nan=1.0),
    )
    times = tuple(int(t) for t in np.array(TIMES, dtype=np.int64)[long_enough])
    return Exposure(times, curve)


def _names() -> tuple[str, ...]:
    each = ("observed", *(f"read_{where}" for where in WHERE))
    return tuple(f"{name}_within_{t}" for t in TIMES for name in each)


def _rows(records: Records, judged: Judged, base: Judged, times: tuple[int, ...]) -> Ints:
    """Add up a block as `tally` does, then who was observed for each time and who had read it."""
    mine = judged.regretted & judged.is_message & ~records["caught"]
    sent, place = records["pressed"][mine], records.replication[mine]
    reads = {c.name: judged.read_through(c)[mine] for c in CHANNELS if c.in_tables}
    reads |= {PREVIEW: judged.preview_read[mine], APP: judged.thread_read[mine]}
    reads |= {ANYWHERE: judged.first_read[mine]}
    found = []
    for time in times:
        observed = records.horizon - sent > time
        found.append(np.bincount(place[observed], minlength=records.worlds))
        for where in WHERE:
            read = observed & (reads[where] != NEVER) & (reads[where] - sent <= time)
            found.append(np.bincount(place[read], minlength=records.worlds))
    return np.hstack([tally(records, judged, base), np.stack(found, axis=1).astype(np.int64)])


@dataclass(frozen=True)
class Deadline:
    """The latest effect of a deletion that keeps the share read at or under a target."""

    crossing: Crossing
    fastest: est.Estimate
    """The share read although the deletion takes effect within a second."""
    levers: dict[str, Crossing]
    """Where no speed keeps the target: the deadline under each of `LEFT_BEHIND`."""
    channels: dict[str, Crossing]
    """The deadline for what is read in one channel, by `BY_CHANNEL`."""
    hours: dict[str, Crossing]
    """The deadline for messages sent at some hours, under the lever `helps`."""
    helps: str | None
    """The first lever under which the target is kept; None: none is needed, or none helps."""

    def table(self) -> pd.DataFrame:
        """Give a row for each deadline: what it is `by`, which `one`, `seconds` with `low_s` and
        `high_s` (NaN: no speed is enough).
        """
        by = {"": {ANYWHERE: self.crossing}, "lever": self.levers}
        by |= {"channel": self.channels, "hour": self.hours}
        rows = [
            (kind, name, *(seconds(t) for t in (one.value, one.low, one.high)))
            for kind, each in by.items()
            for name, one in each.items()
        ]
        whole = pd.DataFrame(rows, columns=["by", "one", "seconds", "low_s", "high_s"])
        return whole.astype(dict.fromkeys(("seconds", "low_s", "high_s"), float))

    def document(self) -> dict[str, Any]:
        """Give what JSON says of it: seconds, and shares from 0 to 1."""
        c = self.crossing
        return {
            "target": c.target,
            "seconds": seconds(c.value),
            "low_s": seconds(c.low),
            "high_s": seconds(c.high),
            "longest_tried_s": seconds(c.longest),
            "read_if_deleted_within_a_second": self.fastest.value,
            "seconds_with": {name: seconds(one.value) for name, one in self.levers.items()},
            "seconds_by_channel": {name: seconds(one.value) for name, one in self.channels.items()},
            "seconds_by_hour": {name: seconds(one.value) for name, one in self.hours.items()},
            "hours_are_with": self.helps,
        }


RETRACTED: Final[Patch] = {
    "push.retraction": {
        "chance": 1.0,
        "latency": "0 s",
        "on": ["ios", "android"],
        "scope": "message",
        "priority": "high",
        "reaches": ["phone", "watch", *NAMES],
    }
}
LEFT_BEHIND: Final[dict[str, Patch]] = {
    "every push is retracted": RETRACTED,
    "mails show no text": {"email.carries": "nothing"},
    "the app keeps no copy": {"thread.cache.offline": 0.0},
    "all of these": {**RETRACTED, "email.carries": "nothing", "thread.cache.offline": 0.0},
}
"""What would take away what a deletion leaves behind."""


def deadline(stage: Stage, target: float) -> Deadline:
    """Find the deadline of a deletion for a target share (0 to 1), anywhere, by channel and by hour.

    Raises `FaultyInputError` where too few messages are regretted.

    >>> import sim
    >>> from sim.answers.playing import stage_of
    >>> found = deadline(stage_of(sim.load("linkedin_dm"), 40), 0.5)
    >>> found.crossing.low <= found.crossing.value
    True
    """
    plain = Deletions(stage)
    found = plain.deadline(target, ANYWHERE, NARROW)
    under = {name: Deletions(stage, patch) for name, patch in LEFT_BEHIND.items()}
    levers = {}
    if found.value is None:
        levers = {name: one.deadline(target, ANYWHERE) for name, one in under.items()}
    helps = next((name for name, one in levers.items() if one.value is not None), None)
    timed = plain if helps is None else under[helps]
    return Deadline(
        found,
        found.known[GRID[0]],
        levers,
        {name: plain.deadline(target, name) for name in BY_CHANNEL},
        {name: timed.deadline(target, name) for name in BY_HOUR if timed.has(name)},
        helps,
    )


ROUGH: Final = 1.03
"""To which factor the deadlines of levers, channels and hours are found; their intervals are wider."""
BY_CHANNEL: Final = {"by push": "read_push", "by e-mail": "read_email", "in the app": "read_thread"}
"""Where a message is read, and how that is counted."""
BY_HOUR: Final = tuple(f"{h:02}:00 to {h + 6:02}:00" for h in range(0, 24, 6))
"""When send was pressed, on the scenario's clock."""


class Deletions:
    """What is read if deletions take effect so long after sending, by channel and hour: nothing is
    played twice.
    """

    def __init__(self, stage: Stage, lever: Patch = NO_LEVER) -> None:
        self.stage, self.lever = stage, lever
        self.known: dict[int, dict[str, est.Estimate]] = {}

    def deadline(self, target: float, what: str = ANYWHERE, narrow: float = ROUGH) -> Crossing:
        """Find the deadline by what is read anywhere, in a channel, or of an hour's messages."""

        def evaluate(durations: Sequence[int]) -> list[est.Estimate]:
            self._play([one for one in durations if one not in self.known])
            return [self.known[one][what] for one in durations]

        return crossing(evaluate, self.stage.within(GRID), target, "rising", narrow)

    def has(self, hour: str) -> bool:
        """Tell whether enough messages of an hour are regretted."""
        return all(each[hour].per >= FEWEST for each in self.known.values())

    def _play(self, durations: Sequence[int]) -> None:
        if not durations:
            return
        patches = {written(one): {**deleted_after(one), **self.lever} for one in durations}
        sums = self.stage.play(
            patches, Count((*COUNTED, *_hours("sent"), *_hours("read")), _by_hour)
        )
        enough(sums, "deadline")
        whole, channels = headline(sums), shares(sums, tuple(BY_CHANNEL.values()))
        hours = est.share(sums.of(*_hours("read")), sums.of(*_hours("sent")))
        for k, one in enumerate(durations):
            found = {ANYWHERE: whole.at(k)}
            found |= {name: channels.at(k, j) for j, name in enumerate(BY_CHANNEL)}
            found |= {name: hours.at(k, j) for j, name in enumerate(BY_HOUR)}
            self.known[one] = found


def _hours(what: str) -> tuple[str, ...]:
    return tuple(f"{what}_{hour}" for hour in BY_HOUR)


def _by_hour(records: Records, judged: Judged, base: Judged) -> Ints:
    """Add up a block as `tally` does, then who is regretted and who is read, by hour of sending."""
    many = len(BY_HOUR)
    mine = judged.regretted & judged.is_message
    cell = records.replication * many + records["pressed"] % DAY // (DAY // many)
    found = [
        np.bincount(cell[rows], minlength=records.worlds * many).reshape(-1, many)
        for rows in (mine, mine & read_mask(judged))
    ]
    return np.hstack([tally(records, judged, base), *found]).astype(np.int64)


def seconds(duration: int | None) -> float | None:
    """Give microseconds as seconds; None stays None."""
    return None if duration is None else duration / SECOND
