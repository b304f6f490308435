"""The tables of a comparison: shares, differences that hold at once, prices, and which verdicts
moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import estimates as est
from sim.comparing.pairing import Pairing
from sim.prices import PRICES
from sim.regrets import side_by_side
from sim.scenario import Scenario
from sim.summaries import Summary, compared, expected_costs
from sim.sums import Sums
from sim.tallies import HEADLINE, moved, not_under
from sim.verdicts import Verdict


@dataclass(frozen=True, repr=False)
class Comparison:
    """What a comparison leaves; the first of `worlds` is what the others are compared against.

    Differences are of the headline, in shares, and their intervals hold all at once at 95 %, each
    at the level that Bonferroni's inequality asks for. `asked` is how many replications were asked
    for; fewer are there after an interruption.
    """

    scenarios: tuple[Scenario, ...]
    """What was given: one scenario whose policies are compared, or several."""
    worlds: Mapping[str, Scenario]
    """What was played under each name."""
    pairing: Mapping[str, Pairing]
    engine: str
    asked: int
    sums: Sums
    """What was added up; the names stand in the place of policies."""

    @property
    def names(self) -> tuple[str, ...]:
        """What is compared, the one it is compared against first."""
        return self.sums.policies

    @property
    def of_policies(self) -> bool:
        """Whether policies of one scenario are compared, or scenarios."""
        return len(self.scenarios) == 1

    @property
    def against(self) -> str:
        """What the others are compared against."""
        return self.names[0]

    @property
    def replications(self) -> int:
        """How many replications were played."""
        return self.sums.replications

    @cached_property
    def summary(self) -> Summary:
        """The tables of a run with these names as policies."""
        return Summary.of(self.sums)

    @property
    def shares(self) -> pd.DataFrame:
        """One row per name and measure: the share of regretted messages, with its own 95 %
        interval, as in a run.
        """
        return self.summary.shares

    @cached_property
    def price(self) -> pd.DataFrame:
        """One row per name and price; delays are given where messages are paired, one by one."""
        table = self.summary.price.copy()
        unpaired = [name for name in self.names if self.pairing[name] is not Pairing.MESSAGES]
        delays = [name for name in PRICES if name.startswith("delay")]
        blank = table["policy"].isin(unpaired) & table["measure"].isin(delays)
        table.loc[blank, ["value", "low", "high"]] = float("nan")
        return table

    def headline(self, name: str, measure: str = HEADLINE) -> est.Estimate:
        """Give one share: by default the share read despite the deletion."""
        return self.summary.headline(name, measure)

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.names)} against {self.against}: {self.best} loses least>"

    @cached_property
    def compared(self) -> est.Shares:
        """What the names are compared by, and how every two of them are paired."""
        shares = compared(self.sums)
        own = np.array([self.pairing[name] is Pairing.MESSAGES for name in self.names])
        seeds = np.array([self.worlds[name].run.seed for name in self.names])
        return est.Shares(
            shares.hits,
            shares.of,
            shares.only,
            by_message=(own[:, None] & own[None, :]) | np.eye(len(own), dtype=bool),
            by_world=seeds[:, None] == seeds[None, :],
            known=shares.known,
        )

    @cached_property
    def ranking(self) -> est.Best:
        """Which name loses least, and which could, by the rule that sweeps use as well."""
        return est.best(self.compared)

    @property
    def best(self) -> str:
        """The name that loses least in these replications; of equals, the first."""
        return self.names[int(self.ranking.first)]

    @property
    def could_be_best(self) -> tuple[str, ...]:
        """The names that could be the best one: it is among them with 95 % confidence."""
        there = self.ranking.could_be
        return tuple(name for name, could in zip(self.names, there, strict=True) if could)

    @property
    def is_sure(self) -> bool:
        """Tell whether one name only could be the best one."""
        return self.ranking.is_sure

    @cached_property
    def changes(self) -> est.Estimates:
        """What `differences` holds, with what it rests on; the first name included."""
        level = est.per_comparison_level(len(self.names) - 1)
        found = est.every_difference(self.compared, [0], confidence=level)
        return found.each(lambda field: field[:, 0])

    @cached_property
    def differences(self) -> pd.DataFrame:
        """One row per name but the first: its headline less the first's, and the messages saved and
        newly lost.

        `saved` and `newly_lost` count messages lost under one of the two only; absent if messages
        are not paired.
        """
        rows = []
        for k, name in enumerate(self.names[1:], start=1):
            paired = self.pairing[name] is Pairing.MESSAGES
            rows.append(
                {
                    "policy": name,
                    "to": self.against,
                    **_row(self.changes.at(k)),
                    "pairing": self.pairing[name].name.lower(),
                    "saved": self.sums.total(name, "saved") if paired else None,
                    "newly_lost": self.sums.total(name, "newly_lost") if paired else None,
                }
            )
        return pd.DataFrame(rows).astype({"saved": "Int64", "newly_lost": "Int64"})

    @cached_property
    def behind(self) -> pd.DataFrame:
        """One row per name but the best: its headline less that of the best.

        Lower ends hold all at once at 95 %, and so do upper ends; `could_be` says whether the name
        could be the best one itself, and `alike` whether the same messages were read under both.
        """
        ranking = self.ranking
        alike = self.compared.alike[int(ranking.first)]
        return pd.DataFrame(
            [
                {
                    "policy": name,
                    "to": self.best,
                    **_row(ranking.ahead.at(k)),
                    "could_be": bool(ranking.could_be[k]),
                    "alike": bool(alike[k]),
                }
                for k, name in enumerate(self.names)
                if k != ranking.first
            ]
        )

    @property
    def costs(self) -> pd.DataFrame | None:
        """One row per policy: what a world costs by `[costs]`, and the paired change.

        None if nothing has a cost.
        """
        first = self.worlds[self.against]
        if not (self.of_policies and first.costs):
            return None
        return expected_costs(self.sums, first.costs, first.credits.per_inmail)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """One row per name but the first, verdict `before` (under the first) and verdict `after`,
        with `messages`.

        Verdicts nobody moved between are left out; `not_asked` is a message that was regretted
        under one only.
        """
        rows = []
        for name in self.names[1:]:
            if self.pairing[name] is Pairing.MESSAGES:
                rows += [
                    {
                        "policy": name,
                        "before": a.name.lower(),
                        "after": b.name.lower(),
                        "messages": self.sums.total(name, moved(a, b)),
                    }
                    for a in Verdict
                    for b in Verdict
                    if a or b
                ]
        table = pd.DataFrame(rows, columns=["policy", "before", "after", "messages"])
        return table[table["messages"] > 0].reset_index(drop=True)


def _row(e: est.Estimate) -> dict[str, float | int]:
    return {
        "value": e.value,
        "low": e.low,
        "high": e.high,
        "of": int(e.per),
        "replications": e.replications,
    }


def joined(groups: list[Sums], names: tuple[str, ...]) -> Sums:
    """Join what was played in groups into sums of all names, in their order.

    Every group's first policy is its own baseline. Counts of messages read under one policy and not
    under another are there within a group only, and 0 between groups.
    """
    fixed = [name for name in groups[0].names if not name.startswith("read_not_under_")]
    tables = {}
    for group in groups:
        for k, policy in enumerate(group.policies):
            only = np.zeros((group.replications, len(names)), dtype=np.int64)
            places = [names.index(other) for other in group.policies]
            only[:, places] = group.values[:, k, len(fixed) :]
            tables[policy] = np.hstack([group.values[:, k, : len(fixed)], only])
    values: npt.NDArray[np.int64] = np.stack([tables[name] for name in names], axis=1)
    order = [policy for group in groups for policy in group.policies]
    parts = [group.regrets for group in groups if group.regrets is not None]
    strata = side_by_side(parts).under([order.index(name) for name in names]) if parts else None
    return Sums(values, names, (*fixed, *not_under(len(names))), strata)
