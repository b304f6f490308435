"""What the push service keeps for a phone without network (section 5a)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.engines.reference.instants import Order, then
from sim.engines.reference.stage import Circumstances, Stage
from sim.world.intervals import NO_NETWORK


@dataclass(slots=True, eq=False)
class Entry:
    """A push or a retraction in the store."""

    message: int
    since: int
    is_push: bool
    lost: bool = False


class Store:
    """The store of one recipient: room for so many entries (0: any number), and for so long.

    `lose(i)` happens as message i's push is lost; a retraction is lost without a trace.
    """

    def __init__(
        self, stage: Stage, recipient: int, intervals: Circumstances, lose: Callable[[int], None]
    ) -> None:
        self.env, self.intervals, self.lose = stage.env, intervals, lose
        self.room, self.life = int(stage.people.store[recipient]), stage.rules.push_ttl
        self.kept: list[Entry] = []
        self.interval_ends = -1

    def is_open(self) -> bool:
        """Tell whether the phone has no network now, so that what reaches the service is stored."""
        return self.intervals.on(NO_NETWORK, int(self.env.now))

    def keep(self, i: int, order: Order, number: int, deliver: Callable[[int], None]) -> None:
        """Keep what concerns message i until the interval's end, and deliver it then unless it is lost
        by then.
        """
        now = int(self.env.now)
        ends = self.intervals.wait(NO_NETWORK, now)
        if ends != self.interval_ends:
            self.interval_ends, self.kept = ends, []
        entry = Entry(i, now, order == Order.ARRIVE)
        if self.room:
            self._make_room(entry, now)
        then(self.env, ends, order, number, lambda: self._leave(entry, deliver))

    def _make_room(self, entry: Entry, now: int) -> None:
        """Take an entry in: with room for one it throws out the other, otherwise a full store is
        thrown out with it.
        """
        self.kept = [e for e in self.kept if now - e.since <= self.life]
        if len(self.kept) == self.room:
            out = self.kept if self.room == 1 else [*self.kept, entry]
            self.kept = []
            for e in out:
                self._throw_out(e)
        if not entry.lost:
            self.kept.append(entry)

    def _throw_out(self, entry: Entry) -> None:
        entry.lost = True
        if entry.is_push:
            self.lose(entry.message)

    def _leave(self, entry: Entry, deliver: Callable[[int], None]) -> None:
        """End an entry's time in the store: delivered, or lost because it is too old."""
        if entry.lost:
            return
        if self.env.now - entry.since > self.life:
            self._throw_out(entry)
        else:
            deliver(entry.message)
