"""From a cell's sums to its rows in the table: shares, the paired change, the distance to the best,
and prices.

The formulas are those of `sim.estimates`, here for all policies and measures of a cell at once: a
sweep has a million intervals. A test holds the two equal. The distance to the best is new: for
every policy its headline less the lowest of the others', with intervals that hold for all policies
together (Hsu, Annals of Statistics 12:1136, 1984, by Bonferroni, which needs nothing about how
paired policies depend on each other).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats

from sim.clock import SECOND
from sim.summaries import MEASURES, PRICES

SHARES: Final = tuple(MEASURES)
CHANGE: Final = "preview_read_change"
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
CONFIDENCE: Final = 0.95

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sums:
    """A cell's sums: int64 of shape (replications, policies, names)."""

    values: Ints
    policies: tuple[str, ...]
    names: tuple[str, ...]

    def of(self, *names: str) -> Floats:
        """Give some sums as float64 of shape (replications, policies, names)."""
        return self.values[:, :, [self.names.index(name) for name in names]].astype(np.float64)

    def first(self, replications: int) -> Sums:
        """Give the sums of the first replications."""
        return Sums(self.values[:replications], self.policies, self.names)


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


@lru_cache(maxsize=4096)
def quantile(share: float, replications: int) -> float:
    """Give the t quantile for an interval over replications."""
    return float(stats.t.ppf(share, max(replications - 1, 1)))


def quantiles(share: float, replications: Floats) -> Floats:
    """Give `quantile` for every number of replications."""
    several = np.vectorize(lambda r: quantile(share, int(r)), otypes=[np.float64])
    found: Floats = several(replications)
    return found


def wilson(p: Floats, n: Floats, t: Floats | float) -> tuple[Floats, Floats]:
    """Give Wilson's interval for shares p of n, with t in place of the normal quantile."""
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (p + t * t / (2 * n)) / (1 + t * t / n)
        half = t / (1 + t * t / n) * np.sqrt(p * (1 - p) / n + t * t / (4 * n * n))
    return np.maximum(0.0, np.minimum(centre - half, p)), np.minimum(
        1.0, np.maximum(centre + half, p)
    )


def rows_of(sums: Sums) -> Rows:
    """Turn the sums of a cell into its rows, the baseline being the first policy.

    >>> names = ("regretted", "preview_read")
    >>> Sums(np.array([[[10, 3]], [[10, 1]], [[10, 2]]]), ("today",), names).of("preview_read").sum()
    np.float64(6.0)
    """
    parts = [_shares(sums), _change(sums), _against_best(sums), _prices(sums)]
    value, low, high, count, of = (
        np.concatenate([part[k] for part in parts], axis=1) for k in range(5)
    )
    return Rows(value, low, high, count, of, len(sums.values))


Part = tuple[Floats, Floats, Floats, Floats, Floats]


def _ratio(y: Floats, n: Floats) -> tuple[Floats, Floats, Floats]:
    """Give ratios of sums over the replications that have any, their squared errors, and what they
    are of.
    """
    r, total = np.count_nonzero(n, axis=0), n.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = y.sum(axis=0) / total
        residual = y - p * n
        variance = np.where(r > 1, r / (r - 1) * (residual * residual).sum(axis=0) / total**2, 0.0)
    return p, variance, total


def _shares(sums: Sums) -> Part:
    y, n = (
        sums.of(*SHARES),
        np.broadcast_to(sums.of("regretted"), (*sums.values.shape[:2], len(SHARES))),
    )
    return _share(y, n)


def _share(y: Floats, n: Floats) -> Part:
    p, variance, total = _ratio(y, n)
    r, alone = np.count_nonzero(n, axis=0), len(y) == 1
    share = (1 + CONFIDENCE) / 2
    t = float(stats.norm.ppf(share)) if alone else quantiles(share, r)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = total / np.maximum(1.0, variance * total / (p * (1 - p)))
    unknown = (p == 0) | (p == 1) | ((r == 1) & (not alone))
    effective = np.where(unknown, total if alone else r, effective)
    low, high = wilson(p, effective, t)
    return p, low, high, y.sum(axis=0), total


