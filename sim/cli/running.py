"""The command `run`: progress while it plays, then the answer, its intervals, and what it costs."""

from __future__ import annotations

import contextlib
import json
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sim.cli.tables import print_outcome, warnings_of
from sim.engines import MODULES
from sim.errors import Fault, FaultyInputError
from sim.results import ResultFolder, document
from sim.running import Outcome, run
from sim.scenario import load
from sim.scenario.suggestions import did_you_mean

PATIENCE = 2.0
"""Seconds after which a progress bar shows."""


def run_command(
    file: str, out: Path | None, as_json: bool, replications: int | None, seed: int | None, engine: str,
    policies: list[str] | None, workers: int,
) -> None:  # fmt: skip
    """Load, play, print and save. Nothing is written unless the run has something to write."""
    if engine not in ("auto", *MODULES):
        raise FaultyInputError([Fault("--engine", "", f'"{engine}" is not an engine{did_you_mean(engine, MODULES)}',
                                      f"use auto, {', '.join(MODULES)}")])  # fmt: skip
    scenario = load(file)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(ResultFolder(out)) if out is not None else None
        total = replications or scenario.run.replications
        progress = stack.enter_context(progress_bar(total))
        keep = folder.keep if folder is not None else None
        outcome = run(scenario, policies=policies, replications=replications, seed=seed, engine=engine, workers=workers,
                      keep=keep, progress=progress)  # fmt: skip
        progress(total)
        if folder is not None:
            folder.finish(outcome, command=shlex.join(["toolate", *sys.argv[1:]]))
    _print(outcome, as_json)
    if folder is not None:
        sys.stderr.write(f"Wrote {folder.folder}: chart.png, summary.json, records.parquet and more.\n")


def _print(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(document(outcome), indent=1) + "\n")
        for warning in warnings_of(outcome):
            sys.stderr.write(f"Warning: {warning}\n")
    else:
        print_outcome(outcome)


@contextlib.contextmanager
def progress_bar(total: int) -> Iterator[Callable[[int], None]]:
    """Give a function to call with the number of replications done; a bar shows on stderr after two seconds."""
    console = Console(stderr=True)
    bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                   console=console, transient=console.is_terminal)  # fmt: skip
    task = bar.add_task("replications", total=total)
    began, shown = time.monotonic(), False

    def progress(done: int) -> None:
        nonlocal shown
        if not shown and done < total and time.monotonic() - began > PATIENCE:
            shown = True
            bar.start()
        bar.update(task, completed=done)
        if shown and done >= total:
            bar.stop()

    try:
        yield progress
    finally:
        bar.stop() if shown else None
