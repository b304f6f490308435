"""No file is read but those in the scenario's folder, among shipped data or in folders allowed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError, TraceError
from sim.scenario.reading import LONGEST_CHAIN, MOST_BYTES, load
from sim.sweeping.planning.plan import plan

SCENARIO = """
schema = 1
segments = [{ name = "x" }]
traffic = { kind = "campaign", messages = 4 }
"""
SECRET = "password-of-root"
NAMES = {
    "a parent folder": "../outside/secret.csv",
    "an absolute path": "OUTSIDE/secret.csv",
    "a link to a file": "linked.csv",
    "a linked folder": "folder/secret.csv",
    "a detour": "data/../../outside/secret.csv",
}
PLACES = {
    "a trace": ("traffic", '{ kind = "trace", file = "NAME" }'),
    "observed values": ("push", '{ latency = { dist = "empirical", file = "NAME", unit = "s" } }'),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home, outside = tmp_path / "home", tmp_path / "outside"
    (home / "data").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.csv").write_text(f"{SECRET}\n{SECRET}\n")
    (outside / "base.toml").write_text(SCENARIO)
    (home / "linked.csv").symlink_to(outside / "secret.csv")
    (home / "folder").symlink_to(outside)
    return home


def written(home: Path, place: str, name: str) -> Path:
    """Write a scenario that names a file at a place."""
    key, value = PLACES[place]
    text = SCENARIO if key != "traffic" else SCENARIO.replace("traffic = ", "# ")
    value = value.replace("NAME", name.replace("OUTSIDE", str(home.parent / "outside")))
    (home / "it.toml").write_text(f"{key} = {value}\n{text}")
    return home / "it.toml"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_path_that_leads_out_of_the_folder_is_refused_unread(
    home: Path, place: str, name: str
) -> None:
    with pytest.raises(ScenarioError, match="is outside the scenario's folder") as refused:
        load(written(home, place, name))
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("place", PLACES)
def test_a_policy_and_a_patch_are_held_to_the_same_rule(home: Path, place: str) -> None:
    key, _ = PLACES[place]
    (home / "it.toml").write_text(SCENARIO)
    table = {"kind": "trace", "file": "linked.csv"}
    if key == "push":
        table = {"dist": "empirical", "file": "linked.csv", "unit": "s"}
    path = "traffic" if key == "traffic" else "push.latency"
    with pytest.raises(ScenarioError, match="is outside"):
        load(home / "it.toml").patched({path: table})


def test_what_a_folder_allows_is_read_and_stays_allowed_under_patches(home: Path) -> None:
    (home.parent / "outside" / "secret.csv").write_text("value\n1\n2\n")
    scenario = load(written(home, "observed values", "linked.csv"), allow_path=home.parent)
    again = scenario.patched({"push.latency": {"dist": "empirical", "file": "linked.csv"} | UNIT})
    assert again.push.latency == scenario.push.latency
    with pytest.raises(ScenarioError, match="is outside"):
        load(home / "it.toml")


UNIT = {"unit": "s"}


def test_extends_and_the_base_of_a_sweep_stay_in_their_folders(home: Path) -> None:
    (home / "it.toml").write_text('schema = 1\nextends = "folder/base.toml"\n')
    (home / "sweep.toml").write_text('schema = 1\nbase = "folder/base.toml"\n')
    with pytest.raises(ScenarioError, match="is outside"):
        load(home / "it.toml")
    with pytest.raises(ScenarioError, match="is outside"):
        plan(home / "sweep.toml")
    assert sim.load(home / "it.toml", allow_path=home.parent / "outside").traffic.messages == 4


@pytest.mark.parametrize("place", PLACES)
def test_a_pipe_in_the_folder_is_refused_and_nobody_waits_for_it(home: Path, place: str) -> None:
    os.mkfifo(home / "pipe")
    with pytest.raises((ScenarioError, TraceError), match="is not an ordinary file"):
        load(written(home, place, "pipe"))


@pytest.mark.parametrize("place", PLACES)
def test_a_file_of_another_kind_is_never_quoted(home: Path, place: str) -> None:
    (home / "other.csv").write_text(f"{SECRET}\n{SECRET},x\n")
    with pytest.raises((ScenarioError, TraceError)) as refused:
        sim.run(load(written(home, place, "other.csv")), replications=1)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("control", ["\\u001b[2J", "\\u202e", "\\u009b"])
def test_text_that_moves_the_cursor_is_refused_wherever_it_stands(home: Path, control: str) -> None:
    for line in (f'title = "{control}"', f'[policies."{control}"]', f'"{control}" = 1'):
        (home / "it.toml").write_text(f"{SCENARIO}{line}\n")
        with pytest.raises(ScenarioError, match="control character") as refused:
            load(home / "it.toml")
        assert str(refused.value).isprintable()


def test_files_that_extend_each_other_are_bounded_in_a_row_and_in_all(home: Path) -> None:
    for k in range(LONGEST_CHAIN + 5):
        (home / f"{k}.toml").write_text(f'schema = 1\nextends = "{k + 1}.toml"\n')
    with pytest.raises(ScenarioError, match="files in a row"):
        load(home / "0.toml")
    for k in range(15):  # 2^15 readings
        (home / f"{k}.toml").write_text(f'extends = ["{k + 1}.toml", "{k + 1}.toml"]\n')
    (home / "15.toml").write_text(SCENARIO)
    with pytest.raises(ScenarioError, match="in all"):
        load(home / "0.toml")


def test_a_file_is_read_up_to_a_bound_and_a_device_or_a_pipe_not_at_all(home: Path) -> None:
    (home / "it.toml").write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(ScenarioError, match="is larger than"):
        load(home / "it.toml")
    os.mkfifo(home / "pipe.toml")
    for endless in (home / "pipe.toml", Path("/dev/zero")):
        with pytest.raises(ScenarioError, match="is not an ordinary file"):
            load(endless)
