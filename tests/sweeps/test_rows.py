"""A cell's rows are those of `toolate run`, for all measures and many cells at once; the distance to
the best holds for all policies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim import estimates
from sim.prices import PRICES
from sim.regrets import Regrets
from sim.scenario import load
from sim.summaries import MEASURES, Summary
from sim.sums import Sums
from sim.sweeping.planning.plan import plan
from sim.sweeping.playing.tasks import Task, play, sums_of
from sim.sweeping.results.rows import (
    AGAINST_BEST,
    CHANGE,
    ROWS,
    SHARES,
    Rows,
    glance,
    rows_of,
    stack,
)
from sim.tallies import (
    COUNTED,
    DELAY_EDGES,
    DELAYED,
    HEADLINE,
    REGRETS,
    counted,
    delayed_by,
    not_under,
)
from sim.world.strata import STRATA

from .making import TINY


def sums(regretted: list[list[int]], lost: list[list[int]], **others: list[list[int]]) -> Sums:
    """Give sums by replication and policy, with everything else at 0.

    Messages lost under two policies are the same ones as far as can be."""
    k = len(lost[0])
    names = (*COUNTED, *not_under(k))
    values = np.zeros((len(lost), k, len(names)), np.int64)
    for name, table in {"regretted": regretted, HEADLINE: lost, **others}.items():
        values[:, :, names.index(name)] = table
    read = np.array(lost)
    values[:, :, len(COUNTED) :] = np.maximum(read[:, :, None] - read[:, None, :], 0)
    return Sums(values, tuple(f"policy {j}" for j in range(k)), names)


def close(mine: float, theirs: float) -> bool:
    return bool(np.isclose(mine, theirs, rtol=1e-12, atol=1e-15, equal_nan=True))


@pytest.mark.parametrize("replications", [1, 2, 5, 40])
def test_rows_are_those_of_a_run(replications: int) -> None:
    case = plan(load(TINY), {"send.hold": ["0 s"]}).cells[0].case
    found = sums_of([play(Task(case, 0, replications, "simpy"))])
    summary, rows = Summary.of(found), rows_of(found)
    for table in (summary.shares, summary.price):
        for row in table.itertuples():
            p, m = found.policies.index(str(row.policy)), ROWS.index(str(row.measure))
            where = f"{row.policy}, {row.measure}"
            assert close(rows.value[p, m], float(row.value)), where
            assert close(rows.low[p, m], float(row.low)), where
            assert close(rows.high[p, m], float(row.high)), where
            assert int(rows.of[p, m]) == row.of, where
    for row in summary.differences.itertuples():
        p, m = found.policies.index(str(row.policy)), ROWS.index(CHANGE)
        assert close(rows.value[p, m], float(row.value))
        if replications > 1:
            assert close(rows.low[p, m], float(row.low)) and close(rows.high[p, m], float(row.high))
        assert rows.count[p, m] == row.saved + row.newly_lost


FIELDS = ("value", "low", "high", "count", "of")


def drawn(number: int, replications: int) -> Sums:
    """Draw a cell's sums: some replications have nothing, some sums no replication."""
    chance = np.random.default_rng([number, replications])
    names = (*COUNTED, *not_under(3))
    values = chance.poisson(0.4, size=(replications, 3, len(names))).astype(np.int64)
    values[:, :, chance.random(len(names)) < 0.2] = 0
    for what in DELAYED:
        counts, delays = ([names.index(n) for n in of(what)] for of in (counted, delayed_by))
        within = np.clip(DELAY_EDGES, -(10**12), 10**12)
        size = chance.integers(within[:, 0], within[:, 1] + 1, size=(replications, 3, len(within)))
        values[:, :, delays] = values[:, :, counts] * size
    values[:, :, names.index("regretted")] = chance.poisson(2.0, size=(replications, 1))
    parts = dict.fromkeys((*MEASURES, "saved", "newly_lost", *not_under(3)), "regretted")
    parts |= {price.top: price.of for price in PRICES.values() if price.top}
    for part, whole in parts.items():
        k = names.index(part)
        values[:, :, k] = np.minimum(values[:, :, k], values[:, :, names.index(whole)])
    replication, policy = np.nonzero(regretted := values[:, :, names.index("regretted")])
    where = np.repeat(np.stack([replication, policy]), regretted[replication, policy], axis=1)
    stratum = chance.integers(0, STRATA, size=where.shape[1])
    marks = chance.integers(0, 1 << len(REGRETS), size=where.shape[1]) | 1
    rows = np.stack([*where, stratum, marks, np.ones_like(marks)], axis=1)
    known = chance.dirichlet(np.ones(STRATA), size=3)
    return Sums(values, ("a", "b", "c"), names, Regrets(rows, REGRETS, known))


