"""Shares and means with intervals, from sums over independent replications.

The replication is the unit of inference: everything inside one may be dependent. A share or a mean
is a ratio of sums, and its error is the cluster-robust one over replications. Every function takes
arrays of shape (replications, ...) and estimates for all trailing axes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import stats

from sim.sums import Floats

FEW: Final = 30
"""With fewer replications that say something an interval comes with a warning."""
FEW_EVENTS: Final = 5
"""With fewer replications that have any event, how events cluster is hardly known."""
CONFIDENCE: Final = 0.95
SHARE: Final = "Wilson, effective number of messages, t over replications"
SKEWED: Final = "t interval after Hall's transformation, cluster-robust, over replications"
MEAN: Final = "score interval of a mean that is not negative, cluster-robust, t over replications"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval, and what both rest on.

    `per` says of how many; `replications` how many have any of those, `with_events` how many have
    any hit. `df` are the t quantile's degrees of freedom, `design_effect` is the variance over that
    of independent messages. What is not known is NaN.
    """

    value: float
    low: float
    high: float
    per: float
    replications: int
    with_events: int = 0
    df: float = float("nan")
    design_effect: float = float("nan")
    method: str = ""

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class Estimates:
    """Numbers with their intervals: arrays of one shape, and the method; fields as in `Estimate`.

    >>> share([[3, 0], [1, 0], [2, 0]], [[10, 10]] * 3).at(0).value
    0.2
    """

    method: str
    value: Floats
    low: Floats
    high: Floats
    per: Floats
    replications: Floats
    with_events: Floats
    df: Floats
    design_effect: Floats

    def at(self, *place: int) -> Estimate:
        """Give one of them; of a single one with no place."""
        return Estimate(
            float(self.value[place]),
            float(self.low[place]),
            float(self.high[place]),
            float(self.per[place]),
            int(self.replications[place]),
            int(self.with_events[place]),
            float(self.df[place]),
            float(self.design_effect[place]),
            self.method,
        )

    def each(self, change: Callable[[Floats], Floats]) -> Estimates:
        """Give the same with every array changed by a function."""
        changed = {name: change(getattr(self, name)) for name in NUMBERS}
        return Estimates(self.method, **changed)

    def at_last(self, place: int) -> Estimates:
        """Give those at one place of the last axis."""
        return self.each(lambda field: field[..., place])

    def with_limits(self, low: Floats, high: Floats) -> Estimates:
        """Give the same with other limits."""
        return replace(self, low=low, high=high)


NUMBERS: Final = tuple(one.name for one in fields(Estimates) if one.name != "method")
"""The fields of `Estimates` that are arrays."""


def estimates(method: str, **given: Any) -> Estimates:
    """Make estimates of fields that broadcast to the shape of `value`."""
    shape = np.shape(given["value"])
    whole = {name: np.asarray(field, dtype=np.float64) for name, field in given.items()}
    for name, field in whole.items():
        if field.shape != shape:
            whole[name] = np.full(shape, field)
        # One NaN for all that is not there: its sign bit depends on how many are computed at once, and
        # stored tables are to be the same bytes.
        whole[name] = np.where(np.isnan(whole[name]), np.nan, whole[name])
    return Estimates(method, **whole)


def stacked(several: Sequence[Estimates]) -> Estimates:
    """Put estimates of one shape beside each other, along a new last axis."""
    return _joined(several, lambda parts: np.stack(parts, axis=-1))


def side_by_side(several: Sequence[Estimates]) -> Estimates:
    """Join estimates along their last axis."""
    return _joined(several, lambda parts: np.concatenate(parts, axis=-1))


def _joined(several: Sequence[Estimates], join: Callable[[list[Floats]], Floats]) -> Estimates:
    methods = "; ".join(dict.fromkeys(one.method for one in several))
    return Estimates(methods, **{n: join([getattr(e, n) for e in several]) for n in NUMBERS})


def chosen(where: npt.NDArray[np.bool_], one: Estimates, other: Estimates) -> Estimates:
    """Take one of two estimates at each place."""
    numbers = {n: np.where(where, getattr(one, n), getattr(other, n)) for n in NUMBERS}
    return Estimates(one.method if where.any() else other.method, **numbers)


