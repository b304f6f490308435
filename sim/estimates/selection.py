"""Choosing the best of several policies while they are being played, with a bounded chance of a
wrong choice.

The procedure is Kim and Nelson's KN (ACM TOMACS 11:251, 2001), which allows common random numbers:
differences are of pairs, their variances are those of a first stage, and a policy is dropped once its
sum lies behind another's by more than a band that narrows with every batch. If the best is ahead of
all others by the indifference zone or more, it is chosen with at least the confidence asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from sim.estimates.ratios import CONFIDENCE, ratio
from sim.sums import Floats

FIRST_STAGE: Final = 20
"""Batches before the first policy may be dropped."""
DRAWS: Final = 4096
"""Points of a normal distribution in the policies' dimensions, a power of 2."""


@dataclass(frozen=True)
class Selection:
    """Which policies are still in, and after how many batches one was left (None: not yet)."""

    contenders: npt.NDArray[np.bool_]
    decided_after: int | None


def batches(hits: npt.ArrayLike, of: npt.ArrayLike, size: int) -> Floats:
    """Give each batch's share, made linear so that their mean is the share of all: (batches,
    policies).

    `hits` and `of` are (replications, policies); what is left over of a whole batch is left out.

    >>> batches([[1.0], [3.0], [2.0], [2.0]], [[4.0]] * 4, 2).ravel().tolist()
    [0.5, 0.5]
    """
    y, n = np.asarray(hits, dtype=np.float64), np.asarray(of, dtype=np.float64)
    many = len(y) // size
    whole = (one[: many * size].reshape(many, size, -1).sum(axis=1) for one in (y, n))
    found = ratio(*whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(found.value + found.residual * many / found.per)


def kim_nelson(
    observations: npt.ArrayLike,
    indifference: float,
    *,
    first: int = FIRST_STAGE,
    confidence: float = CONFIDENCE,
) -> Selection:
    """Drop policies batch by batch: `observations` is (batches, policies), the lowest mean is best.

    Nothing is dropped before `first` batches. Differences smaller than `indifference` need not be
    told apart.

    >>> noise = np.random.default_rng(1).normal(0, 0.01, (40, 1))
    >>> kim_nelson(noise + np.array([0.2, 0.3]), 0.05).contenders
    array([ True, False])
    """
    x = np.asarray(observations, dtype=np.float64)
    many, k = x.shape
    alive = np.ones(k, dtype=np.bool_)
    if k < 2 or many < first:
        return Selection(alive, 0 if k < 2 else None)
    pairs = x[:, :, None] - x[:, None, :]
    variance = pairs[:first].var(axis=0, ddof=1)
    eta = ((2 * (1 - confidence) / (k - 1)) ** (-2 / (first - 1)) - 1) / 2
    reach = 2 * eta * (first - 1) * variance
    behind = np.cumsum(pairs, axis=0)
    for r in range(first, many + 1):
        band = np.maximum(0.0, (reach / indifference - indifference * r) / 2)
        worse = behind[r - 1] > band
        alive &= ~(worse & alive).any(axis=1)
        if r * indifference**2 > reach.max(initial=0.0) and alive.sum() > 1:
            # The band is closed: those left differ by nothing in any batch, and the first stands for them.
            alive &= np.arange(k) == int(np.flatnonzero(alive)[0])
        if alive.sum() == 1:
            return Selection(alive, r)
    return Selection(alive, None)


def chance_of_best(hits: npt.ArrayLike, of: npt.ArrayLike) -> Floats:
    """Give the probability that each policy has the lowest share, given what was played.

    The shares are taken for normal around their estimates, with their cluster-robust covariances over
    replications and nothing known before; policies that differ in nothing share what they have.

    >>> y = np.array([[5.0, 1.0], [6.0, 2.0], [5.0, 1.0], [7.0, 1.0]])
    >>> chance_of_best(y, np.full(y.shape, 20.0)).tolist()
    [0.0, 1.0]
    """
    found = ratio(hits, of)
    r = float(len(found.residual))
    scaled = found.residual / found.per
    covariance = r / (r - 1) * scaled.T @ scaled
    spread = qmc.MultivariateNormalQMC(found.value, covariance, rng=1).random(DRAWS)
    spread = spread.round(12)
    least = spread == spread.min(axis=1, keepdims=True)
    return np.asarray((least / least.sum(axis=1, keepdims=True)).mean(axis=0))
