"""Published tables can be made again, byte for byte, by the command that stands beside them."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli.app import app

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "results" / "published"
SMALL = sorted(path.parent for path in PUBLISHED.glob("*_small/run.json"))
TABLES = ("shares.csv", "differences.csv", "price.csv", "summary.json")


def test_there_are_small_published_results() -> None:
    assert SMALL


@pytest.mark.parametrize("folder", SMALL, ids=lambda path: path.name)
@pytest.mark.parametrize("engine", ["simpy", "auto"])
def test_a_small_published_table_is_made_again_byte_for_byte(
    folder: Path, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    command = shlex.split(json.loads((folder / "run.json").read_text())["command"])[1:]
    command[command.index("--out") + 1] = str(tmp_path / "again")
    result = CliRunner().invoke(app, [*command, "--engine", engine])
    assert result.exit_code == 0, result.output
    for name in TABLES:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_every_published_folder_names_its_command_in_the_readme() -> None:
    page = (PUBLISHED.parent / "README.md").read_text()
    for folder in sorted(PUBLISHED.iterdir()):
        assert json.loads((folder / "run.json").read_text())["command"] in page
