"""How the recipients of a scenario look: the parameters of their look streams."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.schema.fields import Floats, Int64s


@dataclass(frozen=True, slots=True)
class Attention:
    """The look streams: parameters to walk them by draws, or looks written down by hand.

    Surfaces are GLANCES, CHECKS and VISITS. `stream_at[segment, surface]` = offsets in `pool` of
    the distributions of gap and length, and their length-biased tables; `stream_mean` = mean gap and length
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
