"""The command `scenarios`: what comes with the package, by name, with its question and answer."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

from rich.markup import escape

from sim.cli.screens import console_for, new_table
from sim.errors import Fault, ScenarioError
from sim.scenario.shipped import answers, file_of, names, stems
from sim.scenario.suggestions import did_you_mean, said

BASES = ("platforms/people",)
"""Files that others extend and that ask nothing of their own."""


def scenarios_command(containing: str | None, as_json: bool) -> None:
    """Print the shipped scenarios and sweeps whose name, question or answer contains a text."""
    rows = [row for row in listed() if _matches(row, containing)]
    if not rows:
        problem = f"no scenario says {said(containing)}{did_you_mean(containing, stems())}"
        remedy = "toolate scenarios lists all; toolate platforms lists rules to extend"
        raise ScenarioError([Fault("scenarios", "", problem, remedy)])
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
        return
    columns = ("name", "question, and the published answer")
    table = new_table("", *columns, texts=columns)
    for row in rows:
        answer = f"\n[dim]{escape(row['answer'])}[/dim]" if row["answer"] else ""
        table.add_row(escape(row["name"]), f"{escape(row['question'])}{answer}")
    console_for(table).print(table)
    first = rows[0]["name"]
    sys.stdout.write(f"Play one by its name, in any folder: toolate run {first}\n")


def listed() -> Iterator[dict[str, Any]]:
    """Yield name, question and published answer of what comes with the package.

    >>> next(row["question"] for row in listed() if row["name"] == "linkedin_dm")
    'How often is a regretted message read despite its deletion?'
    """
    for name in names():
        file = file_of(name)
        if file is not None and name not in BASES:
            question = tomllib.loads(file.read_text(encoding="utf-8")).get("question", "")
            yield {"name": name, "question": question, "answer": answers().get(name, "")}


def _matches(row: dict[str, Any], containing: str | None) -> bool:
    return containing is None or containing.casefold() in " ".join(row.values()).casefold()
