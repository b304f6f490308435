"""One recipient's app (docs/model.md, section 6): which visits matter, whether they take place,
what they read and clear.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.draws import U64, uniform
from sim.engines.compiled.desk import (
    ARRIVAL_AT,
    ARRIVAL_ROW,
    ARRIVALS,
    BADGE_UNTIL,
    IN_TRAY,
    NEXT_ARRIVAL,
    NEXT_UNREAD,
    SENT,
    SENT_AT,
    SENT_ROW,
    SIGNS,
    SINCE_VISIT,
    TRAY,
    VISIT_END,
)
from sim.engines.compiled.extras import COPIED, IS_OFFLINE, is_on
from sim.engines.compiled.follow_ups import is_withheld
from sim.engines.compiled.layout import (
    ARRIVED,
    CACHED,
    CLEARED,
    COUNTED,
    EFFECT,
    LEFT,
    PHANTOM,
    READ,
)
from sim.engines.compiled.plan import read_in_thread
from sim.engines.compiled.streams import VISIT_STREAM, step
from sim.world.looks import START, VISITS, K
from sim.world.parts import OFFLINE, THIN

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)


@njit_inlined
def next_visit(one, minds, terms, extras, rows, desk):
    """Give the start of the next visit worth playing, walking over those that nothing waits for."""
    at, visits = desk.at, desk.looks[VISITS]
    while visits[START] != _NEVER and at[SINCE_VISIT] == at[NEXT_ARRIVAL]:
        worth = _NEVER
        if at[NEXT_UNREAD] < at[SENT]:
            worth = desk.lists[SENT_AT, at[NEXT_UNREAD]]
        if at[NEXT_ARRIVAL] < at[ARRIVALS]:
            worth = min(worth, desk.lists[ARRIVAL_AT, at[NEXT_ARRIVAL]])
        if worth == _NEVER:
            return _NEVER
        if visits[START] >= worth:
            break
        start, number = visits[START], visits[K]
        end = step(minds, one, VISIT_STREAM, visits)
        if end > worth:  # it may be in progress by then
            begin_visit(one, minds, terms, extras, rows, desk, start, end, number)
    return visits[START]


@njit_inlined
def begin_visit(one, minds, terms, extras, rows, desk, start, end, number):
    """Let a visit of the stream take place, or not (rank 19)."""
    boost, entity = terms.badge_boost, one.entity
    unbidden = boost == 1.0 or desk.at[BADGE_UNTIL] > start
    if not unbidden and uniform(minds.key, THIN, entity, U64(number)) * boost >= 1.0:
        return
    offline = (
        terms.visit_offline > 0.0
        and uniform(minds.key, OFFLINE, entity, U64(number)) < terms.visit_offline
    )
    offline = offline or is_on(extras, one.who, IS_OFFLINE, start)
    desk.at[VISIT_END] = end
    open_app(terms, extras, rows, desk, start, end, offline)


@njit
def open_app(terms, extras, rows, desk, now, until, offline):
    """Open the app: the thread is read, then the badge and the tray are cleared.

    It stays open until `until`.
    """
    at = desk.at
    if not offline:
        _read_thread(terms, extras, rows, desk, now, until)
    for q in range(at[SINCE_VISIT], at[NEXT_ARRIVAL]):
        i = desk.lists[ARRIVAL_ROW, q]
        effect, arrived = rows[i, EFFECT], rows[i, ARRIVED]
        if arrived != _NEVER:
            if (
                offline
                and rows[i, READ] == _NEVER
                and now - arrived <= terms.cache_life
                and arrived < effect
            ):
                read_in_thread(rows, i, now)
                rows[i, CACHED] = effect <= now
                if extras.rules.edits:
                    extras.rows[i, COPIED] = 1
            rows[i, LEFT] = min(rows[i, LEFT], now)
        if rows[i, COUNTED] != _NEVER and rows[i, CLEARED] > now:
            rows[i, CLEARED] = now
            if effect <= now and rows[i, READ] == _NEVER:
                rows[i, PHANTOM] = min(rows[i, PHANTOM], now)
    at[SINCE_VISIT] = at[NEXT_ARRIVAL]
    at[BADGE_UNTIL] = _PAST
    at[TRAY] = at[SIGNS] = at[IN_TRAY] = 0


@njit
def _read_thread(terms, extras, rows, desk, now, until):
    """Read the thread online: what is there now, and what is accepted before the visit is over
    (rank 18).
    """
    at = desk.at
    q = at[NEXT_UNREAD]
    while q < at[SENT] and (desk.lists[SENT_AT, q] <= now or desk.lists[SENT_AT, q] < until):
        i = desk.lists[SENT_ROW, q]
        if rows[i, READ] == _NEVER and not (
            extras.rules.pausing and is_withheld(rows, extras.rows, i)
        ):
            seen = max(now, desk.lists[SENT_AT, q])
            if rows[i, EFFECT] > seen:
                read_in_thread(rows, i, seen)
            elif terms.placeholder:
                rows[i, PHANTOM] = min(rows[i, PHANTOM], seen)
        q += 1
    at[NEXT_UNREAD] = q
