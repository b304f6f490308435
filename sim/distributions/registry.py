"""The list of families, and one function of each kind that chooses among them.

To add a family: write its module in `families`, import it here and put it on the list. A
distribution is laid out as a stretch of a float64 array, the *pool*: the code of its family, which
is its place on the list, then its numbers. The choosing functions are made from the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from sim.compiling import njit, njit_inlined
from sim.distributions.families.constant import Constant
from sim.distributions.families.empirical import Empirical
from sim.distributions.families.exponential import Exponential
from sim.distributions.families.gamma import Gamma
from sim.distributions.families.loglogistic import Loglogistic
from sim.distributions.families.lognormal import Lognormal
from sim.distributions.families.never import Never
from sim.distributions.families.scipy import Scipy
from sim.distributions.families.uniform import Uniform
from sim.distributions.families.weibull import Weibull
from sim.distributions.family import Family, Kernel

FAMILIES: Final[tuple[type[Family], ...]] = (
    Constant,
    Uniform,
    Exponential,
    Lognormal,
    Weibull,
    Gamma,
    Loglogistic,
    Empirical,
    Never,
    Scipy,
)
"""Every family but the mixture, whose parts they are."""

NAMES: Final = (*(str(family.model_fields["dist"].default) for family in FAMILIES), "mixture")
"""What a file calls each family, in the order of the codes."""


def lay_out(family: Family) -> list[float]:
    """Give the code and the numbers of a family, as the kernels below read them."""
    return [NAMES.index(family.dist), *family.numbers()]


def _either(code: int, this: Kernel, other: Kernel, name: str) -> Kernel:
    """Make a kernel that calls `this` for distributions with the code, `other` for the rest."""

    def choose(pool, at, x):
        if int(pool[at]) == code:  # whole numbers: the compiler makes a jump table of them
            return this(pool, at + 1, x)
        return other(pool, at, x)

    return _inlined(choose, f"{name}_of_{code}")


def _in_bulk(kernel: Kernel, name: str) -> Kernel:
    """Make a kernel that replaces every element of an array by what `kernel` makes of it."""

    def each(pool, at, us):
        for i in range(us.size):
            us[i] = kernel(pool, at, us[i])

    return _inlined(each, f"every_{name}")


def _inlined(function: Kernel, name: str) -> Kernel:
    # Numba derives the symbols of compiled functions from their names, which must differ for
    # functions made in one place: a process may load them from caches that two others wrote.
    function.__qualname__ = name
    return njit_inlined(function)


def _choice(name: str, kernels: Sequence[Kernel], otherwise: Kernel) -> Kernel:
    """Make the kernel that calls, by the code at `pool[at]`, one of those given in order."""
    chosen = otherwise
    for code, kernel in reversed([*enumerate(kernels)]):
        chosen = _either(code, kernel, chosen, name)
    return chosen


@njit_inlined
def _no_value(pool, at, x):
    return np.nan


@njit_inlined
def _nothing(pool, at, us):
    pass


_quantile = _choice("quantile", [f.kernels.quantile for f in FAMILIES], _no_value)
_cdf = _choice("cdf", [f.kernels.cdf for f in FAMILIES], _no_value)
_quantiles = _choice(
    "quantiles",
    [
        family.kernels.quantiles or _in_bulk(family.kernels.quantile, f"quantile_of_{code}")
        for code, family in enumerate(FAMILIES)
    ],
    _nothing,
)


@njit
def quantile_of_family(pool, at, u):
    """Invert the distribution function of any family but the mixture."""
    return _quantile(pool, at, u)


@njit
def quantiles_of_family(pool, at, us):
    """Replace uniforms by quantiles of any family but the mixture."""
    _quantiles(pool, at, us)


@njit
def cdf_of_family(pool, at, x):
    """Give the distribution function at x of any family but the mixture."""
    return _cdf(pool, at, x)
