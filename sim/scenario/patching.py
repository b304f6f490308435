"""Patches: the one mechanism by which anything varies.

A patch is a nested table; it is merged, never executed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sim.scenario.suggestions import did_you_mean, said

Raw = dict[str, Any]
HOW_TO_PATCH = 'give parameters by name, for example {"send.hold": "10 s"}'


def quoted(key: str) -> str:
    """Write a key as TOML wants it: bare if it can be, else in quotes.

    >>> quoted("push"), quoted("undo 10 s")
    ('push', '"undo 10 s"')
    """
    return key if re.fullmatch(r"[A-Za-z0-9_*-]+", key) else f'"{key}"'


class PatchError(ValueError):
    """A patch addresses something that is not there; `path` says where in the patch."""

    def __init__(self, path: str, problem: str, remedy: str) -> None:
        self.path, self.problem, self.remedy = path, problem, remedy
        super().__init__(f"{path}: {problem}; {remedy}")


def nested(patch: Mapping[str, Any]) -> Raw:
    """Open dotted paths: `{"send.hold": "10 s"}` becomes `{"send": {"hold": "10 s"}}`.

    Raises `PatchError` for what is no table of keys.

    >>> nested({"send.hold": "10 s", "send": {"hours": []}})
    {'send': {'hold': '10 s', 'hours': []}}
    """
    if not isinstance(patch, Mapping):
        raise PatchError("", f"{said(patch)} is not a patch", HOW_TO_PATCH)
    out: Raw = {}
    for path, value in patch.items():
        if not isinstance(path, str):
            raise PatchError("", f"{said(path)} is not the name of a parameter", HOW_TO_PATCH)
        *parents, last = path.split(".")
        inner: Raw = {last: nested(value) if isinstance(value, Mapping) else plain(value)}
        for name in reversed(parents):
            inner = {name: inner}
        out = merged(out, inner)
    return out


def plain(value: Any) -> Any:
    """Give a number of NumPy as one of Python, as a file would have it.

    >>> plain(0.5)
    0.5
    """
    return value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value


def _is_distribution(value: object) -> bool:
    return isinstance(value, Mapping) and "dist" in value


def _replaces(value: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Tell whether a table stands for another whole: a distribution, or traffic of another kind."""
    return _is_distribution(value) or (
        "kind" in value and value["kind"] != old.get("kind", value["kind"])
    )


