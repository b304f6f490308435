"""The commands say what will be done, what was done, and how sure it is; SQL reads a store and
changes nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.sweeping import sweeping
from sim.sweeping.planning.plan import plan

from .making import SMALL, contents, results, sweep_file, swept

Toolate = Callable[..., Any]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store that holds the small sweep."""
    folder = tmp_path_factory.mktemp("sweeps") / "store"
    swept(folder)
    return folder


def test_a_sweep_prints_the_best_policy_of_every_cell_its_rule_and_its_table(
    toolate: Toolate, tmp_path: Path
) -> None:
    said = toolate("sweep", SMALL, "--store", tmp_path / "store", "--workers", "1")
    assert said.status == 0 and said.err == ""
    assert said.out.count("push +5 min") >= 12
    assert (
        "12 of 12 cells have enough; 12 tasks were played now.\nRule: 3 replications in every cell.\n"
        in said.out
    )
    table = said.out.splitlines()[-1].removeprefix("Table: ")
    assert len(pd.read_parquet(table)["cell"].unique()) == 12
    again = toolate("sweep", SMALL, "--store", tmp_path / "store", "--workers", "1")
    assert "0 tasks were played now" in again.out


def test_a_dry_run_says_the_plan_and_stores_nothing(
    toolate: Toolate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = toolate("sweep", SMALL, "--dry-run", "--workers", "2")
    assert said.status == 0 and not list(tmp_path.iterdir())
    for part in (
        "12 cells: 3 chance x 2 retracts x 2 points of the design; 12 of them differ.",
        "Policies: today, hold 1 min, push +5 min.",
        "varied: push.slow: 0.0 to 0.5",
        "varied: senders.action: 2 s to 20 s, evenly in the logarithm",
        "3 replications in every cell.",
        "12 tasks, 36 replications, about 648 messages under all policies.",
        " on one core, ",
        " on 2; about ",
        " MB a worker; ",
        " MB on the disk.",
    ):
        assert part in said.out, part


def test_the_messages_of_a_plan_are_those_of_its_traffic() -> None:
    # two senders, 6 a day for half a day, under three policies
    assert [case.messages for case in plan(SMALL).cases.values()] == pytest.approx(
        [2 * 6 * 0.5 * 3] * 12
    )


def test_out_gets_table_best_policies_pictures_and_a_manifest(
    toolate: Toolate, tmp_path: Path
) -> None:
    said = toolate(
        "sweep", SMALL, "--store", tmp_path / "store", "--out", tmp_path / "out", "--workers", "1"
    )
    assert said.err == f"Wrote {tmp_path / 'out'}: table.csv, best.csv, charts and run.json.\n"
    names = {path.name for path in (tmp_path / "out").iterdir()}
    pictures = {
        f"{name}.{end}"
        for name in ("heat_map", "heat_map_change", "lines", "trade_off")
        for end in ("png", "svg")
    }
    assert names == {"table.csv", "best.csv", "run.json"} | pictures
    manifest = json.loads((tmp_path / "out" / "run.json").read_text())
    assert manifest["cells"] == 12 and manifest["rule"] == "3 replications in every cell."
    assert manifest["command"].startswith("toolate sweep ") and set(manifest["files"]) == names - {
        "run.json"
    }
    assert len(pd.read_csv(tmp_path / "out" / "best.csv")) == 12


def test_shards_are_merged_by_the_command(toolate: Toolate, store: Path, tmp_path: Path) -> None:
    for k in (1, 2):
        said = toolate(
            "sweep", SMALL, "--store", tmp_path / f"s{k}", "--shard", f"{k}/2", "--workers", "1"
        )
        assert "6 of 12 cells have enough; 6 tasks were played now." in said.out
    said = toolate("merge", tmp_path / "both", tmp_path / "s1", tmp_path / "s2")
    assert (
        said.err == f"{tmp_path / 'both'}: 12 results taken over, 0 were there.\n"
        and "small-" in said.out
    )
    assert contents(tmp_path / "both") == contents(store)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ("--shard", "0/2"),
            '--shard: "0/2" is not a part; write which of how many, for example "3/64"',
        ),
        (
            ("--shard", "3/2"),
            '--shard: "3/2" is not a part; write which of how many, for example "3/64"',
        ),
        (
            ("--shard", "one"),
            '--shard: "one" is not a part; write which of how many, for example "3/64"',
        ),
        (("--workers", "0"), "--workers: 0 is out of range; give a whole number of at least 1"),
        (
            ("--threads", "--dask", "local"),
            "--threads: cannot be combined with --dask; choose one of them",
        ),
    ],
)
def test_a_wrong_option_is_one_line_and_nothing_is_made(
    options: tuple[str, ...], line: str, toolate: Toolate, tmp_path: Path
) -> None:
    said = toolate("sweep", SMALL, "--store", tmp_path / "store", *options)
    assert (said.status, said.out, said.err) == (2, "", f"{line}\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "command",
    [
        ("merge", "into", "nowhere"),
        ("merge", "nowhere"),
        ("query", "SELECT 1", "--store", "nowhere"),
    ],
)
def test_a_store_that_is_not_there_is_one_line(
    command: tuple[str, ...], toolate: Toolate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = toolate(*command)
    assert (said.status, said.err) == (
        2,
        "nowhere: is no results store; name the folder of one with --store\n",
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("after", "line"),
    [(0, "0 of 12 cells have enough; 0 tasks"), (5, "5 of 12 cells have enough; 4 tasks")],
)
def test_ctrl_c_keeps_what_is_stored_and_makes_its_table(
    after: int,
    line: str,
    toolate: Toolate,
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = sweeping.execute

    def interrupted(*arguments: Any) -> Any:
        if not after:
            raise KeyboardInterrupt
        for k, key in enumerate(real(*arguments), 1):
            if k == after:
                raise KeyboardInterrupt
            yield key

    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "execute", interrupted)
        said = toolate("sweep", SMALL, "--store", tmp_path / "store", "--workers", "1")
    assert (
        said.status == 130
        and f"{line} were played now." in said.out
        and said.err.endswith("what is stored is kept.\nInterrupted.\n")
    )
    assert len(results(tmp_path / "store")) == after
    assert toolate("sweep", SMALL, "--store", tmp_path / "store", "--workers", "1").status == 0
    assert contents(tmp_path / "store") == contents(store)


def answered(toolate: Toolate, store: Path, sql: str) -> list[list[str]]:
    said = toolate("query", sql, "--store", store, "--csv")
    assert said.status == 0, said.err
    return list(csv.reader(io.StringIO(said.out)))


def test_a_query_sees_the_tables_and_the_sums_of_a_store(toolate: Toolate, store: Path) -> None:
    frame = pd.read_parquet(next(store.glob("sweeps/*/table.parquet")))
    mine = frame[frame["measure"] == "read"].groupby("policy", observed=True)["count"].sum()
    sql = "SELECT policy, sum(count)::INT FROM results WHERE measure = 'read' GROUP BY policy"
    assert {policy: int(n) for policy, n in answered(toolate, store, sql)[1:]} == mine.to_dict()
    sql = "SELECT policy, sum(value)::INT FROM sums WHERE sum = 'read' GROUP BY policy"
    assert {policy: int(n) for policy, n in answered(toolate, store, sql)[1:]} == mine.to_dict()
    assert "chance" in {row[0] for row in answered(toolate, store, "DESCRIBE results")}
    assert "push.slow" in toolate("query", "DESCRIBE results", "--store", store).out


def test_a_query_sees_all_sweeps_of_a_store(toolate: Toolate, tmp_path: Path) -> None:
    swept(tmp_path / "store")
    other = sweep_file(
        tmp_path,
        """
        replications = 2
        [[axis]]
        path = "send.hold"
        values = ["0 s", "5 s"]
    """,
    )
    swept(tmp_path / "store", other)
    rows = answered(
        toolate,
        tmp_path / "store",
        "SELECT sweep, count(DISTINCT cell) FROM results GROUP BY ALL ORDER BY 2",
    )
    assert [(name.rpartition("-")[0], n) for name, n in rows[1:]] == [
        ("sweep", "2"),
        ("small", "12"),
    ]


def test_a_query_makes_a_table_again_that_is_older_than_the_results(
    toolate: Toolate, tmp_path: Path
) -> None:
    swept(tmp_path / "store")
    next((tmp_path / "store").glob("sweeps/*/table.parquet")).unlink()
    assert answered(toolate, tmp_path / "store", "SELECT count(DISTINCT cell) FROM results")[1] == [
        "12"
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "COPY results TO 'out.csv'",
        "CREATE TABLE mine AS SELECT 1",
        "DROP VIEW results",
        "ATTACH 'mine.db'",
        "SELECT 1; SELECT 2",
        "SET threads = 1",
        "INSERT INTO results VALUES (1)",
        "",
    ],
)
def test_a_query_that_is_no_question_is_refused(
    sql: str, toolate: Toolate, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = contents(store)
    said = toolate("query", sql, "--store", store)
    assert (said.status, said.out) == (2, "")
    assert (
        said.err
        == "query: it is not one question; a store is only read: give one SELECT (or DESCRIBE results)\n"
    )
    assert contents(store) == before and not list(tmp_path.iterdir())


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT nothing FROM results", "SELECT * FROM nowhere"])
def test_sql_that_cannot_be_read_is_one_line(sql: str, toolate: Toolate, store: Path) -> None:
    said = toolate("query", sql, "--store", store)
    assert (said.status, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith("query: ") and "Error: " in said.err and "; " in said.err
