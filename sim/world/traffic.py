"""Traffic: who writes to whom and when: streams, campaigns, sequences and traces.

All deterministic given the key.

A message is known by its sender and its number with that sender (in a trace: by its id, or by
sender, recipient and time), so adding one renames no other.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.distributions.elementary import log_rest
from sim.draws import U64, purpose, uniform_pair, uniforms
from sim.scenario.model import KINDS, Campaign, Scenario, Sequence, Stream
from sim.schema.fields import Entities, Int64s
from sim.world.block import Block
from sim.world.calendar import clock_of, cumulative_week, operational
from sim.world.sent import BY_SHARE, Sent, everybody, in_every_world, in_one_world

_SHIFT = np.uint64(32)


@njit
def _write_times(key, what, sender, rate, weeks, slots, offset, until, room, out, first):
    """Fill `out`, from place `first`, with one sender's Poisson times in operational time.

    Return how many lie before `until`; -1: more than there is room for. `room` is float64 of (2,
    pairs of gaps drawn at once).
    """
    if rate <= 0.0:
        return 0
    op = operational(weeks, 0, slots, np.int64(offset))
    place, n = float(op), 0
    even, odd = room[0], room[1]
    while True:
        for i in range(even.size):
            even[i], odd[i] = uniform_pair(key, what, sender, U64(n // 2 + i))
        for i in range(even.size):
            even[i] = log_rest(even[i])
        for i in range(even.size):
            odd[i] = log_rest(odd[i])
        for i in range(2 * even.size):
            place += -(odd[i // 2] if i % 2 else even[i // 2]) / rate
            if place > 4.0e18:
                return n
            clock = clock_of(weeks, 0, slots, np.int64(place)) - offset
            if clock >= until:
                return n
            if first + n == out.size:
                return -1
            out[first + n] = clock
            n += 1


@njit
def _write_all(keys, what, senders, rate, weeks, slots, offset, until, room, out, counts):
    """Fill `out` with the times of every sender of every key, and `counts` (keys x senders).

    Return whether there was room for all of them.
    """
    first = 0
    for k in range(keys.size):
        for sender in range(senders):
            n = _write_times(
                keys[k], what, U64(sender), rate, weeks, slots, offset, until, room, out, first
            )
            if n < 0:
                return False
            counts[k, sender] = n
            first += n
    return True


def _stream(scenario: Scenario, t: Stream, block: Block) -> Sent:
    """Draw the messages of every sender in its own operational time."""
    weeks = cumulative_week(t.week)
    until = min(int(t.lasts), int(scenario.run.horizon))
    offset = int(scenario.senders.utc_offset)
    counts = np.zeros((block.size, t.senders), dtype=np.int64)
    times = np.empty(int((64 + 1.5 * t.rate * until) * counts.size), dtype=np.int64)
    what, room = U64(purpose("traffic.gap")), np.empty((2, 16))
    args = (block.keys, what, t.senders, t.rate, weeks, weeks.size - 1, offset, until, room)
    while not _write_all(*args, times, counts):
        times = np.empty(2 * times.size + 64, dtype=np.int64)
    each = counts.ravel()
    written = times[: each.sum()]
    sender = np.repeat(np.tile(np.arange(t.senders, dtype=np.int64), block.size), each)
    number = np.arange(written.size) - np.repeat(np.cumsum(each) - each, each)
    place = np.repeat(np.arange(block.size), counts.sum(axis=1))
    # Stable, so that ties stay in the order of senders and their numbers.
    order = np.argsort(place * until + written, kind="stable")
    place, sender, number = place[order], sender[order], number[order]
    entity = (sender.astype(np.uint64) << _SHIFT) | number.astype(np.uint64)
    key = block.keys[place]
    to = (uniforms(key, "traffic.recipient", entity) * t.recipients).astype(np.int64)
    sent = _sent(written[order], sender, to, number, entity, t.message, t.length, -1, t.recipients)
    people = everybody(sent.people.entity, block)
    recipient = to + place * t.recipients
    return replace(sent, replication=place, key=key, recipient=recipient, people=people)


def _campaign(t: Campaign) -> Sent:
    """Lay out a batch of one sender: message k goes to recipient k."""
    number = np.arange(t.messages, dtype=np.int64)
    zero = np.zeros(t.messages, dtype=np.int64)
    return _sent(
        int(t.start) + number * int(t.throttle),
        zero,
        number,
        number,
        number.astype(np.uint64),
        t.message,
        t.length,
        0,
        t.messages,
    )


def _sent(
    written: Int64s,
    sender: Int64s,
    recipient: Int64s,
    number: Int64s,
    entity: Entities,
    kind: str,
    length: int,
    batch: int,
    recipients: int,
) -> Sent:
    def all_of(value: int) -> Int64s:
        return np.full(written.size, value, dtype=np.int64)

    return in_one_world(
        written=written,
        sender=sender,
        recipient=recipient,
        number=number,
        entity=entity,
        kind=all_of(KINDS.index(kind)),
        length=all_of(length),
        batch=all_of(batch),
        group=all_of(-1),
        said=entity,
        sender_group=all_of(BY_SHARE),
        deleted=np.zeros(written.size, dtype=np.bool_),
        deleted_at=all_of(NEVER),
        after=all_of(-1),
        has_record=False,
        people=np.arange(recipients, dtype=np.uint64),
    )


def _sequence(t: Sequence) -> Sent:
    """Lay out a campaign and its follow-ups: step j of recipient k is the sender's message j *
    messages + k.
    """
    offsets = np.array([0, *(int(step.after) for step in t.steps)], dtype=np.int64)
    lengths = np.array([t.length, *(step.length for step in t.steps)], dtype=np.int64)
    step, to = (
        np.repeat(np.arange(offsets.size), t.messages),
        np.tile(np.arange(t.messages), offsets.size),
    )
    written = int(t.start) + to * int(t.throttle) + offsets[step]
    order = np.argsort(written, kind="stable")
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    number = (step * t.messages + to)[order]
    sent = _sent(
        written[order],
        np.zeros_like(order),
        to[order],
        number,
        number.astype(np.uint64),
        t.message,
        t.length,
        0,
        t.messages,
    )
    opens = step[order] == 0
    return replace(
        sent,
        length=lengths[step][order],
        batch=np.where(opens, 0, -1),
        after=np.where(opens, -1, place[to[order]]),
    )


def draw_traffic(scenario: Scenario, block: Block) -> Sent:
    """Give the messages of a block.

    Raises `TraceError` with every malformed row of a trace.
    """
    match scenario.traffic:
        case Stream() as stream:
            return _stream(scenario, stream, block)
        case Campaign() as campaign:
            return in_every_world(_campaign(campaign), block)
        case Sequence() as sequence:
            return in_every_world(_sequence(sequence), block)
        case trace:
            # pandas and pyarrow, only when a trace is played
            from sim.world.trace import read_trace

            return in_every_world(read_trace(scenario, trace), block)
