"""Look streams, stepped look by look; drawn by the shared walkers or read from a world written by hand."""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit_inlined
from sim.world.looks import CHECKS, GLANCES, K, LENGTH, OP, START, VISITS, advance, begin

_NEVER = np.int64(NEVER)
GLANCE_STREAM, CHECK_STREAM, VISIT_STREAM = np.int64(GLANCES), np.int64(CHECKS), np.int64(VISITS)
"""The surfaces as int64: Numba compiles a function anew for every plain constant it is called with."""


@njit_inlined
def _still(minds, one):  # type: ignore[no-untyped-def]
    """Give what makes a recipient's looks stand still while away, as the shared walkers take it."""
    return minds.op_at, minds.op_lost, one.away_first, one.away_past


@njit_inlined
def open_stream(minds, one, surface, state):  # type: ignore[no-untyped-def]
    """Set `state` (int64 of 4, as in `sim.world.looks`) to the first look of a recipient at a surface."""
    if minds.by_hand:
        at, until = minds.written_at[one.who, surface, 0], minds.written_at[one.who, surface, 1]
        state[K], state[OP], state[LENGTH] = 0, at, until  # of written looks: number, place of this one, end of them
        state[START] = minds.starts[at] if at < until else _NEVER
        return
    segment = one.segment
    rate = one.rate * minds.boost if surface == VISITS else one.rate
    begin(minds.pool, minds.stream_at[segment, surface], minds.stream_mean[segment, surface], minds.weeks,
          minds.week_at[segment, 0], minds.week_at[segment, 1], one.utc_offset, _still(minds, one), rate, minds.key, surface,
          one.entity, state)  # fmt: skip


@njit_inlined
def step(minds, one, surface, state):  # type: ignore[no-untyped-def]
    """Move `state` to the next look and return the end of the one it leaves, which begins at `state[START]`."""
    if minds.by_hand:
        end = minds.ends[state[OP]]
        state[K] += 1
        state[OP] += 1
        state[START] = minds.starts[state[OP]] if state[OP] < state[LENGTH] else _NEVER
        return end
    segment = one.segment
    rate = one.rate * minds.boost if surface == VISITS else one.rate
    return advance(minds.pool, minds.stream_at[segment, surface], minds.weeks, minds.week_at[segment, 0],
                   minds.week_at[segment, 1], one.utc_offset, _still(minds, one), rate, minds.key, surface, one.entity,
                   state)  # fmt: skip


@njit_inlined
def pass_over(minds, one, surface, state, instant, end):  # type: ignore[no-untyped-def]
    """Step over the looks that begin before an instant and return the end of the last (`end`, if there is none)."""
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
        end = advance(minds.pool, at, minds.weeks, week_at, slots, one.utc_offset, _still(minds, one), rate, minds.key, surface, one.entity,
                      state)  # fmt: skip
    return end
