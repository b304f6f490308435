"""The tables of a comparison: shares, differences that hold at once, prices, and which verdicts
moved.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from sim import estimates as est
from sim.comparing.pairing import Pairing
from sim.scenario import Scenario
from sim.summaries import Summary, expected_costs
from sim.tallies import moved
from sim.verdicts import Verdict

LOST = "preview_read"
"""What is compared: the share of regretted messages whose preview was read."""


@dataclass(frozen=True, repr=False)
class Comparison:
    """What a comparison leaves; the first of `worlds` is what the others are compared against.

    `sums` has a row of whole numbers per replication for every name. Differences are of the
    headline, in shares, and their intervals hold all at once at 95 %: t intervals over
    replications, each at the level that Bonferroni's inequality asks for. `asked` is how many
    replications were asked for; fewer are there after an interruption.
    """

    scenarios: tuple[Scenario, ...]
    """What was given: one scenario whose policies are compared, or several."""
    worlds: Mapping[str, Scenario]
    """What was played under each name."""
    pairing: Mapping[str, Pairing]
    engine: str
    asked: int
    sums: Mapping[str, tuple[Mapping[str, int], ...]]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What is compared, the one it is compared against first."""
        return tuple(self.worlds)

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
        return len(self.sums[self.against])

    @cached_property
    def _each(self) -> dict[str, Summary]:
        return {
            name: Summary.of((name,), [{name: one} for one in self.sums[name]])
            for name in self.names
        }

    @cached_property
    def shares(self) -> pd.DataFrame:
        """One row per name and measure: the share of regretted messages, with its own 95 %
        interval, as in a run.
        """
        return pd.concat([self._each[name].shares for name in self.names], ignore_index=True)

    @cached_property
    def price(self) -> pd.DataFrame:
        """One row per name and price; delays are told where messages are paired, one by one."""
        tables = []
        for name in self.names:
            table = self._each[name].price
            if self.pairing[name] is not Pairing.MESSAGES:
                table.loc[table["measure"].str.startswith("delay"), ["value", "low", "high"]] = (
                    float("nan")
                )
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def headline(self, name: str, measure: str = LOST) -> est.Estimate:
        """Give one share: by default the share whose preview was read."""
        return self._each[name].headline(name, measure)

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.names)} against {self.against}: {self.best} loses least>"

    @cached_property
    def best(self) -> str:
        """The name that loses least in these replications; of equals, the first."""
        shares = {name: self.headline(name).value for name in self.names}
        return min(
            shares, key=lambda name: (math.isnan(shares[name]), shares[name])
        )  # of equals the first

    @cached_property
    def is_sure(self) -> bool:
        """Tell whether the best is best beyond doubt: all others lose more, with every interval on
        the same side.

        The best was chosen by the same data. To be wrong, it must beat the truly best one, in one
        of the intervals against that one; there are as many of those as Bonferroni's inequality
        allows for.
        """
        return bool((self.behind["low"] > 0).all())

    @cached_property
    def differences(self) -> pd.DataFrame:
        """One row per name but the first: its headline less the first's, and the messages saved and
        newly lost.

        `saved` and `newly_lost` count messages lost under one of the two only; absent if messages
        are not paired.
        """
        rows = []
        for name in self.names[1:]:
            paired = self.pairing[name] is Pairing.MESSAGES
            own = self.tables[name]
            rows.append(
                {
                    "policy": name,
                    "to": self.against,
                    **self._difference(name, self.against),
                    "pairing": self.pairing[name].name.lower(),
                    "saved": int(own["saved"].sum()) if paired else None,
                    "newly_lost": int(own["newly_lost"].sum()) if paired else None,
                }
            )
        return pd.DataFrame(rows).astype({"saved": "Int64", "newly_lost": "Int64"})

    @cached_property
    def behind(self) -> pd.DataFrame:
        """One row per name but the best: its headline less that of the best, in intervals that hold
        at once.
        """
        others = [name for name in self.names if name != self.best]
        return pd.DataFrame(
            [
                {"policy": name, "to": self.best, **self._difference(name, self.best)}
                for name in others
            ]
        )

    def _difference(self, name: str, base: str) -> dict[str, float | int]:
        mine, theirs = self.tables[name], self.tables[base]
        same_seed = self.worlds[name].run.seed == self.worlds[base].run.seed
        estimate = est.difference if same_seed else est.difference_apart
        e = estimate(
            mine[LOST],
            mine["regretted"],
            theirs[LOST],
            theirs["regretted"],
            confidence=est.for_each_of(len(self.names) - 1),
        )
        return {
            "value": e.value,
            "low": e.low,
            "high": e.high,
            "of": int(e.per),
            "replications": e.replications,
        }

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The sums as tables: a row per replication, a column per count."""
        return {name: self._each[name].sums[name] for name in self.names}

    @property
    def costs(self) -> pd.DataFrame | None:
        """One row per policy: what a world costs by `[costs]`, and the paired change.

        None if nothing has a cost.
        """
        first = self.worlds[self.against]
        if not (self.of_policies and first.costs):
            return None
        return expected_costs(self.tables, first.costs, first.credits.per_inmail)

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
                counts = self.tables[name].sum()
                rows += [
                    {
                        "policy": name,
                        "before": a.name.lower(),
                        "after": b.name.lower(),
                        "messages": int(counts[moved(a, b)]),
                    }
                    for a in Verdict
                    for b in Verdict
                    if a or b
                ]
        table = pd.DataFrame(rows, columns=["policy", "before", "after", "messages"])
        return table[table["messages"] > 0].reset_index(drop=True)
