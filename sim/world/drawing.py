"""Put one world together: who is there, in which circumstances, and what each sender does with each
message.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit
from sim.distributions.spec import Never
from sim.draws import replication_key
from sim.scenario.model import Scenario
from sim.schema.fields import Flags, Int64s
from sim.schema.world import APOLOGY, Messages
from sim.world.calendar import next_open, open_spans
from sim.world.circumstances import draw_intervals
from sim.world.drawn import Drawn
from sim.world.notifying import draw_channels
from sim.world.parts import World
from sim.world.people import attention_of, draw_recipients
from sim.world.rules import rules_of
from sim.world.traffic import Sent, draw_traffic

T = TypeVar("T", bound=np.generic)

_NEVER = np.int64(NEVER)
_BATCH = np.uint64(1 << 63)
"""Marks the names of batches, so that no batch shares a name with a message."""


def draw_world(scenario: Scenario, replication: int) -> World:
    """Draw one independent world of a scenario: a pure function of the scenario and the
    replication's number.

    Raises `TraceError` if the scenario plays a trace that is malformed.

    >>> import sim
    >>> draw_world(sim.load("scenarios/linkedin_dm.toml"), 0).messages.size > 0
    True
    """
    key = replication_key(scenario.run.seed, replication)
    rules = rules_of(scenario, key)
    sent = draw_traffic(scenario, key)
    recipients = draw_recipients(scenario.segments, scenario.push.store, sent.recipients, key)
    if isinstance(
        scenario.email.delay, Never
    ):  # a platform that sends no e-mail, whatever people would take
        recipients = replace(recipients, email=np.zeros_like(recipients.email))
    attention = attention_of(scenario.segments)
    intervals = draw_intervals(scenario, recipients, attention, key)
    if rules.remedy == APOLOGY:
        one = _Senders(scenario, sent, _drawn(scenario, key, sent, recipients.segment))
        sent = sent.with_apologies(one.regretted)
    drawn = _drawn(scenario, key, sent, recipients.segment)
    senders = _Senders(scenario, sent, drawn)
    channels = draw_channels(
        scenario, drawn, sent, recipients, intervals, senders.released, senders.regretted
    )
    return World(
        key,
        int(scenario.run.horizon),
        rules,
        senders.messages(channels),
        recipients,
        attention,
        intervals,
    )


def _drawn(scenario: Scenario, key: int, sent: Sent, segment: Int64s) -> Drawn:
    return Drawn(key, sent.entity, segment[sent.recipient], scenario.mistakes.urgency)


class _Senders:
    """Draws the senders' side: mistakes, review, sending, noticing, and the work of deleting."""

    def __init__(self, scenario: Scenario, sent: Sent, drawn: Drawn) -> None:
        self.s, self.sent, self.drawn = scenario, sent, drawn
        self.in_batch, (batches, self.batch_at) = sent.batch >= 0, _batches(sent.batch)
        self.batch_names = _BATCH | batches.astype(np.uint64)
        self.recorded: Flags = sent.deleted_at != NEVER
        own, whole = self._mistakes()
        self.mistake = own | (self.in_batch & _spread(whole, self.batch_at, False))
        self.caught = self._caught(own, whole)
        self.pressed = _plus(sent.written, drawn.duration("review.time", scenario.review.time))
        self.noticed, self.reaction = self._noticed(own, whole)
        self.regretted: Flags = self.noticed != NEVER
        hours = open_spans(span for window in scenario.send.hours for span in window.spans())
        ends = _plus(self.pressed, np.full_like(self.pressed, int(scenario.send.hold)))
        self.released = _opening(hours, int(scenario.senders.utc_offset), ends)

    def messages(self, channels: dict[str, npt.NDArray[np.generic]]) -> Messages:
        """Join the senders' columns to those of the channels."""
        sent, s, size = self.sent, self.s, self.sent.written.size
        columns: dict[str, npt.NDArray[np.generic]] = {
            "mistake": self.mistake | self.regretted,
            "caught": self.caught,
            "pressed": self.pressed,
            "released": self.released,
            "noticed": self.noticed,
            "reaction": self.reaction,
            "recorded": self.recorded,
            "action": self.drawn.duration("senders.action", s.senders.action, self.regretted),
            "propagation": np.where(self.regretted, 0, NEVER)
            if sent.has_record
            else self.drawn.duration(
                "deletion.propagation", s.deletion.propagation, self.regretted
            ),
            "live": self.drawn.chance("thread.live", s.thread.live),
            "apology": np.arange(size) >= size - sent.apologies,
        }
        names = (
            "sender",
            "recipient",
            "number",
            "entity",
            "kind",
            "length",
            "batch",
            "written",
            "after",
        )
        given: dict[str, Any] = {name: getattr(sent, name) for name in names}
        return Messages(**(given | columns | channels))

    def _mistakes(self) -> tuple[Flags, Flags]:
        """Flip a coin per message and one per batch, unless deletions are on record.

        Follow-ups are no mistakes.
        """
        if self.sent.has_record:
            return np.zeros(self.sent.written.size, np.bool_), np.zeros(
                self.batch_names.size, np.bool_
            )
        m = self.s.mistakes
        own = self.drawn.chance("mistakes.chance", m.chance) & (self.sent.after < 0)
        return own, self.drawn.chance("mistakes.batch", m.batch_chance, self.batch_names)

    def _caught(self, own: Flags, whole: Flags) -> Flags:
        """Let the review catch a message's own mistake, and a batch's mistake once for the
        batch.
        """
        catches = self.s.review.catches
        batch_caught = whole & self.drawn.chance("review.catches", catches, self.batch_names)
        mine = own & self.drawn.chance("review.catches", catches)
        return mine | (self.in_batch & _spread(batch_caught, self.batch_at, False))

    def _noticed(self, own: Flags, whole: Flags) -> tuple[Int64s, Int64s]:
        """Draw when the sender notices (a batch mistake: once, from its first message) and how long
        reacting takes.
        """
        if self.sent.has_record:
            return self.sent.deleted_at, np.where(self.recorded, 0, NEVER)
        m, senders, drawn = self.s.mistakes, self.s.senders, self.drawn
        tie = float(np.copysign(drawn.soon, m.urgency)) if m.urgency else 0.0
        alone = _plus(self.pressed, drawn.duration("mistakes.noticed", m.noticed, own, tie=tie))
        reaction = drawn.duration("mistakes.reaction", m.reaction, own)
        if whole.any():
            first = np.full(self.batch_names.size, NEVER, dtype=np.int64)
            np.minimum.at(first, self.batch_at[self.in_batch], self.pressed[self.in_batch])
            once = _plus(
                first, drawn.duration("mistakes.noticed", m.noticed, whole, self.batch_names)
            )
            slow = drawn.duration("mistakes.reaction", m.reaction, whole, self.batch_names)
            shared = np.where(
                self.in_batch, np.maximum(_spread(once, self.batch_at, NEVER), self.pressed), NEVER
            )
            reaction = np.where(shared < alone, _spread(slow, self.batch_at, NEVER), reaction)
            alone = np.minimum(alone, shared)
        hours = open_spans(span for window in senders.hours for span in window.spans())
        return _opening(hours, int(senders.utc_offset), alone), reaction


def _spread(per_batch: npt.NDArray[T], batch_at: Int64s, otherwise: int | bool) -> npt.NDArray[T]:
    """Give every message the value of its batch (`otherwise`, where there are no batches)."""
    return (
        per_batch[batch_at]
        if per_batch.size
        else np.full(batch_at.size, otherwise, dtype=per_batch.dtype)
    )


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


def _batches(batch: Int64s) -> tuple[Int64s, Int64s]:
    """Give the numbers of the batches, in order, and for every message the place of its own among
    them (or 0).
    """
    if batch.size and batch[0] == batch.min() == batch.max():  # no batch, or a single one
        return batch[: 1 if batch[0] >= 0 else 0], np.zeros(batch.size, dtype=np.int64)
    batches = np.unique(batch[batch >= 0])
    return batches, np.searchsorted(batches, np.maximum(batch, 0))
