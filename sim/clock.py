"""Time is a whole number of microseconds from the scenario's start, a Monday 00:00.

Integers keep ties exact: 1,200 deletions of 4 s against a window of 60 min give exactly 900
(docs/model.md, section 1).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

NEVER: Final = 2**63 - 1
"""The one "never": the largest int64. It is never scheduled and never added to."""

MILLISECOND: Final = 1_000
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY

LONGEST: Final = 36_525 * DAY
"""The longest duration a scenario may name: 100 years. Sums of a few of them stay far below
`NEVER`."""

UNITS: Final = {"ms": MILLISECOND, "s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY}
SIZES: Final = UNITS | {"week": WEEK}
"""The units of durations and rates in text."""
SPELLINGS: Final = {
    "ms": "milliseconds? msec",
    "s": "seconds? secs?",
    "min": "minutes? mins?",
    "h": "hours? hrs?",
    "d": "days?",
    "week": "weeks",
}
"""How people write units besides."""
_NUMBER: Final = r"((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)"
_UNIT: Final = "|".join(f"{unit}|{words.replace(' ', '|')}" for unit, words in SPELLINGS.items())
DURATION_PATTERN: Final = rf"^\s*{_NUMBER}\s*({_UNIT})\s*$"
RATE_PATTERN: Final = rf"^\s*{_NUMBER}\s*(?:/|per|a|an)\s*({_UNIT})\s*$"
HOW_TO_WRITE: Final = f'write a number and a unit ({", ".join(SIZES)}), for example "5 s"'

_FORMS: Final = {False: re.compile(DURATION_PATTERN), True: re.compile(RATE_PATTERN)}
_USUAL: Final = {unit: re.compile(f"{unit}|{w.replace(' ', '|')}") for unit, w in SPELLINGS.items()}


def parted(text: str, *, rate: bool = False) -> tuple[str, str] | None:
    """Give the number and the unit, by its usual name, of a duration or a rate; None if it is none.

    >>> parted("10 minutes"), parted("1,200 per week", rate=True), parted("soon")
    (('10', 'min'), ('1200', 'week'), None)
    """
    match = _FORMS[rate].fullmatch(text)
    if match is None:
        return None
    unit = next(one for one, spelled in _USUAL.items() if spelled.fullmatch(match[2]))
    return match[1].replace(",", ""), unit


def parse_duration(text: str) -> int:
    """Convert a duration such as "5 s" or "400 ms" to whole microseconds.

    The number and the unit (a key of `SIZES`, or as people write it) are both required. Raises `ValueError` for anything
    else, negative numbers and more than 100 years included; the message says what would be right.

    >>> parse_duration("1.5 s")
    1500000
    """
    # Not pandas.Timedelta: it reads "90" as 90 nanoseconds and "" as a missing time. Decimal keeps
    # "0.1 s" exact.
    found = parted(text)
    if found is None:
        raise ValueError(f'"{text}" is not a duration; {HOW_TO_WRITE}')
    try:
        micros = int((Decimal(found[0]) * SIZES[found[1]]).to_integral_value())
    except ArithmeticError:  # a million digits
        micros = NEVER
    if micros > LONGEST:
        raise ValueError(
            f'"{text}" is longer than 100 years; {HOW_TO_WRITE}, or "never" where that is offered'
        )
    return micros


def written(duration: int) -> str:
    """Write microseconds as a scenario file does, exactly.

    >>> written(1_500)
    '1.500 ms'
    """
    return f"{duration // MILLISECOND}.{duration % MILLISECOND:03} ms"


def format_duration(micros: int | float) -> str:
    """Write microseconds as a person would say them, in the largest unit that keeps the number
    readable.

    >>> format_duration(1_500_000), format_duration(5_400_000_000), format_duration(NEVER)
    ('1.5 s', '1.5 h', 'never')
    """
    if micros >= NEVER:
        return "never"
    size = abs(micros)
    unit = next(
        (u for u in ("d", "h", "min", "s", "ms") if size >= UNITS[u]), "ms" if size else "s"
    )
    if unit == "d" and size < 2 * DAY and size % DAY:
        unit = "h"
    return f"{micros / UNITS[unit]:.4g} {unit}"


def format_instant(micros: int) -> str:
    """Write an instant as weekday and wall time of the scenario's clock, for example `Tue
    09:30:05`.

    >>> format_instant(DAY + 9 * HOUR + 30 * MINUTE)
    'Tue 09:30:00'
    """
    if micros == NEVER:
        return "never"
    week, rest = divmod(micros, WEEK)
    day, rest = divmod(rest, DAY)
    hour, rest = divmod(rest, HOUR)
    minute, rest = divmod(rest, MINUTE)
    name = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day]
    prefix = f"week {week + 1} " if week else ""
    return f"{prefix}{name} {hour:02d}:{minute:02d}:{rest // SECOND:02d}"
