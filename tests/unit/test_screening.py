"""Doubt about the inputs: the range over what is assumed, and which number moves the answer most."""

from __future__ import annotations

import numpy as np
import pytest

from sim.cli.running import doubt_in_words
from sim.clock import SECOND
from sim.scenario import Scenario, parse
from sim.screening import POINTS, Screening, TakesLongError, screening, under

DECIDED = """
schema = 1
people = "none"
[run]
seed = 5
replications = 2
horizon = "4 d"
[traffic]
kind = "stream"
senders = 5
recipients = 20
rate = "10 / d"
lasts = "1 d"
[mistakes]
chance = 0.3
noticed = "1 h"
[badge]
boost = 1.0
[push]
latency = "1 s"
preview = 100
[[segments]]
name = "all"
push = 1.0
previews_hidden = 0.5
glances = { gap = { dist = "exponential", mean = "20 min" }, length = "10 s" }
[policies.today]
[policies."hold"]
send.hold = "2 h"
[sources]
"segments.*.previews_hidden" = { assumed = "made to decide", sweep = [0.0, 1.0] }
"badge.boost" = { assumed = "made to do nothing: nobody has a badge or visits", sweep = [1.0, 5.0] }
"""


@pytest.fixture(scope="module")
def decided() -> Scenario:
    return parse(DECIDED)


@pytest.fixture(scope="module")
def found(decided: Scenario) -> Screening:
    screened = screening(decided, replications=6)
    assert screened is not None
    return screened


def test_the_number_that_decides_is_found_and_the_one_that_does_nothing_is_not(
    found: Screening,
) -> None:
    assert found.mover == "segments.*.previews_hidden"
    assert found.correlations["segments.*.previews_hidden"] < -0.9, "hiding lowers it"
    assert abs(found.correlations["badge.boost"]) < 0.45


def test_the_range_is_that_of_the_points(found: Screening) -> None:
    first = found.shares[:, 0]
    assert found.shares.shape == (POINTS, 2)
    assert (found.low, found.high) == (first.min(), first.max())
    assert found.spread == pytest.approx(np.std(first, ddof=1))
    assert found.low < 0.2 and found.high > 0.8


def test_a_policy_is_compared_point_by_point(found: Screening) -> None:
    assert found.lower_at("hold") == np.count_nonzero(found.shares[:, 1] < found.shares[:, 0])
    assert found.lower_at("hold") == np.count_nonzero(found.shares[:, 0] > 0), "a hold prevents all"


def test_a_policy_lengthens_a_delay_that_is_varied_by_as_much_as_it_lengthens_the_scenarios(
    decided: Scenario,
) -> None:
    """Or "push +30 s" is shorter than doing nothing wherever the push is late by itself."""
    there = decided.patched({"push.delay": "60 s"})
    later = decided.with_policy("push +30 s", {"push.delay": "30 s"})
    changed = there.with_policy("push +30 s", {"push.delay": "30 s"})
    assert changed.under("push +30 s").push.delay.value == 30 * SECOND, "the wrong model"
    assert under(later, changed, "push +30 s").push.delay.value == 90 * SECOND
    assert under(later, later, "push +30 s").push.delay.value == 30 * SECOND


def test_a_policy_that_shortens_a_delay_sets_it_as_it_says(decided: Scenario) -> None:
    late = decided.patched({"push.delay": "15 s"}).with_policy("at once", {"push.delay": "0 s"})
    assert under(late, late.patched({"push.delay": "20 s"}), "at once").push.delay.value == 0


def test_what_assumes_nothing_has_no_doubt_of_this_kind(decided: Scenario) -> None:
    certain = parse(DECIDED[: DECIDED.index("[sources]")])
    assert screening(certain, replications=1) is None


def test_a_screening_that_takes_too_long_is_left_out(decided: Scenario) -> None:
    with pytest.raises(TakesLongError, match="would take about"):
        screening(decided, replications=1, seconds=0.0)


def test_the_words_give_the_range_the_mover_and_the_ranks(found: Screening) -> None:
    said = " ".join(doubt_in_words(found))
    assert f"runs from {100 * found.low:.0f} to {100 * found.high:.0f} %" in said
    assert "2 numbers are assumed" in said and "segments.*.previews_hidden moves it most" in said
    assert f"hold at {found.lower_at('hold')}" in said
