"""The thread: what is accepted, read on the server by an online visit, or from the phone's copy by an
offline one (section 6).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sim.clock import NEVER
from sim.engines.reference.channel import Visit
from sim.engines.reference.stage import Circumstances, OnStage, Stage
from sim.schema.codes import ONE_THREAD
from sim.world.intervals import NO_NETWORK


class Thread(OnStage):
    """One recipient's thread, in conversations by sender.

    `read_elsewhere(i)` tells that message i has been read at another device than the phone.
    """

    def __init__(
        self, stage: Stage, intervals: Circumstances, read_elsewhere: Callable[[int], None]
    ) -> None:
        super().__init__(stage)
        self.read_elsewhere = read_elsewhere
        # Whether the app may be opened without a connection, so that copies on the phone matter.
        self.copies = (
            self.rules.visit_offline > 0 or stage.taps_offline or intervals.ever(NO_NETWORK)
        )
        # Not read; or deleted, with a placeholder, a copy or an entry of the list to be met.
        self.unread: set[int] = set()
        self.refreshed: set[int] = set()  # deleted, and the phone's copy is gone
        self.unseen: set[int] = set()  # the app has not been open since: kept if somebody asks
        self.open_at: dict[int, int] = {}  # the conversation that each visit has open

    def add(self, i: int) -> None:
        """Take message i, accepted now."""
        self.unread.add(i)
        if self.stage.asks_seen:
            self.unseen.add(i)

    def deleted(self, i: int) -> None:
        """Take message i out, and keep it in mind if there may be anything of it to be met."""
        if not (self.rules.placeholder or self.copies or self.rules.list_shown):
            self.unread.discard(i)

    def open(self, number: int, visit: Visit) -> Visit:
        """Let a visit begin; returns it with the conversation that it opens."""
        if not visit.online:
            for i in sorted(self.unread):
                self._meet_copy(i)
            return replace(visit, conversation=None if visit.by is None else self._of(visit.by))
        for i in sorted(self.unseen):
            self._see(i)
        conversation = self._newest() if visit.by is None else self._of(visit.by)
        if conversation is not None:
            self.open_at[number] = conversation
        for i in sorted(self.unread):
            mine = self._is_open(i, conversation)
            if self.stage.deleted(i):
                self._miss(i, visit, met=mine)
            elif mine:
                self._read(i, at_screen=visit.at_screen)
        return replace(visit, conversation=conversation)

    def read_if_open(self, i: int, visits: Sequence[tuple[int, Visit]]) -> None:
        """Let message i, accepted now, be read by the first of the visits in progress that has its
        conversation open. One that has none open opens it.
        """
        self._see(i)
        for number, visit in visits:
            opened = self.open_at.setdefault(number, self._of(i))
            if i in self.unread and self._is_open(i, opened):
                self._read(i, at_screen=visit.at_screen)

    def _of(self, i: int) -> int:
        return int(self.m.sender[i])

    def _newest(self) -> int | None:
        """Say whose message is the latest that is unread; None: nobody's."""
        there = [i for i in self.unread if not self.stage.deleted(i)]
        newest = max(there, key=lambda i: (self.out["accepted"][i], i), default=None)
        return None if newest is None else self._of(newest)

    def _is_open(self, i: int, conversation: int | None) -> bool:
        return self.rules.visit_reads != ONE_THREAD or self._of(i) == conversation

    def _read(self, i: int, *, at_screen: bool) -> None:
        """Read message i now, as the server shows it."""
        self._write_down(i, int(self.env.now))
        if at_screen:
            self.read_elsewhere(i)

    def _miss(self, i: int, visit: Visit, *, met: bool) -> None:
        """Meet the place of a deleted message, or not; on the phone its copy is gone from now on."""
        if met and self.rules.placeholder:
            self.stage.sign_without_content(i)
        if not visit.at_screen:
            self.refreshed.add(i)
        if met and (i in self.refreshed or not self.copies):
            self.unread.discard(i)

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

    def _meet_copy(self, i: int) -> None:
        """Read message i from the phone's copy, if the phone was synced before the deletion and
        the copy lives.
        """
        arrived, deleted = self.out["push_arrived"][i], self.stage.deleted(i)
        if arrived == NEVER or self.env.now - arrived > self.rules.cache_life:
            return
        if i not in self.refreshed and (not deleted or arrived < self.out["effective"][i]):
            self._write_down(i, arrived)
            self.out["from_cache"][i] = int(deleted)
