"""A distribution ready for use: its numbers, mean, quantiles, words, and the table of its
length-biased version.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.clock import format_duration
from sim.distributions import quantile as q
from sim.distributions.families.constant import Constant
from sim.distributions.families.never import Never
from sim.distributions.families.scipy import Scipy
from sim.distributions.family import Family
from sim.distributions.table import grid

Numbers = npt.NDArray[np.float64]

_FINE = 1.0 / 256.0
_Z = np.arange(-36.0, 36.0 + _FINE / 2, _FINE)


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution that can be drawn from: `pool` holds its numbers as `quantile` reads them.

    >>> from sim.distributions.families.exponential import Exponential
    >>> from sim.distributions.values import Duration, Micros
    >>> Distribution.of(Exponential[Duration](mean=Micros(60_000_000))).describe()
    'exponential: mean 1 min, p10 6.322 s, median 41.59 s, p90 2.303 min, p99 4.605 min'
    """

    family: Family
    pool: Numbers = field(repr=False)
    is_duration: bool = True

    @staticmethod
    def of(family: Family, *, is_duration: bool = True) -> Distribution:
        """Make a distribution of a family and its parameters.

        Raises `ValueError` if they cannot be used.
        """
        return Distribution(family, q.laid_out(family), is_duration)

    def quantile(self, u: float | Numbers) -> Numbers:
        """Give the values below which shares `u` of the draws lie (float64, microseconds or a
        number).
        """
        out = np.array(u, dtype=np.float64, ndmin=1)
        q.quantiles(self.pool, 0, out)
        return out

    def cdf(self, x: float) -> float:
        """Give the share of draws that are at most `x`."""
        return float(q.cdf(self.pool, 0, float(x)))

    def mean(self) -> float:
        """Give the mean (float64, microseconds or a number), `inf` if it has none or it is beyond
        all numbers.
        """
        try:
            return self.family.expectation()
        except OverflowError:
            return math.inf

    def describe(self) -> str:
        """Say the distribution in words: family, mean and the quantiles people ask for."""
        if isinstance(self.family, Never):
            return "never"
        if isinstance(self.family, Constant):
            return f"always {self._say(self.mean())}"
        shares = np.array([0.1, 0.5, 0.9, 0.99])
        p10, median, p90, p99 = map(self._say, self.quantile(shares).tolist())
        name = self.family.family if isinstance(self.family, Scipy) else self.family.dist
        mean = self._say(self.mean())
        return f"{name}: mean {mean}, p10 {p10}, median {median}, p90 {p90}, p99 {p99}"

    def _say(self, value: float) -> str:
        if math.isinf(value):
            return "never" if self.is_duration else "infinite"
        return format_duration(value) if self.is_duration else f"{value:.4g}"

    def length_biased(self) -> Numbers:
        """Tabulate, on the grid of z, the z of the share p at which the length-biased distribution
        has share u.

        The interval that covers a fixed instant is drawn in proportion to its length. Its quantile
        function is Q(L^-1(u)) with L the Lorenz curve, L(p) = integral of Q from 0 to p over the
        mean; so only L^-1 is tabulated, for any family alike. Returns float64 of shape (Z_COUNT,).
        Raises `ValueError` if the mean is 0 or infinite.
        """
        import scipy.special  # slow to load

        if not 0 < self.mean() < math.inf:
            raise ValueError(
                "the mean is zero or infinite; the equilibrium start needs a finite positive mean"
            )
        p, rest = scipy.special.expit(_Z), scipy.special.expit(-_Z)
        # dp = p (1 - p) dz, and the trapezoid rule on the whole line converges very fast for a
        # smooth integrand.
        piece = self.quantile(np.clip(p, 2.0**-53, 1 - 2.0**-53)) * p * rest
        if abs(float(piece.sum()) * _FINE / self.mean() - 1) > 0.01:
            raise ValueError(
                "its tail is too heavy for an equilibrium start; choose a lighter one (a larger shape)"
            )
        below, above = np.cumsum(piece) - piece / 2, np.cumsum(piece[::-1])[::-1] - piece / 2
        z_share = np.log(np.maximum(below, 1e-300)) - np.log(np.maximum(above, 1e-300))
        table: Numbers = np.interp(grid(), z_share, _Z)
        return table


@lru_cache(maxsize=256)
def distribution_of(family: Family, *, is_duration: bool = True) -> Distribution:
    """Make, once, the distribution of a family and its parameters (models are frozen and
    hashable).
    """
    return Distribution.of(family, is_duration=is_duration)
