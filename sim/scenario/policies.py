"""What a policy may not be: unprintable, or a patch that changes which messages there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.errors import Fault
from sim.scenario.patching import nested, quoted
from sim.scenario.suggestions import said

ROWS = ("run", "traffic")
TEXT_ONLY = ("message", "length")

MOST_TOGETHER = 20_000
"""Policies times segments: each policy is checked, and told, for each segment."""


def together_faults(raw: Mapping[str, Any], file: str) -> list[Fault]:
    """Refuse more policies of more segments than can be checked while somebody waits."""
    policies, segments = (raw.get(key) or () for key in ("policies", "segments"))
    if not isinstance(policies, Mapping) or not isinstance(segments, list):
        return []
    if len(policies) * len(segments) <= MOST_TOGETHER:
        return []
    problem = f"{len(policies):,} policies of {len(segments):,} segments are too many together"
    remedy = f"keep policies times segments at {MOST_TOGETHER:,} or less, in several files"
    return [Fault(file, "policies", problem, remedy)]


def changes_rows(patch: Mapping[str, Any], file: str, prefix: str) -> list[Fault]:
    """Refuse a policy that changes which messages there are: it could not be compared message by
    message.
    """
    opened = nested(patch)
    paths = [key for key in ROWS if key in opened and not isinstance(opened[key], dict)]
    paths += [
        f"{key}.{name}"
        for key in ROWS
        if isinstance(opened.get(key), dict)
        for name in opened[key]
        if not (key == "traffic" and name in TEXT_ONLY)
    ]
    return [
        Fault(
            file,
            prefix + path,
            "a policy cannot change which messages there are, or when they are observed",
            "make it a scenario of its own that extends this one",
        )
        for path in paths
    ]


def name_faults(policies: object, file: str) -> list[Fault]:
    """Refuse names of policies that cannot be printed on one line."""
    remedy = "give it a name of ordinary characters"
    return [
        Fault(
            file,
            f"policies.{quoted(str(name))}",
            f"the name {said(name)} cannot be printed",
            remedy,
        )
        for name in (policies if isinstance(policies, dict) else ())
        if not isinstance(name, str) or not name.strip() or not name.isprintable()
    ]
