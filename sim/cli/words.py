"""Values of a scenario in words: durations with units, chances as percentages, distributions with
their quantiles.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from math import fsum
from typing import Any, get_args

from pydantic.fields import FieldInfo

from sim.clock import DAY, HOUR, MINUTE, NEVER, SECOND, UNITS, format_duration
from sim.distributions.distribution import distribution_of
from sim.distributions.families.scipy import Scipy
from sim.distributions.family import Family
from sim.distributions.mixture import Mixture
from sim.distributions.values import Micros
from sim.scenario.channels import EmailShares
from sim.scenario.quantities import DAYS, WEEKS, Window
from sim.scenario.traffic import Step


def in_words(value: Any, name: str, field: FieldInfo) -> str:
    """Say the value of a field in words; `name` and `field` tell what it is.

    >>> in_words(Micros(5_000_000), "hold", FieldInfo())
    '5 s'
    """
    if hasattr(value, "dist"):
        return _in_words(value, is_duration=name != "frailty")
    if isinstance(value, Micros):
        words = {NEVER: "unlimited" if name in ("window", "edit_window") else "never", -1: "none"}
        return words.get(value, format_duration(value))
    if value == {}:
        return "none"
    if isinstance(value, EmailShares):
        shares = zip(type(value).model_fields, value.as_tuple(), strict=True)
        return ", ".join(f"{way} {_percent(share)}" for way, share in shares if share)
    if name == "rate":
        return f"{value * UNITS['d']:.4g} / d"
    if name == "week":
        return _week(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(_item, value)) or "none given"
    if isinstance(value, float):
        return _percent(value) if _is_share(field) else f"{value:g}"
    return f"{value:,}" if isinstance(value, int) and name != "seed" else str(value)


def _is_share(field: FieldInfo) -> bool:
    """Tell whether a field, or what it may be if it is said at all, is at most 1."""
    inner = [
        one for part in get_args(field.annotation) for one in getattr(part, "__metadata__", ())
    ]
    limits = [*field.metadata, *(limit for one in inner for limit in getattr(one, "metadata", ()))]
    return any(getattr(limit, "le", None) == 1 for limit in limits)


def time_of(duration: float) -> str:
    """Say microseconds as people do, to two digits or so.

    >>> from sim.clock import HOUR, SECOND
    >>> time_of(29 * SECOND), time_of(1003 * SECOND), time_of(30 * HOUR)
    ('29 s', '17 min', '30 h')
    """
    units = {"d": DAY, "h": HOUR, "min": MINUTE, "s": SECOND}
    unit = next((one for one, size in units.items() if duration >= 2 * size), "s")
    number = duration / units[unit]
    return f"{number:.2g} {unit}" if number < 10 else f"{number:.0f} {unit}"


def _week(weights: tuple[float, ...]) -> str:
    """Say a weekly profile: its name, and its weights, each relative to the mean of the week.

    Days alike are said once, and so are neighbouring slots alike.
    """
    named = next((f'"{week}", ' for week, known in WEEKS.items() if known == weights), "")
    if min(weights) == max(weights):
        return f"{named}all hours alike"
    slots = len(weights) // len(DAYS)
    per_day = [
        tuple(w * len(weights) / fsum(weights) for w in weights[day * slots : (day + 1) * slots])
        for day in range(len(DAYS))
    ]
    said = []
    for values, days in groupby(range(len(DAYS)), key=per_day.__getitem__):
        names = [DAYS[day] for day in days]
        said.append(f"{'-'.join(dict.fromkeys((names[0], names[-1])))} {_day(values)}")
    return f"{named}relative to the week's mean: {'; '.join(said)}"


def _day(values: tuple[float, ...]) -> str:
    """Say the values of a day's equal slots, neighbours alike once."""
    said, start = [], 0
    for value, alike in groupby(values):
        end = start + len(list(alike))
        minutes = (24 * 60 * slot // len(values) for slot in (start, end))
        said.append(f"{'-'.join(f'{m // 60:02}:{m % 60:02}' for m in minutes)} {value:.3g}")
        start = end
    return ", ".join(said)


def _item(one: Any) -> str:
    """Say one item of a list: hours, a step of a sequence, or a word."""
    if isinstance(one, Window):
        return _hours(one)
    if isinstance(one, Step):
        return f"{one.length} characters after {format_duration(one.after)}"
    return str(one)


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _hours(window: Window) -> str:
    return f"{window.days} {window.opens} to {window.closes}"


def _in_words(spec: Family, *, is_duration: bool) -> str:
    """Say a distribution: what it is given by, and the mean and quantiles that this implies."""
    words = distribution_of(spec, is_duration=is_duration).describe()
    family, _, implied = words.partition(": ")
    match spec:
        case Mixture():
            parts = (
                f"{_percent(one.weight)} {_in_words(one.distribution, is_duration=is_duration)}"
                for one in spec.parts
            )
            given = "of " + "; ".join(parts)
        case Scipy():
            given = "of scipy.stats, " + ", ".join(
                f"{name} {value:g}" for name, value in spec.parameters.items()
            )
        case _:
            given = "given by " + " and ".join(_given(spec, is_duration=is_duration))
    return f"{family} {given}: {implied}" if implied else words


def _given(spec: Family, *, is_duration: bool) -> Iterator[str]:
    for name in type(spec).model_fields:
        value = getattr(spec, name)
        if name == "p" and value is not None:
            yield f"{len(value)} quantiles"
        elif isinstance(value, Micros):
            yield f"{name} {format_duration(value)}"
        elif isinstance(value, float):
            yield f"{name} {value:g}"
