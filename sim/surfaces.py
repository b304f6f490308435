"""Surfaces: where the text of a message can be read, and which columns of the records say so.

A surface is declared once, here. Verdicts, counts, measures and the commands' columns follow: a new
surface is an entry of `SURFACES` beside the columns it names (`sim.records`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER, SECOND
from sim.records import Records
from sim.schema.records import DISMISSED
from sim.schema.screens import SCREENS

Int64s = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def _nothing(r: Records) -> Flags:
    return np.zeros(len(r), dtype=np.bool_)


def _stays(r: Records) -> Int64s:
    return np.full(len(r), NEVER, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Surface:
    """A place where the text of a message shows, by the names of the records' columns about it."""

    name: str
    label: str
    """What it is called in a sentence."""
    outlived: str
    """Where a text was read that had been deleted already."""
    read: str
    """When it was looked at."""
    until: tuple[str, ...] = ()
    """When that look ended or the text was hidden, whichever was first; empty: all of it is read."""
    taken_away: Callable[[Records], Int64s] = _stays
    """When it was taken from under the reader's eyes; NEVER."""
    chars: str = "length"
    """Characters of text it showed."""
    edited: str = ""
    """Whether that was the edited text."""
    arrived: str = ""
    """When it notified; empty: it does not."""
    hidden: str = ""
    """When its text was taken from it, while it stayed; empty: never."""
    unread_copy: Callable[[Records], Flags] = _nothing
    """Which messages it may still show the regretted text of, after the horizon."""

    def shows_text(self, r: Records) -> Flags:
        """Tell which messages were looked at here while their text, of any version, showed."""
        shows: Flags = r[self.read] != NEVER
        if self.chars != "length":
            shows &= r[self.chars] > 0
        if self.hidden:
            shows &= r[self.read] < r[self.hidden]
        return shows

    def read_at(self, r: Records) -> Int64s:
        """Say when the regretted text was read here: int64 microseconds, NEVER if it was not."""
        shows = self.shows_text(r)
        if self.edited:
            shows &= ~r[self.edited].astype(np.bool_)
        return np.where(shows, r[self.read], NEVER)

    def sign_met(self, r: Records) -> Flags:
        """Tell which messages were met here, with or without their text, but not edited."""
        met: Flags = (r[self.read] != NEVER) & ~r[self.edited].astype(np.bool_)
        return met

    def exposed(self, r: Records, speed: float) -> Int64s:
        """Count the characters of the regretted text that were exposed here.

        At least one of what was read, at most what was shown, and in between as many as the look
        allowed at `speed` characters a second.
        """
        start = self.read_at(r)
        read = start != NEVER
        if not self.until:
            return np.where(read, r[self.chars], 0)
        ends = [*(r[name] for name in self.until), self.taken_away(r)]
        end = np.minimum(reduce(np.minimum, ends), NEVER - 1)
        time = np.where(read, end - np.where(read, start, 0), 0)
        fits = np.full(len(r), 2.0**52)
        if np.isfinite(speed):
            fits = np.minimum(np.floor(time * (speed / SECOND)), fits)
        return np.where(read, np.minimum(r[self.chars], np.maximum(fits.astype(np.int64), 1)), 0)


def _push_taken_away(r: Records) -> Int64s:
    """Say when a push left the tray by itself: whoever dismisses it has read it."""
    return np.where(r["push_left_by"] == DISMISSED, NEVER, r["push_left"])


def _push_left(r: Records) -> Flags:
    """Tell which pushes are unread in the tray, or on their way to it."""
    in_tray = (r["push_arrived"] != NEVER) & (r["push_left"] == NEVER) & (r["push_chars"] > 0)
    in_tray &= r["push_rewritten"] == NEVER
    # A push that never arrived because it was retracted on the way is decided.
    coming = (r["push_dispatched"] != NEVER) & (r["push_arrived"] == NEVER)
    coming &= (r["retraction_arrived"] == NEVER) & (r["push_lost"] == NEVER)
    left: Flags = (in_tray | coming) & ~r["push_edited"].astype(np.bool_)
    return left


def _mail_left(r: Records) -> Flags:
    """Tell which messages are in an e-mail that is unread or on its way, with their text."""
    bare = (r["email_arrived"] != NEVER) & (r["email_chars"] == 0)
    bare |= r["email_edited"].astype(np.bool_)
    left: Flags = (r["email_dispatched"] != NEVER) & (r["email_read"] == NEVER) & ~bare
    return left


def _in_app(r: Records) -> Flags:
    """Tell which messages are still in the thread, or not accepted yet."""
    there: Flags = (r["accepted"] == NEVER) | (r["effective"] == NEVER)
    return there


IN_A_PUSH: Final = "in a push that outlived the message"
PHONE: Final = Surface(
    "phone",
    "push",
    IN_A_PUSH,
    read="push_noticed",
    until=("push_read_until", "push_rewritten"),
    taken_away=_push_taken_away,
    chars="push_chars",
    edited="push_edited",
    arrived="push_arrived",
    hidden="push_rewritten",
    unread_copy=_push_left,
)
WATCH: Final = Surface(
    "watch",
    "watch",
    "on the watch",
    read="watch_read",
    until=("watch_read_until",),
    chars="push_chars",
    edited="push_edited",
    arrived="watch_shown",
)
AT_SCREENS: Final = tuple(
    Surface(
        one.name,
        one.name,
        one.where if one.measured else IN_A_PUSH,
        read=one.column("read"),
        until=(one.column("read_until"),),
        chars=one.column("chars"),
        edited=one.column("edited"),
        arrived=one.column("shown"),
    )
    for one in SCREENS
)
"""What the screen devices show, in the order of `SCREENS`."""
EMAIL: Final = Surface(
    "email",
    "e-mail",
    "in an e-mail",
    read="email_read",
    until=("email_read_until",),
    chars="email_chars",
    edited="email_edited",
    arrived="email_arrived",
    unread_copy=_mail_left,
)
LIST: Final = Surface(
    "list",
    "the app's list",
    "in the app's list",
    read="list_read",
    until=("list_read_until",),
    chars="list_chars",
    edited="list_edited",
)
APP: Final = Surface(
    "app",
    "the app",
    "in the app's own copy",
    read="thread_read",
    edited="thread_edited",
    unread_copy=_in_app,
)

PREVIEWS: Final = (PHONE, WATCH, *AT_SCREENS, EMAIL, LIST)
"""Surfaces outside the thread: what shows there is a preview."""
SURFACES: Final = (*PREVIEWS, APP)


@dataclass(frozen=True, slots=True)
class Channel:
    """Surfaces that are reported together: `name` as in JSON, `label` as in tables."""

    name: str
    label: str
    surfaces: tuple[Surface, ...]
    meaning: str
    in_tables: bool = True

    @property
    def measure(self) -> str:
        """Name the count and the measure of messages read through it."""
        return f"read_{self.name}"


CHANNELS: Final = (
    Channel(
        "push", "by push", (PHONE, WATCH, *AT_SCREENS), "the push preview was read on any device"
    ),
    Channel("watch", "on the watch", (WATCH,), "it was read on the watch", in_tables=False),
    *(
        Channel(one.name, one.where, (shows,), f"it was read {one.where}", in_tables=False)
        for one, shows in zip(SCREENS, AT_SCREENS, strict=True)
        if one.measured
    ),
    Channel("email", "by e-mail", (EMAIL,), "the e-mail was read"),
    Channel(
        "list", "in the list", (LIST,), "its entry in the app's list was read", in_tables=False
    ),
)
"""Channels of previews; one counts where a preview was read in it before the text was in the app."""
