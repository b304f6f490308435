"""The scratch space of one recipient's loop: which messages are about, which timers run, where each stream stands.

Every array has room for the largest recipient's messages, and no list can outgrow that: a message enters the tray,
the signs, and each heap at most once.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.world.parts import Int64s

SENT, ARRIVALS, ALERTS, TAPS, TRAY, SIGNS, MEETINGS = 0, 1, 2, 3, 4, 5, 6
"""Lengths: accepted messages, notifications due, alert and tap timers, unnoticed pushes, badge signs, rank-11 glances."""
NEXT_UNREAD, NEXT_ARRIVAL, SINCE_VISIT = 7, 8, 9
"""Places: the first accepted message no online visit has dealt with, the next notification, the first since a visit."""
GLANCING, GLANCE_END, ALERT_END, VISIT_END, BADGE_UNTIL = 10, 11, 12, 13, 14
"""Whether the glances are walked yet; ends of the last glance, alert reaction and visit begun; the instant from which
the badge counts nothing, if nothing happens."""
COUNTERS: Final = 15

_PAST = np.int64(-NEVER)


class Desk(NamedTuple):
    """Lists of rows (and times) of one recipient, and the counters above in `at`."""

    at: Int64s
    looks: Int64s
    sent: Int64s
    sent_row: Int64s
    arrival: Int64s
    arrival_row: Int64s
    alert: Int64s
    alert_row: Int64s
    tap: Int64s
    tap_row: Int64s
    tray_row: Int64s
    tray_need: Int64s
    tray_left: Int64s
    sign_row: Int64s
    meeting_row: Int64s
    meeting_end: Int64s
    spare: Int64s
    spare_row: Int64s


def desk_for(most: int) -> Desk:
    """Make the scratch space for recipients of at most so many messages."""
    lists = (np.empty(most, dtype=np.int64) for _ in range(len(Desk._fields) - 2))
    return Desk(np.zeros(COUNTERS, dtype=np.int64), np.zeros((3, 4), dtype=np.int64), *lists)


@njit
def clear(desk):  # type: ignore[no-untyped-def]
    """Make ready for the next recipient."""
    at = desk.at
    for k in range(GLANCING + 1):
        at[k] = 0
    for k in range(GLANCE_END, COUNTERS):
        at[k] = _PAST