@dataclass(frozen=True)
class Ratio:
    """Ratios of sums, and their errors over the replications that have any of what they are of.

    `residual`, what each replication has beyond its due, has the shape of the data. A variance is
    NaN where one replication alone says nothing about spread.
    """

    value: Floats
    variance: Floats
    residual: Floats
    per: Floats
    replications: Floats
    with_events: Floats
    alone: bool
    """One replication only."""

    def covariance(self, other: Ratio) -> Floats:
        """Give the cluster-robust covariance with another ratio of the same worlds."""
        r, products = self.replications, dot(self.residual, other.residual)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(r > 1, r / (r - 1) * products / (self.per * other.per), np.nan)

    @property
    def df(self) -> Floats:
        """Degrees of freedom over replications."""
        return np.maximum(self.replications - 1, 1)


def ratio(sums: npt.ArrayLike, of: npt.ArrayLike) -> Ratio:
    """Estimate ratios of sums with their cluster-robust variances.

    >>> float(ratio([10.0, 14.0], [2, 2]).value)
    6.0
    """
    y, n = np.asarray(sums, dtype=np.float64), np.asarray(of, dtype=np.float64)
    if y.ndim != n.ndim or len(y) != len(n):
        y, n = np.broadcast_arrays(y, n)
    r, per = np.count_nonzero(n > 0, axis=0).astype(np.float64), n.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.asarray(y.sum(axis=0) / per)
        residual = y - value * n
        variance = np.where(r > 1, r / (r - 1) * dot(residual, residual) / per**2, np.nan)
    events = np.count_nonzero(y, axis=0).astype(np.float64)
    per, r, events = (np.broadcast_to(one, value.shape) for one in (per, r, events))
    return Ratio(value, variance, residual, per, r, events, alone=len(y) == 1)


def dot(a: Floats, b: Floats) -> Floats:
    """Add up products over replications, one replication after the other: the last digit of one
    place depends neither on what else is estimated nor on replications that have nothing.
    """
    products = np.ascontiguousarray(a * b)
    if products.ndim == 1 or products[0].size == 1:  # which NumPy adds up in pairs
        found: Floats = np.asarray(np.cumsum(products, axis=0)[-1])
        return found
    return np.asarray(products.sum(axis=0))


@lru_cache(maxsize=4096)
def _t(upto: float, df: float) -> float:
    return float(stats.t.ppf(upto, df))


def t_quantile(upto: float, df: npt.ArrayLike) -> Floats:
    """Give t quantiles for arrays of degrees of freedom.

    >>> round(float(t_quantile(0.975, 29)), 3)
    2.045
    """
    each = np.asarray(df, dtype=np.float64)
    if each.size and (each == each.flat[0]).all():
        return np.full(each.shape, _t(upto, float(each.flat[0])))
    distinct, place = np.unique(each, return_inverse=True)
    return np.array([_t(upto, one) for one in distinct])[place].reshape(each.shape)


def wilson(p: Floats, n: Floats, t: Floats | float) -> tuple[Floats, Floats]:
    """Give Wilson's limits for shares p of n, with t in place of the normal quantile."""
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (p + t * t / (2 * n)) / (1 + t * t / n)
        half = t / (1 + t * t / n) * np.sqrt(p * (1 - p) / n + t * t / (4 * n * n))
    low, high = np.minimum(centre - half, p), np.maximum(centre + half, p)
    return np.maximum(0.0, low), np.minimum(1.0, high)


def share(
    hits: npt.ArrayLike,
    of: npt.ArrayLike,
    *,
    confidence: float = CONFIDENCE,
    design_effect: npt.ArrayLike = 1.0,
) -> Estimates:
    """Estimate shares from each replication's hits and totals, arrays of shape (replications, ...).

    Wilson's interval with an effective number of messages and a t quantile: a t interval in the
    middle, inside [0, 1] and not empty near the ends (research notes, statistics, 3.1).

    No hits, or only hits, do not show how hits cluster: then `design_effect` stands in for their
    own, as known from a commoner event of the same worlds; the default is that of a single hit. No
    upper limit is below that of no hits. With one replication nothing is known of the spread
    between worlds, and messages count as independent; of several only those with any total count: a
    batch mistake may leave most worlds empty.

    >>> e = share([3, 1, 2], [10, 10, 10]).at()
    >>> round(e.value, 3), round(e.low, 3), round(e.high, 3)
    (0.2, 0.042, 0.587)
    """
    return share_of(ratio(hits, of), confidence, design_effect)


