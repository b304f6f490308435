"""What is unknown: parameters with a range to explore, and how a number between 0 and 1 becomes a
patch on each.

A range is what a source's `sweep` says. What it means follows from the parameter: a number or a
time runs from one end to the other (times, rates and factors evenly in the logarithm); more than
two, words, tables and true/false are choices; for a distribution, times are its median (or mean, or value)
and plain numbers a factor on all its times, or the spread (`sigma`) of a personal factor, which has no
times; for a table, its chance, its share or its gap. Shares that sum to 1 vary with the others
rescaled: one segment's share, and of the ways of getting e-mail the share who get any.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sim.clock import SIZES, parse_duration, parted
from sim.distributions.values import read_share
from sim.scenario.evidence import Evidences, sweep_words
from sim.scenario.model import Scenario
from sim.scenario.patching import Raw, merged
from sim.sweeping.design.axes import Change, keys_of, opened, shown

DIGITS = 6
"""Significant digits of a value between the ends: enough for any study, and the same on every
machine."""
LOCATIONS = ("median", "mean", "value")
"""What says where a distribution lies, the first that it names."""

WITHIN = ("chance", "share", "gap")
"""What a range of a table is about, the first that the table has."""


@dataclass(frozen=True)
class Unknown:
    """A parameter with a range: `change(u)` is the change at the share u of it."""

    path: str
    words: str
    change: Callable[[float], Change]


def assumed(scenario: Scenario) -> dict[str, tuple[Any, ...]]:
    """Give the range of every parameter that is assumed, by its path.

    >>> import sim
    >>> assumed(sim.load("scenarios/linkedin_dm.toml"))["push.slow"]
    (0.0, 0.4)
    """
    ranges = {
        path: source.sweep
        for path, source in scenario.sources.items()
        if source.sweep and source.assumed
    }
    known = Evidences(scenario)
    return {path: sweep for path, sweep in ranges.items() if _stands(scenario, known, path)}


def _stands(scenario: Scenario, known: Evidences, path: str) -> bool:
    """Tell whether a source is about the value as it is: a value that was set later has outlived
    it.
    """
    first = (
        path.replace("*", scenario.segments[0].name, 1) if path.startswith("segments.*.") else path
    )
    return known.of(first).source == scenario.sources[path]


def unknown(scenario: Scenario, path: str, ends: tuple[Any, ...]) -> Unknown:
    """Make an unknown of a path and its range.

    Raises `ValueError` saying why it cannot be varied so.

    >>> import sim
    >>> unknown(sim.load("scenarios/linkedin_dm.toml"), "senders.action", ("3 s", "12 s")).change(0.5).columns
    {'senders.action': '6 s', 'senders.action_s': 6.0}
    """
    spelled = _spelled(scenario, path)
    value_at, how = _between(ends, _form(scenario, spelled[0]))
    apply_all = [_setter(scenario, one, ends) for one in spelled]

    def change(u: float) -> Change:
        value = value_at(u)
        patch: Raw = {}
        for apply in apply_all:
            patch = merged(patch, apply(value))
        return Change(shown(path, value), patch=patch)

    change(0.5)  # whatever cannot be varied says so now
    return Unknown(path, f"{path}: {sweep_words(ends)}{how}", change)


def _spelled(scenario: Scenario, path: str) -> list[list[str]]:
    """Give the keys of a path, once for each segment if it is about all of them.

    The names of segments need no quotes, as in `sources`.
    """
    for one in scenario.segments:
        rest = path.removeprefix(f"segments.{one.name}.")
        if rest != path:
            return [["segments", one.name, *keys_of(rest)]]
    keys = keys_of(path)
    if keys == ["segments", "*", "share"]:
        raise ValueError("shares sum to 1, so not all of them run over one range; name one segment")
    if keys[:2] == ["segments", "*"]:
        return [["segments", one.name, *keys[2:]] for one in scenario.segments]
    return [keys]


def _form(scenario: Scenario, keys: list[str]) -> str:
    """Say what numbers of a range are for a parameter: whole numbers, factors on a distribution, or plain
    numbers.
    """
    old: Any = scenario
    for key in keys:
        if isinstance(old, tuple):
            old = next((one for one in old if getattr(one, "name", None) == key), None)
        else:
            old = old.get(key) if isinstance(old, Mapping) else getattr(old, key, None)
    if (hasattr(old, "dist") or hasattr(old, "gap")) and not _is_factor(keys):
        return "factor"
    return "whole" if type(old) is int else "number"


def _between(ends: tuple[Any, ...], form_of: str) -> tuple[Callable[[float], Any], str]:
    """Give the value at a share of a range, and how it runs, in words."""
    ends = tuple(map(read_share, ends))
    if len(ends) == 2 and all(
        isinstance(end, int | float) and not isinstance(end, bool) for end in ends
    ):
        low, high = sorted(ends)
        if form_of == "whole":
            return lambda u: int(low) + min(int(u * (high - low + 1)), int(high - low)), ""
        if form_of == "factor" and low > 0:
            return lambda u: _rounded(low * (high / low) ** u), ", evenly in the logarithm"
        return lambda u: _rounded(low + u * (high - low)), ""
    for is_rate in (False, True):
        found = [parted(end, rate=is_rate) if isinstance(end, str) else None for end in ends]
        if len(ends) == 2 and found[0] and found[1]:
            return _sizes(is_rate, found[0], found[1])
    return lambda u: ends[min(int(u * len(ends)), len(ends) - 1)], ""


def _sizes(
    is_rate: bool, first: tuple[str, str], last: tuple[str, str]
) -> tuple[Callable[[float], str], str]:
    """Run between two times, or two rates, in the unit of the second.

    Evenly in the logarithm if neither is 0.
    """
    unit = last[1]
    scale = SIZES[unit] / SIZES[first[1]] if is_rate else SIZES[first[1]] / SIZES[unit]
    low, high = sorted((float(first[0]) * scale, float(last[0])))
    even = low <= 0

    def value(u: float) -> str:
        size = low + u * (high - low) if even else low * (high / low) ** u
        return f"{_plain(size)} / {unit}" if is_rate else f"{_plain(size)} {unit}"

    return value, "" if even else ", evenly in the logarithm"


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _plain(value: float) -> str:
    """Write a size without an exponent, which no file may have."""
    digits = f"{Decimal(repr(_rounded(value))):f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _setter(scenario: Scenario, keys: list[str], ends: tuple[Any, ...]) -> Callable[[Any], Raw]:
    """Give what turns a value of the range into a patch at some keys."""
    old = _value(scenario.raw, keys)
    if is_share(keys):
        return _share_setter(scenario, keys[1])
    if any(isinstance(end, Mapping | list) for end in ends):
        return lambda value: opened(_dotted(keys), value)
    if keys[0] == "segments" and keys[2:] == ["email"]:
        return _email_setter(keys, old or {})
    if isinstance(old, Mapping) and "dist" not in old:
        inner = next((one for one in WITHIN if one in old), None)
        if inner is None:
            raise ValueError(
                "is a table, and its range does not say of which of its parameters; name one of them"
            )
        keys, old = [*keys, inner], old[inner]
    path = _dotted(keys)
    if not isinstance(old, Mapping):
        return lambda value: opened(path, value)
    numbers = all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends)
    if numbers and _is_factor(keys) and "sigma" in old:
        nobody_differs = {"dist": "constant", "value": 1.0}
        return lambda value: opened(path, {**old, "sigma": value} if value else nobody_differs)
    return _distribution_setter(path, dict(old), ends, numbers=numbers)


def _distribution_setter(
    path: str, old: dict[str, Any], ends: tuple[Any, ...], *, numbers: bool
) -> Callable[[Any], Raw]:
    if all(isinstance(end, str) and parted(end) for end in ends):
        named = next((one for one in LOCATIONS if isinstance(old.get(one), str)), None)
        if named is None:
            raise ValueError(
                "is a distribution that names no median, mean or value; give a range of factors instead"
            )
        here = parse_duration(old[named])
        if here <= 0:
            raise ValueError(
                "is a distribution at 0, which no factor moves; write another distribution"
            )
        return lambda value: opened(path, scaled(old, parse_duration(value) / here))
    if numbers and all(end > 0 for end in ends) and _has_times(old):
        return lambda value: opened(path, scaled(old, float(value)))
    raise ValueError(
        "is a distribution, and its range is neither of times nor of factors; name one of its parameters"
    )


def is_share(keys: list[str]) -> bool:
    """Tell whether keys name the share of a segment."""
    return len(keys) == 3 and (keys[0], keys[2]) == ("segments", "share")


def check_alone(path: str, others: Iterable[str]) -> None:
    """Raise `ValueError` if a path and one before it are both shares of segments: either sets all."""
    end = ".share"
    if _is_share_path(path) and (other := next(filter(_is_share_path, others), None)) is not None:
        raise ValueError(
            f"the shares of segments vary already, with {other.removesuffix(end)}; vary one of them"
        )


def _is_share_path(path: str) -> bool:
    start, end = "segments.", ".share"
    return path.startswith(start) and path.endswith(end) and "." not in path[len(start) : -len(end)]


def _is_factor(keys: list[str]) -> bool:
    """Tell whether keys name a personal factor: a distribution of plain numbers with median 1."""
    return keys[-1] == "frailty"


def _share_setter(scenario: Scenario, name: str) -> Callable[[Any], Raw]:
    """Vary one segment's share; the others keep their proportions to each other."""
    others = {one.name: one.share for one in scenario.segments if one.name != name}
    rest = math.fsum(others.values())
    if rest <= 0:
        raise ValueError("is everybody's, and no other segment has a share; add a segment")

    def patch(value: Any) -> Raw:
        left = {one: {"share": share * (1 - value) / rest} for one, share in others.items()}
        return {"segments": {name: {"share": value}} | left}

    return patch


