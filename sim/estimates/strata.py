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

from sim.estimates.ratios import CONFIDENCE, FEW, Estimates, chosen, estimates, t_quantile, wilson
from sim.sums import Floats

STRATIFIED: Final = (
    "post-stratified by known shares; Wilson limits by stratum, jackknife and t over replications"
)
THIN: Final = 10
"""Parts of a run with a message that every stratum needs; with fewer it is merged with a neighbour."""
PARTS: Final = 256
"""Parts, each of equally many replications or one less, that a run of more replications is cut into:
the jackknife leaves them out in turn."""


def parts(replications: int) -> npt.NDArray[np.int64]:
    """Give the part of a run that every replication is in, from 0 on.

    >>> parts(3), parts(1000)[[0, 3, 4, 999]]
    (array([0, 1, 2]), array([  0,   0,   1, 255]))
    """
    return np.arange(replications) * min(replications, PARTS) // replications


class Strata:
    """What is known of events by stratum, to correct shares of them by.

    `of` counts events by stratum, shape (parts, ..., strata), and `shares` says how many of all are
    in each by design: shape (..., strata). Strata are in an order in which neighbours are alike.
    """

    def __init__(self, of: npt.ArrayLike, shares: npt.ArrayLike) -> None:
        n, weights = np.asarray(of, dtype=np.float64), np.asarray(shares, dtype=np.float64)
        self._into = _merged(n, np.broadcast_to(weights, n.shape[1:]))
        self._n, self._weights = (
            self._merge(n),
            np.matmul(weights[..., None, :], self._into)[..., 0, :],
        )
        self._total = self._n.sum(axis=0)
        self._left = self._total - self._n

    def _merge(self, counts: Floats) -> Floats:
        found: Floats = np.moveaxis(np.matmul(np.moveaxis(counts, 0, -2), self._into), -2, 0)
        return found

    def corrected(
        self, plain: Estimates, hits: npt.ArrayLike, *, confidence: float = CONFIDENCE
    ) -> Estimates:
        """Correct shares, estimated without strata, by their hits: shape (parts, ..., strata).

        The share is the mean of the strata's, weighted by their known shares (Holt & Smith, Journal
        of the Royal Statistical Society A 142:33, 1979). The limits are the weighted sums of Wilson
        limits by stratum, each at a smaller quantile, so that together they are as far as the
        standard error says (Yan & Su, Statistics in Biopharmaceutical Research 2:329, 2010). Strata
        where nothing or everything is a hit count as one. The standard error is the jackknife's,
        each part left out in turn, and no smaller than that of independent messages. With fewer
        than `FEW` replications with any event, if all or none are hits, or if strata that are too
        thin leave a single one, the share stays as it was.

        >>> hits, of = np.array([[1.0, 0.0], [2.0, 1.0]] * 15), np.array([[2.0, 4.0], [2.0, 2.0]] * 15)
        >>> plain = share(hits.sum(-1), of.sum(-1))
        >>> round(float(Strata(of, [0.5, 0.5]).corrected(plain, hits).value), 3)
        0.458
        """
        y, weights, total = self._merge(np.asarray(hits, np.float64)), self._weights, self._total
        p = _divided(y.sum(axis=0), total)
        value = (weights * p).sum(axis=-1)
        alone = weights**2 * _divided(p * (1 - p), total)  # variances, were messages independent
        effect = np.maximum(_divided(self._jackknifed(y), alone.sum(axis=-1)), 1.0)
        df = np.minimum(plain.df, np.count_nonzero(self._n.sum(axis=-1), axis=0) - 1)
        quantile = t_quantile((1 + confidence) / 2, df)
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
            df=df,
            design_effect=_divided(plain.per * variance, value * (1 - value)),
        )
        return chosen(known, found, plain)

    def _jackknifed(self, y: Floats) -> Floats:
        """Give the jackknife's variance of the weighted mean, over parts with any event."""
        r = np.count_nonzero(self._n.sum(axis=-1), axis=0)
        left_out = (self._weights * _divided(y.sum(axis=0) - y, self._left)).sum(axis=-1)
        spread = left_out - left_out.mean(axis=0)
        # A part without any event changes nothing when left out.
        found: Floats = _divided(r - 1.0, np.asarray(r, np.float64)) * (spread * spread).sum(axis=0)
        return found


def _merged(of: Floats, weights: Floats) -> Floats:
    """Say which strata count as one, as matrices of 0 and 1 from strata to those that are left.

    The thinnest is merged with the thinner of its neighbours until `THIN` parts have each. Only
    totals decide.
    """
    into = np.zeros((*weights.shape, weights.shape[-1]))
    for place in np.ndindex(weights.shape[:-1]):
        there = of[(slice(None), *place)] > 0
        groups = [(there[:, k], [k]) for k in np.flatnonzero(weights[place])]
        thick = [np.count_nonzero(group) for group, _ in groups]
        while len(groups) > 1 and min(thick) < THIN:
            k = thick.index(min(thick))
            left = k > 0 and (k == len(groups) - 1 or thick[k - 1] <= thick[k + 1])
            first = k - left
            (one, some), (other, others) = groups[first : first + 2]
            groups[first : first + 2] = [(one | other, some + others)]
            thick[first : first + 2] = [np.count_nonzero(one | other)]
        for _, members in groups:
            into[place][members, min(members)] = 1.0
    return into


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
