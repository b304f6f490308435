"""O06: attention follows the recipient's week by a change of time, and so do the senders'."""

from __future__ import annotations

from math import cos, exp, log, pi, sin
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import i0, i1, ndtr

from sim.world.drawing import draw_world

from .checking import Array, check, convict, exact_values, share
from .playing import Engine, leaked, minutes, scenario, with_glances

RHYTHM = """
schema = 1
people = "none"
run = { seed = 601, horizon = "3 d" }
traffic = { kind = "campaign", messages = 1 }
mistakes = { chance = 1.0, noticed = "20 min" }
[[segments]]
name = "everyone"
glances = { gap = { dist = "exponential", mean = "1000 s" }, length = "0 s" }
"""
WRITERS = """
schema = 1
people = "none"
run = { seed = 602, horizon = "2 d" }
traffic = { kind = "stream", senders = 100, recipients = 1, rate = "1 / d", lasts = "1 d" }
mistakes = { chance = 1.0, noticed = "20 min" }
[[segments]]
name = "everyone"
glances = { gap = { dist = "exponential", mean = "1000 s" }, length = "0 s" }
"""
GAP, WEEK, NOTICED = "segments.everyone.glances.gap", "segments.everyone.week", "mistakes.noticed"
DAY = 1440
W = 2 * pi / DAY
L0, A, B = 0.06, 0.8, 0.7
SIGMA = 1.2


def wave(size: float, peak: float) -> list[float]:
    """Give a week's weights by the minute: the integral of 1 + size cos(W (t - peak)) over each."""
    edge = np.arange(DAY + 1)
    return [float(x) for x in np.diff(edge + size / W * np.sin(W * (edge - peak)))] * 7


LOOKING, WRITING = wave(A, 900), wave(B, 780)
CLUSTERED = {GAP: {"dist": "lognormal", "mean": "1000 s", "sigma": SIGMA}}
CASES: dict[str, dict[str, Any]] = {
    "uniform_D20": {WEEK: LOOKING},
    "send0300_D20": {WEEK: LOOKING, "traffic.start": "3 h"},
    "send1500_D20": {WEEK: LOOKING, "traffic.start": "15 h"},
    "uniform_Dexp30": {WEEK: LOOKING, NOTICED: {"dist": "exponential", "mean": "30 min"}},
    "uniform_D480": {
        WEEK: LOOKING,
        NOTICED: "480 min",
        GAP: {"dist": "exponential", "mean": "250 min"},
    },
    "renewal_optime_D20": {WEEK: LOOKING} | CLUSTERED,
    "renewal_optime_0300_D20": {WEEK: LOOKING, "traffic.start": "3 h"} | CLUSTERED,
    "sleep_block_D120": {
        WEEK: "waking",
        NOTICED: "120 min",
        GAP: {"dist": "exponential", "mean": "75 min"},
    },
}


def cumulative(t: Array | float, l0: float = L0) -> Any:
    """Give the integral of the look rate from a fixed instant to minute t."""
    return l0 * (t + A / W * np.sin(W * (np.asarray(t) - 900)))


def between(s: Array | float, d: float) -> Any:
    """Give the operational time between a send at minute s and a deletion d minutes later."""
    return cumulative(np.asarray(s) + d) - cumulative(s)


def z(d: float, l0: float = L0) -> float:
    """Give the argument of the Bessel functions."""
    return 2 * l0 * A / W * sin(W * d / 2)


def uniform(d: float, l0: float = L0) -> float:
    """Give the leak when sends are uniform over the day."""
    return 1 - exp(-l0 * d) * float(i0(z(d, l0)))


def renewed(t: Array | float) -> Any:
    """Give the chance of a look within operational time t in equilibrium, for lognormal gaps of
    mean 1."""
    d2 = (-(SIGMA**2) / 2 - np.log(t)) / SIGMA
    return 1 - (ndtr(d2 + SIGMA) - np.asarray(t) * ndtr(d2))


EVEN = (np.arange(4096) + 0.5) * DAY / 4096
EXACT = {
    "uniform_D20": uniform(20),
    "send0300_D20": 1 - exp(-float(between(180, 20))),
    "send1500_D20": 1 - exp(-float(between(900, 20))),
    "circadian_senders_D20": 1
    - exp(-L0 * 20) * float(i0(z(20)) - B * cos(W * (10 - 900 + 780)) * i1(z(20))),
    "uniform_Dexp30": quad(
        lambda d: exp(-d / 30) / 30 * uniform(d), 0, 1500, limit=500, epsabs=1e-12
    )[0],
    "uniform_D480": uniform(480, 0.004),
    "renewal_optime_D20": float(np.mean(renewed(between(EVEN, 20)))),
    "renewal_optime_0300_D20": float(renewed(between(180, 20))),
    "sleep_block_D120": 1 - (840 * exp(-2.4) + 360 + 2 * (1 - exp(-2.4)) / 0.02) / DAY,
}


