"""What is held while a world is played: rows of the messages, a recipient's counters and lists.

A row has columns of the records under their names; kernels write down what happens there. A
recipient's messages are scattered over the world, and a row or two each are cheaper to touch than sixty
columns.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from sim.compiling.prefetching import LINE
from sim.schema.fields import (
    CHARACTERS,
    CODE,
    COUNT,
    DURATION,
    FLAG,
    NAME,
    ROW,
    Field,
    flag,
    named,
    struct,
)
from sim.schema.records import FROM_ENGINE
from sim.schema.rules import RULES
from sim.schema.world import MESSAGES, RECIPIENTS

SOON: Final = 16
"""How many messages ahead rows are asked for (`prefetch`)."""
FROM_QUEUE: Final = ("requested", "started", "completed")
"""Columns of the records that the senders' queues write, before there are rows."""
RARE: Final = frozenset(
    [
        "paused",
        "blocked",
        "push_lost",
        "push_rewritten",
        "push_edited",
        "email_edited",
        "thread_edited",
        "watch_shown",
        "watch_read",
        "watch_read_until",
        "list_read",
        "list_read_until",
        "list_chars",
        "list_edited",
    ]
)
"""Columns of the records that stay absent in most worlds (`inputs.is_rare`). There, they and
the rare rows are left out: with them every message would cost a tenth more."""


def lines(*parts: tuple[Field, ...]) -> np.dtype[Any]:
    """Give the dtype of a row whose parts begin with a line of the cache each.

    Within a part, wide fields come first, so that none is padded.
    """
    names, formats, offsets, at = list[str](), list[str](), list[int](), 0
    for part in parts:
        for field in sorted(part, key=lambda f: -np.dtype(f.dtype).itemsize):
            names.append(field.name)
            formats.append(field.dtype)
            offsets.append(at)
            at += np.dtype(field.dtype).itemsize
        at = -(-at // LINE) * LINE
    layout: Any = {"names": names, "formats": formats, "offsets": offsets, "itemsize": at}
    return np.dtype((np.record, np.dtype(layout, align=True)))


def _held(table: tuple[Field, ...], *names: str) -> tuple[Field, ...]:
    """Give fields of a table as a row holds them: times whole, characters and counts in 4 bytes."""
    narrow = {CHARACTERS: "int32", COUNT: "int32", CODE: "int16"}
    known = named(table)
    return tuple(
        Field(f.name, f.meaning, f.unit, narrow.get(f.unit, f.dtype), f.absent)
        for f in (known[name] for name in names)
    )


ON_THE_WAY: Final = (
    *_held(FROM_ENGINE, "accepted", "effective", "thread_read", "retraction_arrived"),
    *_held(FROM_ENGINE, "push_dispatched", "push_arrived", "push_left", "phantom"),
)
IN_THE_TRAY: Final = (
    *_held(FROM_ENGINE, "push_chars", "push_noticed", "push_read_until"),
    *_held(MESSAGES, "glances_needed", "alert_after"),
    Field(
        "looks_to_handle",
        "looks from the noticing one on until it is handled; 0: none",
        COUNT,
        "int32",
    ),
    Field("refusable", "reading it in the thread before then refuses its deletion; -1: never"),
    Field("sender", "its sender", NAME, "int32"),
    Field("number", "its place among the messages", NAME, "int32"),
    Field("push_left_by", "why it left the tray", CODE, "int8"),
    Field("refused", "why its deletion was refused", CODE, "int8"),
    *_held(FROM_ENGINE, "from_cache"),
    flag("has_push", "its recipient has push"),
    flag("has_mail", "its recipient has e-mail"),
    flag("retractable", "a retraction follows its deletion"),
    flag("retraction_lost", "the store lost its retraction"),
    flag("app_was_open", "the app was open as its push arrived"),
    flag("copy_was_read", "it was read from the device's copy"),
)
BY_MAIL: Final = (
    *_held(FROM_ENGINE, "email_dispatched", "email_arrived", "email_chars"),
    *_held(FROM_ENGINE, "email_read", "email_read_until", "email_opened"),
    *_held(MESSAGES, "email_latency", "mail_alert_after", "length", "mail_opened"),
    Field("email_opener", "place of the message that opened its mail; -1: none", ROW, "int32"),
)
IN_THE_BADGE: Final = _held(FROM_ENGINE, "badge_counted", "badge_cleared")
RARELY: Final = (
    *_held(FROM_ENGINE, "paused", "push_lost", "push_rewritten"),
    *_held(FROM_ENGINE, "watch_shown", "watch_read", "watch_read_until"),
    *_held(FROM_ENGINE, "list_read", "list_read_until", "list_chars"),
    Field("cleared", "when its push and count are cleared, since it was read at another device"),
    Field("edit", "when its edit takes effect, if it is not read first"),
    Field("gone", "when it is gone in another way than by deletion (caught, recipient blocked)"),
    Field("reach", "when its notification reaches the push service"),
    Field("seen", "when the app was first open, online, since its acceptance"),
    Field("opener", "row of the message it follows as a step; -1: none", ROW, "int32"),
)
STATE_ROW, RARE_ROW = lines(ON_THE_WAY, IN_THE_TRAY), lines(RARELY)
MAIL_ROW, BADGE_ROW = lines(BY_MAIL), struct(IN_THE_BADGE)
"""Rows of a message while it is played. In the first, `effective`, `push_dispatched` and the characters
are what is to come until it is over (`columns`), `push_arrived` until its recipient's turn; `push_chars`
below zero were rewritten, and show none. There are rows of mails, of counts and of what is rare only in
a world where something may fill them: a large world's time goes into moving rows through the caches."""

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
    Field("pending", "pushes in the tray that a look may still notice or handle", COUNT),
    Field("signs", "counted messages that may become signs without content", COUNT),
    Field("meetings", "pushes that a glance in progress meets now", COUNT),
    Field("retractions", "retractions due", COUNT),
    Field("entries", "what may enter the store", COUNT),
    Field("next_unread", "first accepted message that no online visit has dealt with", COUNT),
    Field("next_arrival", "next notification", COUNT),
    Field("since_visit", "first notification since the last visit", COUNT),
    Field("next_retraction", "next retraction", COUNT),
    Field("next_entry", "next entry of the store", COUNT),
    Field("hand_first", "place of its first interval in hand", COUNT),
    Field("hand_past", "place past its last one", COUNT),
    Field("hand_glance", "place of the next one as a glance", COUNT),
    Field("hand_visit", "place of the next one as an app visit", COUNT),
    Field("screen_start", "start of its next app visit at a screen device"),
    Field("screen", "number of that device", COUNT),
    Field("last_online", "the last online visit on the phone"),
    Field("glancing", "whether the glances are walked yet", FLAG),
    Field("glance_end", "end of the last glance that began"),
    Field("alert_end", "end of the last alert reaction that began"),
    Field(
        "visit_end", "latest end of the visits on the phone that have begun, or that a push opened"
    ),
    Field("badge_until", "when the badge counts nothing any more, if nothing happens"),
)
"""Where a recipient's play stands: lengths of its lists, places in them, instants."""

