"""Retractions (docs/model.md, section 5): when they arrive, and what they take with them.

With scope *message* and a service that keeps everything, a retraction is a time kept with its push.
Otherwise what it does hangs on what else is in the tray, or it may be lost in the store: then
retractions are played one by one.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.desk import BACKS, IN_TRAY, NEXT_BACK, TRAY, TRAY_LEFT, TRAY_ROW
from sim.engines.compiled.extras import (
    BACK,
    BACK_AT,
    BACK_LOST,
    BACK_ROW,
    DOZES,
    IS_OFFLINE,
    REWRITTEN,
    SENDER,
    SPARE_NAME,
    SPARE_TIME,
    TRAYED,
    wait,
)
from sim.engines.compiled.layout import ARRIVED, CHARS, DISPATCH, EFFECT, LEFT, RETRACT, plus
from sim.engines.compiled.order import sort_by_time
from sim.engines.compiled.plan import is_sent
from sim.schema.world import CONVERSATION, LATEST, MESSAGE

_NEVER = np.int64(NEVER)
_EVERYBODY = np.int64(-1)


@njit_inlined
def retraction(rows, i, extras, who):
    """Give when the retraction of a dispatched push arrives, if no store loses it.

    NEVER: there is none.
    """
    if rows[i, EFFECT] == _NEVER or rows[i, RETRACT] == _NEVER:
        return _NEVER
    back = wait(extras, who, IS_OFFLINE, plus(rows[i, EFFECT], rows[i, RETRACT]))
    return wait(extras, who, DOZES, back) if extras.rules.waits else back


@njit
def list_retractions(who, begin, end, terms, rows, extras, desk):
    """List a recipient's retractions, to be played as events, by arrival.

    Some may turn out not to be sent.
    """
    lists, n = extras.lists, 0
    for i in range(begin, end):
        if rows[i, DISPATCH] != _NEVER:
            back = retraction(rows, i, extras, who)
            if back < terms.horizon:
                lists[BACK_AT, n], lists[BACK_ROW, n] = back, i
                n += 1
    sort_by_time(lists[BACK_AT], lists[BACK_ROW], n, lists[SPARE_TIME], lists[SPARE_NAME])
    desk.at[BACKS] = n


@njit
def retract(terms, rows, extras, desk):
    """Let the next retraction arrive (rank 9)."""
    at, more, scope = desk.at, extras.rows, extras.rules.scope
    now, i = extras.lists[BACK_AT, at[NEXT_BACK]], extras.lists[BACK_ROW, at[NEXT_BACK]]
    at[NEXT_BACK] += 1
    if rows[i, EFFECT] == _NEVER or more[i, BACK_LOST] or not is_sent(rows, i, terms.push_late):
        return
    more[i, BACK] = now
    if scope == MESSAGE:
        if rows[i, ARRIVED] != _NEVER and rows[i, LEFT] > now:
            rows[i, LEFT] = now
            for k in range(at[TRAY]):
                if desk.lists[TRAY_ROW, k] == i:
                    desk.lists[TRAY_LEFT, k] = now
    elif scope == CONVERSATION:
        _take(more[i, SENDER], rows, extras, desk, now)
    elif scope == LATEST:
        if _newest(more[i, SENDER], rows, extras, desk, now) == i:
            _take(more[i, SENDER], rows, extras, desk, now)
    else:
        for k in range(at[IN_TRAY]):
            if extras.lists[TRAYED, k] == i and rows[i, LEFT] >= now:
                rows[i, CHARS], more[i, REWRITTEN] = -rows[i, CHARS], now


@njit
def enter_tray(i, now, sender, rows, extras, desk):
    """Let a push enter the tray.

    Those it replaces leave: of a sender, of everybody (-1), of nobody (-2).
    """
    if sender >= _EVERYBODY:
        _take(sender, rows, extras, desk, now)
    extras.lists[TRAYED, desk.at[IN_TRAY]] = i
    desk.at[IN_TRAY] += 1


@njit
def _take(sender, rows, extras, desk, now):
    """Take the pushes of a sender, or of everybody (-1), out of the tray, and forget those that
    have left it.
    """
    at, more, kept = desk.at, extras.rows, 0
    for k in range(at[IN_TRAY]):
        i = extras.lists[TRAYED, k]
        if rows[i, LEFT] < now:
            continue
        if sender == _EVERYBODY or more[i, SENDER] == sender:
            rows[i, LEFT] = now
        else:
            extras.lists[TRAYED, kept] = i
            kept += 1
    at[IN_TRAY] = kept
    for k in range(at[TRAY]):
        if sender == _EVERYBODY or more[desk.lists[TRAY_ROW, k], SENDER] == sender:
            desk.lists[TRAY_LEFT, k] = min(desk.lists[TRAY_LEFT, k], now)


@njit
def _newest(sender, rows, extras, desk, now):
    """Give a sender's push that entered the tray last, of those that stay there beyond now.

    -1: none.

    All pushes expire after the same time: if the newest one expires now, those that came before it
    have, too.
    """
    for k in range(desk.at[IN_TRAY] - 1, -1, -1):
        i = extras.lists[TRAYED, k]
        if extras.rows[i, SENDER] == sender and rows[i, LEFT] > now:
            return i
    return np.int64(-1)
