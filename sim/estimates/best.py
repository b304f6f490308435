"""Which policy loses least, and how sure that is: one rule for `compare` and `sweep`.

Hsu's multiple comparisons with the best (Annals of Statistics 12:1136, 1984) on differences of
every two policies, by Bonferroni's inequality, which needs nothing about how paired policies depend
on each other. With k policies the limits are one-sided, each at 1 - 0.05/(k - 1): to be ruled out
wrongly, the truly best one must lose to another in one of its k - 1 comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sim.estimates.differences import (
    changed,
    difference,
    independent_difference,
    per_comparison_level,
)
from sim.estimates.ratios import CONFIDENCE, Estimates, chosen, share
from sim.sums import Floats

Flags = npt.NDArray[np.bool_]
BEST = "multiple comparisons with the best (Hsu), one-sided, by Bonferroni's inequality"


@dataclass(frozen=True)
class Shares:
    """What policies are compared by: arrays of shape (replications, policies).

    `only[:, i, j]` counts messages hit under policy i and not under policy j, both regretted.
    `by_message` and `by_world` say for every two policies how they are paired: if by neither, they
    are independent. None: every two by message.
    """

    hits: Floats
    of: Floats
    only: Floats
    by_message: Flags | None = None
    by_world: Flags | None = None

    @cached_property
    def each(self) -> Estimates:
        """Each policy's share by itself."""
        return share(self.hits, self.of)


def every_difference(
    shares: Shares, others: npt.ArrayLike, *, confidence: float = CONFIDENCE
) -> Estimates:
    """Estimate each policy's share less that of some others: shape (policies, others).

    The messages that changed sides are used where two policies regret the same ones; otherwise the
    totals of each world, or two independent shares.
    """
    j = np.asarray(others, dtype=np.intp)
    y, n = shares.hits[:, :, None], shares.of[:, :, None]
    y0, n0 = shares.hits[:, None, j], shares.of[:, None, j]
    gained, lost = shares.only[:, :, j], shares.only.transpose(0, 2, 1)[:, :, j]
    exact = ((n == n0) & (y - y0 == gained - lost)).all(axis=0)
    if shares.by_message is not None:
        exact &= shares.by_message[:, j]
    effect = shares.each.design_effect
    effect = np.fmax(np.fmax(effect[:, None], effect[None, j]), 1.0)
    found = changed(gained, lost, n, confidence=confidence, design_effect=effect)
    if not exact.all():
        by_world = difference(y, n, y0, n0, confidence=confidence, design_effect=effect)
        found = chosen(exact, found, by_world)
    if shares.by_world is not None and shares.by_message is not None:
        paired = shares.by_message[:, j] | shares.by_world[:, j]
        if not paired.all():
            apart = independent_difference(y, n, y0, n0, confidence=confidence)
            found = chosen(paired, found, apart)
    return found


@dataclass(frozen=True)
class Best:
    """Which policy has the lowest share, of equals the first, and which could be the best one.

    `could_be` holds the truly best one with the confidence asked for. `value` is each share less
    the lowest of the others'; `low` and `high` hold for all policies at once: a high end of 0 means
    surely the best, a low end of 0 surely not. `ahead[i]` is share i less that of `first`, with
    one-sided limits that are consistent with `could_be`.
    """

    first: int
    could_be: Flags
    value: Floats
    low: Floats
    high: Floats
    ahead: Estimates

    @property
    def is_sure(self) -> bool:
        """Tell whether one policy only could be the best."""
        return len(self.could_be) > 1 and int(self.could_be.sum()) == 1


def best(shares: Shares, *, confidence: float = CONFIDENCE) -> Best:
    """Compare every policy with the best of the others.

    Nothing is sure where a policy's share is not known, or there is one replication.

    >>> y = np.array([[5, 1], [6, 2], [5, 1], [7, 1]] * 10, dtype=float)
    >>> only = np.zeros((40, 2, 2)); only[:, 0, 1] = y[:, 0] - y[:, 1]
    >>> best(Shares(y, np.full(y.shape, 20.0), only)).could_be
    array([False,  True])
    """
    k = shares.hits.shape[1]
    p = shares.each.value
    first = int(np.where(np.isnan(p), np.inf, p).argmin())
    one_sided = 2 * per_comparison_level(k - 1, confidence) - 1
    d = every_difference(shares, range(k), confidence=one_sided)
    others = ~np.eye(k, dtype=bool)
    behind = np.where(others, d.low, -np.inf).max(axis=1)
    could_be = ~(behind >= 0)
    known = k > 1 and bool(np.isfinite(d.low[others]).all())
    value = np.where(others, d.value, -np.inf).max(axis=1) if k > 1 else np.full(k, np.nan)
    if not known:
        nothing = np.full(k, np.nan)
        could_be = np.ones(k, dtype=bool)
        return Best(first, could_be, nothing, nothing, nothing, _column(d, first))
    ahead = np.where(others & could_be[None, :], d.high, -np.inf).max(axis=1)
    alone = could_be & (could_be.sum() == 1)
    high = np.where(alone, 0.0, np.maximum(ahead, 0.0))
    return Best(first, could_be, value, np.minimum(behind, 0.0), high, _column(d, first, could_be))


def _column(d: Estimates, first: int, could_be: Flags | None = None) -> Estimates:
    column = d.each(lambda field: field[:, first])
    if could_be is None:
        return column
    # What is ruled out is behind, whoever is the best.
    low = np.where(could_be, column.low, np.maximum(column.low, 0.0))
    return column.with_limits(low, column.high)
