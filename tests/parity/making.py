"""Worlds for the parity suite, and the one comparison it makes: every record column, message by
message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sim.clock import NEVER, SECOND
from sim.engines import compiled, reference
from sim.records import Records, first_difference
from sim.schema.codes import (
    APOLOGY,
    BATCHED,
    BLOCK,
    BLOCKED,
    DELETE,
    DELETED,
    EDIT,
    NO_COLLAPSE,
    ONE_THREAD,
    READ,
    REWRITE,
)
from sim.schema.fields import FLAG, TIMES, Field
from sim.schema.rules import RULES, Rules
from sim.schema.screens import SCREENS
from sim.schema.screens.screen import Screen
from sim.schema.world import MESSAGES, RECIPIENTS
from sim.world.by_hand import written_world
from sim.world.intervals import KINDS_OF_INTERVAL
from sim.world.parts import World

Pick = Callable[[int, int], int]
"""Gives a whole number between two, both included: by a generator or by Hypothesis."""


def agree(world: World) -> Records:
    """Play a world on both engines and give the records, which are equal; otherwise name the first
    difference."""
    theirs, ours = reference.play(world), compiled.play(world)
    difference = first_difference(theirs, ours)
    assert difference is None, f"reference / compiled differ in {difference}"
    return ours


def tied_world(pick: Pick, unit: int = SECOND) -> World:
    """Make a small world whose times are all whole units of a short stretch, so that every tie
    comes up.

    Half of the worlds have the rules and circumstances every world has, the others any of the rest
    as well. Units so long that sums of times pass the largest int64 are fine."""
    people, rare = pick(1, 2), _yes(pick)
    messages = [_message(pick, people, unit) for _ in range(pick(1, 8))]
    recipients = [_recipient(pick, unit) for _ in range(people)]
    rules = _rules(pick, unit)
    if rare:
        # 0 and 1: anything; 2: mild; 3: mild, and one conversation that nobody opens; 4: the same, and
        # pushes are rewritten; 5: visits open one conversation, or a copy
        kind = pick(0, 5)
        rules |= _rare_rules(pick, unit) | (_MILD if kind > 1 else {})
        for row in messages:
            row |= _devices(pick, unit) | (_BUSY if kind in (3, 4) else {})
        messages += _follow_ups(pick, messages, rules, unit)
        recipients = [row | _circumstances(pick, unit) for row in recipients]
        if kind == 4:
            rules |= {"retraction_scope": REWRITE, "remedy": DELETE}
            for row in messages:
                row |= {"glances_needed": 1, "retract_after": pick(0, 2) * unit}
            recipients = [row | _UNOPENED for row in recipients]
        if kind == 5:
            rules |= {
                "visit_reads": ONE_THREAD,
                "remedy": DELETE,
                "cache_life": NEVER,
                "unread_only": True,
            }
            for row in messages:
                row |= {"clear_after": NEVER, "propagation": pick(1, 3) * unit}
            recipients = [row | {"push": True, "badge": True} for row in recipients]
        if kind == 3:
            rules["push_expiry"] = pick(0, 4) * unit
            session = (pick(0, 4) * unit, min(pick(8, 20) * unit, NEVER - 1))
            recipients = [row | _UNOPENED | {SCREENS[0].session: [session]} for row in recipients]
    _complete(pick, rules, RULES, unit)
    for row in messages:
        _complete(pick, row, MESSAGES, unit)
    for row in recipients:
        _complete(pick, row, RECIPIENTS, unit)
    return written_world(
        messages,
        recipients,
        rules=Rules(**rules),
        horizon=min(pick(4, 40 if rare else 30) * unit, NEVER - 1),
        key=pick(0, 99),
    )


NOT_VARIED = {
    "replication",
    "key",
    "priced",
    "number",
    "entity",
    "mistake",
    "segment",
    "after",
    "apology",
    "ios",
    "rate",
    "checks_rate",
}
"""What follows from other fields, or has nothing to vary in a world written by hand."""


def _complete(pick: Pick, row: dict[str, Any], table: Sequence[Field], unit: int) -> None:
    """Choose what the tables below do not: a new field of the schema is varied by its unit."""
    for field in table:
        if field.name in row or field.name in NOT_VARIED or field.otherwise or not _rarely(pick):
            continue
        if field.choices:
            row[field.name] = field.choices[pick(0, len(field.choices) - 1)]
        elif field.unit == FLAG:
            row[field.name] = _yes(pick)
        elif field.unit in TIMES:
            row[field.name] = (
                _or_never(pick, 4, unit) if field.absent == NEVER else pick(0, 4) * unit
            )
        else:
            row[field.name] = pick(0, 3)


def _yes(pick: Pick) -> bool:
    return bool(pick(0, 1))


def _rarely(pick: Pick) -> bool:
    return pick(0, 7) == 0


def _or_never(pick: Pick, most: int, unit: int) -> int:
    return NEVER if pick(0, 3) == 0 else pick(0, most) * unit


def _rules(pick: Pick, unit: int) -> dict[str, Any]:
    every = pick(1, 6)
    return {
        "window": (-1 if _rarely(pick) else _or_never(pick, 8, unit)),
        "unread_only": _yes(pick),
        "undeletable": int(_rarely(pick)),
        "leaves_seen": _rarely(pick),
        "servers": pick(1, 3),
        "order": pick(0, 2),
        "bulk": _yes(pick),
        "placeholder": _yes(pick),
        "push_drop": (DELETED | READ | BLOCKED, pick(0, 31))[pick(0, 1)],
        "push_late": _yes(pick),
        "push_preview": pick(0, 2) * 7,
        "push_expiry": _or_never(pick, 6, unit),
        "email_window": pick(0, 4) * unit,
        "email_anchor": int(_yes(pick)),
        "email_every": every * unit,
        "email_at": pick(0, 8) * unit,
        "email_lead": pick(0, every) * unit,
        "email_drop": (DELETED | READ | BLOCKED, pick(0, 31))[pick(0, 1)],
        "email_late": _yes(pick),
        "email_preview": (0, 3, NEVER)[pick(0, 2)],
        "email_list": (0, 2, 50)[pick(0, 2)],
        "badge_counts": int(_rarely(pick)),
        "badge_boost": (1.0, 1.5, 4.0)[pick(0, 2)],
        "cache_life": pick(0, 8) * unit,
        "visit_offline": (0.0, 0.5, 1.0)[pick(0, 2)],
    }


def _rare_rules(pick: Pick, unit: int) -> dict[str, Any]:
    """Choose what only some worlds have; each is off more often than not, so that they come alone
    and together."""
    return {
        "remedy": (DELETE, DELETE, EDIT, EDIT, APOLOGY, BLOCK)[pick(0, 5)],
        "receiver_window": _or_never(pick, 8, unit),
        "pause": _yes(pick),
        "redraft": _rarely(pick),
        "visit_reads": pick(0, 1),
        "visit_clears": pick(0, 2),
        "badge_counts": pick(0, 1),
        "list_shown": _yes(pick),
        "list_chars": pick(0, 2) * 7,
        "push_ttl": pick(0, 4) * unit if _yes(pick) else NEVER,
        "push_fetch": pick(0, 3) == 0,
        "push_generic": _yes(pick),
        **{
            name: value for one in SCREENS for name, value in _screen_rules(one, pick, unit).items()
        },
        "collapse": pick(0, 2) if _yes(pick) else NO_COLLAPSE,
        "retraction_scope": pick(0, 3),
        "retraction_waits": _yes(pick),
        "retraction_app_ran_within": pick(0, 6) * unit if _yes(pick) else NEVER,
        "email_anchor": pick(0, 2),
        "email_tick": pick(0, 3) * unit,
        "throttle_gap": pick(0, 3) * unit,
        "throttle_factor": (0.5, 1.0, 1.5, 3.0)[pick(0, 3)],
        "throttle_most": pick(0, 6) * unit,
        "throttle_reset": pick(0, 4) * unit,
    }


def _screen_rules(one: Screen, pick: Pick, unit: int) -> dict[str, Any]:
    return {
        one.column("drop"): pick(0, 31),
        one.column("preview"): pick(0, 2) * 7,
        one.column("toast"): pick(0, 4) * unit,
        one.column("keep"): (0, pick(0, 8) * unit, NEVER)[pick(0, 2)],
    }


_MILD = {
    "window": NEVER,
    "undeletable": 0,
    "receiver_window": NEVER,
    "push_expiry": NEVER,
    "push_preview": 7,
    "push_drop": DELETED | READ | BLOCKED,
    "email_drop": DELETED | READ | BLOCKED,
}
"""Little that keeps a message from being deleted or its push from being read, so that rarer things
come up."""
_BUSY = {"sender": 0, "recipient": 0, "caught": False}
_UNOPENED: dict[str, Any] = {
    "push": True,
    "email": BATCHED,
    "visits": [],
    "quiet": [],
    "in_hand": [],
    **{one.app: [] for one in SCREENS},
}


def _devices(pick: Pick, unit: int) -> dict[str, Any]:
    """Choose what a message does on the watch and at the screen devices."""
    row: dict[str, Any] = {"on_watch": _yes(pick)}
    for delay in (
        "watch_after",
        "watch_retract_after",
        *(one.column(delay) for one in SCREENS for delay in ("after", "retract_after")),
        "clear_after",
        "rewrite_after",
        "list_gone_after",
    ):
        row[delay] = _or_never(pick, 4, unit)
    for one in SCREENS:
        for delay in ("delay", "latency"):
            row[one.column(delay)] = NEVER if pick(0, 15) == 0 else pick(0, 3) * unit
        row[one.column("length")] = pick(0, 3) * unit
    return row | {"watch_length": pick(0, 3) * unit}


def _follow_ups(
    pick: Pick, messages: list[dict[str, Any]], rules: dict[str, Any], unit: int
) -> list[dict[str, Any]]:
    """Give some messages steps, and all their apologies; rows of a world are in order of writing,
    apologies last."""
    messages.sort(key=lambda row: int(row["written"]))
    steps, apologies = [], []
    for number, row in enumerate(messages):
        own = {"sender": row["sender"], "recipient": row["recipient"], "after": number}
        if pick(0, 2) == 0:
            at = (
                7 * unit + pick(0, 6) * unit
            )  # after all openings, so that their rows stay what they are
            steps.append(
                _message(pick, 1, unit)
                | _devices(pick, unit)
                | _sent(at, pick, unit)
                | own
                | _NOT_REGRETTED
            )
        if rules["remedy"] == APOLOGY or rules["redraft"]:
            apology = _message(pick, 1, unit) | _devices(pick, unit) | own | _NOT_REGRETTED
            apologies.append(
                apology | dict.fromkeys(_TIMES, NEVER) | {"apology": True, "caught": False}
            )
    return steps + apologies


_TIMES = ("written", "pressed", "released")
_NOT_REGRETTED = {"noticed": NEVER, "recorded": False}


def _sent(written: int, pick: Pick, unit: int) -> dict[str, Any]:
    pressed = written + pick(0, 2) * unit
    times = (written, pressed, pressed + pick(0, 4) * unit)
    return dict(zip(_TIMES, (min(time, NEVER) for time in times), strict=True))


def _message(pick: Pick, people: int, unit: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "sender": pick(0, 1),
        "recipient": pick(0, people - 1),
        "kind": pick(0, 1),
        "length": (0, 1, 40)[pick(0, 2)],
        "batch": pick(-1, 1),
        "group": pick(0, 1) if pick(0, 2) == 0 else -1,
        "caught": _rarely(pick),
        "tap_offline": _yes(pick),
        "mail_opened": _yes(pick),
        "glances_needed": pick(1, 3),
        "looks_to_handle": NEVER if pick(0, 2) == 0 else pick(1, 3),
        "bare_looks_to_handle": NEVER if pick(0, 2) == 0 else pick(1, 3),
    } | _sent(pick(0, 6) * unit, pick, unit)
    for delay in (
        "alert_after",
        "open_after",
        "retract_after",
        "badge_sync_after",
        "mail_alert_after",
    ):
        row[delay] = _or_never(pick, 4, unit)
    for delay in (
        "push_delay",
        "push_latency",
        "alert_length",
        "email_delay",
        "email_latency",
        "mail_alert_length",
    ):
        row[delay] = NEVER if pick(0, 15) == 0 and "length" not in delay else pick(0, 3) * unit
    if pick(0, 3) > 0:
        row |= {
            "noticed": row["pressed"] + pick(0, 6) * unit,
            "undo_fails": pick(0, 3) == 0,
            "receipt_after": _or_never(pick, 3, unit),
            "recorded": _rarely(pick),
            "reaction": pick(0, 2) * unit,
        }
        row |= {
            "action": pick(0, 3) * unit,
            "propagation": NEVER if _rarely(pick) else pick(0, 2) * unit,
        }
    return row


def _recipient(pick: Pick, unit: int) -> dict[str, Any]:
    return {
        "push": pick(0, 4) > 0,
        "badge": _yes(pick),
        "hides_previews": _rarely(pick),
        **{one.prefix: pick(0, 4) > 0 for one in SCREENS},
        **{one.hides: _rarely(pick) for one in SCREENS},
        "email": pick(0, 3),
        "utc_offset": pick(-3, 3) * unit,
        "glances": _looks(pick, unit),
        "checks": _looks(pick, unit),
        "visits": _looks(pick, unit),
        "in_hand": _looks(pick, unit) if pick(0, 2) == 0 else [],
    }


def _circumstances(pick: Pick, unit: int) -> dict[str, Any]:
    """Choose the intervals of a recipient, and the room in the service's store."""
    row: dict[str, Any] = {"store": pick(0, 3)}
    return row | {kind: _looks(pick, unit) if _yes(pick) else [] for kind in KINDS_OF_INTERVAL}


def _looks(pick: Pick, unit: int) -> list[tuple[int, int]]:
    """Write looks in order; some touch, some have no length, some are in progress at the start."""
    looks, now = [], pick(-2, 6)
    for _ in range(pick(0, 5)):
        end = now + pick(0, 4)
        if end * unit < NEVER:
            looks.append((now * unit, end * unit))
        now = end + pick(0, 4)
    return looks
