"""Options with which a user allows what is refused by default."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.paths import allow
from sim.sizing import allow_large


def _allow(folders: list[Path] | None) -> list[Path]:
    allow(folders or [])
    return folders or []


AllowPath = Annotated[
    list[Path] | None,
    typer.Option(
        "--allow-path",
        help="Folder whose files a scenario may name too (repeat for more).",
        show_default=False,
        callback=_allow,
    ),
]


def _allow_large(yes: bool) -> bool:
    allow_large(yes)
    return yes


YesLarge = Annotated[
    bool,
    typer.Option(
        "--yes-large",
        help="Play what is refused as too large; it may take days, or more memory than there is.",
        callback=_allow_large,
    ),
]
