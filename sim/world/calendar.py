"""Clocks and weeks: operational time (clock time warped by a weekly profile) and hours that are
open.

In operational time a profile's rhythm vanishes: a process that is stationary there follows the week
on the clock and needs no warm-up. Both directions are exact to the microsecond of rounding and
monotone.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from sim.clock import WEEK
from sim.compiling import njit

Int64s = npt.NDArray[np.int64]

_WEEK = np.int64(WEEK)


def cumulative_week(weights: Iterable[float]) -> Int64s:
    """Give operational time at the edges of a weekly profile's slots: int64 of n + 1, from 0 to one
    week.

    A flat profile comes back as just (0, week), for which the warp is the identity.

    >>> cumulative_week([1.0, 1.0]).size
    2
    """
    w = np.asarray(tuple(weights), dtype=np.float64)
    if np.all(w == w[0]):
        return np.array([0, WEEK], dtype=np.int64)
    edges = np.concatenate(([0.0], np.cumsum(w)))
    cumulative: Int64s = np.rint(edges / edges[-1] * WEEK).astype(np.int64)
    return cumulative


@njit
def _slot(pool, at, n, x):
    """Find the last of n slots whose left edge, in the increasing edges pool[at:], is at most x."""
    low, high = 0, n
    while high - low > 1:
        middle = (low + high) // 2
        if pool[at + middle] <= x:
            low = middle
        else:
            high = middle
    return low


@njit
def clock_of(weeks, at, n, op):
    """Turn operational time into clock time, for the profile of n slots whose edges start at
    `weeks[at]`.

    Where the profile is zero operational time stands still; its value there means the end of that
    stretch.
    """
    if n == 1:
        return op
    week = op // _WEEK
    rest = op - week * _WEEK
    i = _slot(weeks, at, n, rest)
    left, width = weeks[at + i], weeks[at + i + 1] - weeks[at + i]
    begin, end = (i * _WEEK) // n, ((i + 1) * _WEEK) // n
    return week * _WEEK + begin + np.int64(np.rint((end - begin) * ((rest - left) / width)))


@njit
def operational(weeks, at, n, clock):
    """Turn clock time into operational time.

    The inverse of `clock_of` where the profile is positive.
    """
    if n == 1:
        return clock
    week = clock // _WEEK
    rest = clock - week * _WEEK
    i = min((rest * n) // _WEEK, n - 1)
    if (i * _WEEK) // n > rest:
        i -= 1
    if ((i + 1) * _WEEK) // n <= rest:
        i += 1
    begin, end = (i * _WEEK) // n, ((i + 1) * _WEEK) // n
    width = weeks[at + i + 1] - weeks[at + i]
    return (
        week * _WEEK + weeks[at + i] + np.int64(np.rint(width * ((rest - begin) / (end - begin))))
    )


def open_spans(spans: Iterable[tuple[int, int]]) -> Int64s:
    """Join overlapping (start, end) stretches of a week: int64 of shape (n, 2), sorted.

    Empty means always open.
    """
    out: list[list[int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1][1] = max(out[-1][1], end)
        else:
            out.append([start, end])
    return np.asarray(out, dtype=np.int64).reshape(-1, 2)


def next_open(spans: Int64s, offset: int, times: Int64s) -> Int64s:
    """Move instants that fall outside the open stretches to the next opening.

    `offset` is local less scenario clock.

    `times` is int64 microseconds of any shape; an instant inside [start, end) stays.

    >>> next_open(np.array([[10, 20]]), 0, np.array([5, 15, 20])).tolist() == [10, 15, WEEK + 10]
    True
    """
    if spans.size == 0:
        return times
    local = times + offset
    rest = local % WEEK
    # The span that ends last before or at the instant is over; the one after it is open now or
    # opens next.
    i = np.searchsorted(spans[:, 1], rest, side="right")
    starts = np.append(spans[:, 0], spans[0, 0] + WEEK)
    moved: Int64s = local - rest + np.maximum(rest, starts[i]) - offset
    return moved
