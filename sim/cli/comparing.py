"""The command `compare`: the answer in one sentence, then what it rests on: differences, prices,
verdicts that moved.
"""

from __future__ import annotations

import contextlib
import json
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from sim.cautions import of_comparison
from sim.cli.clocks import clock_in_words
from sim.cli.figures import (
    NONE_CHANGED,
    change_of,
    count_of,
    interval,
    percent,
    points_of,
    split_of,
)
from sim.cli.price_tables import price_tables
from sim.cli.running import INTERRUPTED, check_options, progress_bar, say_if_cold
from sim.cli.screens import console_for, new_table
from sim.cli.tables import SPLIT_LABELS, effect_tables
from sim.comparing import Comparison, Pairing
from sim.comparing.document import document, write
from sim.comparing.playing import planned, play
from sim.results import ResultFolder
from sim.scenario import Scenario, load
from sim.tallies import SPLIT
from sim.verdicts import Verdict


def compare_command(
    files: list[str],
    policies: list[str] | None,
    against: str | None,
    out: Path | None,
    as_json: bool,
    replications: int | None,
    seed: int | None,
    engine: str,
    workers: int,
) -> None:
    """Load, play, print and save.

    Nothing is written by a comparison that fails or is interrupted.
    """
    check_options(
        engine,
        {"--replications": (replications, 1), "--seed": (seed, 0), "--workers": (workers, 1)},
    )
    scenarios = [load(file) for file in files]
    plan = planned(scenarios, _split(policies, scenarios[0]), against, replications, seed, engine)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(ResultFolder(out)) if out is not None else None
        say_if_cold(plan.engine)
        progress = stack.enter_context(progress_bar(plan.asked))
        comparison = play(plan, workers=workers, progress=progress)
        progress(plan.asked)
        complete = comparison.replications == comparison.asked
        if folder is not None and complete:
            from sim.charts.compared import save  # matplotlib, only when there is something to draw

            write(folder, comparison, shlex.join(["toolate", *sys.argv[1:]]), draw=save)
    if as_json:
        sys.stdout.write(json.dumps(document(comparison), indent=1) + "\n")
    else:
        print_comparison(comparison)
    for warning in of_comparison(comparison):
        sys.stderr.write(f"Warning: {warning}\n")
    if folder is not None:
        wrote = "Wrote" if complete else "Wrote nothing to"
        what = (
            ": chart.png, comparison.json, differences.csv and more."
            if complete
            else ", because of the interruption."
        )
        sys.stderr.write(f"{wrote} {folder.folder}{what}\n")
    if not complete:
        raise typer.Exit(INTERRUPTED)


def _split(told: list[str] | None, scenario: Scenario) -> list[str] | None:
    """Read names of policies: one each, or several with commas between, unless a policy has that
    whole name.
    """
    if told is None:
        return None
    known = scenario.policy_names()
    return [
        name.strip()
        for one in told
        for name in ([one] if one in known else one.split(","))
        if name.strip()
    ]


def answer(comparison: Comparison) -> str:
    """Say which loses least, by how much against the baseline, with its interval, and whether that
    is sure.

    >>> import sim
    >>> calm = sim.load("scenarios/linkedin_dm.toml").patched({"mistakes.chance": 0.0})
    >>> answer(sim.compare(calm, replications=1))
    'Nobody regretted a message, so there is nothing to compare.'
    """
    best, base = comparison.best, comparison.against
    e = comparison.headline(best)
    if not e.per:  # the best of all, so nobody anywhere
        return "Nobody regretted a message, so there is nothing to compare."
    lost = f'"{best}" loses least: {percent(e.value)} % of regretted messages were read despite the deletion'
    if best != base:
        d = comparison.differences.set_index("policy").loc[best]
        down, least, most = (-100 * d[key] for key in ("value", "high", "low"))
        lost += f', {down:.1f} points fewer than under "{base}" (95 % interval {least:.1f} to {most:.1f})'
    elif comparison.is_sure:
        lost += ", and all others lose more"
    split = split_of(*(comparison.headline(best, part) for part in SPLIT))
    return f"{lost}: {split}. {_sureness(comparison)}"


def _sureness(comparison: Comparison) -> str:
    if comparison.is_sure:
        return "That it is the best is sure."
    rivals = [row for row in _rows(comparison.behind) if row["could_be"]]
    alike, others = (
        _named(row for row in rivals if row["alike"] == same) for same in (True, False)
    )
    the_same = f"Under {alike} the same messages were read." if alike else ""
    unsure = f"That it is the best is not sure: {others} may be as good." if others else ""
    return " ".join(filter(None, (unsure, the_same)))


