"""One recipient's app (docs/model.md, section 6): which visits matter, whether they take place,
what they read and clear.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.draws import U64, uniform
from sim.engines.compiled.follow_ups import is_withheld
from sim.engines.compiled.inputs import IS_OFFLINE, is_on
from sim.engines.compiled.plan import read_in_thread
from sim.engines.compiled.retractions import BY_THE_APP, leave
from sim.engines.compiled.streams import VISIT_STREAM, step
from sim.world.looks import IN_HAND_FROM, START, VISITS, K
from sim.world.parts import OFFLINE, THIN

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)
_IN_HAND_FROM = np.int64(IN_HAND_FROM)


@njit_inlined
def begins_in_hand(intervals, at, place):
    """Give the start of the interval in hand at a place; NEVER past the last."""
    return intervals.starts[place] if place < at.hand_past else _NEVER


@njit_inlined
def next_visit(one, streams, rules, intervals, rows, work):
    """Give the start of the next visit worth playing, of the stream or in hand, walking over those
    that nothing waits for.
    """
    at, lists, visits = work.at[0], work.lists, work.looks[VISITS]
    start = min(visits[START], begins_in_hand(intervals, at, at.hand_visit))
    while start != _NEVER and at.since_visit == at.next_arrival:
        worth = _NEVER
        if at.next_unread < at.sent:
            worth = lists[at.next_unread].sent_at
        if at.next_arrival < at.arrivals:
            worth = min(worth, lists[at.next_arrival].arrival_at)
        if worth == _NEVER:
            return _NEVER
        if start >= worth:
            break
        begin_next_visit(one, streams, rules, intervals, rows, work, worth)
        start = min(visits[START], begins_in_hand(intervals, at, at.hand_visit))
    return start


@njit_inlined
def begin_next_visit(one, streams, rules, intervals, rows, work, worth):
    """Step over the next visit, of the stream before one in hand; let it take place, or not, if
    it is not over by an instant.
    """
    at, visits = work.at[0], work.looks[VISITS]
    in_hand = begins_in_hand(intervals, at, at.hand_visit)
    if visits[START] <= in_hand:
        start, number = visits[START], visits[K]
        end = step(streams, one, rules, VISIT_STREAM, visits)
    else:
        start, end = in_hand, intervals.ends[at.hand_visit]
        number = _IN_HAND_FROM + at.hand_visit - at.hand_first
        at.hand_visit += 1
    if end > worth:
        _begin_visit(one, rules, intervals, rows, work, start, end, number)


@njit_inlined
def _begin_visit(one, rules, intervals, rows, work, start, end, number):
    """Let a visit take place, or not (rank 19)."""
    boost, at = rules.badge_boost, work.at[0]
    by_itself = boost == 1.0 or at.badge_until > start or number >= _IN_HAND_FROM
    if not by_itself and uniform(one.key, THIN, one.entity, U64(number)) * boost >= 1.0:
        return
    offline = (
        rules.visit_offline > 0.0
        and uniform(one.key, OFFLINE, one.entity, U64(number)) < rules.visit_offline
    )
    offline = offline or is_on(intervals, one.row, IS_OFFLINE, start)
    at.visit_end = max(at.visit_end, end)
    open_app(rules, rows, work, start, end, offline)


@njit
def open_app(rules, rows, work, now, until, offline):
    """Open the app: the thread is read, then the badge and the tray are cleared.

    It stays open until `until`.
    """
    at = work.at[0]
    if not offline:
        _read_thread(rules, rows, work, now, until)
    for q in range(at.since_visit, at.next_arrival):
        row = rows[work.lists[q].arrival_row]
        effect, arrived = row.effective, row.push_arrived
        if arrived != _NEVER:
            if (
                offline
                and row.thread_read == _NEVER
                and now - arrived <= rules.cache_life
                and arrived < effect
            ):
                read_in_thread(row, now)
                row.from_cache = effect <= now
                row.copy_was_read = True
            if row.push_left > now:
                leave(row, now, BY_THE_APP)
        if row.badge_counted != _NEVER and row.badge_cleared > now:
            row.badge_cleared = now
            if effect <= now and row.thread_read == _NEVER:
                row.phantom = min(row.phantom, now)
    at.since_visit = at.next_arrival
    at.badge_until = _PAST
    at.in_tray = at.pending = at.signs = 0


@njit
def _read_thread(rules, rows, work, now, until):
    """Read the thread online: what is there now, and what is accepted before the visit is over
    (rank 18).
    """
    at, lists = work.at[0], work.lists
    q = at.next_unread
    while q < at.sent and (lists[q].sent_at <= now or lists[q].sent_at < until):
        i = lists[q].sent_row
        row = rows[i]
        seen = max(now, lists[q].sent_at)
        if rules.rare:
            work.rare[i].seen = seen
        if row.thread_read == _NEVER and not (rules.pause and is_withheld(rows, work.rare, i)):
            if row.effective > seen:
                read_in_thread(row, seen)
            elif rules.placeholder:
                row.phantom = min(row.phantom, seen)
        q += 1
    at.next_unread = q
