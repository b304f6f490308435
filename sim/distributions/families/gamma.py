"""Gamma: a sum of exponential stages, through a tabulated inverse."""

from __future__ import annotations

from typing import Any, Generic, Literal, Self

from pydantic import model_validator

from sim.distributions.family import Family, Shape, V, exactly_one
from sim.distributions.table import TABLE, tabulated


class Gamma(Family, Generic[V]):
    """A sum of `shape` exponential stages (an Erlang, when shape is whole)."""

    kernels = TABLE

    dist: Literal["gamma"] = "gamma"
    mean: V | None = None
    sd: V | None = None
    shape: Shape | None = None

    @model_validator(mode="after")
    def _given(self) -> Self:
        exactly_one(self, ("mean", "shape"), ("mean", "sd"))
        return self

    def numbers(self) -> list[float]:
        """Give the table: shape = (mean / sd)^2, scale = mean / shape."""
        import scipy.special  # slow to load

        own: Any = self  # which parameters there are, the model has checked
        shape = own.shape if own.shape is not None else (own.mean / own.sd) ** 2
        scale = own.mean / shape
        return tabulated(
            lambda p: scale * scipy.special.gammainccinv(shape, p),
            lambda p: scale * scipy.special.gammaincinv(shape, p),
        )

    def expectation(self) -> float:
        """Give the mean."""
        own: Any = self
        return float(own.mean)
