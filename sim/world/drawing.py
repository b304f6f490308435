"""Put one world together: draw, for every message, all the delays and chances that concern it."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit
from sim.distributions.elementary import log_rest
from sim.distributions.law import law_of
from sim.distributions.quantile import all_to_micros, quantiles
from sim.distributions.spec import Constant, Never, Spec
from sim.draws import replication_key, uniforms
from sim.scenario.model import KINDS, Reaction, Scenario
from sim.world.calendar import next_open, open_spans
from sim.world.parts import (
    FIRST_NOTICED,
    FIRST_SENT,
    LAST_SENT,
    Entities,
    Flags,
    Floats,
    Int64s,
    Messages,
    Recipients,
    Rules,
    World,
)  # fmt: skip
from sim.world.people import attention_of, draw_recipients
from sim.world.traffic import Sent, draw_traffic

T = TypeVar("T", bound=np.generic)

_NEVER = np.int64(NEVER)
_BATCH = np.uint64(1 << 63)
"""Marks the names of batches, so that no batch shares a name with a message."""


def draw_world(scenario: Scenario, replication: int) -> World:
    """Draw one independent world of a scenario: a pure function of the scenario and the replication's number.

    Raises `TraceError` if the scenario plays a trace that is malformed.

    >>> import sim
    >>> draw_world(sim.load("scenarios/linkedin_dm.toml"), 0).messages.size > 0
    True
    """
    key = replication_key(scenario.run.seed, replication)
    sent = draw_traffic(scenario, key)
    recipients = draw_recipients(scenario.segments, sent.recipients, key)
    draws = _Draws(scenario, key, sent, recipients)
    return World(
        key,
        int(scenario.run.horizon),
        rules_of(scenario),
        draws.messages(),
        recipients,
        attention_of(scenario.segments),
    )


def rules_of(s: Scenario) -> Rules:
    """Give the rules of a scenario as plain numbers."""
    mail = {"full": NEVER, "preview": s.email.preview, "nothing": 0}
    return Rules(
        window=int(s.deletion.window),
        unread_only=s.deletion.unread_only,
        undeletable=sum(1 << KINDS.index(kind) for kind in set(s.deletion.undeletable)),
        hands=s.senders.hands,
        order={"first_sent": FIRST_SENT, "last_sent": LAST_SENT, "first_noticed": FIRST_NOTICED}[s.senders.order],
        bulk=s.senders.bulk,
        placeholder=s.deletion.placeholder,
        push_late=s.push.late_binding,
        push_preview=s.push.preview,
        push_expiry=int(s.push.expiry),
        email_window=int(s.email.window),
        email_sliding=s.email.anchor == "latest",
        email_every=int(s.email.every),
        email_at=int(s.email.at),
        email_lead=int(s.email.lead),
        email_late=s.email.binding == "late",
        email_preview=mail[s.email.carries],
        badge_boost=s.badge.boost,
        cache_life=int(s.thread.cache.life),
        visit_offline=s.thread.cache.offline,
    )


@njit
def _to_glances(log_miss, us):  # type: ignore[no-untyped-def]
    """Replace uniforms by geometric draws: how many glances it takes; `log_miss` = log(1 - chance), -inf for 1."""
    for i in range(us.size):
        us[i] = min(max(np.ceil(log_rest(us[i]) / log_miss[i]), 1.0), 4.0e18)


class _Draws:
    """Draws the columns of `Messages` one purpose at a time."""

    def __init__(self, scenario: Scenario, key: int, sent: Sent, recipients: Recipients) -> None:
        self.s, self.key, self.sent, self.people = scenario, key, sent, recipients
        self.nothing = np.full(sent.written.size, NEVER, dtype=np.int64)  # one array for all that never happens
        self.segment = recipients.segment[sent.recipient]

    def duration(self, name: str, law: Spec, where: Flags | None = None, entities: Entities | None = None) -> Int64s:
        """Draw a duration for the messages chosen by `where` (others: NEVER), by their own names or `entities`."""
        names = self.sent.entity if entities is None else entities
        if isinstance(law, Never) or (where is not None and not where.any()):
            return self.nothing if entities is None else np.full(names.size, NEVER, dtype=np.int64)
        if isinstance(law, Constant):
            return np.full(names.size, int(law.value)) if where is None else np.where(where, int(law.value), NEVER)
        if where is None:
            return self._drawn(name, law, names)
        out = np.full(names.size, NEVER, dtype=np.int64)
        out[where] = self._drawn(name, law, names[where])
        return out

    def _drawn(self, name: str, law: Spec, names: Entities) -> Int64s:
        """Draw one duration per name."""
        values, out = uniforms(self.key, name, names), np.empty(names.size, dtype=np.int64)
        quantiles(law_of(law).pool, 0, values)
        all_to_micros(values, 1.0, out)
        return out

    def chance(self, name: str, chance: float | Floats, entities: Entities | None = None) -> Flags:
        """Flip one coin per message (or entity); chances 0 and 1 need no draw."""
        names = self.sent.entity if entities is None else entities
        if np.all(np.asarray(chance) <= 0):
            return np.zeros(names.size, dtype=np.bool_)
        if np.all(np.asarray(chance) >= 1):
            return np.ones(names.size, dtype=np.bool_)
        return uniforms(self.key, name, names) < chance

    def of_segment(self, values: list[float]) -> Floats:
        return np.asarray(values, dtype=np.float64)[self.segment]

    def messages(self) -> Messages:
        """Draw every column."""
        sent, s = self.sent, self.s
        in_batch, (batches, batch_at) = sent.batch >= 0, _batches(sent.batch)
        batch_names = _BATCH | batches.astype(np.uint64)
        own, whole = self._mistakes(batch_names)
        mistake = own | (in_batch & _spread(whole, batch_at, False))
        caught = self._caught(own, whole, batch_names, in_batch, batch_at)
        pressed = _plus(sent.written, self.duration("review.time", s.review.time))
        noticed, reaction = self._noticed(own, whole, batch_names, in_batch, batch_at, pressed)
        regretted = noticed != NEVER
        hours = open_spans(span for window in s.send.hours for span in window.spans())
        return Messages(
            sender=sent.sender, recipient=sent.recipient, number=sent.number, entity=sent.entity, kind=sent.kind,
            length=sent.length, batch=sent.batch, written=sent.written, mistake=mistake | regretted, caught=caught,
            pressed=pressed, released=_opening(
                hours, int(s.senders.utc_offset), _plus(pressed, np.full_like(pressed, int(s.send.hold)))
            ),
            noticed=noticed, reaction=reaction,
            action=self.duration("senders.action", s.senders.action, regretted),
            propagation=self.duration("deletion.propagation", s.deletion.propagation, regretted & ~self._recorded())
            if not sent.has_record else np.where(regretted, 0, NEVER),
            recorded=self._recorded(),
            live=self.chance("thread.live", s.thread.live),
            **self._push(regretted), **self._email(),
        )  # fmt: skip

    def _recorded(self) -> Flags:
        recorded: Flags = self.sent.deleted_at != NEVER
        return recorded

    def _mistakes(self, batch_names: Entities) -> tuple[Flags, Flags]:
        """Flip a coin per message and one per batch, unless deletions are on record."""
        if self.sent.has_record:
            return np.zeros(self.sent.written.size, np.bool_), np.zeros(batch_names.size, np.bool_)
        m = self.s.mistakes
        return self.chance("mistakes.chance", m.chance), self.chance("mistakes.batch", m.batch_chance, batch_names)

    def _caught(self, own: Flags, whole: Flags, batch_names: Entities, in_batch: Flags, batch_at: Int64s) -> Flags:
        """Let the review catch a message's own mistake, and a batch's mistake once for the batch."""
        catches = self.s.review.catches
        batch_caught = whole & self.chance("review.catches", catches, batch_names)
        return (own & self.chance("review.catches", catches)) | (in_batch & _spread(batch_caught, batch_at, False))

    def _noticed(
        self, own: Flags, whole: Flags, batch_names: Entities, in_batch: Flags, batch_at: Int64s, pressed: Int64s
    ) -> tuple[Int64s, Int64s]:
        """Draw when the sender notices (a batch mistake: once, from its first message) and how long reacting takes."""
        if self.sent.has_record:
            return self.sent.deleted_at, np.where(self._recorded(), 0, NEVER)
        m, senders = self.s.mistakes, self.s.senders
        alone = _plus(pressed, self.duration("mistakes.noticed", m.noticed, own))
        reaction = self.duration("mistakes.reaction", m.reaction, own)
        if whole.any():
            first = np.full(batch_names.size, NEVER, dtype=np.int64)
            np.minimum.at(first, batch_at[in_batch], pressed[in_batch])
            once = _plus(first, self.duration("mistakes.noticed", m.noticed, whole, batch_names))
            slow = self.duration("mistakes.reaction", m.reaction, whole, batch_names)
            shared = np.where(in_batch, np.maximum(_spread(once, batch_at, NEVER), pressed), NEVER)
            reaction = np.where(shared < alone, _spread(slow, batch_at, NEVER), reaction)
            alone = np.minimum(alone, shared)
        hours = open_spans(span for window in senders.hours for span in window.spans())
        return _opening(hours, int(senders.utc_offset), alone), reaction

    def _push(self, regretted: Flags) -> dict[str, Any]:
        """Draw what befalls the push of every message."""
        s, push, sent = self.s, self.s.push, self.sent
        latency = self.duration("push.latency", push.latency)
        android = ~self.people.ios[sent.recipient]
        if push.latency_android is not None:
            latency = np.where(android, self.duration("push.latency", push.latency_android, android), latency)
        slow = self.chance("push.slow", push.slow.chance)
        latency = np.where(slow, self.duration("push.slow.latency", push.slow.latency, slow), latency)
        reach = np.where(android, "android" in push.retraction.on, "ios" in push.retraction.on)
        retracted = regretted & reach & self.chance("push.retraction", push.retraction.chance)
        log_miss = self.of_segment([-np.inf if g.notice == 1 else float(np.log1p(-g.notice)) for g in s.segments])
        glances = uniforms(self.key, "notice", sent.entity)
        _to_glances(log_miss, glances)
        alert = self.reaction("alert", [g.alert for g in s.segments])
        return {
            "push_delay": self.duration("push.delay", push.delay),
            "push_latency": latency,
            "glances_needed": glances.astype(np.int64),
            "alert_after": alert,
            "alert_length": self.per_segment("alert.length", [g.glances.length for g in s.segments], alert != NEVER),
            "tap_after": self.reaction("tap", [g.tap for g in s.segments]),
            "tap_offline": self.chance("tap.offline", s.thread.cache.offline),
            "retract_after": self.duration("push.retraction.latency", push.retraction.latency, retracted),
            "badge_sync_after": self.duration("badge.sync", s.badge.sync, regretted),
        }  # fmt: skip

    def _email(self) -> dict[str, Any]:
        """Draw the transport and the alert of the mail that each message would open."""
        e, segments = self.s.email, self.s.segments
        mailed = self.people.email[self.sent.recipient] > 0
        alert = self.reaction("mail_alert", [g.mail_alert for g in segments], mailed)
        return {
            "email_delay": self.duration("email.delay", e.delay, mailed),
            "email_latency": self.duration("email.latency", e.latency, mailed),
            "mail_alert_after": alert,
            "mail_alert_length": self.per_segment(
                "mail_alert.length", [g.checks.length for g in segments], alert != NEVER
            ),
        }

    def per_segment(self, name: str, laws: list[Spec], where: Flags) -> Int64s:
        """Draw a duration whose law depends on the recipient's segment."""
        if not where.any():
            return self.nothing
        out = np.full(where.size, NEVER, dtype=np.int64)
        for k, law in enumerate(laws):
            mine = where & (self.segment == k)
            if mine.any():
                out[mine] = self.duration(name, law, mine)[mine]
        return out

    def reaction(self, name: str, reactions: list[Reaction], where: Flags | None = None) -> Int64s:
        """Draw whether and after how long a reaction comes; NEVER where it does not."""
        happens = self.chance(f"{name}.chance", self.of_segment([r.chance for r in reactions]))
        return self.per_segment(
            f"{name}.delay", [r.delay for r in reactions], happens if where is None else happens & where
        )


