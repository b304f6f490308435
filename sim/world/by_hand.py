"""Worlds written down by hand, message by message, look by look, interval by interval: for tests and
exact cases.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.clock import NEVER
from sim.errors import WorldError
from sim.schema.fields import Field
from sim.schema.rules import Rules
from sim.schema.world import MESSAGES, RECIPIENTS, Messages, Recipients
from sim.world.attention import Attention
from sim.world.intervals import KINDS_OF_INTERVAL, Intervals
from sim.world.looks import SURFACES
from sim.world.parts import World

_LISTS = (*SURFACES, *KINDS_OF_INTERVAL)


def written_world(
    messages: Sequence[Mapping[str, Any]],
    recipients: Sequence[Mapping[str, Any]] = ({},),
    *,
    rules: Rules | None = None,
    horizon: int = NEVER - 1,
    key: int = 0,
) -> World:
    """Write a world of one replication down by hand.

    A message names any field of `Messages` (the rest: sent to recipient 0 at time 0, all delays
    zero, nothing noticed); a recipient any field of `Recipients`, and looks (`glances`, `checks`,
    `visits`) and intervals (`away`, `no_network`, `dozing`, `at_desk`, `quiet`, `in_hand`) as lists
    of (start, end). Raises `WorldError` if looks or intervals are out of order or a message names an unknown
    field.

    >>> w = written_world([{"noticed": 60}], [{"glances": [(30, 40)]}])
    >>> w.looks(0, 0).meeting(0)
    (30, 40, 0)
    """
    rows = sorted(messages, key=lambda m: (bool(m.get("apology")), m.get("written", 0)))
    table = Messages(**_columns(rows, MESSAGES))
    people = [{"key": key} | {k: v for k, v in r.items() if k not in _LISTS} for r in recipients]
    settings = Recipients(**_columns(people, RECIPIENTS))
    at, starts, ends = _stretches(recipients, SURFACES)
    nothing = np.zeros((1, 3, 4), dtype=np.int64)
    attention = Attention(
        pool=np.zeros(1),
        stream_at=nothing,
        stream_mean=np.full((1, 3, 2), np.inf),
        weeks=np.zeros(2, dtype=np.int64),
        week_at=np.array([[0, 1]], dtype=np.int64),
        by_hand=True,
        written_at=at,
        starts=starts,
        ends=ends,
    )
    at, starts, ends = _stretches(recipients, KINDS_OF_INTERVAL)
    none = np.zeros(starts.size, dtype=np.int64)  # written looks need no operational time
    return World(
        horizon,
        rules or Rules(),
        table,
        settings,
        attention,
        Intervals(starts, ends, at, none, none),
    )


def _columns(rows: Sequence[Mapping[str, Any]], table: Sequence[Field]) -> dict[str, Any]:
    """Lay out rows as columns; what a row does not say is what the schema says."""
    names = {field.name for field in table}
    for row in rows:
        if unknown := set(row) - names:
            known = ", ".join(field.name for field in table)
            raise WorldError(f"a hand-written world names {sorted(unknown)}; known fields: {known}")
    full = [_completed(i, row, table) for i, row in enumerate(rows)]
    return {f.name: np.asarray([row[f.name] for row in full], dtype=f.dtype) for f in table}


def _completed(i: int, row: Mapping[str, Any], table: Sequence[Field]) -> dict[str, Any]:
    """Give row i with a value for every field."""
    full: dict[str, Any] = {}
    for field in table:
        if field.name in row:
            full[field.name] = row[field.name]
        else:
            full[field.name] = field.otherwise(i, full) if field.otherwise else field.absent
    return full


def _stretches(
    recipients: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> tuple[Any, Any, Any]:
    """Lay out lists of (start, end): where each recipient's are, all starts, all ends."""
    at = np.zeros((len(recipients), len(names), 2), dtype=np.int64)
    all_of_them: list[tuple[int, int]] = []
    for i, person in enumerate(recipients):
        for k, name in enumerate(names):
            mine = list(person.get(name, ()))
            if (
                mine != sorted(mine)
                or any(e < s for s, e in mine)
                or any(a[1] > b[0] for a, b in itertools.pairwise(mine))
            ):
                raise WorldError(
                    f"the {name} of recipient {i} overlap or are out of order; write (start, end) in order"
                )
            at[i, k] = len(all_of_them), len(all_of_them) + len(mine)
            all_of_them += mine
    pairs = np.asarray(all_of_them, dtype=np.int64).reshape(-1, 2)
    return at, pairs[:, 0].copy(), pairs[:, 1].copy()
