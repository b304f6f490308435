"""Collapse, fetching, scopes of a retraction: timelines worked out by hand, one rule each, in
seconds (section 5).

`|` an event, `[==]` a look or an interval, `x` the remedy's effect, `A` a push's arrival, `R` a
retraction's."""

from __future__ import annotations

from sim.schema.codes import BY_APP, BY_THREAD, CONVERSATION, LATEST, REWRITE

from .timelines import Row, shows, world

# Collapse


def test_a_newer_push_of_the_thread_replaces_the_older_and_of_the_app_any() -> None:
    """
    sender 0: A 1, A 3      sender 1: A 2       glance [4 5]
    """
    rows: list[Row] = [{"push_latency": k + 1, "sender": k % 2} for k in range(3)]
    people: list[Row] = [{"glances": [(4, 5)]}]
    shows(
        world(rows, people, collapse=BY_THREAD),
        push_left=[3, None, None],
        push_noticed=[None, 4, 4],
    )
    shows(
        world(rows, people, collapse=BY_APP), push_left=[2, 3, None], push_noticed=[None, None, 4]
    )


def test_of_two_pushes_that_arrive_at_once_the_later_row_stays() -> None:
    """
    glance [1 ====== 4]     A 2, A 2: only the second is met; the badge counts both
    """
    rows: list[Row] = [{"push_latency": 2}, {"push_latency": 2}]
    people: list[Row] = [{"glances": [(1, 4)], "badge": True}]
    shows(
        world(rows, people, collapse=BY_THREAD),
        push_arrived=[2, 2],
        push_left=[2, None],
        push_noticed=[None, 2],
        badge_counted=[2, 2],
    )


# Fetching


def test_a_push_whose_text_is_gone_as_it_is_fetched_is_lost_or_shown_without_text() -> None:
    """
    x 5 = A 5: gone (rank 3 before 8)      A 5, x 6: there      glance [7 8]
    """
    rows: list[Row] = [
        {"push_latency": 5, "noticed": 5},
        {"push_latency": 5, "noticed": 6, "sender": 1},
    ]
    people: list[Row] = [{"glances": [(7, 8)]}]
    shows(
        world(rows, people, push_fetch=True),
        push_arrived=[None, 5],
        push_lost=[5, None],
        push_chars=[0, 100],
        phantom=[None, None],
    )
    shows(
        world(rows, people, push_fetch=True, push_generic=True),
        push_arrived=[5, 5],
        push_lost=[None, None],
        push_chars=[0, 100],
        push_noticed=[7, 7],
        phantom=[7, None],
    )


def test_a_push_overtaken_by_its_retraction_is_dropped_before_it_is_fetched() -> None:
    """
    x 2 = R 2 ──── A 5: nothing is written      R 5 = A 5: fetched first, and gone
    """
    rows: list[Row] = [
        {"push_latency": 5, "noticed": 2, "retract_after": 0},
        {"push_latency": 5, "noticed": 2, "retract_after": 3, "sender": 1},
    ]
    shows(
        world(rows, push_fetch=True),
        push_lost=[None, 5],
        push_arrived=[None, None],
        retraction_arrived=[2, 5],
    )


def test_a_silent_count_is_fetched_too_and_lost_without_a_note() -> None:
    """
    x 5 = A 5
    """
    people: list[Row] = [{"push": False, "badge": True}]
    rows: list[Row] = [{"push_latency": 5, "noticed": 5}]
    shows(world(rows, people, push_fetch=True), badge_counted=[None], push_lost=[None])
    shows(
        world(rows, people, push_fetch=True, push_generic=True),
        badge_counted=[5],
        push_arrived=[None],
    )


# Scopes of a retraction


def test_a_retraction_of_the_conversation_takes_what_the_tray_holds_of_the_sender() -> None:
    """
    sender 0: A 0 x 5, A 0, A 6      sender 1: A 0
    """
    rows: list[Row] = [{"noticed": 5, "retract_after": 0}, {}, {"push_latency": 6}, {"sender": 1}]
    shows(
        world(rows, retraction_scope=CONVERSATION),
        push_left=[5, 5, None, None],
        push_arrived=[0, 0, 6, 0],
    )


