"""What every screen device has in the schema: rules, columns of messages, recipients and records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, make_dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.clock import SECOND
from sim.schema.codes import BLOCKED, DELETED, READ, REASONS
from sim.schema.fields import CHARACTERS, CODE, FLAG, Field, declared, flag, number, rule
from sim.schema.screens import SCREENS
from sim.schema.screens.screen import Screen

DROPPED: Final = DELETED | READ | BLOCKED
"""Reasons to drop a notification if nothing is said."""

RULES_OF_ONE: Final = ("drop", "preview", "toast", "keep")
COLUMNS_OF_ONE: Final = ("delay", "latency", "after", "length", "retract_after")
WRITTEN_OF_ONE: Final = ("shown", "chars", "edited", "read", "read_until")
"""What a device has of each kind, without its prefix."""

Part = tuple[str, str, Any]


def _rules(one: Screen) -> tuple[Part, ...]:
    of, the = one.column, one.the
    return (
        (
            of("drop"),
            "int",
            rule(
                f"reasons to drop {the}'s notification at its dispatch: bits",
                DROPPED,
                CODE,
                of=f"{one.name}.drop",
                bits=REASONS,
            ),
        ),
        (
            of("preview"),
            "int",
            rule(
                "characters a toast shows; 0 hides the text",
                100,
                CHARACTERS,
                of=f"{one.name}.preview",
            ),
        ),
        (
            of("toast"),
            "int",
            rule(f"how long a toast shows {one.where}", 7 * SECOND, of=f"{one.name}.toast"),
        ),
        (
            of("keep"),
            "int",
            rule(
                f"how long the notification centre of {the} keeps what was shown; 0: not at all",
                0,
                of=f"{one.name}.keep",
            ),
        ),
    )


def _columns(one: Screen) -> tuple[Part, ...]:
    of, the, never = one.column, one.the, Field("", "").absent
    stays = f"from the deletion's effect until {the} shows it no more; NEVER: it goes on showing"
    read = f"from showing in a session {one.where} to being read there; NEVER: it is not"
    goes = f"from acceptance to the dispatch of {the}'s notification; NEVER: none goes"
    return (
        (of("delay"), "Int64s", declared(goes)),
        (of("latency"), "Int64s", declared(f"from that dispatch to {the}")),
        (of("after"), "Int64s", declared(read, never)),
        (of("length"), "Int64s", declared(f"how long that look {one.where} lasts")),
        (of("retract_after"), "Int64s", declared(stays, never)),
    )


def _settings(one: Screen) -> tuple[Part, ...]:
    on, hidden = f"notifications {one.where} are switched on", f"toasts {one.where} show no text"
    return (
        (one.prefix, "Flags", declared(on, True, FLAG, of=f"{one.name}.notifications")),
        (one.hides, "Flags", declared(hidden, False, FLAG, of=f"{one.name}.previews_hidden")),
    )


def written(one: Screen) -> tuple[Field, ...]:
    """Give the columns of the records about one device."""
    of = one.column
    return (
        Field(of("shown"), f"when a toast with it showed {one.where}"),
        number(of("chars"), "characters of text the toast showed", CHARACTERS),
        flag(of("edited"), "whether the toast showed the edited text"),
        Field(of("read"), "when the toast was read"),
        Field(of("read_until"), "end of that look"),
    )


def _table(name: str, parts: Callable[[Screen], tuple[Part, ...]]) -> Any:
    every = [part for one in SCREENS for part in parts(one)]
    return make_dataclass(
        name, every, frozen=True, slots=True, namespace={"__doc__": "Columns of screen devices."}
    )


if TYPE_CHECKING:

    @dataclass(frozen=True, slots=True)
    class ScreenRules:
        """The part of `Rules` that is about screen devices."""

    @dataclass(frozen=True, slots=True)
    class ScreenMessages:
        """The part of `Messages`."""

    @dataclass(frozen=True, slots=True)
    class ScreenRecipients:
        """The part of `Recipients`."""
else:
    ScreenRules = _table("ScreenRules", _rules)
    ScreenMessages = _table("ScreenMessages", _columns)
    ScreenRecipients = _table("ScreenRecipients", _settings)
