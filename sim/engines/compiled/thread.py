"""One recipient's app (docs/model.md, section 6): which visits matter, whether they take place,
what they read.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.draws import U64, uniform
from sim.engines.compiled.clearing import clear_all, clear_elsewhere, clear_some
from sim.engines.compiled.follow_ups import is_withheld
from sim.engines.compiled.inputs import IS_OFFLINE, is_on, plus
from sim.engines.compiled.plan import read_in_thread
from sim.engines.compiled.streams import VISIT_STREAM, step
from sim.schema.codes import BY_VISIT, CLEARS_ALL, CLEARS_THREAD, EVERY_THREAD, ONE_THREAD
from sim.world.intervals import APPS
from sim.world.looks import IN_HAND_FROM, VISITS
from sim.world.parts import OFFLINE, THIN

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)
_FOR_GOOD = np.int64(NEVER - 1)
"""Later than any instant: what is there then never goes."""
IN_APP_ELSEWHERE = np.int64(sum(1 << kind for kind in APPS))
"""Bits of the kinds of app visits at screen devices."""
_IN_HAND_FROM = np.int64(IN_HAND_FROM)
NOBODYS = np.int64(-1)
"""No conversation."""


@njit_inlined
def begins_in_hand(intervals, at, place):
    """Give the start of the interval in hand at a place; NEVER past the last."""
    return intervals.starts[place] if place < at.hand_past else _NEVER


@njit
def begin_at_screens(intervals, one, work):
    """Begin with a recipient's first app visit at every screen device."""
    for k in range(len(APPS)):
        for end in range(2):
            work.screens[k, end] = intervals.at[one.row, APPS[k], end]
    _find_at_screens(intervals, work)


@njit
def _find_at_screens(intervals, work):
    """Note the next app visit at a screen device: of those that begin first, the first device's."""
    at = work.at[0]
    at.screen_start = _NEVER
    for k in range(len(APPS)):
        place = work.screens[k, 0]
        if place < work.screens[k, 1] and intervals.starts[place] < at.screen_start:
            at.screen_start, at.screen = intervals.starts[place], k


@njit_inlined
def _next_start(intervals, at, visits):
    """Give the start of the next visit: of the stream, in hand, or at a screen device."""
    start = min(visits.start, begins_in_hand(intervals, at, at.hand_visit))
    return min(start, at.screen_start)


@njit_inlined
def next_visit(m, one, streams, rules, intervals, rows, work):
    """Give the start of the next visit worth playing, walking over those that nothing waits for."""
    at, lists, visits = work.at[0], work.lists, work.looks[VISITS]
    start = _next_start(intervals, at, visits)
    while start != _NEVER and at.since_visit == at.next_arrival:
        worth = _NEVER
        if at.next_unread < at.sent:
            worth = lists[at.next_unread].sent_at
        if at.next_arrival < at.arrivals:
            worth = min(worth, lists[at.next_arrival].arrival_at)
        if at.next_retraction < at.retractions and rules.retraction_app_ran_within != _NEVER:
            worth = min(worth, lists[at.next_retraction].retraction_at)
        if worth == _NEVER:
            return _NEVER
        if start >= worth:
            break
        begin_next_visit(m, one, streams, rules, intervals, rows, work, worth)
        start = _next_start(intervals, at, visits)
    return start


@njit_inlined
def begin_next_visit(m, one, streams, rules, intervals, rows, work, worth):
    """Step over the next visit, of the stream before one in hand before one at a screen device.

    It takes place (a visit of the stream may not) if it ends after the instant `worth`, or if
    retractions depend on when the app ran.
    """
    at, visits = work.at[0], work.looks[VISITS]
    in_hand = begins_in_hand(intervals, at, at.hand_visit)
    if at.screen_start < min(visits.start, in_hand):
        start, end = at.screen_start, intervals.ends[work.screens[at.screen, 0]]
        work.screens[at.screen, 0] += 1
        _find_at_screens(intervals, work)
        if end > worth:
            _open_at_screen(m, one, rules, intervals, rows, work, start, end)
        return
    if visits.start <= in_hand:
        start, number = visits.start, visits.number
        end = step(streams, one, rules, VISIT_STREAM, visits)
    else:
        start, end = in_hand, intervals.ends[at.hand_visit]
        number = _IN_HAND_FROM + at.hand_visit - at.hand_first
        at.hand_visit += 1
    counts = rules.retraction_app_ran_within != _NEVER and (start >= 0 or end > 0)
    if end > worth or counts:
        _begin_visit(m, one, rules, intervals, rows, work, start, end, number)


@njit_inlined
def _begin_visit(m, one, rules, intervals, rows, work, start, end, number):
    """Let a visit on the phone take place, or not (rank 19)."""
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
    open_app(m, one, rules, intervals, rows, work, start, end, offline, NOBODYS)


@njit
def _open_at_screen(m, one, rules, intervals, rows, work, now, until):
    """Open the app at a screen device: the thread is read, and word of it may go to the phone."""
    conversation = NOBODYS
    if rules.visit_reads == ONE_THREAD:
        conversation = _newest_unread(rules, rows, work, now)
    _read_thread(m, one, rules, intervals, rows, work, now, until, conversation, True)


