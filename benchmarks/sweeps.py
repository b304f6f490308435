"""Measure sweeps: one to a precision, how busy two cores are, what a task costs, memory of a worker,
rows of a cell, and a store of ten thousand cells.

Run `python benchmarks/sweeps.py` (about six minutes on two quiet cores; `--cells 20 --stored 1000`
for a look). Prints markdown tables. Playing is time spent in `play_together` (drawing, engine,
verdicts, sums) over wall time times workers, from the first task given to the last one stored;
compiling is done before. By wall time it shows what is lost between tasks, by processor time also
what other programs used.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.engines import sparse
from sim.playing import expected_messages
from sim.scenario import load
from sim.sweeping.planning.plan import SweepPlan, plan
from sim.sweeping.playing import tasks
from sim.sweeping.playing.batches import Batch
from sim.sweeping.playing.execution import Done, Execution
from sim.sweeping.playing.pools import execute, play_and_store
from sim.sweeping.results.rows import ROWS, rows_of, stack
from sim.sweeping.store.folder import ResultStore, open_store
from sim.sweeping.store.querying import query
from sim.sweeping.store.requests import keep, kept, request_of
from sim.sweeping.store.tables import (
    STACKED,
    SweepState,
    as_frame,
    keys_of,
    refreshed,
    settle,
    write_table,
)
from sim.sweeping.sweeping import Shard, carry_out, missing

SHIPPED = Path(__file__).parent.parent / "scenarios" / "linkedin_dm.toml"
MESSAGES = 200_000
"""Messages of a cell of the sweeps that show how busy workers are: several tasks."""
PRECISE = "axis | cells to 1 point | tasks | replications | wall time | processor, workers | processor, parent"
BUSY = (
    "tasks | wall time | playing, by wall time | by processor time | overhead per task | "
    "memory per worker"
)


def timed(batch: Batch, store: ResultStore) -> Done:
    """Play and store a batch of one task: cells have no baseline in common here.

    Note beside the store what playing took (clock and processor), all of it, and the memory.
    """
    played = [0.0, 0.0]
    real = tasks.play_together

    def watched(*arguments: Any) -> Any:
        clock, processor = time.perf_counter(), time.thread_time()
        try:
            return real(*arguments)
        finally:
            played[0] += time.perf_counter() - clock
            played[1] += time.thread_time() - processor

    began = time.thread_time()
    tasks.play_together = watched
    try:
        done = play_and_store(batch, store)
    finally:
        tasks.play_together = real
    took = time.thread_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    with (store.folder.parent / f"times-{os.getpid()}").open("a") as file:
        file.write(f"{played[0]} {played[1]} {took} {peak}\n")
    return done


def quiet(message: str) -> None:
    """Say nothing."""


def sweep_of(kind: str, cells: int) -> SweepPlan:
    """Plan a sweep of cells of about 200,000 messages: many small worlds under two policies, or
    campaigns under one.
    """
    base = load(SHIPPED) if kind == "linkedin_dm" else sparse()
    replications = max(round(MESSAGES / expected_messages(base)), 1)
    chances = np.linspace(0.01, 0.03, cells).round(6).tolist()
    policies = ["today", "undo 10 s"] if kind == "linkedin_dm" else None
    return plan(base, {"mistakes.chance": chances}, replications=replications, policies=policies)


def busy(kind: str, cells: int, workers: int) -> str:
    """Play a sweep and give its row of the table."""
    planned = sweep_of(kind, cells)
    wanted = SweepState(wanted=dict.fromkeys(planned.cases, planned.rule.at_most))
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "store")
        todo = [replace(one, engine="compiled") for one in missing(planned, store, wanted, Shard())]
        first, rest = todo[: 2 * workers], todo[2 * workers :]
        how = Execution(workers=workers)
        for _ in execute(first, store, how, quiet, timed):
            pass  # workers are started and have loaded the kernels
        for one in Path(folder).glob("times-*"):
            one.unlink()
        began = time.perf_counter()
        for _ in execute(rest, store, how, quiet, timed):
            pass
        wall = time.perf_counter() - began
        lines = [
            line.split()
            for one in Path(folder).glob("times-*")
            for line in one.read_text().splitlines()
        ]
    times = np.array(lines, dtype=float)
    assert len(times) == len(rest)
    clock, processor, took, peak = (
        times[:, 0].sum(),
        times[:, 1].sum(),
        times[:, 2].sum(),
        times[:, 3].max(),
    )
    all_of_it = wall * workers
    besides, own = 1000 * (all_of_it - clock) / len(rest), 1000 * (took - processor) / len(rest)
    return (
        f"| {kind} | {len(todo):,} | {wall:.1f} s | {100 * clock / all_of_it:.1f} % | {100 * processor / all_of_it:.1f} % | "
        f"{besides:.1f} ms ({own:.1f} ms of it processor time in the worker) | {peak:.0f} MB |"
    )


def precise(axis: str, values: list[Any], workers: int) -> str:
    """Play a sweep of the default scenario under all of its policies to 1 point, from nothing to
    the table, and give its row.
    """
    planned = plan(load(SHIPPED), {axis: values}, precision="1 pp")
    end_workers()
    before = [processor(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "store")
        done = carry_out(planned, store, Execution(workers=workers), say=quiet)
    wall = time.perf_counter() - began
    end_workers()
    after = [processor(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    parent, children = (b - a for a, b in zip(before, after, strict=True))
    replications = done.frame.drop_duplicates("cell")["replications"]
    assert done.complete and not done.unsure and len(replications) == len(values)
    counts = f"{replications.sum():,} ({replications.min():,} to {replications.max():,} a cell)"
    return (
        f"| `{axis}` | {len(values)} | {done.played:,} | {counts} "
        f"| {wall:.1f} s | {children:.1f} s | {parent:.1f} s |"
    )


def axes(cells: int) -> dict[str, list[Any]]:
    """Give an axis of one policy, whose cells have the others in common, and one of all policies."""
    holds = [f"{seconds} s" for seconds in range(1, cells + 1)]
    actions = [f"{tenths / 10} s" for tenths in range(1, cells + 1)]
    return {'policies."undo 10 s".send.hold': holds, "senders.action": actions}


def end_workers() -> None:
    """End the worker processes; the system counts their time only then."""
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)


def processor(of: int) -> float:
    """Give the processor time that this process, or its ended children, have taken."""
    used = resource.getrusage(of)
    return used.ru_utime + used.ru_stime


def rows(replications: int = 64) -> list[str]:
    """Time the rows of cells of the default scenario, one at a time and stacked."""
    (case,) = plan(load(SHIPPED)).cases.values()
    task = tasks.Task(case, 0, replications)
    data = tasks.play(task)
    cells = [tasks.sums_of([data]) for _ in range(STACKED // replications // len(case.policies))]

    def each(function: Callable[[], Any], cells: int) -> str:
        times = []
        for _ in range(20):
            began = time.perf_counter()
            function()
            times.append(time.perf_counter() - began)
        return f"{1000 * min(times) / cells:.2f} ms"

    return [
        f"| reading its result | {each(lambda: tasks.sums_of([data]), 1)} |",
        f"| its rows, alone | {each(lambda: rows_of(cells[0]), 1)} |",
        f"| its rows, among {len(cells)} that are stacked | {each(lambda: rows_of(stack(cells)), len(cells))} |",
    ]


@contextlib.contextmanager
def filled(cells: int, replications: int) -> Iterator[tuple[ResultStore, SweepPlan]]:
    """Give a store that holds a sweep of so many cells: one cell is played, and its file stands for
    all of them.
    """
    planned = plan(
        load(SHIPPED),
        {"mistakes.chance": np.linspace(0.01, 0.03, cells).round(8).tolist()},
        replications=replications,
        policies=["today", "undo 10 s"],
    )
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "store")
        keep(planned, store)
        data: dict[int, bytes] = {}
        fsync, os.fsync = os.fsync, lambda handle: None
        for address, case in planned.cases.items():
            for key in keys_of(address, case.block, replications):
                if key.first not in data:
                    data[key.first] = tasks.play(tasks.Task(case, key.first, key.replications))
                store.put(key, data[key.first])
        os.fsync = fsync
        yield store, planned


def stored(cells: int, replications: int) -> list[str]:
    """Make a store of many cells; time making its table, opening it, and a group-by."""
    out = []
    with filled(cells, replications) as (store, planned):
        request, name = request_of(planned), planned.identity
        files = len(store.stored())

        def measured(what: str, function: Callable[[], Any], rounds: int = 3) -> Any:
            times = []
            for _ in range(rounds):
                began = time.perf_counter()
                found = function()
                times.append(time.perf_counter() - began)
            out.append(f"| {what} | {min(times):.2f} s |")
            return found

        made = f"table made from {files:,} results"
        measured(
            made,
            lambda: write_table(request, settle(request, store, SweepState(), quiet), store),
            1,
        )
        frame = measured(
            "opened, checked against the store, as a pandas frame",
            lambda: as_frame(refreshed(kept(store, name), store, quiet)[0]),
        )
        sql = 'SELECT policy, measure, avg(value), max("mistakes.chance") FROM results GROUP BY ALL'
        measured("DuckDB group-by over the table", lambda: query(store, sql))
        assert len(frame) == cells * 2 * len(ROWS)
        out.append(f"| rows of the table | {len(frame):,} |")
    return out


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--stored", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=("precise", "busy", "rows", "stored"))
    options = parser.parse_args()
    if options.cells <= 2 * options.workers:
        parser.error("the first two cells of every worker only warm up; give more --cells")
    print(f"load average before: {os.getloadavg()[0]:.1f}")
    tables: dict[str, Callable[[], tuple[str, Iterable[str]]]] = {
        "precise": lambda: (
            PRECISE,
            (
                precise(axis, values, options.workers)
                for axis, values in axes(options.cells).items()
            ),
        ),
        "busy": lambda: (
            f"{options.cells} cells of | {BUSY}",
            (busy(kind, options.cells, options.workers) for kind in ("linkedin_dm", "campaign")),
        ),
        "rows": lambda: ("a cell of 64 replications under 4 policies | time", rows()),
        "stored": lambda: (f"a store of {options.stored:,} cells | ", stored(options.stored, 20)),
    }
    for name, table in tables.items():
        if options.only in (None, name):
            head, lines = table()
            print(f"\n| {head} |\n|{'---|' * (head.count('|') + 1)}")
            for line in lines:
                print(line, flush=True)


if __name__ == "__main__":
    main()
