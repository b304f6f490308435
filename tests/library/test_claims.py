"""The library's claims about its own answers hold: as published, and, where it is quick, judged
again here."""

from __future__ import annotations

import csv

import pytest

import sim

from .conftest import FILES, ROOT, SCENARIOS, Library

CERTAIN = ("window_edge.toml", "after_hours_400.toml", "campaign_1200.toml", "broken_template.toml")
FEW = 3


@pytest.mark.parametrize("name", CERTAIN)
def test_claims_that_are_certain_hold(name: str, library: Library) -> None:
    checked = sim.check(library[name], replications=2)
    assert list(checked["verdict"]) == ["holds"] * len(library[name].checks)


@pytest.mark.parametrize(
    "name", [name for name in FILES if name not in CERTAIN and not name.startswith("texts")]
)
def test_a_few_worlds_refute_no_claim(name: str, library: Library) -> None:
    checked = sim.check(library[name], replications=FEW)
    assert not checked[checked["verdict"] == "fails"][["claim", "found"]].to_dict("records")


@pytest.mark.parametrize("name", FILES)
def test_every_claim_was_judged_as_it_was_published_and_holds(name: str) -> None:
    folder = ROOT / "results" / "published" / name.removesuffix(".toml")
    with (folder / "checks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["claim"] for row in rows] == [
        one.claim for one in sim.load(SCENARIOS / name).checks
    ]
    assert {row["verdict"] for row in rows} == {"holds"}
