"""One recipient's phone and app (docs/model.md, sections 5 and 6): a merge of sorted streams, the earliest first.

Arrivals are sorted beforehand; glances and visits are walked only while something waits for them; alerts and taps are
small heaps. What ends without anybody acting (retractions, corrections, expiry: rank 9) is a time kept with the
message and compared with. Acceptances (rank 5) are no events either: they matter to visits only, which catch up.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.desk import (
    ALERT_AT,
    ALERT_END,
    ALERT_ROW,
    ALERTS,
    ARRIVAL_AT,
    ARRIVAL_ROW,
    ARRIVALS,
    BADGE_UNTIL,
    GLANCE_END,
    GLANCING,
    MEETING_END,
    MEETING_ROW,
    MEETINGS,
    NEXT_ARRIVAL,
    SIGN_ROW,
    SIGNS,
    TAP_AT,
    TAP_ROW,
    TAPS,
    TRAY,
    TRAY_LEFT,
    TRAY_NEED,
    TRAY_ROW,
    VISIT_END,
)
from sim.engines.compiled.layout import (
    ALERT,
    ALERT_LENGTH,
    ARRIVED,
    CHARS,
    CLEARED,
    COUNTED,
    EFFECT,
    LEFT,
    NEED,
    NOTICED,
    PHANTOM,
    READ,
    SYNC,
    TAP,
    TAP_OFFLINE,
    UNTIL,
    plus,
)
from sim.engines.compiled.order import pop, push
from sim.engines.compiled.plan import is_sent, retraction
from sim.engines.compiled.streams import GLANCE_STREAM, VISIT_STREAM, open_stream, pass_over, step
from sim.engines.compiled.thread import begin_visit, next_visit, open_app
from sim.world.looks import GLANCES, START, VISITS, K

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)


@njit
def play_phone(one, minds, terms, rows, desk):  # type: ignore[no-untyped-def]
    """Play all that a recipient's phone and app see before the horizon; `desk` holds the sorted lists."""
    at, glances, visits = desk.at, desk.looks[GLANCES], desk.looks[VISITS]
    open_stream(minds, one, VISIT_STREAM, visits)
    while True:
        visit = next_visit(one, minds, terms, rows, desk)
        arrival = desk.lists[ARRIVAL_AT, at[NEXT_ARRIVAL]] if at[NEXT_ARRIVAL] < at[ARRIVALS] else _NEVER
        glance = glances[START] if at[TRAY] > 0 or at[SIGNS] > 0 else _NEVER
        alert = desk.lists[ALERT_AT, 0] if at[ALERTS] > 0 else _NEVER
        tap = desk.lists[TAP_AT, 0] if at[TAPS] > 0 else _NEVER
        now = min(min(min(arrival, glance), min(alert, visit)), tap)
        if at[MEETINGS] > 0 and not (arrival == _meeting(desk) or glance == _meeting(desk)):
            _meet(terms, rows, desk)  # rank 11: after arrivals and glances of that instant
            continue
        if now >= terms.horizon:
            return
        if arrival == now:
            regretted = rows[desk.lists[ARRIVAL_ROW, at[NEXT_ARRIVAL]], EFFECT] != _NEVER
            if at[TRAY] == 0 and at[SIGNS] == 0 and (one.push or regretted):
                _catch_up(one, minds, desk, now)
            _arrive(one, terms, rows, desk)
        elif glance == now:
            at[GLANCE_END] = step(minds, one, GLANCE_STREAM, glances)
            _glance(terms, rows, desk, now, at[GLANCE_END])
        elif alert == now:
            end = plus(now, rows[desk.lists[ALERT_ROW, 0], ALERT_LENGTH])
            at[ALERTS] = pop(desk.lists[ALERT_AT], desk.lists[ALERT_ROW], at[ALERTS])
            at[ALERT_END] = max(at[ALERT_END], end)
            _glance(terms, rows, desk, now, end)
        elif visit == now:
            number = visits[K]
            begin_visit(one, minds, terms, rows, desk, now, step(minds, one, VISIT_STREAM, visits), number)
        else:
            i = desk.lists[TAP_ROW, 0]
            at[TAPS] = pop(desk.lists[TAP_AT], desk.lists[TAP_ROW], at[TAPS])
            open_app(terms, rows, desk, now, now, rows[i, TAP_OFFLINE] != 0)


@njit
def _meeting(desk):  # type: ignore[no-untyped-def]
    """Give the instant of the pending rank-11 glances: the arrival of their pushes."""
    return desk.lists[ARRIVAL_AT, desk.at[NEXT_ARRIVAL] - 1]


@njit_inlined
def _arrive(one, terms, rows, desk):  # type: ignore[no-untyped-def]
    """Let the next notification arrive (rank 8)."""
    at = desk.at
    now, i = desk.lists[ARRIVAL_AT, at[NEXT_ARRIVAL]], desk.lists[ARRIVAL_ROW, at[NEXT_ARRIVAL]]
    at[NEXT_ARRIVAL] += 1
    back = retraction(rows, i)
    if not is_sent(rows, i, terms.push_late) or back < now:
        return
    has_push = one.push
    if at[VISIT_END] > now:
        rows[i, CHARS] = 0
        if has_push:
            rows[i, ARRIVED] = rows[i, LEFT] = now
        return
    left = _NEVER
    if has_push:
        left = min(back, plus(now, terms.push_expiry))
        rows[i, ARRIVED] = now
        if left < terms.horizon:
            rows[i, LEFT] = left
        if rows[i, ALERT] != _NEVER:
            at[ALERTS] = push(desk.lists[ALERT_AT], desk.lists[ALERT_ROW], at[ALERTS], plus(now, rows[i, ALERT]), i)
        if left > now:
            _into_tray(rows, desk, now, i, left)
    if one.badge and rows[i, READ] >= now:
        _count(terms, rows, desk, now, i, left)


