"""Pages that are made from the code: the commands and the Python interface."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from types import FunctionType
from typing import Any

import typer

import sim
from sim.cli.app import app
from sim.schema.dictionary import RECORDED

API = """# Python

`import sim` gives these names and no others; nothing heavy is loaded until one of them is used. Wherever a scenario is
asked for, a path, the name of a shipped scenario or a `sim.Scenario` will do; where names are asked for, one name or any
collection of them. What is wrong with an argument or a file raises a `sim.FaultyInputError`, whose `faults` say the place, the
value, the rule and the next step. What the command line prints as `Warning:` is a Python warning of class `sim.ToolateWarning`.
What never happened is NaT or NaN in every frame.
"""
RECORDS = """# Records

`toolate run FILE --out FOLDER` writes `records.parquet`: a row for every message that was played, policy and replication, with
the time of every step. Nothing in it is counted. What did not happen is null. `columns.csv` beside it says what follows here,
with the names that the scenario gives, and so does the metadata of every Parquet column. `outcome.records` is the same table in
pandas.

Instants are timestamps in the zone of a log that has dates, so that they can be joined with it and with others; else durations
since the Monday 00:00 that a replication starts with. Records of a log have its own ids and names: join them by `id`, or by
`number`, the row of the log counted from 0.

```python
log = pandas.read_csv("log.csv")
records = pandas.read_parquet("results/runs/mine/records.parquet")
log.merge(records, on="id")
```
"""
BEYOND = {
    "What is raised": ("sim.errors.ToolateError", "sim.errors.Fault"),
    "Tables of a run": ("sim.summaries.Summary", "sim.records.Records"),
}
"""What is documented beside the public names."""


def api() -> str:
    """Give the page of the public names, functions first."""
    found = {name: getattr(sim, name) for name in sim.__all__}
    functions = [f"sim.{name}" for name, one in found.items() if not isinstance(one, type)]
    classes = [f"sim.{name}" for name, one in found.items() if isinstance(one, type)]
    groups = {"Functions": functions, "Classes": classes, **BEYOND}
    parts = (f"## {title}\n\n{_rst(names)}" for title, names in groups.items())
    return "\n\n".join([API, *parts]) + "\n"


def _rst(names: Iterable[str]) -> str:
    """Have objects documented from their docstrings."""
    lines = []
    for name in names:
        module, _, last = name.rpartition(".")
        one = getattr(importlib.import_module(module), last)
        if not isinstance(one, type):
            lines.append(f".. autofunction:: {name}\n")
            continue
        parts = [part for part in one.__mro__ if part.__module__.startswith("sim.")]
        own = [
            key
            for part in parts[: 2 if one is sim.Outcome else 1]
            for key in vars(part)
            if not key.startswith("_") and _is_told(vars(part)[key])
        ]
        lines.append(f".. autoclass:: {name}()\n   :members: {', '.join(own)}\n")
    return "```{eval-rst}\n" + "\n".join(lines) + "```"


def _is_told(one: object) -> bool:
    """Tell whether an attribute of a class is a method or property with a docstring."""
    return bool(getattr(one, "__doc__", "")) and isinstance(
        one, FunctionType | property | cached_property | classmethod
    )


def commands() -> str:
    """Give the page of the commands: what each does, its arguments and options."""
    group: Any = typer.main.get_command(app)
    context = group.make_context("toolate", [], resilient_parsing=True)
    opening = (
        "# Commands\n\nData goes to standard output or into `--out`, everything else to standard error. "
        "Exit 0: done; 1: a check failed; 2: the input is wrong, and nothing was written.\n"
    )
    parts = (
        _command(name, group.get_command(context, name)) for name in group.list_commands(context)
    )
    return "\n".join([opening, *(line for part in parts for line in part)])


def _command(name: str, command: Any) -> Iterator[str]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    usage = " ".join(["toolate", name, *(_usage(one) for one in arguments), "[OPTIONS]"])
    yield f"## {name}\n\n{' '.join((command.help or '').split())}\n\n```text\n{usage}\n```\n"
    yield "| | |\n|---|---|"
    for one in command.params:
        if getattr(one, "hidden", False):
            continue
        is_argument = one.param_type_name == "argument"
        called = (
            (one.metavar or one.name).upper()
            if is_argument
            else " / ".join([*reversed(one.opts), *one.secondary_opts])
        )
        default = one.default
        shown = (
            f" Default: `{default}`."
            if isinstance(default, str | int | float) and not isinstance(default, bool)
            else ""
        )
        yield f"| `{called}` | {(one.help or '').replace('|', '&#124;')}{shown} |"
    yield ""


def _usage(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper() + ("…" if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def records() -> str:
    """Give the page of the records' columns."""
    lines = (f"| `{one.name}` | {one.meaning} | {one.unit} |" for one in RECORDED)
    return "\n".join([RECORDS, "| column | meaning | unit |", "|---|---|---|", *lines]) + "\n"
