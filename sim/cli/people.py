"""The command `people`: the catalogue of people, or the habits of one kind with their sources."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict

from rich.markup import escape

from sim import people
from sim.cli.platforms import MEANINGS, entry_lines, wrapped_lines
from sim.cli.screens import console_for, new_table
from sim.errors import Fault, ScenarioError
from sim.people.catalogue import about, counts, entries, title, works_of
from sim.platforms.catalogue import GRADES
from sim.scenario.suggestions import did_you_mean, said
from sim.works import bibtex, works


def people_command(name: str | None, as_bibtex: bool, as_json: bool) -> None:
    """Print the catalogue, some people of it, or with `as_bibtex` the works their habits rest on.

    Raises `ScenarioError` for a name it has not.
    """
    if as_bibtex and as_json:
        raise ScenarioError(
            [Fault("people", "", "--bibtex and --json are two forms", "ask for one of them")]
        )
    if name is not None and name not in people.names():
        problem = f"there are no people {said(name)}{did_you_mean(name, people.names())}"
        raise ScenarioError([Fault("people", "", problem, "toolate people lists them")])
    chosen = people.names() if name is None else [name]
    if as_bibtex:
        sys.stdout.write(bibtex({key for one in chosen for key in works_of(one)}))
    elif as_json:
        rows = [_row(one, whole=name is not None) for one in chosen]
        sys.stdout.write(json.dumps(rows if name is None else rows[0], indent=1) + "\n")
    elif name is None:
        _print_list()
    else:
        sys.stdout.write("\n".join(_habits(name)) + "\n")


def _row(name: str, *, whole: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "id": name,
        "title": title(name),
        "about": about(name),
        "counts": counts(name),
    }
    if not whole:
        return row
    cited = {key: str(works()[key]) for key in works_of(name)}
    return row | {"values": [asdict(one) for one in entries(name)], "works": cited}


def _print_list() -> None:
    columns = ("people", "who they are")
    table = new_table("", *columns, *GRADES, "assumed", texts=columns)
    for name in people.names():
        number = counts(name)
        shown = (str(number[grade] or "") for grade in (*GRADES, "assumed"))
        default = " (the default)" if name == people.DEFAULT else ""
        table.add_row(name, f"{escape(title(name))}{default}", *shown)
    console_for(table).print(table)
    sys.stdout.write(
        f"Habits by grade. {MEANINGS}\n"
        f'Use them by people = "NAME", in a scenario or in a segment; people = "{people.NONE}" is nobody\'s habits. '
        "toolate people NAME prints them with sources.\n"
    )


def _habits(name: str) -> Iterator[str]:
    width = max(72, min(shutil.get_terminal_size((100, 24)).columns, 110))
    number = counts(name)
    yield f'{title(name)} (people = "{name}")'
    yield from wrapped_lines(about(name), "", width)
    yield ", ".join(f"{number[grade]} of grade {grade}" for grade in GRADES if number[grade]) + (
        f"; {number['assumed']} assumed, each with a range to explore."
    )
    yield MEANINGS
    if kinds := people.kinds(name):
        yield f'Kinds: {", ".join(kinds)}. One alone: people = "{name}/{kinds[0]}".'
    yield ""
    for one in entries(name):
        yield from entry_lines(one, width)
    yield from ("", "WORKS")
    for key in works_of(name):
        yield from wrapped_lines(f"[{key}] {works()[key]}", "  ", width)
