"""A world as the kernels take it: columns of the messages, rows of the recipients, rules, look
streams and intervals.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.state import PERSON_ROW, TERMS_ROW
from sim.schema.codes import DELETE, REWRITE, SEEN
from sim.schema.fields import Floats, Int64s, fields_of, named
from sim.schema.rules import DROPS, RULES
from sim.schema.screens.declared import ScreenMessages
from sim.schema.world import MESSAGES, RECIPIENTS
from sim.world.intervals import (
    AWAY,
    DOZING,
    IN_HAND,
    NO_NETWORK,
    QUIET,
    end_of_wait,
    next_instant_on,
)
from sim.world.parts import World

_NEVER = np.int64(NEVER)
IS_AWAY, IS_OFFLINE, DOZES, IS_QUIET, HAS_IN_HAND = (
    np.int64(k) for k in (AWAY, NO_NETWORK, DOZING, QUIET, IN_HAND)
)
"""Kinds of intervals as int64: Numba compiles a function anew for every plain constant it is called
with."""

_named: Any = namedtuple
_OF_SCREENS: Final = named(fields_of(ScreenMessages))
_SHARED: Final = [f.name for f in MESSAGES if f.name not in _OF_SCREENS]
MessageColumns: Final = _named("MessageColumns", _SHARED)
"""The columns of the messages, contiguous, for kernels that go through a world once: all but those of
screen devices."""


RecipientColumns: Final = _named("RecipientColumns", [f.name for f in RECIPIENTS])
"""Every column of the recipients."""


class LookStreams(NamedTuple):
    """`sim.world.parts.Attention`, with the operational time that away intervals take."""

    pool: Floats
    stream_at: Int64s
    stream_mean: Floats
    weeks: Int64s
    week_at: Int64s
    by_hand: bool
    written_at: Int64s
    starts: Int64s
    ends: Int64s
    op_at: Int64s
    op_lost: Int64s


class Circumstances(NamedTuple):
    """The intervals of all recipients; bit k of `kinds` is set if anybody has any of kind k."""

    kinds: int
    starts: Int64s
    ends: Int64s
    at: Int64s


class Inputs(NamedTuple):
    """All that a world holds."""

    messages: Any
    people: npt.NDArray[Any]
    terms: npt.NDArray[Any]
    streams: LookStreams
    intervals: Circumstances


def inputs_of(world: World) -> Inputs:
    """Give a world as the kernels take it, without copying message columns that are contiguous."""
    intervals = _intervals(world)
    return Inputs(
        MessageColumns(*(plain(getattr(world.messages, name)) for name in _SHARED)),
        _people(world),
        _terms(world, intervals.kinds),
        _streams(world),
        intervals,
    )


def _people(world: World) -> npt.NDArray[Any]:
    people = np.empty(world.recipients.size, PERSON_ROW)
    r = world.recipients
    columns = RecipientColumns(*(plain(getattr(r, f.name)) for f in RECIPIENTS))
    _fill(columns, plain(world.intervals.at), people)
    return people


@njit
def _fill(r, at, people):
    """Write a row per recipient."""
    for i in range(people.size):
        one = people[i]
        one.row, one.key, one.entity, one.segment, one.rate = (
            i,
            r.key[i],
            r.entity[i],
            r.segment[i],
            r.rate[i],
        )
        one.checks_rate = r.checks_rate[i]
        one.push, one.badge, one.hides_previews = r.push[i], r.badge[i], r.hides_previews[i]
        one.email, one.utc_offset, one.store = r.email[i], r.utc_offset[i], r.store[i]
        one.email_phase = r.email_phase[i]
        one.away_first, one.away_past = at[i, AWAY, 0], at[i, AWAY, 1]


def _terms(world: World, kinds: int) -> npt.NDArray[Any]:
    terms = np.empty(1, TERMS_ROW)
    for f in RULES:
        terms[f.name] = getattr(world.rules, f.name)
    terms["horizon"], terms["rare"] = world.horizon, is_rare(world, kinds)
    return terms


def is_rare(world: World, kinds: int) -> bool:
    """Tell whether anything may happen that only some worlds have (`state.RARE`)."""
    r, m = world.rules, world.messages
    return bool(
        kinds & ~(1 << IN_HAND)
        or r.pause
        or r.push_fetch
        or r.remedy != DELETE
        or r.retraction_scope == REWRITE
        or r.list_shown
        or m.on_watch.any()
        or any(getattr(r, drop) & SEEN for drop in DROPS)
    )


def _streams(world: World) -> LookStreams:
    a = world.attention
    return LookStreams(
        plain(a.pool),
        plain(a.stream_at),
        plain(a.stream_mean),
        plain(a.weeks),
        plain(a.week_at),
        a.by_hand,
        plain(a.written_at),
        plain(a.starts),
        plain(a.ends),
        plain(world.intervals.op_at),
        plain(world.intervals.op_lost),
    )


def _intervals(world: World) -> Circumstances:
    starts, ends, at = world.intervals.starts, world.intervals.ends, world.intervals.at
    some = np.flatnonzero((at[:, :, 0] < at[:, :, 1]).any(axis=0)) if starts.size else ()
    kinds = sum(1 << int(k) for k in some)
    return Circumstances(kinds, plain(starts), plain(ends), plain(at))


def plain(column: npt.NDArray[Any]) -> Any:
    """Give an array of the one layout the kernels are compiled for: contiguous and writable."""
    straight = np.ascontiguousarray(column)
    return straight if straight.flags.writeable else straight.copy()


@njit
def plus(instant, delay):
    """Add a delay that is not negative.

    NEVER where there is none, or where the sum is beyond every horizon.
    """
    return _NEVER if delay >= _NEVER - max(instant, np.int64(0)) else instant + delay


@njit_inlined
def wait(intervals, who, kind, instant):
    """Give the end of a recipient's interval of a kind that is on at an instant.

    The instant itself if none is.
    """
    if (intervals.kinds >> kind) & 1 == 0:
        return instant
    at = intervals.at
    return end_of_wait(
        intervals.starts, intervals.ends, at[who, kind, 0], at[who, kind, 1], instant
    )


@njit_inlined
def next_on(intervals, who, kind, instant):
    """Give the first instant from another on at which a recipient's interval of a kind is on;
    NEVER.
    """
    at = intervals.at
    return next_instant_on(
        intervals.starts, intervals.ends, at[who, kind, 0], at[who, kind, 1], instant
    )


@njit_inlined
def is_on(intervals, who, kind, instant):
    """Tell whether a recipient's interval of a kind is on at an instant."""
    return wait(intervals, who, kind, instant) != instant
