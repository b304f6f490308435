"""Parity on timelines by hand: pushes that are opened, dismissed or left, why each leaves the tray, and
mails that are listed and opened, or not."""

from __future__ import annotations

import pytest

from sim.clock import NEVER
from sim.schema.codes import AT_ONCE, BATCHED, BY_THREAD, CONVERSATION, LATEST, MESSAGE, REWRITE
from sim.schema.records import DISMISSED, EXPIRED, IN_APP, IN_TRAY, OPENED, REPLACED, RETRACTED

from .timelines import Row, shows, world

GLANCES = [(k, k + 1) for k in (10, 20, 30, 40)]


def test_the_look_that_makes_up_the_number_handles_a_push_and_none_before_or_after() -> None:
    """Glances at 10, 20, 30, 40, noticed at the second: handled there, one later, two later; or
    opened 3 s after that, which takes the rest out of the tray"""
    rows: list[Row] = [{"glances_needed": 2, "looks_to_handle": k} for k in (1, 2, 3)]
    shows(
        world(rows, [{"glances": GLANCES}]),
        push_noticed=[20, 20, 20],
        push_left=[20, 30, 40],
        push_left_by=[DISMISSED] * 3,
        thread_read=[None] * 3,
    )
    rows[1] |= {"open_after": 3}
    shows(
        world(rows, [{"glances": GLANCES}]),
        push_left=[20, 33, 33],
        push_left_by=[DISMISSED, OPENED, IN_APP],
        thread_read=[33, 33, 33],
    )


def test_a_dismissed_push_leaves_the_badge_and_the_thread() -> None:
    """A 0, dismissed at 10, x 15; the glance at 20 meets a count without text, the visit at 50 ends
    it"""
    person: Row = {"badge": True, "glances": GLANCES, "visits": [(50, 51)]}
    shows(
        world([{"looks_to_handle": 1, "noticed": 15}], [person]),
        push_left=[10],
        badge_cleared=[50],
        phantom=[20],
    )
    shows(world([{"looks_to_handle": 1}], [person]), push_left=[10], thread_read=[50])


def test_a_look_meets_the_badge_before_it_dismisses() -> None:
    """Counted, x 5; the glance at 10 sees the text as it dismisses it: no sign without content, but
    the next one at 20 is"""
    person: Row = {"badge": True, "glances": GLANCES[:1]}
    row: Row = {"looks_to_handle": 1, "noticed": 5}
    shows(world([row], [person]), push_left=[10], phantom=[None])
    shows(world([row], [person | {"glances": GLANCES}]), phantom=[20])


def test_a_push_without_text_is_handled_by_its_own_chance_and_one_that_is_rewritten_is_not() -> (
    None
):
    """Hidden previews: opened 2 s after the look at 10, or by the third look, or never, whatever one
    with text would be; rewritten at 15, after being noticed at 10, handled by the look at 20 if it were not
    """
    person: list[Row] = [{"glances": GLANCES, "hides_previews": True}]
    rows: list[Row] = [
        {"looks_to_handle": 3, "bare_looks_to_handle": 1, "open_after": 2},
        {"looks_to_handle": 1, "bare_looks_to_handle": NEVER, "recipient": 1},
        {"looks_to_handle": 1, "bare_looks_to_handle": 3, "recipient": 2},
    ]
    shows(
        world(rows, person * 3),
        push_noticed=[10, 10, 10],
        push_left=[12, None, 30],
        push_left_by=[OPENED, IN_TRAY, DISMISSED],
        thread_read=[12, None, None],
    )
    row: Row = {"looks_to_handle": 2, "noticed": 15, "retract_after": 0}
    shows(
        world([row], [{"glances": GLANCES}], retraction_scope=REWRITE),
        push_rewritten=[15],
        push_left=[None],
    )
    shows(
        world([row], [{"glances": GLANCES}], retraction_scope=MESSAGE),
        push_left=[15],
        push_left_by=[RETRACTED],
    )


def test_an_alerts_glance_counts_towards_handling_and_so_does_one_in_progress_at_arrival() -> None:
    """A 0 while a glance lasts [-1, 5]: noticed; the alert's glance at 3 handles it"""
    row: Row = {"looks_to_handle": 2, "alert_after": 3}
    shows(world([row], [{"glances": [(-1, 5)]}]), push_noticed=[0], push_left=[3])


