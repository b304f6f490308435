"""What is settled before recipients are played.

`plan` rules on every deletion as if nobody read first: reading before the ruling (`unread_only`) is
made good when it happens, by `read_in_thread` (docs/model.md, sections 3 to 5).
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.compiling.prefetching import prefetch
from sim.engines.compiled.inputs import IS_OFFLINE, plus, wait
from sim.engines.compiled.state import SOON
from sim.schema.codes import APOLOGY, BLOCK, BLOCKED, DELETE, DELETED, EDIT, EDITED, OFF, READ, SEEN

_DELETED, _READ, _RARER = np.int64(DELETED), np.int64(READ), np.int64(SEEN | BLOCKED | EDITED)
_SEEN, _BLOCKED, _EDITED = np.int64(SEEN), np.int64(BLOCKED), np.int64(EDITED)
_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)
_MANY = np.int64(2**31 - 1)


@njit_inlined
def _ruling(m, rules, i, done):
    """Rule on a deletion completed at `done`: its effect, the instant before which reading refuses
    it, the refusal.
    """
    if done == _NEVER:
        return _NEVER, np.int64(-1), 0
    effect = plus(done, m.propagation[i])
    if effect <= m.released[i] and m.undo_fails[i] and not m.recorded[i]:
        return _NEVER, np.int64(-1), 5
    if m.recorded[i] or effect <= m.released[i] or rules.remedy >= APOLOGY:
        return effect, np.int64(-1), 0
    if (rules.undeletable >> m.kind[i]) & 1:
        return _NEVER, np.int64(-1), 1
    age = done - m.released[i]
    if rules.window < 0 or age > rules.window:
        return _NEVER, np.int64(-1), 2
    refusable = done if rules.unread_only else np.int64(-1)
    if rules.leaves_seen and not rules.unread_only and m.receipt_after[i] <= done:
        refusable = min(done, done - m.receipt_after[i] + 1)
    if m.propagation[i] != _NEVER and plus(age, m.propagation[i]) > rules.receiver_window:
        return _NEVER, refusable, 4
    return effect, refusable, 0


@njit
def read_in_thread(rules, row, now):
    """Read a message in the thread.

    Where only unread ones are deleted, or what is seen is left, nothing comes of a deletion ruled on
    later.
    """
    row.thread_read = now
    if now < row.refusable:
        row.effective, row.refused = _NEVER, 3 if rules.unread_only else 6


@njit
def plan(m, people, terms, intervals, completed, place, rows, work):
    """Fill the rows of every message, at its `place`, with all that is settled before anybody looks."""
    rules, rare = terms[0], work.rare
    for i in range(m.sender.size):
        soon = place[min(i + SOON, place.size - 1)]
        prefetch(rows, soon)
        if work.mails.size > 0:
            prefetch(work.mails, soon)
        row, one = rows[place[i]], people[m.recipient[i]]
        effect, refusable, refused = _ruling(m, rules, i, completed[i])
        accepted = m.released[i]
        if m.caught[i] or accepted >= rules.horizon or effect <= accepted:
            accepted = _NEVER
        _blank(row)
        row.accepted, row.effective = accepted, effect
        row.refusable, row.refused = refusable, refused
        row.sender = m.sender[i]
        row.number, row.has_push, row.has_mail = i, one.push, one.email != OFF
        if row.has_mail:
            _plan_mail(m, rules, i, work.mails[place[i]])
        if work.badges.size > 0:
            work.badges[place[i]].badge_counted = work.badges[place[i]].badge_cleared = _NEVER
        if rules.rare:
            _plan_rare(m, rules, i, place, row, rare[place[i]])
        if accepted == _NEVER:
            continue
        if one.push or one.badge:
            _plan_push(m, rules, one, i, row)
            if rules.rare:
                _reach(rules, intervals, one, row, rare[place[i]])


@njit_inlined
def _blank(row):
    """Let nothing have happened to a message."""
    row.push_dispatched = row.push_arrived = row.push_left = _NEVER
    row.push_noticed = row.push_read_until = row.retraction_arrived = _NEVER
    row.thread_read = row.phantom = _NEVER
    row.push_chars = row.push_left_by = row.from_cache = 0
    row.retraction_lost = row.app_was_open = row.copy_was_read = row.retractable = False


@njit_inlined
def _plan_mail(m, rules, i, mail):
    """Let nothing have happened to a message by mail, and keep what its mail is to be like."""
    mail.email_dispatched = mail.email_arrived = mail.email_read = mail.email_read_until = _NEVER
    mail.email_opened, mail.email_opener = False, -1
    mail.email_chars, mail.length = min(m.length[i], rules.email_preview), m.length[i]
    mail.email_latency, mail.mail_alert_after = m.email_latency[i], m.mail_alert_after[i]
    mail.mail_opened = m.mail_opened[i]


@njit_inlined
def _plan_push(m, rules, one, i, row):
    """Plan the way of a notification, and what it is to cause."""
    row.push_dispatched = plus(row.accepted, m.push_delay[i])
    row.push_arrived = plus(row.push_dispatched, m.push_latency[i])
    if one.push and not one.hides_previews:
        row.push_chars = min(m.length[i], rules.push_preview)
    row.glances_needed = min(m.glances_needed[i], _MANY)
    row.alert_after = m.alert_after[i]
    row.retractable = one.push and m.retract_after[i] != _NEVER
    looks = m.looks_to_handle[i]
    row.looks_to_handle = 0 if looks == _NEVER else min(looks, _MANY)


@njit_inlined
def _reach(rules, intervals, one, row, more):
    """Keep when a notification reaches the push service, and let it wait for the network."""
    more.reach = row.push_arrived
    row.push_arrived = wait(intervals, one.row, IS_OFFLINE, row.push_arrived)


@njit
def is_dropped(drop, rules, row, rare, i, at):
    """Tell whether one of the reasons `drop` holds for message i, with its row, at an instant."""
    if (drop & _DELETED and row.effective <= at) or (drop & _READ and row.thread_read < at):
        return True
    if not rules.rare or drop & _RARER == 0:
        return False
    more = rare[i]
    return (
        (drop & _SEEN != 0 and more.seen < at)
        or (drop & _BLOCKED != 0 and more.gone <= at)
        or (drop & _EDITED != 0 and more.edit <= at and row.refused == 0)
    )


@njit
def is_sent(rules, row, rare, i):
    """Tell whether a planned notification, message i's, is dispatched."""
    at = row.push_dispatched
    return at != _NEVER and not is_dropped(rules.push_drop, rules, row, rare, i, at)


