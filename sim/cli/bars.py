"""Progress bars on stderr: what is done, how much of it, and the time that is left."""

from __future__ import annotations

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from sim.cli.screens import screen


def new_bar(*more: ProgressColumn, stays: bool = False) -> Progress:
    """Make a bar, not started yet, with `more` columns before the time that is left.

    It goes once it stops, unless it `stays` on a stream that is no terminal.

    >>> len(new_bar().columns), len(new_bar(TextColumn("a second")).columns)
    (4, 5)
    """
    console = screen(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        *more,
        TimeRemainingColumn(),
        console=console,
        transient=console.is_terminal or not stays,
    )
