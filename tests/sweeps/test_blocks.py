"""A replication is the same in a sweep and alone, however replications are put into tasks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.scenario import load
from sim.scenario.model import Scenario
from sim.sums import Sums
from sim.sweeping.planning.plan import SweepPlan, plan
from sim.sweeping.playing import tasks
from sim.sweeping.playing.execution import Execution
from sim.sweeping.playing.tasks import sums_of
from sim.sweeping.store.folder import open_store
from sim.sweeping.store.tables import keys_of

from .making import FILES, swept

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications

SHIPPED = Path(__file__).parents[2] / "scenarios" / "linkedin_dm.toml"
REPLICATIONS = 70


def planned(file: Path) -> SweepPlan:
    """Plan a sweep of two cells."""
    return plan(load(file), {"mistakes.chance": [0.02, 0.05]}, replications=REPLICATIONS)


def cell_sums(done: SweepPlan, folder: Path) -> list[Sums]:
    """Read the sums of every cell back from a store."""
    store = open_store(folder)
    stored = store.stored()
    return [
        sums_of([store.get(stored[key]) for key in keys_of(case.address, case.block, REPLICATIONS)])
        for case in done.cases.values()
    ]


def run_alone(file: Path) -> list[Sums]:
    """Run the scenarios of the cells, under the same policies."""

    def cell(chance: float) -> Scenario:
        return load(file).patched({"mistakes": {"chance": chance}})

    return [
        sim.run(cell(chance), replications=REPLICATIONS, engine="compiled").sums
        for chance in (0.02, 0.05)
    ]


@pytest.fixture(scope="module", params=[SHIPPED, FILES / "rich.toml"], ids=lambda file: file.stem)
def alone(request: pytest.FixtureRequest) -> tuple[Path, list[Sums]]:
    """Give a scenario's file and the sums of both cells."""
    return request.param, run_alone(request.param)


@pytest.mark.parametrize(
    ("longest", "workers"), [(1, 1), (16, 1), (16, 2), (32, 2), (256, 1), (256, 2)]
)
def test_a_cell_of_a_sweep_adds_up_to_what_a_run_of_its_scenario_does(
    longest: int,
    workers: int,
    alone: tuple[Path, list[Sums]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, expected = alone
    monkeypatch.setattr("sim.sweeping.planning.cells.LONGEST", longest)
    done = planned(file)
    assert all(case.block <= longest for case in done.cases.values())
    swept(tmp_path / "store", done, Execution(workers=workers))
    assert cell_sums(done, tmp_path / "store") == expected


def test_a_task_that_begins_at_another_replication_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wrong model: every task plays the first replications."""
    real = tasks.play_together
    monkeypatch.setattr(
        tasks, "play_together", lambda settings, numbers: real(settings, range(len(numbers)))
    )
    monkeypatch.setattr("sim.sweeping.planning.cells.LONGEST", 32)
    done = planned(SHIPPED)
    swept(tmp_path / "store", done)
    for mine, expected in zip(cell_sums(done, tmp_path / "store"), run_alone(SHIPPED), strict=True):
        assert mine.first(32) == expected.first(32) and mine != expected


def test_a_task_of_the_default_scenario_is_a_hundred_replications_or_so() -> None:
    case = plan(load(SHIPPED)).cells[0].case
    looks = plan(load(SHIPPED), precision="1 pp").rule.looks(case.block)
    assert 64 <= case.block <= 256
    assert np.diff(looks[:-1]).min() >= case.block and looks[0] == case.block
