"""What is read on the watch (docs/model.md, section 5b), worked out after the phones.

It changes nothing on the phone, and by then all effects are known.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.engines.compiled.inputs import DOZES, IS_AWAY, IS_OFFLINE, is_on, plus, wait

_NEVER = np.int64(NEVER)


@njit
def play_watch(m, rules, intervals, who, i, row, more):
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
        sign(row, row.push_chars, read)


@njit
def sign(row, chars, read):
    """Note a sign without content, if no text of a deleted message showed."""
    if chars == 0 and row.effective <= read:
        row.phantom = min(row.phantom, read)
