"""The desktop, in an application of its own or in a browser."""

from __future__ import annotations

from typing import Final

from sim.schema.screens.screen import Screen

DESKTOP: Final = Screen(
    "desktop", "desk", "the desktop", "at the desktop", presence=True, measured=True
)
