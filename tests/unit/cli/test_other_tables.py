"""Every cell of what `compare`, `sweep` and `check` print is the number that its row and column name,
from sums that all differ; no line that is one sentence is broken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim import estimates as est
from sim.cli import checking, comparing, sweeping
from sim.cli.comparing import answer, print_comparison
from sim.comparing import Comparison
from sim.comparing.pairing import Pairing
from sim.scenario import parse
from sim.summaries import HEADLINE, compared
from sim.sums import Sums
from sim.tallies import SPLIT, moved, not_under
from sim.verdicts import Verdict

from ..making import SMALL
from .making import POLICIES, REPLICATIONS, Kept, all_differ, in_percent, in_points, made_sums

SCENARIO = parse(
    SMALL
    + "\n"
    + "".join(f'[policies."{name}"]\nsend.hold = "{k} s"\n' for k, name in enumerate(POLICIES))
)


def made(sums: Sums | None = None, pairing: Pairing = Pairing.MESSAGES) -> Comparison:
    sums = made_sums() if sums is None else sums
    worlds = {name: SCENARIO.under(name) for name in sums.policies}
    return Comparison(
        (SCENARIO,), worlds, dict.fromkeys(sums.policies, pairing), "compiled", REPLICATIONS, sums
    )


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Kept:
    console = Kept()
    monkeypatch.setattr(comparing, "console_for", lambda *tables: console)
    print_comparison(made())
    return console


def test_the_table_of_a_comparison_has_every_number_in_its_place(printed: Kept) -> None:
    one = made()
    shares = compared(one.sums)
    level = est.per_comparison_level(len(POLICIES) - 1)
    differences = est.every_difference(shares, [0], confidence=level)
    table = printed.table("Read despite the deletion")
    assert list(table) == list(POLICIES)
    for k, name in enumerate(POLICIES):
        row = table[name]
        found = [one.summary.headline(name, part) for part in (HEADLINE, *SPLIT)]
        parts = [in_percent(e.value, e.low, e.high) for e in found]
        assert [row["read"], row["preview first"], row["in app first"]] == parts
        if k == 0:
            assert (row["change, points"], row["saved"], row["newly lost"]) == (
                "compared against",
                "",
                "",
            )
            continue
        e = differences.at(k, 0)
        assert row["change, points"] == in_points(e.value, e.low, e.high)
        assert row["saved"] == f"{one.sums.total(name, 'saved'):,}"
        assert row["newly lost"] == f"{one.sums.total(name, 'newly_lost'):,}"
    assert table["hold"]["behind the best, points"] == "the best"
    behind = {row["policy"]: row for row in one.behind.to_dict("records")}
    for name in ("today", "slow"):
        row = behind[name]
        assert table[name]["behind the best, points"] == in_points(
            row["value"], row["low"], row["high"]
        )
    filled = {name: {k: v for k, v in row.items() if v} for name, row in table.items()}
    all_differ(filled, "today", "newly lost")


@pytest.mark.parametrize("name", POLICIES[1:])
def test_verdicts_that_moved_are_laid_out_from_the_row_to_the_column(
    name: str, printed: Kept
) -> None:
    sums, words = made().sums, [v.words for v in (*list(Verdict)[1:], Verdict.NOT_ASKED)]
    verdicts = dict(zip(words, (*list(Verdict)[1:], Verdict.NOT_ASKED), strict=True))
    (table,) = (
        t
        for t in printed.tables
        if t.columns[0].header == f'under "{name}"' or t.title == f'under "{name}"'
    )
    assert str(table.title) == f'under "{name}"'
    headers = [str(column.header) for column in table.columns]
    assert (headers[0], headers[-1]) == ("", "all")
    rows = [[str(cell) for cell in column.cells] for column in table.columns]
    lines = {
        line[0]: dict(zip(headers[1:], line[1:], strict=True)) for line in zip(*rows, strict=True)
    }
    whole = 0
    for before in words:
        for after in words:
            if before == after == Verdict.NOT_ASKED.words:
                continue
            count = sums.total(name, moved(verdicts[before], verdicts[after]))
            assert lines[before][after] == (f"{count:,}" if count else "·")
            whole += count
    for before in words:
        mine = [
            int(lines[before][after].replace(",", "").replace("·", "0"))
            for after in words
            if after in lines[before]
        ]
        assert lines[before]["all"] == f"{sum(mine):,}"
    for after in words:
        down = [int(lines[before][after].replace(",", "").replace("·", "0")) for before in words]
        assert lines["all"][after] == f"{sum(down):,}"
    assert lines["all"]["all"] == f"{whole:,}"


def test_where_no_message_changed_sides_there_is_no_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sums = made_sums()
    values, place = sums.values.copy(), {name: k for k, name in enumerate(sums.names)}
    for name in (HEADLINE, *SPLIT):
        values[:, 1, place[name]] = values[:, 0, place[name]]
    for name in ("saved", "newly_lost"):
        values[:, 1, place[name]] = 0
    first, second, third = (place[name] for name in not_under(3))
    values[:, 1, first] = values[:, 0, second] = 0
    values[:, 1, third] = values[:, 0, third]
    values[:, 2, second] = values[:, 2, first]
    console = Kept()
    monkeypatch.setattr(comparing, "console_for", lambda *tables: console)
    print_comparison(made(replace(sums, values=values)))
    table = console.table("Read despite the deletion")
    assert table["hold"]["change, points"] == "none changed"
    assert "none" not in table["slow"]["change, points"]


def test_the_lines_below_a_comparison_say_what_it_rests_on(printed: Kept) -> None:
    sums = made().sums
    regretted, messages = (sums.total("today", name) for name in ("regretted", "messages"))
    assert (
        f'{regretted:,} regretted of {messages:,} messages under "today"; 60' in printed.lines[-3]
    )
    assert printed.lines[-2] == f"Compared {Pairing.MESSAGES.value}."
    assert printed.lines[-1].startswith(
        "The 2 intervals of a column of differences hold all at once"
    )
    unpaired = made(pairing=Pairing.WORLDS)
    assert list(comparing._closing(unpaired))[1] == f"Compared {Pairing.WORLDS.value}."


def test_a_sentence_is_one_line_however_narrow_the_screen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    one = made()
    print_comparison(one)
    out = capsys.readouterr().out
    assert answer(one) in out.splitlines()
    assert any(
        line.startswith("Verdicts that moved, regretted messages") and line.endswith("column")
        for line in out.splitlines()
    )


@pytest.mark.parametrize(("seed", "status"), [("0", 0), ("-1", 2)])
def test_the_least_seed_is_zero(
    seed: str, status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import sys

    import sim.cli

    file = tmp_path / "a.toml"
    text = SMALL + '\n[policies.today]\n[policies.hold]\nsend.hold = "5 s"\n'
    file.write_text(text, encoding="utf-8")
    command = ["toolate", "compare", str(file), "--replications", "2", "--seed", seed]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as ended:
        sim.cli.main()
    assert int(ended.value.code or 0) == status


CELLS = pd.DataFrame(
    {
        "hold_s": [0.0, 10.0],
        "cell": ["aa", "bb"],
        "best": ["today", "hold"],
        "value": [0.51, 0.42],
        "low": [0.48, 0.39],
        "high": [0.55, 0.46],
        "sure": [False, True],
        "ahead": [0.01, 0.02],
        "ahead_low": [0.0, 0.015],
        "ahead_high": [0.03, 0.025],
        SPLIT[0]: [0.31, 0.22],
        SPLIT[1]: [0.2, 0.27],
    }
)


def test_the_best_of_every_cell_is_read_from_its_own_numbers() -> None:
    shown = sweeping._readable(CELLS, ["–", "p"], is_choice=True)
    assert list(shown.columns) == [
        "hold_s",
        "best",
        "read, %",
        "price",
        "sure",
        "preview + app first",
    ]
    assert shown.iloc[0].tolist() == [0.0, "today", "51.0 (48.0–55.0)", "–", "no", "31.0 + 20.0"]
    assert shown.iloc[1].tolist() == [10.0, "hold", "42.0 (39.0–46.0)", "p", "yes", "22.0 + 27.0"]


def test_long_tables_are_cut_and_say_by_how_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Kept()
    monkeypatch.setattr(sweeping, "console_for", lambda *_: console)
    sweeping._print_frame(pd.DataFrame({"a": [1.23456, 2.0, 3.0], "b": ["x", "y", "z"]}), 2)
    (table,) = console.tables
    assert [[str(c) for c in column.cells] for column in table.columns] == [
        ["1.235", "2"],
        ["x", "y"],
    ]
    assert console.lines == ["… and 1 rows more."]
    sweeping._print_frame(pd.DataFrame({"a": [1.0]}), 1)
    assert console.lines == ["… and 1 rows more."], "a table that fits is not cut"


def test_claims_are_counted_by_verdict(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    verdicts = ["holds"] * 3 + ["fails"] * 2 + ["undecided"]
    rows: dict[str, Any] = {
        "claim": [f"c{k}" for k in range(6)],
        "because": "",
        "verdict": verdicts,
    }
    table = pd.DataFrame(rows | {"value": 0.0, "low": 0.0, "high": 0.0, "found": "1 %"})
    monkeypatch.setattr(checking, "check", lambda *_, **__: table)
    monkeypatch.setattr(checking, "claims_of", lambda scenario: [])
    file = tmp_path / "a.toml"
    file.write_text(SMALL, encoding="utf-8")
    assert not checking.check_command([str(file)], False, None, None, "auto", 1)
    assert capsys.readouterr().out.splitlines()[-1] == "6 claims: 3 hold, 2 fail, 1 undecided."
