"""From a cell's sums to its rows in the table: shares, the paired change, the distance to the best,
and prices.

Cells with equally many replications are stacked and estimated together, which leaves the numbers of
each to the last digit: one at a time, NumPy's calls take longer than their work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim import estimates as est
from sim.prices import PRICES, prices
from sim.regrets import side_by_side
from sim.summaries import MEASURES, changes, compared, shares
from sim.sums import Floats, Sums
from sim.tallies import HEADLINE

SHARES: Final = tuple(MEASURES)
CHANGE: Final = f"{HEADLINE}_change"
AGAINST_BEST: Final = "against_best"
ROWS: Final = (*SHARES, CHANGE, AGAINST_BEST, *PRICES)
"""What a cell has a row for, under each policy."""
RESERVED: Final = (
    "sweep",
    "cell",
    "point",
    "policy",
    "measure",
    "value",
    "low",
    "high",
    "count",
    "of",
    "replications",
)
"""Names of columns that no axis may take."""


Part = tuple[est.Estimates, Floats]
"""Estimates of shape (..., policies, measures), and counts."""


@dataclass(frozen=True)
class Rows:
    """A cell's rows: every array has shape (policies, len(ROWS)); of stacked cells, (cells,
    policies, len(ROWS)).
    """

    value: Floats
    low: Floats
    high: Floats
    count: Floats
    of: Floats
    replications: int

    def column(self, measure: str) -> int:
        """Give the place of a measure."""
        return ROWS.index(measure)

    def each(self) -> list[Rows]:
        """Give the rows of every one of stacked cells."""
        fields = (self.value, self.low, self.high, self.count, self.of)
        return [Rows(*one, self.replications) for one in zip(*fields, strict=True)]


def stack(cells: Sequence[Sums]) -> Sums:
    """Put the sums of cells with equally many replications beside each other: (replications, cells,
    policies, names).
    """
    values = np.stack([one.values for one in cells], axis=1)
    parts = [one.regrets for one in cells if one.regrets is not None]
    regrets = side_by_side(parts) if parts else None
    return Sums(values, cells[0].policies, cells[0].names, regrets)


def rows_of(sums: Sums) -> Rows:
    """Turn the sums of a cell, or of stacked cells, into rows, the baseline being the first
    policy.
    """
    headlines = compared(sums)
    shared = (shares(sums), sums.of(*MEASURES).sum(axis=0))
    parts = (shared, _change(sums, headlines), _against_best(sums, headlines), _prices(sums))
    found = est.side_by_side([one for one, _ in parts])
    count = np.concatenate([many for _, many in parts], axis=-1)
    return Rows(found.value, found.low, found.high, count, found.per, sums.replications)


def glance(sums: Sums, measures: Sequence[str]) -> Rows:
    """Give the rows of some shares and of the change, as `rows_of` does, and leave out the others:
    what tells whether a cell has enough replications.
    """
    shape = (*sums.values.shape[1:-1], len(ROWS))
    value, low, high, count, of = (np.full(shape, np.nan) for _ in range(5))
    asked = [ROWS.index(one) for one in (*measures, CHANGE)]
    parts = (
        (shares(sums, measures), sums.of(*measures).sum(axis=0)),
        _change(sums, compared(sums)),
    )
    found = est.side_by_side([one for one, _ in parts])
    value[..., asked], low[..., asked], high[..., asked] = found.value, found.low, found.high
    of[..., asked] = found.per
    count[..., asked] = np.concatenate([many for _, many in parts], axis=-1)
    return Rows(value, low, high, count, of, sums.replications)


def _change(sums: Sums, headlines: est.Shares) -> Part:
    """Give the paired change of the headline against the baseline, and how many messages moved.

    Nothing for the baseline itself.
    """
    found = changes(headlines)
    for one in (found.value, found.low, found.high):
        one[..., 0] = np.nan
    moved = sums.of("saved", "newly_lost").sum(axis=(0, -1))
    return found.each(lambda field: field[..., None]), moved[..., None]


def _against_best(sums: Sums, headlines: est.Shares) -> Part:
    """Give each headline less the lowest of the others', with intervals that hold for all policies
    at once.

    An upper end of 0 means surely the best; a lower end of 0 surely not. With one policy there is
    nothing to compare.
    """
    ranking, total = est.best(headlines), sums.of("regretted").sum(axis=0)
    found = est.estimates(
        est.BEST,
        value=ranking.value[..., None],
        low=ranking.low[..., None],
        high=ranking.high[..., None],
        per=total,
        **dict.fromkeys(("replications", "with_events"), sums.replications),
        **dict.fromkeys(("df", "design_effect"), np.nan),
    )
    return found, np.zeros(total.shape)


def _prices(sums: Sums) -> Part:
    """Give what messages that nobody regretted pay, with counts where a price is a share of
    some.
    """
    tops = [(k, price.top) for k, price in enumerate(PRICES.values()) if price.top]
    found = prices(sums)
    count = np.zeros(found.value.shape)
    count[..., [k for k, _ in tops]] = sums.of(*(top for _, top in tops)).sum(axis=0)
    return found, count
