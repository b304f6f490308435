"""Who counts as active, and when a notification may leave: not in quiet hours that hold it, nor, where
the platform waits for that, before its recipient is idle.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.scenario.channels import Email, Push
from sim.scenario.devices import active_for
from sim.scenario.model import Scenario
from sim.schema.fields import Int64s
from sim.schema.screens import SCREENS
from sim.schema.world import Recipients
from sim.world.circumstances import owners, quiet_hours
from sim.world.intervals import SESSIONS, Intervals, Spans

WAITING: Final = ("push", "email")
"""Channels that may wait until their recipient is idle."""
Hold = Callable[[Int64s, Int64s], Int64s]
"""Takes places of messages and when they would leave; gives when they may."""


def active_spans(s: Scenario, intervals: Intervals) -> Spans:
    """Give when recipients count as active: in sessions at the devices that count, and afterwards for
    as long as the platform says. Never, where no channel asks.
    """
    at = np.zeros((len(intervals.at), 2), dtype=np.int64)
    if not (intervals.starts.size and any(_asks(getattr(s, one)) for one in WAITING)):
        nothing = np.zeros(0, dtype=np.int64)
        return Spans(nothing, nothing, at)
    who, starts, ends = [], [], []
    for kind, screen in zip(SESSIONS, SCREENS, strict=True):
        if (lasts := active_for(s, screen)) is not None:
            first, past = intervals.at[:, kind].T
            many = past - first
            place = np.repeat(first - np.cumsum(many) + many, many) + np.arange(many.sum())
            who.append(np.repeat(np.arange(many.size), many))
            starts.append(intervals.starts[place])
            ends.append(np.minimum(intervals.ends[place], NEVER - lasts) + lasts)
    owner, begin, end = (
        np.concatenate([np.zeros(0, np.int64), *parts]) for parts in (who, starts, ends)
    )
    if len(who) > 1:
        order = np.lexsort((begin, owner))
        owner, begin, end = owner[order], begin[order], end[order]
    many = _join(owner, begin, end, at)
    return Spans(begin[:many], end[:many], at)


def _asks(channel: Push | Email) -> bool:
    """Tell whether it matters to a channel who is active."""
    return (
        channel.held_while_active
        or channel.delay_active is not None
        or channel.delay_away is not None
    )


@njit
def _join(owner, starts, ends, at):
    """Join an owner's spans that touch, in place, and write where each owner's are.

    They are sorted by owner and start. Gives how many are left.
    """
    kept, last = 0, -1
    for i in range(owner.size):
        who = owner[i]
        if who == last and starts[i] <= ends[kept - 1]:
            ends[kept - 1] = max(ends[kept - 1], ends[i])
            continue
        if who != last:
            at[who, 0], last = kept, who
        starts[kept], ends[kept] = starts[i], ends[i]
        kept += 1
        at[who, 1] = kept
    return kept


class Holding:
    """What holds the notifications of messages: quiet hours of their recipients, and being active."""

    def __init__(
        self, s: Scenario, active: Spans, people: Recipients, recipient: Int64s, released: Int64s
    ) -> None:
        self.s, self.active, self.recipient, self.released = s, active, recipient, released
        self.segment = people.segment[recipient]
        shares = [g.quiet.share for g in s.segments]
        self.has_quiet_hours = owners("quiet", shares, people)[recipient]

    def held_back(self, channel: str, delay: Int64s) -> Int64s:
        """Lengthen the delays of a channel so that nothing leaves while something holds it."""
        holds = self._holds(channel)
        if not holds:
            return delay
        which = np.flatnonzero((delay != NEVER) & (self.released != NEVER))
        leaves = self.released[which] + delay[which]
        while True:  # the end of one hold may be in another
            later = leaves
            for hold in holds:
                later = hold(which, later)
            if np.array_equal(later, leaves):
                break
            leaves = later
        held = delay.copy()
        held[which] = leaves - self.released[which]
        return held

    def _holds(self, channel: str) -> list[Hold]:
        holds: list[Hold] = []
        if channel in WAITING and getattr(self.s, channel).held_while_active:
            holds.append(lambda which, leaves: self.active.ends_at(self.recipient[which], leaves))
        for k, segment in enumerate(self.s.segments):
            quiet = segment.quiet
            if quiet.hours and quiet.effect == "hold" and channel in quiet.holds:
                hours = quiet_hours(segment, int(self.s.run.horizon))
                holds.append(partial(self._after_hours, k, hours))
        return holds

    def _after_hours(self, k: int, hours: Int64s, which: Int64s, leaves: Int64s) -> Int64s:
        """Move what leaves in the quiet hours of a segment to their end."""
        starts, ends = hours[:, 0].copy(), hours[:, 1].copy()
        spans = Spans(starts, ends, np.array([[0, starts.size]], dtype=np.int64))
        mine = np.flatnonzero(self.has_quiet_hours[which] & (self.segment[which] == k))
        later = leaves.copy()
        later[mine] = spans.ends_at(np.zeros(mine.size, dtype=np.int64), leaves[mine])
        return later
