"""Mechanisms at their neutral values are as if they were not there: records are equal, on every
generated scenario that does without them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.engines import compiled
from sim.records import Records
from sim.scenario.model import build
from sim.schema.records import COLUMNS
from sim.verification.generated import numbered, scenario
from sim.world.drawing import draw_world

NOTHING: dict[str, Any] = {
    "in_hand": {"before": "0 s", "after": "0 s"},
    "checks": {"opened": 1.0},
    "alert": {"spread": 0.0, "felt": 1.0, "felt_spread": 0.0},
    "handling": {"looks": "first", "opened": 1.0},
}
"""What a segment says that has none of them."""


def without(number: int) -> dict[str, Any]:
    """Make the tables of a generated scenario without conversation, feeling, dismissals, habits."""
    raw = scenario(numbered(number))
    raw.pop("conversation")
    for key in ("list", "only_without_push"):
        raw["email"].pop(key)
    for one in raw["segments"]:
        one.pop("in_hand")
        for key in ("opened", "frailty"):
            one["checks"].pop(key, None)
        for key in ("spread", "felt", "felt_spread"):
            one["alert"].pop(key, None)
        one["handling"] = one["handling"] | {"looks": "first", "opened": 1.0}
    return raw


def with_nothing(raw: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Say what was left out, with values that change nothing."""
    segments = []
    for one in raw["segments"]:
        said = {name: one.get(name, {}) | keys for name, keys in NOTHING.items()}
        said["checks"]["frailty"] = one["frailty"]
        segments.append(one | said)
    email = raw["email"] | {"list": 0, "only_without_push": False}
    return raw | {"conversation": {"chance": 1.0}, "email": email, "segments": segments} | more


def played(raw: dict[str, Any]) -> Records:
    return compiled.play(draw_world(build(raw, file="made", folder=Path()), 0))


def differing(one: Records, other: Records) -> list[str]:
    return [c.name for c in COLUMNS if (one[c.name] != other[c.name]).any()]


@pytest.mark.parametrize("number", range(60))
def test_neutral_values_change_no_record(number: int) -> None:
    raw = without(number)
    said = with_nothing(raw)
    if any(not isinstance(one["frailty"], float) for one in raw["segments"]):
        # A frailty of the mail's own is another draw, whatever its distribution.
        for one in said["segments"]:
            del one["checks"]["frailty"]
    assert differing(played(raw), played(said)) == []


def test_values_that_are_not_neutral_do() -> None:
    """The wrong models: each mechanism switched on shows in some of the first scenarios."""
    on: dict[str, dict[str, Any]] = {
        "in_hand": {"before": "10 s", "after": "5 min"},
        "checks": {"opened": 0.5},
        "alert": {"felt": 0.5},
        "handling": {"looks": "every", "opened": 0.5},
    }
    for name, keys in on.items():
        found = []
        for number in range(25):
            raw = without(number)
            said = with_nothing(raw)
            for one in said["segments"]:
                del one["checks"]["frailty"]
                one[name] = one[name] | keys
            found += differing(played(raw), played(said))
        assert found, f"{name} changes nothing"
