"""More looks and better recalls: what each can never make worse, and where the plain saying is
false."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import NEVER
from sim.records import Records
from sim.verdicts import Verdict, judge
from sim.world import draw_world

from .conftest import Play
from .worlds import HORIZON, LAW, Hand, hands, late, scenario


def with_more(
    person: dict[str, Any], surface: str, moments: list[int], length: int
) -> dict[str, Any]:
    """Add looks where there is room between those that are there."""
    found = list(person[surface])
    for start in moments:
        end = start + length
        if all(e <= start or end <= s for s, e in found) and not any(s == start for s, _ in found):
            found.append((start, end))
    return person | {surface: sorted(found)}


MORE = {
    "moments": st.lists(st.integers(0, HORIZON), min_size=1, max_size=6),
    "length": st.integers(0, 20),
}


def assert_no_later(fewer: Records, more: Records) -> None:
    """Assert that previews are read no later, that deletions are the same, and so that no message
    is late no more."""
    before, after = judge(fewer), judge(more)
    assert np.all(after.preview_read <= before.preview_read)
    np.testing.assert_array_equal(more["effective"], fewer["effective"])
    np.testing.assert_array_equal(more["thread_read"], fewer["thread_read"])
    assert late(fewer) <= late(more)


@LAW
@given(hand=hands(), **MORE)
def test_without_taps_more_glances_never_let_a_preview_be_read_later(
    play: Play, hand: Hand, moments: list[int], length: int
) -> None:
    """True law: of reading or not. A tap opens the app and clears the tray; and characters may fall
    (see below)."""
    calm = hand.each(looks_to_handle=NEVER)
    keen = replace(
        calm, recipients=tuple(with_more(p, "glances", moments, length) for p in calm.recipients)
    )
    assert_no_later(play(calm.world()), play(keen.world()))


@LAW
@given(hand=hands(), **MORE)
def test_more_mailbox_checks_never_let_a_mail_be_read_later(
    play: Play, hand: Hand, moments: list[int], length: int
) -> None:
    """Nothing that a mailbox check does changes anything outside the mailbox, so this holds in
    every world."""
    keen = replace(
        hand, recipients=tuple(with_more(p, "checks", moments, length) for p in hand.recipients)
    )
    assert_no_later(play(hand.world()), play(keen.world()))


@LAW
@given(hand=hands(), fewer=st.integers(1, 2))
def test_without_taps_a_sharper_eye_never_reads_a_preview_later(
    play: Play, hand: Hand, fewer: int
) -> None:
    calm = hand.each(looks_to_handle=NEVER)
    sharp = calm.each(glances_needed=lambda m: max(1, m["glances_needed"] - fewer))
    assert_no_later(play(calm.world()), play(sharp.world()))


def test_with_taps_a_glance_more_can_save_a_message(play: Play) -> None:
    """Why the law leaves taps out: the glance at 5 leads to a tap, which reads the other message in
    the app."""
    rows = (
        {"written": 0, "looks_to_handle": 1, "open_after": 2, "recipient": 0},
        {"written": 6, "noticed": 30, "glances_needed": 1},
    )
    few, many = ({"glances": [(20, 21)]}, {"glances": [(5, 5), (20, 21)]})
    verdicts = [Verdict(judge(play(Hand(rows, (p,), {}).world())).verdict[1]) for p in (few, many)]
    assert verdicts == [Verdict.TOO_LATE, Verdict.IN_THREAD]


def test_a_glance_more_can_lower_the_characters_that_are_read(play: Play) -> None:
    """Why the law is about reading at all: whoever has glanced in passing does not read again."""
    second = 1_000_000
    row = {"written": 0, "noticed": 9 * second}
    few, many = ({"glances": [(2, 5 * second)]}, {"glances": [(1, 1), (2, 5 * second)]})
    exposed = [
        int(judge(play(Hand((row,), (p,), {}, horizon=20 * second).world())).exposed[0])
        for p in (few, many)
    ]
    assert exposed == [100, 1]


@LAW
@given(hand=hands(), faster=st.integers(1, 30))
def test_without_taps_a_faster_retraction_adds_no_ghost_and_changes_nothing_that_was_late(
    play: Play, hand: Hand, faster: int
) -> None:
    """A retraction follows the effect, so it cannot touch what was read before it."""
    calm = hand.each(looks_to_handle=NEVER)
    quick = calm.each(
        retract_after=lambda m: (
            30 if m["retract_after"] == NEVER else max(0, m["retract_after"] - faster)
        )
    )
    without = calm.each(retract_after=NEVER)
    records = [play(h.world()) for h in (without, calm, quick)]
    assert late(records[0]) == late(records[1]) == late(records[2])
    ghosts = [set(np.flatnonzero(judge(r).verdict == Verdict.GHOST)) for r in records]
    assert ghosts[2] <= ghosts[1] <= ghosts[0]
    # A push whose retraction overtakes it is dropped: it never enters the tray, and leaves it never.
    there = records[1]["push_arrived"] != NEVER
    assert np.all(records[1]["push_left"][there] <= records[0]["push_left"][there])


@LAW
@given(hand=hands(), faster=st.integers(1, 30), more=st.integers(0, 3))
def test_with_hands_enough_and_no_rule_on_reading_a_faster_sender_never_makes_a_message_late(
    play: Play, hand: Hand, faster: int, more: int
) -> None:
    """True law: with a hand free for every deletion. In a queue a faster sender changes the order;
    somebody waits."""
    calm = hand.each(looks_to_handle=NEVER, mail_alert_after=NEVER, email_latency=3).ruled(
        servers=20 + more, bulk=False, unread_only=False
    )
    swift = calm.each(
        reaction=lambda m: max(0, m["reaction"] - faster),
        action=lambda m: max(0, m["action"] - faster),
    )
    slow, fast = play(calm.world()), play(swift.world())
    assert np.all(fast["effective"] <= slow["effective"])
    assert late(fast) <= late(slow)


@LAW
@given(hand=hands())
def test_whoever_never_looks_is_never_too_late_and_reads_nothing_but_a_live_conversation(
    play: Play, hand: Hand
) -> None:
    blind = replace(
        hand,
        recipients=tuple(p | {"glances": [], "checks": [], "visits": []} for p in hand.recipients),
    )
    records = play(blind.each(alert_after=NEVER, mail_alert_after=NEVER).world())
    judged = judge(records)
    assert not late(records)
    assert np.all(judged.preview_read == NEVER)
    assert np.all(judged.first_read == NEVER)


def test_nobody_looks_in_a_drawn_scenario_and_nothing_is_late(play: Play) -> None:
    never = {"gap": {"dist": "never"}}
    blind = scenario(
        {"segments.*": {"glances": never, "checks": never, "visits": never, "alert.chance": 0.0}}
    )
    records = play(draw_world(blind, 0))
    assert judge(records).regretted.sum() > 20
    assert np.all(judge(records).first_read == NEVER)
    assert late(play(draw_world(scenario(), 0)))


@LAW
@given(hand=hands())
def test_records_tell_a_possible_story(play: Play, hand: Hand) -> None:
    """Times come in the order of the model, and what was cancelled or caught leaves no trace."""
    r = play(hand.world())
    chains = [
        ("pressed", "accepted"),
        ("noticed", "requested"),
        ("requested", "started"),
        ("started", "completed"),
        ("completed", "effective"),
        ("accepted", "push_dispatched"),
        ("push_dispatched", "push_arrived"),
        ("push_arrived", "push_left"),
        ("push_arrived", "push_noticed"),
        ("accepted", "email_dispatched"),
        ("email_dispatched", "email_arrived"),
        ("email_arrived", "email_read"),
        ("accepted", "thread_read"),
        ("effective", "retraction_arrived"),
        ("effective", "phantom"),
        ("badge_counted", "badge_cleared"),
    ]
    for first, then in chains:
        assert np.all((r[then] == NEVER) | (r[first] <= r[then])), (first, then)
    unsent = (r["accepted"] == NEVER) | r["caught"]
    for name in (
        "push_dispatched",
        "push_arrived",
        "email_dispatched",
        "thread_read",
        "badge_counted",
        "phantom",
    ):
        assert np.all(r[name][unsent] == NEVER), name
    assert not np.any((r["cancelled"] != NEVER) & (r["accepted"] != NEVER))
    assert not np.any((r["refused"] > 0) & (r["effective"] != NEVER))
    assert np.all((r["push_noticed"] == NEVER) | (r["push_noticed"] <= r["push_left"]))
    assert np.all(r["push_chars"] <= r["length"])
