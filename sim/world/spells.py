"""Spells that befall a recipient: away, without network, dozing, at the desk, quiet; each a sorted list of [start, end).

They are chance and circumstance, known before anything is played: no message changes them (docs/model.md, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sim.compiling import njit

Int64s = npt.NDArray[np.int64]

AWAY: Final = 0
NO_NETWORK: Final = 1
DOZING: Final = 2
AT_DESK: Final = 3
QUIET: Final = 4
KINDS_OF_SPELL: Final = ("away", "no_network", "dozing", "at_desk", "quiet")


@njit
def end_of_wait(starts, ends, low, high, instant):  # type: ignore[no-untyped-def]
    """Give the end of the spell that is on at an instant, among those at [low, high); the instant itself if none is."""
    past = high
    while low < high:
        middle = (low + high) // 2
        if ends[middle] <= instant:
            low = middle + 1
        else:
            high = middle
    return ends[low] if low < past and starts[low] <= instant else instant


@dataclass(frozen=True, slots=True)
class Spells:
    """The spells of all recipients and kinds, one after another: those of recipient r and kind k are at `at[r, k]`.

    `starts` and `ends` are int64 microseconds; `at` is int64 of shape (recipients, 5, 2): first, and past the last.
    """

    starts: Int64s
    ends: Int64s
    at: Int64s

    @classmethod
    def none(cls, recipients: int) -> Spells:
        """Give no spells to so many recipients.

        >>> Spells.none(1).wait(0, AWAY, 5)
        5
        """
        nothing = np.zeros(0, dtype=np.int64)
        return cls(nothing, nothing, np.zeros((recipients, len(KINDS_OF_SPELL), 2), dtype=np.int64))

    def wait(self, recipient: int, kind: int, instant: int) -> int:
        """Give the end of the spell of a kind that is on at an instant, or the instant itself if none is."""
        low, high = self.at[recipient, kind]
        return instant if low == high else int(end_of_wait(self.starts, self.ends, low, high, instant))

    def is_on(self, recipient: int, kind: int, instant: int) -> bool:
        """Tell whether a spell of a kind is on at an instant."""
        return self.wait(recipient, kind, instant) != instant
