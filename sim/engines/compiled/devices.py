"""What is read on the watch and at the desktop (docs/model.md, section 5b), worked out after the
phones.

Neither changes anything on the phone, and by then all effects are known.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.engines.compiled.inputs import (
    DESK_SESSION,
    DOZES,
    IS_AWAY,
    IS_OFFLINE,
    IS_QUIET,
    is_on,
    plus,
    wait,
)
from sim.engines.compiled.plan import is_sent
from sim.schema.world import EDIT

_NEVER = np.int64(NEVER)


@njit
def play_devices(m, rules, intervals, one, i, row, more):
    """Let message i be read on its recipient's watch and desktop, or not."""
    if more.watch_shown != _NEVER:
        _watch(m, rules, intervals, one.row, i, row, more)
    if one.push and (intervals.kinds >> DESK_SESSION) & 1:
        gone = rules.push_fetch and row.effective <= more.reach
        if not (gone and not rules.push_generic) and _is_shown(
            rules, intervals, one.row, row, more
        ):
            hidden = gone or one.hides_previews
            more.desk_chars = 0 if hidden else min(m.length[i], rules.push_preview)
            _toast(m, rules, intervals, one.row, i, row, more)


@njit
def _watch(m, rules, intervals, who, i, row, more):
    """Let a push that is shown on the watch be looked at there, or not."""
    read = plus(more.watch_shown, m.watch_after[i])
    if read >= rules.horizon or is_on(intervals, who, IS_AWAY, read):
        return
    taken = _NEVER
    if row.effective != _NEVER and m.watch_retract_after[i] != _NEVER:
        taken = wait(intervals, who, IS_OFFLINE, plus(row.effective, m.watch_retract_after[i]))
        if rules.retraction_waits:
            taken = wait(intervals, who, DOZES, taken)
    if taken > read:
        more.watch_read, more.watch_read_until = read, plus(read, m.watch_length[i])
        _sign(row, row.push_chars, read)


@njit
def _is_shown(rules, intervals, who, row, more):
    """Tell whether a toast shows as a push reaches the push service."""
    return (
        is_sent(row, rules.push_late)
        and more.reach < rules.horizon
        and is_on(intervals, who, DESK_SESSION, more.reach)
        and row.thread_read >= more.reach
        and not is_on(intervals, who, IS_QUIET, more.reach)
    )


@njit
def _toast(m, rules, intervals, who, i, row, more):
    """Show a toast at the desktop, and let it be read, or not."""
    shown = more.desk_shown = more.reach
    if rules.remedy == EDIT and row.refused == 0:
        bound = shown if rules.push_fetch else row.push_dispatched
        more.desk_edited = (rules.push_fetch or rules.push_late) and more.edit <= bound
    read = plus(shown, m.desk_after[i])
    if m.desk_after[i] >= rules.push_toast or read >= min(
        rules.horizon, wait(intervals, who, DESK_SESSION, shown)
    ):
        return
    if m.desk_retract_after[i] == _NEVER or plus(row.effective, m.desk_retract_after[i]) > read:
        more.desk_read, more.desk_read_until = read, plus(read, m.desk_length[i])
        _sign(row, more.desk_chars, read)


@njit
def _sign(row, chars, read):
    """Note a sign without content, if no text of a deleted message showed."""
    if chars == 0 and row.effective <= read:
        row.phantom = min(row.phantom, read)
