"""The second reading: rows of `second_reading/*.csv`, and both it and the catalogue in one
canonical form.

A value is canonical as a number of seconds for a duration, a number for a number, and a lower-case
word for anything else. What shows its text whole ("full") is a preview longer than any message."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim import platforms
from sim.clock import SECOND, UNITS, parse_duration
from sim.platforms.catalogue import CatalogueEntry, entries
from sim.works import keys_in

HERE = Path(__file__).parent / "second_reading"
WHOLE = 1_000_000
"""Characters of a preview that shows all."""

Value = float | str


@dataclass(frozen=True)
class Row:
    """A row of the second reading. `path` is a parameter, or empty for a fact; a fact without unit
    is in words."""

    platform: str
    path: str
    value: str
    unit: str
    grade: str
    tags: frozenset[str]

    @property
    def canonical(self) -> Value:
        if self.unit in UNITS:
            return float(self.value) * UNITS[self.unit] / SECOND
        return canonical(
            float(WHOLE) if (self.path, self.value) == ("push.preview", "full") else self.value
        )

    @property
    def is_in_words(self) -> bool:
        return not self.path and not self.unit


def rows() -> list[Row]:
    out = []
    for file in sorted(HERE.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, strict=True):
                out.append(Row(**{**row, "tags": frozenset(row["tags"].split())}))
    return out


def canonical(value: Any) -> Value:
    if isinstance(value, dict):
        return (
            "never"
            if value == {"dist": "never"}
            else " ".join(str(canonical(v)) for v in value.get("values", ())[1:-1])
        )
    if isinstance(value, list):
        return " ".join(str(canonical(one)) for one in value)
    if isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else float(value)
    try:
        return parse_duration(value) / SECOND
    except ValueError:
        pass
    try:
        return float(value)
    except ValueError:
        return str(value).lower()


def catalogue() -> dict[str, list[CatalogueEntry]]:
    """Give a copy of what each file and each variant of the catalogue says itself with grade A or
    B, by `ID` or `ID/VARIANT`."""
    return {name: list(said) for name, said in _catalogue().items()}


@cache
def _catalogue() -> dict[str, list[CatalogueEntry]]:
    out: dict[str, list[CatalogueEntry]] = {}
    for name in platforms.names():
        for one in (name, *(f"{name}/{variant}" for variant in platforms.variants(name))):
            said = [
                e for e in entries(one) if e.set_by == f"platform:{one}" and e.grade in ("A", "B")
            ]
            if said:
                out[one] = said
    return out


def tags(entry: CatalogueEntry) -> frozenset[str]:
    """Give the works an entry is cited from."""
    return frozenset(keys_in(entry.source))


def quantities(entry: CatalogueEntry) -> Iterator[Value]:
    """Yield the numbers of a fact, or of a parameter, in canonical form."""
    values = entry.value if isinstance(entry.value, list) else [entry.value]
    for value in values:
        if entry.unit in UNITS and not isinstance(value, str):
            yield float(value) * UNITS[entry.unit] / SECOND
        else:
            yield canonical(value)


def disagreements(read: list[Row], known: dict[str, list[CatalogueEntry]]) -> list[str]:
    """List where the two readings differ, in both directions."""
    out = []
    for row in read:
        if not any(_same(row, entry) for entry in known.get(row.platform, ())):
            out.append(f"not in the catalogue, or otherwise there: {row}")
    for name, said in known.items():
        mine = [row for row in read if row.platform == name]
        for entry in said:
            if entry.is_fact and entry.unit:
                missing = [
                    q
                    for q in quantities(entry)
                    if not any(_reads(row, entry) and row.canonical == q for row in mine)
                ]
                out += [
                    f"{name}: not read again: {entry.path} = {one} {sorted(tags(entry))}"
                    for one in missing
                ]
            elif not any(_reads(row, entry) for row in mine):
                out.append(
                    f"{name}: not read again: {entry.path} = {entry.value} {sorted(tags(entry))}"
                )
    return out


def _same(row: Row, entry: CatalogueEntry) -> bool:
    if row.grade != entry.grade or not row.tags <= tags(entry) | set(keys_in(entry.note)):
        return False
    if row.path:
        return (
            not entry.is_fact and row.path == entry.path and row.canonical == canonical(entry.value)
        )
    return row.is_in_words or (row.canonical in quantities(entry) and _units_agree(row, entry))


def _units_agree(row: Row, entry: CatalogueEntry) -> bool:
    return not entry.unit or row.unit == entry.unit or (row.unit in UNITS and entry.unit in UNITS)


def _reads(row: Row, entry: CatalogueEntry) -> bool:
    """Tell whether a row is about an entry: the same parameter, or a fact from the same works."""
    if not entry.is_fact:
        return row.path == entry.path
    same = bool(row.tags & tags(entry)) and row.grade == entry.grade and not row.path
    return same and row.is_in_words == (not entry.unit) and _units_agree(row, entry)
