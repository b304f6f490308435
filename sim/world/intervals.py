"""The intervals of a recipient: away, without network, dozing, quiet, in hand, and of every screen
device the sessions and the app visits there.

Each a sorted list of [start, end).

They are chance and circumstance, known before anything is played: nothing that happens to a
message changes them (docs/model.md, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit
from sim.schema.screens import SCREENS

Int64s = npt.NDArray[np.int64]

_NEVER = np.int64(NEVER)
AWAY: Final = 0
NO_NETWORK: Final = 1
DOZING: Final = 2
QUIET: Final = 3
IN_HAND: Final = 4
_OF_A_PERSON: Final = ("away", "no_network", "dozing", "quiet", "in_hand")
KINDS_OF_INTERVAL: Final = (
    *_OF_A_PERSON,
    *(one.session for one in SCREENS),
    *(one.app for one in SCREENS),
)
SESSIONS: Final = tuple(len(_OF_A_PERSON) + k for k in range(len(SCREENS)))
APPS: Final = tuple(SESSIONS[-1] + 1 + k for k in range(len(SCREENS)))
"""Kinds of sessions at the screen devices, and of app visits there, in the order of `SCREENS`."""


@njit
def end_of_wait(starts, ends, low, high, instant):
    """Give the end of the interval that is on at an instant, among those at [low, high).

    The instant itself if none is.
    """
    past = high
    while low < high:
        middle = (low + high) // 2
        if ends[middle] <= instant:
            low = middle + 1
        else:
            high = middle
    return ends[low] if low < past and starts[low] <= instant else instant


@njit
def next_instant_on(starts, ends, low, high, instant):
    """Give the first instant, from one on, at which an interval is on, among those at [low, high).

    NEVER if none is.
    """
    past = high
    while low < high:
        middle = (low + high) // 2
        if ends[middle] <= instant:
            low = middle + 1
        else:
            high = middle
    return max(starts[low], instant) if low < past else _NEVER


@njit
def away_time_added(op_at, op_lost, low, high, op):
    """Turn operational time that stands still while away, those at [low, high), into time that does
    not.
    """
    if low == high:
        return op
    first = low
    while low < high:
        middle = (low + high) // 2
        if op_at[middle] <= op:
            low = middle + 1
        else:
            high = middle
    return op + op_lost[low - 1] if low > first else op


@njit
def _ends_at(starts, ends, at, recipient, instants, out):
    """Write for instants (int64) the end of the interval that is on, or the instant itself."""
    for i in range(instants.size):
        r = recipient[i]
        out[i] = end_of_wait(starts, ends, at[r, 0], at[r, 1], instants[i])


class Spans(NamedTuple):
    """Intervals of one kind: those of recipient r, sorted and apart, are at `at[r]` (n x 2)."""

    starts: Int64s
    ends: Int64s
    at: Int64s

    def ends_at(self, recipient: Int64s, instants: Int64s) -> Int64s:
        """Give for every instant (int64, one per recipient named) the end of the span that is on;
        the instant itself if none is.
        """
        out = instants.copy()
        if self.starts.size:
            _ends_at(self.starts, self.ends, self.at, recipient, instants, out)
        return out

    def are_on(self, recipient: Int64s, instants: Int64s) -> npt.NDArray[np.bool_]:
        """Tell for every instant whether a span of its recipient is on."""
        on: npt.NDArray[np.bool_] = self.ends_at(recipient, instants) != instants
        return on


@dataclass(frozen=True, slots=True)
class Intervals:
    """The intervals of all recipients and kinds, one after another: those of recipient r and kind k
    are at `at[r, k]`.

    `starts` and `ends` are int64 microseconds; `at` is int64 of shape (recipients, kinds, 2): first,
    and past the last. For away intervals, `op_at` is the operational time, which stands still
    meanwhile, at which each comes up, and `op_lost` how much would have passed in it and those
    before.
    """

    starts: Int64s
    ends: Int64s
    at: Int64s
    op_at: Int64s
    op_lost: Int64s

    @classmethod
    def none(cls, recipients: int) -> Intervals:
        """Give no intervals to so many recipients.

        >>> Intervals.none(1).wait(0, AWAY, 5)
        5
        """
        nothing = np.zeros(0, dtype=np.int64)
        at = np.zeros((recipients, len(KINDS_OF_INTERVAL), 2), dtype=np.int64)
        return cls(nothing, nothing, at, nothing, nothing)

    def joined(
        self, kind: int, at: Int64s, starts: Int64s, ends: Int64s, op_at: Int64s, op_lost: Int64s
    ) -> Intervals:
        """Return these intervals with those of one more kind.

        `at` (recipients x 2) counts from their own first.
        """
        places = self.at.copy()
        places[:, kind] = at + self.starts.size
        pairs = (
            (self.starts, starts),
            (self.ends, ends),
            (self.op_at, op_at),
            (self.op_lost, op_lost),
        )
        starts, ends, op_at, op_lost = (np.concatenate(pair) for pair in pairs)
        return Intervals(starts, ends, places, op_at, op_lost)

    def standstill(self, recipient: int) -> tuple[Int64s, Int64s, int, int]:
        """Give what makes a recipient's looks stand still while away, as the walkers of looks take
        it.
        """
        return (
            self.op_at,
            self.op_lost,
            int(self.at[recipient, AWAY, 0]),
            int(self.at[recipient, AWAY, 1]),
        )

    def are_on(self, kind: int, recipient: Int64s, instants: Int64s) -> npt.NDArray[np.bool_]:
        """Tell for every instant (int64, one per recipient named) whether an interval of a kind is
        on.
        """
        return self.of_kind(kind).are_on(recipient, instants)

    def of_kind(self, kind: int) -> Spans:
        """Give the intervals of one kind."""
        return Spans(self.starts, self.ends, np.ascontiguousarray(self.at[:, kind]))

    def wait(self, recipient: int, kind: int, instant: int) -> int:
        """Give the end of the interval of a kind that is on at an instant, or the instant itself if
        none is.
        """
        low, high = self.at[recipient, kind]
        return (
            instant if low == high else int(end_of_wait(self.starts, self.ends, low, high, instant))
        )

    def next_on(self, recipient: int, kind: int, instant: int) -> int:
        """Give the first instant from another on at which an interval of a kind is on; NEVER."""
        low, high = self.at[recipient, kind]
        return (
            NEVER
            if low == high
            else int(next_instant_on(self.starts, self.ends, low, high, instant))
        )

    def is_on(self, recipient: int, kind: int, instant: int) -> bool:
        """Tell whether an interval of a kind is on at an instant."""
        return self.wait(recipient, kind, instant) != instant
