"""The phone: push notifications in its tray, the badge on its icon, and glances at both (section
5).
"""

from __future__ import annotations

from collections.abc import Callable

from sim.clock import NEVER
from sim.engines.reference.channel import Visit
from sim.engines.reference.instants import Leaving, Order, leave, then
from sim.engines.reference.pushes import Pushes
from sim.engines.reference.stage import Circumstances, OnStage, Stage
from sim.engines.reference.surfaces import Look, Surface
from sim.engines.reference.watch import Watch
from sim.schema.codes import (
    BY_APP,
    BY_THREAD,
    BY_VISIT,
    CLEARS_ALL,
    CLEARS_THREAD,
    CONVERSATION,
    LATEST,
    REWRITE,
)
from sim.schema.records import (
    DISMISSED,
    EXPIRED,
    IN_APP,
    OPENED,
    READ_ELSEWHERE,
    REPLACED,
    RETRACTED,
)
from sim.world.intervals import AWAY, DOZING, IN_HAND, NO_NETWORK, QUIET
from sim.world.looks import GLANCES


class Phone(OnStage):
    """One recipient's phone.

    `tapped(i)` opens the app; `app_is_open` tells of a visit in progress.
    """

    def __init__(
        self,
        stage: Stage,
        recipient: int,
        intervals: Circumstances,
        tapped: Callable[[int], None],
        wake_visits: Callable[[], None],
        app_is_open: Callable[[], bool],
    ) -> None:
        super().__init__(stage)
        self.intervals = intervals
        self.push, self.counts = (
            bool(stage.people.push[recipient]),
            bool(stage.people.badge[recipient]),
        )
        self.tapped, self.wake_visits, self.app_is_open = tapped, wake_visits, app_is_open
        self.pushes = Pushes(stage, recipient, intervals, self._arrive, self._retract)
        self.watch = Watch(stage, intervals) if stage.watches else None
        self.tray: set[int] = set()
        self.badge: set[int] = set()
        self.to_notice: dict[int, int] = {}  # in the tray and not noticed: looks still needed
        self.to_handle: dict[int, int] = {}  # there and noticed: looks until it is handled
        self.retracted: set[int] = set()  # their pushes will be dropped on arrival
        self.cleared: set[int] = set()  # read at another device: the same
        self.rewritten: set[int] = set()  # their pushes show the edited text
        self.synced: set[int] = set()
        self.alert_until = -1  # end of the latest alert reaction's glance
        self.app_ran_until = -NEVER  # end of the latest visit on the phone
        self.glances = Surface(
            stage.env,
            lambda: stage.world.looks(recipient, GLANCES),
            Order.GLANCE,
            self._worth_a_glance,
            self._glance,
        )
        # While the phone is in hand the app is open, so no push is met there as it arrives.
        self.in_hand = Surface(
            stage.env,
            lambda: stage.world.in_hand(recipient),
            Order.GLANCE,
            self._worth_a_glance,
            self._glance,
            number=1,
        )
        self.is_ever_in_hand = intervals.ever(IN_HAND)

    def notify(self, i: int) -> None:
        """Begin the way of message i's push; without push but with a badge, of a silent count."""
        if self.push or self.counts:
            self.pushes.send(i)

    # Arrival

    def _arrive(self, i: int) -> None:
        """Show message i in the tray and count it, unless a retraction came first or the app is
        open.
        """
        now = int(self.env.now)
        if i in self.retracted or i in self.cleared:
            return
        text = self.pushes.text(i)
        if text is None:
            self.pushes.lose(i)
            return
        if self.app_is_open():
            if self.push:
                self.out["push_arrived"][i] = self.out["push_left"][i] = now
                self.out["push_left_by"][i] = IN_APP
            return
        if self.push:
            self._show(i, now, *text)
        if self.counts and self.out["thread_read"][i] == NEVER and i not in self.synced:
            self.badge.add(i)
            self.out["badge_counted"][i] = now
        self._wake_glances()
        self.wake_visits()

    def _show(self, i: int, now: int, chars: int, edited: bool) -> None:
        """Put message i's push in the tray, where it may replace others, be met by a glance, and
        alert.
        """
        if self.rules.collapse == BY_APP:
            self._leave_all(self.tray, REPLACED)
        elif self.rules.collapse == BY_THREAD:
            self._leave_all(self._of_sender(i), REPLACED)
        self.tray.add(i)
        self.to_notice[i] = int(self.m.glances_needed[i])
        self.out["push_arrived"][i], self.out["push_chars"][i] = now, chars
        if edited or i in self.rewritten:
            self.out["push_edited"][i] = 1
        if self.rules.push_expiry != NEVER:
            expires = now + self.rules.push_expiry
            leave(self.env, expires, Leaving.EXPIRY, i, lambda: self._leave(i, EXPIRED))
        look = self.glances.in_progress()
        until = max(self.alert_until, look[1] if look is not None else -1)
        if until > now:
            then(self.env, now, Order.IN_GLANCE, i, lambda: self._meet(i, until))
        if not self.intervals.on(QUIET, now):
            self._alert(i, now, in_use=until > now)

    def _alert(self, i: int, now: int, *, in_use: bool) -> None:
        """Make message i felt: on the watch, if it is worn and the phone is not in use.

        Otherwise on the phone.
        """
        on_watch = self.watch is not None and not in_use and bool(self.m.on_watch[i])
        self.out["push_felt"][i] = int(on_watch or bool(self.m.felt[i]))
        if on_watch and self.watch is not None:
            self.watch.show(i)
        elif self.m.alert_after[i] != NEVER:
            then(
                self.env,
                now + int(self.m.alert_after[i]),
                Order.ALERT_GLANCE,
                i,
                lambda: self._react(i),
            )

    # Leaving

    def _of_sender(self, i: int) -> list[int]:
        """List what the tray holds of message i's sender."""
        return [j for j in self.tray if self.m.sender[j] == self.m.sender[i]]

    def _leave(self, i: int, why: int) -> None:
        """Take message i out of the tray, if it is there."""
        if i in self.tray:
            self.tray.discard(i)
            self.to_notice.pop(i, None)
            self.to_handle.pop(i, None)
            self.out["push_left"][i], self.out["push_left_by"][i] = int(self.env.now), why
            self._wake_glances()

    def _leave_all(self, pushes: set[int] | list[int], why: int) -> None:
        for i in sorted(pushes):
            self._leave(i, why)

    def deleted(self, i: int) -> None:
        """Learn of message i's deletion: retract its push and correct the badge, if the platform
        does.
        """
        self.pushes.deleted(i)
        if self.counts and self.m.badge_sync_after[i] != NEVER:
            arrival = self.intervals.wait(
                NO_NETWORK, int(self.env.now) + int(self.m.badge_sync_after[i])
            )
            leave(self.env, arrival, Leaving.CORRECTION, i, lambda: self._sync(i))
        self._wake_glances()

    def edited(self, i: int) -> None:
        """Learn of message i's edit: its push may show the new text from some time on."""
        if not self.push or self.m.rewrite_after[i] == NEVER:
            return
        arrival = self.intervals.wait(NO_NETWORK, int(self.env.now) + int(self.m.rewrite_after[i]))
        if self.rules.retraction_waits:
            arrival = self.intervals.wait(DOZING, arrival)
        leave(self.env, arrival, Leaving.RETRACTION, i, lambda: self._show_edit(i))

    def _show_edit(self, i: int) -> None:
        """Show message i's new text, if nobody has looked at the old one."""
        self.rewritten.add(i)
        if i in self.to_notice and self.out["watch_read"][i] == NEVER:
            self.out["push_edited"][i] = 1

    def _retract(self, i: int) -> None:
        """Let message i's retraction arrive, with the scope that the platform gives it.

        It does nothing if it needs an app that ran lately, and the app has not.
        """
        within = self.rules.retraction_app_ran_within
        if within != NEVER and int(self.env.now) - self.app_ran_until > within:
            return
        self.out["retraction_arrived"][i] = int(self.env.now)
        if self.rules.retraction_scope == LATEST:
            mine = self._of_sender(i)
            if i in self.tray and i == max(mine, key=lambda j: (self.out["push_arrived"][j], j)):
                self._leave_all(mine, RETRACTED)
            return
        self.retracted.add(i)
        if self.rules.retraction_scope == REWRITE:
            self._rewrite(i)
            return
        self._leave(i, RETRACTED)
        if self.rules.retraction_scope == CONVERSATION:
            self._leave_all(self._of_sender(i), RETRACTED)

    def _rewrite(self, i: int) -> None:
        """Show no text of message i from now on, if it is in the tray."""
        if i in self.tray:
            self.out["push_rewritten"][i] = int(self.env.now)
            self.to_handle.pop(i, None)
            self._wake_glances()

    def _sync(self, i: int) -> None:
        """Let message i's badge correction arrive."""
        self.synced.add(i)
        self._uncount(i)

    def read_elsewhere(self, i: int) -> None:
        """Learn that message i is read at another device: its push and its count may be cleared."""
        if self.m.clear_after[i] == NEVER:
            return
        after = max(int(self.m.clear_after[i]), 1)  # reading has a later rank than what leaves
        arrival = self.intervals.wait(NO_NETWORK, int(self.env.now) + after)
        if self.rules.retraction_waits:
            arrival = self.intervals.wait(DOZING, arrival)
        leave(self.env, arrival, Leaving.CLEARING, i, lambda: self._clear(i))

    def _clear(self, i: int) -> None:
        """Let the word arrive that message i was read at another device."""
        self.cleared.add(i)
        self._leave(i, READ_ELSEWHERE)
        self._uncount(i)

    def _uncount(self, i: int) -> None:
        """Count message i no more, if the badge does."""
        if i in self.badge:
            self.badge.discard(i)
            self.out["badge_cleared"][i] = int(self.env.now)

    def opened(self, visit: Visit) -> None:
        """Clear tray and badge, or some of it, as the app is opened on the phone.

        A count whose content is gone is a sign without content.
        """
        if visit.at_screen:
            return
        self.app_ran_until = max(self.app_ran_until, visit.until)
        for i in sorted(self.badge):
            read = self.out["thread_read"][i] != NEVER
            if self.stage.deleted(i) and not read:
                self.stage.sign_without_content(i)
            if read or self.rules.badge_counts == BY_VISIT:
                self._uncount(i)
        if visit.by is not None:
            self._leave(visit.by, OPENED)
        if self.rules.visit_clears == CLEARS_ALL:
            self._leave_all(self.tray, IN_APP)
        elif self.rules.visit_clears == CLEARS_THREAD:
            opened = [i for i in self.tray if self.m.sender[i] == visit.conversation]
            self._leave_all(opened, IN_APP)

    # Looking

    def _shows_text(self, i: int) -> bool:
        """Tell whether message i's push, which is in the tray, shows text."""
        return self.out["push_chars"][i] > 0 and self.out["push_rewritten"][i] == NEVER

    def _bare_signs(self) -> list[int]:
        """List messages the badge counts though they are deleted, with no text of theirs in the
        tray.
        """
        return [
            i
            for i in sorted(self.badge)
            if self.stage.deleted(i)
            and self.out["phantom"][i] == NEVER
            and not (i in self.tray and self._shows_text(i))
        ]

    def _wake_glances(self) -> None:
        self.glances.wake()
        if self.is_ever_in_hand:
            self.in_hand.wake()

    def _worth_a_glance(self) -> bool:
        return bool(self.to_notice or self.to_handle or self._bare_signs())

    def _glance(self, look: Look) -> None:
        self._look_at_all(look[1])

    def _react(self, i: int) -> None:
        """Glance because the alert of message i was felt, whatever has become of it since.

        Nobody does while away.
        """
        now = int(self.env.now)
        if self.intervals.on(AWAY, now):
            return
        until = min(now + int(self.m.alert_length[i]), NEVER)
        self.alert_until = max(self.alert_until, until)
        self._look_at_all(until)

    def _look_at_all(self, until: int) -> None:
        """Look at the badge, then at the tray, out of which the look may dismiss something."""
        for i in self._bare_signs():
            self.stage.sign_without_content(i)
        for i in sorted([*self.to_notice, *self.to_handle]):
            self._meet(i, until)

    def _meet(self, i: int, until: int) -> None:
        """Let one look fall on message i's push: the one that makes up the number needed notices
        it, and that one or a later one handles it.
        """
        if self._takes_the_last(self.to_notice, i):
            self._notice(i, until)
        if self._takes_the_last(self.to_handle, i):
            self._handle(i)

    @staticmethod
    def _takes_the_last(looks: dict[int, int], i: int) -> bool:
        """Take one of the looks that something still needs, and tell whether it was the last."""
        if i not in looks:
            return False
        looks[i] -= 1
        if looks[i] > 0:
            return False
        del looks[i]
        return True

    def _notice(self, i: int, until: int) -> None:
        self.out["push_noticed"][i], self.out["push_read_until"][i] = int(self.env.now), until
        shows, looks = self._shows_text(i), self.m.looks_to_handle
        if not shows:
            looks = self.m.bare_looks_to_handle
            if self.stage.deleted(i):
                self.stage.sign_without_content(i)
        if looks[i] != NEVER and self.out["push_rewritten"][i] == NEVER:
            self.to_handle[i] = int(looks[i])

    def _handle(self, i: int) -> None:
        """Open message i's push, a while later, or dismiss it now."""
        if self.m.open_after[i] == NEVER:
            self._leave(i, DISMISSED)
            return
        opens = int(self.env.now) + int(self.m.open_after[i])
        then(self.env, opens, Order.TAP, i, lambda: self.tapped(i))
