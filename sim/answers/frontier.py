"""What protection costs: the share read despite the deletion against the delay of everybody else's
messages, over the scenario's policies and a grid of levers.

A point is *dominated* if another one protects at least as well at no more delay, and better in one of
the two. The *knee* is the point of the rest that lies farthest below the line between their ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
import pandas as pd

from sim.answers.deadline import RETRACTED
from sim.answers.playing import Patch, Stage, enough, headline
from sim.prices import PRICES, prices
from sim.scenario.model import Scenario
from sim.scenario.patching import nested
from sim.summaries import changes, compared, expected_costs
from sim.sums import Floats

GRID: Final[Mapping[str, Mapping[str, Patch]]] = {
    "hold": {
        "": {},
        "hold 10 s": {"send.hold": "10 s"},
        "hold 30 s": {"send.hold": "30 s"},
        "hold 1 min": {"send.hold": "1 min"},
        "hold 5 min": {"send.hold": "5 min"},
    },
    "push": {"": {}, "push +30 s": {"push.delay": "30 s"}, "push +2 min": {"push.delay": "2 min"}},
    "retraction": {"": {}, "retract every push": RETRACTED},
}
"""Levers that are crossed; a name is those of its levers."""
DELAY: Final = "delay_notified_s"
FAR: Final = "delay_notified_far"


@dataclass(frozen=True)
class Frontier:
    """Points: what is read, and what it costs; all on the same worlds."""

    table: pd.DataFrame
    """`policy`, `read` with `low` and `high`, `change` with `change_low` and `change_high` against
    the first, `delay_s`, `far` (share delayed by an hour or more), `dominated`, `knee`, and `cost`
    where the scenario puts a price on anything."""
    budget_s: float | None

    @property
    def best(self) -> pd.Series[Any] | None:
        """The point that is read least within the budget, of the least delay; None: there is none."""
        within = self.table
        if self.budget_s is not None:
            within = within[(within["delay_s"] <= self.budget_s) & (within["far"] <= FAR_IS_FEW)]
        if within.empty:
            return None
        return within.sort_values(["read", "delay_s"]).iloc[0]

    @property
    def knee(self) -> pd.Series[Any] | None:
        """The point at the knee; None where fewer than three points are not dominated."""
        found = self.table[self.table["knee"]]
        return None if found.empty else found.iloc[0]

    def document(self) -> dict[str, Any]:
        """Give what JSON says of it."""
        best, knee = self.best, self.knee
        return {
            "budget_s": self.budget_s,
            "best_within_budget": None if best is None else str(best["policy"]),
            "knee": None if knee is None else str(knee["policy"]),
            "points": self.table.to_dict(orient="records"),
        }


FAR_IS_FEW: Final = 0.01
"""Share delayed by an hour or more up to which a mean delay of the others says what is paid."""


def frontier(stage: Stage, scenario: Scenario, budget_s: float | None = None) -> Frontier:
    """Play the scenario's policies and the grid, and mark what is dominated and the knee.

    `scenario` has the policies, `stage` the baseline; `budget_s` is a mean delay in seconds. Raises
    `FaultyInputError` where too few messages are regretted.

    >>> import sim
    >>> from sim.answers.playing import stage_of
    >>> dm = sim.load("linkedin_dm")
    >>> found = frontier(stage_of(dm, 20), dm, budget_s=5.0)
    >>> bool(found.best["delay_s"] <= 5.0)
    True
    """
    sums = stage.play(_patches(scenario))
    enough(sums, "frontier")
    shares, moved, paid = headline(sums), changes(compared(sums)), prices(sums)
    names = list(PRICES)
    delay, far = (paid.value[:, names.index(name)] for name in (DELAY, FAR))
    table = pd.DataFrame(
        {
            "policy": list(sums.policies),
            "read": shares.value,
            "low": shares.low,
            "high": shares.high,
            "change": moved.value,
            "change_low": moved.low,
            "change_high": moved.high,
            "delay_s": np.nan_to_num(delay),
            "far": np.nan_to_num(far),
        }
    )
    table["dominated"] = dominated(table["read"].to_numpy(), table["delay_s"].to_numpy())
    table["knee"] = knee(table["read"].to_numpy(), table["delay_s"].to_numpy())
    if stage.scenario.costs:
        costs = expected_costs(sums, stage.scenario.costs, stage.scenario.credits.per_inmail)
        table["cost"] = costs["value"]
    return Frontier(table, budget_s)


def _patches(scenario: Scenario) -> dict[str, Patch]:
    """Give the scenario's policies, the baseline first, then the grid; what is the same patch twice
    is played once.
    """
    first, *rest = scenario.policy_names()
    base = nested(scenario.policies.get(first, {}))
    patches: dict[str, Patch] = {first: {}}
    patches |= {name: scenario.policies[name] for name in rest if name in scenario.policies}
    for levers in product(*(choices.items() for choices in GRID.values())):
        name = ", ".join(one for one, _ in levers if one)
        patch: dict[str, Any] = {}
        for _, lever in levers:
            patch |= lever
        if patch and _lengthens(scenario, patch):
            patches.setdefault(name, patch)
    seen: list[Any] = []
    kept: dict[str, Patch] = {}
    for name, one in patches.items():
        if nested(one) not in seen or nested(one) == base:
            seen.append(nested(one))
            kept[name] = one
    return kept


def _lengthens(scenario: Scenario, patch: Patch) -> bool:
    """Tell whether a hold is no shorter than that of the platform, which undo would shorten."""
    first = scenario.policy_names()[0]
    base = scenario.under(first) if scenario.policies else scenario
    return "send.hold" not in patch or (
        scenario.patched(patch).send.usual_hold > base.send.usual_hold
    )


def dominated(read: Floats, delay: Floats) -> list[bool]:
    """Tell for every point whether another protects as well at no more delay, and better in one.

    >>> dominated(np.array([0.5, 0.4, 0.45]), np.array([0.0, 10.0, 20.0]))
    [False, False, True]
    """
    no_worse = (read[:, None] >= read[None, :]) & (delay[:, None] >= delay[None, :])
    better = (read[:, None] > read[None, :]) | (delay[:, None] > delay[None, :])
    return [bool(one) for one in np.any(no_worse & better, axis=1)]


def knee(read: Floats, delay: Floats) -> list[bool]:
    """Mark the point that lies farthest below the line between the ends of the frontier.

    Both axes are scaled to the frontier's own ranges; no point is marked if fewer than three are on it.

    >>> knee(np.array([0.5, 0.1, 0.05]), np.array([0.0, 1.0, 10.0]))
    [False, True, False]
    """
    marked = [False] * read.size
    front = np.flatnonzero(~np.array(dominated(read, delay)))
    spans = np.ptp(read[front]), np.ptp(delay[front])
    if front.size >= 3 and min(spans) > 0:
        x = (delay[front] - delay[front].min()) / spans[1]
        y = (read[front] - read[front].min()) / spans[0]
        below = 1 - x - y
        if below.max() > 0:
            marked[int(front[int(np.argmax(below))])] = True
    return marked
