"""How the kernels hold a world: tuples of arrays, and one row of int64 per message while it is
played.

A message's row takes four cache lines: a recipient's messages are scattered over the world, and one
row each is cheaper to touch than thirty columns. Few arrays also make the calls between kernels
cheap.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit
from sim.draws import U64
from sim.schema.fields import Entities, Flags, Floats, Int64s
from sim.world.parts import World

Table = npt.NDArray[np.int64]

ACCEPTED, EFFECT, REFUSABLE, REFUSED = 0, 1, 2, 3
"""Acceptance (NEVER: it is not); effect of the deletion (if it is not read first); the instant
before which reading refuses the deletion (-1: it does not); reason of refusal."""
DISPATCH, ARRIVAL, CHARS, NEED, RETRACT, SYNC = 4, 5, 6, 7, 8, 9
"""What is to befall its notification: instants of dispatch and arrival, characters (below zero:
rewritten, shows none), glances it takes, delays."""
ALERT, ALERT_LENGTH, TAP, TAP_OFFLINE = 10, 11, 12, 13
"""What the notification is to cause: delay and length of an alert's glance, delay of a tap, whether
it is offline."""
ARRIVED, LEFT, NOTICED, UNTIL, COUNTED, CLEARED = 14, 15, 16, 17, 18, 19
"""What befell its notification."""
READ, CACHED, PHANTOM = 20, 21, 22
"""What befell it in the thread, and the first sign without content."""
MAILED, MAIL_ARRIVED, MAIL_READ, MAIL_UNTIL = 23, 24, 25, 26
"""What befell its e-mail."""
MAIL_DELAY, MAIL_LATENCY, MAIL_ALERT, MAIL_ALERT_LENGTH, MAIL_CHARS = 27, 28, 29, 30, 31
"""What is to befall the e-mail it opens, and the characters it shows in one; only for recipients
who get mail."""
FIELDS: Final = 32

_NEVER = np.int64(NEVER)


class Letters(NamedTuple):
    """Columns of `sim.world.parts.Messages` that the kernels read."""

    sender: Int64s
    recipient: Int64s
    kind: Int64s
    length: Int64s
    pressed: Int64s
    released: Int64s
    noticed: Int64s
    reaction: Int64s
    action: Int64s
    propagation: Int64s
    push_delay: Int64s
    push_latency: Int64s
    glances_needed: Int64s
    alert_after: Int64s
    alert_length: Int64s
    tap_after: Int64s
    retract_after: Int64s
    badge_sync_after: Int64s
    email_delay: Int64s
    email_latency: Int64s
    mail_alert_after: Int64s
    mail_alert_length: Int64s
    after: Int64s
    watch_after: Int64s
    watch_length: Int64s
    watch_retract_after: Int64s
    desk_after: Int64s
    desk_length: Int64s
    desk_retract_after: Int64s
    caught: Flags
    recorded: Flags
    live: Flags
    tap_offline: Flags
    apology: Flags
    on_watch: Flags


class People(NamedTuple):
    """Columns of `sim.world.parts.Recipients` that the kernels read."""

    entity: Entities
    segment: Int64s
    rate: Floats
    push: Flags
    badge: Flags
    hides_previews: Flags
    email: Int64s
    utc_offset: Int64s
    store: Int64s


class Person(NamedTuple):
    """One of `People`: plain numbers, which cost little to hand on."""

    who: int
    entity: np.uint64
    segment: int
    rate: float
    push: bool
    badge: bool
    email: int
    utc_offset: int
    away_first: int
    away_past: int
    store: int


class Minds(NamedTuple):
    """`sim.world.parts.Attention` with the key of its draws and the factor on the rate of
    visits.
    """

    pool: Floats
    stream_at: Int64s
    stream_mean: Floats
    weeks: Int64s
    week_at: Int64s
    by_hand: bool
    written_at: Int64s
    starts: Int64s
    ends: Int64s
    op_at: Int64s
    op_lost: Int64s
    spell_at: Int64s
    key: np.uint64
    boost: float


class Terms(NamedTuple):
    """`sim.world.parts.Rules` that every world has, and the horizon.

    The rest are in `extras.Rare`.
    """

    horizon: int
    window: int
    unread_only: bool
    undeletable: int
    placeholder: bool
    push_late: bool
    push_preview: int
    push_expiry: int
    email_window: int
    email_anchor: int
    email_every: int
    email_at: int
    email_lead: int
    email_late: bool
    email_preview: int
    badge_boost: float
    cache_life: int
    visit_offline: float


def tuples_of(world: World) -> tuple[Letters, People, Minds, Terms]:
    """Give the parts of a world as the kernels take them, without copying columns that are
    contiguous.
    """
    a, rules = world.attention, world.rules
    own: dict[str, Any] = {
        "horizon": world.horizon,
        "key": U64(world.key),
        "boost": float(rules.badge_boost),
    }
    own |= {
        "by_hand": a.by_hand,
        "op_at": plain(world.spells.op_at),
        "op_lost": plain(world.spells.op_lost),
    }
    own |= {"spell_at": plain(world.spells.at)}
    minds = Minds(*(own[f] if f in own else plain(getattr(a, f)) for f in Minds._fields))
    terms = Terms(*(own[f] if f in own else getattr(rules, f) for f in Terms._fields))
    return (
        Letters(*(plain(getattr(world.messages, f)) for f in Letters._fields)),
        People(*(plain(getattr(world.recipients, f)) for f in People._fields)),
        minds,
        terms._replace(
            badge_boost=float(terms.badge_boost), visit_offline=float(terms.visit_offline)
        ),
    )


def plain(column: npt.NDArray[Any]) -> Any:
    """Give an array of the one layout the kernels are compiled for: contiguous and writable."""
    straight = np.ascontiguousarray(column)
    return straight if straight.flags.writeable else straight.copy()


@njit
def plus(instant, delay):
    """Add a delay that is not negative.

    NEVER where there is none, or where the sum is beyond every horizon.
    """
    return _NEVER if delay >= _NEVER - max(instant, np.int64(0)) else instant + delay
