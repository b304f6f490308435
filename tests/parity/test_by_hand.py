"""Parity on timelines worked out by hand, one rule each; times in seconds, drawn above each case.

`|` an event, `[==]` a look or a stretch, `x` the deletion's effect, `A` a push's arrival.
"""

from __future__ import annotations

from typing import Any

from sim.clock import NEVER, SECOND
from sim.records import Records
from sim.schema.codes import AT_ONCE, BATCHED, DIGEST, FIRST_NOTICED, LAST_SENT, LATEST_PENDING
from sim.schema.rules import Rules
from sim.world.by_hand import written_world

from .making import agree

_TIMES = {
    "written",
    "pressed",
    "released",
    "noticed",
    "reaction",
    "action",
    "propagation",
    "email_delay",
    "email_latency",
    "push_delay",
    "push_latency",
    "alert_after",
    "alert_length",
    "open_after",
    "retract_after",
    "badge_sync_after",
    "mail_alert_after",
    "mail_alert_length",
}


def played(
    messages: list[dict[str, Any]], people: list[dict[str, Any]] | None = None, **rules: Any
) -> Records:
    """Play a world told in seconds on both engines."""
    rows = [
        {k: v * SECOND if k in _TIMES and v != NEVER else v for k, v in m.items()} for m in messages
    ]
    looks = ("glances", "checks", "visits")
    named = [
        {k: [(a * SECOND, b * SECOND) for a, b in v] if k in looks else v for k, v in p.items()}
        for p in people or [{}]
    ]
    return agree(written_world(rows, named, rules=Rules(**rules), horizon=1000 * SECOND))


def seconds(records: Records, column: str) -> list[float | None]:
    """Give a column in seconds, None where nothing happened."""
    return [None if t == NEVER else t / SECOND for t in records[column].tolist()]


def test_a_deletion_at_the_instant_the_hold_ends_prevents_everything() -> None:
    """
    0 pressed ─────── 10 hold ends
                      x 10 effect (rank 3 before 5)
    """
    r = played(
        [{"released": 10, "noticed": 10}, {"released": 10, "noticed": 11}],
        [{"glances": [(10, 12)]}],
    )
    assert seconds(r, "cancelled") == [10, None]
    assert seconds(r, "accepted") == [None, 10]


def test_a_look_at_arrival_sees_the_preview_and_one_at_the_retraction_does_not() -> None:
    """
    A 5                     first: glance [5 6] meets it
    A 5 ── x 8 = R 8        second recipient: glance [8 9] does not
    """
    message = {"push_latency": 5, "noticed": 8, "retract_after": 0}
    r = played(
        [message, message | {"recipient": 1}], [{"glances": [(5, 6)]}, {"glances": [(8, 9)]}]
    )
    assert seconds(r, "push_noticed") == [5, None]
    assert seconds(r, "push_left") == [8, 8]


def test_a_retraction_that_overtakes_its_push_drops_it_on_arrival() -> None:
    """
    dispatch 0 ──────────────── A 9 dropped
          x 2 ── R 4                          and with R 9 = A 9 it arrives, then leaves
    """
    message = {"push_latency": 9, "noticed": 2, "retract_after": 2}
    r = played([message, message | {"retract_after": 7}])
    assert seconds(r, "push_arrived") == [None, 9]
    assert seconds(r, "push_left") == [None, 9]
    assert seconds(r, "retraction_arrived") == [4, 9]


def test_a_deletion_at_the_windows_end_is_allowed_and_a_microsecond_later_refused() -> None:
    """
    0 accepted ───── 60 window closes
                     | completed 60: allowed;  | 61: refused (2)
    """
    r = played([{"noticed": 60}, {"noticed": 60, "reaction": 1}], window=60 * SECOND)
    assert r["refused"].tolist() == [0, 2]
    assert seconds(r, "effective") == [60, None]


