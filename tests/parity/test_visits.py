"""Parity on timelines by hand: app visits at the desktop, conversations, what a visit clears, the app's
list of notifications, and reasons to drop what waits (docs/model.md, sections 5 to 7)."""

from __future__ import annotations

import pytest

from sim.clock import NEVER
from sim.schema.codes import (
    AT_ONCE,
    BATCHED,
    BLOCK,
    BLOCKED,
    BY_READING,
    CLEARS_NOTHING,
    CLEARS_THREAD,
    DELETED,
    DIGEST,
    EDIT,
    EDITED,
    ONE_THREAD,
    READ,
    SEEN,
)
from sim.schema.records import EXPIRED, IN_APP, IN_TRAY, OPENED, READ_ELSEWHERE

from .timelines import Row, shows, world

# At the desktop


def test_a_visit_at_the_desktop_reads_the_thread_and_leaves_the_phone_as_it_is() -> None:
    """A 0; in the app at the desk [10 == 20]; x 5 for another: its push stays, and is read at 30"""
    rows: list[Row] = [{}, {"noticed": 5, "sender": 1}]
    person: Row = {"desk_app": [(10, 20)], "badge": True, "glances": [(30, 31)]}
    shows(
        world(rows, [person]),
        thread_read=[10, None],
        push_left=[None, None],
        push_left_by=[IN_TRAY, IN_TRAY],
        push_noticed=[30, 30],
        badge_cleared=[None, None],
    )
    # On the phone the same visit empties the tray.
    phone: Row = {"visits": [(10, 20)], "badge": True, "glances": [(30, 31)]}
    shows(
        world(rows, [phone]),
        thread_read=[10, None],
        push_left=[10, 10],
        push_noticed=[None, None],
        badge_cleared=[10, 10],
    )


def test_what_is_read_at_the_desktop_is_cleared_on_the_phone_a_while_later() -> None:
    """Read 10, cleared 13; no network [12 == 18]: 18; never: stays; read at once: at the earliest after
    what else happens at that instant"""
    row: Row = {"clear_after": 3}
    rows = [row, row | {"recipient": 1}, row | {"recipient": 2, "clear_after": NEVER}]
    rows.append({"recipient": 3, "clear_after": 0})
    desk: Row = {"desk_app": [(10, 20)], "badge": True}
    people: list[Row] = [
        desk,
        desk | {"no_network": [(12, 18)]},
        desk,
        desk | {"glances": [(10, 10)]},
    ]
    shows(
        world(rows, people),
        thread_read=[10] * 4,
        push_left=[13, 18, None, 10.000001],
        push_left_by=[READ_ELSEWHERE, READ_ELSEWHERE, IN_TRAY, READ_ELSEWHERE],
        badge_cleared=[13, 18, None, 10.000001],
        push_noticed=[None, None, None, 10],
    )
    waits: list[Row] = [desk | {"dozing": [(12, 18)]}]
    shows(world([row], waits, retraction_waits=True), push_left=[18])
    shows(world([row], waits), push_left=[13])


def test_a_retraction_works_only_where_the_app_ran_lately() -> None:
    """A 4, R 6, within 3: a visit on the phone that ended 3, or goes on, or the push of another message
    that was opened 5 count; a visit that ended 2.9, one at the desk, or none do not"""
    row: Row = {"released": 4, "noticed": 6, "retract_after": 0}
    rows = [row | {"recipient": r} for r in range(6)]
    rows += [{"recipient": 3, "sender": 1, "looks_to_handle": 1, "open_after": 0, "length": 5}]
    people: list[Row] = [
        {"visits": [(1, 3)]},
        {"visits": [(1, 2.9)]},
        {"visits": [(0, 1), (5, 7)]},
        {"glances": [(5, 5)]},
        {"desk_app": [(5, 7)]},
        {},
    ]
    rules = {"visit_clears": CLEARS_NOTHING, "visit_reads": ONE_THREAD}
    lately = [6, None, 6, 6, None, None]
    ran = world(rows, people, retraction_app_ran_within=3, **rules)
    shows(ran, retraction_arrived=[*lately, None], push_left=[*lately, 5])
    always = [6] * 6
    shows(world(rows, people, **rules), retraction_arrived=[*always, None], push_left=[*always, 5])


def test_a_retraction_that_an_app_that_did_not_run_missed_does_not_overtake_its_push() -> None:
    """R 6, A 8: the app ran until 5.5 or until 1"""
    row: Row = {"noticed": 6, "push_latency": 8, "retract_after": 0}
    people: list[Row] = [{"visits": [(-3, 5.5)]}, {"visits": [(0, 1)]}]
    shows(
        world([row, row | {"recipient": 1}], people, retraction_app_ran_within=2, push_drop=0),
        retraction_arrived=[6, None],
        push_arrived=[None, 8],
    )


