"""What a patch leaves alone is neither validated nor checked again, and nothing else is left out."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.scenario.checks import cross_faults
from sim.scenario.model import Scenario, rebuilt
from sim.scenario.patching import nested

PATCHES: tuple[dict[str, Any], ...] = (
    {},
    {"send.hold": "10 s"},
    {"push.latency": {"dist": "exponential", "mean": "3 s"}},
    {"segments.*.push": 0.5},
    {"segments.*.checks.opened": 0.25, "costs": {"too_late": 1.0}},
    {"senders.groups.hasty": {"share": 0.1}},
    {"deletion.undeletable": ["message_ad", "inmail"]},
)


def scenario() -> Scenario:
    return sim.load("linkedin_dm")


@pytest.mark.parametrize("patch", PATCHES, ids=str)
def test_a_patched_scenario_equals_one_that_is_validated_whole(patch: dict[str, Any]) -> None:
    made = scenario().patched(patch)
    whole = rebuilt(made.raw, folder=made.folder)
    assert made.model_dump() == whole.model_dump()


def test_sections_and_segments_that_a_patch_leaves_alone_are_the_very_ones() -> None:
    before = scenario()
    name = before.segments[0].name
    made = before.patched({"send.hold": "10 s", f"segments.{name}.push": 0.5})
    assert made.push is before.push and made.traffic is before.traffic
    assert made.send is not before.send and made.segments[0] is not before.segments[0]
    assert made.segments[0].glances is before.segments[0].glances
    assert all(a is b for a, b in zip(made.segments[1:], before.segments[1:], strict=True))


def test_rules_of_one_value_are_asked_again_of_what_was_changed_only() -> None:
    before = scenario()
    never = {"dist": "constant", "value": "0 s"}  # looks cannot start in equilibrium
    raw = before.raw | nested({"push": before.raw["push"]})
    raw = raw | {"segments": [one | {"glances": {"gap": never}} for one in raw["segments"]]}
    faulty = Scenario.model_validate(raw)
    paths = {one.path for one in cross_faults(faulty)}
    gaps = {f"segments.{one.name}.glances.gap" for one in faulty.segments}
    assert {path.replace('"', "") for path in paths} == gaps
    assert {one.path for one in cross_faults(faulty, before)} == paths
    assert not list(cross_faults(faulty, faulty))
