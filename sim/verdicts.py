"""Verdicts: the outcome of every regretted message, worked out afterwards from the times in the
records.

The rules are docs/model.md, sections 8 and 9. No engine decides a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import reduce

import numpy as np
import numpy.typing as npt

from sim.clock import DAY, NEVER
from sim.records import Records
from sim.scenario.traffic import KINDS
from sim.surfaces import APP, PREVIEWS, SURFACES, Channel

Int64s = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Verdict(IntEnum):
    """The outcome of a regretted message; exactly one holds."""

    NOT_ASKED = 0  # nobody regretted it
    CAUGHT = 1  # the review stopped it before it was sent
    CANCELLED = 2  # the deletion took effect within the hold
    TOO_LATE = 3  # a preview was read before the deletion took effect
    GHOST = 4  # a preview was read at or after that, from a copy that survived
    IN_THREAD = 5  # no preview was read first, but the text was, in the app
    STOPPED = 6  # nothing of it was ever read
    OPEN = 7  # undecided at the horizon

    @property
    def words(self) -> str:
        """How people read it.

        >>> Verdict.GHOST.words, Verdict.IN_THREAD.words
        ('read after deletion', 'in thread')
        """
        said = {Verdict.TOO_LATE: "read before deletion", Verdict.GHOST: "read after deletion"}
        return said.get(self, self.name.lower().replace("_", " "))


class Lost(IntEnum):
    """When a preview was read before deletion: what the sender was doing at that moment."""

    NOT = 0
    BEFORE_NOTICING = 1
    REACTING = 2
    IN_QUEUE = 3
    IN_ACTION = 4
    AFTER_REFUSAL = 5
    AFTER_REMEDY = 6  # an apology or a block was done, which takes nothing back


class Level(IntEnum):
    """How much of a message its recipient was exposed to."""

    NOTHING = 0
    EXISTENCE = 1
    PART = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts and flags of every message of some records: arrays of one length, in the records'
    order.
    """

    verdict: npt.NDArray[np.int8]
    lost: npt.NDArray[np.int8]
    """When it was lost (`Lost`), for TOO_LATE."""
    regretted: Flags
    is_message: Flags
    """Whether it is a message under every policy, and no apology."""
    read: Mapping[str, Int64s]
    """When its regretted text was read on each of `SURFACES`, by name; NEVER."""
    preview_read: Int64s
    """The earliest of all previews."""
    first_read: Int64s
    """The earliest of all surfaces."""
    notified: Int64s
    """When a preview of it first arrived; NEVER."""
    replied: Int64s
    """When the recipient replied; NEVER."""
    orphan: Flags
    """A follow-up that was sent although its opening message had been caught, cancelled or
    deleted."""
    credit_used: Flags
    credit_lost: Flags
    """It consumed an InMail credit, and that credit did not come back."""
    phantom: Flags
    exposed: Int64s
    """Characters that were exposed, the most on any surface."""
    level: npt.NDArray[np.int8]

    @property
    def thread_read(self) -> Int64s:
        """When its regretted text was read in the app; NEVER."""
        return self.read[APP.name]

    def read_through(self, channel: Channel) -> Int64s:
        """Say when the regretted text was first read on any surface of a channel; NEVER."""
        return earliest(self.read[surface.name] for surface in channel.surfaces)

    def of(self, rows: Flags) -> Judged:
        """Give the verdicts of some messages."""
        if rows.all():
            return self
        cut = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "read"}
        return Judged(read={name: at[rows] for name, at in self.read.items()}, **cut)


def earliest(times: Iterable[Int64s]) -> Int64s:
    """Give the earliest of several times of every message: int64 microseconds, NEVER if none is."""
    return reduce(np.minimum, times)


def judge(
    records: Records,
    *,
    speed: float = 24.0,
    refund_within: int = 90 * DAY,
    refund_on_recall: bool = False,
    remedy: str = "delete",
) -> Judged:
    """Work out verdicts, flags and exposure of every message.

    `speed` is reading speed, characters a second.

    An InMail's credit comes back on a reply at an age of at most `refund_within` (microseconds), or
    when it is deleted if `refund_on_recall`. `remedy`: what the sender does about a mistake
    (`deletion.remedy` of the scenario).

    >>> from sim.engines.reference import play
    >>> from sim.world.by_hand import written_world
    >>> Verdict(judge(play(written_world([{"noticed": 60}], [{"glances": [(30, 40)]}]))).verdict[0]).name
    'TOO_LATE'
    """
    r = records
    deletes = remedy == "delete"
    read = {surface.name: surface.read_at(r) for surface in SURFACES}
    preview = earliest(read[surface.name] for surface in PREVIEWS)
    first = earliest(read.values())
    verdict = _verdict(r, preview, read[APP.name])
    exposed = np.maximum.reduce([surface.exposed(r, speed) for surface in SURFACES])
    replied = _replied(r, deletes)
    used = (r["kind"] == KINDS.index("inmail")) & (r["accepted"] != NEVER)
    back = (replied != NEVER) & (replied - np.where(used, r["accepted"], 0) <= refund_within)
    if refund_on_recall and deletes:
        back |= r["effective"] != NEVER
    return Judged(
        verdict=verdict,
        lost=_lost(r, preview, verdict, remedy),
        regretted=r["regretted"],
        is_message=~r["apology"],
        read=read,
        preview_read=preview,
        first_read=first,
        notified=earliest(r[surface.arrived] for surface in PREVIEWS if surface.arrived),
        replied=replied,
        orphan=_orphans(r, deletes),
        credit_used=used,
        credit_lost=used & ~back,
        phantom=(r["phantom"] != NEVER) & (first == NEVER),
        exposed=exposed,
        level=_level(r, first, exposed),
    )


