"""Screen devices: timelines worked out by hand, one rule each, in seconds (docs/model.md, section 5b),
told of the desktop and held of every device.
"""

from __future__ import annotations

import pytest

from sim.clock import NEVER
from sim.schema.codes import EDIT, ONE_THREAD
from sim.schema.screens import NAMES, SCREENS

from .timelines import AtScreen, Row, shows, world


@pytest.fixture(params=SCREENS, ids=NAMES)
def of(request: pytest.FixtureRequest) -> AtScreen:
    """Give timelines at one device."""
    return AtScreen(request.param)


def test_a_toast_shows_if_a_session_is_on_as_it_reaches_the_desktop(of: AtScreen) -> None:
    """
    at the desk [5 ====== 20]      there at 4: none      5: shown, read 8 to 10      20: none
    """
    rows: list[Row] = [{"desk_latency": k, "desk_after": 3, "desk_length": 2} for k in (4, 5, 20)]
    of.shows(
        of.world(rows, [{"at_desk": [(5, 20)]}]),
        desk_shown=[None, 5, None],
        desk_chars=[0, 100, 0],
        desk_read=[None, 8, None],
        desk_read_until=[None, 10, None],
        push_arrived=[0, 0, 0],
    )


def test_the_desktop_has_a_route_of_its_own_and_nothing_of_the_phone_changes_it(
    of: AtScreen,
) -> None:
    """Dispatch 2, there 5, read 6, whatever the phone's push does: never sent, 20 min on its way, stored,
    switched off, without text"""
    row = {"desk_delay": 2, "desk_latency": 3, "desk_after": 1}
    rows: list[Row] = [
        row | {"push_delay": NEVER},
        row | {"push_latency": 1200, "recipient": 1},
        row | {"recipient": 2},
        row | {"recipient": 3},
        row | {"recipient": 4},
    ]
    desk: Row = {"at_desk": [(0, 50)]}
    people: list[Row] = [
        desk,
        desk,
        desk | {"no_network": [(0, 40)]},
        desk | {"push": False},
        desk | {"hides_previews": True},
    ]
    of.shows(
        of.world(rows, people),
        desk_shown=[5] * 5,
        desk_chars=[100] * 5,
        desk_read=[6] * 5,
        push_arrived=[None, 1200, 40, None, 0],
    )
    of.shows(of.world(rows[:1], [desk | {"desk": False}]), desk_shown=[None])
    of.shows(of.world([row | {"desk_delay": NEVER}], [desk]), desk_shown=[None])
    of.shows(of.world([row | {"desk_latency": NEVER}], [desk]), desk_shown=[None])


def test_a_toast_is_read_while_it_shows_and_the_session_lasts(of: AtScreen) -> None:
    """at the desk [5 === 12] [12 === 99], toast [5 ====== 12] 6 later: read 11      7 later: the
    toast is gone (and the session over)      toast of 9, 7 later: session over"""
    rows: list[Row] = [{"desk_latency": 5, "desk_after": k} for k in (6, 7, NEVER)]
    people: list[Row] = [{"at_desk": [(5, 12), (12, 99)]}]
    of.shows(of.world(rows, people, desk_toast=7), desk_shown=[5] * 3, desk_read=[11, None, None])
    of.shows(of.world(rows, people, desk_toast=9), desk_read=[11, None, None])
    of.shows(of.world(rows, [{"at_desk": [(5, 13)]}], desk_toast=8), desk_read=[11, 12, None])
    of.shows(of.world(rows, [{"at_desk": [(5, 13)]}], desk_toast=7), desk_read=[11, None, None])


