"""O01 and O02: the preview's reading races the deletion, behind a hold, with propagation and with
push latency."""

from __future__ import annotations

from math import exp, pi, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from sim.clock import MINUTE, NEVER

from .checking import check, convict, exact_values, share
from .playing import Engine, ghosts, leaked, scenario

RACE = """
schema = 1
people = "none"
run = { seed = 101, horizon = "1 d" }
traffic = { kind = "campaign", messages = 1 }
mistakes = { chance = 1.0, noticed = { dist = "exponential", mean = "5 min" } }
senders = { action = "0 s" }
reading = { speed = inf }
[[segments]]
name = "everyone"
glances = { gap = { dist = "exponential", mean = "10 min" }, length = "0 s" }
"""
LATENCY = (
    RACE.replace("seed = 101", "seed = 102")
    + """
[send]
hold = "30 s"
[push]
late_binding = false
latency = { dist = "lognormal", median = "3 s", sigma = 1.0 }
slow = { chance = 0.1, latency = { dist = "exponential", mean = "20 min" } }
"""
)
AT_THE_SERVER = """
schema = 1
people = "none"
run = { seed = 103, horizon = "1 d" }
traffic = { kind = "campaign", messages = 1 }
mistakes = { chance = 1.0, noticed = { dist = "exponential", mean = "5 min" } }
send = { hold = "30 s" }
[push]
late_binding = true
delay.dist = "mixture"
delay.parts = [
    { weight = 0.9, distribution = { dist = "lognormal", median = "3 s", sigma = 1.0 } },
    { weight = 0.1, distribution = { dist = "exponential", mean = "20 min" } },
]
[[segments]]
name = "everyone"
glances = { gap = { dist = "exponential", mean = "10 min" }, length = "0 s" }
"""
CASES: dict[str, dict[str, Any]] = {
    "h0": {},
    "h2": {"send.hold": "2 min"},
    "h2_p1": {"send.hold": "2 min", "deletion.propagation": "1 min"},
    "h05_p15": {"send.hold": "30 s", "deletion.propagation": "90 s"},
    "h2_uncond": {"send.hold": "2 min", "mistakes.chance": 0.02},
}
L, MU = 0.1, 0.2


def phi_latency() -> float:
    """Give E[exp(-mu L)] of O02's push latency."""
    fast = quad(
        lambda z: exp(-z * z / 2 - MU * 0.05 * exp(z)) / sqrt(2 * pi), -12, 12, epsabs=1e-13
    )[0]
    return 0.9 * fast + 0.1 / (1 + 20 * MU)


HELD, PHI = exp(-MU * 0.5), phi_latency()
EXACT = {
    ("O01", "h0"): L / (L + MU),
    ("O01", "h2"): exp(-MU * 2) * L / (L + MU),
    ("O01", "h2_p1"): exp(-MU * 1) * L / (L + MU),
    ("O01", "h05_p15"): 1 - exp(-L * 1) * MU / (L + MU),
    ("O01", "h2_uncond"): 0.02 * exp(-MU * 2) * L / (L + MU),
    ("O02", "leak"): HELD * PHI * L / (L + MU),
    ("O02", "ghost_nocancel"): HELD - HELD * PHI * L / (L + MU),
    ("O02", "ghost_cancel"): HELD * PHI * MU / (L + MU),
    ("O02", "suppressed_inflight"): HELD * (1 - PHI),
}


def test_the_formulas_give_the_listed_values() -> None:
    listed = {(o, k): v for o in ("O01", "O02") for k, v in exact_values(o).items()}
    assert pytest.approx(listed, rel=1e-6) == EXACT


@pytest.mark.parametrize("key", CASES)
def test_a_preview_leaks_when_it_is_read_before_a_deletion_that_the_hold_and_propagation_shift(
    engine: Engine, key: str
) -> None:
    r = engine.records(scenario(RACE, CASES[key], messages=engine.size("O01", key)))
    check("O01", key, share(leaked(r)))


def test_a_clock_that_starts_at_the_send_instead_of_the_showing_is_named(engine: Engine) -> None:
    bug = "attention clock started at the send instead of at the moment the preview is shown"
    r = engine.records(scenario(RACE, messages=engine.size_of_mutant("O01", "h2", bug)))
    convict("O01", "h2", bug, share(leaked(r) & (r["effective"] > r["pressed"] + 2 * MINUTE)))
    convict("O01", "h2", "hold ignored", share(leaked(r)))


def test_propagation_that_is_ignored_is_named(engine: Engine) -> None:
    bug = "propagation delay ignored (deletion treated as effective at the request)"
    r = engine.records(
        scenario(RACE, CASES["h2"], messages=engine.size_of_mutant("O01", "h2_p1", bug))
    )
    convict("O01", "h2_p1", bug, share(leaked(r)))


def test_a_share_of_deleted_instead_of_sent_messages_is_named(engine: Engine) -> None:
    bug = "wrong denominator (per deleted message instead of per sent message)"
    often = CASES["h2_uncond"] | {"mistakes.chance": 0.5}
    r = engine.records(
        scenario(RACE, often, messages=engine.size_of_mutant("O01", "h2_uncond", bug))
    )
    convict("O01", "h2_uncond", bug, share(leaked(r)[r["regretted"]]))


def test_a_push_in_flight_is_not_stopped_by_a_deletion_and_is_read_as_a_ghost(
    engine: Engine,
) -> None:
    r = engine.records(scenario(LATENCY, messages=engine.size("O02", "leak", "ghost_nocancel")))
    check("O02", "leak", share(leaked(r)))
    check("O02", "ghost_nocancel", share(ghosts(r)))
    in_flight = (r["accepted"] != NEVER) & (r["effective"] < r["push_arrived"])
    check("O02", "suppressed_inflight", share(in_flight))
    assert np.all(leaked(r) | ghosts(r) == (r["cancelled"] == NEVER)), (
        "a push that was sent is read sooner or later"
    )


def test_a_push_that_late_binding_holds_at_the_server_is_suppressed_by_a_deletion(
    engine: Engine,
) -> None:
    r = engine.records(scenario(AT_THE_SERVER, messages=engine.size("O02", "leak", "ghost_cancel")))
    check("O02", "ghost_cancel", share(ghosts(r)))
    check(
        "O02",
        "suppressed_inflight",
        share((r["accepted"] != NEVER) & (r["push_dispatched"] == NEVER)),
    )
    check("O02", "leak", share(leaked(r)))


@pytest.mark.parametrize(
    ("bug", "patch"),
    [
        ("latency replaced by its mean", {"push.latency": "124.451547 s", "push.slow.chance": 0.0}),
        ("offline (slow delivery) tail dropped", {"push.slow.chance": 0.0}),
        ("latency ignored", {"push.latency": "0 s", "push.slow.chance": 0.0}),
    ],
)
def test_a_wrong_law_of_push_latency_is_named(
    engine: Engine, bug: str, patch: dict[str, Any]
) -> None:
    r = engine.records(scenario(LATENCY, patch, messages=engine.size_of_mutant("O02", "leak", bug)))
    convict("O02", "leak", bug, share(leaked(r)))


def test_a_push_in_flight_counted_as_prevented_is_named(engine: Engine) -> None:
    bug = "deletion while the push is in flight silently counted as prevented"
    r = engine.records(
        scenario(AT_THE_SERVER, messages=engine.size_of_mutant("O02", "ghost_nocancel", bug))
    )
    convict("O02", "ghost_nocancel", bug, share(ghosts(r)))
