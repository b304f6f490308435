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
    q: npt.ArrayLike,
    *,
    confidence: float = CONFIDENCE,
) -> Estimates:
    """Estimate quantiles of binned numbers: arrays of shape (replications, ..., bins), and of shape
    (...,) + that of q.

    `edges` has the lower and the upper end of every bin, shape (bins, 2). Woodruff's interval
    (JASA 47:635, 1952): Wilson's limits of a share q, at the effective number that the
    cluster-robust error of the share around the quantile allows, read back on the distribution.
    Either end allows for what the bins leave open.

    >>> e = quantile([[4, 1]] * 3, [[0, 12]] * 3, [(0, 0), (10, 15)], 0.5).at()
    >>> e.value, e.low
    (0.0, 0.0)
    """
    c, several = np.asarray(counts, dtype=np.float64), np.atleast_1d(np.asarray(q, np.float64))
    bins = _Bins(c.sum(axis=0), np.asarray(sums, np.float64).sum(axis=0), np.asarray(edges))
    total = np.broadcast_to(bins.total[..., None], (*bins.total.shape, len(several)))
    middle = np.broadcast_to(several, total.shape)
    place = bins.holding(middle)
    # Shares of what is below the bin's lower and its upper end.
    ends = np.concatenate([np.maximum(place - 1, 0), place], axis=-1)
    upto = np.take_along_axis(np.cumsum(c, axis=-1), ends[None], axis=-1)
    around = share(upto, c.sum(axis=-1)[..., None]).design_effect
    effect = np.fmax(around[..., : len(several)], around[..., len(several) :])
    r = np.broadcast_to(np.count_nonzero(c.sum(axis=-1), axis=0)[..., None], total.shape)
    t = t_quantile((1 + confidence) / 2, np.maximum(r - 1, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        down, up = wilson(middle, total / effect, t)
    least, most = bins.least(middle), bins.most(middle)
    known = r >= 2
    found = estimates(
        WOODRUFF,
        value=np.clip(bins.mean_at(middle), least, most),
        low=np.where(known, bins.least(down), np.nan),
        high=np.where(known, bins.most(up), np.nan),
        per=total,
        replications=r,
        with_events=r,
        df=np.maximum(r - 1, 1),
        design_effect=effect,
    )
    return found if np.ndim(q) else found.each(lambda field: field[..., 0])


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
        reached = self._upto[..., None, :] >= q[..., None] - 1e-12
        place: npt.NDArray[np.intp] = reached.argmax(axis=-1)
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
        return np.take_along_axis(values, place, axis=-1)
