"""Doubt about the inputs: the range of the answers over what a scenario assumes.

A few points of a Sobol design in the space of everything that is assumed, each within the range its
source gives, are played on the same draws. The spread is no Monte-Carlo error and no interval: it is
what the answer would be if somebody knew better. It says nothing about the model's structure.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from sim.clock import written
from sim.distributions.families.constant import Constant
from sim.errors import ScenarioError, ToolateError
from sim.playing import play_all
from sim.running import chosen
from sim.scenario.model import Scenario
from sim.scenario.patching import nested
from sim.schema.fields import Int64s
from sim.schema.screens import NAMES
from sim.sums import Sums
from sim.sweeping.design.axes import Change
from sim.sweeping.design.file import Design
from sim.sweeping.design.points import points as design
from sim.sweeping.design.unknowns import Unknown, assumed, check_alone, unknown
from sim.tallies import HEADLINE

Floats = npt.NDArray[np.float64]

POINTS: Final = 32
REPLICATIONS: Final = 100
"""Of each point: the Monte-Carlo error is then small against the spread, and ranks are of pairs."""
TIMED: Final = 4
"""Points after which their number's time is foretold; one or two say little on a busy machine."""
DELAYS: Final = ("send.hold", "push.delay", *(f"{name}.delay" for name in NAMES), "email.delay")
"""What a policy lengthens, wherever it is varied, by as much as in the scenario."""
NOISE: Final = 0.45
"""Rank correlations of 32 points that chance exceeds in one of a hundred parameters that do nothing
(two-sided 1 % point of Spearman's coefficient for n = 32)."""


class TakesLongError(ToolateError):
    """Varying what is assumed would take `seconds`, longer than it may."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"varying what is assumed would take about {seconds:,.0f} s")


@dataclass(frozen=True, slots=True)
class Screening:
    """The headline at every point: shares of shape (points, policies).

    `correlations` gives for every unknown the rank correlation with the first policy's headline;
    `left_out` are the numbers that are assumed but cannot be varied, or not at their range's ends,
    each with the reason.
    """

    policies: tuple[str, ...]
    cube: Floats
    """Where in its range each unknown was, (points, unknowns), from 0 to 1."""
    shares: Floats
    correlations: dict[str, float]
    left_out: tuple[str, ...]
    regretted: Int64s
    """Messages regretted at every point under the first policy, on which its share rests."""

    @property
    def fewest(self) -> int:
        """The fewest messages that a share rests on."""
        return int(self.regretted[self.regretted > 0].min(initial=np.iinfo(np.int64).max))

    @property
    def is_known(self) -> bool:
        """Whether anybody regretted a message at any point."""
        return bool(np.isfinite(self.shares[:, 0]).any())

    @property
    def low(self) -> float:
        """The lowest headline of the first policy."""
        return float(np.nanmin(self.shares[:, 0]))

    @property
    def high(self) -> float:
        """The highest headline of the first policy."""
        return float(np.nanmax(self.shares[:, 0]))

    @property
    def spread(self) -> float:
        """The standard deviation of the first policy's headline over the points."""
        return float(np.nanstd(self.shares[:, 0], ddof=1))

    @property
    def mover(self) -> str | None:
        """The unknown that moves the headline most; None: no one stands out from noise."""
        path = max(self.correlations, key=lambda one: abs(self.correlations[one]))
        return path if abs(self.correlations[path]) > NOISE else None

    def document(self) -> dict[str, object]:
        """Give what JSON says of it (docs/json.md); shares are numbers from 0 to 1."""
        return {
            "points": len(self.shares),
            "low": self.low,
            "high": self.high,
            "standard_deviation": self.spread,
            "fewest_regretted": self.fewest,
            "correlations": self.correlations,
            "moves_most": self.mover,
            "lower_at": {name: self.lower_at(name) for name in self.policies[1:]},
            "left_out": list(self.left_out),
        }

    def lower_at(self, policy: str) -> int:
        """Count the points at which a policy's headline is below that of the first policy."""
        k = self.policies.index(policy)
        return int(np.count_nonzero(self.shares[:, k] < self.shares[:, 0]))


