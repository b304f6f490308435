"""The frontier: what is dominated, the knee, and the best within a budget."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.answers import answer
from sim.answers.frontier import Frontier
from sim.answers.marks import cheapest_between, dominated, knee
from sim.cli.answer_words import frontier_in_words
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


def test_no_point_is_the_cheapest_outside_its_range_of_exchange_rates() -> None:
    """Against brute force: the point of least price + rate * loss, over many rates."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        loss, price = rng.integers(1, 9, (2, 12)) / 8.0
        price[rng.random(12) < 0.2] = np.inf
        price[0] = 0.0
        found = cheapest_between(loss, price)
        for rate in rng.gamma(0.5, 4, 40):
            least = int(np.argmin(price + rate * loss))
            inside = np.flatnonzero((found[:, 0] <= rate) & (rate < found[:, 1]))
            assert inside.size == 1
            assert price[inside[0]] + rate * loss[inside[0]] == price[least] + rate * loss[least]


def test_what_is_not_dominated_need_not_be_the_cheapest_at_any_exchange_rate() -> None:
    """The wrong model: neighbours on the frontier, in place of its hull."""
    loss, price = np.array([0.5, 0.45, 0.1]), np.array([0.0, 9.0, 10.0])
    assert dominated(loss, price) == [False, False, False]
    assert np.isnan(cheapest_between(loss, price)[1]).all()


def frontier_of(winner: str | None, **columns: Any) -> Frontier:
    table = pd.DataFrame({"policy": ["a", "b"], "knee": False, **columns})
    return Frontier(table, 30.0, winner)


def test_the_best_within_a_budget_is_the_point_that_was_searched() -> None:
    best = frontier_of("b", read=[0.1, 0.2]).best
    assert best is not None and best["policy"] == "b", "it was found on other worlds"
    assert frontier_of(None, read=[0.1, 0.2]).best is None


def test_where_every_message_is_regretted_no_budget_binds() -> None:
    found = answer("after_hours_400", questions="frontier").frontier
    assert found is not None and found.nobody_pays and found.best is None
    (line, *_) = frontier_in_words(found)
    assert line.startswith("Every message is regretted here")


def test_what_is_paid_is_told_in_money_where_the_scenario_has_costs() -> None:
    dear = sim.load("linkedin_dm").patched({"costs": {"too_late": 50.0, "ghost": 20.0}})
    found = answer(dear, questions="frontier", replications=20).frontier
    assert found is not None
    cheap = found.table[found.table["money_from"].notna()].sort_values("money_from")
    ends = [*cheap["money_from"], np.inf]
    assert ends[0] == 0 and cheap["money_to"].tolist() == ends[1:], "every price of delay has one"
    assert (np.diff(cheap["cost"]) > 0).all() and (np.diff(cheap["delay_s"]) < 0).all()
    text = "\n".join(frontier_in_words(found))
    assert "In money a world" in text
    assert all(f"{row:,.2f} a world" in text for row in cheap["cost"])


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
        (
            {
                "questions": "hold",
                "levers": ["mistakes.noticed"],
                "target": 0.5,
                "replications": 40,
            },
            "does not lower what is read as it gets longer",
        ),
    ],
)
def test_a_question_that_cannot_be_answered_is_a_fault(given: dict[str, Any], words: str) -> None:
    with pytest.raises(FaultyInputError, match=words):
        answer("linkedin_dm", **{"replications": 5, **given})


def test_too_few_regretted_messages_make_no_number_up() -> None:
    rare = sim.load("linkedin_dm").patched({"mistakes.chance": 1e-5})
    with pytest.raises(
        FaultyInputError,
        match=r"nobody regretted a message; set or raise mistakes.chance|too few to answer by",
    ):
        answer(rare, questions="lost", replications=3)
