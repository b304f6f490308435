"""Whose habits a scenario's recipients have: what `people` names is put below all that the scenario
says itself.

`people = "NAME"` stands for a file of the catalogue (`sim.people`), at the top for all segments or in a
segment for that one; `people = "NAME/KIND"` for one of the kinds that the file has. Without it segments
have the habits of `sim.people.DEFAULT`; `people = "none"` is nobody's habits: what the scenario does not
say never happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim import people
from sim.errors import Fault, ScenarioError
from sim.scenario.catalogued import spelled_source
from sim.scenario.channels import EmailShares
from sim.scenario.patching import Raw, joined, layered, merged, paths_set, quoted
from sim.scenario.suggestions import did_you_mean, said

Origins = dict[str, str]


def with_people(raw: Raw, origins: Mapping[str, str], file: str) -> tuple[Raw, Origins]:
    """Put people's habits below the tables of a scenario, with who set what.

    Raises `ScenarioError`, naming `file`, for people that are not in the catalogue.

    >>> raw, origins = with_people({"segments": [{"name": "desk"}]}, {}, "a.toml")
    >>> raw["everyone"]["handling"]["chance"], origins["everyone.handling.chance"]
    (0.65, 'people:messenger_user')
    """
    raw = _whole_shares(raw)
    name, segments = raw.get("people", people.DEFAULT), raw.get("segments")
    listed = (
        [one for one in segments if isinstance(one, dict)] if isinstance(segments, list) else []
    )
    _check_everyone(raw, file)
    own = {}
    for one in listed:
        if "people" in one:
            at = f"segments.{quoted(str(one['name'])) if 'name' in one else '?'}.people"
            own[str(one.get("name"))] = _named(one["people"], file, at, of_one=True)
    if not own:
        return _below(raw, origins, _named(name, file, "people"))
    others = _named(name, file, "people")
    whole, found = dict(raw), dict(origins)
    for one in listed:
        title = str(one.get("name"))
        whole, found = _below_segment(whole, found, title, own.get(title, others))
    whole["segments"] = [
        {key: value for key, value in one.items() if key != "people"}
        if isinstance(one, dict)
        else one
        for one in whole["segments"]
    ]
    return whole, found


def _check_everyone(raw: Raw, file: str) -> None:
    """Refuse `people` in `[everyone]`: at the top it is everybody's."""
    everyone = raw.get("everyone")
    if isinstance(everyone, Mapping) and "people" in everyone:
        problem = "people are named at the top of the file, or in a segment"
        wanted = everyone["people"] if isinstance(everyone["people"], str) else "NAME"
        remedy = f"write people = {said(wanted)} above all tables"
        raise ScenarioError([Fault(file, "everyone.people", problem, remedy)])


def _whole_shares(raw: Raw) -> Raw:
    """Fill up shares of e-mail that the scenario gives, so that none of people's habits is added to
    them.
    """
    ways = dict.fromkeys(EmailShares.model_fields, 0.0)

    def whole(one: Any) -> Any:
        given = one.get("email") if isinstance(one, Mapping) else None
        return {**one, "email": {**ways, **given}} if isinstance(given, Mapping) else one

    out = dict(raw)
    if "everyone" in raw:
        out["everyone"] = whole(raw["everyone"])
    if isinstance(raw.get("segments"), list):
        out["segments"] = [whole(one) for one in raw["segments"]]
    return out


