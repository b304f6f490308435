"""The command `explain`: the resolved scenario in words, section by section, each number with where
it is from.
"""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from sim.cli.clocks import clock_in_words
from sim.cli.words import in_words
from sim.scenario import Scenario, load
from sim.scenario.channels import EmailShares
from sim.scenario.evidence import Evidence, EvidenceKind, Evidences, tables_of
from sim.scenario.patching import nested, paths_set, quoted
from sim.scenario.recipients import Segment
from sim.scenario.sections import Parameters
from sim.sweeping.design.unknowns import assumed
from sim.world.trace import read_log

SECTIONS = {name: field.title for name, field in Parameters.model_fields.items() if field.title}
"""What each table of a scenario is about, in the order of the model (docs/model.md)."""

COUNTED: dict[EvidenceKind, str] = {
    "cited": "cited",
    "assumed": "assumed",
    "because": "set with a reason",
    "policy": "set by a policy",
    "unsourced": "unsourced",
    "default": "defaults of the model",
    "setting": "settings of the run",
}
"""How parameters are counted by where they are from."""
ALWAYS_COUNTED = ("cited", "assumed", "unsourced")


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter: its path, what it means, its value in words, and where that is from."""

    path: str
    meaning: str
    value: str
    evidence: Evidence
    held: Any = None
    """The value itself."""


def explain_command(file: str, policy: str | None, doubt: bool = False) -> None:
    """Print the explanation of a scenario on stdout, under one of its policies if one is named.

    `doubt` plays it over what it assumes and says which number moves the answer most; under a policy,
    also how often that is read less than the baseline.
    """
    whole = load(file)
    scenario = whole if policy is None else whole.under(policy)
    width = max(72, min(shutil.get_terminal_size((100, 24)).columns, 110))
    sys.stdout.write("\n".join(explanation(scenario, policy, width)) + "\n")
    if doubt:
        sys.stdout.write("\n".join(_doubt(whole, policy, width)) + "\n")
    elif assumed(scenario):
        pointer = (
            "--doubt plays the scenario over what is assumed, and says what moves the answer most."
        )
        sys.stdout.write("\n".join(wrapped(pointer, width)) + "\n")


def _doubt(scenario: Scenario, policy: str | None, width: int) -> Iterator[str]:
    """Say how the answer varies over what is assumed."""
    from sim.cli.running import doubt_in_words, say_if_cold  # an engine, only if asked for
    from sim.screening import screening

    say_if_cold("compiled")
    found = screening(scenario, policies=[policy or scenario.policy_names()[0]])
    for line in doubt_in_words(found):
        yield from wrapped(line, width)


def explanation(scenario: Scenario, policy: str | None = None, width: int = 100) -> Iterator[str]:
    """Yield the lines that explain a scenario.

    >>> import sim
    >>> next(explanation(sim.load("scenarios/linkedin_dm.toml")))
    'LinkedIn direct message, one-hour window'
    """
    yield from _opening(scenario, policy, width)
    entries: list[Entry] = []
    known = Evidences(scenario)
    for key, title in SECTIONS.items():
        table = getattr(scenario, key)
        found = list(_entries(known, table, key))
        yield from _section(title, _first_line(table), found, width)
        entries += found
    if costs := list(_costs(scenario, known)):
        yield from _section("Costs", "Money per counted event.", costs, width)
        entries += costs
    for title, about, found in _recipients(scenario, known):
        yield from _section(title, about, found, width)
        entries += found
    if policy is None:
        yield from _policies(scenario, width)
        yield from _claims(scenario, width)
    yield from _closing(entries, width)


def _opening(scenario: Scenario, policy: str | None, width: int) -> Iterator[str]:
    yield scenario.title or scenario.file
    if scenario.question:
        yield from wrapped(scenario.question, width)
    extends = f", which extends {', '.join(scenario.extends)}" if scenario.extends else ""
    under = "before any policy" if policy is None else f'under the policy "{policy}"'
    yield ""
    yield from wrapped(f"From {scenario.file}{extends}; {under}.", width)
    yield from wrapped(f"people: {_whose(scenario)}", width)
    if scenario.traffic.kind == "trace":
        log = read_log(scenario, scenario.traffic)
        yield from wrapped(f"{scenario.traffic.file}: {log.words}.", width)
        yield from wrapped(clock_in_words(scenario) or "", width)


def _whose(scenario: Scenario) -> str:
    """Say whose habits recipients have where the file says nothing."""
    found: dict[str, set[str]] = {}
    for path, who in scenario.origins.items():
        if who.startswith("people:") and not path.startswith("sources."):
            of = path.split(".")[1] if path.startswith("segments.") else "everyone"
            found.setdefault(who.removeprefix("people:"), set()).add(of)
    if not found:
        return "none. What the file does not say of its recipients never happens."
    each = "; ".join(
        f"{name} (toolate people {name.partition('/')[0]})"
        + ("" if "everyone" in whom else f" for {', '.join(sorted(whom))}")
        for name, whom in found.items()
    )
    default = " This is the default." if "people" not in scenario.origins else ""
    return f"{each}. Their habits hold where the file says nothing.{default}"


def _section(title: str, about: str, entries: list[Entry], width: int) -> Iterator[str]:
    """Say a section: what somebody has set, one by one, then in one paragraph what is left at the
    model's defaults.
    """
    yield ""
    yield title.upper()
    if about.removesuffix(".") != title:
        yield from wrapped(about, width)
    for entry in entries:
        if entry.evidence.kind != "default":
            yield from wrapped(f"{entry.path}: {entry.value}", width, "  ", "      ")
            yield from wrapped(entry.meaning, width, "      ")
            yield from wrapped(_sentence(entry.evidence.words()), width, "      ")
    left = [
        f"{entry.path} ({entry.value})" for entry in entries if entry.evidence.kind == "default"
    ]
    if left:
        yield from wrapped(f"Defaults of the model: {', '.join(left)}.", width, "  ", "      ")


def wrapped(text: str, width: int, first: str = "", later: str | None = None) -> list[str]:
    """Break a text into lines, but never between a number and its unit."""
    kept = re.sub(r"(?<=\d) (?=(ms|s|min|h|d|%)\b|%|/ )", "\u00a0", text)
    later = first if later is None else later
    lines = textwrap.wrap(
        kept, width, initial_indent=first, subsequent_indent=later, break_on_hyphens=False
    )
    return [line.replace("\u00a0", " ") for line in lines]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


def _first_line(model: BaseModel) -> str:
    return (type(model).__doc__ or "").partition("\n")[0]


def _entries(
    known: Evidences,
    table: BaseModel,
    at: str,
    about: str = "",
    wanted: Callable[[str], bool] = lambda path: True,
) -> Iterator[Entry]:
    """Yield every parameter that is wanted of a table and of the tables in it."""
    for name, field in type(table).model_fields.items() if wanted(at) else ():
        value, path = getattr(table, name), f"{at}.{name}"
        if not wanted(path):
            continue
        if (
            isinstance(value, BaseModel)
            and not hasattr(value, "dist")
            and not isinstance(value, EmailShares)
        ):
            yield from _entries(known, value, path, field.description or "", wanted)
        elif isinstance(value, dict) and value:
            for key, one in value.items():
                yield from _entries(known, one, f"{path}.{quoted(key)}", _first_line(one), wanted)
        elif value is not None and name not in ("name", "kind"):
            meaning = field.description or _first_line(value)
            meaning = f"{about}: {meaning[:1].lower()}{meaning[1:]}" if about else meaning
            yield Entry(path, meaning, in_words(value, name, field), known.of(path), value)
            yield from _parts(known, path, meaning, value)


def _parts(known: Evidences, path: str, meaning: str, whole: Any) -> Iterator[Entry]:
    """Yield what a distribution is made of, where a part has a source of its own that still holds."""
    for part, field in type(whole).model_fields.items() if hasattr(whole, "dist") else ():
        found = known.of(f"{path}.{part}")
        if found.source is not None and found.source != known.of(path).source:
            held = getattr(whole, part)
            yield Entry(
                f"{path}.{part}", f"{meaning} ({part})", in_words(held, part, field), found, held
            )


def _claims(scenario: Scenario, width: int) -> Iterator[str]:
    """Say what the file claims about its answers."""
    if scenario.checks:
        yield ""
        yield "CHECKS"
        yield from wrapped(
            "What the file claims about its answers; `toolate check` judges it.", width
        )
    for check in scenario.checks:
        yield from wrapped(f"checks: {check.claim}", width, "  ", "      ")
        if check.because:
            yield from wrapped(_sentence(check.because), width, "      ")


def _costs(scenario: Scenario, known: Evidences) -> Iterator[Entry]:
    """Yield what the scenario puts a price on."""
    for event, amount in scenario.costs.items():
        path = f"costs.{event}"
        meaning = f"Money for each message that counts as {event.replace('_', ' ')}."
        yield Entry(path, meaning, f"{amount:,g}", known.of(path), amount)


def _recipients(scenario: Scenario, known: Evidences) -> Iterator[tuple[str, str, list[Entry]]]:
    """Yield what all segments share as a section of its own, then each segment with what is its
    own.
    """
    by_name = {s.name: list(_entries(known, s, f"segments.{s.name}")) for s in scenario.segments}
    shared: list[Entry] = []
    if len(by_name) > 1:
        shared = [
            _of_all(rows) for rows in zip(*by_name.values(), strict=True) if _of_all(rows).path
        ]
        yield "Recipients, all segments", "What all kinds of recipients share.", shared
    common = {entry.path.removeprefix("segments.*") for entry in shared}
    for segment in scenario.segments:
        start = f"segments.{segment.name}"
        own = [
            entry for entry in by_name[segment.name] if entry.path.removeprefix(start) not in common
        ]
        yield f"Recipients: {segment.name}", _first_line(segment), own


def _of_all(rows: tuple[Entry, ...]) -> Entry:
    """Make one entry of the same parameter of all segments; its path is empty if they differ."""
    first = rows[0]
    alike = all((row.value, row.evidence) == (first.value, first.evidence) for row in rows)
    fields = {name for name in Segment.model_fields if f".{name}" in first.path}
    place = min((first.path.rfind(f".{name}") for name in fields), default=-1)
    return replace(first, path=f"segments.*{first.path[place:]}" if alike else "")


def _policies(scenario: Scenario, width: int) -> Iterator[str]:
    """Say each policy as its differences from the scenario."""
    yield ""
    yield "POLICIES"
    yield from wrapped(
        "Every policy is played on the same worlds; it changes what is listed, and nothing else.",
        width,
    )
    names = scenario.policy_names()
    before = {entry.path: entry for entry in everything(scenario)}
    for name in names:
        patch = nested(scenario.policies.get(name, {}))
        set_here = Related(paths_set(patch, scenario.raw))
        role = " (the baseline)" if name == names[0] else ""
        yield f"  {name}{role}:"
        changed = [
            e
            for e in everything(scenario.under(name) if patch else scenario, set_here)
            if e != before.get(e.path) and e.evidence.kind == "policy"
        ]
        for entry in changed:
            old = before[entry.path].value if entry.path in before else "not set"
            now = entry.value if entry.value != old else f"{entry.value}, as before"
            instead = f" instead of {old}" if entry.value != old else ""
            yield from wrapped(f"{entry.path}: {now}{instead}", width, "    ", "      ")
            yield from wrapped(entry.meaning, width, "      ")
        if not changed:
            yield "    no change: the scenario as it is above"


class Related:
    """Tells whether a path is one of these, in one of them, or a table around one."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = set(paths)
        self._tables = {table for path in self._paths for table in tables_of(path)}

    def __call__(self, path: str) -> bool:
        """Tell whether it is."""
        return path in self._tables or not self._paths.isdisjoint((path, *tables_of(path)))


