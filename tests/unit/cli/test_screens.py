"""Tables fit the screen they get, whatever it is; no cell is cut, and nothing that is printed fails."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from sim.cli import screens
from sim.cli.screens import Fitted, new_table
from sim.cli.tables import print_outcome

from .test_tables import outcome

ROWS = (
    ("today", "45.1 (42.8–47.5)", "baseline", "0.0", "one short text"),
    ("retract from phone and watch", "44.5 (42.2–46.9)", "-0.6 (-1.1 to -0.2)", "–", "a text 長い"),
    ("[bold] name", "1.0", "-13.0 (-15.1 to -11.2)", "3,000,000.0", "words " * 12),
)
HEADERS = ("policy", "read", "change, points", "95th percentile of it, s", "told")


def table(rows: Sequence[Sequence[str]] = ROWS) -> Fitted:
    made = new_table("A title of some words", *HEADERS, texts=["told"])
    for row in rows:
        made.add_row(*(cell.replace("[", r"\[") for cell in row))
    return made


def printed(made: Fitted, width: int, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, errors="degrade")
    Console(file=file, width=width, highlight=False).print(made)
    file.flush()
    return raw.getvalue().decode(encoding)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("width", [40, 50, 60, 80, 100, 118, 200])
def test_a_table_fits_its_screen_and_has_every_number_and_every_word(width: int) -> None:
    said = printed(table(), width)
    assert max(cell_len(line.rstrip()) for line in said.splitlines()) <= width
    for row in ROWS:
        for cell in row[1:4]:
            assert cell in said, "a number stands in one line"
        assert all(word in said for cell in row for word in cell.split())
    assert all(word in said for header in HEADERS for word in header.split())
    assert "…" not in said


def test_a_table_that_fits_is_not_parted_and_columns_of_one_that_does_not_keep_their_rows_names() -> (
    None
):
    wide, narrow = printed(table(), 200), printed(table(), 50)
    assert wide.count("today") == wide.count("─\n") == 1
    assert narrow.count("today") == narrow.count("─\n") > 1
    assert narrow.splitlines()[0] == "A title of some words"
    assert narrow.count("A title of some words") == 1


def test_a_screen_too_narrow_for_a_cell_is_exceeded_and_cuts_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    made = table()
    screens.console_for(made).print(made)
    said = capsys.readouterr().out
    assert all(cell in said for row in ROWS for cell in row[1:4])
    assert all(word in said for cell in (row[0] for row in ROWS) for word in cell.split())


@pytest.mark.parametrize("term", ["dumb", "unknown", "xterm-256color"])
def test_the_answer_of_a_run_fits_80_columns_on_every_terminal(
    term: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("COLUMNS", raising=False)
    print_outcome(outcome())
    said = capsys.readouterr().out
    _, _, tabled = said.partition("\nRead despite")
    lines = tabled.partition("\n\n\n")[0].splitlines()
    rows = [line for line in lines if line.startswith(("policy", "today", "hold", "slow"))]
    assert len(rows) == 4 and max(map(cell_len, rows)) <= 80
    assert "\x1b" not in said


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_no_color_writes_no_escapes_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for plain in (False, True):
        if plain:
            monkeypatch.setenv("NO_COLOR", "1")
        terminal = Terminal()
        monkeypatch.setattr(sys, "stdout", terminal)
        print_outcome(outcome(), full=True)
        assert ("\x1b" in terminal.getvalue()) is not plain


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_output_in_any_encoding_has_every_number(encoding: str) -> None:
    said = printed(table(), 80, encoding)
    assert "44.5 (42.2" in said and "46.9)" in said
    dash = "–" if encoding in ("utf-8", "cp1252") else "-"
    assert f"45.1 (42.8{dash}47.5)" in said
    if encoding != "utf-8":
        assert "----" in said and "?" in said, "what has no letters is a question mark"


def test_streams_degrade_instead_of_failing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as file:
        monkeypatch.setattr(sys, "stdout", file)
        screens.degrade_output()
        sys.stdout.write("é – → 長 ≤ …\n")
    assert (tmp_path / "out").read_text() == "e - -> ? <= ...\n"
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", errors="degrade")


def test_every_part_has_the_columns_that_tell_rows_apart() -> None:
    made = new_table("", "hold", "regime", "read", "change", texts=["regime"], keys=2)
    for hold in ("1 s", "2 s"):
        made.add_row(hold, "window", "12.0 (10.0–14.0)", "+1.0 (+0.5 to +1.5)")
    said = printed(made, 40)
    assert said.count("hold  regime") == 2 and said.count("1 s   window") == 2
