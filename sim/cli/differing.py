"""The command `diff`: what differs between two scenarios, or two policies of one, resolved, and who
set each value.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.cli.explaining import everything, wrapped
from sim.errors import Fault, ScenarioError
from sim.scenario import Scenario, load
from sim.scenario.patching import nested, quoted


@dataclass(frozen=True, slots=True)
class Value:
    """A value in words, and who set it; `held` is the value itself."""

    words: str
    setter: str
    held: Any


ABSENT = Value("not there", "", None)

Pair = tuple[str, Value, Value]
"""A path with its value in the one and in the other."""


def diff_command(files: list[str], policies: list[str] | None) -> bool:
    """Print every difference on stdout and tell whether there is any."""
    (one, mine), (other, theirs) = _sides(files, policies)
    found = list(differences(mine, theirs))
    width = max(72, min(shutil.get_terminal_size((100, 24)).columns, 110))
    for path, a, b in found:
        sys.stdout.write(f"{path}\n")
        for name, value in ((one, a), (other, b)):
            setter = f" ({value.setter})" if value.setter else ""
            sys.stdout.write(
                "\n".join(wrapped(f"{name}: {value.words}{setter}", width, "  ", "      ")) + "\n"
            )
    return bool(found)


def _sides(
    files: list[str], policies: list[str] | None
) -> tuple[tuple[str, Scenario], tuple[str, Scenario]]:
    """Load what is compared: two files (each under one policy, if it is named), or two policies of
    one file.
    """
    names = policies or []
    if len(files) == 2 and len(names) <= 1:
        a, b = (load(file) for file in files)
        return (files[0], a.under(names[0]) if names else a), (
            files[1],
            b.under(names[0]) if names else b,
        )
    if len(files) == 1 and len(names) == 2:
        scenario = load(files[0])
        return (names[0], scenario.under(names[0])), (names[1], scenario.under(names[1]))
    problem = f"there are {len(files)} files and {len(names)} policies, not two things to compare"
    remedy = "name two files, or one file with --policy ONE --policy OTHER"
    raise ScenarioError([Fault("toolate diff", "", problem, remedy)])


def differences(a: Scenario, b: Scenario) -> Iterator[Pair]:
    """Yield every parameter, and every value of a policy, that differs or is in one only.

    Texts and sources aside.

    >>> import sim
    >>> scenario = sim.load("scenarios/linkedin_dm.toml")
    >>> [(path, old.words, new.words) for path, old, new in differences(scenario, scenario.under("undo 10 s"))]
    [('send.hold', 'always 0 s', 'always 10 s')]
    """
    mine, theirs = _values(a), _values(b)
    for path in dict.fromkeys((*mine, *theirs)):
        one, other = mine.get(path, ABSENT), theirs.get(path, ABSENT)
        if one.held != other.held:
            alike = one.words == other.words  # such as "168 weights of its own"
            yield (
                path,
                one,
                replace(other, words=f"{other.words}, not the same") if alike else other,
            )


def _values(scenario: Scenario) -> dict[str, Value]:
    """Give every value by its path: kind of traffic, parameters, baseline, and what policies
    set.
    """
    out = {"traffic.kind": Value(scenario.traffic.kind, "", scenario.traffic.kind)}
    for entry in everything(scenario):
        setter = entry.evidence.setter
        written = (
            "default of the model"
            if setter is None
            else f"set {setter}"
            if setter[:3] == "by "
            else f"set in {setter}"
        )
        out[entry.path] = Value(entry.value, written, entry.held)
    base = scenario.policy_names()[0]
    out["baseline"] = Value(f'"{base}"', "", base)
    for name, patch in scenario.policies.items():
        at = f"policies.{quoted(name)}"
        out[at] = Value("there", "", True)
        out |= {path: Value(str(value), "", value) for path, value in _leaves(nested(patch), at)}
    return out


def _leaves(table: Mapping[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    """Yield every value of a patch with its path; a distribution is one value."""
    for key, value in table.items():
        path = f"{at}.{quoted(key)}"
        if isinstance(value, Mapping) and "dist" not in value:
            yield from _leaves(value, path)
        else:
            yield path, value
