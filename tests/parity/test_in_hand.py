"""Parity on timelines by hand: the phone in hand, which is a glance and an app visit at once."""

from __future__ import annotations

from sim.clock import NEVER
from sim.schema.records import DISMISSED, IN_APP

from .timelines import Row, shows, world

HAND: Row = {"in_hand": [(10, 20)]}


def test_what_waits_as_the_phone_is_taken_is_noticed_and_read_in_the_app() -> None:
    """A 5     in hand [10 == 20]: noticed at 10, read and cleared at 10"""
    shows(
        world([{"push_latency": 5}], [HAND]),
        push_noticed=[10],
        push_read_until=[20],
        push_left=[10],
        push_left_by=[IN_APP],
        thread_read=[10],
    )


def test_what_arrives_while_the_phone_is_in_hand_finds_the_app_open() -> None:
    """Accepted 12: read at once, and its push at 15 shows nothing; A 10 enters the tray before"""
    rows: list[Row] = [{"written": 12, "push_latency": 3}, {"push_latency": 10}, {"written": 20}]
    shows(
        world(rows, [HAND | {"badge": True}], push_late=False, push_drop=0),
        thread_read=[10, 12, None],
        push_arrived=[10, 15, 20],
        push_noticed=[10, None, None],
        push_left=[10, 15, None],
        badge_cleared=[10, None, None],
    )


def test_a_visit_in_hand_is_never_thinned_and_one_of_the_stream_is() -> None:
    """Boost 1000: a visit without a badge at 10 does not take place, one in hand does"""
    row: Row = {"push_delay": NEVER}
    shows(world([row], [{"visits": [(10, 20)]}], badge_boost=1000.0), thread_read=[None])
    shows(world([row], [HAND], badge_boost=1000.0), thread_read=[10])


def test_two_visits_at_once_are_open_as_long_as_either_is() -> None:
    """Visit [5 == 30], in hand [10 == 20]: open at 25; visit [12 == 15], in hand [10 == 20]: at 18"""
    shows(world([{"written": 25}], [HAND | {"visits": [(5, 30)]}]), thread_read=[25])
    shows(world([{"written": 18}], [HAND | {"visits": [(12, 15)]}]), thread_read=[18])
    shows(world([{"written": 21}], [HAND | {"visits": [(12, 15)]}]), thread_read=[None])


def test_a_message_is_read_on_acceptance_if_either_visit_is_online() -> None:
    """Offline from 9 to 11, so the visit in hand from 10 is; one of the stream from 12 is online"""
    person = HAND | {"no_network": [(9, 11)]}
    shows(world([{"written": 13}], [person]), thread_read=[None])
    shows(world([{"written": 13}], [person | {"visits": [(12, 14)]}]), thread_read=[13])


def test_away_does_not_stop_the_phone_from_being_in_hand() -> None:
    """Away [0 == 100], in hand [10 == 20] all the same"""
    shows(world([{}], [HAND | {"away": [(0, 100)]}]), push_noticed=[10], thread_read=[10])


def test_the_streams_look_goes_first_at_one_instant() -> None:
    """Glance [10 == 12] and in hand [10 == 20]: noticed until 12; a second look then dismisses it"""
    row: Row = {"looks_to_handle": 2}
    shows(
        world([row], [HAND | {"glances": [(10, 12)]}]),
        push_read_until=[12],
        push_left=[10],
        push_left_by=[DISMISSED],
    )


def test_a_deletion_at_the_instant_the_phone_is_taken_is_earlier() -> None:
    """x 10 = in hand 10: the push shows text still, the thread does not"""
    shows(world([{"noticed": 10}], [HAND]), push_noticed=[10], effective=[10], thread_read=[None])
    shows(
        world([{"noticed": 10, "retract_after": 0}], [HAND]),
        push_noticed=[None],
        thread_read=[None],
    )


def test_an_interval_of_no_length_in_a_world_by_hand_is_a_look_at_its_start() -> None:
    """In hand [10 == 10]"""
    shows(world([{}], [{"in_hand": [(10, 10)]}]), push_noticed=[10], thread_read=[10])
