"""What protection costs: the share read despite the deletion against the delay of everybody else's
messages, over the scenario's policies, a grid of levers, and the best combination within a budget.

The best combination is searched on other worlds than those that all points are estimated on: what is
chosen because it was lucky there has no luck here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

import numpy as np
import pandas as pd

from sim import estimates as est
from sim.answers.deadline import RETRACTED
from sim.answers.marks import cheapest_between, dominated, knee
from sim.answers.playing import Patch, Stage, enough, headline
from sim.answers.searching import Paid, Point, search
from sim.clock import HOUR, NEVER, SECOND, format_duration, written
from sim.distributions.families.constant import Constant
from sim.playing import expected_messages
from sim.prices import PRICES, prices
from sim.scenario.model import Scenario
from sim.scenario.patching import merged, nested
from sim.summaries import changes, compared, expected_costs
from sim.sums import Floats, Sums

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
LEVERS: Final = {
    "send.hold": "hold {whole}",
    "push.delay": "push +{added}",
    "email.delay": "e-mail +{added}",
}
"""Durations that are searched within a budget, and how they are called."""
NOTHING: Final[Patch] = {}
RETRACTION: Final = "retract every push"
DELAY: Final = "delay_notified_s"
FAR: Final = "delay_notified_far"
SEARCHED: Final = 1000
"""Regretted messages, about, that the search is made on, if the scenario's replications have so many."""
FAR_IS_FEW: Final = 0.01
"""Share delayed by an hour or more up to which a mean delay of the others says what is paid."""


@dataclass(frozen=True)
class Frontier:
    """Points: what is read, and what it costs; all on the same worlds."""

    table: pd.DataFrame
    """`policy`; `read` with `low` and `high`; `change` with `change_low` and `change_high` against the
    first; `delay_s` with `delay_low` and `delay_high` (NaN: too few were moved); `far`, the share
    delayed by an hour or more; `dominated`, `knee`; `worth_from` and `worth_to`, seconds of others'
    delay, all together, that keeping one message unread must be worth for the point to be the best
    (NaN: it never is). Where the scenario has costs: `cost` a world, and `money_from`, `money_to`, what
    an hour of one other message's delay must cost."""
    budget_s: float
    winner: str | None
    """The point that a search found best within the budget, on other worlds; None: nothing keeps it, or
    nobody pays."""
    nobody_pays: bool = False
    """Whether every message is regretted, so that no others are delayed and no budget binds."""

    @property
    def best(self) -> pd.Series[Any] | None:
        """The best point within the budget; None: nothing keeps it."""
        return None if self.winner is None else self.row(self.winner)

    @property
    def knee(self) -> pd.Series[Any] | None:
        """The point at the knee; None where fewer than three points are not dominated."""
        found = self.table[self.table["knee"]]
        return None if found.empty else found.iloc[0]

    def row(self, policy: str) -> pd.Series[Any]:
        """Give a point by its name."""
        return self.table[self.table["policy"] == policy].iloc[0]

    def document(self) -> dict[str, Any]:
        """Give what JSON says of it; what is not known is null, and no limit too."""
        points = [
            {str(name): _plain(value) for name, value in row.items()}
            for row in self.table.to_dict(orient="records")
        ]
        return {
            "budget_s": self.budget_s,
            "best_within_budget": self.winner,
            "knee": None if self.knee is None else str(self.knee["policy"]),
            "points": points,
        }


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value


def frontier(stage: Stage, scenario: Scenario, budget_s: float = 30.0) -> Frontier:
    """Play the scenario's policies, the grid and the best combination within a budget, and mark them.

    `scenario` has the policies, `stage` the baseline; `budget_s` is a mean delay in seconds. Raises
    `FaultyInputError` where too few messages are regretted.

    >>> import sim
    >>> from sim.answers.playing import stage_of
    >>> dm = sim.load("linkedin_dm")
    >>> found = frontier(stage_of(dm, 20), dm, budget_s=5.0)
    >>> bool(found.best["delay_s"] <= 5.5)
    True
    """
    patches = _patches(scenario)
    alone = stage.play({"as it is": {}})
    enough(alone, "frontier")
    nobody_pays = alone.total("as it is", "others") == 0
    name, patch = None, NOTHING
    if not nobody_pays:
        each = max(alone.total("as it is", "regretted") / alone.replications, 1e-9)
        worlds = min(stage.replications, max(est.FEW, math.ceil(SEARCHED / each)))
        elsewhere = replace(stage.elsewhere(), replications=worlds)
        name, patch = best_combination(elsewhere, scenario, budget_s)
    if name is not None:
        same = [one for one, known in patches.items() if nested(known) == nested(patch)]
        name = same[0] if same else name
        patches.setdefault(name, patch)
    sums = stage.play(patches)
    return Frontier(_table(stage, sums), budget_s, name, nobody_pays)