@pytest.mark.parametrize("kind", ["visits", "in_hand"])
def test_a_visit_that_ended_by_time_0_is_not_known(kind: str) -> None:
    """x 6 within 10: a visit that ended before 0, or at 0, does not count; one that began then, or ended later, does"""
    row: Row = {"released": 4, "noticed": 6, "retract_after": 0}
    visits = [(-3, -1), (-3, 0), (-1, 0), (0, 0), (-3, 1)]
    rows = [row | {"recipient": r} for r in range(len(visits))]
    people: list[Row] = [{kind: [visit]} for visit in visits]
    shows(
        world(rows, people, retraction_app_ran_within=10),
        retraction_arrived=[None, None, None, 6, 6],
    )


def test_a_push_that_comes_after_the_word_that_it_was_read_elsewhere_does_not_show() -> None:
    """Read 10, word 13; A 12: in the tray until 13; A 13: the same instant; A 14: nothing"""
    rows: list[Row] = [
        {"clear_after": 3, "push_latency": k, "recipient": r} for r, k in enumerate((12, 13, 14))
    ]
    desk: Row = {"desk_app": [(10, 20)], "badge": True}
    shows(
        world(rows, [desk] * 3, push_drop=0),
        push_arrived=[12, 13, None],
        push_left=[13, 13, None],
        badge_counted=[None] * 3,
    )
    shows(
        world([{"clear_after": 3}], [desk], push_expiry=13), push_left=[13], push_left_by=[EXPIRED]
    )


def test_a_message_is_read_by_the_visit_in_progress_that_began_first() -> None:
    """At the desk [1 == 9], on the phone [2 == 9], accepted 5: read at the desk, so the phone is told"""
    row: Row = {"released": 5, "clear_after": 2, "push_latency": 10}
    desk: Row = {"desk_app": [(1, 9)], "visits": [(2, 9)]}
    shows(world([row], [desk]), thread_read=[5], push_arrived=[None])
    phone: Row = {"desk_app": [(2, 9)], "visits": [(1, 9)]}
    shows(world([row], [phone]), thread_read=[5], push_arrived=[15])


def test_a_refused_deletion_corrects_no_badge_though_the_reading_was_at_the_desktop() -> None:
    """Counted 0, read at the desk 10, ruling 15: opened before; the correction at 16 does not come"""
    row: Row = {"noticed": 15, "badge_sync_after": 1}
    shows(
        world([row], [{"desk_app": [(10, 11)], "badge": True}], unread_only=True),
        refused=[3],
        badge_cleared=[None],
    )


# Conversations


def test_a_visit_that_opens_one_conversation_reads_the_one_with_the_latest_message() -> None:
    """From 0 at 1 and 2, from 1 at 3; visit 5: reads 1's; visit 8: reads 0's"""
    rows: list[Row] = [{"released": 1}, {"released": 2}, {"released": 3, "sender": 1}]
    person: Row = {"visits": [(5, 6), (8, 9)]}
    shows(world(rows, [person], visit_reads=ONE_THREAD), thread_read=[8, 8, 5])
    shows(world(rows, [person]), thread_read=[5, 5, 5])


def test_a_tapped_push_opens_its_own_conversation_and_clears_it_alone() -> None:
    """A 0 of both, the first tapped at 7: reads and clears its own; the other's push stays"""
    rows: list[Row] = [{"looks_to_handle": 1, "open_after": 2}, {"sender": 1}]
    person: Row = {"glances": [(5, 6)]}
    shows(
        world(rows, [person], visit_reads=ONE_THREAD, visit_clears=CLEARS_THREAD),
        thread_read=[7, None],
        push_left=[7, None],
        push_left_by=[OPENED, IN_TRAY],
    )
    shows(
        world(rows, [person], visit_clears=CLEARS_THREAD), thread_read=[7, 7], push_left=[7, None]
    )
    shows(world(rows, [person], visit_reads=ONE_THREAD), thread_read=[7, None], push_left=[7, 7])
    shows(world(rows, [person], visit_clears=CLEARS_NOTHING), push_left=[7, None])


def test_a_message_accepted_during_a_visit_is_read_if_its_conversation_is_open() -> None:
    """Visit [5 == 20] opens 0's conversation; accepted 10 of 1: not read, of 0 at 12: read; a visit that
    found nothing opens what comes first"""
    rows: list[Row] = [{"released": 1}, {"released": 10, "sender": 1}, {"released": 12}]
    person: Row = {"visits": [(5, 20)]}
    shows(world(rows, [person], visit_reads=ONE_THREAD), thread_read=[5, None, 12])
    shows(world(rows[1:], [person], visit_reads=ONE_THREAD), thread_read=[10, None])


