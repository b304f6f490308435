"""What every distribution family has: parameters as a file states them, numbers, a mean, kernels.

A family is one module of `sim.distributions.families`: its model, what makes its parameters wrong,
its source, and the compiled functions that draw from it. `sim.distributions.registry` lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import Field

from sim.distributions.values import Strict

Sigma = Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)]
Shape = Annotated[float, Field(ge=0.05, le=1000, allow_inf_nan=False)]
V = TypeVar("V")
"""What a distribution is about: `Duration` or `Positive`."""

Kernel = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Kernels:
    """The compiled functions of a family; its numbers begin at `pool[at]`.

    `quantile(pool, at, u)` inverts the distribution function at u in (0, 1), `cdf(pool, at, x)` is
    that function at any x. `quantiles(pool, at, us)` replaces an array of uniforms by quantiles,
    the same to the bit; it is worth writing where its loops vectorise.
    """

    quantile: Kernel
    cdf: Kernel
    quantiles: Kernel | None = None


class Family(Strict):
    """The base of the families: parameters by the names people use, strict and frozen."""

    kernels: ClassVar[Kernels]

    dist: str

    def numbers(self) -> list[float]:
        """Give the numbers that the kernels read; durations are in microseconds.

        Raises `ValueError` with the reason if the parameters cannot be used.
        """
        raise NotImplementedError

    def expectation(self) -> float:
        """Give the mean (microseconds or a number), `inf` if there is none.

        Raises `OverflowError` if it is beyond all numbers.
        """
        raise NotImplementedError


def exactly_one(family: Family, *choices: tuple[str, ...]) -> None:
    """Raise unless the parameters given are exactly one of the choices, and all positive."""
    known = {name for choice in choices for name in choice}
    given = [n for n in type(family).model_fields if n in known and getattr(family, n) is not None]
    if set(given) not in [set(choice) for choice in choices]:
        allowed = ", or ".join(" and ".join(choice) for choice in choices)
        got = " and ".join(given) or "nothing"
        raise ValueError(f"{family.dist} distributions cannot be made from {got}; give {allowed}")
    for name in given:
        if getattr(family, name) == 0:
            raise ValueError(f'{name} is 0; give a positive value, or use dist = "constant"')


def increasing(family: Family, low: str, high: str) -> None:
    """Raise if both parameters are given and the second is not above the first."""
    a, b = getattr(family, low), getattr(family, high)
    if a is not None and b is not None and not a < b:
        why = (
            "as the mean of this family always is"
            if high == "mean"
            else "the quantiles are out of order"
        )
        raise ValueError(f"{high} is not above {low}, {why}; swap or correct them")
