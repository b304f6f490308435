"""Look streams, stepped look by look.

Drawn by the shared walkers or read from a world written by hand.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.schema.fields import Entities, Floats, Int64s
from sim.schema.world import OFF
from sim.world.looks import (
    AHEAD,
    CHECKS,
    GLANCES,
    LENGTH,
    OP,
    OPENED,
    SCRATCH,
    START,
    SURFACES,
    VISITS,
    K,
    advance,
    begin,
)
from sim.world.spells import AWAY

_NEVER = np.int64(NEVER)
GLANCE_STREAM, CHECK_STREAM, VISIT_STREAM = np.int64(GLANCES), np.int64(CHECKS), np.int64(VISITS)
"""The surfaces as int64: Numba compiles a function anew for every plain constant it is called
with."""


class Waiting(NamedTuple):
    """The opened streams of a block of recipients, and room to open them in."""

    opened: Int64s
    """Per surface, place and number of a state."""
    place: Int64s
    """Per surface and recipient of the block."""
    entity: Entities
    rate: Floats
    utc_offset: Int64s
    away: Int64s
    """Where each one's away spells are."""
    scratch: Floats


def waiting_room() -> Waiting:
    """Make room for a block of `AHEAD` recipients."""
    return Waiting(
        np.zeros((len(SURFACES), AHEAD, OPENED), dtype=np.int64),
        np.zeros((len(SURFACES), AHEAD), dtype=np.int64),
        np.empty(AHEAD, dtype=np.uint64),
        np.empty(AHEAD),
        np.empty(AHEAD, dtype=np.int64),
        np.empty((AHEAD, 2), dtype=np.int64),
        np.empty(SCRATCH),
    )


@njit
def open_block(minds, people, who, waiting):
    """Open the streams of at most `AHEAD` recipients of one segment side by side.

    No checks for those without mail.
    """
    segment = people.segment[who[0]]
    for surface in (GLANCE_STREAM, CHECK_STREAM, VISIT_STREAM):
        boost, n = minds.boost if surface == VISITS else 1.0, 0
        for i in range(who.size):
            waiting.place[surface, i] = n
            if surface != CHECKS or people.email[who[i]] != OFF:
                waiting.entity[n], waiting.rate[n] = (
                    people.entity[who[i]],
                    people.rate[who[i]] * boost,
                )
                waiting.utc_offset[n] = people.utc_offset[who[i]]
                waiting.away[n, 0], waiting.away[n, 1] = (
                    minds.spell_at[who[i], AWAY, 0],
                    minds.spell_at[who[i], AWAY, 1],
                )
                n += 1
        begin(
            minds.pool,
            minds.stream_at[segment, surface],
            minds.stream_mean[segment, surface],
            minds.weeks,
            minds.week_at[segment, 0],
            minds.week_at[segment, 1],
            waiting.utc_offset[:n],
            minds.op_at,
            minds.op_lost,
            waiting.away,
            waiting.rate[:n],
            minds.key,
            surface,
            waiting.entity[:n],
            waiting.opened[surface],
            waiting.scratch,
        )


@njit_inlined
def take_streams(waiting, i, looks):
    """Copy the opened streams of recipient i of the block."""
    for surface in range(VISITS + 1):
        opened = waiting.opened[surface, waiting.place[surface, i]]
        for k in range(OPENED):
            looks[surface, k] = opened[k]


@njit_inlined
def _still(minds, one):
    """Give what makes a recipient's looks stand still while away, as the shared walkers take it."""
    return minds.op_at, minds.op_lost, one.away_first, one.away_past


@njit_inlined
def open_stream(minds, one, surface, state):
    """Set `state` (int64, as in `sim.world.looks`) to the first look of a recipient at a surface.

    Streams that are drawn have been opened by `open_block` and are there already.
    """
    if minds.by_hand:
        at, until = minds.written_at[one.who, surface, 0], minds.written_at[one.who, surface, 1]
        state[K], state[OP], state[LENGTH] = (
            0,
            at,
            until,
        )  # of written looks: number, place of this one, end of them
        state[START] = minds.starts[at] if at < until else _NEVER


@njit_inlined
def step(minds, one, surface, state):
    """Move `state` to the next look and return the end of the one it leaves, which begins at
    `state[START]`.
    """
    if minds.by_hand:
        end = minds.ends[state[OP]]
        state[K] += 1
        state[OP] += 1
        state[START] = minds.starts[state[OP]] if state[OP] < state[LENGTH] else _NEVER
        return end
    segment = one.segment
    rate = one.rate * minds.boost if surface == VISITS else one.rate
    return advance(
        minds.pool,
        minds.stream_at[segment, surface],
        minds.weeks,
        minds.week_at[segment, 0],
        minds.week_at[segment, 1],
        one.utc_offset,
        _still(minds, one),
        rate,
        minds.key,
        surface,
        one.entity,
        state,
    )


@njit_inlined
def pass_over(minds, one, surface, state, instant, end):
    """Step over the looks that begin before an instant and return the end of the last (`end`, if
    there is none).
    """
    if minds.by_hand:
        while state[START] < instant:
            end = step(minds, one, surface, state)
        return end
    at, week_at, slots = (
        minds.stream_at[one.segment, surface],
        minds.week_at[one.segment, 0],
        minds.week_at[one.segment, 1],
    )
    rate = one.rate * minds.boost if surface == VISITS else one.rate
    while state[START] < instant:
        end = advance(
            minds.pool,
            at,
            minds.weeks,
            week_at,
            slots,
            one.utc_offset,
            _still(minds, one),
            rate,
            minds.key,
            surface,
            one.entity,
            state,
        )
    return end
