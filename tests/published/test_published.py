"""Published tables can be made again, byte for byte, by the command that stands beside them (but for
the version of the tool), and pages quote them as they are."""

from __future__ import annotations

import csv
import importlib.util
import json
import shlex
import sys
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from sim.cli.app import app

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "results" / "published"
SMALL = sorted(path.parent for path in PUBLISHED.glob("*_small/run.json"))
SAMPLE = [PUBLISHED / name for name in ("window_edge", "broken_template", "after_hours_400")]
"""Folders that are quickly made again: a window, follow-ups, costs."""


@pytest.fixture(scope="module")
def publish() -> ModuleType:
    """Give the script that publishes."""
    spec = importlib.util.spec_from_file_location("publish", ROOT / "results" / "publish.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["publish"] = module  # where its dataclass looks for its annotations
    spec.loader.exec_module(module)
    return module


def unversioned(file: Path) -> bytes:
    """Give what a file says but for the version of the tool, which every commit changes."""
    content = file.read_bytes()
    if file.suffix == ".json":
        version = json.loads(content)["tool"]["version"]
        content = content.replace(b'"version": "%s"' % version.encode(), b"", 1)
    return content


def remade(folder: Path, engine: str, out: Path) -> None:
    """Run a folder's command again, and compare every table the folder has and the command
    writes."""
    command = shlex.split(json.loads((folder / "run.json").read_text())["command"])[1:]
    command[command.index("--out") + 1] = str(out)
    command.append("--no-doubt")
    result = CliRunner().invoke(app, [*command, "--engine", engine])
    assert result.exit_code == 0, result.output
    names = {
        path.name
        for path in folder.iterdir()
        if path.suffix == ".csv" or path.name == "summary.json"
    } - {"checks.csv"}
    assert names >= {"shares.csv", "differences.csv", "price.csv"}
    for name in names:
        made, published = (unversioned(one / name) for one in (out, folder))
        assert made == published, name


def test_there_are_small_published_results() -> None:
    assert SMALL


@pytest.mark.parametrize("folder", SMALL, ids=lambda path: path.name)
@pytest.mark.parametrize("engine", ["simpy", "auto"])
def test_a_small_published_table_is_made_again_byte_for_byte(
    folder: Path, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    remade(folder, engine, tmp_path / "again")


@pytest.mark.parametrize("folder", SAMPLE, ids=lambda path: path.name)
def test_a_table_of_the_library_is_made_again_byte_for_byte(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    remade(folder, "compiled", tmp_path / "again")


def test_every_scenario_is_published_and_nothing_else_is(
    publish: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    wanted = {ROOT / job.folder: job.command for job in publish.jobs()}
    there = {
        path.parent: json.loads(path.read_text())["command"] for path in PUBLISHED.rglob("run.json")
    }
    assert there == wanted


@pytest.mark.parametrize(
    ("page", "table"), [("scenarios", "page_of_scenarios"), ("results", "page_of_results")]
)
def test_a_page_quotes_the_published_tables_as_they_are(
    page: str, table: str, publish: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    told = publish.PAGES[page].read_text(encoding="utf-8")
    assert publish.filled(publish.PAGES[page], getattr(publish, table)()) == told, (
        "run make published"
    )


def test_the_table_of_changes_has_every_answer_as_it_is_published(
    publish: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    told = publish.CHANGES.read_text(encoding="utf-8")
    assert publish.page_of_changes() == told, "run make published"
    assert len(publish.ROW.findall(told)) == told.count("\n| ") - told.count("\n| scenario |")


def test_every_scenario_that_has_an_answer_of_its_own_is_there(publish: ModuleType) -> None:
    assert {f"{name}.toml" for name in publish.ANSWERS} <= {
        path.name for path in (ROOT / "scenarios").glob("*.toml")
    }


def test_every_scenario_that_linkedins_mail_moves_has_its_answer_with_the_text_beside_it(
    publish: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of `linkedin_dm` are those of the scenario that ships with the text in the mail."""
    monkeypatch.chdir(ROOT)
    with publish.WITH_TEXT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    moved = [job for job in publish.jobs() if publish.moved_by_the_mail(job.file)]
    names = {job.folder.relative_to(publish.PUBLISHED).as_posix() for job in moved}
    assert {row["scenario"] for row in rows} == names - {"linkedin_dm_small"}
    shipped = publish.tables(publish.PUBLISHED / "linkedin_dm_mail_with_text")
    read = {row["policy"]: row["value"] for row in shipped if row["measure"] == "read"}
    assert {row["policy"]: row["read"] for row in rows if row["scenario"] == "linkedin_dm"} == read
