"""The senders' side: mistakes, review, sending, and noticing. Nothing of it depends on recipients."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit
from sim.draws import uniforms
from sim.errors import Fault, ScenarioError
from sim.scenario.model import Scenario
from sim.schema.fields import Flags, Floats, Int64s
from sim.world.calendar import next_open, open_spans
from sim.world.drawn import Drawn
from sim.world.sent import BY_SHARE, Sent

T = TypeVar("T", bound=np.generic)

_NEVER = np.int64(NEVER)
_SECTIONS = ("mistakes", "review", "send", "senders", "moderation")
"""All that `draw_senders` reads of a scenario."""
_BATCH = np.uint64(1 << 63)
"""Marks the names of batches, so that no batch shares a name with a message."""


@dataclass(frozen=True, slots=True)
class Senders:
    """What senders do with each message: columns of `sim.schema.world.Messages`."""

    mistake: Flags
    caught: Flags
    pressed: Int64s
    released: Int64s
    noticed: Int64s
    reaction: Int64s
    recorded: Flags

    @property
    def regretted(self) -> Flags:
        """Which messages their sender notices to be mistakes, sooner or later."""
        noticed: Flags = self.noticed != NEVER
        return noticed

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """Give the columns by their names."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def of(self, rows: Int64s) -> Senders:
        """Give what senders do with some of the messages."""
        return Senders(**{name: column[rows] for name, column in self.columns().items()})

    def with_apologies(self, source: Int64s) -> Senders:
        """Give the columns with rows for apologies; `source` is the row here of every row (-1: of
        none), as `Sent.with_apologies` gives it. An apology has no times of its own.
        """

        def spread(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
            absent = False if column.dtype == np.bool_ else NEVER
            return np.where(source < 0, absent, column[np.maximum(source, 0)])

        return Senders(**{name: spread(column) for name, column in self.columns().items()})


def draw_senders(s: Scenario, sent: Sent) -> Senders:
    """Draw the senders' side of every message of a block."""
    _refuse_both(s, sent)
    drawn = Drawn(sent.key, sent.said, urgency=s.mistakes.urgency)
    batches = _Batches(sent, s.mistakes.batch_chance)
    groups = groups_of(s, sent)
    recorded: Flags = sent.deleted_at != NEVER
    own, whole = _mistakes(s, sent, drawn, batches, groups)
    pressed = _plus(sent.written, drawn.duration("review.time", s.review.time))
    noticed, reaction = _noticed(s, drawn, batches, own, whole, pressed)
    if recorded.any():
        noticed = np.where(recorded, sent.deleted_at, noticed)
        reaction = np.where(recorded, 0, reaction)
    hours = open_spans(span for window in s.send.hours for span in window.spans())
    hold = drawn.duration("send.hold", s.send.hold)
    ends = _plus(pressed, in_groups("send.hold", hold, "hold", s, drawn, groups))
    if s.send.hold_per_character:
        ends = _plus(ends, sent.length * int(s.send.hold_per_character))
    released = _opening(hours, int(s.senders.utc_offset), ends)
    mistake = own | batches.spread(whole, False)
    if s.moderation.chance > 0:
        taken = _moderated(s, drawn, mistake & ~recorded, released)
        first = taken < _plus(noticed, reaction)
        noticed, reaction = np.where(first, taken, noticed), np.where(first, 0, reaction)
        recorded = recorded | first
    return Senders(
        mistake=mistake | (noticed != NEVER),
        caught=_caught(s, drawn, batches, own, whole),
        pressed=pressed,
        released=released,
        noticed=noticed,
        reaction=reaction,
        recorded=recorded,
    )


def is_same_for_senders(one: Scenario, other: Scenario) -> bool:
    """Tell whether two scenarios that share their messages have one senders' side: whether they
    agree on all that `draw_senders` reads.
    """
    return all(getattr(one, name) == getattr(other, name) for name in _SECTIONS)


def groups_of(s: Scenario, sent: Sent) -> Int64s:
    """Give the group of senders of every message's sender, in the scenario's order; -1: none
    (empty where the scenario has no groups).

    A sender is in the first group whose shares, added up, are above the sender's uniform.
    """
    groups = s.senders.groups
    if not groups:
        return np.zeros(0, dtype=np.int64)
    us = uniforms(sent.key, "senders.group", sent.sender.astype(np.uint64))
    ends = np.cumsum([group.share for group in groups.values()])
    drawn = np.searchsorted(ends, us, side="right")
    drawn = np.where(drawn < len(groups), drawn, -1)
    return np.where(sent.sender_group == BY_SHARE, drawn, sent.sender_group)


def in_groups(
    name: str, usual: Int64s, key: str, s: Scenario, drawn: Drawn, groups: Int64s
) -> Int64s:
    """Give durations of a name, drawn anew by the same uniform where the sender's group has a
    distribution of its own (`key` of `SenderGroup`).
    """
    out = usual
    for k, group in enumerate(s.senders.groups.values()):
        if (own := getattr(group, key)) is not None and (mine := groups == k).any():
            out = np.where(mine, drawn.duration(name, own, mine), out)
    return out


class _Batches:
    """The batches of a block, in order: draws for them, and where every message has its own.

    Where none can be a mistake, nothing has to be known of them, and there are none.
    """

    def __init__(self, sent: Sent, chance: float) -> None:
        self.member = (sent.batch >= 0) & (chance > 0)
        at = np.flatnonzero(self.member)
        many = int(sent.batch.max(initial=0)) + 1
        pairs, own = np.unique(sent.replication[at] * many + sent.batch[at], return_inverse=True)
        self.place = np.zeros(sent.size, dtype=np.int64)
        self.place[at] = own
        first = np.zeros(pairs.size, dtype=np.int64)
        first[own[::-1]] = at[::-1]
        names = _BATCH | (pairs % many).astype(np.uint64)
        self.drawn = Drawn(sent.key[first], names)

    @property
    def size(self) -> int:
        """The number of batches."""
        return int(self.drawn.entity.size)

    def spread(self, column: npt.NDArray[T], otherwise: int | bool) -> npt.NDArray[T]:
        """Give every message the value of its batch (`otherwise`, where it is in none)."""
        if not self.size:
            return np.full(self.place.size, otherwise, dtype=column.dtype)
        return np.where(self.member, column[self.place], otherwise).astype(column.dtype)

    def earliest(self, times: Int64s) -> Int64s:
        """Give the earliest time of each batch's messages."""
        first = np.full(self.size, NEVER, dtype=np.int64)
        np.minimum.at(first, self.place[self.member], times[self.member])
        return first


def _mistakes(
    s: Scenario, sent: Sent, drawn: Drawn, batches: _Batches, groups: Int64s
) -> tuple[Flags, Flags]:
    """Flip a coin per message and one per batch; what is on record as deleted is a mistake anyway.

    Follow-ups are no mistakes.
    """
    usual, known = s.mistakes.chance, s.senders.groups.values()
    chance: float | Floats = usual
    if any(group.mistakes is not None for group in known):
        of_group = [usual if group.mistakes is None else group.mistakes for group in known]
        chance = np.array([*of_group, usual])[groups]  # the last one is of no group: -1
    own = drawn.chance("mistakes.chance", chance) & (sent.after < 0)
    own = (own | sent.deleted) & (sent.deleted_at == NEVER)
    return own, batches.drawn.chance("mistakes.batch", s.mistakes.batch_chance)


def _refuse_both(s: Scenario, sent: Sent) -> None:
    """Raise `ScenarioError` if mistakes would be drawn on top of deletions on record, unasked."""
    m = s.mistakes
    chances = {"mistakes.chance": m.chance, "mistakes.batch_chance": m.batch_chance}
    chances |= {
        f"senders.groups.{k}.mistakes": g.mistakes or 0 for k, g in s.senders.groups.items()
    }
    path = next((path for path, chance in chances.items() if chance > 0), None)
    if sent.has_record and not m.add and path:
        problem = "draws mistakes, but the file of traffic has deletions on record"
        remedy = "set it to 0, or set mistakes.add = true for mistakes on top of those on record"
        raise ScenarioError([Fault(s.file, path, problem, remedy)])


def _caught(s: Scenario, drawn: Drawn, batches: _Batches, own: Flags, whole: Flags) -> Flags:
    """Let the review catch a message's own mistake, and a batch's mistake once for the batch."""
    catches = s.review.catches
    batch_caught = whole & batches.drawn.chance("review.catches", catches)
    return own & drawn.chance("review.catches", catches) | batches.spread(batch_caught, False)


def _noticed(
    s: Scenario, drawn: Drawn, batches: _Batches, own: Flags, whole: Flags, pressed: Int64s
) -> tuple[Int64s, Int64s]:
    """Draw when the sender notices (a batch mistake: once, from its first message) and how long
    reacting takes.
    """
    m = s.mistakes
    tie = float(np.copysign(drawn.soon, m.urgency)) if m.urgency else 0.0
    alone = _plus(pressed, drawn.duration("mistakes.noticed", m.noticed, own, tie=tie))
    reaction = drawn.duration("mistakes.reaction", m.reaction, own)
    if whole.any():
        delay = batches.drawn.duration("mistakes.noticed", m.noticed, whole)
        once = batches.spread(_plus(batches.earliest(pressed), delay), NEVER)
        slow = batches.drawn.duration("mistakes.reaction", m.reaction, whole)
        shared = np.where(batches.member, np.maximum(once, pressed), NEVER)
        reaction = np.where(shared < alone, batches.spread(slow, NEVER), reaction)
        alone = np.minimum(alone, shared)
    hours = open_spans(span for window in s.senders.hours for span in window.spans())
    return _opening(hours, int(s.senders.utc_offset), alone), reaction


def _moderated(s: Scenario, drawn: Drawn, mistake: Flags, released: Int64s) -> Int64s:
    """Draw when a moderator deletes each mistake, whether or not its sender notices; NEVER."""
    m = s.moderation
    which = mistake & drawn.chance("moderation.chance", m.chance)
    at = _plus(released, drawn.duration("moderation.noticed", m.noticed, which))
    hours = open_spans(span for window in m.hours for span in window.spans())
    return _opening(hours, int(s.senders.utc_offset), at)


def _opening(hours: Int64s, offset: int, times: Int64s) -> Int64s:
    """Move times to the next open hours; NEVER stays."""
    if not hours.size:
        return times
    return np.where(times == NEVER, NEVER, next_open(hours, offset, np.minimum(times, NEVER // 2)))


def _plus(times: Int64s, delays: Int64s) -> Int64s:
    """Add delays to times; NEVER plus anything is NEVER."""
    out = np.empty(times.size, dtype=np.int64)
    _add(times, delays, out)
    return out


@njit
def _add(times, delays, out):
    for i in range(times.size):
        out[i] = _NEVER if times[i] == _NEVER or delays[i] == _NEVER else times[i] + delays[i]
