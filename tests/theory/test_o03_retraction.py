"""O03: retraction, ghost reads, the phantom badge, and what is still open at the horizon."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from sim.clock import NEVER
from sim.records import Records

from .checking import Array, check, convict, exact_values, share
from .playing import Engine, ghosts, leaked, scenario

RETRACTED = """
schema = 1
people = "none"
run = { seed = 301, horizon = "10 min" }
traffic = { kind = "campaign", messages = 1 }
mistakes = { chance = 1.0, noticed = { dist = "exponential", mean = "5 min" } }
badge = { sync = { dist = "exponential", mean = "15 min" } }
reading = { speed = inf }
[push.retraction]
chance = 0.7
latency = { dist = "exponential", mean = "30 s" }
[[segments]]
name = "everyone"
badge = 1.0
glances = { gap = { dist = "exponential", mean = "10 min" }, length = "0 s" }
"""
TO_THE_END = {"run.horizon": "1 d"}
L, MU, R, KAPPA, KB = 0.1, 0.2, 0.7, 2.0, 1 / 15
STATES = ("visible", "deleted", "stays", "fixed", "badge", "leak", "ghost", "clean", "phantom")
RATES = {
    ("visible", "leak"): L,
    ("visible", "deleted"): MU * R,
    ("visible", "stays"): MU * (1 - R),
    ("deleted", "ghost"): L,
    ("deleted", "badge"): KAPPA,
    ("deleted", "fixed"): KB,
    ("stays", "ghost"): L,
    ("fixed", "ghost"): L,
    ("fixed", "clean"): KAPPA,
    ("badge", "phantom"): L,
    ("badge", "clean"): KB,
}


def chain(horizon: float) -> dict[str, float]:
    """Solve the absorbing chain of O03: the chance of each state at the horizon, in minutes."""
    q = np.zeros((9, 9))
    for (a, b), rate in RATES.items():
        q[STATES.index(a), STATES.index(b)] += rate
    np.fill_diagonal(q, q.diagonal() - q.sum(axis=1))
    return dict(zip(STATES, expm(q * horizon)[0].tolist(), strict=True))


AT_10 = chain(10)
EXACT = {
    "leak_H10": AT_10["leak"],
    "ghost_H10": AT_10["ghost"],
    "phantom_H10": AT_10["phantom"],
    "cleared_H10": AT_10["badge"] + AT_10["clean"] + AT_10["phantom"],
    "open_H10": AT_10["visible"] + AT_10["deleted"] + AT_10["stays"] + AT_10["fixed"],
    "ghost_inf": MU / (L + MU) * ((1 - R) + R * L / (L + KAPPA)),
    "phantom_inf": MU / (L + MU) * R * KAPPA / (KAPPA + L + KB) * L / (L + KB),
}


def unseen(r: Records) -> Array:
    """Tell which messages had a preview that nobody noticed."""
    return np.asarray(r["push_noticed"] == NEVER)


def phantoms(r: Records) -> Array:
    """Tell which messages were cleared unseen, and then their badge was seen."""
    return np.asarray(unseen(r) & (r["phantom"] != NEVER))


def test_the_formulas_give_the_listed_values() -> None:
    assert pytest.approx(exact_values("O03"), rel=1e-6) == EXACT
    forever = chain(1000)
    assert (forever["ghost"], forever["phantom"]) == pytest.approx(
        (EXACT["ghost_inf"], EXACT["phantom_inf"])
    )


def test_by_the_horizon_a_preview_is_leaked_or_a_ghost_or_cleared_or_open_and_never_two_of_these(
    engine: Engine,
) -> None:
    r = engine.records(scenario(RETRACTED, messages=engine.size("O03", "ghost_H10")))
    cleared = unseen(r) & (r["push_left"] != NEVER)
    still_open = unseen(r) & (r["push_left"] == NEVER)
    check("O03", "leak_H10", share(leaked(r)))
    check("O03", "ghost_H10", share(ghosts(r)))
    check("O03", "phantom_H10", share(phantoms(r)))
    check("O03", "cleared_H10", share(cleared))
    check("O03", "open_H10", share(still_open))
    assert np.all(leaked(r).astype(int) + ghosts(r) + cleared + still_open == 1)
    assert not np.any(phantoms(r) & ~cleared), "a phantom badge is a flag of what was cleared"
    bug = "messages still open at the horizon dropped from the denominator"
    convict("O03", "ghost_H10", bug, share(ghosts(r)[~still_open]))


def test_in_the_long_run_ghosts_are_read_where_a_retraction_fails_or_is_late_and_badges_stay_wrong_for_a_while(
    engine: Engine,
) -> None:
    r = engine.records(
        scenario(RETRACTED, TO_THE_END, messages=engine.size("O03", "ghost_inf", "phantom_inf"))
    )
    check("O03", "ghost_inf", share(ghosts(r)))
    check("O03", "phantom_inf", share(phantoms(r)))
    bug = "ghost and leak counted twice (ghost = any read of a message that is eventually deleted)"
    convict("O03", "ghost_inf", bug, share(~unseen(r)))


def test_a_failed_retraction_that_works_all_the_same_is_named(engine: Engine) -> None:
    bug = "failed retractions treated as successful"
    patch = TO_THE_END | {"push.retraction.chance": 1.0}
    r = engine.records(
        scenario(RETRACTED, patch, messages=engine.size_of_mutant("O03", "ghost_inf", bug))
    )
    convict("O03", "ghost_inf", bug, share(ghosts(r)))


def test_a_phantom_badge_of_a_ghost_that_was_read_is_named(engine: Engine) -> None:
    bug = "badge counted for every message deleted before it was read, even when the ghost preview itself was read"
    at_once = TO_THE_END | {"push.retraction.chance": 1.0, "push.retraction.latency": "0 s"}
    r = engine.records(
        scenario(RETRACTED, at_once, messages=engine.size_of_mutant("O03", "phantom_inf", bug))
    )
    convict("O03", "phantom_inf", bug, share(phantoms(r)))
