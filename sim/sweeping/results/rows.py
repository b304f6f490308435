"""From a cell's sums to its rows in the table: shares, the paired change, the distance to the best,
and prices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim import estimates as est
from sim.summaries import MEASURES, PRICES, changes, compared, prices, shares
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


@dataclass(frozen=True)
class Rows:
    """A cell's rows: every array has shape (policies, len(ROWS))."""

    value: Floats
    low: Floats
    high: Floats
    count: Floats
    of: Floats
    replications: int

    def column(self, measure: str) -> int:
        """Give the place of a measure."""
        return ROWS.index(measure)


def rows_of(sums: Sums) -> Rows:
    """Turn the sums of a cell into its rows, the baseline being the first policy."""
    headlines = compared(sums)
    with_counts = (
        (shares(sums), sums.of(*MEASURES).sum(axis=0)),
        _change(sums, headlines),
        _against_best(sums, headlines),
        _prices(sums),
    )
    found = est.side_by_side([one for one, _ in with_counts])
    count = np.concatenate([many for _, many in with_counts], axis=1)
    return Rows(found.value, found.low, found.high, count, found.per, sums.replications)


def _change(sums: Sums, headlines: est.Shares) -> tuple[est.Estimates, Floats]:
    """Give the paired change of the headline against the baseline, and how many messages moved.

    Nothing for the baseline itself.
    """
    found = changes(headlines)
    for one in (found.value, found.low, found.high):
        one[0] = np.nan
    moved = sums.of("saved", "newly_lost").sum(axis=(0, 2))
    return found.each(lambda field: field[:, None]), moved[:, None]


def _against_best(sums: Sums, headlines: est.Shares) -> tuple[est.Estimates, Floats]:
    """Give each headline less the lowest of the others', with intervals that hold for all policies
    at once.

    An upper end of 0 means surely the best; a lower end of 0 surely not. With one policy there is
    nothing to compare.
    """
    ranking, total = est.best(headlines), sums.of("regretted").sum(axis=0)
    found = est.estimates(
        est.BEST,
        value=ranking.value[:, None],
        low=ranking.low[:, None],
        high=ranking.high[:, None],
        per=total,
        **dict.fromkeys(("replications", "with_events"), sums.replications),
        **dict.fromkeys(("df", "design_effect"), np.nan),
    )
    return found, np.zeros(total.shape)


def _prices(sums: Sums) -> tuple[est.Estimates, Floats]:
    """Give what messages that nobody regretted pay, with counts where a price is a share of
    some.
    """
    tops = [(k, price.top) for k, price in enumerate(PRICES.values()) if price.top]
    count = np.zeros((len(sums.policies), len(PRICES)))
    count[:, [k for k, _ in tops]] = sums.of(*(top for _, top in tops)).sum(axis=0)
    return prices(sums), count
