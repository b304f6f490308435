"""What the test of leaves is made of: every leaf of a scenario, other values for it, and what a world
holds, name by name."""

from __future__ import annotations

import math
import types
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.distributions.family import Family
from sim.distributions.values import Micros
from sim.running import run
from sim.scenario import Scenario
from sim.scenario.sections import Parameters
from sim.scenario.senders import SenderGroup
from sim.world import World
from sim.world.intervals import KINDS_OF_INTERVAL
from sim.world.looks import STREAMS

OTHER_WINDOWS = [{"days": "Tue", "opens": "03:00", "closes": "21:00"}]
OTHER_DURATION = {"dist": "exponential", "mean": "11 min"}
SPECIAL: dict[str, list[Any]] = {
    "without_text": [0.37],
    "mistakes": [0.37],
    "frailty": [{"dist": "gamma", "mean": 2.0, "shape": 3.0}],
    "rate": ["30 / d"],
    "week": ["office"],
    "utc_offset": ["3 h"],
    "file": ["other.csv"],
    "costs": [{"too_late": 10.0, "in_thread": 2.0}],
    "after": ["30 h"],
}
"""Other values of leaves whose type does not say which there are."""


def leaves() -> Iterator[tuple[str, FieldInfo]]:
    """Yield every leaf that decides results, by its path; those of segments as `segments.a.PATH`,
    those of traffic as `traffic(KIND).PATH`."""
    yield from _below(Parameters, "")


def _below(model: type[BaseModel], at: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        path = f"{at}.{name}".removeprefix(".")
        kind, item = field.annotation, _item(field.annotation)
        if name == "segments":
            assert item is not None
            yield from _below(item, "segments.a")
        elif name == "traffic":
            for member in get_args(kind):
                yield from _below(member, f"traffic({member.__name__.lower()})")
        elif item is not None and name == "steps":
            yield from _below(item, path)
        elif name == "groups":
            yield from _below(SenderGroup, "senders.groups.new")
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _below(kind, path)
        else:
            yield path, field


def _item(kind: Any) -> type[BaseModel] | None:
    """Give the model that a tuple of models holds."""
    held = get_args(kind)
    is_model = held and isinstance(held[0], type) and issubclass(held[0], BaseModel)
    return held[0] if get_origin(kind) is tuple and is_model else None


def _bare(kind: Any) -> list[Any]:
    """List what a type is, without its annotations; of alternatives, every one."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return [one for part in get_args(kind) for one in _bare(part)]
    return [kind]


def others(path: str, field: FieldInfo, now: Any) -> list[Any]:
    """Give other values of a leaf than the one it has, as a file would say them."""
    name = path.rpartition(".")[2]
    if name in SPECIAL:
        return SPECIAL[name]
    for kind in _bare(field.annotation):
        held = get_args(kind)
        match get_origin(kind) or kind:
            case Origin if Origin is Literal:
                return [one for one in held if one != now]
            case Origin if Origin is tuple and get_origin(held[0]) is Literal:
                return [[one] for one in get_args(held[0]) if (one,) != now]
            case Origin if Origin is tuple:
                return [OTHER_WINDOWS]
            case Origin if Origin is bool:
                return [not now]
            case Origin if Origin is int:
                return [now + 1]
            case Origin if Origin is float:
                return [0.37 if _is_share(field) else 2.5 if math.isinf(now) else now + 1.5]
            case Origin if Origin is Micros:
                return ["7 min"]
            case Origin if issubclass(Origin, Family):
                return [OTHER_DURATION]
    raise AssertionError(f"{path}: no other value is known of {field.annotation}")


def _is_share(field: FieldInfo) -> bool:
    return any(1 in (getattr(one, "le", None), getattr(one, "lt", None)) for one in field.metadata)


def held(world: World) -> dict[str, Any]:
    """Give what a world holds by names such as `rules.window`, `messages.push_delay`,
    `attention.a.glances` and `intervals.away`; rows in the world's order."""
    m, p = world.messages, world.recipients
    out: dict[str, Any] = {"horizon": world.horizon, "rows": m.size, "people": p.size}
    out |= {f"rules.{name}": value for name, value in asdict(world.rules).items()}
    out |= {f"messages.{f.name}": getattr(m, f.name) for f in fields(m)}
    out |= {f"recipients.{f.name}": getattr(p, f.name) for f in fields(p)}
    return out | _attention(world) | _intervals(world)


def _attention(world: World) -> dict[str, Any]:
    a = world.attention
    ends = np.unique(np.append(a.stream_at.ravel(), a.pool.size))
    out = {}
    for k in range(len(a.stream_at)):
        name = "ab"[k]
        for surface, stream in enumerate(STREAMS):
            pieces = [a.stream_mean[k, surface]]
            for at in a.stream_at[k, surface]:
                pieces.append([-1.0] if at < 0 else a.pool[at : ends[ends > at][0]])
            out[f"attention.{name}.{stream}"] = np.concatenate(pieces)
        week, slots = a.week_at[k]
        out[f"attention.{name}.week"] = a.weeks[week : week + slots + 1]
    return out


def _intervals(world: World) -> dict[str, Any]:
    i = world.intervals
    return {
        f"intervals.{name}": [
            [(int(i.starts[x]), int(i.ends[x])) for x in range(*i.at[r, k])]
            for r in range(len(i.at))
        ]
        for k, name in enumerate(KINDS_OF_INTERVAL)
    }


def found(scenario: Scenario) -> dict[str, Any]:
    """Give what is worked out of a scenario's records after play, and how much was played."""
    kept: list[Any] = []
    outcome = run(scenario, engine="simpy", everybody=True, keep=lambda *one: kept.append(one[3]))
    out: dict[str, Any] = {"replications": outcome.replications}
    judged = kept[0]
    for f in fields(judged):
        value = getattr(judged, f.name)
        out[f"judged.{f.name}"] = np.stack(list(value.values())) if f.name == "read" else value
    if scenario.costs:
        row = outcome.costs.iloc[0]
        out["cost"] = float(row["value"])
    return out


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Name what differs; where rows or people are others, their columns cannot be compared."""
    names = set()
    for name in before.keys() | after.keys():
        a, b = before.get(name), after.get(name)
        if not _is_same(a, b):
            names.add(name)
    if "rows" in names:
        names = {one for one in names if not one.startswith("messages.")}
    if "people" in names:
        names = {one for one in names if not one.startswith(("recipients.", "intervals."))}
    return names


def _is_same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return np.array_equal(a, b)
    return bool(a == b)
