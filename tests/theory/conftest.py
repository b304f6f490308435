"""The engines, each with the sizes it can afford: the reference engine always, the compiled one when it is there."""

from __future__ import annotations

import pytest

from sim.engines.reference import play as play_reference

from .playing import Engine

ENGINES = [Engine("reference", play_reference, messages=10_000, mutants=4_000, broadcasts=150)]
try:
    from sim.engines.compiled import play as play_compiled
except ImportError:
    pass
else:
    ENGINES.append(Engine("compiled", play_compiled, messages=200_000, mutants=60_000, broadcasts=5_000))


@pytest.fixture(params=ENGINES, ids=lambda e: e.name, scope="session")
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give one engine after the other."""
    return request.param
