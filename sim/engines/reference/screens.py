"""A screen device: a toast that shows for a few seconds in a session there, then perhaps the notification
centre (section 5b).
"""

from __future__ import annotations

from collections.abc import Generator

import simpy

from sim.clock import NEVER
from sim.engines.reference.channel import Visit
from sim.engines.reference.instants import Order, at, then
from sim.engines.reference.stage import Circumstances, OnStage, Stage
from sim.schema.screens import SCREENS
from sim.schema.screens.declared import COLUMNS_OF_ONE, RULES_OF_ONE
from sim.world.intervals import APPS, QUIET, SESSIONS


class ScreenDevice(OnStage):
    """One recipient's device, which has a way of its own from the server: number `k` of `SCREENS`."""

    def __init__(self, stage: Stage, recipient: int, intervals: Circumstances, k: int) -> None:
        super().__init__(stage)
        self.intervals = intervals
        screen = SCREENS[k]
        self.k, self.column, self.session, self.app = k, screen.column, SESSIONS[k], APPS[k]
        self.delay, self.latency, self.after, self.length, self.back = (
            getattr(stage.m, screen.column(one)) for one in COLUMNS_OF_ONE
        )
        self.drop, self.preview, self.toast, self.keep = (
            getattr(stage.rules, screen.column(one)) for one in RULES_OF_ONE
        )
        if getattr(stage.people, screen.hides)[recipient]:
            self.preview = 0

    def notify(self, i: int) -> None:
        """Begin the way of message i's notification there."""
        if self.delay[i] != NEVER:
            self.env.process(self._way(i))

    def deleted(self, i: int) -> None:
        """Do nothing: whether it was taken back is asked as somebody looks."""

    def opened(self, visit: Visit) -> None:
        """Do nothing: what was shown stays."""

    def _way(self, i: int) -> Generator[simpy.Event, None, None]:
        """Delay, dispatch (or a reason to drop it), latency, toast."""
        yield at(self.env, int(self.env.now) + int(self.delay[i]), Order.DISPATCH, i)
        if self.stage.dropped(i, self.drop) or self.latency[i] == NEVER:
            return
        edited = self.stage.shows_edit(i, int(self.env.now))
        yield at(self.env, int(self.env.now) + int(self.latency[i]), Order.ARRIVE, i)
        self._show(i, edited=edited)

    def _show(self, i: int, *, edited: bool) -> None:
        """Show a toast, if somebody is at it and not in the app there, has not read the message,
        and is not quiet.
        """
        now = int(self.env.now)
        session_ends = self.intervals.wait(self.session, now)
        if (
            session_ends == now
            or self.out["thread_read"][i] != NEVER
            or self.intervals.on(QUIET, now)
            or self.intervals.on(self.app, now)
        ):
            return
        self.out[self.column("shown")][i], self.out[self.column("edited")][i] = now, int(edited)
        self.out[self.column("chars")][i] = min(int(self.m.length[i]), self.preview)
        read = self._read_at(i, now, session_ends)
        if read != NEVER:
            then(self.env, read, Order.TOAST, i, lambda: self._look(i))

    def _read_at(self, i: int, shown: int, session_ends: int) -> int:
        """Say when the toast is looked at, or the notification centre that keeps it; NEVER."""
        after = int(self.after[i])
        if after == NEVER:
            return NEVER
        if after < self.toast and shown + after < session_ends:
            return shown + after
        later = self.intervals.next_on(self.session, shown + after)
        return later if later - shown < self.keep else NEVER

    def _look(self, i: int) -> None:
        now = int(self.env.now)
        if self._taken_back(i, now):
            return
        self.out[self.column("read")][i] = now
        self.out[self.column("read_until")][i] = min(now + int(self.length[i]), NEVER)
        if self.out[self.column("chars")][i] == 0 and self.stage.deleted(i):
            self.stage.sign_without_content(i)

    def _taken_back(self, i: int, now: int) -> bool:
        """Tell whether word of message i's deletion has reached it."""
        back = int(self.back[i])
        return self.stage.deleted(i) and back != NEVER and self.out["effective"][i] + back <= now