def _table(stage: Stage, sums: Sums) -> pd.DataFrame:
    shares, moved, paid = headline(sums), changes(compared(sums)), prices(sums)
    waited = paid.each(lambda field: field[..., list(PRICES).index(DELAY)])
    read, delay = shares.value, _in_budgets(paid)
    others = expected_messages(stage.scenario) * sums.replications
    regretted = sums.of("regretted")[:, 0].sum()
    worth = cheapest_between(read * regretted, delay * max(others - regretted, 0.0))
    table = pd.DataFrame(
        {
            "policy": list(sums.policies),
            "read": read,
            "low": shares.low,
            "high": shares.high,
            "change": moved.value,
            "change_low": moved.low,
            "change_high": moved.high,
            "delay_s": np.nan_to_num(waited.value),
            "delay_low": waited.low,
            "delay_high": waited.high,
            "far": _far(paid),
            "dominated": dominated(read, delay),
            "knee": knee(read, delay),
            "worth_from": worth[:, 0],
            "worth_to": worth[:, 1],
        }
    )
    if stage.scenario.costs:
        costs = expected_costs(sums, stage.scenario.costs, stage.scenario.credits.per_inmail)
        hours = delay * max(others - regretted, 0.0) / sums.replications * SECOND / HOUR
        table["cost"] = costs["value"]
        money = cheapest_between(hours, costs["value"].to_numpy())
        table["money_from"], table["money_to"] = money.T
    return table


def _far(paid: est.Estimates) -> Floats:
    return np.nan_to_num(paid.value[..., list(PRICES).index(FAR)])


def _in_budgets(paid: est.Estimates) -> Floats:
    """Give mean delays, infinite where more than a few are moved further than a mean would say."""
    delay = np.nan_to_num(paid.value[..., list(PRICES).index(DELAY)])
    return np.where(_far(paid) > FAR_IS_FEW, np.inf, delay)


def best_combination(stage: Stage, scenario: Scenario, budget_s: float) -> tuple[str | None, Patch]:
    """Search the combination of levers that is read least within a budget; None: nothing keeps it.

    The durations are `LEVERS`, each added to what the scenario has; the rest is what its policies set
    besides, and the retraction of every push.
    """
    choices = _choices(scenario)
    starts = {path: start for path in LEVERS if (start := _start(stage.scenario, path)) is not None}

    def patch_of(point: Point) -> Patch:
        found = nested(list(choices.values())[point.choice])
        for (path, start), added in zip(starts.items(), point.durations, strict=True):
            if added:
                found = merged(found, nested({path: written(start + added)}))
        return found

    def play(points: Sequence[Point]) -> list[Paid]:
        patches = {str(k): patch_of(one) for k, one in enumerate(points)}
        sums = stage.play({"as it is": {}, **patches})
        each = zip(headline(sums).value.tolist(), _in_budgets(prices(sums)).tolist(), strict=True)
        return [Paid(read, delay) for read, delay in each][1:]

    found = search(play, len(choices), len(starts), budget_s)
    if found is None:
        return None, NOTHING
    words = [
        LEVERS[path].format(added=format_duration(added), whole=format_duration(start + added))
        for (path, start), added in zip(starts.items(), found.durations, strict=True)
        if added
    ]
    name = ", ".join(filter(None, [*words, list(choices)[found.choice]]))
    return name or scenario.policy_names()[0], patch_of(found)


def _start(scenario: Scenario, path: str) -> int | None:
    """Give the duration that a lever has, microseconds; None where it is drawn or has no end."""
    section, name = path.split(".")
    value = getattr(getattr(scenario, section), name)
    if not isinstance(value, Constant) or value.value >= NEVER:
        return None
    return int(value.value)


def _choices(scenario: Scenario) -> dict[str, Patch]:
    """Give what is no duration: nothing, what each policy sets besides durations, and the retraction of
    every push.
    """
    found: dict[str, Patch] = {"": {}}
    for name in scenario.policy_names()[1:]:
        patch = nested(scenario.policies[name])
        for path in LEVERS:
            section, key = path.split(".")
            rest = {k: v for k, v in patch.get(section, {}).items() if k != key}
            patch = {k: v for k, v in patch.items() if k != section}
            patch |= {section: rest} if rest else {}
        if patch and patch not in found.values():
            whole = patch == nested(scenario.policies[name])
            found[name if whole else f"{name}, its durations aside"] = patch
    return found if nested(RETRACTED) in found.values() else found | {RETRACTION: RETRACTED}


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
