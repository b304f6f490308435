"""The way of a recipient's pushes and of their retractions, from the server to the phone (sections
5 and 5a).
"""

from __future__ import annotations

from collections.abc import Callable, Generator

import simpy

from sim.clock import NEVER
from sim.engines.reference.instants import Leaving, Order, at, leave
from sim.engines.reference.stage import Circumstances, OnStage, Stage
from sim.engines.reference.store import Store
from sim.schema.codes import DELETED
from sim.world.intervals import DOZING, NO_NETWORK


class Pushes(OnStage):
    """Server and push service of one recipient.

    `arrive(i)` and `retract(i)` happen as something reaches the phone.
    """

    def __init__(
        self,
        stage: Stage,
        recipient: int,
        intervals: Circumstances,
        arrive: Callable[[int], None],
        retract: Callable[[int], None],
    ) -> None:
        super().__init__(stage)
        self.intervals, self.arrive, self.retract = intervals, arrive, retract
        self.push = bool(stage.people.push[recipient])
        self.preview = 0 if stage.people.hides_previews[recipient] else self.rules.push_preview
        self.store = (
            Store(stage, recipient, intervals, self.lose) if intervals.ever(NO_NETWORK) else None
        )

    def send(self, i: int) -> None:
        """Begin the way of message i's push (or silent count)."""
        self.env.process(self._way(i))

    def _way(self, i: int) -> Generator[simpy.Event, None, None]:
        """Delay, dispatch (or a reason to drop it), latency, perhaps the store.

        Then arrival.
        """
        if self.m.push_delay[i] == NEVER:
            return
        yield at(self.env, int(self.env.now) + int(self.m.push_delay[i]), Order.DISPATCH, i)
        if self.stage.dropped(i, self.rules.push_drop):
            return
        if self.push:
            self.out["push_dispatched"][i] = int(self.env.now)
        if self.m.push_latency[i] == NEVER:
            return
        yield at(self.env, int(self.env.now) + int(self.m.push_latency[i]), Order.ARRIVE, i)
        if self.store is not None and self.store.is_open():
            self.store.keep(i, Order.ARRIVE, i, self.arrive)
        else:
            self.arrive(i)

    def text(self, i: int) -> tuple[int, bool] | None:
        """Say what a push of message i that arrives now shows: characters, edited or not.

        None: nothing, it is gone.
        """
        if self.rules.push_fetch and self.stage.deleted(i):
            return (0, False) if self.rules.push_generic else None
        chars = min(int(self.m.length[i]), self.preview)
        if not self.stage.edits:
            return chars, False
        if self.rules.push_fetch:
            return chars, self.stage.shows_edit(i, int(self.env.now))
        return chars, self.rules.push_late and self.stage.shows_edit(
            i, self.out["push_dispatched"][i]
        )

    def lose(self, i: int) -> None:
        """Write down that message i's push has been lost on its way."""
        if self.push:
            self.out["push_lost"][i] = int(self.env.now)

    def deleted(self, i: int) -> None:
        """Send a retraction after message i's push, if the platform does and there is or will be
        something to retract.
        """
        if self.push and self._is_coming(i) and self.m.retract_after[i] != NEVER:
            reaches = int(self.env.now) + int(self.m.retract_after[i])
            leave(
                self.env,
                reaches,
                Leaving.RETRACTION,
                i,
                lambda: self._retraction_reaches_service(i),
            )

    def _is_coming(self, i: int) -> bool:
        """Tell whether message i's push is on its way, or waits and its deletion is no reason to
        drop it.
        """
        if self.out["push_dispatched"][i] != NEVER:
            return True
        if self.m.push_delay[i] == NEVER or self.rules.push_drop & DELETED:
            return False
        return bool(self.env.now <= self.out["accepted"][i] + int(self.m.push_delay[i]))

    def _retraction_reaches_service(self, i: int) -> None:
        if self.store is not None and self.store.is_open():
            number = len(Leaving) * i + Leaving.RETRACTION
            self.store.keep(i, Order.LEAVE, number, self._retraction_reaches_phone)
        else:
            self._retraction_reaches_phone(i)

    def _retraction_reaches_phone(self, i: int) -> None:
        """Retract now, or with normal priority at the end of dozing."""
        now = int(self.env.now)
        awake = self.intervals.wait(DOZING, now) if self.rules.retraction_waits else now
        if awake == now:
            self.retract(i)
        else:
            leave(self.env, awake, Leaving.RETRACTION, i, lambda: self.retract(i))
