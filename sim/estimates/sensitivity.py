"""Which unknowns move an answer, and what it is worth to know them.

Screening is Morris's (Technometrics 33:161, 1991) with Campolongo's mean absolute effect (Environmental
Modelling & Software 22:1509, 2007), indices are Sobol's by Saltelli's design (`scipy.stats.sobol_indices`),
and the value of knowing one unknown is Strong, Oakley and Brennan's (Medical Decision Making 34:311, 2014):
every choice is regressed on it, with a cubic.

An unknown is a number from 0 to 1, wherever it is in its range.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.stats import qmc

from sim.sums import Floats

LEVELS: Final = 4
"""Levels of an unknown in Morris's design; a step is from one half of them to the other."""
SEED: Final = 1
"""Of designs, which have nothing to do with the draws of a scenario."""
DECIMALS: Final = 12
"""Of the worth of knowing: a least-squares fit leaves rounding errors, which are worth nothing."""


def morris_design(trajectories: int, unknowns: int) -> Floats:
    """Give points that change one unknown at a time: shape (trajectories, unknowns + 1, unknowns).

    >>> design = morris_design(2, 3)
    >>> np.count_nonzero(np.diff(design, axis=1), axis=2).tolist()
    [[1, 1, 1], [1, 1, 1]]
    """
    rng = np.random.default_rng(SEED)
    step = LEVELS / 2 / (LEVELS - 1)
    points = np.empty((trajectories, unknowns + 1, unknowns))
    for one in points:
        one[:] = rng.integers(LEVELS, size=unknowns) / (LEVELS - 1)
        for place, changed in enumerate(rng.permutation(unknowns), start=1):
            one[place:, changed] += step if one[0, changed] < 0.5 else -step
    return points


def elementary_effects(design: Floats, found: Floats) -> Floats:
    """Give the mean absolute effect of every unknown on every answer, per whole range: (unknowns,
    answers).

    `found` is (trajectories, unknowns + 1, answers); a step to or from a point that has no answer
    (NaN) is left out.

    >>> design = morris_design(4, 2)
    >>> elementary_effects(design, design @ np.array([[3.0], [-1.0]])).round(9).tolist()
    [[3.0], [1.0]]
    """
    steps, moved = np.diff(design, axis=1), np.diff(found, axis=1)
    which = np.abs(steps).argmax(axis=2)
    effects = np.abs(moved / np.take_along_axis(steps, which[..., None], axis=2))
    unknowns = design.shape[2]
    each = [effects[which == k] for k in range(unknowns)]
    known = [one[np.isfinite(one).all(axis=1)] for one in each]
    return np.array([one.mean(axis=0) if len(one) else np.zeros(found.shape[2]) for one in known])


def saltelli_design(base: int, unknowns: int) -> Floats:
    """Give the points of Saltelli's design, `base` (a power of 2) times unknowns + 2 of them.

    >>> saltelli_design(8, 3).shape
    (40, 3)
    """
    both = qmc.Sobol(2 * unknowns, rng=SEED).random(base)
    a, b = both[:, :unknowns], both[:, unknowns:]
    mixed = np.repeat(a[None], unknowns, axis=0)
    for k in range(unknowns):
        mixed[k, :, k] = b[:, k]
    return np.concatenate([a, b, mixed.reshape(-1, unknowns)])


def sobol(found: Floats, base: int, unknowns: int) -> tuple[Floats, Floats]:
    """Give first-order and total indices of answers at the points of `saltelli_design`: both
    (unknowns, answers).

    `found` is (points, answers). NaN where an answer does not vary, or is not known at some point.

    >>> x = saltelli_design(64, 2)
    >>> first, total = sobol(x @ np.array([[2.0], [1.0]]), 64, 2)
    >>> total.round(1).tolist()
    [[0.8], [0.2]]
    """
    y = found.T
    indices = np.full((2, unknowns, len(y)), np.nan)
    for k, one in enumerate(y):
        if np.isfinite(one).all() and np.ptp(one) > 0:
            a, b, mixed = (
                one[:base],
                one[base : 2 * base],
                one[2 * base :].reshape(unknowns, 1, base),
            )
            given: dict[Literal["f_A", "f_B", "f_AB"], Floats] = {
                "f_A": a[None],
                "f_B": b[None],
                "f_AB": mixed,
            }
            result = stats.sobol_indices(func=given, n=base)
            indices[0, :, k], indices[1, :, k] = result.first_order, result.total_order
    return indices[0], indices[1]


def value_of_knowing(known: npt.ArrayLike, answers: Floats) -> Floats:
    """Estimate by how much the least of several choices falls, on average, if each unknown is known
    before choosing: shape (unknowns,).

    `known` is (points, unknowns), `answers` (points, choices), of which the lowest is best.

    >>> x = np.linspace(0, 1, 64)
    >>> value_of_knowing(x[:, None], np.stack([x, 1 - x], axis=1)).round(2).tolist()
    [0.25]
    """
    cube = np.asarray(known, dtype=np.float64)
    degree = min(3, len(cube) // 4)
    powers = (2 * cube.T[..., None] - 1) ** np.arange(degree + 1)
    fitted = powers @ (np.linalg.pinv(powers) @ answers)
    now, then = fitted.mean(axis=1).min(axis=1), fitted.min(axis=2).mean(axis=1)
    worth = np.maximum(0.0, now - then).round(DECIMALS)  # 0 where no fit changes the choice
    return np.asarray(worth, dtype=np.float64)


def floor_of_knowing(answers: Floats, unknowns: int, sets: int = 100) -> float:
    """Give what the best of so many dummies, which know nothing, reaches in one of twenty cases.

    >>> floor_of_knowing(np.tile([0.1, 0.4], (64, 1)), 5)
    0.0
    """
    rng = np.random.default_rng(SEED)
    best = [
        value_of_knowing(rng.random((len(answers), unknowns)), answers).max() for _ in range(sets)
    ]
    return float(np.quantile(best, 0.95).round(DECIMALS))
