"""The deadline of a deletion on every platform of the catalogue, with the scenario's people, messages and
draws: what differs is what the catalogue says of the platform.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from sim import platforms
from sim.answers.crossing import Crossing
from sim.answers.deadline import LEFT_BEHIND, Deletions, seconds
from sim.answers.playing import Stage
from sim.scenario.catalogued import assembled
from sim.scenario.model import Scenario, build
from sim.scenario.patching import merged

REGRETTED: Final = 600
"""Regretted messages, about, that a platform is played with, if the scenario has so many."""
FIRST: Final = 30
"""Replications that say how many messages are regretted."""
LEVER: Final = "every push is retracted"


@dataclass(frozen=True)
class OnPlatform:
    """The deadline on one platform, as it is and with every push retracted."""

    platform: str
    title: str
    as_it_is: Crossing
    retracted: Crossing

    def document(self) -> dict[str, Any]:
        """Give what JSON says of it: seconds; null where no speed is enough."""
        c, other = self.as_it_is, self.retracted
        return {
            "platform": self.platform,
            "seconds": seconds(c.value),
            "low_s": seconds(c.low),
            "high_s": seconds(c.high),
            "longest_tried_s": seconds(c.longest),
            "seconds_if_retracted": seconds(other.value),
        }


def on_platform(scenario: Scenario, platform: str) -> Scenario:
    """Put a scenario's people and messages on another platform of the catalogue.

    Nothing stays of what the catalogue states of any platform: what the other one leaves out has
    its default. Policies are left behind, because they may change what the other one does not have.

    >>> import sim
    >>> on_platform(sim.load("platforms/slack"), "linkedin").push.held_while_active
    False
    """
    theirs, _ = assembled(platform, at="answer", path="--by")
    own = {key: value for key, value in scenario.raw.items() if key not in ("policies", "sources")}
    for section, key in _stated():
        if key in own.get(section, {}):
            own[section] = {name: value for name, value in own[section].items() if name != key}
    raw = merged(own, {key: value for key, value in theirs.items() if key != "sources"})
    return build(raw, file=scenario.file, folder=Path(scenario.folder))


@cache
def _stated() -> frozenset[tuple[str, str]]:
    """Give every parameter, as section and key, that the catalogue states of some platform."""
    return frozenset(
        (section, key)
        for name in platforms.names()
        for section, table in assembled(name, at="answer", path="--by")[0].items()
        if section != "sources"
        for key in table
    )


def by_platform(
    stage: Stage, target: float, progress: Callable[[str, int, int], None]
) -> tuple[OnPlatform, ...]:
    """Find the deadline on every platform, the longest first; `progress` is told which is next.

    Raises `FaultyInputError` where too few messages are regretted.
    """
    names = [name for name in platforms.names() if name != "common"]
    few = min(stage.replications, FIRST)
    regretted = replace(stage, replications=few).play({"": {}}).total("", "regretted")
    worlds = min(stage.replications, max(few, math.ceil(REGRETTED * few / max(regretted, 1))))
    found = []
    for place, name in enumerate(names):
        progress(f"deadline on {name}", place, len(names))
        there = replace(stage, scenario=on_platform(stage.scenario, name), replications=worlds)
        both = (
            Deletions(there).deadline(target),
            Deletions(there, LEFT_BEHIND[LEVER]).deadline(target),
        )
        found.append(OnPlatform(name, str(platforms.tables(name)["title"]), *both))
    return tuple(sorted(found, key=_longest_first))


def _longest_first(one: OnPlatform) -> tuple[int, int]:
    as_it_is, retracted = (
        -1 if c.value is None else c.value for c in (one.as_it_is, one.retracted)
    )
    return -as_it_is, -retracted
