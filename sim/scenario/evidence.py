"""Where each number of a scenario is from: cited, assumed, set with a reason, set by a policy, or
the model's default.

A source belongs to the value it was written for. When a file overrides a value of the file it
extends, the source of the old value does not pass on to the new one.
"""

from __future__ import annotations

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

    `Evidences` tells it of many paths.

    >>> import sim
    >>> evidence(sim.load("scenarios/linkedin_dm.toml"), "mistakes.chance").kind
    'cited'
    """
    return Evidences(scenario).of(path)


class Evidences:
    """Where the values of one scenario are from, looked up by path in tables that are made once."""

    def __init__(self, scenario: Scenario) -> None:
        self._origins, self._sources = scenario.origins, scenario.sources
        self._ranks = {who: rank for rank, who in enumerate(dict.fromkeys(self._origins.values()))}
        self._segments = {segment.name: at for at, segment in enumerate(scenario.segments)}
        self._first: dict[str, str] = {}
        self._latest: dict[str, str] = {}
        for key, who in self._origins.items():
            for path in (key, *tables_of(key)):
                self._first.setdefault(path, key)
                held = self._latest.setdefault(path, key)
                if self._ranks[who] > self._ranks[self._origins[held]]:
                    self._latest[path] = key

    def of(self, path: str) -> Evidence:
        """Tell where the value at a dotted path is from."""
        key = self._setting_key(path)
        if key is None:
            given = self._sources.get(self._starred(path)) or self._sources.get(
                path
            )  # of exactly this default
            return Evidence("default" if given is None else _kind(given), None, given)
        setter = self._origins[key]
        source = self._source(path, key)
        if source is not None:
            return Evidence(_kind(source), setter, source)
        if setter.startswith("by "):
            return Evidence("policy", setter)
        return Evidence("setting" if path.startswith("run.") else "unsourced", setter)

    def _of_segment(self, path: str) -> str | None:
        """Give what follows the name of a segment in a path; names may have dots in them."""
        if not path.startswith("segments."):
            return None
        found = [
            (self._segments[name], rest)
            for table in tables_of(path)
            if (name := table.removeprefix("segments.")) in self._segments
            for rest in (path.removeprefix(f"{table}."),)
        ]
        return min(found)[1] if found else None

    def _starred(self, path: str) -> str:
        """Write the path of a segment's parameter as that of every segment's."""
        rest = self._of_segment(path)
        return path if rest is None else f"segments.*.{rest}"

    def _setting_key(self, path: str) -> str | None:
        """Find the entry of `origins` that last set a value, or a part of it (one parameter of a
        distribution): as a file may spell it, the strongest spelling first.
        """
        rest = self._of_segment(path)
        for spelling in (path,) if rest is None else (path, f"everyone.{rest}"):
            if spelling in self._latest:
                return self._latest[spelling]
            whole = spelling.rpartition(".")[0]  # of a distribution, whose parts are no entries
            if whole in self._origins:
                return whole
        return None

    def _source(self, path: str, key: str) -> Source | None:
        """Find the most specific source that was written for the value as it was last set (`key`
        of `origins`).
        """
        starred = self._starred(path)
        covering = {one for whole in (path, starred) for one in (whole, *tables_of(whole))}
        by_rank = sorted(covering, key=lambda one: (-one.count("."), one.count("*")))
        return next((self._sources[one] for one in by_rank if self._holds(one, key)), None)

    def _holds(self, covering: str, key: str) -> bool:
        """Tell whether there is such a source, and the value was not set anew after it."""
        if covering not in self._sources:
            return False
        written = self._written(covering)
        if written is None:
            return True
        too_old = self._ranks[self._origins[written]] < self._ranks[self._origins[key]]
        for_others = written.startswith("sources.everyone.") and not key.startswith("everyone.")
        return not (too_old or for_others)

    def _written(self, covering: str) -> str | None:
        """Find the entry of `origins` that tells which file wrote a source."""
        spellings = [f"sources.{covering}"]
        if covering.startswith("segments.*."):
            spellings.append(f"sources.everyone.{covering.removeprefix('segments.*.')}")
        found = (self._first.get(one) for one in spellings)
        return next((key for key in found if key is not None), None)


def tables_of(path: str) -> list[str]:
    """List the tables that a path is in, the innermost last.

    >>> tables_of("push.latency.median")
    ['push', 'push.latency']
    """
    return [path[:at] for at, letter in enumerate(path) if letter == "."]


def _kind(source: Source) -> EvidenceKind:
    return (
        "cited"
        if source.source is not None
        else "assumed"
        if source.assumed is not None
        else "because"
    )
