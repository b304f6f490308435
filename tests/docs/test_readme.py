"""The README shows what the command prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli.app import app

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_table_of_the_readme_is_what_its_command_prints_in_80_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = re.search(r"`toolate (run [^`]*)` prints:\n\n```text\n(.*?)\n```", README, re.DOTALL)
    assert found is not None
    monkeypatch.setenv("COLUMNS", "80")
    result = CliRunner().invoke(app, found[1].split())
    assert result.exit_code == 0, result.output
    said = [line.rstrip() for line in result.stdout.splitlines()]
    assert said == found[2].splitlines()
