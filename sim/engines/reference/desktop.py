"""The desktop: a toast that shows for a few seconds, if the recipient is at an active desk (section
5b).
"""

from __future__ import annotations

from sim.clock import NEVER
from sim.engines.reference.instants import Order, then
from sim.engines.reference.stage import Circumstances, Stage
from sim.world.intervals import AT_DESK, QUIET


class Desktop:
    """One recipient's desktop."""

    def __init__(self, stage: Stage, intervals: Circumstances) -> None:
        self.stage, self.m, self.out, self.intervals = stage, stage.m, stage.out, intervals

    def show(self, i: int, chars: int, edited: bool) -> None:
        """Show a toast with message i, as its push reaches the push service now."""
        now = int(self.stage.env.now)
        session_ends = self.intervals.wait(AT_DESK, now)
        if (
            session_ends == now
            or self.out["thread_read"][i] != NEVER
            or self.intervals.on(QUIET, now)
        ):
            return
        self.out["desk_shown"][i], self.out["desk_chars"][i], self.out["desk_edited"][i] = (
            now,
            chars,
            int(edited),
        )
        read_after = int(self.m.desk_after[i])
        if read_after < self.stage.rules.push_toast and now + read_after < session_ends:
            then(self.stage.env, now + read_after, Order.TOAST, i, lambda: self._look(i))

    def _look(self, i: int) -> None:
        now = int(self.stage.env.now)
        if self._taken_back(i, now):
            return
        self.out["desk_read"][i] = now
        self.out["desk_read_until"][i] = min(now + int(self.m.desk_length[i]), NEVER)
        if self.out["desk_chars"][i] == 0 and self.stage.deleted(i):
            self.stage.sign_without_content(i)

    def _taken_back(self, i: int, now: int) -> bool:
        """Tell whether word of message i's deletion has reached the desktop."""
        back = int(self.m.desk_retract_after[i])
        return self.stage.deleted(i) and back != NEVER and self.out["effective"][i] + back <= now
