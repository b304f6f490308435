"""What unit tests are made of: distributions from tables, small scenarios, records written by hand, and how
near is near."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from sim.clock import NEVER
from sim.distributions.distribution import Distribution
from sim.distributions.fields import DurationDistribution, NumberDistribution
from sim.records import Records
from sim.scenario import Scenario, parse
from sim.schema.records import FROM_ENGINE, FROM_WORLD
from sim.world.block import Block
from sim.world.sent import Addressees

Z = 4.5
"""Standard errors an estimate may be off: a correct model fails one check in 150,000."""

DURATION: TypeAdapter[Any] = TypeAdapter(DurationDistribution)
NUMBER: TypeAdapter[Any] = TypeAdapter(NumberDistribution)

SMALL = """
schema = 1
people = "none"
run = { seed = 7, replications = 3, horizon = "2 d" }
traffic = { kind = "stream", senders = 4, recipients = 10, rate = "20 / d" }
mistakes = { chance = 0.4, noticed = { dist = "exponential", mean = "5 min" }, reaction = "2 s" }
senders = { action = { dist = "lognormal", median = "6 s", sigma = 0.5 } }
[[segments]]
name = "everyone"
frailty = 1.0
glances = { gap = { dist = "exponential", mean = "10 min" }, length = "5 s" }
"""


def distribution(table: Any, *, number: bool = False) -> Distribution:
    """Make a distribution of what a scenario file would say."""
    return Distribution.of(
        (NUMBER if number else DURATION).validate_python(table), is_duration=not number
    )


@cache
def _parsed(text: str) -> Scenario:
    return parse(text)


def small(patch: dict[str, Any] | None = None, text: str = SMALL) -> Scenario:
    """Give a small scenario, patched."""
    return _parsed(text).patched(patch) if patch else _parsed(text)


def records(*rows: dict[str, Any], horizon: int = NEVER - 1) -> Records:
    """Write records by hand: what a row does not say is absent; its message is sent at 0, 100
    characters, regretted."""
    usual = {
        "length": 100,
        "batch": -1,
        "group": -1,
        "after": -1,
        "mistake": True,
        "regretted": True,
        "noticed": 0,
        "reply_after": NEVER,
    }
    columns: dict[str, npt.NDArray[Any]] = {}
    for c in (*FROM_WORLD, *FROM_ENGINE):
        absent = c.absent if c in FROM_ENGINE else usual.get(c.name, 0)
        columns[c.name] = np.array([row.get(c.name, absent) for row in rows], dtype=c.dtype)
    return Records.alone(columns, horizon)


def assert_follows(sample: npt.NDArray[Any], cdf: Callable[[Any], Any]) -> None:
    """Assert that a sample follows a continuous distribution: Kolmogorov-Smirnov at the level of `Z`
    standard errors."""
    x = np.sort(np.asarray(sample, dtype=np.float64))
    n, f = x.size, np.asarray(cdf(x), dtype=np.float64)
    ranks = np.arange(n)
    distance = max(float(np.max((ranks + 1) / n - f)), float(np.max(f - ranks / n)))
    # P(sqrt(n) D > x) is about 2 exp(-2 x^2); it is 7e-6, as beyond 4.5 standard errors, at x =
    # 2.51.
    bound = math.sqrt(-math.log(6.8e-6 / 2) / 2 / n)
    assert distance <= bound, (
        f"the sample is {distance:.4f} away from its distribution; {bound:.4f} is allowed"
    )


def assert_near(found: float, exact: float, error: float) -> None:
    """Assert that an estimate lies within `Z` standard errors of the exact value."""
    off = (found - exact) / error
    assert abs(off) <= Z, f"{found:.6g} is not {exact:.6g}: {off:+.1f} standard errors"


def one_world(key: int) -> Block:
    """Give a block of one replication that has a key."""
    return Block(np.zeros(1, dtype=np.int64), np.array([key], dtype=np.uint64))


def in_one_world(entities: npt.NDArray[np.uint64], key: int) -> Addressees:
    """Give people of such names in one replication that has a key."""
    here = np.zeros(entities.size, dtype=np.int64)
    return Addressees(
        entities, np.arange(entities.size), here, np.full(entities.size, key, np.uint64)
    )
