"""What the numbers in rules and columns stand for, and the words of a scenario for them."""

from __future__ import annotations

from typing import Final

OFF, AT_ONCE, BATCHED, DIGEST = 0, 1, 2, 3
"""E-mail modes of a recipient."""
FIRST_SENT, LAST_SENT, FIRST_NOTICED = 0, 1, 2
ORDERS: Final = {"first_sent": FIRST_SENT, "last_sent": LAST_SENT, "first_noticed": FIRST_NOTICED}
"""Orders of the deletion queue."""
DELETE, EDIT, APOLOGY, BLOCK = 0, 1, 2, 3
REMEDIES: Final = {
    "delete": DELETE,
    "redraft": DELETE,
    "edit": EDIT,
    "apology": APOLOGY,
    "block": BLOCK,
}
"""Remedies: what a deletion does."""
NO_COLLAPSE, BY_THREAD, BY_APP = 0, 1, 2
"""Which pushes a newer one replaces in the tray."""
MESSAGE, CONVERSATION, LATEST, REWRITE = 0, 1, 2, 3
SCOPES: Final = {
    "message": MESSAGE,
    "conversation": CONVERSATION,
    "latest": LATEST,
    "rewrite": REWRITE,
}
"""Scopes of a retraction."""
EVERY_THREAD, ONE_THREAD = 0, 1
"""Which conversations an app visit reads: every one with something new, or the one it opens."""
CLEARS_ALL, CLEARS_THREAD, CLEARS_NOTHING = 0, 1, 2
CLEARS: Final = {"all": CLEARS_ALL, "conversation": CLEARS_THREAD, "nothing": CLEARS_NOTHING}
"""Which pushes leave the phone's tray as the app is opened on it."""
BY_VISIT, BY_READING = 0, 1
"""What makes the badge stop counting a message: a visit on the phone, or its being read."""
DELETED, READ, SEEN, BLOCKED, EDITED = 1, 2, 4, 8, 16
REASONS: Final = {
    "deleted": DELETED,
    "read": READ,
    "seen": SEEN,
    "blocked": BLOCKED,
    "edited": EDITED,
}
"""Reasons to drop a notification that waits for its dispatch, as bits: its message is deleted, read in the
thread, the app has been open since its acceptance, its recipient is blocked, it is edited."""
FIRST, LATEST_PENDING, FLUSH = 0, 1, 2
"""What a batch's window counts from; FLUSH: every message is due by itself, and all that wait go
with the first."""