def everything(
    scenario: Scenario, wanted: Callable[[str], bool] = lambda path: True
) -> Iterator[Entry]:
    """Yield every parameter of a scenario whose path is wanted, section by section, then segment by
    segment.
    """
    known = Evidences(scenario)
    for key in SECTIONS:
        yield from _entries(known, getattr(scenario, key), key, wanted=wanted)
    yield from _costs(scenario, known)
    for segment in scenario.segments:
        yield from _entries(known, segment, f"segments.{segment.name}", wanted=wanted)


def _closing(entries: Iterable[Entry], width: int) -> Iterator[str]:
    """List the sources a run rests on, with what rests on each, and count parameters by where they
    are from.
    """
    entries = list(entries)
    resting: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        cited = entry.evidence.source
        if entry.evidence.kind == "cited" and cited is not None:
            resting.setdefault((str(cited.grade), str(cited.source)), []).append(entry.path)
    yield ""
    yield "SOURCES A RUN RESTS ON"
    if resting:
        yield from wrapped(
            "Grades: A primary source, B secondary naming the primary, C vendor or article, "
            "D memory, E derived here.",
            width,
        )
    else:
        yield "None: no parameter is cited."
    for (grade, source), paths in sorted(resting.items()):
        yield from wrapped(f"{grade}  {source}", width, "  ", "     ")
        yield from wrapped(f"for {', '.join(paths)}", width, "     ", "         ")
    count = Counter(entry.evidence.kind for entry in entries)
    shown = [(count[kind], words) for kind, words in COUNTED.items()]
    said = ", ".join(
        f"{number} {words}" for number, words in shown if number or words in ALWAYS_COUNTED
    )
    yield ""
    yield from wrapped(f"{len(entries)} parameters: {said}.", width)
    unsourced = [entry.path for entry in entries if entry.evidence.kind == "unsourced"]
    if unsourced:
        yield from wrapped(f"Unsourced: {', '.join(unsourced)}.", width)
