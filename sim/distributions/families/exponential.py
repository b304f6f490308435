"""Exponential: memoryless. quantile(u) = -mean log(1 - u)."""

from __future__ import annotations

import math
from typing import Any, Generic, Literal, Self

from pydantic import model_validator

from sim.compiling import njit_inlined
from sim.distributions.elementary import log_rest
from sim.distributions.family import Family, Kernels, V, exactly_one


@njit_inlined
def _quantile(pool, at, u):
    return -pool[at] * log_rest(u)


@njit_inlined
def _quantiles(pool, at, us):
    mean = pool[at]
    for i in range(us.size):
        us[i] = -mean * log_rest(us[i])


@njit_inlined
def _cdf(pool, at, x):
    return -math.expm1(-x / pool[at]) if x > 0.0 else 0.0


class Exponential(Family, Generic[V]):
    """Memoryless, given by its mean or its median."""

    kernels = Kernels(_quantile, _cdf, _quantiles)

    dist: Literal["exponential"] = "exponential"
    mean: V | None = None
    median: V | None = None

    @model_validator(mode="after")
    def _given(self) -> Self:
        exactly_one(self, ("mean",), ("median",))
        return self

    def numbers(self) -> list[float]:
        """Give the mean: median = mean log 2."""
        own: Any = self
        return [float(own.mean) if own.mean is not None else own.median / math.log(2)]

    def expectation(self) -> float:
        """Give the mean."""
        return self.numbers()[0]
