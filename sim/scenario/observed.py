"""Empirical distributions from files: observed values, one a line under a header, become a table of
quantiles.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.clock import LONGEST, UNITS
from sim.errors import Fault
from sim.paths import PathError, reached
from sim.scenario.suggestions import said

Raw = dict[str, Any]
MOST_BYTES = 10_000_000
"""Size of a file of observed values: more of them do not make a better distribution."""


def with_files_read(
    raw: Raw, file: str, folder: Path, prefix: str = "", *, before: Raw | None = None
) -> list[Fault]:
    """Put the values of empirical distributions' files into tables, in place of the files' names.

    Tables that are the very ones of `before`, whose files were read, are left out. Return the
    faults, also of a trace's path: no file is named that may not be read.
    """
    known = before or {}
    new = {key: value for key, value in raw.items() if value is not known.get(key)}
    faults = _trace_faults(new, file, folder, prefix)
    for at, table in list(_empirical(new, "", known)):
        is_number = "frailty" in at.split(".")
        unit, column = table.pop("unit", None), table.pop("column", "value")
        name = table.pop("file")
        try:
            _check_unit(unit, is_number=is_number)
            most = math.inf if is_number else LONGEST / UNITS[str(unit)]
            values = _values(reached(name, folder), column, most)
            table["p"] = [k / (len(values) - 1) for k in range(len(values))]
            table["values"] = values if is_number else [f"{value:.9f} {unit}" for value in values]
        except (OSError, ValueError) as error:
            problem, _, remedy = _problem(error, name).partition("; ")
            faults.append(Fault(file, f"{prefix}{at}.file", problem, remedy))
            table.update(
                p=[0.0, 1.0], values=[1.0, 2.0] if is_number else ["1 s", "2 s"]
            )  # so that checking can go on
    return faults


def _trace_faults(raw: Raw, file: str, folder: Path, prefix: str) -> list[Fault]:
    traffic = raw.get("traffic")
    name = traffic.get("file") if isinstance(traffic, dict) else None
    if not isinstance(name, str):
        return []
    try:
        reached(name, folder)
    except PathError as error:
        problem = f"{said(name)} {error.problem}"
        return [Fault(file, f"{prefix}traffic.file", problem, error.remedy)]
    return []


def _empirical(tables: object, at: str, before: object = None) -> Iterator[tuple[str, Raw]]:
    """Yield every distribution that names a file, and its path, but none that `before` has."""
    if isinstance(tables, dict):
        known = before if isinstance(before, dict) else {}
        alone = isinstance(tables.get("file"), str) and "p" not in tables and "values" not in tables
        if (
            tables.get("dist") == "empirical"
            and alone
            and isinstance(tables.get("column", ""), str)
        ):
            yield at, tables
        for key, value in tables.items():
            if value is not known.get(key) and (at or key not in ("policies", "sources")):
                yield from _empirical(value, f"{at}.{key}" if at else str(key), known.get(key))
    elif isinstance(tables, list):
        olds = before if isinstance(before, list) and len(before) == len(tables) else tables
        for k, item in enumerate(tables):
            name = item["name"] if isinstance(item, dict) and "name" in item else k
            yield from _empirical(item, f"{at}.{name}", olds[k] if olds is not tables else None)


def _check_unit(unit: object, *, is_number: bool) -> None:
    units = ", ".join(UNITS)
    if is_number and unit is not None:
        raise ValueError("a plain number has no unit; leave unit out")
    if not is_number and unit is None:
        raise ValueError(
            f'the unit of its values is missing; add unit = "s", or another of {units}'
        )
    if not is_number and unit not in UNITS:
        raise ValueError(f"{said(unit)} is not a unit; use one of {units}")


def _problem(error: OSError | ValueError, name: str) -> str:
    named = said(name)
    match error:
        case PathError():
            return f"{named} {error}"
        case FileNotFoundError():
            return f"there is no file {named}; correct the path, which starts from the scenario's folder"
        case UnicodeDecodeError():
            return f"{named} is not UTF-8 text; save it as UTF-8"
        case OSError():
            return f"{named} cannot be read ({error.strerror or error}); name a CSV file"
    text = str(error)
    return text if "; " in text else f"{named} cannot be read ({text}); name a CSV file"


def _values(file: Path, column: str, most: float) -> list[float]:
    """Read a column of finite, non-negative numbers, sorted.

    Raises `ValueError` naming the first line that is not.
    """
    if file.stat().st_size > MOST_BYTES:
        raise ValueError(f'"{file.name}" is larger than {MOST_BYTES:,} bytes; take a sample')
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        try:
            header = [name.strip() for name in next(reader, [])]
            if column not in header:
                raise ValueError(
                    f'"{file.name}" has no column {said(column)} in its header; name one of its columns: column = "..."'
                )
            at = header.index(column)
            values = sorted(
                _value(row, at, f'"{file.name}", line {reader.line_num}', most) for row in reader
            )
        except csv.Error as error:
            raise ValueError(
                f'"{file.name}", line {reader.line_num}: {error}; correct the line'
            ) from None
    if len(values) < 2:
        raise ValueError(
            f'"{file.name}" holds {len(values)} values; a distribution needs two or more'
        )
    return values


def _value(row: list[str], at: int, where: str, most: float) -> float:
    cell = row[at].strip() if at < len(row) else ""
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise ValueError(
            f"{where}: {said(cell)} is not a finite number of at least 0; correct the line"
        )
    if value > most:
        raise ValueError(f"{where}: {said(cell)} is more than 100 years; correct its unit")
    return value
