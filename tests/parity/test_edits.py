"""Edits: timelines worked out by hand, one rule each, in seconds (docs/model.md, sections 4 and 6).

`|` an event, `[==]` a look or an interval, `x` the edit's effect, `A` a push's arrival."""

from __future__ import annotations

from sim.clock import NEVER
from sim.schema.codes import AT_ONCE, DIGEST, EDIT

from .timelines import Row, shows, world


def test_a_late_bound_push_shows_the_edited_text_if_the_edit_takes_effect_by_its_dispatch() -> None:
    """dispatch 5, A 7     x 5: edited (rank 3 before 7)     x 6: the old text, and nothing takes
    it back"""
    row = {"push_delay": 5, "push_latency": 2, "retract_after": 0, "sender": 0}
    rows = [row | {"noticed": 5}, row | {"noticed": 6, "sender": 1}]
    shows(
        world(rows, [{"glances": [(8, 9)]}], remedy=EDIT),
        push_edited=[1, 0],
        push_noticed=[8, 8],
        push_left=[None, None],
        retraction_arrived=[None, None],
    )
    shows(world(rows, remedy=EDIT, push_late=False, push_drop=0), push_edited=[0, 0])


def test_a_fetched_push_shows_the_text_of_its_arrival() -> None:
    """
    dispatch 5, A 7     x 7: edited (rank 3 before 8)     x 8: the old text
    """
    row = {"push_delay": 5, "push_latency": 2}
    rows = [row | {"noticed": 7}, row | {"noticed": 8, "sender": 1}]
    shows(
        world(rows, remedy=EDIT, push_fetch=True, push_late=False, push_drop=0),
        push_edited=[1, 0],
        push_chars=[100, 100],
    )


def test_the_thread_shows_the_edited_text_from_the_edit_on_and_nothing_is_a_sign() -> None:
    """
    visit | 5     x 5: edited (rank 3 before 19)     x 6: it was read before
    """
    rows: list[Row] = [{"noticed": 5, "badge_sync_after": 0}, {"noticed": 6, "sender": 1}]
    shows(
        world(rows, [{"visits": [(5, 5), (8, 8)], "badge": True}], remedy=EDIT, placeholder=True),
        thread_read=[5, 5],
        thread_edited=[1, 0],
        badge_cleared=[5, 5],
        phantom=[None, None],
    )


def test_a_copy_on_the_device_has_the_text_of_its_arrival() -> None:
    """
    A 3 ─ x 4: the old text      x 4 = A 4: the new (rank 3 before 8)       offline visit | 9
    """
    rows: list[Row] = [
        {"push_latency": 3, "noticed": 4},
        {"push_latency": 4, "noticed": 4, "sender": 1},
    ]
    shows(
        world(rows, [{"visits": [(9, 9)]}], remedy=EDIT, visit_offline=1.0),
        thread_read=[9, 9],
        thread_edited=[0, 1],
        from_cache=[0, 0],
    )


def test_a_mail_carries_the_text_of_its_binding() -> None:
    """
    instant   dispatch 5        x 5: edited   x 6: not
    digest    snapshot 5, due 9, 109 ...   x 5: edited   x 6: not
    """
    row = {"email_delay": 5}
    rows = [row | {"noticed": 5}, row | {"noticed": 6, "sender": 1}]
    shows(world(rows, [{"email": AT_ONCE}], remedy=EDIT), email_edited=[1, 0], email_arrived=[5, 5])
    shows(
        world(rows, [{"email": AT_ONCE}], remedy=EDIT, email_late=False, email_drop=0),
        email_edited=[0, 0],
    )
    digests = {"email_at": 9, "email_every": 100, "email_lead": 4}
    shows(
        world(rows, [{"email": DIGEST}], remedy=EDIT, **digests),
        email_edited=[1, 0],
        email_arrived=[9, 9],
    )


def test_an_edit_within_the_hold_cancels_and_one_after_its_window_is_refused() -> None:
    """
    0 ── x 5 = hold ends 5: cancelled     0 accepted ── | 61 > window 60: refused
    """
    rows: list[Row] = [
        {"released": 5, "noticed": 5},
        {"noticed": 61, "sender": 1},
        {"noticed": 60, "sender": 2},
    ]
    shows(
        world(rows, remedy=EDIT, window=60),
        cancelled=[5, None, None],
        effective=[5, None, 60],
        refused=[0, 2, 0],
    )


def test_an_edit_rewrites_the_push_that_waits_in_the_tray_once_word_of_it_arrives() -> None:
    """A 0     x 5, word 7     looks at 7: the new text (rank 1 before 9)     at 6: the old one"""
    row = {"noticed": 5, "rewrite_after": 2}
    for look, edited in ((7, 1), (6, 0)):
        shows(
            world([row], [{"glances": [(look, look + 0.5)]}], remedy=EDIT),
            push_noticed=[look],
            push_edited=[edited],
            push_left=[None],
        )
    shows(
        world([row | {"rewrite_after": NEVER}], [{"glances": [(8, 9)]}], remedy=EDIT),
        push_edited=[0],
    )


def test_a_push_that_comes_after_word_of_the_edit_shows_the_new_text_at_once() -> None:
    """dispatch 0, x 1, word 3, A 4: as the app has the edit by then, its push shows it"""
    row = {"noticed": 1, "rewrite_after": 2, "push_latency": 4}
    shows(world([row], [{"glances": [(5, 6)]}], remedy=EDIT), push_noticed=[5], push_edited=[1])


def test_word_of_an_edit_waits_for_the_network_and_changes_no_push_of_another_message() -> None:
    """x 5, word 7, offline [6, 20): arrives 20     looks at 10: the old text     at 20: the new"""
    rows: list[Row] = [{"noticed": 5, "rewrite_after": 2}, {"sender": 1}]
    for look, edited in ((10, 0), (20, 1)):
        person = {"glances": [(look, look + 1)], "no_network": [(6, 20)]}
        shows(world(rows, [person], remedy=EDIT), push_edited=[edited, 0])
