"""The types of a scenario's fields that are distributions.

A *duration* distribution takes durations with a unit ("90 s"), a *number* distribution plain
positive numbers. A bare duration or number stands for a constant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union

from pydantic import BaseModel, BeforeValidator, Discriminator, GetJsonSchemaHandler, Tag

from sim.clock import DURATION_PATTERN
from sim.distributions.families.never import Never
from sim.distributions.family import Family
from sim.distributions.mixture import Mixture
from sim.distributions.registry import FAMILIES
from sim.distributions.values import Duration, Positive


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


def _any_of(families: tuple[Any, ...], about: Any, bare: dict[str, Any]) -> Any:
    """Make the type of a field that takes any of the families, over durations or numbers."""
    members = tuple(
        Annotated[f if f is Never else f[about], Tag(f.model_fields["dist"].default)]
        for f in families
    )
    any_of: Any = Union[members]  # noqa: UP007 # from a tuple
    return Annotated[any_of, Discriminator(_family), BeforeValidator(_bare), _OrBare(bare)]


if TYPE_CHECKING:  # a type checker knows what all families have
    DurationDistribution: TypeAlias = Family
    NumberDistribution: TypeAlias = Family
else:
    _all = (*FAMILIES, Mixture)
    DurationDistribution = _any_of(_all, Duration, {"type": "string", "pattern": DURATION_PATTERN})
    NumberDistribution = _any_of(  # "never" is a time only
        tuple(f for f in _all if f is not Never),
        Positive,
        {"type": "number", "exclusiveMinimum": 0},
    )
