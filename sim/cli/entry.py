"""The entry point: how the command line begins and ends, whatever happens in between."""

from __future__ import annotations

import contextlib
import signal
import sys
import warnings
from functools import partial
from typing import Any

import typer

from sim.cli.app import app
from sim.cli.screens import degrade_output

INTERRUPTED = 130
"""The exit status after Ctrl-C, as shells have it."""

ENDED = {"SIGTERM": 143, "SIGHUP": 129}
"""The exit status after signals that end a process, as shells have it."""
UsageError: Any = typer.BadParameter.__base__
"""What click raises for a wrong option, wherever this version of typer keeps click."""


def _end(status: int, number: int, frame: object) -> None:
    """End with a status, as a handler of signals."""
    sys.exit(status)


def main() -> None:
    """Run the command line.

    A wrong option is one line and exit 2; Ctrl-C ends without a traceback and exit 130.
    """
    with contextlib.suppress(
        ValueError
    ):  # not in the main thread: whoever runs it decides about signals
        for name, status in ENDED.items():  # an exit cleans up, a kill would not
            if hasattr(signal, name):  # Windows has no SIGHUP
                signal.signal(getattr(signal, name), partial(_end, status))
    degrade_output()
    warnings.filterwarnings("ignore", r"\d+ tasks ha", UserWarning)  # joblib's, of an interruption
    try:
        status = app(prog_name="toolate", standalone_mode=False)
    except UsageError as error:
        command = error.ctx.command_path if error.ctx is not None else "toolate"
        message = error.format_message().strip().removesuffix(".")
        message = f"{message[:1].lower()}{message[1:]}" + (
            " See" if message.endswith("?") else "; see"
        )
        sys.stderr.write(f"{command}: {message} {command} --help\n")
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    if status == INTERRUPTED:
        sys.stderr.write("Interrupted.\n")
    sys.exit(status or 0)
