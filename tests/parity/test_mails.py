"""The e-mail worker, flushing and throttling: timelines worked out by hand, in seconds
(docs/model.md, section 7)."""

from __future__ import annotations

from sim.clock import NEVER
from sim.schema.codes import AT_ONCE, BATCHED, DIGEST, FLUSH, LATEST_PENDING

from .timelines import Row, shows, world

_INSTANT: list[Row] = [{"email": AT_ONCE}]
_BATCHED: list[Row] = [{"email": BATCHED}]

# The worker


def test_the_worker_looks_every_so_often_from_its_phase_on() -> None:
    """
    looks at 3, 13, 23 ...     due 0: 3      3: 3      4: 13      13: 13
    """
    rows: list[Row] = [{"email_delay": k} for k in (0, 3, 4, 13)]
    for phase in (3, 23):
        person = {"email": AT_ONCE, "email_phase": phase}
        shows(world(rows, [person], email_tick=10), email_dispatched=[3, 3, 13, 13])


def test_a_batch_closes_at_the_workers_look_with_what_is_accepted_by_then() -> None:
    """
    accepted 0, 8, 10, 11; window 5; looks at 0, 10, 20 ...     {0, 8, 10} at 10, {11} due 16: 20
    sliding: 0 → 5 → 10, but 8 → 13 → 20, and so all at 20
    """
    rows: list[Row] = [{"released": k} for k in (0, 8, 10, 11)]
    shows(world(rows, _BATCHED, email_window=5, email_tick=10), email_dispatched=[10, 10, 10, 20])
    shows(
        world(rows, _BATCHED, email_window=5, email_tick=10, email_anchor=LATEST_PENDING),
        email_dispatched=[20] * 4,
    )


def test_digests_do_not_wait_for_the_worker() -> None:
    """
    digest due 15; looks at 0, 10, 20 ...
    """
    digest = {"email_at": 15, "email_every": 1000, "email_tick": 10}
    shows(world([{}], [{"email": DIGEST}], **digest), email_dispatched=[15])


# Flushing


def test_as_the_earliest_message_is_due_all_that_wait_go_in_one_mail_of_the_first_accepted() -> (
    None
):
    """a: accepted 0, due 10      b: accepted 1, due 5      all go at 5, by a's transport of 3, and
    nothing at 10"""
    rows: list[Row] = [
        {"email_delay": 10, "email_latency": 3},
        {"released": 1, "email_delay": 4, "email_latency": 90, "sender": 1},
    ]
    shows(world(rows, _BATCHED, email_anchor=FLUSH), email_dispatched=[5, 5], email_arrived=[8, 8])


def test_a_message_accepted_as_the_mail_goes_joins_and_one_that_is_never_due_waits_for_anothers() -> (
    None
):
    """
    a: never due      b: due 5      c: accepted 5      d: accepted 6, never due
    """
    rows: list[Row] = [
        {"released": at, "email_delay": delay, "sender": k}
        for k, (at, delay) in enumerate(((0, NEVER), (1, 4), (5, 50), (6, NEVER)))
    ]
    shows(world(rows, _BATCHED, email_anchor=FLUSH), email_dispatched=[5, 5, 5, None])


def test_a_flush_happens_at_the_workers_look() -> None:
    """
    looks at 0, 10, 20 ...     due 4: at 10, with what is accepted at 10; accepted 11: at 20
    """
    rows: list[Row] = [{"released": k} for k in (4, 10, 11)]
    shows(world(rows, _BATCHED, email_anchor=FLUSH, email_tick=10), email_dispatched=[10, 10, 20])


# Throttling


def test_a_mail_closes_its_conversation_for_a_gap_that_grows_up_to_the_most() -> None:
    """gap 100, twice as long each time, 300 at most 0 │ closed to 100 │ accepted 10, goes 100 │ to
    300 │ 110, goes 300 │ to 600 │ 310, goes 600 │ to 900 │ 1000, goes then"""
    rows: list[Row] = [{"released": k} for k in (0, 10, 110, 310, 1000)]
    shows(
        world(
            rows,
            _BATCHED,
            email_anchor=FLUSH,
            throttle_gap=100,
            throttle_factor=2.0,
            throttle_most=300,
            throttle_reset=5000,
        ),
        email_dispatched=[0, 100, 300, 600, 1000],
    )


def test_a_gap_without_growth_stays_and_is_never_less_than_the_first() -> None:
    """gap 100, factor 1, no most: 0 │ to 100 │ 10 goes 100 │ to 200 │ 110 goes 200      so with a
    most of 40 and a factor of 2"""
    rows: list[Row] = [{"released": k} for k in (0, 10, 110)]
    for factor, most in ((1.0, 0), (2.0, 40)):
        told = world(
            rows,
            _BATCHED,
            email_anchor=FLUSH,
            throttle_gap=100,
            throttle_factor=factor,
            throttle_most=most,
            throttle_reset=5000,
        )
        shows(told, email_dispatched=[0, 100, 200])


