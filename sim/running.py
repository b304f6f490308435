"""Play a scenario under its policies, replication by replication, and sum up: the verb `run`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.engines import choose, play_with
from sim.records import Records
from sim.scenario.model import Scenario
from sim.summaries import Summary, expected_costs
from sim.sums import Ints, Sums
from sim.tallies import TALLY, Count, not_under, read_not_under
from sim.verdicts import Judged, judge
from sim.world import draw_world

if TYPE_CHECKING:
    import pandas as pd

Kept = dict[str, tuple[Records, Judged]]
Keep = Callable[[int, str, Records, Judged], None]
"""Called with (replication, policy, records, verdicts) for every replication, in order."""


@dataclass(frozen=True, repr=False)
class Outcome:
    """What a run leaves: every replication's sums per policy, and the tables made of them.

    `asked` is how many replications were asked for; fewer are there if the run was interrupted.
    """

    scenario: Scenario
    engine: str
    asked: int
    sums: Sums

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies that were played, the baseline first."""
        return self.sums.policies

    @property
    def replications(self) -> int:
        """How many replications were played."""
        return self.sums.replications

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
    scenario: Scenario,
    *,
    policies: Sequence[str] | None = None,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "auto",
    workers: int = 1,
    keep: Keep | None = None,
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Play a scenario under its policies on the same worlds and return the sums and tables.

    `policies` defaults to all, and always includes the baseline. `workers` replications are played
    at a time; their number changes no result. `keep` gets every replication's records. Ctrl-C ends
    the run with what is done so far. Raises `ScenarioError` for an unknown policy and `TraceError`
    for a malformed trace.

    >>> import sim
    >>> sim.run(sim.load("scenarios/linkedin_dm.toml"), replications=2).summary.headline("today").replications
    2
    """
    scenario = set_by_hand(scenario, seed=seed, replications=replications)
    names = chosen(scenario, policies)
    worlds = [scenario.under(name) for name in names]
    asked = scenario.run.replications
    engine = engine_for(scenario, names, engine, asked)
    done = play_all(worlds, names, engine, asked, workers=workers, keep=keep, progress=progress)
    return Outcome(scenario, engine, asked, done)


def set_by_hand(scenario: Scenario, *, seed: int | None, replications: int | None) -> Scenario:
    """Return a scenario with the seed and the number of replications that were given, if any."""
    changes = {"run.seed": seed, "run.replications": replications}
    given = {path: value for path, value in changes.items() if value is not None}
    return scenario.patched(given, by="the command line") if given else scenario


def play_all(
    worlds: Sequence[Scenario],
    names: Sequence[str],
    engine: str,
    asked: int,
    *,
    workers: int = 1,
    count: Count = TALLY,
    keep: Keep | None = None,
    progress: Callable[[int], None] | None = None,
) -> Sums:
    """Play replications of scenarios that share their messages, the baseline first, and add up each
    by `count`.

    Ctrl-C ends it with what is done so far.
    """
    done: list[Ints] = []
    try:
        played = _played(worlds, names, engine, asked, workers, count, keep is not None)
        for number, (sums, records) in enumerate(played):
            done.append(sums)
            for name, (rows, judged) in records.items():
                if keep is not None:
                    keep(number, name, rows, judged)
            if progress is not None:
                progress(number + 1)
    except KeyboardInterrupt:
        if not done:
            raise
    return Sums(np.array(done), tuple(names), (*count.names, *not_under(len(names))))


def chosen(scenario: Scenario, policies: Sequence[str] | None) -> tuple[str, ...]:
    """Give the policies to play, the baseline first and always there, the rest in the scenario's
    order.
    """
    names = scenario.policy_names()
    if policies is None:
        return names
    for name in policies:
        scenario.under(name)
    return tuple(name for name in names if name == names[0] or name in policies)


def engine_for(scenario: Scenario, names: Sequence[str], engine: str, replications: int) -> str:
    """Choose the engine of a run by its expected size, if it is "auto"."""
    return choose(engine, expected_messages(scenario) * replications * len(names))


def expected_messages(scenario: Scenario) -> float:
    """Estimate the messages of one replication, for choosing an engine and for plans."""
    t = scenario.traffic
    match t.kind:
        case "stream":
            return t.senders * t.rate * min(t.lasts, scenario.run.horizon)
        case "campaign":
            return float(t.messages)
        case "sequence":
            return float(t.messages * (1 + len(t.steps)))
    return float(draw_world(scenario, 0).messages.size)


def play_replication(
    scenarios: Sequence[Scenario],
    names: Sequence[str],
    engine: str,
    replication: int,
    want_records: bool,
    count: Count = TALLY,
) -> tuple[Ints, Kept]:
    """Play one replication under every policy (the baseline first) and add it up.

    The sums have a row per policy: what `count` names, then `not_under` of all policies.
    """
    play = play_with(engine)
    rows: list[Ints] = []
    judgements: list[Judged] = []
    kept: Kept = {}
    for scenario, name in zip(scenarios, names, strict=True):
        records = play(draw_world(scenario, replication))
        judged = judge(
            records,
            speed=scenario.reading.speed,
            refund_within=int(scenario.credits.refund_within),
            refund_on_recall=scenario.credits.refund_on_recall,
            remedy=scenario.deletion.remedy,
        )
        judgements.append(judged)
        rows.append(count.row(records, judged, judgements[0]))
        if want_records:
            kept[name] = (records, judged)
    messages = int(np.count_nonzero(~records["apology"]))  # those of all policies
    return np.hstack([np.array(rows), read_not_under(judgements, messages)]), kept


def _played(
    scenarios: Sequence[Scenario],
    names: Sequence[str],
    engine: str,
    asked: int,
    workers: int,
    count: Count,
    want_records: bool,
) -> Iterator[tuple[Ints, Kept]]:
    """Yield replications in order, `workers` of them at a time."""
    numbers: Iterable[int] = range(asked)
    if workers == 1 or asked == 1:
        for number in numbers:
            yield play_replication(scenarios, names, engine, number, want_records, count)
        return
    import joblib

    # SimPy holds the interpreter lock, so it needs processes; compiled kernels release it, so
    # threads do.
    prefer = "processes" if engine == "simpy" else "threads"
    task = joblib.delayed(play_replication)
    # More workers than cores only take memory, so no more are started, whatever was asked for.
    pool = joblib.Parallel(
        n_jobs=min(workers, asked, joblib.cpu_count()), prefer=prefer, return_as="generator"
    )
    yield from pool(
        task(scenarios, names, engine, number, want_records, count) for number in numbers
    )
