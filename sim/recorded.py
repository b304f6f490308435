"""Records as a table for others: times as times, names for codes, the log's own ids, and every column
with its meaning and unit. What did not happen is null (in pandas NaT or NaN).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim.clock import NEVER
from sim.records import Records
from sim.scenario.devices import is_used
from sim.scenario.model import Scenario
from sim.scenario.traffic import KINDS, Trace
from sim.schema.dictionary import CALLED, LOGGED, RECORDED
from sim.schema.fields import INSTANT, TIMES, Field, named
from sim.schema.records import COLUMNS
from sim.schema.screens import SCREENS
from sim.schema.screens.declared import written
from sim.verdicts import Judged, Level, Lost, Verdict
from sim.world.trace import Log, read_log

JUDGED: Final[Mapping[str, type[IntEnum]]] = {"verdict": Verdict, "lost": Lost, "level": Level}


def recorded(
    scenario: Scenario, replication: int, policy: str, records: Records, judged: Judged
) -> pa.Table:
    """Give the records of one replication under one policy, with verdicts: the columns of `RECORDED`.

    Instants are timestamps in the zone of a log that has dates, else durations since Monday 00:00 of
    the scenario's clock.
    """
    log = _log(scenario)
    size = len(records)
    columns = {"policy": _coded(np.zeros(size, np.int64), [policy])}
    columns["replication"] = pa.array(np.full(size, replication))
    if log is not None:
        columns |= _joined(records, log)
    called = _called(scenario)
    known = {one.name: one for one in told(scenario)}
    for column in COLUMNS:
        if column.name not in known:
            continue
        values = records[column.name]
        if column.name in called:
            columns[column.name] = _coded(values, called[column.name])
        elif column.unit in TIMES:
            columns[column.name] = _times(values, column, log)
        else:
            columns[column.name] = pa.array(values)
    for name, codes in JUDGED.items():
        columns[name] = _coded(getattr(judged, name), called[name])
        assert [*codes] == [*range(len(codes))]
    columns["exposed"] = pa.array(judged.exposed)
    table = pa.table(columns)
    fields = [f.with_metadata(known[f.name].metadata) for f in table.schema]
    return table.cast(pa.schema(fields))


def _log(scenario: Scenario) -> Log | None:
    traffic = scenario.traffic
    return read_log(scenario, traffic) if isinstance(traffic, Trace) else None


def _called(scenario: Scenario) -> dict[str, Sequence[str]]:
    """Say what the codes of a column are called, in their order."""
    judged = {name: [one.name.lower() for one in codes] for name, codes in JUDGED.items()}
    segments = [segment.name for segment in scenario.segments]
    return {**CALLED, "segment": segments, "kind": KINDS, **judged}


def _coded(codes: npt.NDArray[Any], called: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int16()), pa.array(called))


def _times(values: npt.NDArray[np.int64], column: Field, log: Log | None) -> pa.Array:
    """Write times as such; null where they never are."""
    zero = log.clock.zero if log is not None and column.unit == INSTANT else None
    if log is None or zero is None:
        return pa.array(values, pa.duration("us"), mask=values == NEVER)
    first = zero if log.clock.zone is None else zero - log.clock.offset
    begin = first.tz_localize(None).value // 1000  # nanoseconds
    at = np.where(values == NEVER, 0, values) + begin
    return pa.array(at, pa.timestamp("us", log.clock.zone), mask=values == NEVER)


def _joined(records: Records, log: Log) -> dict[str, pa.Array]:
    """Name messages and people as the log does; an apology is no row of it."""
    row = records["number"]
    ids = np.full(row.size, None, object) if log.ids is None else log.ids[row].copy()
    ids[records["apology"]] = None
    values = (ids, log.senders[row], log.recipients[row])
    return {
        one.name: pa.array(value, pa.string()) for one, value in zip(LOGGED, values, strict=True)
    }


def told(scenario: Scenario) -> Iterator[Field]:
    """Give the columns of a scenario's records, each with the unit that it has there."""
    log = _log(scenario)
    unused = {
        field
        for one in SCREENS
        for field in written(one)
        if not (one.measured or is_used(scenario, one))
    }
    for one in RECORDED:
        if one in unused or (one in LOGGED and log is None):
            continue
        if one.unit == INSTANT:
            dated = log is not None and log.clock.zero is not None
            yield replace(one, unit=f"time, {log.clock.words}" if log and dated else INSTANT)
        else:
            yield one


def write_dictionary(scenario: Scenario, schema: pa.Schema, file: Path) -> None:
    """Write the data dictionary of records: a line of CSV for every column."""
    called, known = _called(scenario), named(tuple(told(scenario)))
    with file.open("w", encoding="utf-8", newline="") as text:
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow(("column", "type", "unit", "meaning", "values"))
        for one in schema:
            values = "; ".join(called.get(one.name, ()))
            kind = "text" if pa.types.is_dictionary(one.type) else str(one.type)
            lines.writerow((one.name, kind, known[one.name].unit, known[one.name].meaning, values))
