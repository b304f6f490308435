"""Run every check and tell what it found: draws, exact cases on the compiled engine, engine against
engine.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.draws import U64, philox
from sim.engines import play_with
from sim.records import first_difference
from sim.scenario.model import Scenario, build
from sim.verification import exact, generated
from sim.world import draw_world

Z = 4.5
"""Standard errors an exact case may be off: with a fixed seed a failure is a defect, not bad
luck."""

KNOWN_ANSWERS = (
    (0x00000000, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (0xFFFFFFFF, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
)
"""Philox-4x32-10: every word of counter and key, and the block it gives (Random123's published
vectors)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: what, at which size, what was found, and whether it holds."""

    name: str
    size: str
    found: str
    holds: bool


def verify(
    scenarios: int = 300, *, progress: Callable[[str], None] = lambda name: None
) -> Iterator[Check]:
    """Run all checks, yielding each as it is done.

    `scenarios` are generated for engine against engine.

    >>> next(verify()).holds
    True
    """
    progress("draws")
    yield known_answers()
    for tables, cases in itertools.groupby(exact.cases(), key=lambda case: case.tables):
        group = list(cases)
        progress(group[0].name)
        yield from exact_cases(_scenario(tables), group)
    for name, tables, count in exact.COUNTS:
        progress(name)
        found = exact.recalled(play_with("compiled")(draw_world(_scenario(tables), 0)))
        yield Check(name, "1 replication", f"{found}, exactly {count} expected", found == count)
    progress("engine against engine")
    yield engines_agree(scenarios)


def _scenario(tables: generated.Raw) -> Scenario:
    return build(tables, file="verification", folder=Path())


def known_answers() -> Check:
    """Compare the generator's blocks with the published ones."""
    wrong = [
        hex(word)
        for word, block in KNOWN_ANSWERS
        if tuple(map(int, philox(*[U64(word)] * 6))) != block
    ]
    return Check(
        "Philox-4x32-10 known answers",
        f"{len(KNOWN_ANSWERS)} blocks",
        f"wrong for {wrong}" if wrong else "equal",
        not wrong,
    )


def exact_cases(scenario: Scenario, cases: list[exact.Case]) -> Iterator[Check]:
    """Play a scenario on the compiled engine and compare shares with exact values.

    A failure names the bug it looks like.
    """
    records = play_with("compiled")(draw_world(scenario, 0))
    n = len(records)
    for case in cases:
        share = float(np.mean(case.found(records)))
        error = math.sqrt(case.exact * (1 - case.exact) / n)
        off = (share - case.exact) / error
        alike = [bug for bug, wrong in case.bugs.items() if abs(share - wrong) <= Z * error]
        holds = abs(off) <= Z and not alike and n >= case.needed(Z)
        looks = f"; looks like: {', '.join(alike)}" if alike else ""
        yield Check(
            case.name,
            f"{n:,} messages, {len(case.bugs)} known bugs excluded"
            if case.bugs
            else f"{n:,} messages",
            f"{share:.5f}, exact {case.exact:.5f} ({off:+.1f} standard errors){looks}",
            holds,
        )


def engines_agree(scenarios: int) -> Check:
    """Play generated scenarios on both engines and compare every field of every message."""
    reference, compiled = play_with("simpy"), play_with("compiled")
    messages = 0
    for number in range(scenarios):
        world = draw_world(_scenario(generated.scenario(generated.numbered(number))), 0)
        messages += world.messages.size
        different = first_difference(reference(world), compiled(world))
        if different is not None:
            return Check(
                "reference engine = compiled engine", f"scenario {number}", different, False
            )
    return Check(
        "reference engine = compiled engine",
        f"{scenarios} generated scenarios, {messages:,} messages",
        "equal to the microsecond",
        True,
    )
