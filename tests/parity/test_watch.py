"""The watch: timelines worked out by hand, one rule each, in seconds (docs/model.md,
section 5b)."""

from __future__ import annotations

from sim.clock import NEVER
from sim.schema.codes import REWRITE

from .timelines import Row, shows, world

# The watch


def test_an_alert_goes_to_the_watch_that_is_worn_and_not_to_the_phone() -> None:
    """A 1, shown on the watch, looked at 3 to 8; the phone's reaction at 1 does not take place
    not worn: it does"""
    row = {"push_latency": 1, "alert_after": 0, "watch_after": 2, "watch_length": 5}
    rows = [row | {"on_watch": True}, row | {"recipient": 1}]
    shows(
        world(rows, [{}, {}]),
        watch_shown=[1, None],
        watch_read=[3, None],
        watch_read_until=[8, None],
        push_noticed=[None, 1],
    )


def test_an_alert_stays_on_the_phone_that_is_in_use() -> None:
    """glance [0 == 5], A 1: in use      glance [1 == 5], A 1: it begins after the arrival, so the
    watch alert reaction [0 ==== 4] of another, A 1: in use"""
    row = {"push_latency": 1, "on_watch": True, "watch_after": 2}
    rows = [
        row,
        row | {"recipient": 1},
        row | {"recipient": 2},
        {"recipient": 2, "alert_after": 0, "alert_length": 4},
    ]
    people: list[Row] = [{"glances": [(0, 5)]}, {"glances": [(1, 5)]}, {}]
    shows(
        world(rows, people),
        watch_shown=[None, 1, None, None],
        watch_read=[None, 3, None, None],
        push_noticed=[1, 1, 1, 0],
    )


def test_a_watch_is_not_looked_at_while_away_and_shows_nothing_in_quiet_hours() -> None:
    """A 1, look due 3: away [3 == 5] no, away [1 == 3] yes      quiet [1 == 2]: not shown, quiet
    [0 == 1]: shown"""
    row = {"push_latency": 1, "on_watch": True, "watch_after": 2}
    people: list[Row] = [
        {"away": [(3, 5)]},
        {"away": [(1, 3)]},
        {"quiet": [(1, 2)]},
        {"quiet": [(0, 1)]},
    ]
    rows = [row | {"recipient": k} for k in range(4)]
    shows(world(rows, people), watch_shown=[1, 1, None, 1], watch_read=[None, 3, None, 3])


def test_a_watch_from_which_the_push_has_been_taken_back_is_not_read() -> None:
    """
    A 1, look due 3      x 2, taken back 3: not read      4: read      never: read
    """
    row = {"push_latency": 1, "on_watch": True, "watch_after": 2, "noticed": 2}
    rows = [
        row | {"watch_retract_after": k, "sender": k % 7, "recipient": r}
        for r, k in enumerate((1, 2, NEVER))
    ]
    shows(
        world(rows, [{}, {}, {}]),
        watch_shown=[1, 1, 1],
        watch_read=[None, 3, 3],
        phantom=[None] * 3,
    )


def test_word_to_the_watch_waits_as_the_phones_retraction_does_but_in_no_store() -> None:
    """A 1, x 2, word 3, look due 6 no network [3 == 6]: word 6, in time     [3 == 7]: too late
    room for one, and a push stored at 4: word 6 all the same dozing [3 == 7], normal priority: too
    late      high priority: in time"""
    row = {
        "push_latency": 1,
        "on_watch": True,
        "watch_after": 5,
        "noticed": 2,
        "watch_retract_after": 1,
    }
    rows = [row | {"recipient": k, "sender": k} for k in range(4)] + [
        {"push_latency": 4, "recipient": 2}
    ]
    people: list[Row] = [
        {"no_network": [(3, 6)]},
        {"no_network": [(3, 7)]},
        {"no_network": [(3, 6)], "store": 1},
        {"dozing": [(3, 7)]},
    ]
    shows(world(rows, people, retraction_waits=True), watch_read=[None, 6, None, 6, None])
    shows(world(rows, people), watch_read=[None, 6, None, None, None])


def test_a_watch_without_text_that_shows_a_deleted_message_is_a_sign() -> None:
    """previews hidden: A 1, look 3      x 2: a sign      x 3: a sign (rank 3 before 13)      x 4:
    none yet"""
    row = {"push_latency": 1, "on_watch": True, "watch_after": 2}
    rows = [row | {"noticed": k, "sender": k} for k in (2, 3, 4)]
    shows(world(rows, [{"hides_previews": True}]), watch_read=[3, 3, 3], phantom=[3, 3, None])


def test_a_rewritten_push_goes_on_showing_its_text_on_the_watch() -> None:
    """
    A 1, x 2 = R 2, look at the watch 3, not taken back there
    """
    row = {"push_latency": 1, "on_watch": True, "watch_after": 2, "noticed": 2, "retract_after": 0}
    shows(
        world([row], retraction_scope=REWRITE), push_rewritten=[2], watch_read=[3], phantom=[None]
    )
