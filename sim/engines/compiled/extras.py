"""What only some worlds have: a second row per message, spells, rules beyond `Terms`.

All of it is empty where it is off.

Kernels look here only where a flag says so, so that worlds without these rules are played as fast
as if there were none.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit_inlined
from sim.engines.compiled.layout import Letters, Table, plain
from sim.schema.fields import Int64s
from sim.schema.world import DELETE, EDIT, FLUSH, MESSAGE, NO_COLLAPSE
from sim.world.parts import World
from sim.world.spells import AT_DESK, AWAY, DOZING, NO_NETWORK, QUIET, end_of_wait

OPENER, GONE, CHANGED = 0, 1, 2
"""Place of the message a step follows (-1: none); since when it is gone in another way than by
deletion (caught, recipient blocked); effect of an edit (if it is not read first)."""
SENDER, TALK, WORN, REACH = 3, 4, 5, 6
"""Its sender; its conversation; whether a watch is worn; when its notification reaches the push
service."""
BACK, BACK_LOST, LOST, REWRITTEN = 7, 8, 9, 10
"""Retractions that are played as events: its arrival so far, whether it was lost; when the push was
lost, or rewritten."""
PAUSED, SHOWN, OPENED, COPIED = 11, 12, 13, 14
"""When it was withheld; shown on the watch; whether the app was open as its push arrived; whether
its copy was read."""
EXTRA_FIELDS: Final = 15

BACK_AT, BACK_ROW, TRAYED, ENTRY_AT, ENTRY_NAME, SPARE_TIME, SPARE_NAME = 0, 1, 2, 3, 4, 5, 6
"""Lists of a recipient: retractions by arrival; all pushes in the tray; entries of the store (row,
or ~row of a retraction)."""
EXTRA_LISTS: Final = 7
FREE, GAP, LATEST_IN, MAIL = 0, 1, 2, 3
"""A throttled conversation: open from, gap, acceptance of its latest message in a mail, when that
mail went."""

IS_AWAY, IS_OFFLINE, DOZES, DESK_SESSION, IS_QUIET = (
    np.int64(k) for k in (AWAY, NO_NETWORK, DOZING, AT_DESK, QUIET)
)
_PAST = np.int64(-NEVER)


class Rare(NamedTuple):
    """Rules that few worlds have. `spells`: bit k is set if anybody has spells of kind k."""

    extra: bool
    spells: int
    remedy: int
    receiver_window: int
    pausing: bool
    edits: bool
    collapse: int
    scope: int
    waits: bool
    by_event: bool
    stored: bool
    keeps_tray: bool
    ttl: int
    fetch: bool
    generic: bool
    toast: int
    watches: bool
    tick: int
    phase: int
    gap: int
    factor: float
    most: int
    reset: int


class Extras(NamedTuple):
    """`Rare` rules, a second row per message (by place), the spells, scratch lists,
    conversations.
    """

    rules: Rare
    rows: Table
    starts: Int64s
    ends: Int64s
    at: Int64s
    lists: Table
    talks: Table


def extras_of(world: World, letters: Letters, place: Int64s, most: int) -> Extras:
    """Give what a world has beyond the ordinary.

    `place` and the `most` of a recipient as `grouped` gives them.
    """
    rules = _rare(world)
    n = letters.sender.size if rules.extra else 0
    talks = _talks(world, letters) if rules.gap else np.zeros(0, dtype=np.int64)
    extras = Extras(
        rules,
        np.zeros((n, EXTRA_FIELDS), dtype=np.int64),
        plain(world.spells.starts),
        plain(world.spells.ends),
        plain(world.spells.at),
        np.zeros((EXTRA_LISTS, 2 * most if rules.extra else 1), dtype=np.int64),
        np.full((talks.max(initial=0) + 1, 4), _PAST),
    )
    if talks.size:
        extras.rows[place, TALK] = talks
    return extras


def _rare(world: World) -> Rare:
    """Read the rare rules; a rule that can change nothing in this world counts as off."""
    r, m, at = world.rules, world.messages, world.spells.at
    kinds = range(at.shape[1]) if world.spells.starts.size else ()
    spells = sum(1 << k for k in kinds if bool((at[:, k, 0] < at[:, k, 1]).any()))
    limited = r.push_ttl != NEVER or bool((world.recipients.store > 0).any())
    stored = limited and bool(spells >> NO_NETWORK & 1)
    pausing, watches = r.pause and bool((m.after >= 0).any()), bool(m.on_watch.any())
    flushes = r.email_anchor == FLUSH
    extra = bool(
        spells
        or pausing
        or watches
        or stored
        or r.push_fetch
        or r.remedy != DELETE
        or r.receiver_window != NEVER
        or r.collapse != NO_COLLAPSE
        or r.retraction_scope != MESSAGE
        or (flushes and r.throttle_gap)
    )
    return Rare(
        extra=extra,
        spells=spells,
        remedy=r.remedy,
        receiver_window=r.receiver_window,
        pausing=pausing,
        edits=r.remedy == EDIT,
        collapse=r.collapse,
        scope=r.retraction_scope,
        waits=r.retraction_waits,
        by_event=stored or r.retraction_scope != MESSAGE,
        stored=stored,
        keeps_tray=r.collapse != NO_COLLAPSE or r.retraction_scope != MESSAGE,
        ttl=r.push_ttl,
        fetch=r.push_fetch,
        generic=r.push_generic,
        toast=r.push_toast,
        watches=watches,
        tick=r.email_tick,
        phase=r.email_phase,
        gap=r.throttle_gap if flushes else 0,
        factor=float(r.throttle_factor),
        most=r.throttle_most,
        reset=r.throttle_reset,
    )


def _talks(world: World, letters: Letters) -> Int64s:
    """Give every message the number of its conversation, which is of one sender with one
    recipient.
    """
    senders = int(letters.sender.max(initial=0)) + 1
    numbers: Int64s = np.unique(letters.recipient * senders + letters.sender, return_inverse=True)[
        1
    ].reshape(-1)
    return numbers


@njit_inlined
def wait(extras, who, kind, instant):
    """Give the end of a recipient's spell of a kind that is on at an instant.

    The instant itself if none is.
    """
    if (extras.rules.spells >> kind) & 1 == 0:
        return instant
    return end_of_wait(
        extras.starts, extras.ends, extras.at[who, kind, 0], extras.at[who, kind, 1], instant
    )


@njit_inlined
def is_on(extras, who, kind, instant):
    """Tell whether a recipient's spell of a kind is on at an instant."""
    return wait(extras, who, kind, instant) != instant
