"""Strata of regretted messages: their known shares are those of the messages that are drawn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sim.clock import NEVER
from sim.scenario.reading import load
from sim.world import draw_world
from sim.world.strata import PARTS, STRATA, has_parts, known_shares, stratum_of

LARGE = {"traffic.recipients": 40_000}
MANY = {"mistakes.chance": 0.9, "traffic.senders": 1000}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"segments.*.push": 1.0},
        {"email.delay": {"dist": "never"}},
        {"email.only_without_push": True},
        {"segments.*.email": {"off": 0.2, "instant": 0.0, "batched": 0.5, "digest": 0.3}},
        {"mistakes.noticed": "5 min"},
        {"mistakes.urgency": 0.6},
        {
            "mistakes.noticed": {
                "dist": "mixture",
                "parts": [
                    {"weight": 0.5, "distribution": {"dist": "exponential", "mean": "1 min"}},
                    {"weight": 0.5, "distribution": {"dist": "never"}},
                ],
            }
        },
    ],
)
def test_regretted_messages_are_in_strata_as_often_as_the_scenario_says(
    changes: dict[str, object],
) -> None:
    scenario = load("scenarios/linkedin_dm.toml").patched(LARGE | MANY | changes)
    shares, world = known_shares(scenario), draw_world(scenario, 0)
    m = world.messages
    stratum = stratum_of(world.recipients, m.recipient, m.noticed_part)[m.noticed != NEVER]
    found = np.bincount(stratum, minlength=STRATA) / stratum.size
    assert shares.sum() == pytest.approx(1)
    error = np.sqrt(shares * (1 - shares) / stratum.size)
    assert (np.abs(found - shares) <= 4.5 * error).all()
    wrong = np.roll(shares, 1)
    assert (np.abs(found - wrong) > 4.5 * np.sqrt(wrong * (1 - wrong) / stratum.size)).any()


def test_parts_go_from_the_shortest_delays_of_noticing_to_the_longest() -> None:
    scenario = load("scenarios/linkedin_dm.toml").patched(MANY)
    m = draw_world(scenario, 0).messages
    mistake = m.noticed != NEVER
    delay, part = (m.noticed - m.pressed)[mistake], m.noticed_part[mistake]
    ends = [(delay[part == k].min(), delay[part == k].max()) for k in range(PARTS)]
    assert all(a[1] <= b[0] for a, b in pairwise(ends))


@pytest.mark.parametrize("noticed", ["5 min", {"dist": "never"}])
def test_where_every_delay_of_noticing_is_the_same_there_is_one_part(noticed: object) -> None:
    scenario = load("scenarios/linkedin_dm.toml").patched({"mistakes.noticed": noticed})
    assert not has_parts(scenario)
    assert not draw_world(scenario, 0).messages.noticed_part.any()
