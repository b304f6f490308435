"""Verdicts: a table written by hand, a second reading of the rules, and what a look has time to
expose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import NEVER, SECOND
from sim.schema.records import DISMISSED, RETRACTED
from sim.surfaces import PREVIEWS
from sim.verdicts import Judged, Level, Lost, Verdict, earliest, judge

from .making import records

P = {
    "push_dispatched": 1,
    "push_arrived": 2,
    "push_chars": 100,
    "push_left": 90,
    "push_read_until": 99,
    "accepted": 0,
}
D = {"noticed": 10, "requested": 20, "started": 30, "completed": 40, "effective": 50}

TABLE: list[tuple[str, dict[str, Any], Verdict, Lost]] = [
    (
        "nobody regretted it",
        {"regretted": False, **P, "push_noticed": 5},
        Verdict.NOT_ASKED,
        Lost.NOT,
    ),
    ("the review stopped it", {"caught": True, "noticed": 10}, Verdict.CAUGHT, Lost.NOT),
    ("cancelled within the hold", {**D, "cancelled": 50}, Verdict.CANCELLED, Lost.NOT),
    ("read before noticing", {**P, **D, "push_noticed": 9}, Verdict.TOO_LATE, Lost.BEFORE_NOTICING),
    ("read as the sender noticed", {**P, **D, "push_noticed": 10}, Verdict.TOO_LATE, Lost.REACTING),
    ("read while reacting", {**P, **D, "push_noticed": 19}, Verdict.TOO_LATE, Lost.REACTING),
    (
        "read as the deletion joined the queue",
        {**P, **D, "push_noticed": 20},
        Verdict.TOO_LATE,
        Lost.IN_QUEUE,
    ),
    ("read while it waited", {**P, **D, "push_noticed": 29}, Verdict.TOO_LATE, Lost.IN_QUEUE),
    ("read as the action began", {**P, **D, "push_noticed": 30}, Verdict.TOO_LATE, Lost.IN_ACTION),
    ("read during propagation", {**P, **D, "push_noticed": 49}, Verdict.TOO_LATE, Lost.IN_ACTION),
    ("read at the instant of the effect", {**P, **D, "push_noticed": 50}, Verdict.GHOST, Lost.NOT),
    ("read after the effect", {**P, **D, "push_noticed": 60}, Verdict.GHOST, Lost.NOT),
    (
        "read before the refusal",
        {**P, **D, "effective": NEVER, "refused": 2, "push_noticed": 39},
        Verdict.TOO_LATE,
        Lost.IN_ACTION,
    ),
    (
        "read after the refusal",
        {**P, **D, "effective": NEVER, "refused": 2, "push_noticed": 40},
        Verdict.TOO_LATE,
        Lost.AFTER_REFUSAL,
    ),
    (
        "read before the horizon cut the request off",
        {**P, "noticed": 10, "push_noticed": 11},
        Verdict.TOO_LATE,
        Lost.REACTING,
    ),
    (
        "noticed by nobody before the horizon",
        {**P, "noticed": 10**9, "push_noticed": 11},
        Verdict.TOO_LATE,
        Lost.BEFORE_NOTICING,
    ),
    (
        "preview and thread at one instant",
        {**P, **D, "push_noticed": 25, "thread_read": 25},
        Verdict.TOO_LATE,
        Lost.IN_QUEUE,
    ),
    (
        "preview first, thread later",
        {**P, **D, "push_noticed": 25, "thread_read": 26},
        Verdict.TOO_LATE,
        Lost.IN_QUEUE,
    ),
    (
        "thread first, preview later",
        {**P, **D, "push_noticed": 25, "thread_read": 24},
        Verdict.IN_THREAD,
        Lost.NOT,
    ),
    (
        "ghost first, cache later",
        {**P, **D, "push_noticed": 60, "thread_read": 60, "from_cache": True},
        Verdict.GHOST,
        Lost.NOT,
    ),
    ("only in the thread", {"accepted": 0, **D, "thread_read": 12}, Verdict.IN_THREAD, Lost.NOT),
    (
        "from the device's copy",
        {"accepted": 0, **D, "thread_read": 70, "from_cache": True},
        Verdict.IN_THREAD,
        Lost.NOT,
    ),
    (
        "the mail was first",
        {
            **P,
            **D,
            "push_noticed": 60,
            "email_dispatched": 1,
            "email_arrived": 2,
            "email_chars": 9,
            "email_read": 15,
            "email_read_until": 16,
        },
        Verdict.TOO_LATE,
        Lost.REACTING,
    ),
    (
        "a hidden preview is no text",
        {**P, **D, "push_chars": 0, "push_noticed": 12},
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "a mail without text is no text",
        {
            "accepted": 0,
            **D,
            "email_dispatched": 1,
            "email_arrived": 2,
            "email_read": 15,
            "email_read_until": 16,
        },
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "taken back unseen",
        {**P, **D, "push_left": 60, "retraction_arrived": 60},
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "dropped on arrival",
        {"accepted": 0, **D, "push_dispatched": 1, "retraction_arrived": 55},
        Verdict.STOPPED,
        Lost.NOT,
    ),
    ("never notified, deleted", {"accepted": 0, **D}, Verdict.STOPPED, Lost.NOT),
    (
        "refused, still in the thread",
        {"accepted": 0, **D, "effective": NEVER, "refused": 2},
        Verdict.OPEN,
        Lost.NOT,
    ),
    ("not sent yet", {"noticed": 10}, Verdict.OPEN, Lost.NOT),
    ("still in the tray", {**P, **D, "push_left": NEVER}, Verdict.OPEN, Lost.NOT),
    ("still on its way", {"accepted": 0, **D, "push_dispatched": 1}, Verdict.OPEN, Lost.NOT),
    (
        "still in the mailbox",
        {"accepted": 0, **D, "email_dispatched": 1, "email_arrived": 2, "email_chars": 9},
        Verdict.OPEN,
        Lost.NOT,
    ),
    ("a mail on its way", {"accepted": 0, **D, "email_dispatched": 1}, Verdict.OPEN, Lost.NOT),
    (
        "a mail without text still in the mailbox",
        {"accepted": 0, **D, "email_dispatched": 1, "email_arrived": 2},
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "a hidden push still in the tray",
        {**P, **D, "push_chars": 0, "push_left": NEVER},
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "read on the watch",
        {**P, **D, "watch_read": 5, "push_noticed": 60},
        Verdict.TOO_LATE,
        Lost.BEFORE_NOTICING,
    ),
    ("read on the watch after the effect", {**P, **D, "watch_read": 50}, Verdict.GHOST, Lost.NOT),
    (
        "a watch without text",
        {**P, **D, "push_chars": 0, "watch_read": 5},
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "read at the desktop",
        {"accepted": 0, **D, "desk_chars": 9, "desk_read": 35},
        Verdict.TOO_LATE,
        Lost.IN_ACTION,
    ),
    ("a toast without text", {"accepted": 0, **D, "desk_read": 35}, Verdict.STOPPED, Lost.NOT),
    (
        "a toast with the edited text",
        {"accepted": 0, **D, "desk_chars": 9, "desk_edited": True, "desk_read": 55},
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "noticed after it was rewritten",
        {**P, **D, "push_rewritten": 55, "push_noticed": 55},
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "noticed before it was rewritten",
        {**P, **D, "push_rewritten": 55, "push_noticed": 54},
        Verdict.GHOST,
        Lost.NOT,
    ),
    (
        "rewritten and still in the tray",
        {**P, **D, "push_rewritten": 55, "push_left": NEVER},
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "the push showed the edited text",
        {**P, **D, "push_edited": True, "push_noticed": 60},
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "the edited push is still in the tray",
        {**P, **D, "push_edited": True, "push_left": NEVER},
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "the mail had the edited text",
        {
            "accepted": 0,
            **D,
            "email_dispatched": 51,
            "email_arrived": 52,
            "email_chars": 9,
            "email_edited": True,
            "email_read": 53,
        },
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "the thread showed the edited text",
        {"accepted": 0, **D, "thread_read": 60, "thread_edited": True},
        Verdict.STOPPED,
        Lost.NOT,
    ),
    (
        "the old text on the phone, then the edited one in the app",
        {**P, **D, "push_noticed": 60, "thread_read": 55, "thread_edited": True},
        Verdict.GHOST,
        Lost.NOT,
    ),
    (
        "lost in the store",
        {"accepted": 0, **D, "push_dispatched": 1, "push_lost": 3},
        Verdict.STOPPED,
        Lost.NOT,
    ),
]


def test_what_is_read_after_an_apology_or_a_block_was_lost_after_the_remedy() -> None:
    row = {**P, **D, "effective": NEVER, "push_noticed": 41}
    for remedy in ("apology", "block"):
        assert Lost(judge(records(row), remedy=remedy).lost[0]) is Lost.AFTER_REMEDY
    assert (
        Lost(judge(records({**row, "push_noticed": 39}), remedy="block").lost[0]) is Lost.IN_ACTION
    )
    assert Lost(judge(records(row)).lost[0]) is Lost.IN_ACTION, "a deletion still on its way"


@pytest.mark.parametrize(
    ("row", "verdict", "lost"), [case[1:] for case in TABLE], ids=[case[0] for case in TABLE]
)
def test_a_message_gets_the_verdict_of_the_table(
    row: dict[str, Any], verdict: Verdict, lost: Lost
) -> None:
    judged = judge(records(row))
    assert Verdict(judged.verdict[0]) is verdict
    assert Lost(judged.lost[0]) is lost


def test_a_verdict_reads_as_when_the_text_was_read() -> None:
    for read, words in ((49, "read before deletion"), (50, "read after deletion")):
        judged = judge(records({**P, **D, "effective": 50, "push_noticed": read}))
        assert Verdict(judged.verdict[0]).words == words
    judged = judge(records({**P, **D, "effective": 50, "thread_read": 49}))
    assert Verdict(judged.verdict[0]).words == "in thread"


def test_the_table_has_every_verdict_and_every_way_to_lose() -> None:
    assert {verdict for *_, verdict, _ in TABLE} == set(Verdict)
    assert {lost for *_, lost in TABLE} == set(Lost) - {Lost.AFTER_REMEDY}, (
        "which has a test of its own"
    )


TIMES = st.sampled_from([NEVER, NEVER, 0, 1, 2, 3, 4, 5, 6])
ROWS = st.fixed_dictionaries(
    dict.fromkeys(
        (
            "cancelled",
            "accepted",
            "noticed",
            "requested",
            "started",
            "completed",
            "effective",
            "push_dispatched",
            "push_arrived",
            "push_left",
            "push_noticed",
            "retraction_arrived",
            "email_dispatched",
            "email_arrived",
            "email_read",
            "thread_read",
            "phantom",
        ),
        TIMES,
    )
    | {
        "push_read_until": st.integers(0, 9),
        "email_read_until": st.integers(0, 9),
        "refused": st.integers(0, 3),
        "push_chars": st.sampled_from([0, 40, 100]),
        "email_chars": st.sampled_from([0, 100]),
        "regretted": st.booleans(),
        "caught": st.sampled_from([False, False, True]),
    }
    | dict.fromkeys(("watch_read", "desk_read", "push_rewritten", "push_lost"), TIMES)
    | {
        "desk_chars": st.sampled_from([0, 100]),
        "watch_read_until": st.integers(0, 9),
        "desk_read_until": st.integers(0, 9),
    }
    | dict.fromkeys(("push_edited", "email_edited", "desk_edited", "thread_edited"), st.booleans())
)


def second_reading(r: dict[str, Any]) -> Verdict:
    """Read docs/model.md, section 9, once more: for one message, without arrays."""
    old_push = r["push_chars"] and not r["push_edited"]
    push = r["push_noticed"] if old_push and r["push_noticed"] < r["push_rewritten"] else NEVER
    watch = r["watch_read"] if old_push else NEVER
    desk = r["desk_read"] if r["desk_chars"] and not r["desk_edited"] else NEVER
    mail = r["email_read"] if r["email_chars"] and not r["email_edited"] else NEVER
    p, t, e = (
        min(push, watch, desk, mail),
        NEVER if r["thread_edited"] else r["thread_read"],
        r["effective"],
    )
    if not r["regretted"]:
        return Verdict.NOT_ASKED
    if r["caught"]:
        return Verdict.CAUGHT
    if r["cancelled"] != NEVER:
        return Verdict.CANCELLED
    if p != NEVER and p <= t:
        return Verdict.TOO_LATE if p < e else Verdict.GHOST
    if t != NEVER:
        return Verdict.IN_THREAD
    waiting = (
        r["push_arrived"] != NEVER
        and r["push_left"] == NEVER
        and old_push
        and r["push_rewritten"] == NEVER
    )
    coming = (
        r["push_dispatched"] != NEVER
        and r["push_arrived"] == NEVER
        and r["retraction_arrived"] == NEVER
    )
    coming = coming and r["push_lost"] == NEVER and not r["push_edited"]
    bare = (r["email_arrived"] != NEVER and not r["email_chars"]) or r["email_edited"]
    mailed = r["email_dispatched"] != NEVER and r["email_read"] == NEVER and not bare
    if r["accepted"] == NEVER or e == NEVER or waiting or coming or mailed:
        return Verdict.OPEN
    return Verdict.STOPPED


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(st.lists(ROWS, min_size=1, max_size=12))
def test_every_record_whatsoever_gets_exactly_the_verdict_of_a_second_reading(
    rows: list[dict[str, Any]],
) -> None:
    judged = judge(records(*rows))
    assert [Verdict(v) for v in judged.verdict] == [second_reading(row) for row in rows]
    lost = judged.lost != Lost.NOT
    np.testing.assert_array_equal(lost, judged.verdict == Verdict.TOO_LATE)
    one_by_one = [judge(records(row)).verdict[0] for row in rows]
    assert one_by_one == judged.verdict.tolist(), "a verdict depends on no other message"
    _consistent(judged, rows)


def _consistent(judged: Judged, rows: list[dict[str, Any]]) -> None:
    read = judged.first_read != NEVER
    np.testing.assert_array_equal(read, judged.level >= Level.PART)
    np.testing.assert_array_equal(judged.exposed > 0, read)
    assert np.all(judged.exposed <= 100)
    met = np.array([r["phantom"] != NEVER for r in rows])
    np.testing.assert_array_equal(judged.phantom, met & (judged.first_read == NEVER))
    np.testing.assert_array_equal(
        judged.preview_read, earliest(judged.read[one.name] for one in PREVIEWS)
    )


def test_swapping_too_late_and_ghost_at_a_tie_would_be_noticed() -> None:
    """The wrong model: <= for <. Only a table with ties can tell them apart."""
    tied = [row for row in TABLE if row[1].get("push_noticed", -1) == row[1].get("effective", -2)]
    assert tied
    assert all(verdict is Verdict.GHOST for *_, verdict, _ in tied)


def exposed(
    seconds: float, *, speed: float = 24.0, shown: int = 100, length: int = 100, left: float = 1e6
) -> tuple[int, Level]:
    at = 1000
    row = {
        "accepted": 0,
        "push_arrived": at,
        "push_dispatched": 0,
        "push_chars": shown,
        "length": length,
        "push_noticed": at,
        "push_read_until": at + round(seconds * SECOND),
        "push_left": at + round(left * SECOND),
    }
    judged = judge(records(row), speed=speed)
    return int(judged.exposed[0]), Level(judged.level[0])


def test_reading_takes_time_at_24_characters_a_second() -> None:
    assert exposed(1.0) == (24, Level.PART)
    assert exposed(0.999999) == (23, Level.PART)
    assert exposed(0.0) == (1, Level.PART), "a look of no length still takes in something"
    assert exposed(4.2) == (100, Level.ALL)
    assert exposed(60.0) == (100, Level.ALL)
    assert exposed(60.0, shown=40) == (40, Level.PART), "no more than the preview shows"
    assert exposed(60.0, left=0.5) == (12, Level.PART), (
        "a push that is taken back in mid-look is read no further"
    )
    assert exposed(0.0, speed=float("inf")) == (100, Level.ALL)
    assert exposed(2.0, speed=10.0) == (20, Level.PART)
    assert exposed(0.0, length=1, shown=1) == (1, Level.ALL)


def test_whoever_dismisses_a_push_has_read_it_to_the_end_of_the_look() -> None:
    row = {
        "accepted": 0,
        "push_arrived": 0,
        "push_chars": 100,
        "push_noticed": 5,
        "push_read_until": 5 + 2 * SECOND,
        "push_left": 5,
    }
    assert judge(records(row | {"push_left_by": DISMISSED})).exposed.tolist() == [48]
    assert judge(records(row | {"push_left_by": RETRACTED})).exposed.tolist() == [1]


def test_a_push_that_stays_is_read_to_the_end_of_the_look() -> None:
    row = {
        "accepted": 0,
        "push_arrived": 0,
        "push_chars": 100,
        "push_noticed": 0,
        "push_read_until": 2 * SECOND,
    }
    assert judge(records(row)).exposed.tolist() == [48]


def test_the_most_exposed_surface_counts_and_the_app_shows_everything() -> None:
    push = {"push_arrived": 0, "push_chars": 100, "push_noticed": 0, "push_read_until": SECOND}
    mail = {"email_chars": 100, "email_read": 5, "email_read_until": 5 + 2 * SECOND}
    assert judge(records(push | mail)).exposed.tolist() == [48]
    assert judge(records(push | {"thread_read": 9})).exposed.tolist() == [100]
    assert Level(judge(records({"thread_read": 9})).level[0]) is Level.ALL


def test_signs_without_text_are_existence_and_nothing_is_nothing() -> None:
    levels = judge(
        records({}, {"phantom": 5}, {"push_noticed": 5, "push_arrived": 1}, {"email_read": 5})
    ).level
    assert [Level(v) for v in levels] == [
        Level.NOTHING,
        Level.EXISTENCE,
        Level.EXISTENCE,
        Level.EXISTENCE,
    ]


def test_the_edited_text_is_no_sign_of_the_regretted_one() -> None:
    rows = [
        {"push_noticed": 5, "push_chars": 9, "push_edited": True},
        {"desk_read": 5, "desk_chars": 9, "desk_edited": True},
        {"email_read": 5, "email_chars": 9, "email_edited": True},
        {"thread_read": 5, "thread_edited": True},
    ]
    assert {Level(v) for v in judge(records(*rows), remedy="edit").level} == {Level.NOTHING}


def test_notified_is_the_earlier_of_push_and_mail() -> None:
    rows = [{"push_arrived": 5, "email_arrived": 3}, {"email_arrived": 3}, {"push_arrived": 5}, {}]
    assert judge(records(*rows)).notified.tolist() == [3, 3, 5, NEVER]


INMAIL = {"kind": 1, "accepted": 100, "regretted": False, "thread_read": 200}


def test_a_reply_comes_after_first_reading_unless_the_message_is_gone_by_then() -> None:
    rows = [
        {**INMAIL, "reply_after": 50},
        {**INMAIL, **P, "push_noticed": 150, "reply_after": 10},
        {**INMAIL, "reply_after": 50, "effective": 250},
        {**INMAIL, "reply_after": 50, "effective": 251},
        {**INMAIL, "thread_read": NEVER, "reply_after": 50},
        {**INMAIL, "reply_after": 10_000},
    ]
    assert judge(records(*rows, horizon=1000)).replied.tolist() == [
        250,
        160,
        NEVER,
        250,
        NEVER,
        NEVER,
    ]
    assert judge(records(rows[2]), remedy="edit").replied.tolist() == [250], (
        "an edited message can be replied to"
    )


def test_a_credit_comes_back_on_a_reply_in_time_or_on_recall_where_the_regime_says_so() -> None:
    rows = [
        {**INMAIL, "reply_after": 50},
        {**INMAIL, "reply_after": 51},
        {**INMAIL, "effective": 220},
        {**INMAIL, "accepted": NEVER, "thread_read": NEVER},
        {**INMAIL, "kind": 0},
    ]
    judged = judge(records(*rows), refund_within=150)
    assert judged.credit_used.tolist() == [True, True, True, False, False]
    assert judged.credit_lost.tolist() == [False, True, True, False, False]
    recall = judge(records(*rows), refund_within=150, refund_on_recall=True)
    assert recall.credit_lost.tolist() == [False, True, False, False, False]


def test_an_orphan_is_a_step_sent_once_its_opening_message_was_gone() -> None:
    steps = [{"regretted": False, "after": k, "accepted": 60} for k in range(5)]
    openings = [
        {**D, "accepted": 0},
        {**D, "accepted": 0, "effective": 61},
        {**D, "cancelled": 50},
        {"caught": True},
        {"accepted": 0},
    ]
    unsent = {"regretted": False, "after": 0, "paused": 60}
    judged = judge(
        records(
            *openings,
            *steps,
            unsent,
            {"regretted": False, "after": 0, "apology": True, "accepted": 60},
        )
    )
    assert judged.orphan[5:].tolist() == [True, False, True, True, False, False, False]


def test_an_empty_message_that_was_shown_in_the_app_was_seen_whole() -> None:
    judged = judge(records({"length": 0, "thread_read": 9}))
    assert (judged.exposed[0], Level(judged.level[0])) == (0, Level.ALL)


def test_a_reply_at_the_end_of_observation_is_beyond_it() -> None:
    at = INMAIL["thread_read"] + 50
    for horizon, replied in ((at, NEVER), (at + 1, at)):
        judged = judge(records({**INMAIL, "reply_after": 50}, horizon=horizon))
        assert judged.replied[0] == replied
