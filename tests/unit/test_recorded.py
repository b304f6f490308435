"""Records for others: they join the log they are about, times are times, codes have names, and a
dictionary says what every column means."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim import results
from sim.clock import HOUR, NEVER
from sim.recorded import told
from sim.results import DICTIONARY, ResultFolder
from sim.running import run
from sim.scenario import Scenario, load, parse
from sim.schema.records import COLUMNS
from sim.schema.screens import NAMES, SCREENS
from sim.schema.screens.declared import written
from sim.verdicts import Verdict

LOG = """id,sent_at,sender,recipient,deleted_at
m-1,2026-01-05T09:00:00+01:00,Ann,Bob,2026-01-05T09:10:00+01:00
m-2,2026-01-05T09:01:00+01:00,Bob,Ann,
m-3,2026-01-07T22:30:00+01:00,Cem,Ann,2026-01-07T22:31:00+01:00
"""
SCENARIO = """
schema = 1
run = { seed = 3, replications = 2, horizon = "7 d" }
traffic = { kind = "trace", file = "log.csv" }
[[segments]]
name = "friends"
[policies.today]
[policies.hold]
send.hold = "30 min"
"""


@pytest.fixture
def logged(tmp_path: Path) -> Scenario:
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    return parse(SCENARIO, folder=tmp_path)


def kept(scenario: Scenario, out: Path) -> Path:
    """Play everybody and put the records into a folder."""
    with ResultFolder(out) as folder:
        keep = partial(folder.keep, scenario)
        outcome = run(scenario, keep=keep, everybody=True, engine="simpy", replications=2)
        return folder.finish(outcome, "test", draw=lambda *_: None)


def test_records_join_the_log_by_its_own_ids_names_and_times(
    logged: Scenario, tmp_path: Path
) -> None:
    records = pd.read_parquet(kept(logged, tmp_path / "out") / "records.parquet")
    log = pd.read_csv(tmp_path / "log.csv")
    both = log.merge(records, on="id", validate="one_to_many")
    assert len(both) == 3 * 2 * 2  # messages, replications, policies
    assert (both["sender_x"] == both["sender_name"]).all()
    assert (both["recipient_x"] == both["recipient_name"]).all()
    assert (pd.to_datetime(both["sent_at"]) == both["pressed"]).all()
    assert str(both["pressed"].dt.tz) in ("+01:00", "UTC+01:00")
    held = both[(both["policy"] == "hold") & (both["id"] == "m-1")]
    assert (held["cancelled"] == pd.Timestamp("2026-01-05T09:10:00+01:00")).all()
    assert set(held["verdict"]) == {"cancelled"}


def test_records_are_written_in_groups_whole_and_in_the_order_in_which_they_were_played(
    logged: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = kept(logged, tmp_path / "whole") / "records.parquet"
    monkeypatch.setattr(results, "ROWS_AT_ONCE", 7)
    parted = kept(logged, tmp_path / "parted") / "records.parquet"
    sizes = [
        [groups.row_group(k).num_rows for k in range(groups.num_row_groups)]
        for groups in (pq.ParquetFile(whole).metadata, pq.ParquetFile(parted).metadata)
    ]
    assert sizes == [[12], [9, 3]]  # three messages a replication and policy
    records = pd.read_parquet(whole)
    pd.testing.assert_frame_equal(records, pd.read_parquet(parted))
    places = list(zip(records["replication"], records["policy"], strict=True))
    assert places[::3] == [(0, "today"), (0, "hold"), (1, "today"), (1, "hold")]


def test_a_log_without_a_zone_keeps_its_own_clock(logged: Scenario, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG.replace("+01:00", ""), encoding="utf-8")
    schema = pq.read_schema(kept(logged, tmp_path / "out") / "records.parquet")
    assert str(schema.field("pressed").type) == "timestamp[us]"
    records = pd.read_parquet(tmp_path / "out" / "records.parquet")
    assert records["pressed"].min() == pd.Timestamp("2026-01-05T09:00:00")


def test_records_that_are_drawn_count_from_monday_and_never_is_nat(tmp_path: Path) -> None:
    scenario = load("instant_regret").patched({"run.replications": 2})
    records = pd.read_parquet(kept(scenario, tmp_path / "out") / "records.parquet")
    assert "id" not in records
    assert records["accepted"].dtype == "timedelta64[us]"
    assert records["cancelled"].isna().any() and records["cancelled"].notna().any()
    assert records["pressed"].max() < pd.Timedelta(days=60)
    assert not (records.select_dtypes("number") == NEVER).any().any()


def test_codes_have_names(logged: Scenario, tmp_path: Path) -> None:
    records = pd.read_parquet(kept(logged, tmp_path / "out") / "records.parquet")
    assert set(records["segment"]) == {"friends"}
    assert set(records["kind"]) == {"dm"}
    assert set(records["refused"]) == {"not refused"}
    assert set(records["verdict"]) <= {one.name.lower() for one in Verdict}
    assert "it has not left" in set(records["push_left_by"])


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_with_a_device_has_its_columns(logged: Scenario, name: str) -> None:
    one = SCREENS[NAMES.index(name)]
    without = {field.name for field in told(logged)}
    used = {field.name for field in told(logged.patched({f"segments.*.{name}.share": 0.5}))}
    assert used == without | {field.name for field in written(one)}


def test_every_column_is_told_in_the_dictionary_and_in_the_file_itself(
    logged: Scenario, tmp_path: Path
) -> None:
    folder = kept(logged, tmp_path / "out")
    schema = pq.read_schema(folder / "records.parquet")
    with (folder / DICTIONARY).open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [row["column"] for row in rows] == schema.names
    unused = {field for one in SCREENS if not one.measured for field in written(one)}
    assert {one.name for one in {*COLUMNS} - unused} <= {*schema.names}
    assert not {one.name for one in unused} & {*schema.names}
    for row in rows:
        metadata = schema.field(row["column"]).metadata
        assert row["meaning"] and row["unit"]
        assert metadata[b"meaning"].decode() == row["meaning"]
        assert metadata[b"unit"].decode() == row["unit"]
    told = {row["column"]: row for row in rows}
    assert told["pressed"]["unit"] == "time, the clock of +01:00"
    assert told["segment"]["values"] == "friends"
    assert told["verdict"]["values"].startswith("not_asked; caught; cancelled")


def test_a_frame_of_records_has_nat_for_never(logged: Scenario) -> None:
    found: list[pd.DataFrame] = []
    run(logged, keep=lambda *a: found.append(a[2].to_frame()), everybody=True, engine="simpy")
    frame = found[0]
    assert frame["pressed"].iloc[0] == pd.Timedelta(microseconds=9 * HOUR)
    assert frame["caught"].dtype == np.bool_
    never = frame["noticed"].isna()
    assert never.sum() == 1 and frame["number"][never].tolist() == [1]
