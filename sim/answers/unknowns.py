"""How sure is the advice, and of what, and what would change it.

Three doubts are kept apart. *Monte-Carlo* is the interval of every share. *Parameters*: what is
assumed is varied over its range. Morris's screening says which unknowns move the share read, and by how
much one policy leads; Sobol's indices of those that move most say how much of the variance is theirs;
and for every unknown the value of knowing it is estimated: by how much the share read (or the money)
falls, on average, if the best policy may be chosen knowing it. A dummy that changes nothing but the
draws shows what Monte-Carlo error alone does. *Structure*: the scenario under other forms of the model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import estimates as est
from sim.answers.playing import Patch, Stage, headline
from sim.answers.points import Points, Progress
from sim.clock import written
from sim.distributions.distribution import Distribution
from sim.scenario.model import Scenario
from sim.sweeping.design.file import Design
from sim.sweeping.design.points import points as design

Floats = npt.NDArray[np.float64]

WORLDS: Final = (5, 60)
"""Replications at a point, at least and at most: policies are compared on the same worlds."""
REGRETTED: Final = 600
"""Regretted messages at a point, about, if so many replications have them: a share of a half is known
to 2 points (standard error), and between policies better."""


@dataclass(frozen=True)
class Effort:
    """How many points are played: over all that is assumed, trajectories of the screening, and for
    the indices the size of a base (a power of 2) and how many unknowns have one.
    """

    points: int = 128
    trajectories: int = 6
    base: int = 32
    most: int = 7


@dataclass(frozen=True)
class Unknowns:
    """What could change the advice."""

    policies: pd.DataFrame
    """`policy`; over the points, `low`, `high` and `mean` share read, and `best_at`, the share of the
    points at which it is best; `regret`, by how much it is above the best one at most, at any point and
    under any form of the model; and `cost`, `cost_regret` where the scenario has costs."""
    points: int
    worth: pd.DataFrame
    """`path`, `worth` (by how much knowing it lowers the share read), `worth_money` (NaN: no costs);
    the effect of its whole range on the share read (`moves`) and on the lead of the advice over its
    rival (`moves_lead`); total and first-order index of both, NaN where none was asked for. Ranked by
    worth, then by what moves the lead and the share."""
    dummy: dict[str, float]
    """The same of the dummy, by the names of the columns."""
    floor: float
    """What the best of as many dummies is worth in one of twenty cases; `floor_money` likewise."""
    floor_money: float
    worth_of_all: float
    worth_of_all_money: float
    structure: pd.DataFrame
    """`form`, `policy`, `read`, `low`, `high`."""
    left_out: tuple[str, ...]
    """What is assumed, but could not be varied."""

    @property
    def advice(self) -> str:
        """The policy with the lowest mean over what is assumed."""
        return self._least("mean")

    @property
    def advice_money(self) -> str | None:
        """The policy that costs least, on average; None: the scenario has no costs."""
        return None if self.policies["cost"].isna().all() else self._least("cost")

    @property
    def least_regret(self) -> str:
        """The policy whose largest regret is least, over parameters and structure."""
        return self._least("regret")

    @property
    def deciding(self) -> pd.DataFrame:
        """The unknowns whose worth, in points or in money, stands out from the noise."""
        money = self.worth["worth_money"].fillna(0.0) > self.floor_money
        return self.worth[(self.worth["worth"] > self.floor) | money]

    def _least(self, column: str) -> str:
        return str(self.policies["policy"].iloc[int(self.policies[column].argmin())])

    def document(self) -> dict[str, Any]:
        """Give what JSON says of it: shares from 0 to 1; what is not known is null."""
        return {
            "points": self.points,
            "policies": _records(self.policies),
            "advice": self.advice,
            "advice_in_money": self.advice_money,
            "least_regret": self.least_regret,
            "unknowns": _records(self.worth),
            "dummy": _records(pd.DataFrame([self.dummy]))[0],
            "noise_floor": self.floor,
            "worth_of_knowing_all": self.worth_of_all,
            **_known(
                noise_floor_money=self.floor_money, worth_of_all_money=self.worth_of_all_money
            ),
            "structure": _records(self.structure),
            "left_out": list(self.left_out),
        }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    whole = table.to_dict(orient="records")
    return [{str(k): None if v != v else v for k, v in row.items()} for row in whole]


def _known(**numbers: float) -> dict[str, float]:
    return {name: value for name, value in numbers.items() if value == value}


def _quiet(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def unknowns(
    stage: Stage,
    scenario: Scenario,
    effort: Effort = Effort(),
    *,
    workers: int = 2,
    progress: Progress = _quiet,
) -> Unknowns | None:
    """Vary what a scenario assumes, and its form, under all its policies; None if nothing is assumed.

    >>> import sim
    >>> from sim.answers.playing import stage_of
    >>> dm = sim.load("linkedin_dm")
    >>> found = unknowns(stage_of(dm, 5), dm, Effort(8, 1, 2, 1), workers=1)
    >>> found.advice in dm.policy_names()
    True
    """
    given = Points.of(scenario, _worlds(stage), workers)
    if not given.unknowns:
        return None
    k = len(given.unknowns)
    cube = design(Design(points=effort.points), k)
    read, money = given.play(cube, f"{effort.points} points of {k} unknowns", progress)
    whole = np.isfinite(read).all(axis=1)
    cube, read, money = cube[whole], read[whole], money[whole]
    structure = _structure(stage, scenario)
    has_costs = bool(np.isfinite(money).all())
    nothing = np.full(k, np.nan)
    worth = pd.DataFrame(
        {
            "path": given.paths[:-1],
            "worth": est.value_of_knowing(cube, read),
            "worth_money": est.value_of_knowing(cube, money) if has_costs else nothing,
        }
    )
    lead = _lead(read)
    moves = _screened(given, effort, lead, progress)
    worth[["moves", "moves_lead"]] = moves[:-1]
    dummy = dict(zip(("moves", "moves_lead"), moves[-1].tolist(), strict=True))
    indices = _indices(given, effort, moves, lead, progress)
    for name, column in indices.items():
        worth[name], dummy[name] = column[:-1], float(column[-1])
    return Unknowns(
        policies=_policies(given.policies, read, money, structure),
        points=len(read),
        worth=worth.sort_values(
            ["worth", "moves_lead", "moves"], ascending=False, ignore_index=True
        ),
        dummy=dummy,
        floor=est.floor_of_knowing(read, k),
        floor_money=est.floor_of_knowing(money, k) if has_costs else float("nan"),
        worth_of_all=_worth_of_all(read),
        worth_of_all_money=_worth_of_all(money) if has_costs else float("nan"),
        structure=structure,
        left_out=given.left_out,
    )


def _worlds(stage: Stage) -> int:
    """Say how many replications are played at a point, from the regretted messages of a few."""
    least, most = (min(one, stage.replications) for one in WORLDS)
    few = Stage(stage.scenario, least, stage.engine).play({"": {}})
    each = few.total("", "regretted") / least
    return most if each == 0 else min(most, max(least, math.ceil(REGRETTED / each)))


def _worth_of_all(answers: Floats) -> float:
    return float(answers.mean(axis=0).min() - answers.min(axis=1).mean())


def _policies(
    names: tuple[str, ...], read: Floats, money: Floats, structure: pd.DataFrame
) -> pd.DataFrame:
    """Sum up each policy over the points and the forms of the model."""
    forms = structure["read"].to_numpy().reshape(-1, len(names))
    everywhere = np.concatenate([read, forms[np.isfinite(forms).all(axis=1)]])
    best = np.bincount(read.argmin(axis=1), minlength=len(names)) / len(read)
    return pd.DataFrame(
        {
            "policy": names,
            "low": read.min(axis=0),
            "high": read.max(axis=0),
            "mean": read.mean(axis=0),
            "best_at": best,
            "regret": (everywhere - everywhere.min(axis=1, keepdims=True)).max(axis=0),
            "cost": money.mean(axis=0),
            "cost_regret": (money - money.min(axis=1, keepdims=True)).max(axis=0),
        }
    )


def _lead(read: Floats) -> tuple[int, int]:
    """Give the places of the advice and of its rival: the two that are read least, on average."""
    ordered = np.argsort(read.mean(axis=0), kind="stable")
    return int(ordered[0]), int(ordered[min(1, len(ordered) - 1)])


def _answers(read: Floats, lead: tuple[int, int]) -> Floats:
    """Give what is explained: the baseline's share read, and the lead of the advice."""
    return np.stack([read[:, 0], read[:, lead[1]] - read[:, lead[0]]], axis=1)


