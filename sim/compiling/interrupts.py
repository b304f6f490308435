"""Ctrl-C while Numba compiles or loads: it waits until the function at hand is done.

An exception that breaks off LLVM ends in tracebacks from callbacks, or in a segmentation fault.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

_handlers: list[Callable[..., Any]] = []
"""What handles Ctrl-C as soon as it may: one handler while anything is compiled, else none."""
_noted: list[int] = []
"""Interruptions that wait."""


def _note(number: int, frame: object) -> None:
    """Keep an interruption for later; a second one ends the process at once."""
    if _noted:
        os.write(2, b"Interrupted.\n")
        os._exit(130)
    _noted.append(number)


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Hold Ctrl-C back, and handle it as before at the end.

    Compiling a function compiles the functions it calls, so that this is nested: Ctrl-C waits for
    the innermost only. Other threads never see Ctrl-C, and handlers that are no functions (ignore)
    stay.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    is_outermost = not _handlers
    if is_outermost:
        _handlers.append(handler)
        signal.signal(signal.SIGINT, _note)
    handle = _handlers[0]
    try:
        yield
    finally:
        if is_outermost:
            signal.signal(signal.SIGINT, handle)
            _handlers.clear()
        if _noted:
            number = _noted.pop()
            handle(number, None)
