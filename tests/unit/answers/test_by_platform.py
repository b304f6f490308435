"""The deadline on every platform: the same people and messages under other rules."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim import platforms
from sim.answers import answer
from sim.answers.by_platform import by_platform, on_platform
from sim.answers.deadline import Deletions
from sim.answers.playing import stage_of
from sim.cli.answer_words import platforms_table
from sim.cli.words import time_of
from sim.errors import FaultyInputError


def test_people_and_messages_stay_and_the_rules_are_the_catalogues() -> None:
    dm = sim.load("linkedin_dm")
    there = on_platform(dm, "slack")
    assert (there.segments, there.traffic, there.mistakes) == (dm.segments, dm.traffic, dm.mistakes)
    assert there.deletion.window != dm.deletion.window
    for name in platforms.names():
        assert on_platform(dm, name).segments == dm.segments, name


@pytest.mark.parametrize("base", ["slack", "telegram", "zulip", "mattermost", "gmail"])
def test_nothing_of_the_own_platform_goes_along_to_another(base: str) -> None:
    """Wrong: a patch over the scenario, which leaves Slack's throttle of mails at WhatsApp."""
    theirs = {"push", "email", "badge", "deletion", "thread", "desktop", "tablet", "send"}
    own, other = sim.load(f"platforms/{base}"), sim.load("linkedin_dm")
    for name in ("whatsapp", "linkedin", "slack", "outlook-recall"):
        expected = on_platform(other, name).model_dump(include=theirs)
        assert on_platform(own, name).model_dump(include=theirs) == expected, name


def test_what_no_platform_states_stays_the_scenarios() -> None:
    mine = {"senders.order": "last_sent", "run.seed": 5}
    there = on_platform(sim.load("linkedin_dm").patched(mine), "slack")
    assert (there.senders.order, there.run.seed) == ("last_sent", 5)


def test_on_its_own_platform_a_scenario_has_its_own_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(platforms, "names", lambda: ["common", "linkedin", "mattermost"])
    stage = stage_of(sim.load("linkedin_dm"), 40)
    found = by_platform(stage, 0.4, lambda *_: None)
    assert {one.platform for one in found} == {"linkedin", "mattermost"}
    own = next(one.as_it_is for one in found if one.platform == "linkedin")
    expected = Deletions(stage).deadline(0.4)
    assert own.value == expected.value is not None
    assert (own.low, own.high) == (expected.low, expected.high)
    values = [one.as_it_is.value or -1 for one in found]
    assert values == sorted(values, reverse=True), "the longest first"
    cells = list(platforms_table(found).columns[1].cells)
    assert time_of(own.value) in " ".join(map(str, cells))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"questions": "deadline", "by": "weekday"}, "nothing to tell deadlines by"),
        ({"questions": "hold", "by": "platform"}, "the deadline is not asked for"),
    ],
)
def test_what_deadlines_cannot_be_told_by_is_a_fault(given: dict[str, Any], words: str) -> None:
    with pytest.raises(FaultyInputError, match=words):
        answer("linkedin_dm", replications=5, **given)
