"""Rules that involve more than one parameter of a scenario: the path, what is wrong, what would be
right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from sim.clock import NEVER, WEEK, format_duration
from sim.distributions.family import Family
from sim.distributions.registry import FAMILIES
from sim.scenario.keeping import same
from sim.scenario.patching import leaves, quoted
from sim.scenario.recipients import Looks
from sim.scenario.sections import Parameters, ScenarioFields
from sim.scenario.suggestions import did_you_mean, said
from sim.schema.records import REFUSALS

PARTS: Final = {part for family in FAMILIES for part in family.model_fields} - {"dist"}
"""What a distribution may be made of, which may have a source of its own."""
EVENTS: Final = (
    "caught",
    "cancelled",
    "too_late",
    "ghost",
    "in_thread",
    "stopped",
    "open",
    "phantom",
    *(f"refused_{why}" for why in REFUSALS),
    "orphans",
    "apologies",
    "blocked",
    "credits_lost",
)
"""What `[costs]` can put a price on; all are counts of `sim.tallies`."""


MOST_FRAIL: Final = 1_000.0
"""The median factor on looking that is believed, and one over the least."""
MOST_GROUPS: Final = 100
"""Groups of senders that a scenario may have: a policy's cost grows with each."""


class Breach(NamedTuple):
    """A breach: its path, what is wrong, what would be right, and the paths of all the values that
    matter for it.
    """

    path: str
    problem: str
    remedy: str
    because: tuple[str, ...] = ()

    def rests_on(self, faulty: Iterable[str]) -> bool:
        """Tell whether one of the values that matter is faulty itself.

        Then nothing is known about the rest.
        """
        mine = (self.path, *self.because)
        return any(
            f"{a}.".startswith((f"{b}.", f"{b}[")) or f"{b}.".startswith(f"{a}.")
            for a in faulty
            for b in mine
        )


def cross_faults(
    scenario: ScenarioFields, before: ScenarioFields | None = None
) -> Iterator[Breach]:
    """Yield every breach of a rule that needs the whole scenario.

    Values that are the very ones of the scenario `before`, which was checked, are left out where a
    rule is about one value only.
    """
    yield from _times(scenario)
    yield from _shapes(scenario, before)
    yield from _spreads(scenario)
    yield from _groups(scenario)
    yield from _idle(scenario)
    yield from _seen(scenario)
    yield from _names(scenario, before)


def _times(s: ScenarioFields) -> Iterator[Breach]:
    horizon = s.run.horizon
    say = format_duration(horizon)
    needs = ("run.horizon", "traffic")
    if horizon <= 0:
        yield Breach(
            "run.horizon",
            "is 0, so nothing is observed",
            'give the time to observe, for example "3 d"',
        )
    elif (hold := _usual_hold(s)) >= horizon:
        held = format_duration(hold)
        problem = f"a hold of {held} is not shorter than the horizon of {say}"
        yield Breach("send.hold", problem, "lengthen run.horizon or shorten the hold", needs[:1])
    t = s.traffic
    if (
        t.kind in ("campaign", "sequence")
        and t.start + t.throttle * (t.messages - 1) >= horizon > 0
    ):
        problem = f"the campaign is not sent by the horizon of {say}"
        yield Breach("traffic", problem, "lengthen run.horizon or shorten the throttle", needs)
    if s.traffic.kind == "stream" and horizon < s.traffic.lasts < NEVER:
        problem = f"{format_duration(s.traffic.lasts)} is longer than the horizon of {say}"
        yield Breach("traffic.lasts", problem, "shorten it or lengthen run.horizon", needs)
    if s.email.lead > s.email.every:
        problem = f"{format_duration(s.email.lead)} is longer than the {format_duration(s.email.every)} between digests"
        yield Breach("email.lead", problem, "make it at most email.every", ("email.every",))
    if not 0 < s.email.every <= 4 * WEEK:
        problem = f"{format_duration(s.email.every)} between digests is 0 or more than 4 weeks"
        yield Breach("email.every", problem, 'give a time such as "1 d"')
    yield from _throttle(s)


def _usual_hold(s: ScenarioFields) -> int:
    """Give the mean hold; 0 where its parameters cannot be used, which `_shapes` says."""
    try:
        return s.send.usual_hold
    except (ValueError, OverflowError):
        return 0