def _verdict(r: Records, preview: Int64s, in_app: Int64s) -> npt.NDArray[np.int8]:
    """Give every message the first verdict whose rule holds (docs/model.md, section 9)."""
    preview_first = (preview != NEVER) & (preview <= in_app)
    undecided = np.logical_or.reduce([surface.unread_copy(r) for surface in SURFACES])
    rules = {
        Verdict.NOT_ASKED: ~r["regretted"],
        Verdict.CAUGHT: r["caught"],
        Verdict.CANCELLED: r["cancelled"] != NEVER,
        Verdict.TOO_LATE: preview_first & (preview < r["effective"]),
        Verdict.GHOST: preview_first,
        Verdict.IN_THREAD: in_app != NEVER,
        Verdict.OPEN: undecided,
    }
    return np.select(list(rules.values()), list(rules), Verdict.STOPPED).astype(np.int8)


def _level(r: Records, first: Int64s, exposed: Int64s) -> npt.NDArray[np.int8]:
    """Say how much of every message its recipient was exposed to."""
    read = first != NEVER
    met = np.logical_or.reduce([r["phantom"] != NEVER, *(one.sign_met(r) for one in PREVIEWS)])
    rules = {Level.ALL: read & (exposed >= r["length"]), Level.PART: read, Level.EXISTENCE: met}
    return np.select(list(rules.values()), list(rules), Level.NOTHING).astype(np.int8)


def _replied(r: Records, deletes: bool) -> Int64s:
    """Say when the recipient replied.

    A while after first reading any version of the text, if the message is still there then.
    """
    first = earliest(np.where(one.shows_text(r), r[one.read], NEVER) for one in SURFACES)
    replies = (first != NEVER) & (r["reply_after"] != NEVER)
    delay = np.where(replies, r["reply_after"], 0)
    at = np.where(replies, np.where(replies, first, 0) + delay, NEVER)
    gone = (r["effective"] <= at) if deletes else np.zeros(at.size, dtype=np.bool_)
    return np.where((at < r.horizon) & ~gone, at, NEVER)


def _orphans(r: Records, deletes: bool) -> Flags:
    """Tell which follow-ups were sent although their opening message had been caught, cancelled or
    deleted.
    """
    step = (r["after"] >= 0) & ~r["apology"] & (r["accepted"] != NEVER)
    opening = np.maximum(r.opening, 0)
    gone = r["caught"] | (r["cancelled"] != NEVER)
    none = np.zeros(step.size, dtype=np.bool_)
    before = (r["effective"][opening] <= r["accepted"]) if deletes else none
    orphans: Flags = step & (gone[opening] | before)
    return orphans


def lost_when(r: Records, at: Int64s, remedy: str) -> npt.NDArray[np.int8]:
    """Say what the sender was doing at an instant of every message (int64), as a `Lost`."""
    takes_back = remedy in ("delete", "edit")
    rules = [
        (Lost.BEFORE_NOTICING, at < r["noticed"]),
        (Lost.REACTING, at < r["requested"]),
        (Lost.IN_QUEUE, at < r["started"]),
        (Lost.IN_ACTION, at < r["completed"]),
        (Lost.AFTER_REFUSAL, r["refused"] > 0),
        (Lost.IN_ACTION, (at < r["effective"]) & takes_back),
    ]
    lost = np.select([rule for _, rule in rules], [when for when, _ in rules], Lost.AFTER_REMEDY)
    return np.asarray(lost, dtype=np.int8)


def _lost(
    r: Records, preview: Int64s, verdict: npt.NDArray[np.int8], remedy: str
) -> npt.NDArray[np.int8]:
    """Say what the sender was doing when a preview was read before deletion."""
    return np.where(verdict == Verdict.TOO_LATE, lost_when(r, preview, remedy), Lost.NOT).astype(
        np.int8
    )