@njit
def open_app(m, one, rules, intervals, rows, work, now, until, offline, by):
    """Open the app on the phone, by a push of sender `by` or otherwise: the thread is read, then
    badge and tray are cleared.

    It stays open until `until`.
    """
    at, conversation = work.at[0], by
    asks = rules.visit_reads == ONE_THREAD or rules.visit_clears == CLEARS_THREAD
    if asks and not offline and by == NOBODYS:
        conversation = _newest_unread(rules, rows, work, now)
    if not offline:
        at.last_online = now
        _read_thread(m, one, rules, intervals, rows, work, now, until, conversation, False)
    whole = rules.visit_reads == EVERY_THREAD and rules.visit_clears == CLEARS_ALL
    if whole and rules.badge_counts == BY_VISIT:
        clear_all(rules, rows, work, now, offline)
    else:
        clear_some(rules, rows, work, now, offline, conversation)


@njit
def _newest_unread(rules, rows, work, now):
    """Give the sender of the latest message that is unread and there; `NOBODYS`."""
    at, lists = work.at[0], work.lists
    for q in range(at.sent - 1, at.next_unread - 1, -1):
        i = lists[q].sent_row
        row = rows[i]
        there = lists[q].sent_at <= now and row.thread_read == _NEVER and row.effective > now
        if there and not (rules.pause and is_withheld(rows, work.rare, i)):
            return np.int64(row.sender)
    return NOBODYS


@njit
def _read_thread(m, one, rules, intervals, rows, work, now, until, conversation, at_screen):
    """Read the thread online, all of it or one conversation: what is there now, and what is accepted
    before the visit is over (rank 18).
    """
    at, lists, every = work.at[0], work.lists, rules.visit_reads == EVERY_THREAD
    q = at.next_unread
    while q < at.sent and (lists[q].sent_at <= now or lists[q].sent_at < until):
        i = lists[q].sent_row
        row = rows[i]
        seen = max(now, lists[q].sent_at)
        if not (rules.pause and is_withheld(rows, work.rare, i)):
            if conversation == NOBODYS and lists[q].sent_at > now:
                conversation = np.int64(row.sender)
            if row.thread_read == _NEVER and (every or row.sender == conversation):
                if row.effective > seen:
                    read_in_thread(rules, row, seen)
                    if at_screen:
                        clear_elsewhere(m, one, rules, intervals, rows, work, i, seen)
                elif rules.placeholder:
                    row.phantom = min(row.phantom, seen)
            if rules.rare:
                _see(m, rules, rows, work, q, now, seen, until)
        q += 1
    if every and not rules.list_latest:
        at.next_unread = q
        return
    while at.next_unread < at.sent and lists[at.next_unread].sent_at <= now:
        if not _is_settled(m, rules, rows, work, at.next_unread, now):
            return
        at.next_unread += 1


@njit
def _see(m, rules, rows, work, q, now, seen, until):
    """Note that the app is open, and look at the list's entry of the q-th message, if there is one and
    the thread has not shown the message.
    """
    row, more = rows[work.lists[q].sent_row], work.rare[work.lists[q].sent_row]
    more.seen = min(more.seen, seen)
    if not rules.list_shown or seen > now or row.thread_read != _NEVER:
        return
    if more.list_read != _NEVER or plus(row.effective, m.list_gone_after[row.number]) <= now:
        return
    if rules.list_latest and _is_covered(m, rules, rows, work, q, now, now):
        return
    more.list_read, more.list_read_until = now, until
    more.list_chars = min(m.length[row.number], rules.list_chars)
    if more.list_chars == 0 and row.effective <= now:
        row.phantom = min(row.phantom, now)


@njit
def _is_covered(m, rules, rows, work, q, now, instant):
    """Tell whether a later message by the sender of the q-th, accepted by now, has an entry in the list
    that is not gone by an instant.
    """
    lists, sender = work.lists, rows[work.lists[q].sent_row].sender
    for later in range(q + 1, work.at[0].sent):
        i = lists[later].sent_row
        row = rows[i]
        if lists[later].sent_at > now:
            break
        there = plus(row.effective, m.list_gone_after[row.number]) > instant
        if row.sender == sender and there and not (rules.pause and is_withheld(rows, work.rare, i)):
            return True
    return False


@njit
def _is_settled(m, rules, rows, work, q, now):
    """Tell whether no later visit can meet anything of the q-th message in the thread or the list."""
    i = work.lists[q].sent_row
    row = rows[i]
    if row.thread_read != _NEVER or (rules.pause and is_withheld(rows, work.rare, i)):
        return True
    if row.effective > now or (rules.placeholder and row.phantom > now):
        return False
    if not rules.list_shown or work.rare[i].list_read <= now:
        return True
    if rules.list_latest and _is_covered(m, rules, rows, work, q, now, _FOR_GOOD):
        return True
    return plus(row.effective, m.list_gone_after[row.number]) <= now
