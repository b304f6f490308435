"""A recipient's side: the thread with its app visits, and the channels that notify (section 6)."""

from __future__ import annotations

from sim.clock import NEVER
from sim.engines.reference.channel import Channel
from sim.engines.reference.desktop import Desktop
from sim.engines.reference.instants import Order, then
from sim.engines.reference.mail import Mailbox
from sim.engines.reference.phone import Phone
from sim.engines.reference.stage import Circumstances, Stage
from sim.engines.reference.surfaces import Look, Surface
from sim.schema.world import OFF
from sim.world.intervals import AT_DESK, IN_HAND, NO_NETWORK
from sim.world.looks import VISITS


class Inbox:
    """One recipient: the thread, and its channels.

    Writes times into `out`, the columns of the records.
    """

    def __init__(self, stage: Stage, recipient: int) -> None:
        self.stage, self.env, self.r = stage, stage.env, recipient
        self.world, self.m, self.rules, self.out = stage.world, stage.m, stage.rules, stage.out
        self.intervals = Circumstances(stage, recipient)
        # Whether the app may be opened without a connection, so that copies on the device matter.
        self.copies = (
            self.rules.visit_offline > 0 or stage.taps_offline or self.intervals.ever(NO_NETWORK)
        )
        self.unread: set[int] = (
            set()
        )  # in the thread: not read; or deleted, with a placeholder or a copy to be met
        self.unseen: set[int] = set()  # the app has not been open since: kept if somebody asks
        self.phone = Phone(
            stage, recipient, self.intervals, self._tapped, self._wake_visits, self.app_is_open
        )
        self.channels: list[Channel] = [self.phone]
        if stage.people.email[recipient] != OFF:
            self.channels.append(Mailbox(stage, recipient, self.intervals))
        if stage.people.desk[recipient] and self.intervals.ever(AT_DESK):
            self.channels.append(Desktop(stage, recipient, self.intervals))
        self.visits = Surface(
            stage.env,
            lambda: stage.world.looks(recipient, VISITS),
            Order.VISIT,
            self._worth_a_visit,
            self._visit,
        )
        self.in_hand = Surface(
            stage.env,
            lambda: stage.world.in_hand(recipient),
            Order.VISIT,
            self._worth_a_visit,
            self._visit_in_hand,
            number=1,
        )
        self.is_ever_in_hand = self.intervals.ever(IN_HAND)
        self.kept: Look = (-1, -1, -1)  # the last visit that was played and not thinned away

    def accept(self, i: int) -> None:
        """Show message i in the thread, where it is read if the app is open, and notify."""
        now = int(self.env.now)
        self.unread.add(i)
        if self.stage.asks_seen:
            self.unseen.add(i)
        if any(not self._offline(visit) for visit in self._visits_in_progress()):
            then(self.env, now, Order.IN_THREAD, i, lambda: self._read(i))
        for channel in self.channels:
            channel.notify(i)
        self._wake_visits()

    def deleted(self, i: int) -> None:
        """Take message i out of the thread.

        Its notification learns of it as the platform's rules say.
        """
        if not (self.rules.placeholder or self.copies):
            self.unread.discard(i)
        for channel in self.channels:
            channel.deleted(i)

    def app_is_open(self) -> bool:
        """Tell whether a visit that began before this instant is still going on."""
        return bool(self._visits_in_progress())

    def _visits_in_progress(self) -> list[Look]:
        """List the visits that began before this instant and are not over: of the stream, and in
        hand.
        """
        in_hand = self.in_hand.in_progress() if self.is_ever_in_hand else None
        return [look for look in (self._of_stream_in_progress(), in_hand) if look is not None]

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
        """Tell whether a visit finds the device offline: by chance, or for want of a network as it
        begins.
        """
        rare = self.rules.visit_offline
        by_chance = rare > 0 and self.world.visit_uniforms(self.r, visit[2])[1] < rare
        return by_chance or self.intervals.on(NO_NETWORK, visit[0])

    def _worth_a_visit(self) -> bool:
        return bool(self.unread or self.unseen or self.phone.tray or self.phone.badge)

    def _wake_visits(self) -> None:
        self.visits.wake()
        if self.is_ever_in_hand:
            self.in_hand.wake()

    def _visit(self, look: Look) -> None:
        if self.phone.badge or self._comes_by_itself(look[2]):
            self.kept = look
            self.open_app(offline=self._offline(look))

    def _visit_in_hand(self, look: Look) -> None:
        self.open_app(offline=self._offline(look))

    def _tapped(self, i: int) -> None:
        offline = bool(self.m.tap_offline[i]) or self.intervals.on(NO_NETWORK, int(self.env.now))
        self.open_app(offline=offline, by=i)

    def _read(self, i: int) -> None:
        """Read message i in the thread now, as the server shows it."""
        self._see(i)
        self._write_down(i, int(self.env.now))

    def _see(self, i: int) -> None:
        """Note that the app is open, online, and message i has been accepted."""
        if i in self.unseen:
            self.unseen.discard(i)
            self.stage.seen[i] = int(self.env.now)

    def _write_down(self, i: int, taken: int) -> None:
        """Note that message i is read now, with its text as it was at an instant."""
        if self.out["thread_read"][i] == NEVER:
            self.out["thread_read"][i] = int(self.env.now)
            self.out["thread_edited"][i] = int(self.stage.shows_edit(i, taken))
        self.unread.discard(i)

    def open_app(self, *, offline: bool, by: int | None = None) -> None:
        """Open the app, by message `by`'s push or otherwise: read what the server (online) or the
        device's copy (offline) shows.

        Clear tray and badge.
        """
        for i in sorted(() if offline else self.unseen):
            self._see(i)
        for i in sorted(self.unread):
            if offline:
                self._meet_copy(i)
            elif not self.stage.deleted(i):
                self._read(i)
            else:
                self.unread.discard(i)  # refreshed: the device's copy is gone too
                if self.rules.placeholder:
                    self.stage.sign_without_content(i)
        for channel in self.channels:
            channel.opened(by)

    def _meet_copy(self, i: int) -> None:
        """Read message i from the device's copy, if the device was synced before the deletion and
        the copy lives.
        """
        arrived, deleted = self.out["push_arrived"][i], self.stage.deleted(i)
        if arrived == NEVER or self.env.now - arrived > self.rules.cache_life:
            return
        if not deleted or arrived < self.out["effective"][i]:
            self._write_down(i, arrived)
            self.out["from_cache"][i] = int(deleted)