def _throttle(s: ScenarioFields) -> Iterator[Breach]:
    throttle = s.email.throttle
    if throttle.gap > 0 and s.email.anchor != "flush":
        problem = f'"{s.email.anchor}" batches have no throttle'
        yield Breach(
            "email.throttle.gap",
            problem,
            'set email.anchor = "flush", or leave it out',
            ("email.anchor",),
        )
    elif throttle.gap > max(throttle.most, 0) and throttle.factor > 1:
        problem = f"{format_duration(throttle.gap)} is more than the most it grows to"
        yield Breach(
            "email.throttle.most",
            problem,
            "make it at least email.throttle.gap",
            ("email.throttle.gap",),
        )


def _shapes(s: ScenarioFields, before: ScenarioFields | None) -> Iterator[Breach]:
    for at, family, needs_mean in _distributions(s, "", before):
        if at.endswith("frailty") and (problem := _frailty_fault(family)):
            yield Breach(at, problem, "give a factor around 1: a half, or two")
            continue
        fault = _shape_fault(family, is_duration=not at.endswith("frailty"), needs_mean=needs_mean)
        if fault is not None:
            yield Breach(at, *fault)


@lru_cache(maxsize=4096)
def _frailty_fault(family: Family) -> str | None:
    """Say that hardly anybody looks, or everybody all the time, if the median says so."""
    from sim.distributions.distribution import distribution_of

    try:
        median = float(distribution_of(family, is_duration=False).quantile(0.5)[0])
    except ValueError:  # said by its shape
        return None
    if 1 / MOST_FRAIL <= median <= MOST_FRAIL:
        return None
    return f"half of these people look {median:.4g} times as often as their segment, or more"


@lru_cache(maxsize=4096)
def _shape_fault(family: Family, *, is_duration: bool, needs_mean: bool) -> tuple[str, str] | None:
    """Say what is wrong with a distribution, and what would be right.

    Once, for policies and sweeps check most of them again.
    """
    from sim.distributions.distribution import (
        distribution_of,  # loads scipy: only when a scenario is really checked
    )

    try:
        ready = distribution_of(family, is_duration=is_duration)
        mean = ready.mean()
        if needs_mean and 0 < mean < math.inf:
            ready.length_biased()
    except ValueError as error:
        problem, _, remedy = str(error).partition("; ")
        return problem, remedy or "correct it"
    if needs_mean and family.dist != "never" and not 0 < mean < math.inf:
        size = "zero" if mean == 0 else "infinite"
        problem = f"its mean is {size}, so looks cannot start in equilibrium"
        return problem, "choose a distribution with a finite mean above 0"
    return None


def _spreads(s: ScenarioFields) -> Iterator[Breach]:
    for segment in s.segments:
        at, alert = f"segments.{quoted(segment.name)}.alert", segment.alert
        for mean, spread in (("chance", "spread"), ("felt", "felt_spread")):
            chance, sd = getattr(alert, mean), getattr(alert, spread)
            if sd > 0 and not sd**2 < chance * (1 - chance):
                most = math.sqrt(chance * (1 - chance))
                yield Breach(
                    f"{at}.{spread}",
                    f"{sd:g} is too wide for chances with a mean of {chance:g}",
                    f"make it less than {most:.4g}" if most else "leave it out",
                    (f"{at}.{mean}",),
                )


def _groups(s: ScenarioFields) -> Iterator[Breach]:
    if (many := len(s.senders.groups)) > MOST_GROUPS:
        problem = f"there are {many:,} groups, and at most {MOST_GROUPS} can be told apart"
        yield Breach("senders.groups", problem, "put senders who do the same into one group")
    total = math.fsum(group.share for group in s.senders.groups.values())
    if total > 1 + 1e-9:
        problem = f"the shares of the groups sum to {total:g}"
        yield Breach("senders.groups", problem, "make them sum to at most 1; the rest is in none")


def _idle(s: ScenarioFields) -> Iterator[Breach]:
    """Yield what would do nothing without a word."""
    back = s.push.retraction
    rewrites = back.scope == "rewrite" and back.chance > 0
    if s.deletion.remedy == "edit" and rewrites and s.push.rewrite.chance == 0:
        yield Breach(
            "push.retraction.scope",
            "an edit retracts nothing, so no notification is rewritten",
            "give push.rewrite.chance, which is for edits, or set push.retraction.chance = 0",
            ("deletion.remedy", "push.retraction.chance", "push.rewrite"),
        )


def _seen(s: ScenarioFields) -> Iterator[Breach]:
    """Yield where looking at the seen mark first would change nothing."""
    d = s.deletion
    if d.if_seen == "delete":
        return
    at, needs = "deletion.if_seen", ("deletion.remedy", "deletion.unread_only")
    if d.remedy not in ("delete", "edit"):
        problem = f'"{d.if_seen}" is for senders who delete or edit, and these do otherwise'
        yield Breach(at, problem, 'leave it out, or set deletion.remedy = "delete"', needs)
    elif d.unread_only:
        problem = "the platform deletes only what is unread, whatever its sender has seen"
        yield Breach(at, problem, "leave it out, or set deletion.unread_only = false", needs)


