"""When a cell has enough replications: a fixed number, or a sequential rule with floors.

The rule follows the measurements in the research notes (statistics, 3.7): plain Wald intervals stop
far too early (in a third of all runs before the first event of a rare kind), Wilson's with floors
of events and replications do not. Looks are at fixed numbers of replications, so that the same cell
stops at the same number however the work is spread.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from sim.estimates import t_quantile, wilson
from sim.sums import Floats
from sim.sweeping.design.file import parse_precision
from sim.sweeping.results.rows import CHANGE, Rows
from sim.tallies import HEADLINE

FIRST: Final = 32
"""Replications at the first look; fewer than 30 worlds are too few for an interval over them."""
EVENTS: Final = 50
"""Events below which messages count for no more than the replications they are in."""


@dataclass(frozen=True)
class Rule:
    """How many replications are enough; `target` is None if their number is given."""

    at_most: int
    target: float | None = None
    relative: bool = False
    measures: tuple[str, ...] = (HEADLINE,)

    def looks(self, block: int = 1) -> list[int]:
        """List the numbers of replications at which a cell may stop, whole blocks of them if there
        is a rule.

        >>> Rule(200, 0.005).looks(), Rule(200, 0.005).looks(64)
        ([32, 48, 64, 96, 128, 192, 200], [64, 128, 192, 256])
        """
        if self.target is None:
            return [self.at_most]
        out, size = [], FIRST
        while size < self.at_most:
            out += [one for one in (size, size * 3 // 2) if one < self.at_most]
            size *= 2
        return list(dict.fromkeys(-(-one // block) * block for one in (*out, self.at_most)))

    def enough(self, rows: Rows) -> bool:
        """Tell whether the rows of a cell are as sure as was asked."""
        if self.target is None:
            return True
        headline = rows.value[0, rows.column(HEADLINE)]
        for measure in (*self.measures, CHANGE):
            k, first = rows.column(measure), int(measure == CHANGE)
            value, of = rows.value[first:, k], rows.of[first:, k]
            found = reach(
                value,
                rows.low[first:, k],
                rows.high[first:, k],
                rows.count[first:, k],
                of,
                rows.replications,
            )
            scale = headline if measure == CHANGE else value
            if not (found <= (self.target * scale if self.relative else self.target)).all():
                return False
        return True

    def words(self) -> str:
        """Say the rule, for plans and results."""
        if self.target is None:
            return f"{self.at_most:,} replications in every cell."
        size = f"{100 * self.target:g} {'% of itself' if self.relative else 'points'}"
        of = "% of the baseline's share" if self.relative else "points"
        looks = f"{FIRST}, {FIRST * 3 // 2}, {FIRST * 2}, {FIRST * 3} ... replications (whole tasks), at most {self.at_most:,}"
        return (
            f"Replications are added until the 95 % interval of {', '.join(self.measures)} under every policy reaches no "
            f"farther than {size}, and that of the headline's paired change no farther than {100 * self.target:g} {of}. "
            f"Looks at {looks}. Shares: Wilson with an effective number and t over replications; changes: the "
            f"intervals of the saved and the newly lost, combined; with fewer than {EVENTS} events Wilson with "
            "the number of replications."
        )

    def told(self) -> dict[str, Any]:
        """Give the rule as plain values."""
        return asdict(self)


def rule_of(
    precision: str | None, replications: int, at_most: int, measures: tuple[str, ...]
) -> Rule:
    """Make the rule of a sweep."""
    if precision is None:
        return Rule(replications, measures=measures)
    target, relative = parse_precision(precision)
    return Rule(at_most, target, relative, measures)


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