def test_the_badge_may_count_until_a_message_is_read_or_for_good() -> None:
    """Both counted 0; x 3 of the second; visit 5 reads the first: one count ends, the other stays, a
    sign"""
    rows: list[Row] = [{}, {"noticed": 3, "sender": 1}]
    person: Row = {"badge": True, "visits": [(5, 6), (8, 9)]}
    shows(
        world(rows, [person], badge_counts=BY_READING), badge_cleared=[5, None], phantom=[None, 5]
    )
    shows(world(rows, [person]), badge_cleared=[5, 5])


def test_a_copy_on_the_phone_outlives_a_visit_at_the_desktop_and_no_visit_on_the_phone() -> None:
    """A 0, x 3; at the desk 5; offline visit 8: the copy is read; an online visit at 5: it is gone"""
    row: Row = {"noticed": 3}
    desk: Row = {"desk_app": [(5, 6)], "visits": [(8, 9)], "no_network": [(7, 10)]}
    phone: Row = {"visits": [(5, 6), (8, 9)], "no_network": [(7, 10)]}
    shows(world([row], [desk]), thread_read=[8], from_cache=[1])
    shows(world([row], [phone]), thread_read=[None], from_cache=[0])
    shows(world([row], [phone], visit_reads=ONE_THREAD), thread_read=[None])


# The app's list of notifications


def test_a_visit_looks_at_the_entries_of_what_the_thread_no_longer_shows() -> None:
    """x 3; visit [5 == 9] reads the entry; removed at 5: gone (rank 9 before 19); at 6: read; the second
    message is read in the thread, so nobody looks at its entry"""
    rows: list[Row] = [
        {"noticed": 3},
        {"sender": 1},
        {"noticed": 3, "list_gone_after": 2, "sender": 2},
        {"noticed": 3, "list_gone_after": 3, "sender": 3},
    ]
    shows(
        world(rows, [{"visits": [(5, 9)]}], list_shown=True, list_chars=40),
        list_read=[5, None, None, 5],
        list_read_until=[9, None, None, 9],
        list_chars=[40, 0, 0, 40],
        thread_read=[None, 5, None, None],
    )
    shows(world(rows, [{"visits": [(5, 9)]}]), list_read=[None] * 4)
    shows(world(rows[:1], [{"visits": [(5, 9)]}], list_shown=True), list_chars=[0], phantom=[5])


def test_entries_of_other_conversations_show_and_are_looked_at_once_online() -> None:
    """Offline visit 3: nothing; visit 5 opens 1's conversation and shows the entry of 0's, visit 8 reads it"""
    rows: list[Row] = [{"released": 1}, {"released": 2, "sender": 1}]
    person: Row = {"visits": [(3, 4), (5, 6), (8, 9)], "no_network": [(3, 4)], "push": False}
    shows(
        world(rows, [person], visit_reads=ONE_THREAD, list_shown=True, list_chars=20),
        list_read=[5, None],
        thread_read=[8, 5],
    )


@pytest.mark.parametrize(
    ("second", "listed", "read"),
    [
        ({}, [None, 5, None, None], [11, 11, 5, 8]),
        ({"noticed": 3, "list_gone_after": 0}, [5, None, None, None], [11, None, 5, 8]),
        ({"noticed": 3}, [None, 5, None, None], [11, None, 5, 8]),
        ({"noticed": 7, "list_gone_after": 0}, [8, 5, None, None], [11, None, 5, 8]),
        ({"noticed": 7, "list_gone_after": 2}, [None, 5, None, None], [11, None, 5, 8]),
    ],
)
def test_a_list_of_conversations_shows_the_latest_message_of_each_that_is_there(
    second: Row, listed: list[int | None], read: list[int | None]
) -> None:
    """0 and 1 by one sender, 2 by another, 7 by a third. Visit 5 opens the second's, 8 the third's, 11 the
    first's; the list has the later of the first's two, or the earlier, where the later one is gone by then"""
    rows: list[Row] = [
        {},
        {"released": 1} | second,
        {"released": 2, "sender": 1},
        {"released": 7, "sender": 2},
    ]
    person: Row = {"visits": [(5, 6), (8, 9), (11, 12)], "push": False}
    rules = {"visit_reads": ONE_THREAD, "list_shown": True, "list_chars": 20, "list_latest": True}
    shows(world(rows, [person], **rules), list_read=listed, thread_read=read)


