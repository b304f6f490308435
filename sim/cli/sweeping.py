"""The commands `sweep`, `merge` and `query`: a plan, a bar with rate and remaining time, and
tables.
"""

from __future__ import annotations

import contextlib
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape
from rich.progress import TextColumn

from sim.cli.bars import new_bar
from sim.cli.clocks import clock_in_words
from sim.cli.figures import later_of, percent
from sim.cli.screens import console_for, new_table, screen
from sim.clock import SECOND, format_duration
from sim.errors import Fault, FaultyInputError
from sim.results import ResultFolder, manifest
from sim.sweeping import SweepPlan, best, plan
from sim.sweeping.planning.checking import check
from sim.sweeping.playing.execution import Execution, workers_of
from sim.sweeping.results.best import parameters_of
from sim.sweeping.store.folder import open_store
from sim.sweeping.sweeping import Progress as Counted
from sim.sweeping.sweeping import Shard, Swept, carry_out
from sim.tallies import SPLIT

if TYPE_CHECKING:
    import pandas as pd

INTERRUPTED = 130
SHOWN = 30
"""Rows of a table that are printed; files and queries have them all."""


def say(message: str) -> None:
    """Tell something on stderr."""
    sys.stderr.write(f"{message}\n")


def sweep_command(
    file: str,
    store: Path,
    out: Path | None,
    workers: int | None,
    threads: bool,
    dask: str | None,
    shard: str | None,
    dry_run: bool,
) -> None:
    """Plan, check, play what is missing, and print the best policy of every cell."""
    how, part = _how(workers, threads, dask), _shard(shard)
    planned = plan(file)
    if dry_run:
        with bar("checking cells") as progress:
            check(planned, lambda done: progress(done, len(planned.cells)))
        _print_plan(planned, how)
        return
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(ResultFolder(out)) if out is not None else None
        checking = stack.enter_context(bar("checking cells"))
        progress = stack.enter_context(bar("tasks"))
        is_new = not store.exists()
        if is_new:  # a sweep that cannot be played leaves no store behind
            check(planned, lambda done: checking(done, len(planned.cells)))
        swept = carry_out(
            planned,
            open_store(store),
            how,
            shard=part,
            say=say,
            progress=progress,
            checking=checking,
            is_checked=is_new,
        )
        if folder is not None and swept.complete:
            folder.put(lambda making: _save(swept, making))
            say(f"Wrote {out}: table.csv, best.csv, charts and run.json.")
    _print(swept)
    if not swept.complete:
        say("Give the same command again to play the rest; what is stored is kept.")
        raise typer.Exit(INTERRUPTED)


def merge_command(store: Path, sources: list[Path]) -> None:
    """Take over the results of other stores and make all tables again."""
    from sim.sweeping.store.merging import merge

    found = [open_store(one, create=False) for one in sources]
    merged = merge(open_store(store, create=bool(sources)), found, say)
    say(f"{store}: {merged.taken:,} results taken over, {merged.there:,} were there.")
    table = new_table("", "sweep", "cells with enough", "cells")
    for sweep, (done, cells) in merged.sweeps.items():
        table.add_row(escape(sweep), f"{done:,}", f"{cells:,}")
    console_for(table).print(table)


def query_command(sql: str, store: Path, csv: bool) -> None:
    """Answer one question in SQL on a store."""
    from sim.sweeping.store.merging import refresh
    from sim.sweeping.store.querying import query

    found = open_store(store, create=False)
    try:
        refresh(found, say)
    except OSError as error:
        say(f"{store} cannot be written ({error.strerror}); its tables are as they were made.")
    frame = query(found, sql)
    if csv:
        sys.stdout.write(frame.to_csv(index=False))
        return
    _print_frame(frame, len(frame))


def _how(workers: int | None, threads: bool, dask: str | None) -> Execution:
    if workers is not None and workers < 1:
        raise _fault("--workers", f"{workers} is out of range", "give a whole number of at least 1")
    if dask is not None and threads:
        raise _fault("--threads", "cannot be combined with --dask", "choose one of them")
    if dask is not None:
        return Execution("dask", workers, dask)
    return Execution("threads" if threads else "processes", workers)


def _shard(text: str | None) -> Shard | None:
    if text is None:
        return None
    number, slash, of = text.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise _fault(
            "--shard", f'"{text}" is not a part', 'write which of how many, for example "3/64"'
        )
    return Shard(int(number), int(of))


def _fault(path: str, problem: str, remedy: str) -> FaultyInputError:
    return FaultyInputError([Fault(path, "", problem, remedy)])


