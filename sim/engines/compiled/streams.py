"""Look streams, stepped look by look.

Drawn by the shared walkers or read from a world written by hand.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.schema.codes import OFF
from sim.schema.fields import Entities, Floats, Int64s
from sim.world.looks import (
    AHEAD,
    CHECKS,
    GLANCES,
    OPENED_ROW,
    SCRATCH,
    SURFACES,
    VISITS,
    advance,
    begin,
    take,
)

_NEVER = np.int64(NEVER)
GLANCE_STREAM, CHECK_STREAM, VISIT_STREAM = np.int64(GLANCES), np.int64(CHECKS), np.int64(VISITS)
"""The surfaces as int64: Numba compiles a function anew for every plain constant it is called
with."""


class StreamBuffers(NamedTuple):
    """The opened streams of a block of recipients, and room to open them in."""

    opened: npt.NDArray[Any]
    """Per surface and place."""
    place: Int64s
    """Per surface and recipient of the block."""
    key: Entities
    entity: Entities
    rate: Floats
    utc_offset: Int64s
    away: Int64s
    """Where each one's away intervals are."""
    scratch: Floats


def stream_buffers() -> StreamBuffers:
    """Make room for a block of `AHEAD` recipients."""
    return StreamBuffers(
        np.zeros((len(SURFACES), AHEAD), OPENED_ROW),
        np.zeros((len(SURFACES), AHEAD), dtype=np.int64),
        np.empty(AHEAD, dtype=np.uint64),
        np.empty(AHEAD, dtype=np.uint64),
        np.empty(AHEAD),
        np.empty(AHEAD, dtype=np.int64),
        np.empty((AHEAD, 2), dtype=np.int64),
        np.empty(SCRATCH),
    )


@njit_inlined
def _rate(one, rules, surface):
    """Give the factor on a recipient's rate of looks at a surface, visits at that with a badge."""
    if surface == CHECKS:
        return one.checks_rate
    return one.rate * rules.badge_boost if surface == VISITS else one.rate


@njit
def open_block(streams, people, rules, who, buffers):
    """Open the streams of at most `AHEAD` recipients of one segment side by side.

    No checks for those without mail.
    """
    segment = people[who[0]].segment
    for surface in (GLANCE_STREAM, CHECK_STREAM, VISIT_STREAM):
        n = 0
        for i in range(who.size):
            one = people[who[i]]
            buffers.place[surface, i] = n
            if surface != CHECKS or one.email != OFF:
                buffers.key[n], buffers.entity[n] = one.key, one.entity
                buffers.rate[n] = _rate(one, rules, surface)
                buffers.utc_offset[n] = one.utc_offset
                buffers.away[n, 0], buffers.away[n, 1] = one.away_first, one.away_past
                n += 1
        begin(
            streams.pool,
            streams.stream_at[segment, surface],
            streams.stream_mean[segment, surface],
            streams.weeks,
            streams.week_at[segment, 0],
            streams.week_at[segment, 1],
            buffers.utc_offset[:n],
            streams.op_at,
            streams.op_lost,
            buffers.away,
            buffers.rate[:n],
            buffers.key,
            surface,
            buffers.entity[:n],
            buffers.opened[surface],
            buffers.scratch,
        )


@njit_inlined
def take_streams(buffers, i, looks):
    """Copy the opened streams of recipient i of the block."""
    for surface in range(VISITS + 1):
        opened = buffers.opened[surface, buffers.place[surface, i]]
        take(opened, looks[surface])


@njit_inlined
def _still(streams, one):
    """Give what makes a recipient's looks stand still while away, as the shared walkers take it."""
    return streams.op_at, streams.op_lost, one.away_first, one.away_past


@njit_inlined
def open_stream(streams, one, surface, state):
    """Set `state` (a `STREAM_ROW` of `sim.world.looks`) to the first look of a recipient at a surface.

    Streams that are drawn have been opened by `open_block` and are there already.
    """
    if streams.by_hand:
        at, until = streams.written_at[one.row, surface, 0], streams.written_at[one.row, surface, 1]
        state.number, state.op, state.length = 0, at, until
        state.start = streams.starts[at] if at < until else _NEVER


@njit_inlined
def step(streams, one, rules, surface, state):
    """Move `state` to the next look and return the end of the one it leaves, which begins at
    `state.start`.
    """
    if streams.by_hand:
        end = streams.ends[state.op]
        state.number += 1
        state.op += 1
        state.start = streams.starts[state.op] if state.op < state.length else _NEVER
        return end
    segment = one.segment
    rate = _rate(one, rules, surface)
    return advance(
        streams.pool,
        streams.stream_at[segment, surface],
        streams.weeks,
        streams.week_at[segment, 0],
        streams.week_at[segment, 1],
        one.utc_offset,
        _still(streams, one),
        rate,
        one.key,
        surface,
        one.entity,
        state,
    )


@njit_inlined
def pass_over(streams, one, rules, surface, state, instant, end):
    """Step over the looks that begin before an instant and return the end of the last (`end`, if
    there is none).
    """
    if streams.by_hand:
        while state.start < instant:
            end = step(streams, one, rules, surface, state)
        return end
    at, week_at, slots = (
        streams.stream_at[one.segment, surface],
        streams.week_at[one.segment, 0],
        streams.week_at[one.segment, 1],
    )
    rate = _rate(one, rules, surface)
    while state.start < instant:
        end = advance(
            streams.pool,
            at,
            streams.weeks,
            week_at,
            slots,
            one.utc_offset,
            _still(streams, one),
            rate,
            one.key,
            surface,
            one.entity,
            state,
        )
    return end
