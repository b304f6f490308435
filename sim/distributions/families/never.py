"""Never: it does not happen. The value is infinite with certainty."""

from __future__ import annotations

import math
from typing import Literal

from sim.compiling import njit_inlined
from sim.distributions.family import Family, Kernels


@njit_inlined
def _quantile(pool, at, u):
    return math.inf


@njit_inlined
def _cdf(pool, at, x):
    return 0.0


class Never(Family):
    """It never happens."""

    kernels = Kernels(_quantile, _cdf)

    dist: Literal["never"] = "never"

    def numbers(self) -> list[float]:
        """Give nothing."""
        return []

    def expectation(self) -> float:
        """Give infinity."""
        return math.inf
