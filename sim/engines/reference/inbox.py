"""A recipient's side: app visits, which open the thread, and the channels that notify (section 6)."""

from __future__ import annotations

from sim.clock import NEVER
from sim.engines.reference.channel import Channel, Visit
from sim.engines.reference.entries import Entries
from sim.engines.reference.instants import Order, then
from sim.engines.reference.mail import Mailbox
from sim.engines.reference.phone import Phone
from sim.engines.reference.screens import ScreenDevice
from sim.engines.reference.stage import Circumstances, Stage
from sim.engines.reference.surfaces import Look, Surface
from sim.engines.reference.thread import Thread
from sim.schema.codes import OFF
from sim.schema.screens import SCREENS
from sim.world.intervals import APPS, IN_HAND, NO_NETWORK, SESSIONS
from sim.world.looks import VISITS, Looks


class Inbox:
    """One recipient: the thread, the visits that open it, and its channels."""

    def __init__(self, stage: Stage, recipient: int) -> None:
        self.stage, self.env, self.r = stage, stage.env, recipient
        self.world, self.m, self.rules = stage.world, stage.m, stage.rules
        self.intervals = Circumstances(stage, recipient)
        self.phone = Phone(
            stage, recipient, self.intervals, self._tapped, self._wake_visits, self.app_is_open
        )
        self.thread = Thread(stage, self.intervals, self.phone.read_elsewhere)
        self.channels: list[Channel] = [self.phone]
        if stage.people.email[recipient] != OFF:
            self.channels.append(Mailbox(stage, recipient, self.intervals))
        for k, screen in enumerate(SCREENS):
            on = getattr(stage.people, screen.prefix)[recipient]
            if on and self.intervals.ever(SESSIONS[k]):
                self.channels.append(ScreenDevice(stage, recipient, self.intervals, k))
        self.entries = Entries(stage)
        if stage.rules.list_shown:
            self.channels.append(self.entries)
        worth, order = self._worth_a_visit, Order.VISIT
        self.visits = Surface(
            stage.env, lambda: stage.world.looks(recipient, VISITS), order, worth, self._visit
        )
        self.in_hand = Surface(
            stage.env, lambda: stage.world.in_hand(recipient), order, worth, self._in_hand, 1
        )
        self.at_screens = [
            self._at_screen(k) for k, kind in enumerate(APPS) if self.intervals.ever(kind)
        ]
        self.is_ever_in_hand = self.intervals.ever(IN_HAND)
        self.kept: Look = (-1, -1, -1)  # the last visit that was played and not thinned away
        if self.rules.retraction_app_ran_within != NEVER:
            began = [visit for _, visit in self._visits_in_progress() if not visit.at_screen]
            self.phone.app_ran_until = max([visit.until for visit in began], default=-NEVER)
            self._wake_visits()

    def accept(self, i: int) -> None:
        """Show message i in the thread, where it is read if the app is open, and notify."""
        self.thread.add(i)
        visits = [visit for visit in self._visits_in_progress() if visit[1].online]
        if visits:
            then(
                self.env,
                int(self.env.now),
                Order.IN_THREAD,
                i,
                lambda: self.thread.read_if_open(i, visits),
            )
        for channel in self.channels:
            channel.notify(i)
        self._wake_visits()

    def deleted(self, i: int) -> None:
        """Take message i out of the thread.

        Its notification learns of it as the platform's rules say.
        """
        self.thread.deleted(i)
        for channel in self.channels:
            channel.deleted(i)

    # Visits in progress

    def app_is_open(self) -> bool:
        """Tell whether a visit on the phone that began before this instant is still going on."""
        return any(not visit.at_screen for _, visit in self._visits_in_progress())

    def _visits_in_progress(self) -> list[tuple[int, Visit]]:
        """List the visits that began before this instant and are not over, by number: the one that
        began first comes first.
        """
        looks = [(self._of_stream_in_progress(), False)]
        if self.is_ever_in_hand:
            looks.append((self.in_hand.in_progress(), False))
        looks += [(visits.in_progress(), True) for visits in self.at_screens]
        known = [(look, at_screen) for look, at_screen in looks if look is not None]
        known.sort(key=lambda one: one[0][0])  # stable: of the stream, in hand, at the devices
        return [
            (look[2], Visit(look[1], at_screen or not self._offline(look), at_screen))
            for look, at_screen in known
        ]

    def _of_stream_in_progress(self) -> Look | None:
        look = self.visits.in_progress()
        if look is None or look[2] == self.kept[2]:
            return look
        # Played and not kept: thinned away. Not played: nobody waited for it, so the badge was 0
        # when it began.
        if look[2] == self.visits.played[2] or not self._comes_by_itself(look[2]):
            return None
        return look

    def _comes_by_itself(self, visit: int) -> bool:
        """Tell whether a candidate visit takes place without a badge: one in `badge_boost` does."""
        return (
            self.rules.badge_boost == 1
            or self.world.visit_uniforms(self.r, visit)[0] * self.rules.badge_boost < 1
        )

    def _offline(self, visit: Look) -> bool:
        """Tell whether a visit finds the phone offline: by chance, or for want of a network as it
        begins.
        """
        rare = self.rules.visit_offline
        by_chance = rare > 0 and self.world.visit_uniforms(self.r, visit[2])[1] < rare
        return by_chance or self.intervals.on(NO_NETWORK, visit[0])

    # Opening the app

    def _worth_a_visit(self) -> bool:
        return bool(
            self.thread.unread
            or self.thread.unseen
            or self.phone.tray
            or self.phone.badge
            or self.entries.new
            or self.rules.retraction_app_ran_within != NEVER
        )

    def _wake_visits(self) -> None:
        self.visits.wake()
        if self.is_ever_in_hand:
            self.in_hand.wake()
        for visits in self.at_screens:
            visits.wake()

    def _visit(self, look: Look) -> None:
        if self.phone.badge or self._comes_by_itself(look[2]):
            self.kept = look
            self._in_hand(look)

    def _in_hand(self, look: Look) -> None:
        self._open_app(look[2], Visit(look[1], online=not self._offline(look)))

    def _at_screen(self, k: int) -> Surface:
        """Give the app visits at a screen device."""

        def opens(look: Look) -> None:
            self._open_app(look[2], Visit(look[1], online=True, at_screen=True))

        def looks() -> Looks:
            return self.world.app_visits(self.r, k)

        return Surface(self.env, looks, Order.VISIT, self._worth_a_visit, opens, 2 + k)

    def _tapped(self, i: int) -> None:
        now = int(self.env.now)
        offline = bool(self.m.tap_offline[i]) or self.intervals.on(NO_NETWORK, now)
        self._open_app(-1, Visit(now, online=not offline, by=i))

    def _open_app(self, number: int, visit: Visit) -> None:
        """Open the app: the thread, then what the channels show and clear."""
        visit = self.thread.open(number, visit)
        for channel in self.channels:
            channel.opened(visit)