def _named(rows: Iterable[dict[str, Any]]) -> str:
    return ", ".join(f'"{row["policy"]}"' for row in rows)


def print_comparison(comparison: Comparison) -> None:
    """Print the answer and the tables on stdout."""
    tables = (
        _shares(comparison),
        *price_tables(comparison.names, comparison.price, _what(comparison)),
        *effect_tables(
            comparison.sums, comparison.costs, comparison.worlds[comparison.against].credits
        ),
    )
    console = console_for(*tables)
    console.print(escape(answer(comparison)), soft_wrap=True)
    for table in tables:
        console.print(table)
    paired = [name for name in comparison.names[1:] if comparison.pairing[name] is Pairing.MESSAGES]
    if paired:
        console.print(
            f'[bold]Verdicts that moved, regretted messages: from the row, under "{escape(comparison.against)}", '
            "to the column[/bold]",
            soft_wrap=True,
        )
    for name in paired:
        console.print(_moves(comparison, name))
    for line in _closing(comparison):
        console.print(escape(line), soft_wrap=True)


def _rows(table: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_dict("records")
    return rows


def _shares(comparison: Comparison) -> Table:
    table = new_table(
        "Read despite the deletion, % of regretted messages (95 % interval; differences hold all at once at 95 %); "
        "saved and newly lost, messages",
        _what(comparison),
        "read",
        "change, points",
        "saved",
        "newly lost",
        "behind the best, points",
        *SPLIT_LABELS,
    )
    changes = {row["policy"]: row for row in _rows(comparison.differences)}
    behind = {row["policy"]: row for row in _rows(comparison.behind)}
    for name in comparison.names:
        change = changes.get(name)
        counted = (
            ["", ""]
            if change is None
            else [count_of(change[key]) for key in ("saved", "newly_lost")]
        )
        table.add_row(
            escape(name),
            interval(comparison.headline(name)),
            "compared against" if change is None else change_of(change),
            *counted,
            _behind(behind[name]) if name in behind else "the best",
            *(interval(comparison.headline(name, part)) for part in SPLIT),
        )
    return table


def _behind(difference: dict[str, Any]) -> str:
    """Write how far a policy is behind the best, where they are not the same message by message."""
    return NONE_CHANGED if difference["alike"] and difference["of"] else points_of(difference)


def _what(comparison: Comparison) -> str:
    return "policy" if comparison.of_policies else "scenario"


def _moves(comparison: Comparison, name: str) -> Table:
    """Lay out where messages moved: a row per verdict under the baseline, a column per verdict
    under another.
    """
    found = comparison.moves[comparison.moves["policy"] == name]
    counts = {(row["before"], row["after"]): row["messages"] for row in _rows(found)}
    verdicts = {v.name.lower(): v.words for v in (*list(Verdict)[1:], Verdict.NOT_ASKED)}
    before, after = ([v for v in verdicts if any(pair[k] == v for pair in counts)] for k in (0, 1))
    table = new_table(f'under "{escape(name)}"', "", *(verdicts[v] for v in after), "all")
    for row in before:
        mine = [counts.get((row, column), 0) for column in after]
        table.add_row(verdicts[row], *(f"{n:,}" if n else "·" for n in mine), f"{sum(mine):,}")
    columns = [sum(counts.get((row, column), 0) for row in before) for column in after]
    table.add_row("all", *(f"{n:,}" for n in columns), f"{sum(columns):,}")
    return table


def _closing(comparison: Comparison) -> Sequence[str]:
    """Say what the numbers rest on: how much was played, how it is paired, what the intervals
    promise.
    """
    first, rest = comparison.worlds[comparison.against], comparison.names[1:]
    messages, regretted = (
        comparison.sums.total(comparison.against, key) for key in ("messages", "regretted")
    )
    lines = [
        f'{regretted:,} regretted of {messages:,} messages under "{comparison.against}"; '
        f"{comparison.replications} replications each, seed {first.run.seed}."
    ]
    clocks = map(clock_in_words, comparison.worlds.values())
    lines += dict.fromkeys(words for words in clocks if words)
    ways = dict.fromkeys(comparison.pairing[name] for name in rest)
    for way in ways:
        named = ", ".join(f'"{name}"' for name in rest if comparison.pairing[name] is way)
        lines.append(
            f"Compared {way.value}." if len(ways) == 1 else f"{named}: compared {way.value}."
        )
    lines.append(
        f"The {len(rest)} intervals of a column of differences hold all at once at 95 %, over "
        "replications, by Bonferroni."
        if len(rest) > 1
        else "The difference has a 95 % interval over replications."
    )
    return lines
