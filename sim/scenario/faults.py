"""From what pydantic reports to faults that a person can act on: place, value, rule and next
step.
"""

from __future__ import annotations

import contextlib
import re
import types
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.errors import Fault
from sim.scenario.patching import quoted
from sim.scenario.sections import NOT_PARAMETERS
from sim.scenario.suggestions import did_you_mean, said

KINDS = ("kind", "dist")
"""The keys that choose among several tables: kinds of traffic, families of distributions."""

WANTED = {
    "int": ("a whole number", "write digits, without quotes"),
    "float": ("a number", "write digits, without quotes"),
    "bool": ("true or false", "write true or false, without quotes"),
    "string": ("text", "put it in quotes"),
    "tuple": ("a list", "write it in square brackets"),
}
"""How pydantic's error types begin, what to call what they want, and how to write that."""

MISSING = {
    "schema": "add schema = 1, the version of the format",
    "segments": "add a [[segments]] table for each kind of recipient",
    "name": "name it",
}
"""What to add where something is missing, if there is more to say than that."""

REPLACED = {
    "push.toast": "it is desktop.toast now",
    "tap": 'write handling = { chance = ..., opened = 1.0, looks = "first", delay = ... } for the same',
    "live": "write conversation = { chance = ... } at the top, and in_hand for each segment",
}
"""Keys of earlier versions, and what to write instead."""

LIMITS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}

Place = tuple[str | int, ...]


def place_of(location: Place, raw: Any, model: type[BaseModel]) -> Place:
    """Give the keys of the file that a pydantic location means: the same, without the names that
    say which member of a union was tried.
    """
    tags = tags_of(model)
    place: list[str | int] = []
    for key in location:
        inside = raw[key] if _has(raw, key) else None
        if not _has(raw, key) and (
            key in tags or _is_machinery(key) or (key == "value" and _is_bare(raw))
        ):
            continue
        place.append(key)
        raw = inside
    return tuple(place)


def _is_machinery(key: str | int) -> bool:
    """Tell whether pydantic made up a word for what it tried, such as `function-before[_bare(),
    ...]`.
    """
    return isinstance(key, str) and ("[" in key or "(" in key)


def _is_bare(raw: Any) -> bool:
    """Tell whether a plain value stands where a distribution may: it is the value of a constant."""
    return raw is not None and not isinstance(raw, Mapping)


def _has(raw: Any, key: str | int) -> bool:
    if isinstance(key, int):
        return isinstance(raw, list) and key < len(raw)
    return isinstance(raw, Mapping) and key in raw


def path_of(place: Place, raw: Any) -> str:
    """Write a place as a dotted path; segments are called by their names.

    >>> path_of(("segments", 0, "share"), {"segments": [{"name": "desk", "share": 2}]})
    'segments.desk.share'
    """
    words: list[str] = []
    for key in place:
        raw = raw[key] if _has(raw, key) else None
        if isinstance(key, str):
            words.append(quoted(key))
        elif isinstance(raw, Mapping) and isinstance(raw.get("name"), str):
            words.append(quoted(raw["name"]))
        else:
            words.append(f"[{key}]")
    return ".".join(words).replace(".[", "[")


def _models(annotation: Any, tag: object) -> list[type[BaseModel]]:
    """Find the models an annotation can mean; where a family or kind is named, only that one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) is Annotated:
        return _models(get_args(annotation)[0], tag)
    is_union = get_origin(annotation) is not None or isinstance(annotation, types.UnionType)
    found = [m for a in get_args(annotation) if is_union for m in _models(a, tag)]
    if get_origin(annotation) in (Union, types.UnionType) or isinstance(
        annotation, types.UnionType
    ):
        named = [m for m in found if tag is not None and _tag(m) == tag]
        return named or found
    return found


def _tag(model: type[BaseModel]) -> str | None:
    """Give the kind or family that a model is for."""
    for key in KINDS:
        if key in model.model_fields:
            field = model.model_fields[key]
            return str(
                field.default
                if field.default is not PydanticUndefined
                else get_args(field.annotation)[0]
            )
    return None


@cache
def tags_of(model: type[BaseModel]) -> frozenset[str]:
    """Give every kind and family that a model's fields can mean, and the fields of those."""
    found: dict[type[BaseModel], None] = {}
    waiting = [model]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = None
            waiting += [
                m for field in one.model_fields.values() for m in _models(field.annotation, None)
            ]
    return frozenset(tag for one in found if (tag := _tag(one)) is not None)


def _tags_at(model: type[BaseModel], place: Place, raw: Any) -> list[str]:
    """List the kinds or families that the table at a place of the file can be."""
    field = _fields(model, place[:-1], raw).get(str(place[-1])) if place else None
    models = _models(field.annotation, None) if field else []
    return [tag for one in models if (tag := _tag(one)) is not None]


def _fields(model: type[BaseModel], place: Place, raw: Any) -> dict[str, FieldInfo]:
    """List what is allowed in the table at a place of the file, by the name it has there."""
    models = [model]
    for key in place:
        raw = raw[key] if _has(raw, key) else None
        if isinstance(key, int):
            continue
        fields = [f for m in models for n, f in m.model_fields.items() if key in (n, f.alias)]
        tag = (
            (raw.get("dist") or raw.get("kind") or "constant") if isinstance(raw, Mapping) else None
        )
        models = [found for f in fields for found in _models(f.annotation, tag)] or models
    return {f.alias or n: f for m in models for n, f in m.model_fields.items()}


