"""From a TOML file to a `Scenario`, or to the full list of its faults.

A TOML file is data: `extends` may name the catalogue or files of the same folder (or below),
nothing else. Every fault is told at the file that set the faulty value.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from sim.errors import Fault, ScenarioError
from sim.scenario.catalogued import catalogued
from sim.scenario.checks import cross_faults
from sim.scenario.faults import NOT_FOR_POLICIES, faults_of, place_of
from sim.scenario.model import Scenario
from sim.scenario.observed import with_files_read
from sim.scenario.patching import (
    PatchError,
    Raw,
    joined,
    layered,
    merged,
    nested,
    paths_set,
    quoted,
    spread,
)
from sim.scenario.policies import changes_rows, name_faults
from sim.scenario.suggestions import did_you_mean, said

S = TypeVar("S", bound=Scenario)
Origins = dict[str, str]
"""Which file or patch set a path; whoever is overridden stands before whoever overrides."""

OWN = ("extends", "checks")
"""Keys that a file does not take over from the file it extends: claims are about the answers of
their own file."""

DEEPEST = 40
"""Tables in tables in tables: more levels than any parameter has."""


def load(path: str | Path) -> Scenario:
    """Read and check a scenario file. Raises `ScenarioError` with every fault found in it.

    >>> load("scenarios/linkedin_dm.toml").run.horizon > 0
    True
    """
    file, shown = Path(path), str(path)
    text = read_text(file, shown)
    folder = file.resolve().parent
    raw, origins = _extended(_parsed(text, shown), shown, folder, folder, (str(file.resolve()),))
    return build(raw, file=shown, folder=folder, origins=origins)


def parse(text: str, *, folder: str | Path = ".") -> Scenario:
    """Read and check a scenario given as TOML text; paths in it are taken from `folder`.

    Raises as `load` does.
    """
    home = Path(folder).resolve()
    raw, origins = _extended(_parsed(text, "scenario"), "scenario", home, home, ())
    return build(raw, file="scenario", folder=home, origins=origins)


def _one(file: str, path: str, problem: str, remedy: str) -> ScenarioError:
    return ScenarioError([Fault(file, path, problem, remedy)])


def read_text(file: Path, shown: str) -> str:
    """Read a UTF-8 text file.

    Raises `ScenarioError` if it is missing, a folder, unreadable or not UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _one(shown, "", "there is no such file", "check the path") from None
    except IsADirectoryError:
        raise _one(shown, "", "is a folder, not a file", "name a .toml file in it") from None
    except UnicodeDecodeError as error:
        raise _one(
            shown, "", f"is not UTF-8 text (byte {error.start})", "save it as UTF-8"
        ) from None
    except OSError as error:
        raise _one(
            shown, "", f"cannot be read ({error.strerror})", "check the path and its permissions"
        ) from None
    except ValueError:
        raise _one(shown, "", "is not a path", "name a .toml file") from None


def _parsed(text: str, shown: str) -> Raw:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _one(shown, "", f"is not TOML: {error}", "correct the syntax there") from None
    except RecursionError:
        raise _one(
            shown, "", f"is nested more than {DEEPEST} levels deep", "flatten the tables"
        ) from None
    except ValueError:  # Python reads no whole number of more than 4,300 digits
        raise _one(
            shown, "", "holds a number with thousands of digits", "write an ordinary number"
        ) from None
    level: list[object] = [tables]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    if level:
        raise _one(shown, "", f"is nested more than {DEEPEST} levels deep", "flatten the tables")
    return tables


def _extended(
    raw: Raw, shown: str, folder: Path, root: Path, seen: tuple[str, ...]
) -> tuple[Raw, Origins]:
    """Merge tables into those they extend, one after the other.

    No file may be read outside of the folder `root`.
    """
    base: Raw = {}
    origins: Origins = {}
    for path, name in parents(raw.get("extends")):
        more, theirs = _parent(name, path, shown, folder, root, seen)
        base = _onto(base, more, shown)
        origins = joined(origins, more, base, theirs)
    whole = _onto(base, raw, shown)
    return whole, layered(origins, raw, whole, shown)


def parents(told: object) -> list[tuple[str, str]]:
    """List what `extends` names, each with its place.

    What is not a name is left to the checks of the whole.
    """
    if isinstance(told, list):
        return [
            (f"extends[{number}]", name)
            for number, name in enumerate(told)
            if isinstance(name, str)
        ]
    return [("extends", told)] if isinstance(told, str) else []


def _onto(base: Raw, raw: Raw, shown: str) -> Raw:
    try:
        return merged({k: v for k, v in base.items() if k not in OWN}, raw)
    except PatchError as error:
        raise _one(shown, error.path, error.problem, error.remedy) from None


