"""Whatever stands in a scenario file, reading it gives a scenario or its faults, and never another
exception."""

from __future__ import annotations

import copy
import datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.errors import ScenarioError
from sim.scenario.model import build
from sim.scenario.reading import parse

from .conftest import BAD, SCENARIOS

VALID = [sim.load(SCENARIOS / "linkedin_dm.toml").raw, sim.load(BAD / "base.toml").raw]
BASE = sim.load(BAD / "base.toml")
TEXT = (BAD / "base.toml").read_text(encoding="utf-8")

MANY = 150

WORDS = [
    "",
    "5 s",
    "5",
    "-5 s",
    "never",
    "none",
    "6 / d",
    "office",
    "Mon-Fri",
    "08:00",
    "a.b",
    "*",
    "desk",
    "nan",
    "é",
    "\0",
    "constant",
    "lognormal",
    "empirical",
    "mixture",
    "scipy",
    "stream",
    "campaign",
    "trace",
    "9" * 500 + " s",
]
KEYS = [
    "dist",
    "kind",
    "value",
    "mean",
    "median",
    "p90",
    "sigma",
    "shape",
    "p",
    "values",
    "file",
    "unit",
    "parts",
    "weight",
    "distribution",
    "family",
    "parameters",
    "name",
    "everyone",
    "segments",
    "policies",
    "sources",
    "",
    "a.b",
    "*",
    "hodl",
]
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 2**63, 0, 1, -1]),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(WORDS),
    st.text(max_size=8),
    st.just(datetime.date(2026, 1, 5)),
    st.just(datetime.time(9, 30)),
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=6,
)


def tables_of(value: Any) -> list[Any]:
    """List every table and list in a value, itself included."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [value] if isinstance(value, dict | list) else []
    return found + [one for inner in inside for one in tables_of(inner)]


@st.composite
def mutants(draw: st.DrawFn) -> dict[str, Any]:
    """Make a scenario with one to four things deleted, replaced or put in where they do not
    belong."""
    raw = copy.deepcopy(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(1, 4))):
        table = draw(st.sampled_from(tables_of(raw)))
        keys = list(table) if isinstance(table, dict) else list(range(len(table)))
        action = draw(st.sampled_from(["delete", "replace", "replace", "insert"]))
        if action == "insert" or not keys:
            key = draw(st.sampled_from(KEYS))
            value = draw(VALUES)
            table.append(value) if isinstance(table, list) else table.__setitem__(key, value)
        elif action == "delete":
            del table[draw(st.sampled_from(keys))]
        else:
            table[draw(st.sampled_from(keys))] = draw(VALUES)
    return raw


def check_told_well(error: ScenarioError) -> None:
    lines = str(error).splitlines()
    assert len(lines) == len(error.faults) == len(set(error.faults)) > 0
    for fault in error.faults:
        assert fault.problem and fault.remedy
        assert "pydantic" not in str(fault) and "Input should" not in str(fault), fault


@settings(max_examples=MANY, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(raw=mutants())
def test_a_scenario_with_anything_anywhere_is_read_or_refused_with_its_faults(
    raw: dict[str, Any],
) -> None:
    try:
        build(raw, file="mutant.toml", folder=Path("/nowhere"))
    except ScenarioError as error:
        check_told_well(error)


@settings(max_examples=100, deadline=None)
@given(
    patch=st.dictionaries(
        st.sampled_from([*KEYS, "send.hold", "segments.*.push", "segments.desk", "push"]),
        VALUES,
        max_size=3,
    )
)
def test_a_patch_with_anything_in_it_is_merged_or_refused_with_its_faults(
    patch: dict[str, Any],
) -> None:
    try:
        BASE.patched(patch)
    except ScenarioError as error:
        check_told_well(error)


@settings(max_examples=150, deadline=None)
@given(
    start=st.integers(0, len(TEXT)),
    cut=st.integers(0, 40),
    put=st.text(max_size=12) | st.sampled_from(WORDS),
)
def test_a_text_with_a_stretch_replaced_is_read_or_refused_with_its_faults(
    start: int, cut: int, put: str
) -> None:
    try:
        parse(TEXT[:start] + put + TEXT[start + cut :], folder=BAD)
    except ScenarioError as error:
        check_told_well(error)
