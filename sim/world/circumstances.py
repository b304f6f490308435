"""The intervals of a replication: who is away, without network, dozing, at a screen device or quiet, and
when.

Away, no network and dozing are alternating renewals on the clock, in equilibrium at time 0;
sessions at screen devices are looks in the recipient's operational time; quiet hours come from the recipient's week
(docs/model.md, section 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import numpy as np

from sim.clock import WEEK
from sim.compiling import njit
from sim.draws import uniforms
from sim.scenario.model import Scenario, Segment
from sim.schema.fields import Flags, Floats, Int64s
from sim.schema.screens import SCREENS
from sim.schema.world import Recipients
from sim.world.attention import Attention
from sim.world.calendar import open_spans, operational
from sim.world.intervals import APPS, AWAY, DOZING, NO_NETWORK, QUIET, SESSIONS, Intervals
from sim.world.looks import OPENED_ROW, SCRATCH, STREAM_ROW, STREAMS, advance, begin, take

_STREAM_OF = {
    AWAY: "away",
    NO_NETWORK: "offline",
    DOZING: "doze",
    **{kind: one.streams[0] for kind, one in zip(SESSIONS, SCREENS, strict=True)},
    **{kind: one.streams[1] for kind, one in zip(APPS, SCREENS, strict=True)},
}
_SCREEN_OF = dict(zip((*SESSIONS, *APPS), (*SCREENS, *SCREENS), strict=True))
"""Kinds that pass in their recipient's operational time, and the device they are at; the others pass on
the clock."""


def owners(name: str, shares: Sequence[float], recipients: Recipients) -> Flags:
    """Flip every recipient's own coin for having something, with the share of its segment.

    0 and 1 need no draw.
    """
    mine: Floats = np.asarray(shares, dtype=np.float64)[recipients.segment]
    certain = bool(np.all((mine == 0) | (mine == 1)))
    own: Flags = (
        mine == 1
        if certain
        else uniforms(recipients.key, f"recipient.{name}", recipients.entity) < mine
    )
    return own


def draw_intervals(scenario: Scenario, recipients: Recipients, attention: Attention) -> Intervals:
    """Draw every interval that begins before the horizon; a pure function of scenario and keys.

    >>> import sim
    >>> from sim.world.drawing import draw_world
    >>> draw_world(sim.load("scenarios/linkedin_dm.toml"), 0).intervals.starts.size
    0
    """
    segments, horizon = scenario.segments, int(scenario.run.horizon)
    intervals = Intervals.none(recipients.size)
    for kind, name in _STREAM_OF.items():
        has = [attrgetter(name)(s).gap.dist != "never" for s in segments]
        owner = _SCREEN_OF[kind].name if kind in _SCREEN_OF else name
        if kind in _SCREEN_OF:
            shares = [float(getattr(s, owner).share) for s in segments]
            has = [share if there else 0.0 for share, there in zip(shares, has, strict=True)]
        if any(has):
            chosen = owners(owner, [float(x) for x in has], recipients)
            intervals = _walked(intervals, kind, chosen, recipients, attention, horizon)
    for session, app in zip(SESSIONS, APPS, strict=True):
        intervals = _within_sessions(intervals, session, app)
    return _with_quiet_hours(intervals, segments, recipients, horizon)


def _walked(
    intervals: Intervals,
    kind: int,
    chosen: Flags,
    recipients: Recipients,
    a: Attention,
    horizon: int,
) -> Intervals:
    """Add the intervals of one kind, walked for the recipients chosen."""
    stream, nothing = STREAMS.index(_STREAM_OF[kind]), np.zeros(0, dtype=np.int64)
    offsets, away, week_at = (
        recipients.utc_offset,
        np.ascontiguousarray(intervals.at[:, AWAY]),
        a.week_at,
    )
    if kind not in _SCREEN_OF:  # on the clock: nobody's offset, week or absence matters
        offsets, away, week_at = offsets * 0, away * 0, np.tile([0, 1], (len(week_at), 1))
    first = np.zeros(recipients.size + 1, dtype=np.int64)
    args = (
        recipients.entity,
        recipients.segment,
        offsets,
        chosen,
        a.pool,
        a.stream_at,
        a.stream_mean,
        a.weeks,
        week_at,
        intervals.op_at,
        intervals.op_lost,
        away,
        recipients.key,
        stream,
        horizon,
        np.ones(1),
        np.zeros(1, OPENED_ROW),
        np.zeros(1, STREAM_ROW),
        np.empty(SCRATCH),
        first,
    )
    _walk_all(*args, nothing, nothing)
    starts, ends = np.empty(first[-1], dtype=np.int64), np.empty(first[-1], dtype=np.int64)
    _walk_all(*args, starts, ends)
    op_at, op_lost = np.zeros(first[-1], dtype=np.int64), np.zeros(first[-1], dtype=np.int64)
    if kind == AWAY:
        _stand_still(
            recipients.segment,
            recipients.utc_offset,
            a.weeks,
            a.week_at,
            first,
            starts,
            ends,
            op_at,
            op_lost,
        )
    return intervals.joined(
        kind, np.stack([first[:-1], first[1:]], axis=1), starts, ends, op_at, op_lost
    )


@njit
def _walk_all(
    entity,
    segment,
    offsets,
    chosen,
    pool,
    stream_at,
    stream_mean,
    weeks,
    week_at,
    op_at,
    op_lost,
    away,
    keys,
    stream,
    horizon,
    rate,
    opened,
    states,
    scratch,
    first,
    starts,
    ends,
):
    """Count the intervals of every recipient into `first` (running), and write them if there is room
    for them.
    """
    n, state = 0, states[0]
    for r in range(entity.size):
        first[r] = n
        if chosen[r]:
            at, mean = stream_at[segment[r], stream], stream_mean[segment[r], stream]
            week, slots = week_at[segment[r], 0], week_at[segment[r], 1]
            still = (op_at, op_lost, away[r, 0], away[r, 1])
            begin(
                pool,
                at,
                mean,
                weeks,
                week,
                slots,
                offsets[r : r + 1],
                op_at,
                op_lost,
                away[r : r + 1],
                rate,
                keys[r : r + 1],
                stream,
                entity[r : r + 1],
                opened,
                scratch,
            )
            take(opened[0], state)
            past = np.int64(-1)
            while state.start < horizon:
                start = max(state.start, np.int64(0))
                end = advance(
                    pool,
                    at,
                    weeks,
                    week,
                    slots,
                    offsets[r],
                    still,
                    1.0,
                    keys[r],
                    stream,
                    entity[r],
                    state,
                )
                if end <= start:
                    continue
                if start != past:  # one that begins as the last one ends goes on with it
                    n += 1
                if starts.size > 0:
                    if start != past:
                        starts[n - 1] = start
                    ends[n - 1] = end
                past = end
    first[entity.size] = n


def _within_sessions(intervals: Intervals, session: int, app: int) -> Intervals:
    """Cut app visits at a screen device to the sessions there: [start, end) in both."""
    if not (intervals.at[:, app, 0] < intervals.at[:, app, 1]).any():
        return intervals
    starts, ends = intervals.starts, intervals.ends
    at = np.ascontiguousarray(intervals.at[:, [session, app]])
    first = np.zeros(len(at) + 1, dtype=np.int64)
    nothing = np.zeros(0, dtype=np.int64)
    _cut(starts, ends, at, first, nothing, nothing)
    cut = np.empty((2, int(first[-1])), dtype=np.int64)
    _cut(starts, ends, at, first, cut[0], cut[1])
    none = np.zeros(cut.shape[1], dtype=np.int64)
    places = np.stack([first[:-1], first[1:]], axis=1)
    return intervals.joined(app, places, cut[0].copy(), cut[1].copy(), none, none)


@njit
def _cut(starts, ends, at, first, cut_starts, cut_ends):
    """Count the parts of app visits that lie in sessions into `first` (running), and write them if there
    is room for them. `at` has the places of each recipient's sessions, then of its visits.
    """
    n = 0
    for r in range(at.shape[0]):
        first[r] = n
        i, session = at[r, 1, 0], at[r, 0, 0]
        while i < at[r, 1, 1] and session < at[r, 0, 1]:
            start, end = max(starts[i], starts[session]), min(ends[i], ends[session])
            if start < end:
                if cut_starts.size > 0:
                    cut_starts[n], cut_ends[n] = start, end
                n += 1
            if ends[i] < ends[session]:
                i += 1
            else:
                session += 1
    first[at.shape[0]] = n


@njit
def _stand_still(segment, utc_offset, weeks, week_at, first, starts, ends, op_at, op_lost):
    """Say at which operational time each away interval comes up, and how much has been lost to it and
    those before.
    """
    for r in range(segment.size):
        lost = np.int64(0)
        for k in range(first[r], first[r + 1]):
            week, slots = week_at[segment[r], 0], week_at[segment[r], 1]
            begins = operational(weeks, week, slots, starts[k] + utc_offset[r])
            op_at[k] = begins - lost
            lost += operational(weeks, week, slots, ends[k] + utc_offset[r]) - begins
            op_lost[k] = lost


def _with_quiet_hours(
    intervals: Intervals, segments: Sequence[Segment], recipients: Recipients, horizon: int
) -> Intervals:
    """Add the hours in which notifications are silent; the recipients of a segment share them."""
    silent = [bool(s.quiet.hours) and s.quiet.effect == "silent" for s in segments]
    if not any(silent):
        return intervals
    mine = owners("quiet", [s.quiet.share for s in segments], recipients)
    at = np.zeros((recipients.size, 2), dtype=np.int64)
    pieces = [np.zeros((0, 2), dtype=np.int64)]
    for k, segment in enumerate(segments):
        if silent[k]:
            hours = quiet_hours(segment, horizon)
            begin_at = sum(len(piece) for piece in pieces)
            at[mine & (recipients.segment == k)] = begin_at, begin_at + len(hours)
            pieces.append(hours)
    hours = np.concatenate(pieces)
    nothing = np.zeros(len(hours), dtype=np.int64)
    return intervals.joined(QUIET, at, hours[:, 0].copy(), hours[:, 1].copy(), nothing, nothing)


def quiet_hours(segment: Segment, horizon: int) -> Int64s:
    """Give a segment's quiet hours on the scenario's clock, from time 0 to past the horizon: int64
    of shape (n, 2).
    """
    weekly = open_spans(span for window in segment.quiet.hours for span in window.spans())
    offset = int(segment.utc_offset)
    weeks = np.arange(-2, horizon // WEEK + 3, dtype=np.int64) * WEEK
    spans = (weeks[:, None, None] + weekly[None, :, :] - offset).reshape(-1, 2)
    joined = open_spans((int(a), int(b)) for a, b in spans if b > 0 and a < horizon)
    return np.maximum(joined, 0)
