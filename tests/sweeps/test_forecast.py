"""What a dry run expects of a sweep: time by the task that it plays, replications by its pilot."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from sim.scenario import load
from sim.sweeping.planning.plan import plan
from sim.sweeping.playing import dry_run as module
from sim.sweeping.playing.dry_run import dry_run

from .making import TINY, swept

SHIPPED = Path(__file__).parents[2] / "scenarios" / "linkedin_dm.toml"
HOLD = 'policies."undo 10 s".send.hold'


def test_the_time_of_a_task_is_scaled_by_messages() -> None:
    made = plan(load(TINY), {"senders.action": ["2 s", "9 s", "20 s"]}, replications=600)
    ticks = count(step=7)
    found = dry_run(made, lambda: float(next(ticks)))
    block = made.cells[0].case.block
    assert block < 600
    assert (found.replications, found.tasks) == (3 * 600, 3 * -(-600 // block))
    assert found.messages == pytest.approx(3 * 600 * made.cells[0].case.messages)
    assert found.seconds == pytest.approx(7 * 3 * 600 / block)
    assert found.upto == "the end" and found.pilot == block


def test_what_is_played_together_makes_each_cell_cheaper() -> None:
    holds = [f"{seconds} s" for seconds in range(1, 9)]
    made = plan(load(SHIPPED), {HOLD: holds}, replications=2)
    ticks = count(step=6)
    assert dry_run(made, lambda: float(next(ticks))).seconds == pytest.approx(6 * 8 / 2)
    ticks = count(step=6)
    assert dry_run(made, lambda: float(next(ticks)), workers=4).seconds == pytest.approx(6 * 8)


def test_several_tasks_of_every_cell_make_batches_larger() -> None:
    made = plan(
        load(SHIPPED), {HOLD: [f"{seconds} s" for seconds in range(1, 9)]}, replications=512
    )
    ticks = count(step=6)
    block = made.cells[0].case.block
    found = dry_run(made, lambda: float(next(ticks)), workers=1)
    assert found.tasks == 8 * 512 // block == 32
    assert found.seconds == pytest.approx(6 * 32 / 8), "eight at once"


@pytest.mark.parametrize(
    ("longest", "pilot", "upto"), [(9e9, 30, "the end"), (2.5, 4, "the first look")]
)
def test_the_pilot_of_small_tasks_is_large_enough_for_an_interval_or_tells_less(
    monkeypatch: pytest.MonkeyPatch, longest: float, pilot: int, upto: str
) -> None:
    monkeypatch.setattr("sim.sweeping.planning.cells.LONGEST", 2)
    monkeypatch.setattr(module, "LONGEST", longest)
    made = plan(load(SHIPPED), {HOLD: ["5 s", "15 s"]}, precision="6 pp")
    ticks = count()
    found = dry_run(made, lambda: float(next(ticks)))
    assert (found.pilot, found.upto) == (pilot, upto)
    assert found.replications >= 2 * 32
    assert (found.replications == 2 * 32) == (upto == "the first look")


def test_a_precision_takes_about_as_many_replications_as_the_pilot_expects(tmp_path: Path) -> None:
    made = plan(load(SHIPPED), {HOLD: ["5 s", "10 s", "15 s"]}, precision="1.5 pp")
    found = dry_run(made, lambda: 0.0)
    done = swept(tmp_path / "store", made)
    played = done.frame.drop_duplicates("cell")["replications"].sum()
    assert found.upto == "the end" and found.pilot == made.cells[0].case.block
    assert found.replications == pytest.approx(played, rel=0.4)
    assert found.replications > 3 * made.rule.looks(found.pilot)[0]


def test_a_precision_that_is_out_of_reach_is_said_to_be() -> None:
    made = plan(load(TINY), {"senders.action": ["2 s", "9 s"]}, precision="0.01 pp")
    found = dry_run(made, lambda: 0.0)
    assert found.upto == "the most"
    assert found.replications == 2 * made.rule.looks(made.cells[0].case.block)[-1]