def _named(name: object, file: str, at: str, *, of_one: bool = False) -> tuple[str, Raw]:
    """Give who says it, and the tables: of nobody, none.

    `of_one` says that they are the habits of one segment, which has no kinds within it.
    """
    known = (*people.choices(), people.NONE)
    if not isinstance(name, str) or name not in known:
        problem = f"there are no people {said(name)}{did_you_mean(name, known)}"
        remedy = f"use one of {', '.join(known)}; toolate people lists them"
        raise ScenarioError([Fault(file, at, problem, remedy)])
    if name == people.NONE:
        return "", {}
    file_of, _, kind = name.partition("/")
    tables = people.tables(file_of)
    if kind:
        tables = _of_kind(tables, kind)
    elif of_one and people.kinds(name):
        problem = f"{said(name)} are several kinds of people, and a segment is one"
        ways = ", ".join(said(f"{name}/{one}") for one in people.kinds(name))
        raise ScenarioError([Fault(file, at, problem, f"use one of {ways}")])
    sources = {path: spelled_source(source) for path, source in tables["sources"].items()}
    kept = {key: tables[key] for key in ("everyone", "segments")}
    return f"people:{name}", kept | {"sources": sources}


def _of_kind(tables: Raw, kind: str) -> Raw:
    """Give one kind's habits as everybody's; its share is its own affair."""
    found = next(one for one in tables["segments"] if one["name"] == kind)
    habits = {key: value for key, value in found.items() if key not in ("name", "share")}
    sources = {}
    for path, source in tables["sources"].items():
        start, _, rest = path.partition(".")
        of, _, rest_of_kind = rest.partition(".")
        if start == "everyone":
            sources[path] = source
        elif of in ("*", kind) and rest_of_kind != "share":
            sources[f"everyone.{rest_of_kind}"] = source
    everyone = merged(tables["everyone"], habits)
    return {"everyone": everyone, "segments": [{"name": kind}], "sources": sources}


def _below(raw: Raw, origins: Mapping[str, str], habits: tuple[str, Raw]) -> tuple[Raw, Origins]:
    """Put people below everything; kinds of their own are theirs where the scenario has none."""
    who, tables = habits
    if not tables:
        return raw, dict(origins)
    if "segments" in raw:
        sources = tables["sources"].items()
        tables = {
            "everyone": tables["everyone"],
            "sources": {path: one for path, one in sources if path.startswith("everyone.")},
        }
    everyone = raw.get("everyone", {})
    if not isinstance(everyone, Mapping):  # a fault that is found later
        return raw, dict(origins)
    whole = merged(tables, raw)
    return whole, joined(layered({}, tables, tables, who), raw, whole, origins)


def _below_segment(
    raw: Raw, origins: Mapping[str, str], title: str, habits: tuple[str, Raw]
) -> tuple[Raw, Origins]:
    """Put people's habits below one segment and `[everyone]`, and their sources at its paths."""
    who, tables = habits
    if not tables:
        return raw, dict(origins)
    start = f"segments.{title}."
    everyone = raw.get("everyone", {})
    theirs = tables["everyone"]
    said_before = paths_set({"everyone": everyone}, raw) if isinstance(everyone, Mapping) else []
    segments = [
        merged(theirs, merged(_only(everyone, theirs), one))
        if isinstance(one, dict) and str(one.get("name")) == title
        else one
        for one in raw["segments"]
    ]
    sources = {
        start + path.removeprefix("everyone."): source
        for path, source in tables["sources"].items()
        if path.startswith("everyone.")
    }
    whole = dict(raw) | {"segments": segments, "sources": sources | dict(raw.get("sources", {}))}
    mine = [
        f"{start}{path.removeprefix('everyone.')}" for path in paths_set({"everyone": theirs}, raw)
    ]
    covered = {start + path.removeprefix("everyone.") for path in said_before}
    set_by = {path: who for path in mine if not _covers(covered, path) and path not in origins}
    of_sources = paths_set({"sources": sources}, raw)
    set_by |= {path: who for path in of_sources if path not in origins}
    return whole, set_by | dict(origins)


def _only(everyone: Any, theirs: Raw) -> Raw:
    """Give what everybody has, as far as people's habits would stand above it."""
    return {key: everyone[key] for key in theirs if key in everyone} if everyone else {}


def _covers(paths: set[str], path: str) -> bool:
    return any(
        f"{path}.".startswith(f"{one}.") or f"{one}.".startswith(f"{path}.") for one in paths
    )