@contextlib.contextmanager
def bar(words: str) -> Iterator[Counted]:
    """Give a function to call with (done, total).

    A bar with rate and remaining time shows on stderr.
    """
    shown = new_bar(TextColumn("{task.fields[rate]}"))
    task = shown.add_task(words, total=None, rate="")
    began = time.monotonic()

    def progress(done: int, total: int) -> None:
        if not shown.live.is_started and shown.console.is_terminal:
            shown.start()
        took = max(time.monotonic() - began, 1e-6)
        shown.update(task, completed=done, total=total, rate=f"{done / took:,.1f}/s")
        if done >= total:
            stop()

    def stop() -> None:
        if shown.live.is_started:
            shown.stop()

    try:
        yield progress
    finally:
        stop()


def _print_plan(planned: SweepPlan, how: Execution) -> None:
    from sim.sweeping.playing.dry_run import dry_run

    console = screen()
    made = " x ".join(f"{n:,} {name}" for name, n in planned.axes) or "no axis"
    console.print(escape(planned.title or planned.shown), soft_wrap=True)
    console.print(
        f"{len(planned.cells):,} cells: {escape(made)}; {len(planned.cases):,} of them differ.",
        soft_wrap=True,
    )
    console.print(f"Policies: {escape(', '.join(planned.policies))}.", soft_wrap=True)
    for line in planned.unknowns:
        console.print(f"  varied: {escape(line)}", soft_wrap=True)
    for line in planned.left_out:
        console.print(f"  assumed, not varied: {escape(line)}", soft_wrap=True)
    console.print(planned.rule.words(), soft_wrap=True)
    say("Playing a task of one cell for the forecast; this may compile once.")
    cores = workers_of(how)
    expected = dry_run(planned, time.perf_counter, cores)
    until = ""
    if planned.rule.target is not None:
        pilot = f", by the first {expected.pilot:,} replications of a cell in the middle"
        until = {
            "the end": pilot,
            "the most": f"{pilot}, which is not precise enough with the most allowed",
            "the first look": " up to the first look",
        }[expected.upto]
    played = f"{expected.tasks:,} tasks, {expected.replications:,} replications, about {expected.messages:,.0f} messages"
    times = f"{_time(expected.seconds)} on one core, {_time(expected.seconds / cores)} on {cores}"
    sizes = f"about {expected.megabytes_a_worker:,.0f} MB a worker; {expected.megabytes_of_disk:,.1f} MB on the disk"
    console.print(f"{played} under all policies{until}.", soft_wrap=True)
    console.print(f"Expected of playing: {times}; {sizes}.", soft_wrap=True)


def _time(seconds: float) -> str:
    return format_duration(round(seconds, 1) * SECOND)


def _save(swept: Swept, making: Path) -> dict[str, Any]:
    """Fill a folder with a sweep's table, best policies and pictures; give its manifest."""
    from sim.charts.sweeps import save_sweep

    planned = swept.plan
    swept.frame.to_csv(making / "table.csv", index=False)
    best(swept.frame).to_csv(making / "best.csv", index=False)
    save_sweep(
        swept.frame,
        [name for name, _ in planned.axes if name in swept.frame],
        making,
        planned.title,
    )
    command = shlex.join(["toolate", *sys.argv[1:]])
    document = manifest(
        planned.bases[0].scenario,
        planned.policies,
        planned.rule.at_most,
        planned.rule.at_most,
        "auto",
        command,
    )
    left = {
        key: value
        for key, value in document.items()
        if not key.startswith("replications") and key != "engine"
    }
    return left | {
        "sweep_file": planned.shown,
        "cells": len(planned.cells),
        "rule": planned.rule.words(),
    }


def _print(swept: Swept) -> None:
    """Print the best cell with its price, then the best policy of every cell, least read first."""
    found, planned, console = best(swept.frame), swept.plan, screen()
    if not found.empty:
        found = found.sort_values("value", kind="stable", na_position="last", ignore_index=True)
        prices = prices_of(swept.frame, found, planned.policies[0])
        console.print(escape(_best_cell(found, prices[0], planned.policies[0])), soft_wrap=True)
        is_choice = len(planned.policies) > 1
        if is_choice:
            console.print(escape(_surely(found)), soft_wrap=True)
        shown = _readable(found, prices, is_choice=is_choice)
        _print_frame(
            shown, SHOWN, keys=list(shown.columns).index("best" if is_choice else "read, %")
        )
    console.print(
        f"{swept.cells:,} of {len(planned.cells):,} cells have enough; {swept.played:,} tasks were played now.",
        soft_wrap=True,
    )
    clocks = (clock_in_words(base.scenario) for base in planned.bases)
    for words in dict.fromkeys(words for words in clocks if words):
        console.print(escape(words), soft_wrap=True)
    console.print(f"Rule: {planned.rule.words()}", soft_wrap=True)
    for line in swept.cautions():
        say(f"Warning: {line}")
    console.print(
        f"Table: {swept.store.folder}/sweeps/{planned.identity}/table.parquet", soft_wrap=True
    )


