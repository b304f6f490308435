"""When e-mails leave (docs/model.md, section 7): the worker's next look, when a batch closes, who
throttles whom.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.desk import SENT_AT, SENT_ROW
from sim.engines.compiled.extras import FREE, GAP, LATEST_IN, MAIL, TALK
from sim.engines.compiled.layout import MAIL_DELAY, plus
from sim.schema.world import FLUSH, LATEST_PENDING

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)


@njit_inlined
def ticked(rules, instant):
    """Give the e-mail worker's first look that is not before an instant."""
    if rules.tick == 0 or instant == _NEVER:
        return instant
    # Remainders before differences: an early instant less a late phase could wrap.
    over = (instant % rules.tick - rules.phase % rules.tick) % rules.tick
    return plus(instant, (rules.tick - over) % rules.tick)


@njit
def batch(terms, extras, rows, desk, q, n):
    """Give the place after the last message of the batch that opens with the accepted message q,
    and when it goes.
    """
    accepted, end = desk.lists[SENT_AT], q + 1
    if terms.email_anchor == FLUSH:
        goes = _due(extras, rows, desk, q)
        while end < n and accepted[end] <= goes:
            goes = min(goes, _due(extras, rows, desk, end))
            end += 1
        if extras.rules.gap > 0 and goes < terms.horizon:
            _throttle(extras, desk, q, end, goes)
        return end, goes
    goes = ticked(extras.rules, plus(accepted[q], terms.email_window))
    while end < n and accepted[end] <= goes:
        if terms.email_anchor == LATEST_PENDING:
            goes = ticked(extras.rules, plus(accepted[end], terms.email_window))
        end += 1
    return end, goes


@njit
def _due(extras, rows, desk, q):
    """Give when a message that waits for its mail is due by itself."""
    i = desk.lists[SENT_ROW, q]
    due = plus(desk.lists[SENT_AT, q], rows[i, MAIL_DELAY])
    if extras.rules.gap > 0:
        due = max(due, extras.talks[extras.rows[i, TALK], FREE])
    return ticked(extras.rules, due)


@njit
def _throttle(extras, desk, q, end, goes):
    """Close the conversations that have messages in the mail that goes now, whether anything is
    left in it or not.
    """
    rules = extras.rules
    for k in range(q, end):
        accepted, talk = (
            desk.lists[SENT_AT, k],
            extras.talks[extras.rows[desk.lists[SENT_ROW, k], TALK]],
        )
        if talk[MAIL] != goes:  # the conversation's first message in this mail
            if talk[MAIL] == _PAST or accepted - talk[LATEST_IN] > rules.reset:
                talk[GAP] = rules.gap
            else:
                grown = np.rint(talk[GAP] * rules.factor)
                talk[GAP] = max(rules.gap, rules.most if grown >= rules.most else np.int64(grown))
            talk[MAIL], talk[FREE] = goes, plus(goes, talk[GAP])
        talk[LATEST_IN] = accepted
