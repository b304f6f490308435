"""Traffic: who writes to whom and when: streams, campaigns, sequences and traces.

All deterministic given the key.

A message is known by its sender and its number with that sender (in a trace: by its id, or by
sender, recipient and time), so adding one renames no other.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit
from sim.distributions.elementary import log_rest
from sim.draws import U64, purpose, uniform_pair, uniforms
from sim.scenario.model import KINDS, Campaign, Scenario, Sequence, Stream
from sim.schema.fields import Entities, Flags, Int64s
from sim.world.block import Block
from sim.world.calendar import clock_of, cumulative_week, operational

_SHIFT = np.uint64(32)
_APOLOGY = np.uint64(1 << 62)
"""Marks the names of apologies, so that none shares a name with its message."""


@dataclass(frozen=True, slots=True)
class Addressees:
    """Everybody who can be written to, replication by replication: arrays of one length."""

    entity: Entities
    number: Int64s
    """Its number in its replication."""
    replication: Int64s
    """Place of its replication in the block."""
    key: Entities

    @property
    def size(self) -> int:
        """The number of people."""
        return int(self.entity.size)

    def only(self, places: Int64s) -> Addressees:
        """Give those at some places."""
        return Addressees(*(getattr(self, f.name)[places] for f in fields(self)))


@dataclass(frozen=True, slots=True)
class Sent:
    """The messages of a block before anything happens to them: arrays of one length.

    They are sorted by replication, then time.
    """

    replication: Int64s
    """Place of its replication in the block."""
    key: Entities
    written: Int64s
    sender: Int64s
    recipient: Int64s
    """Row of its recipient in `people`."""
    number: Int64s
    entity: Entities
    kind: Int64s
    length: Int64s
    batch: Int64s
    deleted_at: Int64s
    """Recorded deletions; NEVER where there is none."""
    after: Int64s
    """Row of the message it follows up; -1: none."""
    apology: Flags
    """Whether it is an apology: its times are not chance's, so they are NEVER."""
    has_record: bool
    """Whether deletions are on record at all (then no mistakes are drawn)."""
    people: Addressees

    @property
    def size(self) -> int:
        """The number of messages."""
        return int(self.written.size)

    def _columns(self) -> list[str]:
        return [f.name for f in fields(self) if f.name not in ("has_record", "people")]

    def to(self, chosen: Flags) -> tuple[Sent, Int64s]:
        """Give the messages to some of the people, and which rows here they are."""
        places, rows = np.flatnonzero(chosen), np.flatnonzero(chosen[self.recipient])
        columns: dict[str, Any] = {name: getattr(self, name)[rows] for name in self._columns()}
        columns["recipient"] = np.searchsorted(places, columns["recipient"])
        # A message and what it follows up go to one person, so both are there or neither.
        follows = columns["after"] >= 0
        columns["after"][follows] = np.searchsorted(rows, columns["after"][follows])
        return replace(self, **columns, people=self.people.only(places)), rows

    def with_apologies(self, regretted: Flags) -> tuple[Sent, Int64s]:
        """Return these messages with one more for every regretted one: the apology that may follow.

        Apologies are the last rows of their replication. Also gives the row here of every row there
        (int64; -1: an apology).
        """
        rows = np.flatnonzero(regretted)
        never = np.full(rows.size, NEVER, dtype=np.int64)
        own = {
            "written": never,
            "entity": self.entity[rows] ^ _APOLOGY,
            "batch": never * 0 - 1,
            "deleted_at": never,
            "after": rows.astype(np.int64),
            "apology": np.ones(rows.size, dtype=np.bool_),
        }
        source = np.concatenate([np.arange(self.size), never * 0 - 1])
        whole = {
            name: np.concatenate([getattr(self, name), own.get(name, getattr(self, name)[rows])])
            for name in self._columns()
        }
        order = np.argsort(whole["replication"], kind="stable")
        place = np.empty(order.size, dtype=np.int64)
        place[order] = np.arange(order.size)
        columns: dict[str, Any] = {name: column[order] for name, column in whole.items()}
        columns["after"] = np.where(columns["after"] < 0, -1, place[columns["after"]])
        return replace(self, **columns), source[order]


def _in_every_world(one: Sent, block: Block) -> Sent:
    """Lay out the messages of one replication, which chance does not change, in every one."""
    worlds, people = block.size, one.people
    columns: dict[str, Any] = {name: np.tile(getattr(one, name), worlds) for name in one._columns()}
    place = np.repeat(np.arange(worlds), one.size)
    columns["replication"], columns["key"] = place, block.keys[place]
    columns["recipient"] += place * people.size
    columns["after"] = np.where(columns["after"] < 0, -1, columns["after"] + place * one.size)
    return replace(one, **columns, people=_everybody(people.entity, block))


def _everybody(entities: Entities, block: Block) -> Addressees:
    """Put the same names into every replication."""
    home = np.repeat(np.arange(block.size), entities.size)
    number = np.tile(np.arange(entities.size), block.size)
    return Addressees(np.tile(entities, block.size), number, home, block.keys[home])


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
    everybody = _everybody(sent.people.entity, block)
    recipient = to + place * t.recipients
    return replace(sent, replication=place, key=key, recipient=recipient, people=everybody)


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
        deleted_at=all_of(NEVER),
        after=all_of(-1),
        has_record=False,
        people=np.arange(recipients, dtype=np.uint64),
    )


def in_one_world(*, people: Entities, has_record: bool, **columns: Any) -> Sent:
    """Put messages together that are the same in every replication; `people` are the names."""
    size = columns["written"].size
    here = np.zeros(people.size, dtype=np.int64)
    return Sent(
        **columns,
        replication=np.zeros(size, dtype=np.int64),
        key=np.zeros(size, dtype=np.uint64),
        apology=np.zeros(size, dtype=np.bool_),
        has_record=has_record,
        people=Addressees(people, np.arange(people.size), here, here.astype(np.uint64)),
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
            return _in_every_world(_campaign(campaign), block)
        case Sequence() as sequence:
            return _in_every_world(_sequence(sequence), block)
        case trace:
            # pandas and pyarrow, only when a trace is played
            from sim.world.trace import read_trace

            return _in_every_world(read_trace(scenario, trace), block)


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
