"""How the oracles are played: engines and sizes, scenarios and their patches, looks written by
hand, record columns."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from sim.clock import MINUTE, NEVER
from sim.records import Records
from sim.scenario.model import Scenario
from sim.scenario.reading import parse
from sim.world.attention import Attention
from sim.world.drawing import draw_world
from sim.world.parts import World

from .checking import bugs, messages_needed

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Engine:
    """One engine under test and how much of everything it can be asked to play."""

    name: str
    plays: Callable[[World], Records]
    messages: int
    """Independent messages of a proportion, unless its bugs take more to be exposed."""
    mutants: int
    """The same for a mutant, which only has to be told from the truth."""
    most: int
    """A bug that takes more messages than that is beyond reach."""
    broadcasts: int
    """Replications of O09 where a bug hides in less than one copy of 400."""
    desks: int
    """Replications of O10."""
    few: int
    """Replications of O09 where every bug is gross or none is listed."""

    def play(self, world: World) -> Records:
        """Play a world; the collector only slows SimPy's many short-lived events down (by half), so
        it waits."""
        gc.disable()
        try:
            return self.plays(world)
        finally:
            gc.enable()

    def beyond(self, oracle: str, *keys: str) -> frozenset[str]:
        """Name the bugs of some keys that take more messages to expose than this engine can
        afford."""
        return frozenset(
            b
            for key in keys
            for b in bugs(oracle, key)
            if messages_needed(oracle, key, b) > self.most
        )

    def size(self, oracle: str, *keys: str) -> int:
        """Give how many messages it takes to expose every bug in some keys of an oracle, but those
        beyond reach."""
        far = self.beyond(oracle, *keys)
        needed = (
            messages_needed(oracle, key, bug)
            for key in keys
            for bug in bugs(oracle, key)
            if bug not in far
        )
        return max(self.messages, *needed, 0)

    def size_of_mutant(self, oracle: str, key: str, bug: str) -> int:
        """Give how many messages it takes to expose one bug; skip the test if they are beyond
        reach."""
        needed = messages_needed(oracle, key, bug)
        if needed > self.most:
            pytest.skip(f"takes {needed} messages; the compiled engine shows it")
        return max(self.mutants, needed)

    def records(self, scenario: Scenario, replication: int = 0) -> Records:
        """Draw and play one replication."""
        return self.play(draw_world(scenario, replication))

    def each(self, scenario: Scenario, replications: int) -> Iterator[tuple[World, Records]]:
        """Draw and play replications one by one."""
        for k in range(replications):
            world = draw_world(scenario, k)
            yield world, self.play(world)


@cache
def _parsed(text: str) -> Scenario:
    return parse(text)


def scenario(text: str, patch: dict[str, Any] | None = None, **more: Any) -> Scenario:
    """Read a scenario and change some parameters; `messages=n` is short for the size of its
    campaign."""
    changes = dict(patch or {})
    if "messages" in more:
        changes["traffic.messages"] = more.pop("messages")
    assert not more
    return _parsed(text).patched(changes) if changes else _parsed(text)


def minutes(x: float) -> str:
    """Write minutes as a duration of a scenario, to the microsecond."""
    return f"{x * 60:.6f} s"


def with_glances(world: World, starts: Array, ends: Array | None = None) -> World:
    """Replace the glances of every recipient by looks written by hand: (recipients, looks), in
    minutes, in order."""
    begin = np.rint(starts * MINUTE).astype(np.int64)
    end = begin if ends is None else np.rint(ends * MINUTE).astype(np.int64)
    people, looks = begin.shape
    at = np.zeros((people, 3, 2), dtype=np.int64)
    at[:, 0, 0] = np.arange(people) * looks
    at[:, 0, 1] = at[:, 0, 0] + looks
    a = world.attention
    by_hand = Attention(
        a.pool, a.stream_at, a.stream_mean, a.weeks, a.week_at, True, at, begin.ravel(), end.ravel()
    )
    return replace(world, attention=by_hand)


def leaked(r: Records) -> Array:
    """Tell which messages had their preview noticed before the deletion's effect."""
    return np.asarray(r["regretted"] & (r["push_noticed"] < r["effective"]))


def ghosts(r: Records) -> Array:
    """Tell which messages had their preview noticed at or after the deletion's effect."""
    return np.asarray((r["push_noticed"] != NEVER) & (r["push_noticed"] >= r["effective"]))


def waits(r: Records) -> Array:
    """Give the time from sending to noticing the preview, in minutes; inf: never."""
    seen = r["push_noticed"] != NEVER
    out = np.full(len(r), np.inf)
    out[seen] = (r["push_noticed"][seen] - r["pressed"][seen]) / MINUTE
    return out
