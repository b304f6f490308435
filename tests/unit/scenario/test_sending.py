"""A scenario can be sent to another process, and is the same there."""

from __future__ import annotations

import pickle
import warnings

import pytest

import sim

from ..making import small

MIXED = [
    {"weight": 0.5, "distribution": {"dist": "lognormal", "median": "20 s", "sigma": 1.0}},
    {"weight": 0.5, "distribution": {"dist": "exponential", "mean": "3 min"}},
]


@pytest.mark.parametrize("name", ["linkedin_dm", "slack", "a mixture"])
def test_a_scenario_that_was_pickled_is_the_same_and_made_of_the_same_classes(name: str) -> None:
    """A worker takes it apart to look for paths; of a copy of a class pydantic warns."""
    mixed = {"mistakes.reaction": {"dist": "mixture", "parts": MIXED}}
    sent = small(mixed) if name == "a mixture" else sim.load(name)
    there = pickle.loads(pickle.dumps(sent))
    assert there == sent
    assert type(there.push.latency) is type(sent.push.latency)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert there.model_dump() == sent.model_dump()
