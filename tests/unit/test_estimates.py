"""Intervals: formulas on small cases by hand, sense at 0 and 1, and honest coverage on clustered
data (oracle S1)."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.estimates import NOTHING, Estimate, difference, difference_apart, mean, share

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
    """Draw leaks per recipient, (sets, recipients), with deletions after `minutes` and after half
    of that."""
    rng = np.random.default_rng(20261121)
    rate = rng.gamma(SHAPE, SCALE, size=(SETS, recipients))
    first = rng.exponential(1.0, size=(CLUSTER, SETS, recipients)) / rate
    return (first < minutes).sum(axis=0), (first < minutes / 2).sum(axis=0)


def hits(interval: Callable[[int], Estimate], truth: float) -> tuple[int, float]:
    """Count the data sets whose interval covers the truth, and give the median width."""
    made = [interval(k) for k in range(SETS)]
    return sum(e.low <= truth <= e.high for e in made), float(
        np.median([e.high - e.low for e in made])
    )


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
    of = np.full(recipients, CLUSTER)
    found, width = hits(lambda k: share(y[k], of), leak(minutes))
    assert found in ACCEPTED, f"{found} of {SETS} intervals cover the truth"
    assert width <= 1.15 * 2 * 1.96 * standard_error(recipients, minutes)


def plain_wilson(count: int, n: int) -> Estimate:
    low, high = stats.binomtest(count, n).proportion_ci(method="wilson")
    return Estimate(count / n, low, high, n, 1)


@pytest.mark.parametrize("recipients", [30, 100])
def test_an_interval_that_takes_messages_for_independent_fails_the_check(recipients: int) -> None:
    """The wrong model: Wilson's interval for a binomial. With DEFF 4.94 it covers P(|Z| < 1.96 /
    2.22) = .62."""
    y, _ = data_sets(recipients)
    found, _ = hits(lambda k: plain_wilson(int(y[k].sum()), CLUSTER * recipients), leak(10))
    assert found not in ACCEPTED
    assert 560 < found < 680


def test_a_rate_drawn_again_for_every_message_would_be_noticed() -> None:
    """The wrong model: clustering lost. Its spread over data sets is the binomial one, far below
    the oracle's."""
    y, _ = data_sets(500)
    spread = np.std(y.sum(axis=1) / (CLUSTER * 500), ddof=1)
    assert spread == pytest.approx(standard_error(500), rel=4.5 / math.sqrt(2 * SETS))
    assert spread * (1 - 4.5 / math.sqrt(2 * SETS)) > 0.00489132010442889


@pytest.mark.parametrize("recipients", [30, 100])
def test_the_interval_of_a_paired_difference_covers_the_truth(recipients: int) -> None:
    late, early = data_sets(recipients)
    of = np.full(recipients, CLUSTER)
    found, _ = hits(lambda k: difference(early[k], of, late[k], of), leak(5) - leak(10))
    assert found in ACCEPTED, f"{found} of {SETS} intervals cover the truth"


def test_a_difference_that_forgets_the_pairing_fails_the_check() -> None:
    """The wrong model: the errors of two shares added as if their worlds were independent; far too
    wide."""
    late, early = data_sets(100)
    of = np.full(100, CLUSTER)

    def unpaired(k: int) -> Estimate:
        a, b = share(early[k], of), share(late[k], of)
        half = math.hypot(a.half_width, b.half_width)
        return Estimate(
            a.value - b.value, a.value - b.value - half, a.value - b.value + half, 1, 100
        )

    found, width = hits(unpaired, leak(5) - leak(10))
    assert found not in ACCEPTED
    assert width > 1.5 * hits(lambda k: difference(early[k], of, late[k], of), 0.0)[1]


def test_a_share_is_wilson_with_the_effective_number_and_a_t_quantile() -> None:
    """Hits 3 1 2 of 10 each: p = .2, residuals 1 -1 0, se^2 = 3/2 * 2 / 900; DEFF = se^2 30 / .16 =
    .625, so 1."""
    t = stats.t.ppf(0.975, 2)
    n, p = 30.0, 0.2
    centre, half = (
        (p + t * t / 2 / n) / (1 + t * t / n),
        t / (1 + t * t / n) * math.sqrt(p * (1 - p) / n + (t / 2 / n) ** 2),
    )
    e = share([3, 1, 2], [10, 10, 10])
    assert (e.value, e.low, e.high) == pytest.approx((p, centre - half, centre + half))
    assert (e.per, e.replications) == (30.0, 3)
    # Hits 8 0 1: p = .3, residuals 5 -3 -2, se^2 = 3/2 * 38 / 900; DEFF = se^2 30 / .21 = 9.0476:
    # 3.316 messages.
    e, n, p = share([8, 0, 1], [10, 10, 10]), 30 / (1.5 * 38 / 900 * 30 / 0.21), 0.3
    centre, half = (
        (p + t * t / 2 / n) / (1 + t * t / n),
        t / (1 + t * t / n) * math.sqrt(p * (1 - p) / n + (t / 2 / n) ** 2),
    )
    assert (e.low, e.high) == pytest.approx((centre - half, centre + half))


def test_a_share_is_a_ratio_of_sums_not_a_mean_of_ratios() -> None:
    assert share([1, 9], [1, 99]).value == pytest.approx(0.1)


