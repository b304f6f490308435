"""The push service's store for a phone without network (docs/model.md, section 5a).

All that enters during an interval leaves at its end, so the store is worked out then: who threw
out whom, what outlived its time. What was dispatched, and which deletions hold, is known by then.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.follow_ups import is_withheld
from sim.engines.compiled.inputs import IS_OFFLINE, wait
from sim.engines.compiled.order import sort_by_time
from sim.engines.compiled.plan import is_retracted, is_sent
from sim.engines.compiled.retractions import reaches_service

_NEVER = np.int64(NEVER)


@njit_inlined
def list_entries(m, one, begin, end, rules, intervals, rows, work):
    """List what may enter the store of a recipient, by time: pushes before retractions, then by
    row.
    """
    lists, n = work.lists, 0
    for i in range(begin, end):
        if rows[i].push_dispatched != _NEVER:
            n = _enter(one.row, work.rare[i].reach, i, rules, intervals, lists, n)
    for i in range(begin, end):
        n = _enter(one.row, reaches_service(m, rows[i]), ~i, rules, intervals, lists, n)
    sort_by_time(lists["entry_at"], lists["entry_name"], n, lists["spare_at"], lists["spare_row"])
    work.at[0].entries = n


@njit
def _enter(who, instant, name, rules, intervals, lists, n):
    """Note an entry if the phone has no network then; returns how many there are."""
    if instant >= rules.horizon or wait(intervals, who, IS_OFFLINE, instant) == instant:
        return n
    lists[n].entry_at, lists[n].entry_name = instant, name
    return n + 1


@njit
def empty_stores(one, rules, intervals, rows, work, now):
    """Work out the stores of all intervals that are over at an instant: `push_lost` and
    `retraction_lost` are what did not survive.
    """
    at = work.at[0]
    while at.next_entry < at.entries:
        over = wait(intervals, one.row, IS_OFFLINE, work.lists[at.next_entry].entry_at)
        if over > now:
            return
        _empty(one.store, over, rules, rows, work)


@njit
def _empty(room, over, rules, rows, work):
    """Work out the store of one interval.

    Those in it are the entries from `first` to `past`, moved up in place.
    """
    at, lists = work.at[0], work.lists
    first = past = q = at.next_entry
    while q < at.entries and lists[q].entry_at < over:
        now, name = lists[q].entry_at, lists[q].entry_name
        q += 1
        if not _enters(rows, work.rare, rules, name):
            continue
        first = _outlive(first, past, now, over, rules, rows, work)
        full = room > 0 and past - first == room
        if full:
            while first < past:
                _lose(rows, work.rare, lists[first].entry_name, now)
                first += 1
        if full and room > 1:
            _lose(rows, work.rare, name, now)
        else:
            lists[past].entry_at, lists[past].entry_name = now, name
            past += 1
    _outlive(first, past, over, over, rules, rows, work)
    at.next_entry = q


@njit
def _outlive(first, past, now, over, rules, rows, work):
    """Give up the entries that are too old by now; returns the first that is not.

    They are lost as the interval is over.
    """
    lists = work.lists
    while first < past and now - lists[first].entry_at > rules.push_ttl:
        _lose(rows, work.rare, lists[first].entry_name, over)
        first += 1
    return first


@njit
def _lose(rows, rare, name, instant):
    """Lose a push, or the retraction of one (~row)."""
    if name >= 0:
        rare[name].push_lost = instant
    else:
        rows[~name].retraction_lost = True


@njit
def _enters(rows, rare, rules, name):
    """Tell whether a possible entry came about: the push was dispatched, and for a retraction the
    deletion holds.
    """
    i = name if name >= 0 else ~name
    row = rows[i]
    if is_withheld(rows, rare, i):
        return False
    if name < 0:
        return is_retracted(rules, row, rare, i)
    return is_sent(rules, row, rare, i)
