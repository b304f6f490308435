"""What the catalogue knows about people: every habit with its source and grade, and what is assumed."""

from __future__ import annotations

from typing import Any

from sim import people
from sim.platforms.catalogue import GRADES, CatalogueEntry, works_behind


def entries(name: str) -> list[CatalogueEntry]:
    """List the habits of people in the order of their file. Raises `KeyError`.

    >>> next(one.value for one in entries("messenger_user") if one.path == "alert.felt")
    0.7446
    """
    tables = people.tables(name)
    return [
        CatalogueEntry(
            path=path.removeprefix("everyone.").removeprefix("segments.*."),
            value=_value(tables, path),
            unit="",
            set_by=f"people:{name}",
            is_fact=False,
            source=source.get("source", ""),
            grade=source.get("grade", ""),
            assumed=source.get("assumed", ""),
            sweep=tuple(source.get("sweep", ())),
            note=source.get("note", ""),
        )
        for path, source in tables["sources"].items()
    ]


def _value(tables: dict[str, Any], path: str) -> Any:
    """Give the value at a path; of every kind of people, by its name."""
    first, *keys = path.split(".")
    if first == "everyone":
        return _at(tables["everyone"], keys)
    found = {one["name"]: one for one in tables["segments"]}
    if keys[0] == "*":
        return {name: _at(one, keys[1:]) for name, one in found.items()}
    return _at(found[keys[0]], keys[1:])


def _at(table: Any, keys: list[str]) -> Any:
    for key in keys:
        table = table[key]
    return table


def counts(name: str) -> dict[str, int]:
    """Count the habits of people by grade, and those that are assumed.

    >>> counts("messenger_user")["assumed"] > 0
    True
    """
    out = dict.fromkeys((*GRADES, "assumed"), 0)
    for one in entries(name):
        out[one.grade or "assumed"] += 1
    return out


def works_of(name: str) -> list[str]:
    """List the keys of the works that people's habits are cited from.

    >>> "P-falaki" in works_of("messenger_user")
    True
    """
    return works_behind(entries(name))


def title(name: str) -> str:
    """Give what people are called.

    >>> title("office_worker")
    'An office worker at a desk'
    """
    return str(people.tables(name)["title"])


def about(name: str) -> str:
    """Say in a sentence whom the file is about."""
    return str(people.tables(name)["about"])
