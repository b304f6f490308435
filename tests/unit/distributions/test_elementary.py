"""Our own exponential and logarithm: right to one unit in the last place, and the same bits one by
one and in bulk."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from sim.compiling import njit
from sim.distributions import elementary
from sim.draws import uniforms

Floats = npt.NDArray[np.float64]

U = uniforms(17, "test.elementary", np.arange(400_000, dtype=np.uint64))


@njit
def _exp_of(xs, out):
    for i in range(xs.size):
        out[i] = elementary.exp(xs[i])


@njit
def _log_of(xs, out):
    for i in range(xs.size):
        out[i] = elementary.log(xs[i])


@njit
def _log_rest_of(xs, out):
    for i in range(xs.size):
        out[i] = elementary.log_rest(xs[i])


def bulk(function: Callable[..., Any], xs: Floats) -> Floats:
    out = np.empty_like(xs)
    function(xs, out)
    return out


def units_off(got: Floats, exact: npt.NDArray[np.longdouble]) -> float:
    """Give the largest error in units of the last place of the exact value, which has more
    places."""
    ulp = np.spacing(np.abs(exact.astype(np.float64)))
    return float(np.max(np.abs(got.astype(np.longdouble) - exact) / ulp))


def precise(function: Any, xs: Floats) -> npt.NDArray[np.longdouble]:
    values: npt.NDArray[np.longdouble] = function(xs.astype(np.longdouble))
    return values


CASES = [
    (_exp_of, np.exp, (U - 0.5) * 1400),
    (_exp_of, np.exp, (U - 0.5) * 2),
    (_log_of, np.log, U),
    (_log_of, np.log, np.exp((U - 0.5) * 1400)),
    (_log_of, np.log, 1 + (U - 0.5) * 1e-3),
    (_log_rest_of, lambda x: np.log1p(-x), U),
    (_log_rest_of, lambda x: np.log1p(-x), U * 2.0**-30),
]

needs_long_double = pytest.mark.skipif(
    np.finfo(np.longdouble).nmant < 60, reason="long double is no longer here"
)


@needs_long_double
@pytest.mark.parametrize(("function", "exact", "xs"), CASES)
def test_a_value_is_right_to_one_unit_in_the_last_place(
    function: Any, exact: Any, xs: Floats
) -> None:
    assert units_off(bulk(function, xs), precise(exact, xs)) < 1.0


@needs_long_double
def test_the_check_sees_a_value_that_is_off_in_its_last_places() -> None:
    """The wrong model: off by one part in 10^15."""
    assert units_off(bulk(_log_of, U) * (1 + 1e-15), precise(np.log, U)) > 1.0


@pytest.mark.parametrize(("function", "exact", "xs"), CASES)
def test_one_by_one_and_in_bulk_the_bits_are_the_same(
    function: Any, exact: Any, xs: Floats
) -> None:
    few = xs[:3_000]
    one_by_one = np.concatenate([bulk(function, few[i : i + 1]) for i in range(few.size)])
    np.testing.assert_array_equal(bulk(function, few).view(np.int64), one_by_one.view(np.int64))


def test_the_exponential_ends_where_it_says() -> None:
    ends = bulk(_exp_of, np.array([-np.inf, -709.0, -708.0, 0.0, 709.0, 1e300]))
    assert ends[0] == ends[1] == ends[2] > 0
    assert ends[3] == 1.0
    assert ends[4] == ends[5] < np.inf


def script() -> Any:
    """Load docs/elementary.py, which computes the coefficients with mpmath."""
    file = Path(__file__).parents[3] / "docs" / "elementary.py"
    spec = importlib.util.spec_from_file_location("elementary_script", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["elementary_script"] = module  # where its dataclass looks for its annotations
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def computed() -> Any:
    return script()


def test_the_coefficients_are_near_the_best_of_their_form(computed: Any) -> None:
    assert computed.log2_in_two() == (elementary.LN2_HIGH, elementary.LN2_LOW)
    for form in computed.FORMS:
        ours = computed.errors_of(form, *computed.in_use(form))
        best = computed.errors_of(form, *computed.best(form))
        assert computed.largest(best) <= computed.largest(ours) < 1e-16, form.name


def test_coefficients_of_a_taylor_series_are_a_worse_approximation(computed: Any) -> None:
    """The wrong model: Taylor coefficients fail the check above by far."""
    taylor = [1 / 6, -1 / 360, 1 / 15120, -1 / 604800, 1 / 23950080]
    assert computed.largest(computed.errors_of(computed.FORMS[0], taylor, [1.0])) > 1e-16


def test_the_errors_against_mpmath_are_within_what_the_module_says(computed: Any) -> None:
    said = {"exp": 0.85, "log": 0.85, "log_rest": 0.85, "normal_quantile": 4.92}
    found = list(computed.largest_errors(1_000))
    assert {name for name, _, _ in found} == set(said)
    for name, where, error in found:
        assert error <= said[name], f"{name}, {where}"
