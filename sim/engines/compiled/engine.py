"""The compiled engine's entry point: queues first, then plans, then one recipient after another,
then the columns.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.compiling.prefetching import LINE, prefetch
from sim.engines.compiled.columns import columns_of
from sim.engines.compiled.deletions import serve_queues
from sim.engines.compiled.follow_ups import with_apologies, withhold
from sim.engines.compiled.inputs import Inputs, inputs_of
from sim.engines.compiled.mail import play_mail
from sim.engines.compiled.order import grouped, sort_by_time
from sim.engines.compiled.phone import play_phone
from sim.engines.compiled.plan import plan
from sim.engines.compiled.portions import portions
from sim.engines.compiled.retractions import retraction
from sim.engines.compiled.state import BADGE_ROW, FROM_QUEUE, MAIL_ROW, RARE_ROW, SOON, STATE_ROW
from sim.engines.compiled.store import list_entries
from sim.engines.compiled.streams import open_block, stream_buffers, take_streams
from sim.engines.compiled.workspace import Beside, clear, workspace_for
from sim.records import Records
from sim.schema.codes import FLUSH, OFF
from sim.schema.fields import Int64s
from sim.world.looks import AHEAD
from sim.world.parts import World

_NEVER = np.int64(NEVER)


def play(world: World) -> Records:
    """Play a world and return what happened, equal to the reference engine's records to the
    microsecond.
    """
    inputs = inputs_of(world)
    queue = serve_queues(world, inputs.messages)
    messages = with_apologies(world, inputs.messages, queue[-1])
    inputs = inputs._replace(messages=messages)
    first, place, most = grouped(messages.recipient, inputs.people.size)
    rows = _kept.rows(place.size, STATE_ROW)
    work = workspace_for(most, _beside(world, inputs), _conversations(world))
    _, people, terms, streams, intervals = inputs
    plan(messages, people, terms, intervals, queue[-1], place, rows, work)
    by_segment = np.argsort(world.recipients.segment, kind="stable")
    buffers = stream_buffers()
    for some in portions(world, by_segment):
        _play(messages, people, streams, terms, intervals, first, some, rows, work, buffers)
    known = dict(zip(FROM_QUEUE, queue, strict=True))
    return Records.joined(world, columns_of(world, inputs, place, rows, work, known))


def _beside(world: World, inputs: Inputs) -> Beside:
    """Give rows beside those of all messages, for what may happen in this world."""
    n, people = world.messages.size, world.recipients
    return Beside(
        _kept.rows(n if inputs.terms[0].rare else 0, RARE_ROW),
        _kept.rows(n if (people.email != OFF).any() else 0, MAIL_ROW),
        _kept.rows(n if people.badge.any() else 0, BADGE_ROW),
    )


def _conversations(world: World) -> Int64s:
    """Give every message the number of its conversation: one sender with one recipient.

    Empty where none is throttled.
    """
    m, rules = world.messages, world.rules
    if rules.email_anchor != FLUSH or not rules.throttle_gap:
        return np.zeros(0, dtype=np.int64)
    senders = int(m.sender.max(initial=0)) + 1
    pairs = m.recipient * senders + m.sender
    numbers: Int64s = np.unique(pairs, return_inverse=True)[1].reshape(-1)
    return numbers


class _Kept(threading.local):
    """The rows of the last world a thread played, used again: fresh memory costs more than filling
    it.
    """

    def __init__(self) -> None:
        self._rows: dict[np.dtype[Any], npt.NDArray[Any]] = {}

    def rows(self, n: int, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        """Give n rows, with anything in them.

        They are the thread's until it plays again.
        """
        if dtype not in self._rows or len(self._rows[dtype]) < n:
            room = np.empty(n * dtype.itemsize + LINE, dtype=np.uint8)
            first = -room.ctypes.data % LINE
            self._rows[dtype] = room[first : first + n * dtype.itemsize].view(dtype)
        return self._rows[dtype][:n]


_kept = _Kept()


@njit
def _play(m, people, streams, terms, intervals, first, order, rows, work, buffers):
    """Play every recipient, those of a segment together: their streams are opened side by side."""
    n, at = order.size, 0
    while at < n:
        end, segment = at + 1, people[order[at]].segment
        while end < n and end < at + AHEAD and people[order[end]].segment == segment:
            end += 1
        if not streams.by_hand:
            open_block(streams, people, terms[0], order[at:end], buffers)
        for i in range(at, end):
            who = order[i]
            take_streams(buffers, i - at, work.looks)
            if first[who] < first[who + 1]:
                _play_one(
                    m,
                    people[who],
                    streams,
                    terms[0],
                    intervals,
                    first[who],
                    first[who + 1],
                    rows,
                    work,
                )
        at = end


@njit_inlined
def _play_one(m, one, streams, rules, intervals, begin, end, rows, work):
    """Play one recipient, whose messages are the rows from `begin` to `end` (see `grouped`)."""
    _lay_out(m, one, begin, end, rules, intervals, rows, work)
    if work.at[0].sent > 0:
        if rules.rare and (one.store > 0 or rules.push_ttl != _NEVER):
            list_entries(m, one, begin, end, rules, intervals, rows, work)
        play_phone(m, one, streams, rules, intervals, rows, work)
    if rules.pause:
        withhold(begin, end, rows, work)
    if one.email != OFF and work.at[0].sent > 0:
        play_mail(m, one, streams, rules, intervals, rows, work)


@njit_inlined
def _lay_out(m, one, begin, end, rules, intervals, rows, work):
    """List a recipient's accepted messages, its notifications and their retractions, by time.

    Some retractions may turn out not to be sent.
    """
    clear(work)
    at, lists = work.at[0], work.lists
    sent, arrivals, retractions = 0, 0, 0
    for i in range(begin, end):
        prefetch(rows, i + SOON)
        row = rows[i]
        if row.accepted == _NEVER:
            continue
        lists[sent].sent_at, lists[sent].sent_row = row.accepted, i
        sent += 1
        if row.push_arrived < rules.horizon:
            lists[arrivals].arrival_at, lists[arrivals].arrival_row = row.push_arrived, i
            arrivals += 1
        row.push_arrived = _NEVER
        if row.effective != _NEVER:
            back = retraction(m, rules, intervals, one, row)
            if back < rules.horizon:
                lists[retractions].retraction_at, lists[retractions].retraction_row = back, i
                retractions += 1
    at.sent, at.arrivals, at.retractions = sent, arrivals, retractions
    spare_at, spare_row = lists["spare_at"], lists["spare_row"]
    sort_by_time(lists["sent_at"], lists["sent_row"], sent, spare_at, spare_row)
    sort_by_time(lists["arrival_at"], lists["arrival_row"], arrivals, spare_at, spare_row)
    if retractions > 1:
        sort_by_time(
            lists["retraction_at"], lists["retraction_row"], retractions, spare_at, spare_row
        )
