"""What replications add up to: one array of whole numbers, carried by `run`, `compare`, `check` and
`sweep` alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.regrets import Regrets, in_turn

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of replications: int64 of shape (replications, policies, names).

    Several cells that have equally many are (replications, cells, policies, names); `of` and
    `whole` keep that axis. The first policy is the baseline. `sim.tallies` says what the names mean.

    >>> sums = Sums(np.array([[[10, 3]], [[8, 1]]]), ("today",), ("regretted", "read"))
    >>> sums.replications, sums.each("today", "read"), sums.total("today", "regretted")
    (2, array([3, 1]), 18)
    """

    values: Ints
    policies: tuple[str, ...]
    names: tuple[str, ...]
    regrets: Regrets | None = None
    """Regretted messages by stratum, where their shares are corrected to the known shares of strata
    (`sim.estimates.strata`)."""

    @property
    def replications(self) -> int:
        """How many replications there are."""
        return len(self.values)

    def of(self, *names: str) -> Floats:
        """Give some sums as float64 of shape (replications, ..., policies, names)."""
        return self.whole(*names).astype(np.float64)

    def whole(self, *names: str) -> Ints:
        """Give some sums as they are, of shape (replications, ..., policies, names)."""
        places = self._places(names)
        if places and places == list(range(places[0], places[-1] + 1)):
            return self.values[..., places[0] : places[-1] + 1]  # side by side: nothing is copied
        return self.values[..., places]

    def each(self, policy: str, *names: str) -> Ints:
        """Give what each replication adds up to under a policy, several names taken together."""
        row = self.values[:, self.policies.index(policy)]
        found: Ints = row[:, self._places(names)].sum(axis=1)
        return found

    def total(self, policy: str, *names: str) -> int:
        """Add up all replications under a policy, several names taken together."""
        return int(self.each(policy, *names).sum())

    def first(self, replications: int) -> Sums:
        """Give the sums of the first replications."""
        regrets = None if self.regrets is None else self.regrets.first(replications)
        return replace(self, values=self.values[:replications], regrets=regrets)

    def under(self, policies: Sequence[str]) -> Sums:
        """Give the sums under some policies, in this order."""
        places = [self.policies.index(name) for name in policies]
        regrets = None if self.regrets is None else self.regrets.under(places)
        return Sums(self.values[:, places], tuple(policies), self.names, regrets)

    def _places(self, names: Sequence[str]) -> list[int]:
        places = _places(self.names)
        return [places[name] for name in names]

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold the same numbers under the same names."""
        return (
            isinstance(other, Sums)
            and (self.policies, self.names) == (other.policies, other.names)
            and np.array_equal(self.values, other.values)
            and self.regrets == other.regrets
        )


def joined(parts: Sequence[Sums]) -> Sums:
    """Join the sums of consecutive replications."""
    values = np.concatenate([one.values for one in parts])
    regrets = [one.regrets for one in parts if one.regrets is not None]
    sizes = [one.replications for one in parts]
    return replace(parts[0], values=values, regrets=in_turn(regrets, sizes) if regrets else None)


@lru_cache(maxsize=64)
def _places(names: tuple[str, ...]) -> dict[str, int]:
    return {name: k for k, name in enumerate(names)}
