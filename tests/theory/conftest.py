"""The engines, each with the sizes it can afford: the reference engine always, the compiled one
when it is there.

| messages, or replications in all | reference | compiled |
|---|---|---|
| share of independent messages (O01-O07, O11) | 8,000, or what exposes its bugs, to 20,000 | 200,000 |
| mutant of such a share | 4,000, or what exposes it, to 20,000 | 200,000 |
| O08: replications of about 1,440 messages | 30 | 200 |
| O09: broadcasts (half a copy matters; bugs are gross) | 150 with control variates; 30 | 5,000; 1,000 |
| O10: replications of 2,000 and 3,400 messages, with control variates | 30 | 80 |
| X2: every case with its weight, exact | 640 | 640 |

What exposes a bug: 99 % power at 4.5 standard errors. Two bugs of shares take more than 20,000
(O05, a short cold start; O11, the glance that replaces looks) and are told apart by the compiled
engine only; so are three mutants that take 100,000 messages. Anything else that lacks power fails.
"""

from __future__ import annotations

import pytest

from sim.engines.reference import play as play_reference

from .playing import Engine

ENGINES = [
    Engine(
        "reference",
        play_reference,
        messages=8_000,
        mutants=4_000,
        most=20_000,
        broadcasts=150,
        desks=30,
        few=30,
    )
]
try:
    from sim.engines.compiled import play as play_compiled
except ImportError:
    pass
else:
    sizes = {
        "messages": 200_000,
        "mutants": 200_000,
        "most": 200_000,
        "broadcasts": 5_000,
        "desks": 80,
        "few": 1_000,
    }
    ENGINES.append(Engine("compiled", play_compiled, **sizes))


@pytest.fixture(params=ENGINES, ids=lambda e: e.name, scope="session")
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give one engine after the other."""
    chosen: Engine = request.param
    return chosen
