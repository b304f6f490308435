"""The catalogue of platforms: cited data only, one TOML file each in `data/`, used through `extends
= "platform:ID"`.

A file is a part of a scenario (`[deletion]`, `[push]`, `[email]` ...) with `[sources]` for every
value; `title`; `extends` where it rests on another file of the catalogue; `[facts]`, which are
cited but are no parameter of the model; and `[variants.NAME]`, patches that `extends =
"platform:ID/NAME"` adds. What is cited by a key in brackets, such as `[Z-mail]`, is spelled out in
`sources.toml`.
"""

from __future__ import annotations

import copy
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def names() -> list[str]:
    """List the platforms of the catalogue.

    >>> "linkedin" in names()
    True
    """
    return sorted(
        f.name.removesuffix(".toml")
        for f in files(__package__).joinpath("data").iterdir()
        if f.name.endswith(".toml")
    )


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(
        files(__package__).joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    )


def tables(name: str) -> dict[str, Any]:
    """Give the tables of a platform's file, as they stand in it.

    Raises `KeyError` for a name it does not have.

    >>> tables("linkedin")["deletion"]["window"]
    '60 min'
    """
    if name not in names():
        raise KeyError(name)
    return copy.deepcopy(_read(name))


def variants(name: str) -> list[str]:
    """List the variants of a platform, its own and those of the file it extends.

    >>> "unread_only" in variants("linkedin")
    True
    """
    found: dict[str, None] = {}
    for one in chain(name):
        found |= dict.fromkeys(_read(one).get("variants", {}))
    return list(found)


def chain(name: str) -> list[str]:
    """List the files a platform is made of, the one that others rest on first.

    >>> chain("linkedin")
    ['common', 'linkedin']
    """
    below = str(_read(name).get("extends", "")).removeprefix("platform:")
    return [*(chain(below) if below else ()), name]