def test_a_notification_centre_keeps_what_a_toast_showed_for_the_next_look_at_the_desk(
    of: AtScreen,
) -> None:
    """toast [5 = 7], look due 10: kept until then: read 10      due 14, the session over at 12: read as
    the next begins, 20      kept for 15: gone at 20      for 15.1: read      x 8, taken back 9: gone"""
    rows: list[Row] = [{"desk_latency": 5, "desk_after": k} for k in (5, 9)]
    people: list[Row] = [{"at_desk": [(5, 12), (20, 30)]}]
    of.shows(of.world(rows, people, desk_toast=2), desk_read=[None, None])
    of.shows(of.world(rows, people, desk_toast=2, desk_keep=100), desk_read=[10, 20])
    of.shows(of.world(rows, people, desk_toast=2, desk_keep=15), desk_read=[10, None])
    of.shows(of.world(rows, people, desk_toast=2, desk_keep=15.1), desk_read=[10, 20])
    gone = rows[0] | {"noticed": 8, "desk_retract_after": 1}
    of.shows(of.world([gone], people, desk_toast=2, desk_keep=100), desk_read=[None])
    of.shows(
        of.world(rows, [{"at_desk": [(5, 12)]}], desk_toast=2, desk_keep=NEVER),
        desk_read=[10, None],
    )


def test_a_toast_shows_though_the_phone_is_offline_and_not_if_the_message_was_read_before_or_in_quiet_hours(
    of: AtScreen,
) -> None:
    """no network [5 == 9]: toast 5      visit | 4: read before, none      visit | 5: toast
    first (rank 8 before 19)      quiet [5 == 6]: none      in the app there [4 == 6]: none"""
    row = {"desk_latency": 5, "desk_after": 1, "push_latency": 5}
    desk = {"at_desk": [(0, 50)]}
    people: list[Row] = [
        desk | {"no_network": [(5, 9)]},
        desk | {"visits": [(4, 4)]},
        desk | {"visits": [(5, 5)]},
        desk | {"quiet": [(5, 6)]},
    ]
    of.shows(
        of.world([row | {"recipient": k} for k in range(4)], people),
        desk_shown=[5, None, 5, None],
        desk_read=[6, None, 6, None],
        push_arrived=[9, 5, 5, 5],
    )
    late = {"released": 1, "desk_latency": 3, "sender": 1, "desk_after": 1}
    app: Row = desk | {"desk_app": [(3, 5)]}
    of.shows(of.world([late], [app], visit_reads=ONE_THREAD), desk_shown=[None])
    of.shows(of.world([late | {"desk_latency": 1}], [app]), desk_shown=[2])


def test_a_toast_is_not_read_once_it_has_been_taken_back(of: AtScreen) -> None:
    """toast 5, reading due 8      x 7, taken back 8: not read      9: read      no network changes
    nothing"""
    row = {"desk_latency": 5, "desk_after": 3, "noticed": 7}
    rows = [row | {"desk_retract_after": k, "sender": k} for k in (1, 2)]
    people: list[Row] = [{"at_desk": [(0, 50)], "no_network": [(7, 30)]}]
    of.shows(of.world(rows, people), desk_shown=[5, 5], desk_read=[None, 8])


def test_a_toast_has_the_text_of_its_dispatch(of: AtScreen) -> None:
    """
    dispatch 3, toast 5      x 3: edited      x 4: not      x 6: not
    """
    row = {"desk_delay": 3, "desk_latency": 2}
    rows = [row | {"noticed": k, "sender": k} for k in (3, 4, 6)]
    people: list[Row] = [{"at_desk": [(0, 50)]}]
    of.shows(of.world(rows, people, remedy=EDIT), desk_edited=[1, 0, 0])


def test_who_hides_the_text_of_toasts_meets_a_sign_at_the_desk(of: AtScreen) -> None:
    """
    toast 0, read 1      x 1: a sign (rank 3 before 14)      x 2: none
    """
    rows: list[Row] = [
        {"desk_after": 1, "noticed": 1},
        {"desk_after": 1, "noticed": 2, "sender": 1},
    ]
    people: list[Row] = [{"at_desk": [(0, 50)], "desk_hides": True}]
    of.shows(of.world(rows, people), desk_chars=[0, 0], desk_read=[1, 1], phantom=[1, None])
    of.shows(of.world(rows, [{"at_desk": [(0, 50)]}], desk_preview=0), desk_chars=[0, 0])
    of.shows(of.world(rows, [{"at_desk": [(0, 50)]}], desk_preview=30), desk_chars=[30, 30])


