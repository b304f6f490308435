"""A world: rules (`sim.schema.rules`), messages and recipients (`sim.schema.world`), their attention and
intervals.

A test can write a world down by hand, look by look (`sim.world.by_hand`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.draws import U64, purpose, uniform
from sim.schema.rules import Rules
from sim.schema.world import Messages, Recipients
from sim.world.attention import Attention
from sim.world.intervals import APPS, IN_HAND, Intervals
from sim.world.looks import AT_SCREEN_FROM, CHECKS, IN_HAND_FROM, VISITS, Looks, drawn_looks

THIN, OFFLINE = U64(purpose("visits.thin")), U64(purpose("visits.offline"))
"""Purposes of an app visit's two uniforms."""


@dataclass(frozen=True, slots=True)
class World:
    """A block of replications: the rules, and all that chance has decided.

    Engines read it and change nothing.
    """

    horizon: int
    rules: Rules
    messages: Messages
    recipients: Recipients
    attention: Attention
    intervals: Intervals
    worlds: int = 1
    """How many replications there are."""

    def looks(self, recipient: int, surface: int) -> Looks:
        """Walk the looks of one recipient at one surface (GLANCES, CHECKS, VISITS), lazily and from
        the start.
        """
        a, r = self.attention, self.recipients
        if a.by_hand:
            begin, end = a.written_at[recipient, surface]
            return Looks.written(a.starts[begin:end], a.ends[begin:end])
        # Visits are drawn at the rate they have while the badge is above zero, and thinned when it
        # is not.
        own = r.checks_rate if surface == CHECKS else r.rate
        rate = float(own[recipient]) * (self.rules.badge_boost if surface == VISITS else 1.0)
        return drawn_looks(
            a,
            int(r.key[recipient]),
            int(r.entity[recipient]),
            int(r.segment[recipient]),
            surface,
            rate,
            int(r.utc_offset[recipient]),
            self.intervals.standstill(recipient),
        )

    def in_hand(self, recipient: int) -> Looks:
        """Give the looks of one recipient while it has the phone in hand: each is a glance and an
        app visit.
        """
        return self._intervals_as_looks(recipient, IN_HAND, IN_HAND_FROM)

    def app_visits(self, recipient: int, screen: int) -> Looks:
        """Give the app visits of one recipient at a screen device, by its place among them."""
        return self._intervals_as_looks(recipient, APPS[screen], AT_SCREEN_FROM[screen])

    def _intervals_as_looks(self, recipient: int, kind: int, first: int) -> Looks:
        begin, end = self.intervals.at[recipient, kind]
        starts, ends = self.intervals.starts[begin:end], self.intervals.ends[begin:end]
        return Looks.written(starts, ends, first)

    def visit_uniforms(self, recipient: int, visit: int) -> tuple[float, float]:
        """Give the two uniforms of an app visit: for thinning without a badge, and for being
        offline.
        """
        key, entity = self.recipients.key[recipient], U64(self.recipients.entity[recipient])
        return (
            float(uniform(key, THIN, entity, U64(visit))),
            float(uniform(key, OFFLINE, entity, U64(visit))),
        )
