"""Say back what a user wrote, and guess the typo in a name that is not known."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterable, Mapping

SHOWN = 60
"""Characters of a value that a message repeats."""


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Give ` (did you mean "..."?)` for the nearest known name, or nothing.

    >>> did_you_mean("hodl", ["hold", "hours"])
    ' (did you mean "hold"?)'
    """
    close = difflib.get_close_matches(str(name)[:SHOWN], [str(one) for one in known], n=1)
    return f' (did you mean "{close[0]}"?)' if close else ""


def said(value: object) -> str:
    """Repeat a value as it stands in a TOML file, on one line and not too long.

    >>> said("5s"), said(True), said([1, 2]), said(float("nan"))
    ('"5s"', 'true', 'a list', 'nan')
    """
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    try:
        text = f'"{value}"' if isinstance(value, str) else repr(value)
    except ValueError:  # Python does not write whole numbers of more than 4,300 digits
        return "a very large number"
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
