"""Which policy loses least, and how sure that is: one rule for `compare` and `sweep`.

Hsu's multiple comparisons with the best (Annals of Statistics 12:1136, 1984) on differences of
every two policies, by Bonferroni's inequality, which needs nothing about how paired policies depend
on each other. With k policies the limits are one-sided, each at 1 - 0.05/(k - 1): to be ruled out
wrongly, the truly best one must lose to another in one of its k - 1 comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """What policies are compared by: arrays of shape (replications, ..., policies).

    `only[..., i, j]` counts messages hit under policy i and not under policy j, both regretted.
    `by_message` and `by_world` say for every two policies how they are paired: if by neither, they
    are independent. None: every two by message. `known` are shares by known shares of strata, of
    shape (..., policies): differences are then moved to theirs.
    """

    hits: Floats
    of: Floats
    only: Floats
    by_message: Flags | None = None
    by_world: Flags | None = None
    known: Floats | None = None

    @cached_property
    def each(self) -> Estimates:
        """Each policy's share by itself, not stratified."""
        return share(self.hits, self.of)

    @cached_property
    def alike(self) -> Flags:
        """Which two policies hit the same messages, one by one: shape (..., policies, policies)."""
        changed = self.only.sum(axis=0)
        same: Flags = changed + np.swapaxes(changed, -1, -2) == 0
        return same if self.by_message is None else same & self.by_message


def every_difference(
    shares: Shares, others: npt.ArrayLike, *, confidence: float = CONFIDENCE
) -> Estimates:
    """Estimate each policy's share less that of some others: shape (..., policies, others).

    The messages that changed sides are used where two policies regret the same ones; otherwise the
    totals of each world, or two independent shares.
    """
    j = np.asarray(others, dtype=np.intp)
    y, n = shares.hits[..., None], shares.of[..., None]
    y0, n0 = shares.hits[..., None, j], shares.of[..., None, j]
    gained, lost = shares.only[..., j], np.swapaxes(shares.only, -1, -2)[..., j]
    exact = ((n == n0) & (y - y0 == gained - lost)).all(axis=0)
    if shares.by_message is not None:
        exact &= shares.by_message[:, j]
    effect = shares.each.design_effect
    effect = np.fmax(np.fmax(effect[..., None], effect[..., None, j]), 1.0)
    found = changed(gained, lost, n, confidence=confidence, design_effect=effect)
    if not exact.all():
        by_world = difference(y, n, y0, n0, confidence=confidence, design_effect=effect)
        found = chosen(exact, found, by_world)
    if shares.by_world is not None and shares.by_message is not None:
        paired = shares.by_message[:, j] | shares.by_world[:, j]
        if not paired.all():
            apart = independent_difference(y, n, y0, n0, confidence=confidence)
            found = chosen(paired, found, apart)
    return found if shares.known is None else _moved(found, shares, j)


def _moved(found: Estimates, shares: Shares, j: npt.NDArray[np.intp]) -> Estimates:
    """Move differences, with their limits, to those of the shares by strata.

    What strata decide is mostly the same under both policies, so the intervals are not narrower.
    """
    assert shares.known is not None
    to, p = shares.known, shares.each.value
    by = np.nan_to_num((to[..., None] - to[..., None, j]) - (p[..., None] - p[..., None, j]))
    value, low, high = (one + by for one in (found.value, found.low, found.high))
    return replace(found, value=value).with_limits(np.maximum(low, -1.0), np.minimum(high, 1.0))


@dataclass(frozen=True)
class Best:
    """Which policy has the lowest share, of equals the first, and which could be the best one: arrays
    of shape (..., policies), but for `first`, of shape (...).

    `could_be` holds the truly best one with the confidence asked for. `value` is each share less
    the lowest of the others'; `low` and `high` hold for all policies at once: a high end of 0 means
    surely the best, a low end of 0 surely not. `ahead` at i is share i less that of `first`, with
    one-sided limits that are consistent with `could_be`.
    """

    first: npt.NDArray[np.intp]
    could_be: Flags
    value: Floats
    low: Floats
    high: Floats
    ahead: Estimates

    @property
    def is_sure(self) -> bool:
        """Tell whether one policy only could be the best, of a single comparison."""
        return len(self.could_be) > 1 and int(self.could_be.sum()) == 1


def best(shares: Shares, *, confidence: float = CONFIDENCE) -> Best:
    """Compare every policy with the best of the others.

    Whatever axes stand between replications and policies are compared each by itself. Nothing is
    sure where a policy's share is not known, or there is one replication.

    >>> y = np.array([[5, 1], [6, 2], [5, 1], [7, 1]] * 10, dtype=float)
    >>> only = np.zeros((40, 2, 2)); only[:, 0, 1] = y[:, 0] - y[:, 1]
    >>> best(Shares(y, np.full(y.shape, 20.0), only)).could_be
    array([False,  True])
    """
    k = shares.hits.shape[-1]
    p = shares.each.value if shares.known is None else shares.known
    first = np.asarray(np.where(np.isnan(p), np.inf, p).argmin(axis=-1))
    one_sided = 2 * per_comparison_level(k - 1, confidence) - 1
    d = every_difference(shares, range(k), confidence=one_sided)
    others = ~np.eye(k, dtype=bool)
    known = np.isfinite(d.low[..., others]).all(axis=-1, keepdims=True) & (k > 1)
    behind, value = (np.where(others, of, -np.inf).max(axis=-1) for of in (d.low, d.value))
    could_be = ~(known & (behind >= 0))
    ahead = np.where(others & could_be[..., None, :], d.high, -np.inf).max(axis=-1)
    alone = could_be & (could_be.sum(axis=-1, keepdims=True) == 1)
    low, high = np.minimum(behind, 0.0), np.where(alone, 0.0, np.maximum(ahead, 0.0))
    value, low, high = (np.where(known, of, np.nan) for of in (value, low, high))
    return Best(first, could_be, value, low, high, _ahead(d, first, could_be))


def _ahead(d: Estimates, first: npt.NDArray[np.intp], could_be: Flags) -> Estimates:
    """Give the differences to the first; what is ruled out is behind, whoever is the best."""
    place = first[..., None, None]
    column = d.each(lambda field: np.take_along_axis(field, place, axis=-1)[..., 0])
    low = np.where(could_be, column.low, np.maximum(column.low, 0.0))
    return column.with_limits(low, column.high)
