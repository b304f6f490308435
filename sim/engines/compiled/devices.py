"""What is read on the watch and at the desktop (docs/model.md, section 5b), worked out after the
phones.

Neither changes anything on the phone, and by then all effects are known.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.engines.compiled.extras import (
    CHANGED,
    DESK_SESSION,
    DOZES,
    IS_AWAY,
    IS_OFFLINE,
    IS_QUIET,
    REACH,
    SHOWN,
    is_on,
    wait,
)
from sim.engines.compiled.layout import CHARS, DISPATCH, EFFECT, PHANTOM, READ, REFUSED, plus
from sim.engines.compiled.plan import is_sent

_NEVER = np.int64(NEVER)

DEVICE_COLUMNS = (
    "watch_shown",
    "watch_read",
    "watch_read_until",
    "desk_shown",
    "desk_read",
    "desk_read_until",
    "desk_chars",
    "desk_edited",
)
"""Columns of the records in the order `play_devices` lays them out."""


@njit
def play_devices(m, people, terms, extras, place, rows, out):
    """Write the columns named by `DEVICE_COLUMNS` into `out` (one row a column), and signs into the
    rows.
    """
    for i in range(m.sender.size):
        k, who = place[i], m.recipient[i]
        for column in range(6):
            out[column, i] = _NEVER
        out[6, i] = out[7, i] = 0
        if extras.rows[k, SHOWN] != _NEVER:
            _watch(m, who, terms, extras, k, i, rows, out)
        if people.push[who] and (extras.rules.spells >> DESK_SESSION) & 1:
            shown = extras.rows[k, REACH]
            gone = extras.rules.fetch and rows[k, EFFECT] <= shown
            if not (gone and not extras.rules.generic) and _is_shown(who, terms, extras, k, rows):
                chars = (
                    0
                    if gone or people.hides_previews[who]
                    else min(m.length[i], terms.push_preview)
                )
                _toast(m, who, terms, extras, k, i, chars, rows, out)


@njit
def _watch(m, who, terms, extras, k, i, rows, out):
    """Let a push that is shown on the watch be looked at there, or not."""
    shown = extras.rows[k, SHOWN]
    out[0, i] = shown
    read = plus(shown, m.watch_after[i])
    if read >= terms.horizon or is_on(extras, who, IS_AWAY, read):
        return
    taken = _NEVER
    if rows[k, EFFECT] != _NEVER and m.watch_retract_after[i] != _NEVER:
        taken = wait(extras, who, IS_OFFLINE, plus(rows[k, EFFECT], m.watch_retract_after[i]))
        if extras.rules.waits:
            taken = wait(extras, who, DOZES, taken)
    if taken > read:
        out[1, i], out[2, i] = read, plus(read, m.watch_length[i])
        _sign(rows, k, rows[k, CHARS], read)


@njit
def _is_shown(who, terms, extras, k, rows):
    """Tell whether a toast shows as a push reaches the push service."""
    shown = extras.rows[k, REACH]
    return (
        is_sent(rows, k, terms.push_late)
        and shown < terms.horizon
        and is_on(extras, who, DESK_SESSION, shown)
        and rows[k, READ] >= shown
        and not is_on(extras, who, IS_QUIET, shown)
    )


@njit
def _toast(m, who, terms, extras, k, i, chars, rows, out):
    """Show a toast at the desktop, and let it be read, or not."""
    shown = extras.rows[k, REACH]
    out[3, i], out[6, i] = shown, chars
    if extras.rules.edits and rows[k, REFUSED] == 0:
        bound = shown if extras.rules.fetch else rows[k, DISPATCH]
        out[7, i] = (extras.rules.fetch or terms.push_late) and extras.rows[k, CHANGED] <= bound
    read = plus(shown, m.desk_after[i])
    if m.desk_after[i] >= extras.rules.toast or read >= min(
        terms.horizon, wait(extras, who, DESK_SESSION, shown)
    ):
        return
    if m.desk_retract_after[i] == _NEVER or plus(rows[k, EFFECT], m.desk_retract_after[i]) > read:
        out[4, i], out[5, i] = read, plus(read, m.desk_length[i])
        _sign(rows, k, chars, read)


@njit
def _sign(rows, k, chars, read):
    """Note a sign without content, if no text of a deleted message showed."""
    if chars == 0 and rows[k, EFFECT] <= read:
        rows[k, PHANTOM] = min(rows[k, PHANTOM], read)
