"""Answers in closed form: exposure curve, deadline and hold of worlds that are exponential, and
competing risks; each with a wrong answer that is told apart."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from sim import estimates as est
from sim.answers.crossing import crossing
from sim.answers.deadline import APP, PREVIEW, TIMES, deadline, exposure
from sim.answers.hold import hold
from sim.answers.playing import stage_of
from sim.clock import MINUTE, SECOND
from sim.scenario.reading import parse

MEAN_GAP, NOTICED = 10.0, 5.0
"""Minutes between glances, and until the sender notices."""
EXPONENTIAL = f"""
schema = 1
people = "none"
run = {{ seed = 9, replications = 60, horizon = "12 h" }}
traffic = {{ kind = "campaign", messages = 400 }}
mistakes = {{ chance = 1.0, noticed = {{ dist = "exponential", mean = "{NOTICED} min" }} }}
senders = {{ deletions_at_once = 1000 }}
reading = {{ speed = inf }}
[push.retraction]
chance = 1.0
latency = "0 s"
[[segments]]
name = "everyone"
glances = {{ gap = {{ dist = "exponential", mean = "{MEAN_GAP} min" }}, length = "0 s" }}
"""


def test_the_exposure_curve_is_the_distribution_of_the_next_look() -> None:
    curve = exposure(stage_of(parse(EXPONENTIAL)))
    for time in (MINUTE, 10 * MINUTE, 30 * MINUTE):
        one = curve.at(time, PREVIEW)
        exact = 1 - math.exp(-time / MINUTE / MEAN_GAP)
        error = math.sqrt(exact * (1 - exact) / (60 * 400))
        assert abs(one.value - exact) < 4.5 * error
        wrong = 1 - math.exp(-time / MINUTE / (2 * MEAN_GAP))
        assert abs(one.value - wrong) > 4.5 * error, "length-biased gaps would be told apart"
        assert curve.at(time, APP).value == 0


def test_a_curve_counts_only_those_who_were_observed_for_so_long() -> None:
    """O13: with administrative censoring that is the cumulative incidence; all messages in the
    denominator, or one minus Kaplan-Meier where something competes, are not."""
    rng, n = np.random.default_rng(13), 200_000
    read, deleted, opened = (rng.exponential(1 / h, n) for h in (0.06, 0.10, 0.03))
    censored = rng.exponential(1 / 0.02, n)
    first = np.minimum.reduce([read, deleted, opened])
    exact = 0.06 / 0.19 * (1 - math.exp(-0.19 * 30))
    observed = censored > 30
    event = (read == first) & (first <= 30)
    error = math.sqrt(exact * (1 - exact) / observed.sum())
    assert abs(event[observed].mean() - exact) < 4.5 * error
    seen = event & (first <= censored)
    assert abs(seen.mean() - exact) > 4.5 * error, "censored messages in the denominator"
    assert abs(0.8347011117784134 - exact) > 4.5 * error, "one minus Kaplan-Meier"


@pytest.mark.parametrize("target", [0.1, 0.5])
def test_the_deadline_is_the_quantile_of_the_next_look_where_nothing_outlives_the_message(
    target: float,
) -> None:
    found = deadline(stage_of(parse(EXPONENTIAL)), target).crossing
    exact = -MEAN_GAP * math.log(1 - target) * MINUTE
    assert found.value is not None and found.low is not None and found.high is not None
    spread = math.sqrt(target * (1 - target) / (60 * 400)) / ((1 - target) / MEAN_GAP) * MINUTE
    assert abs(found.value - exact) < 4.5 * spread + 0.02 * exact
    wrong = -MEAN_GAP * math.log(target) * MINUTE
    assert target == 0.5 or abs(found.value - wrong) > 4.5 * spread + 0.02 * exact
    assert found.low <= found.value <= found.high
    assert found.high - found.low < 10 * spread + 0.04 * exact


def test_a_deadline_says_that_no_speed_is_enough_and_which_lever_would_be() -> None:
    stays = parse(EXPONENTIAL).patched({"push.retraction.chance": 0.0, "push.latency": "0 s"})
    found = deadline(stage_of(stays), 0.5)
    assert found.crossing.value is None
    assert found.fastest.value > 0.99, "whoever looks at all reads what outlived the message"
    assert found.levers["mails show no text"].value is None
    retracted = found.levers["every push is retracted"].value
    assert retracted == pytest.approx(-MEAN_GAP * math.log(0.5) * MINUTE, rel=0.1)


@pytest.mark.parametrize("lever", ["send.hold", "push.delay"])
def test_the_hold_needed_is_where_the_race_of_two_exponentials_is_lost_as_often_as_asked(
    lever: str,
) -> None:
    """After a hold H the deletion is still to come with chance exp(-H/5), and then the look comes
    first with chance 5/(5 + 10)."""
    at_0 = NOTICED / (NOTICED + MEAN_GAP)
    target = 0.1
    found = hold(stage_of(parse(EXPONENTIAL)), target, lever)
    exact = NOTICED * math.log(at_0 / target) * MINUTE
    spread = NOTICED / target * math.sqrt(target * (1 - target) / (60 * 400)) * MINUTE
    assert found.crossing.value is not None
    assert abs(found.crossing.value - exact) < 4.5 * spread + 0.02 * exact
    wrong = MEAN_GAP * math.log(at_0 / target) * MINUTE
    assert abs(found.crossing.value - wrong) > 4.5 * spread + 0.02 * exact, "rates swapped"
    assert found.crossing.low is not None and found.crossing.low <= found.crossing.value


def test_a_lever_that_is_not_in_the_way_changes_nothing_and_says_so() -> None:
    found = hold(stage_of(parse(EXPONENTIAL), 10), 0.1, "email.delay")
    assert found.idle
    assert found.crossing.value is None


def shares_of(read: np.ndarray, durations: list[int]) -> list[est.Estimate]:
    """Give the share read within each duration: `read` is (worlds, messages), seconds."""
    n = np.full(len(read), read.shape[1])
    return [est.share((read <= d / SECOND).sum(axis=1), n).at() for d in durations]


def test_the_interval_of_a_deadline_covers_it_and_one_of_independent_messages_does_not() -> None:
    rng, target, sets, worlds, size = np.random.default_rng(7), 0.1, 400, 30, 20
    k = 4.0  # frailty of a world: gamma(4), so that P(read by t) = 1 - (1 + t/(600 k))^-k
    exact = 600 * k * ((1 - target) ** (-1 / k) - 1) * SECOND
    grid = TIMES[::3]
    covered = naive = 0
    for _ in range(sets):
        frail = rng.gamma(k, 1 / k, size=(worlds, 1))
        read = rng.exponential(600, size=(worlds, size)) / frail
        found = crossing(partial(shares_of, read), grid, target, "rising")
        low, high = found.low or 0, found.high or found.longest
        covered += low <= exact * 1.02 and exact <= high * 1.02
        pooled = read.reshape(-1, 1)
        alone = crossing(partial(shares_of, pooled), grid, target, "rising")
        naive += (alone.low or 0) <= exact <= (alone.high or 0)
    error = math.sqrt(0.95 * 0.05 / sets)
    assert covered / sets > 0.95 - 4 * error
    assert naive / sets < 0.95 - 2 * error, "messages of a world are not independent"
