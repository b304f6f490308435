"""The scenario a sweep starts from, on its own platform or on another, with the sweep's policies
and seed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import Fault, ScenarioError
from sim.running import chosen
from sim.scenario.catalogued import catalogued
from sim.scenario.model import Scenario, build
from sim.scenario.observed import with_files_read
from sim.scenario.patching import Raw, joined, layered, merged, nested
from sim.scenario.peopled import with_people
from sim.scenario.reading import OWN, load, parents, parsed, read_text
from sim.scenario.shipped import located
from sim.scenario.suggestions import did_you_mean, said
from sim.sweeping.design.file import SweepFile
from sim.sweeping.planning.cells import ASIDE

Loader = Callable[[str | None], Scenario]
"""Gives the base scenario as it is (None) or on a platform of the catalogue."""


@dataclass(frozen=True)
class Base:
    """A base scenario; `bare` is the same without policies and sources, for checking patches fast.

    `policies` are the patches of the policies to play, the baseline first, with files read.
    """

    scenario: Scenario
    bare: Scenario
    policies: dict[str, Raw]


def base_of(scenario: Scenario, sweep: SweepFile, shown: str) -> Base:
    """Add a sweep's policies and seed to a scenario.

    Raises `ScenarioError` with every fault of them.
    """
    own = dict(scenario.policies) or ({scenario.policy_names()[0]: {}} if sweep.policies else {})
    added: Raw = {"policies": sweep.policies} | (
        {} if sweep.seed is None else {"run": {"seed": sweep.seed}}
    )
    raw = merged(scenario.raw | {"policies": own}, added)
    folder = Path(scenario.folder)
    whole = build(
        raw, file=scenario.file, folder=folder, origins=layered(scenario.origins, added, raw, shown)
    )
    for name in sweep.play or ():
        if name not in whole.policy_names():
            problem = f"there is no policy {said(name)}{did_you_mean(name, whole.policy_names())}"
            known = ", ".join(said(one) for one in whole.policy_names())
            raise ScenarioError([Fault(shown, "play", problem, f"use one of {known}")])
    names = chosen(whole, sweep.play)
    policies = {name: nested(copy.deepcopy(whole.policies.get(name, {}))) for name in names}
    for patch in policies.values():
        with_files_read(patch, whole.file, folder)
    bare = {key: value for key, value in whole.raw.items() if key not in ASIDE}
    return Base(whole, build(bare, file=scenario.file, folder=folder), policies)


def from_file(path: Path, shown: str) -> Loader:
    """Give what loads a scenario file as it is, or on another platform: with that one below all its
    files.
    """

    def on(platform: str | None) -> Scenario:
        own = load(path)
        return own if platform is None else _on_platform(path, platform, shown)

    return on


def from_scenario(scenario: Scenario) -> Loader:
    """Give what returns a scenario that is there already.

    It is on no other platform than its own.
    """

    def on(platform: str | None) -> Scenario:
        if platform is not None:
            problem = "a scenario from Python is on the platform it was loaded with"
            raise ScenarioError(
                [Fault("sweep", "platform", problem, "name the scenario's file instead")]
            )
        return scenario

    return on


def _on_platform(path: Path, platform: str, shown: str) -> Scenario:
    steps = list(_steps(path))
    raw: Raw = {}
    origins: dict[str, str] = {}
    for step in steps if None in steps else [None, *steps]:
        raw = {key: value for key, value in raw.items() if key not in OWN}
        if step is None:
            tables, theirs = catalogued(platform, at=shown, path="axis.platform")
            raw = merged(raw, tables)
            origins = joined(origins, tables, raw, theirs)
        else:
            file, tables = step
            raw = merged(raw, tables)
            origins = layered(origins, tables, raw, str(file))
    raw, origins = with_people(raw, origins, str(path))
    return build(raw, file=str(path), folder=path.resolve().parent, origins=origins)


def _steps(file: Path) -> Iterator[tuple[Path, Raw] | None]:
    """Yield the files that a file builds on and itself, in the order they are merged.

    None where a platform stands.
    """
    tables = parsed(read_text(file, str(file)), str(file))
    for _, name in parents(tables.get("extends")):
        if name.startswith("platform:"):
            yield None
        elif name.startswith("scenario:"):
            yield from _steps(located(name.removeprefix("scenario:")))
        else:
            yield from _steps(file.parent / name)
    yield file, tables


def checked_patch(patch: Raw, base: Base, shown: str, at: str) -> Raw:
    """Give a patch with files of observed values read. Raises `ScenarioError` if one cannot be."""
    read: dict[str, Any] = copy.deepcopy(patch)
    if faults := with_files_read(read, shown, Path(base.scenario.folder), f"{at}, "):
        raise ScenarioError(faults)
    return read
