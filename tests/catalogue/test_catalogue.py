"""Every platform can be extended, and says of every value where it is from, or that nobody knows
and what to sweep."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import sim
from sim import people, platforms
from sim.errors import ScenarioError
from sim.platforms.catalogue import GRADES, counts, entries
from sim.scenario.catalogued import catalogued
from sim.scenario.evidence import evidence
from sim.scenario.patching import leaves
from sim.scenario.reading import parse
from sim.works import KEY, PROGRAM, works

EVERY = [
    one
    for name in platforms.names()
    for one in (name, *(f"{name}/{v}" for v in platforms.variants(name)))
]
DATA = Path(platforms.__file__).parent / "data"
PEOPLE = Path(people.__file__).parent / "data"
SCENARIOS = Path(platforms.__file__).parents[2] / "scenarios"
REGIMES = ("window_60min", "anytime_silent", "unread_only", "none")

MINIMAL = """
schema = 1
people = "none"
extends = "platform:{}"
[traffic]
kind = "stream"
senders = 1
recipients = 2
rate = "4 / d"
[[segments]]
name = "anybody"
"""


@cache
def loaded(name: str) -> sim.Scenario:
    return parse(MINIMAL.format(name))


@pytest.mark.parametrize("name", EVERY)
def test_a_platform_or_variant_is_the_base_of_a_scenario_and_no_value_of_it_is_without_a_source(
    name: str,
) -> None:
    scenario = loaded(name)
    paths: list[str] = []
    leaves(
        {k: v for k, v in catalogued(name, at="", path="")[0].items() if k != "sources"},
        paths.append,
    )
    assert paths
    for path in paths:
        told = evidence(scenario, path)
        assert told.kind in ("cited", "assumed"), f"{path}: {told.words()}"
        assert told.setter is not None and told.setter.startswith("platform:"), path


@pytest.mark.parametrize("name", EVERY)
def test_what_is_cited_has_a_legal_grade_and_known_works_and_what_is_unknown_has_a_sweep(
    name: str,
) -> None:
    for one in entries(name):
        assert bool(one.source) != bool(one.assumed), one.path
        if one.assumed:
            assert len(one.sweep) >= 2, one.path
            assert not one.is_fact, f"{one.path}: what is not known is no fact"
        else:
            assert one.grade in GRADES, one.path
            assert KEY.search(one.source), f"{one.path} is cited from no work"
        unknown = set(KEY.findall(f"{one.source} {one.assumed} {one.note}")) - set(works())
        assert not unknown, f"{one.path} cites {unknown}"


@pytest.mark.parametrize("name", EVERY)
def test_every_value_of_a_sweep_is_one_the_parameter_can_have(name: str) -> None:
    scenario = loaded(name)
    for one in entries(name):
        for value in one.sweep if one.set_by == f"platform:{name}" else ():
            if not (
                one.path == "push.slow" and isinstance(value, float)
            ):  # the share is swept, the latency is kept
                scenario.patched({one.path: value})


@pytest.mark.parametrize("name", platforms.names())
def test_a_value_is_never_overridden_without_a_source_of_its_own(name: str) -> None:
    tables = platforms.tables(name)
    for patch in (tables, *tables.get("variants", {}).values()):
        paths: list[str] = []
        aside = ("title", "extends", "sources", "facts", "variants")
        leaves({k: v for k, v in patch.items() if k not in aside}, paths.append)
        told = list(patch.get("sources", {}))
        bare = [path for path in paths if not any(f"{path}.".startswith(f"{one}.") for one in told)]
        assert not bare


def test_articles_alone_are_never_graded_above_c() -> None:
    for name in EVERY:
        for one in entries(name):
            keys = KEY.findall(one.source)
            if keys and all(key.startswith("Art-") for key in keys):
                assert one.grade == "C", f"{name}: {one.path}"


def test_every_work_is_cited_somewhere_and_says_where_it_is() -> None:
    data = (*DATA.glob("*.toml"), *PEOPLE.glob("*.toml"), *SCENARIOS.rglob("*.toml"))
    text = "".join(file.read_text(encoding="utf-8") for file in data)
    assert set(works()) == {PROGRAM} | set(KEY.findall(text)) & set(works())
    for key, work in works().items():
        assert work.title and work.author, key
        is_found = work.address or work.doi or work.venue or work.year or key == PROGRAM
        assert is_found or key.startswith("Art-"), f"{key} says nothing about where it is"
        assert not work.commit or (work.repository and work.path), key


@pytest.mark.parametrize("platform", ["linkedin", "linkedin-inmail", "linkedin-recruiter"])
def test_linkedin_has_four_regimes_and_the_hour_is_the_default(platform: str) -> None:
    assert tuple(platforms.variants(platform)) == (*REGIMES, "mail_with_text")
    hour = sim.clock.HOUR
    told = {one: loaded(f"{platform}/{one}").deletion for one in REGIMES}
    assert told["window_60min"] == loaded(platform).deletion
    assert (told["window_60min"].window, told["window_60min"].unread_only) == (hour, False)
    assert (told["anytime_silent"].window, told["anytime_silent"].unread_only) == (
        sim.clock.NEVER,
        False,
    )
    assert (told["unread_only"].window, told["unread_only"].unread_only) == (sim.clock.NEVER, True)
    assert told["none"].window < 0
    for one in REGIMES:
        scenario = loaded(f"{platform}/{one}")
        assert (
            scenario.push.retraction.chance == 0 and "message_ad" in scenario.deletion.undeletable
        )
        assert scenario.credits.refund_on_recall == (one == "unread_only")


@pytest.mark.parametrize(
    ("name", "carries"),
    [
        ("linkedin", "nothing"),
        ("linkedin/mail_with_text", "full"),
        ("linkedin/none", "nothing"),
        ("linkedin-inmail", "full"),
        ("linkedin-recruiter", "full"),
    ],
)
def test_linkedins_mail_shows_the_text_of_an_inmail_and_not_of_a_direct_message(
    name: str, carries: str
) -> None:
    assert loaded(name).email.carries == carries
    assert [one.grade for one in entries(name) if one.path == "email.carries"] == ["C"]


def test_a_regime_of_the_file_below_holds_in_the_file_that_extends_it_and_has_its_source() -> None:
    scenario = loaded("linkedin-inmail/none")
    assert evidence(scenario, "deletion.window").setter == "platform:linkedin/none"
    assert "[Art-E]" in evidence(scenario, "deletion.window").words()
    assert "[Art-C]" in evidence(scenario, "credits.refund_within").words()


def test_a_source_of_a_variant_replaces_that_of_the_platform_whole() -> None:
    told = evidence(loaded("telegram/secret_chat"), "deletion.unread_only")
    assert (told.kind, told.setter) == ("assumed", "platform:telegram/secret_chat")
    assert told.source is not None and told.source.note is None and told.source.grade is None


def test_citations_are_spelled_out_in_a_scenario() -> None:
    words = evidence(loaded("zulip"), "email.window").words()
    assert "zulip/zulip @0f86e83c9c: zerver/worker/missedmessage_emails.py" in words


def test_a_scenario_overrides_a_platform_and_its_source_with_it() -> None:
    scenario = parse(MINIMAL.format("zulip") + "[push]\npreview = 50\n")
    assert (scenario.push.preview, evidence(scenario, "push.preview").kind) == (50, "unsourced")


def test_facts_and_titles_of_the_catalogue_do_not_reach_the_scenario() -> None:
    scenario = loaded("zulip/redacted")
    assert scenario.title == ""
    assert not {"facts", "variants"} & set(scenario.raw)


@pytest.mark.parametrize(
    "name", ["nowhere", "linkedin/nowhere", "nowhere/none", "", "/", "linkedin/"]
)
def test_a_name_that_is_not_in_the_catalogue_is_a_fault(name: str) -> None:
    with pytest.raises(ScenarioError, match=r"there is no (platform|variant)"):
        loaded(name)


def test_common_is_not_counted_as_knowledge_about_a_platform() -> None:
    snapchat = counts("snapchat")
    assert (snapchat["A"], snapchat["B"]) == (0, 1)
    assert snapchat["unknown"] == sum(1 for one in entries("snapchat") if one.assumed)


def test_the_platforms_of_the_reference_are_there() -> None:
    asked = [
        "linkedin",
        "linkedin-inmail",
        "linkedin-message-ads",
        "linkedin-connection-note",
        "linkedin-recruiter",
        "slack",
        "teams",
        "gmail",
        "outlook-defer",
        "outlook-recall",
        "whatsapp",
        "messenger",
        "instagram",
        "imessage",
        "telegram",
        "signal",
        "discord",
        "zulip",
        "mattermost",
        "matrix",
        "rocketchat",
        "tinode",
        "x",
        "wechat",
        "line",
        "line-works",
        "snapchat",
        "nextcloud-talk",
        "delta-chat",
    ]
    assert set(asked) == set(platforms.names()) - {"common"}


def test_files_hold_nothing_that_is_read_by_nobody() -> None:
    allowed = {*sim.Scenario.model_fields, "facts", "variants"} - {
        "policies",
        "segments",
        "traffic",
        "run",
    }
    facts = {"value", "unit", "source", "grade", "note"}
    for file in DATA.glob("*.toml"):
        tables: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        for patch in (tables, *tables.get("variants", {}).values()):
            assert set(patch) <= allowed, file.name
            for what, told in patch.get("facts", {}).items():
                assert set(told) <= facts and {"value", "source", "grade"} <= set(told), (
                    f"{file.name}: {what}"
                )
                assert ("unit" in told) == (not isinstance(told["value"], str)), (
                    f"{file.name}: {what}"
                )
