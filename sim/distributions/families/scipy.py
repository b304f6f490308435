"""Scipy: any continuous family of `scipy.stats`, through a tabulated inverse."""

from __future__ import annotations

from typing import Any, Generic, Literal

from pydantic import Field

from sim.clock import UNITS
from sim.distributions.family import Family, V
from sim.distributions.table import TABLE, tabulated


class Scipy(Family, Generic[V]):
    """Any continuous family of `scipy.stats` by its name, in the unit given, through a tabulated
    inverse.
    """

    kernels = TABLE

    dist: Literal["scipy"] = "scipy"
    family: str
    parameters: dict[str, float] = Field(default_factory=dict)
    unit: Literal["ms", "s", "min", "h", "d", "number"]

    def __hash__(self) -> int:  # a table of parameters has no hash of its own
        return hash((self.family, tuple(sorted(self.parameters.items())), self.unit))

    def _unit(self) -> float:
        return 1.0 if self.unit == "number" else float(UNITS[self.unit])

    def _frozen(self) -> Any:
        import scipy.stats  # slow to load

        family = getattr(scipy.stats, self.family, None)
        if not isinstance(family, scipy.stats.rv_continuous):
            raise ValueError(
                f'"{self.family}" is not a continuous family of scipy.stats; see the SciPy reference'
            )
        try:
            return family(**self.parameters)
        except TypeError as error:
            needed = family.shapes or "no shape parameters"
            raise ValueError(
                f"{self.family} takes {needed}, and loc and scale; correct its parameters"
            ) from error

    def numbers(self) -> list[float]:
        """Give the table, from the family's `ppf` and `isf`."""
        frozen, unit = self._frozen(), self._unit()
        return tabulated(lambda p: unit * frozen.isf(p), lambda p: unit * frozen.ppf(p))

    def expectation(self) -> float:
        """Give the mean that SciPy gives."""
        return self._unit() * float(self._frozen().mean())
