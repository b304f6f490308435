"""One recipient's e-mail (docs/model.md, section 7), played after the phone: the thread does not
hang on mail.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.batches import batch, ticked
from sim.engines.compiled.desk import (
    ALERT_ROW,
    ARRIVAL_AT,
    ARRIVAL_ROW,
    SENT,
    SENT_AT,
    SENT_ROW,
    SPARE_AT,
    SPARE_ROW,
)
from sim.engines.compiled.extras import GONE, IS_AWAY, IS_QUIET, is_on
from sim.engines.compiled.layout import (
    EFFECT,
    MAIL_ALERT,
    MAIL_ALERT_LENGTH,
    MAIL_ARRIVED,
    MAIL_CHARS,
    MAIL_DELAY,
    MAIL_LATENCY,
    MAIL_READ,
    MAIL_UNTIL,
    MAILED,
    PHANTOM,
    READ,
    plus,
)
from sim.engines.compiled.order import sort_by_time
from sim.engines.compiled.streams import CHECK_STREAM, open_stream, step
from sim.schema.world import AT_ONCE, BATCHED, BLOCK
from sim.world.looks import CHECKS, START

_NEVER = np.int64(NEVER)


@njit_inlined
def play_mail(one, minds, terms, extras, rows, desk):
    """Play a recipient's e-mail: bind, dispatch, deliver, read.

    The lists of the phone, which is done, are scratch.
    """
    arrives, first = (
        desk.lists[ARRIVAL_AT],
        desk.lists[ARRIVAL_ROW],
    )  # per mail: its arrival, place of its first message
    past = desk.lists[ALERT_ROW]  # per first message: place after the mail's last
    mails = _dispatch(one, terms, extras, rows, desk, arrives, first, past)
    sort_by_time(arrives, first, mails, desk.lists[SPARE_AT], desk.lists[SPARE_ROW])
    checks = desk.looks[CHECKS]
    if mails > 0:
        open_stream(minds, one, CHECK_STREAM, checks)
    start, end = np.int64(-NEVER), np.int64(-NEVER)  # the last check that has begun
    for k in range(mails):
        arrived, opener = arrives[k], desk.lists[SENT_ROW, first[k]]
        alert = plus(arrived, rows[opener, MAIL_ALERT])
        if is_on(extras, one.who, IS_QUIET, arrived) or is_on(extras, one.who, IS_AWAY, alert):
            alert = _NEVER
        bound = min(alert, terms.horizon - 1)
        while start < arrived and end <= arrived and checks[START] <= bound:
            start = checks[START]
            end = step(minds, one, CHECK_STREAM, checks)
        read, until = alert, plus(alert, rows[opener, MAIL_ALERT_LENGTH])
        if start >= arrived or end > arrived:
            check = max(start, arrived)
            if check <= alert:
                read, until = check, end
        for q in range(first[k], past[first[k]]):
            _deliver(terms, rows, desk.lists[SENT_ROW, q], arrived, read, until)


@njit
def _deliver(terms, rows, i, arrived, read, until):
    """Write down, for a message in a mail, its arrival and its reading."""
    if rows[i, MAILED] == _NEVER:
        return
    rows[i, MAIL_ARRIVED] = arrived
    if read < terms.horizon:
        rows[i, MAIL_READ], rows[i, MAIL_UNTIL] = read, until
        if rows[i, MAIL_CHARS] == 0 and rows[i, EFFECT] <= read:
            rows[i, PHANTOM] = min(rows[i, PHANTOM], read)


@njit
def _dispatch(one, terms, extras, rows, desk, arrives, first, past):
    """Form the mails, leave out what late binding leaves out, dispatch.

    Returns how many will arrive.
    """
    mode, n, mails, q = one.email, desk.at[SENT], 0, 0
    while q < n:
        end = q + 1
        if mode == AT_ONCE:
            due = plus(desk.lists[SENT_AT, q], rows[desk.lists[SENT_ROW, q], MAIL_DELAY])
            bound = leaves = ticked(extras.rules, due)
        elif mode == BATCHED:
            end, bound = batch(terms, extras, rows, desk, q, n)
            leaves = bound
        else:
            bound = _snapshot(terms, one.utc_offset, desk.lists[SENT_AT, q])
            while end < n and desk.lists[SENT_AT, end] <= bound:
                end += 1
            leaves = plus(bound, terms.email_lead)
        if _bind(terms, extras, rows, desk, q, end, bound, leaves) > 0:
            arrival = plus(leaves, rows[desk.lists[SENT_ROW, q], MAIL_LATENCY])
            if arrival < terms.horizon:
                arrives[mails], first[mails], past[q] = arrival, q, end
                mails += 1
        q = end
    return mails


@njit
def _bind(terms, extras, rows, desk, q, end, bound, leaves):
    """Decide at `bound` which of the messages q to end go with the mail that leaves at `leaves`.

    Returns how many.
    """
    members = 0
    if leaves < terms.horizon:
        for k in range(q, end):
            i = desk.lists[SENT_ROW, k]
            gone = extras.rules.remedy == BLOCK and extras.rows[i, GONE] <= bound
            if not (
                terms.email_late and (gone or rows[i, EFFECT] <= bound or rows[i, READ] < bound)
            ):
                rows[i, MAILED] = leaves
                members += 1
    return members


@njit
def _snapshot(terms, offset, accepted):
    """Give the first digest snapshot (due less lead, on the recipient's clock) that is not before
    an acceptance.
    """
    every = terms.email_every
    # Remainders before sums: the sum of a far acceptance and an offset could wrap.
    over = (accepted % every + (offset + terms.email_lead - terms.email_at) % every) % every
    return plus(accepted, (every - over) % every)