def _named(value: object) -> bool:
    """Tell whether a value is a list of tables with names, such as the segments."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(v, Mapping) and isinstance(v.get("name"), str) for v in value)
    )


def merged(base: Mapping[str, Any], patch: Mapping[str, Any], at: str = "") -> Raw:
    """Merge a patch into tables and return new ones; neither argument changes.

    Tables merge key by key. A distribution that names its family replaces the old one whole, so
    that numbers of two families never mix; so do traffic of another kind, and a source of the same
    path. In a list of named tables (segments) keys are names, and `*` means each; a list replaces
    the old one. Raises `PatchError` for a name that is not in the list, and for a new table of an
    old name that lacks what the old one says.

    >>> merged({"send": {"hold": "0 s"}}, {"send": {"hold": "10 s"}})
    {'send': {'hold': '10 s'}}
    """
    out = dict(base)
    for key, value in patch.items():
        path = f"{at}.{quoted(key)}" if at else quoted(key)
        old = out.get(key)
        if (
            isinstance(value, Mapping)
            and isinstance(old, Mapping)
            and at != "sources"
            and not _replaces(value, old)
        ):
            out[key] = merged(old, value, path)
        elif isinstance(value, Mapping) and _named(old):
            out[key] = _merged_list(old, value, path)
        elif _named(value) and _named(old):
            _refuse_resets(old, value, path)
            out[key] = value
        else:
            out[key] = value
    return out


def _refuse_resets(old: Any, new: Any, at: str) -> None:
    """Raise `PatchError` if a list that replaces another drops what a table of the same name says."""
    before = {table["name"]: table for table in old}
    for table in new:
        dropped = [key for key in before.get(table["name"], {}) if key not in table]
        if dropped:
            name, named = quoted(table["name"]), ", ".join(dropped[:3])
            raise PatchError(
                f"{at}.{name}",
                f"[[{at}]] replaces the one of this name, whose {named} would be gone",
                f"write [{at}.{name}] to change it, or give the new one another name",
            )


def _merged_list(tables: Any, patch: Mapping[str, Any], at: str) -> list[Raw]:
    names = [table["name"] for table in tables]
    for name in patch:
        if name != "*" and name not in names:
            known = ", ".join(map(str, names))
            raise PatchError(
                f"{at}.{quoted(name)}",
                f"there is no segment of that name{did_you_mean(name, names)}",
                f"use one of {known}, or * for all",
            )
    out = []
    for table in tables:
        new = table
        for name in ("*", table["name"]):
            if name in patch and not isinstance(patch[name], Mapping):
                raise PatchError(
                    f"{at}.{quoted(name)}",
                    f"{said(patch[name])} is not a table of keys",
                    "write parameter = value",
                )
            if name in patch:
                new = merged(new, patch[name], f"{at}.{quoted(name)}")
        out.append(new)
    return out


def leaves(tables: object, visit: Callable[[str], None], at: str = "") -> None:
    """Visit the dotted path of every value; a distribution or a plain list counts as one value."""
    if isinstance(tables, Mapping) and not _is_distribution(tables):
        for key, value in tables.items():
            leaves(value, visit, f"{at}.{key}" if at else str(key))
    elif isinstance(tables, list) and _named(tables):
        for table in tables:
            leaves({k: v for k, v in table.items() if k != "name"}, visit, f"{at}.{table['name']}")
    else:
        visit(at)


def paths_set(patch: Mapping[str, Any], whole: Mapping[str, Any]) -> list[str]:
    """List the dotted paths a patch sets, `segments.*` spelled out for the segments of the patched
    tables.

    >>> paths_set({"segments": {"*": {"push": 1.0}}}, {"segments": [{"name": "desk", "push": 1.0}]})
    ['segments.desk.push']
    """
    paths: list[str] = []
    leaves(patch, paths.append)
    segments = whole.get("segments")
    names = (
        [str(one["name"]) for one in segments] if _named(segments) and segments is not None else []
    )
    star = "segments.*."
    out: list[str] = []
    for path in paths:
        rest = path.removeprefix(star)
        out += [path] if rest == path else [f"segments.{name}.{rest}" for name in names]
    return out


def layered(
    origins: Mapping[str, str], patch: Mapping[str, Any], whole: Mapping[str, Any], who: str
) -> dict[str, str]:
    """Note who set what after a patch made `whole`.

    Whoever set last stands last, and what is gone is forgotten.
    """
    now: list[str] = []
    leaves(whole, now.append)
    there = set(now)
    mine = paths_set(patch, whole)
    aside = ("everyone.", "sources.", "policies.")
    resourced = {path.rpartition(".")[0] for path in mine if path.startswith("sources.")}
    kept = {
        path: by
        for path, by in origins.items()
        if (path.startswith(aside) and path.rpartition(".")[0] not in resourced)
        or any(path[:end] in there for end in _ends(path))
    }
    for path in mine:
        kept.pop(path, None)
    return kept | dict.fromkeys(mine, who)


def joined(
    origins: Mapping[str, str],
    patch: Mapping[str, Any],
    whole: Mapping[str, Any],
    theirs: Mapping[str, str],
) -> dict[str, str]:
    """Do as `layered` for tables that several have set: `theirs` notes who set what in the
    patch.
    """
    kept = layered(origins, patch, whole, "").items()
    return {path: who for path, who in kept if who and path not in theirs} | dict(theirs)


def _ends(path: str) -> list[int]:
    """Give where the path and the tables around it end: a part of a distribution was set if the
    whole is there.
    """
    return [k for k, letter in enumerate(path) if letter == "."] + [len(path)]


def spread(raw: Raw) -> Raw:
    """Put what `[everyone]` says under every segment that does not say otherwise.

    `[everyone]` is gone after that.

    >>> spread({"everyone": {"push": 0.5}, "segments": [{"name": "desk"}]})
    {'segments': [{'push': 0.5, 'name': 'desk'}]}
    """
    everyone, segments, sources = raw.get("everyone"), raw.get("segments"), raw.get("sources")
    out = {key: value for key, value in raw.items() if key != "everyone"}
    if isinstance(everyone, Mapping) and isinstance(segments, list):
        out["segments"] = [
            merged(everyone, one) if isinstance(one, Mapping) else one for one in segments
        ]
    if isinstance(sources, Mapping):
        out["sources"] = {
            f"segments.*{path.removeprefix('everyone')}"
            if f"{path}.".startswith("everyone.")
            else path: source
            for path, source in sources.items()
        }
    return out
