"""When replications are enough: a precision, fixed looks, and how far intervals reach.

The rule follows the measurements in the research notes (statistics, 3.7): plain Wald intervals stop
far too early (in a third of all runs before the first event of a rare kind), Wilson's with floors
of events and replications do not. Looks are at fixed numbers of replications, so that the same
question stops at the same number however the work is spread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.estimates import t_quantile, wilson
from sim.sums import Floats

FIRST: Final = 32
"""Replications at the first look; fewer than 30 worlds are too few for an interval over them."""
EVENTS: Final = 50
"""Events below which messages count for no more than the replications they are in."""
AT_MOST: Final = 10_000
"""Replications at which a precision is given up, unless told otherwise."""
INTERVALS: Final = (
    "Shares: Wilson with an effective number and t over replications, by stratum where shares of strata "
    "are known; changes: the intervals of the saved and the newly lost, combined; with fewer than "
    f"{EVENTS} events Wilson with the number of replications."
)
_TEXT: Final = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(pp|points?|percentage points?|%)\s*")


@dataclass(frozen=True, slots=True)
class Precision:
    """How far a 95 % interval may reach from its value: a share, or a part of what it is of."""

    size: float
    relative: bool = False

    @classmethod
    def read(cls, text: str) -> Precision:
        """Read a precision in points or per cent.

        Raises `ValueError` for anything but points or per cent above 0 and below 100.

        >>> Precision.read("0.5 pp"), Precision.read("10 %")
        (Precision(size=0.005, relative=False), Precision(size=0.1, relative=True))
        """
        match = _TEXT.fullmatch(text)
        if match is None or not 0 < float(match[1]) < 100:
            raise ValueError(
                f'"{text}" is not a precision; write points such as "0.5 pp", or per cent such as "10 %"'
            )
        return cls(float(match[1]) / 100, match[2] == "%")

    def is_met(self, reaches: Floats, scale: Floats | float) -> bool:
        """Tell whether intervals reach no farther than this; `scale` is what per cent are of."""
        return bool((reaches <= (self.size * scale if self.relative else self.size)).all())

    def words(self, of: str = "itself") -> str:
        """Say it, for plans and results; `of` names what per cent are of.

        >>> Precision(0.005).words(), Precision(0.1, True).words()
        ('0.5 points', '10 % of itself')
        """
        points = "point" if self.size == 0.01 else "points"
        return f"{100 * self.size:g} {f'% of {of}' if self.relative else points}"


def looks(at_most: int, block: int = 1) -> list[int]:
    """List the numbers of replications at which to look, in whole blocks.

    >>> looks(200), looks(200, 64)
    ([32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 200], [64, 128, 192, 256])
    """
    out, size = [], FIRST
    while size < at_most:
        out += [one for one in range(size, 2 * size, size // 4) if one < at_most]
        size *= 2
    return list(dict.fromkeys(-(-one // block) * block for one in (*out, at_most)))


def looks_in_words(at_most: int, unit: str = "") -> str:
    """Say at which numbers of replications looks are."""
    first = ", ".join(map(str, looks(5 * FIRST // 2)))
    return f"Looks at {first} ... replications{unit}, at most {at_most:,}."


def reach_after(
    value: Floats,
    low: Floats,
    high: Floats,
    events: Floats,
    of: Floats,
    played: int,
    replications: int,
) -> Floats:
    """Give how far intervals reach after so many replications, if these are like those `played`."""
    more = replications / played
    narrower = 1.0
    if played != replications:
        quantiles = t_quantile(0.975, np.maximum([replications - 1, played - 1], 1))
        narrower = quantiles[0] / quantiles[1] / np.sqrt(more)
    low, high = (value + (limit - value) * narrower for limit in (low, high))
    return reach(value, low, high, events * more, of * more, replications)


def reach(
    value: Floats, low: Floats, high: Floats, events: Floats, of: Floats, replications: int
) -> Floats:
    """Give how far each interval reaches from its value, to the farther side.

    `inf` where nothing is known.

    With fewer than `EVENTS` events the interval is Wilson's as if every replication were one
    message: what happened a handful of times says little about its own spread.
    """
    own = np.maximum(high - value, value - low)
    events = np.minimum(events, of - events)  # near 1 it is those that did not happen that are few
    p = np.divide(events, of, out=np.zeros_like(own), where=of > 0)
    down, up = wilson(p, np.full_like(p, replications), t_quantile(0.975, max(replications - 1, 1)))
    few = np.maximum(up - p, p - down)
    found = np.where(events < EVENTS, np.maximum(own, few), own)
    return np.where(np.isnan(found), np.inf, found)
