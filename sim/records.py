"""What a run leaves: one row per message, the times of every step, and nothing that has been
counted or judged. Its columns are declared in `sim.schema.records`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.schema.fields import TIMES, Flags, Int64s
from sim.schema.records import COLUMNS, FROM_ENGINE, FROM_WORLD
from sim.world.strata import stratum_of

if TYPE_CHECKING:
    import pandas as pd

    from sim.world.parts import World


def blank(n: int) -> dict[str, npt.NDArray[Any]]:
    """Make the engine's columns for n messages, every entry absent."""
    return {c.name: np.full(n, c.absent, dtype=c.dtype) for c in FROM_ENGINE}


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of a block of replications under one policy, in the order of the world's messages.

    `columns` maps every name of `COLUMNS` to an array of one length; `horizon` is when observation
    ended. `replication` (int64) is the place of each row's replication among `worlds` of them, and
    `priced` says whether prices are estimated on its recipient, and `stratum` which of
    `sim.world.strata` it is in.
    """

    columns: Mapping[str, npt.NDArray[Any]]
    horizon: int
    replication: Int64s
    priced: Flags
    stratum: Int64s
    worlds: int = 1

    @classmethod
    def alone(cls, columns: Mapping[str, npt.NDArray[Any]], horizon: int) -> Records:
        """Make the records of one replication."""
        size = columns["written"].size
        zero = np.zeros(size, np.int64)
        return cls(columns, horizon, zero, np.ones(size, np.bool_), zero)

    @classmethod
    def joined(cls, world: World, written: Mapping[str, npt.NDArray[Any]]) -> Records:
        """Join what the world decided to what an engine wrote."""
        m = world.messages
        first = np.searchsorted(m.replication, np.arange(world.worlds))  # of each replication
        own = {
            "recipient": world.recipients.number[m.recipient],
            "segment": world.recipients.segment[m.recipient],
            "after": _from_first(m.after, first, m.replication),
            "regretted": m.noticed != NEVER,
        }
        opener = _from_first(written["email_opener"], first, m.replication)
        written = dict(written) | {"email_opener": opener}
        drawn = {c.name: own[c.name] if c.name in own else getattr(m, c.name) for c in FROM_WORLD}
        columns = drawn | {c.name: written[c.name] for c in FROM_ENGINE}
        priced = world.recipients.priced[m.recipient]
        stratum = stratum_of(world.recipients, m.recipient, m.noticed_part)
        return cls(columns, world.horizon, m.replication, priced, stratum, world.worlds)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self.columns[name]

    def __len__(self) -> int:
        return int(self.columns["written"].size)

    @property
    def opening(self) -> Int64s:
        """Row here of the message that each follows up; -1: none."""
        first = np.searchsorted(self.replication, self.replication)
        after = self["after"]
        return np.where(after < 0, -1, after + first)

    def of(self, rows: Flags) -> Records:
        """Give the records of some messages; where openings are left out, `opening` is not theirs."""
        if rows.all():
            return self  # copying some sixty columns takes a twentieth of a run
        columns = {name: column[rows] for name, column in self.columns.items()}
        mine = self.replication[rows], self.priced[rows], self.stratum[rows]
        return Records(columns, self.horizon, *mine, self.worlds)

    def in_replication(self, place: int) -> Records:
        """Give the records of one replication."""
        one = self.of(self.replication == place)
        return Records.alone(one.columns, self.horizon)

    def to_frame(self) -> pd.DataFrame:
        """Give the records as a pandas table: times are timedelta64 since Monday 00:00, NaT for never."""
        import pandas as pd

        times = {c.name for c in COLUMNS if c.unit in TIMES}
        return pd.DataFrame(
            {name: _timedelta(v) if name in times else v for name, v in self.columns.items()}
        )


def _from_first(row: Int64s, first: Int64s, replication: Int64s) -> Int64s:
    """Count rows from the first of their replication on; -1, for none, stays."""
    if first.size == 1:
        return row
    return np.where(row < 0, -1, row - first[replication])


def _timedelta(values: npt.NDArray[Any]) -> npt.NDArray[np.timedelta64]:
    """Turn microseconds into durations, NEVER into NaT."""
    out = values.astype("timedelta64[us]")
    out[values == NEVER] = np.timedelta64("NaT", "us")
    return out


def first_difference(a: Records, b: Records) -> str | None:
    """Name the first message whose records differ, with the fields that do.

    None: they are equal.
    """
    if len(a) != len(b):
        return f"{len(a)} rows against {len(b)}"
    unequal = np.zeros(len(a), dtype=np.bool_)
    for column in COLUMNS:
        unequal |= a[column.name] != b[column.name]
    if not unequal.any():
        return None
    row = int(np.argmax(unequal))
    fields = [
        f"{c.name} {a[c.name][row]} / {b[c.name][row]}"
        for c in COLUMNS
        if a[c.name][row] != b[c.name][row]
    ]
    return f"message {row}: {', '.join(fields)}"
