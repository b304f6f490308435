"""Uniform: every value between two ends alike."""

from __future__ import annotations

from typing import Any, Generic, Literal, Self

from pydantic import model_validator

from sim.compiling import njit_inlined
from sim.distributions.family import Family, Kernels, V


@njit_inlined
def _quantile(pool, at, u):
    low, high = pool[at], pool[at + 1]
    return low + (high - low) * u


@njit_inlined
def _cdf(pool, at, x):
    low, high = pool[at], pool[at + 1]
    return min(max((x - low) / (high - low), 0.0), 1.0)


class Uniform(Family, Generic[V]):
    """Every value between `low` and `high` alike."""

    kernels = Kernels(_quantile, _cdf)

    dist: Literal["uniform"] = "uniform"
    low: V
    high: V

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low: Any = self.low
        if not low < self.high:
            raise ValueError('low is not below high; swap them, or use dist = "constant"')
        return self

    def numbers(self) -> list[float]:
        """Give low and high."""
        low: Any = self.low
        high: Any = self.high
        return [float(low), float(high)]

    def expectation(self) -> float:
        """Give the middle."""
        low, high = self.numbers()
        return (low + high) / 2