def test_a_difference_and_a_mean_are_t_intervals_on_residuals() -> None:
    """Differences -.02 and 0 of 100 messages each: mean -.01, standard error .01, t(1) = 12.706."""
    e = difference([1, 2], [100, 100], [3, 2], [100, 100])
    assert (e.value, e.half_width) == pytest.approx((-0.01, stats.t.ppf(0.975, 1) * 0.01))
    m = mean([10.0, 14.0], [2, 2])  # means 5 and 7: 6 with standard error 1
    assert (m.value, m.half_width) == pytest.approx((6.0, stats.t.ppf(0.975, 1)))
    assert mean([6.0], [2]).value == 3.0
    assert math.isnan(mean([6.0], [2]).low)


@MANY
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30))
def test_an_interval_lies_inside_zero_and_one_holds_its_share_and_is_never_empty(
    rows: list[tuple[int, int]],
) -> None:
    y, n = np.array([min(r) for r in rows]), np.array([max(r) for r in rows])
    e = share(y, n)
    if n.sum() == 0:
        assert e == NOTHING or (math.isnan(e.value) and e.per == 0)
    else:
        assert 0 <= e.low <= e.value <= e.high <= 1
        assert e.low < e.high


@pytest.mark.parametrize("replications", [1, 2, 30])
def test_no_hits_and_only_hits_leave_room_for_doubt(replications: int) -> None:
    of = [5] * replications
    none, all_of = share([0] * replications, of), share(of, of)
    assert (none.low, all_of.high) == (0.0, 1.0)
    assert none.high == pytest.approx(1 - all_of.low)
    assert none.high > 2.0 / (5 * replications), (
        "not narrower than for so many independent messages"
    )


def test_two_policies_that_never_differ_are_not_said_to_be_equal_for_certain() -> None:
    e = difference([2, 3, 1], [10, 10, 10], [2, 3, 1], [10, 10, 10])
    assert e.value == 0.0
    assert e.low == -e.high < 0 < e.high < 1


def test_a_difference_stays_inside_and_is_not_empty_when_all_replications_differ_alike() -> None:
    wide = difference([1, 2], [10, 10], [3, 2], [10, 10])
    assert -1 <= wide.low < wide.value < wide.high <= 1
    alike = difference([1, 1], [10, 10], [2, 2], [10, 10])
    assert alike.low < alike.value < alike.high


def test_one_replication_says_nothing_of_a_difference_and_no_message_nothing_at_all() -> None:
    e = difference([2], [10], [3], [10])
    assert e.value == pytest.approx(-0.1)
    assert math.isnan(e.low)
    for nothing in (
        share([], []),
        share([0, 0], [0, 0]),
        difference([0], [0], [1], [2]),
        mean([], []),
    ):
        assert math.isnan(nothing.value)
        assert nothing.per == 0


def test_more_confidence_is_wider_and_more_worlds_are_narrower() -> None:
    wide, usual = (share([3, 1, 2], [10] * 3, confidence=c).half_width for c in (0.99, 0.95))
    assert wide > usual > share([3, 1, 2] * 10, [10] * 30).half_width


def batches(worlds: int, chance: float, sets: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Draw worlds of which few have anything: a batch of 300 whose share of losses is that world's
    own, Beta(3, 3)."""
    rng = np.random.default_rng(20261122)
    out = []
    for _ in range(sets):
        of = np.where(rng.random(worlds) < chance, 300, 0)
        out.append((rng.binomial(of, rng.beta(3, 3, worlds)), of))
    return out


@pytest.mark.parametrize(("worlds", "chance"), [(100, 0.05), (100, 0.1), (30, 0.1)])
def test_worlds_with_nothing_to_count_make_no_interval_narrower(worlds: int, chance: float) -> None:
    """A batch mistake leaves most worlds empty; the wrong model counts them as evidence about
    spread."""
    made = [(y, n) for y, n in batches(worlds, chance, SETS) if n.any()]
    covered = sum(e.low <= 0.5 <= e.high for e in (share(y, n) for y, n in made))
    assert covered / len(made) > 0.926
    wrong = 0
    for y, n in made:
        p, total = y.sum() / n.sum(), n.sum()
        error = math.sqrt(worlds / (worlds - 1) * ((y - p * n) ** 2).sum()) / total
        wrong += abs(p - 0.5) <= stats.t.ppf(0.975, worlds - 1) * error
    assert wrong / len(made) < 0.926, "with empty worlds counted, coverage would be seen to fail"


def test_one_world_among_empty_ones_says_next_to_nothing() -> None:
    hits, of = [0] * 50 + [110] + [0] * 49, [0] * 50 + [300] + [0] * 49
    e = share(hits, of)
    assert (e.low, e.high) == (pytest.approx(0, abs=0.02), pytest.approx(1, abs=0.02))
    assert math.isnan(difference(hits, of, [0] * 100, of).low)
    assert math.isnan(mean(hits, of).low)
    assert e.replications == 1


def test_a_difference_of_one_world_each_has_no_interval() -> None:
    assert math.isnan(difference_apart([9], [10], [1], [10]).low)
    assert math.isnan(difference([1], [10], [1], [10]).low)
