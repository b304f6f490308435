"""Where a share that rises or falls with a duration crosses a target: the duration, with its
interval.

The share is evaluated at a few durations at a time, on the same worlds, and the brackets around the
crossing are cut until they are narrow. The interval is the set of durations whose own 95 % interval
contains the target: a test turned around, so it covers the true crossing as often as the share's
interval covers the true share, wherever the share is monotone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from sim import estimates as est
from sim.clock import SECOND

NARROW: Final = 1.005
"""Ratio of a bracket's ends at which cutting stops, if no other is asked for."""
FINEST: Final = SECOND // 10
"""And the difference of its ends, microseconds."""
CUTS: Final = 3
"""Durations at which a bracket is cut."""
ROUNDS: Final = 8

Evaluate = Callable[[Sequence[int]], list[est.Estimate]]
"""Gives the share at each duration, microseconds."""


@dataclass(frozen=True)
class Crossing:
    """Durations, in microseconds: of the share itself and of both ends of its interval.

    None: the target is not kept at any duration tried (for a rising share: not even at 0; for a
    falling one: not even at the longest).
    """

    target: float
    value: int | None
    low: int | None
    high: int | None
    known: dict[int, est.Estimate]
    """The share at every duration that was tried."""
    longest: int

    @property
    def best(self) -> est.Estimate:
        """The share at the duration found; at the end that comes nearest if there is none."""
        if self.value is not None:
            return self.known[self.value]
        return min(self.known.values(), key=lambda one: one.value)

    def table(self) -> pd.DataFrame:
        """Give a row for each duration that was tried: `duration_s`, `read`, `low`, `high`."""
        rows = [(d / SECOND, e.value, e.low, e.high) for d, e in sorted(self.known.items())]
        return pd.DataFrame(rows, columns=["duration_s", "read", "low", "high"])


def crossing(
    evaluate: Evaluate,
    grid: Sequence[int],
    target: float,
    way: Literal["rising", "falling"],
    narrow: float = NARROW,
) -> Crossing:
    """Find where a share crosses a target.

    A rising share: the longest duration that keeps it at or under the target. A falling one: the
    shortest. `grid` (microseconds, sorted) is tried first; a duration is found to the factor `narrow`.

    >>> from sim.estimates import share
    >>> def line(xs): return [share([x // SECOND] * 40, [100] * 40).at() for x in xs]
    >>> crossing(line, [0, 50 * SECOND, 100 * SECOND], 0.2, "rising").value // SECOND
    20
    """
    known: dict[int, est.Estimate] = {}

    def learn(durations: Sequence[int]) -> None:
        new = sorted(set(durations) - known.keys())
        known.update(zip(new, evaluate(new), strict=True))

    learn(grid)
    for _ in range(ROUNDS):
        brackets = [_bracket(known, limit, target, way) for limit in LIMITS]
        inside = [cut for bracket in brackets for cut in _cuts(bracket, narrow)]
        if not inside:
            break
        learn(inside)
    ends = {limit: _kept(known, limit, target, way) for limit in LIMITS}
    # A share is sure to keep the target where its upper limit does: for a deadline that is earlier.
    low, high = ("high", "low") if way == "rising" else ("low", "high")
    return Crossing(target, ends["value"], ends[low], ends[high], known, max(grid))


LIMITS: Final = ("value", "low", "high")


def _kept(known: dict[int, est.Estimate], limit: str, target: float, way: str) -> int | None:
    """Give the last duration (rising) or the first (falling) from which on the target is kept."""
    found: int | None = None
    for duration in sorted(known, reverse=way == "falling"):
        if getattr(known[duration], limit) > target:
            break
        found = duration
    return found


def _bracket(
    known: dict[int, est.Estimate], limit: str, target: float, way: str
) -> tuple[int, int] | None:
    """Give the durations next to the crossing, the shorter first; None if it is not inside."""
    ordered = sorted(known)
    kept = _kept(known, limit, target, way)
    if kept is None:
        return None
    place = ordered.index(kept)
    beyond = place + 1 if way == "rising" else place - 1
    if not 0 <= beyond < len(ordered):
        return None
    return min(kept, ordered[beyond]), max(kept, ordered[beyond])


def _cuts(bracket: tuple[int, int] | None, narrow: float) -> list[int]:
    """Give durations inside a bracket, evenly spaced on a logarithmic scale; none if it is narrow."""
    if bracket is None:
        return []
    short, long = bracket
    if long - short <= FINEST or (short and long / short <= narrow):
        return []
    first = max(short, FINEST)
    inside = np.geomspace(first, long, CUTS + 2)[1:-1].round(-4).astype(np.int64).tolist()
    return [cut for cut in (*([first] if first > short else []), *inside) if short < cut < long]
