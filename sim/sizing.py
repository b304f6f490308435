"""What a scenario makes large, estimated before anything is drawn: messages, looks, memory.

A size beyond `MOST` is refused with its figure and the key to lower, unless large ones are allowed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from sim.errors import Fault, FaultyInputError
from sim.schema.screens import NAMES, SCREENS

if TYPE_CHECKING:
    from sim.scenario.model import Scenario
    from sim.scenario.recipients import Segment

MOST_MESSAGES: Final = 5e6
"""Of one replication under one policy."""
MOST_LOOKS: Final = 1e10
"""Of all recipients of one replication, looks at the phone, the mailbox and the app together."""
MOST_PLAYED: Final = 1e11
"""Messages of a whole run: a day or more of one core."""
BYTES: Final = 400
"""Of a message while its block is played: some fifty columns of 8 bytes."""
PEOPLE: Final = 200
"""Bytes of a recipient."""

_large: ContextVar[bool] = ContextVar("large", default=False)


def allow_large(yes: bool) -> None:
    """Allow large scenarios, or no longer, until this is called again: for a command line."""
    _large.set(yes)


@contextmanager
def allowing_large(yes: bool) -> Iterator[None]:
    """Allow large scenarios within a block, if `yes`."""
    token = _large.set(yes or _large.get())
    try:
        yield
    finally:
        _large.reset(token)


@dataclass(frozen=True, slots=True)
class Size:
    """What one replication holds; estimates, a trace apart."""

    messages: float
    people: float
    looks: float
    busiest: str
    """The segment and kind of look that most looks are of."""

    @property
    def megabytes(self) -> float:
        """Give the memory that one replication takes while it is played."""
        return (self.messages * BYTES + self.people * PEOPLE) / 1e6

    def words(self) -> str:
        """Say the size of a replication in one line."""
        return (
            f"a replication has about {self.messages:,.0f} messages, at most {self.looks:,.0f} looks of their "
            f"recipients, and takes about {self.megabytes:,.0f} MB"
        )


def size_of(scenario: Scenario, messages: float) -> Size:
    """Estimate the size of a replication that has so many messages.

    >>> import sim
    >>> size_of(sim.load("scenarios/linkedin_dm.toml"), 1e4).megabytes > 1
    True
    """
    traffic = scenario.traffic
    people = float(traffic.recipients) if traffic.kind == "stream" else messages
    at_screens = [stream for one in SCREENS for stream in one.streams]
    rates = {
        f"segments.{segment.name}.{kind}": segment.share * _rate(segment, kind)
        for segment in scenario.segments
        for kind in ("glances", "checks", "visits", *at_screens)
    }
    each = math.fsum(rates.values()) * scenario.run.horizon
    reached = min(people, messages)
    return Size(messages, people, each * reached, max(rates, key=lambda one: rates[one]))


def _rate(segment: Segment, kind: str) -> float:
    """Give the looks of one kind in a microsecond of a recipient."""
    from sim.distributions.distribution import distribution_of  # loads numpy

    looks = attrgetter(kind)(segment)
    between = distribution_of(looks.gap).mean() + distribution_of(looks.length).mean()
    factor = 1.0
    if not kind.startswith(NAMES):
        factor = distribution_of(segment.frailty, is_duration=False).mean()
    return factor / max(between, 1.0) if math.isfinite(between) else 0.0


def refuse_large(
    worlds: Sequence[Scenario], messages: float, replications: int, *, whole: bool = True
) -> None:
    """Refuse scenarios that are played together if one is too large, or (`whole`) all of it is.

    Raises `FaultyInputError` with the figure and the key to lower.
    """
    if _large.get():
        return
    kind = worlds[0].traffic.kind
    key = {"stream": "traffic.senders or traffic.rate", "trace": "the rows of traffic.file"}
    lower = key.get(kind, "traffic.messages")
    file, played = worlds[0].file, messages * replications * len(worlds)
    if messages > MOST_MESSAGES:
        size = size_of(worlds[0], messages)
        raise _refused(file, "traffic", size.words(), f"lower {lower}")
    if whole and played > MOST_PLAYED:
        problem = f"{replications:,} replications under {len(worlds)} policies are about {played:,.0f} messages"
        raise _refused(file, "run.replications", problem, f"lower it, or {lower}")
    for world in worlds:
        size = size_of(world, messages)
        if size.looks > MOST_LOOKS:
            remedy = f"lengthen {size.busiest}.gap, or shorten run.horizon"
            raise _refused(file, size.busiest, size.words(), remedy)


def _refused(file: str, path: str, problem: str, remedy: str) -> FaultyInputError:
    remedy = f"{remedy}, or say --yes-large (yes_large=True)"
    return FaultyInputError([Fault(file, path, f"is too large: {problem}", remedy)])
