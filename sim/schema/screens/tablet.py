"""The tablet, with the app's notifications and a tray of its own."""

from __future__ import annotations

from typing import Final

from sim.schema.screens.screen import Screen

TABLET: Final = Screen("tablet", "tablet", "the tablet", "on the tablet")
