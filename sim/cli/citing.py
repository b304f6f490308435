"""The command `cite`: a methods paragraph with its references, or all of them as BibTeX."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from sim import engines
from sim.cli.explaining import Entry, everything
from sim.clock import format_duration
from sim.platforms.catalogue import BASE, titles
from sim.playing import engine_for
from sim.scenario import Scenario, load
from sim.version import __version__
from sim.works import PROGRAM, bibtex, keys_in, works

ENGINES: Final = {"simpy": "the reference engine (SimPy)", "compiled": "the compiled engine"}


def cite_command(file: str, as_bibtex: bool) -> None:
    """Print the methods paragraph of a scenario, or what it cites as BibTeX, the program first."""
    scenario = load(file)
    if as_bibtex:
        keys, sayings = cited(everything(scenario))
        sys.stdout.write(bibtex([PROGRAM, *keys], sayings))
        return
    width = min(shutil.get_terminal_size().columns, 100)
    for paragraph in paragraphs(scenario):
        is_reference = paragraph.startswith("[")
        lines = textwrap.wrap(  # an address stays whole, so that it can be copied
            paragraph,
            width,
            subsequent_indent=" " * 4 * is_reference,
            break_long_words=False,
            break_on_hyphens=False,
        )
        sys.stdout.write("\n".join(lines) + "\n" * (1 if is_reference else 2))


def cited(entries: Iterable[Entry]) -> tuple[list[str], list[str]]:
    """Give the works that parameters are cited from: by key, and those told in words only."""
    keys: dict[str, None] = {}
    sayings: dict[str, None] = {}
    for entry in entries:
        if entry.evidence.kind == "cited" and entry.evidence.source is not None:
            said = str(entry.evidence.source.source)
            found = keys_in(said)
            keys |= dict.fromkeys(found)
            sayings |= {} if found else {said: None}
    return list(keys), list(sayings)


def paragraphs(scenario: Scenario) -> Iterator[str]:
    """Give the methods paragraph, where its numbers are from, and the references it numbers.

    >>> import sim
    >>> next(paragraphs(sim.load("linkedin_dm")))[:46]
    'How often regretted messages are read despite '
    """
    entries = _each_once(scenario)
    keys, sayings = cited(entries)
    references = [str(works()[key]) for key in (PROGRAM, *keys)] + sayings
    numbers = {one: at for at, one in enumerate((PROGRAM, *keys, *sayings), 1)}
    yield _methods(scenario, numbers)
    yield from _numbers(entries, numbers)
    for at, reference in enumerate(references, 1):
        yield f"[{at}] {reference}."


def _each_once(scenario: Scenario) -> list[Entry]:
    """List parameters; what segments have from the same source is one, of `segments.*`."""
    found: dict[tuple[str, str], Entry] = {}
    starts = [f"segments.{segment.name}." for segment in scenario.segments]
    for entry in everything(scenario):
        start = next((one for one in starts if entry.path.startswith(one)), "")
        path = f"segments.*.{entry.path.removeprefix(start)}" if start else entry.path
        found.setdefault((path, entry.evidence.words()), replace(entry, path=path))
    return list(found.values())


def _methods(scenario: Scenario, numbers: dict[str, int]) -> str:
    names, run = scenario.policy_names(), scenario.run
    engine = ENGINES[engine_for(scenario, names, "auto", run.replications)]
    setters = dict.fromkeys(scenario.origins.values())
    platforms, habits = (
        [one.partition(":")[2] for one in setters if one.startswith(f"{kind}:")]
        for kind in ("platform", "people")
    )
    rules = [titles()[one.partition("/")[0]] for one in platforms if one != BASE]
    return (
        f"How often regretted messages are read despite their deletion was estimated with toolate {__version__} "
        f"(model version {engines.VERSION}) [{numbers[PROGRAM]}], a discrete-event simulator, by {engine}. "
        f"Scenario: {scenario.title or scenario.file} ({scenario.file}); rules of {_and(rules) or 'no known platform'}; "
        f"habits of recipients: {_and(habits) or 'its own'}. {_policies(names)} played on the same worlds, in "
        f"{run.replications:,} independent replications that are observed for {format_duration(run.horizon)} each, "
        f"seed {run.seed}. Intervals are at 95 %, over replications, and cover Monte-Carlo error only; differences "
        "between policies are paired by message."
    )


def _policies(names: Sequence[str]) -> str:
    quoted = _and([f'"{name}"' for name in names])
    return (
        f"{len(names)} policies ({quoted}) were" if len(names) > 1 else f"The policy {quoted} was"
    )


def _are(number: int) -> str:
    return f"{number} {'is' if number == 1 else 'are'}"


def _numbers(entries: Sequence[Entry], numbers: dict[str, int]) -> Iterator[str]:
    """Say which numbers are cited and from where, and which are assumed, set, or the model's."""
    of = {
        kind: [one for one in entries if one.evidence.kind == kind]
        for kind in ("cited", "assumed", "because", "unsourced", "policy", "default")
    }
    measured = [one for one in of["cited"] if _grade(one) == "A"]
    derived = [one for one in of["cited"] if _grade(one) == "E"]
    yield (
        f"Of {len(entries)} parameters {_are(len(of['cited']))} cited, {len(measured)} of them from primary sources "
        f"and {len(derived)} derived from data; {_are(len(of['assumed']))} assumed, with a range to explore; "
        f"{_are(len(of['because']) + len(of['unsourced']))} set by the scenario; the others are settings, or the model's "
        "defaults."
    )
    if of["cited"]:
        yield f"Cited: {_listed(of['cited'], numbers)}."
    if of["assumed"]:
        yield f"Assumed: {', '.join(dict.fromkeys(one.path for one in of['assumed']))}."
    if of["unsourced"]:
        yield f"Set without a source: {', '.join(one.path for one in of['unsourced'])}."


def _grade(entry: Entry) -> str:
    return str(entry.evidence.source.grade) if entry.evidence.source is not None else ""


def _listed(entries: Sequence[Entry], numbers: dict[str, int]) -> str:
    """Name parameters, those from the same works together, with the numbers of these."""
    by: dict[str, dict[str, None]] = {}
    for entry in entries:
        keys, sayings = cited([entry])
        where = ", ".join(str(numbers[one]) for one in (*keys, *sayings))
        by.setdefault(where, {})[entry.path] = None
    return "; ".join(f"{', '.join(paths)} [{where}]" for where, paths in by.items())


def _and(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
