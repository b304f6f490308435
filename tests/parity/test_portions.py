"""The compiled engine plays recipients portion by portion: records do not depend on it, and an
interruption is heard between two of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engines.compiled import engine, portions
from sim.engines.compiled.portions import portions as cut
from sim.scenario import load
from sim.world.block import Block
from sim.world.drawing import draft
from sim.world.parts import World

SHIPPED = Path(__file__).parents[2] / "scenarios" / "linkedin_dm.toml"


def world(worlds: int = 3) -> World:
    """Draw everybody of some replications of the default scenario."""
    return draft(load(SHIPPED), Block.of(1, range(worlds))).world()


def order(drawn: World) -> np.ndarray:
    return np.argsort(drawn.recipients.segment, kind="stable")


@pytest.mark.parametrize("at_once", [1, 20_000, 200_000])
def test_records_do_not_depend_on_portions(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = engine.play(world())
    monkeypatch.setattr(portions, "LOOKS_AT_ONCE", at_once)
    assert len(cut(world(), order(world()))) > 1
    again = engine.play(world())
    assert {name for name in whole.columns if (whole[name] != again[name]).any()} == set()


def test_portions_hold_every_recipient_once_and_as_many_looks_as_they_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = world()
    each = (drawn.horizon / drawn.attention.stream_mean.sum(axis=2)).sum(axis=1)
    looks = each[drawn.recipients.segment]
    assert looks.min() > 100
    monkeypatch.setattr(portions, "LOOKS_AT_ONCE", 50_000)
    found = cut(drawn, order(drawn))
    np.testing.assert_array_equal(np.concatenate(found), order(drawn))
    assert len(found) == int((looks.sum() + drawn.messages.size) // 50_000) + 1
    sizes = [looks[some].sum() for some in found[:-1]]
    assert np.ptp(sizes) < 2 * looks.max() + len(found) < 0.1 * 50_000


def test_where_nobody_looks_portions_hold_equally_many_messages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = world()
    never = np.full_like(drawn.attention.stream_mean, np.inf)
    drawn = replace(drawn, attention=replace(drawn.attention, stream_mean=never))
    monkeypatch.setattr(portions, "LOOKS_AT_ONCE", 50)
    mine = np.bincount(drawn.messages.recipient, minlength=drawn.recipients.segment.size)
    assert mine.min() == 0 and mine.max() < 8
    sizes = [mine[some].sum() for some in cut(drawn, order(drawn))[:-1]]
    assert 42 <= min(sizes) <= max(sizes) <= 58 and len(sizes) == drawn.messages.size // 50


def test_an_interruption_is_heard_between_two_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "LOOKS_AT_ONCE", 50_000)
    calls: list[Any] = []

    def interrupted(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(engine, "_play", interrupted)
    with pytest.raises(KeyboardInterrupt):
        engine.play(world())
    assert len(calls) == 3 < len(cut(world(), order(world())))
