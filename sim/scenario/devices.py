"""What a scenario says about its screen devices, by the device."""

from __future__ import annotations

from sim.scenario.channels import ScreenRoute
from sim.scenario.recipients import ScreenSessions, Segment
from sim.scenario.sections import ScenarioFields
from sim.schema.screens.screen import Screen


def route_of(scenario: ScenarioFields, screen: Screen) -> ScreenRoute:
    """Give the platform's route to a device."""
    route: ScreenRoute = getattr(scenario, screen.name)
    return route


def sessions_of(segment: Segment, screen: Screen) -> ScreenSessions:
    """Give a segment's sessions at a device."""
    sessions: ScreenSessions = getattr(segment, screen.name)
    return sessions


def active_for(scenario: ScenarioFields, screen: Screen) -> int | None:
    """Give how long after a session at a device its user counts as active, microseconds.

    None: sessions there do not count.
    """
    said = route_of(scenario, screen).active_for
    return (0 if screen.presence else None) if said is None else int(said)


def is_used(scenario: ScenarioFields, screen: Screen) -> bool:
    """Tell whether anybody may use a device."""
    return any(sessions_of(segment, screen).share > 0 for segment in scenario.segments)
