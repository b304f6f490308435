"""Measure the engines against each other, against idiomatic SimPy and against bare drawing, in one
interleaved run.

Run `python benchmarks/engines.py` (about two minutes on two cores), or `--stream 1e6 1e7 1e8` for
the long campaigns. Prints markdown tables. Rates are messages per second of processor time for one
worker, of wall time for two; every figure is the best of the rounds, because a shared machine only
ever adds time. Compiling is done before.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.idiomatic import simulate
from sim.draws import replication_key, uniforms
from sim.engines import compiled, reference
from sim.playing import blocks
from sim.running import run
from sim.scenario.model import Scenario, build
from sim.scenario.reading import load
from sim.world.block import Block
from sim.world.drawing import draft, draw_world

RECIPIENTS, PER_DAY = 2_000, 20
CAMPAIGN = 20_000
"""Messages of one replication of the sparse scenario: few enough for the processor's caches."""

GLANCES = {
    "gap": {"dist": "weibull", "mean": "15 min", "shape": 0.6},
    "length": {"dist": "lognormal", "median": "20 s", "sigma": 1.0},
}
CHECKS = {
    "gap": {"dist": "weibull", "mean": "2 h", "shape": 0.6},
    "length": {"dist": "lognormal", "median": "1 min", "sigma": 1.0},
}
COMMON: dict[str, Any] = {
    "schema": 1,
    "mistakes": {"chance": 0.02, "noticed": {"dist": "lognormal", "median": "2 min", "sigma": 1.5}},
    "senders": {"action": {"dist": "lognormal", "median": "5 s", "sigma": 0.5}},
    "push": {"latency": {"dist": "lognormal", "median": "2 s", "sigma": 1.0}},
    "email": {"latency": {"dist": "lognormal", "median": "20 s", "sigma": 1.0}},
}


def dense(days: int, recipients: int = RECIPIENTS) -> Scenario:
    """Give the dense scenario: 20 messages a day for each recipient.

    Push, batched e-mail for 30 %, glances.
    """
    return build(
        COMMON
        | {
            "run": {"seed": 1, "horizon": f"{days} d"},
            "traffic": {
                "kind": "stream",
                "senders": recipients // 10,
                "recipients": recipients,
                "rate": f"{10 * PER_DAY} / d",
            },
            "segments": [
                {
                    "name": "all",
                    "email": {"off": 0.7, "batched": 0.3},
                    "notice": 0.8,
                    "glances": GLANCES,
                    "checks": CHECKS,
                }
            ],
        },
        file="dense",
        folder=Path(),
    )


def sparse() -> Scenario:
    """Give the sparse scenario: an InMail campaign, one message per recipient, push, instant e-mail
    and app visits.
    """
    visits = {
        "gap": {"dist": "exponential", "mean": "12 h"},
        "length": {"dist": "lognormal", "median": "2 min", "sigma": 1.0},
    }
    return build(
        COMMON
        | {
            "run": {"seed": 1, "horizon": "3 d"},
            "traffic": {
                "kind": "campaign",
                "messages": CAMPAIGN,
                "throttle": "100 ms",
                "message": "inmail",
            },
            "segments": [
                {
                    "name": "all",
                    "push": 0.6,
                    "email": {"off": 0.5, "instant": 0.5},
                    "notice": 0.8,
                    "glances": GLANCES,
                    "checks": CHECKS,
                    "visits": visits,
                }
            ],
        },
        file="sparse",
        folder=Path(),
    )


@dataclass
class Contender:
    """Something that plays messages: what it is, how to play once (giving their number), and its
    best times.
    """

    name: str
    plays: Callable[[], int]
    workers: int = 1
    messages: int = 0
    best: float = float("inf")

    def round(self) -> None:
        """Play once and keep the time if it is the best so far."""
        clock = time.perf_counter if self.workers > 1 else time.process_time
        begin = clock()
        self.messages = self.plays()
        self.best = min(self.best, clock() - begin)

    @property
    def rate(self) -> float:
        """Messages per second."""
        return self.messages / self.best


def replications(scenario: Scenario, count: int, workers: int) -> int:
    """Draw and play everybody of replications, in blocks on threads; give the number of messages."""

    def one(numbers: range) -> int:
        block = Block.of(scenario.run.seed, numbers)
        return len(compiled.play(draft(scenario, block).world()))

    cut = blocks(scenario, range(count), "compiled", workers)
    if workers == 1:
        return sum(map(one, cut))
    with ThreadPoolExecutor(workers) as pool:
        return sum(pool.map(one, cut))


def focused(scenario: Scenario, count: int, workers: int) -> int:
    """Run replications, playing only those who matter; give the number of messages."""
    done = run(scenario, replications=count, engine="compiled", workers=workers)
    return done.sums.total(done.policies[0], "messages")


