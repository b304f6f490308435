"""What the schema declares is varied by the parity tests, and written by both engines."""

from __future__ import annotations

import random
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sim.engines import compiled, reference
from sim.records import Records
from sim.scenario.reading import build
from sim.schema.records import FROM_ENGINE
from sim.schema.rules import RULES
from sim.schema.world import MESSAGES, RECIPIENTS
from sim.verification.generated import numbered, scenario
from sim.world.drawing import draw_world
from sim.world.parts import World

from .making import NOT_VARIED, tied_world

WORLDS = 3000


def values(worlds: list[World]) -> dict[str, set[object]]:
    """Collect the values that every field takes."""
    found: dict[str, set[object]] = {}
    for world in worlds:
        for f in RULES:
            found.setdefault(f"rules.{f.name}", set()).add(getattr(world.rules, f.name))
        for table, part in ((MESSAGES, world.messages), (RECIPIENTS, world.recipients)):
            for f in table:
                column = getattr(part, f.name)
                found.setdefault(f.name, set()).update(column.tolist())
    return found


@pytest.fixture(scope="module")
def tied() -> list[World]:
    return [tied_world(random.Random(seed).randint) for seed in range(WORLDS)]


def test_tied_worlds_vary_every_field(tied: list[World]) -> None:
    found = values(tied)
    same = {name for name, seen in found.items() if len(seen) < 2} - NOT_VARIED
    assert not same, f"always the same: {sorted(same)}"


def test_generated_scenarios_vary_every_rule_and_column() -> None:
    made = (build(scenario(numbered(k)), file="made", folder=Path()) for k in range(100))
    found = values([draw_world(one, 0) for one in made])
    same = {name for name, seen in found.items() if len(seen) < 2}
    # Traces record deletions and groups; who is priced is a run's choice, and a world drawn alone has
    # one place.
    same -= {"recorded", "group", "priced", "replication"}
    assert not same, f"always the same: {sorted(same)}"


@pytest.mark.parametrize("engine", [reference, compiled], ids=["reference", "compiled"])
def test_an_engine_writes_every_column(engine: ModuleType, tied: list[World]) -> None:
    played: list[Records] = [engine.play(world) for world in tied]
    never = [
        f.name
        for f in FROM_ENGINE
        if all(bool(np.all(records[f.name] == f.absent)) for records in played)
    ]
    assert not never, f"never written: {never}"
