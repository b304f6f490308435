"""The engines that the laws are tried on: the reference engine always, the compiled one when it is
there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.engines.reference import play as play_reference
from sim.records import Records
from sim.world import World

Play = Callable[[World], Records]

ENGINES: dict[str, Play] = {"reference": play_reference}
try:
    from sim.engines.compiled import play as play_compiled
except ImportError:
    pass
else:
    ENGINES["compiled"] = play_compiled


@pytest.fixture(params=list(ENGINES), scope="session")
def play(request: pytest.FixtureRequest) -> Play:
    """Give one engine's `play` after the other's."""
    return ENGINES[request.param]
