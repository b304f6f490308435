"""The scratch space of one recipient's loop: which messages are about, which timers run, where each
stream stands.

Every array has room for the largest recipient's messages, and no list can outgrow that: a message
enters the tray, the signs, and each heap at most once.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit_inlined
from sim.schema.fields import Int64s
from sim.world.looks import STATE, SURFACES

SENT, ARRIVALS, ALERTS, TAPS, TRAY, SIGNS, MEETINGS = 0, 1, 2, 3, 4, 5, 6
"""Lengths: accepted messages, notifications due, alert and tap timers, unnoticed pushes, badge
signs, glances of rank 11."""
NEXT_UNREAD, NEXT_ARRIVAL, SINCE_VISIT = 7, 8, 9
"""Places: the first accepted message no online visit has dealt with, the next notification, the
first since a visit."""
NEXT_BACK, BACKS, NEXT_ENTRY, ENTRIES, IN_TRAY = 10, 11, 12, 13, 14
"""Of the lists in `extras`: the next retraction and how many there are, the next entry of the store
and how many; how many pushes the tray's list has."""
GLANCING, GLANCE_END, ALERT_END, VISIT_END, BADGE_UNTIL = 15, 16, 17, 18, 19
"""Whether the glances are walked yet; ends of the last glance, alert reaction and visit begun; the
instant from which the badge counts nothing, if nothing happens."""
COUNTERS: Final = 20

_PAST = np.int64(-NEVER)


SENT_AT, SENT_ROW, ARRIVAL_AT, ARRIVAL_ROW, ALERT_AT, ALERT_ROW, TAP_AT, TAP_ROW = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
)
TRAY_ROW, TRAY_NEED, TRAY_LEFT, SIGN_ROW, MEETING_ROW, MEETING_END, SPARE_AT, SPARE_ROW = (
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
)
"""The lists: instants and rows; for pushes in the tray the glances still needed and when they
leave."""
LISTS: Final = 16


class Desk(NamedTuple):
    """Counters, states of the three look streams, and the lists of one recipient."""

    at: Int64s
    looks: Int64s
    lists: Int64s


def desk_for(most: int) -> Desk:
    """Make the scratch space for recipients of at most so many messages."""
    return Desk(
        *(
            np.zeros(shape, dtype=np.int64)
            for shape in (COUNTERS, (len(SURFACES), STATE), (LISTS, most))
        )
    )


@njit_inlined
def clear(desk):
    """Make ready for the next recipient."""
    at = desk.at
    for k in range(GLANCING + 1):
        at[k] = 0
    for k in range(GLANCE_END, COUNTERS):
        at[k] = _PAST
