"""The numbers that `platforms` and `explain` show: counts that all differ stand under their names."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from sim.cli import explaining
from sim.cli import platforms as command
from sim.cli.explaining import COUNTED, Entry
from sim.platforms.catalogue import GRADES
from sim.scenario.evidence import Evidence

from .making import Kept, cells

NAMES = ["first", "second"]
NUMBERS = {
    name: dict(zip((*GRADES, "unknown"), range(10 * k, 10 * k + 6), strict=True))
    for k, name in enumerate(NAMES)
}
"""Of 0 the first name has a grade: nothing is written there."""


def test_the_list_of_platforms_has_each_grades_count_under_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    console = Kept()
    console.width = 80
    known = SimpleNamespace(names=lambda: NAMES, variants=lambda name: [f"{name}/a", f"{name}/b"])
    monkeypatch.setattr(command, "platforms", known)
    monkeypatch.setattr(command, "titles", lambda: {name: f"[{name}]" for name in NAMES})
    monkeypatch.setattr(command, "counts", NUMBERS.__getitem__)
    monkeypatch.setattr(command, "console_for", lambda *_: console)
    command._print_list()
    found = cells(console.tables[0])
    assert str(console.tables[0].columns[0].header) == "platform"
    assert found == {
        name: {
            "what": f"\\[{name}]",
            "variants": f"{name}/a, {name}/b",
            **{grade: str(number or "") for grade, number in NUMBERS[name].items()},
        }
        for name in NAMES
    }


def test_a_platform_says_how_many_values_it_has_of_each_grade(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = dict(zip((*GRADES, "unknown"), (11, 0, 13, 14, 15, 16), strict=True))
    monkeypatch.setattr(command, "counts", lambda _: number)
    lines = list(command._platform("linkedin"))
    said = {grade: n for grade, n in number.items() if n and grade != "unknown"}
    assert (
        ", ".join(f"{n} of grade {grade}" for grade, n in said.items())
        + "; 16 unknown, each assumed with a range to sweep."
    ) in lines


def test_the_end_of_an_explanation_counts_parameters_by_where_they_are_from() -> None:
    """A number of its own for each kind; a kind that has none is left out, unless it matters."""

    def closing(number: dict[str, int]) -> str:
        entries = [
            Entry(f"{kind}.{k}", "", "", evidence(kind))
            for kind, n in number.items()
            for k in range(n)
        ]
        lines = list(explaining._closing(entries, 10_000))
        return next(line for line in lines if " parameters: " in line)

    def evidence(kind: Any) -> Evidence:
        return Evidence(kind, "words")

    number = {kind: k for k, kind in enumerate(COUNTED, start=2)}
    said = ", ".join(f"{number[kind]} {words}" for kind, words in COUNTED.items())
    assert closing(number) == f"{sum(number.values())} parameters: {said}."
    assert closing({"setting": 3}) == (
        "3 parameters: 0 cited, 0 assumed, 0 unsourced, 3 settings of the run."
    )


def test_every_policys_change_is_said_from_the_old_value_to_the_new() -> None:
    from sim.scenario import parse

    from ..making import SMALL

    text = (
        '[send]\nhold = "7 s"\n[policies.a]\nsend.hold = "9 s"\n[policies.b]\nsend.hold = "7 s"\n'
    )
    lines = list(explaining._policies(parse(SMALL + text), 10_000))
    said = [line.strip() for line in lines if "send.hold" in line]
    assert said == [
        "send.hold: always 9 s instead of always 7 s",
        "send.hold: always 7 s, as before",
    ]
    heads = [line.strip() for line in lines if re.fullmatch(r"  \w+.*:", line)]
    assert heads == ["a (the baseline):", "b:"]
