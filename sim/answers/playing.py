"""Play patches of one scenario on the same worlds, and estimate the headline of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim import estimates as est
from sim.errors import Fault, FaultyInputError
from sim.playing import Keep, engine_for, play_all
from sim.scenario.model import Scenario
from sim.stopping import Rule
from sim.summaries import headlines
from sim.sums import Sums
from sim.tallies import WITH_STRATA, Count

Patch = Mapping[str, Any]


@dataclass(frozen=True)
class Stage:
    """A scenario under its baseline, and how many worlds every question about it plays."""

    scenario: Scenario
    replications: int
    engine: str = "auto"
    workers: int = 1

    def elsewhere(self) -> Stage:
        """Give the same stage on other worlds, which say nothing about these."""
        seed = self.scenario.run.seed + 1
        return replace(self, scenario=self.scenario.patched({"run.seed": seed}))

    def within(self, durations: Sequence[int]) -> tuple[int, ...]:
        """Give the durations (microseconds) that the observation is at least twice as long as."""
        return tuple(one for one in durations if 2 * one < self.scenario.run.horizon)

    def play(
        self,
        patches: Mapping[str, Patch],
        count: Count = WITH_STRATA,
        keep: Keep | None = None,
        stopping: Rule | None = None,
    ) -> Sums:
        """Play the scenario under patches by name, the first of which is the baseline.

        The messages, mistakes and looks are those of every other call. `keep` is as in
        `sim.running.run`; with `stopping` as many worlds are played as that rule wants.
        """
        names = tuple(patches)
        worlds = [self.scenario.patched(patch) for patch in patches.values()]
        engine = engine_for(self.scenario, names, self.engine, self.replications)
        return play_all(
            worlds,
            names,
            engine,
            self.replications,
            workers=self.workers,
            count=count,
            keep=keep,
            stopping=stopping,
        )


def stage_of(
    scenario: Scenario, replications: int | None = None, engine: str = "auto", workers: int = 1
) -> Stage:
    """Take a scenario under its baseline, with its own number of replications or another."""
    base = scenario.under(scenario.policy_names()[0]) if scenario.policies else scenario
    return Stage(base, replications or scenario.run.replications, engine, workers)


def enough(sums: Sums, what: str) -> None:
    """Check that there are regretted messages to answer by. Raises `FaultyInputError`."""
    regretted = sums.total(sums.policies[0], "regretted")
    worlds = int((sums.each(sums.policies[0], "regretted") > 0).sum())
    if regretted < FEWEST or worlds < est.FEW_EVENTS:
        problem = f"{regretted} regretted messages in {worlds} worlds are too few to answer by"
        remedy = "play more --replications, or raise mistakes.chance"
        if not regretted:
            problem, remedy = "nobody regretted a message", "set or raise mistakes.chance"
        raise FaultyInputError([Fault("answer", what, problem, remedy)])


FEWEST = 30
"""Regretted messages without which no question is answered."""


def headline(sums: Sums) -> est.Estimates:
    """Estimate the share read despite the deletion, under every patch."""
    return headlines(sums)
