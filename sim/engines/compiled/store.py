"""The push service's store for a phone without network (docs/model.md, section 5a).

All that enters during a spell leaves at its end, so the store is worked out then: who thrown out
whom, what outlived its time. What was dispatched, and which deletions hold, is known by then.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.engines.compiled.desk import ENTRIES, NEXT_ENTRY
from sim.engines.compiled.extras import (
    BACK_LOST,
    ENTRY_AT,
    ENTRY_NAME,
    IS_OFFLINE,
    LOST,
    REACH,
    SPARE_NAME,
    SPARE_TIME,
    wait,
)
from sim.engines.compiled.follow_ups import is_withheld
from sim.engines.compiled.layout import DISPATCH, EFFECT, RETRACT, plus
from sim.engines.compiled.order import sort_by_time
from sim.engines.compiled.plan import is_sent

_NEVER = np.int64(NEVER)


@njit
def list_entries(who, begin, end, terms, rows, extras, desk):
    """List what may enter the store of a recipient, by time: pushes before retractions, then by
    row.
    """
    n = 0
    for i in range(begin, end):
        if rows[i, DISPATCH] != _NEVER:
            n = _enter(who, extras.rows[i, REACH], i, terms, extras, n)
    for i in range(begin, end):
        if rows[i, DISPATCH] != _NEVER and rows[i, EFFECT] != _NEVER and rows[i, RETRACT] != _NEVER:
            n = _enter(who, plus(rows[i, EFFECT], rows[i, RETRACT]), ~i, terms, extras, n)
    lists = extras.lists
    sort_by_time(lists[ENTRY_AT], lists[ENTRY_NAME], n, lists[SPARE_TIME], lists[SPARE_NAME])
    desk.at[ENTRIES] = n


@njit
def _enter(who, instant, name, terms, extras, n):
    """Note an entry if the phone has no network then; returns how many there are."""
    if instant >= terms.horizon or wait(extras, who, IS_OFFLINE, instant) == instant:
        return n
    extras.lists[ENTRY_AT, n], extras.lists[ENTRY_NAME, n] = instant, name
    return n + 1


@njit
def empty_stores(one, terms, rows, extras, desk, now):
    """Work out the stores of all spells that are over at an instant: `LOST` and `BACK_LOST` are
    what did not survive.
    """
    at = desk.at
    while at[NEXT_ENTRY] < at[ENTRIES]:
        over = wait(extras, one.who, IS_OFFLINE, extras.lists[ENTRY_AT, at[NEXT_ENTRY]])
        if over > now:
            return
        _empty(one.store, over, terms, rows, extras, desk)


@njit
def _empty(room, over, terms, rows, extras, desk):
    """Work out the store of one spell.

    Those in it are the entries from `first` to `past`, moved up in place.
    """
    at, times, names = desk.at, extras.lists[ENTRY_AT], extras.lists[ENTRY_NAME]
    first = past = q = at[NEXT_ENTRY]
    while q < at[ENTRIES] and times[q] < over:
        now, name = times[q], names[q]
        q += 1
        if not _enters(rows, terms, extras, name):
            continue
        first = _outlive(first, past, now, over, extras)
        full = room > 0 and past - first == room
        if full:
            while first < past:
                _lose(extras.rows, names[first], now)
                first += 1
        if full and room > 1:
            _lose(extras.rows, name, now)
        else:
            times[past], names[past] = now, name
            past += 1
    _outlive(first, past, over, over, extras)
    at[NEXT_ENTRY] = q


@njit
def _outlive(first, past, now, over, extras):
    """Give up the entries that are too old by now; returns the first that is not.

    They are lost as the spell is over.
    """
    while first < past and now - extras.lists[ENTRY_AT, first] > extras.rules.ttl:
        _lose(extras.rows, extras.lists[ENTRY_NAME, first], over)
        first += 1
    return first


@njit
def _lose(more, name, instant):
    """Lose a push, or the retraction of one (~row)."""
    if name >= 0:
        more[name, LOST] = instant
    else:
        more[~name, BACK_LOST] = 1


@njit
def _enters(rows, terms, extras, name):
    """Tell whether a possible entry came about: the push was dispatched, and for a retraction the
    deletion holds.
    """
    i = name if name >= 0 else ~name
    if extras.rules.pausing and is_withheld(rows, extras.rows, i):
        return False
    return is_sent(rows, i, terms.push_late) and (name >= 0 or rows[i, EFFECT] != _NEVER)
