"""Verdicts: what became of every regretted message, worked out afterwards from the times in the
records.

The rules are docs/model.md, sections 8 and 9. No engine decides a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import DAY, NEVER, SECOND
from sim.records import Records
from sim.scenario.traffic import KINDS

Int64s = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Verdict(IntEnum):
    """What became of a regretted message; exactly one holds."""

    NOT_ASKED = 0  # nobody regretted it
    CAUGHT = 1  # the review stopped it before it was sent
    CANCELLED = 2  # the deletion took effect within the hold
    TOO_LATE = 3  # a preview was read before the deletion took effect
    GHOST = 4  # a preview was read at or after that, from a copy that survived
    IN_THREAD = 5  # no preview was read first, but the text was, in the app
    STOPPED = 6  # nothing of it was ever read
    OPEN = 7  # undecided at the horizon


class Lost(IntEnum):
    """When a message that was too late was lost: what its sender was doing as the preview was
    read.
    """

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
    push_read: Int64s
    """When the push's text was read, on the phone, the watch or the desktop; NEVER."""
    watch_read: Int64s
    desk_read: Int64s
    email_read: Int64s
    preview_read: Int64s
    """The earliest of all previews."""
    thread_read: Int64s
    first_read: Int64s
    notified: Int64s
    """When a push or an e-mail with it first arrived; NEVER."""
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

    def first(self, rows: int) -> Judged:
        """Give the verdicts of the first so many messages."""
        return Judged(**{f.name: getattr(self, f.name)[:rows] for f in fields(self)})


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
    >>> from sim.world.parts import World
    >>> Verdict(judge(play(World.written([{"noticed": 60}], [{"glances": [(30, 40)]}]))).verdict[0]).name
    'TOO_LATE'
    """
    r = records
    deletes = remedy == "delete"
    phone, watch, desk = _pushes_read(r)
    push = np.minimum(np.minimum(phone, watch), desk)
    email = np.where((r["email_chars"] > 0) & ~r["email_edited"], r["email_read"], NEVER)
    preview = np.minimum(push, email)
    thread = np.where(r["thread_edited"], NEVER, r["thread_read"])
    first = np.minimum(preview, thread)
    regretted = r["regretted"]
    exposed = _exposed(r, (phone, watch, desk, email, thread), speed)
    replied = _replied(r, deletes)
    used = (r["kind"] == KINDS.index("inmail")) & (r["accepted"] != NEVER)
    back = (replied != NEVER) & (replied - np.where(used, r["accepted"], 0) <= refund_within)
    if refund_on_recall and deletes:
        back |= r["effective"] != NEVER
    phantom = (r["phantom"] != NEVER) & (first == NEVER)
    level = np.select(
        [(exposed >= r["length"]) & (first != NEVER), first != NEVER, _sign_met(r)],
        [Level.ALL, Level.PART, Level.EXISTENCE],
        Level.NOTHING,
    )
    verdict = np.select(
        [
            ~regretted,
            r["caught"],
            r["cancelled"] != NEVER,
            (preview != NEVER) & (preview <= thread) & (preview < r["effective"]),
            (preview != NEVER) & (preview <= thread),
            thread != NEVER,
            _undecided(r),
        ],
        [
            Verdict.NOT_ASKED,
            Verdict.CAUGHT,
            Verdict.CANCELLED,
            Verdict.TOO_LATE,
            Verdict.GHOST,
            Verdict.IN_THREAD,
            Verdict.OPEN,
        ],
        Verdict.STOPPED,
    ).astype(np.int8)
    return Judged(
        verdict=verdict,
        lost=_lost(r, preview, verdict, remedy),
        regretted=regretted,
        push_read=push,
        watch_read=watch,
        desk_read=desk,
        email_read=email,
        preview_read=preview,
        thread_read=thread,
        first_read=first,
        notified=np.minimum(np.minimum(r["push_arrived"], r["desk_shown"]), r["email_arrived"]),
        replied=replied,
        orphan=_orphans(r, deletes),
        credit_used=used,
        credit_lost=used & ~back,
        phantom=phantom,
        exposed=exposed,
        level=level.astype(np.int8),
    )


def _pushes_read(r: Records) -> tuple[Int64s, Int64s, Int64s]:
    """Say when the regretted text of the push was read on the phone, the watch and the desktop."""
    shows = (r["push_chars"] > 0) & ~r["push_edited"]
    phone = np.where(shows & (r["push_noticed"] < r["push_rewritten"]), r["push_noticed"], NEVER)
    watch = np.where(shows, r["watch_read"], NEVER)
    return phone, watch, np.where((r["desk_chars"] > 0) & ~r["desk_edited"], r["desk_read"], NEVER)


def _replied(r: Records, deletes: bool) -> Int64s:
    """Say when the recipient replied: a while after first reading anything, if the message is still
    there then.
    """
    texts = [
        np.where(r[f"{name}_chars"] > 0, r[read], NEVER)
        for name, read in (
            ("push", "push_noticed"),
            ("push", "watch_read"),
            ("desk", "desk_read"),
            ("email", "email_read"),
        )
    ]
    first = np.minimum.reduce([*texts, r["thread_read"]])
    replies = (first != NEVER) & (r["reply_after"] != NEVER)
    at = np.where(
        replies, np.where(replies, first, 0) + np.where(replies, r["reply_after"], 0), NEVER
    )
    gone = (r["effective"] <= at) if deletes else np.zeros(at.size, dtype=np.bool_)
    return np.where((at < r.horizon) & ~gone, at, NEVER)


def _orphans(r: Records, deletes: bool) -> Flags:
    """Tell which follow-ups were sent although their opening message had been caught, cancelled or
    deleted.
    """
    step = (r["after"] >= 0) & ~r["apology"] & (r["accepted"] != NEVER)
    opening = np.maximum(r["after"], 0)
    gone = r["caught"] | (r["cancelled"] != NEVER)
    before = (
        (r["effective"][opening] <= r["accepted"])
        if deletes
        else np.zeros(step.size, dtype=np.bool_)
    )
    orphans: Flags = step & (gone[opening] | before)
    return orphans


def _undecided(r: Records) -> Flags:
    """Tell which messages, unread so far, still have a copy that can be read, or are still to be
    sent.
    """
    deleted = r["effective"] != NEVER
    in_thread = (r["accepted"] == NEVER) | ~deleted
    in_tray = (r["push_arrived"] != NEVER) & (r["push_left"] == NEVER) & (r["push_chars"] > 0)
    in_tray &= ~r["push_edited"] & (r["push_rewritten"] == NEVER)
    # A push that never arrived because it was retracted on the way is decided; one that left and is
    # still coming is not.
    coming = (
        (r["push_dispatched"] != NEVER)
        & (r["push_arrived"] == NEVER)
        & (r["retraction_arrived"] == NEVER)
    )
    coming &= (r["push_lost"] == NEVER) & ~r["push_edited"]
    bare = ((r["email_arrived"] != NEVER) & (r["email_chars"] == 0)) | r["email_edited"]
    in_mail = (r["email_dispatched"] != NEVER) & (r["email_read"] == NEVER) & ~bare
    undecided: Flags = in_thread | in_tray | coming | in_mail
    return undecided


def _lost(
    r: Records, preview: Int64s, verdict: npt.NDArray[np.int8], remedy: str
) -> npt.NDArray[np.int8]:
    """Say what the sender was doing when the preview of a message that was too late was read."""
    lost = np.select(
        [
            preview < r["noticed"],
            preview < r["requested"],
            preview < r["started"],
            preview < r["completed"],
            r["refused"] > 0,
            (preview < r["effective"]) & (remedy in ("delete", "edit")),
        ],
        [
            Lost.BEFORE_NOTICING,
            Lost.REACTING,
            Lost.IN_QUEUE,
            Lost.IN_ACTION,
            Lost.AFTER_REFUSAL,
            Lost.IN_ACTION,
        ],
        Lost.AFTER_REMEDY,
    )
    return np.where(verdict == Verdict.TOO_LATE, lost, Lost.NOT).astype(np.int8)


def _sign_met(r: Records) -> Flags:
    """Tell which messages left a sign.

    What showed the edited text left none of the regretted one.
    """
    signs = (
        ("push_noticed", "push_edited"),
        ("watch_read", "push_edited"),
        ("desk_read", "desk_edited"),
        ("email_read", "email_edited"),
    )
    met: Flags = np.logical_or.reduce(
        [r["phantom"] != NEVER, *((r[sign] != NEVER) & ~r[new] for sign, new in signs)]
    )
    return met


def _exposed(r: Records, read: tuple[Int64s, ...], speed: float) -> Int64s:
    """Count the characters the time of reading allowed: at least one of what was noticed, at most
    what was shown.
    """

    def part(start: Int64s, end: Int64s, shown: Any) -> Int64s:
        read = start != NEVER
        time = np.where(read, np.minimum(end, NEVER - 1) - np.where(read, start, 0), 0)
        could = (
            np.minimum(np.floor(time * (speed / SECOND)), 2.0**52)
            if np.isfinite(speed)
            else np.full(time.size, 2.0**52)
        )
        return np.where(read, np.minimum(shown, np.maximum(could.astype(np.int64), 1)), 0)

    phone, watch, desk, email, thread = read
    until = np.minimum(np.minimum(r["push_read_until"], r["push_left"]), r["push_rewritten"])
    parts = [
        part(phone, until, r["push_chars"]),
        part(watch, r["watch_read_until"], r["push_chars"]),
        part(desk, r["desk_read_until"], r["desk_chars"]),
        part(email, r["email_read_until"], r["email_chars"]),
        np.where(thread != NEVER, r["length"], 0),
    ]
    most: Int64s = np.maximum.reduce(parts)
    return most
