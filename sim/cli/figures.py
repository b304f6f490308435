"""Numbers as tables write them: shares, intervals, changes and times."""

from __future__ import annotations

from typing import Any, Final

from sim.cli.words import time_of
from sim.clock import SECOND
from sim.estimates import Estimate
from sim.surfaces import PREVIEWS

NONE_CHANGED: Final = "none changed"
"""What stands in the place of a difference where the same messages were read."""


def percent(value: float) -> str:
    """Write a share as a percentage, or a dash where there is none."""
    return "–" if value != value else f"{100 * value:.1f}"


def interval(e: Estimate) -> str:
    """Write a share with its interval, in percent, or a dash where there is none."""
    if e.value != e.value:
        return "–"
    return f"{percent(e.value)} ({percent(e.low)}–{percent(e.high)})"


def split_of(preview_first: Estimate, in_app: Estimate) -> str:
    """Write what a headline adds up from."""
    *first, last = (one.label for one in PREVIEWS)
    return (
        f"{percent(preview_first.value)} % by preview first ({', '.join(first)} or {last}) and "
        f"{percent(in_app.value)} % in the app first"
    )


def points_of(difference: dict[str, Any]) -> str:
    """Write a difference in points, with its interval if it has one, or a dash where there is none."""
    value, low, high = (100 * difference[key] for key in ("value", "low", "high"))
    return "–" if value != value else with_limits(value, low, high, form="+.1f")


def signed_interval(value: float, low: float, high: float) -> str:
    """Write a difference in points with its interval, all with their signs.

    >>> signed_interval(-0.0, -0.012, 0.02)
    '+0.0 (-1.2 to +2.0)'
    """
    return f"{signed(value)} ({signed(low)} to {signed(high)})"


def signed(share: float) -> str:
    """Write points with their sign, and nothing as +0.0."""
    return f"{round(100 * share, 1) + 0.0:+.1f}"


def count_of(value: Any) -> str:
    """Write a count of messages, or a dash where messages are not paired."""
    return f"{value:,}" if isinstance(value, int) else "–"


def change_of(difference: dict[str, Any]) -> str:
    """Write a difference in points.

    Where no message changed sides there is nothing to measure.
    """
    sides = [count_of(difference[key]) for key in ("saved", "newly_lost")]
    is_none = difference["value"] == 0 and sides == ["0", "0"]
    return NONE_CHANGED if is_none else points_of(difference)


def later_of(seconds: float) -> str:
    """Say by how much something is later, or earlier, as people do; a dash if it is not known."""
    if seconds != seconds:
        return "–"
    sign = "+" if seconds > 0 else "-"
    return f"{sign}{time_of(abs(seconds) * SECOND)}" if seconds else "0 s"


def with_limits(value: float, low: float, high: float, *, form: str) -> str:
    """Write a number with its interval, if there is one."""
    return f"{value:{form}}" + (f" ({low:{form}} to {high:{form}})" if low == low else "")


def number(value: float) -> str:
    """Write a number, or a dash where there is none."""
    return "–" if value != value else f"{value:.3f}"
