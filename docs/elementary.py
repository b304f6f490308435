"""Measure the errors of `sim.distributions.elementary` and of the coefficients in it.

Run from the repository's root: `python docs/elementary.py [points]`. Needs mpmath.

The coefficients are compared with the best of their form (those whose largest error is smallest),
found by the Remez exchange algorithm: at the points where the error is largest, with alternating
signs, solve for coefficients that make it equal there, and start again from the new largest errors.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

import mpmath
from mpmath import mpf

from sim.distributions import elementary

Real = Any
"""A number of mpmath, which has no types."""

mpmath.mp.dps = 60

HALF_LOG2_SQUARED = (mpmath.log(2) / 2) ** 2
"""The largest r^2 in `exp`."""
ROOT2_SQUARED = (3 - 2 * mpmath.sqrt(2)) ** 2
"""The largest s^2 in `log`: s = f / (2 + f) at 1 + f = sqrt(2)."""
TINY = mpf(10) ** -9
"""A lower end in place of 0, where a weighted error is 0 whatever the coefficients."""


@dataclass(frozen=True)
class Form:
    """A ratio of polynomials (the lower one begins with 1) to be near a function."""

    name: str
    function: Callable[[Real], Real]
    weight: Callable[[Real], Real]
    """What the error is multiplied with before it is compared."""
    degrees: tuple[int, int]
    low: Real
    high: Real


def polynomial(coefficients: list[Real], x: Real) -> Real:
    """Evaluate a polynomial; its coefficients begin with the constant."""
    value = mpf(0)
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value


def _equal_errors(form: Form, points: list[Real], bottom: list[Real]) -> tuple[Any, Any]:
    """Solve for coefficients whose weighted errors at the points are equal and alternate.

    The error multiplies the lower polynomial, which makes the equations quadratic: `bottom` is its
    latest version, and the solution is that of the equations linear in what is left.
    """
    above, below = form.degrees
    size, error = above + below + 2, mpf(0)
    values = [(form.function(x), form.weight(x)) for x in points]
    for _ in range(30):
        matrix, right, latest = mpmath.matrix(size, size), mpmath.matrix(size, 1), error
        for i, (x, (value, weight)) in enumerate(zip(points, values, strict=True)):
            sign = (-1) ** i / weight
            for j in range(above + 1):
                matrix[i, j] = x**j
            for j in range(1, below + 1):
                matrix[i, above + j] = -(value + sign * error) * x**j
            matrix[i, size - 1] = -sign * polynomial(bottom, x)
            right[i] = value + sign * error * (1 - polynomial(bottom, x))
        found = list(mpmath.lu_solve(matrix, right))
        top, bottom, error = found[: above + 1], [mpf(1), *found[above + 1 : -1]], found[-1]
        if abs(error - latest) <= abs(error) * mpf(10) ** -12:
            break
    return top, bottom


def _spread(form: Form, count: int) -> list[Real]:
    """Give points from end to end that are dense near the ends."""
    middle, half = (form.low + form.high) / 2, (form.high - form.low) / 2
    return [middle - half * mpmath.cos(mpmath.pi * k / (count - 1)) for k in range(count)]


@cache
def _exact(form: Form) -> list[tuple[Real, Real, Real]]:
    """Give (x, value, weight) at every point where errors are looked at."""
    return [(x, form.function(x), form.weight(x)) for x in _spread(form, 1201)]


def errors_of(form: Form, top: Any, bottom: Any) -> list[tuple[Real, Real]]:
    """Give (weighted error, x) of a ratio of polynomials, without rounding, over the interval."""
    return [
        (weight * (polynomial(top, x) / polynomial(bottom, x) - value), x)
        for x, value, weight in _exact(form)
    ]


def largest(errors: list[tuple[Real, Real]]) -> float:
    """Give the size of the largest error."""
    return float(max(abs(error) for error, _ in errors))


def best(form: Form) -> tuple[list[Real], list[Real]]:
    """Find the coefficients, above and below, whose largest error is smallest."""
    count = sum(form.degrees) + 2
    points = _spread(form, count)
    bottom = [mpf(1)] + [mpf(0)] * form.degrees[1]
    for _ in range(20):
        top, bottom = _equal_errors(form, points, bottom)
        errors = errors_of(form, top, bottom)
        runs = groupby(errors, key=lambda pair: pair[0] > 0)
        peaks = [max(run, key=lambda pair: abs(pair[0])) for _, run in runs]
        while len(peaks) > count:  # a root at an end makes a run of its own
            peaks.pop(0 if abs(peaks[0][0]) < abs(peaks[-1][0]) else -1)
        if points == (points := [x for _, x in peaks]):
            break
    return top, bottom


def exp_rest(t: Real) -> Real:
    """Give (r coth(r / 2) - 2) / t at t = r^2: what the polynomial in `exp` stands for."""
    r = mpmath.sqrt(t)
    return (r * mpmath.coth(r / 2) - 2) / t


def log_rest(z: Real) -> Real:
    """Give (log((1 + s) / (1 - s)) - 2 s) / s^3 at z = s^2: what that in `log` stands for."""
    s = mpmath.sqrt(z)
    return (2 * mpmath.atanh(s) - 2 * s) / (s * z)


@cache
def upper_quantile(log_p: Real) -> Real:
    """Give the z that a standard normal variable exceeds with probability exp(log_p), by Newton."""
    z = mpmath.sqrt(-2 * log_p) if log_p < -2 else mpf(1)
    for _ in range(60):
        tail = mpmath.erfc(z / mpmath.sqrt(2)) / 2
        step = (mpmath.log(tail) - log_p) * tail / mpmath.npdf(z)
        z += step
        if abs(step) < mpf(10) ** -45 * (1 + abs(z)):
            break
    return z


def normal_centre(r: Real) -> Real:
    """Give z / q at r = 0.425^2 - q^2, where q = p - 1/2."""
    q = mpmath.sqrt(mpf("0.180625") - r) if r < mpf("0.180625") else mpf(0)
    return mpmath.sqrt(2) * mpmath.erfinv(2 * q) / q if q > TINY else mpmath.sqrt(2 * mpmath.pi)


def normal_tail(shift: str) -> Callable[[Real], Real]:
    """Give z at r, where exp(-(r + shift)^2) is the share beyond it."""
    return lambda r: upper_quantile(-((r + mpf(shift)) ** 2))


def _relative(function: Callable[[Real], Real], name: str, low: Real, high: Real) -> Form:
    return Form(name, function, lambda x: 1 / function(x), (7, 7), low, high)


FORMS = (
    Form("EXP", exp_rest, lambda t: t, (4, 0), TINY, HALF_LOG2_SQUARED),
    Form("LOG", log_rest, lambda z: z, (6, 0), TINY, ROOT2_SQUARED),
    _relative(normal_centre, "CENTRE", mpf(0), mpf("0.180625")),
    _relative(normal_tail("1.6"), "TAIL", mpf(0), mpf("3.4")),
    _relative(normal_tail("5"), "FAR_TAIL", mpf(0), mpf(22)),
)
"""What is approximated; the intervals of the normal quantile are those of AS 241."""


def log2_in_two() -> tuple[float, float]:
    """Split log 2 into a double whose last 21 bits are zero, and the rest."""
    (bits,) = struct.unpack(">q", struct.pack(">d", float(mpmath.log(2))))
    (high,) = struct.unpack(">d", struct.pack(">q", bits >> 21 << 21))
    return high, float(mpmath.log(2) - mpf(high))


def in_use(form: Form) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Give the coefficients, above and below, of `elementary`."""
    if form.degrees[1] == 0:
        return getattr(elementary, form.name), (1.0,)
    return getattr(elementary, f"{form.name}_TOP"), getattr(elementary, f"{form.name}_BOTTOM")


