"""Rules that involve more than one parameter of a scenario, each told as the path, what is wrong, what would be right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.clock import NEVER, WEEK, format_duration
from sim.scenario.patching import leaves
from sim.scenario.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.scenario.model import Scenario

Finding = tuple[str, str, str]


def cross_faults(scenario: Scenario) -> Iterator[Finding]:
    """Yield every breach of a rule that needs the whole scenario."""
    yield from _times(scenario)
    yield from _laws(scenario)
    yield from _names(scenario)


def _times(s: Scenario) -> Iterator[Finding]:
    horizon = s.run.horizon
    say = format_duration(horizon)
    if horizon <= 0:
        yield "run.horizon", "is 0, so nothing is observed", 'give the time to observe, for example "3 d"'
    elif s.send.hold >= horizon:
        yield ("send.hold", f"a hold of {format_duration(s.send.hold)} is not shorter than the horizon of {say}",
               "lengthen run.horizon or shorten the hold")  # fmt: skip
    if s.traffic.kind == "campaign" and s.traffic.start + s.traffic.throttle * (s.traffic.messages - 1) >= horizon > 0:
        yield "traffic", f"the campaign is not sent by the horizon of {say}", "lengthen run.horizon or shorten the throttle"
    if s.traffic.kind == "stream" and horizon < s.traffic.lasts < NEVER:
        yield "traffic.lasts", f"is longer than the horizon of {say}", "shorten it or lengthen run.horizon"
    if s.email.lead > s.email.every:
        yield "email.lead", "is longer than the time between digests", "make it at most email.every"
    if not 0 < s.email.every <= 4 * WEEK:
        yield "email.every", "is 0 or more than 4 weeks", 'give the time between digests, for example "1 d"'


def _laws(s: Scenario) -> Iterator[Finding]:
    from sim.distributions.law import law_of  # loads scipy: only when a scenario is really checked

    for at, law, needs_mean in _all_laws(s):
        try:
            ready = law_of(law, is_duration=not at.endswith("frailty"))
            if needs_mean and law.dist != "never":
                ready.length_biased()
        except ValueError as error:
            problem, _, remedy = str(error).partition("; ")
            yield at, problem, remedy or "correct it"


def _all_laws(s: Scenario) -> Iterator[tuple[str, Any, bool]]:
    """Yield (path, spec, whether it needs a finite positive mean) of every law of the scenario."""
    for section in ("mistakes", "senders", "review", "deletion", "push", "email", "badge"):
        table = getattr(s, section)
        for name in type(table).model_fields:
            value = getattr(table, name)
            if hasattr(value, "dist"):
                yield f"{section}.{name}", value, False
    yield "push.slow.latency", s.push.slow.latency, False
    yield "push.retraction.latency", s.push.retraction.latency, False
    for segment in s.segments:
        at = f"segments.{segment.name}"
        yield f"{at}.frailty", segment.frailty, False
        for surface in ("glances", "checks", "visits"):
            looks = getattr(segment, surface)
            yield f"{at}.{surface}.gap", looks.gap, True
            if looks.length.dist != "constant":
                yield f"{at}.{surface}.length", looks.length, True
        for reaction in ("alert", "mail_alert", "tap"):
            yield f"{at}.{reaction}.delay", getattr(segment, reaction).delay, False


def _names(s: Scenario) -> Iterator[Finding]:
    if s.baseline is not None and s.baseline not in s.policies:
        known = ", ".join(s.policies) or "none: there are no policies"
        yield "baseline", f'"{s.baseline}" is not a policy{did_you_mean(s.baseline, s.policies)}', f"use one of {known}"
    paths: list[str] = []
    leaves(_shape(s), paths.append)
    for path, source in s.sources.items():
        ways = [source.source is not None, source.assumed is not None, source.because is not None]
        at = f'sources."{path}"'
        if sum(ways) != 1:
            yield at, "does not say one way where the value is from", "give source and grade, or assumed and sweep, or because"
        elif (source.source is None) != (source.grade is None):
            yield at, "a source and a grade belong together", "give both"
        elif source.assumed is not None and source.sweep is None:
            yield at, "is assumed but has no range to explore", "add sweep = [low, high]"
        if not any(p == path or p.startswith(f"{path}.") or _starred(path, p) for p in paths):
            yield at, f"names no parameter{did_you_mean(path, paths)}", "use a path such as push.latency"


def _starred(path: str, leaf: str) -> bool:
    """Tell whether a path with `segments.*` covers a leaf of a named segment."""
    want, have = path.split("."), leaf.split(".")
    return len(want) <= len(have) and all(w in ("*", h) for w, h in zip(want, have, strict=False))


def _shape(s: Scenario) -> dict[str, Any]:
    """Give the scenario's parameters as tables, all defaults included, so that paths can be listed."""
    raw: dict[str, Any] = s.model_dump(by_alias=True, exclude={"policies", "sources", "schema_", "title", "question"})
    raw["segments"] = list(raw["segments"])
    return raw
