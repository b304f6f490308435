"""A scenario may extend several files or platforms: later ones win, and every value keeps who set
it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import Scenario, load
from sim.scenario.evidence import evidence

PEOPLE = """
schema = 1
traffic = { kind = "campaign", messages = 4 }
segments = [{ name = "x" }]
[push]
preview = 7
[deletion]
window = "5 min"
[sources]
"push.preview" = { because = "the people say" }
"traffic.messages" = { because = "four will do" }
"""


@pytest.fixture
def loaded(tmp_path: Path) -> Scenario:
    (tmp_path / "people.toml").write_text(PEOPLE)
    told = (
        'schema = 1\nextends = ["people.toml", "platform:slack"]\n[deletion]\nplaceholder = true\n'
    )
    (tmp_path / "both.toml").write_text(told)
    return load(tmp_path / "both.toml")


def test_what_the_first_has_alone_stays_and_what_both_have_is_the_later_ones(
    loaded: Scenario,
) -> None:
    assert loaded.traffic.messages == 4
    assert loaded.push.preview == 140
    assert loaded.deletion.placeholder


def test_every_value_keeps_the_file_that_set_it_and_its_source(loaded: Scenario) -> None:
    setters = {
        path: evidence(loaded, path).setter
        for path in ("traffic.messages", "push.preview", "deletion.window")
    }
    assert [Path(str(setter)).name for setter in setters.values()] == [
        "people.toml",
        "platform:common",
        "platform:slack",
    ]
    assert evidence(loaded, "traffic.messages").kind == "because"
    assert evidence(loaded, "push.preview").kind == "assumed", (
        "not the source of the value that was overridden"
    )
    assert evidence(loaded, "deletion.placeholder").kind == "unsourced"


def test_the_order_decides(loaded: Scenario, tmp_path: Path) -> None:
    (tmp_path / "turned.toml").write_text(
        'schema = 1\nextends = ["platform:slack", "people.toml"]\n'
    )
    turned = load(tmp_path / "turned.toml")
    assert (turned.push.preview, turned.deletion.window) == (7, 300_000_000)
    assert evidence(turned, "push.preview").kind == "because"
    assert turned.push.delay_active == loaded.push.delay_active, "what only the platform has"


def test_a_list_of_one_is_that_one(tmp_path: Path, loaded: Scenario) -> None:
    for name, told in (("one", '"people.toml"'), ("listed", '["people.toml"]')):
        (tmp_path / f"{name}.toml").write_text(f"schema = 1\nextends = {told}\n")
    one, listed = load(tmp_path / "one.toml"), load(tmp_path / "listed.toml")
    assert one.model_dump() == listed.model_dump()
