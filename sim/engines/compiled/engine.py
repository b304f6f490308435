"""The compiled engine's door: senders first, then plans, then one recipient after another, then the
columns.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.deletions import work_off
from sim.engines.compiled.desk import (
    ARRIVAL_AT,
    ARRIVAL_ROW,
    ARRIVALS,
    SENT,
    SENT_AT,
    SENT_ROW,
    SPARE_AT,
    SPARE_ROW,
    clear,
    desk_for,
)
from sim.engines.compiled.devices import DEVICE_COLUMNS, play_devices
from sim.engines.compiled.extras import Extras, extras_of
from sim.engines.compiled.follow_ups import with_apologies, withhold
from sim.engines.compiled.layout import (
    ACCEPTED,
    ARRIVAL,
    FIELDS,
    READ,
    Letters,
    People,
    Person,
    Table,
    Terms,
    tuples_of,
)
from sim.engines.compiled.mail import play_mail
from sim.engines.compiled.order import grouped, sort_by_time
from sim.engines.compiled.phone import play_phone
from sim.engines.compiled.plan import plan
from sim.engines.compiled.retractions import list_retractions
from sim.engines.compiled.store import list_entries
from sim.engines.compiled.streams import open_block, take_streams, waiting_room
from sim.engines.compiled.writing import WRITTEN, WRITTEN_EXTRA, write, write_extra
from sim.records import Records
from sim.schema.fields import Int64s
from sim.schema.records import FROM_ENGINE
from sim.schema.world import OFF
from sim.world.looks import AHEAD
from sim.world.parts import World
from sim.world.spells import AWAY

_NEVER = np.int64(NEVER)
Columns = dict[str, npt.NDArray[Any]]


def play(world: World) -> Records:
    """Play a world and return what happened, equal to the reference engine's records to the
    microsecond.
    """
    letters, people, minds, terms = tuples_of(world)
    requested, started, completed = work_off(world, letters)
    letters = with_apologies(world, letters, completed)
    rows = _rows(world.messages.size)
    first, place, most = grouped(letters.recipient, world.recipients.size)
    extras = extras_of(world, letters, place, most)
    plan(letters, people, terms, extras, completed, place, rows)
    by_segment = np.argsort(people.segment, kind="stable")
    _play(people, minds, terms, extras, first, by_segment, rows, desk_for(most), waiting_room())
    written = {"requested": requested, "started": started, "completed": completed}
    return Records.joined(world, _columns(letters, people, terms, extras, place, rows) | written)


def _columns(
    letters: Letters, people: People, terms: Terms, extras: Extras, place: Int64s, rows: Table
) -> Columns:
    """Write the engine's columns, all but those of the queue.

    What cannot happen in this world takes no memory.
    """
    n = place.size
    columns: Columns = {
        c.name: np.broadcast_to(np.asarray(c.absent, dtype=c.dtype), n) for c in FROM_ENGINE
    }
    if extras.rules.extra:
        devices = np.empty((len(DEVICE_COLUMNS), n), dtype=np.int64)
        play_devices(letters, people, terms, extras, place, rows, devices)
        columns |= dict(zip(DEVICE_COLUMNS, devices, strict=True))
    out = np.empty((len(WRITTEN), n), dtype=np.int64)
    write(letters, people, terms, extras, place, rows, out)
    columns |= dict(zip(WRITTEN, out, strict=True))
    if extras.rules.extra:
        more = np.empty((len(WRITTEN_EXTRA), n), dtype=np.int64)
        write_extra(letters, people, terms, extras, place, rows, columns["effective"], more)
        columns |= dict(zip(WRITTEN_EXTRA, more, strict=True))
    return {c.name: columns[c.name].astype(c.dtype, copy=False) for c in FROM_ENGINE}


class _Scratch(threading.local):
    """The rows of the last world a thread played, used again: fresh memory costs more than filling
    it.
    """

    rows = np.empty((0, FIELDS), dtype=np.int64)


_scratch = _Scratch()


def _rows(n: int) -> Table:
    """Give rows for n messages, with anything in them.

    They are the thread's until it plays again.
    """
    if len(_scratch.rows) < n:
        _scratch.rows = np.empty((n, FIELDS), dtype=np.int64)
    return _scratch.rows[:n]


@njit
def _play(people, minds, terms, extras, first, order, rows, desk, waiting):
    """Play every recipient, those of a segment together: their streams are opened side by side."""
    n, at = order.size, 0
    while at < n:
        end = at + 1
        while (
            end < n and end < at + AHEAD and people.segment[order[end]] == people.segment[order[at]]
        ):
            end += 1
        if not minds.by_hand:
            open_block(minds, people, order[at:end], waiting)
        for i in range(at, end):
            take_streams(waiting, i - at, desk.looks)
            _play_one(people, minds, terms, extras, first, order[i], rows, desk)
        at = end


@njit_inlined
def _play_one(people, minds, terms, extras, first, who, rows, desk):
    """Play one recipient, whose rows are first[who] to first[who + 1] (see `grouped`)."""
    rules, begin, end = extras.rules, first[who], first[who + 1]
    if begin < end:
        _lay_out(begin, end, rows, terms, desk)
        if desk.at[SENT] > 0:
            one = Person(
                who,
                people.entity[who],
                people.segment[who],
                people.rate[who],
                people.push[who],
                people.badge[who],
                people.email[who],
                people.utc_offset[who],
                minds.spell_at[who, AWAY, 0],
                minds.spell_at[who, AWAY, 1],
                people.store[who],
            )
            if rules.by_event:
                list_retractions(who, begin, end, terms, rows, extras, desk)
            if rules.stored and (one.store > 0 or rules.ttl != _NEVER):
                list_entries(who, begin, end, terms, rows, extras, desk)
            play_phone(one, minds, terms, extras, rows, desk)
            if rules.pausing:
                withhold(begin, end, rows, extras.rows, desk)
            if one.email != OFF:
                play_mail(one, minds, terms, extras, rows, desk)
        elif rules.pausing:
            withhold(begin, end, rows, extras.rows, desk)


@njit_inlined
def _lay_out(begin, end, rows, terms, desk):
    """List a recipient's accepted messages, and its notifications, by time."""
    clear(desk)
    lists, sent, arrivals = desk.lists, 0, 0
    for i in range(begin, end):
        if rows[i, ACCEPTED] == _NEVER or rows[i, READ] != _NEVER:  # read: live
            continue
        lists[SENT_AT, sent], lists[SENT_ROW, sent] = rows[i, ACCEPTED], i
        sent += 1
        if rows[i, ARRIVAL] < terms.horizon:
            lists[ARRIVAL_AT, arrivals], lists[ARRIVAL_ROW, arrivals] = rows[i, ARRIVAL], i
            arrivals += 1
    sort_by_time(lists[SENT_AT], lists[SENT_ROW], sent, lists[SPARE_AT], lists[SPARE_ROW])
    sort_by_time(lists[ARRIVAL_AT], lists[ARRIVAL_ROW], arrivals, lists[SPARE_AT], lists[SPARE_ROW])
    desk.at[SENT], desk.at[ARRIVALS] = sent, arrivals
