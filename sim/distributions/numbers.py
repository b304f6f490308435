"""From a spec, as people name it, to the few numbers of a law that `quantile` reads."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.special
import scipy.stats

from sim.clock import UNITS
from sim.distributions import quantile as q
from sim.distributions import spec as s

Numbers = npt.NDArray[np.float64]

Z90 = float(scipy.special.ndtri(0.9))
_Z = q.Z_MIN + q.Z_STEP * np.arange(q.Z_COUNT)


def _exponential(spec: s.Exponential[Any]) -> list[float]:
    """Find the mean: median = mean log 2."""
    law: Any = spec
    return [q.EXPONENTIAL, law.mean if law.mean is not None else law.median / math.log(2), 0.0]


def _lognormal(spec: s.Lognormal[Any]) -> list[float]:
    """Find mu and sigma: median = exp(mu), mean = exp(mu + sigma^2 / 2), p90 = exp(mu + sigma
    z(.9)).
    """
    law: Any = spec  # which parameters are there has been checked by the spec
    if law.median is None:
        return [q.LOGNORMAL, math.log(law.mean) - law.sigma**2 / 2, law.sigma]
    mu = math.log(law.median)
    if law.sigma is not None:
        return [q.LOGNORMAL, mu, law.sigma]
    if law.p90 is not None:
        return [q.LOGNORMAL, mu, (math.log(law.p90) - mu) / Z90]
    return [q.LOGNORMAL, mu, math.sqrt(2 * (math.log(law.mean) - mu))]


def _weibull(spec: s.Weibull[Any]) -> list[float]:
    """Find scale and 1 / shape: mean = scale Gamma(1 + 1/shape), quantile(p) = scale
    (-log(1-p))^(1/shape).
    """
    law: Any = spec  # which parameters are there has been checked by the spec
    if law.shape is None:
        inverse = math.log(law.p90 / law.median) / math.log(math.log(10) / math.log(2))
    else:
        inverse = 1 / law.shape
    if law.median is not None:
        return [q.WEIBULL, law.median / math.log(2) ** inverse, inverse]
    return [q.WEIBULL, law.mean / math.gamma(1 + inverse), inverse]


def _loglogistic(spec: s.Loglogistic[Any]) -> list[float]:
    """Find median and 1 / shape: quantile(p) = median (p / (1 - p))^(1/shape), and p / (1 - p) = 9
    at p90.
    """
    law: Any = spec  # which parameters are there has been checked by the spec
    inverse = math.log(law.p90 / law.median) / math.log(9) if law.shape is None else 1 / law.shape
    return [q.LOGLOGISTIC, law.median, inverse]


def _table(upper: Callable[[Numbers], Any], lower: Callable[[Numbers], Any]) -> list[float]:
    """Tabulate the logarithm of a quantile function, from its lower and its upper tail, on the grid
    of z.
    """
    small = scipy.special.expit(-np.abs(_Z))
    values = np.where(_Z < 0, lower(small), upper(small))
    if not np.all(np.isfinite(values)) or values[0] < 0:
        raise ValueError(
            "the family takes negative or infinite values here; choose parameters that keep it positive"
        )
    logs = np.maximum.accumulate(np.log(np.maximum(values, 1e-300)))
    return [q.TABLE, 0.0, 0.0, *logs.tolist()]


def _gamma(spec: s.Gamma[Any]) -> list[float]:
    """Tabulate the gamma law: shape = (mean / sd)^2, scale = mean / shape."""
    law: Any = spec  # which parameters are there has been checked by the spec
    shape = law.shape if law.shape is not None else (law.mean / law.sd) ** 2
    scale = law.mean / shape
    return _table(
        lambda p: scale * scipy.special.gammainccinv(shape, p),
        lambda p: scale * scipy.special.gammaincinv(shape, p),
    )


def _scipy(law: s.Scipy[Any]) -> list[float]:
    """Tabulate a family of scipy.stats from its `ppf` and `isf`."""
    family = getattr(scipy.stats, law.family, None)
    if not isinstance(family, scipy.stats.rv_continuous):
        raise ValueError(
            f'"{law.family}" is not a continuous family of scipy.stats; see the SciPy reference'
        )
    try:
        frozen = family(**law.parameters)
        unit = 1.0 if law.unit == "number" else float(UNITS[law.unit])
        return _table(lambda p: unit * frozen.isf(p), lambda p: unit * frozen.ppf(p))
    except TypeError as error:
        needed = family.shapes or "no shape parameters"
        raise ValueError(
            f"{law.family} takes {needed}, and loc and scale; correct its parameters"
        ) from error


def _mixture(law: s.Mixture[Any]) -> list[float]:
    """Lay a mixture out as: code, number of parts, 0, then (weight, offset) of each part, then the
    parts.
    """
    head = 3 + 2 * len(law.parts)
    pairs: list[float] = []
    body: list[float] = []
    for part in law.parts:
        pairs += [part.weight, head + len(body)]
        body += _flat(part.law)
    return [q.MIXTURE, len(law.parts), 0.0, *pairs, *body]


def _flat(law: s.Spec) -> list[float]:
    match law:
        case s.Constant():
            return [q.CONSTANT, float(law.value), 0.0]
        case s.Uniform():
            return [q.UNIFORM, float(law.low), float(law.high)]
        case s.Exponential():
            return _exponential(law)
        case s.Lognormal():
            return _lognormal(law)
        case s.Weibull():
            return _weibull(law)
        case s.Gamma():
            return _gamma(law)
        case s.Loglogistic():
            return _loglogistic(law)
        case s.Empirical():
            if law.p is None or law.values is None:
                raise ValueError("its file has not been read; load the scenario from a file")
            return [q.EMPIRICAL, len(law.p), 0.0, *law.p, *(float(v) for v in law.values)]
        case s.Scipy():
            return _scipy(law)
        case s.Mixture():
            return _mixture(law)
        case s.Never():
            return [q.NEVER_LAW, 0.0, 0.0]


def numbers(law: s.Spec) -> Numbers:
    """Lay a law out as the float64 array that `quantile.quantile` reads.

    Durations are in microseconds.

    Raises `ValueError` when a family of scipy.stats is unknown or takes negative values.

    >>> from sim.distributions.values import Duration, Micros
    >>> numbers(s.Exponential[Duration](mean=Micros(5))).tolist()
    [2.0, 5.0, 0.0]
    """
    return np.asarray(_flat(law), dtype=np.float64)
