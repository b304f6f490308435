"""Scipy: any continuous family of `scipy.stats`, through a tabulated inverse."""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Generic, Literal

import numpy as np
from pydantic import Field

from sim.clock import UNITS
from sim.distributions.family import Family, V
from sim.distributions.table import TABLE, Z_COUNT, Z_MIN, probabilities, tabulated
from sim.schema.fields import Floats

LONGEST = 20.0
"""Seconds of this machine's processor that a table may take; families of SciPy differ by a factor of
thousands."""
PROBES = (2, 8, 64)
"""Points of the grid that are tried first; fewer, if they take as long as `SURE`."""
SURE = 0.3
"""Seconds of a few points that tell how long a table takes."""
LOADING = 2.0
"""Seconds that something may take for being loaded or for the first time only; it is measured again."""


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep SciPy's remarks on far tails to itself: what it gives there is checked by `tabulated`."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _expected(frozen: Any) -> float:
    """Tell how many seconds the table of a frozen distribution is going to take, from a few points."""
    for points in PROBES:
        tails = probabilities(np.linspace(Z_MIN, -Z_MIN, points + 2)[1:-1])
        took = _seconds(frozen, tails)
        if took < LOADING:
            took = min(took, _seconds(frozen, tails))
        if took > SURE:
            break
    return took / points * Z_COUNT


def _seconds(frozen: Any, tails: Floats) -> float:
    """Measure the processor time of both quantiles of some tails."""
    began = time.process_time()
    _asked(frozen.isf, tails)
    _asked(frozen.ppf, tails)
    return time.process_time() - began


def _asked(quantile: Callable[[Floats], Any], tails: Floats) -> Any:
    """Ask SciPy for quantiles, which it searches for where a family has no formula."""
    try:
        return quantile(tails)
    except (ArithmeticError, RuntimeError, ValueError) as error:
        raise ValueError(
            "SciPy finds no quantiles of the family with these parameters; choose others"
        ) from error


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
        with _silent():
            if (seconds := _expected(frozen)) > LONGEST:
                raise ValueError(
                    f"{self.family} would take about {seconds:,.0f} s to tabulate with these parameters; "
                    "choose others, or tabulate it once yourself, as an empirical distribution"
                )
            return tabulated(
                lambda p: unit * _asked(frozen.isf, p), lambda p: unit * _asked(frozen.ppf, p)
            )

    def expectation(self) -> float:
        """Give the mean that SciPy gives."""
        with _silent():
            return self._unit() * float(self._frozen().mean())
