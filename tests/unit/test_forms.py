"""Durations, rates, shares and times of day are read as people write them, wherever they are written."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sim import arguments
from sim.cli.answering import share_of
from sim.clock import (
    DAY,
    DURATION_PATTERN,
    HOUR,
    MINUTE,
    RATE_PATTERN,
    SECOND,
    SIZES,
    WEEK,
    parse_duration,
)
from sim.distributions.values import SHARE_PATTERN
from sim.errors import FaultyInputError
from sim.precision import Precision
from sim.scenario import parse
from sim.scenario.quantities import wall_time
from sim.scenario.schema import scenario_schema
from sim.sweeping.design.axes import shown
from sim.sweeping.design.unknowns import _between

from .making import SMALL

DURATIONS = {
    "10 minutes": 10 * MINUTE,
    "10minutes": 10 * MINUTE,
    "1 minute": MINUTE,
    "1 hour": HOUR,
    "2.5 h": 2.5 * HOUR,
    "3 hrs": 3 * HOUR,
    "90 seconds": 90 * SECOND,
    "90 sec": 90 * SECOND,
    "2 days": 2 * DAY,
    "1 week": WEEK,
    "2 weeks": 2 * WEEK,
    "1,000 s": 1000 * SECOND,
    "1,234,567.5 ms": 1_234_567_500,
}
RATES = {
    "400 / week": 400 / WEEK,
    "400/week": 400 / WEEK,
    "400 per week": 400 / WEEK,
    "6 a day": 6 / DAY,
    "1,200 / hour": 1200 / HOUR,
    "0.5 an hour": 0.5 / HOUR,
}
SHARES = {"60%": 0.6, "60 %": 0.6, " 2.5 %": 0.025, "0.1 %": 0.001, "100%": 1.0}
NOT_DURATIONS = (
    "5 m",
    "1,00 s",
    "1,5 h",
    "10 minutess",
    "ten minutes",
    "5 months",
    "-1 h",
    "5 / h",
)
NOT_RATES = ("400", "400 / fortnight", "6 times daily", "6 d", "-1 / d")
NOT_SHARES = ("160%", "60 percent", "%", "-5 %")


def small(**values: Any) -> Any:
    return parse(SMALL.replace("2 d", "90 d")).patched(
        {key.replace("__", "."): value for key, value in values.items()}
    )


@pytest.mark.parametrize("text", DURATIONS)
def test_a_duration_is_read_in_scenarios_sweeps_and_options(text: str) -> None:
    micros = DURATIONS[text]
    assert parse_duration(text) == micros
    assert small(send__hold=text).send.usual_hold == micros
    assert shown("hold", text)["hold_s"] == micros / SECOND
    assert arguments.seconds(text) == micros / SECOND


@pytest.mark.parametrize("text", RATES)
def test_a_rate_is_read_in_scenarios_and_sweeps(text: str) -> None:
    assert small(traffic__rate=text).traffic.rate == pytest.approx(RATES[text])
    assert shown("rate", text)["rate_per_d"] == pytest.approx(RATES[text] * DAY)


@pytest.mark.parametrize("text", SHARES)
def test_a_percentage_is_read_in_scenarios_sweeps_and_options(text: str) -> None:
    assert small(mistakes__chance=text).mistakes.chance == SHARES[text]
    assert shown("chance", text) == {"chance": SHARES[text]}
    assert arguments.share(text) == SHARES[text]
    if SHARES[text] < 1:
        assert share_of(text) == pytest.approx(SHARES[text])


@pytest.mark.parametrize("text", NOT_DURATIONS)
def test_what_is_no_duration_gets_the_units(text: str) -> None:
    with pytest.raises(FaultyInputError, match=re.escape(", ".join(SIZES))):
        small(send__hold=text)
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", NOT_RATES)
def test_what_is_no_rate_gets_the_units(text: str) -> None:
    with pytest.raises(FaultyInputError, match=re.escape(", ".join(SIZES))):
        small(traffic__rate=text)


@pytest.mark.parametrize("text", NOT_SHARES)
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(FaultyInputError, match=r"mistakes\.chance"):
        small(mistakes__chance=text)


@pytest.mark.parametrize(("text", "hour"), [("9:00", 9), ("09:00", 9), ("0:00", 0), ("23:00", 23)])
def test_a_time_of_day_needs_no_leading_zero(text: str, hour: int) -> None:
    assert wall_time(text) == hour * HOUR


@pytest.mark.parametrize("text", ["9", "9:5", "25:00", "9:60", "9 am"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time of day"):
        wall_time(text)


@pytest.mark.parametrize(
    ("text", "size", "relative"),
    [("0.5 pp", 0.005, False), ("2 points", 0.02, False), ("10%", 0.1, True), ("10 %", 0.1, True)],
)
def test_a_precision_is_read_in_points_or_per_cent(text: str, size: float, relative: bool) -> None:
    assert Precision.read(text) == Precision(size, relative)


def test_ranges_of_unknowns_are_read_in_the_same_forms() -> None:
    assert _between(("1 hour", "3 hours"), "")[0](1.0) == "3 h"
    assert _between(("7 / week", "14 / week"), "")[0](0.0) == "7 / week"
    assert _between(("10 %", "30%"), "")[0](0.5) == 0.2


def patterns(schema: Any) -> set[str]:
    """Collect the patterns of texts in a JSON Schema."""
    if isinstance(schema, list):
        return set().union(*map(patterns, schema))
    if not isinstance(schema, dict):
        return set()
    own = {schema["pattern"]} if isinstance(schema.get("pattern"), str) else set()
    return own.union(*map(patterns, schema.values()))


@pytest.mark.parametrize(
    ("pattern", "read", "refused"),
    [
        (DURATION_PATTERN, DURATIONS, NOT_DURATIONS),
        (RATE_PATTERN, RATES, NOT_RATES),
        (SHARE_PATTERN, SHARES, [one for one in NOT_SHARES if one != "160%"]),  # a share too large
    ],
    ids=["durations", "rates", "shares"],
)
def test_the_schema_for_editors_accepts_what_is_read(pattern: str, read: Any, refused: Any) -> None:
    assert pattern in patterns(scenario_schema())
    assert all(re.search(pattern, text) for text in read)
    assert not any(re.search(pattern, text) for text in refused)
