"""Whether two scenarios can be compared message by message, world by world, or only as wholes."""

from __future__ import annotations

from enum import Enum

import numpy as np

from sim.scenario import Scenario
from sim.world.block import Block
from sim.world.sent import Sent
from sim.world.traffic import draw_traffic

SURE = ("campaign", "trace")
"""Kinds of traffic in which chance decides nothing: one replication shows the messages of all."""


class Pairing(Enum):
    """What two scenarios share; the value says it in words."""

    MESSAGES = "message by message: the same messages in the same worlds"
    WORLDS = "world by world: the same seed, but not the same messages"
    NONE = "as wholes, not paired: seeds differ, so the worlds are independent"


def pairing(a: Scenario, b: Scenario) -> Pairing:
    """Say how two scenarios that play equally many replications are paired.

    Messages are the same if their names, recipients and times are, in every replication. Raises
    `TraceError`.

    >>> import sim
    >>> scenario = sim.load("scenarios/linkedin_dm.toml").patched({"run.replications": 2})
    >>> pairing(scenario, scenario.patched({"send.hold": "10 s"})).name
    'MESSAGES'
    """
    if a.run.seed != b.run.seed:
        return Pairing.NONE
    sure = a.traffic.kind in SURE and b.traffic.kind in SURE
    for number in range(1 if sure else a.run.replications):
        block = Block.of(a.run.seed, [number])
        if not _same(draw_traffic(a, block), draw_traffic(b, block)):
            return Pairing.WORLDS
    return Pairing.MESSAGES


def _same(a: Sent, b: Sent) -> bool:
    """Tell whether two lists of messages name the same messages to the same people at the same
    times.
    """
    return (
        np.array_equal(a.entity, b.entity)
        and np.array_equal(a.sender, b.sender)
        and np.array_equal(a.written, b.written)
        and np.array_equal(a.people.entity[a.recipient], b.people.entity[b.recipient])
    )
