"""O04 and O05: attention is an alternating renewal in equilibrium, whenever a message comes."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, pi, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from sim.clock import MINUTE
from sim.world.drawing import draw_world
from sim.world.looks import GLANCES
from sim.world.parts import World

from .checking import Array, check, convict, exact_values, mean, share
from .playing import Engine, leaked, minutes, scenario, waits, with_glances

RENEWAL = """
schema = 1
people = "none"
run = { seed = 401, horizon = "16 h" }
traffic = { kind = "campaign", messages = 1, start = "10 h" }
mistakes = { chance = 1.0, noticed = "30 min" }
reading = { speed = inf }
[[segments]]
name = "everyone"
[segments.glances]
gap = { dist = "lognormal", median = "12 min", sigma = 1.2 }
length = { dist = "lognormal", median = "1 min", sigma = 0.8 }
"""
ERLANG = """
schema = 1
people = "none"
run = { seed = 501, horizon = "4 h" }
traffic = { kind = "campaign", messages = 1, start = "2 h" }
mistakes = { chance = 1.0, noticed = "5 min" }
[[segments]]
name = "everyone"
[segments.glances]
gap = { dist = "gamma", mean = "20 min", shape = 2.0 }
length = "0 s"
"""
EXP8 = {"mistakes.noticed": {"dist": "exponential", "mean": "8 min"}}
EXP_GAP = {
    "segments.everyone.glances.gap": {"dist": "exponential", "mean": minutes(12 * exp(0.72))}
}
GAP, LOOK = (12.0, 1.2), (1.0, 0.8)
SENT = 600.0
"""Minute of the message: far from the start of the streams, whose equilibrium must hold at any
time."""


def lognormal_mean(law: tuple[float, float]) -> float:
    """Give the mean of (median, sigma)."""
    return law[0] * exp(law[1] ** 2 / 2)


def transform(law: tuple[float, float], mu: float) -> float:
    """Give E[exp(-mu X)] of a lognormal X."""
    return quad(
        lambda z: exp(-z * z / 2 - mu * law[0] * exp(law[1] * z)) / sqrt(2 * pi),
        -12,
        12,
        epsabs=1e-13,
    )[0]


def excess(law: tuple[float, float], t: float) -> float:
    """Give E[(X - t)+] of a lognormal X."""
    d2 = log(law[0] / t) / law[1]
    return lognormal_mean(law) * float(ndtr(d2 + law[1])) - t * float(ndtr(d2))


EG, EB = lognormal_mean(GAP), lognormal_mean(LOOK)
ON = EB / (EB + EG)
OFF = 1 - ON


def leak_by_notice(q: float, mu: float) -> float:
    """Give the leak for an exponential deletion when each look notices with chance q."""
    g, b = transform(GAP, mu), transform(LOOK, mu)
    later = q / (1 - (1 - q) * g * b)
    return ON * (q + (1 - q) * (1 - b) / (mu * EB) * g * later) + OFF * (1 - g) / (mu * EG) * later


def erlang_leak(first_stage: float) -> float:
    """Give O05's leak from the chance that the gap is in its first stage when the message comes."""
    return first_stage * (1 - exp(-0.5) * 1.5) + (1 - first_stage) * (1 - exp(-0.5))


EXACT = {
    ("O04", "p_on"): ON,
    ("O04", "leak_D5"): 1 - OFF * excess(GAP, 5) / EG,
    ("O04", "leak_D30"): 1 - OFF * excess(GAP, 30) / EG,
    ("O04", "leak_Dexp8"): leak_by_notice(1, 1 / 8),
    ("O04", "leak_Dexp8_q06"): leak_by_notice(0.6, 1 / 8),
    ("O04", "mean_wait"): OFF * GAP[0] ** 2 * exp(2 * GAP[1] ** 2) / (2 * EG),
    ("O04", "leak_D30_expgap"): 1 - OFF * exp(-30 / EG),
    ("O05", "t0_0"): erlang_leak(1),
    ("O05", "t0_5"): erlang_leak((1 + exp(-1)) / 2),
    ("O05", "t0_20"): erlang_leak((1 + exp(-4)) / 2),
    ("O05", "avg_0_60"): erlang_leak((1 + (1 - exp(-12)) / 12) / 2),
    ("O05", "stationary"): erlang_leak(1 / 2),
}


def test_the_formulas_give_the_listed_values() -> None:
    listed = {(o, k): v for o in ("O04", "O05") for k, v in exact_values(o).items()}
    assert pytest.approx(listed, rel=1e-6) == EXACT


def test_a_message_finds_attention_in_equilibrium_and_waits_for_what_is_left_of_a_length_biased_gap(
    engine: Engine,
) -> None:
    far = {"run.horizon": "30 d"}
    r = engine.records(scenario(RENEWAL, far, messages=engine.size("O04", "p_on", "leak_D30")))
    check("O04", "p_on", share(waits(r) == 0))
    check("O04", "leak_D30", share(leaked(r)))
    check("O04", "mean_wait", mean(waits(r)))


@pytest.mark.parametrize(
    ("key", "patch"),
    [
        ("leak_D5", {"mistakes.noticed": "5 min"}),
        ("leak_D5", {"mistakes.noticed": "5 min", "traffic.start": "0 s"}),
        ("leak_Dexp8", EXP8),
        ("leak_Dexp8_q06", EXP8 | {"segments.everyone.notice": 0.6}),
        ("leak_D30_expgap", EXP_GAP),
    ],
)
def test_a_preview_leaks_when_a_look_notices_it_before_the_deletion(
    engine: Engine, key: str, patch: dict[str, Any]
) -> None:
    r = engine.records(scenario(RENEWAL, patch, messages=engine.size("O04", key)))
    check("O04", key, share(leaked(r)))


