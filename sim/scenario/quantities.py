"""The small types of a scenario that carry a unit or a name: offsets, rates, weekly windows, weekly
profiles.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from sim.clock import (
    DAY,
    DURATION_PATTERN,
    HOUR,
    MINUTE,
    NEVER,
    RATE_PATTERN,
    SIZES,
    parse_duration,
    parted,
)
from sim.distributions.families.constant import Constant
from sim.distributions.families.never import Never
from sim.distributions.values import Duration, Micros, Strict, read_duration
from sim.scenario.suggestions import did_you_mean

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# Share of person-to-person texts by hour, 24,333 texts of 568 students over 28 days (research table
# CIRC-2, computed from the Copenhagen Networks Study, doi 10.1038/s41597-019-0325-x).
_TEXTING_DAY = (
    0.0117,
    0.0086,
    0.0032,
    0.0022,
    0.0007,
    0.0002,
    0.0079,
    0.0286,
    0.0406,
    0.0547,
    0.0523,
    0.0588,
    0.0691,
    0.0597,
    0.0572,
    0.0570,
    0.0702,
    0.0709,
    0.0580,
    0.0662,
    0.0682,
    0.0661,
    0.0554,
    0.0324,
)
# Message arrivals an hour, 42 users, about 55,000 messages (research table CIRC-1: Dingler &
# Pielot, MobileHCI 2015, doi 10.1145/2785830.2785840, read off a figure by a third party).
_MESSAGING_DAY = (
    2.42,
    0.97,
    0.48,
    0.24,
    0.12,
    0.18,
    0.73,
    1.45,
    2.18,
    3.03,
    3.69,
    4.12,
    4.24,
    3.88,
    4.00,
    3.57,
    3.69,
    4.24,
    3.75,
    4.24,
    3.57,
    4.00,
    4.24,
    3.75,
)
_OFFICE_DAY = (0.0,) * 7 + (0.5, 1.0, 1.0, 1.0, 1.5) + (1.0,) * 5 + (0.5, 0.5) + (0.0,) * 5
_WAKING_DAY = (0.0,) * 7 + (1.0,) * 16 + (0.0,)
_BUSINESS_LOOKS_DAY = (0.0,) * 7 + (1.0,) * 12 + (0.25,) * 4 + (0.0,)

WEEKS: dict[str, tuple[float, ...]] = {
    "flat": (1.0,) * 7,
    "texting": _TEXTING_DAY * 7,
    "messaging": _MESSAGING_DAY * 7,
    "office": _OFFICE_DAY * 5 + (0.0,) * 48,
    "waking": _WAKING_DAY * 7,
    "office mail": _BUSINESS_LOOKS_DAY * 5 + tuple(0.25 * w for w in _WAKING_DAY) * 2,
}
"""Named weekly profiles: weights over equal slots from Monday 00:00. `office` (Mon-Fri 07-19, peak
at 11) and `office mail` are assumptions guided by research tables CIRC-3 and CIRC-4; `waking` is
07:00 to 23:00."""

_OFFSET = re.compile(r"\s*([+-]?)(.*)")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])|24:00")


def _offset(value: object) -> Micros:
    if isinstance(value, Micros):
        return value
    if not isinstance(value, str):
        raise ValueError(
            f'{value!r} is not a time shift; write it as text with a unit, for example "-5 h"'
        )
    match = _OFFSET.fullmatch(value)
    assert match is not None
    try:
        size = parse_duration(match[2])
    except ValueError:
        raise ValueError(
            f'"{value}" is not a time shift; write it with a unit ({", ".join(SIZES)}), for example "-5 h"'
        ) from None
    if size > DAY:
        raise ValueError(f'"{value}" is more than a day; write a shift between "-24 h" and "24 h"')
    return Micros(-size if match[1] == "-" else size)


def _rate(value: object) -> float:
    found = parted(value, rate=True) if isinstance(value, str) and len(value) < 100 else None
    if found is None:
        units = ", ".join(SIZES)
        raise ValueError(
            f'{value!r} is not a rate; write a number per unit ({units}), for example "6 / d"'
        )
    return float(found[0]) / SIZES[found[1]]


def _week(value: Any) -> tuple[float, ...]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, str):
        if value not in WEEKS:
            near = did_you_mean(value, WEEKS)
            raise ValueError(
                f'"{value}" is not a named week{near}; use one of {", ".join(WEEKS)}, or a list of weights'
            )
        return WEEKS[value]
    if not isinstance(value, list) or not all(
        isinstance(w, int | float) and not isinstance(w, bool) for w in value
    ):
        raise ValueError(
            f"{value!r} is not a week; use one of {', '.join(WEEKS)}, or a list of weights"
        )
    weights = tuple(float(min(w, 10**300)) for w in value)
    if not weights or len(weights) % 7:
        raise ValueError(
            f"{len(weights)} weights do not divide a week into equal days; give a multiple of 7"
        )
    if not all(0 <= w < float("inf") for w in weights) or sum(weights) == 0:
        raise ValueError(
            "a weight is negative or infinite, or all are zero; give non-negative weights, one positive"
        )
    return weights


def _days(value: str) -> tuple[bool, ...]:
    """Read "Mon-Fri", "Sat" or "Mon, Wed-Fri" into seven flags."""
    flags = [False] * 7
    for part in value.split(","):
        ends = [end.strip() for end in part.split("-")]
        if len(ends) > 2 or any(end not in DAYS for end in ends):
            raise ValueError(f'"{value}" names no days; write for example "Mon-Fri" or "Mon, Wed"')
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        for day in range(first, last + 1 if last >= first else last + 8):
            flags[day % 7] = True
    return tuple(flags)


def wall_time(text: str) -> int:
    """Read a time of day such as "08:30" (or "24:00") into microseconds.

    Raises `ValueError` for anything else.
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text}" is not a time of day; write for example "08:30"')
    return DAY if match[1] is None else int(match[1]) * HOUR + int(match[2]) * MINUTE


