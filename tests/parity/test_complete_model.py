"""What the generated worlds must reach for parity on them to mean something: every column, written
within the horizon."""

from __future__ import annotations

import random

import numpy as np

from sim.clock import NEVER
from sim.engines import reference
from sim.schema.records import FROM_ENGINE

from .making import tied_world


def test_tied_worlds_write_every_column_the_engines_have() -> None:
    met = dict.fromkeys((c.name for c in FROM_ENGINE), 0)
    for seed in range(3000):
        records = reference.play(tied_world(random.Random(seed).randint))
        for column in FROM_ENGINE:
            met[column.name] += int(np.sum(records[column.name] != column.absent))
    assert min(met.values()) > 0, met


def test_no_time_is_written_beyond_the_horizon_but_the_ends_of_looks() -> None:
    for seed in range(200):
        world = tied_world(random.Random(seed).randint)
        records = reference.play(world)
        for column in FROM_ENGINE:
            if column.absent == NEVER and not column.name.endswith("_until"):
                times = records[column.name]
                assert np.all((times == NEVER) | (times < world.horizon)), column.name
