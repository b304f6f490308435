"""The command `run`: progress while it plays, then the answer, its intervals, and what it costs."""

from __future__ import annotations

import contextlib
import json
import math
import shlex
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TypedDict

import typer

from sim.cautions import of_run
from sim.cli.bars import new_bar
from sim.cli.clocks import clock_in_words
from sim.cli.tables import print_outcome
from sim.compiling.progress import tell
from sim.engines import COMPILING, MODULES, is_ready
from sim.errors import Fault, FaultyInputError
from sim.pilot import forecast
from sim.playing import engine_for, expected_messages
from sim.precision import AT_MOST as AT_MOST
from sim.results import ResultFolder, document
from sim.running import Outcome, chosen, run, stopping_of
from sim.scenario import Scenario, load
from sim.scenario.quantities import MOST_REPLICATIONS
from sim.scenario.suggestions import did_you_mean, said
from sim.screening import Screening, TakesLongError, screening
from sim.sizing import size_of

PATIENCE = 2.0
"""Seconds after which a progress bar shows."""
LONG = 10.0
"""Seconds that varying what is assumed may take unasked."""
MONTE_CARLO = "The intervals are Monte-Carlo error only."
CERTAIN = "Nothing that is assumed has a range that can be varied."
INTERRUPTED = 130
"""The exit status of a run that Ctrl-C ended, as shells have it."""
NOISY = 200
"""Regretted messages at a point of what is assumed, below which chance is said to spread its share."""


class Asked(TypedDict):
    """What the command line asks of `sim.run`, under its names."""

    policies: list[str] | None
    replications: int | None
    replication: int | None
    precision: str | None
    of: list[str]
    at_most: int
    seed: int | None
    engine: str
    everybody: bool
    known_shares: bool


def run_command(
    file: str,
    out: Path | None,
    as_json: bool,
    workers: int,
    asked: Asked,
    doubt: bool | None = None,
    full: bool = False,
) -> None:
    """Load, play, print and save. Nothing is written by a run that fails or is interrupted.

    `doubt` says whether to vary what is assumed (None: where it takes less than `LONG` seconds).
    """
    scenario, engine, total = _checked(file, workers, asked)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(ResultFolder(out)) if out is not None else None
        say_if_cold(engine)
        progress = stack.enter_context(progress_bar(total))
        keep = None if folder is None else partial(folder.keep, scenario)
        outcome = run(scenario, **asked, workers=workers, keep=keep, progress=progress)
        progress(total)
        complete = outcome.replications == outcome.asked
        if folder is not None and complete:
            from sim.charts import save  # matplotlib, only when there is something to draw

            folder.finish(outcome, command=shlex.join(["toolate", *sys.argv[1:]]), draw=save)
    found, remarks = _doubt(outcome, asked["engine"], doubt) if complete else (None, [])
    _print(outcome, as_json, found, remarks, full)
    if folder is not None:
        if complete:
            sys.stderr.write(
                f"Wrote {folder.folder}: chart.png, summary.json, records.parquet and more.\n"
            )
        else:
            sys.stderr.write(f"Wrote nothing to {folder.folder}, because of the interruption.\n")
    if not complete:
        raise typer.Exit(INTERRUPTED)


def _doubt(
    outcome: Outcome, engine: str, asked: bool | None
) -> tuple[Screening | None, Iterable[str]]:
    """Vary what is assumed, and say what came of it, or why it was not varied."""
    if asked is False or (asked is None and outcome.only is not None):
        return None, []
    if not outcome.summary.headline(outcome.policies[0]).per:
        return None, []  # nobody regretted a message, which a warning says
    why = None
    if asked is None and engine == "simpy":
        why = "the reference engine takes long"
    elif asked is None and not is_ready("compiled"):
        why = "the compiled engine is not compiled yet"
    if why is None:
        seconds = None if asked else LONG
        try:
            found = screening(outcome.scenario, policies=outcome.policies, seconds=seconds)
        except TakesLongError as error:
            why = f"that would take about {error.seconds:,.0f} s"
        else:
            first, *rest = doubt_in_words(found)
            return found, [f"{MONTE_CARLO} {first}", *rest]
    return None, [f"{MONTE_CARLO} What is assumed was not varied: {why}. --doubt varies it."]


def dry_run_command(file: str, as_json: bool, workers: int, asked: Asked) -> None:
    """Play a pilot and print what the run is going to take."""
    scenario, engine, _ = _checked(file, workers, asked)
    say_if_cold(engine)
    found = forecast(scenario, **asked)
    size = size_of(scenario, expected_messages(scenario))
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), indent=1) + "\n")
        return
    name, seconds = asked["precision"], f"about {found.seconds:,.1f} s on one core"
    if name is None:
        said = f"{found.replications:,} replications:"
    elif found.replications is None:
        said = f"{name} is not reached by --at-most {found.at_most:,} replications, which take"
    else:
        said = f"{name} of {' and '.join(asked['of'])}: about {found.replications:,} replications,"
    basis = f"by the first {found.pilot} replications ({found.messages:,} messages per policy)"
    sys.stdout.write(f"{said} {seconds}, {basis}; compiling apart.\n")
    words = size.words()
    sys.stdout.write(f"{words[0].upper()}{words[1:]}.\n")


