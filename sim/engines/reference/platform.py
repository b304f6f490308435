"""The platform: it accepts messages, hands them to the recipient's side, and rules on deletions
(sections 3 and 4).
"""

from __future__ import annotations

import contextlib
import functools
import gc
from collections.abc import Generator, Iterator

import numpy as np
import simpy

from sim.clock import NEVER
from sim.engines.reference.inbox import Inbox
from sim.engines.reference.instants import Order, at, then
from sim.engines.reference.senders import DeletionQueue
from sim.engines.reference.stage import Stage
from sim.records import Records
from sim.schema.codes import APOLOGY, BLOCK
from sim.schema.records import FROM_ENGINE
from sim.world.parts import World

KIND, WINDOW, OPENED, CLIENT, UNDO, SEEN_MARK = range(1, 7)
"""Why nothing comes of a deletion."""


def play(world: World) -> Records:
    """Play one world with SimPy until its horizon (exclusive) and return its records.

    >>> from sim.world.by_hand import written_world
    >>> records = play(written_world([{"noticed": 60}], [{"glances": [(30, 40)]}]))
    >>> int(records["push_noticed"][0]), int(records["effective"][0])
    (30, 60)
    """
    platform = Platform(world)
    with _no_collector():
        platform.env.run(until=world.horizon)
    columns = {c.name: np.asarray(platform.out[c.name], dtype=c.dtype) for c in FROM_ENGINE}
    return Records.joined(world, columns)


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Pause the cyclic collector: it searches millions of short-lived events in vain, which doubles
    the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Platform:
    """The server's side of one replication."""

    def __init__(self, world: World) -> None:
        self.stage = Stage(world)
        self.env, self.rules, self.m, self.out = (
            self.stage.env,
            world.rules,
            world.messages,
            self.stage.out,
        )
        self.inboxes: dict[int, Inbox] = {}
        self.queues: dict[tuple[int, int], DeletionQueue] = {}
        m = self.m
        if self.rules.retraction_app_ran_within != NEVER:  # visits count from the beginning
            for i in range(m.size):
                self.inbox(i)
        for i in np.flatnonzero(~m.caught & ~m.apology).tolist():
            then(self.env, int(m.released[i]), Order.ACCEPT, i, functools.partial(self.accept, i))
        for i in np.flatnonzero(~m.caught & (m.noticed != NEVER) & (m.reaction != NEVER)).tolist():
            self.env.process(self._deletion(i))
        self.apology_of = {int(m.after[i]): i for i in np.flatnonzero(m.apology).tolist()}

    def inbox(self, i: int) -> Inbox:
        """Give the recipient's side of message i."""
        r = int(self.m.recipient[i])
        if r not in self.inboxes:
            self.inboxes[r] = Inbox(self.stage, r)
        return self.inboxes[r]

    def accept(self, i: int) -> None:
        """Take message i at the end of its hold, unless it was cancelled by then, or is a step that
        pauses.
        """
        if self.out["cancelled"][i] != NEVER:
            return
        if self.rules.pause and self._opening_is_gone(i):
            self.out["paused"][i] = int(self.env.now)
            return
        self.out["accepted"][i] = int(self.env.now)
        self.inbox(i).accept(i)

    def _opening_is_gone(self, step: int) -> bool:
        """Tell whether the message that a step follows up was caught, cancelled, deleted or its
        recipient blocked.
        """
        opening = int(self.m.after[step])
        if opening < 0 or self.m.apology[step]:
            return False
        return (
            bool(self.m.caught[opening])
            or self.out["cancelled"][opening] != NEVER
            or self.stage.gone(opening)
        )

    def _deletion(self, i: int) -> Generator[simpy.Event, None, None]:
        """Wait until the sender has noticed and reacted, then queue.

        A recorded deletion just happens.
        """
        noticed = int(self.m.noticed[i])
        if self.m.recorded[i]:
            yield at(self.env, noticed, Order.RULE, i)
            self.out["requested"][i] = self.out["started"][i] = noticed
            self.rule(i)
            return
        yield at(self.env, noticed + int(self.m.reaction[i]), Order.JOIN, i)
        sender = int(self.m.replication[i]), int(self.m.sender[i])
        if sender not in self.queues:
            self.queues[sender] = DeletionQueue(self.stage, self.rule)
        self.queues[sender].join(i)

    def rule(self, i: int) -> None:
        """Do the remedy for message i as its action completes now.

        For a deletion or an edit, rule on it first.
        """
        now = int(self.env.now)
        self.out["completed"][i] = now
        propagation = int(self.m.propagation[i])
        undone = propagation != NEVER and now + propagation <= int(self.m.released[i])
        if undone and self.m.undo_fails[i] and not self.m.recorded[i]:
            self.out["refused"][i] = UNDO
            return
        if not undone and self.rules.remedy == APOLOGY:
            self._apologise(i)
            return
        if not undone and self.rules.redraft:
            self._apologise(i)
        if not undone and self.rules.remedy != BLOCK:
            self.out["refused"][i] = self.reason_to_refuse(i, now)
        if propagation != NEVER and not self.out["refused"][i]:
            act = self.block if self.rules.remedy == BLOCK and not undone else self.effect
            then(self.env, now + propagation, Order.EFFECT, i, lambda: act(i))

    def reason_to_refuse(self, i: int, now: int) -> int:
        """Say why message i may not be deleted or edited now (0: it may)."""
        if self.m.recorded[i]:
            return 0
        released, propagation = int(self.m.released[i]), int(self.m.propagation[i])
        if self.rules.undeletable >> int(self.m.kind[i]) & 1:
            return KIND
        if self.rules.window < 0 or now - released > self.rules.window:
            return WINDOW
        if self.rules.unread_only and self.out["thread_read"][i] != NEVER:
            return OPENED
        if self.rules.leaves_seen and self._is_marked(i, now):
            return SEEN_MARK
        if propagation == NEVER or self.rules.receiver_window == NEVER:
            return 0
        return (
            CLIENT if min(now + propagation, NEVER) - released > self.rules.receiver_window else 0
        )

    def _is_marked(self, i: int, now: int) -> bool:
        """Tell whether the sender of message i sees now that it has been read."""
        read, later = int(self.out["thread_read"][i]), int(self.m.receipt_after[i])
        return read != NEVER and later != NEVER and read + later <= now

    def effect(self, i: int) -> None:
        """Let the remedy of message i take effect: cancelled if the hold has not ended before."""
        self.out["effective"][i] = int(self.env.now)
        if self.out["accepted"][i] == NEVER:
            self.out["cancelled"][i] = int(self.env.now)
        elif self.stage.deletes:
            self.inbox(i).deleted(i)
        else:
            self.inbox(i).phone.edited(i)

    def block(self, i: int) -> None:
        """Block the recipient of message i."""
        self.out["blocked"][i] = int(self.env.now)

    def _apologise(self, i: int) -> None:
        """Send the apology for message i, or the corrected one, now, if the message itself has been
        sent by then.
        """
        if i in self.apology_of:
            apology = self.apology_of[i]
            then(
                self.env,
                int(self.env.now),
                Order.ACCEPT,
                apology,
                lambda: self._accept_apology(i, apology),
            )

    def _accept_apology(self, i: int, apology: int) -> None:
        if self.out["accepted"][i] != NEVER:
            self.accept(apology)
