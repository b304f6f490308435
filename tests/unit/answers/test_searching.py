"""The best combination within a budget, where it is known in closed form; wrong searches miss it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from sim.answers.searching import CLOSE, Paid, Point, search
from sim.clock import SECOND

SHARES, LOST, RATE = (0.5, 0.3, 0.2), (0.9, 0.3, 0.1), 1 / 60
"""Three parts of the recipients, each with a lever of its own: what is read there without delay, and
the rate at which senders notice, a second."""


def play(points: Sequence[Point]) -> list[Paid]:
    """Race an exponential deletion against the end of the delay, in each part by itself."""
    found = []
    for point in points:
        delays = [one / SECOND for one in point.durations]
        read = sum(
            w * a * math.exp(-RATE * d) for w, a, d in zip(SHARES, LOST, delays, strict=True)
        )
        delay = sum(w * d for w, d in zip(SHARES, delays, strict=True))
        found.append(Paid(read * (1.0 if point.choice == 0 else 0.9), delay))
    return found


def exact(budget: float) -> float:
    """Give the least that is read: the budget goes where most is left to lose (water-filling).

    The gain of a second is the same in every part that has any: a exp(-rate d) = level.
    """
    for many in (3, 2, 1):
        w, a = SHARES[:many], LOST[:many]
        mean_log = sum(k * math.log(one) for k, one in zip(w, a, strict=True))
        level = math.exp((mean_log - RATE * budget) / sum(w))
        if level <= a[-1]:
            rest = sum(k * one for k, one in zip(SHARES[many:], LOST[many:], strict=True))
            return sum(w) * level + rest
    raise AssertionError


def alone(budget: float) -> float:
    """Put the whole budget into the best single lever."""
    return min(
        paid.read
        for k in range(3)
        for paid in play(
            [Point(0, tuple(int(budget / SHARES[k] * SECOND) * (j == k) for j in range(3)))]
        )
    )


def proportional(budget: float) -> float:
    """Delay everybody alike."""
    return play([Point(0, (int(budget * SECOND),) * 3)])[0].read


@pytest.mark.parametrize("budget", [5.0, 30.0, 90.0])
def test_the_budget_goes_where_most_is_left_to_lose(budget: float) -> None:
    best = search(play, 1, 3, budget)
    assert best is not None
    (paid,) = play([best])
    assert paid.delay_s <= budget
    least = exact(budget)
    slack = least * RATE * (1 - CLOSE) * budget * 2 + 0.01 * least
    assert least - 1e-9 <= paid.read <= least + slack


@pytest.mark.parametrize("wrong", [alone, proportional])
def test_a_search_of_one_lever_or_of_equal_delays_misses_it(
    wrong: Callable[[float], float],
) -> None:
    budget = 90.0
    least = exact(budget)
    assert wrong(budget) > least + least * RATE * (1 - CLOSE) * budget * 2 + 0.01 * least


def test_what_is_no_duration_is_chosen_with_the_durations() -> None:
    best = search(play, 2, 3, 30.0)
    assert best is not None and best.choice == 1
    free = search(play, 2, 3, 0.0)
    assert free == Point(1, (0, 0, 0)), "a budget of nothing leaves what costs nothing"


def test_a_duration_that_prevents_nothing_is_not_paid_for() -> None:
    def idle(points: Sequence[Point]) -> list[Paid]:
        return [
            Paid(math.exp(-one.durations[0] / 60e6), sum(one.durations) / 1e6) for one in points
        ]

    best = search(idle, 1, 2, 30.0)
    assert best is not None and best.durations[1] == 0 and best.durations[0] > 29 * SECOND


def test_nothing_keeps_a_budget_that_every_choice_exceeds() -> None:
    def dear(points: Sequence[Point]) -> list[Paid]:
        return [Paid(0.1, 60.0) for _ in points]

    assert search(dear, 2, 2, 30.0) is None


def test_no_point_is_played_twice() -> None:
    played: list[Point] = []

    def counting(points: Sequence[Point]) -> list[Paid]:
        played.extend(points)
        return play(points)

    search(counting, 2, 3, 30.0)
    assert len(played) == len(set(played)) < 250
