"""Run the command line in this process and look at what it says, where, and with which status."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import sim.cli
from sim.sweeping import sweeping


class Said(NamedTuple):
    """What a command left: its exit status, stdout and stderr."""

    status: int
    out: str
    err: str


@pytest.fixture
def toolate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Give a function that runs `toolate` with arguments, as on a machine that has compiled
    before."""
    monkeypatch.setattr(sweeping, "is_ready", lambda engine: True)

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["toolate", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            sim.cli.main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run
