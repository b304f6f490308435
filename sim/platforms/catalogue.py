"""What the catalogue knows about a platform: every value and fact with its source and grade, and
what is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from sim import platforms
from sim.scenario.catalogued import assembled, layers
from sim.scenario.citations import Grade
from sim.works import keys_in

GRADES: tuple[str, ...] = get_args(Grade)
BASE = "common"
"""The file that all platforms rest on; its facts are about no platform."""

UNITS = {
    "preview": "characters",
    "store.ios": "kept",
    "store.android": "kept",
    "per_inmail": "credits",
}
"""Units of plain numbers; durations carry theirs, and the other numbers are shares and factors."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One value of a platform (`path` is a parameter) or one fact about it, and where it is
    from.
    """

    path: str
    value: Any
    unit: str
    set_by: str
    is_fact: bool
    source: str = ""
    grade: str = ""
    assumed: str = ""
    sweep: tuple[Any, ...] = ()
    note: str = ""

    @property
    def said(self) -> str:
        """Say the value with its unit.

        >>> next(one for one in entries("linkedin") if one.path == "push.preview").said
        '140 characters'
        """
        return f"{in_words(self.value)} {self.unit}".strip()


def in_words(value: Any) -> str:
    """Write a value of a TOML file on one line.

    >>> in_words({"dist": "lognormal", "median": "2 s"}), in_words([2, 3]), in_words(False)
    ('lognormal, median 2 s', '2, 3', 'no')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        parts = (str(v) if k == "dist" else f"{k} {in_words(v)}" for k, v in value.items())
        return ", ".join(parts)
    if isinstance(value, list | tuple):
        return ", ".join(in_words(one) for one in value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def entries(name: str) -> list[CatalogueEntry]:
    """List the values of `ID` or `ID/VARIANT` in the order of the model, then its facts.

    Raises `ScenarioError`.

    >>> [one.value for one in entries("linkedin/none") if one.path == "deletion.window"]
    ['none']
    """
    raw, origins = assembled(name, at="platforms", path=name)
    found = [_value(path, source, raw, origins) for path, source in raw["sources"].items()]
    order = list(raw)
    found.sort(key=lambda one: order.index(one.path.partition(".")[0]))
    return [*found, *_facts(name)]


def _value(
    path: str, source: dict[str, Any], raw: dict[str, Any], origins: dict[str, str]
) -> CatalogueEntry:
    value: Any = raw
    for key in path.split("."):
        value = value[key]
    set_by = next(who for key, who in origins.items() if key.startswith(f"sources.{path}."))
    unit = next((unit for end, unit in UNITS.items() if path.endswith(end)), "")
    return CatalogueEntry(path, value, unit, set_by, False, **_source_fields(source))


def _facts(name: str) -> Iterator[CatalogueEntry]:
    facts: dict[str, CatalogueEntry] = {}
    for who, tables in layers(name):
        if who != f"platform:{BASE}" or name == BASE:
            for what, source in tables.get("facts", {}).items():
                facts[what] = CatalogueEntry(
                    what,
                    source["value"],
                    source.get("unit", ""),
                    who,
                    True,
                    **_source_fields(source),
                )
    yield from facts.values()


def _source_fields(source: dict[str, Any]) -> dict[str, Any]:
    out = {key: source[key] for key in ("source", "grade", "assumed", "note") if key in source}
    return out | {"sweep": tuple(source.get("sweep", ()))}


def counts(name: str) -> dict[str, int]:
    """Count what is known of a platform by grade (less what all platforms share), and all that is
    unknown of it.

    >>> counts("linkedin")["unknown"] > 0
    True
    """
    out = dict.fromkeys((*GRADES, "unknown"), 0)
    for one in entries(name):
        if not one.grade or one.set_by != f"platform:{BASE}" or name == BASE:
            out[one.grade or "unknown"] += 1
    return out


def works_of(name: str) -> list[str]:
    """List the keys of the works that a platform's values and facts are cited from.

    >>> "LI1" in works_of("linkedin")
    True
    """
    return works_behind(entries(name))


def works_behind(known: Iterable[CatalogueEntry]) -> list[str]:
    """List the keys of the works that entries of a catalogue are cited from, also in passing."""
    return sorted(
        {key for one in known for key in keys_in(f"{one.source} {one.assumed} {one.note}")}
    )


def titles() -> dict[str, str]:
    """Give the title of every platform by its name."""
    return {name: str(platforms.tables(name)["title"]) for name in platforms.names()}
