"""Intervals cover the truth as often as they say, on made-up worlds; the formulas of before, as wrong
models, are seen to fail. `make coverage` measures the whole of it (docs/coverage.md)."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SETS = 1500
LEAST = 0.931
"""Below what 1,500 nominal 95 % intervals cover but for one time in 1,000."""
PARTS = (
    "Shares",
    "Shares by channel",
    "Differences",
    "Simultaneous intervals",
    "Costs",
    "Batch mistakes",
    "Known shares",
)
CHOICE = "the best of four, ahead by the indifference zone, is chosen"


@cache
def bed() -> ModuleType:
    """Give the benchmark, which is no part of a package that is installed."""
    place = Path(__file__).parents[2] / "benchmarks" / "coverage.py"
    spec = importlib.util.spec_from_file_location("coverage_bed", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["coverage_bed"] = module  # where dataclasses look for annotations
    spec.loader.exec_module(module)
    return module


@cache
def made(part: str, worlds: int) -> dict[str, Any]:
    sets = 200 if part == "Delays" else SETS
    return {case.what: case for case in bed().cases(part, worlds, sets)}


@pytest.mark.parametrize("worlds", [10, 30, 100])
@pytest.mark.parametrize("part", PARTS)
def test_intervals_cover_the_truth(part: str, worlds: int) -> None:
    for what, case in made(part, worlds).items():
        assert case.covered >= LEAST, f"{what}: {case.covered:.3f}"


def test_intervals_with_many_events_are_hardly_wider_than_they_must_be() -> None:
    wide = {
        **{what: case.width for what, case in made("Shares", 100).items() if "near 0" not in what},
        **{what: case.width for what, case in made("Differences", 100).items() if "%" in what},
    }
    assert len(wide) == 6
    assert all(0.9 < width < 1.1 for width in wide.values()), wide


@pytest.mark.parametrize(
    ("part", "worlds", "what"),
    [
        ("Differences", 10, "difference: 20 % saved, 1 % newly lost"),
        ("Differences", 30, "difference: 5 saved, 1 newly lost"),
        ("Simultaneous intervals", 30, "five at once: 1 to 9 changed messages"),
        ("Simultaneous intervals", 30, "five at once: 2 to 20 % changed"),
        ("Costs", 10, "cost: 10 % of worlds have any"),
        ("Costs", 30, "cost: 10 % of worlds have any"),
        ("Shares", 100, "share near 0: 6 events expected, correlation 0.2"),
        ("Known shares", 10, "known shares, correlation 0.02"),
        ("Delays", 30, "delay, mean of all (no longer reported)"),
    ],
)
def test_the_formulas_of_before_fail_the_check(part: str, worlds: int, what: str) -> None:
    """The wrong models: t intervals on residuals, and no hits or one hit taken for independent."""
    case = made(part, worlds)[what]
    assert case.covered_before < LEAST, f"{case.covered_before:.3f}"


def test_delays_with_a_heavy_tail_are_covered_in_their_parts() -> None:
    cases = made("Delays", 30)
    for what in ("mean of those moved by less than an hour", "median", "95th percentile"):
        assert cases[f"delay, {what}"].covered >= 0.9, what  # of 200; .90 is the .1 % point


def test_a_mean_that_rare_delays_decide_is_covered_and_a_score_interval_of_it_is_not() -> None:
    """The wrong model: the interval of means that are not negative, which knows of no skewness."""
    (case,) = made("Rare delays", 200).values()
    assert case.covered >= LEAST, f"{case.covered:.3f}"
    assert case.covered_before < 0.92, f"{case.covered_before:.3f}"


def test_the_best_is_kept_among_those_that_could_be() -> None:
    worlds, rng = 30, bed().np.random.default_rng(20261121)
    (case,) = bed().best_of(rng, worlds, 300)
    assert case.covered >= 0.9


def test_the_best_is_chosen_batch_by_batch_and_whoever_stops_at_the_first_lead_errs() -> None:
    """The wrong model: 1.96 standard errors of a lead, looked at after every batch."""
    case = {one.what: one for one in bed().cases("Sequential choice", 10, 400)}[CHOICE]
    assert case.covered >= 0.95 - 3 * (0.95 * 0.05 / 400) ** 0.5, f"{case.covered:.3f}"
    assert case.covered_before < 0.9, f"{case.covered_before:.3f}"


FEW = 300
FEW_LEAST = 0.95 - 4 * (0.95 * 0.05 / FEW) ** 0.5
"""Below what 300 intervals of 95 % cover but for one time in 10,000 and more."""


@cache
def answered(part: str, worlds: int) -> dict[str, Any]:
    return {case.what: case for case in bed().cases(part, worlds, FEW)}


@pytest.mark.parametrize("part", ["Answers", "The best within a budget"])
def test_intervals_of_answers_cover_the_truth(part: str) -> None:
    for what, case in answered(part, 30).items():
        assert case.covered >= FEW_LEAST, f"{what}: {case.covered:.3f}"


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ("Answers", "exposure within 600 s"),
        ("The best within a budget", "share of the best within a budget"),
    ],
)
def test_wrong_intervals_of_answers_fail_the_check(part: str, what: str) -> None:
    """Messages taken for independent; the best estimated on the worlds that it was found on."""
    case = answered(part, 30)[what]
    assert case.covered_before < FEW_LEAST, f"{case.covered_before:.3f}"