def test_what_leaves_the_tray_says_why_the_first_by_rank_if_there_are_two() -> None:
    """Expiry at 10 against: a retraction at 10 (its own goes first), a visit at 10 (expiry goes
    first), a newer push at 10 (goes first), an open at 10 (expiry goes first)"""
    first = {"written": 0, "push_latency": 0}
    shows(
        world([first | {"noticed": 10, "retract_after": 0}], push_expiry=10),
        push_left=[10],
        push_left_by=[RETRACTED],
    )
    shows(world([first], [{"visits": [(10, 11)]}], push_expiry=10), push_left_by=[EXPIRED])
    newer = {"written": 10, "push_latency": 0}
    shows(
        world([first, newer], push_expiry=10, collapse=BY_THREAD),
        push_left=[10, 20],
        push_left_by=[REPLACED, EXPIRED],
    )
    opened = first | {"looks_to_handle": 1, "open_after": 9}
    shows(world([opened], [{"glances": [(1, 1)]}], push_expiry=10), push_left_by=[EXPIRED])
    shows(world([opened], [{"glances": [(1, 1)]}], push_expiry=11), push_left_by=[OPENED])


@pytest.mark.parametrize(
    ("scope", "expected"),
    [(CONVERSATION, [EXPIRED, RETRACTED, RETRACTED]), (LATEST, [EXPIRED, EXPIRED, EXPIRED])],
)
def test_what_expires_as_another_is_retracted_goes_by_row(scope: int, expected: list[int]) -> None:
    """Three pushes of one sender expire at 10, the second one's retraction arrives at 10: the first
    has expired by then; it is not the latest, so with that scope nothing happens"""
    rows: list[Row] = [{}, {"noticed": 10, "retract_after": 0}, {}]
    shows(
        world(rows, push_expiry=10, retraction_scope=scope),
        push_left=[10, 10, 10],
        push_left_by=expected,
    )


def test_the_latest_push_is_retracted_as_it_expires() -> None:
    """Both expire at 10, and the second, the latest, is retracted at 10"""
    rows: list[Row] = [{}, {"noticed": 10, "retract_after": 0}]
    shows(world(rows, push_expiry=10, retraction_scope=LATEST), push_left_by=[EXPIRED, RETRACTED])


def test_a_push_that_arrives_in_the_open_app_says_so() -> None:
    """A 5 in visit [0 == 10]"""
    shows(
        world([{"push_latency": 5}], [{"visits": [(-1, 10)]}]), push_left=[5], push_left_by=[IN_APP]
    )


CHECKS: Row = {"email": AT_ONCE, "push": False, "checks": [(10, 12), (20, 22)]}


def test_a_check_lists_a_mail_and_opens_it_then_or_never() -> None:
    """Checks [10 12], [20 22]: opened, it shows all; not opened, the list's 30 characters and no
    more, at the first check only"""
    rows: list[Row] = [{"length": 100}, {"length": 100, "mail_opened": False}]
    shows(
        world(rows, [CHECKS], email_list=30),
        email_read=[10, 10],
        email_read_until=[12, 12],
        email_opened=[True, False],
        email_chars=[100, 30],
    )


def test_an_alert_opens_a_mail_whatever_its_coin_and_not_after_a_check_has_listed_it() -> None:
    """Arrived 0; alert at 9, before the check at 10: opened; alert at 11, after it: listed only"""
    rows: list[Row] = [{"mail_alert_after": k, "mail_opened": False} for k in (9, 11)]
    shows(
        world(rows, [CHECKS], email_list=30),
        email_read=[9, 10],
        email_opened=[True, False],
        email_chars=[100, 30],
    )


def test_a_check_in_progress_lists_a_mail_at_once() -> None:
    """Arrives 11 in [10 12]"""
    shows(
        world([{"email_latency": 11, "mail_opened": False}], [CHECKS], email_list=30),
        email_read=[11],
        email_read_until=[12],
        email_chars=[30],
    )


def test_the_list_shows_the_first_message_that_is_in_the_mail_and_nothing_of_the_others() -> None:
    """One batch of three at 5, the first of which is deleted at 4: left out, so the second leads"""
    rows: list[Row] = [{"length": 100, "mail_opened": False} for _ in range(3)]
    rows[0] |= {"noticed": 4}
    person = CHECKS | {"email": BATCHED}
    shows(
        world(rows, [person], email_window=5, email_list=30),
        email_dispatched=[None, 5, 5],
        email_chars=[0, 30, 0],
        email_opened=[False, False, False],
    )


def test_a_mail_that_nobody_has_met_keeps_what_it_may_show_and_a_line_without_text_is_a_sign() -> (
    None
):
    """No check: what is inside, or the list's if that is more; deleted at 5 and listed at 10 without
    text: a sign without content"""
    nobody = CHECKS | {"checks": []}
    shows(world([{"mail_opened": False}], [nobody], email_list=30), email_chars=[100])
    shows(world([{}], [nobody], email_list=30, email_preview=0), email_chars=[30])
    row: Row = {"mail_opened": False, "noticed": 5}
    shows(world([row], [CHECKS]), email_chars=[0], phantom=[10])
    shows(world([row], [CHECKS], email_list=30), phantom=[None])


def test_never_is_no_number_of_looks() -> None:
    """A push that nothing handles stays, however often it is looked at"""
    many = [(k, k) for k in range(1, 50)]
    shows(world([{"looks_to_handle": NEVER}], [{"glances": many}]), push_left=[None])
