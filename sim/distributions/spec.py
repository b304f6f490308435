"""What a scenario may say about a distribution: families by the names people use, strict and
frozen.

A *duration law* takes durations with a unit ("90 s"); a *number law* takes plain positive numbers.
A bare duration stands for a constant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    model_validator,
)

from sim.clock import DURATION_PATTERN
from sim.distributions.values import Duration, Positive, Probability, Strict

Sigma = Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)]
Shape = Annotated[float, Field(ge=0.05, le=1000, allow_inf_nan=False)]
V = TypeVar("V")
"""What a law is about: `Duration` or `Positive`."""


def _exactly(
    given: Mapping[str, object], choices: tuple[tuple[str, ...], ...], family: str
) -> None:
    """Raise unless the named parameters are exactly one of the allowed choices."""
    names = tuple(name for name, value in given.items() if value is not None)
    if names not in [tuple(n for n in given if n in choice) for choice in choices]:
        allowed = ", or ".join(" and ".join(choice) for choice in choices)
        got = " and ".join(names) or "nothing"
        raise ValueError(f"{family} distributions cannot be told from {got}; give {allowed}")


class Constant(Strict, Generic[V]):
    """Always the same value."""

    dist: Literal["constant"] = "constant"
    value: V


class Uniform(Strict, Generic[V]):
    """Every value between `low` and `high` alike."""

    dist: Literal["uniform"] = "uniform"
    low: V
    high: V

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low: Any = self.low
        if not low < self.high:
            raise ValueError('low is not below high; swap them, or use dist = "constant"')
        return self


class Exponential(Strict, Generic[V]):
    """Memoryless, told from its mean or its median."""

    dist: Literal["exponential"] = "exponential"
    mean: V | None = None
    median: V | None = None

    @model_validator(mode="after")
    def _told(self) -> Self:
        _exactly({"mean": self.mean, "median": self.median}, (("mean",), ("median",)), self.dist)
        _positive(self)
        return self


class Lognormal(Strict, Generic[V]):
    """The logarithm is normal; sigma is its standard deviation."""

    dist: Literal["lognormal"] = "lognormal"
    median: V | None = None
    mean: V | None = None
    p90: V | None = None
    sigma: Sigma | None = None

    @model_validator(mode="after")
    def _told(self) -> Self:
        given = {"median": self.median, "mean": self.mean, "p90": self.p90, "sigma": self.sigma}
        pairs = (("median", "sigma"), ("median", "p90"), ("median", "mean"), ("mean", "sigma"))
        _exactly(given, pairs, self.dist)
        _positive(self)
        _above(self, "median", "p90")
        _above(self, "median", "mean")
        return self


class Weibull(Strict, Generic[V]):
    """Hazard falling (shape below 1) or rising (above 1) as a power of time."""

    dist: Literal["weibull"] = "weibull"
    mean: V | None = None
    median: V | None = None
    p90: V | None = None
    shape: Shape | None = None

    @model_validator(mode="after")
    def _told(self) -> Self:
        given = {"mean": self.mean, "median": self.median, "p90": self.p90, "shape": self.shape}
        _exactly(given, (("mean", "shape"), ("median", "shape"), ("median", "p90")), self.dist)
        _positive(self)
        _above(self, "median", "p90")
        return self


class Gamma(Strict, Generic[V]):
    """A sum of `shape` exponential stages (an Erlang, when shape is whole)."""

    dist: Literal["gamma"] = "gamma"
    mean: V | None = None
    sd: V | None = None
    shape: Shape | None = None

    @model_validator(mode="after")
    def _told(self) -> Self:
        given = {"mean": self.mean, "sd": self.sd, "shape": self.shape}
        _exactly(given, (("mean", "shape"), ("mean", "sd")), self.dist)
        _positive(self)
        return self


class Loglogistic(Strict, Generic[V]):
    """The logarithm is logistic: a power tail with exponent `shape`."""

    dist: Literal["loglogistic"] = "loglogistic"
    median: V | None = None
    p90: V | None = None
    shape: Shape | None = None

    @model_validator(mode="after")
    def _told(self) -> Self:
        given = {"median": self.median, "p90": self.p90, "shape": self.shape}
        _exactly(given, (("median", "shape"), ("median", "p90")), self.dist)
        _positive(self)
        _above(self, "median", "p90")
        return self


class Empirical(Strict, Generic[V]):
    """A table of quantiles: straight lines between (p, value).

    Or a CSV file of observed values, one a line.
    """

    dist: Literal["empirical"] = "empirical"
    p: tuple[Probability, ...] | None = None
    values: tuple[V, ...] | None = None
    file: str | None = None
    column: str | None = None
    unit: Literal["ms", "s", "min", "h", "d"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, data: Any) -> Any:
        return (
            {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
            if isinstance(data, dict)
            else data
        )

    @model_validator(mode="after")
    def _told(self) -> Self:
        if self.file is not None:
            if self.p is not None or self.values is not None:
                raise ValueError("both a table and a file; give p and values, or file")
            return self
        if self.p is None or self.values is None:
            raise ValueError(
                "an empirical distribution needs p and values, or file; give one of the two"
            )
        if len(self.p) != len(self.values) or len(self.p) < 2:
            raise ValueError(
                f"p has {len(self.p)} entries and values {len(self.values)}; give as many of each, two or more"
            )
        values: list[Any] = list(self.values)
        if list(self.p) != sorted(set(self.p)) or values != sorted(values):
            raise ValueError(
                "the quantiles are out of order; write p and values from small to large"
            )
        if self.p[0] != 0 or self.p[-1] != 1:
            raise ValueError(
                "p does not run from 0 to 1; add the smallest and the largest possible value"
            )
        return self


class Never(Strict):
    """It never happens."""

    dist: Literal["never"] = "never"


class Scipy(Strict, Generic[V]):
    """Any continuous family of `scipy.stats` by its name, in the unit given, through a tabulated
    inverse.
    """

    dist: Literal["scipy"] = "scipy"
    family: str
    parameters: dict[str, float] = Field(default_factory=dict)
    unit: Literal["ms", "s", "min", "h", "d", "number"]

    def __hash__(self) -> int:  # a table of parameters has no hash of its own
        return hash((self.family, tuple(sorted(self.parameters.items())), self.unit))


class Part(Strict, Generic[V]):
    """One part of a mixture: its share and its law."""

    weight: Positive
    law: Annotated[
        Constant[V]
        | Uniform[V]
        | Exponential[V]
        | Lognormal[V]
        | Weibull[V]
        | Gamma[V]
        | Loglogistic[V]
        | Empirical[V]
        | Never
        | Scipy[V],
        Field(discriminator="dist"),
    ]


class Mixture(Strict, Generic[V]):
    """Different laws for different shares of the cases; the weights sum to one."""

    dist: Literal["mixture"] = "mixture"
    parts: tuple[Part[V], ...]

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("parts"), list):
            return {**data, "parts": tuple(data["parts"])}
        return data

    @model_validator(mode="after")
    def _sums(self) -> Self:
        total = math.fsum(part.weight for part in self.parts)
        if not self.parts or abs(total - 1) > 1e-9:
            raise ValueError(f"the weights sum to {total:g}; make them sum to 1")
        return self


def _positive(spec: Any) -> None:
    """Refuse a zero where the law needs a positive value."""
    for name in ("mean", "median", "p90", "sd"):
        if getattr(spec, name, None) == 0:
            raise ValueError(f'{name} is 0; give a positive value, or use dist = "constant"')


def _above(spec: Any, low: str, high: str) -> None:
    """Refuse quantiles that are out of order."""
    a, b = getattr(spec, low), getattr(spec, high)
    if a is not None and b is not None and not a < b:
        why = (
            "as the mean of this family always is"
            if high == "mean"
            else "the quantiles are out of order"
        )
        raise ValueError(f"{high} is not above {low}, {why}; swap or correct them")


def _family(value: Any) -> str | None:
    """Tell which family a value of the file means; a bare duration or number is a constant."""
    if isinstance(value, dict):
        return value.get("dist")
    return getattr(value, "dist", "constant")


def _bare(value: Any) -> Any:
    return value if isinstance(value, dict | BaseModel) else {"dist": "constant", "value": value}


class _OrBare:
    """Tell editors that a bare value stands for a constant."""

    def __init__(self, bare: dict[str, Any]) -> None:
        self.bare = bare

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [self.bare, handler(schema)]}


FAMILIES = (
    "constant",
    "uniform",
    "exponential",
    "lognormal",
    "weibull",
    "gamma",
    "loglogistic",
    "empirical",
    "never",
    "scipy",
    "mixture",
)

DurationLaw = Annotated[
    Annotated[Constant[Duration], Tag("constant")]
    | Annotated[Uniform[Duration], Tag("uniform")]
    | Annotated[Exponential[Duration], Tag("exponential")]
    | Annotated[Lognormal[Duration], Tag("lognormal")]
    | Annotated[Weibull[Duration], Tag("weibull")]
    | Annotated[Gamma[Duration], Tag("gamma")]
    | Annotated[Loglogistic[Duration], Tag("loglogistic")]
    | Annotated[Empirical[Duration], Tag("empirical")]
    | Annotated[Never, Tag("never")]
    | Annotated[Scipy[Duration], Tag("scipy")]
    | Annotated[Mixture[Duration], Tag("mixture")],
    Discriminator(_family),
    BeforeValidator(_bare),
    _OrBare({"type": "string", "pattern": DURATION_PATTERN}),
]
NumberLaw = Annotated[
    Annotated[Constant[Positive], Tag("constant")]
    | Annotated[Uniform[Positive], Tag("uniform")]
    | Annotated[Exponential[Positive], Tag("exponential")]
    | Annotated[Lognormal[Positive], Tag("lognormal")]
    | Annotated[Weibull[Positive], Tag("weibull")]
    | Annotated[Gamma[Positive], Tag("gamma")]
    | Annotated[Loglogistic[Positive], Tag("loglogistic")]
    | Annotated[Empirical[Positive], Tag("empirical")]
    | Annotated[Scipy[Positive], Tag("scipy")]
    | Annotated[Mixture[Positive], Tag("mixture")],
    Discriminator(_family),
    BeforeValidator(_bare),
    _OrBare({"type": "number", "exclusiveMinimum": 0}),
]
Spec = (
    Constant[Any]
    | Uniform[Any]
    | Exponential[Any]
    | Lognormal[Any]
    | Weibull[Any]
    | Gamma[Any]
    | Loglogistic[Any]
    | Empirical[Any]
    | Never
    | Scipy[Any]
    | Mixture[Any]
)
"""The spec of any law, whatever it is about."""
