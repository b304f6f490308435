"""Weeks warp clocks: there and back, never backwards; closed hours move an instant to the next
opening."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, WEEK
from sim.scenario.quantities import WEEKS, Window
from sim.world.calendar import clock_of, cumulative_week, next_open, open_spans, operational

MANY = settings(derandomize=True, deadline=None, database=None, max_examples=150)
INSTANTS = st.integers(-3 * WEEK, 10 * WEEK)
PROFILES = st.sampled_from(sorted(WEEKS)) | st.lists(
    st.sampled_from([0.0, 0.1, 1.0, 7.0]), min_size=7, max_size=7
).filter(any)


def weights(profile: str | list[float]) -> tuple[float, ...]:
    return WEEKS[profile] if isinstance(profile, str) else tuple(profile)


def warps(profile: str | list[float]) -> tuple[np.ndarray, int]:
    edges = cumulative_week(weights(profile))
    return edges, edges.size - 1


@MANY
@given(PROFILES, INSTANTS)
def test_operational_time_and_back_is_where_it_started_or_the_end_of_a_silent_stretch(
    profile, clock
) -> None:
    edges, n = warps(profile)
    back = clock_of(edges, 0, n, operational(edges, 0, n, clock))
    slot = WEEK / len(weights(profile))
    here = weights(profile)[int(clock % WEEK // slot)]
    mean = sum(weights(profile)) / len(weights(profile))
    if here == 0:
        assert back >= clock - 1
        between = [
            weights(profile)[int(t % WEEK // slot)] for t in np.arange(clock, back - 1, slot / 2)
        ]
        assert not any(between)
    else:  # a microsecond of operational time is mean / here on the clock
        assert abs(back - clock) <= 2 + mean / here or back % slot == 0


@MANY
@given(PROFILES, INSTANTS, st.integers(0, DAY))
def test_neither_direction_ever_runs_backwards(profile, instant, step) -> None:
    edges, n = warps(profile)
    for warp in (clock_of, operational):
        assert warp(edges, 0, n, instant) <= warp(edges, 0, n, instant + step)


@MANY
@given(PROFILES, INSTANTS)
def test_a_week_lasts_a_week_in_both_times(profile, instant) -> None:
    edges, n = warps(profile)
    for warp in (clock_of, operational):
        assert warp(edges, 0, n, instant + WEEK) == warp(edges, 0, n, instant) + WEEK
    assert clock_of(edges, 0, n, WEEK) >= WEEK > 0 == operational(edges, 0, n, 0)


def test_a_flat_week_changes_nothing() -> None:
    edges, n = warps("flat")
    assert edges.tolist() == [0, WEEK]
    assert [clock_of(edges, 0, n, t) for t in (-5, 0, 123_456_789, WEEK + 1)] == [
        -5,
        0,
        123_456_789,
        WEEK + 1,
    ]
    assert [operational(edges, 0, n, t) for t in (-5, 7 * WEEK)] == [-5, 7 * WEEK]


def test_operational_time_runs_in_proportion_to_the_weights() -> None:
    """Seven days of weights 1 1 1 1 1 0 0: a weekday is 7/5 days of operational time; weekends take
    none."""
    edges, n = warps([1.0] * 5 + [0.0] * 2)
    assert operational(edges, 0, n, DAY) == round(WEEK / 5)
    assert operational(edges, 0, n, 5 * DAY) == operational(edges, 0, n, 6 * DAY + HOUR) == WEEK
    assert clock_of(edges, 0, n, WEEK - 1) <= 5 * DAY
    assert clock_of(edges, 0, n, WEEK) == WEEK, (
        "time that stands still at the weekend ends on Monday"
    )


def test_weeks_laid_behind_one_another_are_told_apart_by_their_place() -> None:
    first, second = cumulative_week(WEEKS["office"]), cumulative_week(WEEKS["texting"])
    both = np.concatenate([first, second])
    for t in range(0, WEEK, 7 * HOUR // 3):
        assert clock_of(both, first.size, second.size - 1, t) == clock_of(
            second, 0, second.size - 1, t
        )
        assert operational(both, first.size, second.size - 1, t) == operational(
            second, 0, second.size - 1, t
        )


def test_overlapping_hours_are_joined() -> None:
    assert open_spans([(5, 9), (1, 3), (2, 4), (9, 12)]).tolist() == [[1, 4], [5, 12]]
    assert open_spans([]).shape == (0, 2)


def by_hand(spans: list[list[int]], offset: int, time: int) -> int:
    """Give the next open instant by walking from span to span of three weeks."""
    local = time + offset
    base = local // WEEK * WEEK
    for week in (0, WEEK):
        for start, end in spans:
            if local < base + week + end:
                return max(local, base + week + start) - offset
    raise AssertionError


OFFICE = open_spans(Window(days="Mon-Fri", opens="08:00", closes="18:00").spans())


@MANY
@given(st.integers(-DAY, 4 * WEEK), st.integers(-DAY, DAY))
def test_an_instant_outside_the_hours_moves_to_the_next_opening(time: int, offset: int) -> None:
    moved = int(next_open(OFFICE, offset, np.array([time]))[0])
    assert moved == by_hand(OFFICE.tolist(), offset, time)
    assert moved >= time
    assert next_open(OFFICE, offset, np.array([moved]))[0] == moved


def test_hours_begin_inclusive_and_end_exclusive_and_empty_hours_never_close() -> None:
    edge = np.array([8 * HOUR - 1, 8 * HOUR, 18 * HOUR - 1, 18 * HOUR, 4 * DAY + 18 * HOUR])
    assert next_open(OFFICE, 0, edge).tolist() == [
        8 * HOUR,
        8 * HOUR,
        18 * HOUR - 1,
        DAY + 8 * HOUR,
        WEEK + 8 * HOUR,
    ]
    np.testing.assert_array_equal(next_open(open_spans([]), 0, edge), edge)


@pytest.mark.parametrize("wrong", [0, HOUR])
def test_the_check_of_hours_sees_a_shift_of_the_wrong_sign(wrong: int) -> None:
    """The wrong model: the time zone added where it must be taken off."""
    moved = int(next_open(OFFICE, -2 * HOUR + wrong, np.array([7 * HOUR]))[0])
    assert moved != by_hand(OFFICE.tolist(), 2 * HOUR, 7 * HOUR)
