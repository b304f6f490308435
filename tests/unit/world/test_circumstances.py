"""Intervals: stationary from time 0, sorted and apart; while away nothing begins; quiet hours are the
recipient's own."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR, NEVER
from sim.schema.codes import OFF
from sim.schema.screens import NAMES, SCREENS
from sim.world.by_hand import written_world
from sim.world.drawing import draw_world
from sim.world.intervals import (
    AWAY,
    DOZING,
    IN_HAND,
    KINDS_OF_INTERVAL,
    NO_NETWORK,
    QUIET,
    SESSIONS,
)
from sim.world.looks import CHECKS, GLANCES, VISITS
from sim.world.parts import World

from ..making import assert_near, small

PEOPLE = 3_000
AT_DESK = SESSIONS[NAMES.index("desktop")]

SPELLS: dict[str, Any] = {
    "away": {
        "gap": {"dist": "exponential", "mean": "2 h"},
        "length": {"dist": "exponential", "mean": "1 h"},
    },
    "offline": {
        "gap": {"dist": "weibull", "mean": "3 h", "shape": 0.6},
        "length": {"dist": "exponential", "mean": "30 min"},
    },
    "doze": {"gap": "40 min", "length": "20 min"},
    **{
        name: {
            "share": 0.5,
            "gap": {"dist": "exponential", "mean": "1 h"},
            "length": {"dist": "exponential", "mean": "1 h"},
            "app": {"gap": {"dist": "exponential", "mean": "20 min"}, "length": "5 min"},
        }
        for name in NAMES
    },
    "quiet": {
        "share": 0.5,
        "hours": [{"opens": "22:00", "closes": "24:00"}, {"opens": "00:00", "closes": "07:00"}],
    },
}


def world(people: int = PEOPLE, **segment: Any) -> World:
    """Draw a world of many recipients with some intervals."""
    patch = {f"segments.*.{name}": value for name, value in segment.items()}
    return draw_world(small(patch | {"traffic.recipients": people}), 0)


def lists(w: World, kind: int) -> list[list[tuple[int, int]]]:
    """Give every recipient's intervals of a kind."""
    s = w.intervals
    return [
        list(zip(s.starts[a:b].tolist(), s.ends[a:b].tolist(), strict=True))
        for a, b in s.at[:, kind]
    ]


@pytest.mark.parametrize(
    ("name", "kind", "share"),
    [("away", AWAY, 1 / 3), ("offline", NO_NETWORK, 0.5 / 3.5), ("doze", DOZING, 1 / 3)],
)
@pytest.mark.parametrize("instant", [0, 7 * HOUR, 2 * DAY - 1])
def test_the_share_of_recipients_in_an_interval_is_that_of_equilibrium_at_any_instant(
    name: str, kind: int, share: float, instant: int
) -> None:
    w = world(**{name: SPELLS[name]})
    there = w.intervals.are_on(kind, np.arange(PEOPLE), np.full(PEOPLE, instant))
    assert_near(there.mean(), share, np.sqrt(share * (1 - share) / PEOPLE))


def test_sessions_at_a_desk_are_had_by_the_share_who_use_one() -> None:
    w = world(desktop=SPELLS["desktop"])
    there = w.intervals.are_on(AT_DESK, np.arange(PEOPLE), np.full(PEOPLE, 5 * HOUR))
    assert_near(there.mean(), 0.25, np.sqrt(0.25 * 0.75 / PEOPLE))
    have = np.mean([bool(mine) for mine in lists(w, AT_DESK)])
    assert_near(float(have), 0.5, np.sqrt(0.25 / PEOPLE))


def test_intervals_are_sorted_apart_not_empty_and_begin_within_the_run() -> None:
    w = world(200, **SPELLS)
    for kind in set(range(len(KINDS_OF_INTERVAL))) - {IN_HAND}:
        every = lists(w, kind)
        assert any(every), KINDS_OF_INTERVAL[kind]
        for mine in every:
            assert all(0 <= start < end and start < w.horizon for start, end in mine)
            assert all(a[1] < b[0] for a, b in itertools.pairwise(mine))


