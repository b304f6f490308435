"""The frontier: what is dominated, the knee, and the best within a budget."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.answers import answer
from sim.answers.frontier import Frontier, dominated, knee
from sim.errors import FaultyInputError

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications


def test_a_point_is_dominated_by_one_that_is_no_worse_in_both_and_better_in_one() -> None:
    read, delay = np.array([0.5, 0.4, 0.4, 0.45, 0.3]), np.array([0.0, 10.0, 12.0, 9.0, 50.0])
    assert dominated(read, delay) == [False, False, True, False, False]
    assert dominated(np.array([0.5, 0.5]), np.array([1.0, 1.0])) == [False, False], "twins"


def test_the_knee_is_farthest_below_the_line_between_the_ends() -> None:
    read, delay = np.array([0.50, 0.40, 0.20, 0.18]), np.array([0.0, 10.0, 20.0, 100.0])
    assert knee(read, delay) == [False, False, True, False]
    assert knee(read[:2], delay[:2]) == [False, False], "two points have no knee"
    straight = np.array([0.5, 0.4, 0.3])
    assert knee(straight, np.array([0.0, 1.0, 2.0])) == [False] * 3


def test_the_best_within_a_budget_is_read_least_among_those_that_keep_it() -> None:
    table = pd.DataFrame(
        {
            "policy": ["a", "b", "c", "d"],
            "read": [0.5, 0.3, 0.2, 0.1],
            "delay_s": [0.0, 20.0, 40.0, 5.0],
            "far": [0.0, 0.0, 0.0, 0.5],
            "dominated": False,
            "knee": False,
        }
    )
    best = Frontier(table, 30.0).best
    assert best is not None and best["policy"] == "b", "d delays half of the messages by an hour"
    none = Frontier(table.iloc[1:], 1.0).best
    assert none is None


def test_policies_and_levers_are_played_on_the_same_worlds() -> None:
    dm = sim.load("linkedin_dm")
    found = answer(dm, questions="frontier", replications=30).frontier
    assert found is not None
    table = found.table.set_index("policy")
    shares = sim.run(dm, replications=30).shares.set_index(["policy", "measure"])["value"]
    for name in dm.policy_names():
        assert table["read"][name] == shares[name, "read"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"questions": "dedline"}, 'did you mean "deadline"'),
        ({"target": 0.0}, "no share between 0 and 1"),
        ({"target": 1.5}, "no share between 0 and 1"),
        ({"budget_s": -1.0}, "no delay"),
        ({"questions": "hold", "levers": ["badge.boost"]}, "no duration"),
    ],
)
def test_a_question_that_cannot_be_answered_is_a_fault(given: dict[str, Any], words: str) -> None:
    with pytest.raises(FaultyInputError, match=words):
        answer("linkedin_dm", replications=5, **given)


def test_too_few_regretted_messages_make_no_number_up() -> None:
    rare = sim.load("linkedin_dm").patched({"mistakes.chance": 1e-5})
    with pytest.raises(FaultyInputError, match="too few to answer by"):
        answer(rare, questions="lost", replications=3)
