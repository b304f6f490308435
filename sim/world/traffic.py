"""Traffic: who writes to whom and when: streams, campaigns, sequences and traces.

All deterministic given the key.

A message is known by its sender and its number with that sender (in a trace: by its id, or by
sender, recipient and time), so adding one renames no other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit
from sim.distributions.elementary import log_rest
from sim.draws import U64, purpose, uniform_pair, uniforms
from sim.scenario.model import KINDS, Campaign, Scenario, Sequence, Stream
from sim.schema.fields import Entities, Flags, Int64s
from sim.world.calendar import clock_of, cumulative_week, operational

_SHIFT = np.uint64(32)
_APOLOGY = np.uint64(1 << 62)
"""Marks the names of apologies, so that none shares a name with its message."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The messages of a replication before anything happens to them, sorted by time.

    Int64 arrays of one length.
    """

    written: Int64s
    sender: Int64s
    recipient: Int64s
    number: Int64s
    entity: Entities
    kind: Int64s
    length: Int64s
    batch: Int64s
    deleted_at: Int64s
    """Recorded deletions; NEVER where there is none."""
    has_record: bool
    """Whether deletions are on record at all (then no mistakes are drawn)."""
    recipients: Entities
    """One name per recipient."""
    after: Int64s
    """Row of the message it follows up; -1: none."""
    apologies: int = 0
    """How many rows, the last ones, are apologies: their times are not chance's, so they are
    NEVER."""

    def with_apologies(self, regretted: Flags) -> Sent:
        """Return these messages with one row more for every regretted one: the apology that may
        follow it.
        """
        rows = np.flatnonzero(regretted)
        never = np.full(rows.size, NEVER, dtype=np.int64)
        own = {
            "written": never,
            "entity": self.entity[rows] ^ _APOLOGY,
            "batch": never * 0 - 1,
            "deleted_at": never,
            "after": rows.astype(np.int64),
        }
        columns = (
            "written",
            "sender",
            "recipient",
            "number",
            "entity",
            "kind",
            "length",
            "batch",
            "deleted_at",
            "after",
        )
        joined: dict[str, Any] = {
            c: np.concatenate([getattr(self, c), own.get(c, getattr(self, c)[rows])])
            for c in columns
        }
        return replace(self, **joined, apologies=rows.size)


@njit
def _write_times(key, what, sender, rate, weeks, slots, offset, until, room, out):
    """Fill `out` with the Poisson times, in operational time, of one sender.

    Return how many lie before `until`.

    More than `out` holds: returns a negative count. `room` is float64 of (2, pairs of gaps drawn at
    once).
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
            if n == out.size:
                return -1
            out[n] = clock
            n += 1


def _order(times: Int64s) -> Int64s:
    """Sort times; ties stay in order."""
    order = np.argsort(times)  # several times as fast as a stable sort, and ties are rare
    ordered = times[order]
    return np.argsort(times, kind="stable") if np.any(ordered[1:] == ordered[:-1]) else order


def _stream(scenario: Scenario, t: Stream, key: int) -> Sent:
    """Draw the messages of every sender in its own operational time."""
    weeks = cumulative_week(t.week)
    until = min(int(t.lasts), int(scenario.run.horizon))
    offset = int(scenario.senders.utc_offset)
    buffer = np.empty(64 + int(2 * t.rate * until), dtype=np.int64)
    room, times = np.empty((2, 16)), list[Int64s]()
    what = U64(purpose("traffic.gap"))
    for one in range(t.senders):
        args = (U64(key), what, U64(one), t.rate, weeks, weeks.size - 1, offset, until)
        while (n := _write_times(*args, room, buffer)) < 0:
            buffer = np.empty(2 * buffer.size, dtype=np.int64)
        times.append(buffer[:n].copy())
    counts = np.array([mine.size for mine in times])
    sender = np.repeat(np.arange(t.senders, dtype=np.int64), counts)
    number = np.concatenate([np.arange(n, dtype=np.int64) for n in counts]) if t.senders else sender
    entity = (sender.astype(np.uint64) << _SHIFT) | number.astype(np.uint64)
    to = (uniforms(key, "traffic.recipient", entity) * t.recipients).astype(np.int64)
    written = np.concatenate(times)
    order = _order(written)  # ties stay in the order of senders and their numbers
    return _sent(
        written[order],
        sender[order],
        to[order],
        number[order],
        entity[order],
        t.message,
        t.length,
        -1,
        t.recipients,
    )


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

    return Sent(
        written,
        sender,
        recipient,
        number,
        entity,
        all_of(KINDS.index(kind)),
        all_of(length),
        all_of(batch),
        all_of(NEVER),
        False,
        np.arange(recipients, dtype=np.uint64),
        all_of(-1),
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


def draw_traffic(scenario: Scenario, key: int) -> Sent:
    """Give the messages of one replication.

    Raises `TraceError` with every malformed row of a trace.
    """
    match scenario.traffic:
        case Stream() as stream:
            return _stream(scenario, stream, key)
        case Campaign() as campaign:
            return _campaign(campaign)
        case Sequence() as sequence:
            return _sequence(sequence)
        case trace:
            from sim.world.trace import (
                read_trace,
            )  # pandas and pyarrow, only when a trace is played

            return read_trace(scenario, trace)


def names_of(texts: npt.NDArray[np.object_]) -> Entities:
    """Give every text a 64-bit name that depends on the text only (uint64; 8 bytes of BLAKE2b)."""
    import hashlib

    return np.array(
        [
            int.from_bytes(hashlib.blake2b(t.encode(), digest_size=8).digest(), "little")
            for t in texts
        ],
        dtype=np.uint64,
    )
