"""The engines: two independent readings of docs/model.md that must leave equal records.

`play_with(name)` is the one place where an engine is chosen; loading it loads simpy or numba
kernels.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.records import Records
    from sim.world.parts import World

MODULES: Final = {"simpy": "sim.engines.reference", "compiled": "sim.engines.compiled"}
"""Engines by the name users give them, and where they live."""

VERSION: Final = 8
"""Raised whenever the records, verdicts or sums of any scenario change: stored results of another
version are not used."""

COMPILING: Final = (
    "Compiling, once on this machine (about a minute); later runs load what is compiled."
)
"""What is said before an engine that is not ready is used."""

SMALL: Final = 2_000
"""Up to so many messages `auto` plays with SimPy: that takes less than a second, loading the
kernels may take more."""


def play_with(engine: str) -> Callable[[World], Records]:
    """Give the function that plays a world with an engine of `MODULES`.

    >>> play_with("simpy").__name__
    'play'
    """
    play: Callable[[World], Records] = importlib.import_module(MODULES[engine]).play
    return play


def is_ready(engine: str) -> bool:
    """Tell whether an engine can begin at once: what draws and what plays is compiled once, at its
    first use.

    >>> is_ready("simpy") in (True, False)
    True
    """
    from sim.compiling import is_cached

    if engine == "compiled":
        from sim.engines.compiled import engine as home

        return is_cached(home._play)
    from sim.world import looks

    return is_cached(looks.walk)


def choose(engine: str, messages: float) -> str:
    """Turn "auto" into the name of an engine, by the number of messages to be played.

    Other names stay.

    >>> choose("auto", 1e3), choose("auto", 1e6)
    ('simpy', 'compiled')
    """
    if engine != "auto":
        return engine
    return "simpy" if messages <= SMALL else "compiled"
