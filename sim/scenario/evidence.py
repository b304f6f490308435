"""Where each number of a scenario is from: cited, assumed, set with a reason, set by a policy, or
the model's default.

A source belongs to the value it was written for. When a file overrides a value of the file it
extends, the source of the old value does not pass on to the new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sim.scenario.citations import Source
from sim.scenario.model import Scenario

EvidenceKind = Literal["cited", "assumed", "because", "policy", "default", "unsourced", "setting"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where one value is from.

    `setter` is the file or policy that set it, None for a default of the model.

    >>> Evidence("cited", "a.toml", Source(source="Doe 2020, table 3", grade="B")).words()
    'cited, grade B: Doe 2020, table 3'
    """

    kind: EvidenceKind
    setter: str | None
    source: Source | None = None

    def words(self) -> str:
        """Say where the value is from, with the range to explore and the note, if there are any."""
        s = self.source
        match self.kind:
            case "cited":
                assert s is not None
                said = f"cited, grade {s.grade}: {s.source}"
            case "assumed":
                assert s is not None
                said = f"assumed: {s.assumed}"
            case "because":
                assert s is not None
                where = (
                    f"set in {self.setter}" if self.setter else "left at the default of the model"
                )
                said = f"{where} because: {s.because}"
            case "policy":
                said = f"set {self.setter}"
            case "default":
                said = "default of the model"
            case "setting":
                said = f"set in {self.setter}"
            case "unsourced":
                said = f"set in {self.setter}, no source given"
        if s is None:
            return said
        explore = f". Explore {sweep_words(s.sweep)}" if s.sweep else ""
        return said + explore + (f". Note: {s.note}" if s.note else "")


def sweep_words(sweep: tuple[Any, ...]) -> str:
    """Say a range to explore: two quantities are ends, anything else a choice.

    >>> sweep_words(("2 / d", "40 / d")), sweep_words((True, False)), sweep_words((["ios"], ["ios", "android"]))
    ('2 / d to 40 / d', 'true or false', 'ios or ios + android')
    """
    words = [_word(one) for one in sweep]
    return " to ".join(words) if len(words) == 2 and words[0][:1].isdigit() else " or ".join(words)


def _word(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " + ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(
            str(one) if key == "dist" else f"{key} {one}" for key, one in value.items()
        )
    return str(value).lower() if isinstance(value, bool) else str(value)


def evidence(scenario: Scenario, path: str) -> Evidence:
    """Tell where the value at a dotted path (such as `push.latency`, `segments.desk.push`) is from.

    >>> import sim
    >>> evidence(sim.load("scenarios/linkedin_dm.toml"), "mistakes.chance").kind
    'cited'
    """
    key = _setting_key(scenario, path)
    if key is None:
        given = scenario.sources.get(_starred(scenario, path)) or scenario.sources.get(
            path
        )  # of exactly this default
        return Evidence("default" if given is None else _kind(given), None, given)
    setter = scenario.origins[key]
    source = _source(scenario, path, key)
    if source is not None:
        return Evidence(_kind(source), setter, source)
    if setter.startswith("by "):
        return Evidence("policy", setter)
    return Evidence("setting" if path.startswith("run.") else "unsourced", setter)


def _kind(source: Source) -> EvidenceKind:
    return (
        "cited"
        if source.source is not None
        else "assumed"
        if source.assumed is not None
        else "because"
    )


def _ranks(scenario: Scenario) -> dict[str, int]:
    """Order whoever set anything, the first to be overridden first (`origins` is kept in that
    order).
    """
    return {who: rank for rank, who in enumerate(dict.fromkeys(scenario.origins.values()))}


def _spellings(scenario: Scenario, path: str) -> Iterator[str]:
    """Give the paths under which a file may have set a parameter, the strongest first."""
    yield path
    for segment in scenario.segments:
        rest = path.removeprefix(f"segments.{segment.name}.")
        if rest != path:
            yield f"everyone.{rest}"


def _setting_key(scenario: Scenario, path: str) -> str | None:
    """Find the entry of `origins` that last set a value, or a part of it (one parameter of a
    distribution).
    """
    ranks = _ranks(scenario)
    for spelling in _spellings(scenario, path):
        keys = [
            key for key in scenario.origins if key == spelling or key.startswith(f"{spelling}.")
        ]
        if keys:
            return max(keys, key=lambda key: ranks[scenario.origins[key]])
        whole = spelling.rpartition(".")[0]  # of a distribution, whose parts are no entries
        if whole in scenario.origins:
            return whole
    return None


def _source(scenario: Scenario, path: str, key: str) -> Source | None:
    """Find the most specific source that was written for the value as it was last set (`key` of
    `origins`).
    """
    ranks = _ranks(scenario)
    best: tuple[tuple[int, int], Source] | None = None
    for covering, source in scenario.sources.items():
        if not covers(scenario, covering, path):
            continue
        written = _written(scenario, covering)
        too_old = written and ranks[scenario.origins[written]] < ranks[scenario.origins[key]]
        for_others = (
            written is not None
            and written.startswith("sources.everyone.")
            and not key.startswith("everyone.")
        )
        if too_old or for_others:
            continue
        rank = (covering.count("."), -covering.count("*"))
        if best is None or rank > best[0]:
            best = (rank, source)
    return None if best is None else best[1]


def _written(scenario: Scenario, covering: str) -> str | None:
    """Find the entry of `origins` that tells which file wrote a source."""
    spellings = [f"sources.{covering}."]
    if covering.startswith("segments.*."):
        spellings.append(f"sources.everyone.{covering.removeprefix('segments.*.')}.")
    return next(
        (key for start in spellings for key in scenario.origins if key.startswith(start)), None
    )


def covers(scenario: Scenario, covering: str, path: str) -> bool:
    """Tell whether a source's path names a parameter, a table it is in, or that of every segment.

    >>> import sim
    >>> covers(sim.load("scenarios/linkedin_dm.toml"), "segments.*.visits", "segments.daily visitor.visits.gap")
    True
    """
    starred = _starred(scenario, path)
    return any(f"{one}.".startswith(f"{covering}.") for one in (path, starred))


def _starred(scenario: Scenario, path: str) -> str:
    """Write the path of a segment's parameter as that of every segment's."""
    for segment in scenario.segments:
        rest = path.removeprefix(f"segments.{segment.name}.")
        if rest != path:
            return f"segments.*.{rest}"
    return path
