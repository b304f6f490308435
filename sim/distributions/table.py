"""Families without a closed form: the logarithm of the quantile, tabulated on a grid.

The grid is of z = log(u / (1 - u)), so that both tails are resolved alike; between its points the
logarithm of the quantile is a straight line (relative error at most 4e-5).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sim.compiling import njit, njit_inlined
from sim.distributions.elementary import exp, log
from sim.distributions.family import Kernels

Numbers = npt.NDArray[np.float64]

Z_MIN: Final = -37.0
"""No uniform of `draws` lies outside z = +-37."""
Z_STEP: Final = 1.0 / 64.0
Z_COUNT: Final = 4737


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


@njit_inlined
def _quantile(pool, at, u):
    return exp(from_grid(pool, at, to_grid(u)))


@njit
def _cdf(pool, at, x):
    """Give the u whose tabulated quantile is x."""
    if x <= 0.0:
        return 0.0
    y = math.log(x)
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


TABLE: Final = Kernels(quantile=_quantile, cdf=_cdf)
"""The kernels of a family whose numbers are `tabulated`."""


def grid() -> Numbers:
    """Give the z of every point of the grid: float64 of shape (Z_COUNT,)."""
    return Z_MIN + Z_STEP * np.arange(Z_COUNT, dtype=np.float64)


def probabilities(z: Numbers) -> Numbers:
    """Give the probability of the tail that each z is in."""
    import scipy.special  # slow to load

    tails: Numbers = scipy.special.expit(-np.abs(z))
    return tails


def tabulated(upper: Callable[[Numbers], Any], lower: Callable[[Numbers], Any]) -> list[float]:
    """Tabulate the logarithm of a quantile function on the grid.

    `lower(p)` is the quantile of p, `upper(p)` that of 1 - p: each tail from its own end. Raises
    `ValueError` if a quantile is negative or infinite.
    """
    z = grid()
    small = probabilities(z)
    values = np.where(z < 0, lower(small), upper(small))
    if not np.all(np.isfinite(values)) or values[0] < 0:
        raise ValueError(
            "the family takes negative or infinite values here; choose parameters that keep it positive"
        )
    logs: list[float] = np.maximum.accumulate(np.log(np.maximum(values, 1e-300))).tolist()
    return logs
