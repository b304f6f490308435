"""Intervals: formulas on small cases by hand, sense at 0 and 1, and honest coverage on clustered
data (oracle S1)."""

from __future__ import annotations

import math
from dataclasses import astuple
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.estimates import (
    Estimate,
    Estimates,
    changed,
    difference,
    independent_difference,
    mean,
    mean_change,
    quantile,
    share,
    skewed_mean,
)
from sim.estimates.ratios import NUMBERS, estimates, ratio

MANY = settings(derandomize=True, deadline=None, database=None, max_examples=150)

# Oracle S1 (research notes, oracles.json): a personal look rate, gamma with shape 1.5 and scale
# 0.04 a minute, drawn once per recipient; 20 messages each; a message leaks if its recipient looks
# within 10 minutes.
SHAPE, SCALE, CLUSTER = 1.5, 0.04, 20
SETS = 1000
ACCEPTED = range(926, 972)
"""Hits of 1,000 nominal 95 % intervals that a correct one misses once in 1,000 times (statistics,
3.12)."""


def leak(minutes: float) -> float:
    """P(a look within so many minutes), over recipients: 1 - (1 + theta d)^-k."""
    return float(1 - (1 + SCALE * minutes) ** -SHAPE)


def standard_error(recipients: int, minutes: float = 10) -> float:
    """The true standard error of the share: sqrt(p (1 - p) DEFF / n), DEFF = 1 + (m - 1) ICC."""
    p = leak(minutes)
    both = 1 - 2 * (1 + SCALE * minutes) ** -SHAPE + (1 + 2 * SCALE * minutes) ** -SHAPE
    deff = 1 + (CLUSTER - 1) * (both - p * p) / (p * (1 - p))
    return math.sqrt(p * (1 - p) * deff / (CLUSTER * recipients))


@cache
def data_sets(recipients: int, minutes: float = 10.0) -> tuple[np.ndarray, np.ndarray]:
    """Draw leaks per recipient, (recipients, sets), with deletions after `minutes` and after half
    of that."""
    rng = np.random.default_rng(20261121)
    rate = rng.gamma(SHAPE, SCALE, size=(SETS, recipients))
    first = rng.exponential(1.0, size=(CLUSTER, SETS, recipients)) / rate
    return (first < minutes).sum(axis=0).T, (first < minutes / 2).sum(axis=0).T


def hits(e: Estimates, truth: float) -> tuple[int, float]:
    """Count the data sets whose interval covers the truth, and give the median width."""
    return int(((e.low <= truth) & (truth <= e.high)).sum()), float(np.median(e.high - e.low))


def test_the_test_bed_is_oracle_s1() -> None:
    assert leak(10) == pytest.approx(0.396318389479631)
    assert standard_error(500) == pytest.approx(0.010875194069120329)


@pytest.mark.parametrize(
    ("recipients", "minutes"), [(30, 10.0), (100, 10.0), (500, 10.0), (500, 0.385)]
)
def test_the_interval_of_a_share_covers_the_truth_as_often_as_it_says_and_is_no_wider_than_it_must(
    recipients: int, minutes: float
) -> None:
    y, _ = data_sets(recipients, minutes)
    found, width = hits(share(y, CLUSTER), leak(minutes))
    assert found in ACCEPTED, f"{found} of {SETS} intervals cover the truth"
    assert width <= 1.15 * 2 * 1.96 * standard_error(recipients, minutes)


def plain_wilson(count: int, n: int) -> tuple[float, float]:
    low, high = stats.binomtest(count, n).proportion_ci(method="wilson")
    return low, high


@pytest.mark.parametrize("recipients", [30, 100])
def test_an_interval_that_takes_messages_for_independent_fails_the_check(recipients: int) -> None:
    """The wrong model: Wilson's interval for a binomial. With DEFF 4.94 it covers P(|Z| < 1.96 /
    2.22) = .62."""
    y, _ = data_sets(recipients)
    made = [plain_wilson(int(total), CLUSTER * recipients) for total in y.sum(axis=0)]
    found = sum(low <= leak(10) <= high for low, high in made)
    assert found not in ACCEPTED
    assert 560 < found < 680