def test_where_every_conversation_is_read_a_deleted_message_is_listed_once_no_later_one_is() -> (
    None
):
    """Both x 3; the later one's entry is gone at 6: visit 5 looks at it, visit 8 at the earlier one's"""
    rows: list[Row] = [{"noticed": 3}, {"released": 1, "noticed": 3, "list_gone_after": 3}]
    person: Row = {"visits": [(5, 6), (8, 9)], "push": False}
    rules = {"list_shown": True, "list_chars": 20, "list_latest": True}
    shows(world(rows, [person], **rules), list_read=[8, 5], thread_read=[None, None])


# Reasons to drop what waits

DROPPED = [
    ("deleted", DELETED, {"noticed": 5}, {}, {}),
    ("read", READ, {}, {"visits": [(5, 6)]}, {}),
    ("seen", SEEN, {}, {"visits": [(5, 6)]}, {}),
    ("blocked", BLOCKED, {"noticed": 5}, {}, {"remedy": BLOCK}),
    ("edited", EDITED, {"noticed": 5}, {}, {"remedy": EDIT}),
]


@pytest.mark.parametrize(("name", "bit", "row", "person", "rules"), DROPPED)
def test_each_reason_drops_what_waits_by_itself_and_no_other_does(
    name: str, bit: int, row: Row, person: Row, rules: Row
) -> None:
    """It happens at 5; push, toast and mail leave at 9"""
    waits: Row = row | {"push_delay": 9, "desk_delay": 9, "email_delay": 9}
    people: list[Row] = [{"email": AT_ONCE, "at_desk": [(0, 50)]} | person]
    every = DELETED | READ | SEEN | BLOCKED | EDITED
    other = every & ~bit & ~(READ | SEEN if bit in (READ, SEEN) else 0)
    for drop, leaves in ((bit, None), (other, 9), (0, 9)):
        shows(
            world([waits], people, push_drop=drop, email_drop=drop, desk_drop=drop, **rules),
            push_dispatched=[leaves],
            email_dispatched=[leaves],
            desk_shown=[9 if leaves and bit not in (READ, SEEN) else None],
        )


def test_seen_is_asked_of_messages_that_are_deleted_and_read_is_not() -> None:
    """x 3, visit 5: the thread does not have it; the mail at 9 carries it unless the reason is "seen\""""
    row: Row = {"noticed": 3, "email_delay": 9}
    people: list[Row] = [{"email": AT_ONCE, "visits": [(5, 6)]}]
    shows(world([row], people, email_drop=READ), email_dispatched=[9])
    shows(world([row], people, email_drop=SEEN), email_dispatched=[None])


def test_an_offline_visit_has_seen_nothing_and_one_at_the_desktop_has() -> None:
    """Visit 5 offline: mailed; at the desk: not; one that began before and goes on: not"""
    row: Row = {"email_delay": 9, "released": 2}
    rows = [row | {"recipient": k} for k in range(3)]
    people: list[Row] = [
        {"email": AT_ONCE, "visits": [(5, 6)], "no_network": [(5, 6)]},
        {"email": AT_ONCE, "desk_app": [(5, 6)]},
        {"email": AT_ONCE, "visits": [(1, 3)]},
    ]
    shows(world(rows, people, email_drop=SEEN), email_dispatched=[11, None, None])


def test_a_batch_and_a_digest_leave_out_what_has_been_seen_since() -> None:
    """Accepted 0 and 8, seen at 5; the batch of 10 s has the second; so has the digest, due 12, whose
    snapshot is at 9"""
    rows: list[Row] = [{}, {"released": 8}]
    person: Row = {"visits": [(5, 6)]}
    shows(
        world(rows, [person | {"email": BATCHED}], email_drop=SEEN, email_window=10),
        email_dispatched=[None, 10],
    )
    shows(
        world(
            rows,
            [person | {"email": DIGEST}],
            email_drop=SEEN,
            email_every=20,
            email_at=12,
            email_lead=3,
        ),
        email_dispatched=[None, 12],
    )


def test_a_retraction_follows_a_push_that_no_deletion_drops() -> None:
    """Dispatch 9, x 5, retraction 6: sent after it where deletion drops nothing; the push at 10 is dropped
    on arrival"""
    row: Row = {"noticed": 5, "retract_after": 1, "push_delay": 9, "push_latency": 1}
    shows(
        world([row], push_drop=READ),
        push_dispatched=[9],
        retraction_arrived=[6],
        push_arrived=[None],
    )
    shows(world([row], push_drop=DELETED), push_dispatched=[None], retraction_arrived=[None])


def test_an_app_that_is_open_at_the_desktop_does_not_keep_a_push_from_the_phones_tray() -> None:
    """At the desk [0 == 20], A 10: in the tray; on the phone: not"""
    row: Row = {"released": 5, "push_latency": 5}
    shows(world([row], [{"desk_app": [(0, 20)]}]), push_left=[None])
    shows(world([row], [{"visits": [(0, 20)]}]), push_left=[10], push_left_by=[IN_APP])
