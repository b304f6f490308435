"""Whose clock the hours of a log are on: attention follows the hours of a day."""

from __future__ import annotations

from pathlib import Path

from sim.scenario import Scenario
from sim.world.trace import read_log


def clock_in_words(scenario: Scenario) -> str | None:
    """Say whose clock the hours of a log are on, and how to set another; None: messages are drawn.

    >>> import sim
    >>> clock_in_words(sim.load("linkedin_dm")) is None
    True
    """
    trace = scenario.traffic
    if trace.kind != "trace":
        return None
    clock, name = read_log(scenario, trace).clock, Path(trace.file).name
    if clock.stamps is None:
        return f"{name} gives {clock.words}: it starts on a Monday at 00:00, on its people's clock."
    if clock.zone is None:
        return f"{name} names no time zone: its times are taken as its people's own clock."
    if trace.zone is not None:
        return f"The people of {name} live by the clock of {clock.zone}, as traffic.zone says."
    return (
        f"The people of {name} live by the clock of {clock.zone}, the zone of its times; "
        'set traffic.zone, such as "Europe/Berlin", if theirs is another.'
    )
