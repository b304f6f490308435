"""One recipient's phone and app (docs/model.md, sections 5 and 6): a merge of sorted streams, the
earliest first.

Arrivals are sorted beforehand; glances and visits are walked only while something waits for them;
alerts and taps are small heaps. What ends without anybody acting (retractions, corrections, expiry:
rank 9) is a time kept with the message and compared with, unless the rules need retractions one by
one (`retractions`). Acceptances (rank 5) are no events either: they matter to visits only, which
catch up.
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
    BACKS,
    BADGE_UNTIL,
    ENTRIES,
    GLANCE_END,
    GLANCING,
    MEETING_END,
    MEETING_ROW,
    MEETINGS,
    NEXT_ARRIVAL,
    NEXT_BACK,
    NEXT_ENTRY,
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
from sim.engines.compiled.extras import (
    BACK,
    BACK_AT,
    IS_AWAY,
    IS_OFFLINE,
    IS_QUIET,
    LOST,
    OPENED,
    SENDER,
    SHOWN,
    WORN,
    is_on,
    wait,
)
from sim.engines.compiled.follow_ups import is_withheld
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
from sim.engines.compiled.plan import is_sent
from sim.engines.compiled.retractions import enter_tray, retract, retraction
from sim.engines.compiled.store import empty_stores
from sim.engines.compiled.streams import GLANCE_STREAM, VISIT_STREAM, open_stream, pass_over, step
from sim.engines.compiled.thread import begin_visit, next_visit, open_app
from sim.schema.world import BY_APP, BY_THREAD, LATEST
from sim.world.looks import GLANCES, START, VISITS, K

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)


@njit_inlined
def play_phone(one, minds, terms, extras, rows, desk):
    """Play all that a recipient's phone and app see before the horizon.

    `desk` holds the sorted lists.
    """
    at, glances, visits = desk.at, desk.looks[GLANCES], desk.looks[VISITS]
    open_stream(minds, one, VISIT_STREAM, visits)
    while True:
        visit = next_visit(one, minds, terms, extras, rows, desk)
        arrival = (
            desk.lists[ARRIVAL_AT, at[NEXT_ARRIVAL]] if at[NEXT_ARRIVAL] < at[ARRIVALS] else _NEVER
        )
        glance = glances[START] if at[TRAY] > 0 or at[SIGNS] > 0 else _NEVER
        alert = desk.lists[ALERT_AT, 0] if at[ALERTS] > 0 else _NEVER
        tap = desk.lists[TAP_AT, 0] if at[TAPS] > 0 else _NEVER
        back = _NEVER
        if extras.rules.by_event and at[NEXT_BACK] < at[BACKS]:
            back = extras.lists[BACK_AT, at[NEXT_BACK]]
        now = min(min(min(arrival, glance), min(alert, visit)), min(tap, back))
        if at[MEETINGS] > 0 and not (
            arrival == _meeting(desk) or glance == _meeting(desk) or back == _meeting(desk)
        ):
            _meet(
                terms, rows, desk
            )  # rank 11: after arrivals, retractions and glances of that instant
            continue
        if extras.rules.stored and at[NEXT_ENTRY] < at[ENTRIES]:
            empty_stores(one, terms, rows, extras, desk, now if now < terms.horizon else _NEVER)
        if now >= terms.horizon:
            return
        if arrival == now:
            regretted = rows[desk.lists[ARRIVAL_ROW, at[NEXT_ARRIVAL]], EFFECT] != _NEVER
            if at[TRAY] == 0 and at[SIGNS] == 0 and (one.push or regretted):
                _catch_up(one, minds, desk, now)
            _arrive(one, terms, extras, rows, desk)
        elif back == now:
            retract(terms, rows, extras, desk)
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
            begin_visit(
                one,
                minds,
                terms,
                extras,
                rows,
                desk,
                now,
                step(minds, one, VISIT_STREAM, visits),
                number,
            )
        else:
            i = desk.lists[TAP_ROW, 0]
            at[TAPS] = pop(desk.lists[TAP_AT], desk.lists[TAP_ROW], at[TAPS])
            offline = rows[i, TAP_OFFLINE] != 0 or is_on(extras, one.who, IS_OFFLINE, now)
            open_app(terms, extras, rows, desk, now, now, offline)


@njit
def _meeting(desk):
    """Give the instant of the pending rank-11 glances: the arrival of their pushes."""
    return desk.lists[ARRIVAL_AT, desk.at[NEXT_ARRIVAL] - 1]


@njit_inlined
def _arrive(one, terms, extras, rows, desk):
    """Let the next notification arrive (rank 8)."""
    at, rules = desk.at, extras.rules
    now, i = desk.lists[ARRIVAL_AT, at[NEXT_ARRIVAL]], desk.lists[ARRIVAL_ROW, at[NEXT_ARRIVAL]]
    at[NEXT_ARRIVAL] += 1
    back = extras.rows[i, BACK] if rules.by_event else retraction(rows, i, extras, one.who)
    if not is_sent(rows, i, terms.push_late) or (back < now and rules.scope != LATEST):
        return
    if rules.extra and not _survives(extras, rows, i, now):
        return
    has_push = one.push
    if at[VISIT_END] > now:
        rows[i, CHARS] = 0
        if has_push:
            rows[i, ARRIVED] = rows[i, LEFT] = now
            if rules.edits:
                extras.rows[i, OPENED] = 1
        return
    left = _NEVER
    if has_push:
        left = plus(now, terms.push_expiry)
        if not rules.by_event:
            left = min(left, back)
        rows[i, ARRIVED] = now
        if left < terms.horizon:
            rows[i, LEFT] = left
        if rules.keeps_tray:
            sender = (
                extras.rows[i, SENDER]
                if rules.collapse == BY_THREAD
                else -1
                if rules.collapse == BY_APP
                else -2
            )
            enter_tray(i, now, sender, rows, extras, desk)
        if not rules.extra or _is_felt(one, extras, rows, desk, now, i):
            due = plus(now, rows[i, ALERT])
            if rows[i, ALERT] != _NEVER and not is_on(extras, one.who, IS_AWAY, due):
                at[ALERTS] = push(desk.lists[ALERT_AT], desk.lists[ALERT_ROW], at[ALERTS], due, i)
        if left > now:
            _into_tray(rows, desk, now, i, left)
    if one.badge and rows[i, READ] >= now:
        _count(one, terms, extras, rows, desk, now, i, left)


@njit
def _survives(extras, rows, i, now):
    """Tell whether a dispatched notification gets to the phone: sent at all, not lost in the store,
    not gone as it is fetched.
    """
    rules, more = extras.rules, extras.rows
    if (rules.pausing and is_withheld(rows, more, i)) or more[i, LOST] != _NEVER:
        return False
    if rules.fetch and rows[i, EFFECT] <= now:
        rows[i, CHARS] = 0
        if not rules.generic:
            more[i, LOST] = now
        return rules.generic
    return True


@njit
def _is_felt(one, extras, rows, desk, now, i):
    """Tell whether an arriving push alerts at the phone: no quiet spell is on, and the alert does
    not go to the watch.
    """
    if is_on(extras, one.who, IS_QUIET, now):
        return False
    if extras.rows[i, WORN] and max(desk.at[GLANCE_END], desk.at[ALERT_END]) <= now:
        extras.rows[i, SHOWN] = now
        return False
    return True


@njit_inlined
def _catch_up(one, minds, desk, now):
    """Walk over the glances that began before something arrived: nothing waited for them."""
    at, glances = desk.at, desk.looks[GLANCES]
    if at[GLANCING] == 0:
        at[GLANCING] = 1
        open_stream(minds, one, GLANCE_STREAM, glances)
    at[GLANCE_END] = pass_over(minds, one, GLANCE_STREAM, glances, now, at[GLANCE_END])


@njit
def _into_tray(rows, desk, now, i, left):
    """Put a push in the tray.

    A glance in progress counts as a glance at it, later at this instant (rank 11).
    """
    at = desk.at
    k = at[TRAY]
    desk.lists[TRAY_ROW, k], desk.lists[TRAY_NEED, k], desk.lists[TRAY_LEFT, k] = (
        i,
        rows[i, NEED],
        left,
    )
    at[TRAY] = k + 1
    end = max(at[GLANCE_END], at[ALERT_END])
    if end > now:
        desk.lists[MEETING_ROW, at[MEETINGS]], desk.lists[MEETING_END, at[MEETINGS]] = i, end
        at[MEETINGS] += 1


@njit
def _count(one, terms, extras, rows, desk, now, i, left):
    """Let the badge count a message, unless its correction came first."""
    at = desk.at
    cleared = wait(extras, one.who, IS_OFFLINE, plus(rows[i, EFFECT], rows[i, SYNC]))
    if cleared < now:
        return
    rows[i, COUNTED] = now
    if cleared < terms.horizon:
        rows[i, CLEARED] = cleared
    at[BADGE_UNTIL] = max(at[BADGE_UNTIL], cleared)
    covered = (
        left if rows[i, CHARS] > 0 else _PAST
    )  # while its text is in the tray, the badge is no sign of its own
    if extras.rules.by_event or extras.rules.keeps_tray:
        covered = _PAST  # it may leave earlier
    if rows[i, EFFECT] < terms.horizon and covered < min(cleared, terms.horizon):
        desk.lists[SIGN_ROW, at[SIGNS]] = i
        at[SIGNS] += 1


@njit
def _notice(terms, rows, desk, i, now, end):
    """Notice a push."""
    rows[i, NOTICED], rows[i, UNTIL] = now, end
    if rows[i, CHARS] > 0:
        tap = plus(now, rows[i, TAP])
        if tap < terms.horizon:
            desk.at[TAPS] = push(desk.lists[TAP_AT], desk.lists[TAP_ROW], desk.at[TAPS], tap, i)
    elif rows[i, EFFECT] <= now:
        rows[i, PHANTOM] = min(rows[i, PHANTOM], now)


@njit
def _meet(terms, rows, desk):
    """Count the glance in progress for the pushes that have just arrived (rank 11)."""
    at, lists, now = desk.at, desk.lists, _meeting(desk)
    for q in range(at[MEETINGS]):
        i = lists[MEETING_ROW, q]
        for k in range(at[TRAY] - 1, -1, -1):
            if lists[TRAY_ROW, k] == i and lists[TRAY_LEFT, k] > now:
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
def _glance(terms, rows, desk, now, end):
    """Glance at the phone (ranks 10 and 12): at the unnoticed pushes in the tray, and at the
    badge.
    """
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
