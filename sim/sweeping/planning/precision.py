"""When a cell has enough replications: a fixed number, or the sequential rule of `sim.precision`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sim.precision import INTERVALS, Precision, looks, looks_in_words, reach_after
from sim.sums import Sums
from sim.sweeping.results.rows import CHANGE, Rows, glance
from sim.tallies import HEADLINE


@dataclass(frozen=True)
class Rule:
    """How many replications are enough; `target` is None if their number is given."""

    at_most: int
    target: float | None = None
    relative: bool = False
    measures: tuple[str, ...] = (HEADLINE,)

    def looks(self, block: int = 1) -> list[int]:
        """List the numbers of replications at which a cell may stop, whole blocks of them if there
        is a rule.

        >>> Rule(200, 0.005).looks(), Rule(200).looks(64)
        ([32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 200], [200])
        """
        return [self.at_most] if self.target is None else looks(self.at_most, block)

    def expected(self, pilot: Sums, block: int = 1) -> int | None:
        """Give how many replications a cell is expected to play, by a pilot's sums; None: more than
        are allowed.
        """
        rows = glance(pilot, self.measures)
        return next((look for look in self.looks(block) if self.enough(rows, look)), None)

    def enough(self, rows: Rows, replications: int | None = None) -> bool:
        """Tell whether the rows of a cell are as sure as was asked, or would be after so many
        replications.
        """
        if self.target is None:
            return True
        asked = Precision(self.target, self.relative)
        headline = rows.value[0, rows.column(HEADLINE)]
        for measure in (*self.measures, CHANGE):
            k, first = rows.column(measure), int(measure == CHANGE)
            fields = (rows.value, rows.low, rows.high, rows.count, rows.of)
            value, low, high, count, of = (field[first:, k] for field in fields)
            upto = rows.replications if replications is None else replications
            found = reach_after(value, low, high, count, of, rows.replications, upto)
            if not asked.is_met(found, headline if measure == CHANGE else value):
                return False
        return True

    def words(self) -> str:
        """Say the rule, for plans and results."""
        if self.target is None:
            return f"{self.at_most:,} replications in every cell."
        asked = Precision(self.target, self.relative)
        changes = asked.words("the baseline's share")
        return (
            f"Replications are added until the 95 % interval of {', '.join(self.measures)} under every policy reaches no "
            f"farther than {asked.words()}, and that of the headline's paired change no farther than "
            f"{changes}. {looks_in_words(self.at_most, ' (whole tasks)')} {INTERVALS}"
        )

    def told(self) -> dict[str, Any]:
        """Give the rule as plain values."""
        return asdict(self)


def rule_of(
    precision: str | None, replications: int, at_most: int, measures: tuple[str, ...]
) -> Rule:
    """Make the rule of a sweep."""
    if precision is None:
        return Rule(replications, measures=measures)
    asked = Precision.read(precision)
    return Rule(at_most, asked.size, asked.relative, measures)
