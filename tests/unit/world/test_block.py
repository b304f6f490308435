"""A replication is the same in any block, and people are the same whoever else is drawn."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.engines import play_with
from sim.records import first_difference
from sim.scenario import Scenario
from sim.world import draw_world
from sim.world.block import Block
from sim.world.drawing import draft

LIBRARY = Path(__file__).parents[3] / "scenarios"
SOME = ("linkedin_dm", "broken_template", "recruiter", "after_hours_400", "window_edge")


def apologetic() -> Scenario:
    """A scenario with every kind of row: steps of a sequence, and apologies."""
    return sim.load(LIBRARY / "broken_template.toml").patched(
        {"deletion.remedy": "apology", "mistakes.chance": 0.3}
    )


def talkative() -> Scenario:
    """A scenario in which people have the phone in hand, and chances of their own."""
    after = {"dist": "exponential", "mean": "5 min"}
    everybody = {
        "in_hand": {"before": "30 s", "after": after},
        "alert": {"chance": 0.3, "spread": 0.2, "felt": 0.7, "felt_spread": 0.1},
    }
    return sim.load(LIBRARY / "linkedin_dm.toml").patched(
        {"conversation.chance": 0.6, "segments": {"*": everybody}}
    )


@pytest.fixture(params=[*SOME, "apologies", "conversation"])
def scenario(request: pytest.FixtureRequest) -> Scenario:
    if request.param == "conversation":
        return talkative()
    if request.param == "apologies":
        return apologetic()
    return sim.load(LIBRARY / f"{request.param}.toml")


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
@pytest.mark.parametrize("others", [(3,), (1, 2), (7, 1, 9)])
def test_a_replication_holds_the_same_in_any_block(
    scenario: Scenario, others: tuple[int, ...], engine: str
) -> None:
    play = play_with(engine)
    alone = play(draw_world(scenario, 2))
    numbers = [*others, 2]
    block = draft(scenario, Block.of(scenario.run.seed, numbers)).world()
    assert first_difference(play(block).in_replication(len(others)), alone) is None


def test_another_replication_holds_something_else(scenario: Scenario) -> None:
    block = draft(scenario, Block.of(scenario.run.seed, [1, 2])).world()
    records = play_with("compiled")(block)
    one, two = (records.in_replication(place) for place in (0, 1))
    assert first_difference(one, two) is not None


def test_what_is_drawn_for_somebody_depends_on_nobody_else(scenario: Scenario) -> None:
    """Every column of the messages to half of the people is the same, whether the others are drawn."""
    whole = draft(scenario, Block.of(scenario.run.seed, [4, 5]))
    half = np.arange(whole.sent.people.size) % 2 == 0
    everybody, some = whole.world(), whole.of(half, *whole.sent.to(half)).world()
    rows = half[everybody.messages.recipient]
    for f in fields(some.messages):
        if f.name not in ("recipient", "after"):
            a, b = (getattr(world.messages, f.name) for world in (everybody, some))
            np.testing.assert_array_equal(b, a[rows], f.name)
    for f in fields(some.recipients):
        a, b = (getattr(world.recipients, f.name) for world in (everybody, some))
        np.testing.assert_array_equal(b, a[half], f.name)