def points(count: int, low: float, high: float) -> Iterator[float]:
    """Yield points that are spread evenly and at no regular distance."""
    for k in range(count):
        yield low + (high - low) * ((k + 1) * 0.6180339887498949 % 1.0)


def exact_normal(p: float) -> Real:
    """Give the normal quantile of a double."""
    near = mpf(p) if p < 0.5 else 1 - mpf(p)
    size = (
        upper_quantile(mpmath.log(near))
        if near < 0.25
        else mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * near)
    )
    return -size if p < 0.5 else size


def largest_errors(count: int) -> Iterator[tuple[str, str, float]]:
    """Yield function, range and the largest error in units of the last place."""
    small = [mpmath.mpf(2) ** -k for k in range(2, 54)]
    cases: list[tuple[str, str, Callable[[Real], Real], Any]] = [
        ("exp", "-708 to 709", mpmath.exp, points(count, -708.0, 709.0)),
        ("exp", "-1 to 1", mpmath.exp, points(count, -1.0, 1.0)),
        ("log", "0 to 1", mpmath.log, points(count, 0.0, 1.0)),
        ("log", "0.99 to 1.01", mpmath.log, points(count, 0.99, 1.01)),
        ("log", "10^-300 to 10^300", mpmath.log, (10.0**x for x in points(count, -300.0, 300.0))),
        ("log_rest", "0 to 1", lambda u: mpmath.log(1 - u), points(count, 0.0, 1.0)),
        ("log_rest", "2^-53 to 1/4", lambda u: mpmath.log(1 - u), map(float, small)),
        ("normal_quantile", "0.075 to 0.925", exact_normal, points(count, 0.075, 0.925)),
        (
            "normal_quantile",
            "10^-11 to 0.075",
            exact_normal,
            (10.0**x for x in points(count // 4, -11.0, -1.125)),
        ),
        (
            "normal_quantile",
            "10^-200 to 10^-11",
            exact_normal,
            (10.0**x for x in points(count // 4, -200.0, -11.0)),
        ),
    ]
    for name, where, exact, xs in cases:
        mine = getattr(elementary, name)
        yield name, where, max(_units(mine(x), exact(mpf(x))) for x in xs)


def _units(mine: float, exact: Real) -> float:
    """Give an error in units of the last place of the exact value."""
    if exact == 0:
        return 0.0 if mine == 0 else float("inf")
    place = mpmath.floor(mpmath.log(abs(exact), 2)) - 52
    return float(abs(mpf(float(mine)) - exact) / mpf(2) ** place)


def main(count: int = 100_000) -> None:
    """Print the best coefficients, both errors of approximation, and the errors in all."""
    print(f"LN2_HIGH, LN2_LOW: {log2_in_two()}")
    for form in FORMS:
        found = best(form)
        ours, least = largest(errors_of(form, *in_use(form))), largest(errors_of(form, *found))
        print(f"{form.name}: error {ours:.3g}; {least:.3g} with the best, which are")
        for part in found:
            print("   ", ", ".join(mpmath.nstr(c, 17) for c in part))
    for name, where, error in largest_errors(count):
        print(f"{name}, {where}: {error:.2f} units in the last place")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