def _parent(
    name: str, path: str, shown: str, folder: Path, root: Path, seen: tuple[str, ...]
) -> tuple[Raw, Origins]:
    if name.startswith("platform:"):
        return catalogued(name.removeprefix("platform:"), at=shown, path=path)
    try:
        file = (folder / name).resolve()
        found = file.is_file()
    except (OSError, ValueError):
        raise _one(
            shown, path, f"{said(name)} is not a path", "name a file in the same folder"
        ) from None
    if Path(name).is_absolute() or not file.is_relative_to(root):
        raise _one(
            shown,
            path,
            f"{said(name)} is outside the scenario's folder",
            "name a file in the same folder",
        )
    if str(file) in seen:
        chain = " -> ".join(Path(one).name for one in (*seen[seen.index(str(file)) :], str(file)))
        raise _one(shown, path, f"goes in a circle ({chain})", "break it")
    if not found:
        raise _one(
            shown,
            path,
            f"there is no file {said(name)}",
            "name a file in the same folder, or platform:ID",
        )
    called = str(Path(shown).parent / name)
    return _extended(
        _parsed(read_text(file, called), called), called, file.parent, root, (*seen, str(file))
    )


def build(
    raw: Raw, *, file: str, folder: Path, origins: Mapping[str, str] | None = None
) -> Scenario:
    """Check resolved tables and make the scenario.

    Raises `ScenarioError` with every fault of it and its policies.
    """
    written, origins = raw, dict(origins or {})
    raw = spread(copy.deepcopy(raw))
    faults = _everyone_faults(written, file) + with_files_read(raw, file, folder)
    scenario, more = _checked(Scenario, raw, file, "")
    faults += more
    faults += name_faults(raw.get("policies"), file)
    known = list(faults)
    for name, patch in _policies(raw):
        prefix = f"policies.{quoted(name)}."
        found = (
            changes_rows(patch, file, prefix)
            or _patched(Scenario, raw, patch, file, folder, prefix)[1]
        )
        faults += [fault for fault in found if _is_new(fault, prefix, patch, raw, known)]
    if faults or scenario is None:
        told = [_at_home(_at_everyone(fault, written), origins) for fault in faults]
        raise ScenarioError(list(dict.fromkeys(told)))
    return _labelled(scenario, raw, file, str(folder), origins)


def rebuilt(raw: Raw, *, folder: str, file: str = "scenario") -> Scenario:
    """Make the scenario of resolved tables that were checked before, whole and with files read: a
    tenth of the time.
    """
    return _labelled(Scenario.model_validate(raw), raw, file, folder, {})


def _is_new(fault: Fault, prefix: str, patch: Raw, raw: Raw, known: list[Fault]) -> bool:
    """Tell whether a fault under a policy is the policy's own, and not one of the scenario before
    it.
    """
    path = fault.path.removeprefix(prefix)
    same_place = [one for one in known if one.path == path]
    own = any(
        f"{p}.".startswith(f"{path}.") or path.startswith(f"{p}.")
        for p in paths_set(nested(patch), raw)
    )
    return not same_place or (own and all(one.problem != fault.problem for one in same_place))


def _policies(raw: Raw) -> list[tuple[str, Raw]]:
    policies = raw.get("policies")
    tables = policies.items() if isinstance(policies, dict) else ()
    return [(name, patch) for name, patch in tables if isinstance(patch, dict)]


def _everyone_faults(raw: Raw, file: str) -> list[Fault]:
    """Check what only `[everyone]` can have wrong.

    The rest is found in the segments it is spread over.
    """
    everyone = raw.get("everyone", {})
    if not isinstance(everyone, dict):
        return [
            Fault(
                file,
                "everyone",
                f"{said(everyone)} is not a table of keys",
                "write [everyone] above the keys",
            )
        ]
    if "name" in everyone:
        return [Fault(file, "everyone.name", "segments cannot share a name", "name each segment")]
    return []


def _at_everyone(fault: Fault, written: Raw) -> Fault:
    """Tell a fault that `[everyone]` brought into a segment at its place in `[everyone]`."""
    segments, sources = written.get("segments"), written.get("sources")
    as_written = fault.path.removeprefix('sources."segments.*')
    name = f"everyone{as_written.partition(chr(34))[0]}"
    if as_written != fault.path and isinstance(sources, dict) and name in sources:
        return replace(fault, path=f'sources."everyone{as_written}')
    for one in segments if isinstance(segments, list) else ():
        start = (
            f"segments.{quoted(str(one['name']))}."
            if isinstance(one, dict) and "name" in one
            else "segments.?."
        )
        rest = fault.path.removeprefix(start)
        if rest != fault.path and not _is_set(one, rest) and _is_set(written.get("everyone"), rest):
            return replace(fault, path=f"everyone.{rest}")
    return fault


