"""Shares by known shares of strata: what they equal, and how often their intervals cover."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest

from sim.estimates import STRATIFIED, Estimates, Strata, parts, share, t_quantile
from sim.estimates.ratios import FEW, wilson
from sim.estimates.strata import PARTS, THIN
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
    plain = share(y.sum(-1), n.sum(-1), design_effect=effect)
    return Strata(n, shares).corrected(plain, y)


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
    [([9, 40, 9, 30], [[0, 1], [2, 3]]), ([40, 9, 20, 40], [[0], [1, 2], [3]]),
     ([40, 20, 9, 40], [[0], [1, 2], [3]]), ([40, 40, 40, 9], [[0], [1], [2, 3]]),
     ([40, 10, 10, 40], [[0], [1], [2], [3]]), ([3, 3, 3, 3], [[0, 1, 2, 3]])],
)  # fmt: skip
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


def test_many_replications_are_left_out_in_parts_of_equally_many() -> None:
    for replications in (1, 30, PARTS, PARTS + 1, 1000, 12_345):
        sizes = np.bincount(parts(replications))
        assert sizes.size == min(replications, PARTS) and np.ptp(sizes) <= 1
        assert sizes.sum() == replications and (np.diff(parts(replications)) >= 0).all()


def test_leaving_parts_out_says_what_leaving_replications_out_says() -> None:
    y, n = data_sets(OPEN, 4 * PARTS)
    part = parts(len(y))
    plain = share(y.sum(-1), n.sum(-1))
    in_parts = [np.add.reduceat(one, np.searchsorted(part, np.arange(PARTS))) for one in (y, n)]
    found, whole = (
        Strata(in_parts[1], SHARES).corrected(plain, in_parts[0]),
        stratified(y, n, SHARES),
    )
    np.testing.assert_allclose(found.value, whole.value)
    assert width(found) == pytest.approx(width(whole), rel=0.02)
    assert covered(found.low, found.high, float(SHARES @ OPEN)) >= LEAST
    assert (found.df == PARTS - 1).all() and (whole.df > 4 * PARTS - 9).all()


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