def _distributions(
    table: BaseModel, at: str, before: BaseModel | None
) -> Iterator[tuple[str, Family, bool]]:
    """Yield (path, distribution, whether it needs a finite positive mean) of everything in a table
    that is not in the table `before`.

    Looks start in equilibrium, which takes the mean of gaps and of lengths that vary.
    """
    for name in type(table).model_fields:
        value, path = getattr(table, name), f"{at}.{name}".removeprefix(".")
        old = getattr(before, name, None)
        if value is old:
            continue
        if isinstance(value, Family):
            is_looks = isinstance(table, Looks)
            varies = name == "gap" or (name == "length" and value.dist != "constant")
            yield path, value, is_looks and varies
        elif isinstance(value, BaseModel):
            yield from _distributions(value, path, old)
        elif name == "groups":
            for key, group in value.items():
                yield from _distributions(group, f"{path}.{quoted(key)}", (old or {}).get(key))
        elif name == "segments":
            known = {segment.name: segment for segment in old or ()}
            for segment in value:
                if segment is not (was := known.get(segment.name)):
                    yield from _distributions(segment, f"{path}.{quoted(segment.name)}", was)


def _names(s: ScenarioFields, before: ScenarioFields | None) -> Iterator[Breach]:
    for event in s.costs:
        if event not in EVENTS:
            at, problem = (
                f"costs.{quoted(event)}",
                f"{said(event)} is no event that is counted{did_you_mean(event, EVENTS)}",
            )
            yield Breach(at, problem, f"use one of {', '.join(EVENTS)}")
    if s.baseline is not None and s.baseline not in s.policies:
        problem = f"{said(s.baseline)} is not a policy{did_you_mean(s.baseline, s.policies)}"
        known = ", ".join(said(name) for name in s.policies)
        remedy = (
            f"use one of {known}"
            if known
            else "there are no policies, so leave it out, or add [policies.NAME]"
        )
        yield Breach("baseline", problem, remedy, ("policies",))
    changed = {
        name
        for name in Parameters.model_fields
        if before is None or not same(getattr(s, name), getattr(before, name))
    }
    judged = {
        path: source
        for path, source in s.sources.items()
        if before is None or path.partition(".")[0] in changed
    }
    shape = _shape(s, changed) if judged else {}
    for path, source in judged.items():
        at = f"sources.{quoted(path)}"
        ways = [way for way in ("source", "assumed", "because") if getattr(source, way) is not None]
        if len(ways) > 1:
            yield Breach(at, f"says {' and '.join(ways)} at once", "keep the one that is true")
        elif not ways:
            yield Breach(
                at,
                "does not say where the value is from",
                "give source and grade, or assumed and sweep, or because",
            )
        elif (source.source is None) != (source.grade is None):
            yield Breach(at, "a source and a grade belong together", "give both")
        elif source.assumed is not None and source.sweep is None:
            yield Breach(at, "is assumed but has no range to explore", "add sweep = [low, high]")
        if not _leads(shape, path):
            paths: list[str] = []
            leaves(_shape(s, set(Parameters.model_fields)), paths.append)
            of_all = [f"segments.{one.name}." for one in s.segments[:1]]
            spelled = [p.replace(one, "everyone.") for one in of_all for p in paths] + paths
            near = did_you_mean(path.replace("segments.*.", "everyone."), spelled)
            yield Breach(
                at,
                f"names no parameter{near}",
                "use a path such as push.latency",
                ("segments", "traffic"),
            )


def _leads(tables: object, path: str) -> bool:
    """Tell whether a dotted path leads to a parameter or to tables with any, `*` to those of the
    first segment; names may have dots in them.
    """
    if isinstance(tables, list):
        tables = {one["name"]: one for one in tables} | {"*": tables[0] if tables else {}}
    if not isinstance(tables, dict):
        return False
    if "dist" in tables:
        return path in PARTS
    ends = [at for at, letter in enumerate(path) if letter == "."]
    inside = (_leads(tables[path[:at]], path[at + 1 :]) for at in ends if path[:at] in tables)
    return any(inside) or tables.get(path, {}) != {}


def _shape(s: ScenarioFields, sections: set[str]) -> dict[str, Any]:
    """Give sections of the scenario as tables, all defaults included, so that paths can be
    listed.
    """
    raw: dict[str, Any] = s.model_dump(by_alias=True, include=sections)
    return raw | ({"segments": list(raw["segments"])} if "segments" in raw else {})
