"""Loglogistic: the logarithm is logistic. quantile(u) = median (u / (1 - u))^(1 / shape)."""

from __future__ import annotations

import math
from typing import Any, Generic, Literal, Self

from pydantic import model_validator

from sim.compiling import njit_inlined
from sim.distributions.elementary import exp, log
from sim.distributions.family import Family, Kernels, Shape, V, exactly_one, increasing


@njit_inlined
def _quantile(pool, at, u):
    return pool[at] * exp(log(u / (1.0 - u)) * pool[at + 1])


@njit_inlined
def _quantiles(pool, at, us):
    median, inverse = pool[at], pool[at + 1]
    for i in range(us.size):
        us[i] = log(us[i] / (1.0 - us[i])) * inverse
    for i in range(us.size):
        us[i] = median * exp(us[i])


@njit_inlined
def _cdf(pool, at, x):
    if x <= 0.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(-(math.log(x) - math.log(pool[at])) / pool[at + 1]))


class Loglogistic(Family, Generic[V]):
    """The logarithm is logistic: a power tail with exponent `shape`."""

    kernels = Kernels(_quantile, _cdf, _quantiles)

    dist: Literal["loglogistic"] = "loglogistic"
    median: V | None = None
    p90: V | None = None
    shape: Shape | None = None

    @model_validator(mode="after")
    def _given(self) -> Self:
        exactly_one(self, ("median", "shape"), ("median", "p90"))
        increasing(self, "median", "p90")
        return self

    def numbers(self) -> list[float]:
        """Give median and 1 / shape: u / (1 - u) = 9 at p90."""
        own: Any = self  # which parameters there are, the model has checked
        if own.shape is None:
            return [float(own.median), math.log(own.p90 / own.median) / math.log(9)]
        return [float(own.median), 1 / own.shape]

    def expectation(self) -> float:
        """Give median b / sin(b) with b = pi / shape, for shape above 1."""
        median, inverse = self.numbers()
        b = inverse * math.pi
        return median * b / math.sin(b) if b < math.pi else math.inf
