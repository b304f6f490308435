"""Means, words, and the length-biased distribution that an equilibrium start needs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.distributions.distribution import Distribution, distribution_of
from sim.distributions.table import Z_COUNT
from sim.draws import uniforms
from sim.world.looks import _length_biased

from ..making import assert_follows, distribution
from .cases import CASES, LENGTH_BIASED, Case, biased_uniform
from .cases import case as named

EMPIRICAL = {"dist": "empirical", "p": [0, 0.5, 0.9, 1], "values": ["2 s", "10 s", "12 s", "30 s"]}
MIXED = {
    "dist": "mixture",
    "parts": [
        {"weight": 0.3, "distribution": {"dist": "constant", "value": "5 s"}},
        {"weight": 0.7, "distribution": {"dist": "exponential", "mean": "20 s"}},
    ],
}


def integrated(mine: Distribution) -> float:
    """Integrate the quantile function over (0, 1), along z = log(u / (1 - u)) so that both tails
    count."""
    z = np.linspace(-36.0, 36.0, 144_001)
    p = 1 / (1 + np.exp(-z))
    return float(
        np.trapezoid(
            mine.quantile(np.clip(p, 1e-300, 1 - 2.0**-53))
            * np.exp(-np.abs(z))
            / (1 + np.exp(-np.abs(z))) ** 2,
            z,
        )
    )


@pytest.mark.parametrize(
    "table",
    [*(c.table for c in CASES), EMPIRICAL, MIXED],
    ids=lambda t: " ".join(map(str, t.values()))[:40],
)
def test_the_mean_is_the_integral_of_the_quantiles(table: dict[str, Any]) -> None:
    mine = distribution(table)
    assert mine.mean() == pytest.approx(integrated(mine), rel=1e-4)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_the_mean_is_scipys(case: Case) -> None:
    assert distribution(case.table).mean() == pytest.approx(case.twin.mean(), rel=1e-9)


def test_a_distribution_without_a_mean_says_so() -> None:
    assert distribution({"dist": "loglogistic", "median": "10 s", "shape": 1.0}).mean() == math.inf
    assert distribution({"dist": "never"}).mean() == math.inf
    never = {
        "dist": "mixture",
        "parts": [
            {"weight": 0.5, "distribution": {"dist": "never"}},
            {"weight": 0.5, "distribution": {"dist": "constant", "value": "5 s"}},
        ],
    }
    assert distribution(never).mean() == math.inf


def covering(mine: Distribution, us: Any) -> Any:
    """Draw the interval that covers a fixed instant, as the look streams do."""
    pool = np.concatenate([mine.pool, mine.length_biased()])
    out = np.array(us)
    _length_biased(pool, 0, mine.pool.size, out)
    return out


U = np.concatenate([[1e-6, 1e-4], np.linspace(0.005, 0.995, 67), [1 - 1e-4, 1 - 1e-6]])


@pytest.mark.parametrize(
    ("table", "biased"), LENGTH_BIASED, ids=lambda x: x["dist"] if isinstance(x, dict) else ""
)
def test_the_interval_that_covers_an_instant_has_the_closed_form(
    table: dict[str, Any], biased: Any
) -> None:
    us = (
        U[:-1] if table.get("sigma") == 3.0 else U
    )  # its last point needs shares beyond 1 - 1e-14: out of reach
    np.testing.assert_allclose(covering(distribution(table), us), biased.ppf(us), rtol=2e-3)
    u = uniforms(3, "doc", np.arange(20_000, dtype=np.uint64))
    assert_follows(covering(distribution(table), u), biased.cdf)


@pytest.mark.parametrize(
    "table",
    [table for table, _ in LENGTH_BIASED],
    ids=lambda t: f"{t['dist']} {t.get('shape', '')}",
)
def test_an_ordinary_gap_is_not_one_that_covers_an_instant(table: dict[str, Any]) -> None:
    """The wrong model: the distribution itself in place of its length-biased version (a cold start) fails
    the check."""
    biased = next(b for t, b in LENGTH_BIASED if t is table)
    u = uniforms(3, "doc", np.arange(20_000, dtype=np.uint64))
    with pytest.raises(AssertionError, match="away from its distribution"):
        assert_follows(distribution(table).quantile(u), biased.cdf)


def test_a_uniform_interval_that_covers_an_instant_has_the_closed_form() -> None:
    mine = distribution({"dist": "uniform", "low": "2 s", "high": "9 s"})
    np.testing.assert_allclose(
        covering(mine, U), [biased_uniform(2e6, 9e6, u) for u in U], rtol=2e-4
    )


def test_an_interval_of_two_lengths_is_met_in_proportion_to_length() -> None:
    parts = [
        {"weight": 0.75, "distribution": {"dist": "constant", "value": "10 s"}},
        {"weight": 0.25, "distribution": {"dist": "constant", "value": "90 s"}},
    ]
    met = covering(
        distribution({"dist": "mixture", "parts": parts}), np.linspace(0.0005, 0.9995, 1000)
    )
    assert sorted(set(np.rint(met / 1e6))) == [10, 90]
    assert np.mean(met > 5e7) == pytest.approx(0.25 * 90 / (0.25 * 90 + 0.75 * 10), abs=0.003)


def test_the_tabulated_shares_increase_over_the_whole_grid() -> None:
    for case in CASES:
        z = distribution(case.table).length_biased()
        assert z.shape == (Z_COUNT,)
        assert np.all(np.diff(z) >= 0)


@pytest.mark.parametrize(
    "table", ["0 s", {"dist": "never"}, {"dist": "loglogistic", "median": "1 s", "shape": 0.9}]
)
def test_an_equilibrium_start_needs_a_finite_positive_mean(table: Any) -> None:
    with pytest.raises(ValueError, match="mean is zero or infinite; the equilibrium start needs"):
        distribution(table).length_biased()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("5 s", "always 5 s"),
        ({"dist": "never"}, "never"),
        (
            {"dist": "uniform", "low": "0 s", "high": "10 s"},
            "uniform: mean 5 s, p10 1 s, median 5 s, p90 9 s, p99 9.9 s",
        ),
        (
            {"dist": "scipy", "family": "expon", "unit": "s"},
            "expon: mean 1 s, p10 105.4 ms, median 693.1 ms, p90 2.303 s, p99 4.605 s",
        ),
        (
            {"dist": "loglogistic", "median": "1 s", "shape": 1.0},
            "loglogistic: mean never, p10 111.1 ms, median 1 s, p90 9 s, p99 1.65 min",
        ),
    ],
)
def test_a_distribution_says_itself_in_words(table: Any, words: str) -> None:
    assert distribution(table).describe() == words


def test_a_number_distribution_says_itself_in_numbers() -> None:
    assert distribution(1.5, number=True).describe() == "always 1.5"
    said = distribution({"dist": "lognormal", "median": 1.0, "sigma": 0.76}, number=True).describe()
    assert said == "lognormal: mean 1.335, p10 0.3776, median 1, p90 2.648, p99 5.859"


def test_equal_families_share_one_law() -> None:
    one, two = (distribution(named("lognormal 23 s 1.43").table).family for _ in range(2))
    assert one is not two
    assert distribution_of(one) is distribution_of(two)
