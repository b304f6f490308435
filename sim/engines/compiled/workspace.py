"""The workspace of one recipient's play, used again for the next."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit_inlined
from sim.engines.compiled.state import CONVERSATION, CONVERSATION_ROW, COUNTERS_ROW, LISTS_ROW
from sim.schema.fields import Int64s
from sim.schema.screens import SCREENS
from sim.world.looks import STREAM_ROW, SURFACES

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)


class Beside(NamedTuple):
    """Rows of the messages beside those that every world has (`state`), of each kind one a message or
    none at all.
    """

    rare: npt.NDArray[Any]
    mails: npt.NDArray[Any]
    badges: npt.NDArray[Any]


class Workspace(NamedTuple):
    """Counters (one record), states of the three look streams, the place of the next app visit at each
    screen device and of the one past the last, lists.

    For all recipients: the rows of `Beside`, all throttled conversations, and which of them each message
    is in (empty where none is).
    """

    at: npt.NDArray[Any]
    looks: npt.NDArray[Any]
    screens: Int64s
    lists: npt.NDArray[Any]
    rare: npt.NDArray[Any]
    mails: npt.NDArray[Any]
    badges: npt.NDArray[Any]
    conversations: npt.NDArray[Any]
    talks: Int64s


def workspace_for(most: int, beside: Beside, talks: Int64s) -> Workspace:
    """Make the workspace for recipients of at most so many messages."""
    conversations = np.empty(int(talks.max(initial=0)) + 1, CONVERSATION_ROW)
    for field in CONVERSATION:
        conversations[field.name] = _PAST
    return Workspace(
        np.zeros(1, COUNTERS_ROW),
        np.zeros(len(SURFACES), STREAM_ROW),
        np.zeros((len(SCREENS), 2), dtype=np.int64),
        np.zeros(2 * most, LISTS_ROW),
        beside.rare,
        beside.mails,
        beside.badges,
        conversations,
        talks,
    )


@njit_inlined
def clear(work):
    """Make ready for the next recipient."""
    at = work.at[0]
    at.sent = at.arrivals = at.alerts = at.taps = at.in_tray = at.pending = 0
    at.signs = at.meetings = at.retractions = at.entries = at.glancing = 0
    at.next_unread = at.next_arrival = at.since_visit = at.next_retraction = at.next_entry = 0
    at.hand_first = at.hand_past = at.hand_glance = at.hand_visit = 0
    at.screen_start = _NEVER
    at.last_online = _PAST
    at.glance_end = at.alert_end = at.visit_end = at.badge_until = _PAST
