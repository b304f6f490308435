"""Portions of recipients: as many as a kernel plays in less than a second.

Python hears an interruption between two calls of kernels, and not before one ends.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.schema.fields import Int64s
from sim.world.parts import World

LOOKS_AT_ONCE: Final = 30_000_000
"""Looks of the recipients of a portion, about: less than a second at 25 to 30 ns a look, and a tenth
of that where most need not be walked."""


def portions(world: World, order: Int64s) -> list[Int64s]:
    """Cut recipients, in this order, into portions with about equally many looks and messages.

    A recipient whose own looks are more is a portion of its own.
    """
    between = world.attention.stream_mean.sum(axis=-1)
    looks = (world.horizon / between).sum(axis=-1)[world.recipients.segment[order]]
    messages = np.bincount(world.messages.recipient, minlength=order.size)[order]
    done = np.cumsum(looks + messages) // LOOKS_AT_ONCE
    return np.split(order, np.flatnonzero(np.diff(done)) + 1)
