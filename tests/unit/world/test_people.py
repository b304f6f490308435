"""Recipients: shares of segments, settings with their chances, and draws that know nobody else."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import scipy.stats

from sim.clock import HOUR
from sim.scenario import parse
from sim.scenario.model import Scenario
from sim.schema.codes import AT_ONCE, BATCHED, DIGEST, OFF
from sim.schema.world import Recipients
from sim.world.people import draw_recipients, pick

from ..making import assert_follows, assert_near, in_one_world

N = 20_000
ENTITIES = np.arange(N, dtype=np.uint64)
SEGMENTS = """
schema = 1
people = "none"
traffic = { kind = "campaign", messages = 1 }
[[segments]]
name = "desk"
share = 0.3
frailty = { dist = "lognormal", median = 2.0, sigma = 0.5 }
push = 0.6
badge = 0.2
ios = 0.9
previews_hidden = 0.4
email = { off = 0.1, instant = 0.2, batched = 0.3, digest = 0.4 }
utc_offset = "-5 h"
[[segments]]
name = "phone"
share = 0.7
frailty = 1.0
"""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return parse(SEGMENTS)


@pytest.fixture(scope="module")
def people(scenario: Scenario) -> Recipients:
    return draw_recipients(scenario.segments, scenario.push.store, in_one_world(ENTITIES, 17), 0)


def near(flags: np.ndarray, share: float) -> None:
    assert_near(float(flags.mean()), share, float(np.sqrt(share * (1 - share) / flags.size)))


def test_segments_and_settings_have_their_shares(people: Recipients) -> None:
    desk = people.segment == 0
    near(desk, 0.3)
    for name, share in {"push": 0.6, "badge": 0.2, "ios": 0.9, "hides_previews": 0.4}.items():
        near(getattr(people, name)[desk], share)
    for mode, share in {OFF: 0.1, AT_ONCE: 0.2, BATCHED: 0.3, DIGEST: 0.4}.items():
        near(people.email[desk] == mode, share)
    assert set(people.utc_offset[desk]) == {-5 * HOUR}
    with pytest.raises(AssertionError, match="standard errors"):
        near(people.push[desk], 0.65)


def test_what_is_certain_is_certain(people: Recipients) -> None:
    phone = people.segment == 1
    assert people.push[phone].all()
    assert not people.badge[phone].any()
    assert not people.hides_previews[phone].any()
    assert set(people.email[phone]) == {OFF}
    assert set(people.rate[phone]) == {1.0}


def test_frailty_follows_its_law_once_per_person(people: Recipients, scenario: Scenario) -> None:
    desk = people.rate[people.segment == 0]
    assert_follows(desk, scipy.stats.lognorm(0.5, scale=2.0).cdf)
    with pytest.raises(AssertionError, match="away from its distribution"):
        assert_follows(
            np.ones_like(desk) * 2.0 + np.linspace(0, 1e-6, desk.size),
            scipy.stats.lognorm(0.5, scale=2.0).cdf,
        )


def test_settings_are_independent_of_one_another(people: Recipients) -> None:
    desk = people.segment == 0
    columns = [
        people.rate,
        people.push,
        people.badge,
        people.ios,
        people.hides_previews,
        people.email,
    ]
    correlations = np.corrcoef(
        [np.argsort(np.argsort(c[desk])) if c.dtype == float else c[desk] for c in columns]
    )
    assert np.abs(correlations - np.eye(len(columns))).max() < 4.5 / np.sqrt(desk.sum())


def test_a_person_is_drawn_alike_whoever_else_is_there(
    people: Recipients, scenario: Scenario
) -> None:
    some = ENTITIES[[5, 3, 19_999]]
    few = draw_recipients(scenario.segments, scenario.push.store, in_one_world(some, 17), 0)
    for f in fields(Recipients):
        if f.name == "number":
            continue
        np.testing.assert_array_equal(getattr(few, f.name), getattr(people, f.name)[[5, 3, 19_999]])
    other = draw_recipients(scenario.segments, scenario.push.store, in_one_world(ENTITIES, 18), 0)
    assert np.mean(other.segment == people.segment) < 0.7


def test_a_choice_takes_the_interval_its_uniform_falls_in() -> None:
    assert pick([0.25, 0.0, 0.75], np.array([1e-16, 0.2499, 0.25, 0.9999999])).tolist() == [
        0,
        0,
        2,
        2,
    ]
    assert pick([0.1] * 10, np.array([1 - 2.0**-53])).tolist() == [9], (
        "shares that sum to a little less than one"
    )
