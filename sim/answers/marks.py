"""What points of price and loss are to each other: which are dominated, the knee, and at which exchange
rate of the two each is the cheapest.

Prices that are infinite are in no budget: such a point is never the cheapest, and dominates none.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sim.sums import Floats


def dominated(loss: Floats, price: Floats) -> list[bool]:
    """Tell for every point whether another loses no more at no more price, and less of one.

    >>> dominated(np.array([0.5, 0.4, 0.45]), np.array([0.0, 10.0, 20.0]))
    [False, False, True]
    """
    no_worse = (loss[:, None] >= loss[None, :]) & (price[:, None] >= price[None, :])
    better = (loss[:, None] > loss[None, :]) | (price[:, None] > price[None, :])
    return [bool(one) for one in np.any(no_worse & better, axis=1)]


def knee(loss: Floats, price: Floats) -> list[bool]:
    """Mark the point that lies farthest below the line between the ends of the frontier.

    Both axes are scaled to the frontier's own ranges; no point is marked if fewer than three are on it.

    >>> knee(np.array([0.5, 0.1, 0.05]), np.array([0.0, 1.0, 10.0]))
    [False, True, False]
    """
    marked = [False] * loss.size
    front = np.flatnonzero(~np.array(dominated(loss, price)) & np.isfinite(price))
    if front.size < 3:
        return marked
    spans = np.ptp(loss[front]), np.ptp(price[front])
    if min(spans) > 0:
        x = (price[front] - price[front].min()) / spans[1]
        y = (loss[front] - loss[front].min()) / spans[0]
        below = 1 - x - y
        if below.max() > 0:
            marked[int(front[int(np.argmax(below))])] = True
    return marked


def cheapest_between(loss: Floats, price: Floats) -> Floats:
    """Give the exchange rates, price per unit of loss, between which each point has the least of
    price + rate * loss: shape (points, 2), NaN where it never has.

    Those points are the corners of the lower convex hull of (price, loss), and the rates are the slopes
    of its sides. Of twins, the first has it.

    >>> cheapest_between(np.array([4.0, 2.0, 1.0, 1.5]), np.array([0.0, 2.0, 6.0, 6.0])).tolist()
    [[0.0, 1.0], [1.0, 4.0], [4.0, inf], [nan, nan]]
    """
    hull: list[int] = []
    order = np.lexsort((np.arange(loss.size), loss, price))
    for point in order[np.isfinite(price[order])].tolist():
        if hull and loss[point] >= loss[hull[-1]]:
            continue
        while len(hull) > 1 and _rate(loss, price, hull[-1], point) <= _rate(
            loss, price, *hull[-2:]
        ):
            hull.pop()
        hull.append(point)
    rates = [_rate(loss, price, *pair) for pair in pairwise(hull)]
    found = np.full((loss.size, 2), np.nan)
    found[hull, 0], found[hull, 1] = [0.0, *rates], [*rates, np.inf]
    return found


def _rate(loss: Floats, price: Floats, cheap: int, dear: int) -> float:
    """Give what the dearer point pays more for each unit that it loses less."""
    return float((price[dear] - price[cheap]) / (loss[cheap] - loss[dear]))