def test_watch_and_desktop_are_read_in_that_order_and_change_nothing_on_the_phone(
    of: AtScreen,
) -> None:
    """
    A 1: toast and watch, both due 3; previews hidden, x 2: one sign; glance [9 9] notices the push
    """
    row = {
        "push_latency": 1,
        "desk_latency": 1,
        "on_watch": True,
        "watch_after": 2,
        "desk_after": 2,
        "noticed": 2,
    }
    people: list[Row] = [
        {"at_desk": [(0, 50)], "hides_previews": True, "desk_hides": True, "glances": [(9, 9)]}
    ]
    of.shows(
        of.world([row], people),
        watch_read=[3],
        desk_read=[3],
        phantom=[3],
        push_noticed=[9],
        push_left=[None],
    )


def test_two_devices_show_and_read_a_message_each_by_itself() -> None:
    """desktop: there 2, read 5      tablet: there 1, read 9, taken back there 8 after x 7: not read
    hidden on the tablet, look 8: a sign after x 7"""
    row = {"desk_latency": 2, "desk_after": 3, "tablet_latency": 1, "noticed": 7}
    rows: list[Row] = [
        row | {"tablet_after": 8, "tablet_retract_after": 1},
        row | {"tablet_after": 8, "sender": 1},
        row | {"tablet_after": 7, "recipient": 1, "sender": 2},
    ]
    there: Row = {"at_desk": [(0, 50)], "at_tablet": [(0, 50)]}
    shows(
        world(rows, [there, there | {"tablet_hides": True}], tablet_toast=20),
        desk_shown=[2, 2, 2],
        desk_read=[5, 5, 5],
        desk_chars=[100, 100, 100],
        tablet_shown=[1, 1, 1],
        tablet_read=[None, 9, 8],
        tablet_chars=[100, 100, 0],
        phantom=[None, None, 8],
    )


def test_a_session_at_one_device_shows_nothing_at_the_other() -> None:
    """at the desk [0 == 9], on the tablet [5 == 9], A 0 at both: a toast at the desktop alone
    in the app on the tablet [0 == 9]: read there at 0, rank 8 before 18, so the toast shows"""
    there: Row = {"at_desk": [(0, 9)], "at_tablet": [(5, 9)]}
    shows(world([{}], [there]), desk_shown=[0], tablet_shown=[None])
    app: Row = {"at_desk": [(0, 9)], "at_tablet": [(0, 9)], "tablet_app": [(-1, 9)]}
    shows(world([{}], [app]), desk_shown=[0], tablet_shown=[None], thread_read=[0])


def test_visits_at_two_devices_that_begin_together_come_in_the_order_of_the_devices() -> None:
    """A of sender 0 at 1, of sender 1 at 2; one conversation a visit; both apps [3 == 9]
    the desktop opens that of sender 1, the tablet then that of sender 0      a third of sender 0 at 4:
    read by the tablet; of sender 1 at 5: by the desktop"""
    rows: list[Row] = [
        {"released": 1, "sender": 0},
        {"released": 2, "sender": 1},
        {"released": 4, "sender": 0},
        {"released": 5, "sender": 1},
    ]
    apps: Row = {"desk_app": [(3, 9)], "tablet_app": [(3, 9)]}
    shows(world(rows, [apps], visit_reads=ONE_THREAD), thread_read=[3, 3, 4, 5])
    one: Row = {"desk_app": [(3, 9)], "tablet_app": [(6, 7)]}
    shows(world(rows, [one], visit_reads=ONE_THREAD), thread_read=[6, 3, 6, 5])


def test_reading_on_the_tablet_clears_the_push_on_the_phone() -> None:
    """
    A 1, on the tablet [3 == 9]: read 3, word 5
    """
    row = {"released": 1, "clear_after": 2}
    shows(world([row], [{"tablet_app": [(3, 9)]}]), thread_read=[3], push_left=[5])
