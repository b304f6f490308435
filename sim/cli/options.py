"""Arguments and options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli import completing

File = Annotated[
    str,
    typer.Argument(
        help="A scenario: a file (TOML), or a name of toolate scenarios.",
        show_default=False,
        autocompletion=completing.scenarios,
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        help="auto, simpy or compiled; never changes a result.", autocompletion=completing.engines
    ),
]
