"""O11: the glance that an alert causes races the looks that come anyway, and the earlier one reads
the preview."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from sim.clock import NEVER
from sim.world.drawing import draw_world

from .checking import Estimate, check, convict, exact_values, share
from .playing import Engine, leaked, scenario
from .test_o04_o05_attention import EG, GAP, OFF, excess

ALERTED = """
schema = 1
people = "none"
run = { seed = 1101, horizon = "8 h" }
traffic = { kind = "campaign", messages = 1, start = "2 h" }
mistakes = { chance = 1.0, noticed = "3 min" }
[[segments]]
name = "everyone"
alert = { chance = 0.35, delay = { dist = "lognormal", median = "90 s", sigma = 1.0 } }
[segments.glances]
gap = { dist = "lognormal", median = "12 min", sigma = 1.2 }
length = { dist = "lognormal", median = "1 min", sigma = 0.8 }
"""
EXP8 = {"mistakes.noticed": {"dist": "exponential", "mean": "8 min"}}
SILENT: dict[str, Any] = {"segments.everyone.alert.chance": 0.0}


def unread(t: float) -> float:
    """Give the chance that neither the alert's glance nor a look has come by minute t."""
    return (1 - 0.35 * float(ndtr(log(t / 1.5)))) * OFF * excess(GAP, t) / EG


EXACT = {
    "leak_D3": 1 - unread(3),
    "leak_Dexp8": 1
    - quad(lambda t: exp(-t / 8) / 8 * unread(t), 0, 400, epsabs=1e-12, limit=400)[0],
}


def test_the_formulas_give_the_listed_values() -> None:
    assert pytest.approx(exact_values("O11"), rel=1e-6) == EXACT


@pytest.mark.parametrize(("key", "patch"), [("leak_D3", {}), ("leak_Dexp8", EXP8)])
def test_a_preview_is_read_at_the_earlier_of_the_alerts_glance_and_the_next_look(
    engine: Engine, key: str, patch: dict[str, Any]
) -> None:
    r = engine.records(scenario(ALERTED, patch, messages=engine.size("O11", key)))
    check("O11", key, share(leaked(r)), engine.beyond("O11", key))


def test_an_alert_that_is_ignored_or_counted_on_top_is_named(engine: Engine) -> None:
    twice = "glance and background read both counted"
    world = draw_world(
        scenario(ALERTED, messages=engine.size_of_mutant("O11", "leak_D3", twice)), 0
    )
    alone = leaked(
        engine.play(draw_world(scenario(ALERTED, SILENT, messages=world.messages.size), 0))
    )
    convict("O11", "leak_D3", "alert ignored", share(alone))
    by_alert = world.messages.alert_after < world.messages.noticed - world.messages.pressed
    both = float(np.mean(alone) + np.mean(by_alert))
    convict("O11", "leak_D3", twice, Estimate(both, n=world.messages.size))


def test_a_glance_that_replaces_the_looks_is_named(engine: Engine) -> None:
    bug = "glance REPLACES the background look (mixture instead of minimum)"
    world = draw_world(scenario(ALERTED, messages=engine.size_of_mutant("O11", "leak_D3", bug)), 0)
    rate = np.where(world.messages.alert_after != NEVER, 1e-9, 1.0)
    blind = replace(world, recipients=replace(world.recipients, rate=rate))
    convict("O11", "leak_D3", bug, share(leaked(engine.play(blind))))
