"""What an axis does at each of its values: a patch on the scenario, on a policy, or another
platform below it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.clock import SECOND, SIZES, parse_duration, parted
from sim.distributions.values import read_share
from sim.scenario.patching import Raw, merged, nested
from sim.sweeping.design.file import Axis

PLATFORM = "platform"
_KEYS = re.compile(r'(?:"([^"]+)"|([^."\s]+))(?:\.|$)')


@dataclass(frozen=True)
class Change:
    """What makes a cell out of the base: a platform below it, a patch, patches of policies, and
    columns to show.
    """

    columns: dict[str, Any] = field(default_factory=dict)
    platform: str | None = None
    patch: Raw = field(default_factory=dict)
    policies: dict[str, Raw] = field(default_factory=dict)

    def then(self, other: Change) -> Change:
        """Give both changes as one; where they meet, the other one stands."""
        return Change(
            self.columns | other.columns,
            other.platform or self.platform,
            merged(self.patch, other.patch),
            merged(self.policies, other.policies),
        )


def keys_of(path: str) -> list[str]:
    """Split a dotted path into keys; a key with dots or spaces stands in quotes.

    Raises `ValueError` if it is none.

    >>> keys_of('policies."undo 0.5 s".send.hold')
    ['policies', 'undo 0.5 s', 'send', 'hold']
    """
    keys, end = [], 0
    while match := _KEYS.match(path, end):
        keys.append(match[1] or match[2])
        end = match.end()
    if end < len(path) or not keys or path.endswith("."):
        raise ValueError(
            f'"{path}" is not a path; write keys with dots between them, such as "send.hold"'
        )
    return keys


def opened(path: str, value: Any) -> Raw:
    """Give the nested tables that set one path.

    >>> opened("send.hold", "10 s")
    {'send': {'hold': '10 s'}}
    """
    for key in reversed(keys_of(path)):
        value = {key: value}
    assert isinstance(value, dict)
    return value


def changes(axis: Axis) -> list[Change]:
    """List what an axis does at each value. Raises `ValueError` if its path is none."""
    if axis.patches is not None:
        return [
            _change(shown(axis.column, name), nested(patch)) for name, patch in axis.patches.items()
        ]
    assert axis.path is not None and axis.values is not None
    return [_at(axis, value) for value in axis.values]


def _at(axis: Axis, value: Any) -> Change:
    assert axis.path is not None
    if axis.path == PLATFORM:
        name = str(value).removeprefix("platform:")
        return Change(shown(axis.column, name), platform=name)
    return _change(shown(axis.column, value), opened(axis.path, value))


def _change(columns: dict[str, Any], patch: Raw) -> Change:
    policies = patch.get("policies", {})
    rest = {key: value for key, value in patch.items() if key != "policies"}
    if not isinstance(policies, dict) or not all(
        isinstance(one, dict) for one in policies.values()
    ):
        raise ValueError(
            'names no parameter of a policy; write policies."NAME".send.hold, or play = [...] to choose'
        )
    return Change(columns, patch=rest, policies=policies)


def shown(column: str, value: Any) -> dict[str, Any]:
    """Give the columns of a value: as it is written, and for durations and rates also as a number.

    >>> shown("hold", "2 min")
    {'hold': '2 min', 'hold_s': 120.0}
    """
    if isinstance(value, Mapping | list | tuple):
        return {column: json.dumps(value, default=str, ensure_ascii=False)}
    if not isinstance(value, str):
        return {column: value}
    if value in ("never", "unlimited"):
        return {column: value, f"{column}_s": float("inf")}
    if (share := read_share(value)) != value:
        return {column: share}
    if found := parted(value, rate=True):
        return {column: value, f"{column}_per_d": float(found[0]) * SIZES["d"] / SIZES[found[1]]}
    try:
        return {column: value, f"{column}_s": parse_duration(value) / SECOND}
    except ValueError:
        return {column: value}
