"""What a run is going to take, before it is played: a few replications of it are."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sim.playing import Setting, blocks, engine_for, expected_messages, play_block, share_played
from sim.precision import AT_MOST, FIRST
from sim.running import chosen, set_by_hand, stopping_of
from sim.scenario.model import Scenario
from sim.sizing import refuse_large
from sim.sums import Sums, joined
from sim.tallies import TALLY, WITH_STRATA

REPLICATIONS: Final = FIRST
"""Replications of a pilot: as many as there are at the first look of a precision."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run is going to take: replications, and processor seconds of one core.

    `replications` is None if the pilot says that the most allowed, `at_most`, are too few.
    `seconds` are those of `at_most` then.
    """

    replications: int | None
    at_most: int
    seconds: float
    pilot: int
    messages: int
    """Messages of the pilot, under one policy."""


def forecast(
    scenario: Scenario,
    *,
    policies: Sequence[str] | None = None,
    replications: int | None = None,
    replication: int | None = None,
    precision: str | None = None,
    of: Sequence[str] = ("headline",),
    at_most: int = AT_MOST,
    seed: int | None = None,
    engine: str = "auto",
    everybody: bool = False,
    known_shares: bool = True,
) -> Forecast:
    """Estimate what `sim.run` takes with the same arguments, compiling apart, from the run's first
    replications, which are played.

    A precision is as sure as the pilot: the replications it needs are known to a third or so.

    >>> import sim
    >>> forecast(sim.load("scenarios/linkedin_dm.toml"), replications=64).replications
    64
    """
    scenario = set_by_hand(scenario, seed=seed, replications=replications)
    names = chosen(scenario, policies)
    worlds = tuple(scenario.under(name) for name in names)
    stopping = stopping_of(precision, of, at_most, replications, replication)
    most = scenario.run.replications if stopping is None else stopping.at_most
    most = most if replication is None else 1
    engine = engine_for(scenario, names, engine, most)
    refuse_large(worlds, expected_messages(worlds[0]), most, whole=stopping is None)
    count = WITH_STRATA if known_shares else TALLY
    setting = Setting(worlds, names, engine, share_played(worlds, everybody), count)
    play_block(setting, range(1))  # compiles, or loads what is compiled
    alone, _ = _timed(setting, range(1))
    seconds, values = 0.0, []
    for block in blocks(scenario, range(REPLICATIONS), engine, share=setting.share):
        took, played = _timed(setting, block)
        seconds += took
        values.append(played)
    sums = joined(values)
    needed = most if stopping is None else stopping.expected(sums)
    # What a call takes whatever it plays is in both times, and a run makes few calls.
    each = max((seconds - alone) / (REPLICATIONS - 1), seconds / REPLICATIONS / 4)
    return Forecast(
        needed, most, each * (needed or most), REPLICATIONS, sums.total(names[0], "messages")
    )


def _timed(setting: Setting, block: range) -> tuple[float, Sums]:
    """Play a block; give the processor time it took, and its sums."""
    began = time.process_time()
    sums, _ = play_block(setting, block)
    return time.process_time() - began, sums
