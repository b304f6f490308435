"""What may be renamed, re-ordered or measured in other units without any effect."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import NEVER
from sim.records import Records
from sim.schema.records import COLUMNS
from sim.verdicts import judge

from .conftest import Play
from .worlds import LAW, MESSAGE_DURATIONS, RULE_DURATIONS, SURFACES, Hand, absent_times, hands


def times(value: Any, factor: int) -> Any:
    """Put a time into other units: never stays never, and so does the window of no deletion
    (-1)."""
    return value if value in (NEVER, -1) else value * factor


def rescaled(hand: Hand, factor: int) -> Hand:
    """Write the same world in units that are `factor` times as fine."""
    rows = [
        {n: times(v, factor) if n in MESSAGE_DURATIONS else v for n, v in m.items()}
        for m in hand.messages
    ]
    people = []
    for person in hand.recipients:
        looks = {
            n: [(s * factor, e * factor) for s, e in person[n]] for n in SURFACES if n in person
        }
        zone = {"utc_offset": person.get("utc_offset", 0) * factor}
        people.append(person | looks | zone)
    rules = {n: times(v, factor) if n in RULE_DURATIONS else v for n, v in hand.rules.items()}
    return Hand(tuple(rows), tuple(people), rules, hand.horizon * factor)


def assert_rescaled(one: Records, other: Records, factor: int) -> None:
    """Assert that records are equal, times in their units, and that the verdicts are the same."""
    for name in (*absent_times(), "written", "pressed", "noticed"):
        grown = np.where(
            one[name] == NEVER, NEVER, np.where(one[name] == NEVER, 0, one[name]) * factor
        )
        np.testing.assert_array_equal(other[name], grown, name)
    a, b = judge(one), judge(other, speed=24.0 / factor)
    for name in ("verdict", "lost", "phantom", "level", "exposed"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), name)


@LAW
@given(hand=hands(), factor=st.sampled_from([2, 8, 1024, 65536]))
def test_a_clock_in_other_units_changes_no_verdict(play: Play, hand: Hand, factor: int) -> None:
    """Powers of two, so that reading speed is divided without rounding too."""
    assert_rescaled(play(hand.world()), play(rescaled(hand, factor).world()), factor)


def test_a_duration_that_is_left_in_the_old_units_would_be_noticed(play: Play) -> None:
    """The wrong model: everything in finer units but the hold's end."""
    hand = Hand(
        ({"written": 0, "released": 5, "noticed": 9, "push_latency": 1},),
        ({"glances": [(8, 9)]},),
        {},
    )
    wrong = rescaled(hand, 2).each(released=5)
    with pytest.raises(AssertionError):
        assert_rescaled(play(hand.world()), play(wrong.world()), 2)


def assert_same(one: Records, other: Records, but: tuple[str, ...] = ()) -> None:
    """Assert that two records are equal in every column but some."""
    for column in COLUMNS:
        if column.name not in but:
            np.testing.assert_array_equal(one[column.name], other[column.name], column.name)


@LAW
@given(hand=hands(), data=st.data())
def test_recipients_in_another_order_change_nothing(
    play: Play, hand: Hand, data: st.DataObject
) -> None:
    """Their names go with them: a recipient is an entity, not a row."""
    n = len(hand.recipients)
    order = data.draw(st.permutations(range(n)))
    named = [{"entity": 100 + k} | person for k, person in enumerate(hand.recipients)]
    moved = replace(hand, recipients=tuple(named[k] for k in order)).each(
        recipient=lambda m: order.index(m["recipient"])
    )
    hand = replace(hand, recipients=tuple(named))
    assert_same(play(hand.world()), play(moved.world()), but=("recipient",))


@LAW
@given(hand=hands(), data=st.data())
def test_senders_under_other_numbers_change_nothing(
    play: Play, hand: Hand, data: st.DataObject
) -> None:
    number = data.draw(st.permutations([0, 1, 7]))
    moved = hand.each(sender=lambda m: number[m["sender"]])
    assert_same(play(hand.world()), play(moved.world()), but=("sender",))


@LAW
@given(hand=hands())
def test_recipients_have_nothing_to_do_with_one_another(play: Play, hand: Hand) -> None:
    """With as many servers as deletions, each recipient alone gets exactly the records it gets among
    all."""
    free = hand.ruled(servers=100, bulk=False)
    whole = play(free.world())
    ordered = sorted(free.messages, key=lambda m: m["written"])
    for r in {m["recipient"] for m in ordered}:
        mine = [k for k, m in enumerate(ordered) if m["recipient"] == r]
        rows = tuple(ordered[k] | {"number": k, "entity": k} for k in mine)
        alone = play(replace(free, messages=rows).world())
        for column in COLUMNS:
            found = alone[column.name]
            if column.name == "email_opener":  # names a row
                found = np.where(found < 0, found, np.array(mine)[found])
            np.testing.assert_array_equal(found, whole[column.name][mine], column.name)


def test_people_who_swap_their_looks_would_be_noticed(play: Play) -> None:
    """The wrong model: recipients re-ordered without their looks."""
    people = ({"glances": [(5, 6)]}, {"glances": []})
    hand = Hand(({"written": 0, "noticed": 9},), people, {})
    with pytest.raises(AssertionError):
        assert_same(play(hand.world()), play(replace(hand, recipients=people[::-1]).world()))


@LAW
@given(hand=hands(), cut=st.integers(1, 300))
def test_an_earlier_horizon_only_cuts_off_what_happens_at_it_or_later(
    play: Play, hand: Hand, cut: int
) -> None:
    """Nothing recorded before the horizon depends on it; what happens at the horizon itself is not
    recorded."""
    whole, short = play(hand.world()), play(replace(hand, horizon=cut).world())
    ends = {"push_read_until": "push_noticed", "email_read_until": "email_read"}
    for name in absent_times():
        seen = whole[ends.get(name, name)] < cut
        np.testing.assert_array_equal(short[name], np.where(seen, whole[name], NEVER), name)
        assert name in ends or np.all((short[name] < cut) | (short[name] == NEVER))
    for name, when in (
        ("refused", "completed"),
        ("push_chars", "push_arrived"),
        ("email_chars", "email_arrived"),
    ):
        np.testing.assert_array_equal(
            short[name], np.where(whole[when] < cut, whole[name], 0), name
        )


def test_what_happens_at_the_horizon_is_not_recorded(play: Play) -> None:
    hand = Hand(({"written": 0, "noticed": 30},), ({"glances": [(30, 31)]},), {}, horizon=30)
    records = play(hand.world())
    assert records["push_noticed"].tolist() == records["requested"].tolist() == [NEVER]
    later = play(replace(hand, horizon=31).world())
    assert later["push_noticed"].tolist() == later["requested"].tolist() == [30]
