"""What is settled before recipients are played, and the columns that are written after.

`plan` rules on every deletion as if nobody read first: reading before the ruling (`unread_only`) is made good when it
happens, by `read_in_thread` (docs/model.md, sections 3 to 5).
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.engines.compiled.layout import (
    ACCEPTED, ALERT, ALERT_LENGTH, ARRIVAL, ARRIVED, CACHED, CHARS, CLEARED, COUNTED, DISPATCH, EFFECT, LEFT,
    MAIL_ALERT, MAIL_ALERT_LENGTH, MAIL_ARRIVED, MAIL_CHARS, MAIL_DELAY, MAIL_LATENCY, MAIL_READ, MAIL_UNTIL, MAILED,
    NEED, NOTICED, PHANTOM, READ, REFUSABLE, REFUSED, RETRACT, SYNC, TAP, TAP_OFFLINE, UNTIL, plus,
)  # fmt: skip
from sim.world.parts import OFF

_NEVER = np.int64(NEVER)

WRITTEN = (
    "accepted", "cancelled", "refused", "effective", "push_dispatched", "push_arrived", "push_left", "push_chars",
    "push_noticed", "push_read_until", "retraction_arrived", "email_dispatched", "email_arrived", "email_chars",
    "email_read", "email_read_until", "badge_counted", "badge_cleared", "thread_read", "phantom", "from_cache",
)  # fmt: skip
"""Columns of the records in the order `write` lays them out."""


@njit
def _ruling(m, terms, i, done):  # type: ignore[no-untyped-def]
    """Rule on a deletion completed at `done`: its effect, the instant before which reading refuses it, the refusal."""
    if done == _NEVER:
        return _NEVER, np.int64(-1), 0
    effect = plus(done, m.propagation[i])
    if m.recorded[i] or effect <= m.released[i]:
        return effect, np.int64(-1), 0
    if (terms.undeletable >> m.kind[i]) & 1:
        return _NEVER, np.int64(-1), 1
    if terms.window < 0 or done - m.released[i] > terms.window:
        return _NEVER, np.int64(-1), 2
    return effect, done if terms.unread_only else np.int64(-1), 0


@njit
def read_in_thread(rows, i, now):  # type: ignore[no-untyped-def]
    """Read a message in the thread; where only unread ones are deleted, a deletion ruled on later is then refused."""
    rows[i, READ] = now
    if now < rows[i, REFUSABLE]:
        rows[i, EFFECT], rows[i, REFUSED] = _NEVER, 3


@njit
def plan(m, people, terms, completed, place, rows):  # type: ignore[no-untyped-def]
    """Fill a row per message, at its `place`, with all that is settled before anybody looks."""
    for i in range(m.sender.size):
        k = place[i]
        effect, refusable, refused = _ruling(m, terms, i, completed[i])
        accepted = m.released[i]
        if m.caught[i] or accepted >= terms.horizon or effect <= accepted:
            accepted = _NEVER
        rows[k, ACCEPTED], rows[k, EFFECT], rows[k, REFUSABLE], rows[k, REFUSED] = accepted, effect, refusable, refused
        rows[k, DISPATCH] = rows[k, ARRIVAL] = _NEVER
        for field in range(ARRIVED, MAIL_UNTIL + 1):
            rows[k, field] = _NEVER
        rows[k, CHARS] = rows[k, CACHED] = 0
        if accepted == _NEVER:
            continue
        if m.live[i]:
            read_in_thread(rows, k, accepted)
            continue
        who = m.recipient[i]
        if people.push[who] or people.badge[who]:
            rows[k, DISPATCH] = plus(accepted, m.push_delay[i])
            rows[k, ARRIVAL] = plus(rows[k, DISPATCH], m.push_latency[i])
            if people.push[who] and not people.hides_previews[who]:
                rows[k, CHARS] = min(m.length[i], terms.push_preview)
            rows[k, NEED] = m.glances_needed[i]
            rows[k, RETRACT] = m.retract_after[i] if people.push[who] else _NEVER
            rows[k, SYNC] = m.badge_sync_after[i] if people.badge[who] else _NEVER
            rows[k, ALERT], rows[k, ALERT_LENGTH] = m.alert_after[i], m.alert_length[i]
            rows[k, TAP], rows[k, TAP_OFFLINE] = m.tap_after[i], m.tap_offline[i]
        if people.email[who] != OFF:
            rows[k, MAIL_DELAY], rows[k, MAIL_LATENCY] = m.email_delay[i], m.email_latency[i]
            rows[k, MAIL_ALERT], rows[k, MAIL_ALERT_LENGTH] = m.mail_alert_after[i], m.mail_alert_length[i]
            rows[k, MAIL_CHARS] = min(m.length[i], terms.email_preview)


@njit
def is_sent(rows, i, late):  # type: ignore[no-untyped-def]
    """Tell whether a planned notification is dispatched; with late binding not if deleted, or read, before."""
    at = rows[i, DISPATCH]
    return at != _NEVER and not (late and (rows[i, EFFECT] <= at or rows[i, READ] < at))


@njit
def retraction(rows, i):  # type: ignore[no-untyped-def]
    """Give when the retraction of a dispatched push arrives; NEVER: there is none."""
    if rows[i, EFFECT] == _NEVER or rows[i, RETRACT] == _NEVER:
        return _NEVER
    return plus(rows[i, EFFECT], rows[i, RETRACT])


@njit
def write(m, people, terms, place, rows, out):  # type: ignore[no-untyped-def]
    """Write the columns named by `WRITTEN` into `out` (one row a column)."""
    for i in range(m.sender.size):
        k = place[i]
        effect = rows[k, EFFECT] if rows[k, EFFECT] < terms.horizon else _NEVER
        out[0, i] = rows[k, ACCEPTED]
        out[1, i] = effect if effect <= m.released[i] else _NEVER
        out[2, i] = rows[k, REFUSED]
        out[3, i] = effect
        out[4, i] = out[10, i] = _NEVER
        if people.push[m.recipient[i]] and is_sent(rows, k, terms.push_late):
            if rows[k, DISPATCH] < terms.horizon:
                out[4, i] = rows[k, DISPATCH]
            back = retraction(rows, k)
            if back < terms.horizon:
                out[10, i] = back
        out[5, i], out[6, i] = rows[k, ARRIVED], rows[k, LEFT]
        out[7, i] = rows[k, CHARS] if rows[k, ARRIVED] != _NEVER else 0
        out[8, i], out[9, i] = rows[k, NOTICED], rows[k, UNTIL]
        out[11, i], out[12, i] = rows[k, MAILED], rows[k, MAIL_ARRIVED]
        out[13, i] = rows[k, MAIL_CHARS] if rows[k, MAIL_ARRIVED] != _NEVER else 0
        out[14, i], out[15, i] = rows[k, MAIL_READ], rows[k, MAIL_UNTIL]
        out[16, i], out[17, i] = rows[k, COUNTED], rows[k, CLEARED]
        out[18, i], out[19, i], out[20, i] = rows[k, READ], rows[k, PHANTOM], rows[k, CACHED]
