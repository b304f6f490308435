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
    IN_DESK_APP,
    IS_AWAY,
    IS_OFFLINE,
    IS_QUIET,
    is_on,
    next_on,
    plus,
    wait,
)
from sim.engines.compiled.plan import is_dropped
from sim.schema.world import EDIT

_NEVER = np.int64(NEVER)


@njit
def play_devices(m, rules, intervals, one, i, row, rare, at):
    """Let message i, whose rows are at `at`, be read on its recipient's watch and desktop, or not."""
    more = rare[at]
    if more.watch_shown != _NEVER:
        _watch(m, rules, intervals, one.row, i, row, more)
    if one.desk and (intervals.kinds >> DESK_SESSION) & 1 and row.accepted != _NEVER:
        leaves = plus(row.accepted, m.desk_delay[i])
        reach = plus(leaves, m.desk_latency[i])
        if not is_dropped(rules.desk_drop, rules, row, rare, at, leaves) and _is_shown(
            rules, intervals, one.row, row, reach
        ):
            more.desk_chars = 0 if one.hides_toasts else min(m.length[i], rules.desk_preview)
            more.desk_edited = rules.remedy == EDIT and row.refused == 0 and more.edit <= leaves
            _toast(m, rules, intervals, one.row, i, row, more, reach)


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
def _is_shown(rules, intervals, who, row, reach):
    """Tell whether a toast shows as a notification reaches the desktop."""
    return (
        reach < rules.horizon
        and is_on(intervals, who, DESK_SESSION, reach)
        and row.thread_read >= reach
        and not is_on(intervals, who, IS_QUIET, reach)
        and not is_on(intervals, who, IN_DESK_APP, reach)
    )


@njit
def _toast(m, rules, intervals, who, i, row, more, shown):
    """Show a toast at the desktop, and let it be read, there or in the notification centre."""
    more.desk_shown = shown
    read = plus(shown, m.desk_after[i])
    if read == _NEVER:
        return
    if m.desk_after[i] >= rules.desk_toast or read >= wait(intervals, who, DESK_SESSION, shown):
        read = next_on(intervals, who, DESK_SESSION, read)
        if read - shown >= rules.desk_keep:
            return
    if read >= rules.horizon:
        return
    if m.desk_retract_after[i] == _NEVER or plus(row.effective, m.desk_retract_after[i]) > read:
        more.desk_read, more.desk_read_until = read, plus(read, m.desk_length[i])
        _sign(row, more.desk_chars, read)


@njit
def _sign(row, chars, read):
    """Note a sign without content, if no text of a deleted message showed."""
    if chars == 0 and row.effective <= read:
        row.phantom = min(row.phantom, read)
