"""What a file makes large is refused before it is drawn, with its figure and the key to lower."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

import sim
from sim.errors import FaultyInputError
from sim.pilot import forecast
from sim.playing import expected_messages
from sim.sizing import MOST_LOOKS, allowing_large, refuse_large, size_of
from sim.world import draw_world

SCENARIO = """
schema = 1
people = "none"
run = { horizon = "HORIZON" }
traffic = { TRAFFIC }
segments = [{ name = "x", push = 1.0, glances = { gap = { dist = "exponential", mean = "GAP" } } }]
mistakes = { chance = 0.5, noticed = "1 min" }
policies = { today = {}, later = { send = { hold = "1 s" } } }
"""
STREAM = 'kind = "stream", senders = {}, recipients = {}, rate = "{}"'


def made(traffic: str, horizon: str = "7 d", gap: str = "1 h") -> sim.Scenario:
    text = SCENARIO.replace("TRAFFIC", traffic).replace("HORIZON", horizon)
    return sim.parse(text.replace("GAP", gap))


LARGE = {
    "senders": (made(STREAM.format(10**6, 10**6, "1000000 / d")), "traffic.senders"),
    "a rate": (made(STREAM.format(1, 1, "999999999999 / s")), "traffic.rate"),
    "a campaign": (made('kind = "campaign", messages = 100000000'), "traffic.messages"),
    "looks": (made(STREAM.format(1, 1, "1 / d"), "36500 d", "1 ms"), "segments.x.glances.gap"),
}
VERBS: dict[str, Callable[[sim.Scenario], object]] = {
    "run": lambda scenario: sim.run(scenario, replications=2),
    "dry run": lambda scenario: forecast(scenario, replications=2),
    "compare": lambda scenario: sim.compare(scenario, replications=2),
    "sweep": lambda scenario: sim.sweep(scenario, {"send.hold": ["0 s"]}, workers=1),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
@pytest.mark.parametrize(("scenario", "key"), LARGE.values(), ids=LARGE)
def test_what_is_too_large_is_refused_at_once_with_the_key_to_lower(
    verb: Callable[[sim.Scenario], object], scenario: sim.Scenario, key: str
) -> None:
    began = time.monotonic()
    with pytest.raises(FaultyInputError) as refused:
        verb(scenario)
    assert time.monotonic() - began < 5
    assert key in str(refused.value)
    on_the_line = verb is VERBS["dry run"]
    assert ("--yes-large" if on_the_line else "say yes_large=True") in str(refused.value)


def test_many_replications_of_what_is_small_are_large_together() -> None:
    with pytest.raises(FaultyInputError, match=r"run\.replications"):
        sim.run(made('kind = "campaign", messages = 100000'), replications=10**7)


def test_who_allows_large_ones_is_not_refused() -> None:
    scenario, _ = LARGE["senders"]
    with allowing_large(True):
        refuse_large([scenario], expected_messages(scenario), 1)


def test_the_estimate_of_looks_is_the_mean_of_what_is_drawn() -> None:
    scenario = made(STREAM.format(50, 40, "20 / d"))
    size = size_of(scenario, expected_messages(scenario))
    hours = 7 * 24
    assert size.looks == pytest.approx(40 * hours)
    drawn = [draw_world(scenario, k).messages.size for k in range(20)]
    assert size.messages == pytest.approx(np.mean(drawn), rel=0.02)
    assert size.looks < MOST_LOOKS