def test_the_gap_starts_again_after_a_pause_longer_than_the_reset() -> None:
    """gap 10, three times as long each time, reset 50 mails 0, 50 (fifty after: grows, closed 50
    to 80): accepted 60 goes 80      0, 51 (closed to 61): 60 goes 61"""
    rule = {"throttle_gap": 10, "throttle_factor": 3.0, "throttle_most": 1000, "throttle_reset": 50}
    rows: list[Row] = [{"released": k} for k in (0, 50, 60)]
    shows(world(rows, _BATCHED, email_anchor=FLUSH, **rule), email_dispatched=[0, 50, 80])
    rows = [{"released": k} for k in (0, 51, 60)]
    shows(world(rows, _BATCHED, email_anchor=FLUSH, **rule), email_dispatched=[0, 51, 61])


def test_the_pause_is_from_the_latest_of_the_previous_mail_to_the_first_of_this() -> None:
    """gap 10, three times, reset 50     mail at 40 with {0, 40}; mail at 90 with {90}: 50 after
    40: grows, closed to 120 mail at 0 with {0}, closed to 10; mail at 60 with {20, 60}: 20 after 0:
    grows, closed to 90"""
    rule = {"throttle_gap": 10, "throttle_factor": 3.0, "throttle_most": 1000, "throttle_reset": 50}
    rows: list[Row] = [{"email_delay": 40}, {"released": 40}, {"released": 90}, {"released": 100}]
    shows(world(rows, _BATCHED, email_anchor=FLUSH, **rule), email_dispatched=[40, 40, 90, 120])
    rows = [{}, {"released": 20, "email_delay": 40}, {"released": 60}, {"released": 70}]
    shows(world(rows, _BATCHED, email_anchor=FLUSH, **rule), email_dispatched=[0, 60, 60, 90])


def test_a_closed_conversation_goes_along_with_anothers_mail_and_its_gap_counts_from_there() -> (
    None
):
    """gap 100, constant     sender 0: 0, then accepted 10, due 100      sender 1: accepted 20:
    both go at 20 sender 0 accepted 30: closed from 20 to 120"""
    rows: list[Row] = [{}, {"released": 10}, {"released": 20, "sender": 1}, {"released": 30}]
    shows(
        world(rows, _BATCHED, email_anchor=FLUSH, throttle_gap=100, throttle_reset=5000),
        email_dispatched=[0, 20, 20, 120],
    )


def test_a_mail_closes_the_conversations_of_messages_left_out_too_and_if_nothing_is_left() -> None:
    """gap 100     due 5, x 2: nothing goes, closed to 105; accepted 10 goes 105 with another
    sender's message it goes at 5 without the deleted one, and the conversation is closed all the
    same"""
    gone: Row = {"email_delay": 5, "noticed": 2}
    rule = {"email_anchor": FLUSH, "throttle_gap": 100, "throttle_reset": 5000}
    shows(world([gone, {"released": 10}], _BATCHED, **rule), email_dispatched=[None, 105])
    rows = [gone, {"email_delay": 50, "sender": 1}, {"released": 10}]
    shows(world(rows, _BATCHED, **rule), email_dispatched=[None, 5, 105])


def test_a_message_accepted_as_its_conversation_opens_again_goes_at_once_and_on_the_workers_look() -> (
    None
):
    """
    gap 100: accepted 100, goes 100      looks at 0, 30, 60, 90, 120 ...: 120
    """
    rows: list[Row] = [{}, {"released": 100}]
    rule = {"email_anchor": FLUSH, "throttle_gap": 100}
    shows(world(rows, _BATCHED, **rule), email_dispatched=[0, 100])
    shows(world(rows, _BATCHED, **rule, email_tick=30), email_dispatched=[0, 120])


def test_gaps_are_rounded_half_to_even_to_the_microsecond() -> None:
    """
    gap 5 us, x 1.5: 7.5 → 8; x 1.5 → 12.  gap 3 us: 4.5 → 4; 6
    """
    micro = 1e-6
    for gap, opens in ((5, (5, 13, 25)), (3, (3, 7, 13))):
        rows: list[Row] = [{"released": k * micro} for k in (0, 1, opens[0] + 1, opens[1] + 1)]
        told = world(
            rows,
            _BATCHED,
            email_anchor=FLUSH,
            throttle_gap=gap * micro,
            throttle_factor=1.5,
            throttle_most=100,
            throttle_reset=100,
        )
        shows(told, email_dispatched=[0.0, *(k / 1_000_000 for k in opens)])


# Reading


def test_a_mail_is_not_read_by_its_alert_while_away_or_if_it_arrived_in_quiet_hours() -> None:
    """arrives 4, alert due 7      away [7 == 9]: no      away [4 == 7]: yes      quiet [4 == 5]:
    no      quiet [7 == 9]: yes"""
    row = {"email_latency": 4, "mail_alert_after": 3}
    intervals: list[Row] = [
        {"away": [(7, 9)]},
        {"away": [(4, 7)]},
        {"quiet": [(4, 5)]},
        {"quiet": [(7, 9)]},
    ]
    people = [{"email": AT_ONCE, "checks": [(20, 21)]} | interval for interval in intervals]
    shows(world([row | {"recipient": k} for k in range(4)], people), email_read=[20, 7, 20, 7])
