"""`toolate scenarios`: what comes with the package, with question and answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.scenario.shipped import answers

from .conftest import Toolate


def test_scenarios_are_listed_with_question_and_answer(toolate: Toolate) -> None:
    listed = {row["name"]: row for row in json.loads(toolate("scenarios", "--json").out)}
    assert listed["linkedin_dm"]["question"].startswith("How often is a regretted message read")
    assert listed["linkedin_dm"]["answer"] == answers()["linkedin_dm"]
    assert "sweeps/hold_by_regime" in listed
    assert "platforms/people" not in listed, "it asks nothing of its own"


def test_a_text_selects_those_that_say_it(toolate: Toolate) -> None:
    out = toolate("scenarios", "slack").out
    assert "platforms/slack" in out
    assert "linkedin_dm" not in out


def test_a_text_that_nothing_says_is_a_fault(toolate: Toolate) -> None:
    said = toolate("scenarios", "slakc")
    assert said.status == 2
    assert "did you mean" in said.err


def test_a_scenario_runs_by_name_in_an_empty_folder(
    toolate: Toolate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = toolate("run", "linkedin_dm", "--replications", "2", "--no-doubt")
    assert said.status == 0
    assert "regretted messages were read despite the deletion" in said.out
