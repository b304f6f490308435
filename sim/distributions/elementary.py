"""Exponential, logarithm and normal quantile of our own: the same bits one by one, vectorised, and
on any machine.

Only arithmetic and moved bits, no table and no call, so the compiler vectorises loops over them,
which changes no bit. `python docs/elementary.py` measures the errors against mpmath: `exp`, `log`
and `log_rest` are right to one unit in the last place (at most 0.85 found), the normal quantile to
five (at most 4.92 found). It also computes the best coefficients of each form; those here are near
them, and stay because others change the last bits of drawn values (docs/decisions/0009).

Method and coefficients of `exp` and `log` are those of FDLIBM 5.3 (netlib.org/fdlibm), whose files
carry this notice:

    e_exp.c: Copyright (C) 2004 by Sun Microsystems, Inc. All rights reserved.
    e_log.c: Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
    Developed at SunSoft, a Sun Microsystems, Inc. business.
    Permission to use, copy, modify, and distribute this software is freely granted, provided that
    this notice is preserved.

Those of the normal quantile are printed in M. J. Wichura, "Algorithm AS 241: The percentage points of
the normal distribution", Applied Statistics 37(3), 1988, routine PPND16; the Royal Statistical
Society holds the copyright of its routines.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim.compiling import njit_inlined

# fmt: off
LN2_HIGH: Final = 6.93147180369123816490e-01  # ends in zeros: its product with an exponent is exact
LN2_LOW: Final = 1.90821492927058770002e-10
EXP: Final = (
    1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05,
    -1.65339022054652515390e-06, 4.13813679705723846039e-08,
)
LOG: Final = (
    6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
    2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
    1.479819860511658591e-01,
)
CENTRE_TOP: Final = (
    3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
    45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
)
CENTRE_BOTTOM: Final = (
    1.0, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
    21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610,
)
TAIL_TOP: Final = (
    1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
    1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833,
    7.74545014278341407640e-4,
)
TAIL_BOTTOM: Final = (
    1.0, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
    0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4,
    1.05075007164441684324e-9,
)
FAR_TAIL_TOP: Final = (
    6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
    0.0265321895265761230930, 0.00124266094738807843860, 2.71155556874348757815e-5,
    2.01033439929228813265e-7,
)
FAR_TAIL_BOTTOM: Final = (
    1.0, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
    2.04426310338993978564e-15,
)
# fmt: on

_LOG2_E: Final = 1.4426950408889634
_TO_WHOLE: Final = (
    1.5 * 2.0**52
)  # the sum with a small number ends in that number, rounded to a whole one
_LARGEST, _SMALLEST = 709.0, -708.0

_FRACTION: Final = np.int64(2**52 - 1)
_EXPONENT_AT: Final = np.int64(52)
_ROOT_HALF: Final = np.int64(0x3FE6A09E << 32)  # the bits of sqrt(1/2), nearly
_TO_ROOT_HALF: Final = np.int64((0x3FF00000 - 0x3FE6A09E) << 32)
_TWO_TO_52: Final = np.int64(0x433 << 52)  # its bits; a small number or-ed in is added to it
_BIAS: Final = 2.0**52 + 1023.0


@njit_inlined
def exp(x):
    """Give e to the x; below -708 and above 709 as there (no infinity, no zero).

    x = k log 2 + r, |r| < 0.35; e^r = 1 + r + r c / (2 - c) with c a polynomial in r^2; k goes into
    the exponent.
    """
    x = min(max(x, _SMALLEST), _LARGEST)
    shifted = x * _LOG2_E + _TO_WHOLE
    k = shifted - _TO_WHOLE
    high, low = x - k * LN2_HIGH, k * LN2_LOW
    r = high - low
    t = r * r
    high_powers = EXP[2] + t * (EXP[3] + t * EXP[4])
    c = r - t * ((EXP[0] + t * EXP[1]) + (t * t) * high_powers)
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    return np.int64(
        np.float64(y).view(np.int64) + (np.float64(shifted).view(np.int64) << _EXPONENT_AT)
    ).view(np.float64)


@njit_inlined
def log(x):
    """Give the natural logarithm of a positive normal number (anything else: nonsense).

    x = 2^k (1 + f), 1 + f within sqrt(1/2) and sqrt(2); s = f / (2 + f); log(1 + f) = f - f^2 / 2 +
    s (f^2 / 2 + R(s^2)).
    """
    bits = np.float64(x).view(np.int64) + _TO_ROOT_HALF
    k = np.int64((bits >> _EXPONENT_AT) | _TWO_TO_52).view(np.float64) - _BIAS
    f = np.int64((bits & _FRACTION) + _ROOT_HALF).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (LOG[1] + w * (LOG[3] + w * LOG[5]))
    odd = z * (LOG[0] + w * (LOG[2] + w * (LOG[4] + w * LOG[6])))
    half = 0.5 * f * f
    return k * LN2_HIGH - ((half - (s * (half + (even + odd)) + k * LN2_LOW)) - f)


@njit_inlined
def log_rest(u):
    """Give log(1 - u) for u in (0, 1), to the last figures also where u is tiny."""
    rest = 1.0 - u
    return log(rest) + (
        (1.0 - rest) - u
    )  # what rounding took from the rest; for a uniform of `draws` nothing


@njit_inlined
def _degree7(x, c):
    x2 = x * x  # in pairs: a chain half as long, so that more of it runs side by side
    low, high = (c[3] * x + c[2]) * x2 + (c[1] * x + c[0]), (c[7] * x + c[6]) * x2
    return (high + (c[5] * x + c[4])) * (x2 * x2) + low


@njit_inlined
def normal_quantile(p):
    """Invert the normal distribution function to about 16 figures (AS 241)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top, bottom = q * _degree7(r, CENTRE_TOP), _degree7(r, CENTRE_BOTTOM)
    else:
        r = math.sqrt(-log(min(p, 1.0 - p)))
        if r <= 5.0:
            top, bottom = _degree7(r - 1.6, TAIL_TOP), _degree7(r - 1.6, TAIL_BOTTOM)
        else:
            top, bottom = _degree7(r - 5.0, FAR_TAIL_TOP), _degree7(r - 5.0, FAR_TAIL_BOTTOM)
        top = -top if q < 0.0 else top
    return top / bottom
