"""The sessions of docs/sessions are executed, and print what the pages say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SESSIONS = ROOT / "docs" / "sessions"


def check(page: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SESSIONS), "--check", str(page)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("page", sorted(SESSIONS.glob("*.md")), ids=lambda page: page.stem)
def test_a_session_prints_what_its_page_says(page: Path) -> None:
    done = check(page)
    assert done.returncode == 0, done.stderr


def test_a_page_that_says_anything_else_would_be_noticed(tmp_path: Path) -> None:
    page = tmp_path / "wrong.md"
    for said, code in (("four", 1), ("three", 0), ("...", 0)):
        page.write_text(f"```console\n$ echo three\n{said}\n```\n", encoding="utf-8")
        assert check(page).returncode == code, said


def test_a_command_that_fails_would_be_noticed(tmp_path: Path) -> None:
    page = tmp_path / "failing.md"
    page.write_text("```console\n$ toolate run nothing.toml\n```\n", encoding="utf-8")
    done = check(page)
    assert done.returncode == 1
    assert "nothing.toml" in done.stderr