@njit_inlined
def _catch_up(one, minds, desk, now):  # type: ignore[no-untyped-def]
    """Walk over the glances that began before something arrived: nothing waited for them."""
    at, glances = desk.at, desk.looks[GLANCES]
    if at[GLANCING] == 0:
        at[GLANCING] = 1
        open_stream(minds, one, GLANCE_STREAM, glances)
    at[GLANCE_END] = pass_over(minds, one, GLANCE_STREAM, glances, now, at[GLANCE_END])


@njit
def _into_tray(rows, desk, now, i, left):  # type: ignore[no-untyped-def]
    """Put a push in the tray; a glance in progress counts as a glance at it, later at this instant (rank 11)."""
    at = desk.at
    k = at[TRAY]
    desk.lists[TRAY_ROW, k], desk.lists[TRAY_NEED, k], desk.lists[TRAY_LEFT, k] = i, rows[i, NEED], left
    at[TRAY] = k + 1
    end = max(at[GLANCE_END], at[ALERT_END])
    if end > now:
        desk.lists[MEETING_ROW, at[MEETINGS]], desk.lists[MEETING_END, at[MEETINGS]] = i, end
        at[MEETINGS] += 1


@njit
def _count(terms, rows, desk, now, i, left):  # type: ignore[no-untyped-def]
    """Let the badge count a message, unless its correction came first."""
    at = desk.at
    cleared = plus(rows[i, EFFECT], rows[i, SYNC])
    if cleared < now:
        return
    rows[i, COUNTED] = now
    if cleared < terms.horizon:
        rows[i, CLEARED] = cleared
    at[BADGE_UNTIL] = max(at[BADGE_UNTIL], cleared)
    covered = left if rows[i, CHARS] > 0 else _PAST  # while its text is in the tray, the badge is no sign of its own
    if rows[i, EFFECT] < terms.horizon and covered < min(cleared, terms.horizon):
        desk.lists[SIGN_ROW, at[SIGNS]] = i
        at[SIGNS] += 1


@njit
def _notice(terms, rows, desk, i, now, end):  # type: ignore[no-untyped-def]
    """Notice a push."""
    rows[i, NOTICED], rows[i, UNTIL] = now, end
    if rows[i, CHARS] > 0:
        tap = plus(now, rows[i, TAP])
        if tap < terms.horizon:
            desk.at[TAPS] = push(desk.lists[TAP_AT], desk.lists[TAP_ROW], desk.at[TAPS], tap, i)
    elif rows[i, EFFECT] <= now:
        rows[i, PHANTOM] = min(rows[i, PHANTOM], now)


@njit
def _meet(terms, rows, desk):  # type: ignore[no-untyped-def]
    """Count the glance in progress for the pushes that have just arrived (rank 11)."""
    at, lists, now = desk.at, desk.lists, _meeting(desk)
    for q in range(at[MEETINGS]):
        i = lists[MEETING_ROW, q]
        for k in range(at[TRAY] - 1, -1, -1):
            if lists[TRAY_ROW, k] == i:
                lists[TRAY_NEED, k] -= 1
                if lists[TRAY_NEED, k] == 0:
                    _notice(terms, rows, desk, i, now, lists[MEETING_END, q])
                    for rest in range(k + 1, at[TRAY]):
                        for kind in range(TRAY_ROW, TRAY_LEFT + 1):
                            lists[kind, rest - 1] = lists[kind, rest]
                    at[TRAY] -= 1
                break
    at[MEETINGS] = 0


@njit
def _glance(terms, rows, desk, now, end):  # type: ignore[no-untyped-def]
    """Glance at the phone (ranks 10 and 12): at the unnoticed pushes in the tray, and at the badge."""
    at, lists, kept = desk.at, desk.lists, 0
    for k in range(at[TRAY]):
        i = lists[TRAY_ROW, k]
        if lists[TRAY_LEFT, k] <= now:
            continue
        if lists[TRAY_NEED, k] == 1:
            _notice(terms, rows, desk, i, now, end)
            continue
        lists[TRAY_ROW, kept], lists[TRAY_NEED, kept], lists[TRAY_LEFT, kept] = (
            i,
            lists[TRAY_NEED, k] - 1,
            lists[TRAY_LEFT, k],
        )
        kept += 1
    at[TRAY], kept = kept, 0
    for k in range(at[SIGNS]):
        i = lists[SIGN_ROW, k]
        if rows[i, CLEARED] <= now or rows[i, PHANTOM] != _NEVER:
            continue
        shows_text = rows[i, CHARS] > 0 and rows[i, LEFT] > now
        if rows[i, EFFECT] <= now and not shows_text:
            rows[i, PHANTOM] = now
        else:
            lists[SIGN_ROW, kept] = i
            kept += 1
    at[SIGNS] = kept
