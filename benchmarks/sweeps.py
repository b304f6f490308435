"""Measure sweeps: how busy two cores are, what a task costs, memory of a worker, and a store of ten
thousand cells.

Run `python benchmarks/sweeps.py` (about ten minutes on two quiet cores; `--cells 20 --stored 1000`
for a look). Prints markdown tables. Playing is time spent in `play_replication` (drawing, engine,
verdicts, sums) over wall time times workers, from the first task given to the last one stored;
compiling is done before. By the clock it says how little is lost between tasks; by the processor it
also counts what other programs took from this one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.engines import sparse
from sim import running
from sim.scenario import load
from sim.sweeping import tasks
from sim.sweeping.planning.plan import SweepPlan, plan
from sim.sweeping.playing.execution import Done, Execution
from sim.sweeping.playing.pools import execute, play_and_store
from sim.sweeping.results.rows import ROWS
from sim.sweeping.store.folder import ResultStore, open_store
from sim.sweeping.store.querying import query
from sim.sweeping.store.requests import keep, kept, request_of
from sim.sweeping.store.tables import SweepState, as_frame, keys_of, refreshed, settle, write_table
from sim.sweeping.sweeping import Shard, missing

SHIPPED = Path(__file__).parent.parent / "scenarios" / "linkedin_dm.toml"
MESSAGES = 20_000


def timed(task: tasks.Task, store: ResultStore) -> Done:
    """Play and store a task.

    Note beside the store what playing took (clock and processor), all of it, and the memory.
    """
    played = [0.0, 0.0]
    real = running.play_replication

    def watched(*arguments: Any) -> Any:
        clock, processor = time.perf_counter(), time.thread_time()
        try:
            return real(*arguments)
        finally:
            played[0] += time.perf_counter() - clock
            played[1] += time.thread_time() - processor

    began = time.thread_time()
    tasks.play_replication = watched
    try:
        done = play_and_store(task, store)
    finally:
        tasks.play_replication = real
    took = time.thread_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    with (store.folder.parent / f"times-{os.getpid()}").open("a") as file:
        file.write(f"{played[0]} {played[1]} {took} {peak}\n")
    return done


def quiet(message: str) -> None:
    """Say nothing."""


def sweep_of(kind: str, cells: int) -> SweepPlan:
    """Plan a sweep of cells of about 20,000 messages: many small worlds under two policies, or one
    campaign under one.
    """
    base = load(SHIPPED) if kind == "linkedin_dm" else sparse()
    replications = max(round(MESSAGES / running.expected_messages(base)), 1)
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
        f"{besides:.1f} ms ({own:.1f} ms of processor in the worker) | {peak:.0f} MB |"
    )


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
    options = parser.parse_args()
    if options.cells <= 2 * options.workers:
        parser.error("the first two cells of every worker only warm up; give more --cells")
    print(f"load average before: {os.getloadavg()[0]:.1f}\n")
    columns = (
        "tasks",
        "wall time",
        "playing, by the clock",
        "by the processor",
        "a task costs besides",
        "a worker",
    )
    print(f"| {options.cells} cells of | {' | '.join(columns)} |")
    print("|---|---|---|---|---|---|---|")
    for kind in ("linkedin_dm", "campaign"):
        print(busy(kind, options.cells, options.workers), flush=True)
    print(f"\n| a store of {options.stored:,} cells | |\n|---|---|")
    print("\n".join(stored(options.stored, 20)))


if __name__ == "__main__":
    main()
