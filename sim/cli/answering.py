"""The command `answer`: plain sentences with numbers first, tables after."""

from __future__ import annotations

import contextlib
import json
import math
import re
import shlex
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from rich.table import Table

from sim.answers import BUDGET_S, QUESTIONS, TARGET, Answers, answer
from sim.answers.folder import write
from sim.answers.unknowns import structures
from sim.cli.answer_words import (
    deadline_in_words,
    frontier_in_words,
    frontier_table,
    hold_in_words,
    incidence_table,
    left_behind_in_words,
    lost_in_words,
    platforms_table,
)
from sim.cli.bars import new_bar
from sim.cli.choice_words import best_in_words, best_table, unknowns_in_words, unknowns_table
from sim.cli.clocks import clock_in_words
from sim.cli.running import check_options, say_if_cold
from sim.cli.screens import console_for
from sim.clock import SECOND, parse_duration
from sim.errors import Fault, FaultyInputError
from sim.results import ResultFolder
from sim.scenario.suggestions import said
from sim.sweeping.design.unknowns import assumed


def answer_command(
    file: str,
    questions: Sequence[str],
    target: str | None,
    budget: str | None,
    levers: Sequence[str],
    by: str | None,
    out: Path | None,
    as_json: bool,
    replications: int | None,
    engine: str,
) -> None:
    """Answer, print, and draw into `out` if it is given."""
    check_options(engine, {"--replications": (replications, 1)})
    asked = tuple(QUESTIONS) if not questions or "all" in questions else tuple(questions)
    say_if_cold(engine if engine != "auto" else "compiled")
    with contextlib.ExitStack() as stack:
        folder = None if out is None else stack.enter_context(ResultFolder(out))
        with _bar(not as_json) as progress:
            found = answer(
                file,
                questions=asked,
                target=TARGET if target is None else share_of(target),
                budget_s=BUDGET_S if budget is None else _seconds_of(budget),
                levers=levers or ("send.hold", "push.delay"),
                by=by,
                replications=replications,
                engine=engine,
                progress=progress,
            )
        if folder is not None:
            from sim.charts.answered import save  # matplotlib, only when there is something to draw

            write(folder, found, shlex.join(["toolate", *sys.argv[1:]]), draw=save)
    if as_json:
        sys.stdout.write(json.dumps(found.document(), indent=1) + "\n")
    else:
        print_answers(found)
    if out is not None:
        sys.stderr.write(f"Wrote {out}: answers.json, charts, and tables as CSV.\n")


@contextlib.contextmanager
def _bar(wanted: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function to call with what is being done, how much of it is, and how much there is."""
    bar = new_bar()
    bar.disable = not (wanted and bar.console.is_terminal)
    with bar:
        task = bar.add_task("")
        yield lambda what, done, total: bar.update(
            task, description=what, completed=done, total=total
        )


def share_of(text: str) -> float:
    """Read a share: "10 %" or "0.1". Raises `FaultyInputError`.

    >>> share_of("10 %"), share_of("0.1")
    (0.1, 0.1)
    """
    number, percents, _ = text.strip().partition("%")
    try:
        value = float(number) / (100 if percents else 1)
    except ValueError:
        value = math.nan
    if not 0 < value < 1:
        problem = f"{said(text)} is no share between 0 and 100 %"
        raise FaultyInputError([Fault("answer", "--target", problem, 'write for example "10 %"')])
    return value


def _seconds_of(text: str) -> float:
    try:
        return parse_duration(text) / SECOND
    except ValueError as error:
        problem, _, remedy = str(error).partition("; ")
        raise FaultyInputError([Fault("answer", "--budget", problem, remedy)]) from None


def print_answers(found: Answers) -> None:
    """Print every answer as sentences, then its table."""
    write, width = sys.stdout.write, shutil.get_terminal_size().columns
    write(f'{found.scenario.title or found.scenario.file}, under "{found.baseline}"\n')
    parts: dict[str, Iterable[str]] = {
        "deadline": chain(
            deadline_in_words(found.exposure, found.deadline), left_behind_in_words(found.incidence)
        ),
        "hold": (line for one in found.holds for line in hold_in_words(one)),
        "lost": lost_in_words(found.lost),
        "frontier": frontier_in_words(found.frontier),
        "best": best_in_words(found.best),
        "unknowns": unknowns_in_words(found.unknowns),
    }
    for question in found.asked:
        write(f"\n{QUESTIONS[question].upper()}\n")
        for line in parts[question]:
            write(f"{wrapped(line, width)}\n")
        for table in _tables(found, question):
            console_for(table).print(table)
    if words := clock_in_words(found.scenario):
        write(f"\n{words}\n")
    write("\n")
    for line in doubts_in_words(found):
        write(f"{wrapped(line, width)}\n")


def doubts_in_words(found: Answers) -> Iterator[str]:
    """Say how sure an answer is, and of what: three lines that are never mixed."""
    yield (
        f"Monte-Carlo: {found.replications} replications, seed {found.scenario.run.seed}; intervals "
        "at 95 % are of this error only."
    )
    many = len(assumed(found.scenario))
    forms = f"{len(structures(found.scenario))} others"
    if found.unknowns is not None:
        yield f"Parameters: {many} numbers are assumed, and varied over their ranges above."
        yield f"Structure: the model's form is as it is here; {forms} are above."
        return
    ask = "--question unknowns"
    taken = f"{many} numbers are assumed, and taken as they are; {ask} varies them"
    yield f"Parameters: {taken if many else 'nothing is assumed that has a range'}."
    yield f"Structure: the model's form is taken as it is; {ask} tries {forms}."


def wrapped(line: str, width: int) -> str:
    """Break a line between words, but not before a unit, and indent what follows a little more than it is.

    >>> print(wrapped("  one two three", 10))
      one two
        three
    """
    indent = len(line) - len(line.lstrip()) + 2
    together = re.sub(r"(\d) (?=(s|min|h|d|%)\b|%)", "\\1\N{NO-BREAK SPACE}", line)
    filled = textwrap.fill(
        together,
        width,
        subsequent_indent=" " * (indent if indent > 2 else 0),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled.replace("\N{NO-BREAK SPACE}", " ")


def _tables(found: Answers, question: str) -> Iterator[Table]:
    if question == "deadline" and found.platforms:
        yield platforms_table(found.platforms)
    if question == "deadline" and found.incidence is not None:
        yield incidence_table(found.incidence)
    if question == "frontier" and found.frontier is not None and not found.frontier.nobody_pays:
        yield frontier_table(found.frontier)
    if question == "best" and found.best is not None:
        yield best_table(found.best)
    if question == "unknowns" and found.unknowns is not None:
        yield unknowns_table(found.unknowns)
