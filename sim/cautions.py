"""What a reader of results should be told: too few replications, messages undecided at the horizon,
axes that change nothing.

The command line prints these lines; from Python they are warnings of class `ToolateWarning`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sim.clock import DAY, format_duration
from sim.comparing import Comparison
from sim.estimates import FEW, FEW_EVENTS, Estimate
from sim.running import Outcome
from sim.scenario import Scenario

LONG = 90 * DAY
"""An observation that no longer one would help."""
WAYS: Final = {
    "glances": "glances at the phone",
    "checks": "checks the mailbox",
    "visits": "visits the app",
}
"""How people look, and what to call it."""


def of_run(outcome: Outcome) -> list[str]:
    """List what a reader of the tables should be told."""
    headline = outcome.summary.headline(outcome.policies[0])
    out = []
    if outcome.only is None:  # who asks for one replication wants no interval
        out = of_replications(outcome.replications, outcome.asked, headline)
    if headline.per == 0:
        out.append(f"nobody regretted a message; {to_regret(outcome.scenario)}")
    if not outcome.is_sure and outcome.replications == outcome.asked:
        out.append(
            f"{outcome.replications:,} replications are the most allowed, and the precision asked for is not reached; "
            "raise --at-most, or ask for less"
        )
    base = outcome.scenario.under(outcome.policies[0])
    for name in outcome.policies[1:] if base.send.usual_hold else ():
        if (hold := outcome.scenario.under(name).send.usual_hold) < base.send.usual_hold:
            shorter, own = format_duration(hold), format_duration(base.send.usual_hold)
            out.append(f'"{name}" shortens the hold of {own} to {shorter}')
    still = outcome.summary.headline(outcome.policies[0], "open")
    if still.value > 0.05:
        out.append(f"{100 * still.value:.1f} % are undecided at the horizon; {remedy(base)}")
    return out


def to_regret(scenario: Scenario) -> str:
    """Say what to do where nobody regrets a message."""
    m, groups = scenario.mistakes, scenario.senders.groups.values()
    if m.chance or m.batch_chance or any(group.mistakes for group in groups):
        return "raise mistakes.chance, or play more --replications"
    logged = ", or give the log a column deleted_at" if scenario.traffic.kind == "trace" else ""
    return f"mistakes.chance is 0: set it{logged}"


def of_comparison(comparison: Comparison) -> list[str]:
    """List what a reader of a comparison should be told."""
    headline = comparison.headline(comparison.against)
    return of_replications(comparison.replications, comparison.asked, headline)


def of_replications(done: int, asked: int, headline: Estimate) -> list[str]:
    """Say if a run was cut short, and if few of its replications say something: those in which
    anybody regretted a message.
    """
    out, saying = [], headline.replications
    if done < asked:
        out.append(
            f"interrupted: {done} of {asked} replications were played; the tables rest on those"
        )
    if done < FEW:
        out.append(f"{done} replications are few; intervals are only trustworthy from {FEW} on")
    elif 0 < saying < FEW:
        out.append(
            f"only {saying} of {done} replications have a regretted message; intervals are only trustworthy from "
            f"{FEW} such replications on"
        )
    elif 0 < headline.with_events < FEW_EVENTS:
        out.append(
            f"a message was read in {headline.with_events} of {done} replications only; how such readings cluster "
            "is hardly known"
        )
    return out


def remedy(scenario: Scenario) -> str:
    """Say why messages are undecided in a scenario, and what to change.

    >>> import sim
    >>> remedy(sim.load("linkedin_dm"))
    'a longer run.horizon would decide them'
    """
    unread, coming = _unread(scenario), list(_on_its_way(scenario))
    if len(unread) == len(_ways(scenario)):
        return "nobody looks of their own accord; people gives segments habits, glances, checks and visits their own"
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
