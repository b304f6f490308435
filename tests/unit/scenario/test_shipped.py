"""What comes with the package is found by name from any folder; a file of that name comes first."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError
from sim.scenario.reading import given
from sim.scenario.shipped import answers, file_of, folder, located, names

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications


def test_every_file_of_the_library_has_a_name_and_every_scenario_an_answer() -> None:
    files = {
        file.relative_to(folder()).with_suffix("").as_posix()
        for file in folder().rglob("*.toml")
        if file.relative_to(folder()).parts[0] != "data"
    }
    assert set(names()) == files
    asked = {name for name in names() if not name.startswith("sweeps/")}
    assert asked == set(answers())


def test_a_name_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert sim.load("linkedin_dm").title == "LinkedIn direct message, one-hour window"
    assert sim.load("platforms/slack").raw == sim.load("slack").raw
    assert sim.load("texts").traffic.kind == "trace", "its data are found, too"


def test_a_file_of_that_name_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (folder() / "linkedin_dm.toml").read_text(encoding="utf-8")
    Path("linkedin_dm").write_text(text.replace("one-hour window", "mine"), encoding="utf-8")
    assert sim.load("linkedin_dm").title == "LinkedIn direct message, mine"


def test_a_base_is_found_beside_the_sweep_before_it_is_found_by_name(tmp_path: Path) -> None:
    assert located("linkedin_dm", beside=tmp_path) == file_of("linkedin_dm")
    (tmp_path / "linkedin_dm").write_text("", encoding="utf-8")
    assert located("linkedin_dm", beside=tmp_path) == tmp_path / "linkedin_dm"


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("linkedn_dm", "linkedin_dm"), ("slak", "slack"), ("platforms/slak", "platforms/slack")],
)
def test_a_name_that_is_not_known_gets_the_nearest(wrong: str, meant: str) -> None:
    with pytest.raises(ScenarioError, match=f'did you mean "{meant}"'):
        sim.load(wrong)


def test_a_file_that_is_not_there_gets_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("", encoding="utf-8")
    with pytest.raises(ScenarioError, match='"mine"'):
        sim.load(tmp_path / "mien.toml")


@pytest.mark.parametrize("wrong", [5, None, ["linkedin_dm"], {"schema": 1}])
def test_what_is_neither_scenario_nor_path_is_a_fault_of_the_house(wrong: object) -> None:
    with pytest.raises(ScenarioError, match="is not a scenario"):
        given(wrong)


def test_verbs_take_a_path_a_name_or_a_scenario_and_one_policy_as_a_text() -> None:
    file = folder() / "linkedin_dm.toml"
    shares = [
        sim.run(what, policies="undo 10 s", replications=2).shares
        for what in ("linkedin_dm", file, sim.load(file))
    ]
    assert all(one.equals(shares[0]) for one in shares)
    assert sim.compare("linkedin_dm", policies="undo 10 s", replications=2).names == (
        "today",
        "undo 10 s",
    )


def test_a_policy_is_added_to_a_scenario_and_checked() -> None:
    scenario = sim.load("linkedin_dm")
    more = scenario.with_policy("hold 1 min", {"send.hold": "1 min"})
    assert more.policy_names() == (*scenario.policy_names(), "hold 1 min")
    assert more.under("hold 1 min").send.usual_hold == 60_000_000
    assert scenario.policy_names() == sim.load("linkedin_dm").policy_names(), "a new scenario"
    with pytest.raises(ScenarioError, match=r"policies\.x\.send\.hodl: unknown key"):
        scenario.with_policy("x", {"send.hodl": "1 min"})
