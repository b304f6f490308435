"""Every habit with a figure in the reference documents was transcribed twice; the two agree."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from sim import people
from sim.clock import parse_duration
from sim.people.catalogue import entries
from sim.platforms.catalogue import CatalogueEntry
from sim.works import keys_in

FILE = Path(__file__).parent / "second_reading" / "people" / "habits.csv"
UNREAD = {
    "*": {
        "ios",
        "badge",
        "alert.felt_spread",
        "handling.delay",
        "handling.looks",
        "checks.length",
        "watch.worn",
    },
    "bulk_mail": {"push", "email", "previews_hidden", "mail_alert.chance", "mail_alert.delay"},
    "messenger_user": {"previews_hidden", "visits.gap", "mail_alert.delay"},
    "office_worker": {
        "previews_hidden",
        "email",
        "visits.gap",
        "in_hand.after",
        "desktop.share",
        "desktop.gap",
        "desktop.length",
        "desktop.notice",
        "desktop.reading",
    },
    "outreach_recipient": {"email", "visits.length", "mail_alert.delay"},
    "texting_student": {"push", "previews_hidden", "visits.gap", "mail_alert.delay"},
}
"""What the documents have no figure for, by people: it can only be assumed."""


@dataclass(frozen=True)
class Row:
    """A habit as it was read again."""

    people: str
    path: str
    value: str
    grade: str
    low: str
    high: str
    tags: frozenset[str]


def rows() -> list[Row]:
    out = []
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, strict=True):
            del row["from"]
            whom = people.names() if row["people"] == "all" else row["people"].split()
            tags = frozenset(row["tags"].split())
            out += [Row(**{**row, "people": one, "tags": tags}) for one in whom]
    return out


def known() -> dict[tuple[str, str], CatalogueEntry]:
    """Give the catalogue by people and path; values of several kinds as one entry each."""
    out = {}
    for name in people.names():
        for one in entries(name):
            by_kind = isinstance(one.value, dict) and set(one.value) == set(people.kinds(name))
            for kind, value in one.value.items() if by_kind else ():
                out[name, f"segments.{kind}.{one.path}"] = replace(one, value=value)
            if not by_kind:
                out[name, one.path] = one
    return out


def canonical(value: Any) -> tuple[Any, ...]:
    """Give the parts of a value: words, and numbers of a number or of microseconds."""
    if isinstance(value, dict):
        parts = [v if k == "dist" else f"{k} {v}" for k, v in value.items()]
        value = " ".join(map(str, parts))
    found = re.findall(r"[\d.]+ (?:ms|s|min|h|d)\b|[\d.]+|[a-z_]+", str(value))
    return tuple(_number(one) for one in found)


def _number(text: str) -> Any:
    if not text[0].isdigit():
        return text
    return float(parse_duration(text)) if " " in text else float(text)


def disagreements(
    read: list[Row], catalogue: dict[tuple[str, str], CatalogueEntry]
) -> Iterator[str]:
    for row in read:
        one = catalogue.get((row.people, row.path))
        if one is None:
            yield f"not in the catalogue: {row}"
            continue
        if canonical(one.value) != canonical(row.value):
            yield f"{row.people}: {row.path} is {one.value}, read again as {row.value}"
        if (one.grade or "assumed") != row.grade:
            yield f"{row.people}: {row.path} is of grade {one.grade}, read again as {row.grade}"
        if not row.tags <= set(keys_in(f"{one.source} {one.assumed} {one.note}")):
            yield f"{row.people}: {row.path} is not cited from {sorted(row.tags)}"
        for end, at in ((row.low, 0), (row.high, -1)):
            if end and canonical(one.sweep[at]) != canonical(end):
                yield f"{row.people}: {row.path} runs over {one.sweep}, read again as {end}"
    again = {(row.people, row.path) for row in read}
    for (name, path), one in catalogue.items():
        unread = path in UNREAD["*"] | UNREAD[name]
        if ((name, path) in again) == unread:
            yield f"{name}: {path} is {'read again after all' if unread else 'not read again'}"
        if unread and one.grade:
            yield f"{name}: {path} is cited, and not read again"


def test_the_two_readings_agree_both_ways() -> None:
    assert list(disagreements(rows(), known())) == []
    assert len(rows()) > 100


@pytest.mark.parametrize(
    ("at", "change"),
    [
        (("messenger_user", "alert.felt"), {"value": 0.7456}),
        (
            ("office_worker", "checks.gap"),
            {"value": {"dist": "weibull", "mean": "2 h", "shape": 0.6}},
        ),
        (("outreach_recipient", "handling.opened"), {"grade": "A"}),
        (("messenger_user", "mail_alert.chance"), {"sweep": (0.0, 0.7)}),
        (("texting_student", "in_hand.after"), {"source": "[P-mpath]"}),
        (("outreach_recipient", "segments.monthly visitor.share"), {"value": 0.65}),
        (("bulk_mail", "badge"), {"grade": "B"}),
    ],
)
def test_a_wrong_value_range_grade_or_work_is_noticed(
    at: tuple[str, str], change: dict[str, Any]
) -> None:
    catalogue = known()
    catalogue[at] = replace(catalogue[at], **change)
    assert list(disagreements(rows(), catalogue))


def test_a_value_that_only_one_reading_has_is_noticed() -> None:
    catalogue = known()
    del catalogue["messenger_user", "alert.felt"]
    assert list(disagreements(rows(), catalogue))
    catalogue = known()
    catalogue["messenger_user", "alert.new"] = catalogue["messenger_user", "alert.felt"]
    assert list(disagreements(rows(), catalogue))
