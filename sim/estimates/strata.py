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
from sim.schema.fields import Flags
from sim.sums import Floats, Ints

STRATIFIED: Final = (
    "post-stratified by known shares; Wilson limits by stratum, jackknife and t over replications"
)
THIN: Final = 10
"""Replications with an event that every stratum needs; with fewer it is merged with a neighbour."""


class Strata:
    """Events by stratum, to correct shares of them by.

    Every event, or several alike, is a row: its replication, its lane (what is estimated separately,
    such as a policy), its stratum and how many it stands for: int64 arrays of one length. `shares`
    says how many of all events are in each stratum by design: float64 of shape (lanes, strata).
    Strata are in an order in which neighbours are alike.
    """

    def __init__(
        self, replication: Ints, lane: Ints, stratum: Ints, of: npt.ArrayLike, shares: Floats
    ) -> None:
        lanes, strata = self._shape = shares.shape
        cells = (replication * lanes + lane) * strata + stratum
        cells, self._cell = np.unique(cells, return_inverse=True)
        into = _merged(cells, shares)
        self._weights = np.zeros_like(shares)
        np.add.at(self._weights, (np.arange(lanes)[:, None], into), shares)
        if (into != np.arange(strata)).any():
            cells += into[cells // strata % lanes, cells % strata] - cells % strata
            cells, again = np.unique(cells, return_inverse=True)
            self._cell = again[self._cell]
        units, self._unit = np.unique(cells // strata, return_inverse=True)
        self._place, self._lane = cells % (lanes * strata), units % lanes
        self._n = _added_up(self._cell, of)
        self._total = self._added(self._n)
        self._units = np.bincount(self._lane, minlength=lanes)

    @classmethod
    def of_arrays(cls, of: Floats, shares: Floats) -> Strata:
        """Take events as counts of shape (replications, lanes, strata); rows are those above 0."""
        replication, lane, stratum = np.nonzero(of)
        return cls(replication, lane, stratum, of[of > 0], np.broadcast_to(shares, of.shape[1:]))

    def _added(self, cells: Floats) -> Floats:
        return _added_up(self._place, cells, self._weights.size).reshape(self._shape)

    def corrected(
        self, plain: Estimates, hits: npt.ArrayLike, *, confidence: float = CONFIDENCE
    ) -> Estimates:
        """Correct shares, one a lane, that were estimated without strata, by the hits of every row.

        The share is the mean of the strata's, weighted by their known shares (Holt & Smith, Journal
        of the Royal Statistical Society A 142:33, 1979). The limits are the weighted sums of Wilson
        limits by stratum, each at a smaller quantile, so that together they are as far as the
        standard error says (Yan & Su, Statistics in Biopharmaceutical Research 2:329, 2010). Strata
        where nothing or everything is a hit count as one. The standard error is the jackknife's,
        each replication left out in turn, and no smaller than that of independent messages. With
        fewer than `FEW` replications with any event, if all or none are hits, or if strata that are
        too thin leave a single one, the share stays as it was.

        >>> hits, of = np.array([[[1.0, 0.0]], [[2.0, 1.0]]] * 15), np.array([[[2.0, 4.0]], [[2.0, 2.0]]] * 15)
        >>> from sim.estimates import share
        >>> strata = Strata.of_arrays(of, np.array([0.5, 0.5]))
        >>> round(strata.corrected(share(hits.sum(-1), of.sum(-1)), hits[of > 0]).at(0).value, 3)
        0.458
        """
        y, weights, total = _added_up(self._cell, hits), self._weights, self._total
        added = self._added(y)
        p = _divided(added, total)
        value = (weights * p).sum(axis=-1)
        alone = weights**2 * _divided(p * (1 - p), total)  # variances, were messages independent
        effect = np.maximum(_divided(self._jackknifed(y, added, p), alone.sum(axis=-1)), 1.0)
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

    def _jackknifed(self, y: Floats, added: Floats, p: Floats) -> Floats:
        """Give the jackknife's variance of the weighted mean, about it, over replications with any
        event.

        Leaving one out changes the strata that it has events in, and no other.
        """
        added, total, p, weights = (
            one.ravel()[self._place] for one in (added, self._total, p, self._weights)
        )
        moved = weights * (_divided(added - y, total - self._n) - p)
        left_out, r = _added_up(self._unit, moved), np.asarray(self._units, np.float64)
        return _divided(r - 1, r) * _added_up(self._lane, left_out**2, self._shape[0])


def _merged(cells: Ints, shares: Floats) -> Ints:
    """Say into which stratum each goes: shape (lanes, strata). `cells` names those that any event is
    in, by replication, lane and stratum.

    The thinnest is merged with the thinner of its neighbours until `THIN` replications have each. Only
    the numbers of events decide, not those of hits.
    """
    lanes, strata = shares.shape
    into = np.tile(np.arange(strata), (lanes, 1))
    thick = np.bincount(cells % (lanes * strata), minlength=lanes * strata).reshape(lanes, strata)
    for k in np.flatnonzero(((thick < THIN) & (shares > 0)).any(axis=1)):
        mine = cells[cells // strata % lanes == k]
        replications, place = np.unique(mine // (lanes * strata), return_inverse=True)
        there = np.zeros((replications.size, strata), np.bool_)
        there[place, mine % strata] = True
        for members in _thick_groups(there, np.flatnonzero(shares[k])):
            into[k, members] = members[0]
    return into


def _thick_groups(there: Flags, strata: Ints) -> list[list[int]]:
    """Group strata until `THIN` replications have each group; `there` says which have which."""
    groups = [([int(one)], there[:, one]) for one in strata]
    thick = [np.count_nonzero(group) for _, group in groups]
    while len(groups) > 1 and min(thick) < THIN:
        k = thick.index(min(thick))
        is_last = k == len(groups) - 1
        first = k - (is_last or (k > 0 and thick[k - 1] <= thick[k + 1]))
        (some, a), (others, b) = groups[first : first + 2]
        groups[first : first + 2] = [(some + others, a | b)]
        thick[first : first + 2] = [np.count_nonzero(a | b)]
    return [members for members, _ in groups]


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


def _added_up(place: Ints, numbers: npt.ArrayLike, places: int = 0) -> Floats:
    """Add up numbers by place, in their order."""
    return np.bincount(place, np.asarray(numbers), minlength=places).astype(np.float64)


def _divided(a: Floats, b: Floats) -> Floats:
    """Divide; by nothing it is 0."""
    a, b = np.broadcast_arrays(a, b)
    found: Floats = np.divide(a, b, out=np.zeros(a.shape), where=b != 0)
    return found
