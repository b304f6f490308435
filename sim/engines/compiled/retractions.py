"""Retractions (docs/model.md, section 5): when they arrive, and what they take with them."""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.inputs import DOZES, IS_OFFLINE, plus, wait
from sim.engines.compiled.plan import is_retracted
from sim.schema.codes import BY_APP, BY_THREAD, CONVERSATION, LATEST, MESSAGE
from sim.schema.records import (
    DISMISSED,
    EXPIRED,
    IN_APP,
    OPENED,
    READ_ELSEWHERE,
    REPLACED,
    RETRACTED,
)

_NEVER = np.int64(NEVER)
_EVERYBODY = np.int64(-1)
_ALL = np.int64(-1)
BY_OPENING, BY_DISMISSAL, BY_RETRACTION, BY_EXPIRY, BY_ANOTHER, BY_THE_APP, BY_READING = (
    np.int64(code)
    for code in (OPENED, DISMISSED, RETRACTED, EXPIRED, REPLACED, IN_APP, READ_ELSEWHERE)
)
"""Why a push leaves the tray, as int64: Numba compiles a function anew for every plain constant it
is called with."""


@njit_inlined
def leave(row, instant, why):
    """Write down when and why a push leaves the tray."""
    row.push_left, row.push_left_by = instant, why


@njit_inlined
def _is_there(row, i, now, first):
    """Tell whether a push, message i's, is in the tray when it is the turn of message `first` to
    leave (-1: of nobody yet).

    Of those that expire or are cleared now, the lower rows have gone by then.
    """
    planned = row.push_left_by == BY_EXPIRY or row.push_left_by == BY_READING
    return row.push_left > now or (row.push_left == now and planned and i >= first)


@njit_inlined
def reaches_service(m, row):
    """Give when the retraction of a push reaches the push service.

    NEVER: there is none.
    """
    if not row.retractable or row.push_dispatched == _NEVER or row.effective == _NEVER:
        return _NEVER
    return plus(row.effective, m.retract_after[row.number])


@njit_inlined
def retraction(m, rules, intervals, one, row):
    """Give when the retraction of a dispatched push arrives, if no store loses it.

    NEVER: there is none.
    """
    reaches = reaches_service(m, row)
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
    if row.retraction_lost or not is_retracted(rules, row, work.rare, i):
        return
    if plus(at.visit_end, rules.retraction_app_ran_within) < now:
        return
    row.retraction_arrived = now
    if scope == MESSAGE:
        if row.push_arrived != _NEVER and _is_there(row, i, now, i):
            leave(row, now, BY_RETRACTION)
            for k in range(at.pending):
                if lists[k].pending_row == i:
                    lists[k].pending_left = now
    elif scope == CONVERSATION:
        _take(row.sender, rows, work, now, i, BY_RETRACTION)
    elif scope == LATEST:
        if _newest(row.sender, rows, work, now, i) == i:
            _take(row.sender, rows, work, now, i, BY_RETRACTION)
    else:
        for k in range(at.in_tray):
            if lists[k].tray_row == i and row.push_left >= now:
                row.push_chars, work.rare[i].push_rewritten = -row.push_chars, now


@njit
def move(lists, k, to):
    """Move a pending push to another place in its list."""
    lists[to].pending_row, lists[to].pending_left = (lists[k].pending_row, lists[k].pending_left)
    lists[to].pending_need = lists[k].pending_need


@njit_inlined
def enter_tray(i, now, rules, rows, work):
    """Let a push enter the tray.

    Those it replaces leave.
    """
    if rules.collapse == BY_THREAD:
        _take(rows[i].sender, rows, work, now, _ALL, BY_ANOTHER)
    elif rules.collapse == BY_APP:
        _take(_EVERYBODY, rows, work, now, _ALL, BY_ANOTHER)
    at = work.at[0]
    work.lists[at.in_tray].tray_row = i
    at.in_tray += 1


@njit
def _take(sender, rows, work, now, first, why):
    """Take the pushes of a sender, or of everybody (-1), out of the tray, as it is the turn of
    message `first`, and forget those that have left it.
    """
    at, lists, kept = work.at[0], work.lists, 0
    for k in range(at.in_tray):
        row = rows[lists[k].tray_row]
        if row.push_left < now:
            continue
        if sender == _EVERYBODY or row.sender == sender:
            if _is_there(row, lists[k].tray_row, now, first):
                leave(row, now, why)
        else:
            lists[kept].tray_row = lists[k].tray_row
            kept += 1
    at.in_tray = kept
    for k in range(at.pending):
        if sender == _EVERYBODY or rows[lists[k].pending_row].sender == sender:
            lists[k].pending_left = min(lists[k].pending_left, now)


@njit
def _newest(sender, rows, work, now, first):
    """Give a sender's push that entered the tray last, of those that are there as it is the turn of
    message `first`.

    -1: none.
    """
    for k in range(work.at[0].in_tray - 1, -1, -1):
        row = rows[work.lists[k].tray_row]
        if row.sender == sender and _is_there(row, work.lists[k].tray_row, now, first):
            return work.lists[k].tray_row
    return np.int64(-1)
