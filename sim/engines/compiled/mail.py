"""One recipient's e-mail (docs/model.md, section 7), played after the phone: the thread does not
depend on mail.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.batches import batch, ticked
from sim.engines.compiled.inputs import IS_AWAY, IS_QUIET, is_on, plus
from sim.engines.compiled.order import sort_by_time
from sim.engines.compiled.plan import is_dropped
from sim.engines.compiled.streams import CHECK_STREAM, open_stream, step
from sim.schema.codes import AT_ONCE, BATCHED
from sim.world.looks import CHECKS

_NEVER = np.int64(NEVER)


@njit_inlined
def play_mail(m, one, streams, rules, intervals, rows, work):
    """Play a recipient's e-mail: bind, dispatch, deliver, read.

    Mails are listed where the notifications were, which are done: when each arrives, the place of
    its first message among those accepted; and there, where alerts were, the place after its last.
    """
    lists = work.lists
    mails = _dispatch(m, one, rules, rows, work)
    sort_by_time(
        lists["arrival_at"], lists["arrival_row"], mails, lists["spare_at"], lists["spare_row"]
    )
    checks = work.looks[CHECKS]
    if mails > 0:
        open_stream(streams, one, CHECK_STREAM, checks)
    start, end = np.int64(-NEVER), np.int64(-NEVER)  # the last check that has begun
    for k in range(mails):
        arrived, first = lists[k].arrival_at, lists[k].arrival_row
        lead = work.mails[lists[first].sent_row]
        alert = plus(arrived, lead.mail_alert_after)
        if is_on(intervals, one.row, IS_QUIET, arrived) or is_on(
            intervals, one.row, IS_AWAY, alert
        ):
            alert = _NEVER
        bound = min(alert, rules.horizon - 1)
        while start < arrived and end <= arrived and checks.start <= bound:
            start = checks.start
            end = step(streams, one, rules, CHECK_STREAM, checks)
        read, until, opened = alert, _NEVER, True
        if alert != _NEVER:  # most have none, and the column is far off in memory
            until = plus(alert, m.mail_alert_length[rows[lists[first].sent_row].number])
        if start >= arrived or end > arrived:
            check = max(start, arrived)
            if check <= alert:
                read, until, opened = check, end, lead.mail_opened
        leads = True
        for q in range(first, lists[first].alert_row):
            row, mail = rows[lists[q].sent_row], work.mails[lists[q].sent_row]
            if mail.email_dispatched != _NEVER:
                listed = min(np.int64(mail.length), rules.email_list) if leads else np.int64(0)
                _deliver(rules, row, mail, arrived, read, until, opened, listed)
                leads = False


@njit
def _deliver(rules, row, mail, arrived, read, until, opened, listed):
    """Write down, for a message in a mail, its arrival and its reading: `listed` characters in the
    list, and the rest if it is opened.
    """
    mail.email_arrived = arrived
    mail.email_chars = max(mail.email_chars, listed)
    if read < rules.horizon:
        mail.email_read, mail.email_read_until, mail.email_opened = read, until, opened
        if not opened:
            mail.email_chars = listed
        if mail.email_chars == 0 and row.effective <= read:
            row.phantom = min(row.phantom, read)


@njit_inlined
def _dispatch(m, one, rules, rows, work):
    """Form the mails, leave out what late binding leaves out, dispatch.

    Returns how many will arrive.
    """
    lists, n, mails, q = work.lists, work.at[0].sent, 0, 0
    while q < n:
        end, opener = q + 1, rows[lists[q].sent_row].number
        if one.email == AT_ONCE:
            bound = leaves = ticked(rules, one, plus(lists[q].sent_at, m.email_delay[opener]))
        elif one.email == BATCHED:
            end, bound = batch(m.email_delay, one, rules, rows, work, q)
            leaves = bound
        else:
            bound = _snapshot(rules, one.utc_offset, lists[q].sent_at)
            while end < n and lists[end].sent_at <= bound:
                end += 1
            leaves = plus(bound, rules.email_lead)
        if _bind(rules, rows, work, q, end, bound, leaves, opener) > 0:
            arrival = plus(leaves, work.mails[lists[q].sent_row].email_latency)
            if arrival < rules.horizon:
                lists[mails].arrival_at, lists[mails].arrival_row = arrival, q
                lists[q].alert_row = end
                mails += 1
        q = end
    return mails


@njit
def _bind(rules, rows, work, q, end, bound, leaves, opener):
    """Decide at `bound` which of the messages q to end go with the mail that leaves at `leaves`.

    Returns how many.
    """
    members = 0
    if leaves < rules.horizon:
        for k in range(q, end):
            i = work.lists[k].sent_row
            if not is_dropped(rules.email_drop, rules, rows[i], work.rare, i, bound):
                work.mails[i].email_dispatched, work.mails[i].email_opener = leaves, opener
                members += 1
    return members


@njit
def _snapshot(rules, offset, accepted):
    """Give the first digest snapshot (due less lead, on the recipient's clock) that is not before
    an acceptance.
    """
    every = rules.email_every
    # Remainders before sums: the sum of a far acceptance and an offset could wrap.
    over = (accepted % every + (offset + rules.email_lead - rules.email_at) % every) % every
    return plus(accepted, (every - over) % every)