def share_of(
    found: Ratio, confidence: float = CONFIDENCE, design_effect: npt.ArrayLike = 1.0
) -> Estimates:
    """Estimate shares as `share` does, from ratios that are known."""
    p, r, total, alone = found.value, found.replications, found.per, found.alone
    upto = (1 + confidence) / 2
    t = np.full(p.shape, stats.norm.ppf(upto)) if alone else t_quantile(upto, found.df)
    given = np.minimum(1.0 if alone else np.maximum(design_effect, 1.0), np.maximum(total, 1.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        effect = given
        if not alone:
            own = np.maximum(1.0, found.variance * total / (p * (1 - p)))
            lone = r == 1  # one world among empty ones counts as one message
            given = np.where(lone, total, given)
            effect = np.where((p > 0) & (p < 1) & ~lone, own, given)
        low, high = wilson(p, total / effect, t)
        none = t * t / (total / given + t * t)
    return estimates(
        SHARE,
        value=p,
        low=np.minimum(low, 1 - none),
        high=np.maximum(high, none),
        per=total,
        replications=r,
        with_events=found.with_events,
        df=np.inf if alone else found.df,
        design_effect=np.where(total > 0, effect, np.nan),
    )


def mean(
    sums: npt.ArrayLike, of: npt.ArrayLike = 1.0, *, confidence: float = CONFIDENCE
) -> Estimates:
    """Estimate means of what is never negative: ratios of sums, of shape (replications, ...).

    The interval is that of a score test whose variance grows with the mean, as a compound Poisson
    sum's does: with v the relative variance, m (1 + t²v/2 ± t √(v + t²v²/4)). It is Wilson's
    interval for shares near 0, a t interval where v is small, and never below 0. Where no
    replication has any, or one only is not empty, there is no interval.

    >>> e = mean([10.0, 14.0], [2, 2]).at()
    >>> e.value, e.low < 5 < 7 < e.high
    (6.0, True)
    """
    return mean_of(ratio(sums, of), confidence)


def skewed_mean(
    sums: npt.ArrayLike, of: npt.ArrayLike = 1.0, *, confidence: float = CONFIDENCE
) -> Estimates:
    """Estimate means of which a few replications decide: ratios of sums of either sign, of shape
    (replications, ...).

    A t interval stops far short of the mean that the rare large ones make. This one is monotone in
    the t statistic T as Hall corrects it for its skewness, g(T) = T + aT²/3 + a²T³/27 + a/6 with a the
    skewness of the replications' residuals over the root of their number (P. Hall, J. R. Statist. Soc.
    B 54, 1992, 221-228). It does not reach beyond 0 where no replication does. Where none has any, or
    there is one only, there is no interval.

    >>> e = skewed_mean([1.0, 1.0, 1.0, 9.0]).at()
    >>> e.value, e.value - e.low < e.high - e.value
    (3.0, True)
    """
    found = ratio(sums, of)
    r, error = found.replications, np.sqrt(found.variance)
    with np.errstate(invalid="ignore", divide="ignore"):
        second, third = (dot(found.residual ** (k - 1), found.residual) / r for k in (2, 3))
        a = np.nan_to_num(third / second**1.5) / np.sqrt(r)
    t = t_quantile((1 + confidence) / 2, found.df)
    known = (r > 1) & (found.with_events > 0)
    low, high = (
        np.where(known, found.value - _untransformed(side, a) * error, np.nan) for side in (t, -t)
    )
    signs = np.sign(sums)
    low = np.where(signs.min(axis=0) < 0, low, np.maximum(low, 0.0))
    high = np.where(signs.max(axis=0) > 0, high, np.minimum(high, 0.0))
    return _mean_between(SKEWED, found, low, high)


def _untransformed(g: Floats, a: Floats) -> Floats:
    """Give the t statistic that Hall's transformation makes `g`; without skewness they are one."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(np.abs(a) < 1e-6, g, 3 / a * (np.cbrt(1 + a * (g - a / 6)) - 1))
    return found


def mean_of(found: Ratio, confidence: float = CONFIDENCE) -> Estimates:
    """Estimate means as `mean` does, from ratios that are known."""
    t = t_quantile((1 + confidence) / 2, found.df)
    with np.errstate(invalid="ignore", divide="ignore"):
        v = found.variance / (found.value * found.value)
        centre, half = 1 + t * t * v / 2, t * np.sqrt(v + (t * t * v / 2) ** 2)
        low, high = found.value * np.maximum(centre - half, 0.0), found.value * (centre + half)
    return _mean_between(MEAN, found, low, high)


def _mean_between(method: str, found: Ratio, low: Floats, high: Floats) -> Estimates:
    """Give the estimate of a mean, with its limits."""
    return estimates(
        method,
        value=found.value,
        low=low,
        high=high,
        per=found.per,
        replications=found.replications,
        with_events=found.with_events,
        df=found.df,
        design_effect=np.nan,
    )
