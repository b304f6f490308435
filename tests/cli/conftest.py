"""Run the command line in this process and look at what it says, where, and with which status."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import sim.cli
from sim.cli import running

BAD = Path(__file__).parent / "bad"
SCENARIOS = Path(__file__).parents[2] / "scenarios"


@dataclass(frozen=True)
class Said:
    """What a command left: its exit status, stdout and stderr."""

    status: int
    out: str
    err: str


Toolate = Callable[..., Said]


@pytest.fixture
def toolate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Toolate:
    """Give a function that runs `toolate` with arguments and returns what it said.

    As on a machine that has compiled before and is never slow: no line about compiling, no progress
    bar."""
    monkeypatch.setattr(running, "is_ready", lambda engine: True)
    monkeypatch.setattr(running, "PATIENCE", 3600.0)

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["toolate", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            sim.cli.main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run
