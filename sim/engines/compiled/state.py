"""What is held while a world is played: a row per message, a recipient's counters and lists.

A row begins with the columns of the records, under their names; kernels write down what happens
there. A recipient's messages are scattered over the world, and one row each is cheaper to touch
than sixty columns.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.schema.fields import COUNT, DURATION, FLAG, NAME, ROW, Field, struct
from sim.schema.records import FROM_ENGINE
from sim.schema.world import MESSAGES, RECIPIENTS, RULES

FROM_QUEUE: Final = ("requested", "started", "completed")
"""Columns of the records that the senders' queues write, before there are rows."""
RARE: Final = (
    "paused",
    "blocked",
    "push_lost",
    "push_rewritten",
    "push_edited",
    "watch_shown",
    "watch_read",
    "watch_read_until",
    "desk_shown",
    "desk_chars",
    "desk_edited",
    "desk_read",
    "desk_read_until",
    "email_edited",
    "thread_edited",
)
"""Columns of the records that stay absent in most worlds (`inputs.is_rare`): there, they and what
follows them in a row are not touched, which makes a world a fifth faster."""


def _words(names: tuple[str, ...], *, without: bool) -> tuple[Field, ...]:
    """Give columns of the engine, those named or all others, as words: int64, whatever they hold."""
    return tuple(
        Field(f.name, f.meaning, f.unit, "int64", int(f.absent))
        for f in FROM_ENGINE
        if (f.name in names) != without
    )


def _copied(*names: str) -> tuple[Field, ...]:
    """Give columns of the messages that rows repeat, because they are needed as things happen."""
    known = {f.name: f for f in MESSAGES}
    return tuple(
        Field(name, known[name].meaning, known[name].unit, known[name].dtype) for name in names
    )


COMMON_COLUMNS: Final = _words((*RARE, *FROM_QUEUE), without=True)
RARE_COLUMNS: Final = _words(RARE, without=False)
STATE: Final = (
    *COMMON_COLUMNS,
    Field("arrival", "when its notification reaches the phone, if nothing stops it"),
    Field("refusable", "reading it in the thread before then refuses its deletion; -1: never"),
    *_copied("retract_after", "badge_sync_after", "alert_after", "alert_length", "tap_after"),
    *_copied("email_delay", "email_latency", "mail_alert_after", "mail_alert_length"),
    *_copied("glances_needed"),
    Field("sender", "its sender", NAME, "int32"),
    Field("conversation", "its sender's conversation with its recipient", NAME, "int32"),
    Field("opener", "row of the message it follows as a step; -1: none", ROW, "int32"),
    *_copied("tap_offline", "on_watch"),
    Field("retraction_lost", "the store lost its retraction", FLAG, "bool"),
    Field("app_was_open", "the app was open as its push arrived", FLAG, "bool"),
    Field("copy_was_read", "it was read from the device's copy", FLAG, "bool"),
    *RARE_COLUMNS,
    Field("edit", "when its edit takes effect, if it is not read first"),
    Field("gone", "when it is gone in another way than by deletion (caught, recipient blocked)"),
    Field("reach", "when its notification reaches the push service"),
)
"""A message while it is played. `effective`, `push_dispatched` and the characters are what is to
come until it is over (`columns.finish`); `push_chars` below zero were rewritten, and show none."""

CONVERSATION: Final = (
    Field("opens", "when it may be mailed about again"),
    Field("gap", "how long it was closed", DURATION),
    Field("latest", "acceptance of its latest message in a mail"),
    Field("mailed", "when that mail went"),
)
"""A conversation that is throttled."""

COUNTERS: Final = (
    Field("sent", "accepted messages", COUNT),
    Field("arrivals", "notifications due", COUNT),
    Field("alerts", "alert timers", COUNT),
    Field("taps", "tap timers", COUNT),
    Field("in_tray", "pushes in the tray, and some that have left it", COUNT),
    Field("unnoticed", "pushes in the tray that are not noticed", COUNT),
    Field("signs", "counted messages that may become signs without content", COUNT),
    Field("meetings", "pushes that a glance in progress meets now", COUNT),
    Field("retractions", "retractions due", COUNT),
    Field("entries", "what may enter the store", COUNT),
    Field("next_unread", "first accepted message that no online visit has dealt with", COUNT),
    Field("next_arrival", "next notification", COUNT),
    Field("since_visit", "first notification since the last visit", COUNT),
    Field("next_retraction", "next retraction", COUNT),
    Field("next_entry", "next entry of the store", COUNT),
    Field("glancing", "whether the glances are walked yet", FLAG),
    Field("glance_end", "end of the last glance that began"),
    Field("alert_end", "end of the last alert reaction that began"),
    Field("visit_end", "end of the last visit that began"),
    Field("badge_until", "when the badge counts nothing any more, if nothing happens"),
)
"""Where a recipient's play stands: lengths of its lists, places in them, instants."""

LISTS: Final = (
    Field("sent_at", "accepted messages: when"),
    Field("sent_row", "accepted messages", ROW),
    Field("arrival_at", "notifications due: when"),
    Field("arrival_row", "notifications due", ROW),
    Field("unnoticed_row", "pushes not noticed", ROW),
    Field("unnoticed_need", "pushes not noticed: glances still needed", COUNT),
    Field("unnoticed_left", "pushes not noticed: when they leave the tray"),
    Field("alert_at", "heap of alert timers: when"),
    Field("alert_row", "heap of alert timers", ROW),
    Field("tap_at", "heap of tap timers: when"),
    Field("tap_row", "heap of tap timers", ROW),
    Field("tray_row", "pushes in the tray, and some that have left it", ROW),
    Field("sign_row", "counted messages that may become signs without content", ROW),
    Field("meeting_row", "pushes met by a glance in progress", ROW),
    Field("meeting_end", "end of that glance"),
    Field("retraction_at", "retractions due: when"),
    Field("retraction_row", "retractions due", ROW),
    Field("entry_at", "what may enter the store: when"),
    Field("entry_name", "what may enter the store: a push's row, or ~row of a retraction", ROW),
    Field("spare_at", "room to sort in"),
    Field("spare_row", "room to sort in", ROW),
)
"""A recipient's lists side by side. None can outgrow twice its messages: a message enters each
once, and the store twice."""

PERSON: Final = (
    *RECIPIENTS,
    Field("row", "its place among the recipients", ROW),
    Field("key", "key of its draws", NAME, "uint64"),
    Field("email_phase", "when the e-mail worker first looks"),
    Field("away_first", "place of its first away interval", ROW),
    Field("away_past", "place past its last away interval", ROW),
)
"""A recipient, with what is the same for all of a world but need not be."""
TERMS: Final = (
    *RULES,
    Field("horizon", "when observation ends"),
    Field("rare", "whether the end of a row is in use", FLAG, "bool"),
)
"""The rules as kernels read them."""

STATE_ROW, PERSON_ROW, TERMS_ROW = struct(STATE), struct(PERSON), struct(TERMS)
CONVERSATION_ROW, COUNTERS_ROW, LISTS_ROW = struct(CONVERSATION), struct(COUNTERS), struct(LISTS)
assert STATE_ROW.itemsize % np.dtype(np.int64).itemsize == 0  # rows are copied word by word
