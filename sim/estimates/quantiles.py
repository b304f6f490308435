"""Quantiles of what was counted in bins, with intervals over replications.

Each bin keeps a count and a sum, both whole numbers, so that bins add up exactly in any order. A
bin's mean bounds its quantiles (Markov's inequality): where all of a bin is one number, and that
number is the bin's edge, the quantile is that number exactly.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sim.estimates.ratios import CONFIDENCE, Estimates, estimates, share, t_quantile, wilson
from sim.sums import Floats

WOODRUFF: Final = "Woodruff, effective number of messages, t over replications; counted in bins"


def quantile(
    counts: npt.ArrayLike,
    sums: npt.ArrayLike,
    edges: npt.ArrayLike,
    q: float,
    *,
    confidence: float = CONFIDENCE,
) -> Estimates:
    """Estimate the q-quantile of binned numbers: arrays of shape (replications, ..., bins).

    `edges` has the lower and the upper end of every bin, shape (bins, 2). Woodruff's interval
    (JASA 47:635, 1952): Wilson's limits of a share q, at the effective number that the
    cluster-robust error of the share around the quantile allows, read back on the distribution.
    Either end allows for what the bins leave open.

    >>> e = quantile([[4, 1]] * 3, [[0, 12]] * 3, [(0, 0), (10, 15)], 0.5).at()
    >>> e.value, e.low
    (0.0, 0.0)
    """
    c = np.asarray(counts, dtype=np.float64)
    bins = _Bins(c.sum(axis=0), np.asarray(sums, np.float64).sum(axis=0), np.asarray(edges))
    below, of = np.cumsum(c, axis=-1), c.sum(axis=-1)
    place = bins.holding(np.full(bins.total.shape, q))
    around = [
        share(np.take_along_axis(below, k[None, ..., None], axis=-1)[..., 0], of)
        for k in (np.maximum(place - 1, 0), place)
    ]
    effect = np.fmax(around[0].design_effect, around[1].design_effect)
    r = around[1].replications
    t = t_quantile((1 + confidence) / 2, np.maximum(r - 1, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        down, up = wilson(np.full(r.shape, q), bins.total / effect, t)
    middle = np.full(r.shape, q)
    least, most = bins.least(middle), bins.most(middle)
    known = r >= 2
    return estimates(
        WOODRUFF,
        value=np.clip(bins.mean_at(middle), least, most),
        low=np.where(known, bins.least(down), np.nan),
        high=np.where(known, bins.most(up), np.nan),
        per=bins.total,
        replications=r,
        with_events=r,
        df=np.maximum(r - 1, 1),
        design_effect=effect,
    )


class _Bins:
    """A distribution in bins: counts and sums of shape (..., bins)."""

    def __init__(self, counts: Floats, sums: Floats, edges: Floats) -> None:
        self.total = counts.sum(axis=-1)
        self._low, self._high = edges[:, 0].astype(np.float64), edges[:, 1].astype(np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            self._upto = np.cumsum(counts, axis=-1) / self.total[..., None]
            self._share = counts / self.total[..., None]
            self._mean = sums / counts

    def holding(self, q: Floats) -> npt.NDArray[np.intp]:
        """Give the bin that holds each quantile."""
        place: npt.NDArray[np.intp] = (self._upto >= q[..., None] - 1e-12).argmax(axis=-1)
        return place

    def mean_at(self, q: Floats) -> Floats:
        """Give the mean of the bin that holds each quantile."""
        return self._at(self._mean, self.holding(q))

    def least(self, q: Floats) -> Floats:
        """Give the least that each quantile can be: with share u of a bin's numbers below it, no
        less than high - (high - mean) / u.
        """
        low, high, mean, u = self._around(q)
        with np.errstate(invalid="ignore", divide="ignore"):
            bound = high - (high - mean) / u
        return np.where(np.isfinite(bound), np.maximum(bound, low), low)

    def most(self, q: Floats) -> Floats:
        """Give the most that each quantile can be: no more than low + (mean - low) / (1 - u)."""
        low, high, mean, u = self._around(q)
        with np.errstate(invalid="ignore", divide="ignore"):
            bound = low + (mean - low) / (1 - u)
        return np.where(np.isfinite(bound), np.minimum(bound, high), high)

    def _around(self, q: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        place = self.holding(q)
        share, upto = self._at(self._share, place), self._at(self._upto, place)
        with np.errstate(invalid="ignore", divide="ignore"):
            u = np.clip((q - (upto - share)) / share, 0.0, 1.0)
        known = np.isfinite(upto)
        low, high = (np.where(known, edge[place], np.nan) for edge in (self._low, self._high))
        return low, high, self._at(self._mean, place), u

    @staticmethod
    def _at(values: Floats, place: npt.NDArray[np.intp]) -> Floats:
        return np.take_along_axis(values, place[..., None], axis=-1)[..., 0]
