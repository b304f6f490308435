"""Play a scenario under its policies, replication by replication, and sum up: the verb `run`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import Fault, FaultyInputError
from sim.playing import Keep, engine_for, play_all, share_played
from sim.precision import AT_MOST
from sim.scenario.model import Scenario
from sim.scenario.reading import given
from sim.sizing import allowing_large
from sim.stopping import Stopping
from sim.summaries import Summary, expected_costs
from sim.sums import Sums
from sim.tallies import TALLY, WITH_STRATA

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Outcome:
    """What a run leaves: every replication's sums per policy, and the tables made of them.

    `asked` is how many replications were asked for, or how many the rule `stopping` wanted next;
    fewer are there if the run was interrupted. Prices are estimated on `price_share` of the
    recipients.
    """

    scenario: Scenario
    engine: str
    asked: int
    sums: Sums
    stopping: Stopping | None = None
    price_share: float = 1.0
    only: int | None = None
    """The one replication that was asked for, by its number; None: the first `asked`."""

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies that were played, the baseline first."""
        return self.sums.policies

    @property
    def replications(self) -> int:
        """How many replications were played."""
        return self.sums.replications

    @cached_property
    def is_sure(self) -> bool:
        """Whether the precision that was asked for, if any, is reached."""
        return self.stopping is None or self.stopping.is_reached(self.sums)

    def __repr__(self) -> str:
        e = self.summary.headline(self.policies[0])
        return (
            f'<Outcome of {self.scenario.file}: {100 * e.value:.1f} % read under "{self.policies[0]}", '
            f"{len(self.policies)} policies, {self.replications} replications>"
        )

    @cached_property
    def summary(self) -> Summary:
        """The tables: shares, channels, verdicts, differences and prices, with intervals."""
        return Summary.of(self.sums)

    @property
    def shares(self) -> pd.DataFrame:
        """One row per policy and measure: the share of regretted messages, with its 95 %
        interval.
        """
        return self.summary.shares

    @property
    def differences(self) -> pd.DataFrame:
        """One row per policy but the baseline: its headline less the baseline's, paired, in
        shares.
        """
        return self.summary.differences

    @property
    def price(self) -> pd.DataFrame:
        """One row per policy and price: what messages that nobody regretted pay."""
        return self.summary.price

    @property
    def costs(self) -> pd.DataFrame:
        """One row per policy: what a world costs by the scenario's `[costs]`, and the change
        against the baseline.
        """
        return expected_costs(self.sums, self.scenario.costs, self.scenario.credits.per_inmail)


def run(
    scenario: Scenario | str | Path,
    *,
    policies: Sequence[str] | str | None = None,
    replications: int | None = None,
    replication: int | None = None,
    precision: str | None = None,
    of: Sequence[str] = ("headline",),
    at_most: int = AT_MOST,
    seed: int | None = None,
    engine: str = "auto",
    workers: int = 1,
    everybody: bool = False,
    known_shares: bool = True,
    yes_large: bool = False,
    keep: Keep | None = None,
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Play a scenario under its policies on the same worlds and return the sums and tables.

    The scenario may be given as a path or name. `policies` (one name, or several) defaults to all,
    and always includes the baseline. `workers` replications are played at a time; their number
    changes no result. With a `precision` ("0.5 pp", or "10 %"), instead of a number, replications
    are added until the intervals of `of` ("headline", "differences") reach no farther, `at_most` so
    many (`sim.stopping`). Only recipients who matter are played (`sim.world.focus`) unless
    `everybody` is. Shares of regretted messages are post-stratified by the shares of settings that
    the scenario gives (`sim.estimates.strata`), unless `known_shares` is false. `keep` gets the
    records of what was played. What is too large is refused unless `yes_large` (`sim.sizing`).
    Ctrl-C ends the run with what is done so far. Raises `ScenarioError` for an unknown policy,
    `TraceError` for a malformed trace and `FaultyInputError` for a precision that is none.

    >>> import sim
    >>> sim.run("linkedin_dm", replications=2).summary.headline("today").replications
    2
    """
    scenario = set_by_hand(given(scenario), seed=seed, replications=replications)
    names = chosen(scenario, policies)
    worlds = [scenario.under(name) for name in names]
    stopping = stopping_of(precision, of, at_most, replications, replication)
    asked = scenario.run.replications if stopping is None else stopping.at_most
    first, asked = (0, asked) if replication is None else (replication, 1)
    engine = engine_for(scenario, names, engine, asked)
    with allowing_large(yes_large):
        done = play_all(
            worlds,
            names,
            engine,
            asked,
            first=first,
            workers=workers,
            count=WITH_STRATA if known_shares else TALLY,
            everybody=everybody,
            stopping=stopping,
            keep=keep,
            progress=progress,
        )
    if stopping is not None:
        asked = done.replications
        if not stopping.is_reached(done):
            asked = next((look for look in stopping.looks() if look > asked), asked)
    share = share_played(worlds, everybody)
    return Outcome(scenario, engine, asked, done, stopping, share, replication)


def stopping_of(
    precision: str | None,
    of: Sequence[str],
    at_most: int,
    replications: int | None,
    replication: int | None = None,
) -> Stopping | None:
    """Make the rule of a run, if a precision is given.

    Raises `FaultyInputError`, also if a number of replications is given with it, or one
    replication with either.
    """
    if replication is not None and (precision is not None or replications is not None):
        fault = Fault("--replication", "", "is given with how many are played", "keep one of them")
        raise FaultyInputError([fault])
    if precision is None:
        return None
    if replications is not None:
        fault = Fault("--precision", "", "is given with --replications", "keep one of them")
        raise FaultyInputError([fault])
    return Stopping.read(precision, of, at_most)


def set_by_hand(scenario: Scenario, *, seed: int | None, replications: int | None) -> Scenario:
    """Return a scenario with the seed and the number of replications that were given, if any."""
    changes = {"run.seed": seed, "run.replications": replications}
    given = {path: value for path, value in changes.items() if value is not None}
    return scenario.patched(given, by="the command line") if given else scenario


def chosen(scenario: Scenario, policies: Sequence[str] | str | None) -> tuple[str, ...]:
    """Give the policies to play, the baseline first and always there, the rest in the scenario's
    order.
    """
    names = scenario.policy_names()
    policies = (policies,) if isinstance(policies, str) else policies
    if policies is None:
        return names
    for name in policies:
        scenario.under(name)
    return tuple(name for name in names if name == names[0] or name in policies)
