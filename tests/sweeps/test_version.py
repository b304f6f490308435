"""Stored results are used again only if they would be played the same: the version of the engines
says so.

The digest is no expectation of what is right. It tells whoever changes records, verdicts or sums to
raise `sim.engines.VERSION`, because results in stores all over the world would be wrong otherwise.
"""

from __future__ import annotations

import hashlib

from sim.engines import VERSION
from sim.scenario import load
from sim.sweeping.planning.cells import inputs_of
from sim.sweeping.planning.plan import plan
from sim.sweeping.playing.tasks import Task, play, sums_of

from .making import FILES

KNOWN = {3: "f0fdc76431336321"}
"""The digest of the sums below, by version."""


def digest() -> str:
    """Add up some replications of scenarios with a little of everything and give the digest of
    names and numbers."""
    found = hashlib.sha256()
    patches = {"email.anchor": ["first", "flush"], "push.fetch": [False, True]}
    for case in plan(load(FILES / "rich.toml"), patches).cases.values():
        sums = sums_of([play(Task(case, 0, 2, "simpy"))])
        found.update(repr((sums.names, sums.policies, sums.values.tolist())).encode())
    return found.hexdigest()[:16]


def test_sums_that_changed_come_with_a_new_version_of_the_engines() -> None:
    told = (
        "records, verdicts or sums have changed: raise sim.engines.VERSION and note the digest here"
    )
    assert digest() == KNOWN.get(VERSION), told


def test_another_version_is_another_address(monkeypatch) -> None:
    base = load(FILES / "rich.toml")
    before = inputs_of(base.raw, {"today": {}}, base.folder).address
    monkeypatch.setattr("sim.sweeping.planning.cells.VERSION", VERSION + 1)
    assert inputs_of(base.raw, {"today": {}}, base.folder).address != before