TIMELINE: Final = (
    Field("sent_at", "accepted messages: when"),
    Field("sent_row", "accepted messages", ROW, "int32"),
    Field("arrival_at", "notifications due: when"),
    Field("arrival_row", "notifications due", ROW, "int32"),
    Field("pending_row", "pushes to be noticed or handled", ROW, "int32"),
    Field("pending_need", "pushes to be noticed or handled: looks still needed", COUNT, "int32"),
    Field("pending_left", "pushes to be noticed or handled: when they leave the tray"),
    Field("tray_row", "pushes in the tray, and some that have left it", ROW, "int32"),
    Field("spare_at", "room to sort in"),
    Field("spare_row", "room to sort in", ROW, "int32"),
)
TIMERS: Final = (
    Field("alert_at", "heap of alert timers: when"),
    Field("alert_row", "heap of alert timers", ROW, "int32"),
    Field("tap_at", "heap of tap timers: when"),
    Field("tap_row", "heap of tap timers", ROW, "int32"),
    Field("sign_row", "counted messages that may become signs without content", ROW, "int32"),
    Field("meeting_row", "pushes met by a glance in progress", ROW, "int32"),
    Field("meeting_end", "end of that glance"),
    Field("retraction_at", "retractions due: when"),
    Field("retraction_row", "retractions due", ROW, "int32"),
    Field("entry_at", "what may enter the store: when"),
    Field("entry_name", "there: a push's row, or ~row of a retraction", ROW, "int32"),
)
LISTS_ROW: Final = lines(TIMELINE, TIMERS)
"""A recipient's lists side by side. None can outgrow twice its messages: a message enters each
once, and the store twice."""

PERSON_ROW: Final = lines(
    (
        *_held(RECIPIENTS, "entity", "segment", "rate", "checks_rate"),
        *_held(RECIPIENTS, "push", "badge", "hides_previews"),
        *_held(RECIPIENTS, "email", "utc_offset", "store"),
        Field("row", "its place among the recipients", ROW, "int32"),
        Field("key", "key of its draws", NAME, "uint64"),
        Field("email_phase", "when the e-mail worker first looks"),
        Field("away_first", "place of its first away interval", ROW, "int32"),
        Field("away_past", "place past its last away interval", ROW, "int32"),
    )
)
"""A recipient, with what is the same for all of a world but need not be."""
TERMS: Final = (
    *RULES,
    Field("horizon", "when observation ends"),
    Field("rare", "whether there are rare rows", FLAG, "bool"),
)
"""The rules as kernels read them."""
TERMS_ROW: Final = struct(TERMS)
CONVERSATION_ROW, COUNTERS_ROW = struct(CONVERSATION), struct(COUNTERS)