def fresh_gap(world: World, on: float, squeeze: bool) -> World:
    """Let every recipient be looking at the message with a chance, or else look after a gap that
    starts with it."""
    n, rng = world.messages.size, np.random.default_rng(402)
    gap = GAP[0] * np.exp(GAP[1] * rng.standard_normal(n)) * (rng.random(n) if squeeze else 1)
    looking = rng.random(n) < on
    start = np.where(looking, SENT - 0.5, SENT + gap)
    return with_glances(world, start[:, None], np.where(looking, SENT + 0.5, start + 1)[:, None])


@pytest.mark.parametrize(
    ("bug", "on", "squeeze"),
    [
        ("a fresh gap drawn at arrival (inspection paradox forgotten), p_on kept", ON, False),
        ("a fresh gap drawn at arrival, never in a look at arrival", 0.0, False),
        ("residual drawn as uniform times a fresh (not length-biased) gap", ON, True),
    ],
)
def test_a_wrong_residual_gap_is_named(engine: Engine, bug: str, on: float, squeeze: bool) -> None:
    s = scenario(RENEWAL, messages=engine.size_of_mutant("O04", "leak_D30", bug))
    convict(
        "O04", "leak_D30", bug, share(leaked(engine.play(fresh_gap(draw_world(s, 0), on, squeeze))))
    )


def test_exponential_gaps_in_place_of_lognormal_ones_are_named(engine: Engine) -> None:
    bug = "exponential gaps substituted for lognormal gaps of equal mean"
    r = engine.records(
        scenario(RENEWAL, EXP_GAP, messages=engine.size_of_mutant("O04", "leak_D30", bug))
    )
    convict("O04", "leak_D30", bug, share(leaked(r)))


def next_start(world: World, recipient: int, instant: int) -> float:
    """Give the minute at which the first look that begins at or after an instant begins."""
    looks = world.looks(recipient, GLANCES)
    look = looks.meeting(instant)
    while look is not None and look[0] < instant:
        look = looks.after(look)
    return look[0] / MINUTE if look is not None else 1e9


def test_a_look_in_progress_that_sees_nothing_is_named(engine: Engine) -> None:
    bug = "look in progress at arrival ignored: must wait for the NEXT look start"
    n = engine.size_of_mutant("O04", "leak_D5", bug)
    world = draw_world(scenario(RENEWAL, {"mistakes.noticed": "5 min"}, messages=n), 0)
    starts = np.array([next_start(world, i, int(SENT) * MINUTE) for i in range(n)])
    convict("O04", "leak_D5", bug, share(leaked(engine.play(with_glances(world, starts[:, None])))))


def test_the_engine_starts_in_equilibrium_without_a_warm_up(engine: Engine) -> None:
    half = engine.size("O05", "stationary") // 2 + 1
    at_0 = engine.records(scenario(ERLANG, {"traffic.start": "0 s"}, messages=half))
    later = engine.records(scenario(ERLANG, {"run.seed": 502}, messages=half))
    both = share(np.concatenate([leaked(at_0), leaked(later)]))
    check("O05", "stationary", both, engine.beyond("O05", "stationary"))


def cold(n: int, patch: dict[str, Any], seed: int) -> World:
    """Start every recipient's looks at time 0 with a fresh gap."""
    world = draw_world(scenario(ERLANG, patch, messages=n), 0)
    gaps: Array = np.random.default_rng(seed).gamma(2.0, 10.0, size=(n, 14))
    return with_glances(world, np.cumsum(gaps, axis=1))


@pytest.mark.parametrize(("key", "age"), [("t0_0", "0 s"), ("t0_5", "5 min"), ("t0_20", "20 min")])
def test_a_cold_start_leaks_as_the_age_of_the_engine_says(
    engine: Engine, key: str, age: str
) -> None:
    r = engine.play(cold(engine.size("O05", key), {"traffic.start": age}, seed=503))
    check("O05", key, share(leaked(r)))
    if key == "t0_0":
        convict("O05", "stationary", "cold start, message at age 0", share(leaked(r)))


def first_hour(engine: Engine, n: int) -> Array:
    """Spread messages evenly over the first hour of a cold start, and tell which leak."""
    return leaked(
        engine.play(
            cold(n, {"traffic.start": "0 s", "traffic.throttle": f"{3600 / n:.6f} s"}, seed=504)
        )
    )


def test_messages_over_the_first_hour_of_a_cold_start_leak_less_than_in_equilibrium(
    engine: Engine,
) -> None:
    check("O05", "avg_0_60", share(first_hour(engine, engine.size("O05", "avg_0_60"))))


def test_a_short_run_from_a_cold_start_is_named(engine: Engine) -> None:
    bug = "cold start, no warm-up and no equilibrium draw, 1 h run"
    n = engine.size_of_mutant("O05", "stationary", bug)
    convict("O05", "stationary", bug, share(first_hour(engine, n)))


def test_the_hand_written_worlds_keep_all_but_the_looks() -> None:
    world = draw_world(scenario(ERLANG, messages=3), 0)
    hand = with_glances(world, np.array([[1.0], [2.0], [3.0]]))
    assert hand.looks(1, GLANCES).meeting(0) == (2 * MINUTE, 2 * MINUTE, 0)
    assert replace(hand, attention=world.attention) == world
