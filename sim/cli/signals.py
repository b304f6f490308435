"""How signals end a command: at once, but not while a module is imported. There an exception may be
swallowed, or become another one, by whatever the module does about an import that fails.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Final

ENDED: Final = {"SIGTERM": 143, "SIGHUP": 129}
"""The exit status after signals that end a process, as shells have it."""
AGAIN: Final = 0.02
"""Seconds until it is looked again whether an import is over."""
LONGEST: Final = 20.0
"""Seconds that a signal waits for an import at most."""
_waiting: list[tuple[int, float]] = []
"""The signal that waits, and until when."""


def install() -> None:
    """Handle Ctrl-C and what asks a process to end from now on.

    A signal that is ignored stays ignored. Raises `ValueError` outside the main thread.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _handle)
    for name in ENDED:  # an exit cleans up, a kill would not
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), _handle)


def _handle(number: int, frame: object) -> None:
    """End with a signal, or wait for the import at hand; a second one ends the process at once."""
    if _waiting:
        os.write(2, b"Interrupted.\n")
        os._exit(128 + number)
    if _is_importing() and hasattr(signal, "setitimer"):
        _waiting.append((number, time.monotonic() + LONGEST))
        signal.signal(signal.SIGALRM, _look_again)
        signal.setitimer(signal.ITIMER_REAL, AGAIN, AGAIN)
        return
    _end(number)


def _look_again(alarm: int, frame: object) -> None:
    number, until = _waiting[0]
    if _is_importing() and time.monotonic() < until:
        return
    signal.setitimer(signal.ITIMER_REAL, 0)
    _waiting.clear()
    _end(number)


def _end(number: int) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(ENDED[signal.Signals(number).name])


def _is_importing() -> bool:
    """Tell whether the import system is anywhere among the functions that run."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
    return False