def drawing(scenario: Scenario, days: int) -> int:
    """Draw about as many keyed uniforms as the dense scenario takes: eight a message, two a
    look.
    """
    messages = RECIPIENTS * PER_DAY * days
    looks = RECIPIENTS * days * (24 * 60 / 15.5 + 0.3 * 24 / 2.03)
    names = np.arange(messages, dtype=np.uint64)
    key = replication_key(scenario.run.seed, 0)
    for index in range(round(8 + 2 * looks / messages)):
        uniforms(key, "benchmark", names, index)
    return messages


def contenders(days: int, slow_days: int) -> dict[str, Contender]:
    """Give everything that is measured, by its short name."""
    few, many, small, campaign = (
        dense(slow_days),
        dense(days),
        dense(days, RECIPIENTS // 10),
        sparse(),
    )
    shipped = load("scenarios/linkedin_dm.toml")
    return {
        "simpy": Contender(
            "idiomatic SimPy",
            lambda: len(simulate(RECIPIENTS // 10, RECIPIENTS, PER_DAY, slow_days)),
        ),
        "reference": Contender(
            "reference engine, world drawn", lambda: len(reference.play(draw_world(few, 0)))
        ),
        "compiled": Contender("compiled engine, world drawn", lambda: replications(many, 1, 1)),
        "small": Contender("compiled engine, 10 worlds of 200", lambda: replications(small, 10, 1)),
        "small2": Contender(
            "compiled engine, 20 worlds of 200, 2 workers",
            lambda: replications(small, 20, 2),
            workers=2,
        ),
        "drawing": Contender("bare keyed uniforms, as many", lambda: drawing(many, days)),
        "sparse": Contender("sparse: compiled engine", lambda: replications(campaign, 15, 1)),
        "linkedin": Contender(
            "linkedin_dm.toml: reference engine",
            lambda: sum(len(reference.play(draw_world(shipped, k))) for k in range(6)),
        ),
        "linkedin2": Contender(
            "linkedin_dm.toml: compiled engine", lambda: replications(shipped, 360, 1)
        ),
        "linkedin3": Contender(
            "linkedin_dm.toml: focused, judged and added up", lambda: focused(shipped, 1024, 1)
        ),
        "sparse3": Contender(
            "sparse: focused, judged and added up", lambda: focused(campaign, 30, 1)
        ),
        "sparse2": Contender(
            "sparse: compiled engine, 2 workers", lambda: replications(campaign, 30, 2), workers=2
        ),
    }


def peak(name: str, days: int, slow_days: int) -> float:
    """Measure the peak memory, in MB, of a process that does nothing else."""
    command = [
        sys.executable,
        __file__,
        "--only",
        name,
        "--days",
        str(days),
        "--slow-days",
        str(slow_days),
    ]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def own_peak() -> float:
    """Give the peak memory of this process in MB (Linux)."""
    # Not getrusage: what it gives a child begins at the size of its parent.
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def compare(days: int, slow_days: int, rounds: int) -> None:
    """Play all contenders in turn, several times, and print what came out."""
    all_of_them = contenders(days, slow_days)
    draw_world(dense(1), 0)
    (
        replications(sparse(), 1, 1),
        replications(dense(1), 1, 1),
    )  # compiles, or loads what is compiled
    for _ in range(rounds):
        for contender in all_of_them.values():
            contender.round()
    simpy, reference_rate = all_of_them["simpy"].rate, all_of_them["reference"].rate
    print("| what | messages | messages/s | x idiomatic SimPy | x reference | peak memory |")
    print("|---|---|---|---|---|---|")
    for name, c in all_of_them.items():
        print(
            f"| {c.name} | {c.messages:,} | {c.rate:,.0f} | {c.rate / simpy:.1f} | {c.rate / reference_rate:.1f} "
            f"| {peak(name, days, slow_days):.0f} MB |",
            flush=True,
        )


def stream(sizes: list[int], workers: int) -> None:
    """Play long sparse campaigns, everybody and focused, and print time and memory."""
    campaign = sparse()
    replications(campaign, 1, 1)
    print(f"| sparse messages, {workers} workers | wall time | messages/s | peak memory |")
    print("|---|---|---|---|")
    for name, plays in (("everybody", replications), ("focused", focused)):
        for size in sizes:
            begin = time.perf_counter()
            played = plays(campaign, max(1, size // CAMPAIGN), workers)
            took = time.perf_counter() - begin
            print(
                f"| {played:,} {name} | {took:.1f} s | {played / took:,.0f} | {own_peak():.0f} MB |",
                flush=True,
            )


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--days", type=int, default=7, help="days the compiled engine plays of the dense scenario"
    )
    parser.add_argument(
        "--slow-days", type=int, default=1, help="days the SimPy programs play of it"
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the interleaved run")
    parser.add_argument(
        "--stream",
        type=float,
        nargs="+",
        metavar="N",
        help="play sparse campaigns of so many messages",
    )
    parser.add_argument("--workers", type=int, default=2, help="threads of --stream")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        contenders(options.days, options.slow_days)[options.only].round()
        print(own_peak())
    elif options.stream:
        stream([int(size) for size in options.stream], options.workers)
    else:
        compare(options.days, options.slow_days, options.rounds)


if __name__ == "__main__":
    main()
