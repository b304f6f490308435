"""Real messages from a CSV or Parquet file. Every malformed row is an error with its line number; none is dropped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from sim.clock import NEVER, SECOND, format_duration
from sim.errors import Fault, TraceError
from sim.scenario.model import KINDS, Scenario, Trace
from sim.scenario.suggestions import did_you_mean
from sim.world.traffic import Sent, names_of

NEEDED = ("sent_at", "sender", "recipient")
OPTIONAL = ("id", "kind", "length", "deleted_at")
SHOWN = 50
"""Malformed rows that are printed; the rest are counted."""


def read_trace(scenario: Scenario, trace: Trace) -> Sent:
    """Read and check the trace of a scenario, sorted by time.

    `sent_at` and `deleted_at` are seconds from the scenario's start, or timestamps (then counted from the Monday 00:00
    before the first message). Raises `TraceError` naming every malformed row.
    """
    file = Path(scenario.folder) / trace.file
    shown = str(Path(scenario.file).parent / trace.file) if scenario.file.endswith(".toml") else trace.file
    return _read(file, shown, trace.message, int(trace.length), int(scenario.run.horizon))


@lru_cache(maxsize=8)
def _read(file: Path, shown: str, kind: str, length: int, horizon: int) -> Sent:
    table = _table(file, shown)
    faults: list[Fault] = []
    written = _instants(table, "sent_at", shown, faults)
    for column in ("sender", "recipient"):
        _complain(table[column].isna() | (table[column].astype("string").str.strip() == ""), table[column], column, shown,
                  "is missing", "name the person", faults)  # fmt: skip
    late = written.notna() & (written >= horizon)
    _complain(late, table["sent_at"], "sent_at", shown, f"is at or after the horizon of {format_duration(horizon)}",
              "lengthen run.horizon", faults)  # fmt: skip
    kinds = _kinds(table, kind, shown, faults)
    lengths = _lengths(table, length, shown, faults)
    deleted = _deletions(table, written, shown, faults)
    ids = _ids(table, shown, faults)
    if faults:
        extra = len(faults) - SHOWN
        more = [Fault(shown, "", f"{extra} more faults", "correct the ones above first")] if extra > 0 else []
        raise TraceError(sorted(faults, key=lambda f: int(f.path.split()[1].rstrip(",")))[:SHOWN] + more)
    return _sent(table, written.to_numpy(np.int64), kinds, lengths, deleted, ids)


def _table(file: Path, shown: str) -> pd.DataFrame:
    try:
        if file.suffix == ".parquet":
            table = pd.read_parquet(file)
        else:
            # Text first, blank lines kept: every row keeps its line number and no value is converted unseen.
            table = pd.read_csv(file, dtype=str, keep_default_na=False, na_values=[""], skip_blank_lines=False)
    except FileNotFoundError:
        raise TraceError([Fault(shown, "", "there is no such file", "correct traffic.file")]) from None
    except UnicodeDecodeError:
        raise TraceError([Fault(shown, "", "is not UTF-8 text", "save it as UTF-8")]) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, OSError, ValueError) as error:
        raise TraceError([Fault(shown, "", f"cannot be read: {error}", "write CSV with a header, or Parquet")]) from None
    table.columns = [str(name).strip() for name in table.columns]
    wrong = [Fault(shown, name, "this column is missing", f"the file needs {', '.join(NEEDED)}")
             for name in NEEDED if name not in table.columns]  # fmt: skip
    wrong += [Fault(shown, name, f"unknown column{did_you_mean(name, (*NEEDED, *OPTIONAL))}",
                    f"known columns: {', '.join((*NEEDED, *OPTIONAL))}")
              for name in table.columns if name not in (*NEEDED, *OPTIONAL)]  # fmt: skip
    if wrong or table.empty:
        raise TraceError(wrong or [Fault(shown, "", "holds no message", "add rows below the header")])
    return table


def _complain(
    bad: pd.Series[bool], values: pd.Series[str], column: str, shown: str, problem: str, remedy: str, faults: list[Fault]
) -> None:
    """Add a fault for every row that is bad; the header is line 1."""
    for row in np.flatnonzero(bad.to_numpy()):
        value = values.iloc[row]
        said = problem if pd.isna(value) else f'"{value}" {problem}'
        faults.append(Fault(shown, f"line {row + 2}, {column}", said, remedy))


def _instants(table: pd.DataFrame, column: str, shown: str, faults: list[Fault]) -> pd.Series[int]:
    """Read a column of seconds or timestamps as Int64 microseconds (missing where empty or faulty)."""
    raw = table[column]
    numbers = pd.to_numeric(raw, errors="coerce")
    if numbers.isna().all() and raw.notna().any():
        stamps = pd.to_datetime(raw, errors="coerce", utc=True, format="ISO8601")
        first = pd.to_datetime(table["sent_at"], errors="coerce", utc=True, format="ISO8601").min()
        monday = (first - pd.Timedelta(days=first.weekday())).normalize() if pd.notna(first) else first
        numbers = (stamps - monday).dt.total_seconds()
    bad = numbers.isna() & (raw.notna() | (column == "sent_at")) | (numbers < 0) | ~np.isfinite(numbers.fillna(0))
    _complain(bad, raw, column, shown, "is not a time", "write seconds from the start (0 or more), or an ISO timestamp", faults)
    return (numbers.where(~bad) * SECOND).round().astype("Int64")


def _kinds(table: pd.DataFrame, kind: str, shown: str, faults: list[Fault]) -> pd.Series[str]:
    if "kind" not in table:
        return pd.Series(kind, index=table.index)
    bad = ~table["kind"].isin(KINDS)
    _complain(bad, table["kind"], "kind", shown, "is not a kind of message", f"use one of {', '.join(KINDS)}", faults)
    return table["kind"]


def _lengths(table: pd.DataFrame, length: int, shown: str, faults: list[Fault]) -> pd.Series[float]:
    if "length" not in table:
        return pd.Series(float(length), index=table.index)
    numbers = pd.to_numeric(table["length"], errors="coerce")
    bad = ~numbers.between(0, 1_000_000) | (numbers % 1 != 0)
    _complain(bad, table["length"], "length", shown, "is not a number of characters", "write a whole number", faults)
    return numbers


def _deletions(table: pd.DataFrame, written: pd.Series[int], shown: str, faults: list[Fault]) -> pd.Series[int] | None:
    if "deleted_at" not in table:
        return None
    deleted = _instants(table, "deleted_at", shown, faults)
    early = (deleted < written).fillna(False).astype(bool)
    _complain(early, table["deleted_at"], "deleted_at", shown, "is before the message was sent", "correct one of the two", faults)
    return deleted


def _ids(table: pd.DataFrame, shown: str, faults: list[Fault]) -> pd.Series[str]:
    """Name every row: by its id, or by sender, recipient and time, and a count among equals."""
    if "id" in table:
        bad = table["id"].isna() | table["id"].duplicated(keep="first")
        _complain(bad, table["id"], "id", shown, "is missing or was used before", "give every message its own id", faults)
        return table["id"].astype("string").fillna("")
    base = table["sender"].astype("string") + "|" + table["recipient"].astype("string") + "|" + table["sent_at"].astype("string")
    return base.fillna("") + "|" + base.groupby(base).cumcount().astype("string")


def _sent(
    table: pd.DataFrame, written: np.ndarray, kinds: pd.Series[str], lengths: pd.Series[float],
    deleted: pd.Series[int] | None, ids: pd.Series[str],
) -> Sent:  # fmt: skip
    people_out = table["sender"].astype(str).str.strip()
    people_in, recipient_names = pd.factorize(table["recipient"].astype(str).str.strip(), sort=True)
    sender, _ = pd.factorize(people_out, sort=True)
    entity = names_of(("message " + ids.astype(str)).to_numpy(dtype=object))
    order = np.lexsort((np.arange(len(table)), written))
    never = np.full(len(table), NEVER, dtype=np.int64)
    return Sent(
        written=written[order],
        sender=sender.astype(np.int64)[order],
        recipient=people_in.astype(np.int64)[order],
        number=np.arange(len(table), dtype=np.int64)[order],
        entity=entity[order],
        kind=kinds.map({name: k for k, name in enumerate(KINDS)}).to_numpy(np.int64)[order],
        length=lengths.to_numpy(np.int64)[order],
        batch=np.full(len(table), -1, dtype=np.int64),
        deleted_at=(never if deleted is None else deleted.fillna(NEVER).to_numpy(np.int64))[order],
        has_record=deleted is not None,
        recipients=names_of(np.array([f"person {name}" for name in recipient_names], dtype=object)),
    )
