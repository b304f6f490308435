"""How many cases the generated parity tests make: `pytest tests/parity --parity-examples N`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings


@pytest.fixture(scope="session")
def examples(request: pytest.FixtureRequest) -> int:
    """Give the number of cases each generated test makes."""
    return int(request.config.getoption("--parity-examples"))


@pytest.fixture(scope="session")
def effort(examples: int) -> settings:
    """Give Hypothesis its number of examples; the same ones every time, so that a pass can be
    repeated."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
