"""A task: one case and a block of replications.

Played, it is a small Parquet file of whole numbers, always the same bytes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.playing import Setting, play_block, price_share_of
from sim.sums import Ints, Sums
from sim.sweeping.planning.cells import CellInputs
from sim.tallies import COUNTED, not_under

if TYPE_CHECKING:
    import pyarrow as pa


HEADS: Final = b"toolate"
"""Where a file names its policies and sums, in the order of its values."""


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
    case = task.case
    scenarios = tuple(case.scenarios())
    setting = Setting(scenarios, tuple(case.policies), task.engine, price_share_of(scenarios))
    played, _ = play_block(setting, range(task.first, task.first + task.count))
    return _written(task, played.values)


def _written(task: Task, values: Ints) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    policies = list(task.case.policies)
    names = [*COUNTED, *not_under(len(policies))]
    r, p, s = values.shape

    def words(
        places: np.ndarray[tuple[int], np.dtype[np.int64]], of: list[str]
    ) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(of))

    table = pa.table(
        {
            "cell": words(np.zeros(r * p * s, np.int64), [task.case.address]),
            "replication": pa.array(np.repeat(np.arange(task.first, task.first + r), p * s)),
            "policy": words(np.tile(np.repeat(np.arange(p), s), r), policies),
            "sum": words(np.tile(np.arange(s), r * p), names),
            "value": pa.array(values.ravel()),
        }
    )
    heads = json.dumps({"policies": policies, "sums": names}).encode()
    out = io.BytesIO()
    options = {"compression": "zstd", "write_statistics": False, "store_schema": False}
    with pq.ParquetWriter(out, table.schema, **options) as file:
        file.write_table(table)
        file.add_key_value_metadata({HEADS: heads})
    return out.getvalue()


def sums_of(files: Sequence[bytes]) -> Sums:
    """Read the files of consecutive tasks of one case back into its sums.

    Values are read only: their order is that of the policies and sums that a file names.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = []
    for data in files:
        file = pq.ParquetFile(pa.BufferReader(data))
        heads = json.loads(file.metadata.metadata[HEADS])
        policies, names = heads["policies"], heads["sums"]
        values = file.read(["value"], use_threads=False).column("value").to_numpy()
        parts.append(values.reshape(-1, len(policies), len(names)))
    return Sums(np.concatenate(parts), tuple(policies), tuple(names))
