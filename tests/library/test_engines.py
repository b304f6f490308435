"""Every scenario of the library, under each of its policies, is played alike by both engines."""

from __future__ import annotations

import pytest

from sim.engines.compiled import play as play_compiled
from sim.engines.reference import play as play_reference
from sim.records import first_difference
from sim.scenario.model import Scenario
from sim.world.drawing import draw_world

from .conftest import FILES, Library

SMALLER = {
    "stream": {"traffic.senders": 6},
    "campaign": {"traffic.messages": 60},
    "sequence": {"traffic.messages": 30},
}
"""What is patched so that the reference engine is quick; a trace is short already."""


def small(scenario: Scenario) -> Scenario:
    """Give the same scenario with less traffic."""
    return scenario.patched(SMALLER.get(scenario.traffic.kind, {}))


@pytest.mark.parametrize("name", FILES)
def test_both_engines_leave_equal_records(name: str, library: Library) -> None:
    scenario = small(library[name])
    regretted = 0
    for policy in scenario.policy_names():
        world = draw_world(scenario.under(policy), 0)
        compiled = play_compiled(world)
        difference = first_difference(play_reference(world), compiled)
        assert difference is None, f"{policy}: {difference}"
        regretted += int(compiled["regretted"].sum())
    assert regretted, "nothing was regretted, so this showed nothing"
