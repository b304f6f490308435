"""A parity suite that would not notice a changed rule is worth nothing: here rules are changed, and it notices."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sim.engines import compiled, reference
from sim.engines.reference.phone import Phone
from sim.records import first_difference

from .making import tied_world
from .mutants import altered

WORLDS = 400

MUTANTS = {
    "a deletion at the window's end is refused": ("plan", "> terms.window", ">= terms.window"),
    "a look at the instant of arrival does not see": ("phone", "glances, now, at[", "glances, now + 1, at["),
    "a retraction that overtakes its push is ignored": ("phone", " or back < now", ""),
    "a deletion at the end of the hold comes too late": ("plan", "or effect <= accepted", "or effect < accepted"),
    "reading at the instant of the ruling refuses": ("plan", "if now < rows[i, REFUSABLE]", "if now <= rows[i, REFUSABLE]"),
    "a message accepted as its batch closes is left out": (
        "mail", "SENT_AT, end] <= bound:\n                if", "SENT_AT, end] < bound:\n                if"),
    "a copy of a message deleted before it arrived is read": ("thread", " and arrived < effect", ""),
    "the later sent goes first among equals": ("deletions", "m.pressed[i], i)\n", "m.pressed[i], -i)\n"),
}  # fmt: skip


@pytest.mark.parametrize("rule", MUTANTS)
def test_a_changed_rule_of_the_compiled_engine_is_caught(rule: str, tmp_path: Path) -> None:
    module, old, new = MUTANTS[rule]
    play = altered(tmp_path, {module: (old, new)})
    assert _caught(play, reference.play), f"nobody noticed that {rule}"


def test_a_changed_rule_of_the_reference_engine_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Phone, "_sync", lambda self, i: None)  # badge corrections are lost
    assert _caught(compiled.play, reference.play)


def test_the_compiled_engines_source_run_as_plain_python_agrees(tmp_path: Path) -> None:
    assert not _caught(altered(tmp_path, {}), reference.play)


def _caught(play, judge) -> bool:  # type: ignore[no-untyped-def]
    """Tell whether two engines differ on any of a few hundred tied worlds."""
    worlds = (tied_world(random.Random(seed).randint) for seed in range(WORLDS))
    return any(first_difference(judge(world), play(world)) is not None for world in worlds)
