"""Measure how long an answer takes: seconds of one core until intervals of the default scenario
reach no farther than half a point, against an idiomatic SimPy program at equal precision.

Run `python benchmarks/precision.py` (about two minutes on one core). Everything is measured in one
interleaved run, in processor time, the best of the rounds; compiling and loading are done before.
Prints a markdown table.

How many worlds an answer needs follows from the intervals of many worlds: they are as wide as one
over the root of their number.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.idiomatic_dm import Policy, simulate
from sim import estimates as est
from sim.running import run
from sim.scenario.model import Scenario
from sim.scenario.reading import load
from sim.summaries import compared, headlines
from sim.sums import Sums

WIDTH = 0.005
"""What is asked for: half a point."""
POLICIES = {"today": Policy(), "push +30 s": Policy(delay=30.0)}
"""The policies of the difference that both programs play, as the SimPy program has them."""
SCENARIO = "scenarios/linkedin_dm.toml"


@dataclass
class Way:
    """A way to an answer: how to play some worlds, how many the answer needs, and the best times."""

    play: Callable[[range], int]
    """Plays worlds and gives the number of messages."""
    worlds: int
    """Worlds of a round."""
    needed: float = math.nan
    messages: int = 0
    times: list[float] = field(default_factory=list)

    def round(self, number: int) -> None:
        """Play once more and keep the time."""
        worlds = range(number * self.worlds, (number + 1) * self.worlds)
        began = time.process_time()
        self.messages = self.play(worlds)
        self.times.append(time.process_time() - began)

    @property
    def each(self) -> float:
        """Seconds of a world."""
        return min(self.times) / self.worlds

    @property
    def seconds(self) -> float:
        """Seconds of the answer."""
        return self.needed * self.each


def needed(worlds: int, half_width: float) -> float:
    """Give the worlds an answer needs, if this many reach so far."""
    return worlds * (half_width / WIDTH) ** 2


def half_width(found: est.Estimates) -> float:
    """Give how far the widest of some intervals reaches, on the average of its sides."""
    return float(np.nanmax((found.high - found.low) / 2))


def ours(
    scenario: Scenario,
    policies: Sequence[str] | None,
    *,
    everybody: bool = False,
    known_shares: bool = True,
) -> Way:
    """Make a way of this package."""
    worlds = 256 if everybody else 2048

    def play(numbers: range) -> int:
        done = run(
            scenario.patched({"run.seed": 1 + numbers.start}, by="the benchmark"),
            policies=policies,
            replications=len(numbers),
            engine="compiled",
            everybody=everybody,
            known_shares=known_shares,
        )
        return sum(done.sums.total(policy, "messages") for policy in done.policies)

    return Way(play, worlds)


class Idiomatic:
    """The SimPy program: worlds under a policy, one after the other, and what they added up to."""

    def __init__(self, policy: str) -> None:
        self.policy, self.found = policy, list[tuple[int, int]]()

    def play(self, numbers: range) -> int:
        """Play worlds; give their messages."""
        total = 0
        for number in numbers:
            seed = number * len(POLICIES) + list(POLICIES).index(self.policy)
            messages, regretted, lost = simulate(POLICIES[self.policy], seed)
            self.found.append((lost, regretted))
            total += messages
        return total

    def hits(self) -> tuple[np.ndarray, np.ndarray]:
        """Give hits and regretted messages of every world."""
        hits, of = np.array(self.found, dtype=np.float64).T
        return hits, of


def every_pair(sums: Sums) -> est.Estimates:
    """Give the paired differences of every two policies."""
    headlines = compared(sums)
    pairs = est.every_difference(headlines, range(len(sums.policies)))
    above = np.triu_indices(len(sums.policies), 1)
    return pairs.each(lambda one: one[above])


def measure(rounds: int, simpy_worlds: int) -> None:
    """Play all ways in turn, several times, and print what came out."""
    scenario = load(SCENARIO)
    two = list(POLICIES)
    ways = {
        "one": ours(scenario, two[:1]),
        "one, plain": ours(scenario, two[:1], known_shares=False),
        "pair": ours(scenario, two),
        "four": ours(scenario, None),
        "four, plain": ours(scenario, None, known_shares=False),
        "everybody": ours(scenario, two[:1], everybody=True),
    }
    programs = {name: Idiomatic(name) for name in two}
    slow = {name: Way(program.play, simpy_worlds) for name, program in programs.items()}
    for way in ways.values():
        way.play(range(32))  # compiles, or loads what is compiled
    for number in range(rounds):
        for way in (*ways.values(), *slow.values()):
            way.round(number)
    _count(scenario, ways, slow, programs)
    _print(ways, slow)


def _count(
    scenario: Scenario, ways: dict[str, Way], slow: dict[str, Way], programs: dict[str, Idiomatic]
) -> None:
    """Find out how many worlds each answer needs."""
    played = run(scenario, replications=4096, engine="compiled")
    worlds, pairs = played.replications, half_width(every_pair(played.sums))
    plain = replace(played.sums, regrets=None)
    for suffix, each in (("", headlines(played.sums)), (", plain", headlines(plain))):
        ways[f"one{suffix}"].needed = needed(worlds, half_width(each.each(lambda one: one[:1])))
        ways[f"four{suffix}"].needed = needed(worlds, max(half_width(each), pairs))
    ways["pair"].needed = needed(worlds, played.summary.change(list(POLICIES)[1]).half_width)
    for name, program in programs.items():
        y, n = program.hits()
        slow[name].needed = needed(len(y), est.share(y, n).at().half_width)
    first, other = programs.values()
    apart = est.independent_difference(*other.hits(), *first.hits()).at()
    slow["difference"] = Way(first.play, 1, needed(len(first.found), apart.half_width))
    slow["difference"].times = [sum(slow[name].each for name in programs)]


ROWS = {
    "one": "one policy's headline",
    "one, plain": "the same, `--plain`",
    "pair": f'one paired difference, "{list(POLICIES)[1]}"',
    "four": "four policies: headlines and every paired difference",
    "four, plain": "the same, `--plain`",
}


def _print(ways: dict[str, Way], slow: dict[str, Way]) -> None:
    headline, difference = slow[next(iter(POLICIES))], slow["difference"]
    rows = [
        ("idiomatic SimPy: one headline", headline, headline),
        ("idiomatic SimPy: one difference, unpaired", difference, difference),
        *((ROWS[k], ways[k], difference if k == "pair" else headline) for k in ROWS),
    ]
    print(f"| ± {100 * WIDTH:g} points | worlds | ms a world | seconds | x idiomatic SimPy |")
    print("|---|---|---|---|---|")
    for name, way, against in rows:
        times = (
            ""
            if way in (ways["four"], ways["four, plain"])
            else f"{against.seconds / way.seconds:,.0f}"
        )
        print(
            f"| {name} | {way.needed:,.0f} | {1e3 * way.each:.3g} | {way.seconds:.3g} | {times} |"
        )
    everybody = ways["everybody"]
    print(f"\nEverybody, one policy: {everybody.messages / min(everybody.times):,.0f} messages/s.")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="rounds of the interleaved run")
    parser.add_argument(
        "--simpy-worlds", type=int, default=60, help="worlds of the SimPy program in a round"
    )
    options = parser.parse_args()
    measure(options.rounds, options.simpy_worlds)


if __name__ == "__main__":
    main()
