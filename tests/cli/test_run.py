"""`toolate run` on good input: what it prints, what it writes, and that both agree with
`sim.run`."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import sim
from sim.cli import running
from sim.schema.records import COLUMNS
from sim.schema.screens import SCREENS
from sim.schema.screens.declared import written

from .conftest import BAD, Said, Toolate

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications

BASE = BAD / "base.toml"
WRITTEN = [
    "chart.png",
    "chart.svg",
    "columns.csv",
    "differences.csv",
    "price.csv",
    "records.parquet",
    "run.json",
    "shares.csv",
    "summary.json",
]


def only_json(said: Said) -> Any:
    """Parse stdout as one JSON document, as strictly as the standard has it (no NaN)."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(said.out, parse_constant=refuse)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_json_is_one_document_on_stdout_and_agrees_with_the_tables_of_a_run(
    toolate: Toolate,
) -> None:
    said = toolate("run", BASE, "--json", "--replications", "3")
    told, outcome = only_json(said), sim.run(sim.load(BASE), replications=3)
    assert said.status == 0
    assert (told["seed"], told["replications"], told["complete"]) == (1, 3, True)
    assert [one["policy"] for one in told["policies"]] == ["today", "hold"]
    shares = outcome.shares.set_index(["policy", "measure"])
    for one in told["policies"]:
        row = shares.loc[(one["policy"], "read")]
        e = outcome.summary.headline(one["policy"])
        assert one["headline"] == {
            "count": row["count"],
            "share": row["value"],
            "low": row["low"],
            "high": row["high"],
            "replications": e.replications,
            "with_events": e.with_events,
            "df": e.df,
            "design_effect": e.design_effect,
        }
        assert (
            sum(verdict["count"] for verdict in one["verdicts"].values())
            == told["regretted"]
            == row["of"]
        )
        for name, verdict in one["verdicts"].items():
            assert verdict["share"] == shares.loc[(one["policy"], name), "value"]
        for name, channel in one["channels"].items():
            assert channel["count"] == shares.loc[(one["policy"], f"read_{name}"), "count"]
    difference = outcome.differences.set_index("policy").loc["hold"]
    assert told["policies"][1]["difference"]["share"] == difference["value"]
    assert "difference" not in told["policies"][0]


def test_json_of_a_world_without_regrets_has_null_for_a_share_of_nothing(
    toolate: Toolate, tmp_path: Path
) -> None:
    (tmp_path / "calm.toml").write_text(
        BASE.read_text(encoding="utf-8").replace("chance = 0.5", "chance = 0.0")
    )
    said = toolate("run", tmp_path / "calm.toml", "--json")
    assert only_json(said)["policies"][0]["headline"]["share"] is None
    assert "Warning: nobody regretted a message; mistakes.chance is 0: set it\n" in said.err


def test_tables_go_to_stdout_and_the_headline_is_that_of_the_run(toolate: Toolate) -> None:
    said = toolate("run", BASE, "--replications", "3")
    value = 100 * sim.run(sim.load(BASE), replications=3).summary.headline("today").value
    assert (
        f'Under "today", {value:.1f} % of regretted messages were read despite the deletion'
        in said.out
    )
    assert said.status == 0


def test_fewer_than_30_replications_come_with_a_warning_on_stderr(toolate: Toolate) -> None:
    few = "Warning: 29 replications are few; intervals are only trustworthy from 30 on\n"
    assert few in toolate("run", BASE, "--replications", "29").err
    assert few in toolate("run", BASE, "--replications", "29", "--json").err
    assert "replications are few" not in toolate("run", BASE, "--replications", "30").err


