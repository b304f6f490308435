"""Screen devices: those at which somebody sits for a session, with a route from the server, notifications,
looks and app visits of their own. The phone and the watch are none.

What is listed here has columns, rules, draws, a section of a scenario and of its segments, a surface, and
is played by both engines.
"""

from __future__ import annotations

from typing import Final

from sim.schema.screens.desktop import DESKTOP
from sim.schema.screens.tablet import TABLET

SCREENS: Final = (DESKTOP, TABLET)
"""In the order in which they come among events of one rank."""
NAMES: Final = tuple(one.name for one in SCREENS)
