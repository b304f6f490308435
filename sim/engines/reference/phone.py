"""The phone: push notifications in its tray, the badge on its icon, and glances at both."""

from __future__ import annotations

from collections.abc import Callable, Generator

import simpy

from sim.clock import NEVER
from sim.engines.reference.instants import Order, at, then
from sim.engines.reference.surfaces import Look, Surface
from sim.world.looks import GLANCES
from sim.world.parts import World


class Phone:
    """One recipient's phone. `tapped(i)` opens the app; `app_is_open` tells of a visit in progress."""

    def __init__(
        self, env: simpy.Environment, world: World, recipient: int, out: dict[str, list[int]],
        tapped: Callable[[int], None], wake_visits: Callable[[], None], app_is_open: Callable[[], bool],
    ) -> None:  # fmt: skip
        self.env, self.m, self.rules, self.out = env, world.messages, world.rules, out
        people = world.recipients
        self.push, self.counts = bool(people.push[recipient]), bool(people.badge[recipient])
        self.preview = 0 if people.hides_previews[recipient] else self.rules.push_preview
        self.tapped, self.wake_visits, self.app_is_open = tapped, wake_visits, app_is_open
        self.tray: set[int] = set()
        self.badge: set[int] = set()
        self.to_notice: dict[int, int] = {}  # in the tray and not noticed: glances still needed
        self.retracted: set[int] = set()
        self.synced: set[int] = set()
        self.alert_until = -1  # end of the latest alert reaction's glance
        self.glances = Surface(
            env, lambda: world.looks(recipient, GLANCES), Order.GLANCE, self._worth_a_glance, self._glance
        )

    def notify(self, i: int) -> None:
        """Begin the way of message i's push; without push but with a badge, of a silent count."""
        if self.push or self.counts:
            self.env.process(self._way(i))

    def _way(self, i: int) -> Generator[simpy.Event, None, None]:
        """Delay, dispatch (late binding drops what is gone or read), latency, arrival."""
        if self.m.push_delay[i] == NEVER:
            return
        yield at(self.env, int(self.env.now) + int(self.m.push_delay[i]), Order.DISPATCH, i)
        if self.rules.push_late and (self._deleted(i) or self.out["thread_read"][i] != NEVER):
            return
        if self.push:
            self.out["push_dispatched"][i] = int(self.env.now)
        if self.m.push_latency[i] == NEVER:
            return
        yield at(self.env, int(self.env.now) + int(self.m.push_latency[i]), Order.ARRIVE, i)
        self._arrive(i)

    def _deleted(self, i: int) -> bool:
        return self.out["effective"][i] != NEVER

    def _arrive(self, i: int) -> None:
        """Show message i in the tray and count it, unless a retraction came first or the app is open."""
        now = int(self.env.now)
        if i in self.retracted:
            return
        if self.app_is_open():
            if self.push:
                self.out["push_arrived"][i] = self.out["push_left"][i] = now
            return
        if self.push:
            self._show(i, now)
        if self.counts and self.out["thread_read"][i] == NEVER and i not in self.synced:
            self.badge.add(i)
            self.out["badge_counted"][i] = now
        self.glances.wake()
        self.wake_visits()

    def _show(self, i: int, now: int) -> None:
        self.tray.add(i)
        self.to_notice[i] = int(self.m.glances_needed[i])
        self.out["push_arrived"][i] = now
        self.out["push_chars"][i] = min(int(self.m.length[i]), self.preview)
        if self.rules.push_expiry != NEVER:
            then(self.env, now + self.rules.push_expiry, Order.LEAVE, i, lambda: self._leave(i))
        look = self.glances.in_progress()
        until = max(self.alert_until, look[1] if look is not None else -1)
        if until > now:
            then(self.env, now, Order.IN_GLANCE, i, lambda: self._meet(i, until))
        if self.m.alert_after[i] != NEVER:
            then(self.env, now + int(self.m.alert_after[i]), Order.ALERT_GLANCE, i, lambda: self._react(i))

    def _leave(self, i: int) -> None:
        """Take message i out of the tray, if it is there."""
        if i in self.tray:
            self.tray.discard(i)
            self.to_notice.pop(i, None)
            self.out["push_left"][i] = int(self.env.now)
            self.glances.wake()

    def deleted(self, i: int) -> None:
        """Learn of message i's deletion: retract its push and correct the badge, if the platform does."""
        now = int(self.env.now)
        coming = self.m.push_delay[i] != NEVER if not self.rules.push_late else self.out["push_dispatched"][i] != NEVER
        if self.push and coming and self.m.retract_after[i] != NEVER:
            then(self.env, now + int(self.m.retract_after[i]), Order.LEAVE, i, lambda: self._retract(i))
        if self.counts and self.m.badge_sync_after[i] != NEVER:
            then(self.env, now + int(self.m.badge_sync_after[i]), Order.LEAVE, i, lambda: self._sync(i))
        self.glances.wake()

    def _retract(self, i: int) -> None:
        self.out["retraction_arrived"][i] = int(self.env.now)
        self.retracted.add(i)
        self._leave(i)

    def _sync(self, i: int) -> None:
        self.synced.add(i)
        if i in self.badge:
            self.badge.discard(i)
            self.out["badge_cleared"][i] = int(self.env.now)

    def opened(self) -> None:
        """Clear tray and badge as the app is opened; a count whose content is gone is a sign without content."""
        now = int(self.env.now)
        for i in sorted(self.badge):
            if self._deleted(i) and self.out["thread_read"][i] == NEVER:
                self.sign_without_content(i)
            self.out["badge_cleared"][i] = now
        self.badge.clear()
        for i in sorted(self.tray):
            self._leave(i)

    def sign_without_content(self, i: int) -> None:
        """Write down the first sign of a deleted message that was met without its content."""
        if self.out["phantom"][i] == NEVER:
            self.out["phantom"][i] = int(self.env.now)

    def _bare_signs(self) -> list[int]:
        """List messages the badge counts though they are deleted, with no text of theirs in the tray."""
        return [i for i in sorted(self.badge) if self._deleted(i) and self.out["phantom"][i] == NEVER
                and not (i in self.tray and self.out["push_chars"][i] > 0)]  # fmt: skip

    def _worth_a_glance(self) -> bool:
        return bool(self.to_notice) or bool(self._bare_signs())

    def _glance(self, look: Look) -> None:
        self._look_at_all(look[1])

    def _react(self, i: int) -> None:
        """Glance because the alert of message i was felt, whatever has become of it since."""
        until = min(int(self.env.now) + int(self.m.alert_length[i]), NEVER)
        self.alert_until = max(self.alert_until, until)
        self._look_at_all(until)

    def _look_at_all(self, until: int) -> None:
        for i in sorted(self.to_notice):
            self._meet(i, until)
        for i in self._bare_signs():
            self.sign_without_content(i)

    def _meet(self, i: int, until: int) -> None:
        """Let one glance fall on message i's push; the one that makes up the number needed notices it."""
        if i not in self.to_notice:
            return
        self.to_notice[i] -= 1
        if self.to_notice[i] > 0:
            return
        del self.to_notice[i]
        now = int(self.env.now)
        self.out["push_noticed"][i], self.out["push_read_until"][i] = now, until
        if self.out["push_chars"][i] == 0:
            if self._deleted(i):
                self.sign_without_content(i)
        elif self.m.tap_after[i] != NEVER:
            then(self.env, now + int(self.m.tap_after[i]), Order.TAP, i, lambda: self.tapped(i))
