"""Which policy is best, and how sure that is.

Where no number of replications is asked for, policies are played batch by batch on common draws until
one is left (Kim & Nelson), or until `MOST` times what the scenario plays. Then intervals that hold
together, of every policy against the best of the others, and the probability that each is the best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from sim import estimates as est
from sim.answers.playing import Patch, Stage, enough, headline
from sim.scenario.model import Scenario
from sim.summaries import compared
from sim.sums import Sums

INDIFFERENCE: Final = 0.005
"""Difference of two shares below which it does not matter which policy is chosen."""
MOST: Final = 5
"""Times the scenario's own replications after which no choice is made."""


@dataclass(frozen=True)
class Best:
    """Policies against the best of the others, and which are still in the running."""

    table: pd.DataFrame
    """`policy`, `read` with `low` and `high`; `ahead` of the best other policy (negative: it is read
    less) with `ahead_low` and `ahead_high`, which hold for all policies together; `chance` of being
    the best; `alike`, whether the same messages are read under that other one; `contender`, whether
    the sequential choice has not dropped it (all, where it is not made)."""
    replications: int
    indifference: float
    sequential: bool
    """Whether replications were added until one policy was left."""

    @property
    def chosen(self) -> str | None:
        """The policy that is left; None: it is not decided, or the number was fixed."""
        left = self.table[self.table["contender"]] if self.sequential else self.table.iloc[:0]
        return str(left["policy"].iloc[0]) if len(left) == 1 else None

    @property
    def leader(self) -> str:
        """The policy that is read least, of equals the first."""
        return str(self.table["policy"].iloc[int(self.table["read"].argmin())])

    def document(self) -> dict[str, Any]:
        """Give what JSON says of it: shares from 0 to 1."""
        return {
            "chosen": self.chosen,
            "leader": self.leader,
            "replications": self.replications,
            "sequential": self.sequential,
            "indifference": self.indifference,
            "policies": self.table.to_dict(orient="records"),
        }


@dataclass(frozen=True)
class Until:
    """The rule that adds replications until one policy is left: batches of `size` worlds."""

    size: int
    indifference: float = INDIFFERENCE

    def looks(self) -> list[int]:
        """List the numbers of replications at which the choice is looked at."""
        ends = [est.FIRST_STAGE]
        while ends[-1] < MOST * est.FIRST_STAGE:
            ends.append(min(ends[-1] + max(2, ends[-1] // 5), MOST * est.FIRST_STAGE))
        return [self.size * one for one in ends]

    def is_reached(self, sums: Sums) -> bool:
        """Tell whether one policy is left."""
        return self.choice(sums).decided_after is not None

    def choice(self, sums: Sums) -> est.Selection:
        """Drop policies batch by batch."""
        plain = compared(sums)
        return est.kim_nelson(est.batches(plain.hits, plain.of, self.size), self.indifference)


def best(
    stage: Stage, scenario: Scenario, *, fixed: bool = False, indifference: float = INDIFFERENCE
) -> Best | None:
    """Compare the scenario's policies; None if it has one only.

    `fixed`: as many replications as the stage has. Raises `FaultyInputError` where too few messages
    are regretted.

    >>> import sim
    >>> from sim.answers.playing import stage_of
    >>> retry = sim.load("instant_regret")
    >>> best(stage_of(retry), retry).chosen
    'undo 30 s'
    """
    names = scenario.policy_names()
    if len(names) < 2:
        return None
    patches: dict[str, Patch] = {names[0]: {}} | {
        name: scenario.policies[name] for name in names[1:]
    }
    until = Until(max(1, stage.replications // est.FIRST_STAGE), indifference)
    sums = stage.play(patches, stopping=None if fixed else until)
    enough(sums, "best")
    plain = compared(sums)
    shares, against = headline(sums), est.best(plain)
    others = np.where(np.eye(len(names), dtype=bool), np.inf, plain.each.value)
    alike = plain.alike[np.arange(len(names)), others.argmin(axis=1)]
    table = pd.DataFrame(
        {
            "policy": list(names),
            "read": shares.value,
            "low": shares.low,
            "high": shares.high,
            "ahead": against.value,
            "ahead_low": against.low,
            "ahead_high": against.high,
            "alike": alike,
            "chance": est.chance_of_best(plain.hits, plain.of),
            "contender": True if fixed else until.choice(sums).contenders,
        }
    )
    return Best(table, sums.replications, indifference, not fixed)
