"""Every A- or B-graded value of the reference was transcribed twice; the two transcriptions
agree."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sim.works import works

from .reading import HERE, catalogue, disagreements, rows, tags


def test_the_two_readings_agree_both_ways() -> None:
    assert disagreements(rows(), catalogue()) == []


def test_the_second_reading_covers_platforms_and_names_works_that_are_known() -> None:
    read = rows()
    assert len(read) > 300
    assert {row.grade for row in read} == {"A", "B"}
    assert {tag for row in read for tag in row.tags} <= set(works())
    assert {row.platform for row in read} == set(catalogue())


@pytest.mark.parametrize(
    ("platform", "path", "wrong"),
    [
        ("linkedin", "deletion.window", "61 min"),
        ("zulip", "push.preview", 199),
        ("zulip", "push.retraction.priority", "high"),
        ("matrix", "email.throttle.factor", 143),
        ("signal", "deletion.placeholder", False),
        ("telegram", "push.retraction.on", ["ios", "android"]),
        ("tinode", "email.delay", "15 min"),
        ("common", "Doze, deep, longest idle period", 21601),
    ],
)
def test_a_wrong_value_in_the_catalogue_is_noticed(platform: str, path: str, wrong: object) -> None:
    known = catalogue()
    place = next(k for k, entry in enumerate(known[platform]) if entry.path == path)
    known[platform][place] = replace(known[platform][place], value=wrong)
    assert disagreements(rows(), known)


def test_a_wrong_grade_or_work_and_a_missing_or_added_value_are_noticed() -> None:
    for change in ("grade", "work", "missing", "added"):
        known = catalogue()
        entry = next(one for one in known["zulip"] if one.path == "email.tick")
        place = known["zulip"].index(entry)
        match change:
            case "grade":
                known["zulip"][place] = replace(entry, grade="B")
            case "work":
                known["zulip"][place] = replace(entry, source="[WA1]")
            case "missing":
                del known["zulip"][place]
            case "added":
                known["zulip"].append(replace(entry, path="email.lead"))
        assert disagreements(rows(), known), change


def test_every_work_of_the_catalogue_that_is_graded_a_or_b_was_read_again() -> None:
    read = {(row.platform, tag) for row in rows() for tag in row.tags}
    cited = {(name, tag) for name, said in catalogue().items() for one in said for tag in tags(one)}
    extra = {(name, tag) for name, tag in cited - read if not tag.startswith("P-")}
    assert not extra, sorted(extra)


def test_what_is_known_of_each_device_is_read_twice_and_the_rest_is_called_assumed() -> None:
    page = (HERE / "README.md").read_text(encoding="utf-8").partition("## Devices")[2]
    told = {
        (platform.strip(), path)
        for line in page.splitlines()
        if line.startswith("| ") and "`" in line
        for platform in line.split("|")[1].split(",")
        for path in re.findall(r"`([a-z_.]+)`", line)
    }
    about = {path for _, path in told} | {"desktop.delay", "desktop.latency", "desktop.preview"}
    read = {(row.platform, row.path) for row in rows() if row.path in about}
    assert read == told
    assumed = set(re.findall(r"`([a-z_]+\.[a-z_.]+)`", page.rpartition("|")[2]))
    assert len(assumed) == 9
    graded = {row.path for row in rows()}
    cited = {
        one.path for entries in catalogue().values() for one in entries if one.grade in ("A", "B")
    }
    assert not assumed & (graded | cited)