def _screened(given: Points, effort: Effort, lead: tuple[int, int], progress: Progress) -> Floats:
    """Give Morris's effects of all unknowns and the dummy, on the share read and on the lead."""
    paths = est.morris_design(effort.trajectories, len(given.paths))
    what = f"screening of {len(given.unknowns)} unknowns (Morris)"
    read, _ = given.play(paths.reshape(-1, paths.shape[2]), what, progress)
    return est.elementary_effects(paths, _answers(read, lead).reshape(*paths.shape[:2], 2))


def _indices(
    given: Points, effort: Effort, moves: Floats, lead: tuple[int, int], progress: Progress
) -> dict[str, Floats]:
    """Give Sobol's indices of the unknowns that move most, and the dummy's; NaN for the others, which
    stay as the scenario has them.
    """
    k = len(given.unknowns)
    largest = np.maximum(moves[:-1].max(axis=0), 1e-300)
    ranked = np.argsort(-(moves[:-1] / largest).max(axis=1), kind="stable")
    chosen = np.sort(ranked[: effort.most]).tolist()
    places = [*chosen, k]
    cube = est.saltelli_design(effort.base, len(places))
    whole = np.full((len(cube), k + 1), np.nan)
    whole[:, places] = cube
    read, _ = given.play(whole, f"indices of {len(chosen)} unknowns (Sobol)", progress)
    first, total = est.sobol(_answers(read, lead), effort.base, len(places))
    found: dict[str, Floats] = {}
    for name, each in (("first", first), ("total", total)):
        for column, suffix in enumerate(("", "_lead")):
            found[name + suffix] = np.full(k + 1, np.nan)
            found[name + suffix][places] = each[:, column]
    return found


