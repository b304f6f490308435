"""Each step of the waterfall holds the losses of a world that can lose messages there only, and each
lever empties the step that it is about."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.answers.lost import LEVERS, OUTLIVED, STEPS, TOGETHER, _joined, steps_of, waterfall
from sim.answers.playing import stage_of
from sim.cli.answer_words import lost_in_words
from sim.running import run
from sim.scenario.reading import parse
from sim.tallies import HEADLINE
from sim.verdicts import judge

from ..making import records

BASE = """
schema = 1
people = "none"
run = { seed = 9, replications = 10, horizon = "12 h" }
traffic = { kind = "campaign", messages = 40 }
mistakes = { chance = 1.0, noticed = "20 s", reaction = "0 s" }
senders = { deletions_at_once = 1000, action = "0 s" }
deletion = { propagation = "0 s" }
reading = { speed = inf }
push = { retraction = { chance = 1.0, latency = "0 s" } }
[[segments]]
name = "everyone"
glances = { gap = { dist = "exponential", mean = "10 min" }, length = "0 s" }
"""
UNDELAYED = "the sender notices, and deletes, without delay once it is noticed"
CASES: dict[str, tuple[dict[str, Any], str | None]] = {
    "read before the sender noticed": ({"mistakes.noticed": "10 h"}, None),
    "read while the sender decided": ({"mistakes.reaction": "10 h"}, UNDELAYED),
    "read while the deletion was done and took effect": (
        {"deletion.propagation": "10 h"},
        "a deletion takes effect at once",
    ),
    "read after the deletion was refused": ({"deletion.window": "none"}, "no deletion is refused"),
    "read after it, in a push that outlived the message": (
        {"push.retraction.chance": 0.0},
        "every push is retracted, on every device",
    ),
}


@pytest.mark.parametrize("step", CASES)
def test_a_world_that_loses_at_one_step_only_has_its_losses_there(step: str) -> None:
    patch, lever = CASES[step]
    stage = stage_of(parse(BASE).patched(patch))
    found = waterfall(stage)
    assert found.lost > 100
    early = found.counts["read before the sender noticed"] if lever else 0
    assert found.counts[step] + early == found.lost
    assert early < 0.05 * found.lost, "within the twenty seconds until the sender notices"
    if lever is not None:
        assert found.alone[lever].value == pytest.approx(
            (early - found.lost) / found.regretted, abs=0.02
        )
        helps = {name for name, one in found.alone.items() if one.value < -0.5}
        assert helps == {lever, "pushes show no text"}, "no other lever is about this step"


def test_whoever_deletes_one_by_one_loses_most_in_the_queue() -> None:
    one_by_one = {"senders.deletions_at_once": 1, "senders.action": "15 min"}
    found = waterfall(stage_of(parse(BASE).patched(one_by_one)))
    queue = found.counts["read while the deletion waited for the sender"]
    action = found.counts["read while the deletion was done and took effect"]
    assert found.lost == queue + action + found.counts["read before the sender noticed"]
    assert queue > 5 * action > 0, "one of forty is being deleted, and the rest wait"


def test_what_all_levers_but_one_change_is_a_run_without_that_one() -> None:
    stage = stage_of(sim.load("linkedin_dm"), 10)
    found = waterfall(stage)
    for name in ("no deletion is refused", "pushes show no text"):
        rest = _joined(patch for other, patch in LEVERS.items() if other != name)
        there = run(stage.scenario.patched(rest), policies=[], replications=10).sums
        change = (there.total(there.policies[0], HEADLINE) - found.lost) / found.regretted
        assert found.without[name].value == pytest.approx(change, abs=1e-12)
        said = next(line for line in lost_in_words(found) if f"  {name} (" in line)
        left = 100 * (found.together.value - found.without[name].value)
        assert f"({round(left, 1) + 0.0:+.1f} when all else is done)" in said
    assert found.together.value < min(one.value for one in found.alone.values())
    assert TOGETHER not in found.without


def test_tables_have_a_row_for_each_step_and_lever() -> None:
    found = waterfall(stage_of(sim.load("linkedin_dm"), 10))
    assert found.steps()["messages"].sum() == found.regretted
    assert found.steps()["share"].sum() == pytest.approx(1)
    assert found.table().set_index("lever")["change"].to_dict() == {
        name: one.value for name, one in found.alone.items()
    }


def test_what_is_read_at_the_instant_of_the_deletion_is_read_after_it() -> None:
    """As its verdict says: at one instant the deletion comes first."""
    push = {"push_dispatched": 1, "push_arrived": 2, "push_chars": 100, "push_read_until": 99}
    deletion = {"noticed": 10, "requested": 20, "started": 30, "completed": 40, "effective": 50}
    read = [{**push, **deletion, "push_left": at + 40, "push_noticed": at} for at in (49, 50, 51)]
    rows = records(*read)
    found = [STEPS[step] for step in steps_of(rows, judge(rows), "delete")]
    assert found == [
        "read while the deletion was done and took effect",
        OUTLIVED["phone"],
        OUTLIVED["phone"],
    ]
