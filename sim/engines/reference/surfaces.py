"""Looks at one surface of one recipient, played only while something there is worth a look."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import cached_property

import simpy

from sim.engines.reference.instants import Order, at
from sim.world.looks import Looks

Look = tuple[int, int, int]


class Surface:
    """Plays `act(look)` at the start of every look while `worth()` holds, and sleeps otherwise.

    Streams know nothing of messages, so looks that nothing is worth need not be played: they change
    nothing.
    """

    def __init__(
        self,
        env: simpy.Environment,
        looks: Callable[[], Looks],
        order: Order,
        worth: Callable[[], bool],
        act: Callable[[Look], None],
        number: int = 0,
    ) -> None:
        self.env, self._walk, self.order, self.worth, self.act = env, looks, order, worth, act
        self.number = number  # breaks ties with other surfaces of the same rank
        self.played: Look = (-1, -1, -1)
        self._sleep: simpy.Event | None = None
        self._started = False

    @cached_property
    def looks(self) -> Looks:
        """The stream, walked only if it is ever needed."""
        return self._walk()

    def wake(self) -> None:
        """Say that something new may be worth a look."""
        if not self._started:
            if self.worth():
                self._started = True
                self.env.process(self._watch())
        elif self._sleep is not None and self.worth():
            self._sleep.succeed()
            self._sleep = None

    def in_progress(self) -> Look | None:
        """Give the look that began before this instant and is not over, played or not."""
        now = self.env.now
        if self.played[0] < now < self.played[1]:
            return self.played
        look = self.looks.meeting(int(now))
        return look if look is not None and look[0] < now else None

    def _watch(self) -> Generator[simpy.Event, None, None]:
        while True:
            while not self.worth():
                self._sleep = self.env.event()
                yield self._sleep
            look = self.looks.meeting(int(self.env.now))
            while look is not None and (look[0] < self.env.now or look[2] <= self.played[2]):
                look = self.looks.after(look)
            if look is None:
                return
            yield at(self.env, look[0], self.order, self.number)
            self.played = look
            self.act(look)
