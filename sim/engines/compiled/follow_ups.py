"""Follow-ups (docs/model.md, sections 3 and 4): steps that are withheld, apologies that are sent as
deletions are done.

Whether a step is withheld depends on its opening message only, and what that is at the step's
release never changes afterwards: reading refuses a deletion before its ruling only. So it can be
asked at any later time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.schema.codes import APOLOGY
from sim.schema.fields import Int64s
from sim.world.parts import World

_NEVER = np.int64(NEVER)


def with_apologies(world: World, m: Any, completed: Int64s) -> Any:
    """Let apologies, and corrected messages, be released as the remedies of the messages they follow are done.

    Without them nothing changes.
    """
    rows = np.flatnonzero(m.apology)
    if not (world.rules.remedy == APOLOGY or world.rules.redraft) or not rows.size:
        return m
    first = m.after[rows]
    done, sent = completed[first], m.released[first]
    accepted = (sent < done) | (
        (sent == done) & (m.propagation[first] > 0)
    )  # else it undid the send
    released = m.released.copy()
    released[rows] = np.where(accepted, done, NEVER)
    return m._replace(released=released)


@njit
def is_withheld(rows, rare, i):
    """Tell whether a step's opening message was gone as the step was to be sent.

    Ask no earlier than that.
    """
    opener = rare[i].opener
    if opener < 0:
        return False
    return min(rows[opener].effective, rare[opener].gone) <= rows[i].accepted


@njit
def withhold(begin, end, rows, work):
    """Write down, as all is known, which steps of a recipient were withheld, and drop them from the
    accepted ones.
    """
    for i in range(begin, end):
        row = rows[i]
        if row.accepted != _NEVER and is_withheld(rows, work.rare, i):
            work.rare[i].paused = row.accepted
            row.accepted = row.push_dispatched = row.thread_read = _NEVER
    at, lists, kept = work.at[0], work.lists, 0
    for q in range(at.sent):
        if rows[lists[q].sent_row].accepted != _NEVER:
            lists[kept].sent_at, lists[kept].sent_row = lists[q].sent_at, lists[q].sent_row
            kept += 1
    at.sent = kept