def _spread(per_batch: npt.NDArray[T], batch_at: Int64s, otherwise: int | bool) -> npt.NDArray[T]:
    """Give every message the value of its batch (`otherwise`, where there are no batches)."""
    return per_batch[batch_at] if per_batch.size else np.full(batch_at.size, otherwise, dtype=per_batch.dtype)


def _opening(hours: Int64s, offset: int, times: Int64s) -> Int64s:
    """Move times to the next open hours; NEVER stays."""
    return np.where(times == NEVER, NEVER, next_open(hours, offset, np.minimum(times, NEVER // 2)))


def _plus(times: Int64s, delays: Int64s) -> Int64s:
    """Add delays to times; NEVER plus anything is NEVER."""
    out = np.empty(times.size, dtype=np.int64)
    _add(times, delays, out)
    return out


@njit
def _add(times, delays, out):  # type: ignore[no-untyped-def]
    for i in range(times.size):
        out[i] = _NEVER if times[i] == _NEVER or delays[i] == _NEVER else times[i] + delays[i]


def _batches(batch: Int64s) -> tuple[Int64s, Int64s]:
    """Give the numbers of the batches, in order, and for every message the place of its own among them (or 0)."""
    if batch.size and batch[0] == batch.min() == batch.max():  # no batch, or a single one
        return batch[: 1 if batch[0] >= 0 else 0], np.zeros(batch.size, dtype=np.int64)
    batches = np.unique(batch[batch >= 0])
    return batches, np.searchsorted(batches, np.maximum(batch, 0))
