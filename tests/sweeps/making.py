"""Small sweeps to play, and what the tests of sweeps do again and again."""

from __future__ import annotations

import os
import signal
import textwrap
from pathlib import Path

from sim.sweeping.planning.plan import SweepPlan, plan
from sim.sweeping.playing.batches import Batch
from sim.sweeping.playing.execution import Done, Execution
from sim.sweeping.playing.pools import play_and_store
from sim.sweeping.store.folder import ResultStore, open_store
from sim.sweeping.sweeping import Shard, Swept, carry_out

FILES = Path(__file__).parent / "files"
TINY = FILES / "tiny.toml"
SMALL = FILES / "small.toml"
SERIAL = Execution(workers=1)


def quiet(message: str) -> None:
    """Hear what a sweep says, and keep it to oneself."""


def heard() -> tuple[list[str], object]:
    """Give a list and the function that fills it with what a sweep says."""
    said: list[str] = []
    return said, said.append


def swept(
    folder: Path,
    what: Path | SweepPlan = SMALL,
    how: Execution = SERIAL,
    shard: Shard | None = None,
) -> Swept:
    """Play a sweep into a folder."""
    planned = what if isinstance(what, SweepPlan) else plan(what)
    return carry_out(planned, open_store(folder), how, shard=shard, say=quiet)


def contents(folder: Path) -> dict[str, bytes]:
    """Give every file of a store by its name."""
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def results(folder: Path) -> list[Path]:
    """List the files of a store's tasks, without those that a killed worker left half-made."""
    return sorted(folder.glob("tasks/*/[!.]*.parquet"))


def sweep_file(folder: Path, text: str, base: Path = TINY) -> Path:
    """Write a sweep file beside a copy of its base."""
    (folder / base.name).write_bytes(base.read_bytes())
    file = folder / "sweep.toml"
    file.write_text(f'schema = 1\nbase = "{base.name}"\n' + textwrap.dedent(text), encoding="utf-8")
    return file


def dies_once(batch: Batch, store: ResultStore) -> Done:
    """Play a batch, but die in the middle of the first one that is tried."""
    mark = store.folder.with_name("died")
    if not mark.exists():
        mark.write_text("once")
        os.kill(os.getpid(), signal.SIGKILL)
    return play_and_store(batch, store)


def dies_always(batch: Batch, store: ResultStore) -> Done:
    """Die, whatever is to be played."""
    os.kill(os.getpid(), signal.SIGKILL)
    return Done(tuple(task.key for task in batch))
