"""The engines, each with the sizes it can afford: the reference engine always, the compiled one when it is there."""

from __future__ import annotations

import pytest

from sim.engines.reference import play as play_reference

from .playing import Engine

ENGINES = [
    Engine("reference", play_reference, messages=8_000, mutants=4_000, most=20_000, broadcasts=150, desks=30, few=30)
]
try:
    from sim.engines.compiled import play as play_compiled
except ImportError:
    pass
else:
    sizes = {"messages": 200_000, "mutants": 60_000, "most": 200_000, "broadcasts": 5_000, "desks": 60, "few": 1_000}
    ENGINES.append(Engine("compiled", play_compiled, **sizes))


@pytest.fixture(params=ENGINES, ids=lambda e: e.name, scope="session")
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give one engine after the other."""
    chosen: Engine = request.param
    return chosen
