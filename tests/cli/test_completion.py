"""A shell completes what toolate knows by name, and reads no more than it must for that."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import BAD

CASES = {
    "toolate run linkedin_": {"linkedin_dm", "linkedin_regimes"},
    "toolate new my.toml --platform s": {"signal", "slack"},
    "toolate new my.toml --people outreach_": {"outreach_recipient"},
    "toolate new my.toml --from texts_": {"texts_signal"},
    "toolate run x.toml --engine ": {"auto", "simpy", "compiled"},
    "toolate run base.toml --policy ": {"today", "hold"},
    "toolate explain linkedin_dm --policy und": {"undo 10 s"},
    "toolate compare linkedin_dm --policy ret": {"retract push"},
    "toolate run ba": {"base.toml"},
}


def completed(line: str, folder: Path) -> set[str]:
    """Ask as bash does: the words so far, and which of them is completed."""
    words = line.split(" ")
    asked = {
        "_TOOLATE_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from sim.cli import main; sys.argv[0] = 'toolate'; main()",
        ],
        cwd=folder,
        env=os.environ | asked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return {line for line in done.stdout.splitlines() if line}


@pytest.mark.parametrize("line", CASES)
def test_a_shell_completes_names_that_are_known(line: str) -> None:
    assert CASES[line] <= completed(line, BAD)


def test_policies_of_a_file_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    assert completed("toolate run no_such.toml --policy ", tmp_path) == set()
