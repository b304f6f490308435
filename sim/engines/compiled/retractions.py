"""Retractions (docs/model.md, section 5): when they arrive, and what they take with them."""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.inputs import DOZES, IS_OFFLINE, plus, wait
from sim.engines.compiled.plan import is_sent
from sim.schema.world import BY_APP, BY_THREAD, CONVERSATION, LATEST, MESSAGE

_NEVER = np.int64(NEVER)
_EVERYBODY = np.int64(-1)


@njit_inlined
def reaches_service(m, one, row):
    """Give when the retraction of a push reaches the push service.

    NEVER: there is none.
    """
    if not one.push or row.push_dispatched == _NEVER or row.effective == _NEVER:
        return _NEVER
    return plus(row.effective, m.retract_after[row.number])


@njit_inlined
def retraction(m, rules, intervals, one, row):
    """Give when the retraction of a dispatched push arrives, if no store loses it.

    NEVER: there is none.
    """
    reaches = reaches_service(m, one, row)
    if reaches == _NEVER:
        return _NEVER
    back = wait(intervals, one.row, IS_OFFLINE, reaches)
    return wait(intervals, one.row, DOZES, back) if rules.retraction_waits else back


@njit
def retract(rules, rows, work):
    """Let the next retraction arrive (rank 9)."""
    at, lists = work.at[0], work.lists
    now, i = lists[at.next_retraction].retraction_at, lists[at.next_retraction].retraction_row
    at.next_retraction += 1
    row, scope = rows[i], rules.retraction_scope
    if row.effective == _NEVER or row.retraction_lost or not is_sent(row, rules.push_late):
        return
    row.retraction_arrived = now
    if scope == MESSAGE:
        if row.push_arrived != _NEVER and row.push_left > now:
            row.push_left = now
            for k in range(at.unnoticed):
                if lists[k].unnoticed_row == i:
                    lists[k].unnoticed_left = now
    elif scope == CONVERSATION:
        _take(row.sender, rows, work, now)
    elif scope == LATEST:
        if _newest(row.sender, rows, work, now) == i:
            _take(row.sender, rows, work, now)
    else:
        for k in range(at.in_tray):
            if lists[k].tray_row == i and row.push_left >= now:
                row.push_chars, work.rare[i].push_rewritten = -row.push_chars, now


@njit_inlined
def enter_tray(i, now, rules, rows, work):
    """Let a push enter the tray.

    Those it replaces leave.
    """
    if rules.collapse == BY_THREAD:
        _take(rows[i].sender, rows, work, now)
    elif rules.collapse == BY_APP:
        _take(_EVERYBODY, rows, work, now)
    at = work.at[0]
    work.lists[at.in_tray].tray_row = i
    at.in_tray += 1


@njit
def _take(sender, rows, work, now):
    """Take the pushes of a sender, or of everybody (-1), out of the tray, and forget those that
    have left it.
    """
    at, lists, kept = work.at[0], work.lists, 0
    for k in range(at.in_tray):
        row = rows[lists[k].tray_row]
        if row.push_left < now:
            continue
        if sender == _EVERYBODY or row.sender == sender:
            row.push_left = now
        else:
            lists[kept].tray_row = lists[k].tray_row
            kept += 1
    at.in_tray = kept
    for k in range(at.unnoticed):
        if sender == _EVERYBODY or rows[lists[k].unnoticed_row].sender == sender:
            lists[k].unnoticed_left = min(lists[k].unnoticed_left, now)


@njit
def _newest(sender, rows, work, now):
    """Give a sender's push that entered the tray last, of those that stay there beyond now.

    -1: none.

    All pushes expire after the same time: if the newest one expires now, those that came before it
    have, too.
    """
    for k in range(work.at[0].in_tray - 1, -1, -1):
        row = rows[work.lists[k].tray_row]
        if row.sender == sender and row.push_left > now:
            return work.lists[k].tray_row
    return np.int64(-1)
