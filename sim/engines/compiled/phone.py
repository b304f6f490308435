"""One recipient's phone and app (docs/model.md, sections 5 and 6): a merge of sorted streams, the
earliest first.

Arrivals and retractions are sorted beforehand; glances and visits are walked only while something
waits for them; alerts and taps are small heaps. Badge corrections and expiry (rank 9) are times
kept with the message and compared with. Acceptances (rank 5) are no events either: they matter to
visits only, which catch up.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.follow_ups import is_withheld
from sim.engines.compiled.inputs import (
    HAS_IN_HAND,
    IS_AWAY,
    IS_OFFLINE,
    IS_QUIET,
    is_on,
    plus,
    wait,
)
from sim.engines.compiled.order import pop, push
from sim.engines.compiled.plan import is_sent
from sim.engines.compiled.retractions import (
    BY_DISMISSAL,
    BY_EXPIRY,
    BY_OPENING,
    BY_READING,
    BY_THE_APP,
    enter_tray,
    leave,
    move,
    retract,
)
from sim.engines.compiled.store import empty_stores
from sim.engines.compiled.streams import GLANCE_STREAM, VISIT_STREAM, open_stream, pass_over, step
from sim.engines.compiled.thread import (
    IN_APP_ELSEWHERE,
    begin_at_screens,
    begin_next_visit,
    begins_in_hand,
    next_visit,
    open_app,
)
from sim.schema.codes import LATEST, REWRITE
from sim.world.intervals import IN_HAND
from sim.world.looks import GLANCES, VISITS

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)


@njit_inlined
def play_phone(m, one, streams, rules, intervals, rows, work):
    """Play all that a recipient's phone and app see before the horizon.

    `work` holds the sorted lists.
    """
    at, lists, glances, visits = work.at[0], work.lists, work.looks[GLANCES], work.looks[VISITS]
    open_stream(streams, one, VISIT_STREAM, visits)
    if (intervals.kinds >> HAS_IN_HAND) & 1:
        at.hand_first, at.hand_past = (
            intervals.at[one.row, IN_HAND, 0],
            intervals.at[one.row, IN_HAND, 1],
        )
        at.hand_glance = at.hand_visit = at.hand_first
    if intervals.kinds & IN_APP_ELSEWHERE:
        begin_at_screens(intervals, one, work)
    while True:
        visit = next_visit(m, one, streams, rules, intervals, rows, work)
        arrival = lists[at.next_arrival].arrival_at if at.next_arrival < at.arrivals else _NEVER
        back = _NEVER
        if at.next_retraction < at.retractions:
            back = lists[at.next_retraction].retraction_at
        glance = hand = _NEVER
        if at.pending > 0 or at.signs > 0:
            glance, hand = glances.start, begins_in_hand(intervals, at, at.hand_glance)
        alert = lists[0].alert_at if at.alerts > 0 else _NEVER
        tap = lists[0].tap_at if at.taps > 0 else _NEVER
        now = min(min(min(arrival, glance), min(alert, visit)), min(min(tap, back), hand))
        if at.meetings > 0:  # rank 11: after arrivals, retractions and glances of that instant
            met = lists[at.next_arrival - 1].arrival_at
            if not (arrival == met or glance == met or hand == met or back == met):
                _meet(m, rules, rows, work, met)
                continue
        if at.next_entry < at.entries:
            over = now if now < rules.horizon else _NEVER
            empty_stores(one, rules, intervals, rows, work, over)
        if now >= rules.horizon:
            return
        if arrival == now:
            regretted = rows[lists[at.next_arrival].arrival_row].effective != _NEVER
            if at.pending == 0 and at.signs == 0 and (one.push or regretted):
                _catch_up(one, streams, rules, intervals, work, now)
            _arrive(m, one, rules, intervals, rows, work)
        elif back == now:
            retract(rules, rows, work)
        elif glance == now:
            at.glance_end = step(streams, one, rules, GLANCE_STREAM, glances)
            _glance(m, rules, rows, work, now, at.glance_end)
        elif hand == now:
            at.hand_glance += 1
            _glance(m, rules, rows, work, now, intervals.ends[at.hand_glance - 1])
        elif alert == now:
            end = plus(now, m.alert_length[rows[lists[0].alert_row].number])
            at.alerts = pop(lists["alert_at"], lists["alert_row"], at.alerts)
            at.alert_end = max(at.alert_end, end)
            _glance(m, rules, rows, work, now, end)
        elif visit == now:
            begin_next_visit(m, one, streams, rules, intervals, rows, work, _PAST)
        else:
            _tap(m, one, rules, intervals, rows, work, now)


@njit_inlined
def _tap(m, one, rules, intervals, rows, work, now):
    """Open the app by a push (rank 20), whether it is in the tray still or not."""
    at, lists = work.at[0], work.lists
    row = rows[lists[0].tap_row]
    at.taps = pop(lists["tap_at"], lists["tap_row"], at.taps)
    if row.push_left > now:
        leave(row, now, BY_OPENING)
    offline = m.tap_offline[row.number] or is_on(intervals, one.row, IS_OFFLINE, now)
    at.visit_end = max(at.visit_end, now)
    open_app(m, one, rules, intervals, rows, work, now, now, offline, row.sender)


@njit_inlined
def _arrive(m, one, rules, intervals, rows, work):
    """Let the next notification arrive (rank 8)."""
    at, lists = work.at[0], work.lists
    now, i = lists[at.next_arrival].arrival_at, lists[at.next_arrival].arrival_row
    at.next_arrival += 1
    row = rows[i]
    overtaken = row.retraction_arrived < now and rules.retraction_scope != LATEST
    overtaken = overtaken or (rules.rare and work.rare[i].cleared < now)
    if overtaken or not is_sent(rules, row, work.rare, i):
        return
    if rules.rare and not _survives(rules, rows, work.rare, i, now):
        return
    if at.visit_end > now:
        row.push_chars = 0
        if one.push:
            row.push_arrived = now
            leave(row, now, BY_THE_APP)
            row.app_was_open = True
        return
    left = _NEVER
    if one.push:
        left, why = plus(now, rules.push_expiry), BY_EXPIRY
        if rules.rare and work.rare[i].cleared < left:
            left, why = work.rare[i].cleared, BY_READING
        row.push_arrived = now
        if left < rules.horizon:
            leave(row, left, why)
        enter_tray(i, now, rules, rows, work)
        if _is_felt(m, one, rules, intervals, row, i, work, now):
            due = plus(now, row.alert_after)
            if row.alert_after != _NEVER and not is_on(intervals, one.row, IS_AWAY, due):
                at.alerts = push(lists["alert_at"], lists["alert_row"], at.alerts, due, i)
        if left > now:
            _into_tray(row, work, now, i, left)
    if one.badge and row.thread_read >= now:
        _count(m, one, rules, intervals, row, work, now, i)


@njit
def _survives(rules, rows, rare, i, now):
    """Tell whether a dispatched notification gets to the phone: sent at all, not lost in the store,
    not gone as it is fetched.
    """
    row = rows[i]
    if is_withheld(rows, rare, i) or rare[i].push_lost != _NEVER:
        return False
    if rules.push_fetch and row.effective <= now:
        row.push_chars = 0
        if not rules.push_generic:
            rare[i].push_lost = now
        return rules.push_generic
    return True


@njit_inlined
def _is_felt(m, one, rules, intervals, row, i, work, now):
    """Tell whether an arriving push alerts at the phone: no quiet interval is on, and the alert
    does not go to the watch.
    """
    if is_on(intervals, one.row, IS_QUIET, now):
        return False
    at = work.at[0]
    if rules.rare and m.on_watch[row.number] and max(at.glance_end, at.alert_end) <= now:
        work.rare[i].watch_shown = now
        return False
    return True


@njit_inlined
def _catch_up(one, streams, rules, intervals, work, now):
    """Walk over the glances that began before something arrived: nothing waited for them."""
    at, glances = work.at[0], work.looks[GLANCES]
    if at.glancing == 0:
        at.glancing = 1
        open_stream(streams, one, GLANCE_STREAM, glances)
    at.glance_end = pass_over(streams, one, rules, GLANCE_STREAM, glances, now, at.glance_end)
    while begins_in_hand(intervals, at, at.hand_glance) < now:
        at.hand_glance += 1


@njit
def _into_tray(row, work, now, i, left):
    """Let a push be noticed and handled in the tray from now on.

    A glance in progress counts as a glance at it, later at this instant (rank 11).
    """
    at, lists = work.at[0], work.lists
    k = at.pending
    lists[k].pending_row, lists[k].pending_left = i, left
    lists[k].pending_need = row.glances_needed
    at.pending = k + 1
    end = max(at.glance_end, at.alert_end)
    if end > now:
        lists[at.meetings].meeting_row, lists[at.meetings].meeting_end = i, end
        at.meetings += 1


@njit_inlined
def _count(m, one, rules, intervals, row, work, now, i):
    """Let the badge count a message, unless its correction came first."""
    at = work.at[0]
    cleared = _NEVER
    if row.effective != _NEVER:  # most have none, and the column is far off in memory
        cleared = plus(row.effective, m.badge_sync_after[row.number])
    cleared = wait(intervals, one.row, IS_OFFLINE, cleared)
    if rules.rare:
        cleared = min(cleared, work.rare[i].cleared)
    if cleared < now:
        return
    badge = work.badges[i]
    badge.badge_counted = now
    if cleared < rules.horizon:
        badge.badge_cleared = cleared
    at.badge_until = max(at.badge_until, cleared)
    if row.effective < rules.horizon:
        work.lists[at.signs].sign_row = i
        at.signs += 1


@njit
def _falls_on(m, rules, row, work, i, now, end):
    """Let the look that a push still needed fall on it: it is noticed, or handled, or both.

    Returns how many more it needs until it is handled (0: none).
    """
    looks = np.int64(1)
    if row.push_noticed == _NEVER:
        row.push_noticed, row.push_read_until = now, end
        looks = np.int64(row.looks_to_handle)
        if row.push_chars <= 0:
            looks = bare_looks(m, row)
            if row.effective <= now:
                row.phantom = min(row.phantom, now)
    rewritten = rules.retraction_scope == REWRITE and work.rare[i].push_rewritten != _NEVER
    if rewritten or looks == 0:
        return np.int64(0)
    if looks == 1:
        _handle(m, rules, row, work, i, now)
    return looks - 1


@njit
def bare_looks(m, row):
    """Give how many looks handle a preview without text, from the one that notices it on; 0: none
    does.
    """
    looks = m.bare_looks_to_handle[row.number]
    return np.int64(0) if looks == _NEVER else looks


@njit
def _handle(m, rules, row, work, i, now):
    """Open a push, a while later, or dismiss it now."""
    after = m.open_after[row.number]
    if after == _NEVER:
        leave(row, now, BY_DISMISSAL)
        return
    tap = plus(now, after)
    if tap < rules.horizon:
        at, lists = work.at[0], work.lists
        at.taps = push(lists["tap_at"], lists["tap_row"], at.taps, tap, i)


@njit
def _meet(m, rules, rows, work, now):
    """Count the glance in progress for the pushes that have just arrived (rank 11)."""
    at, lists = work.at[0], work.lists
    for q in range(at.meetings):
        i = lists[q].meeting_row
        for k in range(at.pending - 1, -1, -1):
            if lists[k].pending_row == i and lists[k].pending_left > now:
                lists[k].pending_need -= 1
                if lists[k].pending_need == 0:
                    end = lists[q].meeting_end
                    lists[k].pending_need = _falls_on(m, rules, rows[i], work, i, now, end)
                if lists[k].pending_need == 0:
                    for rest in range(k + 1, at.pending):
                        move(lists, rest, rest - 1)
                    at.pending -= 1
                break
    at.meetings = 0


@njit
def _glance(m, rules, rows, work, now, end):
    """Glance at the phone (ranks 10 and 12): at the badge, and at the pending pushes in the tray,
    some of which the glance may dismiss.
    """
    at, lists, kept = work.at[0], work.lists, 0
    for k in range(at.signs):
        row = rows[lists[k].sign_row]
        if work.badges[lists[k].sign_row].badge_cleared <= now or row.phantom != _NEVER:
            continue
        shows_text = row.push_chars > 0 and row.push_left > now
        if row.effective <= now and not shows_text:
            row.phantom = now
        else:
            lists[kept].sign_row = lists[k].sign_row
            kept += 1
    at.signs, kept = kept, 0
    for k in range(at.pending):
        if lists[k].pending_left <= now:
            continue
        need = np.int64(lists[k].pending_need) - 1
        if need == 0:
            i = lists[k].pending_row
            need = _falls_on(m, rules, rows[i], work, i, now, end)
            if need == 0:
                continue
        lists[k].pending_need = need
        move(lists, k, kept)
        kept += 1
    at.pending = kept
