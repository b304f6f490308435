"""Play replications of scenarios in blocks, and add each up.

Whoever must be played is drawn and played (`sim.world.focus`), judged and counted, and only the sums
are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np

from sim.engines import choose, play_with
from sim.records import Records
from sim.regrets import in_order
from sim.scenario.model import Scenario
from sim.schema.fields import Floats
from sim.sizing import refuse_large
from sim.stopping import Rule
from sim.sums import Ints, Sums, joined
from sim.tallies import PRICED_ONLY, TALLY, Count, not_under, read_not_under, regretted
from sim.verdicts import Judged, judge
from sim.world import draw_world
from sim.world.block import Block
from sim.world.drawing import drafts
from sim.world.focus import focused, price_share
from sim.world.strata import known_shares

Kept = dict[str, tuple[Records, Judged]]
Keep = Callable[[int, str, Records, Judged], None]
"""Called with (replication, policy, records, verdicts) for every replication, in order."""


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
            wanted = range(first + start, first + look)
            numbers = blocks(worlds[0], wanted, engine, workers, share)
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
"""Messages of a block that plays everybody, about: some 20 columns of them are held at once, 8
bytes each, and their records."""
WHEN_FEW_ARE_PLAYED: Final = 4
"""How many times as many messages a block has if only few are played: a column is then as large as
NumPy asks huge pages for (4 MB), and writing new memory takes half the time."""
REPLICATIONS_AT_ONCE: Final = 1024


def blocks(
    scenario: Scenario, numbers: range, engine: str, workers: int = 1, share: float = 1.0
) -> list[range]:
    """Cut replications into blocks, so large that memory allows them and all workers have one.

    `share` of the recipients are played for the prices.

    The reference engine gains nothing by blocks, so that an interruption need not lose one.
    """
    if engine == "simpy":
        return [range(number, number + 1) for number in numbers]
    at_once = MESSAGES_AT_ONCE * (WHEN_FEW_ARE_PLAYED if share < 1 else 1)
    fit = at_once // max(int(expected_messages(scenario)), 1)
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


def concerned_share(worlds: Sequence[Scenario]) -> float:
    """Estimate the share of recipients who get a message that is regretted under any of these."""
    first = worlds[0]
    people = first.traffic.recipients if first.traffic.kind == "stream" else np.inf
    each = max(expected_messages(first) / people, 1.0)
    chances = (
        chance
        for world in worlds
        for chance in (
            world.mistakes.chance,
            float(world.mistakes.batch_chance > 0 or world.traffic.kind == "trace"),
            *(group.mistakes or 0.0 for group in world.senders.groups.values()),
        )
    )
    return float(1 - (1 - min(max(chances), 1.0)) ** each)


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


@dataclass(frozen=True)
class Played:
    """A block of replications under one scenario, judged and added up."""

    judged: Judged
    place: Ints
    """The place in the block of every message but apologies."""
    sums: Ints
    regrets: Ints | None
    """Rows of `sim.tallies.regretted`, if they are counted."""


def play_block(setting: Setting, numbers: range, want_records: bool = False) -> tuple[Sums, Kept]:
    """Play some replications under every policy (the baseline first) and add them up.

    Also gives the records, if they are wanted.
    """
    kept: list[tuple[Records, Judged]] = []
    played = _play(setting, numbers, kept if want_records else None)
    return _added_up(setting, played), dict(zip(setting.names, kept, strict=False))


def play_together(settings: Sequence[Setting], numbers: range) -> list[Sums]:
    """Play some replications of settings that differ in some policies only, each as `play_block`
    does: what several have in common is drawn and played once.
    """
    worlds: list[Scenario] = []
    for scenario in (scenario for setting in settings for scenario in setting.worlds):
        if scenario not in worlds:
            worlds.append(scenario)
    whole = replace(settings[0], worlds=tuple(worlds))
    assert all(replace(one, worlds=whole.worlds, names=whole.names) == whole for one in settings)
    played = _play(whole, numbers)
    return [
        _added_up(setting, [played[worlds.index(scenario)] for scenario in setting.worlds])
        for setting in settings
    ]


def _play(
    setting: Setting, numbers: range, kept: list[tuple[Records, Judged]] | None = None
) -> list[Played]:
    """Play a block under every scenario of a setting; keep the records, if there is a list for them."""
    play, count, worlds = play_with(setting.engine), setting.count, setting.worlds
    block = Block.of(worlds[0].run.seed, numbers)
    focus = focused(drafts(worlds, block), setting.share)
    out: list[Played] = []
    for scenario, world, more in zip(worlds, focus.worlds, focus.followups, strict=True):
        records = play(world)
        judged = judge(
            records,
            speed=scenario.reading.speed,
            refund_within=int(scenario.credits.refund_within),
            refund_on_recall=scenario.credits.refund_on_recall,
            remedy=scenario.deletion.what,
        )
        sums = count.rows(records, judged, out[0].judged if out else judged)
        sums[:, count.names.index("messages")] = focus.messages
        sums[:, count.names.index("followups")] += more
        regrets = regretted(records, judged, count) if count.marked else None
        out.append(Played(judged, records.replication[judged.is_message], sums, regrets))
        if kept is not None:
            kept.append((records, judged))
    return out


def _added_up(setting: Setting, played: Sequence[Played]) -> Sums:
    """Join what was played under the policies of a setting."""
    rows = np.stack([one.sums for one in played], axis=1)
    pairs = read_not_under([one.judged for one in played], played[0].place, len(rows))
    values = np.concatenate([rows, pairs], axis=2)
    regrets = [one.regrets for one in played if one.regrets is not None]
    strata = in_order(regrets, setting.count.marked, setting.known) if regrets else None
    return Sums(values, setting.names, setting.columns, strata)


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
