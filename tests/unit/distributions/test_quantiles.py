"""Inverse distribution functions: against SciPy, against their own distribution function, in every
way of calling."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
import scipy.special

from sim.clock import NEVER
from sim.distributions import quantile as q
from sim.distributions.elementary import normal_quantile
from sim.distributions.families import scipy as families
from sim.distributions.table import Z_COUNT
from sim.draws import uniforms

from ..making import assert_follows, distribution
from .cases import CASES, EXACT, TABULATED, Case, scipys
from .cases import case as named

U = np.concatenate([10.0 ** np.arange(-15, -1), np.linspace(0.01, 0.99, 197)])
TOP = 10.0 ** -np.arange(2, 13, dtype=float)
"""Shares above a quantile, for the upper tail, where 1 - share has lost its last figures."""


def by_name(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_a_quantile_is_scipys_to_the_promised_accuracy(case: Case) -> None:
    mine = distribution(case.table)
    np.testing.assert_allclose(
        mine.quantile(U), case.twin.ppf(U), rtol=case.accuracy, atol=1e-6
    )  # a millionth of 1 us
    upper = 1.0 - TOP
    # In the upper tail the share 1 - u is itself rounded to 1.1e-16: allow what that moves the
    # quantile by.
    slack = np.abs(case.twin.isf(TOP * (1 + 1.2e-16 / TOP)) / case.twin.isf(TOP) - 1)
    assert np.all(np.abs(mine.quantile(upper) / case.twin.isf(TOP) - 1) <= case.accuracy + slack)


def test_a_distribution_of_the_same_mean_is_not_accurate_enough() -> None:
    """The wrong model: exponential for gamma of shape 0.98 is off by far more than the promise."""
    near = distribution({"dist": "gamma", "mean": "10 s", "shape": 0.98}).quantile(U)
    assert np.max(np.abs(near / named("gamma 10 s 1.0").twin.ppf(U) - 1)) > 100 * TABULATED


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_the_distribution_function_undoes_the_quantile(case: Case) -> None:
    mine = distribution(case.table)
    inside = U[(U > 1e-9) & (U < 0.999)]
    back = np.array([mine.cdf(x) for x in mine.quantile(inside)])
    np.testing.assert_allclose(back, inside, rtol=1e-9)
    np.testing.assert_allclose(
        back, case.twin.cdf(mine.quantile(inside)), rtol=20 * case.accuracy + 1e-9
    )
    assert mine.cdf(-1.0) == 0.0
    assert mine.cdf(1e30) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_quantiles_never_decrease(case: Case) -> None:
    u = np.sort(np.concatenate([U, 1 - TOP, np.linspace(0.3, 0.31, 5000)]))
    assert np.all(np.diff(distribution(case.table).quantile(u)) >= 0)


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_drawn_values_follow_the_distribution(case: Case) -> None:
    u = uniforms(3, "doc", np.arange(20_000, dtype=np.uint64))
    assert_follows(distribution(case.table).quantile(u), case.twin.cdf)
    with pytest.raises(AssertionError, match="away from its distribution"):
        assert_follows(
            1.1 * distribution(case.table).quantile(u) + 0.02 * case.twin.mean(), case.twin.cdf
        )


def test_the_normal_quantile_has_sixteen_figures() -> None:
    u = np.concatenate([10.0 ** -np.arange(1, 300, 7, dtype=float), np.linspace(0.001, 0.999, 999)])
    mine = np.array([normal_quantile(x) for x in u])
    np.testing.assert_allclose(mine, scipy.special.ndtri(u), rtol=2e-15, atol=1e-16)


@numba.njit
def _from_a_kernel(pool, us, out):
    for i in range(us.size):
        out[i] = q.quantile(pool, 0, us[i])


ATOMS = {
    "dist": "mixture",
    "parts": [
        {"weight": 0.25, "distribution": {"dist": "constant", "value": "5 s"}},
        {"weight": 0.5, "distribution": {"dist": "lognormal", "median": "20 s", "sigma": 1.0}},
        {"weight": 0.25, "distribution": {"dist": "never"}},
    ],
}


@pytest.mark.parametrize(
    "table", [*(case.table for case in CASES), ATOMS], ids=lambda t: t.get("family", t["dist"])
)
def test_a_kernel_and_a_plain_call_get_the_same_bits(table: dict[str, object]) -> None:
    """Both engines call one scalar function; NumPy's array functions would differ in the last
    bit."""
    mine, u = distribution(table), uniforms(8, "doc", np.arange(2000, dtype=np.uint64))
    kernel = np.empty(u.size)
    _from_a_kernel(mine.pool, u, kernel)
    np.testing.assert_array_equal(kernel, np.array([q.quantile(mine.pool, 0, x) for x in u]))
    np.testing.assert_array_equal(kernel, mine.quantile(u))
    behind = np.concatenate([np.full(7, 99.0), mine.pool])
    np.testing.assert_array_equal(
        kernel,
        np.array([q.quantile(behind, 7, x) for x in u]),
        "distributions may lie anywhere in a pool",
    )


def test_array_functions_would_not_give_the_same_bits() -> None:
    """The wrong model that the rule above guards against, where NumPy's exp differs from the C
    library's at all."""
    x = np.linspace(-3, 3, 100_001)
    differing = np.count_nonzero(np.exp(x) != np.array([math.exp(v) for v in x]))
    assert 0 <= differing < x.size / 4


