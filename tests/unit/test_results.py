"""A folder of results is whole or not there, whoever was killed before."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import sim
from sim import results
from sim.errors import OutputError
from sim.results import ResultFolder, document
from sim.running import run


def dead() -> int:
    """Give the id of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_a_killed_run_left_is_removed_and_what_a_live_one_makes_is_not(tmp_path: Path) -> None:
    node = platform.node()
    left = tmp_path / f".out.making-{dead()}@{node}@abc"
    live = tmp_path / f".out.making-{os.getpid()}@{node}@abc"
    elsewhere = tmp_path / f".out.making-{dead()}@another@abc"
    others = tmp_path / f".output.making-{dead()}@{node}@abc"
    for one in (left, live, elsewhere, others):
        one.mkdir()
        (one / "records.parquet").write_text("half")
    with ResultFolder(tmp_path / "out"):
        assert not left.exists()
    assert live.exists() and elsewhere.exists() and others.exists()


def test_results_that_a_killed_run_had_set_aside_come_back(tmp_path: Path) -> None:
    old = tmp_path / f".out.old-{dead()}@{platform.node()}@abc"
    (old / "results").mkdir(parents=True)
    (old / "results" / "run.json").write_text('{"tool": "toolate", "files": {}}')
    with ResultFolder(tmp_path / "out"):
        assert not old.exists()
        assert (tmp_path / "out" / "run.json").exists()


@pytest.mark.parametrize("rows", [1, 1_000_000])
def test_a_disk_that_fills_up_while_records_are_written_is_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """While they are kept, and at the end."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    monkeypatch.setattr(results, "ROWS_AT_ONCE", rows)
    scenario = sim.load("instant_regret")
    with (
        pytest.raises(OutputError, match="cannot be written"),
        ResultFolder(tmp_path / "out") as folder,
    ):
        keep = partial(folder.keep, scenario)
        outcome = run(scenario, replications=1, engine="simpy", keep=keep)
        assert rows > 1
        folder.finish(outcome, "test", draw=lambda *_: None)
    assert not list(tmp_path.iterdir())


FIELD = Path(__file__).parents[1] / "field"


def test_group_messages_are_told_once_where_there_are_any() -> None:
    """One message to five: all read it where nothing is taken back, and nobody where it is."""
    private, group = document(run(FIELD / "f09_a_message_to_a_group.toml"))["policies"]
    for policy, read in ((private, 0), (group, 1)):
        assert policy["groups"]["messages"] == 1
        assert policy["groups"]["read"]["count"] == read
        assert policy["headline"]["count"] == 5 * read
    alone = document(run(FIELD / "f03_delete_and_redraft.toml"))["policies"]
    assert all("groups" not in policy for policy in alone)
