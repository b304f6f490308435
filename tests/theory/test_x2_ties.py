"""X2: everything falls on whole minutes, so every order of equal times shows. All cases at once:
nothing is random."""

from __future__ import annotations

from enum import IntEnum
from importlib import import_module
from itertools import product
from pkgutil import iter_modules

import numpy as np
import pytest

from sim.clock import MINUTE, NEVER, SECOND
from sim.engines import reference
from sim.engines.reference import instants, platform
from sim.engines.reference import play as play_reference
from sim.records import Records
from sim.schema.rules import Rules
from sim.world.by_hand import written_world
from sim.world.parts import World

from .checking import Array, Estimate, check, convict, exact_values
from .playing import Engine

HOLD, LAST, CHANCE = 5, 10, 0.2
CASES = [
    (d, looks)
    for d in range(1, LAST + 1)
    for looks in product((False, True), repeat=LAST - HOLD + 1)
]
"""Every deletion minute with every set of minutes from the hold's end on at which there is a
look."""
WEIGHTS = np.array(
    [np.prod([CHANCE if x else 1 - CHANCE for x in looks]) / LAST for _, looks in CASES]
)


def lattice(deletion_late: int = 0, late_at_hold_end: int = 0, look_early: int = 0) -> World:
    """Write every case down, in microseconds: by how much to shift deletions, those at the hold's
    end, looks then."""
    messages, people = [], []
    for i, (d, looks) in enumerate(CASES):
        late = late_at_hold_end if d == HOLD else deletion_late
        messages.append({"recipient": i, "released": HOLD * MINUTE, "noticed": d * MINUTE + late})
        at = [
            (HOLD + k) * MINUTE - (look_early if k == 0 else 0)
            for k, look in enumerate(looks)
            if look
        ]
        people.append({"glances": [(t, t) for t in at]})
    return written_world(messages, people, horizon=20 * MINUTE)


def chance(flags: Array) -> Estimate:
    """Give the exact chance of what is flagged."""
    return Estimate(float(np.sum(WEIGHTS[flags])))


def leak(r: Records) -> Array:
    """Tell which previews were noticed before the deletion took effect."""
    return np.asarray(r["push_noticed"] < r["effective"])


def prevented(r: Records) -> Array:
    """Tell which messages were cancelled within the hold."""
    return np.asarray(r["cancelled"] != NEVER)


def leak_at_arrival(r: Records) -> Array:
    """Tell which previews leaked at the very instant of their arrival."""
    return np.asarray(leak(r) & (r["push_noticed"] == HOLD * MINUTE))


EXACT = {
    "leak": sum(1 - 0.8**j for j in range(1, 6)) / 10,
    "prevented": HOLD / LAST,
    "leak_at_arrival_instant": CHANCE * (LAST - HOLD) / LAST,
}


def test_the_formulas_give_the_listed_values() -> None:
    assert pytest.approx(exact_values("X2"), rel=1e-6) == EXACT
    assert float(np.sum(WEIGHTS)) == pytest.approx(1)


def test_at_one_instant_deletions_come_before_notifications_and_these_before_looks(
    engine: Engine,
) -> None:
    r = engine.play(lattice())
    check("X2", "leak", chance(leak(r)))
    check("X2", "prevented", chance(prevented(r)))
    check("X2", "leak_at_arrival_instant", chance(leak_at_arrival(r)))


@pytest.mark.parametrize(
    ("bug", "world", "still_prevented", "at_arrival"),
    [
        (
            "a look at the instant of the deletion still counts as a leak (rest canonical)",
            (1, 0, 0),
            0.5,
            0.1,
        ),
        (
            "a look at the instant of arrival does not see the preview (rest canonical)",
            (0, 0, 1),
            0.5,
            0.0,
        ),
        (
            "a deletion at the end of the hold does not prevent AND a look at the deletion instant counts",
            (1, 1, 0),
            0.4,
            0.12,
        ),
        (
            "a deletion at the end of the hold does not prevent AND a look at arrival does not see",
            (0, 1, 1),
            0.4,
            0.0,
        ),
    ],
)
def test_another_order_at_one_instant_is_named(
    engine: Engine, bug: str, world: tuple[int, int, int], still_prevented: float, at_arrival: float
) -> None:
    r = engine.play(lattice(*world))
    convict("X2", "leak", bug, chance(leak(r)))
    assert chance(prevented(r)).agrees(still_prevented)
    assert chance(leak_at_arrival(r)).agrees(at_arrival)


def test_an_engine_that_accepts_before_it_deletes_leaks_as_much_but_prevents_less(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [rank.name for rank in instants.Order]
    notifications = ["ACCEPT", "SNAPSHOT", "DISPATCH", "ARRIVE", "LEAVE"]
    first = notifications + [name for name in names if name not in notifications]
    wrong = IntEnum("Order", first)
    for name in [module.name for module in iter_modules(reference.__path__)]:
        module = import_module(f"{reference.__name__}.{name}")
        if hasattr(module, "Order"):
            monkeypatch.setattr(module, "Order", wrong)
    r = play_reference(lattice())
    check("X2", "leak", chance(leak(r)))
    with pytest.raises(AssertionError, match=r"X2 prevented: 0\.4 is not 0\.5"):
        check("X2", "prevented", chance(prevented(r)))


def test_an_exclusive_window_in_the_engine_itself_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    ruling = platform.Platform.reason_to_refuse

    def exclusive(self: platform.Platform, i: int, now: int) -> int:
        closes = int(self.m.released[i]) + self.rules.window
        return platform.WINDOW if now == closes else ruling(self, i, now)

    monkeypatch.setattr(platform.Platform, "reason_to_refuse", exclusive)
    hour = written_world(
        [{"noticed": 0, "action": 4 * SECOND}] * 1200, rules=Rules(window=60 * MINUTE)
    )
    done = float(np.sum(play_reference(hour)["effective"] != NEVER))
    convict(
        "O09", "det_1200", "exclusive comparison at the cutoff (< instead of <=)", Estimate(done)
    )
