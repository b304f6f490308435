"""The tidy table of a sweep: a row per cell, policy and measure, made of the stored sums and kept
beside them.

The table notes for every cell how many replications it rests on and which files they are in. What
is still so is taken over when the table is made again; only cells that are new or changed are read.
So a table of ten thousand cells opens at once, and is never older than the store says.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from sim.sums import Sums
from sim.sweeping.planning.precision import Rule
from sim.sweeping.playing.tasks import Key, sums_of
from sim.sweeping.results.rows import ROWS, Rows, glance, rows_of, stack
from sim.sweeping.store.folder import DamagedError, ResultStore

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Say = Callable[[str], None]
NUMBERS: Final = ("value", "low", "high", "count", "of")
STAMP: Final = b"toolate"
"""Where the table notes what it was made of."""
STACKED: Final = 4096
"""Replications under a policy that are estimated together: arrays of a few megabytes."""
T = TypeVar("T")


@dataclass(frozen=True)
class SweepRequest:
    """A sweep as the store keeps it: its cells' addresses and columns, policies, and when a cell
    has enough.
    """

    identity: str
    addresses: tuple[str, ...]
    blocks: Mapping[str, int]
    columns: Mapping[str, Sequence[Any]]
    policies: tuple[str, ...]
    rule: Rule


@dataclass
class SweepState:
    """What is known of a sweep's cells: rows and what they rest on for those that have enough, and
    who needs more.
    """

    rows: dict[str, Rows] = field(default_factory=dict)
    prints: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, int] = field(default_factory=dict)
    """Replications that a cell needs next."""
    short: dict[str, int] = field(default_factory=dict)
    """Replications that were looked at and are not enough."""

    def stamp(self) -> dict[str, list[Any]]:
        """Give what the table notes: per address the replications and the print of their files."""
        return {
            address: [self.rows[address].replications, seal]
            for address, seal in self.prints.items()
        }

    def in_order(self, addresses: Iterable[str]) -> SweepState:
        """Give the same with cells in this order."""
        cells = dict.fromkeys(addresses)

        def ordered(of: Mapping[str, T]) -> dict[str, T]:
            return {address: of[address] for address in cells if address in of}

        return SweepState(
            ordered(self.rows), ordered(self.prints), ordered(self.wanted), ordered(self.short)
        )


def keys_of(address: str, block: int, replications: int) -> list[Key]:
    """List the keys of the tasks that make up the first replications of a case."""
    return [
        Key(address, first, min(block, replications - first))
        for first in range(0, replications, block)
    ]


def settle(
    request: SweepRequest, store: ResultStore, known: SweepState, say: Say, *, verify: bool = False
) -> SweepState:
    """Read what the store has of a sweep, and tell which cells have enough and what the others
    need.

    What is `known` is taken over where its files still stand; with `verify` their bytes are checked
    too. A damaged file is said and removed, and its replications are wanted again.
    """
    stored, found = store.stored(), SweepState(short=dict(known.short))
    unsettled: dict[str, list[int]] = {}
    for address in dict.fromkeys(request.addresses):
        block = request.blocks[address]
        if address in known.rows:
            keys = keys_of(address, block, known.rows[address].replications)
            names = [stored.get(key, "") for key in keys]
            sound = not verify or all(_read(store, name, say) is not None for name in names if name)
            if sound and _print(names) == known.prints[address]:
                found.rows[address] = known.rows[address]
                found.prints[address] = known.prints[address]
                continue
            stored = stored if sound else store.stored()
        looks = request.rule.looks(block)
        unsettled[address] = [one for one in looks if one > found.short.get(address, 0)]
    _look(request, Reader(store, stored, say), unsettled, found)
    return found.in_order(request.addresses)


@dataclass(frozen=True)
class Reader:
    """Reads the sums of cells from a store whose tasks are listed."""

    store: ResultStore
    stored: Mapping[Key, str]
    say: Say

    def sums(self, address: str, block: int, replications: int) -> tuple[Sums, str] | None:
        """Give the sums of the first replications, and the print of their files; nothing if one is
        not there, or damaged.
        """
        names = [self.stored.get(key, "") for key in keys_of(address, block, replications)]
        if not all(names):
            return None
        files = [_read(self.store, name, self.say) for name in names]
        whole = [one for one in files if one is not None]
        return (sums_of(whole), _print(names)) if len(whole) == len(files) else None


def _look(
    request: SweepRequest, reader: Reader, unsettled: dict[str, list[int]], found: SweepState
) -> None:
    """Tell of cells, at one of their numbers of replications after the other, whether they have
    enough. Those that are at the same number are stacked.
    """
    while unsettled:
        alike: dict[int, list[str]] = {}
        for address, looks in unsettled.items():
            alike.setdefault(looks[0], []).append(address)
        for replications, addresses in alike.items():
            for part in _parts(addresses, replications * len(request.policies)):
                _look_at(request, reader, part, replications, found)
        unsettled = {
            address: looks[1:]
            for address, looks in unsettled.items()
            if address not in found.rows and address not in found.wanted
        }


def _parts(addresses: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Cut cells of a size into parts that are stacked."""
    many = max(STACKED // size, 1)
    return (addresses[k : k + many] for k in range(0, len(addresses), many))


def _look_at(
    request: SweepRequest,
    reader: Reader,
    addresses: Sequence[str],
    replications: int,
    found: SweepState,
) -> None:
    """Tell of cells whether they have enough with so many replications."""
    read: dict[str, Sums] = {}
    prints: dict[str, str] = {}
    for address in addresses:
        whole = reader.sums(address, request.blocks[address], replications)
        if whole is None:
            found.wanted[address] = replications
        else:
            read[address], prints[address] = whole
    if request.rule.target is not None and read:
        rows = glance(stack(list(read.values())), request.rule.measures).each()
        for address, one in zip(list(read), rows, strict=True):
            last = replications == request.rule.looks(request.blocks[address])[-1]
            if not last and not request.rule.enough(one):
                found.short[address] = replications
                del read[address]
    if read:
        for address, one in zip(read, rows_of(stack(list(read.values()))).each(), strict=True):
            found.rows[address], found.prints[address] = one, prints[address]


def _read(store: ResultStore, name: str, say: Say) -> bytes | None:
    """Read a task's file; a damaged one is removed and said."""
    try:
        return store.get(name)
    except DamagedError as error:
        say(f"{store.folder}: {name}: {error}; it is played again.")
        store.remove(name)
        return None


def _print(names: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def write_table(request: SweepRequest, state: SweepState, store: ResultStore) -> None:
    """Write the table of the cells that have enough, whole or not at all."""
    import pyarrow.parquet as pq

    table = _assembled(request, state)
    stamp = json.dumps(state.stamp(), sort_keys=True).encode()
    table = table.replace_schema_metadata({STAMP: stamp})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", write_page_checksum=True)
    store.write(_place(request.identity), out.getvalue())


def _place(identity: str) -> str:
    return f"sweeps/{identity}/table.parquet"


def _assembled(request: SweepRequest, state: SweepState) -> pa.Table:
    import pyarrow as pa

    there = [k for k, address in enumerate(request.addresses) if address in state.rows]
    cells = [state.rows[request.addresses[k]] for k in there]
    p, m = len(request.policies), len(ROWS)
    each = np.arange(len(there), dtype=np.int32)

    def words(places: Any, of: Sequence[str]) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(
            pa.array(places, pa.int32()), pa.array(of, pa.string())
        )

    size = len(there) * p * m
    columns: dict[str, Any] = {
        "sweep": words(np.zeros(size, np.int32), [request.identity]),
        "cell": words(np.repeat(each, p * m), [request.addresses[k] for k in there]),
    }
    for name, values in request.columns.items():
        columns[name] = _column([values[k] for k in there], p * m)
    columns["policy"] = words(
        np.tile(np.repeat(np.arange(p, dtype=np.int32), m), len(there)), request.policies
    )
    columns["measure"] = words(np.tile(np.arange(m, dtype=np.int32), len(there) * p), ROWS)
    for name in NUMBERS:
        numbers = (
            np.concatenate([getattr(one, name).ravel() for one in cells]) if cells else np.empty(0)
        )
        columns[name] = pa.array(numbers.astype(np.int64) if name in ("count", "of") else numbers)
    columns["replications"] = pa.array(
        np.repeat(np.array([one.replications for one in cells], np.int64), p * m)
    )
    return pa.table(columns)


def _column(values: Sequence[Any], times: int) -> Any:
    """Give a parameter's column, each value so many times: numbers as numbers, anything else as
    words.
    """
    import pyarrow as pa

    there = [value for value in values if value is not None]
    if all(isinstance(value, bool) for value in there) or all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in there
    ):
        kind = pa.bool_() if any(isinstance(v, bool) for v in there) else None
        whole = bool(there) and all(isinstance(value, int) for value in there)
        array = pa.array(values, kind or (pa.int64() if whole else pa.float64()))
        return array.take(pa.array(np.repeat(np.arange(len(values)), times)))
    words_of = [None if v is None else v if isinstance(v, str) else json.dumps(v) for v in values]
    distinct = list(dict.fromkeys(v for v in words_of if v is not None))
    codes = pa.array([None if v is None else distinct.index(v) for v in words_of], pa.int32())
    repeated = codes.take(pa.array(np.repeat(np.arange(len(values)), times)))
    return pa.DictionaryArray.from_arrays(repeated, pa.array(distinct, pa.string()))


def known_of(
    request: SweepRequest, store: ResultStore, say: Say
) -> tuple[SweepState, pa.Table | None]:
    """Read what an earlier table knows, and the table.

    Nothing if there is none, or it is damaged (which is said).
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = store.folder / _place(request.identity)
    if not path.is_file():
        return SweepState(), None
    try:
        table = pq.read_table(path, page_checksum_verification=True)
        stamp = json.loads(table.schema.metadata[STAMP])
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        say(f"{path}: is damaged; it is made again.")
        return SweepState(), None
    return _taken_over(request, table, stamp), table


def _taken_over(request: SweepRequest, table: pa.Table, stamp: Mapping[str, Any]) -> SweepState:
    shape = (-1, len(request.policies), len(ROWS))
    known = SweepState()
    there = [address for address in request.addresses if address in stamp]
    if table.num_rows != len(there) * len(request.policies) * len(ROWS):
        return known  # of another version, which had other measures
    numbers = {
        name: table.column(name).to_numpy().reshape(shape).astype(np.float64) for name in NUMBERS
    }
    for k, address in enumerate(there):
        replications, seal = stamp[address]
        value, low, high, count, of = (numbers[name][k] for name in NUMBERS)
        known.rows[address] = Rows(value, low, high, count, of, replications)
        known.prints[address] = seal
    return known


def refreshed(request: SweepRequest, store: ResultStore, say: Say) -> tuple[pa.Table, SweepState]:
    """Give the table of a sweep, made again first if the store has changed.

    And what is known of its cells.
    """
    known, table = known_of(request, store, say)
    state = settle(request, store, known, say)
    if table is None or state.stamp() != known.stamp():
        write_table(request, state, store)
        table = known_of(request, store, say)[1]
    return table, state


def as_frame(table: pa.Table) -> pd.DataFrame:
    """Turn a table into a pandas frame; words are categories, in the order of the sweep."""
    frame: pd.DataFrame = table.to_pandas()
    return frame
