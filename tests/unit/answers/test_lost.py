"""The waterfall adds up exactly, and levers are what runs of the patched scenario give."""

from __future__ import annotations

import pytest

import sim
from sim.answers.lost import BASE, LEVERS, STEPS, TOGETHER, Waterfall, waterfall
from sim.answers.playing import Stage, stage_of
from sim.running import run
from sim.tallies import HEADLINE

NAMES = ("linkedin_dm_mail_with_text", "platforms/slack", "pricing_sheet_at_15_min", "window_edge")


@pytest.fixture(scope="module", params=NAMES)
def found(request: pytest.FixtureRequest) -> tuple[Stage, Waterfall]:
    stage = stage_of(sim.load(request.param), 10)
    return stage, waterfall(stage)


def test_steps_add_up_to_all_regretted_messages(found: tuple[Stage, Waterfall]) -> None:
    _, one = found
    assert sum(one.counts.values()) == one.regretted
    assert set(one.counts) == set(STEPS)
    read = sum(number for name, number in one.counts.items() if name.startswith("read"))
    assert read == one.lost


def test_a_lever_changes_what_a_run_of_the_patched_scenario_says(
    found: tuple[Stage, Waterfall],
) -> None:
    stage, one = found
    base = run(stage.scenario, policies=[], replications=10).sums
    assert base.total(base.policies[0], HEADLINE) == one.lost
    for name in ("every push is retracted, on every device", "no deletion is refused"):
        there = run(stage.scenario.patched(LEVERS[name]), policies=[], replications=10).sums
        change = there.total(there.policies[0], HEADLINE) - one.lost
        assert one.alone[name].value == pytest.approx(change / one.regretted, abs=1e-12)


def test_what_is_read_where_is_what_the_verdicts_say(found: tuple[Stage, Waterfall]) -> None:
    stage, one = found
    sums = run(stage.scenario, policies=[], replications=10).sums
    name = sums.policies[0]
    assert one.counts["caught in review"] == sums.total(name, "caught")
    assert one.counts["cancelled within the hold"] == sums.total(name, "cancelled")
    assert one.counts["never read"] == sums.total(name, "stopped")
    assert one.counts["undecided at the end of observation"] == sums.total(name, "open")


def test_all_levers_together_prevent_at_least_what_the_best_one_does(
    found: tuple[Stage, Waterfall],
) -> None:
    _, one = found
    assert one.together.value <= min(lever.value for lever in one.alone.values()) + 0.02
    assert BASE != TOGETHER
