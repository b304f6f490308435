"""The documentation site builds without a warning, leads to every page of the repository and every key of
a scenario, and needs nothing from outside; a broken link is noticed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import sim
from sim.scenario.model import Scenario
from sim.scenario.recipients import Segment

ROOT = Path(sim.__file__).parents[1]
SITE = ROOT / "docs" / "site"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a Python program from the root, quietly."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{SITE}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = run(str(SITE / "build.py"), str(folder))
    assert done.returncode == 0, done.stderr
    return folder


def text_of(page: Path) -> str:
    """Give the text of a page, without its tags."""
    return unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def test_every_page_of_the_repository_has_a_door(site: Path) -> None:
    doors = (site / "index.html").read_text(encoding="utf-8")
    pages = {*ROOT.glob("docs/*.md"), *ROOT.glob("docs/[cd]*/*.md"), *ROOT.glob("scenarios/*.md")}
    assert len(pages) > 25
    for page in pages:
        name = page.relative_to(ROOT).with_suffix(".html").as_posix()
        assert (site / name).is_file()
        assert f'href="{name}"' in doors, name


def test_every_key_says_meaning_default_and_what_it_takes(site: Path) -> None:
    page = text_of(site / "keys.html")
    for section in Scenario.model_fields:
        assert re.search(rf"\b{section.removesuffix('_')}\b", page), section
    for name, field in Segment.model_fields.items():
        assert f"segments[].{name}" in page
        assert (field.description or "").removesuffix(".") in page, name
    hold = page[page.index("send.hold¶") :][:200]
    assert "how long a message is held back" in hold
    assert "Takes duration, or a distribution; default always 0 s" in hold
    assert "grade" in page[page.index("push.latency¶") :][:600]


def test_every_public_name_is_documented(site: Path) -> None:
    page = (site / "api.html").read_text(encoding="utf-8")
    for name in sim.__all__:
        assert f'id="sim.{name}"' in page, name


def test_every_command_is_documented(site: Path) -> None:
    page = text_of(site / "commands.html")
    for command in ("run", "compare", "answer", "sweep", "explain", "platforms", "schema"):
        assert f"toolate {command} " in page, command


def test_the_notebook_stands_there_with_its_pictures(site: Path) -> None:
    page = (site / "notebooks" / "start_here.html").read_text(encoding="utf-8")
    assert page.count("<img") >= 2


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.findall(r'<(?:script|img|iframe)[^>]* src="(?:https?:)?//[^"]*', text), page
        assert not re.findall(r'<link[^>]* href="(?:https?:)?//[^"]*', text), page
    for sheet in site.rglob("*.css"):
        assert not re.findall(r"(?:url\(|@import )['\"]?https?:", sheet.read_text("utf-8")), sheet


WRONG = ("[one](docs/gone.md)", "[two](docs/model.md#gone)", "![three](gone.png)")


def test_a_broken_link_is_an_error(tmp_path: Path) -> None:
    """The same settings, on two pages."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "model.md").write_text("# Model\n\n## Time\n")
    doors = "\n```{toctree}\ndocs/model\n```\n"
    code = "import build, pathlib, sys; sys.exit(build.made_of(*map(pathlib.Path, sys.argv[1:])))"
    built = []
    for links in (["[time](docs/model.md#time)"], WRONG):
        (tmp_path / "index.md").write_text("\n\n".join(["# Home", *links, doors]))
        built.append(run("-c", code, str(tmp_path), str(tmp_path / "out")))
    assert [one.returncode for one in built] == [0, 1], built[0].stderr
    assert built[1].stderr.count("gone") >= len(WRONG)
