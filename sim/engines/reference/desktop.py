"""The desktop: a toast that shows for a few seconds in a session at an active desk, then perhaps the
notification centre (section 5b).
"""

from __future__ import annotations

from collections.abc import Generator

import simpy

from sim.clock import NEVER
from sim.engines.reference.channel import Visit
from sim.engines.reference.instants import Order, at, then
from sim.engines.reference.stage import Circumstances, Stage
from sim.world.intervals import AT_DESK, DESK_APP, QUIET


class Desktop:
    """One recipient's desktop, which has a way of its own from the server."""

    def __init__(self, stage: Stage, recipient: int, intervals: Circumstances) -> None:
        self.stage, self.env, self.m, self.rules, self.out = (
            stage,
            stage.env,
            stage.m,
            stage.rules,
            stage.out,
        )
        self.intervals = intervals
        self.preview = 0 if stage.people.hides_toasts[recipient] else self.rules.desk_preview

    def notify(self, i: int) -> None:
        """Begin the way of message i's notification at the desktop."""
        if self.m.desk_delay[i] != NEVER:
            self.env.process(self._way(i))

    def deleted(self, i: int) -> None:
        """Do nothing: whether it was taken back is asked as somebody looks."""

    def opened(self, visit: Visit) -> None:
        """Do nothing: what was shown stays."""

    def _way(self, i: int) -> Generator[simpy.Event, None, None]:
        """Delay, dispatch (or a reason to drop it), latency, toast."""
        yield at(self.env, int(self.env.now) + int(self.m.desk_delay[i]), Order.DISPATCH, i)
        if self.stage.dropped(i, self.rules.desk_drop) or self.m.desk_latency[i] == NEVER:
            return
        edited = self.stage.shows_edit(i, int(self.env.now))
        yield at(self.env, int(self.env.now) + int(self.m.desk_latency[i]), Order.ARRIVE, i)
        self._show(i, edited=edited)

    def _show(self, i: int, *, edited: bool) -> None:
        """Show a toast, if somebody is at the desk and not in the app there, has not read the message,
        and is not quiet.
        """
        now = int(self.env.now)
        session_ends = self.intervals.wait(AT_DESK, now)
        if (
            session_ends == now
            or self.out["thread_read"][i] != NEVER
            or self.intervals.on(QUIET, now)
            or self.intervals.on(DESK_APP, now)
        ):
            return
        self.out["desk_shown"][i], self.out["desk_edited"][i] = now, int(edited)
        self.out["desk_chars"][i] = min(int(self.m.length[i]), self.preview)
        read = self._read_at(i, now, session_ends)
        if read != NEVER:
            then(self.env, read, Order.TOAST, i, lambda: self._look(i))

    def _read_at(self, i: int, shown: int, session_ends: int) -> int:
        """Say when the toast is looked at, or the notification centre that keeps it; NEVER."""
        after = int(self.m.desk_after[i])
        if after == NEVER:
            return NEVER
        if after < self.rules.desk_toast and shown + after < session_ends:
            return shown + after
        later = self.intervals.next_on(AT_DESK, shown + after)
        return later if later - shown < self.rules.desk_keep else NEVER

    def _look(self, i: int) -> None:
        now = int(self.env.now)
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
