"""The reference of the keys of scenario files: made from the models, so that nothing is said twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.cli.explaining import SECTIONS
from sim.cli.words import in_words
from sim.distributions.mixture import Mixture
from sim.distributions.registry import FAMILIES
from sim.people import DEFAULT, NONE
from sim.people import catalogue as people
from sim.people import names as people_names
from sim.platforms import catalogue as platforms
from sim.platforms import names as platform_names
from sim.scenario.channels import EmailShares
from sim.scenario.citations import Source
from sim.scenario.model import Scenario
from sim.scenario.quantities import DAYS, WEEKS, Window
from sim.scenario.recipients import Segment
from sim.scenario.traffic import Step, Traffic

OPENING = f"""# Keys of scenario files

Made from the models that check a scenario, so it lists every key there is: what it means, which values it takes, the
model's default, and what the catalogues of [platforms](docs/platforms.md) and [people](docs/people.md) say, with grade
and source. `toolate explain FILE` says the same of one file, resolved.

* A **duration** is text with a unit: `"5 s"`, `"90 min"`, `"2 d"`. Units are `ms`, `s`, `min`, `h` and `d`.
* A **distribution** is a table with `dist`, or a bare value for a constant: see [Distributions](#distributions).
* A **share** or a **chance** is a number from 0 to 1.
* A **week** is one of {", ".join(f"`{name}`" for name in WEEKS)}, or a list of weights over equal slots from Monday 00:00.
* **Hours** are a list of `{{ days = "Mon-Fri", opens = "08:00", closes = "18:00" }}`; days are {DAYS[0]} to {DAYS[-1]}.

In a policy, a key is changed by its dotted path (`send.hold = "30 s"`), for all recipients by `segments."*".KEY`.
"""

TABLE = "segments[]"


def page() -> str:
    """Give the page: the head of a file, its tables in the order of the model, and distributions."""
    return "\n".join([OPENING, *_head(), *_tables(), *_recipients(), *_rest(), *_distributions()])


def _head() -> Iterator[str]:
    yield "## The file\n"
    for name in ("schema_", "title", "question", "extends", "people", "baseline"):
        field = Scenario.model_fields.get(name) or Scenario.model_fields[name.removesuffix("_")]
        yield from _key(field.alias or name, name, field, Scenario, {})


def _tables() -> Iterator[str]:
    known = _of_platforms()
    for section, title in SECTIONS.items():
        yield f"({section})=\n## {title}: `{section}`\n"
        if section == "traffic":
            for kind in get_args(get_args(Traffic)[0]):
                name = get_args(kind.model_fields["kind"].annotation)[0]
                yield f'(traffic.{name})=\n### `kind = "{name}"`\n\n{_about(kind)}\n'
                yield from _keys(kind, "traffic", known, f"traffic.{name}")
            yield f"(traffic.steps)=\n### Steps of a sequence\n\n{_about(Step)}\n"
            yield from _keys(Step, "traffic.steps[]", known)
            continue
        annotation = Scenario.model_fields[section].annotation
        assert isinstance(annotation, type)
        yield f"{_about(annotation)}\n"
        yield from _keys(annotation, section, known)
    yield "## Costs\n"
    yield from _key("costs", "costs", Scenario.model_fields["costs"], Scenario, {})


def _recipients() -> Iterator[str]:
    yield "(segments)=\n## Recipients: `segments`\n"
    yield f"{_about(Segment)} `[everyone]` takes the same keys and holds for all segments that say nothing else.\n"
    yield from _keys(Segment, TABLE, _of_people())


def _rest() -> Iterator[str]:
    yield "## Policies, sources and claims\n"
    for name in ("policies", "sources", "checks"):
        yield from _key(name, name, Scenario.model_fields[name], Scenario, {})
    yield "### An entry of `[sources]`\n"
    yield from _keys(Source, 'sources."PATH"', {})


def _distributions() -> Iterator[str]:
    yield "## Distributions\n"
    yield "Over durations or plain positive numbers, as the key says. Parameters can be given in several ways.\n"
    for family in (*FAMILIES, Mixture):
        name = family.model_fields["dist"].default
        yield f'(dist.{name})=\n### `dist = "{name}"`\n\n{_about(family)}\n'
        for key, field in family.model_fields.items():
            if key != "dist":
                said = (field.description or "").rstrip(".")
                needed = " (required)" if field.is_required() else ""
                yield f"* `{key}`{needed}{f': {said}' if said else ''}"
        yield ""


def _keys(
    model: type[BaseModel], at: str, known: dict[str, str], anchor: str | None = None
) -> Iterator[str]:
    """Yield the keys of a table, and of the tables in it."""
    for name, field in model.model_fields.items():
        inner = _table(field)
        path = f"{at}.{name}" + (".NAME" if get_origin(field.annotation) is dict else "")
        if name == "kind" and at == "traffic":
            continue
        if inner is not None:
            yield f"({identity(path)})=\n### `{path}`\n"
            yield f"{(field.description or _about(inner)).removesuffix('.')}.\n"
            yield from _keys(inner, path, known)
        else:
            yield from _key(path, name, field, model, known, anchor)


def _table(field: FieldInfo) -> type[BaseModel] | None:
    """Give the model of a table in a table; distributions and shares by way of e-mail are values."""
    kinds = [field.annotation, *get_args(field.annotation)]
    found = [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]
    is_table = len(found) == 1 and not {"dist"} & set(found[0].model_fields)
    return found[0] if is_table and found[0] not in (EmailShares, Window, Step, Source) else None


def _key(
    path: str,
    name: str,
    field: FieldInfo,
    model: type[BaseModel],
    known: dict[str, str],
    anchor: str | None = None,
) -> Iterator[str]:
    yield f"({identity(f'{anchor}.{name}' if anchor else path)})=\n#### `{path}`\n"
    yield f"{field.description or ''} *Takes {_takes(model, field.alias or name)}; {_default(name, field)}.*"
    catalogue = known.get(path.removeprefix(f"{TABLE}."), "")
    yield f"\n{catalogue}\n" if catalogue else ""


def identity(path: str) -> str:
    """Give the name under which pages link to a key."""
    return path.replace('"', "").replace("[]", "").lower()


def _default(name: str, field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "required"
    if value is None or value in ("", (), {}):
        return "default: not set" if value is None else "default: none"
    return f"default {in_words(value, name, field)}"


def _takes(model: type[BaseModel], name: str) -> str:
    """Say which values a key takes, from its JSON Schema."""
    if name == "people":
        return "one of " + ", ".join(f"`{one}`" for one in (*people_names(), NONE))
    schema = model.model_json_schema()
    return _kind(schema["properties"][name], schema.get("$defs", {}))


def _kind(one: dict[str, Any], defs: dict[str, Any]) -> str:
    if "$ref" in one:
        name = one["$ref"].rpartition("/")[2]
        return "shares" if name == "EmailShares" else name.lower()
    if "enum" in one:
        return "one of " + ", ".join(f"`{v}`" for v in one["enum"])
    if "const" in one:
        return f"`{one['const']}`"
    if "anyOf" in one:
        parts = [p for p in one["anyOf"] if p.get("type") != "null"]
        if any("oneOf" in p for p in parts):
            is_time = any("pattern" in p for p in parts)
            return f"{'duration' if is_time else 'number above 0'}, or a distribution"
        return " or ".join(dict.fromkeys(_kind(p, defs) for p in parts))
    if "oneOf" in one:
        return "a distribution"
    if one.get("type") == "array":
        return f"list of {_kind(one.get('items', {}), defs)}"
    if one.get("type") == "object":
        return "table"
    if one.get("type") == "string":
        return _text(one.get("pattern", ""))
    if one.get("type") in ("number", "integer"):
        return _number(one)
    return "yes or no: `true`, `false`" if one.get("type") == "boolean" else "any value"


def _text(pattern: str) -> str:
    if "/" in pattern:
        return "rate, such as `6 / d`"
    if "unlimited" in pattern:
        return "duration, `unlimited` or `none`"
    if "[+-]" in pattern:
        return "shift of the clock, such as `-5 h`"
    if "inf" in pattern:
        return "characters a second, or `inf`"
    return "duration" if "ms|s|min" in pattern else "text"


def _number(one: dict[str, Any]) -> str:
    low = one.get("minimum", one.get("exclusiveMinimum"))
    high = one.get("maximum", one.get("exclusiveMaximum"))
    noun = "whole number" if one["type"] == "integer" else "number"
    if low is None and high is None:
        return noun
    above = "above " if "exclusiveMinimum" in one else ""
    below = "below " if "exclusiveMaximum" in one else ""
    return f"{noun}, {above}{low:,}{f' to {below}{high:,}' if high is not None else ' or more'}"


def _of_platforms() -> dict[str, str]:
    """Say of a key what the catalogue has for all platforms, and which platforms say otherwise."""
    others: dict[str, list[str]] = {}
    for platform in platform_names():
        for one in platforms.entries(platform):
            if not one.is_fact and one.set_by == f"platform:{platform}":
                others.setdefault(one.path, []).append(platform)
    shared = {o.path: o for o in platforms.entries(platforms.BASE) if not o.is_fact}
    said: dict[str, str] = {}
    for path in dict.fromkeys([*shared, *others]):
        own = [p for p in others.get(path, ()) if p != platforms.BASE]
        links = ", ".join(f"[{p}](docs/platforms.md#{p})" for p in own)
        parts = [_said(shared[path], "On every platform")] if path in shared else []
        parts += [f"{'Otherwise' if parts else 'Set by'}: {links}."] if links else []
        said[path] = " ".join(parts)
    return said


def _of_people() -> dict[str, str]:
    link = f"[{DEFAULT}](docs/people.md#{DEFAULT})"
    return {one.path: _said(one, f"Of {link}") for one in people.entries(DEFAULT)}


def _said(one: platforms.CatalogueEntry, whose: str) -> str:
    where = f"grade {one.grade}: {one.source}" if one.grade else f"assumed: {one.assumed}"
    return f"{whose}: **{one.said}** ({where.replace('[', '&#91;').removesuffix('.')})."


def _about(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split(">>>")[0].split())