def test_a_rate_drawn_again_for_every_message_would_be_noticed() -> None:
    """The wrong model: clustering lost. Its spread over data sets is the binomial one, far below
    the oracle's."""
    y, _ = data_sets(500)
    spread = np.std(y.sum(axis=0) / (CLUSTER * 500), ddof=1)
    assert spread == pytest.approx(standard_error(500), rel=4.5 / math.sqrt(2 * SETS))
    assert spread * (1 - 4.5 / math.sqrt(2 * SETS)) > 0.00489132010442889


@pytest.mark.parametrize("recipients", [30, 100])
def test_the_interval_of_a_paired_difference_covers_the_truth(recipients: int) -> None:
    late, early = data_sets(recipients)
    for found, width in (
        hits(difference(early, CLUSTER, late, CLUSTER), leak(5) - leak(10)),
        hits(changed(np.zeros_like(late), late - early, CLUSTER), leak(5) - leak(10)),
    ):
        assert found in ACCEPTED, f"{found} of {SETS} intervals cover the truth"
        truth = np.std((early - late).sum(axis=0) / (CLUSTER * recipients))
        assert width <= 1.15 * 2 * 1.96 * truth


def test_a_difference_that_forgets_the_pairing_fails_the_check() -> None:
    """The wrong model: the errors of two shares added as if their worlds were independent; far too
    wide."""
    late, early = data_sets(100)
    found, width = hits(independent_difference(early, CLUSTER, late, CLUSTER), leak(5) - leak(10))
    assert found not in ACCEPTED
    assert width > 1.5 * hits(difference(early, CLUSTER, late, CLUSTER), 0.0)[1]


def by_hand(p: float, n: float, t: float) -> tuple[float, float]:
    """Wilson's interval."""
    centre = (p + t * t / 2 / n) / (1 + t * t / n)
    half = t / (1 + t * t / n) * math.sqrt(p * (1 - p) / n + (t / 2 / n) ** 2)
    return centre - half, centre + half


def test_a_share_is_wilson_with_the_effective_number_and_a_t_quantile() -> None:
    """Hits 3 1 2 of 10 each: p = .2, residuals 1 -1 0, se^2 = 3/2 * 2 / 900; DEFF = se^2 30 / .16 =
    .625, so 1."""
    t = stats.t.ppf(0.975, 2)
    e = share([3, 1, 2], [10, 10, 10]).at()
    assert (e.value, e.low, e.high) == pytest.approx((0.2, *by_hand(0.2, 30, t)))
    assert (e.per, e.replications, e.with_events, e.df, e.design_effect) == (30.0, 3, 3, 2, 1)
    # Hits 8 0 1: p = .3, residuals 5 -3 -2, se^2 = 3/2 * 38 / 900; DEFF = se^2 30 / .21 = 9.0476:
    # 3.316 messages.
    e, effect = share([8, 0, 1], [10, 10, 10]).at(), 1.5 * 38 / 900 * 30 / 0.21
    assert (e.low, e.high) == pytest.approx(by_hand(0.3, 30 / effect, t))
    assert (e.with_events, e.design_effect) == (2, pytest.approx(effect))


