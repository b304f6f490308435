"""What a file may say of a distribution: each way of naming one implies what it states; nonsense is refused
with a remedy."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from pydantic import ValidationError

from sim.distributions.registry import NAMES

from ..making import DURATION, NUMBER, distribution

STATED = {"median": 0.5, "p90": 0.9}

GIVEN = [
    {"dist": "exponential", "mean": "90 s"},
    {"dist": "exponential", "median": "90 s"},
    {"dist": "lognormal", "median": "90 s", "sigma": 1.2},
    {"dist": "lognormal", "median": "90 s", "p90": "40 min"},
    {"dist": "lognormal", "median": "23 s", "mean": "64 s"},
    {"dist": "lognormal", "mean": "64 s", "sigma": 0.8},
    {"dist": "weibull", "mean": "14.5 min", "shape": 0.6},
    {"dist": "weibull", "median": "14.5 min", "shape": 2.5},
    {"dist": "weibull", "median": "1 min", "p90": "9 min"},
    {"dist": "gamma", "mean": "64 s", "shape": 2.0},
    {"dist": "gamma", "mean": "64 s", "sd": "128 s"},
    {"dist": "loglogistic", "median": "10 s", "shape": 2.0},
    {"dist": "loglogistic", "median": "10 s", "p90": "1 min"},
]


def seconds(text: str) -> float:
    number, unit = text.split()
    return float(number) * {"s": 1, "min": 60}[unit]


@pytest.mark.parametrize("table", GIVEN, ids=lambda t: " ".join(t))
def test_a_distribution_has_the_median_p90_and_mean_that_its_file_states(
    table: dict[str, Any],
) -> None:
    mine = distribution(table)
    for name, share in STATED.items():
        if name in table:
            assert mine.quantile(share)[0] / 1e6 == pytest.approx(seconds(table[name]), rel=4e-5)
    if "mean" in table:
        assert mine.mean() / 1e6 == pytest.approx(seconds(table["mean"]), rel=1e-12)


def test_shape_sigma_and_sd_mean_what_their_names_say() -> None:
    lognormal = distribution({"dist": "lognormal", "median": "10 s", "sigma": 1.2})
    assert math.log(lognormal.quantile(0.8413447460685429)[0] / 1e7) == pytest.approx(1.2, rel=1e-9)
    weibull = distribution(
        {"dist": "weibull", "median": "10 s", "shape": 0.6}
    )  # the log of the hazard falls by (shape - 1) log t
    times = weibull.quantile([1 - math.exp(-1), 1 - math.exp(-8)])
    assert math.log(8) / math.log(times[1] / times[0]) == pytest.approx(0.6, rel=1e-9)
    loglogistic = distribution({"dist": "loglogistic", "median": "10 s", "shape": 2.0})
    assert loglogistic.quantile(0.8)[0] == pytest.approx(
        2e7, rel=1e-12
    )  # odds 4 = 2^shape at twice the median
    gamma = distribution({"dist": "gamma", "mean": "64 s", "sd": "128 s"})
    assert gamma.quantile(0.5)[0] == pytest.approx(
        distribution({"dist": "gamma", "mean": "64 s", "shape": 0.25}).quantile(0.5)[0]
    )


WRONG = [
    (5, "5 has no unit"),
    (5.0, "5.0 has no unit"),
    (True, "True is not a duration"),
    (math.nan, "nan is not a duration"),
    ("5", '"5" is not a duration'),
    ("-5 s", '"-5 s" is '),
    ({"dist": "exponential"}, "cannot be made from nothing; give mean, or median"),
    (
        {"dist": "exponential", "mean": "1 s", "median": "1 s"},
        "cannot be made from mean and median",
    ),
    (
        {"dist": "exponential", "mean": "0 s"},
        'mean is 0; give a positive value, or use dist = "constant"',
    ),
    ({"dist": "lognormal", "median": "2 s", "p90": "1 s"}, "p90 is not above median"),
    ({"dist": "lognormal", "median": "2 s", "mean": "2 s"}, "mean is not above median"),
    ({"dist": "lognormal", "median": "2 s", "sigma": 0.0}, "greater than 0"),
    ({"dist": "lognormal", "median": "2 s", "sigma": math.inf}, "finite number"),
    (
        {"dist": "lognormal", "median": "2 s", "sigma": 1.0, "p90": "9 s"},
        "cannot be made from median",
    ),
    ({"dist": "weibull", "mean": "2 s"}, "cannot be made from mean"),
    ({"dist": "gamma", "shape": 2.0}, "cannot be made from shape"),
    ({"dist": "loglogistic", "median": "2 s"}, "cannot be made from median"),
    ({"dist": "uniform", "low": "2 s", "high": "2 s"}, "low is not below high"),
    ({"dist": "empirical"}, "needs p and values, or file"),
    ({"dist": "empirical", "p": [0, 1], "values": ["2 s"]}, "p has 2 entries and values 1"),
    (
        {"dist": "empirical", "p": [0, 0.5, 0.5, 1], "values": ["1 s", "2 s", "3 s", "4 s"]},
        "out of order",
    ),
    ({"dist": "empirical", "p": [0, 0.5, 1], "values": ["1 s", "3 s", "2 s"]}, "out of order"),
    ({"dist": "empirical", "p": [0.1, 1], "values": ["1 s", "2 s"]}, "p does not run from 0 to 1"),
    (
        {"dist": "empirical", "p": [0, 1], "values": ["1 s", "2 s"], "file": "a.csv"},
        "both a table and a file",
    ),
    ({"dist": "mixture", "parts": []}, "the weights sum to 0"),
    (
        {"dist": "mixture", "parts": [{"weight": 0.5, "distribution": {"dist": "never"}}]},
        "the weights sum to 0.5",
    ),
    (
        {"dist": "lognormal", "median": "2 s", "sigma": 1.0, "sigm": 1.0},
        "Extra inputs are not permitted",
    ),
    ({"dist": "cauchy"}, "does not match any of the expected tags"),
]


@pytest.mark.parametrize(
    ("table", "problem"), WRONG, ids=[str(problem)[:40] for _, problem in WRONG]
)
def test_a_distribution_that_makes_no_sense_is_refused_with_the_reason(
    table: Any, problem: str
) -> None:
    with pytest.raises(ValidationError, match=re.escape(problem)):
        DURATION.validate_python(table)


def test_a_number_distribution_takes_plain_positive_numbers_only() -> None:
    assert NUMBER.validate_python(2.0).value == 2.0
    for wrong in (0.0, -1.0, "2 s", math.inf, {"dist": "never"}):
        with pytest.raises(ValidationError):
            NUMBER.validate_python(wrong)


def test_a_bare_duration_is_a_constant_and_families_cannot_be_changed() -> None:
    constant = DURATION.validate_python("90 s")
    assert (constant.dist, constant.value) == ("constant", 90_000_000)
    with pytest.raises(ValidationError, match="frozen"):
        constant.value = 3


def test_every_family_that_a_file_may_name_has_a_test_here() -> None:
    from .cases import CASES

    tested = (
        {t["dist"] for t in GIVEN}
        | {c.table["dist"] for c in CASES}
        | {"constant", "never", "empirical", "mixture"}
    )
    assert tested == set(NAMES)
