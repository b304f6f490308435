"""A longer hold: what it can never make worse, and the one way in which it can."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import NEVER
from sim.records import Records
from sim.verdicts import Verdict, judge
from sim.world import draw_world

from .conftest import Play
from .worlds import LAW, Hand, by_glances, hands, late, scenario


def held(hand: Hand, longer: int) -> Hand:
    return hand.each(released=lambda m: m["released"] + longer)


def assert_no_worse(short: Records, long: Records) -> None:
    """Assert what a longer hold does where trays are met by glances alone: later reading, no later
    deletion."""
    before, after = judge(short), judge(long)
    assert np.all(after.preview_read >= before.preview_read)
    assert np.all(long["effective"] <= short["effective"])
    assert late(long) <= late(short)


@LAW
@given(hand=hands(), longer=st.integers(1, 60))
def test_where_trays_are_met_by_glances_alone_a_longer_hold_never_makes_a_message_late(
    play: Play, hand: Hand, longer: int
) -> None:
    """True law: without visits, taps and expiry (they clear trays early), and with instant mail (no
    shared openers)."""
    bare = by_glances(hand)
    assert_no_worse(play(bare.world()), play(held(bare, longer).world()))


@LAW
@given(hand=hands(), longer=st.integers(1, 60))
def test_with_app_visits_too_a_longer_hold_never_lets_a_text_be_read_before_its_deletion(
    play: Play, hand: Hand, longer: int
) -> None:
    """A visit may read in the app what a glance would have read: here reading anywhere counts;
    visits are online."""
    bare = by_glances(hand)
    people = [
        a | {"visits": b["visits"]} for a, b in zip(bare.recipients, hand.recipients, strict=True)
    ]
    visited = replace(bare, recipients=tuple(people)).ruled(visit_offline=0.0, badge_boost=1.0)
    short, long = play(visited.world()), play(held(visited, longer).world())
    before, after = judge(short), judge(long)
    read_in_time = after.regretted & (after.first_read < long["effective"])
    assert not np.any(read_in_time & ~(before.first_read < short["effective"]))


def test_with_app_visits_a_longer_hold_can_turn_a_reading_in_the_app_into_a_preview_read_too_late(
    play: Play,
) -> None:
    """Why the law leaves visits out: held by 2, the message misses the visit at 11 and is met by
    the glance at 13."""
    looks = {"glances": [(13, 20)], "visits": [(11, 11)]}
    verdicts = []
    for hold in (0, 2):
        message = {"written": 10, "released": 10 + hold, "noticed": 14}
        verdicts.append(Verdict(judge(play(Hand((message,), (looks,), {}).world())).verdict[0]))
    assert verdicts == [Verdict.IN_THREAD, Verdict.TOO_LATE]


def test_a_longer_hold_of_a_drawn_scenario_never_makes_a_message_late(play: Play) -> None:
    calm = {
        "segments.*.visits": {"gap": {"dist": "never"}},
        "segments.*.handling.chance": 0.0,
        "segments.*.email": {"batched": 0.0, "off": 0.5},
        "segments.*.mail_alert.chance": 0.0,
    }
    policies = [
        scenario(calm | {"send.hold": hold}) for hold in ("0 s", "10 s", "1 min", "10 min", "2 h")
    ]
    saved = 0
    for replication in range(2):
        for short, long in pairwise(play(draw_world(s, replication)) for s in policies):
            assert_no_worse(short, long)
            saved += len(late(short) - late(long))
    assert saved > 10, "the holds saved nothing: this compared equal things"


def test_a_hold_that_restarts_the_senders_clock_would_be_noticed(play: Play) -> None:
    """The wrong model: noticing counted from the end of the hold, so that holding back also delays
    the deletion."""
    hand = Hand(
        ({"written": 0, "released": 0, "noticed": 10},), ({"glances": [(12, 13), (18, 19)]},), {}
    )
    wrong = held(hand, 8).each(noticed=lambda m: m["noticed"] + 8)
    with pytest.raises(AssertionError):
        assert_no_worse(play(hand.world()), play(wrong.world()))


def test_a_hold_longer_than_every_delay_lets_nothing_be_late(play: Play) -> None:
    endless = {
        "send.hold": "1 d",
        "run.horizon": "4 d",
        "mistakes.noticed": {"dist": "uniform", "low": "1 s", "high": "2 h"},
    }
    records = play(draw_world(scenario(endless), 0))
    judged = judge(records)
    assert judged.regretted.sum() > 20
    assert set(judged.verdict[judged.regretted]) == {Verdict.CANCELLED}
    assert np.all(records["push_dispatched"][judged.regretted] == NEVER)
    assert late(play(draw_world(scenario(endless | {"send.hold": "1 s"}), 0)))


def test_a_deletion_at_the_instant_the_hold_ends_cancels_and_one_later_does_not(play: Play) -> None:
    for effect, verdict in ((10, Verdict.CANCELLED), (11, Verdict.TOO_LATE)):
        hand = Hand(
            ({"written": 0, "released": 10, "noticed": effect},), ({"glances": [(10, 12)]},), {}
        )
        assert Verdict(judge(play(hand.world())).verdict[0]) is verdict


def test_a_deletion_completed_exactly_at_the_windows_end_is_allowed_and_one_later_is_refused(
    play: Play,
) -> None:
    """The window counts from the end of the hold, not from pressing send."""
    rows = tuple(
        {"written": 0, "released": 10, "noticed": at, "recipient": k}
        for k, at in enumerate((50, 51))
    )
    records = play(Hand(rows, ({}, {}), {"window": 40}).ruled(servers=2).world())
    assert records["refused"].tolist() == [0, 2]
    assert records["effective"].tolist() == [50, NEVER]
