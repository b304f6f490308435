"""When a run has enough replications: once its headline, or what policies change it by, is as sure
as was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sim import estimates as est
from sim.errors import Fault, FaultyInputError
from sim.precision import AT_MOST, FIRST, INTERVALS, Precision, looks, looks_in_words, reach_after
from sim.scenario.suggestions import did_you_mean, said
from sim.summaries import changes, compared, headlines
from sim.sums import Floats, Sums

OF: Final = {
    "headline": "the headline under every policy",
    "differences": "every paired difference of the headline to the baseline",
}
"""What a precision can be about."""


class Rule(Protocol):
    """What says when a run has enough replications."""

    def looks(self) -> list[int]:
        """List the numbers of replications at which the run may stop; the last is the most."""

    def is_reached(self, sums: Sums) -> bool:
        """Tell whether replications are enough."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """The sequential rule of a run: what must be how sure, and when to give up."""

    precision: Precision
    of: tuple[str, ...] = ("headline",)
    at_most: int = AT_MOST

    @classmethod
    def read(
        cls, precision: str, of: Sequence[str] = ("headline",), at_most: int = AT_MOST
    ) -> Stopping:
        """Make the rule of what a user writes. Raises `FaultyInputError`.

        >>> Stopping.read("0.5 pp", ["differences"]).precision.size
        0.005
        """
        faults = [
            Fault(
                "--of",
                "",
                f"{said(one)} has no precision{did_you_mean(one, OF)}",
                f"use {' or '.join(OF)}",
            )
            for one in of
            if one not in OF
        ]
        if at_most < FIRST:
            remedy = f"give a whole number of at least {FIRST}"
            faults.append(Fault("--at-most", "", f"{at_most} is out of range", remedy))
        try:
            asked = Precision.read(precision)
        except ValueError as error:
            problem, remedy = str(error).split("; ")
            faults.append(Fault("--precision", "", problem, remedy))
        if faults:
            raise FaultyInputError(faults)
        return cls(asked, tuple(dict.fromkeys(of)) or ("headline",), at_most)

    def looks(self) -> list[int]:
        """List the numbers of replications at which the run may stop."""
        return looks(self.at_most)

    def is_reached(self, sums: Sums) -> bool:
        """Tell whether replications are enough."""
        return self._is_met(sums, sums.replications)

    def expected(self, pilot: Sums) -> int | None:
        """Give the look at which the run is expected to stop, by a pilot's sums; None: at no look."""
        return next((look for look in self.looks() if self._is_met(pilot, look)), None)

    def _is_met(self, sums: Sums, replications: int) -> bool:
        """Tell whether so many replications are enough, if they are like these."""
        return all(
            self.precision.is_met(
                reach_after(
                    found.value,
                    found.low,
                    found.high,
                    events,
                    found.per,
                    sums.replications,
                    replications,
                ),
                scale,
            )
            for found, events, scale in self._sought(sums)
        )

    def _sought(self, sums: Sums) -> Iterator[tuple[est.Estimates, Floats, Floats]]:
        """Yield estimates with their events, and what a relative precision is relative to."""
        plain = compared(sums)
        if "headline" in self.of:
            found = headlines(sums)
            yield found, plain.hits.sum(axis=0), found.value
        if "differences" in self.of and len(sums.policies) > 1:
            moved = sums.of("saved", "newly_lost").sum(axis=(0, 2))[1:]
            baseline = plain.each.value[:1]
            yield changes(plain).each(lambda field: field[1:]), moved, baseline

    def words(self) -> str:
        """Say the rule, for results."""
        what = " and of ".join(OF[one] for one in self.of)
        size = self.precision.words("the headline")
        return (
            f"Replications are added until the 95 % interval of {what} reaches no farther than {size}. "
            f"{looks_in_words(self.at_most)} {INTERVALS}"
        )

    def told(self) -> dict[str, Any]:
        """Give the rule as plain values, for JSON."""
        return {
            "size": self.precision.size,
            "relative": self.precision.relative,
            "of": list(self.of),
            "at_most": self.at_most,
            "rule": self.words(),
        }