def test_durations_are_rounded_once_ties_to_even_and_the_absurdly_long_is_never() -> None:
    given = [0.0, 0.5, 1.5, 2.5, 2.4999, 3.9e18, 4.1e18, math.inf]
    assert [int(q.to_micros(x)) for x in given] == [
        0,
        0,
        2,
        2,
        2,
        3_900_000_000_000_000_000,
        NEVER,
        NEVER,
    ]


def test_constants_and_never_are_what_they_say() -> None:
    assert distribution("5 s").quantile(U).tolist() == [5e6] * U.size
    assert np.all(np.isinf(distribution({"dist": "never"}).quantile(U)))
    assert [distribution("5 s").cdf(x) for x in (4_999_999.0, 5e6)] == [0.0, 1.0]
    assert distribution({"dist": "never"}).cdf(1e18) == 0.0


def test_a_mixture_with_atoms_and_never_is_inverted_exactly() -> None:
    mine = distribution(ATOMS)
    inner = named("lognormal 23 s 1.43").twin.__class__(
        named("lognormal 23 s 1.43").twin.dist, 1.0, scale=20e6
    )
    jump = 0.5 * inner.cdf(5e6)  # the share of the lognormal part below the atom
    u = np.array(
        [jump * 0.5, jump + 1e-9, jump + 0.1, jump + 0.25 - 1e-9, 0.6, 0.7499, 0.7501, 0.9]
    )
    below = inner.ppf(u[0] / 0.5)
    above = inner.ppf((u[4:6] - 0.25) / 0.5)
    np.testing.assert_allclose(
        mine.quantile(u), [below, 5e6, 5e6, 5e6, *above, math.inf, math.inf], rtol=1e-9
    )
    assert mine.cdf(5e6) - mine.cdf(5e6 - 1) == pytest.approx(0.25, abs=1e-6)


def test_an_empirical_table_is_read_by_straight_lines() -> None:
    mine = distribution(
        {"dist": "empirical", "p": [0, 0.5, 0.9, 1], "values": ["2 s", "10 s", "10 s", "30 s"]}
    )
    u = np.array([1e-12, 0.25, 0.5, 0.7, 0.9, 0.95, 1 - 1e-12])
    np.testing.assert_allclose(
        mine.quantile(u), [2e6, 6e6, 10e6, 10e6, 10e6, 20e6, 30e6], rtol=1e-9
    )
    assert [mine.cdf(x) for x in (1.9e6, 2e6, 6e6, 20e6, 31e6)] == pytest.approx(
        [0, 0, 0.25, 0.95, 1]
    )


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (scipys("norm"), "negative or infinite values"),
        (scipys("lognorml", s=1.0), '"lognorml" is not a continuous family'),
        (scipys("poisson", mu=3.0), '"poisson" is not a continuous family'),
        (scipys("os"), '"os" is not a continuous family'),
        (scipys("gamma"), "gamma takes a, and loc and scale"),
        (scipys("gamma", a=1.0, b=2.0), "gamma takes a, and loc and scale"),
    ],
)
def test_a_family_of_scipy_that_cannot_be_a_duration_is_refused(
    table: dict[str, object], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        distribution(table)


def test_a_family_whose_table_takes_minutes_is_refused_after_a_few_points() -> None:
    with pytest.raises(
        ValueError,
        match=r"studentized_range would take about \d[\d,]* s to tabulate .*; choose others",
    ):
        distribution(scipys("studentized_range", k=3.1, df=10.0))


def test_a_table_that_takes_no_longer_than_it_may_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    table = scipys("lomax", c=2.5, scale=7.0)
    monkeypatch.setattr(families, "_seconds", lambda frozen, tails: 0.9 * allowed * tails.size)
    allowed = families.LONGEST / Z_COUNT
    assert distribution(table).quantile(U).size == U.size
    allowed *= 1.2
    with pytest.raises(ValueError, match="lomax would take about 22 s"):
        distribution(scipys("lomax", c=2.5, scale=8.0))


def test_a_family_that_scipy_cannot_invert_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"SciPy finds no quantiles of the family.*; choose others"
    ):
        distribution(scipys("kstwo", n=100_000))


def test_the_promise_for_closed_forms_is_kept_with_room() -> None:
    assert EXACT < 1e-12 < TABULATED
