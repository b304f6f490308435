"""Verdicts: what became of every regretted message, worked out afterwards from the times in the records.

The rules are docs/model.md, sections 8 and 9. No engine decides a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER, SECOND
from sim.records import Records

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
    """When a message that was too late was lost: what its sender was doing as the preview was read."""

    NOT = 0
    BEFORE_NOTICING = 1
    REACTING = 2
    IN_QUEUE = 3
    IN_ACTION = 4
    AFTER_REFUSAL = 5


class Level(IntEnum):
    """How much of a message its recipient was exposed to."""

    NOTHING = 0
    EXISTENCE = 1
    PART = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts and flags of every message of some records: arrays of one length, in the records' order."""

    verdict: npt.NDArray[np.int8]
    lost: npt.NDArray[np.int8]
    """When it was lost (`Lost`), for TOO_LATE."""
    regretted: Flags
    push_read: Int64s
    """When the push's text was read; NEVER."""
    email_read: Int64s
    preview_read: Int64s
    """The earlier of the two."""
    thread_read: Int64s
    first_read: Int64s
    notified: Int64s
    """When a push or an e-mail with it first arrived; NEVER."""
    phantom: Flags
    exposed: Int64s
    """Characters that were exposed, the most on any surface."""
    level: npt.NDArray[np.int8]


def judge(records: Records, *, speed: float = 24.0) -> Judged:
    """Work out verdicts, flags and exposure of every message; `speed` is reading speed, characters a second.

    >>> from sim.engines.reference import play
    >>> from sim.world.parts import World
    >>> Verdict(judge(play(World.written([{"noticed": 60}], [{"glances": [(30, 40)]}]))).verdict[0]).name
    'TOO_LATE'
    """
    r = records
    push = np.where(r["push_chars"] > 0, r["push_noticed"], NEVER)
    email = np.where(r["email_chars"] > 0, r["email_read"], NEVER)
    preview = np.minimum(push, email)
    thread = r["thread_read"]
    first = np.minimum(preview, thread)
    regretted = r["regretted"]
    exposed = _exposed(r, push, email, speed)
    phantom = (r["phantom"] != NEVER) & (first == NEVER)
    level = np.select(
        [(exposed >= r["length"]) & (first != NEVER), first != NEVER, _sign_met(r)],
        [Level.ALL, Level.PART, Level.EXISTENCE], Level.NOTHING,
    )  # fmt: skip
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
        lost=_lost(r, preview, verdict),
        regretted=regretted,
        push_read=push,
        email_read=email,
        preview_read=preview,
        thread_read=thread,
        first_read=first,
        notified=np.minimum(r["push_arrived"], r["email_arrived"]),
        phantom=phantom,
        exposed=exposed,
        level=level.astype(np.int8),
    )


def _undecided(r: Records) -> Flags:
    """Tell which messages, unread so far, still have a copy that can be read, or are still to be sent."""
    deleted = r["effective"] != NEVER
    in_thread = (r["accepted"] == NEVER) | ~deleted
    in_tray = (r["push_arrived"] != NEVER) & (r["push_left"] == NEVER) & (r["push_chars"] > 0)
    # A push that never arrived because it was retracted on the way is decided; one that left and is still coming is not.
    coming = (r["push_dispatched"] != NEVER) & (r["push_arrived"] == NEVER) & (r["retraction_arrived"] == NEVER)
    bare = (r["email_arrived"] != NEVER) & (r["email_chars"] == 0)
    in_mail = (r["email_dispatched"] != NEVER) & (r["email_read"] == NEVER) & ~bare
    undecided: Flags = in_thread | in_tray | coming | in_mail
    return undecided


def _lost(r: Records, preview: Int64s, verdict: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """Say what the sender was doing when the preview of a message that was too late was read."""
    lost = np.select(
        [preview < r["noticed"], preview < r["requested"], preview < r["started"], preview < r["completed"],
         r["refused"] > 0],
        [Lost.BEFORE_NOTICING, Lost.REACTING, Lost.IN_QUEUE, Lost.IN_ACTION, Lost.AFTER_REFUSAL],
        Lost.IN_ACTION,
    )  # fmt: skip
    return np.where(verdict == Verdict.TOO_LATE, lost, Lost.NOT).astype(np.int8)


def _sign_met(r: Records) -> Flags:
    met: Flags = (r["phantom"] != NEVER) | (r["push_noticed"] != NEVER) | (r["email_read"] != NEVER)
    return met


def _exposed(r: Records, push: Int64s, email: Int64s, speed: float) -> Int64s:
    """Count the characters the time of reading allowed: at least one of what was noticed, at most what was shown."""

    def part(start: Int64s, end: Int64s, shown: Any) -> Int64s:
        read = start != NEVER
        time = np.where(read, np.minimum(end, NEVER - 1) - np.where(read, start, 0), 0)
        could = (
            np.minimum(np.floor(time * (speed / SECOND)), 2.0**52)
            if np.isfinite(speed)
            else np.full(time.size, 2.0**52)
        )
        return np.where(read, np.minimum(shown, np.maximum(could.astype(np.int64), 1)), 0)

    by_push = part(push, np.minimum(r["push_read_until"], r["push_left"]), r["push_chars"])
    by_mail = part(email, r["email_read_until"], r["email_chars"])
    in_thread = np.where(r["thread_read"] != NEVER, r["length"], 0)
    return np.maximum(np.maximum(by_push, by_mail), in_thread)
