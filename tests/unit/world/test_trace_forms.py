"""Times of a trace mean one thing or are refused with what decides them; every type of Parquet has
one meaning or one line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.clock import DAY, HOUR, SECOND
from sim.errors import TraceError
from sim.scenario import parse
from sim.world import trace_files
from sim.world.sent import Sent
from sim.world.traffic import draw_traffic

from ..making import one_world
from .test_trace import TRACE, read

SENT = pd.to_datetime(["2026-11-18T09:30:00Z", "2026-11-19T22:15:30Z"])  # Wednesday, Thursday
WRITTEN = [2 * DAY + 9 * HOUR + 30 * 60 * SECOND, 3 * DAY + 22 * HOUR + (15 * 60 + 30) * SECOND]
SINCE_1970 = (SENT - pd.Timestamp(0, tz="UTC")).total_seconds()
FORMS = {
    "ISO 8601": [f"{one:%Y-%m-%dT%H:%M:%SZ}" for one in SENT],
    "UTC in letters": [f"{one:%Y-%m-%d %H:%M:%S UTC}" for one in SENT],
    "no zone": [f"{one:%Y-%m-%d %H:%M:%S}" for one in SENT],
    "the day first": [f"{one:%d/%m/%Y %H:%M:%S}" for one in SENT],
    "the day first, with dots": [f"{one:%d.%m.%Y %H:%M:%S}" for one in SENT],
    "the month first": [f"{one:%m/%d/%Y %I:%M:%S %p}" for one in SENT],
    "seconds since 1970": [f"{one:.0f}" for one in SINCE_1970],
    "milliseconds since 1970": [f"{1e3 * one:.0f}" for one in SINCE_1970],
    "microseconds since 1970": [f"{1e6 * one:.0f}" for one in SINCE_1970],
    "nanoseconds since 1970": [f"{1e9 * one:.0f}" for one in SINCE_1970],
}


def text_of(times: list[str], separator: str = ",") -> str:
    rows = (("sent_at", "sender", "recipient"), *((one, "a", "b") for one in times))
    return "\n".join(separator.join(row) for row in rows) + "\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("times", FORMS.values(), ids=FORMS)
def test_a_time_that_means_one_thing_is_read_whatever_separates_columns(
    tmp_path: Path, times: list[str], separator: str
) -> None:
    assert read(tmp_path, text_of(times, separator)).written.tolist() == WRITTEN


def given(folder: Path, text: str, keys: str) -> Sent:
    """Read a trace with more keys of `traffic`."""
    (folder / "t.csv").write_text(text, encoding="utf-8")
    scenario = TRACE.replace('"FILE"', f'"t.csv", {keys}')
    return draw_traffic(parse(scenario, folder=folder), one_world(1))


SERIAL = [f"{one / 86_400 + 25_569:.10f}" for one in SINCE_1970]
AMBIGUOUS = ["03/04/2026 10:00", "05/04/2026 10:00"]


@pytest.mark.parametrize(
    ("times", "keys", "apart"),
    [
        (SERIAL, 'times = "excel"', WRITTEN[1] - WRITTEN[0]),
        (SERIAL, 'times = "seconds"', 0),
        (AMBIGUOUS, 'times = "day first"', 2 * DAY),
        (AMBIGUOUS, 'times = "month first"', 0),
    ],
)
def test_a_time_that_may_mean_two_things_is_refused_until_it_is_said_which(
    tmp_path: Path, times: list[str], keys: str, apart: int
) -> None:
    with pytest.raises(TraceError, match=re.escape(keys.removeprefix("times = "))):
        read(tmp_path, text_of(times))
    if keys != 'times = "month first"':
        written = given(tmp_path, text_of(times), keys).written
        assert written[1] - written[0] == pytest.approx(apart, abs=2 * SECOND)
    else:  # 4 March and 4 May are farther apart than the horizon
        with pytest.raises(TraceError, match="is not before the horizon"):
            given(tmp_path, text_of(times), keys)


def test_the_clock_is_the_logs_own_or_the_one_asked_for(tmp_path: Path) -> None:
    there = [f"{one:%Y-%m-%dT%H:%M:%S}+09:00" for one in SENT]
    assert read(tmp_path, text_of(there)).written.tolist() == WRITTEN, "the log's own hours"
    tokyo = given(tmp_path, text_of(FORMS["ISO 8601"]), 'zone = "Asia/Tokyo"')
    assert tokyo.written.tolist() == [one + 9 * HOUR for one in WRITTEN]
    with pytest.raises(TraceError, match="with a zone and times without"):
        read(tmp_path, text_of([FORMS["ISO 8601"][0], FORMS["no zone"][1]]))


def parquet(folder: Path, **columns: Any) -> Sent:
    """Write a Parquet file of two messages, some of its columns changed, and read it."""
    whole = {"sent_at": pa.array([1.0, 2.0]), "sender": ["a", "b"], "recipient": ["c", "d"]}
    pq.write_table(pa.table(whole | columns), folder / "t.parquet")
    return draw_traffic(parse(TRACE.replace("FILE", "t.parquet"), folder=folder), one_world(1))


STAMPS = [one.to_pydatetime() for one in SENT]


@pytest.mark.parametrize(
    ("column", "written"),
    [
        (pa.array([1_000, 2_000], pa.duration("ms")), [SECOND, 2 * SECOND]),
        (pa.array([1, 2], pa.duration("s")), [SECOND, 2 * SECOND]),
        (pa.array(["1", "2"]).dictionary_encode(), [SECOND, 2 * SECOND]),
        *(
            (pa.array(STAMPS, pa.timestamp(unit, "UTC")), WRITTEN)
            for unit in ("s", "ms", "us", "ns")
        ),
        (pa.array(SINCE_1970.astype("int64")), WRITTEN),
    ],
    ids=str,
)
def test_a_type_of_time_in_parquet_has_one_meaning(
    tmp_path: Path, column: pa.Array, written: list[int]
) -> None:
    assert parquet(tmp_path, sent_at=column).written.tolist() == written


REFUSED = {
    "booleans as times": {"sent_at": pa.array([True, False])},
    "booleans as lengths": {"length": pa.array([True, False])},
    "lists of people": {"sender": pa.array([["a"], ["b"]])},
    "bytes as people": {"sender": pa.array([b"\xff", b"b"])},
    "structures": {"recipient": pa.array([{"a": 1}, {"a": 2}])},
    "numbers with a point as people": {"sender": pa.array([1.5, 2.5])},
    "text that is not UTF-8": {
        "sender": pa.Array.from_buffers(
            pa.string(),
            2,
            [None, pa.py_buffer(np.array([0, 1, 2], "<i4").tobytes()), pa.py_buffer(b"\xff\xfe")],
        )
    },
    "lists of groups": {"group": pa.array([["a"], ["b"]])},
    "numbers with a point as deletions": {"deleted": pa.array([0.5, 1.0])},
    "structures as groups of senders": {"sender_group": pa.array([{"a": 1}, {"a": 2}])},
    "maps": {"id": pa.array([[("a", 1)], []], pa.map_(pa.string(), pa.int64()))},
}


@pytest.mark.parametrize("columns", REFUSED.values(), ids=REFUSED)
def test_a_type_without_a_meaning_in_parquet_is_one_line(
    tmp_path: Path, columns: dict[str, Any]
) -> None:
    with pytest.raises(TraceError) as refused:
        parquet(tmp_path, **columns)
    assert len(refused.value.faults) == 1


def test_booleans_in_parquet_say_what_was_deleted(tmp_path: Path) -> None:
    assert parquet(tmp_path, deleted=pa.array([True, False])).deleted.tolist() == [True, False]


def test_what_pandas_wrote_beside_the_data_is_not_relied_on(tmp_path: Path) -> None:
    table = pa.table({"sent_at": [1.0], "sender": ["a"], "recipient": ["b"]})
    pq.write_table(table.replace_schema_metadata({b"pandas": b"{broken"}), tmp_path / "t.parquet")
    scenario = parse(TRACE.replace("FILE", "t.parquet"), folder=tmp_path)
    assert draw_traffic(scenario, one_world(1)).written.tolist() == [SECOND]


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_more_rows_than_are_read_are_refused_with_the_figure(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace_files, "MOST_ROWS", 10)
    table = pd.DataFrame({"sent_at": range(11), "sender": "a", "recipient": "b"})
    getattr(table, {"t.csv": "to_csv", "t.parquet": "to_parquet"}[name])(
        tmp_path / name, index=False
    )
    with pytest.raises(TraceError, match=r"1[01] rows; take at most 10"):
        draw_traffic(parse(TRACE.replace("FILE", name), folder=tmp_path), one_world(1))
