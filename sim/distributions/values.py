"""The values a scenario may name: durations with a unit, probabilities, positive numbers.

And the strict base of models.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from sim.clock import DURATION_PATTERN, HOW_TO_WRITE, parse_duration


def read_duration(value: object) -> int:
    """Read a duration from a file (text with a unit) or from a model that was read before (whole
    microseconds).
    """
    if isinstance(value, Micros):
        return value
    if isinstance(value, str) and value.lstrip().startswith("-"):
        raise ValueError(f'"{value}" is not a duration, which is never negative; {HOW_TO_WRITE}')
    if isinstance(value, str):
        return Micros(parse_duration(value))
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        raise ValueError(f"{value!r} is not a duration; {HOW_TO_WRITE}")
    raise ValueError(f"{value} has no unit; {HOW_TO_WRITE}")


class Micros(int):
    """A duration that has been read: whole microseconds, told apart from a bare number in a
    file.
    """


Duration = Annotated[
    Micros,
    BeforeValidator(read_duration),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": DURATION_PATTERN,
            "description": f"A duration: {HOW_TO_WRITE}.",
        }
    ),
]
SHARE_PATTERN = r"^\s*[0-9]+(\.[0-9]+)?\s*%\s*$"


def read_share(value: object) -> object:
    """Read a percentage as a number from 0 to 1; anything else stays as it is.

    >>> read_share("60 %"), read_share(0.6)
    (0.6, 0.6)
    """
    if isinstance(value, str) and re.match(SHARE_PATTERN, value):
        return float(Decimal(value.replace("%", "").strip()) / 100)
    return value


Probability = Annotated[
    float,
    BeforeValidator(read_share),
    Field(ge=0, le=1),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {"type": "string", "pattern": SHARE_PATTERN},
            ]
        }
    ),
]
"""A share or chance: a number from 0 to 1, or a percentage such as "60 %"."""
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Strict(BaseModel):
    """The base of everything that is read from a file: no unknown keys, no silent conversions, no
    changes later.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True
    )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle a model of durations or of numbers by what it is about: no module has its class, and
        a copy of the class is another one, which pydantic warns of.
        """
        made = type(self).__pydantic_generic_metadata__
        if made["origin"]:
            return _blank, (made["origin"], ABOUT.index(made["args"][0])), self.__getstate__()
        return _blank, (type(self),), self.__getstate__()


ABOUT = (Duration, Positive)
"""What a generic model can be about."""


def _blank(model: Any, about: int | None = None) -> Strict:
    kind: type[Strict] = model if about is None else model[ABOUT[about]]
    return kind.__new__(kind)