def _is_set(tables: object, path: str) -> bool:
    """Tell whether tables hold a value at a dotted path, or one there that is not a table."""
    for key in path.split("."):
        if not isinstance(tables, dict):
            return tables is not None
        if key not in tables:
            return False
        tables = tables[key]
    return True


def _at_home(fault: Fault, origins: Mapping[str, str]) -> Fault:
    """Tell a fault at the file that set the faulty value.

    What several files made together stays where it is.
    """
    path = fault.path.replace('"', "")
    setters = {who for key, who in origins.items() if key == path or key.startswith(f"{path}.")}
    setters = setters or {who for key, who in origins.items() if key and path.startswith(f"{key}.")}
    return replace(fault, file=setters.pop()) if len(setters) == 1 else fault


def _labelled(scenario: S, raw: Raw, file: str, folder: str, origins: Origins) -> S:
    scenario._raw, scenario._file, scenario._folder, scenario._origins = raw, file, folder, origins
    return scenario


def _checked(model: type[S], raw: Raw, file: str, prefix: str) -> tuple[S | None, list[Fault]]:
    """Validate tables.

    With faults, also look for faults of the whole in what is left without the faulty values.
    """
    try:
        scenario, faults = model.model_validate(raw), []
    except ValidationError as error:
        faults = faults_of(error, model, raw, file, prefix)
        rest = _without(
            raw, [place_of(item["loc"], raw) for item in error.errors(include_url=False)]
        )
        try:
            scenario = model.model_validate(rest)
        except ValidationError:
            return None, faults
        raw = rest
    scenario._raw = raw
    faulty = [fault.path.removeprefix(prefix) for fault in faults]
    found = [one for one in cross_faults(scenario) if not one.rests_on(faulty)]
    return scenario, faults + [
        Fault(file, prefix + one.path, one.problem, one.remedy) for one in found
    ]


def _without(raw: Raw, places: list[tuple[str | int, ...]]) -> Raw:
    """Copy tables without the values at some places."""
    out = copy.deepcopy(raw)
    for place in places:
        table: Any = out
        for key in place[:-1]:
            inside = isinstance(table, dict) and key in table
            table = (
                table[key] if inside or (isinstance(table, list) and isinstance(key, int)) else {}
            )
        if place and isinstance(table, dict):
            table.pop(place[-1], None)
    return out


def _patched(
    model: type[S], raw: Raw, patch: Mapping[str, Any], file: str, folder: Path, prefix: str
) -> tuple[S | None, list[Fault]]:
    """Merge a patch into resolved tables and check the result.

    Its faults are told at their place in the patch.
    """
    opened = nested(patch)
    barred = [
        Fault(file, f"{prefix}{key}", "cannot be changed by a patch", "change parameters only")
        for key in opened
        if key in NOT_FOR_POLICIES
    ]
    if "everyone" in opened:
        barred.append(
            Fault(
                file,
                f"{prefix}everyone",
                "cannot be changed by a patch",
                'write segments."*" for all segments',
            )
        )
    if barred:
        return None, barred
    try:
        whole = copy.deepcopy(merged(raw, opened))
    except PatchError as error:
        return None, [Fault(file, prefix + error.path, error.problem, error.remedy)]
    faults = with_files_read(whole, file, folder, prefix)
    scenario, more = _checked(model, whole, file, prefix)
    return scenario, faults + more


def patched(scenario: S, patch: Mapping[str, Any], *, by: str = "a patch") -> S:
    """Return a scenario with a patch merged in; `by` names who changed it.

    Raises `ScenarioError`.
    """
    folder = Path(scenario.folder)
    new, faults = _patched(type(scenario), scenario.raw, patch, scenario.file, folder, "")
    if faults or new is None:
        raise ScenarioError(list(dict.fromkeys(faults)))
    origins = layered(scenario.origins, nested(patch), new.raw, f"by {by}")
    return _labelled(new, new.raw, scenario.file, scenario.folder, origins)


def under(scenario: S, policy: str) -> S:
    """Return a scenario under one of its policies.

    Raises `ScenarioError` for a name it does not have.
    """
    names = scenario.policy_names()
    if policy not in names:
        problem = f"there is no policy {said(policy)}{did_you_mean(policy, names)}"
        raise _one(
            scenario.file,
            "policies",
            problem,
            f"use one of {', '.join(said(name) for name in names)}",
        )
    return patched(scenario, scenario.policies.get(policy, {}), by=f'policy "{policy}"')
