"""What opening the app clears (docs/model.md, section 6): pushes in the tray, the badge, and copies
on the phone that an offline visit reads.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.inputs import DOZES, IS_OFFLINE, plus, wait
from sim.engines.compiled.plan import read_in_thread
from sim.engines.compiled.retractions import BY_READING, BY_THE_APP, leave, move
from sim.schema.codes import BY_VISIT, CLEARS_ALL, CLEARS_THREAD

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)


@njit
def _meet_copy(rules, row, now):
    """Read a message from the phone's copy, if it is there and lives."""
    if (
        row.thread_read == _NEVER
        and now - row.push_arrived <= rules.cache_life
        and row.push_arrived < row.effective
    ):
        read_in_thread(rules, row, now)
        row.from_cache = row.effective <= now
        row.copy_was_read = True


@njit_inlined
def _is_counted(work, i, instant):
    """Tell whether the badge counts message i later than at an instant."""
    if work.badges.size == 0:
        return False
    badge = work.badges[i]
    return badge.badge_counted != _NEVER and badge.badge_cleared > instant


@njit
def clear_all(rules, rows, work, now, offline):
    """Clear tray and badge; an offline visit reads the copies of what came since the last visit."""
    at = work.at[0]
    for q in range(at.since_visit, at.next_arrival):
        i = work.lists[q].arrival_row
        row = rows[i]
        if row.push_arrived != _NEVER:
            if offline:
                _meet_copy(rules, row, now)
            if row.push_left > now:
                leave(row, now, BY_THE_APP)
        if _is_counted(work, i, now):
            work.badges[i].badge_cleared = now
            if row.effective <= now and row.thread_read == _NEVER:
                row.phantom = min(row.phantom, now)
    at.since_visit = at.next_arrival
    at.badge_until = _PAST
    at.in_tray = at.pending = at.signs = 0


@njit
def clear_some(rules, rows, work, now, offline, conversation):
    """Clear of tray and badge what the rules say, and read copies as `clear_all` does.

    What is left is met by the next visit.
    """
    at, first = work.at[0], work.at[0].since_visit
    for q in range(at.since_visit, at.next_arrival):
        i = work.lists[q].arrival_row
        row = rows[i]
        arrived = row.push_arrived != _NEVER
        if arrived:
            if offline and row.effective > at.last_online:
                _meet_copy(rules, row, now)
            mine = rules.visit_clears == CLEARS_THREAD and row.sender == conversation
            if row.push_left > now and (mine or rules.visit_clears == CLEARS_ALL):
                leave(row, now, BY_THE_APP)
        read = row.thread_read != _NEVER
        if _is_counted(work, i, now):
            if row.effective <= now and not read:
                row.phantom = min(row.phantom, now)
            if read or rules.badge_counts == BY_VISIT:
                work.badges[i].badge_cleared = now
        counts = _is_counted(work, i, now)
        copied = arrived and not read and row.effective > at.last_online
        if first == q and not (counts or copied or (arrived and row.push_left > now)):
            first += 1
    at.since_visit = first
    _look_at_badge(work, now)
    _forget_what_left(rows, work, now)


@njit
def _look_at_badge(work, now):
    """Work out anew until when the badge counts anything, if nothing happens."""
    at = work.at[0]
    at.badge_until = _PAST
    for q in range(at.since_visit, at.next_arrival):
        i = work.lists[q].arrival_row
        if _is_counted(work, i, now):
            at.badge_until = max(at.badge_until, work.badges[i].badge_cleared)


@njit
def _forget_what_left(rows, work, now):
    """Keep in the lists only what is in the tray, and counts that may become signs."""
    at, lists = work.at[0], work.lists
    kept = 0
    for k in range(at.pending):
        if lists[k].pending_left > now and rows[lists[k].pending_row].push_left > now:
            move(lists, k, kept)
            kept += 1
    at.pending, kept = kept, 0
    for k in range(at.in_tray):
        if rows[lists[k].tray_row].push_left > now:
            lists[kept].tray_row = lists[k].tray_row
            kept += 1
    at.in_tray, kept = kept, 0
    for k in range(at.signs):
        i = lists[k].sign_row
        if work.badges[i].badge_cleared > now and rows[i].phantom == _NEVER:
            lists[kept].sign_row = lists[k].sign_row
            kept += 1
    at.signs = kept


@njit
def clear_elsewhere(m, one, rules, intervals, rows, work, i, now):
    """Send word to the phone that message i is read at another device: its push and its count go
    (rank 9), unless they have gone by then.
    """
    row, at, lists = rows[i], work.at[0], work.lists
    if _is_counted(work, i, now) and row.effective == _NEVER:
        work.badges[i].badge_cleared = _NEVER  # reading refused the deletion that was to correct it
        _look_at_badge(work, now)
    word = plus(now, max(m.clear_after[row.number], np.int64(1)))
    word = wait(intervals, one.row, IS_OFFLINE, word)
    if rules.retraction_waits:
        word = wait(intervals, one.row, DOZES, word)
    if word >= rules.horizon:
        return
    work.rare[i].cleared = word
    if row.push_arrived != _NEVER and word < row.push_left:
        leave(row, word, BY_READING)
        for k in range(at.pending):
            if lists[k].pending_row == i:
                lists[k].pending_left = word
    if _is_counted(work, i, word):
        work.badges[i].badge_cleared = word
        _look_at_badge(work, now)