def _checked(file: str, workers: int, asked: Asked) -> tuple[Scenario, str, int]:
    """Load a scenario and check what is asked of it; also give the engine, and the replications at
    most.
    """
    numbers = {
        "--replications": (asked["replications"], 1),
        "--replication": (asked["replication"], 0),
        "--seed": (asked["seed"], 0),
        "--workers": (workers, 1),
    }
    check_options(asked["engine"], numbers)
    if (asked["replication"] or 0) >= MOST_REPLICATIONS:
        remedy = f"give a whole number below {MOST_REPLICATIONS:,}"
        raise FaultyInputError([Fault("--replication", "", "is out of range", remedy)])
    given = (asked["precision"], asked["of"], asked["at_most"], asked["replications"])
    stopping = stopping_of(*given, asked["replication"])
    scenario = load(file)
    total = asked["replications"] or scenario.run.replications
    total = total if stopping is None else stopping.at_most
    total = total if asked["replication"] is None else 1
    names = chosen(scenario, asked["policies"])
    return scenario, engine_for(scenario, names, asked["engine"], total), total


def say_if_cold(engine: str) -> None:
    """Say on stderr that an engine is going to be compiled, and how far it is, so that nobody
    wonders about the wait.
    """
    if not is_ready(engine):
        sys.stderr.write(f"{COMPILING}\n")
        tell(lambda line: sys.stderr.write(f"{line}\n"))


def check_options(engine: str, numbers: dict[str, tuple[int | None, int]]) -> None:
    """Check what is told on the command line; raise `FaultyInputError` with every fault of it."""
    faults = [
        Fault(name, "", f"{value} is out of range", f"give a whole number of at least {least}")
        for name, (value, least) in numbers.items()
        if value is not None and value < least
    ]
    if engine not in ("auto", *MODULES):
        problem = f"{said(engine)} is not an engine{did_you_mean(engine, MODULES)}"
        faults.append(Fault("--engine", "", problem, f"use auto, {', '.join(MODULES)}"))
    if faults:
        raise FaultyInputError(faults)


def _print(
    outcome: Outcome, as_json: bool, doubt: Screening | None, remarks: Iterable[str], full: bool
) -> None:
    if as_json:
        whole = document(outcome) | ({"assumed": doubt.document()} if doubt else {})
        sys.stdout.write(json.dumps(whole, indent=1) + "\n")
        for warning in of_run(outcome):
            sys.stderr.write(f"Warning: {warning}\n")
        clock = clock_in_words(outcome.scenario)
        for remark in (*([clock] if clock else ()), *(remarks if doubt is None else ())):
            sys.stderr.write(f"{remark}\n")
    else:
        print_outcome(outcome, remarks, full=full)


def doubt_in_words(doubt: Screening | None) -> Iterator[str]:
    """Say how the answer varies over what is assumed; None: there is nothing to vary."""
    if doubt is None:
        yield CERTAIN
        return
    if not doubt.is_known:
        yield f"At none of {len(doubt.shares)} points within what is assumed did anybody regret a message."
        return
    base, *rest = doubt.policies
    low, high, spread = (100 * x for x in (doubt.low, doubt.high, doubt.spread))
    yield (
        f"{len(doubt.correlations)} numbers are assumed: over "
        f'{len(doubt.shares)} points within their ranges, "{base}" runs from {low:.0f} to {high:.0f} % '
        f"(standard deviation {spread:.0f} points)."
    )
    if doubt.fewest < NOISY:
        yield (
            f"Part of that is chance: at one point only {doubt.fewest:,} messages were regretted, whose share "
            f"has a standard error of up to {50 / math.sqrt(doubt.fewest):.0f} points."
        )
    if doubt.mover is not None:
        yield f"{doubt.mover} moves it most (rank correlation {doubt.correlations[doubt.mover]:+.2f})."
    if rest:
        counts = ", ".join(f"{name} at {doubt.lower_at(name)}" for name in rest)
        yield f'Read less often than under "{base}" at so many of the {len(doubt.shares)} points: {counts}.'
    if doubt.left_out:
        yield f"Assumed, but not varied: {'; '.join(doubt.left_out)}."


@contextlib.contextmanager
def progress_bar(total: int) -> Iterator[Callable[[int], None]]:
    """Give a function to call with the number of replications done.

    A bar shows on stderr after two seconds.
    """
    bar = new_bar(stays=True)
    task = bar.add_task("replications", total=total)
    timer = threading.Timer(PATIENCE, bar.start)  # a single replication may take longer than that
    timer.daemon = True
    timer.start()

    def progress(done: int) -> None:
        bar.update(task, completed=done)
        if done >= total:
            stop()

    def stop() -> None:
        timer.cancel()
        if bar.live.is_started:
            bar.stop()

    try:
        yield progress
    finally:
        stop()
