"""Signals that end a process wait, while Numba compiles or loads, until the function at hand is done.

An exception that breaks off LLVM ends in tracebacks from callbacks, or in a segmentation fault.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

SIGNALS: Final = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
"""Ctrl-C, and what asks a process to end; Windows has no SIGHUP."""
_handlers: dict[int, Callable[..., Any]] = {}
"""What handles signals as soon as it may: handlers while anything is compiled, else none."""
_noted: list[int] = []
"""Signals that wait."""


def _note(number: int, frame: object) -> None:
    """Keep a signal for later; a second one ends the process at once."""
    if _noted:
        os.write(2, b"Interrupted.\n")
        os._exit(128 + number)
    _noted.append(number)


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Hold signals back, and handle them as before at the end.

    Compiling a function compiles the functions it calls, so that this is nested: a signal waits for
    the innermost only. Other threads never see one, and handlers that are no functions (ignore, the
    system's) stay.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    is_outermost = not _handlers
    if is_outermost:
        for one in SIGNALS:
            if callable(handler := signal.getsignal(one)):
                _handlers[one] = handler
                signal.signal(one, _note)
    held = dict(_handlers)
    try:
        yield
    finally:
        if is_outermost:
            for one, handler in held.items():
                signal.signal(one, handler)
            _handlers.clear()
        if _noted:
            number = _noted.pop()
            held[number](number, None)
