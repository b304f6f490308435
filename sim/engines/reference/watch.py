"""The watch: it takes the alert of a push, and with it the preview, while the phone is not in use
(section 5b).
"""

from __future__ import annotations

from sim.clock import NEVER
from sim.engines.reference.instants import Order, then
from sim.engines.reference.stage import Circumstances, Stage
from sim.world.intervals import AWAY, DOZING, NO_NETWORK


class Watch:
    """One recipient's watch."""

    def __init__(self, stage: Stage, intervals: Circumstances) -> None:
        self.stage, self.m, self.out, self.intervals = stage, stage.m, stage.out, intervals

    def show(self, i: int) -> None:
        """Show the push of message i, which enters the tray now; perhaps somebody looks, later."""
        now = int(self.stage.env.now)
        self.out["watch_shown"][i] = now
        if self.m.watch_after[i] != NEVER:
            then(
                self.stage.env,
                now + int(self.m.watch_after[i]),
                Order.WATCH,
                i,
                lambda: self._look(i),
            )

    def _look(self, i: int) -> None:
        now = int(self.stage.env.now)
        if self.intervals.on(AWAY, now) or self._taken_back(i, now):
            return
        self.out["watch_read"][i] = now
        self.out["watch_read_until"][i] = min(now + int(self.m.watch_length[i]), NEVER)
        if self.out["push_chars"][i] == 0 and self.stage.deleted(i):
            self.stage.sign_without_content(i)

    def _taken_back(self, i: int, now: int) -> bool:
        """Tell whether word of message i's deletion has reached the watch: by way of the phone, so
        it waits with it.
        """
        if not self.stage.deleted(i) or self.m.watch_retract_after[i] == NEVER:
            return False
        word = self.intervals.wait(
            NO_NETWORK, self.out["effective"][i] + int(self.m.watch_retract_after[i])
        )
        if self.stage.rules.retraction_waits:
            word = self.intervals.wait(DOZING, word)
        return word <= now