def test_every_trailing_axis_is_estimated_as_if_it_were_alone() -> None:
    rng = np.random.default_rng(20261121)
    n = rng.integers(0, 9, size=(12, 3, 4))
    y = rng.binomial(n, 0.3)
    many = share(y, n, design_effect=2.0), changed(y // 2, y - y // 2, n), mean_change(y, n - y, n)
    for i in range(3):
        for j in range(4):
            a, b = y[:, i, j], n[:, i, j]
            alone = share(a, b, design_effect=2.0), changed(a // 2, a - a // 2, b)
            for whole, one in zip(many, (*alone, mean_change(a, b - a, b)), strict=True):
                numbers = [astuple(e)[:-1] for e in (whole.at(i, j), one.at())]
                assert numbers[0] == pytest.approx(numbers[1], rel=1e-12, nan_ok=True)


def test_a_share_is_a_ratio_of_sums_not_a_mean_of_ratios() -> None:
    assert share([1, 9], [1, 99]).value == pytest.approx(0.1)


def test_where_worlds_differ_in_size_a_difference_is_a_t_interval_on_residuals() -> None:
    """Of 100 and 100 against 100 and 200: .01 - .01 and so on, by hand."""
    e = difference([1, 2], [100, 100], [3, 2], [100, 200]).at()
    p, p0 = 3 / 200, 5 / 300
    residuals = [(1 - 100 * p) / 200 - (3 - 100 * p0) / 300]
    residuals.append((2 - 100 * p) / 200 - (2 - 200 * p0) / 300)
    half = stats.t.ppf(0.975, 1) * math.sqrt(2 * sum(x * x for x in residuals))
    assert (e.value, e.half_width) == pytest.approx((p - p0, half))


def test_parts_of_a_difference_are_combined_with_their_correlation() -> None:
    """Zou & Donner by hand: gained 1 0 2, lost 4 5 2 of 20 each."""
    gained, lost, n = np.array([1, 0, 2]), np.array([4, 5, 2]), np.array([20, 20, 20])
    up, down, e = share(gained, n).at(), share(lost, n).at(), changed(gained, lost, n).at()
    rho = np.corrcoef(gained, lost)[0, 1]
    a, b = up.value - up.low, down.high - down.value
    assert e.value == pytest.approx(-8 / 60)
    assert e.low == pytest.approx(e.value - math.sqrt(a * a + b * b - 2 * rho * a * b))
    a, b = up.high - up.value, down.value - down.low
    assert e.high == pytest.approx(e.value + math.sqrt(a * a + b * b - 2 * rho * a * b))


def test_with_many_worlds_that_all_change_a_difference_is_a_t_interval() -> None:
    rng = np.random.default_rng(20261121)
    gained, lost = rng.binomial(1000, 0.2, size=400), rng.binomial(1000, 0.3, size=400)
    e, d = changed(gained, lost, 1000).at(), (gained - lost) / 1000
    half = stats.t.ppf(0.975, 399) * d.std(ddof=1) / 20
    assert e.half_width == pytest.approx(half, rel=0.05)


def test_a_mean_is_a_score_interval_and_a_t_interval_where_it_is_well_known() -> None:
    """10 and 14 of 2 each: mean 6, standard error 1, v = 1/36."""
    e, t, v = mean([10.0, 14.0], [2, 2]).at(), stats.t.ppf(0.975, 1), 1 / 36
    centre, half = 1 + t * t * v / 2, t * math.sqrt(v + (t * t * v / 2) ** 2)
    assert (e.value, e.low, e.high) == pytest.approx(
        (6.0, 6 * max(centre - half, 0), 6 * (centre + half))
    )
    sums = np.random.default_rng(20261121).normal(100, 5, size=400)
    half = stats.t.ppf(0.975, 399) * sums.std(ddof=1) / 20
    assert mean(sums).at().half_width == pytest.approx(half, rel=0.01)
    assert mean([6.0], [2]).at().value == 3.0
    assert math.isnan(mean([6.0], [2]).at().low)


def test_a_mean_near_zero_is_a_share_near_zero() -> None:
    hits, n = np.array([3, 0, 2, 0, 0, 0, 0, 0] * 25), 10_000
    a, b = mean(hits, n).at(), share(hits, n).at()
    assert (a.low, a.high) == pytest.approx((b.low, b.high), rel=0.01)


def test_what_never_happened_has_a_mean_of_nothing_without_an_interval() -> None:
    e = mean([0.0, 0.0, 0.0]).at()
    assert (e.value, math.isnan(e.low), e.with_events) == (0.0, True, 0)
    assert math.isnan(mean_change([0.0, 0.0], [0.0, 0.0]).at().high)


@MANY
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30))
def test_an_interval_lies_inside_zero_and_one_holds_its_share_and_is_never_empty(
    rows: list[tuple[int, int]],
) -> None:
    y, n = np.array([min(r) for r in rows]), np.array([max(r) for r in rows])
    e = share(y, n).at()
    if n.sum() == 0:
        assert math.isnan(e.value) and e.per == 0
    else:
        assert 0 <= e.low <= e.value <= e.high <= 1
        assert e.low < e.high


