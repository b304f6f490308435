"""The check itself: it accepts the exact value, names bugs, and refuses to judge without power; and
what is covered."""

from __future__ import annotations

import numpy as np
import pytest

from .checking import Estimate, check, controlled, exact_values, mean, oracles, share

ESTIMATORS = ("O13", "S2")
"""Oracles of estimators that tests/theory/test_answers.py covers; S1 is that of `make coverage`."""
COVERED = ("O01", "O02", "O03", "O04", "O05", "O06", "O07", "O08", "O09", "O10", "O11", "X2")


def test_an_exact_share_of_many_messages_passes_and_a_wrong_one_names_its_bug() -> None:
    p = exact_values("O01")["h2"]
    check("O01", "h2", Estimate(p, n=200_000))
    with pytest.raises(AssertionError, match="hold ignored"):
        check("O01", "h2", Estimate(1 / 3, n=200_000))
    with pytest.raises(AssertionError, match="no listed bug gives this value"):
        check("O01", "h2", Estimate(0.5, n=200_000))


def test_too_few_messages_to_expose_a_bug_are_a_failure_and_not_a_pass() -> None:
    with pytest.raises(AssertionError, match="too few messages to expose the bug: attention clock"):
        check("O01", "h2", Estimate(exact_values("O01")["h2"], n=100))


def test_control_variates_of_mean_zero_keep_the_mean_and_lower_the_error() -> None:
    rng = np.random.default_rng(1)
    control, noise = rng.normal(size=(2, 1000))
    values = 5 + 3 * control + 0.1 * noise
    plain, better = mean(values), controlled(values, control[:, None])
    assert better.agrees(5.0)
    assert better.se < plain.se / 10
    assert share(np.array([True, False])) == Estimate(0.5, n=2)


def test_every_oracle_that_speaks_of_an_engine_is_covered() -> None:
    spoken = {name for name, oracle in oracles().items() if oracle["scope"] == "engine"}
    assert spoken == set(COVERED)
    assert {*COVERED, *ESTIMATORS, "S1"} == set(oracles())