def _email_setter(keys: list[str], old: Mapping[str, Any]) -> Callable[[Any], Raw]:
    """Vary the share who get e-mail at all; the ways of getting it keep their proportions."""
    ways = {way: share for way, share in old.items() if way != "off" and share > 0}
    got = math.fsum(ways.values())
    if got <= 0:
        raise ValueError(
            "nobody gets e-mail, so no way of getting it can gain a share; give one of them a share"
        )

    def patch(value: Any) -> Raw:
        shares = {way: share * value / got for way, share in ways.items()}
        return opened(_dotted(keys), {"off": 1 - value} | shares)

    return patch


def _dotted(keys: list[str]) -> str:
    return ".".join(f'"{key}"' if re.search(r"[.\s]", key) else key for key in keys)


def _value(raw: Any, keys: list[str]) -> Any:
    """Look up what stands at some keys, None if nothing does; segments are found by their names."""
    for key in keys:
        if isinstance(raw, list):
            raw = next((one for one in raw if one.get("name") == key), None)
        else:
            raw = raw.get(key) if isinstance(raw, Mapping) else None
    return raw


def _has_times(distribution: object) -> bool:
    return bool(scaled(distribution, 2.0) != distribution)


def scaled(distribution: Any, factor: float) -> Any:
    """Multiply every time in a distribution; shapes, weights and shares stay.

    >>> scaled({"dist": "lognormal", "median": "6 s", "sigma": 0.5}, 0.5)
    {'dist': 'lognormal', 'median': '3 s', 'sigma': 0.5}
    """
    if isinstance(distribution, Mapping):
        return {key: scaled(value, factor) for key, value in distribution.items()}
    if isinstance(distribution, list):
        return [scaled(value, factor) for value in distribution]
    found = parted(distribution) if isinstance(distribution, str) else None
    if found is None:
        return distribution
    size = float(found[0]) * factor
    return distribution if math.isinf(size) else f"{_plain(size)} {found[1]}"
