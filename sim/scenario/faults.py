"""From what pydantic reports to faults that a person can act on: place, value, rule and next step."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from sim.distributions.spec import FAMILIES
from sim.errors import Fault
from sim.scenario.suggestions import did_you_mean

TAGS = frozenset((*FAMILIES, "stream", "campaign", "trace"))
"""Names that pydantic puts into a location to say which member of a union it tried; no reader needs them."""

Place = tuple[str | int, ...]


def place_of(location: Place, raw: object) -> Place:
    """Give the keys of the file that a pydantic location means: the same, without union tags."""
    place: list[str | int] = []
    for key in location:
        inside = raw[key] if _has(raw, key) else None
        if key in TAGS and not _has(raw, key):
            continue
        place.append(key)
        raw = inside
    return tuple(place)


def _has(raw: object, key: str | int) -> bool:
    if isinstance(key, int):
        return isinstance(raw, list) and key < len(raw)
    return isinstance(raw, Mapping) and key in raw


def path_of(place: Place, raw: object) -> str:
    """Write a place as a dotted path; segments are called by their names.

    >>> path_of(("segments", 0, "share"), {"segments": [{"name": "desk", "share": 2}]})
    'segments.desk.share'
    """
    words: list[str] = []
    for key in place:
        raw = raw[key] if _has(raw, key) else None  # type: ignore[index]
        words.append(str(raw["name"]) if isinstance(key, int) and isinstance(raw, Mapping) and "name" in raw else str(key))
    return ".".join(words)


def _models(annotation: Any, tag: object) -> list[type[BaseModel]]:
    """Find the models an annotation can mean; where a family or kind is named, only that one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) is Annotated:
        return _models(get_args(annotation)[0], tag)
    found = [m for a in get_args(annotation) if get_origin(annotation) is not None or isinstance(annotation, types.UnionType)
             for m in _models(a, tag)]  # fmt: skip
    if get_origin(annotation) in (Union, types.UnionType) or isinstance(annotation, types.UnionType):
        named = [m for m in found if any(getattr(f, "default", None) == tag or tag in get_args(f.annotation)
                                         for n, f in m.model_fields.items() if n in ("dist", "kind"))]  # fmt: skip
        return named or found
    return found


def known_keys(model: type[BaseModel], place: Place, raw: object) -> list[str]:
    """List the keys that are allowed in the table at a place of the file."""
    models = [model]
    for key in place:
        raw = raw[key] if _has(raw, key) else None  # type: ignore[index]
        if isinstance(key, int):
            continue
        fields = [f for m in models for n, f in m.model_fields.items() if key in (n, f.alias)]
        tag = (raw.get("dist") or raw.get("kind") or "constant") if isinstance(raw, Mapping) else None
        models = [found for f in fields for found in _models(f.annotation, tag)] or models
    return sorted({f.alias or n for m in models for n, f in m.model_fields.items()})


def _split(message: str) -> tuple[str, str]:
    """Part a message of ours at its first "; ": what is wrong, what would be right."""
    problem, _, remedy = message.partition("; ")
    return problem, remedy or "correct it"


def _said(kind: str, error: Mapping[str, Any], keys: list[str], last: object) -> tuple[str, str]:
    """Say one pydantic error in two parts: what is wrong, what would be right."""
    value, ctx = error["input"], error.get("ctx", {})
    shown = repr(value) if not isinstance(value, dict | list | tuple) else "a table" if isinstance(value, dict) else "a list"
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    match kind:
        case "extra_forbidden":
            return f"unknown key{did_you_mean(last, keys)}", f"known keys here: {', '.join(keys)}"
        case "missing":
            return "is missing", "add it"
        case "value_error" | "assertion_error":
            return _split(str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, "))
        case "literal_error":
            allowed = [part.strip(" '") for part in str(ctx["expected"]).replace(" or ", ", ").split(",")]
            return f"{shown} is not allowed{did_you_mean(value, allowed)}", f"use one of {', '.join(allowed)}"
        case "union_tag_invalid":
            allowed = [part.strip(" '") for part in str(ctx["expected_tags"]).split(",")]
            tag = ctx["tag"]
            return f'"{tag}" is not known{did_you_mean(tag, allowed)}', f"use one of {', '.join(allowed)}"
        case "union_tag_not_found":
            return "does not say which one it is", 'add dist = "...", kind = "...", or write a plain value'
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
            limit = next((f"{words[k]} {ctx[k]:g}" for k in words if k in ctx), "another value")
            return f"{shown} is out of range", f"give a value {limit}"
        case "finite_number":
            return f"{shown} is not a finite number", "give an ordinary number"
        case "string_too_short":
            return "is empty", "give it a name"
    wanted = {"int": "a whole number", "float": "a number", "bool": "true or false", "string": "text", "tuple": "a list"}
    name = next((say for start, say in wanted.items() if kind.startswith(start)), "a table of keys")
    return f"{shown} is not {name}", f"write {name}"


def faults_of(error: ValidationError, model: type[BaseModel], raw: object, file: str, prefix: str = "") -> list[Fault]:
    """Turn every error pydantic found into a fault with the path as it stands in the file."""
    faults = []
    for item in error.errors(include_url=False):
        place = place_of(item["loc"], raw)
        keys = known_keys(model, place[:-1], raw) if item["type"] == "extra_forbidden" else []
        problem, remedy = _said(item["type"], item, keys, place[-1] if place else "")
        faults.append(Fault(file, prefix + path_of(place, raw), problem, remedy))
    return list(dict.fromkeys(faults))
