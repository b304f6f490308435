"""O10: deletions wait in a steady queue for one server."""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from typing import Any

import numpy as np
import pytest

from sim.clock import MINUTE
from sim.records import Records
from sim.scenario.model import Stream
from sim.world.parts import World

from .checking import Array, Estimate, check, controlled, convict, exact_values
from .playing import Engine, scenario

DESK = """
schema = 1
people = "none"
run = { seed = 1001, horizon = "8750 min" }
traffic = { kind = "stream", senders = 1, recipients = 20000, rate = "24 / h", lasts = "8500 min" }
mistakes = { chance = 1.0, noticed = { dist = "exponential", mean = "15 min" } }
senders = { deletions_at_once = 1, order = "first_noticed", action = { dist = "exponential", mean = "2 min" } }
deletion = { window = "60 min" }
[[segments]]
name = "everyone"
alert = { chance = 1.0, delay = { dist = "exponential", mean = "20 min" } }
"""
SHORTER = {"traffic.lasts": "5000 min", "run.horizon": "5250 min"}
FROM, REST = 1500 * MINUTE, 200 * MINUTE
"""The queue forgets its empty start in a few times 180 min; requests come 15 min after the send, so
the end is fair."""
GAMMA4 = {"senders.action": {"dist": "gamma", "mean": "2 min", "shape": 4.0}}
G, ES, MU, L = 0.4, 2.0, 1 / 15, 1 / 20
RHO = G * ES


def saved(phi: float) -> float:
    """Give the chance that a deletion completes before the read; phi is the transform of the
    service at L."""
    return MU / (MU + L) * (1 - RHO) * L / (L - G + G * phi) * phi


def both_by(a: float, b: float, t: float) -> float:
    """Give the chance that a sum of two exponential times, of rates a and b, is at most t."""
    return 1 - (b * exp(-a * t) - a * exp(-b * t)) / (b - a)


V = 1 / ES - G
EXACT = {
    "saved_MM1": saved(1 / (1 + ES * L)),
    "saved_MG1_gamma4": saved((1 + ES * L / 4) ** -4),
    "meanW_MG1_gamma4": G * ES**2 * 1.25 / (2 * (1 - RHO)),
    "in_window_MM1": both_by(MU, V, 60),
    "in_window_request": 1 - exp(-4),
    "saved_and_window_MM1": MU * V / ((MU + L) * (V + L)) * both_by(MU + L, V + L, 60),
}
Judge = Callable[[World, Records], Array]


def play(engine: Engine, patch: dict[str, Any], *judges: Judge) -> list[Estimate]:
    """Play replications and say what each judge says, on average, of the messages of the steady
    state.

    Control variates, all of mean exactly zero: how many messages came, how long their actions and
    requests took, and how often the request came before the read. They take out half of the
    variance."""
    s = scenario(DESK, patch)
    assert isinstance(s.traffic, Stream)
    until = int(s.traffic.lasts) - REST
    said, controls = [], []
    for world, r in engine.each(s, engine.desks):
        m = world.messages
        steady = (r["pressed"] >= FROM) & (r["pressed"] < until)
        said.append([float(np.mean(judge(world, r)[steady])) for judge in judges])
        asked = (m.noticed - m.pressed)[steady] / MINUTE
        first = float(np.mean(asked < m.alert_after[steady] / MINUTE)) - MU / (MU + L)
        came = float(np.sum(steady)) / (until - FROM) * MINUTE - G
        controls.append(
            [
                came,
                float(np.mean(m.action[steady])) / MINUTE - ES,
                float(np.mean(asked)) - 1 / MU,
                first,
            ]
        )
    return [controlled(column, np.array(controls)) for column in np.array(said).T]


def completed_unread(_: World, r: Records) -> Array:
    """Tell which deletions completed before the preview was read, allowed or not."""
    return np.asarray(r["completed"] < r["push_noticed"])


def allowed(_: World, r: Records) -> Array:
    """Tell which deletions were allowed."""
    return np.asarray(r["refused"] == 0)


def saved_in_window(_: World, r: Records) -> Array:
    """Tell which deletions took effect before the preview was read."""
    return np.asarray(r["effective"] < r["push_noticed"])


def asked_in_window(_: World, r: Records) -> Array:
    """Tell which deletions were requested within the window."""
    return np.asarray(r["requested"] - r["accepted"] <= 60 * MINUTE)


def waited(_: World, r: Records) -> Array:
    """Give the minutes in the queue."""
    return np.asarray((r["started"] - r["requested"]) / MINUTE)


def unread_after_mean_wait(world: World, r: Records) -> Array:
    """Tell which would be deleted before the read if every deletion waited for the mean of 5
    min."""
    return np.asarray(r["requested"] + 5 * MINUTE + world.messages.action < r["push_noticed"])


def test_the_formulas_give_the_listed_values() -> None:
    assert pytest.approx(exact_values("O10"), rel=1e-6) == EXACT


def test_deletions_in_order_of_request_wait_for_one_pair_of_hands_and_the_window_counts_to_completion(
    engine: Engine,
) -> None:
    judges = (completed_unread, allowed, asked_in_window, saved_in_window)
    unread, in_window, asked, both = play(engine, SHORTER, *judges)
    check("O10", "saved_MM1", unread)
    check("O10", "in_window_MM1", in_window)
    check("O10", "in_window_request", asked)
    check("O10", "saved_and_window_MM1", both)
    convict(
        "O10", "in_window_MM1", "window applied to the request instead of the completion", asked
    )


def test_the_wait_depends_on_how_much_the_action_times_vary(engine: Engine) -> None:
    unread, wait, after_mean = play(
        engine, GAMMA4, completed_unread, waited, unread_after_mean_wait
    )
    check("O10", "saved_MG1_gamma4", unread)
    check("O10", "meanW_MG1_gamma4", wait)
    convict("O10", "saved_MG1_gamma4", "wait replaced by its mean", after_mean)


@pytest.mark.parametrize(
    ("bug", "patch"),
    [
        ("queueing delay ignored", GAMMA4 | {"senders.deletions_at_once": 1000}),
        ("service variability ignored (fixed service time)", {"senders.action": "2 min"}),
    ],
)
def test_a_wrong_queue_is_named(engine: Engine, bug: str, patch: dict[str, Any]) -> None:
    if engine.name == "reference":
        pytest.skip("takes 100,000 messages; the compiled engine shows it")
    (unread,) = play(engine, patch, completed_unread)
    convict("O10", "saved_MG1_gamma4", bug, unread)