def test_a_retraction_of_the_conversation_that_overtakes_its_push_takes_the_others_and_drops_that_one() -> (
    None
):
    """
    sender 0: A 1       x 3 = R 3 ──── A 9: dropped
    """
    rows: list[Row] = [{"push_latency": 1}, {"push_latency": 9, "noticed": 3, "retract_after": 0}]
    shows(world(rows, retraction_scope=CONVERSATION), push_left=[3, None], push_arrived=[1, None])


def test_a_retraction_of_the_latest_does_nothing_if_a_newer_push_of_the_sender_is_there() -> None:
    """A 1, A 2      the older deleted at 5: nothing      the newer: both leave      another
    sender's does not matter"""
    old, new, other = {"push_latency": 1}, {"push_latency": 2}, {"push_latency": 3, "sender": 1}
    gone = {"noticed": 5, "retract_after": 0}
    shows(
        world([old | gone, new, other], retraction_scope=LATEST),
        push_left=[None, None, None],
        retraction_arrived=[5, None, None],
    )
    shows(world([old, new | gone, other], retraction_scope=LATEST), push_left=[5, 5, None])


def test_of_pushes_that_arrived_at_once_the_higher_row_is_the_latest() -> None:
    """
    A 1, A 1      the first deleted: nothing      the second: both leave
    """
    row, gone = {"push_latency": 1}, {"noticed": 5, "retract_after": 0}
    shows(world([row | gone, row], retraction_scope=LATEST), push_left=[None, None])
    shows(world([row, row | gone], retraction_scope=LATEST), push_left=[5, 5])


def test_a_push_that_a_retraction_of_the_latest_overtook_shows_all_the_same() -> None:
    """
    x 2 = R 2 ──── A 5, glance [6 7]
    """
    rows: list[Row] = [{"push_latency": 5, "noticed": 2, "retract_after": 0}]
    shows(
        world(rows, [{"glances": [(6, 7)]}], retraction_scope=LATEST),
        retraction_arrived=[2],
        push_arrived=[5],
        push_noticed=[6],
        push_left=[None],
    )


def test_a_rewritten_push_stays_without_text_and_is_a_sign_to_who_notices_it_then() -> None:
    """A 0     x 5 = R 5     glance [5 6]: after it, so no text and no tap      glance [4 5]: read
    before, tap at 5"""
    row = {"noticed": 5, "retract_after": 0, "looks_to_handle": 1, "open_after": 1}
    rows = [row, row | {"recipient": 1, "sender": 1}]
    shows(
        world(rows, [{"glances": [(5, 6)]}, {"glances": [(4, 5)]}], retraction_scope=REWRITE),
        push_rewritten=[5, 5],
        push_noticed=[5, 4],
        phantom=[5, None],
        push_left=[None, 5],
        push_chars=[100, 100],
    )


def test_a_push_is_rewritten_before_it_expires_at_the_same_instant_and_dropped_if_overtaken() -> (
    None
):
    """
    A 0, expires 7 = R 7       x 2 = R 2 ──── A 9: dropped
    """
    rows: list[Row] = [
        {"noticed": 2, "retract_after": 5},
        {"push_latency": 9, "noticed": 2, "retract_after": 0, "sender": 1},
    ]
    shows(
        world(rows, retraction_scope=REWRITE, push_expiry=7),
        push_rewritten=[7, None],
        push_left=[7, None],
        push_arrived=[0, None],
    )


def test_a_badge_that_counts_a_rewritten_push_is_a_sign_at_the_next_glance() -> None:
    """
    A 0 counted, noticed by glance [1 2]      x 5 = R 5      glance [8 9]
    """
    people: list[Row] = [{"badge": True, "glances": [(1, 2), (8, 9)]}]
    rows: list[Row] = [{"noticed": 5, "retract_after": 0}]
    shows(
        world(rows, people, retraction_scope=REWRITE),
        push_noticed=[1],
        push_rewritten=[5],
        phantom=[8],
    )