def test_intervals_in_hand_are_sorted_not_empty_and_may_touch() -> None:
    in_hand = {"before": "30 s", "after": {"dist": "exponential", "mean": "20 min"}}
    patch = {"conversation.chance": 0.8, "segments.*.in_hand": in_hand}
    w = draw_world(small({"traffic.recipients": 30, "traffic.rate": "300 / d"} | patch), 0)
    every = lists(w, IN_HAND)
    assert any(a[1] == b[0] for mine in every for a, b in itertools.pairwise(mine))
    for mine in every:
        assert all(start < end and end > 0 and start < w.horizon for start, end in mine)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(mine))


def test_an_interval_covers_its_start_and_not_its_end_and_waiting_ends_with_it() -> None:
    w = written_world([{}], [{"away": [(10, 20), (30, 31)]}])
    waits = {t: w.intervals.wait(0, AWAY, t) for t in (0, 9, 10, 19, 20, 29, 30, 31, 40)}
    assert waits == {0: 0, 9: 9, 10: 20, 19: 20, 20: 20, 29: 29, 30: 31, 31: 31, 40: 40}
    assert not w.intervals.is_on(0, DOZING, 15)


def test_nothing_begins_while_away_and_looks_are_rarer_by_the_share_of_time_away() -> None:
    looks = {
        "gap": {"dist": "exponential", "mean": "20 min"},
        "length": {"dist": "exponential", "mean": "30 s"},
    }
    w = world(400, away=SPELLS["away"], glances=looks, checks=looks, visits=looks)
    free = world(400, glances=looks, checks=looks, visits=looks)
    counts = {}
    for name, one in (("away", w), ("free", free)):
        counts[name] = 0
        for r in range(400):
            for surface in (GLANCES, CHECKS, VISITS):
                walked = one.looks(r, surface)
                look = walked.meeting(0)
                while look is not None and look[0] < one.horizon:
                    assert look[0] < 0 or not one.intervals.is_on(r, AWAY, look[0])
                    counts[name] += 1
                    look = walked.after(look)
    assert counts["away"] / counts["free"] == pytest.approx(2 / 3, abs=0.02)


def test_a_look_in_progress_as_somebody_goes_away_is_not_cut() -> None:
    long = {"gap": {"dist": "exponential", "mean": "1 h"}, "length": "30 min"}
    w = world(
        200, away={"gap": {"dist": "exponential", "mean": "1 h"}, "length": "10 min"}, glances=long
    )
    lasted = []
    for r in range(200):
        walked = w.looks(r, GLANCES)
        look = walked.meeting(0)
        while look is not None and look[0] < w.horizon:
            if any(look[0] < start < look[1] for start, _ in lists(w, AWAY)[r]) and look[0] > 0:
                lasted.append(look[1] - look[0])
            look = walked.after(look)
        if len(lasted) > 200:
            break
    assert (
        min(lasted) == 30 * 60 * 1_000_000
    )  # a glance ends by its own length, wherever its owner has gone


def test_quiet_hours_are_those_of_the_recipients_clock() -> None:
    for offset, hours in (("0 h", (22, 7)), ("-5 h", (27, 12))):
        w = world(50, quiet=SPELLS["quiet"] | {"share": 1.0}, utc_offset=offset)
        start, end = (h * HOUR for h in hours)
        asked = np.array([start - 1, start, end - 1 + DAY, end + DAY])
        assert w.intervals.are_on(QUIET, np.zeros(4, np.int64), asked).tolist() == [
            False,
            True,
            True,
            False,
        ]


