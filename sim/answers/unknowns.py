"""How sure is the advice, and of what, and what would change it.

Three doubts are kept apart. *Monte-Carlo* is the interval of every share. *Parameters*: what is
assumed is varied over its range, all at once, and for every unknown the value of knowing it is
estimated: by how much the share read falls, on average, if the best policy may be chosen knowing it
(expected value of partial perfect information). *Structure*: the scenario under other forms of the
model.

The value of knowing one unknown is computed from the points of the screening: each policy's share is
regressed on it (a cubic), and the mean of the best fitted policy is compared with the best mean
(Strong, Oakley & Brennan, Medical Decision Making 34:311, 2014). The same is done with dummies, which
know nothing: what those reach by chance is the noise floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.answers.playing import Patch, Stage, headline
from sim.scenario.model import Scenario
from sim.screening import screening
from sim.sweeping.design.file import Design
from sim.sweeping.design.points import points as design

Floats = npt.NDArray[np.float64]

POINTS: Final = 128
WORLDS: Final = 60
"""Replications at a point: policies are compared on the same worlds."""
DUMMIES: Final = 200
"""Unknowns that know nothing, for the noise floor."""
STRUCTURES: Final[dict[str, Patch]] = {
    "what is read soon is regretted soon (urgency 0.6)": {"mistakes.urgency": 0.6},
    "what is read soon is regretted late (urgency -0.6)": {"mistakes.urgency": -0.6},
}
"""Other forms of the model, as patches."""


@dataclass(frozen=True)
class Unknowns:
    """What could change the advice."""

    policies: tuple[str, ...]
    points: int
    low: Floats
    """The lowest share read over the points, by policy; `high`, `mean` and `regret` likewise."""
    high: Floats
    mean: Floats
    regret: Floats
    """By how much the share read is above that of the best policy there, at most."""
    best_at: Floats
    """Share of the points at which a policy is best."""
    worth: dict[str, float]
    """By how much knowing an unknown lowers the share read, ranked."""
    floor: float
    """What dummies reach in one of twenty cases."""
    worth_of_all: float
    structure: pd.DataFrame
    """`form`, `policy`, `read`, `low`, `high`."""

    @property
    def advice(self) -> str:
        """The policy with the lowest mean over what is assumed."""
        return self.policies[int(np.argmin(self.mean))]

    @property
    def least_regret(self) -> str:
        """The policy whose largest regret is least."""
        return self.policies[int(np.argmin(self.regret))]

    def document(self) -> dict[str, Any]:
        """Give what JSON says of it: shares from 0 to 1."""
        by = zip(
            self.policies, self.low, self.high, self.mean, self.regret, self.best_at, strict=True
        )
        return {
            "points": self.points,
            "policies": [
                dict(zip(("policy", "low", "high", "mean", "regret", "best_at"), row, strict=True))
                for row in by
            ],
            "advice": self.advice,
            "least_regret": self.least_regret,
            "worth_of_knowing": self.worth,
            "noise_floor": self.floor,
            "worth_of_knowing_all": self.worth_of_all,
            "structure": self.structure.to_dict(orient="records"),
        }


def unknowns(stage: Stage, scenario: Scenario, points: int = POINTS) -> Unknowns | None:
    """Vary what a scenario assumes, and its form, under all its policies; None if nothing is assumed.

    >>> import sim
    >>> from sim.answers.playing import stage_of
    >>> dm = sim.load("linkedin_dm")
    >>> found = unknowns(stage_of(dm, 10), dm, points=8)
    >>> found.advice in dm.policy_names()
    True
    """
    found = screening(scenario, replications=min(WORLDS, stage.replications), points=points)
    if found is None:
        return None
    whole = np.isfinite(found.shares).all(axis=1)
    shares, cube = found.shares[whole], found.cube[whole]
    worth = {path: value_of(cube[:, k], shares) for k, path in enumerate(found.correlations)}
    dummies = design(Design(kind="latin", points=len(shares)), DUMMIES)
    chance = [value_of(dummies[:, k], shares) for k in range(DUMMIES)]
    least = shares.min(axis=1, keepdims=True)
    best = np.bincount(shares.argmin(axis=1), minlength=shares.shape[1]) / len(shares)
    return Unknowns(
        policies=found.policies,
        points=len(shares),
        low=shares.min(axis=0),
        high=shares.max(axis=0),
        mean=shares.mean(axis=0),
        regret=(shares - least).max(axis=0),
        best_at=best,
        worth=dict(sorted(worth.items(), key=lambda one: -one[1])),
        floor=float(np.quantile(chance, 0.95)),
        worth_of_all=float(shares.mean(axis=0).min() - least.mean()),
        structure=_structure(stage, scenario),
    )


def value_of(known: Floats, shares: Floats) -> float:
    """Estimate what knowing one unknown is worth: shares (points, policies), `known` (points,).

    >>> x = np.linspace(0, 1, 64)
    >>> round(value_of(x, np.stack([x, 1 - x], axis=1)), 2)
    0.25
    """
    centred = np.polynomial.polynomial.polyvander(2 * known - 1, min(3, len(known) // 4))
    fitted = centred @ np.linalg.lstsq(centred, shares, rcond=None)[0]
    return max(0.0, float(fitted.mean(axis=0).min() - fitted.min(axis=1).mean()))


def _structure(stage: Stage, scenario: Scenario) -> pd.DataFrame:
    names = scenario.policy_names()
    rows = []
    forms: dict[str, Patch] = {"as it is": {}, **STRUCTURES}
    for form, patch in forms.items():
        there = scenario.patched(patch)
        patches = {name: scenario.policies.get(name, {}) for name in names}
        sums = Stage(there, stage.replications, stage.engine).play(patches)
        shares = headline(sums)
        for k, name in enumerate(names):
            one = shares.at(k)
            rows.append((form, name, one.value, one.low, one.high))
    return pd.DataFrame(rows, columns=["form", "policy", "read", "low", "high"])
