"""What a run leaves: one row per message, the times of every step, and nothing that has been
counted or judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER

if TYPE_CHECKING:
    import pandas as pd

    from sim.world.parts import World


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the records: its name, what it holds, and its dtype (times: int64 microseconds,
    NEVER = absent).
    """

    name: str
    meaning: str
    dtype: str = "int64"
    absent: int = NEVER


FROM_WORLD = (
    Column("sender", "sender's number"),
    Column("recipient", "recipient's number"),
    Column("number", "number of the message with its sender (trace: its row)"),
    Column("segment", "recipient's segment, in the scenario's order"),
    Column("kind", "kind of message, in the order dm, inmail, message_ad, connection_note, email"),
    Column("length", "characters in the message"),
    Column("batch", "campaign it belongs to; -1: none"),
    Column(
        "after", "row of the message it follows up (a step of a sequence, an apology); -1: none"
    ),
    Column(
        "apology",
        "whether it is an apology, sent only as the remedy of the message it follows",
        "bool",
    ),
    Column("mistake", "whether it was a mistake", "bool"),
    Column(
        "regretted",
        "whether its sender notices the mistake sooner or later, so that its deletion is asked for",
        "bool",
    ),
    Column("caught", "whether the review stopped it", "bool"),
    Column("written", "when it was written"),
    Column(
        "pressed", "when send was pressed (also if the review stopped it: when it would have been)"
    ),
    Column("noticed", "when the sender noticed, or would (it may lie beyond the horizon)"),
    Column("reply_after", "from its first reading to the recipient's reply; absent: no reply"),
)
"""Columns that repeat what chance decided, for reading the table alone."""

FROM_ENGINE = (
    Column("accepted", "when the server accepted it"),
    Column("paused", "when a step of a sequence was withheld because its opening message was gone"),
    Column("cancelled", "when a deletion took effect within the hold"),
    Column("requested", "when its deletion joined the sender's queue"),
    Column("started", "when the sender began the deletion's action"),
    Column("completed", "when the action was done and the platform ruled"),
    Column(
        "refused",
        "why the deletion was refused: 0 it was not, 1 kind, 2 window, 3 already opened, 4 by the recipient's client",
        "int64",
        0,
    ),
    Column("effective", "when the deletion (or the edit) took effect"),
    Column("blocked", "when the sender blocked the recipient because of it"),
    Column("push_dispatched", "when its push left the server"),
    Column("push_arrived", "when its push entered the tray"),
    Column(
        "push_lost",
        "when its push was lost: thrown out of the store, outlived there, or gone as it was fetched",
    ),
    Column("push_left", "when its push left the tray: app opened, retracted, replaced or expired"),
    Column("push_chars", "characters of text its push showed; 0: hidden or no push", "int64", 0),
    Column("push_noticed", "first glance that noticed its push"),
    Column("push_read_until", "end of that glance"),
    Column("push_edited", "whether its push showed the edited text", "bool", 0),
    Column("push_rewritten", "when its push in the tray was rewritten to show no text"),
    Column("retraction_arrived", "when a retraction of its push arrived"),
    Column("watch_shown", "when its push was shown on the watch"),
    Column("watch_read", "when it was looked at on the watch"),
    Column("watch_read_until", "end of that look"),
    Column("desk_shown", "when a toast with it showed at the desktop"),
    Column("desk_chars", "characters of text the toast showed", "int64", 0),
    Column("desk_edited", "whether the toast showed the edited text", "bool", 0),
    Column("desk_read", "when the toast was read"),
    Column("desk_read_until", "end of that look"),
    Column("email_dispatched", "when an e-mail with it left the server"),
    Column("email_arrived", "when that e-mail reached the mailbox"),
    Column("email_chars", "characters of it the e-mail showed", "int64", 0),
    Column("email_edited", "whether that e-mail carried the edited text", "bool", 0),
    Column("email_read", "when that e-mail was read"),
    Column("email_read_until", "end of that look at the mailbox"),
    Column("badge_counted", "when the badge began to count it"),
    Column("badge_cleared", "when the badge stopped counting it"),
    Column("thread_read", "when its text was read in the app"),
    Column("thread_edited", "whether the app showed the edited text as it was read", "bool", 0),
    Column(
        "from_cache",
        "whether the app showed it from the device's copy after its deletion",
        "bool",
        0,
    ),
    Column("phantom", "first time a sign of it was met after its deletion with no content"),
)
"""Columns that an engine writes."""

COLUMNS = FROM_WORLD + FROM_ENGINE


def blank(n: int) -> dict[str, npt.NDArray[Any]]:
    """Make the engine's columns for n messages, every entry absent."""
    return {c.name: np.full(n, c.absent, dtype=c.dtype) for c in FROM_ENGINE}


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of one replication under one policy, in the order of the world's messages.

    `columns` maps every name of `COLUMNS` to an array of one length; `horizon` is when observation
    ended.
    """

    columns: Mapping[str, npt.NDArray[Any]]
    horizon: int

    @classmethod
    def of(cls, world: World, written: Mapping[str, npt.NDArray[Any]]) -> Records:
        """Join what the world decided to what an engine wrote."""
        m = world.messages
        own = {"segment": world.recipients.segment[m.recipient], "regretted": m.noticed != NEVER}
        drawn = {c.name: own[c.name] if c.name in own else getattr(m, c.name) for c in FROM_WORLD}
        return cls(drawn | {c.name: written[c.name] for c in FROM_ENGINE}, world.horizon)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self.columns[name]

    def __len__(self) -> int:
        return int(self.columns["written"].size)

    def first(self, rows: int) -> Records:
        """Give the rows of the first so many messages."""
        return Records({name: column[:rows] for name, column in self.columns.items()}, self.horizon)

    def to_frame(self) -> pd.DataFrame:
        """Give the records as a pandas table with the documented columns."""
        import pandas as pd

        return pd.DataFrame(dict(self.columns))


def first_difference(a: Records, b: Records) -> str | None:
    """Name the first message whose records differ, with the fields that do.

    None: they are equal.
    """
    if len(a) != len(b):
        return f"{len(a)} rows against {len(b)}"
    unequal = np.zeros(len(a), dtype=np.bool_)
    for column in COLUMNS:
        unequal |= a[column.name] != b[column.name]
    if not unequal.any():
        return None
    row = int(np.argmax(unequal))
    fields = [
        f"{c.name} {a[c.name][row]} / {b[c.name][row]}"
        for c in COLUMNS
        if a[c.name][row] != b[c.name][row]
    ]
    return f"message {row}: {', '.join(fields)}"
