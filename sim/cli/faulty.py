"""Bad input ends a command with one line a fault, and never with a traceback."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

import typer


@contextlib.contextmanager
def faults_on_one_line() -> Iterator[None]:
    """Turn bad input into exit 2 with one line a fault on stderr."""
    from sim.errors import ToolateError

    try:
        yield
    except ToolateError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(2) from None
