"""Measure how long `toolate answer linkedin_dm` takes: each question alone, all but `unknowns`, and all.

Run `python benchmarks/answers.py` (about four minutes). Wall and processor seconds, compiled before;
compare with 30 seconds for all but `unknowns` and three minutes for all, on two quiet cores.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sim.answers import QUESTIONS, answer


def seconds(scenario: str, questions: Sequence[str]) -> tuple[float, float]:
    """Give wall seconds, and processor seconds of this process and of those that it waited for."""
    wall, before = time.perf_counter(), os.times()
    answer(scenario, questions=questions)
    after = os.times()
    return time.perf_counter() - wall, sum(after[:4]) - sum(before[:4])


def main() -> None:
    """Print a markdown table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scenario", default="linkedin_dm")
    asked.add_argument("--question", action="append", choices=list(QUESTIONS), default=[])
    given = asked.parse_args()
    answer(given.scenario, questions="lost", replications=30)
    few = [name for name in QUESTIONS if name != "unknowns"]
    rows = {name: [name] for name in given.question or QUESTIONS}
    if not given.question:
        rows |= {"all but unknowns": few, "all": list(QUESTIONS)}
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f} at the start\n")
    print("| question | wall, s | processor, s |\n|---|---|---|")
    for name, questions in rows.items():
        wall, processor = seconds(given.scenario, questions)
        print(f"| {name} | {wall:.1f} | {processor:.1f} |", flush=True)


if __name__ == "__main__":
    main()
