"""`toolate answer`: sentences with numbers first, made of the numbers that were found."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

import sim.answers
from sim.answers import Answers, answer
from sim.answers.frontier import FAR_IS_FEW
from sim.answers.incidence import DELETED
from sim.answers.unknowns import Effort
from sim.cli.answer_words import (
    deadline_in_words,
    frontier_in_words,
    frontier_table,
    hold_in_words,
    incidence_table,
    left_behind_in_words,
    lost_in_words,
)
from sim.cli.answering import doubts_in_words, share_of
from sim.cli.choice_words import unknowns_in_words
from sim.cli.words import time_of
from sim.clock import HOUR, MINUTE, SECOND
from sim.errors import FaultyInputError
from sim.sweeping.design.unknowns import assumed

from .conftest import Toolate

FEW = 40
DOUBTS = ("Monte-Carlo", "Parameters", "Structure")


@pytest.fixture(scope="module")
def found() -> Answers:
    return answer(
        "linkedin_dm",
        questions=("deadline", "hold", "lost", "frontier"),
        replications=FEW,
        target=0.15,
    )


def test_the_curve_and_the_deadline_are_told_in_numbers(found: Answers) -> None:
    assert found.exposure is not None and found.deadline is not None
    lines = list(deadline_in_words(found.exposure, found.deadline))
    assert f"{100 * found.exposure.at(HOUR).value:.1f} % within 60 min" in lines[-1]
    assert found.deadline.crossing.value is None
    assert lines[0].startswith("No speed keeps"), "the answer comes first"
    assert f"leaves {100 * found.deadline.fastest.value:.1f} % read" in lines[0]
    retracted = found.deadline.levers["every push is retracted"]
    assert retracted.value is not None
    said = next(line for line in lines if "every push is retracted" in line)
    assert retracted.low is not None and retracted.high is not None
    ends = f"(95 %: {time_of(retracted.low)} to {time_of(retracted.high)})"
    assert f"within {time_of(retracted.value)} of sending {ends}" in said
    assert "no speed is enough" in next(line for line in lines if "mails show no text" in line)


def test_the_deadline_is_told_by_channel_and_by_hour_under_the_lever_that_helps(
    found: Answers,
) -> None:
    deadline = found.deadline
    assert deadline is not None and deadline.helps == "every push is retracted"
    lines = list(deadline_in_words(found.exposure, deadline))
    app, late = deadline.channels["in the app"].value, deadline.hours["12:00 to 18:00"].value
    assert app is not None and late is not None
    assert f"in the app: within {time_of(app)} of sending" in "\n".join(lines)
    assert "  by push: no speed is enough." in lines
    assert "By the hour of sending, on the scenario's clock, if every push is retracted:" in lines
    assert f"12:00 to 18:00: within {time_of(late)} of sending" in "\n".join(lines)


def test_where_no_lever_is_enough_the_hold_is_named() -> None:
    slack = answer("slack", questions="deadline", replications=5)
    assert slack.deadline is not None and slack.deadline.helps is None
    assert "What can be: send.hold" in "\n".join(deadline_in_words(slack.exposure, slack.deadline))


def test_what_came_first_and_what_deletions_leave_behind_is_told(found: Answers) -> None:
    incidence = found.incidence
    assert incidence is not None
    text = " ".join(left_behind_in_words(incidence))
    assert f"leaves {100 * incidence.ghosts.value:.1f} (" in text
    rows = list(incidence_table(incidence).columns[1].cells)
    assert rows[3].startswith(f"{100 * incidence.at(HOUR, DELETED).value:.1f} (")


def test_a_hold_is_told_with_its_price_and_one_that_is_not_enough_says_so(found: Answers) -> None:
    hold, push = found.holds
    assert (hold.lever, push.lever) == ("send.hold", "push.delay")
    assert hold.crossing.value is not None and push.crossing.value is None
    first, price = hold_in_words(hold)
    assert first.startswith(f"send.hold = {time_of(hold.crossing.value)} keeps it")
    low, high = hold.crossing.low, hold.crossing.high
    assert low is not None and high is not None
    assert f"(95 %: {time_of(low)} to {time_of(high)})" in first
    assert time_of(hold.price["delay_notified_median_s"].value * SECOND) in price
    (line,) = hold_in_words(push)
    assert "15.0 % cannot be reached" in line
    assert f"{100 * push.crossing.best.value:.1f} %" in line


def test_every_step_of_the_waterfall_and_every_lever_is_told(found: Answers) -> None:
    lost = found.lost
    assert lost is not None
    text = "\n".join(lost_in_words(lost))
    assert f"Of {lost.regretted:,} messages regretted, {lost.lost:,}" in text
    assert f" are read, {100 * lost.read.value:.1f} %, step by step" in text
    for (name, number), share in zip(lost.counts.items(), lost.shares.value, strict=True):
        assert (f"{number:6,}  {100 * share:5.1f} %  {name}" in text) if number else True
    levers = [line for line in text.splitlines() if "when all else is done" in line]
    changes = [float(line.split()[0]) for line in levers]
    assert changes == sorted(changes), "the largest first"
    assert f"{100 * lost.together.value:+.1f}" in text


def test_the_frontier_names_the_best_within_the_budget(found: Answers) -> None:
    frontier = found.frontier
    assert frontier is not None and frontier.best is not None
    first = next(iter(frontier_in_words(frontier)))
    assert f'"{frontier.best["policy"]}": {100 * frontier.best["read"]:.1f} %' in first
    for row in frontier.table[frontier.table["worth_from"].notna()].to_dict(orient="records"):
        one = replace(frontier, winner=row["policy"])
        low, high = row["worth_from"], row["worth_to"]
        until = "or more" if high == float("inf") else f"to {time_of(high * SECOND)}"
        if row["policy"] != frontier.table["policy"][0]:
            text = " ".join(frontier_in_words(one))
            assert f"worth {time_of(low * SECOND)} {until} of others' delay" in text


def test_a_best_that_another_beats_on_these_worlds_says_so_and_stands_in_the_table(
    found: Answers,
) -> None:
    frontier = found.frontier
    assert frontier is not None
    table = frontier.table
    beaten = table[table["dominated"] & (table["far"] <= FAR_IS_FEW)][lambda t: t["delay_s"] > 0]
    name = str(beaten.sort_values("read").iloc[-1]["policy"])
    one = replace(frontier, winner=name)
    row = one.row(name)
    better = table[(table["read"] < row["read"]) & (table["delay_s"] <= row["delay_s"])]
    other = better[better["far"] <= FAR_IS_FEW].sort_values("read").iloc[0]
    text = " ".join(frontier_in_words(one))
    assert (
        f'"{other["policy"]}" is read less, {100 * other["read"]:.1f} %, for no more delay' in text
    )
    assert "worth" not in text.partition("The knee")[0]
    policies = list(frontier_table(one).columns[0].cells)
    assert f"{name} (within budget)" in policies
    assert not any(str(one).startswith(name) for one in frontier_table(frontier).columns[0].cells)


@pytest.mark.parametrize("question", ["deadline", "hold", "lost", "frontier", "best"])
def test_every_answer_ends_with_three_doubts(question: str, found: Answers) -> None:
    monte_carlo, parameters, structure = doubts_in_words(replace(found, asked=(question,)))
    assert monte_carlo.startswith(f"Monte-Carlo: {FEW} replications")
    many = len(assumed(found.scenario))
    assert parameters.startswith(f"Parameters: {many} numbers are assumed") and many > 50
    assert "--question unknowns tries 6 others" in structure


def test_every_answer_has_a_table(found: Answers) -> None:
    assert found.deadline is not None and found.lost is not None and found.frontier is not None
    table = found.deadline.table()
    assert table[table["by"] == ""]["seconds"].isna().all(), "no speed is enough"
    retracted = found.deadline.levers["every push is retracted"].value
    assert retracted is not None
    assert table.set_index("one")["seconds"]["every push is retracted"] == retracted / SECOND
    assert all(len(one.table()) == len(one.crossing.known) for one in found.holds)
    assert len(found.lost.steps()) > len(found.lost.table()) > 1
    assert len(found.frontier.table) > 1


def test_three_doubts_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    quickly = partial(sim.answers.unknowns, effort=Effort(16, 2, 4, 2))
    monkeypatch.setattr(sim.answers, "unknowns", quickly)
    unknowns = answer("linkedin_dm", questions="unknowns", replications=5).unknowns
    assert unknowns is not None
    text = "\n".join(unknowns_in_words(unknowns))
    assert "Parameters: over" in text and "Structure: the share read under other forms" in text
    assert f'over parameters and structure, is "{unknowns.least_regret}"' in text
    for name in unknowns.policies["policy"]:
        assert name in text
    assert len(unknowns.structure["form"].unique()) == 7, "as it is, and six other forms"
    assert unknowns.dummy["moves"] > 0, "the dummy changes the draws"


def test_an_answer_is_a_page_or_one_json_document_and_draws(
    toolate: Toolate, tmp_path: Path
) -> None:
    said = toolate(
        "answer",
        "linkedin_dm",
        "--question",
        "lost",
        "--question",
        "deadline",
        "--question",
        "hold",
        "--json",
        "--replications",
        str(FEW),
        "--out",
        tmp_path / "charts",
    )
    document = json.loads(said.out)
    assert document["policy"] == "today"
    assert sum(document["lost"]["steps"].values()) == document["lost"]["regretted"]
    assert document["deadline"]["seconds"] is None
    home = tmp_path / "charts"
    assert {path.stem for path in home.glob("*.png")} == {
        "exposure",
        "hold",
        "incidence",
        "levers",
        "lost",
    }
    assert json.loads((home / "answers.json").read_text()) == document
    assert len(pd.read_csv(home / "steps.csv")) == len(document["lost"]["steps"])
    assert "toolate answer linkedin_dm" in json.loads((home / "run.json").read_text())["command"]
    page = toolate("answer", "linkedin_dm", "--question", "lost", "--replications", str(FEW)).out
    assert [line.split(":")[0] for line in page.splitlines() if line.startswith(DOUBTS)] == list(
        DOUBTS
    )
    assert "WHERE IS IT LOST" in page and "HOW LONG HAVE I GOT" not in page
    assert max(map(len, page.splitlines())) <= 80, "it is read on a terminal of 80 columns"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--target", "0 %"), "--target"),
        (("--target", "ten"), "--target"),
        (("--budget", "30"), "--budget"),
        (("--question", "holt"), 'did you mean "hold"'),
        (("--question", "hold", "--lever", "badge.boost"), "--lever"),
    ],
)
def test_what_cannot_be_answered_is_one_line(
    options: tuple[str, ...], words: str, toolate: Toolate
) -> None:
    said = toolate("answer", "linkedin_dm", "--replications", "5", *options)
    assert said.status == 2
    assert words in said.err
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("what", ["a file", "a folder of something else"])
def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_played(
    what: str, toolate: Toolate, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    if what == "a file":
        home.write_text("mine")
    else:
        home.mkdir()
        (home / "mine.txt").write_text("mine")
    said = toolate("answer", "linkedin_dm", "--out", home)
    assert said.status == 2
    assert said.err.startswith(f"--out: {home}: ") and len(said.err.splitlines()) == 1
    mine = home if what == "a file" else home / "mine.txt"
    assert mine.read_text() == "mine"


def test_shares_and_times_are_read_and_said_as_people_do() -> None:
    assert (share_of("10 %"), share_of("0.1"), share_of("2.5%")) == (0.1, 0.1, 0.025)
    with pytest.raises(FaultyInputError):
        share_of("100 %")
    assert [time_of(t) for t in (SECOND // 2, 90 * SECOND, 3 * MINUTE, 47 * HOUR)] == [
        "0.5 s",
        "90 s",
        "3 min",
        "47 h",
    ]
