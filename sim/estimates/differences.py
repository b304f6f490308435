"""Differences between two policies, paired on the same worlds or not.

What changes is split in two: messages lost under one policy only, and messages lost under the other
only. Each part is a share with an interval of its own, right for a handful of messages too, and the
two intervals are combined by the method of variance estimates recovery (MOVER; Zou & Donner,
Statistics in Medicine 27:1693, 2008).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sim.estimates.ratios import (
    CONFIDENCE,
    MEAN,
    Estimates,
    Ratio,
    chosen,
    dot,
    estimates,
    mean_of,
    ratio,
    share,
    share_of,
    t_quantile,
)
from sim.sums import Floats

MOVER: Final = "limits of the two parts (gained, lost) combined after Zou & Donner"
PAIRED: Final = "t interval on paired residuals over replications"
INDEPENDENT: Final = "limits of two independent shares combined after Zou & Donner"


def per_comparison_level(intervals: int, confidence: float = CONFIDENCE) -> float:
    """Give the confidence each of some intervals needs so that all of them hold at once
    (Bonferroni).

    It asks nothing about how the estimates depend on each other; where they move together the
    intervals are a little wider than they must be.

    >>> round(per_comparison_level(5), 4)
    0.99
    """
    return 1 - (1 - confidence) / max(intervals, 1)


def changed(
    gained: npt.ArrayLike,
    lost: npt.ArrayLike,
    of: npt.ArrayLike,
    *,
    confidence: float = CONFIDENCE,
    design_effect: npt.ArrayLike = 1.0,
) -> Estimates:
    """Estimate paired differences from the messages that changed sides: arrays of shape
    (replications, ...).

    `gained` counts events here and not there, `lost` events there and not here, both of the same
    messages. `design_effect` is that of the event itself; it stands in where a part has none. One
    replication gives no interval.

    >>> e = changed([0, 0, 1], [2, 1, 0], [10, 10, 10]).at()
    >>> round(e.value, 3), e.low < e.value < e.high
    (-0.067, True)
    """
    a, b = ratio(gained, of), ratio(lost, of)
    up, down = (share_of(one, confidence, design_effect) for one in (a, b))
    return _recovered(MOVER, up, down, a, b)


def mean_change(
    up: npt.ArrayLike,
    down: npt.ArrayLike,
    of: npt.ArrayLike = 1.0,
    *,
    confidence: float = CONFIDENCE,
) -> Estimates:
    """Estimate means of what has either sign from its positive and its negative part, both given
    without sign: arrays of shape (replications, ...).

    A part that no replication has counts as nothing for sure; where no replication has either, there
    is no interval.

    >>> e = mean_change([3.0, 4.0, 2.0], [0.0, 0.0, 1.0]).at()
    >>> round(e.value, 3), e.low < e.value < e.high
    (2.667, True)
    """
    a, b = ratio(up, of), ratio(down, of)
    return _recovered(MEAN, mean_of(a, confidence), mean_of(b, confidence), a, b)


def _recovered(method: str, up: Estimates, down: Estimates, a: Ratio, b: Ratio) -> Estimates:
    """Combine the limits of two parts, with the correlation that replications show between them."""
    d, r = up.value - down.value, a.replications
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = np.nan_to_num(a.covariance(b) / np.sqrt(a.variance * b.variance))
    rho = np.clip(rho, -1.0, 1.0)
    low = d - _recover(up.value - up.low, down.high - down.value, rho)
    high = d + _recover(up.high - up.value, down.value - down.low, rho)
    of_shares = method == MOVER
    known = (r >= 2) & (of_shares | (np.maximum(up.with_events, down.with_events) > 0))
    bound = 1.0 if of_shares else np.inf
    return estimates(
        method,
        value=d,
        low=np.where(known, np.maximum(low, -bound), np.nan),
        high=np.where(known, np.minimum(high, bound), np.nan),
        per=up.per,
        replications=r,
        with_events=np.maximum(up.with_events, down.with_events),
        df=a.df,
        design_effect=np.maximum(up.design_effect, down.design_effect),
    )


def _recover(one: Floats, other: Floats, rho: Floats | float = 0.0) -> Floats:
    one, other = (np.where(np.isnan(side), 0.0, side) for side in (one, other))
    found: Floats = np.sqrt(np.maximum(one * one + other * other - 2 * rho * one * other, 0.0))
    return found


def difference(
    hits: npt.ArrayLike,
    of: npt.ArrayLike,
    base_hits: npt.ArrayLike,
    base_of: npt.ArrayLike,
    *,
    confidence: float = CONFIDENCE,
    design_effect: npt.ArrayLike = 1.0,
) -> Estimates:
    """Estimate paired differences of two shares on the same worlds from totals: arrays of shape
    (replications, ...).

    Where both are of equally many messages in every world, each world's net change is a gain or a
    loss as in `changed`. Where they are not, it is a t interval inside [-1, 1]; if no world differs
    from the others the error is unknown, not zero, and the interval reaches to what a share of no
    world could be.

    >>> round(float(difference([1, 2], [10, 10], [3, 2], [10, 10]).value), 3)
    -0.1
    """
    arrays = (np.asarray(one, dtype=np.float64) for one in (hits, of, base_hits, base_of))
    y, n, y0, n0 = np.broadcast_arrays(*arrays)
    net, alike = y - y0, (n == n0).all(axis=0)
    up, down = np.where(alike, np.maximum(net, 0), 0), np.where(alike, np.maximum(-net, 0), 0)
    found = changed(
        np.minimum(up, n),
        np.minimum(down, n),
        n,
        confidence=confidence,
        design_effect=design_effect,
    )
    if alike.all():
        return found
    return chosen(alike, found, _on_residuals(y, n, y0, n0, confidence))


def _on_residuals(y: Floats, n: Floats, y0: Floats, n0: Floats, confidence: float) -> Estimates:
    mine, base = ratio(y, n), ratio(y0, n0)
    d = mine.value - base.value
    r = np.count_nonzero((n > 0) | (n0 > 0), axis=0).astype(np.float64)
    t = t_quantile((1 + confidence) / 2, np.maximum(r - 1, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        residual = (y - mine.value * n) / mine.per - (y0 - base.value * n0) / base.per
        spread = dot(residual, residual)
        half = np.where(spread < 1e-24, t * t / (r + t * t), t * np.sqrt(r / (r - 1) * spread))
    half = np.where(r < 2, np.nan, half)
    return estimates(
        PAIRED,
        value=d,
        low=np.maximum(d - half, -1.0),
        high=np.minimum(d + half, 1.0),
        per=np.where(np.isfinite(d), mine.per, 0.0),
        replications=r,
        with_events=np.count_nonzero(residual, axis=0),
        df=np.maximum(r - 1, 1),
        design_effect=np.nan,
    )


def independent_difference(
    hits: npt.ArrayLike,
    of: npt.ArrayLike,
    base_hits: npt.ArrayLike,
    base_of: npt.ArrayLike,
    *,
    confidence: float = CONFIDENCE,
) -> Estimates:
    """Estimate differences of two shares from independent replications (other seeds), which may
    differ in number.

    >>> independent_difference([1, 2], [10, 10], [3, 2, 2], [10, 10, 10]).at().replications
    2
    """
    mine = share(hits, of, confidence=confidence)
    base = share(base_hits, base_of, confidence=confidence)
    d, r = mine.value - base.value, np.minimum(mine.replications, base.replications)
    low = d - _recover(mine.value - mine.low, base.high - base.value)
    high = d + _recover(mine.high - mine.value, base.value - base.low)
    known = (r >= 2) & np.isfinite(d)
    return estimates(
        INDEPENDENT,
        value=d,
        low=np.where(known, np.maximum(low, -1.0), np.nan),
        high=np.where(known, np.minimum(high, 1.0), np.nan),
        per=np.where(np.isfinite(d), mine.per, 0.0),
        replications=r,
        with_events=np.minimum(mine.with_events, base.with_events),
        df=np.minimum(mine.df, base.df),
        design_effect=np.maximum(mine.design_effect, base.design_effect),
    )
