"""Constant: always the same value."""

from __future__ import annotations

from typing import Any, Generic, Literal

from sim.compiling import njit_inlined
from sim.distributions.family import Family, Kernels, V


@njit_inlined
def _quantile(pool, at, u):
    return pool[at]


@njit_inlined
def _cdf(pool, at, x):
    return 1.0 if x >= pool[at] else 0.0


class Constant(Family, Generic[V]):
    """Always the same value."""

    kernels = Kernels(_quantile, _cdf)

    dist: Literal["constant"] = "constant"
    value: V

    def numbers(self) -> list[float]:
        """Give the value."""
        value: Any = self.value
        return [float(value)]

    def expectation(self) -> float:
        """Give the value."""
        return self.numbers()[0]
