"""Why regretted messages are undecided at the horizon, and what would decide them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sim.clock import DAY, format_duration
from sim.scenario import Scenario

LONG = 90 * DAY
"""An observation that no longer one would help."""
WAYS: Final = {
    "glances": "glances at the phone",
    "checks": "checks the mailbox",
    "visits": "visits the app",
}
"""How people look, and what to call it."""


def remedy(scenario: Scenario) -> str:
    """Say why messages are undecided in a scenario, and what to change.

    >>> import sim
    >>> remedy(sim.load("linkedin_dm"))
    'a longer run.horizon would decide them'
    """
    unread, coming = _unread(scenario), list(_on_its_way(scenario))
    if len(unread) == len(_ways(scenario)):
        return "nobody looks; people gives segments habits, glances, checks and visits their own"
    if unread or coming:
        causes = [f"nobody {' or '.join(unread)}"] * bool(unread) + coming
        return f"a longer run.horizon decides them only in part: {', and '.join(causes)}"
    if scenario.run.horizon >= LONG:
        return (
            f"{format_duration(scenario.run.horizon)} are observed, so the cause is who hardly looks "
            "or what hardly arrives: see segments.*.visits, push.latency and email.latency"
        )
    return "a longer run.horizon would decide them"


def _ways(scenario: Scenario) -> dict[str, str]:
    """Give the ways of looking that there is something to see by."""
    has_mail = any(one.email.off < 1 for one in scenario.segments)
    return {name: words for name, words in WAYS.items() if has_mail or name != "checks"}


def _unread(scenario: Scenario) -> list[str]:
    """Say where nobody ever looks for what is there to be read."""
    return [
        f"{words} (segments.*.{name}.gap)"
        for name, words in _ways(scenario).items()
        if all(getattr(one, name).gap.dist == "never" for one in scenario.segments)
    ]


def _on_its_way(scenario: Scenario) -> Iterator[str]:
    """Say what is sent and never arrives."""
    for channel in ("push", "email"):
        if getattr(scenario, channel).latency.dist == "never":
            yield f"what goes by {channel} is on its way for good ({channel}.latency)"
