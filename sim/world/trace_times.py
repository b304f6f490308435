"""When the messages of a trace were sent: seconds from the start, or dates on somebody's clock.

A form that could mean two things is refused with the key that decides it: `traffic.times`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from sim.errors import TraceError
from sim.world.trace_files import one_fault

EXCEL: Final = (36_526, 54_789)
"""Serial dates of 2000 to 2049: days since 1899-12-30 (ECMA-376, part 1, 18.17.4.1)."""
EPOCH_DAY: Final = 25_569
"""The serial date of 1970-01-01."""
EPOCH: Final = 1e9
"""From here on a number is a time since 1970 (2001 or later), and no delay of thirty years."""
UNITS: Final = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3), (0.0, 1.0))
"""From which size on a time since 1970 is in nano-, micro- or milliseconds, and how many a second."""
DATED: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:$|[ ,T]+\d{1,2}:\d{2}.*)")
ZONED: Final = re.compile(r":\d{2}(?:\.\d+)?\s*(Z|[+-]\d{2}:?(?:\d{2})?)$", re.IGNORECASE)

Stamps = Callable[["pd.Series[str]"], "pd.Series[pd.Timestamp]"]


@dataclass(frozen=True)
class Clock:
    """How the times of a trace are read: `stamps` turns cells into instants (None: seconds from the
    start), `zero` is the Monday that a replication starts with, on the `words` clock; `zone` names
    it, where times are instants that other clocks know too.
    """

    words: str
    stamps: Stamps | None = None
    zero: pd.Timestamp | None = None
    offset: datetime.timedelta = datetime.timedelta(0)
    zone: str | None = None

    @property
    def remedy(self) -> str:
        """Say how a time should have been written."""
        if self.stamps is None:
            return "write seconds from the scenario's start, 0 or more, as in the rest of the file"
        return 'write a timestamp, for example "2026-01-05T09:30:00Z", or seconds in every row'

    def seconds(self, cells: pd.Series[str]) -> pd.Series[float]:
        """Read a column as seconds from the start; NaN where a cell is no time."""
        if self.stamps is None:
            return _numbers(cells)
        if self.zero is None:
            return pd.Series(np.nan, index=cells.index)
        return (self.stamps(cells) + self.offset - self.zero).dt.total_seconds()


def clock_of(table: pd.DataFrame, times: str | None, zone: str | None, shown: str) -> Clock:
    """Find out how the times of a trace are written, where that is not given.

    Raises `TraceError` where they could mean two things.
    """
    sent = table["sent_at"]
    form = times or _form(sent, shown)
    if form == "seconds":
        return Clock("seconds from the scenario's start")
    columns = [table[name] for name in ("sent_at", "deleted_at") if name in table]
    zoned = [one for column in columns for one in _zones(column, form)]
    if None in zoned and len(set(zoned)) > 1:
        problem = "has times with a zone and times without"
        raise one_fault(shown, problem, "write a zone in every time, or in none")
    stamps = _readers()[form]
    first = stamps(sent).min()
    if pd.isna(first):
        return Clock(form, stamps)
    whose, words = _whose(set(zoned), zone)
    offset = _offset(first, whose)
    local = first + offset
    monday = (local - pd.Timedelta(days=local.weekday())).normalize()
    return Clock(words, stamps, monday, offset, whose)


def _whose(zones: set[str | None], zone: str | None) -> tuple[str | None, str]:
    """Name the zone of times that have one, and say whose clock people live by."""
    if zones <= {None}:
        return None, f"the clock of {zone}" if zone else "the clock they are written on"
    whose = zone or (next(iter(zones)) if len(zones) == 1 else None) or "UTC"
    whose = "UTC" if whose.upper() in ("Z", "UTC", "+00:00") else whose
    return whose, f"the clock of {whose}"


def _offset(first: pd.Timestamp, whose: str | None) -> datetime.timedelta:
    """Give what to add to UTC, once for the whole trace.

    Not changing it between summer and winter keeps the time between two messages.
    """
    none = datetime.timedelta(0)
    return none if whose in (None, "UTC") else first.tz_convert(whose).utcoffset() or none


def _form(sent: pd.Series[str], shown: str) -> str:
    if pd.api.types.is_datetime64_any_dtype(sent):
        return "timestamps"
    numbers = _numbers(sent).dropna()
    if len(numbers):
        if numbers.between(*EXCEL).all():
            problem = "has times that may be serial dates of a spreadsheet, or seconds"
            raise _undecided(shown, problem, "excel", "seconds")
        return "epoch" if (numbers >= EPOCH).all() else "seconds"
    parts = [found for cell in sent.dropna().astype(str) if (found := DATED.match(cell.strip()))]
    if not parts:
        return "timestamps" if _iso(sent).notna().any() else "seconds"
    days = any(int(one[1]) > 12 for one in parts), any(int(one[2]) > 12 for one in parts)
    if days[0] == days[1]:
        order = "in either order" if days[0] else "that may start with the day or the month"
        raise _undecided(shown, f"has dates {order}", "day first", "month first")
    return "day first" if days[0] else "month first"


def _undecided(shown: str, problem: str, one: str, other: str) -> TraceError:
    remedy = f'say which: traffic.times = "{one}" or "{other}"; or write 2026-01-05T09:30:00Z'
    return one_fault(shown, problem, remedy, "sent_at")


def _zones(column: pd.Series[str], form: str) -> list[str | None]:
    """List the different zones that a column names; None for times without one."""
    if form == "epoch":
        return ["UTC"]
    if pd.api.types.is_datetime64_any_dtype(column):
        zone = getattr(column.dtype, "tz", None)
        return [None if zone is None else str(zone)]
    if form != "timestamps":
        return [None]
    cells = _plain(column).dropna()
    found = cells.str.extract(ZONED)[0][cells.str.contains(":", regex=False)]
    return [None if pd.isna(one) else str(one) for one in found.unique()]


def _plain(cells: pd.Series[str]) -> pd.Series[str]:
    """Write a zone as ISO 8601 does."""
    text = cells.astype("string").str.strip()
    return text.str.replace(r"\s*(?:UTC|GMT)$", "Z", regex=True)


def _numbers(cells: pd.Series[str]) -> pd.Series[float]:
    if pd.api.types.is_datetime64_any_dtype(cells):
        return pd.Series(np.nan, index=cells.index)
    return pd.to_numeric(cells, errors="coerce").astype("float64")


def _iso(cells: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    if not pd.api.types.is_datetime64_any_dtype(cells):
        cells = _plain(cells)
    return pd.to_datetime(cells, errors="coerce", utc=True, format="ISO8601")


def _since_1970(seconds: pd.Series[float]) -> pd.Series[pd.Timestamp]:
    possible = seconds.where(seconds.between(0, 9e9))
    return pd.to_datetime((possible * 1e6).round(), unit="us", utc=True, errors="coerce")


def _epoch(cells: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    numbers = _numbers(cells)
    median = numbers.median()
    return _since_1970(numbers / next(a for least, a in UNITS if not median < least))


def _excel(cells: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    return _since_1970(((_numbers(cells) - EPOCH_DAY) * 86_400).round(3))


def _dated(cells: pd.Series[str], *, dayfirst: bool) -> pd.Series[pd.Timestamp]:
    text = cells.astype("string").str.strip()
    dates = text.where(text.str.fullmatch(DATED.pattern).fillna(False))
    order = r"\3-\2-\1" if dayfirst else r"\3-\1-\2"
    iso = dates.str.replace(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})[ ,T]*", order + " ", regex=True)
    return pd.to_datetime(iso.str.strip(), errors="coerce", utc=True, format="mixed")


def _readers() -> dict[str, Stamps]:
    return {
        "timestamps": _iso,
        "epoch": _epoch,
        "excel": _excel,
        "day first": lambda cells: _dated(cells, dayfirst=True),
        "month first": lambda cells: _dated(cells, dayfirst=False),
    }
