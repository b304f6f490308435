"""Stored results are used again only if they would be played the same: the version of the engines says so.

The digest is no expectation of what is right. It tells whoever changes records, verdicts or sums to raise
`sim.engines.VERSION`, because results in stores all over the world would be wrong otherwise.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from sim.engines import VERSION
from sim.scenario import load
from sim.sweeping.cases import case_of
from sim.sweeping.planning import plan
from sim.sweeping.tasks import Task, play, sums_of

from .making import SMALL

KNOWN = {1: "?"}
"""The digest of the sums below, by version."""
LINKEDIN = Path(__file__).parents[2] / "scenarios" / "linkedin_dm.toml"


def digest() -> str:
    """Add up some replications of a few scenarios and give the digest of names and numbers."""
    found = hashlib.sha256()
    cases = [cell.case for cell in plan(SMALL).cells[::5]]
    cases += [cell.case for cell in plan(LINKEDIN, {"platform": ["slack", "whatsapp"]}, policies=["undo 10 s"]).cells]
    for case in cases:
        sums = sums_of([play(Task(case, 0, 2, "simpy"))])
        found.update(repr((sums.names, sums.policies, sums.values.tolist())).encode())
    return found.hexdigest()[:16]


def test_sums_that_changed_come_with_a_new_version_of_the_engines() -> None:
    told = "records, verdicts or sums have changed: raise sim.engines.VERSION and note the digest here"
    assert digest() == KNOWN.get(VERSION), told


def test_another_version_is_another_address(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    base = load(LINKEDIN)
    before = case_of(base.raw, {"today": {}}, base.folder).address
    monkeypatch.setattr("sim.sweeping.cases.VERSION", VERSION + 1)
    assert case_of(base.raw, {"today": {}}, base.folder).address != before
