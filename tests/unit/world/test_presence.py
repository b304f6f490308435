"""Who counts as active, and that what waits for the end of it leaves at the first instant at which
nothing holds it; each rule worked out here instant by instant, from the intervals alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR, MINUTE, NEVER
from sim.schema.codes import OFF
from sim.world.drawing import draw_world
from sim.world.intervals import KINDS_OF_INTERVAL
from sim.world.parts import World

from ..making import small

SPELLS = {
    "share": 0.7,
    "gap": {"dist": "exponential", "mean": "30 min"},
    "length": {"dist": "exponential", "mean": "30 min"},
}
BOTH = {"segments.*.desktop": SPELLS, "segments.*.tablet": SPELLS}
LASTS = 10 * MINUTE
Counted = dict[str, int]


def world(**patch: Any) -> World:
    return draw_world(small({"traffic.recipients": 200, **BOTH, **patch}), 0)


def is_active(w: World, who: int, instant: int, counted: Counted) -> bool:
    """Tell whether a session was on at an instant, or at most so long before, at a device that counts."""
    s = w.intervals
    for name, lasts in counted.items():
        first, past = s.at[who, KINDS_OF_INTERVAL.index(name)]
        for begin, end in zip(s.starts[first:past], s.ends[first:past], strict=True):
            if begin <= instant < end + lasts:
                return True
    return False


def first_idle(w: World, who: int, instant: int, counted: Counted) -> int:
    """Give the first instant from one on at which somebody is not active: one of the ends, if not it."""
    s, ends = w.intervals, [instant]
    for name, lasts in counted.items():
        first, past = s.at[who, KINDS_OF_INTERVAL.index(name)]
        ends += (s.ends[first:past] + lasts).tolist()
    return min(t for t in ends if t >= instant and not is_active(w, who, t, counted))


COUNTED: list[tuple[dict[str, str], Counted]] = [
    ({}, {"at_desk": 0}),
    ({"desktop.active_for": "10 min"}, {"at_desk": LASTS}),
    ({"tablet.active_for": "0 s"}, {"at_desk": 0, "at_tablet": 0}),
    (
        {"desktop.active_for": "10 min", "tablet.active_for": "3 min"},
        {"at_desk": LASTS, "at_tablet": 3 * MINUTE},
    ),
]


@pytest.mark.parametrize(("said", "counted"), COUNTED)
def test_a_delay_is_that_of_who_is_active_at_a_device_that_counts_or_was_so_lately(
    said: dict[str, str], counted: Counted
) -> None:
    w = world(**said, **{"push.delay": "1 s", "push.delay_active": "2 min"})
    m = w.messages
    active = [
        is_active(w, who, at, counted) for who, at in zip(m.recipient, m.released, strict=True)
    ]
    assert 0.2 < np.mean(active) < 0.9
    np.testing.assert_array_equal(m.push_delay, np.where(active, 120_000_000, 1_000_000))


@pytest.mark.parametrize(("said", "counted"), COUNTED)
def test_a_push_that_waits_for_the_end_of_being_active_leaves_at_the_first_idle_instant(
    said: dict[str, str], counted: Counted
) -> None:
    w = world(**said, **{"push.delay": "1 min", "push.held_while_active": True})
    m = w.messages
    leaves = [
        first_idle(w, who, at + MINUTE, counted)
        for who, at in zip(m.recipient, m.released, strict=True)
    ]
    np.testing.assert_array_equal(m.released + m.push_delay, leaves)
    assert 0.2 < np.mean(m.push_delay > MINUTE) < 0.9


def test_a_mail_waits_if_mail_is_told_to_and_nothing_else_does() -> None:
    mail = {"segments.*.email": {"instant": 0.5, "off": 0.5}, "email.delay": "1 min"}
    w, free = world(**mail, **{"email.held_while_active": True}), world(**mail)
    m, mailed = w.messages, w.recipients.email[w.messages.recipient] != OFF
    leaves = [
        first_idle(w, who, at + MINUTE, {"at_desk": 0})
        for who, at in zip(m.recipient[mailed], m.released[mailed], strict=True)
    ]
    np.testing.assert_array_equal((m.released + m.email_delay)[mailed], leaves)
    for name in ("push_delay", "desk_delay", "tablet_delay"):
        np.testing.assert_array_equal(getattr(m, name), getattr(free.messages, name))


def test_what_is_held_leaves_when_it_is_neither_a_quiet_hour_nor_its_recipient_active() -> None:
    quiet = {"hours": [{"opens": "09:00", "closes": "17:00"}], "effect": "hold"}
    held = {"segments.*.quiet": quiet, "push.held_while_active": True}
    w = world(**held, **{"desktop.active_for": "1 h"})
    m, counted = w.messages, {"at_desk": HOUR}
    both = 0
    for who, at, delay in zip(m.recipient, m.released, m.push_delay, strict=True):
        expected = at
        while True:
            idle = first_idle(w, who, expected, counted)
            hour = idle % DAY
            later = idle - hour + 17 * HOUR if 9 * HOUR <= hour < 17 * HOUR else idle
            if later == expected:
                break
            both += expected != at
            expected = later
        assert at + delay == expected
    assert both


def test_a_push_that_never_leaves_is_not_held() -> None:
    never = {"push.delay_active": {"dist": "never"}, "push.held_while_active": True}
    m = world(**never).messages
    assert (m.push_delay == NEVER).any()
    assert (m.push_delay[m.push_delay != NEVER] == 0).all()
