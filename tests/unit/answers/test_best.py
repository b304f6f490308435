"""Which policy is best: dropped batch by batch, with the probability of being best."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim import estimates as est
from sim.answers import answer
from sim.answers.best import INDIFFERENCE, MOST, Until, best
from sim.answers.playing import stage_of
from sim.cli.choice_words import best_in_words, best_table
from sim.summaries import compared

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications


def test_a_clear_best_is_chosen_at_the_first_stage_and_no_world_more_is_played() -> None:
    dm = sim.load("linkedin_dm")
    found = best(stage_of(dm, 200), dm)
    assert found is not None
    assert found.chosen == found.leader == "retract push"
    assert found.replications == 200
    assert found.table["chance"].sum() == pytest.approx(1)
    text = " ".join(best_in_words(found))
    assert '"retract push" is chosen after 200 worlds' in text
    assert best_table(found).row_count == len(found.table)


def test_a_fixed_number_of_replications_is_kept_and_nothing_is_chosen() -> None:
    found = answer("linkedin_dm", questions="best", replications=33).best
    assert found is not None and found.replications == 33
    assert found.chosen is None
    (line, *_) = best_in_words(found)
    assert line.startswith(f'Under "{found.leader}"') and line.endswith("given 33 worlds.")


def test_policies_that_differ_by_less_than_the_zone_are_said_not_to_matter() -> None:
    recruiter = sim.load("recruiter")
    found = best(stage_of(recruiter, 40), recruiter)
    assert found is not None
    assert 'so that the choice does not matter: "' in " ".join(best_in_words(found))
    if found.chosen is None:
        assert found.replications == MOST * 40


def test_shares_are_those_of_a_run_and_batches_have_their_mean() -> None:
    dm = sim.load("linkedin_dm")
    found = best(stage_of(dm, 60), dm, fixed=True)
    outcome = sim.run(dm, replications=60)
    shares = outcome.shares.set_index(["policy", "measure"])["value"]
    assert found is not None
    for row in found.table.to_dict(orient="records"):
        assert row["read"] == shares[row["policy"], "read"]
    plain = compared(outcome.sums)
    batches = est.batches(plain.hits, plain.of, 3)
    assert batches.shape == (20, 4)
    assert batches.mean(axis=0) == pytest.approx(plain.each.value, abs=1e-12)


def test_the_choice_keeps_what_it_has_dropped_and_never_decides_in_the_first_stage() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(0, 0.1, (60, 1)) + rng.normal([0.3, 0.3, 0.5], 0.002, (60, 3))
    for many in (5, est.FIRST_STAGE - 1):
        assert est.kim_nelson(x[:many], 0.001).contenders.all()
    kept = np.array([est.kim_nelson(x[:many], 0.001).contenders for many in range(20, 61)])
    assert (np.diff(kept.astype(int), axis=0) <= 0).all()
    assert not kept[-1, 2]


def test_policies_that_differ_in_no_message_are_no_reason_to_go_on() -> None:
    twin = np.repeat(np.random.default_rng(1).normal(0.3, 0.02, (40, 1)), 2, axis=1)
    found = est.kim_nelson(twin, 0.005)
    assert found.decided_after == est.FIRST_STAGE
    assert found.contenders.tolist() == [True, False], "the first stands for both"


def test_a_policy_is_alike_the_best_other_one_where_no_message_changes_sides() -> None:
    retry = sim.load("instant_regret")
    twice = retry.with_policy("undo again", retry.policies["undo 30 s"])
    found = best(stage_of(twice, 40), twice, fixed=True)
    assert found is not None
    alike = found.table.set_index("policy")["alike"]
    assert alike["undo 30 s"] and alike["undo again"]
    assert not alike[
        [name for name in alike.index if name not in ("undo 30 s", "undo again")]
    ].any()
    rows = best_table(found).columns[2].cells
    assert list(rows).count("none changed") == 2


def test_looks_are_whole_batches_from_the_first_stage_to_the_most() -> None:
    looks = Until(10).looks()
    assert looks[0] == 10 * est.FIRST_STAGE and looks[-1] == MOST * 10 * est.FIRST_STAGE
    assert all(look % 10 == 0 for look in looks) and looks == sorted(set(looks))
    assert INDIFFERENCE == 0.005


def test_the_probability_of_being_best_is_that_of_the_normal_difference() -> None:
    rng = np.random.default_rng(9)
    y = rng.binomial(100, [0.30, 0.305], (50, 2)).astype(float)
    found = est.chance_of_best(y, np.full(y.shape, 100.0))
    d = (y[:, 1] - y[:, 0]) / 100
    z = d.mean() / (d.std(ddof=1) / 50**0.5)
    exact = 0.5 * (1 + np.sign(z) * np.sqrt(1 - np.exp(-2 * z * z / np.pi)))  # to 0.003
    assert found[0] == pytest.approx(exact, abs=0.01)