def all_day(n: int, patch: dict[str, Any]) -> dict[str, Any]:
    """Spread a campaign evenly over one day, unless it has a fixed start."""
    return patch | (
        {} if "traffic.start" in patch else {"traffic.throttle": f"{DAY * 60 / n:.6f} s"}
    )


def written_over_a_day(n: int, week: Any) -> dict[str, Any]:
    """Let 100 senders write about n messages in one day, to so many recipients that hardly any gets
    two."""
    people = {"traffic.recipients": 40 * n, "traffic.rate": f"{n / 100:.6f} / d"}
    return people | {"traffic.week": week, WEEK: LOOKING}


def test_the_formulas_give_the_listed_values() -> None:
    assert pytest.approx(exact_values("O06"), rel=1e-6) == EXACT


@pytest.mark.parametrize("key", CASES)
def test_looks_follow_the_recipients_day_and_a_message_leaks_with_the_operational_time_until_its_deletion(
    engine: Engine, key: str
) -> None:
    n = engine.size("O06", key)
    check(
        "O06",
        key,
        share(leaked(engine.records(scenario(RHYTHM, all_day(n, CASES[key]), messages=n)))),
    )


def test_senders_and_recipients_who_share_a_rhythm_leak_more_than_independent_ones(
    engine: Engine,
) -> None:
    key, bug = "circadian_senders_D20", "sender and recipient rhythms treated as independent"
    n = engine.size("O06", key)
    check(
        "O06", key, share(leaked(engine.records(scenario(WRITERS, written_over_a_day(n, WRITING)))))
    )
    n = engine.size_of_mutant("O06", key, bug)
    convict(
        "O06",
        key,
        bug,
        share(leaked(engine.records(scenario(WRITERS, written_over_a_day(n, "flat"))))),
    )


@pytest.mark.parametrize(
    ("key", "bug", "patch"),
    [
        ("uniform_D20", "average rate substituted for the daily rhythm", {WEEK: "flat"}),
        (
            "send0300_D20",
            "recipient's rhythm applied in the sender's clock (6 h shift: 09:00 instead of 03:00)",
            {"segments.everyone.utc_offset": "6 h"},
        ),
        (
            "renewal_optime_D20",
            "Poisson looks substituted for clustered looks",
            {GAP: {"dist": "exponential", "mean": "1000 s"}},
        ),
        ("sleep_block_D120", "sleep block ignored, mean rate used", {WEEK: "flat"}),
    ],
)
def test_a_wrong_rhythm_is_named(engine: Engine, key: str, bug: str, patch: dict[str, Any]) -> None:
    n = engine.size_of_mutant("O06", key, bug)
    r = engine.records(scenario(RHYTHM, all_day(n, CASES[key] | patch), messages=n))
    convict("O06", key, bug, share(leaked(r)))


def first_look_at(engine: Engine, key: str, n: int, first: Array) -> Array:
    """Play a case with one look per recipient, at a minute of its own, and tell what leaked."""
    world = draw_world(scenario(RHYTHM, all_day(n, CASES[key]), messages=n), 0)
    return leaked(engine.play(with_glances(world, first[:, None])))


def sends(n: int) -> Array:
    """Give the minutes at which `all_day` sends."""
    return np.arange(n) * DAY / n


def test_a_rate_frozen_at_the_send_is_named(engine: Engine) -> None:
    key, bug = "uniform_D480", "rate frozen at the send time"
    n = engine.size_of_mutant("O06", key, bug)
    s, wait = sends(n), np.random.default_rng(603).exponential(size=n)
    rate = 0.004 * (1 + A * np.cos(W * (s - 900)))
    convict("O06", key, bug, share(first_look_at(engine, key, n, s + np.minimum(wait / rate, 1e6))))


def test_a_renewal_restarted_at_the_send_is_named(engine: Engine) -> None:
    key, bug = "renewal_optime_D20", "renewal restarted at the send (fresh gap in operational time)"
    n = engine.size_of_mutant("O06", key, bug)
    s, grid = sends(n), np.arange(0.0, 4 * DAY, 0.05)
    gap = np.random.default_rng(604).lognormal(-(SIGMA**2) / 2, SIGMA, size=n)
    first = np.interp(cumulative(s) + gap, cumulative(grid), grid)
    convict("O06", key, bug, share(first_look_at(engine, key, n, first)))


def test_a_gap_of_a_thousand_seconds_in_operational_time_is_the_rate_of_the_oracle() -> None:
    assert minutes(1 / L0) == "1000.000000 s"
    assert log(1000 / 60 * L0) == pytest.approx(0)
