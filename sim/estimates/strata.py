"""Shares of events whose circumstances are known: post-stratified, with limits stratum by stratum.

Known are the shares of strata in all that is possible, not in what was played. The estimate is the
mean of the strata's shares, weighted by them. Where strata all but decide what happens, few events
are left to judge by, and a t or Wilson interval around the mean is far too short on one side; so
each stratum has Wilson limits of its own, and they add up (Yan & Su).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sim.estimates.ratios import (
    CONFIDENCE,
    FEW,
    Estimates,
    chosen,
    estimates,
    share,
    t_quantile,
    wilson,
)
from sim.sums import Floats

STRATIFIED: Final = (
    "post-stratified by known shares; Wilson limits by stratum, jackknife and t over replications"
)
THIN: Final = 10
"""Replications with a message that every stratum needs; with fewer it is merged with the next."""


def stratified(
    hits: npt.ArrayLike,
    of: npt.ArrayLike,
    shares: npt.ArrayLike,
    *,
    confidence: float = CONFIDENCE,
    design_effect: npt.ArrayLike = 1.0,
) -> Estimates:
    """Estimate shares from hits and totals by stratum, arrays of shape (replications, ..., strata).

    `shares` are how many of the total are in each stratum by design, not in these replications:
    shape (..., strata). The share is the mean of the strata's, weighted by them (Holt & Smith,
    Journal of the Royal Statistical Society A 142:33, 1979). The limits are the weighted sums of
    Wilson limits by stratum, each at a smaller quantile, so that together they are as far as the
    standard error says (Yan & Su, Statistics in Biopharmaceutical Research 2:329, 2010). Strata
    where nothing or everything is a hit count as one. The standard error is the jackknife's, each
    replication left out in turn, and no smaller than that of independent messages. With fewer than
    `FEW` replications with any total, if all or none are hits, or if strata that are too thin leave
    a single one, it is `share`, which `design_effect` is for.

    >>> hits, of = [[1, 0], [2, 1]] * 15, [[2, 4], [2, 2]] * 15
    >>> round(float(stratified(hits, of, [0.5, 0.5]).value), 3)
    0.458
    """
    y, n = np.asarray(hits, dtype=np.float64), np.asarray(of, dtype=np.float64)
    weights = np.asarray(shares, dtype=np.float64)
    plain = share(y.sum(-1), n.sum(-1), confidence=confidence, design_effect=design_effect)
    into = _merged(n, np.broadcast_to(weights, n.shape[1:]))
    y, n, weights = (np.matmul(one[..., None, :], into)[..., 0, :] for one in (y, n, weights))
    total, p = n.sum(axis=0), _divided(y.sum(axis=0), n.sum(axis=0))
    value = (weights * p).sum(axis=-1)
    alone = weights**2 * _divided(p * (1 - p), total)  # variances, were messages independent
    effect = np.maximum(_divided(_jackknifed(y, n, weights), alone.sum(axis=-1)), 1.0)
    quantile = t_quantile((1 + confidence) / 2, plain.df)
    low, high = _limits(p, total, weights, alone, effect, quantile)
    variance = effect * alone.sum(axis=-1)
    known = (plain.replications >= FEW) & (value > 0) & (value < 1)
    known &= np.count_nonzero(weights, axis=-1) > 1
    found = estimates(
        STRATIFIED,
        value=value,
        low=np.minimum(low, value),
        high=np.maximum(high, value),
        per=plain.per,
        replications=plain.replications,
        with_events=plain.with_events,
        df=plain.df,
        design_effect=_divided(plain.per * variance, value * (1 - value)),
    )
    return chosen(known, found, plain)


def _merged(of: Floats, weights: Floats) -> Floats:
    """Say which strata count as one, as matrices of 0 and 1 from strata to those that are left.

    The thinnest is merged with the next until `THIN` replications have each. Only totals decide.
    """
    into = np.zeros((*weights.shape, weights.shape[-1]))
    for place in np.ndindex(weights.shape[:-1]):
        there = of[(slice(None), *place)] > 0
        groups = [(there[:, k], [k]) for k in np.flatnonzero(weights[place])]
        while len(groups) > 1:
            groups.sort(key=lambda group: int(np.count_nonzero(group[0])))
            (first, some), (second, others), *rest = groups
            if np.count_nonzero(first) >= THIN:
                break
            groups = [(first | second, some + others), *rest]
        for _, members in groups:
            into[place][members, min(members)] = 1.0
    return into


def _jackknifed(y: Floats, n: Floats, weights: Floats) -> Floats:
    """Give the jackknife's variance of the weighted mean, over replications with any total."""
    r = np.count_nonzero(n.sum(axis=-1), axis=0)
    left_out = (weights * _divided(y.sum(axis=0) - y, n.sum(axis=0) - n)).sum(axis=-1)
    spread = left_out - left_out.mean(axis=0)
    # A replication without any total changes nothing when left out.
    found: Floats = _divided(r - 1.0, np.asarray(r, np.float64)) * (spread * spread).sum(axis=0)
    return found


def _limits(
    p: Floats, total: Floats, weights: Floats, alone: Floats, effect: Floats, quantile: Floats
) -> tuple[Floats, Floats]:
    """Add up the limits of strata with shares `p` of `total`."""
    narrower = _divided(np.sqrt(alone.sum(axis=-1)), np.sqrt(alone).sum(axis=-1))
    t = quantile * np.where(narrower > 0, narrower, 1.0)
    ends = [np.zeros(effect.shape), np.zeros(effect.shape)]
    for none_or_all in (0.0, 1.0):
        these = (p == none_or_all) & (weights > 0)
        messages = np.where(these, total, 0.0).sum(axis=-1) / effect
        for end, limit in zip(ends, wilson(np.asarray(none_or_all), messages, t), strict=True):
            end += np.where(these, weights, 0.0).sum(axis=-1) * np.nan_to_num(limit)
    limits = wilson(p, _divided(total, effect[..., None]), t[..., None])
    some = (p > 0) & (p < 1)
    for end, limit in zip(ends, limits, strict=True):
        end += np.where(some, weights * limit, 0.0).sum(axis=-1)
    return ends[0], ends[1]


def _divided(a: Floats, b: Floats) -> Floats:
    """Divide; by nothing it is 0."""
    a, b = np.broadcast_arrays(a, b)
    found: Floats = np.divide(a, b, out=np.zeros(a.shape), where=b != 0)
    return found
