"""How far a first compile is: the functions of the engine that are ready, of all that it has."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

EVERY: Final = 10.0
"""Seconds from one line to the next."""
_counted: set[str] = set()
_ready: set[str] = set()


class _Teller:
    """Who is told, and when that was last done."""

    tell: Callable[[str], object] | None = None
    told: float = 0.0


def tell(listener: Callable[[str], object] | None) -> None:
    """Tell a listener from now on how far compiling is, a line every ten seconds; None: nobody."""
    _Teller.tell, _Teller.told = listener, time.monotonic()


def count(name: str) -> None:
    """Count a function among those that have to be compiled, if it is of the engine."""
    if name.startswith("sim.engines."):
        _counted.add(name)


def note(name: str) -> None:
    """Note that a function is ready, compiled or loaded."""
    if name not in _counted or name in _ready:
        return
    _ready.add(name)
    now = time.monotonic()
    if _Teller.tell is not None and now - _Teller.told >= EVERY:
        _Teller.told = now
        _Teller.tell(f"Compiled {len(_ready)} of {len(_counted)} functions.")
