"""The entry point: how the command line begins and ends, whatever happens in between."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
import warnings
from typing import Any, NoReturn

import typer

from sim.cli.app import app
from sim.cli.screens import degrade_output
from sim.cli.signals import install

INTERRUPTED = 130
"""The exit status after Ctrl-C, as shells have it."""

NO_WHOLE_NUMBER = re.compile(
    r"(Input should be a valid|Unable to parse input string as an) integer.*"
)
"""What newer versions of typer say of a value that is none."""

UsageError: Any = typer.BadParameter.__base__
"""What click raises for a wrong option, wherever this version of typer keeps click."""


def _leave(status: int) -> NoReturn:
    """End with a status. Threads that still play are not waited for, and not unwound: Python would
    end them inside a compiled kernel, which aborts the process.
    """
    pool = sys.modules.get("multiprocessing.dummy")
    if pool and any(isinstance(one, pool.DummyProcess) for one in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def main() -> None:
    """Run the command line.

    A wrong option is one line and exit 2; Ctrl-C ends without a traceback and exit 130.
    """
    with contextlib.suppress(
        ValueError
    ):  # not in the main thread: whoever runs it decides about signals
        install()
    degrade_output()
    warnings.filterwarnings("ignore", r"\d+ tasks ha", UserWarning)  # joblib's, of an interruption
    try:
        status = app(prog_name="toolate", standalone_mode=False)
    except UsageError as error:
        command = error.ctx.command_path if error.ctx is not None else "toolate"
        message = error.format_message().strip().removesuffix(".")
        message = NO_WHOLE_NUMBER.sub("give a whole number", message)
        message = f"{message[:1].lower()}{message[1:]}" + (
            " See" if message.endswith("?") else "; see"
        )
        sys.stderr.write(f"{command}: {message} {command} --help\n")
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except SystemExit as ended:  # by a signal
        if not isinstance(ended.code, int):
            raise
        _leave(ended.code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    if status == INTERRUPTED:
        sys.stderr.write("Interrupted.\n")
        _leave(status)
    sys.exit(status or 0)
