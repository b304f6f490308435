"""Exposure curve and deadline of O01 (hold), O02 (late pushes) and O03 (retraction that may fail), in
closed form or by quadrature; each with the wrong model that its oracle names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log, pi, sqrt

import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from sim.answers.deadline import PREVIEW, deadline, exposure
from sim.answers.playing import Patch, stage_of
from sim.clock import MINUTE
from sim.scenario.reading import parse

from .checking import oracles
from .test_answers import EXPONENTIAL

MESSAGES = 60 * 400
"""Of `EXPONENTIAL`, all of them regretted."""
LOOK = 0.1
"""Looks a minute, in all three."""
HOLD_1, HOLD_2 = 2.0, oracles()["O02"]["parameters"]["hold"]["value"]
Model = Callable[[float], float]
"""The share that is read within so many minutes, or in the end if deleted by then."""


def held(minutes: float, hold: float = HOLD_1) -> float:
    """O01: the clock of looks starts at the end of the hold."""
    return 1 - exp(-LOOK * max(minutes - hold, 0.0))


def late(minutes: float) -> float:
    """O02: a look after a push that is late by a lognormal time, or by an exponential one."""
    left, slow = minutes - HOLD_2, 1 / 20

    def with_latency(z: float) -> float:
        rest = max(left - 0.05 * exp(z), 0.0)
        return (1 - exp(-LOOK * rest)) * exp(-z * z / 2) / sqrt(2 * pi)

    if left <= 0:
        return 0.0
    fast = quad(with_latency, -8, 8, limit=200, points=[log(left / 0.05)])[0]
    offline = 1 - (LOOK * exp(-slow * left) - slow * exp(-LOOK * left)) / (LOOK - slow)
    return 0.9 * fast + 0.1 * offline


def late_by_the_mean(minutes: float) -> float:
    return held(minutes, HOLD_2 + 0.9 * 0.05 * exp(0.5) + 0.1 * 20)


def left_behind(minutes: float, fails: float = 0.3) -> float:
    """O03: read before the deletion, or after it where the retraction fails or comes later."""
    ghost = fails + (1 - fails) * LOOK / (LOOK + 2.0)
    return 1 - exp(-LOOK * minutes) * (1 - ghost)


@dataclass(frozen=True)
class Case:
    patch: Patch
    curve: Model
    wrong_curve: Model
    end: Model
    wrong_end: Model


RACE = EXPONENTIAL
CASES = {
    "O01": Case({"send.hold": "2 min"}, held, lambda t: held(t, 0.0), held, lambda t: held(t, 0.0)),
    "O02": Case(
        {
            "send.hold": "30 s",
            "push.late_binding": True,
            "push.delay": {
                "dist": "mixture",
                "parts": [
                    {
                        "weight": 0.9,
                        "distribution": {"dist": "lognormal", "median": "3 s", "sigma": 1.0},
                    },
                    {"weight": 0.1, "distribution": {"dist": "exponential", "mean": "20 min"}},
                ],
            },
        },
        late,
        late_by_the_mean,
        late,
        late_by_the_mean,
    ),
    "O03": Case(
        {
            "push.retraction.chance": 0.7,
            "push.retraction.latency": {"dist": "exponential", "mean": "30 s"},
        },
        lambda t: held(t, 0.0),
        left_behind,
        left_behind,
        lambda t: left_behind(t, fails=0.0),
    ),
}


@pytest.mark.parametrize("oracle", CASES)
def test_the_exposure_curve_is_the_oracles(oracle: str) -> None:
    case = CASES[oracle]
    curve = exposure(stage_of(parse(RACE).patched(case.patch)))
    told_apart = 0
    for minutes in (1, 5, 10, 30):
        one, exact = curve.at(minutes * MINUTE, PREVIEW), case.curve(minutes)
        error = sqrt(max(exact * (1 - exact), 1 / MESSAGES) / MESSAGES)
        assert abs(one.value - exact) < 4.5 * error
        told_apart += abs(one.value - case.wrong_curve(minutes)) > 4.5 * error
    assert told_apart >= 2, "the wrong model"


@pytest.mark.parametrize("oracle", CASES)
def test_the_deadline_is_where_the_oracles_share_crosses_the_target(oracle: str) -> None:
    case, target = CASES[oracle], 0.5
    found = deadline(stage_of(parse(RACE).patched(case.patch)), target).crossing
    exact, wrong = (
        brentq(lambda t, f=f: f(t) - target, 0, 200) for f in (case.end, case.wrong_end)
    )
    density = (case.end(exact + 0.01) - case.end(exact - 0.01)) / 0.02
    error = sqrt(target * (1 - target) / MESSAGES) / density
    assert found.value is not None and found.low is not None and found.high is not None
    assert abs(found.value / MINUTE - exact) < 4.5 * error + 0.005 * exact
    assert abs(found.value / MINUTE - wrong) > 4.5 * error + 0.005 * exact, "the wrong model"
    assert found.low <= found.value <= found.high


def test_no_deadline_keeps_less_than_a_failing_retraction_leaves_behind() -> None:
    """O03: 0.3 + 0.7 * 0.1 / 2.1 = 1 / 3 is read however early the deletion; with the bug, 1 / 21."""
    stage = stage_of(parse(RACE).patched(CASES["O03"].patch), 20)
    assert left_behind(0.0) == pytest.approx(1 / 3)
    assert deadline(stage, 0.3).crossing.value is None
    assert left_behind(0.0, fails=0.0) < 0.3
    assert deadline(stage, 0.4).crossing.value is not None
