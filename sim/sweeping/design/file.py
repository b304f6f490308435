"""A sweep file (TOML): a base scenario, what varies, and how sure the answers must be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from sim.distributions.values import Strict
from sim.errors import Fault, ScenarioError
from sim.precision import AT_MOST, FIRST, Precision
from sim.scenario.faults import faults_of
from sim.scenario.quantities import as_tuple
from sim.scenario.reading import parsed, read_text
from sim.scenario.shipped import located
from sim.scenario.suggestions import did_you_mean, said
from sim.sweeping.results.rows import RESERVED, SHARES
from sim.tallies import HEADLINE

Listed = BeforeValidator(as_tuple)
MOST_CELLS = 100_000


class Axis(Strict):
    """One thing that varies: a path with a list of values, or a name with a table of patches."""

    name: str | None = Field(
        default=None, min_length=1, description="Its column in the tables; by default the path."
    )
    path: str | None = Field(default=None, description='What varies: a dotted path, or "platform".')
    values: Annotated[tuple[Any, ...], Listed] | None = Field(
        default=None, description="The values the path takes."
    )
    patches: dict[str, dict[str, Any]] | None = Field(
        default=None, description="Patches by the names to show."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Axis:
        if self.patches is None and (self.path is None or self.values is None):
            raise ValueError("does not say what varies; give path and values, or name and patches")
        if self.patches is not None and (
            self.name is None or self.path is not None or self.values is not None
        ):
            raise ValueError(
                "patches go with a name, and without path and values; write name = ... and [axis.patches]"
            )
        if not (self.values or self.patches):
            raise ValueError("has no values; list one or more")
        return self

    @property
    def column(self) -> str:
        """The name of its column."""
        return self.name or self.path or ""


class Design(Strict):
    """What is unknown, and how its space is filled with points."""

    kind: Literal["sobol", "latin"] = Field(
        default="sobol", description="Scrambled Sobol points, or Latin hypercube."
    )
    points: int = Field(
        ge=1, le=MOST_CELLS, description="Points; the first of a longer Sobol design are the same."
    )
    seed: int = Field(default=1, ge=0, lt=2**63, description="Seed of the scrambling.")
    unknowns: Literal["assumed"] | Annotated[tuple[str, ...], Listed] = Field(
        default="assumed",
        description='Paths of parameters with a sweep range, or "assumed": all that are assumed.',
    )
    ranges: dict[str, Annotated[tuple[Any, ...], Listed]] = Field(
        default_factory=dict,
        description="Ranges by path, instead of those of the scenario's sources.",
    )


class SweepFile(Strict):
    """A sweep as it stands in its file."""

    schema_: Literal[1] = Field(alias="schema", description="Version of the sweep format.")
    title: str = Field(default="", description="One line.")
    question: str = Field(default="", description="What the sweep asks.")
    base: str = Field(default="", description="The base scenario, from the sweep's folder.")
    axis: Annotated[tuple[Axis, ...], Listed] = Field(
        default=(), description="What varies; all are crossed."
    )
    design: Design | None = Field(
        default=None, description="Points in the space of what is unknown."
    )
    policies: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Policies added to the base's."
    )
    play: Annotated[tuple[str, ...], Listed] | None = Field(
        default=None, description="Policies to play; else all."
    )
    seed: int | None = Field(
        default=None, ge=0, lt=2**63, description="Instead of the base's seed."
    )
    replications: int | None = Field(
        default=None, ge=1, le=10_000_000, description="Worlds per cell; else the base's."
    )
    precision: str | None = Field(
        default=None, description='How sure: "0.5 pp" or "10 %", instead of replications.'
    )
    at_most: int = Field(
        default=AT_MOST,
        ge=FIRST,
        le=10_000_000,
        description="Replications at which precision gives up.",
    )
    measures: Annotated[tuple[str, ...], Listed] = Field(
        default=(HEADLINE,), description="Shares that precision is about."
    )
    expect_cells: int | None = Field(
        default=None, ge=1, description="How many cells there must be."
    )

    @field_validator("precision")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        if value is not None:
            Precision.read(value)
        return value

    @model_validator(mode="after")
    def _one_size(self) -> SweepFile:
        if self.precision is not None and self.replications is not None:
            raise ValueError("gives both precision and replications; keep one")
        return self


def read_sweep(path: str | Path) -> SweepFile:
    """Read a sweep: a file, or one that comes with the package by name.

    Raises `ScenarioError` with every fault of its own form; cells are checked by `plan`.

    >>> read_sweep("hold_by_regime").axis[0].column
    'hold'
    """
    shown = str(path)
    text = read_text(located(path), shown)
    return checked(parsed(text, shown), shown)


def checked(raw: dict[str, Any], shown: str) -> SweepFile:
    """Check the tables of a sweep file. Raises `ScenarioError` with every fault of their form."""
    if "traffic" in raw and "base" not in raw:
        problem = "is a scenario, not a sweep file"
        raise ScenarioError(
            [Fault(shown, "", problem, f'name it in a sweep file: base = "{Path(shown).name}"')]
        )
    try:
        sweep = SweepFile.model_validate(raw)
    except ValidationError as error:
        faults = faults_of(
            error, SweepFile, raw, shown
        )  # which knows of [everyone], that only scenarios have
        raise ScenarioError(
            [replace(one, remedy=one.remedy.replace("everyone, ", "")) for one in faults]
        ) from None
    faults = (
        [] if sweep.base else [Fault(shown, "base", "is missing", "name the base scenario's file")]
    )
    faults += measure_faults(sweep, shown)
    if faults:
        raise ScenarioError(faults)
    return sweep


def measure_faults(sweep: SweepFile, shown: str) -> list[Fault]:
    """Refuse shares that are not reported, and a repeated or reserved column."""
    remedy = f"use one of {', '.join(SHARES)}"
    faults = [
        Fault(shown, "measures", f"{said(one)} is no share{did_you_mean(one, SHARES)}", remedy)
        for one in sweep.measures
        if one not in SHARES
    ]
    columns = [axis.column for axis in sweep.axis]
    for k, column in enumerate(columns):
        if column in RESERVED or column in columns[:k] or not column.isprintable():
            faults.append(
                Fault(
                    shown,
                    f"axis[{k}]",
                    f"{said(column)} is taken as the name of a column",
                    "give the axis a name of its own",
                )
            )
    return faults