def equal(mine: Rows, theirs: Rows, columns: slice | list[int] = slice(None)) -> bool:
    """Tell whether rows are the same to the last digit."""
    pairs = [(getattr(mine, field), getattr(theirs, field)) for field in FIELDS]
    return all(np.array_equal(a[:, columns], b[:, columns], equal_nan=True) for a, b in pairs)


@pytest.mark.parametrize("replications", [1, 2, 7, 64, 200])
def test_the_rows_of_stacked_cells_are_those_of_each_alone_to_the_last_digit(
    replications: int,
) -> None:
    cells = [drawn(k, replications) for k in range(9)]
    assert replications < 7 or any((cell.of("regretted") == 0).any() for cell in cells)
    together = rows_of(stack(cells)).each()
    for cell, one in zip(cells, together, strict=True):
        alone = rows_of(cell)
        assert equal(alone, one)
        plain = rows_of(replace(cell, regrets=None))
        column = [alone.column(HEADLINE)]
        assert equal(alone, plain, column) == (replications < 64), "few are left as they are"


def test_a_cell_that_is_stacked_with_others_takes_nothing_of_them() -> None:
    """The wrong model: rows of a neighbour."""
    first, second = rows_of(stack([drawn(1, 20), drawn(2, 20)])).each()
    assert equal(first, rows_of(drawn(1, 20))) and not equal(second, rows_of(drawn(1, 20)))


def test_replications_that_have_nothing_change_no_digit_of_an_interval() -> None:
    cell = replace(drawn(3, 50), regrets=None)
    nothing = Sums(np.zeros_like(cell.values[:9]), cell.policies, cell.names)
    more = Sums(np.concatenate([nothing.values, cell.values]), cell.policies, cell.names)
    columns = [ROWS.index(one) for one in SHARES]
    assert equal(rows_of(cell), rows_of(more), columns)


def test_what_a_rule_looks_at_is_what_the_rows_will_say() -> None:
    cells = stack([drawn(k, 40) for k in range(5)])
    asked = (SHARES[0], SHARES[3])
    columns = [ROWS.index(one) for one in (*asked, CHANGE)]
    for seen, row in zip(glance(cells, asked).each(), rows_of(cells).each(), strict=True):
        assert equal(seen, row, columns)
        assert np.isnan(np.delete(seen.value, columns, axis=1)).all()


def test_nobody_regretting_anything_gives_nothing_and_no_warning() -> None:
    rows = rows_of(sums([[0, 0]] * 4, [[0, 0]] * 4))
    assert np.isnan(
        rows.value[:, [ROWS.index(HEADLINE), ROWS.index(CHANGE), ROWS.index(AGAINST_BEST)]]
    ).all()


def against_best(
    lost: list[list[int]], of: int = 100
) -> tuple[list[float], list[float], list[float]]:
    rows = rows_of(sums([[of] * len(lost[0])] * len(lost), lost))
    k = ROWS.index(AGAINST_BEST)
    return rows.value[:, k].tolist(), rows.low[:, k].tolist(), rows.high[:, k].tolist()


def test_a_policy_far_ahead_is_surely_the_best_and_the_others_surely_not() -> None:
    value, low, high = against_best([[50 + k % 2, 30 + k % 3, 10 + k % 2] for k in range(40)])
    assert value[2] < 0 and high[2] == 0 and low[2] < 0
    assert low[:2] == [0, 0] and min(high[:2]) > 0


def test_two_policies_that_are_alike_could_both_be_the_best() -> None:
    _, low, high = against_best([[50, 20 + (k * 7) % 5, 20 + (k * 3) % 5] for k in range(40)])
    assert low[0] == 0
    assert max(low[1:]) < 0 < min(high[1:])


def test_policies_that_never_differ_are_not_surely_equal() -> None:
    _, low, high = against_best([[20, 20]] * 40)
    assert max(low) < 0 < min(high)
    none = estimates.share(np.zeros(40), np.full(40, 100), confidence=0.9).high
    assert high[0] == pytest.approx(none)


@pytest.mark.parametrize("shift", [0.0, 0.05])
def test_the_true_best_is_among_those_that_could_be_in_95_of_100_data_sets(shift: float) -> None:
    chance = np.random.default_rng(20261121)
    hits = wrong = 0
    for _ in range(600):
        shared = chance.beta(4, 6, size=40)  # paired: the same worlds under every policy
        p = np.clip(np.stack([shared, shared - shift, shared], axis=1), 0, 1)
        low = against_best(chance.binomial(50, p).tolist(), of=50)[1]
        hits += low[1] < 0
        wrong += low[1] < 0 and low[0] == 0 == low[2]
    assert hits >= 553  # the 0.1 % point of 600 at 95 %
    assert (wrong > 300) == (shift > 0), "with a real lead it is told apart, without one it is not"
