"""From a TOML file to a `Scenario`, or to the full list of its faults.

A TOML file is data: `extends` may name the catalogue or a file of the same folder (or below), nothing else.
"""

from __future__ import annotations

import copy
import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from sim import platforms
from sim.errors import Fault, ScenarioError
from sim.scenario.checks import cross_faults
from sim.scenario.faults import faults_of, place_of
from sim.scenario.model import Scenario
from sim.scenario.patching import PatchError, Raw, leaves, merged, nested

S = TypeVar("S", bound=Scenario)


def load(path: str | Path) -> Scenario:
    """Read and check a scenario file. Raises `ScenarioError` with every fault found in it.

    >>> load("scenarios/linkedin_dm.toml").run.horizon > 0
    True
    """
    file = Path(path)
    raw, origins = _resolved(file, str(path), file.resolve().parent, ())
    return build(raw, file=str(path), folder=file.resolve().parent, origins=origins)


def parse(text: str, *, folder: str | Path = ".") -> Scenario:
    """Read and check a scenario given as TOML text; paths in it are taken from `folder`. Raises as `load` does."""
    raw, origins = _extended(_parsed(text, "scenario"), "scenario", Path(folder).resolve(), ())
    return build(raw, file="scenario", folder=Path(folder).resolve(), origins=origins)


def _one(file: str, path: str, problem: str, remedy: str) -> ScenarioError:
    return ScenarioError([Fault(file, path, problem, remedy)])


