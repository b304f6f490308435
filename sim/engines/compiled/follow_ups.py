"""Follow-ups (docs/model.md, sections 3 and 4): steps that are withheld, apologies that are sent as
deletions are done.

Whether a step is withheld hangs on its opening message only, and what that is at the step's release
never changes afterwards: reading refuses a deletion before its ruling only. So it can be asked at
any later time.
"""

from __future__ import annotations

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.engines.compiled.desk import SENT, SENT_AT, SENT_ROW
from sim.engines.compiled.extras import GONE, OPENER, PAUSED
from sim.engines.compiled.layout import ACCEPTED, ARRIVAL, DISPATCH, EFFECT, READ, Letters
from sim.schema.fields import Int64s
from sim.schema.world import APOLOGY
from sim.world.parts import World

_NEVER = np.int64(NEVER)


def with_apologies(world: World, letters: Letters, completed: Int64s) -> Letters:
    """Let apologies be released as the remedies of the messages they follow are done.

    Without them nothing changes.
    """
    rows = np.flatnonzero(letters.apology)
    if world.rules.remedy != APOLOGY or not rows.size:
        return letters
    first = letters.after[rows]
    done, sent = completed[first], letters.released[first]
    accepted = (sent < done) | (
        (sent == done) & (letters.propagation[first] > 0)
    )  # else it undid the send
    released = letters.released.copy()
    released[rows] = np.where(accepted, done, NEVER)
    return letters._replace(released=released)


@njit
def is_withheld(rows, more, i):
    """Tell whether a step's opening message was gone as the step was to be sent.

    Ask no earlier than that.
    """
    opener = more[i, OPENER]
    return opener >= 0 and min(rows[opener, EFFECT], more[opener, GONE]) <= rows[i, ACCEPTED]


@njit
def withhold(begin, end, rows, more, desk):
    """Write down, as all is known, which steps of a recipient were withheld, and drop them from the
    accepted ones.
    """
    for i in range(begin, end):
        if rows[i, ACCEPTED] != _NEVER and is_withheld(rows, more, i):
            more[i, PAUSED] = rows[i, ACCEPTED]
            rows[i, ACCEPTED] = rows[i, DISPATCH] = rows[i, ARRIVAL] = rows[i, READ] = _NEVER
    at, lists, kept = desk.at, desk.lists, 0
    for q in range(at[SENT]):
        if rows[lists[SENT_ROW, q], ACCEPTED] != _NEVER:
            lists[SENT_AT, kept], lists[SENT_ROW, kept] = lists[SENT_AT, q], lists[SENT_ROW, q]
            kept += 1
    at[SENT] = kept
