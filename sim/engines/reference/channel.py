"""What the inbox asks of a channel: something that notifies its recipient of messages."""

from __future__ import annotations

from typing import Protocol


class Channel(Protocol):
    """A way by which a recipient learns of messages outside the thread: phone, mailbox."""

    def notify(self, i: int) -> None:
        """Begin the way of message i, accepted now."""

    def deleted(self, i: int) -> None:
        """Learn of message i's deletion, as it takes effect."""

    def opened(self, by: int | None) -> None:
        """Learn that the app is opened, once the thread has been read: by the push of message `by`,
        or otherwise.
        """
