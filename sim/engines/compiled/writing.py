"""What is written down at the end: the columns of the records, from the rows of the messages."""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.engines.compiled.extras import BACK, CHANGED, COPIED, GONE, LOST, OPENED, PAUSED, REWRITTEN
from sim.engines.compiled.layout import (
    ACCEPTED,
    ARRIVED,
    CACHED,
    CHARS,
    CLEARED,
    COUNTED,
    DISPATCH,
    EFFECT,
    LEFT,
    MAIL_ARRIVED,
    MAIL_CHARS,
    MAIL_READ,
    MAIL_UNTIL,
    MAILED,
    NOTICED,
    PHANTOM,
    READ,
    REFUSED,
    UNTIL,
)
from sim.engines.compiled.plan import is_sent
from sim.engines.compiled.retractions import retraction
from sim.schema.world import BLOCK, DIGEST

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)

WRITTEN = (
    "accepted",
    "cancelled",
    "refused",
    "effective",
    "push_dispatched",
    "push_arrived",
    "push_left",
    "push_chars",
    "push_noticed",
    "push_read_until",
    "retraction_arrived",
    "email_dispatched",
    "email_arrived",
    "email_chars",
    "email_read",
    "email_read_until",
    "badge_counted",
    "badge_cleared",
    "thread_read",
    "phantom",
    "from_cache",
)
"""Columns of the records in the order `write` lays them out."""
WRITTEN_EXTRA = (
    "paused",
    "blocked",
    "push_lost",
    "push_rewritten",
    "push_edited",
    "email_edited",
    "thread_edited",
)
"""Columns in the order `write_extra` lays them out."""


@njit
def write(m, people, terms, extras, place, rows, out):
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
            back = (
                extras.rows[k, BACK]
                if extras.rules.by_event
                else retraction(rows, k, extras, m.recipient[i])
            )
            if back < terms.horizon:
                out[10, i] = back
        out[5, i], out[6, i] = rows[k, ARRIVED], rows[k, LEFT]
        out[7, i] = abs(rows[k, CHARS]) if rows[k, ARRIVED] != _NEVER else 0
        out[8, i], out[9, i] = rows[k, NOTICED], rows[k, UNTIL]
        out[11, i], out[12, i] = rows[k, MAILED], rows[k, MAIL_ARRIVED]
        out[13, i] = rows[k, MAIL_CHARS] if rows[k, MAIL_ARRIVED] != _NEVER else 0
        out[14, i], out[15, i] = rows[k, MAIL_READ], rows[k, MAIL_UNTIL]
        out[16, i], out[17, i] = rows[k, COUNTED], rows[k, CLEARED]
        out[18, i], out[19, i], out[20, i] = rows[k, READ], rows[k, PHANTOM], rows[k, CACHED]


@njit
def write_extra(m, people, terms, extras, place, rows, effective, out):
    """Write the columns named by `WRITTEN_EXTRA` into `out`, and the effects of edits into
    `effective`.
    """
    rules = extras.rules
    for i in range(m.sender.size):
        k, who = place[i], m.recipient[i]
        row, more = rows[k], extras.rows[k]
        out[0, i] = more[PAUSED]
        out[1, i] = (
            more[GONE] if rules.remedy == BLOCK and _PAST < more[GONE] < terms.horizon else _NEVER
        )
        out[2, i] = more[LOST] if people.push[who] and more[LOST] < terms.horizon else _NEVER
        out[3, i] = more[REWRITTEN]
        out[4, i] = out[5, i] = out[6, i] = 0
        if rules.edits and row[REFUSED] == 0 and more[CHANGED] < terms.horizon:
            edit = effective[i] = more[CHANGED]
            if row[ARRIVED] != _NEVER and not more[OPENED] and (rules.fetch or terms.push_late):
                out[4, i] = edit <= (row[ARRIVED] if rules.fetch else row[DISPATCH])
            if row[MAIL_ARRIVED] != _NEVER and terms.email_late:
                lead = terms.email_lead if people.email[who] == DIGEST else 0
                out[5, i] = edit <= row[MAILED] - lead
            if row[READ] != _NEVER:
                out[6, i] = edit <= (row[ARRIVED] if more[COPIED] else row[READ])
