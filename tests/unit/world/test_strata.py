"""Strata of recipients: their known shares are those of the recipients that are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario.reading import load
from sim.world import draw_world
from sim.world.strata import STRATA, known_shares, stratum_of

LARGE = {"traffic.recipients": 40_000}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"segments.*.push": 1.0},
        {"email.delay": {"dist": "never"}},
        {"email.only_without_push": True},
        {"segments.*.email": {"off": 0.2, "instant": 0.0, "batched": 0.5, "digest": 0.3}},
    ],
)
def test_recipients_are_in_strata_as_often_as_the_scenario_says(changes: dict[str, object]) -> None:
    scenario = load("scenarios/linkedin_dm.toml").patched(LARGE | changes)
    shares, people = known_shares(scenario), draw_world(scenario, 0).recipients
    found = np.bincount(stratum_of(people), minlength=STRATA) / people.size
    assert shares.sum() == pytest.approx(1)
    error = np.sqrt(shares * (1 - shares) / people.size)
    assert (np.abs(found - shares) <= 4.5 * error).all()
    wrong = np.roll(shares, 1)
    assert (np.abs(found - wrong) > 4.5 * np.sqrt(wrong * (1 - wrong) / people.size)).any()
