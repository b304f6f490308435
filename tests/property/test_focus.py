"""Playing only the recipients who matter changes no count over regretted messages, whatever the
scenario."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.playing import Setting, play_block
from sim.scenario.model import Scenario, build
from sim.schema.world import Recipients
from sim.tallies import PRICED_ONLY, WITH_MOVES
from sim.verification.generated import numbered, scenario
from sim.world import drawing
from sim.world.conversation import Acts
from sim.world.drawing import Draft

GENERATED = range(60)


def counts(world: Scenario, share: float, mistakes: float) -> dict[str, np.ndarray]:
    held = world.patched({"send.hold": "2 min", "mistakes.chance": mistakes})
    setting = Setting((world, held), ("as it is", "held"), "compiled", share, WITH_MOVES)
    sums, _ = play_block(setting, range(3))
    named = zip(setting.columns, np.moveaxis(sums.values, 2, 0), strict=True)
    return {name: column for name, column in named if not name.startswith(PRICED_ONLY)}


def differing(world: Scenario, mistakes: float = 0.5) -> list[str]:
    """Name the counts that playing fewer people changes, with so many mistakes under a second
    policy."""
    everybody, some = counts(world, 1.0, mistakes), counts(world, 0.1, mistakes)
    return [name for name, column in everybody.items() if not np.array_equal(column, some[name])]


def generated(number: int) -> Scenario:
    return build(scenario(numbered(number)), file=f"generated {number}", folder=Path())


@pytest.mark.parametrize("number", GENERATED)
def test_a_generated_scenario_counts_the_same_with_fewer_people_played(number: int) -> None:
    assert differing(generated(number)) == []


def talking(folder: Path) -> Scenario:
    """A trace of people who write to each other, most of it to somebody who is not played."""
    pick = random.Random(4)
    rows = [(pick.randint(0, 90_000), *pick.sample(range(60), 2)) for _ in range(4000)]
    lines = ["sent_at,sender,recipient", *(f"{t},p{a},p{b}" for t, a, b in rows)]
    (folder / "trace.csv").write_text("\n".join(lines))
    looks = {"gap": {"dist": "exponential", "mean": "1 h"}, "length": "10 s"}
    raw = {
        "schema": 1,
        "run": {"horizon": "2 d", "seed": 9},
        "traffic": {"kind": "trace", "file": "trace.csv"},
        "mistakes": {"chance": 0.003, "noticed": {"dist": "exponential", "mean": "5 min"}},
        "segments": [
            {
                "name": "all",
                "glances": looks,
                "in_hand": {"before": "20 s", "after": {"dist": "exponential", "mean": "5 min"}},
                "handling": {"chance": 0.6, "opened": 0.5},
            }
        ],
    }
    return build(raw, file="talking", folder=folder)


def test_people_who_write_to_somebody_who_is_not_played_have_the_phone_in_hand_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = talking(tmp_path)
    assert differing(world, 0.004) == []

    def played_only(self: Draft, chosen: Any, sent: Any, rows: Any) -> Draft:
        """The wrong model: only what is written to people who are played counts."""
        kept, acts = chosen[self.sent.recipient], self.acts
        assert acts is not None
        names = set(zip(self.sent.key[kept].tolist(), self.sent.entity[kept].tolist(), strict=True))
        own = zip(acts.key.tolist(), acts.entity.tolist(), strict=True)
        mine = np.array([name in names for name in own])
        fewer = Acts(**{f.name: getattr(acts, f.name)[mine] for f in fields(acts)})
        return replace(self, sent=sent, senders=self.senders.of(rows), acts=fewer.of(chosen))

    monkeypatch.setattr(Draft, "of", played_only)
    assert differing(world, 0.004)


def test_recipients_that_touch_each_other_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wrong model: everybody's clock depends on how many people there are."""
    drawn = drawing.draw_recipients

    def touching(*args: object) -> Recipients:
        people = drawn(*args)
        return replace(people, utc_offset=people.utc_offset + 3_600_000_000 * (people.size % 24))

    monkeypatch.setattr(drawing, "draw_recipients", touching)
    assert any(differing(generated(number)) for number in range(12))
