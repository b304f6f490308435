"""The stopping rule: floors, looks, honest intervals when it stops, and no stop before the first
event."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim.precision import EVENTS, FIRST, Precision, reach
from sim.scenario import load
from sim.sweeping.planning.plan import plan
from sim.sweeping.planning.precision import Rule
from sim.sweeping.results.rows import CHANGE, ROWS, rows_of
from sim.tallies import HEADLINE

from .making import TINY, swept
from .test_rows import sums

MESSAGES = 10
"""Regretted messages of a replication in the made-up worlds here."""


def stopped(rule: Rule, p: float, chance: np.random.Generator) -> tuple[int, float, float, float]:
    """Play made-up worlds until the rule stops; give replications and the interval of the
    headline."""
    lost = chance.binomial(MESSAGES, p, size=rule.looks()[-1])
    for look in rule.looks():
        rows = rows_of(sums([[MESSAGES]] * look, lost[:look, None].tolist()))
        if rule.enough(rows):
            break
    k = ROWS.index(HEADLINE)
    return look, rows.value[0, k], rows.low[0, k], rows.high[0, k]


SETS = 120
"""Runs with each rule."""


@pytest.mark.parametrize(
    ("rule", "p"),
    [(Rule(2_000, 0.3, True), 0.02), (Rule(2_000, 0.005), 0.002), (Rule(2_000, 0.02), 0.3)],
)
def test_intervals_are_honest_when_the_rule_stops(rule: Rule, p: float) -> None:
    chance = np.random.default_rng(20261121)
    found = [stopped(rule, p, chance) for _ in range(SETS)]
    covered = sum(low <= p <= high for _, _, low, high in found)
    assert covered >= stats.binom.ppf(0.001, SETS, 0.95)
    assert all(FIRST <= look < 2_000 for look, *_ in found), "it stops, and not before the floor"


def test_a_plain_wald_rule_would_stop_before_the_first_event_and_ours_does_not() -> None:
    # The negative control: with p = 0.002 half of all runs have no event at the first look.
    chance, naive, ours, rule = np.random.default_rng(20261121), 0, 0, Rule(2_000, 0.005)
    for _ in range(100):
        lost = chance.binomial(MESSAGES, 0.002, size=FIRST)
        share = lost.sum() / (FIRST * MESSAGES)
        naive += (
            1.96 * np.sqrt(share * (1 - share) / (FIRST * MESSAGES)) <= 0.005 and lost.sum() == 0
        )
        ours += rule.enough(rows_of(sums([[MESSAGES]] * FIRST, lost[:, None].tolist())))
    assert naive > 30 and ours == 0


def one(events: float, of: float, replications: int, half: float) -> float:
    value = np.array([events / of])
    return float(
        reach(value, value - half, value + half, np.array([events]), np.array([of]), replications)[
            0
        ]
    )


def test_few_events_count_for_no_more_than_their_replications() -> None:
    assert one(EVENTS, 10_000, 50, 0.001) == pytest.approx(0.001)
    assert one(EVENTS - 1, 10_000, 50, 0.001) > 0.03
    assert one(10_000 - EVENTS + 1, 10_000, 50, 0.001) > 0.03, (
        "near 1 it is those that did not happen that are few"
    )
    assert one(0, 10_000, 5_000, 0.0) < 0.001, "what never happens is sure after enough worlds"


def test_a_share_of_nothing_and_an_unknown_interval_are_never_sure() -> None:
    assert np.isinf(one(0, 10, 50, float("nan")))
    assert not Rule(100, 0.5).enough(rows_of(sums([[0]] * 40, [[0]] * 40)))


def test_the_paired_change_must_be_as_sure_as_the_shares() -> None:
    moved = [[0, k % 2] for k in range(64)]
    table = rows_of(
        sums(
            [[100, 100]] * 64,
            [[50, 50 + 10 * (-1) ** k] for k in range(64)],
            saved=moved,
            newly_lost=moved,
        )
    )
    change = ROWS.index(CHANGE)
    half = table.high[1, change] - table.value[1, change]
    assert Rule(100, half * 1.5).enough(table)
    assert not Rule(100, half * 0.7).enough(table)


def test_a_rule_says_itself_in_words_with_its_floors() -> None:
    words = Rule(10_000, 0.005).words()
    for part in (
        "0.5 points",
        "32, 40, 48, 56, 64",
        "at most 10,000",
        "fewer than 50 events",
        "Wilson",
        "paired change",
    ):
        assert part in words
    assert "10 % of itself" in Rule(10_000, 0.1, True).words()
    assert Rule(200).words() == "200 replications in every cell."


@pytest.mark.parametrize("text", ["0 pp", "0.5", "five pp", "100 %", "-1 pp", "1 ppm", ""])
def test_a_precision_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r'is not a precision; write points such as "0\.5 pp"'):
        Precision.read(text)


def test_a_sweep_with_a_precision_stops_each_cell_where_its_rule_says_and_the_same_from_any_start(
    tmp_path: Path,
) -> None:
    axes = {"mistakes.chance": [0.2, 0.9]}
    planned = plan(load(TINY), axes, precision="3 pp", policies=["today", "hold 1 min"])
    done = swept(tmp_path / "store", planned)
    frame = done.frame[done.frame["measure"] == HEADLINE]
    assert (frame["high"] - frame["value"] <= 0.03).all()
    assert (frame["value"] - frame["low"] <= 0.03).all()
    assert frame["replications"].nunique() == 2, (
        "a cell with more regretted messages needs fewer worlds"
    )
    # From a store that holds more replications than needed the answer is the same.
    more = plan(
        load(TINY),
        axes,
        replications=int(frame["replications"].max()) + 256,
        policies=["today", "hold 1 min"],
    )
    swept(tmp_path / "more", more)
    again = swept(tmp_path / "more", planned)
    assert again.frame.equals(done.frame) and again.played == 0


def test_a_cell_that_cannot_be_sure_stops_at_the_most_allowed_and_is_named(tmp_path: Path) -> None:
    planned = plan(load(TINY), {"mistakes.chance": [0.0]}, precision="8 pp", policies=["today"])
    short = type(planned)(**{**planned.__dict__, "rule": Rule(256, 0.08)})
    done = swept(tmp_path / "store", short)
    assert done.unsure == (planned.cells[0].case.address,)
    assert set(done.frame["replications"]) == {256}
