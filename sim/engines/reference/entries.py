"""The app's own list: an entry for every message, or for the latest of each sender, which a visit looks
at (section 6).
"""

from __future__ import annotations

from sim.clock import NEVER
from sim.engines.reference.channel import Visit
from sim.engines.reference.stage import Stage


class Entries:
    """One recipient's list, on the server: what an online visit shows of messages it did not read in
    the thread.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage, self.m, self.rules, self.out = stage, stage.m, stage.rules, stage.out
        self.new: set[int] = (
            set()
        )  # not looked at; as of the last online visit, not read in the thread and not gone
        self.accepted: list[int] = []

    def notify(self, i: int) -> None:
        """Add the entry of message i."""
        self.new.add(i)
        self.accepted.append(i)

    def deleted(self, i: int) -> None:
        """Do nothing: whether the entry is gone is asked as somebody looks."""

    def opened(self, visit: Visit) -> None:
        """Look at the entries that are new, of messages that have not been read in the thread."""
        if not visit.online:
            return
        now = int(self.stage.env.now)
        unread = {i for i in self.new if self.out["thread_read"][i] == NEVER}
        self.new = {i for i in unread if not self._is_gone(i, now)}
        for i in sorted(self.new & self._latest(now) if self.rules.list_latest else self.new):
            self._look(i, now, visit.until)
            self.new.discard(i)

    def _latest(self, now: int) -> set[int]:
        """List the latest message of each sender, of those whose entry is not gone."""
        there = [i for i in self.accepted if not self._is_gone(i, now)]
        return set({self.m.sender[i]: i for i in there}.values())

    def _is_gone(self, i: int, now: int) -> bool:
        gone = int(self.m.list_gone_after[i])
        return self.stage.deleted(i) and gone != NEVER and self.out["effective"][i] + gone <= now

    def _look(self, i: int, now: int, until: int) -> None:
        self.out["list_read"][i], self.out["list_read_until"][i] = now, until
        self.out["list_edited"][i] = int(self.stage.shows_edit(i, now))
        self.out["list_chars"][i] = min(int(self.m.length[i]), self.rules.list_chars)
        if self.out["list_chars"][i] == 0 and self.stage.deleted(i):
            self.stage.sign_without_content(i)
