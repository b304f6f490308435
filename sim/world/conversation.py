"""What people write themselves, and how long they have the phone in hand around it.

An act is known by the message it is: in a trace by one that the person wrote, in drawn traffic by
one that it got in answer. Only acts that were written before anything is played count, so no policy
and nothing that happens to a message changes who looks when (docs/model.md, section 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from sim.clock import DAY, MINUTE, NEVER
from sim.distributions.families.constant import Constant
from sim.distributions.family import Family
from sim.scenario.model import Scenario, Segment
from sim.scenario.sections import Conversation
from sim.schema.fields import Entities, Flags, Int64s
from sim.schema.world import Recipients
from sim.world.drawn import Drawn
from sim.world.intervals import IN_HAND, Intervals
from sim.world.sent import Sent

LONGEST_BEFORE: Final = 5 * MINUTE
LONGEST_AFTER: Final = 30 * MINUTE
ANSWERED_WITHIN: Final = DAY
"""The first act towards its sender so long after a regretted message is taken for its answer."""
_PAST: Final = -NEVER


@dataclass(frozen=True, slots=True)
class Acts:
    """Acts of all people of a block: arrays of one length, sorted by person, then time."""

    person: Int64s
    """Row of who acts in `Sent.people`."""
    at: Int64s
    received: Int64s
    """When the latest message to the person before that was written; before all time: none was."""
    key: Entities
    entity: Entities

    def of(self, chosen: Flags) -> Acts:
        """Give the acts of some of the people, who are numbered anew."""
        mine = np.flatnonzero(chosen[self.person])
        columns = {f.name: getattr(self, f.name)[mine] for f in fields(self)}
        columns["person"] = (np.cumsum(chosen) - 1)[columns["person"]]
        return Acts(**columns)


def matters(scenario: Scenario) -> bool:
    """Tell whether anybody ever has the phone in hand for an act of its own."""

    def is_nothing(family: Family) -> bool:
        return isinstance(family, Constant) and family.value == 0

    return any(
        not (is_nothing(s.in_hand.before) and is_nothing(s.in_hand.after))
        for s in scenario.segments
    )


def logged_acts(sent: Sent, writer: Int64s, regretted: Flags) -> Acts:
    """Give the acts of the people who get messages, in a trace whose writers and recipients share
    names: what they write, but for answers to messages that are `regretted`.
    """
    rows = np.flatnonzero((writer >= 0) & ~_answers(sent, writer, regretted))
    return _acts(sent, rows, writer[rows], sent.written[rows])


def drawn_acts(conversation: Conversation, sent: Sent) -> Acts:
    """Give the acts of the people who get messages that are drawn.

    A message has an act of its recipient shortly before it with the chance of the conversation;
    campaigns and sequences have none.
    """
    drawn = Drawn(sent.key, sent.entity)
    talks = drawn.chance("conversation.chance", conversation.chance)
    talks &= (sent.batch < 0) & (sent.after < 0)
    recency = drawn.duration("conversation.recency", conversation.recency, talks)
    rows = np.flatnonzero(talks & (recency != NEVER))
    return _acts(sent, rows, sent.recipient[rows], sent.written[rows] - recency[rows])


def _acts(sent: Sent, rows: Int64s, person: Int64s, at: Int64s) -> Acts:
    """Put acts in the order of people and time; `rows` are the messages that they are of."""
    order = np.lexsort((at, person))
    rows, person, at = rows[order], person[order], at[order]
    return Acts(person, at, _received(sent, person, at), sent.key[rows], sent.entity[rows])


def _answers(sent: Sent, writer: Int64s, regretted: Flags) -> Flags:
    """Tell which messages are the first from the recipient of a regretted one to its writer within
    `ANSWERED_WITHIN` after it.
    """
    many = sent.people.size
    rows, asked = np.flatnonzero(writer >= 0), np.flatnonzero(regretted & (writer >= 0))
    there, back = writer * many + sent.recipient, sent.recipient * many + writer
    pair = np.unique(np.concatenate([there[rows], back[asked]]), return_inverse=True)[1]
    index = _Index.of(pair[: rows.size], sent.written[rows])
    found = index.first_after(pair[rows.size :], sent.written[asked])
    answer, asked = rows[found[found >= 0]], asked[found >= 0]
    out = np.zeros(sent.size, dtype=np.bool_)
    out[answer[sent.written[answer] - sent.written[asked] <= ANSWERED_WITHIN]] = True
    return out


def _received(sent: Sent, person: Int64s, at: Int64s) -> Int64s:
    """Say when the latest message to each person before an instant was written."""
    latest = _Index.of(sent.recipient, sent.written).latest_before(person, at)
    return np.where(latest < 0, _PAST, np.append(sent.written, _PAST)[latest])


@dataclass(frozen=True, slots=True)
class _Index:
    """Rows in order of group, then time, for looking up the next and the last of a group."""

    rows: Int64s
    codes: Int64s
    times: Int64s

    @classmethod
    def of(cls, group: Int64s, time: Int64s) -> _Index:
        times, rank = np.unique(time, return_inverse=True)
        codes = group * (times.size + 1) + rank
        rows = np.argsort(codes, kind="stable")
        return cls(rows, codes[rows], times)

    def first_after(self, group: Int64s, instant: Int64s) -> Int64s:
        """Give the first row of each group later than an instant; -1: none."""
        rank = np.searchsorted(self.times, instant, side="right")
        return self._of_group(group, np.searchsorted(self.codes, self._code(group, rank)))

    def latest_before(self, group: Int64s, instant: Int64s) -> Int64s:
        """Give a row of each group that is the latest before an instant; -1: none."""
        rank = np.searchsorted(self.times, instant)
        return self._of_group(group, np.searchsorted(self.codes, self._code(group, rank)) - 1)

    def _code(self, group: Int64s, rank: Int64s) -> Int64s:
        return group * (self.times.size + 1) + rank

    def _of_group(self, group: Int64s, place: Int64s) -> Int64s:
        known = (place >= 0) & (place < self.rows.size)
        place = np.where(known, place, -1)
        mine = known & (np.append(self.codes, -1)[place] // (self.times.size + 1) == group)
        return np.where(mine, np.append(self.rows, -1)[place], -1)


def with_acts(
    intervals: Intervals, scenario: Scenario, recipients: Recipients, acts: Acts
) -> Intervals:
    """Add the intervals in which people have the phone in hand, those that are not empty."""
    starts, ends = _around(scenario.segments, recipients.segment[acts.person], acts)
    kept = (starts < ends) & (ends > 0) & (starts < int(scenario.run.horizon))
    starts, ends = starts[kept], ends[kept]
    past = np.cumsum(np.bincount(acts.person[kept], minlength=recipients.size))
    at = np.stack([np.append(0, past)[:-1], past], axis=1).astype(np.int64)
    nothing = np.zeros_like(starts)
    return intervals.joined(IN_HAND, at, starts, ends, nothing, nothing)


def _around(segments: Sequence[Segment], segment: Int64s, acts: Acts) -> tuple[Int64s, Int64s]:
    """Give when the phone is taken for every act, and put down again: the next act, or typing it,
    takes over.
    """
    drawn, all_of_them = Drawn(acts.key, acts.entity, segment), np.ones(acts.at.size, np.bool_)
    before = drawn.per_segment("in_hand.before", [s.in_hand.before for s in segments], all_of_them)
    after = drawn.per_segment("in_hand.after", [s.in_hand.after for s in segments], all_of_them)
    typing = np.minimum(before, LONGEST_BEFORE)
    answers = acts.received != _PAST
    since = np.where(answers, acts.at - np.where(answers, acts.received, 0), 0)
    part = (drawn.uniforms("in_hand.part") * since).astype(np.int64)
    typing = np.where(answers, np.minimum(typing, part), typing)
    follows = np.zeros(acts.at.size, dtype=np.bool_)
    follows[1:] = acts.person[1:] == acts.person[:-1]
    previous = np.where(follows, np.roll(acts.at, 1), _PAST)
    starts = np.maximum(acts.at - typing, previous)
    next_start = np.where(np.roll(follows, -1), np.roll(starts, -1), NEVER)
    return starts, np.minimum(acts.at + np.minimum(after, LONGEST_AFTER), next_start)