@njit
def is_retracted(rules, row, rare, i):
    """Tell whether a retraction follows a notification as its deletion takes effect: it has been
    dispatched, or waits and deletion is no reason to drop it.
    """
    if row.effective == _NEVER or row.push_dispatched == _NEVER:
        return False
    if row.effective <= row.push_dispatched:
        return rules.push_drop & _DELETED == 0
    return is_sent(rules, row, rare, i)


@njit
def _plan_rare(m, rules, i, place, row, more):
    """Fill the rare row of a message.

    Another remedy than deletion leaves no effect of one, unless it undid the send.
    """
    more.paused = more.push_lost = more.push_rewritten = _NEVER
    more.watch_shown = more.watch_read = more.watch_read_until = _NEVER
    more.edit = more.gone = more.reach = more.seen = more.cleared = _NEVER
    more.list_read = more.list_read_until = _NEVER
    more.list_chars = 0
    step = rules.pause and m.after[i] >= 0 and not m.apology[i]
    more.opener = place[m.after[i]] if step else -1
    if rules.remedy != DELETE and row.effective > m.released[i]:
        if rules.remedy == EDIT:
            more.edit = row.effective
        elif rules.remedy == BLOCK:
            more.gone = row.effective
        row.effective = _NEVER
    if m.caught[i]:
        more.gone = _PAST
