"""Every bad file of `bad/` breaks one rule; its `.expected` holds the command, and the lines it
must say.

To add a rule: write `bad/NAME.toml` (extending `base.toml`) and `bad/NAME.expected`. A line that is
wrong, missing, said twice or not in this form fails: file: path: what is wrong; what would be
right."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import sim

from .conftest import BAD, Toolate

EXPECTED = sorted(BAD.glob("*.expected"))
HELPERS = {"base.toml", "extended_and_faulty.toml", "extends_in_a_circle_too.toml"}
"""Files that are there for the others."""


def cases() -> list[tuple[str, str]]:
    """Read every command of the folder with the lines it must say."""
    out = []
    for file in EXPECTED:
        for one in re.split(r"^\$ toolate ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[
            1:
        ]:
            command, _, lines = one.partition("\n")
            out.append((command, lines))
    return out


def listing(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(p.relative_to(folder)), p.stat().st_mtime_ns) for p in folder.rglob("*"))


@pytest.mark.parametrize(("command", "lines"), cases(), ids=[command for command, _ in cases()])
def test_a_bad_file_ends_with_status_2_and_exactly_its_lines_and_leaves_nothing(
    command: str, lines: str, toolate: Toolate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(BAD)
    before = listing(BAD)
    arguments = shlex.split(command)
    if arguments[0] == "run" and "--out" not in arguments:
        arguments += ["--out", str(tmp_path / "new" / "results")]
    said = toolate(*arguments)
    assert said.err == lines
    assert (said.status, said.out) == (2, "")
    assert listing(BAD) == before
    assert listing(tmp_path) == []


@pytest.mark.parametrize(("command", "lines"), cases(), ids=[command for command, _ in cases()])
def test_a_line_names_the_place_what_is_wrong_and_what_would_be_right(
    command: str, lines: str
) -> None:
    assert lines.strip(), command
    for line in lines.splitlines():
        place, _, rest = line.partition(": ")
        problem, _, remedy = rest.partition("; ")
        assert place and problem and remedy, line
        assert line == " ".join(line.split())
        assert not re.search(
            r"Traceback|pydantic|Input should|validat|NoneType|<class|\bError\b", line
        ), line


def test_every_bad_file_has_expected_lines_and_the_rest_has_no_fault() -> None:
    named = {word for command, _ in cases() for word in shlex.split(command)} | HELPERS
    assert {file.name for file in BAD.glob("*.toml")} <= named
    assert sim.load(BAD / "base.toml").policy_names() == ("today", "hold")
    assert len(EXPECTED) >= 100


def test_a_line_that_is_no_longer_expected_fails(
    toolate: Toolate, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The negative control: with the rule switched off, the check above sees that its line is gone.
    monkeypatch.chdir(BAD)
    monkeypatch.setattr("sim.scenario.model.cross_faults", lambda *_: iter(()))
    monkeypatch.setattr("sim.cli.running.run", lambda *_, **__: sys.exit(0))
    assert (
        toolate("run", "horizon_shorter_than_hold.toml").err
        != (BAD / "horizon_shorter_than_hold.expected").read_text()
    )


@pytest.mark.parametrize("number", ["abc", "2.5", "9" * 5000])
def test_what_is_no_whole_number_is_said_so_in_plain_words(number: str, toolate: Toolate) -> None:
    said = toolate("run", "linkedin_dm", "--replications", number).err
    assert (
        "whole number" in said or "is not a valid int" in said
    )  # the words of older versions of typer
    assert "Input" not in said and "parse" not in said


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        (("run", "base.toml", "--seed", "one"), "toolate run: invalid value for '--seed': "),
        (
            ("run", "base.toml", "--replications", "2.5"),
            "toolate run: invalid value for '--replications': ",
        ),
        (("run", "base.toml", "--replicate", "5"), "toolate run: no such option: --replicate"),
        (("run",), "toolate run: missing argument 'file'"),
        (("explain", "base.toml", "more.toml"), "toolate explain: got unexpected extra argument"),
        (("rnu", "base.toml"), "toolate: no such command 'rnu'"),
    ],
)
def test_a_wrong_option_is_one_line_that_names_the_help(
    arguments: tuple[str, ...], start: str, toolate: Toolate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(BAD)
    said = toolate(*arguments)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(start)
    assert said.err.endswith("--help\n") and said.err.count("\n") == 1


def test_a_folder_that_refuses_writing_is_one_line(
    toolate: Toolate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Tests may run as root, whom no permission stops: so the question is answered in the system's
    # stead.
    monkeypatch.setattr("sim.results.os.access", lambda *_: False)
    monkeypatch.chdir(BAD)
    said = toolate("run", "base.toml", "--out", tmp_path / "results")
    assert said.err == (
        f"--out: {tmp_path}/results: cannot be written, because "
        f"{tmp_path.name} is not yours to write to; "
        "name another folder\n"
    )
    assert said.status == 2


def test_a_disk_that_fills_up_leaves_nothing_half_made(
    toolate: Toolate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.charts.save", full)
    monkeypatch.chdir(BAD)
    said = toolate("run", "base.toml", "--out", tmp_path / "new" / "results")
    assert said.err == (
        f"--out: {tmp_path}/new/results: cannot be written (No space left on device); "
        "name another folder\n"
    )
    assert (said.status, said.out, listing(tmp_path)) == (2, "", [])


def test_a_real_process_says_a_fault_on_stderr_only() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sim.cli; sim.cli.main()", "run", "key_unknown.toml"],
        cwd=BAD,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    expected = (BAD / "key_unknown.expected").read_text(encoding="utf-8").partition("\n")[2]
    assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)
