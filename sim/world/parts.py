"""A world: the rules, messages and recipients of `sim.schema.world`, their attention and intervals.

A test can build these parts by hand, look by look (`World.written`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.clock import NEVER
from sim.draws import U64, purpose, uniform
from sim.schema.fields import Floats, Int64s
from sim.schema.world import Messages, Recipients, Rules
from sim.world.intervals import Intervals
from sim.world.looks import GLANCES, Looks, drawn_looks

THIN, OFFLINE = U64(purpose("visits.thin")), U64(purpose("visits.offline"))
"""Purposes of an app visit's two uniforms."""


@dataclass(frozen=True, slots=True)
class Attention:
    """The look streams: parameters to walk them by draws, or looks written down by hand.

    Surfaces are GLANCES, CHECKS and VISITS. `stream_at[segment, surface]` = offsets in `pool` of
    the gap law, the length law, and their length-biased tables; `stream_mean` = mean gap and length
    (a mean gap of inf: no looks). `week_at[segment]` = offset in `weeks` and number of slots of the
    segment's weekly profile. Written looks of (recipient, surface) are `starts[a:b]`, `ends[a:b]`
    with a, b = `written_at[recipient, surface]`.
    """

    pool: Floats
    stream_at: Int64s
    stream_mean: Floats
    weeks: Int64s
    week_at: Int64s
    by_hand: bool = False
    written_at: Int64s = field(default_factory=lambda: np.zeros((0, 3, 2), dtype=np.int64))
    starts: Int64s = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    ends: Int64s = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


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
        rate = float(r.rate[recipient]) * (self.rules.badge_boost if surface > GLANCES + 1 else 1.0)
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

    def visit_uniforms(self, recipient: int, visit: int) -> tuple[float, float]:
        """Give the two uniforms of an app visit: for thinning without a badge, and for being
        offline.
        """
        key, entity = self.recipients.key[recipient], U64(self.recipients.entity[recipient])
        return (
            float(uniform(key, THIN, entity, U64(visit))),
            float(uniform(key, OFFLINE, entity, U64(visit))),
        )

    @staticmethod
    def written(
        messages: Sequence[Mapping[str, Any]],
        recipients: Sequence[Mapping[str, Any]] = ({},),
        *,
        rules: Rules | None = None,
        horizon: int = NEVER - 1,
        key: int = 0,
    ) -> World:
        """Write a world down by hand.

        A message names any field of `Messages` (the rest: sent to recipient 0 at time 0, all delays
        zero, nothing noticed); a recipient any field of `Recipients`, and looks (`glances`,
        `checks`, `visits`) and intervals (`away`, `no_network`, `dozing`, `at_desk`, `quiet`) as lists
        of (start, end). Raises `WorldError` if looks or intervals are out of order or a message names
        an unknown field.

        >>> w = World.written([{"noticed": 60}], [{"glances": [(30, 40)]}])
        >>> w.looks(0, GLANCES).meeting(0)
        (30, 40, 0)
        """
        from sim.world.by_hand import (
            write_world,
        )  # it makes these parts, so it cannot be imported at the top

        return write_world(messages, recipients, rules or Rules(), horizon, key)
