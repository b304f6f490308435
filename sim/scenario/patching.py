"""Patches: the one mechanism by which anything varies. A patch is a nested table; it is merged, never executed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sim.scenario.suggestions import did_you_mean

Raw = dict[str, Any]


class PatchError(ValueError):
    """A patch addresses something that is not there; `path` says where in the patch."""

    def __init__(self, path: str, problem: str, remedy: str) -> None:
        self.path, self.problem, self.remedy = path, problem, remedy
        super().__init__(f"{path}: {problem}; {remedy}")


def nested(patch: Mapping[str, Any]) -> Raw:
    """Open dotted paths: `{"send.hold": "10 s"}` becomes `{"send": {"hold": "10 s"}}`.

    >>> nested({"send.hold": "10 s", "send": {"hours": []}})
    {'send': {'hold': '10 s', 'hours': []}}
    """
    out: Raw = {}
    for path, value in patch.items():
        *parents, last = path.split(".")
        inner: Raw = {last: nested(value) if isinstance(value, Mapping) else value}
        for name in reversed(parents):
            inner = {name: inner}
        out = merged(out, inner)
    return out


def _is_law(value: object) -> bool:
    return isinstance(value, Mapping) and "dist" in value


def _named(value: object) -> bool:
    """Tell whether a value is a list of tables with names, such as the segments."""
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) and "name" in v for v in value)


def merged(base: Mapping[str, Any], patch: Mapping[str, Any], at: str = "") -> Raw:
    """Merge a patch into tables and return new ones; neither argument changes.

    Tables merge key by key. A distribution that names its family replaces the old one whole, so that numbers of two
    families never mix. In a list of named tables (segments) keys are names, and `*` means each. Raises `PatchError`
    for a name that is not in the list.

    >>> merged({"send": {"hold": "0 s"}}, {"send": {"hold": "10 s"}})
    {'send': {'hold': '10 s'}}
    """
    out = dict(base)
    for key, value in patch.items():
        path = f"{at}.{key}" if at else str(key)
        old = out.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping) and not _is_law(value):
            out[key] = merged(old, value, path)
        elif isinstance(value, Mapping) and _named(old):
            out[key] = _merged_list(old, value, path)
        else:
            out[key] = value
    return out


def _merged_list(tables: Any, patch: Mapping[str, Any], at: str) -> list[Raw]:
    names = [table["name"] for table in tables]
    for name in patch:
        if name != "*" and name not in names:
            known = ", ".join(map(str, names))
            raise PatchError(f"{at}.{name}", f"there is no such name{did_you_mean(name, names)}", f"use *, or {known}")
    out = []
    for table in tables:
        new = dict(table)
        for name in ("*", table["name"]):
            if name in patch:
                new = merged(new, patch[name], f"{at}.{name}")
        out.append(new)
    return out


def leaves(tables: object, visit: Callable[[str], None], at: str = "") -> None:
    """Visit the dotted path of every value; a distribution or a plain list counts as one value."""
    if isinstance(tables, Mapping) and not _is_law(tables):
        for key, value in tables.items():
            leaves(value, visit, f"{at}.{key}" if at else str(key))
    elif isinstance(tables, list) and _named(tables):
        for table in tables:
            leaves({k: v for k, v in table.items() if k != "name"}, visit, f"{at}.{table['name']}")
    else:
        visit(at)
