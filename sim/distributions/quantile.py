"""The one inverse distribution function: one uniform at a time, or many with the same bits.

A distribution is a stretch of a float64 array, the *pool*, that `laid_out` writes. Transforming a
uniform in one place only keeps the engines equal to the microsecond. The bits are the same one by
one and in bulk because nothing of NumPy or the C library, whose results differ in last bits, takes
part (`elementary`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.distributions.family import Family
from sim.distributions.mixture import BEYOND, Mixture
from sim.distributions.registry import (
    NAMES,
    cdf_of_family,
    lay_out,
    quantile_of_family,
    quantiles_of_family,
)

_NEVER: Final = np.int64(NEVER)
_MIXTURE: Final = NAMES.index("mixture")
_mixture_quantile = Mixture.kernels.quantile
_mixture_cdf = Mixture.kernels.cdf


def laid_out(family: Family) -> npt.NDArray[np.float64]:
    """Lay a distribution out as the float64 array that `quantile` reads.

    Raises `ValueError` when a family of scipy.stats is unknown or takes negative values.

    >>> from sim.distributions.families.exponential import Exponential
    >>> from sim.distributions.values import Duration, Micros
    >>> laid_out(Exponential[Duration](mean=Micros(5))).tolist()
    [2.0, 5.0]
    """
    return np.asarray(lay_out(family), dtype=np.float64)


@njit
def quantile(pool, at, u):
    """Invert the distribution that starts at `pool[at]`: the value (float64, microseconds or a
    number) for u in (0, 1).
    """
    if int(pool[at]) == _MIXTURE:
        return _mixture_quantile(pool, at + 1, u)
    return quantile_of_family(pool, at, u)


@njit
def quantiles(pool, at, us):
    """Replace uniforms (float64, changed in place) by their quantiles, those of `quantile` to the
    bit.
    """
    if int(pool[at]) == _MIXTURE:
        for i in range(us.size):
            us[i] = _mixture_quantile(pool, at + 1, us[i])
    else:
        quantiles_of_family(pool, at, us)


@njit
def cdf(pool, at, x):
    """Give P(X <= x) of the distribution that starts at `pool[at]`."""
    if int(pool[at]) == _MIXTURE:
        return _mixture_cdf(pool, at + 1, x)
    return cdf_of_family(pool, at, x)


@njit_inlined
def to_micros(x):
    """Round a duration once, to the microsecond, ties to even.

    Infinite or absurdly long becomes NEVER.
    """
    if x > BEYOND:
        return _NEVER
    return np.int64(np.rint(x))


@njit
def all_to_micros(xs, factor, out):
    """Write `to_micros(x * factor)` of every x into `out` (int64, same shape)."""
    for i in range(xs.size):
        out[i] = to_micros(xs[i] * factor)
