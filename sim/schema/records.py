"""The columns of the records: what a run leaves of every message."""

from __future__ import annotations

from typing import Final

from sim.schema.fields import CHARACTERS, CODE, DURATION, NAME, ROW, Field, flag, number
from sim.schema.screens import SCREENS
from sim.schema.screens.declared import written

IN_TRAY, OPENED, DISMISSED, RETRACTED, EXPIRED, REPLACED, IN_APP, READ_ELSEWHERE = range(8)
"""Why a push left the tray."""
WAYS_OUT: Final = (
    "it has not left",
    "opened",
    "dismissed",
    "retracted",
    "expired",
    "replaced by a newer one",
    "the app was open, or opened otherwise",
    "it was read at another device",
)
"""What they are called, in this order."""
REFUSALS: Final = {
    "kind": "its kind cannot be deleted",
    "window": "the deletion window was over",
    "opened": "it had been opened",
    "receiver": "the recipient's client ignores it, for its age",
    "undo": "the send could not be undone",
    "seen": "its sender saw that it had been seen, and left it",
}
"""Why nothing came of a deletion, and what each means."""
WHY_REFUSED: Final = ("not refused", *REFUSALS)
"""What they are called, in the order of the codes."""

FROM_WORLD: Final = (
    number("sender", "sender's number", NAME),
    number("recipient", "recipient's number", NAME),
    number("number", "number of the message with its sender (trace: its row)", NAME),
    number("segment", "recipient's segment, in the scenario's order", CODE),
    number(
        "kind", "kind of message, in the order dm, inmail, message_ad, connection_note, email", CODE
    ),
    number("length", "characters in the message", CHARACTERS),
    Field("batch", "campaign it belongs to; -1: none", NAME, absent=-1),
    Field("group", "group message of its sender that it is; -1: none", NAME, absent=-1),
    Field(
        "after",
        "row of the message it follows up (a step of a sequence, an apology); -1: none",
        ROW,
        absent=-1,
    ),
    flag("apology", "whether it is an apology, sent only as the remedy of the message it follows"),
    flag("mistake", "whether it was a mistake"),
    flag(
        "regretted",
        "whether its sender notices the mistake sooner or later, so that its deletion is asked for",
    ),
    flag("caught", "whether the review stopped it"),
    Field("written", "when it was written"),
    Field(
        "pressed", "when send was pressed (also if the review stopped it: when it would have been)"
    ),
    Field("noticed", "when the sender noticed, or would (it may lie beyond the horizon)"),
    Field(
        "reply_after", "from its first reading to the recipient's reply; absent: no reply", DURATION
    ),
)
"""Columns that repeat what chance decided, for reading the table alone."""

FROM_ENGINE: Final = (
    Field("accepted", "when the server accepted it"),
    Field("paused", "when a step of a sequence was withheld because its opening message was gone"),
    Field("cancelled", "when a deletion took effect within the hold"),
    Field("requested", "when its deletion joined the sender's queue"),
    Field("started", "when the sender began the deletion's action"),
    Field("completed", "when the action was done and the platform ruled"),
    number(
        "refused",
        "why the deletion was refused: "
        + ", ".join(f"{code} {why}" for code, why in enumerate(WHY_REFUSED)),
        CODE,
    ),
    Field("effective", "when the deletion (or the edit) took effect"),
    Field("blocked", "when the sender blocked the recipient because of it"),
    Field("push_dispatched", "when its push left the server"),
    Field("push_arrived", "when its push entered the tray"),
    Field(
        "push_lost",
        "when its push was lost: thrown out of the store, outlived there, or gone as it was fetched",
    ),
    Field("push_left", "when its push left the tray"),
    number(
        "push_left_by",
        "why it did: " + ", ".join(f"{code} {way}" for code, way in enumerate(WAYS_OUT)),
        CODE,
    ),
    flag("push_felt", "whether its push made itself felt as it arrived, on the phone or the watch"),
    number("push_chars", "characters of text its push showed; 0: hidden or no push", CHARACTERS),
    Field("push_noticed", "first glance that noticed its push"),
    Field("push_read_until", "end of that glance"),
    flag("push_edited", "whether its push showed the edited text"),
    Field("push_rewritten", "when its push in the tray was rewritten to show no text"),
    Field("retraction_arrived", "when a retraction of its push arrived"),
    Field("watch_shown", "when its push was shown on the watch"),
    Field("watch_read", "when it was looked at on the watch"),
    Field("watch_read_until", "end of that look"),
    *(field for one in SCREENS for field in written(one)),
    Field("list_read", "when its entry in the app's list was looked at"),
    Field("list_read_until", "end of that visit"),
    number("list_chars", "characters of text that entry showed", CHARACTERS),
    flag("list_edited", "whether that was the edited text"),
    Field("email_dispatched", "when an e-mail with it left the server"),
    Field("email_opener", "row of the message that opened that e-mail; -1: none", ROW, absent=-1),
    Field("email_arrived", "when that e-mail reached the mailbox"),
    number(
        "email_chars", "characters of it the e-mail showed, or may still show unread", CHARACTERS
    ),
    flag("email_opened", "whether it was opened then, and not only seen in the list"),
    flag("email_edited", "whether that e-mail carried the edited text"),
    Field("email_read", "when that e-mail was first seen in the list, or opened"),
    Field("email_read_until", "end of that look at the mailbox"),
    Field("badge_counted", "when the badge began to count it"),
    Field("badge_cleared", "when the badge stopped counting it"),
    Field("thread_read", "when its text was read in the app"),
    flag("thread_edited", "whether the app showed the edited text as it was read"),
    flag("from_cache", "whether the app showed it from the device's copy after its deletion"),
    Field("phantom", "first time a sign of it was met after its deletion with no content"),
)
"""Columns that an engine writes."""

COLUMNS: Final = FROM_WORLD + FROM_ENGINE
