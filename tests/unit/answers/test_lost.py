"""The waterfall adds up exactly, and levers are what runs of the patched scenario give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.answers.lost import BASE, LEVERS, STEPS, TOGETHER, Waterfall, _patches, waterfall
from sim.answers.playing import Patch, Stage, stage_of
from sim.records import Records
from sim.running import run
from sim.tallies import HEADLINE
from sim.verdicts import Judged

BASELINE = "today"
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


Fates = dict[tuple[int, int, int], tuple[int, ...]]
"""What became of every regretted message, by replication, recipient and the time it was written."""


def fates_of(records: Records, judged: Judged, number: int) -> Fates:
    kept = np.flatnonzero(judged.regretted & judged.is_message)
    columns = (judged.verdict, judged.lost, judged.first_read, judged.phantom, judged.exposed)
    keys = zip(records["recipient"][kept].tolist(), records["written"][kept].tolist(), strict=True)
    each = zip(*(column[kept].tolist() for column in columns), strict=True)
    return {(number, *key): fate for key, fate in zip(keys, each, strict=True)}


def test_a_lever_does_to_every_message_what_a_run_of_the_patched_scenario_does(
    found: tuple[Stage, Waterfall],
) -> None:
    """Message by message, and with everybody played in the run; so does every other combination."""
    stage, one = replace(found[0], replications=2), found[1]
    together: dict[str, Fates] = {}
    patches = _patches(stage)
    stage.play(
        patches, keep=lambda n, name, r, j: together.setdefault(name, {}).update(fates_of(r, j, n))
    )
    changed = 0
    for name, patch in patches.items():
        alone: Fates = {}
        run(
            stage.scenario.patched(patch),
            policies=[],
            replications=2,
            everybody=True,
            engine="compiled",
            keep=lambda n, _, r, j, alone=alone: alone.update(fates_of(r, j, n)),
        )
        assert alone == together[name], name
        changed += alone != together[BASE]
    assert changed > 2, "levers change what becomes of messages"
    assert one.regretted > 0


def test_a_lever_changes_what_a_run_of_the_patched_scenario_says(
    found: tuple[Stage, Waterfall],
) -> None:
    stage, one = found
    base = run(stage.scenario, policies=[], replications=10, engine="compiled").sums
    assert base.total(base.policies[0], HEADLINE) == one.lost
    for name, patch in LEVERS.items():
        there = run(
            stage.scenario.patched(patch), policies=[], replications=10, engine="compiled"
        ).sums
        change = there.total(there.policies[0], HEADLINE) - one.lost
        if "send.hold" not in patch or stage.scenario.send.usual_hold < 10_000_000:
            assert one.alone[name].value == pytest.approx(change / one.regretted, abs=1e-12)


def test_an_interaction_is_what_two_levers_do_together_beyond_the_sum_of_both(
    found: tuple[Stage, Waterfall],
) -> None:
    stage, one = found
    assert len(one.interactions) in (0, 1, 3, 6), "every two of at most four"
    for pair, beyond in one.interactions.items():
        patch = {**LEVERS[pair[0]], **LEVERS[pair[1]]}
        there = run(
            stage.scenario.patched(patch), policies=[], replications=10, engine="compiled"
        ).sums
        both = (there.total(there.policies[0], HEADLINE) - one.lost) / one.regretted
        alone = sum(one.alone[name].value for name in pair)
        assert beyond.value == pytest.approx(both - alone, abs=1e-12)
        assert beyond.low <= beyond.value <= beyond.high


def test_what_is_read_where_is_what_the_verdicts_say(found: tuple[Stage, Waterfall]) -> None:
    stage, one = found
    sums = run(stage.scenario, policies=[], replications=10, engine="compiled").sums
    name = sums.policies[0]
    assert one.counts["caught in review"] == sums.total(name, "caught")
    assert one.counts["cancelled within the hold"] == sums.total(name, "cancelled")
    assert one.counts["never read"] == sums.total(name, "stopped")
    assert one.counts["undecided at the end of observation"] == sums.total(name, "open")


def test_shares_of_steps_are_corrected_as_those_of_a_run_are_and_add_up() -> None:
    scenario = sim.load("linkedin_dm")
    one = waterfall(stage_of(scenario, 60))
    headline = run(scenario, policies=[], replications=60).summary.headline(BASELINE)
    assert (one.read.value, one.read.low, one.read.high) == pytest.approx(
        (headline.value, headline.low, headline.high), rel=1e-12
    )
    assert abs(one.read.value - one.lost / one.regretted) > 0.002, "as counted it is another one"
    steps = dict(zip(one.counts, one.shares.value, strict=True))
    assert sum(steps.values()) == pytest.approx(1)
    read = sum(share for name, share in steps.items() if name.startswith("read"))
    assert read == pytest.approx(one.read.value)
    assert (one.shares.low <= one.shares.value).all()
    assert (one.shares.value <= one.shares.high).all()


def test_changes_of_levers_and_interactions_are_corrected_as_those_of_runs_are() -> None:
    scenario = sim.load("linkedin_dm")
    stage = stage_of(scenario, 60)
    one = waterfall(stage)
    lever, other = "pushes show no text", "no deletion is refused"

    def read(patch: Patch) -> float:
        there = run(stage.scenario.patched(patch), policies=[], replications=60)
        return there.summary.headline(there.policies[0]).value

    base, alone, also = read({}), read(LEVERS[lever]), read(LEVERS[other])
    assert one.alone[lever].value == pytest.approx(alone - base, rel=1e-9)
    pair = next(pair for pair in one.interactions if set(pair) == {lever, other})
    beyond = one.interactions[pair]
    both = read({**LEVERS[lever], **LEVERS[other]})
    assert beyond.value == pytest.approx(both - alone - also + base, rel=1e-9)
    assert beyond.low < beyond.value < beyond.high


def test_all_levers_together_prevent_at_least_what_the_best_one_does(
    found: tuple[Stage, Waterfall],
) -> None:
    _, one = found
    assert one.together.value <= min(lever.value for lever in one.alone.values()) + 0.02
    assert BASE != TOGETHER
