"""Several stores into one: what shards, machines or colleagues have played, together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.sweeping.playing.tasks import Key, sums_of
from sim.sweeping.store.folder import DamagedError, ResultStore
from sim.sweeping.store.requests import kept, old_sweeps
from sim.sweeping.store.tables import refreshed

Say = Callable[[str], None]


@dataclass(frozen=True)
class Merged:
    """What a merge did: task results taken over, there already, and per sweep the cells that have
    enough, of how many.
    """

    taken: int
    there: int
    sweeps: dict[str, tuple[int, int]]


def merge(into: ResultStore, sources: Sequence[ResultStore], say: Say) -> Merged:
    """Take over every sound result of other stores, and make the tables of all sweeps again.

    Sums are whole numbers under the address of what made them, so that the order of merging changes
    nothing. A damaged file, or a sweep of another version of the engines, is said and left out.
    Raises `OutputError` if two stores disagree about one result, or the disk refuses.
    """
    taken = there = 0
    try:
        for source in sources:
            known = into.stored()
            for key, name in source.stored().items():
                try:
                    data = source.get(name)
                except DamagedError as error:
                    say(f"{source.folder}: {name}: {error}; it is left out.")
                    continue
                if key in known:
                    there += 1
                    if known[key] != name:
                        _agree(into, source, key, known[key], data)
                    continue
                into.put(key, data)
                taken += 1
            old = old_sweeps(source)
            for line in old.values():
                say(line)
            for sweep in (one for one in source.sweeps() if one not in old):
                for file in ("cells.parquet", "plan.json"):
                    into.write(
                        f"sweeps/{sweep}/{file}",
                        (source.folder / "sweeps" / sweep / file).read_bytes(),
                    )
        return Merged(taken, there, refresh(into, say))
    except OSError as error:
        raise into.unwritable(error) from None


def refresh(store: ResultStore, say: Say) -> dict[str, tuple[int, int]]:
    """Make every table of a store again that is older than its results.

    Tables of sweeps that another version of the engines played stay as they are, which is said.
    Give cells that have enough, of how many.
    """
    out, old = {}, old_sweeps(store)
    for line in old.values():
        say(line)
    for sweep in store.sweeps():
        if sweep in old:
            continue
        request = kept(store, sweep)
        state = refreshed(request, store, say)[1]
        out[sweep] = (
            sum(address in state.rows for address in request.addresses),
            len(request.addresses),
        )
    return out


def _agree(into: ResultStore, source: ResultStore, key: Key, name: str, data: bytes) -> None:
    """Make sure that two files of one result hold the same numbers.

    Other versions of Parquet write other bytes.
    """
    try:
        mine = into.get(name)
    except DamagedError:
        into.remove(name)
        into.put(key, data)
        return
    a, b = sums_of([mine]), sums_of([data])
    if a != b:
        problem = f"its result {name[:12]} disagrees with that of {source.folder}: two versions of the model wrote them"
        raise into.fault(problem, "merge only what one version of toolate played")
