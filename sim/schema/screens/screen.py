"""What one kind of screen device is, and the names that follow from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Screen:
    """A device beside the phone at which somebody sits for a session: it has a route of its own from the
    server, notifications of its own, and app visits of its own.

    `name` is its section of a scenario, of a segment and of its draws; `prefix` begins the names of
    its columns and rules; `the` and `where` are words for sentences. A session at it counts as being
    active if it is a `presence`, or if its `active_for` is given. `measured`: results of every scenario have
    its columns and its channel; otherwise records have its columns where the scenario has the device,
    and what was read there is counted with the push.

    >>> Screen("desktop", "desk", "the desktop", "at the desktop").app
    'desk_app'
    """

    name: str
    prefix: str
    the: str
    where: str
    presence: bool = False
    measured: bool = False

    @property
    def title(self) -> str:
        """Name it at the head of a table."""
        return self.name.capitalize()

    @property
    def hides(self) -> str:
        """Name the recipients' column that says who hides the text there."""
        return f"{self.prefix}_hides"

    @property
    def session(self) -> str:
        """Name the intervals in which somebody is at it."""
        return f"at_{self.prefix}"

    @property
    def app(self) -> str:
        """Name the intervals in which the app is open there."""
        return f"{self.prefix}_app"

    @property
    def streams(self) -> tuple[str, str]:
        """Name the draws of sessions and of app visits."""
        return self.name, f"{self.name}.app"

    def column(self, what: str) -> str:
        """Name a column or rule of it.

        >>> Screen("desktop", "desk", "the desktop", "at the desktop").column("read")
        'desk_read'
        """
        return f"{self.prefix}_{what}"