def test_an_unread_only_deletion_is_refused_if_read_before_the_ruling_and_not_at_it() -> None:
    """
    visit | 5           first: ruling at 5 (rank 2 before 19): allowed
    visit | 5 ── 6      second: ruling at 6: refused (3)
    """
    r = played(
        [{"noticed": 5}, {"noticed": 6, "sender": 1}], [{"visits": [(5, 5)]}], unread_only=True
    )
    assert r["refused"].tolist() == [0, 3]
    assert seconds(r, "thread_read") == [None, 5]


def test_a_free_hand_takes_the_deletions_in_the_order_the_sender_prefers() -> None:
    """
    joins: a 10, b 10, c 11   one hand, 5 s each
    first sent    a 10-15, b 15-20, c 20-25
    last sent     b 10-15 (of those that wait at 10), c 15-20, a 20-25
    """
    rows = [
        {"pressed": k, "written": k, "noticed": at, "action": 5}
        for k, at in enumerate((10, 10, 11))
    ]
    assert seconds(played(rows), "started") == [10, 15, 20]
    assert seconds(played(rows, order=LAST_SENT), "started") == [20, 10, 15]
    assert seconds(played(rows, order=FIRST_NOTICED), "started") == [10, 15, 20]
    assert seconds(played(rows, servers=2), "started") == [10, 10, 15]


def test_one_action_deletes_what_waits_of_the_same_batch() -> None:
    """
    a, b (batch 0) and c (alone) join at 10, d (batch 0) at 12
    a 10-15 takes b along; c 15-20; d came later: 20-25
    """
    rows = [{"noticed": 10, "action": 5, "batch": b} for b in (0, 0, -1)] + [
        {"noticed": 12, "action": 5, "batch": 0}
    ]
    r = played(rows, bulk=True)
    assert seconds(r, "started") == [10, 10, 15, 20]
    assert seconds(r, "completed") == [15, 15, 20, 25]


def test_a_push_that_arrives_while_someone_glances_is_met_until_the_later_end() -> None:
    """
    glance [1 ===== 8]   alert reaction to a: [2 ========== 12]
    a: A 1 (a look at arrival)   b: A 5, met at once, until 12
    """
    rows = [{"push_latency": 1, "alert_after": 1, "alert_length": 10}, {"push_latency": 5}]
    r = played(rows, [{"glances": [(1, 8)]}])
    assert seconds(r, "push_noticed") == [1, 5]
    assert seconds(r, "push_read_until") == [8, 12]


def test_a_push_that_arrives_during_a_visit_shows_nothing_and_one_at_its_start_is_cleared() -> None:
    """visit [5 ======== 9] a: A 5 enters the tray, cleared by the visit at 5;   b: A 7 the app is
    open;   c: A 9 enters the tray"""
    r = played(
        [{"push_latency": k} for k in (5, 7, 9)], [{"visits": [(5, 9)], "glances": [(20, 21)]}]
    )
    assert seconds(r, "push_left") == [5, 7, None]
    assert r["push_chars"].tolist() == [100, 0, 100]
    assert seconds(r, "push_noticed") == [None, None, 20]


def test_an_offline_visit_reads_the_copy_of_a_deleted_message_until_an_online_one_refreshed() -> (
    None
):
    """
    A 1   x 5     tap (offline) at 8: read from the copy
    """
    rows = [
        {
            "push_latency": 1,
            "noticed": 5,
            "looks_to_handle": 1,
            "open_after": 1,
            "tap_offline": True,
        }
    ]
    r = played(rows, [{"glances": [(7, 8)]}])
    assert seconds(r, "thread_read") == [8]
    assert r["from_cache"].tolist() == [True]
    r = played(rows, [{"glances": [(7, 8)], "visits": [(6, 6)]}])
    assert seconds(r, "thread_read") == [None]


