"""The best combination of levers within a budget of delay.

What is read does not rise with a duration, and everybody else's delay does not fall, so the best
combination uses the budget up: what is searched is how the budget is split among the durations, for
every choice of what is no duration. It is a pattern search (Kolda, Lewis & Torczon, SIAM Review 45:385,
2003): half of the budget is moved from one lever to another as long as that lowers what is read, then
a quarter, and so on. All is played on the same draws, which make what is read a function of the levers;
it has steps, so that a search by derivatives would not move.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from sim.clock import HOUR, SECOND

LONGEST: Final = HOUR
"""Of a lever, microseconds: whoever is moved by an hour or more is in no budget."""
FINEST: Final = 1 / 16
"""Part of the budget that is moved last."""
CLOSE: Final = 0.99
"""Part of the budget that counts as all of it."""
ROUNDS: Final = 6
"""Times that a combination is scaled to the budget."""
KEPT: Final = 2
"""Choices of what is no duration that are searched further than by whole and half budgets."""


@dataclass(frozen=True, order=True)
class Point:
    """A choice of what is no duration, by its place, and the duration that each lever adds, microseconds."""

    choice: int
    durations: tuple[int, ...]


@dataclass(frozen=True, order=True)
class Paid:
    """What a point comes to, the better the less: the share read, then the mean delay, seconds."""

    read: float
    delay_s: float


Play = Callable[[Sequence[Point]], Sequence[Paid]]
"""Plays points on the same draws; a delay that is in no budget is infinite."""


class Searched:
    """Points that were played, each once, and which of them keep the budget."""

    def __init__(self, play: Play, budget_s: float) -> None:
        self.play, self.budget_s = play, budget_s
        self.known: dict[Point, Paid] = {}

    def learn(self, points: Sequence[Point]) -> None:
        """Play what is new."""
        new = sorted(set(points) - self.known.keys())
        if new:
            self.known.update(zip(new, self.play(new), strict=True))

    def keeps(self, point: Point) -> bool:
        """Tell whether a point that was played keeps the budget."""
        return self.known[point].delay_s <= self.budget_s

    def scaled(self, choice: int, rays: Sequence[Sequence[float]]) -> list[Point]:
        """Give the longest durations along some rays, from 0 on, that keep the budget; all rays are
        tried at once.

        Where not even 0 does, that is what is given.
        """
        none = Point(choice, (0,) * len(rays[0]))
        self.learn([none])
        low, high, at = [0.0] * len(rays), [float("inf")] * len(rays), [1.0] * len(rays)
        for _ in range(ROUNDS):
            tried = [_along(choice, ray, t) for ray, t in zip(rays, at, strict=True)]
            self.learn(tried)
            for k, point in enumerate(tried):
                delay = self.known[point].delay_s
                if self.keeps(point):
                    low[k] = max(low[k], at[k])
                else:
                    high[k] = min(high[k], at[k])
                if delay < CLOSE * self.budget_s or not self.keeps(point):
                    at[k] = _next(low[k], high[k], at[k], delay, self.budget_s)
        return [_along(choice, ray, t) for ray, t in zip(rays, low, strict=True)]


def _next(low: float, high: float, at: float, delay: float, budget: float) -> float:
    """Scale as if delay were proportional; between what is too short and too long, halve."""
    if low > 0 and high < float("inf"):
        return (low + high) / 2
    guess = at * budget / delay * (1 + CLOSE) / 2 if 0 < delay < float("inf") else 4 * at
    return guess if low < guess < high else (low + min(high, 4 * at)) / 2


def _along(choice: int, ray: Sequence[float], t: float) -> Point:
    """Give a point of a ray, in whole seconds; in tenths where it is less than ten seconds."""
    longest = [min(t * part, LONGEST) for part in ray]
    steps = [SECOND if one >= 10 * SECOND else SECOND // 10 for one in longest]
    whole = (int(one // step) * step for one, step in zip(longest, steps, strict=True))
    return Point(choice, tuple(whole))


def search(play: Play, choices: int, levers: int, budget_s: float) -> Point | None:
    """Find the combination that is read least within a budget, and of equals the cheapest; None: none
    keeps it.

    >>> def hold(points): return [Paid(1 / (1 + p.durations[0]), p.durations[0] / SECOND) for p in points]
    >>> search(hold, 1, 1, 30.0).durations[0] // SECOND
    30
    """
    known = Searched(play, budget_s)
    whole = _whole_budgets(known, choices, levers)
    splits = _splits(levers)
    found: dict[int, tuple[Paid, tuple[float, ...]]] = {}
    for choice in range(choices):
        found[choice] = _least(known, choice, splits, whole)
    kept = sorted(found, key=lambda choice: found[choice][0])[:KEPT]
    step = 1 / 4
    while step >= FINEST and levers > 1:
        moved = False
        for choice in kept:
            around = _exchanges(found[choice][1], step)
            better = _least(known, choice, around, whole)
            if better[0] < found[choice][0]:
                found[choice], moved = better, True
        step = step if moved else step / 2
    _trim(known)
    within = [(paid, point) for point, paid in known.known.items() if known.keeps(point)]
    return min(within)[1] if within else None


def _whole_budgets(known: Searched, choices: int, levers: int) -> list[int]:
    """Give how long each lever may be alone, microseconds; 0: it changes nothing under any choice."""
    start = max(known.budget_s, 1.0) * SECOND
    rays = [[start if k == lever else 0.0 for k in range(levers)] for lever in range(levers)]
    alone = known.scaled(0, rays)
    there = [Point(choice, one.durations) for choice, one in product(range(choices), alone)]
    known.learn([*there, *(Point(choice, (0,) * levers) for choice in range(choices))])
    whole = []
    for lever, one in enumerate(alone):
        changes = any(
            known.known[Point(choice, one.durations)].read
            != known.known[Point(choice, (0,) * levers)].read
            for choice in range(choices)
        )
        whole.append(one.durations[lever] if changes else 0)
    return whole


def _splits(levers: int) -> list[tuple[float, ...]]:
    """Give the splits into wholes and halves."""
    ends = [tuple(float(k == lever) for k in range(levers)) for lever in range(levers)]
    halves = {
        tuple((a + b) / 2 for a, b in zip(one, other, strict=True))
        for one in ends
        for other in ends
    }
    return sorted(halves)


def _exchanges(split: Sequence[float], step: float) -> list[tuple[float, ...]]:
    """Move a part of the budget from every lever that has as much to every other one."""
    found = []
    for source, target in product(range(len(split)), repeat=2):
        if source != target and split[source] >= step - 1e-9:
            moved = list(split)
            moved[source] -= step
            moved[target] += step
            found.append(tuple(moved))
    return found


def _least(
    known: Searched, choice: int, splits: Sequence[tuple[float, ...]], whole: Sequence[int]
) -> tuple[Paid, tuple[float, ...]]:
    """Give the split under which the least is read, scaled to the budget."""
    rays = [[part * most for part, most in zip(split, whole, strict=True)] for split in splits]
    points = known.scaled(choice, rays)
    nothing = Paid(float("inf"), float("inf"))
    each = [known.known[point] if known.keeps(point) else nothing for point in points]
    return min(zip(each, splits, strict=True))


def _trim(known: Searched) -> None:
    """Try the best point without each of its durations: what does not help is not paid for."""
    within = [(paid, point) for point, paid in known.known.items() if known.keeps(point)]
    if within:
        _, best = min(within)
        known.learn(
            [
                Point(
                    best.choice, tuple(0 if k == lever else d for k, d in enumerate(best.durations))
                )
                for lever, duration in enumerate(best.durations)
                if duration
            ]
        )
