"""A law ready for use: its numbers, mean, quantiles, words, and the table of its length-biased
version.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.special

from sim.clock import UNITS, format_duration
from sim.distributions import quantile as q
from sim.distributions import spec as s
from sim.distributions.numbers import numbers

Numbers = npt.NDArray[np.float64]

_FINE = 1.0 / 256.0
_Z = np.arange(-36.0, 36.0 + _FINE / 2, _FINE)


@dataclass(frozen=True, slots=True)
class Law:
    """A distribution that can be drawn from: `pool` holds its numbers as `quantile` reads them.

    >>> from sim.distributions.values import Duration, Micros
    >>> Law.of(s.Exponential[Duration](mean=Micros(60_000_000))).describe()
    'exponential: mean 1 min, p10 6.322 s, median 41.59 s, p90 2.303 min, p99 4.605 min'
    """

    spec: s.Spec
    pool: Numbers = field(repr=False)
    is_duration: bool = True

    @staticmethod
    def of(spec: s.Spec, *, is_duration: bool = True) -> Law:
        """Make a law of a spec.

        Raises `ValueError` if the spec names a family that cannot be used.
        """
        return Law(spec, numbers(spec), is_duration)

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
            return _mean(self.spec, self)
        except OverflowError:
            return math.inf

    def describe(self) -> str:
        """Say the law in words: family, mean and the quantiles people ask for."""
        return _describe(self)

    def length_biased(self) -> Numbers:
        """Tabulate, on the grid of z, the z of the share p at which the length-biased law has share
        u.

        The interval that covers a fixed instant is drawn in proportion to its length. Its quantile
        function is Q(L^-1(u)) with L the Lorenz curve, L(p) = integral of Q from 0 to p over the
        mean; so only L^-1 is tabulated, for any family alike. Returns float64 of shape (Z_COUNT,).
        Raises `ValueError` if the mean is 0 or infinite.
        """
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
        grid = q.Z_MIN + q.Z_STEP * np.arange(q.Z_COUNT)
        table: Numbers = np.interp(grid, z_share, _Z)
        return table


@lru_cache(maxsize=256)
def law_of(spec: s.Spec, *, is_duration: bool = True) -> Law:
    """Make, once, the law of a spec (specs are frozen and hashable)."""
    return Law.of(spec, is_duration=is_duration)


def _mean(spec: s.Spec, law: Law) -> float:
    match spec:
        case s.Never():
            return math.inf
        case s.Constant():
            return float(spec.value)
        case s.Uniform():
            return (float(spec.low) + float(spec.high)) / 2
        case s.Exponential():
            return float(law.pool[1])
        case s.Lognormal():
            return math.exp(law.pool[1] + law.pool[2] ** 2 / 2)
        case s.Weibull():
            return float(law.pool[1]) * math.gamma(1 + float(law.pool[2]))
        case s.Gamma():
            return float(spec.mean or 0)
        case s.Loglogistic():
            b = (
                float(law.pool[2]) * math.pi
            )  # mean = median (pi / shape) / sin(pi / shape), for shape above 1
            return float(law.pool[1]) * b / math.sin(b) if b < math.pi else math.inf
        case s.Mixture():
            return math.fsum(part.weight * Law.of(part.law).mean() for part in spec.parts)
        case s.Empirical():
            n = int(law.pool[1])
            return float(np.trapezoid(law.pool[3 + n : 3 + 2 * n], law.pool[3 : 3 + n]))
        case s.Scipy():
            import scipy.stats

            unit = 1.0 if spec.unit == "number" else float(UNITS[spec.unit])
            return unit * float(getattr(scipy.stats, spec.family)(**spec.parameters).mean())


def _say(value: float, *, is_duration: bool) -> str:
    if math.isinf(value):
        return "never" if is_duration else "infinite"
    return format_duration(value) if is_duration else f"{value:.4g}"


def _describe(law: Law) -> str:
    def say(value: float) -> str:
        return _say(value, is_duration=law.is_duration)

    if isinstance(law.spec, s.Constant):
        return f"always {say(float(law.spec.value))}"
    if isinstance(law.spec, s.Never):
        return "never"
    p10, median, p90, p99 = (say(x) for x in law.quantile(np.array([0.1, 0.5, 0.9, 0.99])).tolist())
    name = law.spec.family if isinstance(law.spec, s.Scipy) else law.spec.dist
    return f"{name}: mean {say(law.mean())}, p10 {p10}, median {median}, p90 {p90}, p99 {p99}"
