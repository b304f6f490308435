"""What tests of tables are made of: sums whose numbers all differ, and a console that keeps what is
printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from rich.table import Table

from sim.clock import MINUTE, SECOND
from sim.summaries import HEADLINE
from sim.sums import Sums
from sim.tallies import COUNTED, DELAYED, MOVES, _binned, counted, delayed_by, not_under

REPLICATIONS = 60
SEED = 23
POLICIES = ("today", "hold", "slow")
READ = {"today": 0.6, "hold": 0.1, "slow": 0.45}
"""The chance of the headline's event under each policy."""


def made_sums(
    policies: Sequence[str] = POLICIES,
    *,
    read: Sequence[float] = tuple(READ.values()),
    replications: int = REPLICATIONS,
) -> Sums:
    """Make up sums: whatever is counted has a mean of its own, under every policy; what depends on
    messages one by one (the headline, saved, newly lost) fits together."""
    rng, many = np.random.default_rng(SEED), len(policies)
    names = (*COUNTED, *MOVES, *not_under(many))
    means = rng.permutation(np.arange(len(names) * many)).reshape(many, len(names)) / 8 + 1
    values = rng.poisson(np.broadcast_to(means, (replications, many, len(names))))
    place = {name: k for k, name in enumerate(names)}
    regretted = 400 + rng.poisson(40, replications)
    for k in range(replications):
        luck = np.broadcast_to(rng.random(regretted[k]), (many, regretted[k]))
        own = rng.random(luck.shape)  # some are read by another chance under every policy
        lost = np.where(rng.random(regretted[k]) < 0.2, own, luck) < np.array(read)[:, None]
        only = (lost[:, None] & ~lost[None, :]).sum(axis=2)
        values[k, :, place[HEADLINE]] = lost.sum(axis=1)
        values[k, :, place["saved"]], values[k, :, place["newly_lost"]] = only[0], only[:, 0]
        values[k, :, [place[name] for name in not_under(many)]] = only.T
    values[:, :, place["regretted"]] = regretted[:, None]
    values[:, :, place["messages"]] = 5 * regretted[:, None]
    values[:, :, place["others"]] = 3 * regretted[:, None]
    _put_delays(values, place, rng)
    return Sums(values.astype(np.int64), tuple(policies), names)


def _put_delays(values: np.ndarray, place: dict[str, int], rng: np.random.Generator) -> None:
    """Delay messages under all policies but the first: by seconds, and a few by hours."""
    replications, many, _ = values.shape
    home = np.repeat(np.arange(replications), 40)
    for k in range(many):
        for number, what in enumerate(DELAYED):
            delays = np.zeros(home.size, dtype=np.int64)
            if k:
                scale = (20 + 30 * k + 17 * number) * SECOND
                delays = rng.exponential(scale, home.size).astype(np.int64)
                far = rng.random(home.size) < 0.02 * (k + number)
                delays[far] += (90 * k + 40 * number + 61) * MINUTE
            counts, sums = _binned(delays, home, replications)
            values[:, k, [place[name] for name in counted(what)]] = counts
            values[:, k, [place[name] for name in delayed_by(what)]] = sums


class Kept:
    """Stands in for a console: keeps tables and lines, and breaks no line."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.tables: list[Table] = []
        self.lines: list[str] = []
        self.width = 118

    def print(self, what: Table | str, *, soft_wrap: bool = False) -> None:
        if isinstance(what, Table):
            self.tables.append(what)
        else:
            assert soft_wrap, f"a console would break this line: {what}"
            self.lines.append(what)

    def table(self, title: str) -> dict[str, dict[str, str]]:
        """Give the cells of the table with a title, by row and column."""
        (found,) = (one for one in self.tables if re.match(title, str(one.title)))
        return cells(found)


def cells(table: Table) -> dict[str, dict[str, str]]:
    """Give the cells of a table by the row's first cell and the column's header."""
    first, *rest = ([str(cell) for cell in column.cells] for column in table.columns)
    headers = [str(column.header) for column in table.columns[1:]]
    assert len(set(first)) == len(first) and len(set(headers)) == len(headers)
    return {
        row: {header: column[k] for header, column in zip(headers, rest, strict=True)}
        for k, row in enumerate(first)
    }


Written = Callable[[float, float, float], str]


def in_percent(value: float, low: float, high: float) -> str:
    return f"{100 * value:.1f} ({100 * low:.1f}–{100 * high:.1f})"


def in_points(value: float, low: float, high: float) -> str:
    return f"{100 * value:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


def in_seconds(value: float, low: float, high: float) -> str:
    return f"{value:+,.1f} ({low:+,.1f} to {high:+,.1f})"


def all_differ(table: dict[str, dict[str, str]], *same: str) -> None:
    """Assert that no two cells of a table are alike, but for those of some rows or columns: a swap
    of any two would be noticed."""
    found = [
        cell
        for row, line in table.items()
        for column, cell in line.items()
        if row not in same and column not in same
    ]
    assert len(set(found)) == len(found), sorted(one for one in found if found.count(one) > 1)
