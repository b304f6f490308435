"""Rows of a trace, from CSV or Parquet: the columns, and where each row stands in the file.

Nothing is converted or dropped unseen: a cell of CSV is text, a column of Parquet one of a few
types.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.errors import Fault, TraceError
from sim.scenario.suggestions import did_you_mean, said

if TYPE_CHECKING:
    import pyarrow

TIMES = ("sent_at", "deleted_at")
_NAMES = ("text", "whole numbers")
_TIMED = ("timestamps", "durations", "whole numbers", "numbers", "text")
COLUMNS = {
    "sent_at": _TIMED,
    "sender": _NAMES,
    "recipient": _NAMES,
    "id": _NAMES,
    "group": _NAMES,
    "sender_group": _NAMES,
    "kind": ("text",),
    "length": ("whole numbers", "numbers", "text"),
    "deleted": ("text", "booleans", "whole numbers"),
    "deleted_at": _TIMED,
}
"""The columns of a trace, and the types that Parquet may have each in."""
NEEDED = ("sent_at", "sender", "recipient")
OPTIONAL = tuple(name for name in COLUMNS if name not in NEEDED)
ROW = "row"
"""Where the line number (Parquet: the row number) of each message is kept while it is checked."""
MOST_ROWS = 2_000_000
"""Messages of a trace: a gigabyte while they are checked."""

Faults = list[tuple[int, str, str, str]]
"""Faults of rows: line, column, what is wrong, what would be right."""


def one_fault(shown: str, problem: str, remedy: str, path: str = "") -> TraceError:
    """Make the error for one thing wrong with a whole file."""
    return TraceError([Fault(shown, path, problem, remedy)])


def rows_of(file: Path, shown: str) -> tuple[pd.DataFrame, Faults]:
    """Read the rows of a trace and the faults of their form. Raises `TraceError` for a file that is
    none.
    """
    if file.is_dir():
        raise one_fault(shown, "is a folder, not a file", "name a CSV or Parquet file in it")
    return (_parquet if file.suffix == ".parquet" else _csv)(file, shown)


def _csv(file: Path, shown: str) -> tuple[pd.DataFrame, Faults]:
    faults: Faults = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            first = lines.readline(100_000)
            lines.seek(0)
            reader = csv.reader(lines, strict=True, delimiter=_separator(first))
            header = [name.strip() for name in next(reader, [])]
            _check_columns(header, shown)
            for row in reader:
                if len(row) == len(header):
                    rows.append(row)
                    numbers.append(reader.line_num)
                    if len(rows) > MOST_ROWS:
                        raise too_many(len(rows), shown, "more than")
                elif row:
                    problem = f"has {len(row)} fields, where the header has {len(header)}"
                    faults.append(
                        (reader.line_num, "", problem, "correct the commas or the quotes")
                    )
                else:
                    faults.append((reader.line_num, "", "is empty", "remove it"))
    except UnicodeDecodeError:
        raise one_fault(shown, "is not UTF-8 text", "save it as UTF-8") from None
    except csv.Error as error:
        problem = f"cannot be read ({error})"
        raise one_fault(shown, problem, "correct its quotes", f"line {reader.line_num}") from None
    except OSError as error:
        raise one_fault(
            shown, f"cannot be read ({error.strerror})", "write CSV with a header, or Parquet"
        ) from None
    if not rows and not faults:
        raise one_fault(shown, "holds no message", "add rows below the header")
    table = pd.DataFrame(rows, columns=header, dtype=str)
    return table.mask(table == "").assign(**{ROW: numbers}), faults


def _separator(header: str) -> str:
    """Find what separates the columns: no name of a column holds any of the three."""
    return next((one for one in ",;\t" if one in header), ",")


def too_many(rows: int, shown: str, about: str = "") -> TraceError:
    """Make the error for a file of more rows than are read."""
    figure = f"{about} {min(rows, MOST_ROWS):,}".strip() if about else f"{rows:,}"
    remedy = f"take at most {MOST_ROWS:,}: some of the senders, or some of the days"
    return one_fault(shown, f"holds {figure} rows", remedy)


def _parquet(file: Path, shown: str) -> tuple[pd.DataFrame, Faults]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as opened:
            if opened.metadata.num_rows > MOST_ROWS:  # said before any is unpacked
                raise too_many(opened.metadata.num_rows, shown)
            schema = opened.schema_arrow
            _check_columns([n.strip() for n in schema.names if not _is_index(n)], shown)
            _check_types(schema, shown)
            table = opened.read(columns=[n for n in schema.names if not _is_index(n)])
        table.validate(full=True)
    except TraceError:
        raise
    except (pa.ArrowException, OSError, ValueError, TypeError, MemoryError):
        raise one_fault(
            shown, "is not a sound Parquet file", "write it again, or CSV with a header"
        ) from None
    if not table.num_rows:
        raise one_fault(shown, "holds no message", "add rows")
    names = [name.strip() for name in table.column_names]
    columns = {
        name: _series(column, is_time=name in TIMES)
        for name, column in zip(names, table.columns, strict=True)
    }
    return pd.DataFrame(columns).assign(**{ROW: np.arange(1, table.num_rows + 1)}), []


def _is_index(name: str) -> bool:
    """Tell whether a column is an index that pandas wrote beside the data."""
    return re.fullmatch(r"__index_level_\d+__", name) is not None


def _sort(kind: Any) -> str:
    """Say what a column of Parquet holds, in the words of the remedies."""
    import pyarrow.types as of

    if of.is_dictionary(kind):
        return _sort(kind.value_type)
    tests = {
        "text": (of.is_string, of.is_large_string, of.is_string_view, of.is_null),
        "booleans": (of.is_boolean,),
        "whole numbers": (of.is_integer,),
        "numbers": (of.is_floating, of.is_decimal),
        "timestamps": (of.is_timestamp, of.is_date),
        "durations": (of.is_duration,),
    }
    found = (name for name, any_of in tests.items() if any(test(kind) for test in any_of))
    return next(found, "another type")


def _check_types(schema: pyarrow.Schema, shown: str) -> None:
    """Refuse columns of a type that the trace has no meaning for."""
    faults = []
    for field in schema:
        if _is_index(field.name):
            continue
        wanted = COLUMNS[field.name.strip()]
        if _sort(field.type) not in wanted:
            kind = said(str(field.type)).strip('"')
            faults.append(
                Fault(
                    shown,
                    field.name.strip(),
                    f"this column is of type {kind}",
                    f"write {' or '.join(wanted)}",
                )
            )
    if faults:
        raise TraceError(faults)


def _series(column: pyarrow.ChunkedArray, *, is_time: bool) -> pd.Series[Any]:
    """Give a column as text, as numbers, or as timestamps in microseconds."""
    import pyarrow as pa

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    sort, zone = _sort(kind), getattr(kind, "tz", None)
    if sort == "timestamps":
        found = column.cast(pa.timestamp("us", zone), safe=False).to_pandas()
    elif sort == "durations":
        found = column.cast(pa.duration("us"), safe=False).cast("int64").to_pandas() / 1e6
    elif sort == "numbers" or (is_time and sort == "whole numbers"):
        found = column.cast("float64", safe=False).to_pandas()
    else:
        found = column.cast(pa.string()).to_pandas().astype(object)
        found = found.mask(found == "")
    return pd.Series(found)


def _check_columns(header: list[str], shown: str) -> None:
    known = (*NEEDED, *OPTIONAL)
    if not header:
        remedy = f"write a header with {', '.join(NEEDED)}, and rows below it"
        raise one_fault(shown, "is empty", remedy)
    if not set(header) & set(known):  # a file of another kind is not quoted
        problem = f"has no column of a trace among its {len(header):,}"
        folded = {name.strip().casefold().replace(" ", "_") for name in header}
        if alike := [name for name in known if name in folded]:
            raise one_fault(shown, problem, f"write its names as they are here: {', '.join(alike)}")
        raise one_fault(shown, problem, f"the file needs {', '.join(NEEDED)}")
    wrong = [
        Fault(shown, name, "this column is missing", f"the file needs {', '.join(NEEDED)}")
        for name in NEEDED
        if name not in header
    ]
    remedy = f"known columns: {', '.join(known)}"
    wrong += [
        Fault(
            shown,
            said(name).strip('"') or '""',
            f"unknown column{did_you_mean(name, known)}",
            remedy,
        )
        for name in header
        if name not in known
    ]
    wrong += [
        Fault(shown, name, "this column is there twice", "keep one of them")
        for name in known
        if header.count(name) > 1
    ]
    if wrong:
        raise TraceError(wrong)
