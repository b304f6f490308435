"""Weibull: a hazard that is a power of time. quantile(u) = scale (-log(1 - u))^(1 / shape)."""

from __future__ import annotations

import math
from typing import Any, Generic, Literal, Self

from pydantic import model_validator

from sim.compiling import njit_inlined
from sim.distributions.elementary import exp, log, log_rest
from sim.distributions.family import Family, Kernels, Shape, V, exactly_one, increasing


@njit_inlined
def _quantile(pool, at, u):
    return pool[at] * exp(log(-log_rest(u)) * pool[at + 1])


@njit_inlined
def _quantiles(pool, at, us):
    scale, inverse = pool[at], pool[at + 1]
    for i in range(us.size):
        us[i] = -log_rest(us[i])
    for i in range(us.size):
        us[i] = log(us[i]) * inverse
    for i in range(us.size):
        us[i] = scale * exp(us[i])


@njit_inlined
def _cdf(pool, at, x):
    if x <= 0.0:
        return 0.0
    return -math.expm1(-math.exp((math.log(x) - math.log(pool[at])) / pool[at + 1]))


class Weibull(Family, Generic[V]):
    """Hazard falling (shape below 1) or rising (above 1) as a power of time."""

    kernels = Kernels(_quantile, _cdf, _quantiles)

    dist: Literal["weibull"] = "weibull"
    mean: V | None = None
    median: V | None = None
    p90: V | None = None
    shape: Shape | None = None

    @model_validator(mode="after")
    def _given(self) -> Self:
        exactly_one(self, ("mean", "shape"), ("median", "shape"), ("median", "p90"))
        increasing(self, "median", "p90")
        return self

    def numbers(self) -> list[float]:
        """Give scale and 1 / shape: mean = scale Gamma(1 + 1 / shape)."""
        own: Any = self  # which parameters there are, the model has checked
        if own.shape is None:
            inverse = math.log(own.p90 / own.median) / math.log(math.log(10) / math.log(2))
        else:
            inverse = 1 / own.shape
        if own.median is not None:
            return [own.median / math.log(2) ** inverse, inverse]
        return [own.mean / math.gamma(1 + inverse), inverse]

    def expectation(self) -> float:
        """Give scale Gamma(1 + 1 / shape)."""
        scale, inverse = self.numbers()
        return scale * math.gamma(1 + inverse)
