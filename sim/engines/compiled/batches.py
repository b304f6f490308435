"""When e-mails leave (docs/model.md, section 7): the worker's next look, when a batch closes, who
throttles whom.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.inputs import plus
from sim.schema.codes import FLUSH, LATEST_PENDING

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)


@njit_inlined
def ticked(rules, one, instant):
    """Give the e-mail worker's first look that is not before an instant."""
    tick = rules.email_tick
    if tick == 0 or instant == _NEVER:
        return instant
    # Remainders before differences: an early instant less a late phase could wrap.
    over = (instant % tick - one.email_phase % tick) % tick
    return plus(instant, (tick - over) % tick)


@njit
def batch(delays, one, rules, rows, work, q):
    """Give the place after the last message of the batch that opens with the accepted message q,
    and when it goes.

    `delays` are `Messages.email_delay`.
    """
    lists, n, end = work.lists, work.at[0].sent, q + 1
    if rules.email_anchor == FLUSH:
        goes = _due(delays, one, rules, rows, work, q)
        while end < n and lists[end].sent_at <= goes:
            goes = min(goes, _due(delays, one, rules, rows, work, end))
            end += 1
        if rules.throttle_gap > 0 and goes < rules.horizon:
            _throttle(rules, rows, work, q, end, goes)
        return end, goes
    goes = ticked(rules, one, plus(lists[q].sent_at, rules.email_window))
    while end < n and lists[end].sent_at <= goes:
        if rules.email_anchor == LATEST_PENDING:
            goes = ticked(rules, one, plus(lists[end].sent_at, rules.email_window))
        end += 1
    return end, goes


@njit
def _due(delays, one, rules, rows, work, q):
    """Give when a message that waits for its mail is due by itself."""
    row = rows[work.lists[q].sent_row]
    due = plus(work.lists[q].sent_at, delays[row.number])
    if rules.throttle_gap > 0:
        due = max(due, work.conversations[work.talks[row.number]].opens)
    return ticked(rules, one, due)


@njit
def _throttle(rules, rows, work, q, end, goes):
    """Close the conversations that have messages in the mail that goes now, whether anything is
    left in it or not.
    """
    for k in range(q, end):
        accepted = work.lists[k].sent_at
        talk = work.conversations[work.talks[rows[work.lists[k].sent_row].number]]
        if talk.mailed != goes:  # the conversation's first message in this mail
            if talk.mailed == _PAST or accepted - talk.latest > rules.throttle_reset:
                talk.gap = rules.throttle_gap
            else:
                grown, most = np.rint(talk.gap * rules.throttle_factor), rules.throttle_most
                talk.gap = max(rules.throttle_gap, most if grown >= most else np.int64(grown))
            talk.mailed, talk.opens = goes, plus(goes, talk.gap)
        talk.latest = accepted