def _influence(sums: Sums) -> tuple[Floats, Floats]:
    """Give the headline of every policy, and what each replication adds to its error:
    (replications, policies).
    """
    y, n = sums.of("preview_read")[:, :, 0], sums.of("regretted")[:, :, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        p = y.sum(axis=0) / n.sum(axis=0)
        return p, (y - p * n) / n.sum(axis=0)


def _half(sums: Sums, z: Floats, others: Sequence[int], share: float) -> Floats:
    """Give the half-width of each policy's paired difference to others: (policies, others), at a
    share of t.

    If no replication differs from the others the error is unknown, not zero: the half-width is then
    what a share of no replication could be.
    """
    n = sums.of("regretted")[:, :, 0] > 0
    r = np.count_nonzero(n[:, :, None] | n[:, None, list(others)], axis=0)
    apart = z[:, :, None] - z[:, None, list(others)]
    spread = (apart * apart).sum(axis=0)
    raw = sums.of("preview_read", "regretted")
    same = (raw[:, :, None] == raw[:, None, list(others)]).all(axis=(0, 3))
    t = quantiles(share, r)
    unknown = wilson(np.zeros(r.shape), r.astype(np.float64), t)[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        half: Floats = np.where((spread < 1e-24) | same, unknown, t * np.sqrt(r / (r - 1) * spread))
    return np.where(r < 2, np.nan, half)


def _change(sums: Sums) -> Part:
    """Give the paired change of the headline against the baseline.

    Nothing for the baseline itself.
    """
    p, z = _influence(sums)
    half = _half(sums, z, [0], (1 + CONFIDENCE) / 2)[:, 0]
    d = p - p[0]
    moved, total = (
        sums.of("saved", "newly_lost").sum(axis=(0, 2)),
        sums.of("regretted").sum(axis=(0, 2)),
    )
    low, high = np.maximum(d - half, -1.0), np.minimum(d + half, 1.0)
    for one in (d, low, high):
        one[0] = np.nan
    return d[:, None], low[:, None], high[:, None], moved[:, None], total[:, None]


def _against_best(sums: Sums) -> Part:
    """Give each headline less the lowest of the others', with intervals that hold for all policies
    at once.

    An upper end of 0 means surely the best; a lower end of 0 surely not. With one policy there is
    nothing to compare.
    """
    p, z = _influence(sums)
    k = len(p)
    nothing = np.full((k, 1), np.nan)
    total = sums.of("regretted").sum(axis=(0, 2))[:, None]
    if k < 2 or not np.isfinite(p).all() or len(z) < 2:
        return nothing, nothing.copy(), nothing.copy(), np.zeros((k, 1)), total
    d = p[:, None] - p[None, :]
    half = _half(sums, z, range(k), 1 - (1 - CONFIDENCE) / (k - 1))
    others = ~np.eye(k, dtype=bool)
    behind = np.where(others, d - half, -np.inf).max(axis=1)
    possible = behind <= 0
    ahead = np.where(others & possible[None, :], d + half, -np.inf).max(axis=1)
    low = np.minimum(behind, 0.0)
    alone = possible & (possible.sum() == 1)
    high = np.where(alone, 0.0, np.maximum(ahead, 0.0))
    value = np.where(others, d, -np.inf).max(axis=1)
    return value[:, None], low[:, None], high[:, None], np.zeros((k, 1)), total


def _prices(sums: Sums) -> Part:
    """Give what messages that nobody regretted pay: shares and rates as shares, delays as means
    with a t interval.
    """
    tops, bottoms = (
        [top for top, _, _ in PRICES.values()],
        [bottom for _, bottom, _ in PRICES.values()],
    )
    y, n = sums.of(*tops), sums.of(*bottoms)
    delays = np.array([top.startswith("others_delay") for top in tops])
    y = np.where(delays, y / SECOND, y)
    value, low, high, count, total = _share(y, n)
    _, variance, _ = _ratio(y, n)
    r = np.count_nonzero(n, axis=0)
    half = np.where(r > 1, quantiles((1 + CONFIDENCE) / 2, r) * np.sqrt(variance), np.nan)
    low, high = np.where(delays, value - half, low), np.where(delays, value + half, high)
    return value, low, high, np.where(delays, 0.0, count), total
