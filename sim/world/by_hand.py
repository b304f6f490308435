"""Worlds written down by hand, message by message, look by look, spell by spell: for tests and
exact cases.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from sim.clock import NEVER
from sim.errors import WorldError
from sim.world.looks import SURFACES
from sim.world.parts import Attention, Messages, Recipients, Rules, World
from sim.world.spells import KINDS_OF_SPELL, Spells

_LISTS = (*SURFACES, *KINDS_OF_SPELL)
_FOLLOW_UP = ("written", "pressed", "released")


def write_world(
    messages: Sequence[Mapping[str, Any]],
    recipients: Sequence[Mapping[str, Any]],
    rules: Rules,
    horizon: int,
    key: int,
) -> World:
    """Put a hand-written world together.

    What the arguments are and which faults it raises: `World.written`.
    """
    rows = sorted(messages, key=lambda m: (bool(m.get("apology")), m.get("written", 0)))
    table = Messages(**_columns(rows, Messages, _message_defaults))
    people = [{k: v for k, v in r.items() if k not in _LISTS} for r in recipients]
    settings = Recipients(
        **_columns(people, Recipients, lambda i, row: {"rate": 1.0, "push": True, "entity": i})
    )
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
    at, starts, ends = _stretches(recipients, KINDS_OF_SPELL)
    none = np.zeros(starts.size, dtype=np.int64)  # written looks need no operational time
    return World(
        key, horizon, rules, table, settings, attention, Spells(starts, ends, at, none, none)
    )


def _message_defaults(i: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a hand-written message is unless it says otherwise.

    An apology has no times of its own.
    """
    written = row.get("written", 0)
    pressed = row.get("pressed", written)
    never = dict.fromkeys(
        (
            "noticed",
            "alert_after",
            "tap_after",
            "retract_after",
            "badge_sync_after",
            "mail_alert_after",
            "watch_after",
            "watch_retract_after",
            "desk_after",
            "desk_retract_after",
            "reply_after",
        ),
        NEVER,
    )
    times = {"pressed": pressed, "released": pressed}
    return (
        never
        | (dict.fromkeys(_FOLLOW_UP, NEVER) if row.get("apology") else times)
        | {
            "number": i,
            "entity": i,
            "length": 100,
            "batch": -1,
            "after": -1,
            "glances_needed": 1,
            "mistake": row.get("noticed", NEVER) != NEVER,
        }
    )


_DTYPES = {"Int64s": np.int64, "Flags": np.bool_, "Floats": np.float64, "Entities": np.uint64}


def _columns(rows: Sequence[Mapping[str, Any]], kind: type, defaults: Any) -> dict[str, Any]:
    names = {f.name: _DTYPES[str(f.type)] for f in fields(kind)}
    for row in rows:
        if unknown := set(row) - set(names):
            raise WorldError(
                f"a hand-written world names {sorted(unknown)}; known fields: {', '.join(names)}"
            )
    full = [dict.fromkeys(names, 0) | defaults(i, row) | dict(row) for i, row in enumerate(rows)]
    return {
        name: np.asarray([row[name] for row in full], dtype=dtype) for name, dtype in names.items()
    }


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
