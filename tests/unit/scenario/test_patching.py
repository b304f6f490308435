"""Patches merge key by key, but a law or a kind of traffic is replaced whole."""

from __future__ import annotations

import pytest

from sim.scenario.patching import PatchError, merged, nested


def test_a_law_that_names_its_family_replaces_the_old_one_whole() -> None:
    old = {"gap": {"dist": "lognormal", "median": "1 s", "sigma": 1.0}}
    new = {"gap": {"dist": "exponential", "mean": "2 s"}}
    assert merged(old, new) == new


def test_a_number_of_a_law_can_be_patched_alone() -> None:
    old = {"gap": {"dist": "lognormal", "median": "1 s", "sigma": 1.0}}
    assert merged(old, nested({"gap.median": "5 s"})) == {
        "gap": {"dist": "lognormal", "median": "5 s", "sigma": 1.0}
    }


def test_traffic_of_another_kind_replaces_the_old_one_whole() -> None:
    old = {"traffic": {"kind": "stream", "senders": 3, "rate": "6 / d"}}
    assert merged(old, {"traffic": {"kind": "trace", "file": "a.csv"}}) == {
        "traffic": {"kind": "trace", "file": "a.csv"}
    }
    assert merged(old, {"traffic": {"kind": "stream", "senders": 5}})["traffic"]["rate"] == "6 / d"


def test_segments_are_patched_by_name_or_all_at_once() -> None:
    old = {"segments": [{"name": "a", "push": 1.0}, {"name": "b", "push": 1.0}]}
    some = merged(old, nested({"segments.a.push": 0.5}))
    every = merged(old, nested({"segments.*.push": 0.5}))
    assert [s["push"] for s in some["segments"]] == [0.5, 1.0]
    assert [s["push"] for s in every["segments"]] == [0.5, 0.5]


def test_a_segment_that_is_not_there_is_refused_with_a_guess() -> None:
    with pytest.raises(PatchError, match='did you mean "desk"'):
        merged({"segments": [{"name": "desk"}]}, {"segments": {"dsek": {"push": 0.5}}})


def test_a_patch_changes_neither_of_its_arguments() -> None:
    old, patch = {"send": {"hold": "0 s"}}, {"send": {"hold": "9 s"}}
    merged(old, patch)
    assert old == {"send": {"hold": "0 s"}} and patch == {"send": {"hold": "9 s"}}
