"""What `sweep`, `merge` and `query` print: every cell of a table is the number its row and column
name, and every line says the numbers it names."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from sim.cli import bars, sweeping
from sim.errors import FaultyInputError
from sim.sweeping.design.axes import Change
from sim.sweeping.playing.dry_run import Expected
from sim.sweeping.playing.execution import Execution
from sim.sweeping.store.merging import Merged
from sim.sweeping.sweeping import Shard, Swept

from .making import Kept, cells


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    console = Kept()
    screen = sweeping.screen
    monkeypatch.setattr(
        sweeping, "screen", lambda stderr=False: screen(stderr=True) if stderr else console
    )
    monkeypatch.setattr(sweeping, "console_for", lambda *_: console)
    return console


BEST = pd.DataFrame(
    {
        "cell": ["c0", "c1", "c2"],
        "chance": [0.25, 0.5, 0.123456],
        "push.expiry": ["1 h", "[never]", "2 h"],
        "point": [4, 5, 6],
        "best": ["hold", "today", "hold"],
        "value": [0.111, 0.222, np.nan],
        "low": [0.101, 0.202, np.nan],
        "high": [0.155, 0.255, np.nan],
        "preview_first": [0.061, 0.172, np.nan],
        "in_thread": [0.05, 0.053, np.nan],
        "sure": [True, False, False],
        "could_be": ["hold", "today, slow", "hold, today"],
        "ahead": [0.31, 0.32, np.nan],
        "ahead_low": [0.21, 0.22, np.nan],
        "ahead_high": [0.41, 0.42, np.nan],
    }
)
READABLE = {
    "0.25": {
        "push.expiry": "1 h",
        "point": "4",
        "best": "hold",
        "read, %": "11.1 (10.1–15.5)",
        "price": "+10 s / +2 min",
        "sure": "yes",
        "could_be": "hold",
        "preview + app first": "6.1 + 5.0",
    },
    "0.5": {
        "push.expiry": "\\[never]",
        "point": "5",
        "best": "today",
        "read, %": "22.2 (20.2–25.5)",
        "price": "–",
        "sure": "no",
        "could_be": "today, slow",
        "preview + app first": "17.2 + 5.3",
    },
    "0.1235": {
        "push.expiry": "2 h",
        "point": "6",
        "best": "hold",
        "read, %": "– (–––)",
        "price": "+9 s / –",
        "sure": "no",
        "could_be": "hold, today",
        "preview + app first": "– + –",
    },
}

DELAYS = {"c0": (10.0, 120.0), "c1": (7.0, 8.0), "c2": (9.0, np.nan)}
"""Of the policy hold: its median and 95th percentile in each cell."""
FRAME = pd.DataFrame(
    [
        {"cell": cell, "policy": policy, "measure": f"delay_notified_{end}_s", "value": value}
        for cell, both in DELAYS.items()
        for policy, factor in (("today", 0.0), ("hold", 1.0), ("slow", 5.0))
        for end, value in zip(("median", "p95"), (factor * one for one in both), strict=True)
    ]
)


THE_BASE = SimpleNamespace(traffic=SimpleNamespace(kind="stream"))


def planned(**other: Any) -> Any:
    rule = SimpleNamespace(words=lambda: "the rule", target=None, at_most=7000)
    fields = {
        "title": "a [title]",
        "shown": "shown.toml",
        "name": "sweep",
        "cells": [SimpleNamespace(change=Change())] * 1234,
        "cases": range(1100),
        "axes": (("chance", 3), ("[odd]", 1500)),
        "policies": ("today", "[hold]"),
        "unknowns": ("push.slow: 0 to [one]", "other"),
        "left_out": ("why [not]",),
        "rule": rule,
        "identity": "sweep-1a2b",
        "bases": (SimpleNamespace(scenario=THE_BASE, policies={"today": {}, "[hold]": {}}),),
    }
    return SimpleNamespace(**fields | other)


def swept(**other: Any) -> Any:
    fields = {
        "plan": planned(),
        "store": SimpleNamespace(folder=Path("folder")),
        "frame": FRAME,
        "cells": 1111,
        "played": 2222,
        "unsure": (),
        "complete": True,
    }
    return Swept(**fields | other)


def test_the_best_of_every_cell_stands_under_its_columns(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sweeping, "best", lambda _: BEST)
    sweeping._print(swept())
    found = cells(kept.tables[0])
    assert found == READABLE
    assert [list(row) for row in found.values()] == [list(row) for row in READABLE.values()]
    assert kept.lines == [
        'Least is read under "hold" at chance = 0.25, push.expiry = 1 h: 11.1 % (10.1–15.5); the other '
        'messages are notified +10 s / +2 min later than under "today" in the same cell '
        "(median / 95th percentile).",
        'Loses least (read despite the deletion), surely: "hold" in 1; undecided in 2 of 3 cells.',
        "1,111 of 1,234 cells have enough; 2,222 tasks were played now.",
        "Rule: the rule",
        "Table: folder/sweeps/sweep-1a2b/table.parquet",
    ]
    assert capsys.readouterr().err == ""


def test_the_table_of_a_sweep_keeps_the_best_rows_and_counts_the_rest(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    many = pd.concat([BEST.head(2)] * 1000, ignore_index=True)
    many["chance"] = np.arange(2000.0)
    monkeypatch.setattr(sweeping, "best", lambda _: many)
    sweeping._print(swept(unsure=tuple(f"{k:02d}{'f' * 10}tail" for k in range(40))))
    assert kept.tables[0].row_count == sweeping.SHOWN == 30
    assert list(cells(kept.tables[0])) == [str(2 * k) for k in range(30)], "least read first"
    assert kept.lines[1:3] == [
        'Loses least (read despite the deletion), surely: "hold" in 1,000; '
        "undecided in 1,000 of 2,000 cells.",
        "… and 1,970 rows more.",
    ]
    assert capsys.readouterr().err.splitlines() == [
        f"Warning: cell {k:02d}{'f' * 10} stopped at 7,000 replications without being sure enough"
        for k in range(30)
    ]


@pytest.mark.parametrize("rows", [29, 30, 31])
def test_rows_are_said_to_be_more_exactly_where_some_are_left_out(kept: Kept, rows: int) -> None:
    sweeping._print_frame(pd.DataFrame({"a": range(rows)}), 30)
    assert kept.lines == ["… and 1 rows more."] * (rows > 30)


def test_a_sweep_in_which_nothing_is_sure_says_none_and_one_without_cells_has_no_table(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "best", lambda _: BEST.tail(2))
    sweeping._print(swept())
    assert kept.lines[1].endswith("surely: none; undecided in 2 of 2 cells.")
    monkeypatch.setattr(sweeping, "best", lambda _: BEST.head(0))
    kept.tables, kept.lines = [], []
    sweeping._print(swept())
    assert not kept.tables and kept.lines[0].startswith("1,111 of 1,234 cells")


BY_PILOT = ", by the first 128 replications of a cell in the middle"


@pytest.mark.parametrize(
    ("target", "upto", "until"),
    [
        (None, "the end", ""),
        (0.01, "the end", BY_PILOT),
        (0.01, "the first look", " up to the first look"),
        (0.01, "the most", f"{BY_PILOT}, which is not precise enough with the most allowed"),
    ],
)
def test_a_plan_says_its_cells_its_policies_what_varies_and_what_it_takes(
    kept: Kept,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    target: float | None,
    upto: Literal["the end", "the first look", "the most"],
    until: str,
) -> None:
    expected = Expected(1001, 2002, 30_003.4, 7200.04, 1005.2, 1006.12, 128, upto)
    monkeypatch.setattr("sim.sweeping.playing.dry_run.dry_run", lambda *_: expected)
    made = planned()
    made.rule.target = target
    sweeping._print_plan(made, Execution("processes", 4))
    assert kept.lines == [
        "a \\[title]",
        "1,234 cells: 3 chance x 1,500 \\[odd]; 1,100 of them differ.",
        "Policies: today, \\[hold].",
        "  varied: push.slow: 0 to \\[one]",
        "  varied: other",
        "  assumed, not varied: why \\[not]",
        "the rule",
        "1,001 tasks, 2,002 replications, about 30,003 messages under all policies" + until + ".",
        "Expected of playing: 2 h on one core, 30 min on 4; about 1,005 MB a worker; 1,006.1 MB on the disk.",
    ]
    assert capsys.readouterr().err.startswith("Playing a task of one cell for the forecast;")
    kept.lines = []
    sweeping._print_plan(planned(title="", axes=()), Execution("processes", 4))
    assert kept.lines[:2] == ["shown.toml", "1,234 cells: no axis; 1,100 of them differ."]


def test_a_merge_says_what_was_taken_and_which_sweeps_have_enough(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = []

    def open_store(folder: Path, *, create: bool = True) -> Path:
        opened.append((folder, create))
        return folder

    def merge(into: Path, sources: list[Path], say: Any) -> Merged:
        assert (into, sources) == (Path("into"), [Path("a"), Path("b")])
        return Merged(1001, 2002, {"[one]": (3003, 4004), "two": (5, 6)})

    monkeypatch.setattr(sweeping, "open_store", open_store)
    monkeypatch.setattr("sim.sweeping.store.merging.merge", merge)
    sweeping.merge_command(Path("into"), [Path("a"), Path("b")])
    assert sorted(opened) == [(Path("a"), False), (Path("b"), False), (Path("into"), True)]
    assert capsys.readouterr().err == "into: 1,001 results taken over, 2,002 were there.\n"
    assert str(kept.tables[0].columns[0].header) == "sweep"
    assert cells(kept.tables[0]) == {
        "\\[one]": {"cells with enough": "3,003", "cells": "4,004"},
        "two": {"cells with enough": "5", "cells": "6"},
    }
    assert [column.justify for column in kept.tables[0].columns] == ["left", "right", "right"]
    assert kept.tables[0].pad_edge is False


def test_a_query_answers_with_all_rows_as_a_table_or_as_csv(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = []
    frame = pd.DataFrame({"[a]": range(40), "b": [k + 0.123456 for k in range(40)]})

    def open_store(folder: Path, *, create: bool = True) -> str:
        opened.append((folder, create))
        return "store"

    monkeypatch.setattr(sweeping, "open_store", open_store)
    monkeypatch.setattr("sim.sweeping.store.merging.refresh", lambda store, say: None)
    monkeypatch.setattr(
        "sim.sweeping.store.querying.query", lambda *of: frame if of == ("store", "sql") else None
    )
    sweeping.query_command("sql", Path("folder"), csv=False)
    found = cells(kept.tables[0])
    assert str(kept.tables[0].columns[0].header) == "\\[a]"
    assert found == {str(k): {"b": f"{k + 0.123456:.4g}"} for k in range(40)}
    assert kept.lines == []
    sweeping.query_command("sql", Path("folder"), csv=True)
    written = capsys.readouterr().out.splitlines()
    assert written[:2] == ["[a],b", "0,0.123456"] and len(written) == 41
    assert opened == [(Path("folder"), False)] * 2


def test_how_tasks_are_played_is_what_the_options_say() -> None:
    assert sweeping._how(None, False, None) == Execution("processes", None)
    assert sweeping._how(1, True, None) == Execution("threads", 1)
    assert sweeping._how(3, False, "address") == Execution("dask", 3, "address")
    for wrong in ((0, False, None), (None, True, "address")):
        with pytest.raises(FaultyInputError):
            sweeping._how(*wrong)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (None, None),
        ("1/1", Shard(1, 1)),
        ("3/64", Shard(3, 64)),
        ("64/64", Shard(64, 64)),
        ("0/2", "fault"),
        ("3/2", "fault"),
        ("2", "fault"),
        ("2/", "fault"),
        ("/2", "fault"),
        ("a/2", "fault"),
        ("1/b", "fault"),
        ("-1/2", "fault"),
    ],
)
def test_a_shard_is_which_of_how_many(text: str | None, part: Shard | str | None) -> None:
    if part == "fault":
        with pytest.raises(FaultyInputError):
            sweeping._shard(text)
    else:
        assert sweeping._shard(text) == part


class Shown:
    """Stands in for a progress bar on a terminal: keeps what it is told."""

    def __init__(self, *columns: Any, console: Any, transient: bool) -> None:
        self.columns, self.is_transient, self.told = columns, transient, []
        self.console = console
        self.live = SimpleNamespace(is_started=False)
        Shown.last = self

    last: Any = None

    def add_task(self, words: str, *, total: int | None, rate: str) -> int:
        self.words, self.total = words, total
        return 5

    def start(self) -> None:
        self.live.is_started = True

    def stop(self) -> None:
        self.live.is_started = False

    def update(self, task: int, **told: Any) -> None:
        self.told.append((task, told))


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Give the clock of a bar on a terminal, or on none."""
    clock = SimpleNamespace(now=100.0, is_terminal=True)
    console = SimpleNamespace()
    monkeypatch.setattr(
        bars, "screen", lambda **_: SimpleNamespace(is_terminal=clock.is_terminal, **vars(console))
    )
    monkeypatch.setattr(bars, "Progress", Shown)
    monkeypatch.setattr(sweeping.time, "monotonic", lambda: clock.now)
    return clock


