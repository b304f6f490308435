"""Plays a scenario's policies at points of what it assumes, several points at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.running import chosen
from sim.scenario.model import Scenario
from sim.screening import headlines_of, sums_at, varied
from sim.summaries import expected_costs
from sim.sums import Floats
from sim.sweeping.design.axes import Change
from sim.sweeping.design.unknowns import Unknown, assumed, unknown

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""
DUMMY: Final = "a dummy, which changes nothing but the draws"
CHUNK: Final = 8
"""Points a worker is given at once."""


@dataclass(frozen=True)
class Points:
    """What is varied of a scenario: its unknowns, then a dummy that is the seed.

    A number from 0 to 1 says where in its range an unknown is; NaN leaves it as the scenario has it.
    All points have the same draws but for the dummy.
    """

    scenario: Scenario
    unknowns: tuple[Unknown, ...]
    left_out: tuple[str, ...]
    replications: int
    engine: str = "compiled"
    workers: int = 2

    @classmethod
    def of(cls, scenario: Scenario, replications: int, workers: int = 2) -> Points:
        """Take everything that a scenario assumes and that can be varied."""
        unknowns, left_out = varied(scenario)
        return cls(scenario, tuple(unknowns), left_out, replications, workers=workers)

    @property
    def paths(self) -> tuple[str, ...]:
        """The unknowns by their paths, then the dummy."""
        return (*(one.path for one in self.unknowns), DUMMY)

    @property
    def policies(self) -> tuple[str, ...]:
        """The scenario's policies, the baseline first."""
        return chosen(self.scenario, None)

    def play(self, cube: Floats, what: str, progress: Progress) -> tuple[Floats, Floats]:
        """Give the share read and the money it costs at points (points, unknowns, or one more for the
        dummy): both (points, policies), NaN where there is none.
        """
        rows = cube.tolist()
        chunks = [rows[first : first + CHUNK] for first in range(0, len(rows), CHUNK)]
        found: list[list[list[float]]] = []
        progress(what, 0, len(rows))
        for part in self._played(chunks):
            found += part
            progress(what, len(found), len(rows))
        whole = np.array(found).reshape(len(rows), 2, len(self.policies))
        return whole[:, 0], whole[:, 1]

    def _played(self, chunks: Sequence[Sequence[list[float]]]) -> Iterator[list[list[list[float]]]]:
        import joblib

        jobs = min(self.workers, len(chunks), joblib.cpu_count())
        if jobs == 1:
            yield from map(self.at, chunks)
        else:
            # Most of the time is spent in patching, which holds the interpreter's lock.
            pool = joblib.Parallel(n_jobs=jobs, prefer="processes", return_as="generator")
            # No other process can be given what changes a scenario, so each makes its own.
            paths = [one.path for one in self.unknowns]
            here = (self.scenario, paths, self.replications, self.engine)
            yield from pool(joblib.delayed(_at)(*here, chunk) for chunk in chunks)

    def at(self, rows: Sequence[Sequence[float]]) -> list[list[list[float]]]:
        """Play some points, one after the other: shares and costs of each."""
        return [self._one(row) for row in rows]

    def _one(self, row: Sequence[float]) -> list[list[float]]:
        change, names = Change(), self.policies
        for one, u in zip(self.unknowns, row, strict=False):
            if u == u:
                change = change.then(one.change(u))
        if len(row) > len(self.unknowns) and row[-1] == row[-1]:
            seed = self.scenario.run.seed + int(row[-1] * 2**20)
            change = change.then(Change(patch={"run": {"seed": seed}}))
        sums = sums_at(self.scenario, change, names, self.replications, self.engine)
        nothing = [float("nan")] * len(names)
        if sums is None:
            return [nothing, nothing]
        amounts, per_inmail = self.scenario.costs, self.scenario.credits.per_inmail
        costs = expected_costs(sums, amounts, per_inmail)["value"].tolist() if amounts else nothing
        return [headlines_of(sums), costs]


def _at(
    scenario: Scenario,
    paths: Sequence[str],
    replications: int,
    engine: str,
    rows: Sequence[Sequence[float]],
) -> list[list[list[float]]]:
    ends = assumed(scenario)
    unknowns = tuple(unknown(scenario, path, ends[path]) for path in paths)
    return Points(scenario, unknowns, (), replications, engine).at(rows)
