"""Answers in closed form: exposure curve, deadline and hold of worlds that are exponential, and
competing risks; each with a wrong answer that is told apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pytest

from sim import estimates as est
from sim.answers.crossing import crossing
from sim.answers.deadline import APP, PREVIEW, TIMES, deadline, exposure
from sim.answers.frontier import frontier
from sim.answers.hold import hold
from sim.answers.incidence import DELETED, incidence
from sim.answers.incidence import PREVIEW as IN_PREVIEW
from sim.answers.playing import stage_of
from sim.clock import MINUTE, SECOND
from sim.estimates.incidence import pseudo_values
from sim.scenario.reading import parse

from .checking import check, convict, exact_values, mean, oracles

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


READ_RATE, DELETE_RATE = 1 / MEAN_GAP, 1 / NOTICED


def first(rate: float, minutes: float) -> float:
    """Give the chance that one of two exponential events comes first, and within so long."""
    both = READ_RATE + DELETE_RATE
    return rate / both * (1 - math.exp(-both * minutes))


@pytest.mark.parametrize(("event", "rate"), [(DELETED, DELETE_RATE), (IN_PREVIEW, READ_RATE)])
def test_what_came_first_is_a_race_of_two_exponentials(event: str, rate: float) -> None:
    """O01 over time; one minus Kaplan-Meier takes the rival for a censoring."""
    times = (MINUTE, 5 * MINUTE, 30 * MINUTE)
    found = incidence(stage_of(parse(EXPONENTIAL)), times)
    for time in times:
        one, exact = found.at(time, event), first(rate, time / MINUTE)
        error = math.sqrt(exact * (1 - exact) / (60 * 400))
        assert abs(one.value - exact) < 4.5 * error
    alone = 1 - math.exp(-rate * 30)
    assert abs(found.at(30 * MINUTE, event).value - alone) > 4.5 * error, "1 - Kaplan-Meier"


def test_what_is_retracted_leaves_nothing_behind_and_what_stays_is_read() -> None:
    gone, stays = (
        incidence(
            stage_of(parse(EXPONENTIAL).patched({"push.retraction.chance": chance}), 20), TIMES
        )
        for chance in (1.0, 0.0)
    )
    assert gone.ghosts.value == 0
    assert stays.ghosts.value > 0.999, "whoever looks within twelve hours reads it"


def censored(rng: np.random.Generator, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Draw when 20,000 messages of O13 have their first event or are censored, and which it was."""
    n, given = 20_000, oracles()["O13"]["parameters"]
    if part == "exponential":
        rates = [given[name]["value"] for name in ("censoring", "read", "delete", "thread")]
        latent = np.stack([rng.exponential(1 / rate, n) for rate in rates])
    else:
        read = given["weibull_scale"]["value"] * rng.weibull(given["weibull_shape"]["value"], n)
        sigma = given["lognormal_sigma"]["value"]
        deleted = given["lognormal_median"]["value"] * rng.lognormal(0, sigma, n)
        latent = np.stack([rng.exponential(given["censoring_mean"]["value"], n), read, deleted])
    return latent.min(axis=0), latent.argmin(axis=0)