@MANY
@given(st.lists(st.integers(1, 30), min_size=2, max_size=30), st.floats(1, 40), st.integers(0, 29))
def test_the_upper_limit_of_no_hits_is_not_above_that_of_one(
    of: list[int], design_effect: float, place: int
) -> None:
    none, one = np.zeros(len(of)), np.zeros(len(of))
    one[place % len(of)] = 1
    for effect in (1.0, design_effect):
        nothing, single = (share(y, of, design_effect=effect).at() for y in (none, one))
        assert nothing.low == 0 < nothing.high <= single.high + 1e-12
        mirrored = share(of, of, design_effect=effect).at()
        assert (mirrored.low, mirrored.high) == (pytest.approx(1 - nothing.high), 1.0)


def test_no_hit_is_about_as_certain_as_one() -> None:
    """0 and 1 of 1,800 in 200 worlds; the old rule said 1.9 % for none and .3 % for one."""
    of = np.full(200, 9)
    none, one = share(np.zeros(200), of).at(), share(np.eye(200)[0], of).at()
    assert 0.5 * one.high < none.high < one.high < 0.0033
    clustered = share(np.zeros(200), of, design_effect=4.0).at()
    t = stats.t.ppf(0.975, 199)
    assert clustered.high == pytest.approx(t * t / (1800 / 4 + t * t))


def test_two_policies_that_never_differ_are_not_said_to_be_equal_for_certain() -> None:
    e = difference([2, 3, 1], [10, 10, 10], [2, 3, 1], [10, 10, 10]).at()
    assert e.value == 0.0
    assert e.low == -e.high < 0 < e.high < 1
    unequal = difference([2, 4], [10, 20], [1, 2], [5, 10]).at()
    assert unequal.low < 0 < unequal.high < 1


def test_a_difference_stays_inside_and_is_not_empty_when_all_replications_differ_alike() -> None:
    wide = difference([1, 2], [10, 10], [3, 2], [10, 10]).at()
    assert -1 <= wide.low < wide.value < wide.high <= 1
    alike = difference([1, 1], [10, 10], [2, 2], [10, 10]).at()
    assert alike.low < alike.value < alike.high


def test_one_replication_says_nothing_of_a_difference_and_no_message_nothing_at_all() -> None:
    e = difference([2], [10], [3], [10]).at()
    assert e.value == pytest.approx(-0.1)
    assert math.isnan(e.low) and math.isnan(changed([1], [0], [10]).at().low)
    for nothing in (
        share([0, 0], [0, 0]),
        difference([0], [0], [1], [2]),
        changed([0], [0], [0]),
        mean([0], [0]),
        independent_difference([0], [0], [1], [2]),
    ):
        assert math.isnan(nothing.at().value)
        assert nothing.at().per == 0


def test_more_confidence_is_wider_and_more_worlds_are_narrower() -> None:
    wide, usual = (share([3, 1, 2], [10] * 3, confidence=c).at() for c in (0.99, 0.95))
    assert wide.half_width > usual.half_width > share([3, 1, 2] * 10, [10] * 30).at().half_width


