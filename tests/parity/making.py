"""Worlds for the parity suite, and the one comparison it makes: every record column, message by message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.clock import NEVER, SECOND
from sim.engines import compiled, reference
from sim.records import Records, first_difference
from sim.world.parts import Rules, World

Pick = Callable[[int, int], int]
"""Gives a whole number between two, both included: by a generator or by Hypothesis."""


def agree(world: World) -> Records:
    """Play a world on both engines and give the records, which are equal; otherwise name the first difference."""
    theirs, ours = reference.play(world), compiled.play(world)
    difference = first_difference(theirs, ours)
    assert difference is None, f"reference / compiled differ in {difference}"
    return ours


def tied_world(pick: Pick) -> World:
    """Make a small world whose times are all whole seconds of a short stretch, so that every tie comes up."""
    people = pick(1, 2)
    messages = [_message(pick, people) for _ in range(pick(1, 8))]
    return World.written(
        messages, [_recipient(pick) for _ in range(people)], rules=_rules(pick), horizon=pick(4, 30) * SECOND, key=pick(0, 99)
    )


def _yes(pick: Pick) -> bool:
    return bool(pick(0, 1))


def _rarely(pick: Pick) -> bool:
    return pick(0, 7) == 0


def _seconds(pick: Pick, most: int) -> int:
    return pick(0, most) * SECOND


def _or_never(pick: Pick, most: int) -> int:
    return NEVER if pick(0, 3) == 0 else _seconds(pick, most)


def _rules(pick: Pick) -> Rules:
    every = pick(1, 6)
    return Rules(
        window=(-1 if _rarely(pick) else _or_never(pick, 8)),
        unread_only=_yes(pick),
        undeletable=int(_rarely(pick)),
        hands=pick(1, 3),
        order=pick(0, 2),
        bulk=_yes(pick),
        placeholder=_yes(pick),
        push_late=_yes(pick),
        push_preview=pick(0, 2) * 7,
        push_expiry=_or_never(pick, 6),
        email_window=_seconds(pick, 4),
        email_sliding=_yes(pick),
        email_every=every * SECOND,
        email_at=_seconds(pick, 8),
        email_lead=_seconds(pick, every),
        email_late=_yes(pick),
        email_preview=(0, 3, NEVER)[pick(0, 2)],
        badge_boost=(1.0, 1.5, 4.0)[pick(0, 2)],
        cache_life=_seconds(pick, 8),
        visit_offline=(0.0, 0.5, 1.0)[pick(0, 2)],
    )


def _message(pick: Pick, people: int) -> dict[str, Any]:
    written = _seconds(pick, 6)
    pressed = written + _seconds(pick, 2)
    row: dict[str, Any] = {
        "sender": pick(0, 1), "recipient": pick(0, people - 1), "kind": pick(0, 1), "length": (0, 1, 40)[pick(0, 2)],
        "batch": pick(-1, 1), "written": written, "pressed": pressed, "released": pressed + _seconds(pick, 4),
        "caught": _rarely(pick), "live": _rarely(pick), "tap_offline": _yes(pick), "glances_needed": pick(1, 3),
    }  # fmt: skip
    for delay in ("alert_after", "tap_after", "retract_after", "badge_sync_after", "mail_alert_after"):
        row[delay] = _or_never(pick, 4)
    for delay in ("push_delay", "push_latency", "alert_length", "email_delay", "email_latency", "mail_alert_length"):
        row[delay] = NEVER if pick(0, 15) == 0 and "length" not in delay else _seconds(pick, 3)
    if pick(0, 3) > 0:
        row |= {"noticed": pressed + _seconds(pick, 6), "recorded": _rarely(pick), "reaction": _seconds(pick, 2)}
        row |= {"action": _seconds(pick, 3), "propagation": NEVER if _rarely(pick) else _seconds(pick, 2)}
    return row


def _recipient(pick: Pick) -> dict[str, Any]:
    return {
        "push": pick(0, 4) > 0, "badge": _yes(pick), "hides_previews": _rarely(pick), "email": pick(0, 3),
        "utc_offset": pick(-3, 3) * SECOND,
        "glances": _looks(pick), "checks": _looks(pick), "visits": _looks(pick),
    }  # fmt: skip


def _looks(pick: Pick) -> list[tuple[int, int]]:
    """Write looks in order; some touch, some have no length, some are in progress at the start."""
    looks, now = [], pick(-2, 6)
    for _ in range(pick(0, 5)):
        end = now + pick(0, 4)
        looks.append((now * SECOND, end * SECOND))
        now = end + pick(0, 4)
    return looks
