"""Real messages from a CSV or Parquet file.

Every malformed row is an error with its line number; none is dropped.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.clock import LONGEST, NEVER, SECOND, format_duration
from sim.errors import Fault, TraceError
from sim.paths import placed
from sim.scenario.model import KINDS, Scenario, Trace
from sim.scenario.suggestions import said
from sim.schema.fields import Flags, Int64s
from sim.world.sent import BY_SHARE, Sent, in_one_world, names_of
from sim.world.trace_files import ROW, Faults, one_fault, rows_of
from sim.world.trace_times import Clock, clock_of

SHOWN = 50
"""Faults of rows that are printed; the rest are counted."""


def read_trace(scenario: Scenario, trace: Trace) -> Sent:
    """Read and check the trace of a scenario, sorted by time.

    `sent_at` and `deleted_at` are seconds from the scenario's start, or timestamps (then counted
    from the Monday 00:00 before the first message, on the clock that `clock_of` finds). Raises
    `TraceError` naming every malformed row.
    """
    return _read(*_asked(scenario, trace))[0]


@dataclass(frozen=True)
class Log:
    """What a trace calls its rows, in the file's order, and whose clock it is on.

    `ids` is None where the file has no column for them.
    """

    ids: npt.NDArray[Any] | None
    senders: npt.NDArray[Any]
    recipients: npt.NDArray[Any]
    clock: Clock
    span: int
    """From the first message to the last, in microseconds."""
    deletions: int | None
    """How many are on record; None where the file has no column for them."""

    @property
    def people(self) -> int:
        """How many people send or receive."""
        return len({*self.senders, *self.recipients})

    @property
    def words(self) -> str:
        """Say rows, people, span and deletions."""
        rows = f"{len(self.senders):,} messages of {self.people:,} people within "
        found = f"{self.deletions or 0:,} recorded deletions"
        none = "no column deleted_at, so that mistakes are drawn as mistakes.chance has it"
        return f"{rows}{format_duration(self.span)}; {none if self.deletions is None else found}"


def read_log(scenario: Scenario, trace: Trace) -> Log:
    """Read what a trace calls its messages and people. Raises as `read_trace` does."""
    return _read(*_asked(scenario, trace))[1]


def _asked(scenario: Scenario, trace: Trace) -> tuple[Any, ...]:
    """Find the file of a trace and give the arguments of `_read`; raise `TraceError` if it is none."""
    file = placed(
        trace.file, Path(scenario.folder)
    )  # where it may lie is checked with the scenario
    shown = (
        str(Path(scenario.file).parent / trace.file)
        if scenario.file.endswith(".toml")
        else trace.file
    )
    try:
        status = file.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise one_fault(shown, "is not an ordinary file", "name a CSV or Parquet file")
    except FileNotFoundError:
        raise one_fault(
            shown,
            "there is no such file",
            "correct traffic.file, which starts from the scenario's folder",
        ) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise one_fault(shown, f"cannot be read ({why})", "correct traffic.file") from None
    age = (status.st_mtime_ns, status.st_size)
    horizon = int(scenario.run.horizon)
    means = (trace.times, trace.zone, tuple(scenario.senders.groups))
    return file, age, shown, trace.message, int(trace.length), horizon, *means


@lru_cache(maxsize=8)
def _read(
    file: Path,
    age: tuple[int, int],
    shown: str,
    kind: str,
    length: int,
    horizon: int,
    times: str | None,
    zone: str | None,
    sender_groups: tuple[str, ...],
) -> tuple[Sent, Log]:
    """Read a trace once, as long as its `age` (time of change, size) stays the same."""
    table, faults = rows_of(file, shown)
    clock = clock_of(table, times, zone, shown)
    written = _instants(table, "sent_at", clock, faults)
    for column in ("sender", "recipient"):
        blank = table[column].isna() | (table[column].astype("string").str.strip() == "")
        _complain(blank, table, column, "is missing", "name the person", faults)
    _check_span(written, table, horizon, faults)
    kinds = _kinds(table, kind, faults)
    lengths = _lengths(table, length, faults)
    deleted = _deletions(table, written, clock, faults)
    somehow = _deleted(table, faults)
    group, sender_group = _groups(table, faults), _sender_groups(table, sender_groups, faults)
    ids = _ids(table, faults)
    if faults:
        raise TraceError(_first_of(faults, shown))
    times_of = written.to_numpy(np.int64)
    sent = _sent(table, times_of, kinds, lengths, deleted, somehow, group, sender_group, ids)
    return sent, _log(table, times_of, deleted, clock)


def _check_span(written: pd.Series[int], table: pd.DataFrame, horizon: int, faults: Faults) -> None:
    """Add a fault if the messages do not all come before the horizon, which begins with the first: one
    for all of them, as it may be the first that is wrong.
    """
    times = written.to_numpy(np.float64, na_value=np.nan)
    late = np.count_nonzero(times >= horizon)
    if not late:
        return
    first, last = int(np.nanargmin(times)), int(np.nanargmax(times))
    said_at = [said(str(table["sent_at"].iloc[row])) for row in (first, last)]
    problem = f"{said_at[1]} is not before the horizon of {format_duration(horizon)}"
    problem += f", as are {late - 1:,} more" if late > 1 else ""
    if first != last:
        rest = np.delete(times, first)
        problem += (
            f"; the log begins on line {int(table[ROW].iloc[first])} with {said_at[0]}, and without "
            f"that one spans {format_duration(int(np.nanmax(rest) - np.nanmin(rest)))}"
        )
    remedy = (
        "correct what is wrong of these times (is traffic.times right?), or lengthen run.horizon"
    )
    faults.append((int(table[ROW].iloc[last]), "sent_at", problem, remedy))


def _log(
    table: pd.DataFrame, written: np.ndarray, deleted: pd.Series[int] | None, clock: Clock
) -> Log:
    ids = table["id"].astype("string").to_numpy(dtype=object) if "id" in table else None
    sender, recipient = (
        table[column].astype(str).str.strip().to_numpy(dtype=object)
        for column in ("sender", "recipient")
    )
    count = None if deleted is None else int(deleted.notna().sum())
    return Log(ids, sender, recipient, clock, int(written.max() - written.min()), count)


def _first_of(faults: Faults, shown: str) -> list[Fault]:
    """Put faults in the order of their lines, and count those beyond the first `SHOWN`."""
    word = "row" if shown.endswith(".parquet") else "line"
    out = [
        Fault(shown, f"{word} {line}, {column}" if column else f"{word} {line}", problem, remedy)
        for line, column, problem, remedy in sorted(faults, key=lambda fault: fault[0])
    ]
    extra = len(out) - SHOWN
    more = (
        [Fault(shown, "", f"{extra:,} more faults were found", "correct the ones above first")]
        if extra > 0
        else []
    )
    return out[:SHOWN] + more


def _complain(
    bad: pd.Series[bool],
    table: pd.DataFrame,
    column: str,
    problem: str,
    remedy: str,
    faults: Faults,
) -> None:
    """Add a fault for every row that is bad.

    A cell that is empty is missing, whatever else was expected of it.
    """
    for row in np.flatnonzero(bad.to_numpy()):
        value = table[column].iloc[row]
        said_of_it = (
            problem
            if pd.isna(value) and problem.endswith("missing")
            else "is missing"
            if pd.isna(value)
            else (f"{said(value if isinstance(value, str) else str(value))} {problem}")
        )
        faults.append((int(table[ROW].iloc[row]), column, said_of_it, remedy))


def _instants(table: pd.DataFrame, column: str, clock: Clock, faults: Faults) -> pd.Series[int]:
    """Read a column of times as Int64 microseconds (missing where empty or faulty)."""
    raw, numbers = table[column], clock.seconds(table[column])
    possible = numbers.between(0, LONGEST / SECOND)
    bad = ~possible & (raw.notna() | (column == "sent_at"))
    _complain(bad, table, column, "is not a time", clock.remedy, faults)
    return (numbers.where(possible) * SECOND).round().astype("Int64")


def _kinds(table: pd.DataFrame, kind: str, faults: Faults) -> pd.Series[str]:
    if "kind" not in table:
        return pd.Series(kind, index=table.index)
    bad = ~table["kind"].isin(KINDS)
    _complain(
        bad, table, "kind", "is not a kind of message", f"use one of {', '.join(KINDS)}", faults
    )
    return table["kind"]


def _lengths(table: pd.DataFrame, length: int, faults: Faults) -> pd.Series[float]:
    if "length" not in table:
        return pd.Series(float(length), index=table.index)
    cells = table["length"]
    unknown = cells.isna() | (cells.astype("string").str.strip() == "")
    numbers = pd.to_numeric(cells, errors="coerce").mask(unknown, length)
    none = ~unknown & (numbers == 0)
    _complain(
        none,
        table,
        "length",
        "characters are nothing that could be read",
        f"leave the cell empty where the length is not known: {length:,} (traffic.length) is taken",
        faults,
    )
    _complain(
        ~none & (~numbers.between(1, 1_000_000) | (numbers % 1 != 0)),
        table,
        "length",
        "is not a number of characters",
        "write a whole number from 1 to 1,000,000, or leave the cell empty if it is not known",
        faults,
    )
    return numbers


def _deletions(
    table: pd.DataFrame, written: pd.Series[int], clock: Clock, faults: Faults
) -> pd.Series[int] | None:
    if "deleted_at" not in table:
        return None
    deleted = _instants(table, "deleted_at", clock, faults)
    early = (deleted < written).fillna(False).astype(bool)
    _complain(
        early,
        table,
        "deleted_at",
        "is before the message was sent",
        "correct sent_at or deleted_at",
        faults,
    )
    return deleted


_YES, _NO = ("yes", "true", "1"), ("no", "false", "0", "")


def _deleted(table: pd.DataFrame, faults: Faults) -> Flags:
    """Tell which messages were deleted, at whatever time: a column of yes and no."""
    if "deleted" not in table:
        return np.zeros(len(table), dtype=np.bool_)
    words = table["deleted"].astype("string").fillna("").str.strip().str.lower()
    _complain(
        ~words.isin((*_YES, *_NO)),
        table,
        "deleted",
        "is neither yes nor no",
        "write yes or no, or give the time in a column deleted_at",
        faults,
    )
    return np.asarray(words.isin(_YES), dtype=np.bool_)


def _groups(table: pd.DataFrame, faults: Faults) -> pd.Series[str]:
    """Name the group message that every row is a part of; empty: none. Its parts have one sender and
    one time.
    """
    if "group" not in table:
        return pd.Series("", index=table.index, dtype="string")
    names = table["group"].astype("string").fillna("").str.strip()
    for column in ("sender", "sent_at"):
        told = table.groupby(names)[column].transform("nunique")
        _complain(
            (told > 1) & (names != ""),
            table,
            "group",
            f"has more than one {column}",
            "give the rows of one group message one sender and one time",
            faults,
        )
    return names


def _sender_groups(table: pd.DataFrame, names: tuple[str, ...], faults: Faults) -> Int64s:
    """Give the group of senders that every row names, by its place in the scenario; -1: none."""
    if "sender_group" not in table or not names:
        return np.full(len(table), BY_SHARE, dtype=np.int64)
    words = table["sender_group"].astype("string").fillna("").str.strip()
    _complain(
        ~words.isin(("", *names)),
        table,
        "sender_group",
        "is not a group of senders of the scenario",
        f"use one of {', '.join(names)}, or leave the cell empty",
        faults,
    )
    told = words.groupby(table["sender"]).transform("nunique")
    _complain(
        told > 1, table, "sender_group", "is one of two of this sender", "give it one", faults
    )
    places = {name: k for k, name in enumerate(names)}
    return np.asarray(words.map(places).fillna(-1), dtype=np.int64)


def _ids(table: pd.DataFrame, faults: Faults) -> pd.Series[str]:
    """Name every row: by its id, or by sender, recipient and time, and a count among equals."""
    if "id" in table:
        ids = table["id"]
        again = ids.duplicated(keep="first") & ids.notna()
        _complain(
            ids.isna(),
            table,
            "id",
            "is missing",
            "give every message its own id, or leave the column out",
            faults,
        )
        _complain(again, table, "id", "was used before", "give every message its own id", faults)
        return ids.astype("string").fillna("")
    parts = [table[column].astype("string") for column in ("sender", "recipient", "sent_at")]
    base = parts[0] + "|" + parts[1] + "|" + parts[2]
    return base.fillna("") + "|" + base.groupby(base).cumcount().astype("string")


def _sent(
    table: pd.DataFrame,
    written: np.ndarray,
    kinds: pd.Series[str],
    lengths: pd.Series[float],
    deleted: pd.Series[int] | None,
    somehow: Flags,
    group: pd.Series[str],
    sender_group: Int64s,
    ids: pd.Series[str],
) -> Sent:
    people_out = table["sender"].astype(str).str.strip()
    people_in, recipient_names = pd.factorize(table["recipient"].astype(str).str.strip(), sort=True)
    sender, _ = pd.factorize(people_out, sort=True)
    writer = pd.Index(recipient_names).get_indexer(people_out)
    entity = names_of(("message " + ids.astype(str)).to_numpy(dtype=object))
    parts, _ = pd.factorize(group.where(group != ""), sort=True)
    in_group = names_of(("group " + group.astype(str)).to_numpy(dtype=object))
    order = np.lexsort((np.arange(len(table)), written))
    recorded = np.full(len(table), NEVER, dtype=np.int64)
    if deleted is not None:
        recorded = np.asarray(deleted.fillna(NEVER), dtype=np.int64)
    return in_one_world(
        written=written[order],
        sender=sender.astype(np.int64)[order],
        recipient=people_in.astype(np.int64)[order],
        writer=writer.astype(np.int64)[order],
        number=np.arange(len(table), dtype=np.int64)[order],
        entity=entity[order],
        kind=np.asarray(kinds.map({name: k for k, name in enumerate(KINDS)}), dtype=np.int64)[
            order
        ],
        length=np.asarray(lengths, dtype=np.int64)[order],
        batch=np.full(len(table), -1, dtype=np.int64),
        group=parts.astype(np.int64)[order],
        said=np.where(parts >= 0, in_group, entity)[order],
        sender_group=sender_group[order],
        deleted=somehow[order],
        deleted_at=recorded[order],
        has_record=bool((recorded != NEVER).any() or somehow.any()),
        people=names_of(np.array([f"person {name}" for name in recipient_names], dtype=object)),
        after=np.full(len(table), -1, dtype=np.int64),
    )
