"""What could change the advice, on a scenario in which one assumed number decides by construction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim import parse
from sim.answers.playing import stage_of
from sim.answers.points import Points
from sim.answers.unknowns import Effort, Unknowns, _policies, _worlds, _worth_of_all, unknowns
from sim.running import run

DECIDES, IDLE = "push.delay", "push.expiry"
TEXT = """
schema = 1
people = "none"
baseline = "as it is"
run = { seed = 5, replications = 20, horizon = "1 d" }
traffic = { kind = "stream", senders = 4, recipients = 40, rate = "40 / d" }
mistakes = { chance = 0.5, noticed = "40 s" }
send = { hold = "30 s" }
push = { late_binding = true, delay = "15 s", expiry = "20 h" }
[[segments]]
name = "all"
glances = { gap = { dist = "exponential", mean = "30 s" }, length = "5 s" }
[policies."as it is"]
[policies.hide]
push.delay = "0 s"
segments.all.previews_hidden = 0.4
[sources]
"push.delay" = { assumed = "made to decide", sweep = ["0 s", "20 s"] }
"push.expiry" = { assumed = "made not to", sweep = ["18 h", "23 h"] }
"""
"""A push leaves 30 s after send is pressed and a delay d later; the sender notices after 40 s, and a
push that has not left by then is dropped. So with d > 10 s nothing is read as it is, and with less
everything; where previews are hidden from four in ten, the other six read at any d. Known d: hide if
d < 10 s, which comes true in half of the cases and saves 0.4 of them."""


@pytest.fixture(scope="module")
def found() -> Unknowns:
    scenario = parse(TEXT)
    answer = unknowns(stage_of(scenario, 20), scenario, Effort(32, 4, 8, 2), workers=1)
    assert answer is not None
    return answer


def test_the_unknown_that_decides_is_worth_most_and_one_that_does_not_is_not_above_the_floor(
    found: Unknowns,
) -> None:
    worth = found.worth.set_index("path")["worth"]
    assert found.worth["path"][0] == DECIDES
    assert found.worth_of_all == pytest.approx(0.5 * 0.4, abs=0.05)
    assert worth[DECIDES] == pytest.approx(0.5 * 0.4, abs=0.07), "a cubic blunts the step"
    assert worth[DECIDES] > found.floor > 0
    assert worth[IDLE] <= found.floor
    assert found.deciding["path"].tolist() == [DECIDES]


def test_a_number_that_moves_nothing_moves_less_than_the_draws_do(found: Unknowns) -> None:
    moves = found.worth.set_index("path")
    assert moves.loc[DECIDES, "moves_lead"] > 5 * found.dummy["moves_lead"] > 0
    assert moves.loc[IDLE, "moves_lead"] <= found.dummy["moves_lead"]
    assert moves.loc[DECIDES, "total_lead"] > 0.5 > found.dummy["total_lead"]


def test_a_point_is_a_run_of_the_patched_scenario_under_every_policy() -> None:
    scenario = parse(TEXT)
    given = Points.of(scenario, 20, workers=1)
    (read,), _ = given.play(np.array([[0.0, 1.0]]), "a point", lambda *_: None)
    there = scenario.patched({"push.delay": "0 s", "push.expiry": "23 h"})
    summary = run(there, engine="compiled").summary
    expected = [summary.headline(name).value for name in scenario.policy_names()]
    order = [given.policies.index(name) for name in scenario.policy_names()]
    assert read[order].tolist() == pytest.approx(expected)


def test_a_point_plays_as_many_replications_as_its_regretted_messages_need() -> None:
    scenario = parse(TEXT)  # regrets some 80 messages in a replication
    assert _worlds(stage_of(scenario, 100)) in range(6, 11)
    rare = scenario.patched({"mistakes.chance": 0.01})
    assert [_worlds(stage_of(rare, asked)) for asked in (100, 30, 3)] == [60, 30, 3]


def test_regret_is_the_most_that_a_policy_is_above_the_best_one(found: Unknowns) -> None:
    """Wrong where "as it is" is best: hide reads 0.6 of nothing; where not, as it is reads the other 0.4."""
    regret = found.policies.set_index("policy")["regret"]
    assert regret["hide"] == pytest.approx(0.6, abs=0.1)
    assert regret["as it is"] == pytest.approx(0.4, abs=0.1)
    assert found.least_regret == "as it is"


def test_knowing_all_is_worth_what_the_best_one_of_every_point_saves_by_hand() -> None:
    """Alone the first policy reads least, (1 + 4 + 4) / 3; with the best of each point (1 + 2 + 3) / 3."""
    read = np.array([[1.0, 5.0], [4.0, 2.0], [4.0, 3.0]])
    assert _worth_of_all(read) == pytest.approx(3 - 2)


def test_policies_are_summed_up_over_points_and_forms_in_shares_and_money_by_hand() -> None:
    read = np.array([[0.1, 0.5], [0.4, 0.2]])
    money = np.array([[10.0, 40.0], [30.0, 25.0]])
    forms = [
        ("as it is", "a", 0.3),
        ("as it is", "b", 0.3),
        ("other", "a", 0.2),
        ("other", "b", 0.8),
    ]
    structure = pd.DataFrame(forms, columns=["form", "policy", "read"])
    a, b = _policies(("a", "b"), read, money, structure).to_dict("records")
    assert a == pytest.approx(
        {
            "policy": "a",
            "low": 0.1,
            "high": 0.4,
            "mean": 0.25,
            "best_at": 0.5,
            "regret": 0.2,
            "cost": 20,
            "cost_regret": 5,
        }
    )
    assert b == pytest.approx(
        {
            "policy": "b",
            "low": 0.2,
            "high": 0.5,
            "mean": 0.35,
            "best_at": 0.5,
            "regret": 0.6,
            "cost": 32.5,
            "cost_regret": 30,
        }
    )
