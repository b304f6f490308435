"""Lognormal: the logarithm is normal. quantile(u) = exp(mu + sigma z(u))."""

from __future__ import annotations

import math
from typing import Any, Final, Generic, Literal, Self

from pydantic import model_validator

from sim.compiling import njit_inlined
from sim.distributions.elementary import exp, normal_quantile
from sim.distributions.family import Family, Kernels, Sigma, V, exactly_one, increasing

Z90: Final = 1.2815515655446004
"""The 90 % quantile of the standard normal distribution."""


@njit_inlined
def _quantile(pool, at, u):
    return exp(pool[at] + pool[at + 1] * normal_quantile(u))


@njit_inlined
def _quantiles(pool, at, us):
    mu, sigma = pool[at], pool[at + 1]
    for i in range(us.size):
        us[i] = mu + sigma * normal_quantile(us[i])
    for i in range(us.size):
        us[i] = exp(us[i])


@njit_inlined
def _cdf(pool, at, x):
    if x <= 0.0:
        return 0.0
    return 0.5 * math.erfc((pool[at] - math.log(x)) / (pool[at + 1] * math.sqrt(2.0)))


class Lognormal(Family, Generic[V]):
    """The logarithm is normal; sigma is its standard deviation."""

    kernels = Kernels(_quantile, _cdf, _quantiles)

    dist: Literal["lognormal"] = "lognormal"
    median: V | None = None
    mean: V | None = None
    p90: V | None = None
    sigma: Sigma | None = None

    @model_validator(mode="after")
    def _given(self) -> Self:
        exactly_one(
            self, ("median", "sigma"), ("median", "p90"), ("median", "mean"), ("mean", "sigma")
        )
        increasing(self, "median", "p90")
        increasing(self, "median", "mean")
        return self

    def numbers(self) -> list[float]:
        """Give mu and sigma: median = exp(mu), mean = exp(mu + sigma^2 / 2), p90 = exp(mu + sigma
        z(.9)).
        """
        own: Any = self  # which parameters there are, the model has checked
        if own.median is None:
            return [math.log(own.mean) - own.sigma**2 / 2, own.sigma]
        mu = math.log(own.median)
        if own.sigma is not None:
            return [mu, own.sigma]
        if own.p90 is not None:
            return [mu, (math.log(own.p90) - mu) / Z90]
        return [mu, math.sqrt(2 * (math.log(own.mean) - mu))]

    def expectation(self) -> float:
        """Give exp(mu + sigma^2 / 2)."""
        mu, sigma = self.numbers()
        return math.exp(mu + sigma**2 / 2)
