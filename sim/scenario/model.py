"""A scenario, checked: from resolved tables to a `Scenario`, or to the full list of their faults.

Every fault is reported at the file that set the faulty value.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.errors import Fault, ScenarioError
from sim.paths import allowed, allowing
from sim.scenario.checks import cross_faults
from sim.scenario.faults import faults_of, place_of
from sim.scenario.keeping import kept
from sim.scenario.observed import with_files_read
from sim.scenario.patching import (
    PatchError,
    Raw,
    layered,
    merged,
    nested,
    paths_set,
    quoted,
    spread,
)
from sim.scenario.policies import changes_rows, name_faults, together_faults
from sim.scenario.quantities import NOT_EVER
from sim.scenario.recipients import Looks, Reaction, Segment
from sim.scenario.sections import NOT_PARAMETERS, REGRETS, ScenarioFields
from sim.scenario.suggestions import did_you_mean, said
from sim.scenario.traffic import KINDS, Campaign, Sequence, Stream, Trace

__all__ = [
    "KINDS",
    "NOT_EVER",
    "Campaign",
    "Looks",
    "Reaction",
    "Scenario",
    "Segment",
    "Sequence",
    "Stream",
    "Trace",
]

Origins = dict[str, str]
"""Which file or patch set a path; whoever is overridden stands before whoever overrides."""


class Scenario(ScenarioFields):
    """A whole scenario, resolved: what `extends` brought is merged in.

    Get one from `load` or `parse`.
    """

    def patched(self, patch: Mapping[str, Any], *, by: str = "a patch") -> Scenario:
        """Return this scenario with parameters changed: nested tables, or dotted paths such as
        `"send.hold"`.

        Segments are addressed by name, or `*` for all; `by` names who changes them. Raises
        `ScenarioError` naming every fault of the patch.

        >>> import sim
        >>> sim.load("scenarios/linkedin_dm.toml").patched({"send.hold": "10 s"}).send.usual_hold
        10000000
        """
        with allowing(self._allowed):
            new, faults = _patched(self.raw, patch, self.file, Path(self.folder), "", self)
        if faults or new is None:
            raise ScenarioError(list(dict.fromkeys(faults)))
        origins = layered(self.origins, nested(patch), new.raw, f"by {by}")
        new = _labelled(new, new.raw, self.file, self.folder, origins)
        new._allowed = self._allowed
        return new

    def with_policy(self, name: str, patch: Mapping[str, Any]) -> Scenario:
        """Return this scenario with one more policy, or another patch for one that it has.

        Raises `ScenarioError` naming every fault of the patch.

        >>> import sim
        >>> sim.load("linkedin_dm").with_policy("hold 1 min", {"send.hold": "1 min"}).policy_names()[-1]
        'hold 1 min'
        """
        if faults := name_faults({name: patch}, self.file):
            raise ScenarioError(faults)
        try:
            policy = {"policies": {name: nested(patch)}}
        except PatchError as error:
            path = f"policies.{quoted(name)}{error.path}"
            raise ScenarioError([Fault(self.file, path, error.problem, error.remedy)]) from None
        raw = copy.deepcopy(self.raw)
        raw["policies"] = raw.get("policies", {}) | policy["policies"]
        origins = layered(self.origins, policy, raw, "by a patch")
        return build(raw, file=self.file, folder=Path(self.folder), origins=origins)

    def under(self, policy: str) -> Scenario:
        """Return the scenario under one of its policies.

        Raises `ScenarioError` for a name it does not have.
        """
        names = self.policy_names()
        if policy not in names:
            problem = f"there is no policy {said(policy)}{did_you_mean(policy, names)}"
            remedy = f"use one of {', '.join(said(name) for name in names)}"
            raise ScenarioError([Fault(self.file, "policies", problem, remedy)])
        new = self.patched(self.policies.get(policy, {}), by=f'policy "{policy}"')
        new._regrets = self.regrets
        if self._regrets is None and set(REGRETS) & set(nested(self.policies.get(names[0], {}))):
            new._regrets = self.patched(self.policies[names[0]]).regrets
        return new


def build(
    raw: Raw, *, file: str, folder: Path, origins: Mapping[str, str] | None = None
) -> Scenario:
    """Check resolved tables and make the scenario.

    Raises `ScenarioError` with every fault of it and its policies.
    """
    written, origins = raw, dict(origins or {})
    raw = spread(copy.deepcopy(raw))
    if too_many := together_faults(raw, file):
        raise ScenarioError(too_many)
    faults = _everyone_faults(written, file) + with_files_read(raw, file, folder)
    scenario, more = _checked(raw, file, "")
    faults += more
    faults += name_faults(raw.get("policies"), file)
    known = list(faults)
    for name, patch in _policies(raw):
        prefix = f"policies.{quoted(name)}."
        found = (
            changes_rows(patch, file, prefix)
            or (_patched(raw, patch, file, folder, prefix, scenario)[1])
        )
        faults += [fault for fault in found if _is_new(fault, prefix, patch, raw, known)]
    if faults or scenario is None:
        found_at_home = [_at_home(_at_everyone(fault, written), origins) for fault in faults]
        raise ScenarioError(list(dict.fromkeys(found_at_home)))
    scenario = _labelled(scenario, raw, file, str(folder), origins)
    scenario._allowed = allowed()
    return scenario


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


def _labelled(scenario: Scenario, raw: Raw, file: str, folder: str, origins: Origins) -> Scenario:
    scenario._raw, scenario._file, scenario._folder, scenario._origins = raw, file, folder, origins
    return scenario


def _checked(
    raw: Raw, file: str, prefix: str, before: Scenario | None = None
) -> tuple[Scenario | None, list[Fault]]:
    """Validate tables, but not what is as it was in the scenario `before`.

    With faults, also look for faults of the whole in what is left without the faulty values.
    """

    def made(tables: Raw) -> Scenario:
        return Scenario.model_validate(kept(tables, before.raw, before) if before else tables)

    try:
        scenario, faults = made(raw), []
    except ValidationError as error:
        faults = faults_of(error, Scenario, raw, file, prefix)
        rest = _without(
            raw, [place_of(item["loc"], raw, Scenario) for item in error.errors(include_url=False)]
        )
        try:
            scenario = made(rest)
        except ValidationError:
            return None, faults
        raw = rest
    scenario._raw = raw
    faulty = [fault.path.removeprefix(prefix) for fault in faults]
    found = [one for one in cross_faults(scenario, before) if not one.rests_on(faulty)]
    return scenario, faults + [
        Fault(file, prefix + one.path, one.problem, one.remedy) for one in found
    ]


def _without(raw: Raw, places: list[tuple[str | int, ...]]) -> Raw:
    """Give tables without the values at some places; the rest is shared."""
    for place in places:
        raw = _dropped(raw, place)
    return raw


def _dropped(tables: Any, place: tuple[str | int, ...]) -> Any:
    key, *rest = place or ("",)
    if isinstance(tables, dict) and key in tables:
        if not rest:
            return {name: value for name, value in tables.items() if name != key}
        return tables | {key: _dropped(tables[key], tuple(rest))}
    if isinstance(tables, list) and isinstance(key, int) and rest:
        return [_dropped(one, tuple(rest)) if at == key else one for at, one in enumerate(tables)]
    return tables


def _patched(
    raw: Raw,
    patch: Mapping[str, Any],
    file: str,
    folder: Path,
    prefix: str,
    before: Scenario | None,
) -> tuple[Scenario | None, list[Fault]]:
    """Merge a patch into resolved tables and check the result; `before` is their scenario, if there
    is one.

    Its faults are reported at their place in the patch.
    """
    try:
        opened = nested(patch)
    except PatchError as error:
        return None, [Fault(file, prefix + error.path, error.problem, error.remedy)]
    barred = [
        Fault(file, f"{prefix}{key}", "cannot be changed by a patch", "change parameters only")
        for key in opened
        if key in NOT_PARAMETERS
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
        whole = merged(raw, copy.deepcopy(opened))
    except PatchError as error:
        return None, [Fault(file, prefix + error.path, error.problem, error.remedy)]
    faults = with_files_read(whole, file, folder, prefix, before=raw)
    scenario, more = _checked(whole, file, prefix, before)
    return scenario, faults + more