def screening(
    scenario: Scenario,
    *,
    policies: Sequence[str] | None = None,
    replications: int = REPLICATIONS,
    engine: str = "compiled",
    seconds: float | None = None,
    points: int = POINTS,
) -> Screening | None:
    """Play a scenario at points of what it assumes: None if it assumes nothing that can be varied.

    Raises `TakesLongError` once the points so far show that all would take longer than `seconds`.

    >>> import sim
    >>> found = screening(sim.load("scenarios/linkedin_dm.toml"), policies=["today"], replications=2)
    >>> found.shares.shape, found.low <= found.high
    ((32, 1), True)
    """
    unknowns, left_out = varied(scenario)
    if not unknowns:
        return None
    names = chosen(scenario, policies)
    cube = design(Design(points=points), len(unknowns))
    begin, first = time.perf_counter(), 0.0
    shares: list[list[float]] = []
    regretted: list[int] = []
    for row in cube.tolist():
        change = Change()
        for one, u in zip(unknowns, row, strict=True):
            change = change.then(one.change(u))
        sums = sums_at(scenario, change, names, replications, engine)
        shares.append([math.nan] * len(names) if sums is None else headlines_of(sums))
        regretted.append(0 if sums is None else sums.total(names[0], "regretted"))
        took = time.perf_counter() - begin
        first = first or took  # which also loads what the others have at hand
        rest = (took - first) / max(len(shares) - 1, 1) * (points - 1)
        enough = len(shares) >= TIMED or took > (seconds or 0)
        if seconds is not None and enough and first + rest > seconds:
            raise TakesLongError(first + rest)
    found = np.array(shares)
    said = np.isfinite(found[:, 0])
    correlations = {
        one.path: _rank_correlation(cube[said, k], found[said, 0]) for k, one in enumerate(unknowns)
    }
    return Screening(names, cube, found, correlations, left_out, np.array(regretted))


def varied(scenario: Scenario) -> tuple[list[Unknown], tuple[str, ...]]:
    """Give everything assumed that can be varied, and what cannot, alone or at an end of its range,
    with the reason.
    """
    found: list[Unknown] = []
    left_out = []
    for path, ends in assumed(scenario).items():
        try:
            check_alone(path, (one.path for one in found))
            one = unknown(scenario, path, ends)
            for u in (0.0, 1.0):
                scenario.patched(one.change(u).patch)
        except ScenarioError as error:
            left_out.append(f"{path} ({error.faults[0].problem})")
        except ValueError as error:
            left_out.append(f"{path} ({str(error).partition('; ')[0]})")
        else:
            found.append(one)
    return found, tuple(left_out)


def sums_at(
    scenario: Scenario, change: Change, names: Sequence[str], replications: int, engine: str
) -> Sums | None:
    """Play policies where a scenario is changed; None for two ends that cannot be combined."""
    try:
        there = scenario.patched(change.patch)
        worlds = [under(scenario, there, name) for name in names]
    except ScenarioError:
        return None
    return play_all(worlds, names, engine, replications)


def under(scenario: Scenario, there: Scenario, policy: str) -> Scenario:
    """Put a scenario, changed to `there`, under a policy: what the policy adds to a delay it adds there too.

    A policy file says "30 s" where it means thirty seconds more than now. Written over a delay that is
    unknown, it would be shorter than doing nothing wherever that is longer.

    >>> import sim
    >>> dm = sim.load("linkedin_dm")
    >>> under(dm, dm.patched({"push.delay": "60 s"}), "push +30 s").push.delay.value // 10**6
    90
    """
    found = there.under(policy)
    sets = nested(scenario.policies.get(policy, {}))
    longer = {}
    for path in DELAYS:
        section, key = path.split(".")
        now, then = _delay(scenario, path), _delay(there, path)
        if now is None or then is None or now == then or key not in sets.get(section, {}):
            continue
        wanted = _delay(scenario.under(policy), path)
        if wanted is not None and wanted > now:
            longer[path] = written(then + wanted - now)
    return found.patched(longer) if longer else found


def _delay(scenario: Scenario, path: str) -> int | None:
    """Give a delay, microseconds; None where it is drawn."""
    section, name = path.split(".")
    value = getattr(getattr(scenario, section), name)
    return int(value.value) if isinstance(value, Constant) else None


def headlines_of(sums: Sums) -> list[float]:
    """Give every policy's headline; NaN where nobody regretted a message."""
    read, of = (sums.of(name)[:, :, 0].sum(axis=0) for name in (HEADLINE, "regretted"))
    with np.errstate(invalid="ignore", divide="ignore"):
        shares: list[float] = (read / of).tolist()
    return shares


def _rank_correlation(x: Floats, y: Floats) -> float:
    """Give Spearman's coefficient; 0 where one of the two does not vary."""
    a, b = rankdata(x), rankdata(y)
    if a.size < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])