def _range(model: type[BaseModel], place: Place, raw: Any, ctx: Mapping[str, Any]) -> str:
    """Say between what limits the value at a place must be."""
    field = _fields(model, place[:-1], raw).get(str(place[-1])) if place else None
    found = {
        k: getattr(one, k)
        for one in (field.metadata if field else ())
        for k in LIMITS
        if hasattr(one, k)
    }
    found = found or {k: ctx[k] for k in LIMITS if k in ctx}
    if set(found) == {"ge", "le"}:
        return f"give a value from {found['ge']:,} to {found['le']:,}"
    return "give a value " + " and ".join(
        f"{LIMITS[k]} {found[k]:,}".removesuffix(".0") for k in LIMITS if k in found
    )


def _of_ours(message: str, value: object) -> tuple[str, str]:
    """Part a message of ours at its first ".

    ": what is wrong, what would be right; repeat the value as in the file.
    """
    message = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    with contextlib.suppress(ValueError):
        if message.startswith(repr(value)):
            message = said(value) + message.removeprefix(repr(value))
    problem, _, remedy = message.partition("; ")
    return problem, remedy or "correct it"


def _listed(words: object) -> list[str]:
    """Read the choices out of pydantic's "'a', 'b' or 'c'"."""
    return re.findall(r"'([^']*)'", str(words)) or [str(words)]


def _no_family(ctx: Mapping[str, Any], tags: list[str]) -> tuple[str, str]:
    if "kind" in str(ctx.get("discriminator")):
        return "does not say which kind of traffic it is", f"add kind = {_alternatives(tags)}"
    return "does not name its family", f'add dist = "...", one of {", ".join(tags)}'


def _alternatives(names: list[str]) -> str:
    """Write names as a choice: "a", "b" or "c"."""
    *first, last = (f'"{name}"' for name in names)
    return f"{', '.join(first)} or {last}" if first else last


def _missing(last: object, tags: list[str]) -> str:
    """Say what to add where something is missing."""
    if tags:
        if last == "traffic":
            return f"add a [traffic] table with kind = {_alternatives(tags)}"
        return f"add {last} = {{ dist = ... }}, which may be {_alternatives(tags)}"
    return MISSING.get(str(last), "add it")


def _two_parts(
    error: Mapping[str, Any], keys: Iterable[str], last: object, limits: str, tags: list[str]
) -> tuple[str, str]:
    """Say one pydantic error in two parts: what is wrong, what would be right."""
    kind, value, ctx = error["type"], error["input"], error.get("ctx", {})
    match kind:
        case "extra_forbidden" if last in REPLACED:
            return "is replaced by another key", REPLACED[str(last)]
        case "extra_forbidden":
            known = sorted(keys)
            return f"unknown key{did_you_mean(last, known)}", f"known keys here: {', '.join(known)}"
        case "missing":
            return "is missing", _missing(last, tags)
        case "value_error" | "assertion_error":
            return _of_ours(str(error["msg"]), value)
        case "literal_error":
            allowed = _listed(ctx["expected"])
            return (
                f"{said(value)} is not allowed{did_you_mean(value, allowed)}",
                f"use {_one_of(allowed)}",
            )
        case "union_tag_invalid":
            allowed = _listed(ctx["expected_tags"])
            key, what = (
                ("kind", "kind of traffic")
                if "kind" in str(ctx.get("discriminator"))
                else ("dist", "distribution")
            )
            tag = value.get(key) if isinstance(value, Mapping) else value
            return (
                f"{said(tag)} is not a {what}{did_you_mean(tag, allowed)}",
                f"use {_one_of(allowed)}",
            )
        case "union_tag_not_found":
            return _no_family(ctx, tags)
        case "finite_number":
            return f"{said(value)} is not a finite number", "give an ordinary number"
        case _ if value != value:
            return "nan is not a number", limits
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            return f"{said(value)} is out of range", limits
        case "string_too_short":
            return "is empty", "give it a name"
    table = ("a table of keys", "write its keys in braces, or below a [header]")
    name, remedy = next((one for start, one in WANTED.items() if kind.startswith(start)), table)
    return f"{said(value)} is not {name}", remedy


def _one_of(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"one of {', '.join(names)}"


def faults_of(
    error: ValidationError, model: type[BaseModel], raw: Any, file: str, prefix: str = ""
) -> list[Fault]:
    """Turn every error pydantic found into a fault with the path as it stands in the file."""
    faults = []
    for item in error.errors(include_url=False):
        place = place_of(item["loc"], raw, model)
        keys = set(_fields(model, place[:-1], raw) if item["type"] == "extra_forbidden" else ())
        if len(place) == 1:
            keys = keys - set(NOT_PARAMETERS) if prefix else keys | {"everyone"}
        limits = _range(model, place, raw, item.get("ctx", {}))
        problem, remedy = _two_parts(
            item, keys, place[-1] if place else "", limits, _tags_at(model, place, raw)
        )
        faults.append(Fault(file, prefix + path_of(place, raw), problem, remedy))
    return list(dict.fromkeys(faults))
