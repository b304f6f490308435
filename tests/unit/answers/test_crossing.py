"""A crossing is found from both sides, to two in a hundred, and says when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pytest

import sim
from sim.answers.crossing import NARROW, Evaluate, crossing
from sim.answers.hold import hold
from sim.answers.playing import stage_of
from sim.clock import SECOND
from sim.estimates import Estimate, share

GRID = (0, SECOND, 10 * SECOND, 100 * SECOND)


def line(durations: Sequence[int]) -> list[Estimate]:
    """Read one message in a hundred per second."""
    return [share([min(100, d // SECOND)] * 50, [100] * 50).at() for d in durations]


def falling(durations: Sequence[int]) -> list[Estimate]:
    return [share([max(0, 100 - d // SECOND)] * 50, [100] * 50).at() for d in durations]


def test_a_rising_share_gives_the_longest_duration_that_keeps_the_target() -> None:
    found = crossing(line, GRID, 0.3, "rising")
    assert found.value is not None and found.low is not None and found.high is not None
    assert found.known[found.value].value <= 0.3
    assert 30 / NARROW**2 <= found.value / SECOND < 31
    assert found.low <= found.value <= found.high
    assert found.known[found.low].high <= 0.3, "even the upper limit keeps the target there"


def test_a_falling_share_gives_the_shortest_duration_that_keeps_the_target() -> None:
    found = crossing(falling, GRID, 0.3, "falling")
    assert found.value is not None and found.low is not None and found.high is not None
    assert 70 <= found.value / SECOND < 70 * NARROW**2 + 1
    assert found.low <= found.value <= found.high
    assert found.known[found.high].high <= 0.3


@pytest.mark.parametrize(
    ("evaluate", "target", "way"), [(line, -0.1, "rising"), (falling, -0.1, "falling")]
)
def test_a_target_that_no_duration_keeps_has_none(
    evaluate: Evaluate, target: float, way: Literal["rising", "falling"]
) -> None:
    found = crossing(evaluate, GRID, target, way)
    assert found.value is None


def test_a_target_that_is_always_kept_gives_the_end() -> None:
    assert crossing(line, GRID, 1.0, "rising").value == GRID[-1]
    assert crossing(falling, GRID, 1.0, "falling").value == 0


def test_the_table_has_every_duration_tried_in_order() -> None:
    found = crossing(line, GRID, 0.3, "rising")
    table = found.table()
    assert table["duration_s"].tolist() == [d / SECOND for d in sorted(found.known)]
    assert (table["low"] <= table["read"]).all() and (table["read"] <= table["high"]).all()


def test_no_duration_is_played_twice() -> None:
    played: list[int] = []

    def counting(durations: Sequence[int]) -> list[Estimate]:
        played.extend(durations)
        return line(durations)

    crossing(counting, GRID, 0.3, "rising")
    assert len(played) == len(set(played))


def test_the_price_of_a_hold_is_that_of_the_duration_found() -> None:
    found = hold(stage_of(sim.load("linkedin_dm"), 40), 0.4)
    assert found.crossing.value is not None and found.crossing.value > 0
    median = found.price["delay_notified_median_s"].value
    assert median == pytest.approx(found.crossing.value / SECOND, rel=1e-4)
