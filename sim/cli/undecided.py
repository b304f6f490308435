"""Why regretted messages are undecided at the horizon, and what would decide them."""

from __future__ import annotations

from collections.abc import Iterator

from sim.clock import DAY, format_duration
from sim.scenario import Scenario

LONG = 90 * DAY
"""An observation that no longer one would help."""


def remedy(scenario: Scenario) -> str:
    """Say why messages are undecided in a scenario, and what to change.

    >>> import sim
    >>> remedy(sim.load("linkedin_dm"))
    'a longer run.horizon would decide them'
    """
    causes = list(_for_good(scenario))
    if causes:
        return f"{', and '.join(causes)}, which no longer run.horizon decides"
    if scenario.run.horizon >= LONG:
        return (
            f"{format_duration(scenario.run.horizon)} are observed, so the cause is who hardly looks "
            "or what hardly arrives: see segments.*.visits, push.latency and email.latency"
        )
    return "a longer run.horizon would decide them"


def _for_good(scenario: Scenario) -> Iterator[str]:
    """Yield what keeps messages undecided for ever."""
    ways = {
        "glances at the phone": "glances",
        "checks the mailbox": "checks",
        "visits the app": "visits",
    }
    never = [
        f"{words} (segments.*.{name}.gap)"
        for words, name in ways.items()
        if all(getattr(one, name).gap.dist == "never" for one in scenario.segments)
    ]
    if len(never) == len(ways):
        yield "nobody looks (segments.*.glances, checks and visits; people gives habits)"
    elif never:
        yield f"nobody {' or '.join(never)}"
    for channel in ("push", "email"):
        if getattr(scenario, channel).latency.dist == "never":
            yield f"what goes by {channel} is on its way for good ({channel}.latency)"
