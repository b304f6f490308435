"""Playing only the recipients who matter changes no count over regretted messages, whatever the
scenario."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.running import Setting, play_block
from sim.scenario.model import Scenario, build
from sim.schema.world import Recipients
from sim.tallies import PRICED_ONLY, WITH_MOVES
from sim.verification.generated import numbered, scenario
from sim.world import drawing

GENERATED = range(60)


def counts(world: Scenario, share: float) -> dict[str, np.ndarray]:
    held = world.patched({"send.hold": "2 min", "mistakes.chance": 0.5})
    setting = Setting((world, held), ("as it is", "held"), "compiled", share, WITH_MOVES)
    sums, _ = play_block(setting, range(3))
    named = zip(setting.columns, np.moveaxis(sums, 2, 0), strict=True)
    return {name: column for name, column in named if not name.startswith(PRICED_ONLY)}


def differing(world: Scenario) -> list[str]:
    """Name the counts that playing fewer people changes."""
    everybody, some = counts(world, 1.0), counts(world, 0.1)
    return [name for name, column in everybody.items() if not np.array_equal(column, some[name])]


def generated(number: int) -> Scenario:
    return build(scenario(numbered(number)), file=f"generated {number}", folder=Path())


@pytest.mark.parametrize("number", GENERATED)
def test_a_generated_scenario_counts_the_same_with_fewer_people_played(number: int) -> None:
    assert differing(generated(number)) == []


def test_recipients_that_touch_each_other_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wrong model: everybody's clock depends on how many people there are."""
    drawn = drawing.draw_recipients

    def touching(*args: object) -> Recipients:
        people = drawn(*args)
        return replace(people, utc_offset=people.utc_offset + 3_600_000_000 * (people.size % 24))

    monkeypatch.setattr(drawing, "draw_recipients", touching)
    assert any(differing(generated(number)) for number in range(12))
