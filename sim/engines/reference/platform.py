"""The platform: it accepts messages, hands them to the recipient's side, and rules on deletions."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Generator, Iterator

import numpy as np
import simpy

from sim.clock import NEVER
from sim.engines.reference.inbox import Inbox
from sim.engines.reference.instants import Order, at, then
from sim.engines.reference.senders import Desk
from sim.records import FROM_ENGINE, Records, blank
from sim.world.parts import World

KIND, WINDOW, OPENED = 1, 2, 3
"""Why a deletion is refused."""


def play(world: World) -> Records:
    """Play one world with SimPy until its horizon (exclusive) and return its records.

    >>> from sim.world.parts import World
    >>> records = play(World.written([{"noticed": 60}], [{"glances": [(30, 40)]}]))
    >>> int(records["push_noticed"][0]), int(records["effective"][0])
    (30, 60)
    """
    platform = Platform(world)
    with _no_collector():
        platform.env.run(until=world.horizon)
    columns = {c.name: np.asarray(platform.out[c.name], dtype=c.dtype) for c in FROM_ENGINE}
    return Records.of(world, columns)


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Pause the cyclic collector: it searches millions of short-lived events in vain, which doubles the time."""
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
        self.env = simpy.Environment()
        self.world, self.rules, self.m = world, world.rules, world.messages
        # Lists, not arrays: a SimPy model reads and writes single entries, where NumPy is several times slower.
        self.out: dict[str, list[int]] = {name: column.tolist() for name, column in blank(world.messages.size).items()}
        self.inboxes: dict[int, Inbox] = {}
        self.desks: dict[int, Desk] = {}
        m = self.m
        for i in np.flatnonzero(~m.caught).tolist():
            then(self.env, int(m.released[i]), Order.ACCEPT, i, lambda i=i: self.accept(i))  # type: ignore[misc]
        for i in np.flatnonzero(~m.caught & (m.noticed != NEVER) & (m.reaction != NEVER)).tolist():
            self.env.process(self._deletion(i))

    def inbox(self, i: int) -> Inbox:
        """Give the recipient's side of message i."""
        r = int(self.m.recipient[i])
        if r not in self.inboxes:
            self.inboxes[r] = Inbox(self.env, self.world, r, self.out)
        return self.inboxes[r]

    def accept(self, i: int) -> None:
        """Take message i at the end of its hold, unless it was cancelled by then."""
        if self.out["cancelled"][i] == NEVER:
            self.out["accepted"][i] = int(self.env.now)
            self.inbox(i).accept(i)

    def _deletion(self, i: int) -> Generator[simpy.Event, None, None]:
        """Wait until the sender has noticed and reacted, then queue; a recorded deletion just happens."""
        noticed = int(self.m.noticed[i])
        if self.m.recorded[i]:
            yield at(self.env, noticed, Order.RULE, i)
            self.out["requested"][i] = self.out["started"][i] = noticed
            self.rule(i)
            return
        yield at(self.env, noticed + int(self.m.reaction[i]), Order.JOIN, i)
        sender = int(self.m.sender[i])
        if sender not in self.desks:
            self.desks[sender] = Desk(self.env, self.world, self.out, self.rule)
        self.desks[sender].join(i)

    def rule(self, i: int) -> None:
        """Rule on the deletion of message i as its action completes now."""
        now = int(self.env.now)
        self.out["completed"][i] = now
        reason = self.reason_to_refuse(i, now)
        if reason:
            self.out["refused"][i] = reason
        elif self.m.propagation[i] != NEVER:
            then(self.env, now + int(self.m.propagation[i]), Order.EFFECT, i, lambda: self.effect(i))

    def reason_to_refuse(self, i: int, now: int) -> int:
        """Say why message i may not be deleted now (0: it may). Undoing a send within the hold needs no right."""
        released, propagation = int(self.m.released[i]), int(self.m.propagation[i])
        if self.m.recorded[i] or (propagation != NEVER and now + propagation <= released):
            return 0
        if self.rules.undeletable >> int(self.m.kind[i]) & 1:
            return KIND
        if self.rules.window < 0 or now - released > self.rules.window:
            return WINDOW
        if self.rules.unread_only and self.out["thread_read"][i] != NEVER:
            return OPENED
        return 0

    def effect(self, i: int) -> None:
        """Make the deletion of message i effective: cancelled if the hold has not ended before, deleted otherwise."""
        now = int(self.env.now)
        self.out["effective"][i] = now
        if self.out["accepted"][i] == NEVER:
            self.out["cancelled"][i] = now
        else:
            self.inbox(i).deleted(i)
