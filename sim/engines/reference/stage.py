"""What all parts of one replication share: clock, world, the records being written, and what all of
them ask.
"""

from __future__ import annotations

import simpy

from sim.clock import NEVER
from sim.records import blank
from sim.schema.codes import BLOCK, BLOCKED, DELETE, DELETED, EDIT, EDITED, READ, SEEN
from sim.schema.rules import DROPS
from sim.world.parts import World


class Stage:
    """One replication as it is played.

    `out` holds the columns of the records, each a list with one entry a message.
    """

    def __init__(self, world: World) -> None:
        self.env = simpy.Environment()
        self.world, self.rules, self.m, self.people = (
            world,
            world.rules,
            world.messages,
            world.recipients,
        )
        # Lists, not arrays: a SimPy model reads and writes single entries, where NumPy is several
        # times slower.
        self.out: dict[str, list[int]] = {
            name: column.tolist() for name, column in blank(world.messages.size).items()
        }
        self.effective = self.out["effective"]
        self.deletes, self.edits = self.rules.remedy == DELETE, self.rules.remedy == EDIT
        gone = {DELETE: self.effective, BLOCK: self.out["blocked"]}
        self._gone = gone.get(self.rules.remedy)
        self.asks_seen = any(getattr(self.rules, drop) & SEEN for drop in DROPS)
        self.seen = [NEVER] * world.messages.size  # since when the app has been open, if asked
        self.taps_offline = bool(self.m.tap_offline.any())
        self.watches = bool(self.m.on_watch.any())
        bounds = world.intervals.at
        self.some_intervals: list[list[bool]] = (
            bounds[:, :, 0] < bounds[:, :, 1]
        ).tolist()  # which intervals, of each recipient

    def deleted(self, i: int) -> bool:
        """Tell whether message i has been deleted by now.

        An edit takes effect and deletes nothing.
        """
        return self.deletes and self.effective[i] != NEVER

    def gone(self, i: int) -> bool:
        """Tell whether message i has been deleted by now, or its recipient blocked."""
        return self._gone is not None and self._gone[i] != NEVER

    def dropped(self, i: int, reasons: int) -> bool:
        """Tell whether one of the reasons to drop message i's notification holds by now."""
        return bool(
            (reasons & DELETED and self.deleted(i))
            or (reasons & READ and self.out["thread_read"][i] != NEVER)
            or (reasons & SEEN and self.seen[i] != NEVER)
            or (reasons & BLOCKED and self.out["blocked"][i] != NEVER)
            or (reasons & EDITED and self.edits and self.effective[i] != NEVER)
        )

    def shows_edit(self, i: int, taken: int) -> bool:
        """Tell whether text of message i that was taken at an instant is the edited one."""
        return self.edits and self.effective[i] <= taken

    def sign_without_content(self, i: int) -> None:
        """Write down the first sign of a deleted message that was met without its content."""
        if self.out["phantom"][i] == NEVER:
            self.out["phantom"][i] = int(self.env.now)


class Circumstances:
    """The intervals of one recipient (docs/model.md, section 2): asked often, so quick where
    there are none.
    """

    def __init__(self, stage: Stage, recipient: int) -> None:
        self._intervals, self._r, self._some = (
            stage.world.intervals,
            recipient,
            stage.some_intervals[recipient],
        )

    def ever(self, kind: int) -> bool:
        """Tell whether the recipient has any interval of a kind."""
        return self._some[kind]

    def wait(self, kind: int, instant: int) -> int:
        """Give the end of the interval of a kind that is on at an instant, or the instant itself if
        none is.
        """
        return (
            self._intervals.wait(self._r, kind, min(instant, NEVER))
            if self._some[kind]
            else instant
        )

    def next_on(self, kind: int, instant: int) -> int:
        """Give the first instant from another on at which an interval of a kind is on; NEVER."""
        return (
            self._intervals.next_on(self._r, kind, instant)
            if self._some[kind] and instant < NEVER
            else NEVER
        )

    def on(self, kind: int, instant: int) -> bool:
        """Tell whether an interval of a kind is on at an instant."""
        return self._some[kind] and self._intervals.is_on(self._r, kind, instant)


class OnStage:
    """What acts in a replication: the base of channels and devices."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.env = stage, stage.env
        self.m, self.rules, self.out = stage.m, stage.rules, stage.out
