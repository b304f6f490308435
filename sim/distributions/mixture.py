"""Mixture: different distributions for different shares of the cases, inverted by halving."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, Literal, Self, TypeAlias, Union

from pydantic import Field, model_validator

from sim.compiling import njit
from sim.distributions.family import Family, Kernels, V
from sim.distributions.registry import FAMILIES, cdf_of_family, lay_out, quantile_of_family
from sim.distributions.values import Positive, Strict

BEYOND: Final = 4.0e18
"""About 127,000 years in microseconds: a longer duration is "never", so that sums cannot wrap."""


@njit
def _cdf(pool, at, x):
    total = 0.0
    for k in range(int(pool[at])):
        weight, part = pool[at + 1 + 2 * k], at + int(pool[at + 2 + 2 * k])
        total += weight * cdf_of_family(pool, part, x)
    return total


@njit
def _quantile(pool, at, u):
    """Invert by halving between the parts' own quantiles, to a billionth of a microsecond or
    1e-15.
    """
    low, high = math.inf, 0.0
    for k in range(int(pool[at])):
        x = quantile_of_family(pool, at + int(pool[at + 2 + 2 * k]), u)
        low, high = min(low, x), max(high, x)
    if math.isinf(high):
        high = max(2.0 * low, 1.0) if math.isfinite(low) else 1.0
        while _cdf(pool, at, high) < u:
            high *= 2.0
            if high > BEYOND:
                return math.inf
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle <= low or middle >= high or high - low < 1e-9:
            break
        if _cdf(pool, at, middle) >= u:
            high = middle
        else:
            low = middle
    return low if _cdf(pool, at, low) >= u else high


if TYPE_CHECKING:
    PartOf: TypeAlias = Family
else:
    PartOf = Annotated[
        Union[tuple(f[V] if issubclass(f, Generic) else f for f in FAMILIES)],  # noqa: UP007
        Field(discriminator="dist"),
    ]


class Part(Strict, Generic[V]):
    """One part of a mixture: its share and its distribution."""

    weight: Positive
    distribution: PartOf


class Mixture(Family, Generic[V]):
    """Different distributions for different shares of the cases; the weights sum to one."""

    kernels = Kernels(_quantile, _cdf)

    dist: Literal["mixture"] = "mixture"
    parts: tuple[Part[V], ...]

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("parts"), list):
            return {**data, "parts": tuple(data["parts"])}
        return data

    @model_validator(mode="after")
    def _sums(self) -> Self:
        total = math.fsum(part.weight for part in self.parts)
        if not self.parts or abs(total - 1) > 1e-9:
            raise ValueError(f"the weights sum to {total:g}; make them sum to 1")
        return self

    def numbers(self) -> list[float]:
        """Give the number of parts, then (weight, offset) of each part, then the parts laid out."""
        head = 1 + 2 * len(self.parts)
        pairs: list[float] = []
        body: list[float] = []
        for part in self.parts:
            pairs += [part.weight, head + len(body)]
            body += lay_out(part.distribution)
        return [len(self.parts), *pairs, *body]

    def expectation(self) -> float:
        """Give the weighted sum of the parts' means, `inf` if one of them is."""
        return math.fsum(part.weight * part.distribution.expectation() for part in self.parts)
