"""While the engine compiles, a line every ten seconds says how far it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sim.compiling import progress


@pytest.fixture(autouse=True)
def nothing_yet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(progress, "_counted", set())
    monkeypatch.setattr(progress, "_ready", set())
    yield
    progress.tell(None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_functions_of_the_engine_are_counted_once_and_told_every_ten_seconds(
    clock: list[float],
) -> None:
    names = [f"sim.engines.compiled.part.f{k}" for k in range(5)]
    for name in (*names, "sim.distributions.elementary.log"):
        progress.count(name)
    said: list[str] = []
    progress.tell(said.append)
    for seconds, name in ((9, names[0]), (3, names[1]), (5, names[1]), (9, names[2])):
        clock[0] += seconds
        progress.note(name)
    progress.note("sim.distributions.elementary.log")
    assert said == ["Compiled 2 of 5 functions.", "Compiled 3 of 5 functions."]


def test_without_a_listener_nothing_is_said(clock: list[float]) -> None:
    progress.count("sim.engines.f")
    clock[0] += 100
    progress.note("sim.engines.f")
    assert progress._ready == {"sim.engines.f"}