class Window(Strict):
    """A stretch of hours on some days of the week, on the clock of the person meant."""

    days: str = Field(default="Mon-Sun", description='Days, for example "Mon-Fri".')
    opens: str = Field(description='Time of day it opens, for example "08:00".')
    closes: str = Field(description='Time of day it closes, up to "24:00".')

    @model_validator(mode="after")
    def _readable(self) -> Window:
        _days(self.days)
        if wall_time(self.opens) >= wall_time(self.closes):
            raise ValueError(
                f"it opens at {self.opens}, not before it closes at {self.closes}; split it at midnight"
            )
        return self

    def spans(self) -> list[tuple[int, int]]:
        """Give the open stretches within a week as (start, end) in microseconds from Monday 00:00.

        >>> len(Window(days="Mon-Fri", opens="08:00", closes="18:00").spans())
        5
        """
        opens, closes = wall_time(self.opens), wall_time(self.closes)
        return [
            (day * DAY + opens, day * DAY + closes) for day, on in enumerate(_days(self.days)) if on
        ]


Offset = Annotated[
    Micros,
    BeforeValidator(_offset),
    WithJsonSchema({"type": "string", "pattern": DURATION_PATTERN.replace("^", "^\\s*[+-]?", 1)}),
]
"""A shift of the clock, for example "-5 h"."""
Rate = Annotated[
    float, BeforeValidator(_rate), WithJsonSchema({"type": "string", "pattern": RATE_PATTERN})
]
"""A rate such as "6 / d", kept as a number per microsecond."""
Week = Annotated[
    tuple[float, ...],
    BeforeValidator(_week),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(WEEKS)},
                {"type": "array", "items": {"type": "number", "minimum": 0}},
            ]
        }
    ),
]
"""A weekly profile: a name of `WEEKS`, or weights over equal slots, a multiple of 7 of them."""


def as_tuple(value: Any) -> Any:
    """Turn a list of the file into the tuple that frozen models hold."""
    return tuple(value) if isinstance(value, list) else value


def as_tuple_of_one(value: Any) -> Any:
    """Turn a list into a tuple, and anything else into a tuple of it alone."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _or(value: Any, words: dict[str, int]) -> Any:
    """Read a word that may stand for a duration.

    Otherwise the duration itself, with the words in its message.
    """
    if isinstance(value, str) and value in words:
        return Micros(words[value])
    try:
        return value if isinstance(value, Micros) else read_duration(value)
    except ValueError as error:
        choices = " or ".join(f'"{word}"' for word in words)
        problem = str(error).partition(', or "never"')[0]
        raise ValueError(f"{problem}, or {choices}") from None


def _window(value: Any) -> Any:
    return _or(value, {"unlimited": NEVER, "none": -1})


def _maybe_never(value: Any) -> Any:
    return _or(value, {"never": NEVER})


MOST_REPLICATIONS = 10_000_000
SLOWEST = 0.01
"""Characters a second: nobody needs minutes for one."""


def _speed(value: Any) -> Any:
    if value != value:
        raise ValueError("nan is not a number; give a positive speed, or inf for reading at once")
    if isinstance(value, int | float) and not isinstance(value, bool) and not value > 0:
        raise ValueError(
            f"{value} is not above 0; give a positive speed, or inf for reading at once"
        )
    if isinstance(value, int | float) and not isinstance(value, bool) and value < SLOWEST:
        raise ValueError(f"{value} is less than {SLOWEST} a second; give characters per second")
    if isinstance(value, int) and not isinstance(value, bool):
        return float(min(value, 10**300))
    return value


Characters = Annotated[int, Field(ge=0, le=1_000_000)]
Length = Annotated[int, Field(ge=1, le=1_000_000)]
"""Characters of a message: one without any is never read."""
Windows = Annotated[tuple[Window, ...], BeforeValidator(as_tuple)]
MaybeNever = Annotated[Duration, BeforeValidator(_maybe_never)]
DeletionWindow = Annotated[Duration, BeforeValidator(_window)]
Speed = Annotated[float, BeforeValidator(_speed)]
"""Characters a second, or inf."""

NOW = Constant[Duration](value=Micros(0))
NOT_EVER = Never()
"""Distributions of durations that take no time, and that never end."""
