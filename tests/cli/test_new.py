"""`toolate new`: a short file that plays as it stands, on a scenario or on a platform with people."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.cli.starting import POLICIES, QUESTIONS, written
from sim.clock import SECOND

from .conftest import Toolate

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--from", "texts"),
        ("--platform", "slack", "--people", "office_worker"),
        ("--people", "texting_student"),
        *(("--platform", "signal", "--question", one) for one in QUESTIONS),
    ],
)
def test_a_new_file_is_explained_and_plays_in_an_empty_folder(
    options: tuple[str, ...], toolate: Toolate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = toolate("new", "my.toml", *options)
    assert said.status == 0, said.err
    assert "toolate run my.toml" in said.out
    assert toolate("explain", "my.toml").status == 0
    few = sim.load("my.toml").patched({"run.replications": 2})
    question = options[options.index("--question") + 1] if "--question" in options else "all"
    assert set(QUESTIONS[question]) < set(few.policy_names()) | {"today"}
    assert len((tmp_path / "my.toml").read_text(encoding="utf-8").splitlines()) < 50
    if "texts" not in options:
        assert sim.run(few).replications == 2


def test_every_policy_that_a_file_may_get_is_one_that_plays() -> None:
    scenario = sim.load("linkedin_dm")
    for name, patch in POLICIES.items():
        text = f'schema = 1\nextends = "scenario:linkedin_dm"\n[policies."{name}"]\n{patch}\n'
        assert sim.parse(text).under(name).raw != scenario.raw


def test_no_policy_shortens_the_hold_that_a_platform_has_itself() -> None:
    def holds(platform: str) -> set[str]:
        names = sim.parse(written(None, platform, None, "hold")).policy_names()
        return {name for name in names if name.startswith("undo")}

    assert holds("slack") == {"undo 10 s", "undo 30 s", "undo 5 min"}
    assert sim.parse(written(None, "gmail", None, "hold")).send.usual_hold == 10 * SECOND
    assert holds("gmail") == {"undo 30 s", "undo 5 min"}


def test_a_file_that_is_there_is_left_alone(toolate: Toolate, tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text("mine", encoding="utf-8")
    said = toolate("new", tmp_path / "my.toml")
    assert said.status == 2 and "is there already" in said.err
    assert (tmp_path / "my.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--from", "linkedn_dm"), 'did you mean "linkedin_dm"'),
        (("--platform", "slak"), 'did you mean "slack"'),
        (("--people", "messenger"), 'did you mean "messenger_user"'),
        (("--question", "holds"), 'did you mean "hold"'),
        (("--from", "texts", "--platform", "slack"), "platform and people already"),
    ],
)
def test_a_name_that_is_not_known_is_a_fault_with_the_nearest(
    options: tuple[str, ...], words: str, toolate: Toolate, tmp_path: Path
) -> None:
    said = toolate("new", tmp_path / "my.toml", *options)
    assert said.status == 2 and words in said.err
    assert not (tmp_path / "my.toml").exists()
