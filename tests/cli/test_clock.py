"""Attention follows the hours of a day: whoever plays a log is told whose clock those are."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Toolate

ROWS = ["sent_at,sender,recipient", "{0}T09:00:00{1},Ann,Bob", "{0}T21:00:00{1},Bob,Ann"]
SCENARIO = """schema = 1
run = {{ horizon = "7 d", replications = 2 }}
traffic = {{ kind = "trace", file = "log.csv"{zone} }}
mistakes.chance = 1.0
[[segments]]
name = "all"
[policies.today]
[policies.hold]
send.hold = "1 min"
"""
TAKEN = "log.csv live by the clock of UTC, the zone of its times; set traffic.zone"
ASKED = "log.csv live by the clock of Asia/Tokyo, as traffic.zone says."
OWN = "log.csv names no time zone: its times are taken as its people's own clock."
CASES = {("Z", ""): TAKEN, ("Z", ', zone = "Asia/Tokyo"'): ASKED, ("", ""): OWN}


def logged(folder: Path, suffix: str, zone: str) -> Path:
    text = "\n".join(ROWS).format("2026-01-05", suffix)
    (folder / "log.csv").write_text(text, encoding="utf-8")
    (folder / "it.toml").write_text(SCENARIO.format(zone=zone), encoding="utf-8")
    return folder / "it.toml"


@pytest.mark.parametrize("case", CASES, ids=["taken from the log", "asked for", "no zone"])
def test_a_run_and_a_comparison_say_whose_clock_a_log_is_read_on(
    case: tuple[str, str], toolate: Toolate, tmp_path: Path
) -> None:
    file = logged(tmp_path, *case)
    assert CASES[case] in toolate("run", file, "--no-doubt").out
    assert CASES[case] in toolate("run", file, "--no-doubt", "--json").err
    assert CASES[case] in toolate("compare", file).out
    assert CASES[case] in " ".join(toolate("explain", file).out.split())


def test_an_answer_and_a_sweep_say_it_too(toolate: Toolate, tmp_path: Path) -> None:
    file = logged(tmp_path, "Z", "")
    assert TAKEN in toolate("answer", file, "--question", "lost", "--replications", "30").out
    (tmp_path / "sweep.toml").write_text(
        'schema = 1\nbase = "it.toml"\n[[axis]]\npath = "push.delay"\nvalues = ["0 s", "1 min"]\n'
    )
    said = toolate("sweep", tmp_path / "sweep.toml", "--store", tmp_path / "store")
    assert said.out.count(TAKEN) == 1, (said.out, said.err)


def test_messages_that_are_drawn_have_no_clock_of_a_log(toolate: Toolate) -> None:
    said = toolate("run", "linkedin_dm", "--replications", "1", "--no-doubt")
    assert "live by the clock" not in said.out + said.err
