"""E-mail: instant, batched or digest, late binding or snapshot, and the mailbox it is read in. Never retractable."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from sim.clock import NEVER
from sim.engines.reference.instants import Order, at, then
from sim.engines.reference.surfaces import Look, Surface
from sim.world.looks import CHECKS
from sim.world.parts import BATCHED, INSTANT, LATEST_PENDING, World

Mail = tuple[int, ...]


class Mailbox:
    """One recipient's e-mail, from pending messages to reading. A mail is known by the message that opened it."""

    def __init__(self, env: simpy.Environment, world: World, recipient: int, out: dict[str, list[int]]) -> None:
        self.env, self.m, self.rules, self.out = env, world.messages, world.rules, out
        self.mode = int(world.recipients.email[recipient])
        self.offset = int(world.recipients.utc_offset[recipient])
        self.pending: list[int] = []
        self.closes = NEVER
        self.digests: dict[int, list[int]] = {}
        self.unread: dict[int, Mail] = {}
        self.checks = Surface(
            env, lambda: world.looks(recipient, CHECKS), Order.CHECK, lambda: bool(self.unread), self._check
        )

    def notify(self, i: int) -> None:
        """Put message i on its way by e-mail, as the recipient's mode says."""
        now = int(self.env.now)
        if self.mode == INSTANT:
            if self.m.email_delay[i] != NEVER:
                then(self.env, now + int(self.m.email_delay[i]), Order.DISPATCH, i, lambda: self._send(i, [i]))
        elif self.mode == BATCHED:
            if not self.pending or self.rules.email_anchor == LATEST_PENDING:
                self.closes = now + self.rules.email_window
            self.pending.append(i)
            if len(self.pending) == 1:
                self.env.process(self._batch(i))
        else:
            due = self._digest_after(now)
            self.digests.setdefault(due, []).append(i)
            if len(self.digests[due]) == 1:
                self.env.process(self._digest(i, due))

    def _batch(self, opener: int) -> Generator[simpy.Event, None, None]:
        """Wait for the window the opener opened (deleting the opener does not close it), then send what is pending."""
        while True:
            yield at(self.env, self.closes, Order.DISPATCH, opener)
            if self.env.now >= self.closes:
                break
        pending, self.pending = self.pending, []
        self._send(opener, pending)

    def _digest_after(self, now: int) -> int:
        """Give the first digest, on the recipient's clock, whose snapshot is not before now."""
        first, every = self.rules.email_at - self.offset, self.rules.email_every
        return first + -((first - now - self.rules.email_lead) // every) * every

    def _digest(self, opener: int, due: int) -> Generator[simpy.Event, None, None]:
        """Decide what goes at the snapshot, send it when the digest is due."""
        yield at(self.env, due - self.rules.email_lead, Order.SNAPSHOT, opener)
        kept = self._bind(self.digests.pop(due))
        yield at(self.env, due, Order.DISPATCH, opener)
        self._post(opener, kept)

    def _bind(self, messages: list[int]) -> list[int]:
        """With late binding leave out what has been deleted or read in the thread by now."""
        if not self.rules.email_late:
            return messages
        return [i for i in messages if self.out["effective"][i] == NEVER and self.out["thread_read"][i] == NEVER]

    def _send(self, opener: int, messages: list[int]) -> None:
        self._post(opener, self._bind(messages))

    def _post(self, opener: int, messages: list[int]) -> None:
        """Hand one mail over for transport: from here on nothing can change it."""
        now = int(self.env.now)
        for i in messages:
            self.out["email_dispatched"][i] = now
        if messages and self.m.email_latency[opener] != NEVER:
            arrival = now + int(self.m.email_latency[opener])
            then(self.env, arrival, Order.ARRIVE, opener, lambda: self._arrive(opener, tuple(messages)))

    def _arrive(self, opener: int, mail: Mail) -> None:
        now = int(self.env.now)
        for i in mail:
            self.out["email_arrived"][i] = now
            self.out["email_chars"][i] = min(int(self.m.length[i]), self.rules.email_preview)
        self.unread[opener] = mail
        check = self.checks.in_progress()
        if check is not None:
            then(self.env, now, Order.IN_CHECK, opener, lambda: self._read(opener, check[1]))
        if self.m.mail_alert_after[opener] != NEVER:
            then(
                self.env,
                now + int(self.m.mail_alert_after[opener]),
                Order.MAIL_ALERT,
                opener,
                lambda: self._react(opener),
            )
        self.checks.wake()

    def _react(self, opener: int) -> None:
        self._read(opener, min(int(self.env.now) + int(self.m.mail_alert_length[opener]), NEVER))

    def _check(self, look: Look) -> None:
        for opener in sorted(self.unread):
            self._read(opener, look[1])

    def _read(self, opener: int, until: int) -> None:
        """Read one mail, if it is still unread; without text it is but a sign."""
        for i in self.unread.pop(opener, ()):
            self.out["email_read"][i], self.out["email_read_until"][i] = int(self.env.now), until
            if (
                self.out["email_chars"][i] == 0
                and self.out["effective"][i] != NEVER
                and self.out["phantom"][i] == NEVER
            ):
                self.out["phantom"][i] = int(self.env.now)
