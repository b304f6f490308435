"""The same seed gives the same rows: alone or among others, in any order, with any number of
workers."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engines import MODULES
from sim.playing import Setting, play_block
from sim.records import Records, first_difference
from sim.running import Outcome, run
from sim.tallies import COUNTED, tally
from sim.verdicts import Verdict, judge
from sim.world import draw_world

from .conftest import ENGINES, Play
from .worlds import scenario

POLICIES = {"policies": {"today": {}, "hold": {"send.hold": "1 min"}}}
NAMES = {"reference": "simpy"}
BY_NAME = [name for name in MODULES if name == "simpy" or "compiled" in ENGINES]
"""The engines by the names users give them."""


def kept(
    engine: str, workers: int = 1, replications: int = 4
) -> tuple[Outcome, dict[tuple[int, str], Records]]:
    """Run the scenario and keep all records."""
    rows: dict[tuple[int, str], Records] = {}
    outcome = run(
        scenario(),
        replications=replications,
        engine=engine,
        workers=workers,
        everybody=True,
        known_shares=False,
        keep=lambda k, name, records, judged: rows.__setitem__((k, name), records),
    )
    return outcome, rows


@pytest.mark.parametrize("engine", BY_NAME)
def test_two_workers_give_the_rows_of_one_in_the_same_order(engine: str) -> None:
    (one, rows), (two, others) = kept(engine), kept(engine, workers=2)
    assert one.sums == two.sums
    assert list(rows) == list(others) == [(k, "as it is") for k in range(4)]
    assert all(first_difference(rows[at], others[at]) is None for at in rows)
    assert one.shares.equals(two.shares)


def test_one_replication_alone_gives_the_rows_it_gives_among_all(play: Play) -> None:
    _, rows = kept("simpy")
    for k in (3, 0):
        assert first_difference(play(draw_world(scenario(), k)), rows[k, "as it is"]) is None


def test_replications_in_any_order_are_the_same_and_a_longer_run_begins_with_the_shorter() -> None:
    s = scenario()
    setting = Setting((s,), ("as it is",), "simpy", 1.0)
    backwards = {k: play_block(setting, range(k, k + 1))[0].values for k in (2, 1, 0)}
    longer, _ = kept("simpy", replications=3)
    assert np.array_equal(longer.sums.values, np.concatenate([backwards[k] for k in range(3)]))


def test_playing_twice_changes_nothing_in_the_world_or_the_rows(play: Play) -> None:
    world = draw_world(scenario(), 1)
    before = {
        name: getattr(world.messages, name).copy() for name in ("released", "noticed", "entity")
    }
    assert first_difference(play(world), play(world)) is None
    for name, column in before.items():
        np.testing.assert_array_equal(getattr(world.messages, name), column)


def test_replications_and_seeds_differ(play: Play) -> None:
    rows = [play(draw_world(scenario({"run.seed": seed}), k)) for seed in (1, 2) for k in (0, 1)]
    for i, one in enumerate(rows):
        for other in rows[:i]:
            assert len(one) != len(other) or first_difference(one, other) is not None
            n = min(len(one), len(other))
            assert np.mean(one["written"][:n] == other["written"][:n]) < 0.01


def test_verdicts_are_exclusive_and_their_shares_sum_to_one(play: Play) -> None:
    records = play(draw_world(scenario(), 0))
    judged = judge(records)
    sums = dict(zip(COUNTED, tally(records, judged, judged)[0].tolist(), strict=True))
    names = [v.name.lower() for v in Verdict if v is not Verdict.NOT_ASKED]
    assert (
        sum(sums[name] for name in names)
        == sums["regretted"]
        == int(records["regretted"].sum())
        > 50
    )
    assert sum(sums[name] > 0 for name in names) >= 4, "next to nothing happens in this world"
    assert np.all((judged.verdict == Verdict.NOT_ASKED) == ~records["regretted"])
    shares = run(scenario(), replications=2, engine="simpy").shares.set_index("measure")["value"]
    assert shares[names].sum() == pytest.approx(1)