def test_hours_that_hold_notifications_back_let_every_push_leave_outside_them() -> None:
    quiet = {"hours": [{"opens": "09:00", "closes": "17:00"}], "effect": "hold"}
    w = world(50, quiet=quiet)
    leaves = (w.messages.released + w.messages.push_delay) % DAY
    assert not ((leaves >= 9 * HOUR) & (leaves < 17 * HOUR)).any()
    assert (leaves == 17 * HOUR).any()
    assert w.intervals.starts.size == 0  # held back, not silent


@pytest.mark.parametrize("channel", ["push", *NAMES, "email"])
def test_hours_hold_back_the_channels_that_the_scenario_names_and_no_other(channel: str) -> None:
    hours = [{"opens": "09:00", "closes": "17:00"}]
    held = {"hours": hours, "effect": "hold", "holds": [channel]}
    instant = {"off": 0.0, "instant": 1.0, "batched": 0.0, "digest": 0.0}
    had: dict[str, Any] = {name: {"share": 1.0} for name in NAMES}
    m = world(50, email=instant, quiet=held, **had).messages
    free = world(50, email=instant, **had).messages
    names = {"push": "push_delay", "email": "email_delay"}
    names |= {one.name: one.column("delay") for one in SCREENS}
    for other, name in names.items():
        same = np.array_equal(getattr(m, name), getattr(free, name))
        assert same == (other != channel), other
    there = getattr(m, names[channel]) != NEVER
    leaves = (m.released + getattr(m, names[channel]))[there] % DAY
    assert there.any() and not ((leaves >= 9 * HOUR) & (leaves < 17 * HOUR)).any()


def by_presence(w: World) -> np.ndarray:
    """Give every message its delay by where its recipient is: 2 min at a desk, 3 s away, else 1 s."""
    m = w.messages
    desk = w.intervals.are_on(AT_DESK, m.recipient, m.released)
    away = w.intervals.are_on(AWAY, m.recipient, m.released) & ~desk
    assert desk.any() and away.any() and not (desk | away).all()
    return np.where(desk, 120_000_000, np.where(away, 3_000_000, 1_000_000))


def test_a_delay_depends_on_where_the_recipient_is_at_acceptance() -> None:
    w = draw_world(
        small(
            {
                "segments.*.away": SPELLS["away"],
                "segments.*.desktop": SPELLS["desktop"],
                "push.delay": "1 s",
                "push.delay_active": "2 min",
                "push.delay_away": "3 s",
            }
        ),
        0,
    )
    np.testing.assert_array_equal(w.messages.push_delay, by_presence(w))


def test_a_session_at_a_device_that_is_no_presence_delays_no_push() -> None:
    """Of the screen devices the desktop alone is: whoever has only the tablet in use is not active."""
    for one in SCREENS:
        w = draw_world(
            small(
                {
                    f"segments.*.{one.name}": SPELLS[one.name],
                    "push.delay": "1 s",
                    "push.delay_active": "2 min",
                }
            ),
            0,
        )
        m, session = w.messages, SESSIONS[NAMES.index(one.name)]
        there = w.intervals.are_on(session, m.recipient, m.released)
        assert there.any()
        assert bool((m.push_delay[there] == 120_000_000).all()) == one.presence
        assert (m.push_delay[~there] == 1_000_000).all()
    assert [one.name for one in SCREENS if one.presence] == ["desktop"]


def test_a_mails_delay_does_so_too_for_those_who_get_mail() -> None:
    w = draw_world(
        small(
            {
                "segments.*.away": SPELLS["away"],
                "segments.*.desktop": SPELLS["desktop"],
                "segments.*.email": {"instant": 0.5, "off": 0.5},
                "email.delay": "1 s",
                "email.delay_active": "2 min",
                "email.delay_away": "3 s",
            }
        ),
        0,
    )
    m, expected = w.messages, by_presence(w)
    mailed = w.recipients.email[m.recipient] != OFF
    np.testing.assert_array_equal(m.email_delay[mailed], expected[mailed])
    for delay in (1_000_000, 3_000_000, 120_000_000):
        assert (expected[mailed] == delay).any()