def test_a_placeholder_is_a_sign_without_content_and_so_is_a_badge_that_counts_nothing() -> None:
    """A 0 counted   x 2      glance 3 (no text in the tray: previews hidden)      visit 6:
    placeholder, badge cleared"""
    people = {"badge": True, "push": False, "visits": [(6, 7)]}
    r = played([{"noticed": 2}], [people], placeholder=True)
    assert (seconds(r, "phantom"), seconds(r, "badge_cleared")) == ([6], [6])
    assert seconds(played([{"noticed": 2}], [people | {"glances": [(3, 3)]}]), "phantom") == [3]


def test_a_badge_brings_visits_that_would_not_take_place_without_it() -> None:
    """candidate visits 1, 2 ... 60, each kept with chance 1/1000 without a badge; the first one
    with the badge is kept"""
    people = {"badge": True, "visits": [(k, k) for k in range(1, 61)]}
    r = played([{"released": 40}], [people], badge_boost=1000.0)
    assert seconds(r, "thread_read") == [40]
    assert seconds(
        played([{"released": 40}], [people | {"badge": False}], badge_boost=1000.0), "thread_read"
    ) == [None]


def test_a_batch_closes_at_its_time_with_what_is_accepted_then_and_slides_if_told_to() -> None:
    """
    accepted 0, 10, 11; window 10      first: {0, 10} at 10, {11} at 21      sliding: all at 21
    """
    rows = [{"released": k} for k in (0, 10, 11)]
    people = [{"email": BATCHED, "checks": [(30, 40)]}]
    window = 10 * SECOND
    assert seconds(played(rows, people, email_window=window), "email_dispatched") == [10, 10, 21]
    assert seconds(
        played(rows, people, email_window=window, email_anchor=LATEST_PENDING), "email_dispatched"
    ) == [21, 21, 21]


def test_a_digest_binds_at_its_snapshot_on_the_recipients_clock() -> None:
    """
    due 25 + 100 k on a clock 10 s ahead: 15, 115 ...; lead 5: snapshots 10, 110
    a: accepted 10, goes at 15   b: accepted 11, at 115   c: deleted at the snapshot 110, left out
    d: deleted at 111, after the snapshot: goes all the same
    """
    rows = [
        {"released": 10},
        {"released": 11},
        {"released": 20, "noticed": 110},
        {"released": 20, "noticed": 111, "sender": 1},
    ]
    people = [{"email": DIGEST, "utc_offset": 10 * SECOND, "checks": [(115, 120)]}]
    r = played(rows, people, email_every=100 * SECOND, email_at=25 * SECOND, email_lead=5 * SECOND)
    assert seconds(r, "email_dispatched") == [15, 115, None, 115]
    assert seconds(r, "email_read") == [115, 115, None, 115]


def test_a_mail_is_read_at_once_by_a_check_in_progress_and_by_its_alert_or_the_next_check_otherwise() -> (
    None
):
    """check [0 ==== 5]   a arrives 3: at once, until 5 b arrives 6, alert at 8, next check 9: by
    the alert      c arrives 6, alert at 9: by the check (rank 15 before 17)"""
    rows = [
        {"email_latency": k, "mail_alert_after": a, "mail_alert_length": 50}
        for k, a in ((3, 2), (6, 2), (6, 3))
    ]
    r = played(rows, [{"email": AT_ONCE, "checks": [(0, 5), (9, 10)]}])
    assert seconds(r, "email_read") == [3, 8, 9]
    assert seconds(r, "email_read_until") == [5, 58, 10]


def test_a_message_accepted_during_an_online_visit_is_read_and_late_binding_drops_its_delayed_push() -> (
    None
):
    """visit [1 ====== 9]   accepted 4: read at 4, push due at 6 dropped (late) or sent (early),
    app open"""
    people = [{"visits": [(1, 9)]}]
    row = {"released": 4, "push_delay": 2}
    r = played([row], people)
    assert (seconds(r, "thread_read"), seconds(r, "push_dispatched")) == ([4], [None])
    assert seconds(played([row], people, push_late=False, push_drop=0), "push_arrived") == [6]
