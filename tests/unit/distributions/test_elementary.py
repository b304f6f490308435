"""Our own exponential and logarithm: right to one unit in the last place, and the same bits one by
one and in bulk."""

from __future__ import annotations

from collections.abc import Callable
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
