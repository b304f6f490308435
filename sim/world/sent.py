"""Who writes to whom and when: the messages of a block, before anything happens to them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.schema.fields import Entities, Flags, Int64s
from sim.world.block import Block

_APOLOGY = np.uint64(1 << 62)
"""Marks the names of apologies, so that none shares a name with its message."""
BY_SHARE = -2
"""A sender's group that is drawn."""


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
    group: Int64s
    """The group message that it is a part of; -1: none."""
    said: Entities
    """Its name in its sender's draws: that of its group message, or `entity`."""
    sender_group: Int64s
    """The group of senders that its sender is in, in the scenario's order; -1: none, `BY_SHARE`: as
    the groups' shares and chance have it."""
    deleted: Flags
    """Whether it is on record as deleted, at a time that is not known."""
    deleted_at: Int64s
    """Recorded deletions; NEVER where there is none."""
    after: Int64s
    """Row of the message it follows up; -1: none."""
    apology: Flags
    """Whether it is an apology: its times are not chance's, so they are NEVER."""
    has_record: bool
    """Whether deletions are on record at all (then no mistakes are drawn)."""
    people: Addressees
    writer: Int64s | None = None
    """Row of its writer in `people`, -1: not one of them; None: nobody there writes."""

    @property
    def size(self) -> int:
        """The number of messages."""
        return int(self.written.size)

    def _columns(self) -> list[str]:
        return [f.name for f in fields(self) if f.name not in ("has_record", "people", "writer")]

    def to(self, chosen: Flags) -> tuple[Sent, Int64s]:
        """Give the messages to some of the people, and which rows here they are.

        Who writes among them is known no more.
        """
        places, rows = np.flatnonzero(chosen), np.flatnonzero(chosen[self.recipient])
        columns: dict[str, Any] = {name: getattr(self, name)[rows] for name in self._columns()}
        columns["recipient"] = np.searchsorted(places, columns["recipient"])
        # A message and what it follows up go to one person, so both are there or neither.
        follows = columns["after"] >= 0
        columns["after"][follows] = np.searchsorted(rows, columns["after"][follows])
        return replace(self, **columns, people=self.people.only(places), writer=None), rows

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
            "group": never * 0 - 1,
            "said": self.entity[rows] ^ _APOLOGY,
            "sender_group": self.sender_group[rows],
            "deleted": np.zeros(rows.size, dtype=np.bool_),
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
        return replace(self, **columns, writer=None), source[order]


def in_every_world(one: Sent, block: Block) -> Sent:
    """Lay out the messages of one replication, which chance does not change, in every one."""
    worlds, people = block.size, one.people
    place = np.repeat(np.arange(worlds), one.size)
    columns: dict[str, Any] = {"replication": place, "key": block.keys[place]}
    columns |= {
        name: np.tile(getattr(one, name), worlds) for name in one._columns() if name not in columns
    }
    columns["recipient"] += place * people.size
    columns["after"] = np.where(columns["after"] < 0, -1, columns["after"] + place * one.size)
    writer = one.writer
    if writer is not None:
        writer = np.tile(writer, worlds)
        writer += np.where(writer < 0, 0, place * people.size)
    return replace(one, **columns, people=everybody(people.entity, block), writer=writer)


def everybody(entities: Entities, block: Block) -> Addressees:
    """Put the same names into every replication."""
    home = np.repeat(np.arange(block.size), entities.size)
    number = np.tile(np.arange(entities.size), block.size)
    return Addressees(np.tile(entities, block.size), number, home, block.keys[home])


def in_one_world(
    *, people: Entities, has_record: bool, writer: Int64s | None = None, **columns: Any
) -> Sent:
    """Put messages together that are the same in every replication; `people` are the names."""
    size = columns["written"].size
    here = np.zeros(people.size, dtype=np.int64)
    return Sent(
        **columns,
        replication=np.zeros(size, dtype=np.int64),
        key=np.zeros(size, dtype=np.uint64),
        apology=np.zeros(size, dtype=np.bool_),
        has_record=has_record,
        writer=writer,
        people=Addressees(people, np.arange(people.size), here, here.astype(np.uint64)),
    )


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
