"""A block of replications: which ones, and the key of each. They are drawn and played together.

Senders and recipients of different replications are different people. What a replication holds is
the same function of (seed, replication), alone or in any block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.draws import replication_key
from sim.schema.fields import Entities, Int64s


@dataclass(frozen=True, slots=True)
class Block:
    """Some replications of one seed: their numbers (int64) and keys (uint64), in order.

    A replication's *place* is its index here.
    """

    numbers: Int64s
    keys: Entities

    @classmethod
    def of(cls, seed: int, numbers: Sequence[int] | range) -> Block:
        """Make the block of some replications.

        >>> Block.of(1, range(3)).size
        3
        """
        keys = [replication_key(seed, number) for number in numbers]
        return cls(np.asarray(numbers, dtype=np.int64), np.asarray(keys, dtype=np.uint64))

    @property
    def size(self) -> int:
        """The number of replications."""
        return int(self.numbers.size)
