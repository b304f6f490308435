"""The verb `sweep`: play what is missing, store it, and give the table."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.compiling.progress import tell
from sim.engines import COMPILING, choose, is_ready
from sim.errors import warn
from sim.paths import allowing
from sim.scenario.model import Scenario
from sim.sizing import allowing_large
from sim.sweeping.planning.checking import check
from sim.sweeping.planning.plan import SweepPlan, plan
from sim.sweeping.playing.execution import DiskError, Execution
from sim.sweeping.playing.on_dask import reach
from sim.sweeping.playing.pools import execute
from sim.sweeping.playing.tasks import Task, blocks, play
from sim.sweeping.results.idle import idle
from sim.sweeping.results.unpriced import unpriced
from sim.sweeping.store.folder import ResultStore, open_store
from sim.sweeping.store.requests import is_kept, keep, old_sweeps, request_of
from sim.sweeping.store.tables import (
    SweepRequest,
    SweepState,
    as_frame,
    known_of,
    settle,
    write_table,
)

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 30
"""Cells that cautions name; the table has them all."""
Say = Callable[[str], None]
Progress = Callable[[int, int], None]
"""Called with (tasks done, tasks known of); a precision adds tasks as it goes."""


@dataclass(frozen=True)
class Swept:
    """What a sweep leaves: its table, how many of its cells have enough, and how many tasks were
    played now.
    """

    plan: SweepPlan
    store: ResultStore
    frame: pd.DataFrame
    cells: int
    played: int
    unsure: tuple[str, ...]
    """Addresses of cells that reached the most replications allowed without being sure enough."""
    complete: bool

    def cautions(self) -> Iterator[str]:
        """Say which axes change nothing or have no price, and which cells are not sure enough."""
        is_for_all = not any(cell.change.policies for cell in self.plan.cells)
        yield from idle(self.frame, is_for_all=is_for_all)
        if len(self.plan.policies) > 1:
            changes, baseline = (cell.change for cell in self.plan.cells), self.plan.policies[0]
            yield from unpriced(changes, baseline, self.plan.bases[0].policies[baseline])
        at_most = self.plan.rule.at_most
        for address in self.unsure[:SHOWN]:
            yield f"cell {address[:12]} stopped at {at_most:,} replications without being sure enough"


@dataclass(frozen=True)
class Shard:
    """A part of a sweep's cells, 1 to `of`, for job arrays: parts are as equal as can be, and the
    same on any machine.
    """

    number: int = 1
    of: int = 1

    def part(self, addresses: Iterable[str]) -> set[str]:
        """Give the addresses that are in this part.

        In the order of addresses, neighbours are no alike cells.
        """
        return set(sorted(addresses)[self.number - 1 :: self.of])


def sweep(
    what: str | Path | Scenario,
    axes: dict[str, Sequence[Any]] | None = None,
    *,
    store: str | Path | None = None,
    workers: int | None = None,
    replications: int | None = None,
    precision: str | None = None,
    policies: Sequence[str] | str | None = None,
    allow_path: str | Path | Iterable[str | Path] = (),
    yes_large: bool = False,
) -> pd.DataFrame:
    """Play a sweep file, or a scenario (or its file or name) and axes by path, and give the tidy
    table.

    One row per cell, policy and measure: the parameters that vary as columns (durations also in
    seconds, `..._s`), then `policy`, `measure`, `value` with its 95 % interval `low` to `high`,
    `count` `of` messages, and `replications`. Shares are numbers from 0 to 1, corrected to known
    shares as those of `sim.run` are, so that they are not `count` over `of`. What `store`, a folder,
    holds already is not played again; without one nothing is kept. Files that scenarios name may
    also be in folders of `allow_path`; cells too large are refused unless `yes_large`. Raises `ScenarioError`
    before anything runs if a cell is not valid, and `OutputError` for a store.

    >>> import sim
    >>> frame = sim.sweep("linkedin_dm", {"send.hold": ["0 s", "1 h"]}, replications=1, workers=1,
    ...                   policies="today")
    >>> frame[frame["measure"] == "read"]["send.hold_s"].tolist()
    [0.0, 3600.0]
    """
    policies = (policies,) if isinstance(policies, str) else policies
    how = Execution(workers=workers)
    with contextlib.ExitStack() as stack:
        stack.enter_context(allowing(allow_path))
        stack.enter_context(allowing_large(yes_large))
        planned = plan(
            what, axes, replications=replications, precision=precision, policies=policies
        )
        folder = (
            store
            if store is not None
            else Path(stack.enter_context(tempfile.TemporaryDirectory())) / "store"
        )
        swept = carry_out(planned, open_store(folder), how)
        for line in swept.cautions():
            warn(line)
        if not swept.complete:
            warn(f"interrupted: {swept.cells:,} of {len(planned.cells):,} cells have enough")
        return swept.frame


def carry_out(
    plan: SweepPlan,
    store: ResultStore,
    how: Execution,
    *,
    shard: Shard | None = None,
    say: Say | None = None,
    progress: Progress | None = None,
    checking: Progress | None = None,
    is_checked: bool = False,
) -> Swept:
    """Check and play a plan, store by store; what is there is not played again.

    Ctrl-C ends it with the table of what has enough so far. `is_checked`: every cell was checked
    before. Raises `ScenarioError` for cells that are not valid and `OutputError` if the disk
    refuses; what is stored stays.
    """
    talk, say, shard = say or _nothing, say or warn, shard or Shard()
    if not is_checked and not is_kept(store, plan.identity):
        check(plan, None if checking is None else lambda done: checking(done, len(plan.cells)))
    if not is_kept(store, plan.identity):
        for identity, line in old_sweeps(store).items():
            if identity.startswith(f"{plan.name}-"):
                say(line)
    request = request_of(plan)
    if how.kind == "dask" and not is_kept(store, plan.identity):
        reach(how)
    try:
        keep(plan, store)
        state = settle(request, store, known_of(request, store, say)[0], say, verify=True)
        played, complete = 0, True
        try:
            while tasks := missing(plan, store, state, shard):
                total = played + len(tasks)
                _compile_first(tasks[0], how, talk)
                for _ in execute(tasks, store, how, say):
                    played += 1
                    if progress is not None:
                        progress(played, total)
                state = settle(request, store, state, say)
        except KeyboardInterrupt:
            complete = False
            state = settle(request, store, state, say)
        write_table(request, state, store)
        frame = as_frame(known_of(request, store, say)[1])
    except DiskError as error:
        raise store.unwritable(error.error) from None
    except OSError as error:
        raise store.unwritable(error) from None
    done = sum(address in state.rows for address in request.addresses)
    return Swept(plan, store, frame, done, played, unsure(request, state), complete)


def missing(plan: SweepPlan, store: ResultStore, state: SweepState, shard: Shard) -> list[Task]:
    """List the tasks that are wanted next and not stored, in the order of the cells."""
    stored = store.stored()
    part = shard.part(plan.cases)
    mine = [
        (plan.cases[address], count) for address, count in state.wanted.items() if address in part
    ]
    engine = choose("auto", sum(case.messages * count for case, count in mine))
    return [
        task
        for case, count in mine
        for task in blocks(case, count, engine)
        if task.key not in stored
    ]


def _compile_first(task: Task, how: Execution, talk: Say) -> None:
    """Compile here, once, what workers would otherwise each compile.

    They find it on the disk then.
    """
    if not is_ready(task.engine):
        talk(COMPILING)
        tell(talk)
        if how.kind != "dask" or how.dask == "local":
            play(replace(task, count=1))


def unsure(request: SweepRequest, state: SweepState) -> tuple[str, ...]:
    """List the cells that stopped at the most replications allowed."""
    return tuple(address for address, rows in state.rows.items() if not request.rule.enough(rows))


def _nothing(message: str) -> None:
    """Keep talk to oneself."""