def test_a_bar_counts_up_to_the_total_says_the_rate_and_goes(shown: SimpleNamespace) -> None:
    with sweeping.bar("tasks") as progress:
        made = Shown.last
        assert (made.words, made.total, made.is_transient) == ("tasks", None, True)
        assert not made.live.is_started, "nothing is shown before there is something to show"
        shown.now = 104.0
        progress(8, 4000)
        assert made.told[-1] == (5, {"completed": 8, "total": 4000, "rate": "2.0/s"})
        assert made.live.is_started
        progress(3999, 4000)
        assert made.live.is_started
        progress(4000, 4000)
        assert not made.live.is_started
        progress(1, 2)
    assert not made.live.is_started, "whatever happens, a bar is taken away"
    first, bar, many, rate, left = made.columns
    assert isinstance(bar, BarColumn) and isinstance(many, MofNCompleteColumn)
    assert isinstance(left, TimeRemainingColumn)
    assert isinstance(first, TextColumn) and first.text_format == "{task.description}"
    assert isinstance(rate, TextColumn) and rate.text_format == "{task.fields[rate]}"


def test_a_bar_is_not_shown_where_there_is_no_terminal(shown: SimpleNamespace) -> None:
    shown.is_terminal = False
    with sweeping.bar("tasks") as progress:
        progress(1, 2)
        assert not Shown.last.live.is_started
        assert Shown.last.told[-1][1]["rate"] == "1,000,000.0/s", "time at the start is not 0"


