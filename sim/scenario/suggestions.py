"""Guess the typo in a name that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Give `, did you mean "..."?` for the nearest known name, or nothing.

    >>> did_you_mean("hodl", ["hold", "hours"])
    ', did you mean "hold"?'
    """
    close = difflib.get_close_matches(str(name), list(known), n=1)
    return f', did you mean "{close[0]}"?' if close else ""
