"""What is settled before recipients are played.

`plan` rules on every deletion as if nobody read first: reading before the ruling (`unread_only`) is
made good when it happens, by `read_in_thread` (docs/model.md, sections 3 to 5).
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.extras import (
    BACK,
    CHANGED,
    GONE,
    IS_OFFLINE,
    LOST,
    OPENER,
    PAUSED,
    REACH,
    REWRITTEN,
    SENDER,
    SHOWN,
    WORN,
    wait,
)
from sim.engines.compiled.layout import (
    ACCEPTED,
    ALERT,
    ALERT_LENGTH,
    ARRIVAL,
    ARRIVED,
    CACHED,
    CHARS,
    DISPATCH,
    EFFECT,
    MAIL_ALERT,
    MAIL_ALERT_LENGTH,
    MAIL_CHARS,
    MAIL_DELAY,
    MAIL_LATENCY,
    MAIL_UNTIL,
    NEED,
    READ,
    REFUSABLE,
    REFUSED,
    RETRACT,
    SYNC,
    TAP,
    TAP_OFFLINE,
    plus,
)
from sim.schema.world import APOLOGY, BLOCK, DELETE, EDIT, OFF

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)


@njit_inlined
def _ruling(m, terms, rules, i, done):
    """Rule on a deletion completed at `done`: its effect, the instant before which reading refuses
    it, the refusal.
    """
    if done == _NEVER:
        return _NEVER, np.int64(-1), 0
    effect = plus(done, m.propagation[i])
    if m.recorded[i] or effect <= m.released[i] or rules.remedy >= APOLOGY:
        return effect, np.int64(-1), 0
    if (terms.undeletable >> m.kind[i]) & 1:
        return _NEVER, np.int64(-1), 1
    age = done - m.released[i]
    if terms.window < 0 or age > terms.window:
        return _NEVER, np.int64(-1), 2
    refusable = done if terms.unread_only else np.int64(-1)
    if m.propagation[i] != _NEVER and plus(age, m.propagation[i]) > rules.receiver_window:
        return _NEVER, refusable, 4
    return effect, refusable, 0


@njit
def read_in_thread(rows, i, now):
    """Read a message in the thread.

    Where only unread ones are deleted, a deletion ruled on later is then refused.
    """
    rows[i, READ] = now
    if now < rows[i, REFUSABLE]:
        rows[i, EFFECT], rows[i, REFUSED] = _NEVER, 3


@njit
def plan(m, people, terms, extras, completed, place, rows):
    """Fill a row per message, at its `place`, with all that is settled before anybody looks."""
    for i in range(m.sender.size):
        k = place[i]
        effect, refusable, refused = _ruling(m, terms, extras.rules, i, completed[i])
        accepted = m.released[i]
        if m.caught[i] or accepted >= terms.horizon or effect <= accepted:
            accepted = _NEVER
        rows[k, ACCEPTED], rows[k, EFFECT], rows[k, REFUSABLE], rows[k, REFUSED] = (
            accepted,
            effect,
            refusable,
            refused,
        )
        rows[k, DISPATCH] = rows[k, ARRIVAL] = _NEVER
        for field in range(ARRIVED, MAIL_UNTIL + 1):
            rows[k, field] = _NEVER
        rows[k, CHARS] = rows[k, CACHED] = 0
        if extras.rules.extra:
            _plan_extras(m, extras, place, i, rows[k])
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
            if extras.rules.extra:
                _reach(terms, extras, k, who, rows[k])
        if people.email[who] != OFF:
            rows[k, MAIL_DELAY], rows[k, MAIL_LATENCY] = m.email_delay[i], m.email_latency[i]
            rows[k, MAIL_ALERT], rows[k, MAIL_ALERT_LENGTH] = (
                m.mail_alert_after[i],
                m.mail_alert_length[i],
            )
            rows[k, MAIL_CHARS] = min(m.length[i], terms.email_preview)


@njit
def is_sent(rows, i, late):
    """Tell whether a planned notification is dispatched.

    With late binding not if deleted, or read, before.
    """
    at = rows[i, DISPATCH]
    return at != _NEVER and not (late and (rows[i, EFFECT] <= at or rows[i, READ] < at))


@njit
def _plan_extras(m, extras, place, i, row):
    """Fill the second row of a message.

    Another remedy than deletion leaves no effect of one, unless it undid the send.
    """
    rules, k = extras.rules, place[i]
    more, effect = extras.rows[k], row[EFFECT]
    for field in (GONE, CHANGED, REACH, BACK, LOST, REWRITTEN, PAUSED, SHOWN):
        more[field] = _NEVER
    more[SENDER], more[WORN] = m.sender[i], m.on_watch[i]
    more[OPENER] = (
        place[m.after[i]] if rules.pausing and m.after[i] >= 0 and not m.apology[i] else -1
    )
    if rules.remedy != DELETE and effect > m.released[i]:
        if rules.remedy == EDIT:
            more[CHANGED] = effect
        elif rules.remedy == BLOCK:
            more[GONE] = effect
        row[EFFECT] = _NEVER
    if m.caught[i]:
        more[GONE] = _PAST


@njit
def _reach(terms, extras, k, who, row):
    """Keep when a notification reaches the push service, let it wait for the network, leave it out
    if blocked.
    """
    more = extras.rows[k]
    if terms.push_late and more[GONE] <= row[DISPATCH]:
        row[DISPATCH] = row[ARRIVAL] = _NEVER
    more[REACH] = row[ARRIVAL]
    row[ARRIVAL] = wait(extras, who, IS_OFFLINE, row[ARRIVAL])
