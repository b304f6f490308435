"""`toolate run` says how the answer varies over what is assumed, or why that was not tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import running
from tests.cli.conftest import Toolate, toolate
from tests.unit.test_screening import DECIDED

__all__ = ["toolate"]

ASKED = ("--replications", "2")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "decided.toml"
    path.write_text(DECIDED, encoding="utf-8")
    return path


def test_what_is_assumed_is_varied_unasked_and_the_lines_are_left_out_on_request(
    toolate: Toolate, file: Path
) -> None:
    toolate("run", file, *ASKED, "--engine", "compiled", "--no-doubt")  # what is compiled is varied
    assert "2 numbers are assumed" in toolate("run", file, *ASKED).out
    said = toolate("run", file, *ASKED, "--no-doubt")
    assert "numbers are assumed" not in said.out and "was not varied" not in said.out


def test_a_screening_that_takes_long_is_named_as_left_out_with_the_way_to_it(
    toolate: Toolate, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "LONG", 0.0)
    said = toolate("run", file, *ASKED).out
    assert "What is assumed was not varied: that would take about" in said
    assert "--doubt varies it" in said
    assert "2 numbers are assumed" in toolate("run", file, *ASKED, "--doubt").out
    as_json = toolate("run", file, *ASKED, "--json")
    assert "was not varied" in as_json.err and '"assumed"' not in as_json.out


def test_the_reference_engine_says_that_it_varies_nothing_unasked(
    toolate: Toolate, file: Path
) -> None:
    said = toolate("run", file, *ASKED, "--engine", "simpy")
    assert "the reference engine takes long" in said.out, said.err


def test_where_nothing_is_assumed_there_is_nothing_to_vary(toolate: Toolate, file: Path) -> None:
    file.write_text(DECIDED[: DECIDED.index("[sources]")], encoding="utf-8")
    assert "Nothing that is assumed has a range" in toolate("run", file, *ASKED).out


def test_what_cannot_be_varied_is_named_with_the_reason(toolate: Toolate, file: Path) -> None:
    text = DECIDED + '"segments.*.email" = { assumed = "no mail", sweep = [0.0, 1.0] }\n'
    file.write_text(text, encoding="utf-8")
    said = toolate("run", file, *ASKED).out
    assert "Assumed, but not varied: segments.*.email (nobody gets e-mail" in said


def test_explain_says_how_many_numbers_are_assumed_and_on_request_which_moves_the_answer_most(
    toolate: Toolate, file: Path
) -> None:
    plain = toolate("explain", file)
    assert " 2 assumed" in plain.out and "--doubt plays the scenario" in plain.out
    said = " ".join(toolate("explain", file, "--doubt").out.split())
    assert "segments.*.previews_hidden moves it most" in said
    held = " ".join(toolate("explain", file, "--policy", "hold", "--doubt").out.split())
    assert "hold at 32" in held and "Monte-Carlo" not in held, "nothing else was played"
    file.write_text(DECIDED[: DECIDED.index("[sources]")], encoding="utf-8")
    assert "--doubt" not in toolate("explain", file).out
