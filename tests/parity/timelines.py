"""Timelines written down in whole seconds, and the one claim made of them: what each engine's
records say."""

from __future__ import annotations

from typing import Any

from sim.clock import NEVER, SECOND
from sim.engines import reference
from sim.schema.records import FROM_ENGINE
from sim.schema.rules import Rules
from sim.schema.screens import SCREENS
from sim.schema.screens.declared import COLUMNS_OF_ONE, RULES_OF_ONE, WRITTEN_OF_ONE
from sim.schema.screens.desktop import DESKTOP
from sim.schema.screens.screen import Screen
from sim.world.by_hand import written_world
from sim.world.intervals import KINDS_OF_INTERVAL
from sim.world.looks import SURFACES
from sim.world.parts import World

from .making import agree

_LISTS = (*SURFACES, *KINDS_OF_INTERVAL)
_PLAIN = {
    "sender",
    "recipient",
    "number",
    "entity",
    "kind",
    "length",
    "batch",
    "after",
    "glances_needed",
    "looks_to_handle",
    "bare_looks_to_handle",
}
_TIMED_RULES = {
    "window",
    "receiver_window",
    "push_expiry",
    "push_ttl",
    "retraction_app_ran_within",
    *(one.column(rule) for one in SCREENS for rule in ("toast", "keep")),
    "email_window",
    "email_tick",
    "throttle_gap",
    "throttle_most",
    "throttle_reset",
    "email_every",
    "email_at",
    "email_lead",
    "cache_life",
}
_VALUES = {c.name for c in FROM_ENGINE if c.absent != NEVER}

Row = dict[str, Any]


def in_micros(value: Any) -> Any:
    """Give a time told in seconds; flags and "never" stay what they are."""
    return value if isinstance(value, bool) or value == NEVER else round(value * SECOND)


def world(messages: list[Row], people: list[Row] | None = None, **rules: Any) -> World:
    """Write down a world told in seconds."""
    rows = [{k: v if k in _PLAIN else in_micros(v) for k, v in m.items()} for m in messages]
    named = [
        {
            k: [(in_micros(a), in_micros(b)) for a, b in v]
            if k in _LISTS
            else in_micros(v)
            if k == "email_phase"
            else v
            for k, v in p.items()
        }
        for p in people or [{}]
    ]
    set_to = {k: in_micros(v) if k in _TIMED_RULES else v for k, v in rules.items()}
    return written_world(rows, named, rules=Rules(**set_to), horizon=10_000 * SECOND)


def shows(told: World, **columns: list[float | None]) -> None:
    """Hold that the records show these columns: first the reference engine's, then, being equal,
    the other's."""
    records = reference.play(told)
    for name, expected in columns.items():
        values = records[name].tolist()
        if name not in _VALUES:
            values = [None if t == NEVER else t / SECOND for t in values]
        assert values == expected, f"{name}: {values}, by hand {expected}"
    agree(told)


class AtScreen:
    """Timelines at one screen device, written down in the names of the desktop."""

    def __init__(self, screen: Screen) -> None:
        parts = (*RULES_OF_ONE, *COLUMNS_OF_ONE, *WRITTEN_OF_ONE)
        self.names = {DESKTOP.column(part): screen.column(part) for part in parts} | {
            getattr(DESKTOP, name): getattr(screen, name)
            for name in ("prefix", "hides", "session", "app")
        }

    def named(self, row: Row) -> Row:
        """Give a row with the names of this device."""
        return {self.names.get(name, name): value for name, value in row.items()}

    def world(self, messages: list[Row], people: list[Row] | None = None, **rules: Any) -> World:
        """Do as `world`."""
        rows, named = [self.named(row) for row in messages], [self.named(p) for p in people or [{}]]
        return world(rows, named, **self.named(rules))

    def shows(self, told: World, **columns: list[float | None]) -> None:
        """Do as `shows`."""
        shows(told, **self.named(columns))
