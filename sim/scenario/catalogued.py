"""From `platform:ID/VARIANT` to the tables it stands for: the catalogue's files in order, then the
variant's patches.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim import platforms
from sim.errors import Fault, ScenarioError
from sim.scenario.patching import Raw, layered, merged
from sim.scenario.suggestions import did_you_mean, said
from sim.works import spelled_out

ASIDE = ("title", "extends", "facts", "variants")
"""What the catalogue keeps for its readers and a scenario does not take over."""


def layers(name: str, *, at: str = "platform", path: str = "") -> Iterator[tuple[str, Raw]]:
    """Yield who says it and the tables, for every file and variant that `ID` or `ID/VARIANT` stands
    for.

    Raises `ScenarioError`, naming file `at` and its `path`, for a platform or variant that is not
    in the catalogue.

    >>> [who for who, _ in layers("linkedin/unread_only")]
    ['platform:common', 'platform:linkedin', 'platform:linkedin/unread_only']
    """
    platform, slash, variant = name.partition("/")
    known = platforms.names()
    if platform not in known:
        _raise(at, path, "platform", f"platform:{platform}", [f"platform:{one}" for one in known])
    if slash and variant not in platforms.variants(platform):
        whole = [f"platform:{platform}/{one}" for one in platforms.variants(platform)]
        _raise(at, path, "variant", f"platform:{name}", whole)
    files = {one: platforms.tables(one) for one in platforms.chain(platform)}
    for one, tables in files.items():
        yield f"platform:{one}", {key: value for key, value in tables.items() if key != "variants"}
    for one, tables in files.items():
        if variant in tables.get("variants", {}):
            yield f"platform:{one}/{variant}", tables["variants"][variant]


def assembled(name: str, *, at: str, path: str) -> tuple[Raw, dict[str, str]]:
    """Give the tables of `ID` or `ID/VARIANT` as the catalogue has them, and which file set what.

    Raises as `layers`.
    """
    raw: Raw = {}
    origins: dict[str, str] = {}
    for who, tables in layers(name, at=at, path=path):
        patch = {key: value for key, value in tables.items() if key not in ASIDE}
        raw = merged(raw, patch)
        origins = layered(origins, patch, raw, who)
    return raw, origins


def catalogued(name: str, *, at: str, path: str) -> tuple[Raw, dict[str, str]]:
    """Give the tables that a scenario extends, with citations spelled out, and which file set what.

    Raises as `layers`.

    >>> catalogued("linkedin", at="a.toml", path="extends")[0]["deletion"]["window"]
    '60 min'
    """
    raw, origins = assembled(name, at=at, path=path)
    return raw | {
        "sources": {place: spelled_source(source) for place, source in raw["sources"].items()}
    }, origins


def spelled_source(source: dict[str, Any]) -> dict[str, Any]:
    """Write behind every key of a source's texts which work it stands for.

    >>> spelled_source({"assumed": "of [P-pradhan]"})["assumed"].partition(",")[0]
    'of [P-pradhan] S. Pradhan'
    """
    return {
        key: spelled_out(text)
        if key in ("source", "note", "assumed") and isinstance(text, str)
        else text
        for key, text in source.items()
    }


def _raise(at: str, path: str, what: str, wanted: str, known: list[str]) -> None:
    problem = f"there is no {what} {said(wanted)}{did_you_mean(wanted, known)}"
    listed = (
        "toolate platforms lists them"
        if what == "platform"
        else f"use one of {', '.join(known) or 'none'}"
    )
    raise ScenarioError([Fault(at, path, problem, listed)])
