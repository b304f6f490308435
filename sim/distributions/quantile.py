"""The one inverse distribution function: one uniform at a time, or many with the same bits.

A law is a stretch of a float64 array, the *pool*: its family code, then its numbers (written by
`numbers.py`). Transforming a uniform in one place only keeps the engines equal to the microsecond.
The bits are the same one by one and in bulk because nothing of NumPy or the C library, whose
results differ in last bits, takes part (`elementary.py`).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim.compiling import njit, njit_inlined
from sim.distributions.elementary import exp, log, log_rest, normal_quantile

CONSTANT, UNIFORM, EXPONENTIAL, LOGNORMAL, WEIBULL, LOGLOGISTIC = 0, 1, 2, 3, 4, 5
TABLE, EMPIRICAL, NEVER_LAW, MIXTURE = 6, 7, 8, 9

Z_MIN: Final = -37.0
"""Tables are on a grid of z = log(u / (1 - u)); no uniform of `draws` lies outside +-37."""
Z_STEP: Final = 1.0 / 64.0
Z_COUNT: Final = 4737

_NEVER = np.int64(2**63 - 1)
# about 127,000 years in microseconds: beyond it a duration is "never", so that sums cannot wrap
_TOO_LATE = 4.0e18


@njit_inlined
def to_grid(u):
    """Give the place of u, in steps, on the grid of z = log(u / (1 - u))."""
    return (log(u / (1.0 - u)) - Z_MIN) / Z_STEP


@njit_inlined
def from_grid(pool, at, place):
    """Read a table of `Z_COUNT` values, starting at `pool[at]`, at a place on the grid, by straight
    lines.
    """
    i = min(max(int(place), 0), Z_COUNT - 2)
    low = pool[at + i]
    return low + (pool[at + i + 1] - low) * (place - i)


@njit
def _between(pool, xs, ys, n, x):
    """Interpolate the increasing points (pool[xs + k], pool[ys + k]), k < n, at x; flat outside."""
    low, high = 0, n - 1
    while high - low > 1:
        middle = (low + high) // 2
        if pool[xs + middle] <= x:
            low = middle
        else:
            high = middle
    a, b = pool[xs + low], pool[xs + high]
    if x <= a:
        return pool[ys + low]
    if x >= b:
        return pool[ys + high]
    return pool[ys + low] + (pool[ys + high] - pool[ys + low]) * ((x - a) / (b - a))


@njit
def _simple_quantile(pool, at, u):
    """Invert the distribution function of any family but the mixture."""
    code, a, b = int(pool[at]), pool[at + 1], pool[at + 2]
    if code == CONSTANT:
        return a
    if code == EXPONENTIAL:
        return -a * log_rest(u)
    if code == LOGNORMAL:
        return exp(a + b * normal_quantile(u))
    if code == WEIBULL:
        return a * exp(log(-log_rest(u)) * b)
    if code == LOGLOGISTIC:
        return a * exp(log(u / (1.0 - u)) * b)
    if code == UNIFORM:
        return a + (b - a) * u
    if code == TABLE:
        return exp(from_grid(pool, at + 3, to_grid(u)))
    if code == EMPIRICAL:
        n = int(a)
        return _between(pool, at + 3, at + 3 + n, n, u)
    return math.inf


@njit
def _simple_cdf(pool, at, x):
    """Give the distribution function at x of any family but the mixture.

    The mixture's inverse needs it.
    """
    code, a, b = int(pool[at]), pool[at + 1], pool[at + 2]
    if code == CONSTANT:
        return 1.0 if x >= a else 0.0
    if code == NEVER_LAW or x < 0.0:
        return 0.0
    if code == EXPONENTIAL:
        return -math.expm1(-x / a)
    if code == UNIFORM:
        return min(max((x - a) / (b - a), 0.0), 1.0)
    if code == EMPIRICAL:
        n = int(a)
        if x < pool[at + 3 + n]:
            return 0.0
        return _between(pool, at + 3 + n, at + 3, n, x)
    if x == 0.0:
        return 0.0
    if code == LOGNORMAL:
        return 0.5 * math.erfc((a - math.log(x)) / (b * math.sqrt(2.0)))
    if code == WEIBULL:
        return -math.expm1(-math.exp((math.log(x) - math.log(a)) / b))
    if code == LOGLOGISTIC:
        return 1.0 / (1.0 + math.exp(-(math.log(x) - math.log(a)) / b))
    return _table_cdf(pool, at + 3, math.log(x))


@njit
def _table_cdf(pool, at, y):
    """Invert a table of log-quantiles: the u whose quantile is exp(y)."""
    low, high = 0, Z_COUNT - 1
    if y <= pool[at]:
        return 0.0
    if y >= pool[at + high]:
        return 1.0
    while high - low > 1:
        middle = (low + high) // 2
        if pool[at + middle] <= y:
            low = middle
        else:
            high = middle
    part = (y - pool[at + low]) / (pool[at + high] - pool[at + low])
    return 1.0 / (1.0 + math.exp(-(Z_MIN + Z_STEP * (low + part))))


@njit
def cdf(pool, at, x):
    """Give P(X <= x) of the law that starts at `pool[at]`."""
    if int(pool[at]) != MIXTURE:
        return _simple_cdf(pool, at, x)
    total = 0.0
    for k in range(int(pool[at + 1])):
        total += pool[at + 3 + 2 * k] * _simple_cdf(pool, at + int(pool[at + 4 + 2 * k]), x)
    return total


@njit
def _mixture_quantile(pool, at, u):
    """Invert a mixture by halving between its parts' own quantiles, to a billionth of a microsecond
    or 1e-15.
    """
    low, high = math.inf, 0.0
    for k in range(int(pool[at + 1])):
        x = _simple_quantile(pool, at + int(pool[at + 4 + 2 * k]), u)
        low, high = min(low, x), max(high, x)
    if math.isinf(high):
        high = max(2.0 * low, 1.0) if math.isfinite(low) else 1.0
        while cdf(pool, at, high) < u:
            high *= 2.0
            if high > _TOO_LATE:
                return math.inf
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle <= low or middle >= high or high - low < 1e-9:
            break
        if cdf(pool, at, middle) >= u:
            high = middle
        else:
            low = middle
    return low if cdf(pool, at, low) >= u else high


@njit
def quantile(pool, at, u):
    """Invert the law that starts at `pool[at]`: the value (float64, microseconds or a number) for u
    in (0, 1).
    """
    if int(pool[at]) == MIXTURE:
        return _mixture_quantile(pool, at, u)
    return _simple_quantile(pool, at, u)


@njit
def quantiles(pool, at, us):
    """Replace uniforms (float64, changed in place) by their quantiles, those of `quantile` to the
    bit.

    Every loop is one the compiler vectorises; loops of one function each are faster than one of
    all.
    """
    code, a, b = int(pool[at]), pool[at + 1], pool[at + 2]
    n = us.size
    if code == LOGNORMAL:
        for i in range(n):
            us[i] = a + b * normal_quantile(us[i])
        for i in range(n):
            us[i] = exp(us[i])
    elif code == WEIBULL:
        for i in range(n):
            us[i] = -log_rest(us[i])
        for i in range(n):
            us[i] = log(us[i]) * b
        for i in range(n):
            us[i] = a * exp(us[i])
    elif code == EXPONENTIAL:
        for i in range(n):
            us[i] = -a * log_rest(us[i])
    else:
        for i in range(n):
            us[i] = quantile(pool, at, us[i])


@njit_inlined
def to_micros(x):
    """Round a duration once, to the microsecond, ties to even.

    Infinite or absurdly long becomes NEVER.
    """
    if x > _TOO_LATE:
        return _NEVER
    return np.int64(np.rint(x))


@njit
def all_to_micros(xs, factor, out):
    """Write `to_micros(x * factor)` of every x into `out` (int64, same shape)."""
    for i in range(xs.size):
        out[i] = to_micros(xs[i] * factor)