@pytest.mark.parametrize(
    ("part", "key", "cause", "at"),
    [
        ("exponential", "CIF_read_5", 1, 5.0),
        ("exponential", "CIF_read_10", 1, 10.0),
        ("exponential", "CIF_read_30", 1, 30.0),
        ("exponential", "CIF_delete_10", 2, 10.0),
        ("weibull and lognormal", "weibull_lognormal_CIF_10", 1, 10.0),
    ],
)
def test_cumulative_incidence_is_aalen_and_johansens(
    part: str, key: str, cause: int, at: float
) -> None:
    """O13: 30 data sets, censored at times that differ by message."""
    rng, found = np.random.default_rng(13), []
    for _ in range(30):
        time, event = censored(rng, part)
        one = est.incidence(time, event, np.arange(time.size) // 100, [at], kinds=3)
        found.append(float(one.value[0, cause - 1]))
    check("O13", key, mean(found))


def kaplan_meier(time: np.ndarray, event: np.ndarray, cause: int, at: float) -> float:
    """Give one minus Kaplan-Meier's estimate, which takes every rival for a censoring."""
    order = np.argsort(time)
    hit = (event[order] == cause) & (time[order] <= at)
    return 1 - float(np.prod(1 - hit / np.arange(time.size, 0, -1)))


def in_all(time: np.ndarray, event: np.ndarray, cause: int, at: float) -> float:
    """Give the share of all messages, censored or not."""
    return float(np.mean((event == cause) & (time <= at)))


@pytest.mark.parametrize(
    ("wrong", "key", "at", "bug"),
    [
        (kaplan_meier, "CIF_read_10", 10.0, "one minus Kaplan-Meier reported as P(leak by 10 min)"),
        (kaplan_meier, "CIF_read_30", 30.0, "one minus Kaplan-Meier reported as P(leak by 30 min)"),
        (
            in_all,
            "CIF_read_30",
            30.0,
            "naive proportion with censored messages kept in the denominator",
        ),
    ],
)
def test_a_wrong_incidence_is_told_apart(
    wrong: Callable[..., float], key: str, at: float, bug: str
) -> None:
    rng = np.random.default_rng(13)
    found = [wrong(*censored(rng, "exponential"), 1, at) for _ in range(30)]
    convict("O13", key, bug, mean(found))


def test_pseudo_values_are_plain_counts_without_censoring_and_the_jackknifes_with_it() -> None:
    rng = np.random.default_rng(5)
    time, event = censored(rng, "exponential")
    time, event = np.ceil(time[:300]), event[:300]  # with ties
    plain = pseudo_values(time[event > 0], event[event > 0], 10.0, 3)
    counted = (event[event > 0] == 1) & (time[event > 0] <= 10)
    assert plain[:, 0] == pytest.approx(counted.astype(float), abs=1e-12)
    found = pseudo_values(time, event, 10.0, 3)[:, 0]
    whole = found.mean()
    without = [
        pseudo_values(np.delete(time, k), np.delete(event, k), 10.0, 3)[:, 0].mean()
        for k in range(time.size)
    ]
    jackknife = time.size * whole - (time.size - 1) * np.array(without)
    assert found == pytest.approx(jackknife, abs=0.01)


def test_the_hold_for_a_rare_leak_is_that_of_the_race_in_closed_form() -> None:
    """S2: the hold that leaves one message in ten thousand, with rates 0.1 and 0.2 a minute."""
    exact = exact_values("S2")["hold_for_1e-4"] * MINUTE

    def leaks(durations: Sequence[int]) -> list[est.Estimate]:
        shares = [math.exp(-d / MINUTE / NOTICED) / 3 for d in durations]
        return [est.share([one * 1e12] * 40, [1e12] * 40).at() for one in shares]

    grid = (0, MINUTE, 10 * MINUTE, 100 * MINUTE)
    found = crossing(leaks, grid, 1e-4, "falling")
    assert found.value is not None
    assert exact <= found.value < 1.006 * exact
    rare = parse(EXPONENTIAL).patched({"run.replications": 500})
    played = hold(stage_of(rare), 1e-4).crossing
    assert played.low is not None and played.high is not None
    assert played.low <= exact <= played.high
    swapped = MEAN_GAP * math.log(1 / 3 / 1e-4) * MINUTE
    assert not played.low <= swapped <= played.high


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


def test_the_best_combination_within_a_budget_uses_it_up_where_all_delays_are_alike() -> None:
    """After delays of B in all, by whatever lever, the race is lost with chance exp(-B/5)/3. The wrong
    search is the best point of the grid that keeps the budget."""
    scenario = parse(EXPONENTIAL).patched({"mistakes.chance": 0.5})
    budget = 4.0
    found = frontier(stage_of(scenario), scenario, budget * 60)
    best, exact = found.best, math.exp(-budget / NOTICED) / 3
    error = math.sqrt(exact * (1 - exact) / (60 * 200))
    assert best is not None
    assert abs(best["read"] - exact) < 4.5 * error + 0.02 * exact
    assert best["low"] <= best["read"] <= best["high"]
    assert best["delay_s"] == pytest.approx(budget * 60, rel=0.03)
    grid = found.table[(found.table["policy"] != found.winner)]
    within = grid[grid["delay_s"] <= budget * 60]["read"].min()
    assert abs(within - exact) > 4.5 * error + 0.02 * exact


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
