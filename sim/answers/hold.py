"""What hold do we need: the shortest duration of a lever that keeps the share read at or under a
target, and what it costs everybody else.

The lever is any duration that a patch can set: `send.hold`, `push.delay`, `email.delay`,
`email.window`. All durations are played on the same worlds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from sim import estimates as est
from sim.answers.crossing import Crossing, crossing
from sim.answers.deadline import seconds
from sim.answers.playing import Patch, Stage, enough, headline
from sim.clock import HOUR, MINUTE, SECOND, format_duration, written
from sim.errors import Fault, FaultyInputError, ScenarioError
from sim.prices import PRICES, prices
from sim.scenario.suggestions import said

LEVERS: Final = ("send.hold", "push.delay", "email.delay", "email.window")
"""Levers that `hold` is asked about by default; those that change nothing are said to."""
GRID: Final = (
    0,
    *(SECOND * n for n in (5, 10, 30)),
    *(MINUTE * n for n in (1, 5, 15)),
    *(HOUR * n for n in (1, 4, 24)),
)
"""Durations that are tried first, as far as they are observed; the last is the longest that counts as
an answer."""
PAID: Final = ("delay_notified_median_s", "delay_notified_p95_s", "delay_notified_far")
"""Prices that are reported with a duration, of `sim.summaries.PRICES`."""


@dataclass(frozen=True)
class Hold:
    """The shortest duration of a lever that keeps a target; `price` is that of the duration."""

    lever: str
    crossing: Crossing
    idle: bool
    """Whether the lever changes nothing at any duration."""
    price: dict[str, est.Estimate]

    def table(self) -> pd.DataFrame:
        """Give a row for each duration that was tried: `duration_s`, `read`, `low`, `high`."""
        return self.crossing.table()

    def document(self) -> dict[str, Any]:
        """Give what JSON says of it: seconds, and shares from 0 to 1."""
        c = self.crossing
        return {
            "lever": self.lever,
            "target": c.target,
            "changes_nothing": self.idle,
            "seconds": seconds(c.value),
            "low_s": seconds(c.low),
            "high_s": seconds(c.high),
            "longest_tried_s": seconds(c.longest),
            "read": c.best.value,
            "price": {name: one.value for name, one in self.price.items()},
        }


def hold(stage: Stage, target: float, lever: str = "send.hold") -> Hold:
    """Find the shortest duration of a lever for a target share (0 to 1).

    Raises `FaultyInputError` for a lever that no duration can be written to, for one under which more
    is read the longer it is, and where too few messages are regretted.

    >>> import sim
    >>> from sim.answers.playing import stage_of
    >>> found = hold(stage_of(sim.load("instant_regret"), 20), 0.1)
    >>> found.crossing.value <= 30 * SECOND
    True
    """
    _check(stage, lever)
    paid: dict[int, dict[str, est.Estimate]] = {}

    def evaluate(durations: Sequence[int]) -> list[est.Estimate]:
        patches: dict[str, Patch] = {"as it is": {}}
        patches |= {written(one): {lever: written(one)} for one in durations}
        sums = stage.play(patches)
        enough(sums, "hold")
        shares, price = headline(sums), prices(sums)
        for k, duration in enumerate(durations, start=1):
            paid[duration] = {name: price.at(k, list(PRICES).index(name)) for name in PAID}
        return [shares.at(k) for k in range(1, len(durations) + 1)]

    found = crossing(evaluate, stage.within(GRID), target, "falling")
    idle = len({one.value for one in found.known.values()}) == 1
    if found.value is None and found.best.value <= target:
        raise _not_falling(lever, found)
    price = {} if found.value is None else paid[found.value]
    return Hold(lever, found, idle, price)


def _not_falling(lever: str, found: Crossing) -> FaultyInputError:
    """Say that more is read with a longer duration, so that no shortest one keeps the target."""
    least = min(found.known, key=lambda duration: found.known[duration].value)
    shares = (
        f"{100 * found.known[one].value:.1f} % with {format_duration(one)}"
        for one in (least, found.longest)
    )
    problem = f"{said(lever)} does not lower what is read as it gets longer: {', '.join(shares)}"
    remedy = f"name one such as {', '.join(LEVERS)}, or ask for the deadline"
    return FaultyInputError([Fault("answer", "--lever", problem, remedy)])


def _check(stage: Stage, lever: str) -> None:
    try:
        stage.scenario.patched({lever: "1 s"})
    except ScenarioError:
        problem = f"{said(lever)} is no duration that a patch can set"
        remedy = f"name one such as {', '.join(LEVERS)}"
        raise FaultyInputError([Fault("answer", "--lever", problem, remedy)]) from None
