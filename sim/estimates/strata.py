"""Shares of events whose circumstances are known: post-stratified, with a jackknife's error."""

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
    "post-stratified by known shares; Wilson, jackknife over replications, t over replications"
)
THIN: Final = 10
"""Replications with a message that every stratum needs."""


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
    Journal of the Royal Statistical Society A 142:33, 1979). Its variance is the jackknife's, each
    replication left out in turn, which also holds with thirty (docs/coverage.md); that of the
    linearised share is too small then. Where fewer than `FEW` replications have any total, a
    stratum is in fewer than `THIN` of them, or all or none are hits, it is `share`, which
    `design_effect` is for.

    >>> hits, of = [[1, 0], [2, 1]] * 15, [[2, 4], [2, 2]] * 15
    >>> round(float(stratified(hits, of, [0.5, 0.5]).value), 3)
    0.458
    """
    y, n = np.asarray(hits, dtype=np.float64), np.asarray(of, dtype=np.float64)
    weights = np.asarray(shares, dtype=np.float64)
    plain = share(y.sum(-1), n.sum(-1), confidence=confidence, design_effect=design_effect)
    r = plain.replications
    there = np.count_nonzero(n, axis=0)
    thick = ((there >= THIN) | (weights == 0)).all(axis=-1)
    value = _weighted(y.sum(axis=0), n.sum(axis=0), weights)
    left_out = _weighted(y.sum(axis=0) - y, n.sum(axis=0) - n, weights)
    spread = left_out - left_out.mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        # A replication without any total changes nothing when left out.
        variance = (r - 1) / r * (spread * spread).sum(axis=0)
        effective = value * (1 - value) / variance
        low, high = wilson(value, effective, t_quantile((1 + confidence) / 2, plain.df))
        effect = plain.per / effective
    known = thick & (r >= FEW) & (value > 0) & (value < 1) & (variance > 0)
    found = estimates(
        STRATIFIED,
        value=value,
        low=low,
        high=high,
        per=plain.per,
        replications=r,
        with_events=plain.with_events,
        df=plain.df,
        design_effect=effect,
    )
    return chosen(known, found, plain)


def _weighted(hits: Floats, of: Floats, weights: Floats) -> Floats:
    """Give the weighted mean of the strata's shares; what is nowhere has no weight."""
    there = of > 0
    shares = np.divide(hits, of, out=np.zeros_like(hits), where=there)
    mine = np.where(there, weights, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = (mine * shares).sum(axis=-1) / mine.sum(axis=-1)
    return found
