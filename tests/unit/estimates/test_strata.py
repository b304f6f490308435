"""Shares by known shares of strata: what they equal, and how often their intervals cover."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest

from sim.estimates import STRATIFIED, Estimates, share, stratified, t_quantile
from sim.estimates.ratios import FEW, wilson
from sim.estimates.strata import THIN
from sim.sums import Floats

SETS: Final = 1000
SHARES: Final = np.array([0.2, 0.1, 0.3, 0.4])
DECIDED: Final = np.array([0.0, 0.0, 0.985, 0.0])
"""Chances of a hit where strata all but decide: a preview is read, if there is one at all."""
OPEN: Final = np.array([0.1, 0.5, 0.7, 0.4])
WORLDS: Final = 60
A_WORLD: Final = 9.0
"""Messages of a world."""


def data_sets(chances: Floats, worlds: int = WORLDS) -> tuple[Floats, Floats]:
    """Draw hits and totals by stratum: (worlds, sets, strata)."""
    rng = np.random.default_rng(20261126)
    n = rng.poisson(A_WORLD * SHARES, size=(worlds, SETS, SHARES.size))
    return rng.binomial(n, chances).astype(float), n.astype(float)


def covered(low: Floats, high: Floats, truth: float) -> float:
    return float(((low <= truth) & (truth <= high)).mean())


LEAST: Final = 0.95 - 3.1 * (0.95 * 0.05 / SETS) ** 0.5
"""Coverage that a nominal interval has 999 times in 1,000."""


@pytest.mark.parametrize("chances", [DECIDED, OPEN])
@pytest.mark.parametrize("worlds", [30, WORLDS, 200])
def test_the_interval_covers_the_truth_as_often_as_it_says(chances: Floats, worlds: int) -> None:
    y, n = data_sets(chances, worlds)
    found = stratified(y, n, SHARES)
    assert found.method == STRATIFIED
    assert covered(found.low, found.high, float(SHARES @ chances)) >= LEAST


def around_the_mean(y: Floats, n: Floats) -> tuple[Floats, Floats]:
    """The wrong model: Wilson's limits around the weighted mean, by its jackknife's error."""
    value = (SHARES * y.sum(axis=0) / n.sum(axis=0)).sum(axis=-1)
    out = (SHARES * (y.sum(axis=0) - y) / (n.sum(axis=0) - n)).sum(axis=-1)
    variance = (len(y) - 1) * out.var(axis=0)
    return wilson(
        value, value * (1 - value) / np.maximum(variance, 1e-12), t_quantile(0.975, len(y) - 1)
    )


def test_limits_around_the_mean_fail_where_strata_all_but_decide() -> None:
    y, n = data_sets(DECIDED, 30)
    assert covered(*around_the_mean(y, n), float(SHARES @ DECIDED)) < LEAST - 0.02


def width(found: Estimates) -> float:
    return float(np.mean(found.high - found.low))


def test_the_interval_is_narrower_than_without_known_shares_by_what_they_explain() -> None:
    y, n = data_sets(OPEN, 200)
    found, plain = stratified(y, n, SHARES), share(y.sum(-1), n.sum(-1))
    p = float(SHARES @ OPEN)
    within = float(SHARES @ (OPEN * (1 - OPEN)))
    ideal = (within / (p * (1 - p))) ** 0.5
    assert ideal <= width(found) / width(plain) <= 1.1 * ideal


def test_the_value_is_the_mean_of_the_strata_by_their_known_shares() -> None:
    y, n = data_sets(OPEN)
    found = stratified(y, n, SHARES)
    each = y.sum(axis=0) / n.sum(axis=0)
    np.testing.assert_allclose(found.value, each @ SHARES)
    assert np.corrcoef(found.value, share(y.sum(-1), n.sum(-1)).value)[0, 1] < 0.95


def test_a_stratum_that_is_too_thin_is_merged_with_the_next() -> None:
    y, n = (one[:, 0] for one in data_sets(OPEN, 40))
    n[THIN - 1 :, 1] = y[THIN - 1 :, 1] = 0
    order = np.argsort(np.count_nonzero(n, axis=0))
    assert order[0] == 1
    first, second = order[:2]
    merged = np.delete(n, first, axis=1), np.delete(y, first, axis=1)
    place = second - (second > first)
    merged[0][:, place] += n[:, first]
    merged[1][:, place] += y[:, first]
    shares = np.delete(SHARES, first)
    shares[place] += SHARES[first]
    a, b = stratified(y, n, SHARES), stratified(merged[1], merged[0], shares)
    assert a.method == STRATIFIED
    for end in ("value", "low", "high"):
        assert getattr(a.at(), end) == pytest.approx(getattr(b.at(), end))


@pytest.mark.parametrize("worlds", [FEW - 1, FEW])
def test_few_replications_are_left_as_they_are(worlds: int) -> None:
    y, n = (one[:, 0] for one in data_sets(OPEN, worlds))
    n[:, 3] += n.sum(axis=1) == 0  # every world says something
    found, plain = stratified(y, n, SHARES), share(y.sum(-1), n.sum(-1))
    assert (found.method == plain.method) == (worlds < FEW)
    assert (found.value == plain.value) == (worlds < FEW)


@pytest.mark.parametrize("chances", [np.zeros(4), np.ones(4)])
def test_where_nothing_or_everything_is_hit_the_interval_is_that_of_the_share(
    chances: Floats,
) -> None:
    y, n = data_sets(chances)
    found, plain = (
        stratified(y, n, SHARES, design_effect=2.0),
        share(y.sum(-1), n.sum(-1), design_effect=2.0),
    )
    assert (found.low == plain.low).all() and (found.high == plain.high).all()


def test_one_place_does_not_depend_on_what_else_is_estimated() -> None:
    y, n = (one[:, :5] for one in data_sets(OPEN))
    together = stratified(y, n, SHARES)
    for k in range(5):
        alone = stratified(y[:, k], n[:, k], SHARES)
        assert (alone.value, alone.low, alone.high) == (
            together.value[k],
            together.low[k],
            together.high[k],
        )