def test_out_holds_records_tables_chart_and_manifest_with_their_digests(
    toolate: Toolate, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "results"
    said = toolate("run", BASE, "--json", "--out", out)
    assert (said.status, sorted(p.name for p in out.iterdir())) == (0, WRITTEN)
    assert [p.name for p in out.parent.iterdir()] == ["results"]
    assert json.loads((out / "summary.json").read_text()) == only_json(said)
    manifest = json.loads((out / "run.json").read_text())
    assert manifest["files"] == {
        name: hashlib.sha256((out / name).read_bytes()).hexdigest()
        for name in WRITTEN
        if name != "run.json"
    }
    assert manifest["command"].startswith("toolate run ") and manifest["seed"] == 1
    records = pq.read_table(out / "records.parquet")
    unused = [column for one in SCREENS if not one.measured for column in written(one)]
    assert records.column_names == [
        "policy",
        "replication",
        *(column.name for column in COLUMNS if column not in unused),
        *("verdict", "lost", "level", "exposed"),
    ]
    assert sorted(set(records["policy"].to_pylist())) == ["hold", "today"]
    assert set(records["replication"].to_pylist()) == {0, 1}


def test_a_repeated_run_replaces_the_folder_whole_with_equal_bytes(
    toolate: Toolate, tmp_path: Path
) -> None:
    out = tmp_path / "results"
    command = ("run", BASE, "--out", out)
    toolate(*command)
    first = bytes_of(out)
    toolate(*command)
    assert bytes_of(out) == first
    toolate(*command, "--seed", "7")
    assert json.loads((out / "run.json").read_text())["seed"] == 7
    assert sorted(bytes_of(out)) == WRITTEN
    assert [p.name for p in tmp_path.iterdir()] == ["results"]


def test_a_folder_of_results_with_a_file_of_the_user_is_left_alone(
    toolate: Toolate, tmp_path: Path
) -> None:
    out = tmp_path / "results"
    toolate("run", BASE, "--out", out)
    (out / "notes.txt").write_text("mine")
    before = bytes_of(out)
    said = toolate("run", BASE, "--out", out, "--seed", "7")
    assert (said.status, bytes_of(out)) == (2, before)
    assert said.err == (
        f"--out: {out}: holds notes.txt, which is no result of toolate; "
        "name a new or empty folder, or one of earlier results\n"
    )


def test_policy_plays_the_named_ones_and_the_baseline(toolate: Toolate, tmp_path: Path) -> None:
    (tmp_path / "three.toml").write_text(
        BASE.read_text(encoding="utf-8") + '\n[policies.later]\npush.delay = "1 min"\n'
    )
    told = only_json(toolate("run", tmp_path / "three.toml", "--json", "--policy", "later"))
    assert [one["policy"] for one in told["policies"]] == ["today", "later"]


def test_seed_changes_the_worlds_and_the_engine_does_not(toolate: Toolate) -> None:
    told = only_json(toolate("run", BASE, "--json", "--engine", "simpy"))
    assert only_json(toolate("run", BASE, "--json", "--engine", "auto")) == told
    assert only_json(toolate("run", BASE, "--json", "--seed", "1")) == told
    other = only_json(toolate("run", BASE, "--json", "--seed", "2"))
    assert other["seed"] == 2 and other["policies"] != told["policies"]


@contextlib.contextmanager
def long_run(out: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a run that would take hours, in a process of its own that does not outlive the test."""
    # A shell that runs the tests in the background lets its children ignore Ctrl-C; this one shall
    # not.
    listen = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = [sys.executable, "-c", f"{listen}; import sim.cli; sim.cli.main()"]
    options = ["--replications", "1000000", "--engine", "compiled", "--out", str(out)]
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*program, "run", str(BASE), *options], stdout=said, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def wait_for_records(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until the first replications have been played and kept."""
    for _ in range(1800):
        assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
        if any(file.stat().st_size > 20_000 for file in folder.glob(".*/records.parquet")):
            return
        time.sleep(0.1)
    raise AssertionError("the run has not begun")


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_ctrl_c_says_what_is_done_and_a_kill_says_nothing_and_both_leave_nothing_behind(
    tmp_path: Path,
) -> None:
    earlier = tmp_path / "results"
    earlier.mkdir()
    log = tmp_path / "log"
    compiled = ("run", str(BASE), "--replications", "2", "--engine", "compiled", "--out")
    program = (sys.executable, "-c", "import sim.cli; sim.cli.main()")
    subprocess.run([*program, *compiled, str(tmp_path / "few")], check=True, capture_output=True)
    shutil.rmtree(tmp_path / "few")  # this is about playing: compiling is interrupted elsewhere
    # SIGHUP is handled as SIGTERM is; that it is heard is shown in tests/unit/test_compiling.py.
    for how, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        with long_run(earlier, log) as process:
            wait_for_records(process, tmp_path)
            process.send_signal(how)
            assert process.wait(timeout=120) == status
        said = log.read_text(encoding="utf-8")
        assert "Traceback" not in said and "warn" not in said
        assert sorted(p.name for p in tmp_path.iterdir()) == ["log", "results"] and not list(
            earlier.iterdir()
        )
        if how == signal.SIGINT:
            assert re.search(
                r"Warning: interrupted: \d+ of 1000000 replications were played; the tables rest on those",
                said,
            )
            assert 'Under "today"' in said
            assert f"Wrote nothing to {earlier}, because of the interruption." in said


ONE_BLOCK = """schema = 1
extends = "platform:linkedin"
run = { horizon = "30 d", replications = 4 }
traffic = { kind = "campaign", messages = 1_500_000 }
mistakes.chance = 0.5
policies = { today = {}, hold = { send.hold = "10 s" } }
segments = [{ name = "all", share = 1.0 }]
"""
"""A replication of it takes a kernel many seconds."""


LISTENING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
PROGRAM = [sys.executable, "-c", f"{LISTENING}; import sim.cli; sim.cli.main()"]


@pytest.fixture(scope="module")
def compiled() -> None:
    """Compile what a run needs: this is about playing."""
    command = [*PROGRAM, "run", str(BASE), "--replications", "2", "--no-doubt"]
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.usefixtures("compiled")
@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
@pytest.mark.parametrize(
    ("workers", "how", "status"),
    [("1", signal.SIGINT, 130), ("2", signal.SIGINT, 130), ("2", signal.SIGTERM, 143)],
)
def test_a_signal_ends_a_long_block_of_a_kernel(
    tmp_path: Path, workers: str, how: int, status: int
) -> None:
    (tmp_path / "long.toml").write_text(ONE_BLOCK, encoding="utf-8")
    options = ["--no-doubt", "--everybody", "--yes-large", "--workers", workers]
    with (tmp_path / "log").open("wb") as said:
        process = subprocess.Popen(
            [*PROGRAM, "run", str(tmp_path / "long.toml"), *options],
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            time.sleep(4)
            assert process.poll() is None
            process.send_signal(how)
            assert process.wait(timeout=30) == status
        finally:
            process.kill()
            process.wait()
    told = (tmp_path / "log").read_text(encoding="utf-8")
    assert "Traceback" not in told and "terminate" not in told


def test_one_replication_is_played_alone_and_numbered_as_in_a_whole_run(
    toolate: Toolate, tmp_path: Path
) -> None:
    said = toolate("run", BASE, "--replication", "3", "--out", tmp_path / "one")
    assert said.status == 0, said.err
    table = pq.read_table(tmp_path / "one" / "records.parquet")
    assert set(table.column("replication").to_pylist()) == {3}
    assert toolate("run", BASE, "--replication", "3", "--replications", "9").status == 2
    assert toolate("run", BASE, "--replication", "10000000").status == 2


def test_a_slow_run_shows_progress_and_a_cold_one_says_that_it_compiles(
    toolate: Toolate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "is_ready", lambda engine: False)
    monkeypatch.setattr(running, "PATIENCE", 0.0)
    said = toolate("run", BASE, "--replications", "40")
    assert said.status == 0
    assert said.err.startswith("Compiling, once on this machine")
    assert "replications" in said.err.partition("\n")[2]
    assert "replications ━" not in said.out
