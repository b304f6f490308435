"""The one scalar inverse distribution function, compiled once and called by both engines.

A law is a stretch of a float64 array, the *pool*: its family code, then its numbers (written by `numbers.py`).
Transforming a uniform in one place only keeps the engines equal to the microsecond: array functions of NumPy differ
from scalar ones in the last bit for about 5 % of arguments.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim.compiling import njit

CONSTANT, UNIFORM, EXPONENTIAL, LOGNORMAL, WEIBULL, LOGLOGISTIC = 0, 1, 2, 3, 4, 5
TABLE, EMPIRICAL, NEVER_LAW, MIXTURE = 6, 7, 8, 9

Z_MIN: Final = -37.0
"""Tables are on a grid of z = log(u / (1 - u)); no uniform of `draws` lies outside +-37."""
Z_STEP: Final = 1.0 / 64.0
Z_COUNT: Final = 4737

_NEVER = np.int64(2**63 - 1)
_TOO_LATE = 4.0e18  # about 127,000 years in microseconds: beyond it a duration is "never", so that sums cannot wrap


@njit
def _horner7(x, c0, c1, c2, c3, c4, c5, c6, c7):  # type: ignore[no-untyped-def]
    return ((((((c7 * x + c6) * x + c5) * x + c4) * x + c3) * x + c2) * x + c1) * x + c0


@njit
def normal_quantile(p):  # type: ignore[no-untyped-def]
    """Invert the normal distribution function to about 16 figures.

    M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37(3),
    1988, routine PPND16.
    """
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = _horner7(
            r,
            3.3871328727963666080,
            133.14166789178437745,
            1971.5909503065514427,
            13731.693765509461125,
            45921.953931549871457,
            67265.770927008700853,
            33430.575583588128105,
            2509.0809287301226727,
        )
        bottom = _horner7(
            r,
            1.0,
            42.313330701600911252,
            687.18700749205790830,
            5394.1960214247511077,
            21213.794301586595867,
            39307.895800092710610,
            28729.085735721942674,
            5226.4952788528545610,
        )
        return q * top / bottom
    r = math.sqrt(-math.log(min(p, 1.0 - p)))
    if r <= 5.0:
        r -= 1.6
        top = _horner7(
            r,
            1.42343711074968357734,
            4.63033784615654529590,
            5.76949722146069140550,
            3.64784832476320460504,
            1.27045825245236838258,
            0.241780725177450611770,
            0.0227238449892691845833,
            7.74545014278341407640e-4,
        )
        bottom = _horner7(
            r,
            1.0,
            2.05319162663775882187,
            1.67638483018380384940,
            0.689767334985100004550,
            0.148103976427480074590,
            0.0151986665636164571966,
            5.47593808499534494600e-4,
            1.05075007164441684324e-9,
        )
    else:
        r -= 5.0
        top = _horner7(
            r,
            6.65790464350110377720,
            5.46378491116411436990,
            1.78482653991729133580,
            0.296560571828504891230,
            0.0265321895265761230930,
            0.00124266094738807843860,
            2.71155556874348757815e-5,
            2.01033439929228813265e-7,
        )
        bottom = _horner7(
            r,
            1.0,
            0.599832206555887937690,
            0.136929880922735805310,
            0.0148753612908506148525,
            7.86869131145613259100e-4,
            1.84631831751005468180e-5,
            1.42151175831644588870e-7,
            2.04426310338993978564e-15,
        )
    return -top / bottom if q < 0.0 else top / bottom


@njit
def on_grid(pool, at, u):  # type: ignore[no-untyped-def]
    """Read a table of `Z_COUNT` values, starting at `pool[at]`, at z = log(u / (1 - u)), by straight lines."""
    place = (math.log(u) - math.log1p(-u) - Z_MIN) / Z_STEP
    i = min(max(int(place), 0), Z_COUNT - 2)
    low = pool[at + i]
    return low + (pool[at + i + 1] - low) * (place - i)


@njit
def _between(pool, xs, ys, n, x):  # type: ignore[no-untyped-def]
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
def _simple_quantile(pool, at, u):  # type: ignore[no-untyped-def]
    """Invert the distribution function of any family but the mixture."""
    code, a, b = int(pool[at]), pool[at + 1], pool[at + 2]
    if code == CONSTANT:
        return a
    if code == EXPONENTIAL:
        return -a * math.log1p(-u)
    if code == LOGNORMAL:
        return math.exp(a + b * normal_quantile(u))
    if code == WEIBULL:
        return a * math.exp(math.log(-math.log1p(-u)) * b)
    if code == LOGLOGISTIC:
        return a * math.exp((math.log(u) - math.log1p(-u)) * b)
    if code == UNIFORM:
        return a + (b - a) * u
    if code == TABLE:
        return math.exp(on_grid(pool, at + 3, u))
    if code == EMPIRICAL:
        n = int(a)
        return _between(pool, at + 3, at + 3 + n, n, u)
    return math.inf


@njit
def _simple_cdf(pool, at, x):  # type: ignore[no-untyped-def]
    """Give the distribution function at x of any family but the mixture; the mixture's inverse needs it."""
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
def _table_cdf(pool, at, y):  # type: ignore[no-untyped-def]
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
def cdf(pool, at, x):  # type: ignore[no-untyped-def]
    """Give P(X <= x) of the law that starts at `pool[at]`."""
    if int(pool[at]) != MIXTURE:
        return _simple_cdf(pool, at, x)
    total = 0.0
    for k in range(int(pool[at + 1])):
        total += pool[at + 3 + 2 * k] * _simple_cdf(pool, at + int(pool[at + 4 + 2 * k]), x)
    return total


@njit
def _mixture_quantile(pool, at, u):  # type: ignore[no-untyped-def]
    """Invert a mixture by halving between its parts' own quantiles, to a billionth of a microsecond or 1e-15."""
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
def quantile(pool, at, u):  # type: ignore[no-untyped-def]
    """Invert the law that starts at `pool[at]`: the value (float64, microseconds or a number) for u in (0, 1)."""
    if int(pool[at]) == MIXTURE:
        return _mixture_quantile(pool, at, u)
    return _simple_quantile(pool, at, u)


@njit
def to_micros(x):  # type: ignore[no-untyped-def]
    """Round a duration once, to the microsecond, ties to even; infinite or absurdly long becomes NEVER."""
    if x > _TOO_LATE:
        return _NEVER
    return np.int64(np.rint(x))
