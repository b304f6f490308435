"""Shares with intervals, and paired differences, from the sums of independent replications.

The replication is the unit of inference: everything inside one may be dependent. A share is a ratio
of sums. Its interval is Wilson's with an effective number of messages and a t quantile: the
cluster-robust error of the ratio over replications sets the effective number, so that the interval
is a t interval in the middle, and near 0 and 1 it stays inside and is not empty (coverage measured:
.93 to .96 from 10 to 500 clusters that are not empty; research notes, statistics, 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]

FEW = 30
"""Fewer replications than this and an interval comes with a warning."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval.

    `per` says of how many, `replications` how many independent worlds.
    """

    value: float
    low: float
    high: float
    per: float
    replications: int

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


NOTHING = Estimate(float("nan"), float("nan"), float("nan"), 0, 0)
"""What is said of a share of nothing."""


def _t(confidence: float, replications: int) -> float:
    return float(stats.t.ppf((1 + confidence) / 2, max(replications - 1, 1)))


def _wilson(p: float, n: float, t: float) -> tuple[float, float]:
    """Give Wilson's interval for a share p of n, with t in place of the normal quantile."""
    centre = (p + t * t / (2 * n)) / (1 + t * t / n)
    half = t / (1 + t * t / n) * float(np.sqrt(p * (1 - p) / n + t * t / (4 * n * n)))
    return max(0.0, min(centre - half, p)), min(1.0, max(centre + half, p))


def share(hits: npt.ArrayLike, of: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Estimate a share from each replication's hits and totals (arrays of one length).

    With no hits, or only hits, the number of replications with any total stands in for the number
    of messages. With one replication nothing is known of the spread between worlds, and the
    interval treats messages as independent. Of several replications only those with any total
    count, here and below: a batch mistake may leave most worlds empty.

    >>> e = share([3, 1, 2], [10, 10, 10])
    >>> round(e.value, 3), round(e.low, 3), round(e.high, 3)
    (0.2, 0.042, 0.587)
    """
    y, n = np.asarray(hits, dtype=np.float64), np.asarray(of, dtype=np.float64)
    alone, total = y.size == 1, float(n.sum())
    if total <= 0:
        return NOTHING
    y, n = (
        y[n > 0],
        n[n > 0],
    )  # a world in which there was nothing to count says nothing about spread
    p, r = float(y.sum()) / total, int(y.size)
    t = float(stats.norm.ppf((1 + confidence) / 2)) if alone else _t(confidence, r)
    if p in (0.0, 1.0) or (r == 1 and not alone):
        effective = total if alone else float(r)
    else:
        residual = y - p * n
        variance = r / (r - 1) * float(residual @ residual) / total**2 if r > 1 else 0.0
        effective = total / max(1.0, variance * total / (p * (1 - p)))
    low, high = _wilson(p, effective, t)
    return Estimate(p, low, high, total, r)


def difference(
    hits: npt.ArrayLike,
    of: npt.ArrayLike,
    base_hits: npt.ArrayLike,
    base_of: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate a paired difference of two shares on the same replications, with a t interval inside
    [-1, 1].

    If no replication differs from the others the error is unknown, not zero: the interval then
    reaches to what a share of no replication could be.

    >>> difference([1, 2], [10, 10], [3, 2], [10, 10]).value
    -0.1
    """
    y, n = np.asarray(hits, dtype=np.float64), np.asarray(of, dtype=np.float64)
    y0, n0 = np.asarray(base_hits, dtype=np.float64), np.asarray(base_of, dtype=np.float64)
    some = (n > 0) | (n0 > 0)
    y, n, y0, n0 = y[some], n[some], y0[some], n0[some]
    total, total0, r = float(n.sum()), float(n0.sum()), int(y.size)
    if total <= 0 or total0 <= 0:
        return NOTHING
    p, p0 = float(y.sum()) / total, float(y0.sum()) / total0
    d = p - p0
    residual = (y - p * n) / total - (y0 - p0 * n0) / total0
    spread = float(residual @ residual)
    if r < 2:
        return Estimate(d, float("nan"), float("nan"), total, r)
    if spread < 1e-24 or (np.array_equal(y, y0) and np.array_equal(n, n0)):
        half = share(np.zeros(r), np.ones(r), confidence=confidence).high
    else:
        half = _t(confidence, r) * float(np.sqrt(r / (r - 1) * spread))
    return Estimate(d, max(d - half, -1.0), min(d + half, 1.0), total, r)


def difference_apart(
    hits: npt.ArrayLike,
    of: npt.ArrayLike,
    base_hits: npt.ArrayLike,
    base_of: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate a difference of two shares from independent replications (other seeds), which may
    differ in number.

    The limits of each share's own interval are combined (Zou & Donner, Statistics in Medicine
    27:1693, 2008).

    >>> difference_apart([1, 2], [10, 10], [3, 2, 2], [10, 10, 10]).replications
    2
    """
    mine, base = (
        share(hits, of, confidence=confidence),
        share(base_hits, base_of, confidence=confidence),
    )
    if not mine.per or not base.per:
        return NOTHING
    d = mine.value - base.value
    if min(mine.replications, base.replications) < 2:
        return Estimate(
            d, float("nan"), float("nan"), mine.per, min(mine.replications, base.replications)
        )
    down = float(np.hypot(mine.value - mine.low, base.high - base.value))
    up = float(np.hypot(mine.high - mine.value, base.value - base.low))
    return Estimate(
        d,
        max(d - down, -1.0),
        min(d + up, 1.0),
        mine.per,
        min(mine.replications, base.replications),
    )


def for_each_of(intervals: int, confidence: float = 0.95) -> float:
    """Give the confidence each of some intervals needs so that all of them hold at once
    (Bonferroni).

    It asks nothing about how the estimates depend on each other, and t intervals over replications
    are right at any level; where estimates move together the intervals are a little wider than they
    must be.

    >>> round(for_each_of(5), 4)
    0.99
    """
    return 1 - (1 - confidence) / max(intervals, 1)


def mean(sums: npt.ArrayLike, of: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Estimate a mean per message (a ratio of sums) with a t interval over replications.

    >>> mean([10.0, 14.0], [2, 2]).value
    6.0
    """
    y, n = np.asarray(sums, dtype=np.float64), np.asarray(of, dtype=np.float64)
    y, n = y[n > 0], n[n > 0]
    total, r = float(n.sum()), int(y.size)
    if total <= 0:
        return NOTHING
    value = float(y.sum()) / total
    residual = y - value * n
    if r < 2:
        return Estimate(value, float("nan"), float("nan"), total, r)
    half = _t(confidence, r) * float(np.sqrt(r / (r - 1) * (residual @ residual))) / total
    return Estimate(value, value - half, value + half, total, r)