def read_text(file: Path, shown: str) -> str:
    """Read a UTF-8 text file. Raises `ScenarioError` if it is missing, a folder, unreadable or not UTF-8."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _one(shown, "", "there is no such file", "check the path") from None
    except IsADirectoryError:
        raise _one(shown, "", "is a folder, not a file", "name a .toml file in it") from None
    except UnicodeDecodeError as error:
        raise _one(shown, "", f"is not UTF-8 text (byte {error.start})", "save it as UTF-8") from None
    except (OSError, ValueError) as error:
        raise _one(shown, "", f"cannot be read ({error})", "check the path and its permissions") from None


def _parsed(text: str, shown: str) -> Raw:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _one(shown, "", f"is not TOML: {error}", "correct the syntax there") from None
    except RecursionError:
        raise _one(shown, "", "is nested too deeply", "flatten the tables") from None


def _resolved(file: Path, shown: str, root: Path, seen: tuple[str, ...]) -> tuple[Raw, dict[str, str]]:
    """Read a file and what it extends; `root` is the folder no file may be read outside of."""
    return _extended(_parsed(read_text(file, shown), shown), shown, root, (*seen, str(file.resolve())))


def _extended(raw: Raw, shown: str, root: Path, seen: tuple[str, ...]) -> tuple[Raw, dict[str, str]]:
    parent = raw.get("extends")
    base: Raw = {}
    origins: dict[str, str] = {}
    if isinstance(parent, str):
        base, origins = _parent(parent, shown, root, seen)
    try:
        whole = merged({k: v for k, v in base.items() if k != "extends"}, raw)
    except PatchError as error:
        raise _one(shown, error.path, error.problem, error.remedy) from None
    leaves(raw, lambda path: origins.__setitem__(path, shown))
    return whole, origins


def _parent(name: str, shown: str, root: Path, seen: tuple[str, ...]) -> tuple[Raw, dict[str, str]]:
    if name.startswith("platform:"):
        known = platforms.names()
        text = platforms.text(name.removeprefix("platform:"))
        if text is None:
            raise _one(shown, "extends", f'there is no "{name}"', f"use one of {', '.join(f'platform:{n}' for n in known)}")
        raw = _parsed(text, name)
        origins: dict[str, str] = {}
        leaves(raw, lambda path: origins.__setitem__(path, name))
        return raw, origins
    file = (root / name).resolve()
    if Path(name).is_absolute() or not file.is_relative_to(root):
        raise _one(shown, "extends", f'"{name}" is outside the scenario\'s folder', "name a file in the same folder")
    if str(file) in seen:
        chain = " -> ".join(Path(one).name for one in (*seen[seen.index(str(file)) :], str(file)))
        raise _one(shown, "extends", f"goes in a circle ({chain})", "break it")
    if not file.is_file():
        raise _one(shown, "extends", f'there is no file "{name}"', "name a file in the same folder, or platform:ID")
    return _resolved(file, name, root, seen)


def build(raw: Raw, *, file: str, folder: Path, origins: Mapping[str, str] | None = None) -> Scenario:
    """Check resolved tables and make the scenario. Raises `ScenarioError` with every fault of it and its policies."""
    everyone = raw.get("everyone")
    raw, faults = _with_files_read(copy.deepcopy(raw), file, folder)
    raw = _spread(raw)
    scenario, more = _checked(Scenario, raw, file, "")
    faults += more
    if scenario is not None:
        for name, patch in scenario.policies.items():
            faults += [f for f in _patched(Scenario, scenario.raw, patch, file, folder, f"policies.{name}.")[1]
                       if f not in faults]  # fmt: skip
    if faults or scenario is None:
        raise ScenarioError(_without_repeats([_at_everyone(fault, everyone) for fault in faults]))
    return _labelled(scenario, raw, file, str(folder), dict(origins or {}))


def _spread(raw: Raw) -> Raw:
    """Put what `[everyone]` says under every segment that does not say otherwise."""
    everyone, segments = raw.get("everyone"), raw.get("segments")
    if not isinstance(everyone, dict) or not isinstance(segments, list):
        return raw
    out = {key: value for key, value in raw.items() if key != "everyone"}
    out["segments"] = [merged(everyone, one) if isinstance(one, dict) else one for one in segments]
    if isinstance(raw.get("sources"), dict):
        out["sources"] = {re.sub(r"^everyone\b", "segments.*", path): told for path, told in raw["sources"].items()}
    return out


def _at_everyone(fault: Fault, everyone: object) -> Fault:
    """Tell a fault that `[everyone]` brought into a segment at its place in `[everyone]`."""
    match = re.fullmatch(r"segments\.[^.]+\.(.+)", fault.path)
    inside: object = everyone
    for key in match[1].split(".") if match else ["?"]:
        if not isinstance(inside, dict) or key not in inside:
            return fault
        inside = inside[key]
    assert match is not None
    return Fault(fault.file, f"everyone.{match[1]}", fault.problem, fault.remedy)


def _labelled(scenario: S, raw: Raw, file: str, folder: str, origins: dict[str, str]) -> S:
    scenario._raw, scenario._file, scenario._folder, scenario._origins = raw, file, folder, origins
    return scenario


def _checked(model: type[S], raw: Raw, file: str, prefix: str) -> tuple[S | None, list[Fault]]:
    """Validate tables. With faults, also look for faults of the whole in what is left without the faulty values."""
    try:
        scenario, faults = model.model_validate(raw), []
    except ValidationError as error:
        faults = faults_of(error, model, raw, file, prefix)
        rest = _without(raw, [place_of(item["loc"], raw) for item in error.errors(include_url=False)])
        try:
            scenario = model.model_validate(rest)
        except ValidationError:
            return None, faults
        raw = rest
    scenario._raw = raw
    return scenario, faults + [Fault(file, prefix + at, problem, remedy) for at, problem, remedy in cross_faults(scenario)]


def _without(raw: Raw, places: list[tuple[str | int, ...]]) -> Raw:
    """Copy tables without the values at some places."""
    out = copy.deepcopy(raw)
    for place in places:
        table: Any = out
        for key in place[:-1]:
            table = table[key] if isinstance(table, dict) and key in table or isinstance(table, list) else {}
        if place and isinstance(table, dict):
            table.pop(place[-1], None)
    return out


def _patched(
    model: type[S], raw: Raw, patch: Mapping[str, Any], file: str, folder: Path, prefix: str
) -> tuple[S | None, list[Fault]]:
    """Merge a patch into resolved tables and check the result; its faults are told at their place in the patch."""
    barred = [key for key in nested(patch) if key in ("schema", "extends", "policies", "sources", "baseline")]
    if barred:
        return None, [Fault(file, f"{prefix}{key}", "cannot be patched", "patch parameters only") for key in barred]
    try:
        whole = merged(raw, nested(patch))
    except PatchError as error:
        return None, [Fault(file, prefix + error.path, error.problem, error.remedy)]
    whole, faults = _with_files_read(whole, file, folder)
    scenario, more = _checked(model, whole, file, prefix)
    return scenario, faults + more


def patched(scenario: S, patch: Mapping[str, Any], *, by: str = "a patch") -> S:
    """Return a scenario with a patch merged in; `by` names who changed it. Raises `ScenarioError`."""
    folder = Path(scenario.folder)
    new, faults = _patched(type(scenario), scenario.raw, patch, scenario.file, folder, "")
    if faults or new is None:
        raise ScenarioError(_without_repeats(faults))
    origins = dict(scenario.origins)
    leaves(nested(patch), lambda path: origins.__setitem__(path, by))
    return _labelled(new, new.raw, scenario.file, scenario.folder, origins)


def under(scenario: S, policy: str) -> S:
    """Return a scenario under one of its policies. Raises `ScenarioError` for a name it does not have."""
    if policy not in scenario.policy_names():
        known = ", ".join(f'"{name}"' for name in scenario.policy_names())
        raise _one(scenario.file, "policies", f'there is no policy "{policy}"', f"use one of {known}")
    return patched(scenario, scenario.policies.get(policy, {}), by=f'policy "{policy}"')


def _without_repeats(faults: list[Fault]) -> list[Fault]:
    """Keep one fault per place and problem: a fault of the base shows again in every policy."""
    return list({(f.path.split(".", 2)[-1] if f.path.startswith("policies.") else f.path, f.problem): f
                 for f in reversed(faults)}.values())[::-1]  # fmt: skip


def _with_files_read(raw: Raw, file: str, folder: Path) -> tuple[Raw, list[Fault]]:
    """Put the values of empirical distributions' files in place of the files' names."""
    faults: list[Fault] = []
    for at, law in list(_empirical(raw, "")):
        try:
            law.update(_quantile_table(folder / str(law["file"]), law.get("column"), law.get("unit")))
            for key in ("file", "column", "unit"):
                law.pop(key, None)
        except (OSError, ValueError, KeyError) as error:
            faults.append(Fault(file, f"{at}.file", f"{law['file']} cannot be used ({error})", "correct the file or its path"))
            law.update(p=[0.0, 1.0], values=["1 s", "2 s"] if law.pop("unit", None) else [1.0, 2.0])
            law.pop("file"), law.pop("column", None)
    return raw, faults


def _empirical(tables: object, at: str) -> Iterator[tuple[str, Raw]]:
    if isinstance(tables, dict):
        if tables.get("dist") == "empirical" and "file" in tables and "p" not in tables and "values" not in tables:
            yield at, tables
        for key, value in tables.items():
            if key not in ("policies", "sources"):
                yield from _empirical(value, f"{at}.{key}" if at else str(key))
    elif isinstance(tables, list):
        for item in tables:
            yield from _empirical(item, f"{at}.{item['name']}" if isinstance(item, dict) and "name" in item else at)


def _quantile_table(file: Path, column: object, unit: object) -> Raw:
    """Read observed values, one a line under a header, and make the table of their quantiles."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    name = str(column) if column is not None else "value"
    if not rows or name not in rows[0]:
        raise ValueError(f'it has no column "{name}"')
    values = sorted(float(row[name]) for row in rows)
    if len(values) < 2 or not 0 <= values[0] <= values[-1] < float("inf"):
        raise ValueError("it needs two or more finite values, none negative")
    p = [k / (len(values) - 1) for k in range(len(values))]
    return {"p": p, "values": [f"{v:.9f} {unit}" for v in values] if unit else values}
