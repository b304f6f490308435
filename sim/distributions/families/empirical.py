"""Empirical: a table of quantiles with straight lines between them."""

from __future__ import annotations

from typing import Any, Generic, Literal, Self

import numpy as np
from pydantic import model_validator

from sim.compiling import njit
from sim.distributions.family import Family, Kernels, V
from sim.distributions.values import Probability


@njit
def _between(pool, xs, ys, n, x):
    """Interpolate the increasing points (pool[xs + k], pool[ys + k]), k < n, at x; flat outside."""
    low, high = 0, n - 1
    while high - low > 1:
        middle = (low + high) // 2
        if pool[xs + middle] <= x:
            low = middle
        else:
            high = middle
    a, b = pool[xs + low], pool[xs + high]
    if x <= a:
        return pool[ys + low]
    if x >= b:
        return pool[ys + high]
    return pool[ys + low] + (pool[ys + high] - pool[ys + low]) * ((x - a) / (b - a))


@njit
def _quantile(pool, at, u):
    n = int(pool[at])
    return _between(pool, at + 1, at + 1 + n, n, u)


@njit
def _cdf(pool, at, x):
    n = int(pool[at])
    return _between(pool, at + 1 + n, at + 1, n, x)


class Empirical(Family, Generic[V]):
    """A table of quantiles: straight lines between (p, value).

    Or a CSV file of observed values, one a line.
    """

    kernels = Kernels(_quantile, _cdf)

    dist: Literal["empirical"] = "empirical"
    p: tuple[Probability, ...] | None = None
    values: tuple[V, ...] | None = None
    file: str | None = None
    column: str | None = None
    unit: Literal["ms", "s", "min", "h", "d"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, data: Any) -> Any:
        return (
            {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
            if isinstance(data, dict)
            else data
        )

    @model_validator(mode="after")
    def _given(self) -> Self:
        if self.file is not None:
            if self.p is not None or self.values is not None:
                raise ValueError("both a table and a file; give p and values, or file")
            return self
        if self.p is None or self.values is None:
            raise ValueError(
                "an empirical distribution needs p and values, or file; give one of the two"
            )
        if len(self.p) != len(self.values) or len(self.p) < 2:
            raise ValueError(
                f"p has {len(self.p)} entries and values {len(self.values)}; give as many of each, two or more"
            )
        values: list[Any] = list(self.values)
        if list(self.p) != sorted(set(self.p)) or values != sorted(values):
            raise ValueError(
                "the quantiles are out of order; write p and values from small to large"
            )
        if self.p[0] != 0 or self.p[-1] != 1:
            raise ValueError(
                "p does not run from 0 to 1; add the smallest and the largest possible value"
            )
        return self

    def numbers(self) -> list[float]:
        """Give the number of points, their p, and their values."""
        if self.p is None or self.values is None:
            raise ValueError("its file has not been read; load the scenario from a file")
        values: list[Any] = list(self.values)
        return [len(self.p), *self.p, *map(float, values)]

    def expectation(self) -> float:
        """Give the area under the straight lines."""
        _, *points = self.numbers()
        half = len(points) // 2
        return float(np.trapezoid(points[half:], points[:half]))
