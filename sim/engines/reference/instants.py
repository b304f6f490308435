"""The order of things that happen at one instant (docs/model.md, section 1).

SimPy's own order is never relied on.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

import simpy


class Order(IntEnum):
    """What comes first among events at one instant.

    Ties inside a rank go to the lower message number.
    """

    JOIN = 1  # (1) deletions: every deletion that joins a queue now is in it before a free server picks
    RULE = 2
    EFFECT = 3
    PICK = 4
    # (2) holds end, then lists are closed, then things leave the server, arrive, and leave the tray
    ACCEPT = 5
    SNAPSHOT = 6
    DISPATCH = 7
    ARRIVE = 8
    LEAVE = 9
    # (4) somebody looks; (3), a deletion window's close, is a comparison of times and needs no
    # event
    GLANCE = 10
    IN_GLANCE = 11
    ALERT_GLANCE = 12
    WATCH = 13
    TOAST = 14
    CHECK = 15
    IN_CHECK = 16
    MAIL_ALERT = 17
    IN_THREAD = 18
    VISIT = 19
    TAP = 20


class Leaving(IntEnum):
    """What comes first among events of rank LEAVE that concern one message."""

    RETRACTION = 0
    CORRECTION = 1
    EXPIRY = 2
    CLEARING = 3


def at(env: simpy.Environment, time: int, order: Order, number: int) -> simpy.Event:
    """Make an event that happens at an instant, at its rank.

    `number` breaks ties inside the rank.
    """
    event = simpy.Event(env)
    event._ok, event._value = True, None  # what simpy.Timeout does, but with a priority of our own
    priority: Any = (order << 40) + number  # SimPy's annotation names its own two priorities
    env.schedule(event, priority=priority, delay=time - env.now)
    return event


def then(
    env: simpy.Environment, time: int, order: Order, number: int, act: Callable[[], None]
) -> None:
    """Act at an instant, once; for things that wait for nothing else."""
    callbacks = at(env, time, order, number).callbacks
    assert callbacks is not None
    callbacks.append(lambda _: act())


def leave(
    env: simpy.Environment, time: int, what: Leaving, i: int, act: Callable[[], None]
) -> None:
    """Act on message i at an instant, at the rank of things that leave."""
    then(env, time, Order.LEAVE, len(Leaving) * i + what, act)
