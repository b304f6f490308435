"""The table is a row per cell, policy and measure; it is never older than the store, and made again
only where it is."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.scenario import load
from sim.sweeping import best, sweep
from sim.sweeping.planning.plan import plan
from sim.sweeping.results.rows import ROWS
from sim.sweeping.store.folder import open_store
from sim.sweeping.store.requests import kept, request_of
from sim.sweeping.store.tables import known_of, refreshed
from sim.tallies import HEADLINE

from .making import SMALL, TINY, contents, quiet, results, swept

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications


def test_a_table_has_a_row_for_every_cell_policy_and_measure(tmp_path: Path) -> None:
    frame = swept(tmp_path / "store").frame
    assert len(frame) == 12 * 3 * len(ROWS)
    varied = ["chance", "retracts", "point", "senders.action", "senders.action_s", "push.slow"]
    found = ["policy", "measure", "value", "low", "high", "count", "of", "replications"]
    assert list(frame.columns) == ["sweep", "cell", *varied, *found]
    assert not frame.duplicated(["cell", "policy", "measure"]).any()
    assert frame["chance"].unique().tolist() == [0.25, 0.5, 0.75]
    assert frame["policy"].unique().tolist() == ["today", "hold 1 min", "push +5 min"]


def test_a_share_of_the_table_is_that_of_a_run(tmp_path: Path) -> None:
    changes = {"mistakes.chance": 0.75, "run.replications": 3}
    outcome = sim.run(load(TINY).patched(changes), engine="simpy")
    frame = sweep(
        load(TINY),
        {"mistakes.chance": [0.25, 0.75]},
        replications=3,
        workers=1,
        store=tmp_path / "store",
    )
    mine = frame[(frame["mistakes.chance"] == 0.75) & (frame["measure"] == HEADLINE)]
    theirs = outcome.shares[outcome.shares["measure"] == HEADLINE]
    assert (
        mine["count"].tolist() == theirs["count"].tolist()
        and mine["of"].tolist() == theirs["of"].tolist()
    )


def test_a_table_is_extended_by_what_is_new_and_nothing_else_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept(tmp_path / "store")
    store = open_store(tmp_path / "store")
    request = request_of(plan(SMALL))
    whole = contents(tmp_path / "store")
    gone = results(tmp_path / "store")[3]
    data = gone.read_bytes()
    gone.unlink()
    table, state = refreshed(request, store, quiet)
    assert len(state.rows) == 11 and table.num_rows == 11 * 3 * len(ROWS)
    gone.write_bytes(data)
    read: list[str] = []
    real = type(store).get
    monkeypatch.setattr(
        type(store), "get", lambda self, name: read.append(name) or real(self, name)
    )
    refreshed(request, store, quiet)
    assert read == [gone.name]
    assert contents(tmp_path / "store") == whole


def test_a_table_that_is_fresh_opens_without_reading_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = swept(tmp_path / "store").frame
    store = open_store(tmp_path / "store")
    monkeypatch.setattr(type(store), "get", lambda self, name: pytest.fail("a result was read"))
    table, _ = refreshed(kept(store, store.sweeps()[0]), store, quiet)
    assert table.to_pandas().equals(frame)


def test_what_a_store_keeps_of_a_sweep_is_what_was_asked(tmp_path: Path) -> None:
    done = swept(tmp_path / "store")
    assert kept(done.store, done.plan.identity) == request_of(done.plan)
    assert len(known_of(request_of(done.plan), done.store, quiet)[0].rows) == 12


def test_columns_of_different_kinds_each_keep_theirs(tmp_path: Path) -> None:
    axes = {
        "push.late_binding": [True, False],
        "push.slow.latency": ["10 min", {"dist": "exponential", "mean": "1 h"}],
        "push.expiry": ["1 h", "never"],
        "senders.deletions_at_once": [1, 2],
    }
    frame = sweep(
        load(TINY), axes, replications=1, workers=1, policies=["today"], store=tmp_path / "store"
    )
    assert (
        frame["push.late_binding"].dtype == bool
        and frame["senders.deletions_at_once"].dtype == "int64"
    )
    assert frame["push.expiry_s"].unique().tolist() == [3600.0, float("inf")]
    assert frame["push.slow.latency"].unique().tolist() == [
        "10 min",
        '{"dist": "exponential", "mean": "1 h"}',
    ]
    again = sweep(
        load(TINY), axes, replications=1, workers=1, policies=["today"], store=tmp_path / "store"
    )
    pd.testing.assert_frame_equal(frame, again)


def test_the_best_policy_of_a_cell_has_the_lowest_share_and_says_who_else_it_could_be(
    tmp_path: Path,
) -> None:
    frame = sweep(
        load(TINY),
        {"mistakes.chance": [0.3, 0.9]},
        replications=64,
        workers=1,
        store=tmp_path / "store",
    )
    found = best(frame)
    for row in found.itertuples():
        mine = frame[(frame["cell"] == row.cell) & (frame["measure"] == HEADLINE)].set_index(
            "policy"
        )["value"]
        assert mine[row.best] == mine.min() == row.value
        assert row.best in row.could_be and row.sure == ("," not in row.could_be)
        assert row.ahead_low <= row.ahead <= row.ahead_high
        assert row.ahead == pytest.approx(mine.drop(row.best).min() - mine.min())
    assert found["mistakes.chance"].tolist() == [0.3, 0.9] and found["sure"].all()


def test_without_a_store_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    frame = sweep(load(TINY), {"send.hold": ["0 s", "1 min"]}, replications=1, workers=1)
    assert len(frame) and not list(tmp_path.iterdir())
