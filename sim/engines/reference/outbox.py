"""When a recipient's e-mails go and what is in them: instant, batched, flushed or digest (section
7).
"""

from __future__ import annotations

from collections.abc import Callable, Generator

import simpy

from sim.clock import NEVER
from sim.engines.reference.instants import Order, at, then
from sim.engines.reference.stage import OnStage, Stage
from sim.engines.reference.throttle import Throttle
from sim.schema.codes import AT_ONCE, BATCHED, FLUSH, LATEST_PENDING

Mail = tuple[int, ...]


class Outbox(OnStage):
    """The mails to one recipient that have not left.

    `arrive(opener, mail)` happens as one reaches the mailbox.
    """

    def __init__(self, stage: Stage, recipient: int, arrive: Callable[[int, Mail], None]) -> None:
        super().__init__(stage)
        self.arrive = arrive
        self.mode = int(stage.people.email[recipient])
        self.offset = int(stage.people.utc_offset[recipient])
        self.phase = int(stage.people.email_phase[recipient])
        self.pending: list[int] = []
        self.closes = NEVER
        self.throttle = Throttle(self.rules)
        self.digests: dict[int, list[int]] = {}

    def take(self, i: int) -> None:
        """Put message i, accepted now, on its way as the recipient's mode says."""
        if self.mode == AT_ONCE:
            self._instant(i)
        elif self.mode == BATCHED and self.rules.email_anchor == FLUSH:
            self._await_flush(i)
        elif self.mode == BATCHED:
            self._join_batch(i)
        else:
            self._join_digest(i)

    def _worker_looks(self, instant: int) -> int:
        """Give the first look of the e-mail worker that is not before an instant."""
        tick, phase = self.rules.email_tick, self.phase
        return phase - (phase - instant) // tick * tick if tick else instant

    def _instant(self, i: int) -> None:
        if self.m.email_delay[i] != NEVER:
            due = self._worker_looks(int(self.env.now) + int(self.m.email_delay[i]))
            then(self.env, due, Order.DISPATCH, i, lambda: self._send(i, [i]))

    # Batches

    def _join_batch(self, i: int) -> None:
        if not self.pending or self.rules.email_anchor == LATEST_PENDING:
            self.closes = self._worker_looks(int(self.env.now) + self.rules.email_window)
        self.pending.append(i)
        if len(self.pending) == 1:
            self.env.process(self._batch(i))

    def _batch(self, opener: int) -> Generator[simpy.Event, None, None]:
        """Wait for the window the opener opened (deleting the opener does not close it), then send
        what is pending.
        """
        while True:
            yield at(self.env, self.closes, Order.DISPATCH, opener)
            if self.env.now >= self.closes:
                break
        self._send(opener, self._all_pending())

    def _all_pending(self) -> list[int]:
        pending, self.pending = self.pending, []
        return pending

    # Flushes

    def _await_flush(self, i: int) -> None:
        """Let message i wait.

        When it is due, all that wait go, unless they went before with another.
        """
        self.pending.append(i)
        if self.m.email_delay[i] != NEVER:
            now = int(self.env.now)
            free = self.throttle.open_at(int(self.m.sender[i]), now)
            due = self._worker_looks(max(now + int(self.m.email_delay[i]), free))
            then(self.env, due, Order.DISPATCH, i, lambda: self._flush(i))

    def _flush(self, due: int) -> None:
        if due not in self.pending:
            return
        pending = self._all_pending()
        conversations: dict[int, list[int]] = {}
        for i in pending:
            conversations.setdefault(int(self.m.sender[i]), []).append(self.out["accepted"][i])
        for sender, accepted in conversations.items():
            self.throttle.mailed(sender, accepted[0], accepted[-1], int(self.env.now))
        self._send(pending[0], pending)

    # Digests

    def _join_digest(self, i: int) -> None:
        due = self._digest_after(int(self.env.now))
        self.digests.setdefault(due, []).append(i)
        if len(self.digests[due]) == 1:
            self.env.process(self._digest(i, due))

    def _digest_after(self, now: int) -> int:
        """Give the first digest, on the recipient's clock, whose snapshot is not before now."""
        first, every = self.rules.email_at - self.offset, self.rules.email_every
        return first + -((first - now - self.rules.email_lead) // every) * every

    def _digest(self, opener: int, due: int) -> Generator[simpy.Event, None, None]:
        """Decide what goes at the snapshot, send it when the digest is due."""
        snapshot = due - self.rules.email_lead
        yield at(self.env, snapshot, Order.SNAPSHOT, opener)
        kept = self._bind(self.digests.pop(due))
        yield at(self.env, due, Order.DISPATCH, opener)
        self._post(opener, kept, snapshot)

    # Leaving

    def _bind(self, messages: list[int]) -> list[int]:
        """Leave out what there is a reason to drop by now."""
        return [i for i in messages if not self.stage.dropped(i, self.rules.email_drop)]

    def _send(self, opener: int, messages: list[int]) -> None:
        self._post(opener, self._bind(messages), int(self.env.now))

    def _post(self, opener: int, messages: list[int], bound: int) -> None:
        """Hand one mail, bound at an instant, over for transport: from here on nothing can change
        it.
        """
        now = int(self.env.now)
        for i in messages:
            self.out["email_dispatched"][i] = now
            self.out["email_opener"][i] = opener
        if messages and self.m.email_latency[opener] != NEVER:
            arrival = now + int(self.m.email_latency[opener])
            then(
                self.env,
                arrival,
                Order.ARRIVE,
                opener,
                lambda: self._delivered(opener, tuple(messages), bound),
            )

    def _delivered(self, opener: int, mail: Mail, bound: int) -> None:
        """Write down what arrives in the mailbox now."""
        for i in mail:
            self.out["email_arrived"][i] = int(self.env.now)
            self.out["email_chars"][i] = self.shown(i, mail, opened=True)
            if self.rules.email_late and self.stage.shows_edit(i, bound):
                self.out["email_edited"][i] = 1
        self.arrive(opener, mail)

    def shown(self, i: int, mail: Mail, *, opened: bool) -> int:
        """Give how many characters of message i a mail shows: in the list, of its first message
        alone, and in itself once it is opened.
        """
        listed = self.rules.email_list if i == mail[0] else 0
        inside = self.rules.email_preview if opened else 0
        return min(int(self.m.length[i]), max(listed, inside))
