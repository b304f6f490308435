"""What the inbox asks of a channel: something that tells its recipient of messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Visit:
    """The app is open: until when, online or not, on the phone or at a screen device, by whose push."""

    until: int
    online: bool
    at_screen: bool = False
    by: int | None = None
    conversation: int | None = None
    """The sender whose conversation it opens, if it opens one."""


class Channel(Protocol):
    """A way by which a recipient learns of messages outside the thread: phone, screen device, mailbox,
    the app's list.
    """

    def notify(self, i: int) -> None:
        """Begin the way of message i, accepted now."""

    def deleted(self, i: int) -> None:
        """Learn of message i's deletion, as it takes effect."""

    def opened(self, visit: Visit) -> None:
        """Learn that the app is opened, once the thread has been read."""
