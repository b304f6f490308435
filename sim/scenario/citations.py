"""Where a parameter is said to come from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from sim.distributions.values import Strict
from sim.scenario.quantities import as_tuple

Grade = Literal["A", "B", "C", "D", "E"]
"""How strong the evidence of a citation is, the strongest first."""


class Source(Strict):
    """Where a parameter comes from: cited with a grade, assumed with a range to sweep, or set with
    a reason.
    """

    source: str | None = Field(
        default=None, description="Citation: author, title, year, where in it."
    )
    grade: Grade | None = Field(default=None, description="Evidence grade of the citation.")
    assumed: str | None = Field(
        default=None, description="Why this value, when nobody has published one."
    )
    sweep: Annotated[tuple[Any, ...], BeforeValidator(as_tuple)] | None = Field(
        default=None, description="Range to explore."
    )
    because: str | None = Field(default=None, description="Why the user set it.")
    note: str | None = Field(default=None, description="Anything a reader should know.")

    @field_validator("sweep")
    @classmethod
    def _range(cls, value: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
        if value is not None and len(value) < 2:
            raise ValueError("a sweep range needs two values or more; write for example [0.1, 0.4]")
        return value
