"""Play a scenario under its policies, replication by replication, and sum up: the verb `run`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.engines import choose, play_with
from sim.errors import Fault, FaultyInputError
from sim.precision import AT_MOST
from sim.records import Records
from sim.regrets import Regrets
from sim.scenario.model import Scenario
from sim.scenario.reading import given
from sim.schema.fields import Floats
from sim.sizing import allowing_large, refuse_large
from sim.stopping import Rule, Stopping
from sim.summaries import Summary, expected_costs
from sim.sums import Ints, Sums, joined
from sim.tallies import (
    PRICED_ONLY,
    REGRETS,
    TALLY,
    WITH_STRATA,
    Count,
    not_under,
    read_not_under,
    regretted,
)
from sim.verdicts import Judged, judge
from sim.world import draw_world
from sim.world.block import Block
from sim.world.drawing import drafts
from sim.world.focus import focused, price_share
from sim.world.strata import known_shares

if TYPE_CHECKING:
    import pandas as pd

Kept = dict[str, tuple[Records, Judged]]
Keep = Callable[[int, str, Records, Judged], None]
"""Called with (replication, policy, records, verdicts) for every replication, in order."""


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


def play_all(
    worlds: Sequence[Scenario],
    names: Sequence[str],
    engine: str,
    asked: int,
    *,
    first: int = 0,
    workers: int = 1,
    count: Count = TALLY,
    everybody: bool = False,
    stopping: Rule | None = None,
    keep: Keep | None = None,
    progress: Callable[[int], None] | None = None,
) -> Sums:
    """Play replications of scenarios that share their messages, the baseline first, and add up each
    by `count`: as many as are asked for, from number `first` on, or as many as `stopping` wants.

    Only those who matter are played and kept (`sim.world.focus`), unless `everybody` is. Ctrl-C
    ends it with what is done so far.
    """
    refuse_large(worlds, expected_messages(worlds[0]), asked, whole=stopping is None)
    share = share_played(worlds, everybody)
    setting = Setting(tuple(worlds), tuple(names), engine, share, count)
    looks = [asked] if stopping is None else stopping.looks()
    done: list[Sums] = []
    try:
        for start, look in pairwise([0, *looks]):
            numbers = blocks(worlds[0], range(first + start, first + look), engine, workers)
            played = _played(setting, numbers, workers, keep is not None)
            for block, (sums, kept) in zip(numbers, played, strict=True):
                done.append(sums)
                if keep is not None:
                    _hand_over(keep, block, kept)
                if progress is not None:
                    progress(block.stop - first)
            if stopping is not None and stopping.is_reached(joined(done)):
                break
    except KeyboardInterrupt:
        if not done:
            raise
    return joined(done)


def _hand_over(keep: Keep, block: range, kept: Kept) -> None:
    """Give the records of a block away, replication by replication."""
    for place, number in enumerate(block):
        for name, (records, judged) in kept.items():
            mine = records.replication == place
            keep(number, name, records.in_replication(place), judged.of(mine))


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


MESSAGES_AT_ONCE: Final = 1 << 17
"""Messages of a block, about: some 20 columns of them are held at once, 8 bytes each."""
REPLICATIONS_AT_ONCE: Final = 1024


def blocks(scenario: Scenario, numbers: range, engine: str, workers: int = 1) -> list[range]:
    """Cut replications into blocks, so large that memory allows them and all workers have one.

    The reference engine gains nothing by blocks, so that an interruption need not lose one.
    """
    if engine == "simpy":
        return [range(number, number + 1) for number in numbers]
    fit = MESSAGES_AT_ONCE // max(int(expected_messages(scenario)), 1)
    size = max(1, min(fit, REPLICATIONS_AT_ONCE, -(-len(numbers) // workers)))
    return [numbers[first : first + size] for first in range(0, len(numbers), size)]


def share_played(worlds: Sequence[Scenario], everybody: bool) -> float:
    """Give the share of recipients that a run estimates prices on."""
    return 1.0 if everybody else price_share_of(worlds)


def price_share_of(worlds: Sequence[Scenario]) -> float:
    """Give the share of recipients that prices are estimated on.

    Everybody where money is counted that depends on all of them, and where so few are left out that
    it does not pay.
    """
    if any(set(world.costs) & set(PRICED_ONLY) for world in worlds):
        return 1.0
    share = price_share(worlds[0], expected_messages(worlds[0]))
    return share if share < 0.5 else 1.0


@dataclass(frozen=True)
class Setting:
    """What is played of every replication: scenarios by their names, and how they are added up."""

    worlds: tuple[Scenario, ...]
    names: tuple[str, ...]
    engine: str
    share: float
    count: Count = TALLY

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the sums of a replication under a policy."""
        return (*self.count.names, *not_under(len(self.names)))

    @cached_property
    def known(self) -> Floats:
        """The known shares of strata: float64 of shape (policies, strata)."""
        return np.array([known_shares(world) for world in self.worlds])


def play_block(setting: Setting, numbers: range, want_records: bool = False) -> tuple[Sums, Kept]:
    """Play some replications under every policy (the baseline first) and add them up.

    Also gives the records, if they are wanted.
    """
    play, count = play_with(setting.engine), setting.count
    block = Block.of(setting.worlds[0].run.seed, numbers)
    focus = focused(drafts(setting.worlds, block), setting.share)
    rows: list[Ints] = []
    regrets: list[Ints] = []
    judgements: list[Judged] = []
    kept: Kept = {}
    for scenario, name, world in zip(setting.worlds, setting.names, focus.worlds, strict=True):
        records = play(world)
        judged = judge(
            records,
            speed=scenario.reading.speed,
            refund_within=int(scenario.credits.refund_within),
            refund_on_recall=scenario.credits.refund_on_recall,
            remedy=scenario.deletion.what,
        )
        judgements.append(judged)
        sums = count.rows(records, judged, judgements[0])
        sums[:, count.names.index("messages")] = focus.messages
        sums[:, count.names.index("followups")] += focus.followups
        rows.append(sums)
        if count.by_stratum:
            regrets.append(regretted(records, judged, len(regrets)))
        if want_records:
            kept[name] = (records, judged)
    pairs = read_not_under(judgements, records)
    values = np.concatenate([np.stack(rows, axis=1), pairs], axis=2)
    strata = Regrets(np.concatenate(regrets), REGRETS, setting.known) if regrets else None
    return Sums(values, setting.names, setting.columns, strata), kept


def _played(
    setting: Setting, numbers: Sequence[range], workers: int, want_records: bool
) -> Iterator[tuple[Sums, Kept]]:
    """Yield blocks in order, `workers` of them at a time."""
    if workers == 1 or len(numbers) == 1:
        for block in numbers:
            yield play_block(setting, block, want_records)
        return
    import joblib

    # SimPy holds the interpreter lock, so it needs processes; compiled kernels release it, so
    # threads do.
    prefer = "processes" if setting.engine == "simpy" else "threads"
    task = joblib.delayed(play_block)
    # More workers than cores only take memory, so no more are started, whatever was asked for.
    jobs = min(workers, len(numbers), joblib.cpu_count())
    pool = joblib.Parallel(n_jobs=jobs, prefer=prefer, return_as="generator")
    yield from pool(task(setting, block, want_records) for block in numbers)
