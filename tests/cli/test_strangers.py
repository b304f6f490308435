"""Mistakes that strangers made, each with the line that helps them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.cli.explaining import SECTIONS, explanation
from sim.cli.running import doubt_in_words
from sim.scenario.sections import Parameters
from sim.screening import Screening

from .conftest import Toolate

LOG = """schema = 1
extends = "platform:linkedin"
run = { replications = 3, horizon = "10 d" }
traffic = { kind = "trace", file = "log.csv", zone = "UTC" }
policies = { today = {}, slow = { push.delay = "1 h" } }
"""


def log_of(folder: Path, times: list[str]) -> Path:
    """Write a log and a scenario that plays it."""
    rows = "".join(f"{one},ann,bob{k}\n" for k, one in enumerate(times))
    (folder / "log.csv").write_text(f"sent_at,sender,recipient\n{rows}")
    (folder / "ours.toml").write_text(LOG)
    return folder / "ours.toml"


MARCH = [f"2026-03-02T{hour:02d}:00:00Z" for hour in range(8, 20)]


def test_a_log_in_which_nobody_deletes_says_what_to_set_and_nothing_of_nan(
    toolate: Toolate, tmp_path: Path
) -> None:
    ours = log_of(tmp_path, MARCH)
    said = toolate("run", ours)
    told = said.out + said.err
    assert said.status == 0 and "nan" not in told and "RuntimeWarning" not in told
    assert (
        "Warning: nobody regretted a message; mistakes.chance is 0: set it, or give the log a column deleted_at"
        in said.err
    )
    assert "points within" not in told
    asked = toolate("answer", ours, "--question", "hold")
    assert asked.status != 0
    assert "nobody regretted a message; set or raise mistakes.chance" in asked.err


def test_where_nobody_regrets_at_any_point_doubt_says_so() -> None:
    nothing = np.full((2, 1), math.nan)
    found = Screening(
        ("today",), np.zeros((2, 1)), nothing, {"push.delay": 0.0}, (), np.zeros(2, np.int64)
    )
    assert not found.is_known
    assert list(doubt_in_words(found)) == [
        "At none of 2 points within what is assumed did anybody regret a message."
    ]


@pytest.mark.parametrize(("fewest", "said"), [(25, "10 points"), (199, "4 points"), (200, "")])
def test_ranges_that_rest_on_few_messages_say_that_part_of_them_is_chance(
    fewest: int, said: str
) -> None:
    cube, shares = np.zeros((3, 1)), np.array([[0.1], [0.5], [math.nan]])
    found = Screening(("today",), cube, shares, {"push.delay": 0.0}, (), np.array([999, fewest, 0]))
    lines = [line for line in doubt_in_words(found) if line.startswith("Part of that is chance")]
    assert len(lines) == bool(said)
    assert all(f"only {fewest} messages" in one and f"up to {said}" in one for one in lines)


@pytest.mark.parametrize(("place", "year"), [(0, "2016"), (3, "2036")])
def test_one_wrong_time_of_a_log_is_one_fault_that_names_both_ends(
    toolate: Toolate, tmp_path: Path, place: int, year: str
) -> None:
    times = list(MARCH)
    times[place] = times[place].replace("2026", year)
    said = toolate("explain", log_of(tmp_path, times))
    (fault,) = said.err.splitlines()
    first, last = min(times), max(times)
    assert f'log.csv: line {times.index(last) + 2}, sent_at: "{last}" is not before' in fault
    more = ", as are 10 more" if year == "2016" else ""
    assert f"the horizon of 10 d{more}; the log begins on line" in fault
    assert f'line {times.index(first) + 2} with "{first}"' in fault
    assert ("without that one spans 10 h" in fault) == (year == "2016")
    assert "is traffic.times right?" in fault


@pytest.mark.parametrize("name", ["log.csv", "Log.CSV", "log.parquet"])
def test_a_log_in_place_of_a_scenario_is_told_where_logs_go(
    toolate: Toolate, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("sent_at,sender,recipient\n")
    said = toolate("explain", tmp_path / name)
    assert said.status == 2
    assert "is a table, such as a log of messages, and no scenario" in said.err
    assert 'traffic = { kind = "trace", file = "..." }' in said.err


@pytest.mark.parametrize("header", ["Sent_At,Sender,Recipient", "SENT AT,SENDER,RECIPIENT"])
def test_column_names_written_otherwise_are_told_how_to_write_them(
    toolate: Toolate, tmp_path: Path, header: str
) -> None:
    ours = log_of(tmp_path, MARCH)
    text = (tmp_path / "log.csv").read_text()
    (tmp_path / "log.csv").write_text(text.replace("sent_at,sender,recipient", header))
    said = toolate("explain", ours)
    assert "write its names as they are here: sent_at, sender, recipient" in said.err


def test_a_budget_that_is_no_duration_is_said_once(toolate: Toolate) -> None:
    said = toolate("answer", "linkedin_dm", "--question", "frontier", "--budget", "30")
    assert said.status == 2 and said.err.count("is not a duration") == 1


def test_a_new_file_has_its_range_at_the_rate_only(toolate: Toolate, tmp_path: Path) -> None:
    toolate("new", tmp_path / "my.toml", "--platform", "slack")
    text = list(explanation(sim.load(tmp_path / "my.toml"), width=400))
    explored = [line for line in text if "Explore 5 / d to 40 / d" in line]
    at = [k for k, line in enumerate(text) if "traffic.rate" in line]
    assert len(explored) == 1 and len(at) == 1
    assert "traffic.rate" in "".join(text[at[0] : text.index(explored[0]) + 1])


def test_every_section_has_a_title_or_is_told_apart() -> None:
    assert set(Parameters.model_fields) - set(SECTIONS) == {"segments", "costs"}


def test_a_section_begins_with_a_whole_sentence() -> None:
    scenario = sim.load("linkedin_dm")
    for key in SECTIONS:
        about = (type(getattr(scenario, key)).__doc__ or "").partition("\n")[0]
        assert about.endswith("."), f"{key}: {about}"


def test_a_scenario_prints_as_one_line() -> None:
    assert str(sim.load("linkedin_dm")).startswith("<Scenario linkedin_dm: LinkedIn")
