"""Every number of the library says where it is from, and the library is as large as the
catalogue."""

from __future__ import annotations

import json
import tomllib

import jsonschema
import pytest

from sim import platforms
from sim.cli.explaining import everything
from sim.scenario.evidence import evidence
from sim.scenario.model import Scenario
from sim.scenario.reading import parse

from .conftest import FILES, SCENARIOS, Library

RULES = ("deletion.window", "deletion.unread_only", "send.hold")
"""A platform's rules are known if one of these is cited."""
REGIMES = {
    "60 minutes": "window_60min",
    "any time": "anytime_silent",
    "only unread": "unread_only",
    "never": "none",
}


def on(platform: str) -> Scenario:
    """Give a scenario on a platform, with nothing of its own."""
    return parse(
        f'schema = 1\nextends = "platform:{platform}"\n[traffic]\nkind = "campaign"\nmessages = 1\n'
        '[[segments]]\nname = "all"\n'
    )


@pytest.mark.parametrize("name", FILES)
def test_every_number_has_a_source(name: str, library: Library) -> None:
    scenario = library[name]
    assert not [entry.path for entry in everything(scenario) if entry.evidence.kind == "unsourced"]


@pytest.mark.parametrize("name", FILES)
def test_a_scenario_asks_one_question_and_makes_claims(name: str, library: Library) -> None:
    scenario = library[name]
    assert scenario.title
    assert scenario.question.endswith("?") and "\n" not in scenario.question
    assert scenario.checks and all(one.because for one in scenario.checks)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_valid_by_the_schema_it_names(name: str) -> None:
    text = (SCENARIOS / name).read_text(encoding="utf-8")
    schema = (SCENARIOS / name).parent / text.partition("\n")[0].removeprefix("#:schema ")
    jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(
        tomllib.loads(text)
    )


def test_there_is_a_scenario_for_each_platform_whose_rules_are_known() -> None:
    known = {
        one
        for one in platforms.names()
        if one != "common" and any(evidence(on(one), path).kind == "cited" for path in RULES)
    }
    there = {file.stem for file in (SCENARIOS / "platforms").glob("*.toml")} - {"people"}
    assert there == known


@pytest.mark.parametrize(
    "name", [name for name in FILES if name.startswith("platforms/") and "people" not in name]
)
def test_a_platforms_file_has_the_rules_of_its_platform_and_the_people_of_all(
    name: str, library: Library
) -> None:
    scenario, people = library[name], library["platforms/people.toml"]
    assert scenario.extends == (
        "people.toml",
        f"platform:{name.removeprefix('platforms/').removesuffix('.toml')}",
    )
    rules = on(scenario.extends[1].removeprefix("platform:"))
    for section in ("deletion", "push", "email", "badge", "thread", "send", "credits"):
        assert getattr(scenario, section) == getattr(rules, section), section
    mine, theirs = (one.segments[0].model_dump(exclude={"email"}) for one in (scenario, people))
    assert mine == theirs
    assert (scenario.mistakes, scenario.senders, scenario.run) == (
        people.mistakes,
        people.senders,
        people.run,
    )


@pytest.mark.parametrize("policy", REGIMES)
def test_the_four_rules_are_those_of_the_catalogue(policy: str, library: Library) -> None:
    mine, theirs = library["linkedin_regimes.toml"].under(policy), on(f"linkedin/{REGIMES[policy]}")
    for section in ("deletion", "push", "email", "badge", "thread", "credits"):
        assert getattr(mine, section) == getattr(theirs, section), section


def test_the_people_of_linkedin_are_the_same_but_for_the_watch(library: Library) -> None:
    one, other = library["one_message.toml"], library["linkedin_dm.toml"]
    assert [s.model_dump(exclude={"watch"}) for s in one.segments] == [
        s.model_dump(exclude={"watch"}) for s in other.segments
    ]
    assert one.mistakes.noticed == other.mistakes.noticed
