"""The families, each with its twin in SciPy and the accuracy that is promised (relative error of a
quantile)."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

import scipy.stats as st

from sim.clock import MINUTE, SECOND

EXACT = 5e-13
"""Closed forms: a few last bits, amplified by exp."""
TABULATED = 4e-5
"""Straight lines in (log odds, log value) at 1/64: the promise for gamma and for families of
SciPy."""


@dataclass(frozen=True)
class Case:
    """A distribution as a scenario says it, SciPy's distribution, and how close they must be."""

    table: Any
    twin: Any
    accuracy: float = EXACT

    @property
    def name(self) -> str:
        """A short name for the test report."""
        return " ".join(str(v) for v in self.table.values() if not isinstance(v, dict | list))


def scipys(family: str, **parameters: float) -> dict[str, Any]:
    """Name a family of SciPy as a scenario does, in seconds."""
    return {"dist": "scipy", "family": family, "unit": "s", "parameters": parameters}


S = float(SECOND)
CASES = [
    Case({"dist": "uniform", "low": "2 s", "high": "9 s"}, st.uniform(2 * S, 7 * S)),
    Case({"dist": "exponential", "mean": "1 min"}, st.expon(scale=MINUTE)),
    Case({"dist": "lognormal", "median": "23 s", "sigma": 1.43}, st.lognorm(1.43, scale=23 * S)),
    Case({"dist": "lognormal", "median": "1 s", "sigma": 0.01}, st.lognorm(0.01, scale=S)),
    Case(
        {"dist": "lognormal", "median": "10 min", "sigma": 3.0}, st.lognorm(3.0, scale=10 * MINUTE)
    ),
    Case(
        {"dist": "weibull", "median": "10 s", "shape": 0.6},
        st.weibull_min(0.6, scale=10 * S / log(2) ** (1 / 0.6)),
    ),
    Case(
        {"dist": "weibull", "median": "10 s", "shape": 3.0},
        st.weibull_min(3.0, scale=10 * S / log(2) ** (1 / 3)),
    ),
    Case({"dist": "loglogistic", "median": "10 s", "shape": 1.7}, st.fisk(1.7, scale=10 * S)),
    Case({"dist": "gamma", "mean": "10 s", "shape": 0.5}, st.gamma(0.5, scale=20 * S), TABULATED),
    Case({"dist": "gamma", "mean": "10 s", "shape": 1.0}, st.expon(scale=10 * S), TABULATED),
    Case(
        {"dist": "gamma", "mean": "10 s", "shape": 7.3},
        st.gamma(7.3, scale=10 * S / 7.3),
        TABULATED,
    ),
    Case(scipys("invgauss", mu=0.8), st.invgauss(0.8, scale=S), TABULATED),
    Case(scipys("lomax", c=2.5, scale=3.0), st.lomax(2.5, scale=3 * S), TABULATED),
    Case(scipys("beta", a=2.0, b=3.0, scale=60.0), st.beta(2, 3, scale=60 * S), TABULATED),
    Case(scipys("halfnorm", scale=4.0), st.halfnorm(scale=4 * S), TABULATED),
]


def case(name: str) -> Case:
    """Find a case by its name."""
    return next(one for one in CASES if one.name == name)


LENGTH_BIASED = [
    (case("exponential 1 min").table, st.gamma(2, scale=MINUTE)),
    (case("lognormal 23 s 1.43").table, st.lognorm(1.43, scale=23 * S * exp(1.43**2))),
    (case("lognormal 10 min 3.0").table, st.lognorm(3.0, scale=10 * MINUTE * exp(9.0))),
    (case("gamma 10 s 0.5").table, st.gamma(1.5, scale=20 * S)),
    (case("gamma 10 s 7.3").table, st.gamma(8.3, scale=10 * S / 7.3)),
    (
        case("weibull 10 s 0.6").table,
        st.gengamma(1 + 1 / 0.6, 0.6, scale=10 * S / log(2) ** (1 / 0.6)),
    ),
    (case("weibull 10 s 3.0").table, st.gengamma(1 + 1 / 3, 3.0, scale=10 * S / log(2) ** (1 / 3))),
]
"""Distributions and, in closed form, that of the interval that covers a fixed instant: density
x f(x) / mean."""


def biased_uniform(low: float, high: float, u: float) -> float:
    """Invert the length-biased uniform distribution: density proportional to x on [low, high]."""
    return sqrt(low**2 + u * (high**2 - low**2))
