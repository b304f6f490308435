"""The scenario library, loaded once, with a short piece of the trace so that both engines can play
all of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sim
from sim.scenario.model import Scenario

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
FILES = sorted(
    f.relative_to(SCENARIOS).as_posix()
    for folder in (".", "platforms")
    for f in (SCENARIOS / folder).glob("*.toml")
)
TEXTS = 1_200
"""Lines of the trace that are kept."""


class Library:
    """Scenarios by their path below `scenarios/`, read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, Scenario] = {}

    def __getitem__(self, name: str) -> Scenario:
        if name not in self._read:
            self._read[name] = sim.load(self.folder / name)
        return self._read[name]


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Give the library as it is, but for the length of the trace."""
    folder = tmp_path_factory.mktemp("library") / "scenarios"
    shutil.copytree(SCENARIOS, folder)
    trace = folder / "data" / "cns_sms.csv"
    lines = trace.read_text(encoding="utf-8").splitlines(keepends=True)
    trace.write_text("".join(lines[: TEXTS + 1]), encoding="utf-8")
    return Library(folder)