LISTED: Final = 60
"""Characters of its latest message that a list of conversations shows: assumed, about a line."""
CONVERSATIONS: Final = {"shown": True, "entries": "latest", "preview": LISTED, "removal": "0 s"}
"""Such a list."""


def structures(scenario: Scenario) -> dict[str, Patch]:
    """Give other forms of the model that a scenario can take, as patches.

    >>> import sim
    >>> len(structures(sim.load("linkedin_dm")))
    6
    """
    found: dict[str, Patch] = {
        "what is read soon is regretted soon (urgency 0.6)": {"mistakes.urgency": 0.6},
        "what is read soon is regretted late (urgency -0.6)": {"mistakes.urgency": -0.6},
    }
    at_random, once = {}, {}
    for segment in scenario.segments:
        name = f"segments.{segment.name}"
        if segment.glances is not None:
            mean = Distribution.of(segment.glances.gap).mean()
            if np.isfinite(mean):
                gap = {"dist": "exponential", "mean": written(int(mean))}
                at_random[f"{name}.glances.gap"] = gap
        if segment.handling is not None:
            once[f"{name}.handling.looks"] = "first"
    if at_random:
        found["recipients look at random times (exponential gaps)"] = at_random
    if once:
        found["a push is handled at its first look or never"] = once
    if scenario.thread.reads == "every":
        found["a visit reads one conversation"] = {"thread.reads": "one"}
        if not scenario.notification_list.shown:
            found[f"a visit reads one conversation, and lists {LISTED} characters of each"] = {
                "thread.reads": "one",
                **{f"notification_list.{key}": value for key, value in CONVERSATIONS.items()},
            }
    return found


def _structure(stage: Stage, scenario: Scenario) -> pd.DataFrame:
    names = scenario.policy_names()
    rows = []
    forms: dict[str, Patch] = {"as it is": {}, **structures(scenario)}
    for form, patch in forms.items():
        there = scenario.patched(patch)
        patches = {name: scenario.policies.get(name, {}) for name in names}
        shares = headline(Stage(there, stage.replications, stage.engine).play(patches))
        for k, name in enumerate(names):
            one = shares.at(k)
            rows.append((form, name, one.value, one.low, one.high))
    return pd.DataFrame(rows, columns=["form", "policy", "read", "low", "high"])