@contextmanager
def no_bar(told: list[tuple[str, int, int]], words: str) -> Any:
    yield lambda done, total: told.append((words, done, total))


@pytest.mark.parametrize("is_new", [True, False])
def test_cells_are_checked_before_a_new_store_is_made_and_progress_is_of_all_cells(
    is_new: bool, kept: Kept, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    asked: dict[str, Any] = {}
    store = tmp_path / "store"
    if not is_new:
        store.mkdir()

    def carry_out(plan: Any, store: Any, how: Execution, **options: Any) -> Any:
        asked.update(options, how=how, store=store)
        return swept()

    monkeypatch.setattr(sweeping, "plan", lambda _: planned())
    monkeypatch.setattr(sweeping, "check", lambda _, done: done(7))
    monkeypatch.setattr(sweeping, "bar", lambda words: no_bar(told, words))
    monkeypatch.setattr(sweeping, "open_store", lambda folder: folder)
    monkeypatch.setattr(sweeping, "carry_out", carry_out)
    monkeypatch.setattr(sweeping, "best", lambda _: BEST)
    sweeping.sweep_command("f", store, None, 3, False, None, "2/5", False)
    assert told == [("checking cells", 7, 1234)] * is_new
    assert asked["is_checked"] is is_new
    assert (asked["how"], asked["shard"]) == (Execution("processes", 3), Shard(2, 5))
    told.clear()
    asked["checking"](1, 2)
    asked["progress"](3, 4)
    assert told == [("checking cells", 1, 2), ("tasks", 3, 4)]
    dry = []
    monkeypatch.setattr(sweeping, "_print_plan", lambda *of: dry.append(of[1]))
    told.clear()
    sweeping.sweep_command("f", store, None, 4, False, None, None, True)
    assert (dry, told) == ([Execution("processes", 4)], [("checking cells", 7, 1234)])


def test_out_holds_the_tables_and_the_pictures_axes_and_the_manifest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drawn, named = [], []
    frame = pd.DataFrame({"chance": [0.5], "value": [0.25]})
    monkeypatch.setattr(sweeping, "best", lambda _: BEST)
    monkeypatch.setattr("sim.charts.sweeps.save_sweep", lambda *of: drawn.append(of[1:]))

    def manifest(*of: Any) -> dict[str, Any]:
        named.append(of)
        return {"seed": 7, "replications": 1, "replications_asked": 2, "engine": "auto"}

    monkeypatch.setattr(sweeping, "manifest", manifest)
    monkeypatch.setattr(sweeping.sys, "argv", ["x", "sweep", "a b"])
    made = sweeping._save(swept(frame=frame), tmp_path)
    assert made == {"seed": 7, "sweep_file": "shown.toml", "cells": 1234, "rule": "the rule"}
    assert drawn == [(["chance"], tmp_path, "a [title]")]
    assert named == [(THE_BASE, ("today", "[hold]"), 7000, 7000, "auto", "toolate sweep 'a b'")]
    assert (tmp_path / "table.csv").read_text() == "chance,value\n0.5,0.25\n"
    assert (tmp_path / "best.csv").read_text().splitlines()[0] == ",".join(BEST.columns)


def test_an_unfinished_sweep_ends_with_the_status_of_an_interruption_and_writes_nothing(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import typer

    monkeypatch.setattr(sweeping, "plan", lambda _: planned())
    monkeypatch.setattr(sweeping, "check", lambda *_: None)
    monkeypatch.setattr(sweeping, "open_store", lambda folder: folder)
    monkeypatch.setattr(sweeping, "best", lambda _: BEST)
    monkeypatch.setattr(sweeping, "_save", lambda *_: pytest.fail("written"))
    monkeypatch.setattr(sweeping, "carry_out", lambda *_, **__: swept(complete=False))
    with pytest.raises(typer.Exit) as ended:
        sweeping.sweep_command("f", tmp_path / "s", tmp_path / "out", 1, False, None, None, False)
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err == (
        "Give the same command again to play the rest; what is stored is kept.\n"
    )


def test_one_policy_is_no_choice_and_has_no_price(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = BEST.assign(best="today", could_be="today", sure=False)
    monkeypatch.setattr(sweeping, "best", lambda _: alone)
    sweeping._print(swept(plan=planned(policies=("today",))))
    columns = ["push.expiry", "point", "read, %", "preview + app first"]
    assert [list(row) for row in cells(kept.tables[0]).values()] == [columns] * 3
    assert kept.lines[0] == (
        'Least is read under "today" at chance = 0.25, push.expiry = 1 h: 11.1 % (10.1–15.5).'
    )
    assert not any("surely" in line for line in kept.lines)


def test_a_number_that_is_not_there_is_a_dash(kept: Kept) -> None:
    sweeping._print_frame(pd.DataFrame({"a": [1.5, np.nan], "b": ["x", "y"]}), 5)
    assert [[str(c) for c in column.cells] for column in kept.tables[0].columns] == [
        ["1.5", "–"],
        ["x", "y"],
    ]


def test_where_nobody_regretted_the_best_cell_is_said_not_to_be_there(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "best", lambda _: BEST.tail(1))
    sweeping._print(swept())
    assert kept.lines[0].startswith("Nobody regretted a message in any cell; ")
