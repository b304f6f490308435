"""Regretted messages by stratum: what shares that are corrected to known shares are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from sim.schema.fields import Floats, Int64s

REPLICATION, POLICY, STRATUM, MARKS, MESSAGES = range(5)
"""Columns of `Regrets.rows`."""


@dataclass(frozen=True, eq=False)
class Regrets:
    """Regretted messages of a run; those of one replication, policy and stratum that count for the
    same are one row.

    `rows` is int64 of shape (rows, 5): replication, policy, stratum, marks and how many messages.
    Bit k of the marks says that they count for `names[k]`. `known` is how many of all regretted
    messages are in each stratum by design: float64 of shape (policies, strata).
    """

    rows: Int64s
    names: tuple[str, ...]
    known: Floats

    def of(self, name: str) -> Int64s:
        """Give how many messages of every row count for a name; none, for one that is not known."""
        marks, messages = self.rows[:, MARKS], self.rows[:, MESSAGES]
        if name not in self.names:
            return np.zeros_like(messages)
        return messages * (marks >> self.names.index(name) & 1)

    def __eq__(self, other: object) -> bool:
        """Tell whether both count the same messages by the same strata."""
        return (
            isinstance(other, Regrets)
            and self.names == other.names
            and np.array_equal(self.rows, other.rows)
            and np.array_equal(self.known, other.known)
        )

    def first(self, replications: int) -> Regrets:
        """Give those of the first replications."""
        return replace(self, rows=self.rows[self.rows[:, REPLICATION] < replications])

    def under(self, policies: Sequence[int]) -> Regrets:
        """Give those under some policies, in this order."""
        place = np.full(len(self.known), -1)
        place[policies] = np.arange(len(policies))
        rows = self.rows.copy()
        rows[:, POLICY] = place[rows[:, POLICY]]
        return replace(self, rows=rows[rows[:, POLICY] >= 0], known=self.known[policies])


def in_order(policies: Sequence[Int64s], names: tuple[str, ...], known: Floats) -> Regrets:
    """Join rows of every policy, each as of the first and in the order of replications: by
    replication, then policy.
    """
    rows = np.concatenate([_later(one, POLICY, k) for k, one in enumerate(policies)])
    return Regrets(rows[np.argsort(rows[:, REPLICATION], kind="stable")], names, known)


def in_turn(parts: Sequence[Regrets], replications: Sequence[int]) -> Regrets:
    """Join those of consecutive replications, so many in each part."""
    before = accumulate(replications, initial=0)
    rows = [_later(one.rows, REPLICATION, at) for one, at in zip(parts, before, strict=False)]
    return replace(parts[0], rows=np.concatenate(rows))


def side_by_side(groups: Sequence[Regrets]) -> Regrets:
    """Join those of the same replications under different policies."""
    before = accumulate((len(one.known) for one in groups), initial=0)
    rows = [_later(one.rows, POLICY, at) for one, at in zip(groups, before, strict=False)]
    known = np.concatenate([one.known for one in groups])
    return replace(groups[0], rows=np.concatenate(rows), known=known)


def _later(rows: Int64s, column: int, by: int) -> Int64s:
    moved = rows.copy()
    moved[:, column] += by
    return moved
