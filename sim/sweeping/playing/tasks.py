"""A task: one case and a block of replications.

Played, it is a small Parquet file of whole numbers, always the same bytes: a row per replication,
policy and sum, and after these a row per kind of regretted message (`sim.regrets`), whose `sum` is
`ALIKE`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sim.playing import Setting, play_together, price_share_of
from sim.regrets import REPLICATION, Regrets
from sim.sums import Ints, Sums, joined
from sim.sweeping.planning.cells import CellInputs
from sim.tallies import REGRETS, WITH_STRATA

if TYPE_CHECKING:
    import pyarrow as pa


HEADS: Final = b"toolate"
"""Where a file names its policies and sums, in the order of its values, and the shares of strata."""
ALIKE: Final = "regretted_alike"
"""The sum of regretted messages of one stratum that count for the same."""
COLUMNS: Final = ("replication", "policy", "stratum", "marks", "value")
"""The columns of their rows, in the order of `Regrets.rows`."""


class Key(NamedTuple):
    """What a task is stored under: the case's address, and which replications."""

    address: str
    first: int
    replications: int


@dataclass(frozen=True)
class Task:
    """A block of replications of a case."""

    case: CellInputs
    first: int
    count: int
    engine: str = "compiled"
    """Which engine plays it; the bytes do not depend on it."""

    @property
    def key(self) -> Key:
        """What its result is stored under."""
        return Key(self.case.address, self.first, self.count)


def blocks(case: CellInputs, replications: int, engine: str = "compiled") -> Iterator[Task]:
    """Cut the first replications of a case into tasks.

    Only the last one depends on how many there are.
    """
    for first in range(0, replications, case.block):
        yield Task(case, first, min(case.block, replications - first), engine)


def play(task: Task) -> bytes:
    """Play a task and give its file: a row per replication, policy and sum.

    >>> import sim
    >>> from sim.sweeping.planning.plan import plan
    >>> case = plan(sim.load("scenarios/linkedin_dm.toml"), policies=["today"]).cells[0].case
    >>> sums_of([play(Task(case, 0, 1, "simpy"))]).values.shape[:2]
    (1, 1)
    """
    return play_batch([task])[0]


def play_batch(tasks: Sequence[Task]) -> list[bytes]:
    """Play tasks of the same replications whose cells have the baseline in common; give the file of
    each.
    """
    first = tasks[0]
    settings = [_setting(task) for task in tasks]
    played = play_together(settings, range(first.first, first.first + first.count))
    return [_written(task, sums) for task, sums in zip(tasks, played, strict=True)]


def _setting(task: Task) -> Setting:
    scenarios, names = tuple(task.case.scenarios()), tuple(task.case.policies)
    return Setting(scenarios, names, task.engine, price_share_of(scenarios), WITH_STRATA)


def _written(task: Task, sums: Sums) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    assert sums.regrets is not None
    policies, names = list(sums.policies), [*sums.names, ALIKE]
    r, p, s = sums.values.shape
    replication, policy, stratum, marks, messages = sums.regrets.rows.T

    def words(places: Ints, of: list[str]) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(of))

    def table(
        replication: Ints, policy: Ints, of: Ints, value: Ints, stratum: Any, marks: Any
    ) -> pa.Table:
        columns = {
            "cell": words(np.zeros(value.size, np.int64), [task.case.address]),
            "replication": task.first + replication,
            "policy": words(policy, policies),
            "sum": words(of, names),
            "value": value,
            "stratum": pa.array(stratum, pa.int64()),
            "marks": pa.array(marks, pa.int64()),
        }
        return pa.table(columns)

    none = pa.nulls(r * p * s, pa.int64())
    each = np.repeat(np.arange(r), p * s), np.tile(np.repeat(np.arange(p), s), r)
    counted = table(*each, np.tile(np.arange(s), r * p), sums.values.ravel(), none, none)
    alike = table(replication, policy, np.full_like(messages, s), messages, stratum, marks)
    known = sums.regrets.known.tolist()
    heads = {"policies": policies, "sums": sums.names, "first": task.first, "known": known}
    out = io.BytesIO()
    options = {"compression": "zstd", "write_statistics": False, "store_schema": False}
    with pq.ParquetWriter(out, counted.schema, **options) as file:
        file.write_table(counted, row_group_size=max(counted.num_rows, 1))
        file.write_table(alike)
        file.add_key_value_metadata({HEADS: json.dumps(heads).encode()})
    return out.getvalue()


def sums_of(files: Sequence[bytes]) -> Sums:
    """Read the files of consecutive tasks of one case back into its sums.

    Values are read only: their order is that of the policies and sums that a file names.
    """
    return joined([_read(data) for data in files])


def _read(data: bytes) -> Sums:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    file = pq.ParquetFile(pa.BufferReader(data))
    heads = json.loads(file.metadata.metadata[HEADS])
    policies, names, known = (
        tuple(heads["policies"]),
        tuple(heads["sums"]),
        np.array(heads["known"]),
    )
    counted = file.read_row_group(0, ["value"], use_threads=False)
    values = counted["value"].to_numpy().reshape(-1, len(policies), len(names))
    alike = file.read_row_group(1, COLUMNS, use_threads=False)
    rows = np.empty((alike.num_rows, len(COLUMNS)), dtype=np.int64)
    for k, name in enumerate(COLUMNS):
        column = alike[name]
        rows[:, k] = pc.index_in(column, pa.array(policies)) if name == "policy" else column
    rows[:, REPLICATION] -= heads["first"]
    return Sums(values, policies, names, Regrets(rows, REGRETS, known))