def _surely(found: pd.DataFrame) -> str:
    counts = found["best"][found["sure"]].value_counts()
    surely = ", ".join(f'"{name}" in {n:,}' for name, n in counts.items())
    undecided = int((~found["sure"]).sum())
    return (
        f"Loses least (read despite the deletion), surely: {surely or 'none'}; "
        f"undecided in {undecided:,} of {len(found):,} cells."
    )


def _best_cell(found: pd.DataFrame, price: str, baseline: str) -> str:
    """Say the cell in which least is read, and what that costs."""
    row = found.iloc[0]
    if row["value"] != row["value"]:
        return "Nobody regretted a message in any cell; set mistakes.chance, or play longer."
    at = ", ".join(f"{name} = {row[name]}" for name in parameters_of(found.drop(columns=TOLD)))
    than = f'than under "{baseline}" in the same cell'
    paid = "" if price == "–" else f"; the other messages are notified {price} later {than}"
    share = f"{percent(row['value'])} % ({percent(row['low'])}–{percent(row['high'])})"
    where = f" at {at}" if at else ""
    return f'Least is read under "{row["best"]}"{where}: {share}{paid}{" (median / 95th percentile)" if paid else ""}.'


TOLD = [*("best", *SPLIT, "sure", "could_be", "ahead", "ahead_low", "ahead_high")]
"""Columns of `best` that are no parameters."""


def prices_of(frame: pd.DataFrame, found: pd.DataFrame, baseline: str) -> list[str]:
    """Say what the best policy of every cell costs the other messages: the median and the 95th
    percentile of their delay, against the baseline of the same cell.
    """
    measures = [f"delay_notified_{end}_s" for end in ("median", "p95")]
    delays = frame[frame["measure"].isin(measures)].set_index(["cell", "policy", "measure"])[
        "value"
    ]
    return [
        "–"
        if policy == baseline
        else " / ".join(later_of(float(delays[cell, policy, one])) for one in measures)
        for cell, policy in zip(found["cell"], found["best"].astype(str), strict=True)
    ]


def _readable(found: pd.DataFrame, prices: Sequence[str], *, is_choice: bool) -> pd.DataFrame:
    """Write shares as percentages, and leave out what files and queries have.

    One policy is no choice: then neither the best nor what it could be is a column.
    """
    shown = found.drop(
        columns=[
            *("cell", "value", "low", "high", "sure", "ahead", "ahead_low", "ahead_high"),
            *SPLIT,
        ]
    )
    place = list(shown.columns).index("best") + 1
    shown.insert(
        place,
        "read, %",
        [
            f"{percent(v)} ({percent(a)}–{percent(b)})"
            for v, a, b in found[["value", "low", "high"]].itertuples(index=False)
        ],
    )
    shown.insert(place + 1, "price", list(prices))
    shown.insert(place + 2, "sure", ["yes" if one else "no" for one in found["sure"]])
    shares = found[list(SPLIT)].itertuples(index=False)
    shown["preview + app first"] = [" + ".join(map(percent, parts)) for parts in shares]
    return shown if is_choice else shown.drop(columns=["best", "price", "sure", "could_be"])


def _print_frame(frame: pd.DataFrame, most: int, keys: int = 1) -> None:
    names = [escape(str(name)) for name in frame.columns]
    texts = [name for name, kind in zip(names, frame.dtypes, strict=True) if kind.kind not in "iuf"]
    table = new_table("", *names, texts=texts, keys=keys)
    for row in frame.head(most).itertuples(index=False):
        table.add_row(*(escape(_cell(one)) for one in row))
    console = console_for(table)
    console.print(table)
    if len(frame) > most:
        console.print(f"… and {len(frame) - most:,} rows more.", soft_wrap=True)


def _cell(value: object) -> str:
    """Write a value; a dash stands for what is no number."""
    if isinstance(value, float):
        return "–" if value != value else f"{value:.4g}"
    return str(value)
