"""The compiled engine's door: senders first, then plans, then one recipient after another, then the columns."""

from __future__ import annotations

import threading

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.deletions import work_off
from sim.engines.compiled.desk import (
    ARRIVAL_AT, ARRIVAL_ROW, ARRIVALS, SENT, SENT_AT, SENT_ROW, SPARE_AT, SPARE_ROW, clear, desk_for,
)  # fmt: skip
from sim.engines.compiled.layout import ACCEPTED, ARRIVAL, FIELDS, READ, Person, Table, tuples_of
from sim.engines.compiled.mail import play_mail
from sim.engines.compiled.order import grouped, sort_by_time
from sim.engines.compiled.phone import play_phone
from sim.engines.compiled.plan import WRITTEN, plan, write
from sim.records import Records
from sim.engines.compiled.streams import open_block, take_streams, waiting_room
from sim.world.looks import AHEAD, STATE, SURFACES
from sim.world.parts import OFF, World

_NEVER = np.int64(NEVER)


def play(world: World) -> Records:
    """Play a world and return what happened, equal to the reference engine's records to the microsecond."""
    letters, people, minds, terms = tuples_of(world)
    requested, started, completed = work_off(world, letters)
    rows = _rows(world.messages.size)
    first, place, most = grouped(letters.recipient, world.recipients.size)
    plan(letters, people, terms, completed, place, rows)
    desk = desk_for(most)._replace(looks=np.zeros((len(SURFACES), STATE), dtype=np.int64))
    _play(people, minds, terms, first, np.argsort(people.segment, kind="stable"), rows, desk, waiting_room())
    out = np.empty((len(WRITTEN), world.messages.size), dtype=np.int64)
    write(letters, people, terms, place, rows, out)
    columns = dict(zip(WRITTEN, out, strict=True))
    return Records.of(world, columns | {
        "requested": requested, "started": started, "completed": completed,
        "from_cache": columns["from_cache"].astype(np.bool_),
    })  # fmt: skip


class _Scratch(threading.local):
    """The rows of the last world a thread played, used again: fresh memory costs more than filling it."""

    rows = np.empty((0, FIELDS), dtype=np.int64)


_scratch = _Scratch()


def _rows(n: int) -> Table:
    """Give rows for n messages, with anything in them; they are the thread's until it plays again."""
    if len(_scratch.rows) < n:
        _scratch.rows = np.empty((n, FIELDS), dtype=np.int64)
    return _scratch.rows[:n]


@njit
def _play(people, minds, terms, first, order, rows, desk, waiting):  # type: ignore[no-untyped-def]
    """Play every recipient, those of a segment together; the rows of `who` are first[who] to first[who + 1]."""
    n, at = order.size, 0
    while at < n:
        end = at + 1
        while end < n and end < at + AHEAD and people.segment[order[end]] == people.segment[order[at]]:
            end += 1
        if not minds.by_hand:
            open_block(minds, people, order[at:end], waiting)
        for i in range(at, end):
            who = order[i]
            if first[who] < first[who + 1]:
                _lay_out(first[who], first[who + 1], rows, terms, desk)
                if desk.at[SENT] > 0:
                    one = Person(who, people.entity[who], people.segment[who], people.rate[who], people.push[who],
                                 people.badge[who], people.email[who], people.utc_offset[who])  # fmt: skip
                    take_streams(waiting, i - at, desk.looks)
                    play_phone(one, minds, terms, rows, desk)
                    if one.email != OFF:
                        play_mail(one, minds, terms, rows, desk)
        at = end


@njit_inlined
def _lay_out(begin, end, rows, terms, desk):  # type: ignore[no-untyped-def]
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