def batches(worlds: int, chance: float, sets: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw worlds of which few have anything: a batch of 300 whose share of losses is that world's
    own, Beta(3, 3)."""
    rng = np.random.default_rng(20261122)
    of = np.where(rng.random((worlds, sets)) < chance, 300, 0)
    return rng.binomial(of, rng.beta(3, 3, (worlds, sets))), of


@pytest.mark.parametrize(("worlds", "chance"), [(100, 0.05), (100, 0.1), (30, 0.1)])
def test_worlds_with_nothing_to_count_make_no_interval_narrower(worlds: int, chance: float) -> None:
    """A batch mistake leaves most worlds empty; the wrong model counts them as evidence about
    spread."""
    y, n = batches(worlds, chance, SETS)
    y, n = y[:, n.any(axis=0)], n[:, n.any(axis=0)]
    found, _ = hits(share(y, n), 0.5)
    assert found / y.shape[1] > 0.926
    p, total = y.sum(axis=0) / n.sum(axis=0), n.sum(axis=0)
    error = np.sqrt(worlds / (worlds - 1) * ((y - p * n) ** 2).sum(axis=0)) / total
    wrong = (abs(p - 0.5) <= stats.t.ppf(0.975, worlds - 1) * error).sum()
    assert wrong / y.shape[1] < 0.926, "with empty worlds counted, coverage would be seen to fail"


def test_one_world_among_empty_ones_says_next_to_nothing() -> None:
    y, of = [0] * 50 + [110] + [0] * 49, [0] * 50 + [300] + [0] * 49
    e = share(y, of).at()
    assert (e.low, e.high) == (pytest.approx(0, abs=0.02), pytest.approx(1, abs=0.02))
    assert math.isnan(difference(y, of, [0] * 100, of).at().low)
    assert math.isnan(mean(y, of).at().low)
    assert e.replications == 1


def test_a_difference_of_one_world_each_has_no_interval() -> None:
    assert math.isnan(independent_difference([9], [10], [1], [10]).at().low)
    assert math.isnan(difference([1], [10], [1], [10]).at().low)


EDGES = [(-10, -5), (-5, 0), (0, 0), (0, 5), (5, 10), (10, math.inf)]
"""Bins of a few units; the last one is open."""


def binned(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Count numbers of shape (worlds, messages) in `EDGES`, and add them up; a bin holds its end
    nearer to 0."""
    size = 1 + (abs(numbers) >= 5)
    place = 2 + np.sign(numbers) * size + (numbers >= 10)
    masks = [place == k for k in range(len(EDGES))]
    counts = np.array([mask.sum(axis=1) for mask in masks]).T
    return counts, np.array([np.where(mask, numbers, 0).sum(axis=1) for mask in masks]).T


def test_a_quantile_that_is_a_point_is_that_point() -> None:
    numbers = np.repeat([[0, 0, 5, 5, 5, 5, 5, 5, 5, 5]], 30, axis=0)
    for q, point in ((0.1, 0.0), (0.5, 5.0), (0.95, 5.0)):
        e = quantile(*binned(numbers), EDGES, q).at()
        assert (e.value, e.low, e.high) == (point, point, point)


@pytest.mark.parametrize("mean", [20.0, 50.0, 80.0])
@pytest.mark.parametrize("q", [0.55, 0.7, 0.85])
def test_the_limits_of_a_quantile_are_the_extremes_that_the_mean_of_its_bin_allows(
    q: float, mean: float
) -> None:
    """Of a bin's numbers a share u is below the quantile: it is least if those are all equal to it
    and the others at the upper end, and most if those are at the lower end and the others equal to
    it. Messages are so many that nothing else is left of the interval."""
    counts = np.tile([400_000_000, 600_000_000], (50, 1))
    e = quantile(counts, counts * [0.0, mean], [(0, 0), (0, 100)], q).at()
    u = (q - 0.4) / 0.6
    least, most = (mean - (1 - u) * 100) / u, mean / (1 - u)
    assert e.low == pytest.approx(max(least, 0), abs=0.05)
    assert e.high == pytest.approx(min(most, 100), abs=0.05)


@MANY
@given(
    st.lists(st.lists(st.integers(-9, 40), min_size=4, max_size=4), min_size=3, max_size=12),
    st.sampled_from([0.25, 0.5, 0.9]),
)
def test_a_quantile_lies_in_its_bin_and_its_interval_holds_it(
    rows: list[list[int]], q: float
) -> None:
    numbers = np.array(rows)
    e = quantile(*binned(numbers), EDGES, q).at()
    exact = float(np.quantile(numbers, q, method="inverted_cdf"))
    assert e.low <= exact <= e.high
    assert e.low <= e.value <= e.high
    assert any(a <= e.value <= b and a <= exact <= b for a, b in EDGES)


def test_the_interval_of_a_quantile_covers_it() -> None:
    """Worlds with a delay of their own: exponential, with a mean that is gamma distributed."""
    rng = np.random.default_rng(20261121)
    rate = rng.gamma(4, 0.05, size=(SETS, 40, 1))
    numbers = rng.exponential(1.0, size=(SETS, 40, 10)) / rate
    for q in (0.5, 0.95):
        truth = ((1 - q) ** -0.25 - 1) / 0.05  # the mixture is Lomax
        made = [quantile(*binned(one), EDGES, q).at() for one in numbers[:300]]
        assert sum(e.low <= truth <= e.high for e in made) >= 0.92 * 300


def test_an_estimate_says_what_it_rests_on() -> None:
    e = share([0, 0, 3, 0], [5, 0, 5, 5]).at()
    assert (e.replications, e.with_events, e.df) == (3, 1, 2)
    assert e.method == "Wilson, effective number of messages, t over replications"
    assert isinstance(e, Estimate)


def test_a_difference_of_shares_does_not_leave_minus_one_to_one() -> None:
    e = difference([100, 0, 200], [100, 100, 200], [0, 0, 0], [100, 200, 100]).at()
    assert e.method.startswith("t interval") or "paired" in e.method
    assert e.high == 1.0
    assert difference([0, 0, 0], [100, 200, 100], [100, 0, 200], [100, 100, 200]).at().low == -1.0


@pytest.mark.parametrize("base_of", [(10, 20, 30), (10, 20, 31)], ids=["alike", "not alike"])
def test_a_difference_of_shares_rests_on_the_messages_of_the_first(
    base_of: tuple[int, int, int],
) -> None:
    e = difference([1, 5, 6], [10, 20, 30], [2, 5, 8], base_of).at()
    assert (e.per, e.replications) == (60, 3)
    without = difference([0, 0, 0], [0, 0, 0], [2, 5, 8], base_of).at()
    assert without.per == 0 and math.isnan(without.value)


def test_shares_of_different_messages_are_compared_by_a_t_interval_over_worlds() -> None:
    """With as many messages in every world, that of the worlds' differences of shares."""
    rng = np.random.default_rng(3)
    y, y0 = rng.binomial(100, 0.4, size=12), rng.binomial(200, 0.3, size=12)
    e = difference(y, [100] * 12, y0, [200] * 12).at()
    exact = stats.ttest_1samp(y / 100 - y0 / 200, 0).confidence_interval(0.95)
    assert (e.low, e.high) == pytest.approx((exact.low, exact.high))


def test_the_last_bit_of_a_place_does_not_depend_on_what_else_is_estimated() -> None:
    """Products are added up replication by replication, alone, as the only column and among others:
    NumPy adds up a single column in pairs, which gives other last bits."""
    rng = np.random.default_rng(7)
    y, n = rng.integers(0, 9, size=(2, 3000, 5))
    together = ratio(y, n).variance
    for k in range(5):
        assert ratio(y[:, k], n[:, k]).variance == together[k]
        assert ratio(y[:, k : k + 1], n[:, k : k + 1]).variance[0] == together[k]
    residual = y[:, 0] - np.sum(y[:, 0]) / np.sum(n[:, 0]) * n[:, 0]
    assert np.sum(residual**2) != np.cumsum(residual**2)[-1], "the wrong order shows here"


def test_a_skewed_mean_ends_where_the_t_statistic_that_hall_corrects_for_skewness_does() -> None:
    """Wrong: a t interval, whose ends are as far on both sides."""
    y = np.array([1.0, 1.0, 2.0, 1.0, 9.0, 0.0, 1.0, 2.0])
    e, deviations = skewed_mean(y).at(), y - y.mean()
    a = np.mean(deviations**3) / np.mean(deviations**2) ** 1.5 / np.sqrt(y.size)
    t = stats.t.ppf(0.975, y.size - 1)
    for end, expected in ((e.low, t), (e.high, -t)):
        statistic = (y.mean() - end) / (y.std(ddof=1) / np.sqrt(y.size))
        corrected = statistic + a * statistic**2 / 3 + a**2 * statistic**3 / 27 + a / 6
        assert corrected == pytest.approx(expected, rel=1e-9)
    assert e.high - e.value > 1.5 * (e.value - e.low)
    even = skewed_mean([1.0, 2.0, 3.0]).at()  # no skewness: a t interval
    half = stats.t.ppf(0.975, 2) / np.sqrt(3)
    assert (even.low, even.high) == pytest.approx((max(2 - half, 0), 2 + half))


def test_one_world_that_changes_among_others_is_enough_for_limits_of_a_mean_change() -> None:
    e = mean_change([3.0, 0.0, 0.0], [0.0, 0.0, 0.0], [2, 2, 2]).at()
    assert math.isfinite(e.low) and math.isfinite(e.high)
    nothing = mean_change([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [2, 2, 2]).at()
    assert math.isnan(nothing.low) and math.isnan(nothing.high)


def test_a_quantile_has_limits_from_two_worlds_on() -> None:
    numbers = np.array([[0, 1, 6, 12], [2, 3, 7, 20]])
    assert math.isnan(quantile(*binned(numbers[:1]), EDGES, 0.5).at().low)
    two = quantile(*binned(numbers), EDGES, 0.5).at()
    assert (two.replications, two.df) == (2, 1)
    many = quantile(*binned(np.tile(numbers, (8, 1))), EDGES, 0.5).at()
    assert (many.replications, many.df) == (16, 15)
    assert math.isfinite(two.low) and math.isfinite(two.high)


def test_the_limits_of_a_quantile_know_how_worlds_cluster() -> None:
    """The design effect is that of the share below the bin, the larger of its two ends'."""
    rng = np.random.default_rng(4)
    clustered = np.repeat(rng.integers(-9, 40, size=(30, 1)), 8, axis=1)
    counts, sums = binned(clustered)
    e = quantile(counts, sums, EDGES, 0.5).at()
    total = counts.sum(axis=1)
    place = int(np.searchsorted(np.cumsum(counts.sum(axis=0)) / total.sum(), 0.5))
    ends = [np.cumsum(counts, axis=1)[:, max(place - 1, 0)], np.cumsum(counts, axis=1)[:, place]]
    effects = [share(end, total).at().design_effect for end in ends]
    assert e.design_effect == pytest.approx(np.nanmax(effects))
    assert e.design_effect > 5, "all messages of a world are alike"
    alone = quantile(*binned(clustered.reshape(-1, 1)), EDGES, 0.5).at()
    assert e.high - e.low >= alone.high - alone.low


def test_what_is_not_there_is_one_nan_whatever_the_sign_it_is_computed_with() -> None:
    signs = np.array([np.nan, -np.nan, 1.0])
    found = estimates("x", **dict.fromkeys(NUMBERS, signs))
    bits = {int(one) for name in NUMBERS for one in getattr(found, name)[:2].view(np.int64)}
    assert len(bits) == 1
    assert len(set(signs[:2].view(np.int64).tolist())) == 2, "what would be left without it"
