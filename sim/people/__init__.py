"""The catalogue of people: cited habits only, one TOML file each in `data/`, used through
`people = "NAME"`.

A file is a part of a scenario: `[everyone]` has the habits of its people, `[[segments]]` the kinds of
them, and `[sources]` says where every value is from, how good that source is, and in which range to
vary it. What nobody has measured is `assumed`.
"""

from __future__ import annotations

import copy
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

DEFAULT: Final = "messenger_user"
"""Whose habits a segment has that says nothing (docs/decisions/0014)."""
NONE: Final = "none"
"""Nobody's: only what the scenario says itself; what it does not say never happens."""


def names() -> list[str]:
    """List the people of the catalogue.

    >>> "messenger_user" in names()
    True
    """
    found = files(__package__).joinpath("data").iterdir()
    return sorted(f.name.removesuffix(".toml") for f in found if f.name.endswith(".toml"))


def kinds(name: str) -> list[str]:
    """List the kinds of people a file tells apart; none if they are all of one kind.

    >>> kinds("outreach_recipient"), kinds("office_worker")
    (['daily visitor', 'weekly visitor', 'monthly visitor'], [])
    """
    found = [str(one["name"]) for one in _read(name)["segments"]]
    return found if len(found) > 1 else []


def choices() -> list[str]:
    """List what `people` may be: `NAME`, or `NAME/KIND` for one kind of them.

    >>> "outreach_recipient/daily visitor" in choices()
    True
    """
    return [one for name in names() for one in (name, *(f"{name}/{kind}" for kind in kinds(name)))]


@cache
def _read(name: str) -> dict[str, Any]:
    file = files(__package__).joinpath("data", f"{name}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def tables(name: str) -> dict[str, Any]:
    """Give the tables of a file, as they stand in it. Raises `KeyError` for a name it does not have.

    >>> tables("messenger_user")["everyone"]["handling"]["chance"]
    0.65
    """
    if name not in names():
        raise KeyError(name)
    return copy.deepcopy(_read(name))
