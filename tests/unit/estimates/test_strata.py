"""Shares by known shares of strata: what they equal, and how often their intervals cover."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest

from sim.estimates import STRATIFIED, Estimates, Strata, share, t_quantile
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


def stratified(y: Floats, n: Floats, shares: Floats, effect: float = 1.0) -> Estimates:
    """Correct shares of arrays (replications, [sets,] strata)."""
    plain = share(y.sum(-1), n.sum(-1), design_effect=effect)
    if n.ndim == 2:
        return stratified(y[:, None], n[:, None], shares, effect).each(lambda field: field[0])
    return Strata.of_arrays(n, shares).corrected(plain, y[n > 0])


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


@pytest.mark.parametrize(
    ("thin", "into"),
    [
        ([9, 40, 9, 30], [[0, 1], [2, 3]]),
        ([40, 9, 20, 40], [[0], [1, 2], [3]]),
        ([40, 20, 9, 40], [[0], [1, 2], [3]]),
        ([40, 40, 40, 9], [[0], [1], [2, 3]]),
        ([40, 10, 10, 40], [[0], [1], [2], [3]]),
        ([3, 3, 3, 3], [[0, 1, 2, 3]]),
    ],
)
def test_a_stratum_that_is_too_thin_is_merged_with_the_thinner_of_its_neighbours(
    thin: list[int], into: list[list[int]]
) -> None:
    rng = np.random.default_rng(5)
    n = 2.0 * (np.arange(40)[:, None] < thin)
    y = rng.binomial(n.astype(int), OPEN).astype(float)
    by_hand = [np.stack([one[:, group].sum(1) for group in into], axis=1) for one in (y, n)]
    shares = np.array([SHARES[group].sum() for group in into])
    a, b = stratified(y, n, SHARES), stratified(*by_hand, shares)
    assert (a.method == STRATIFIED) == (len(into) > 1)
    for end in ("value", "low", "high"):
        assert getattr(a.at(), end) == pytest.approx(getattr(b.at(), end))
    assert THIN == 10


def test_rows_may_be_in_any_order_and_stand_for_several_messages() -> None:
    y, n = (one[:, :3] for one in data_sets(OPEN, 40))
    whole = stratified(y, n, SHARES)
    where = np.repeat(np.stack(np.nonzero(n)), n[n > 0].astype(int), axis=1)
    hit = np.concatenate(
        [np.arange(many) < hits for many, hits in zip(n[n > 0], y[n > 0], strict=True)]
    )
    order = np.random.default_rng(3).permutation(hit.size)
    strata = Strata(*where[:, order], np.ones(hit.size), np.tile(SHARES, (3, 1)))
    apart = strata.corrected(share(y.sum(-1), n.sum(-1)), hit[order])
    for end in ("value", "low", "high"):
        np.testing.assert_allclose(getattr(apart, end), getattr(whole, end), rtol=1e-12)


def test_the_standard_error_is_that_of_leaving_replications_out_one_by_one() -> None:
    y, n = (one[:, :1] for one in data_sets(OPEN, 60))
    n[7] = y[7] = 0  # says nothing, and counts nowhere
    found = stratified(y, n, SHARES).at(0)
    each = [
        stratified(np.delete(y, r, axis=0), np.delete(n, r, axis=0), SHARES).at(0).value
        for r in range(60)
        if n[r].any()
    ]
    variance = (len(each) - 1) / len(each) * np.sum((each - np.mean(each)) ** 2)
    p = found.value
    assert found.design_effect == pytest.approx(found.per * variance / (p * (1 - p)), rel=0.01)


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
    found, plain = (stratified(y, n, SHARES, 2.0), share(y.sum(-1), n.sum(-1), design_effect=2.0))
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
