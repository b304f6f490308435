"""Scipy: any continuous family of `scipy.stats`, through a tabulated inverse."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any, Generic, Literal

import numpy as np
from pydantic import Field

from sim.clock import UNITS
from sim.distributions.family import Family, V
from sim.distributions.table import TABLE, tabulated

SLOW = (
    "argus",
    "dpareto_lognorm",
    "gausshyper",
    "genhyperbolic",
    "geninvgauss",
    "irwinhall",
    "ksone",
    "levy_stable",
    "norminvgauss",
    "recipinvgauss",
    "studentized_range",
    "vonmises",
    "vonmises_line",
)
"""Families whose table, at SciPy's own example parameters, is not made in eight seconds (1.16)."""


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep SciPy's remarks on far tails to itself: what it gives there is checked by `tabulated`."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


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

        if self.family in SLOW:
            raise ValueError(
                f"{self.family} takes too long to tabulate; tabulate it once yourself, as an empirical distribution"
            )
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
        with _silent():
            return tabulated(lambda p: unit * frozen.isf(p), lambda p: unit * frozen.ppf(p))

    def expectation(self) -> float:
        """Give the mean that SciPy gives."""
        with _silent():
            return self._unit() * float(self._frozen().mean())
