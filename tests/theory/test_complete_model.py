"""Closed forms for the complete model: away, no network, dozing, watch, desktop, fetch, edits,
urgency, throttle.

Every law has at least one wrong model beside it, of which the estimate must keep away: the check
would see that bug."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm

from sim.clock import MINUTE, NEVER

from .checking import Array, Z, share
from .playing import Engine, leaked, scenario

BASE = """
schema = 1
people = "none"
run = { seed = 401, horizon = "10 h" }
traffic = { kind = "campaign", messages = 1, start = "1 h" }
mistakes = { chance = 1.0, noticed = "10 min" }
reading = { speed = inf }
[[segments]]
name = "everyone"
"""
GLANCES = {"gap": {"dist": "exponential", "mean": "10 min"}, "length": "0 s"}
G, D = 0.1, 10.0
"""Glances a minute, and the minute of the deletion."""


def size(engine: Engine) -> int:
    """Give how many messages are played: enough for what must be told apart (`told_apart` says if
    not)."""
    return min(engine.messages, 40_000)


def exponential(minutes: float) -> dict[str, str]:
    return {"dist": "exponential", "mean": f"{minutes * 60:.6f} s"}


def told_apart(flags: Array, exact: float, *wrong: float) -> None:
    """Hold a share against its exact value, and against values that wrong models give."""
    estimate = share(np.asarray(flags))
    assert estimate.agrees(exact), f"{estimate.value:.5f} is not {exact:.5f}"
    for value in wrong:
        distance = abs(value - exact) / math.sqrt(exact * (1 - exact) / flags.size)
        assert distance > Z, f"too few messages to tell {value:.5f} from {exact:.5f}"
        assert not estimate.agrees(value), (
            f"{estimate.value:.5f} cannot be told from the wrong {value:.5f}"
        )


def test_while_away_nobody_glances(engine: Engine) -> None:
    available, away = 1 / 30, 1 / 20  # rates of going away and of coming back, a minute
    patch = {"glances": GLANCES, "away": {"gap": exponential(30), "length": exponential(20)}}
    r = engine.records(
        scenario(BASE, {f"segments.*.{k}": v for k, v in patch.items()}, messages=size(engine))
    )
    here = away / (available + away)
    q = np.array([[-available - G, available], [away, -away]])
    unseen = float((np.array([here, 1 - here]) @ expm(q * D)).sum())
    never_away, thinned = 1 - math.exp(-G * D), 1 - math.exp(-G * here * D)
    told_apart(leaked(r), 1 - unseen, never_away, thinned)


def test_a_store_of_one_keeps_the_newest_push_of_a_phone_without_network(engine: Engine) -> None:
    """Memoryless: a stored push survives if the network is back before the next message."""
    rate, back = 1 / 30, 1 / 60
    people = 120 if engine.name == "reference" else 1_500
    text = BASE.replace(
        'kind = "campaign", messages = 1, start = "1 h"',
        f'kind = "stream", senders = {people}, recipients = {people}, rate = "48 / d"',
    )
    r = engine.records(
        scenario(
            text,
            {
                "mistakes.chance": 0.0,
                "push.store": {"ios": 1, "android": 1},
                "segments.*.offline": {"gap": exponential(60), "length": exponential(60)},
            },
        )
    )
    early = r["push_dispatched"] < 4 * 60 * MINUTE
    stored = early & ((r["push_lost"] != NEVER) | (r["push_arrived"] > r["push_dispatched"]))
    assert share(stored[early]).value == pytest.approx(0.5, abs=0.1)
    told_apart(r["push_lost"][stored] != NEVER, rate / (rate + back), 0.0, rate / (rate + 2 * back))


def test_a_push_outlives_the_store_by_the_rest_of_the_spell(engine: Engine) -> None:
    r = engine.records(
        scenario(
            BASE,
            {
                "push.ttl": "15 min",
                "segments.*.offline": {"gap": exponential(60), "length": exponential(30)},
            },
            messages=size(engine),
        )
    )
    told_apart(
        r["push_lost"] != NEVER, 1 / 3 * math.exp(-15 / 30), 1 / 3, 1 / 3 * (1 - math.exp(-15 / 30))
    )


@pytest.mark.parametrize("priority", ["high", "normal"])
def test_a_retraction_of_normal_priority_waits_for_a_dozing_phone(
    engine: Engine, priority: str
) -> None:
    """Deleted at D; if the phone dozes then (share 1/3), a glance (rate G) races the end of the
    doze (rate 1/20)."""
    r = engine.records(
        scenario(
            BASE,
            {
                "push.retraction": {"chance": 1.0, "priority": priority},
                "segments.*.glances": GLANCES,
                "segments.*.doze": {"gap": exponential(40), "length": exponential(20)},
            },
            messages=size(engine),
        )
    )
    waits = math.exp(-G * D) / 3 * G / (G + 1 / 20)
    ghost = (r["push_noticed"] != NEVER) & (r["push_noticed"] >= r["effective"])
    if priority == "high":
        assert not ghost.any()
    else:
        told_apart(ghost, waits, math.exp(-G * D) * G / (G + 1 / 20), 0.0)


def test_an_alert_goes_to_a_worn_watch_and_no_retraction_reaches_it(engine: Engine) -> None:
    watch = {"share": 0.8, "worn": 0.5, "notice": 0.9, "delay": exponential(8)}
    r = engine.records(
        scenario(
            BASE,
            {
                "push.retraction": {"chance": 1.0},
                "segments.*.watch": watch,
                "segments.*.alert": {"chance": 1.0, "delay": exponential(2)},
            },
            messages=size(engine),
        )
    )
    worn, in_time = 0.8 * 0.5, 1 - math.exp(-D / 8)
    told_apart(r["watch_read"] < r["effective"], worn * 0.9 * in_time, worn * in_time, worn * 0.9)
    after = (r["watch_read"] != NEVER) & (r["watch_read"] >= r["effective"])
    told_apart(after, worn * 0.9 * (1 - in_time), 0.0)
    phone = 1 - math.exp(-D / 2)
    told_apart(r["push_noticed"] != NEVER, (1 - worn) * phone, phone)


@pytest.mark.parametrize("reaches", [("phone",), ("phone", "desktop")])
def test_a_toast_is_read_if_the_reaction_beats_toast_session_and_retraction(
    engine: Engine, reaches: tuple[str, ...]
) -> None:
    desktop = {
        "share": 0.5,
        "gap": exponential(60),
        "length": exponential(30),
        "notice": 0.8,
        "delay": exponential(4),
    }
    r = engine.records(
        scenario(
            BASE,
            {
                "desktop.toast": "6 min",
                "mistakes.noticed": "3 min",
                "segments.*.desktop": desktop,
                "push.retraction": {"chance": 1.0, "reaches": list(reaches)},
            },
            messages=size(engine),
        )
    )

    def seen(until: float) -> float:
        rate = 1 / 4 + 1 / 30
        return 0.5 / 3 * 0.8 * (1 / 4) / rate * (1 - math.exp(-rate * until))

    exact, other = (seen(3), seen(6)) if "desktop" in reaches else (seen(6), seen(3))
    told_apart(r["desk_read"] != NEVER, exact, other, 2 * exact)
    told_apart(r["desk_shown"] != NEVER, 0.5 / 3, 1 / 3)


def test_text_that_is_fetched_on_arrival_is_gone_if_the_deletion_was_first(engine: Engine) -> None:
    r = engine.records(
        scenario(
            BASE,
            {"push.fetch": True, "push.late_binding": False, "push.latency": exponential(10)},
            messages=size(engine),
        )
    )
    told_apart(r["push_arrived"] != NEVER, 1 - math.exp(-1), 1.0)
    assert np.all((r["push_lost"] != NEVER) == (r["push_arrived"] == NEVER))


def test_an_edit_reaches_late_bound_pushes_and_no_delivered_one(engine: Engine) -> None:
    r = engine.records(
        scenario(
            BASE,
            {
                "deletion.remedy": "edit",
                "push.delay": exponential(10),
                "segments.*.glances": GLANCES,
            },
            messages=size(engine),
        )
    )
    told_apart(r["push_edited"], math.exp(-1), 1 - math.exp(-1), 0.0)
    assert np.all(r["push_arrived"] != NEVER)


@pytest.mark.parametrize("r", [0.7, -0.7])
def test_urgency_changes_who_wins_the_race_as_the_bivariate_normal_says(
    engine: Engine, r: float
) -> None:
    def lognormal(minutes: float, sigma: float) -> dict[str, object]:
        return {"dist": "lognormal", "median": f"{minutes} min", "sigma": sigma}

    records = engine.records(
        scenario(
            BASE,
            {
                "mistakes.urgency": r,
                "mistakes.noticed": lognormal(10, 1.0),
                "segments.*.alert": {"chance": 1.0, "delay": lognormal(5, 0.8)},
            },
            messages=size(engine),
        )
    )

    def first(correlation: float) -> float:
        return float(stats.norm.cdf(math.log(10 / 5) / math.sqrt(1 + 0.64 - 2 * correlation * 0.8)))

    told_apart(leaked(records), first(r), first(0.0), first(-r))


@pytest.mark.parametrize("r", [0.7, -0.7])
def test_urgency_ties_the_ways_of_reading_with_its_size_whatever_its_sign(
    engine: Engine, r: float
) -> None:
    """At a fixed deletion: an alert that comes at all (.35) and in time (.5) is a quadrant of the
    bivariate normal with correlation |r|, so that r and -r are no mirror images about 0."""
    records = engine.records(
        scenario(
            BASE,
            {
                "mistakes.urgency": r,
                "mistakes.noticed": "5 min",
                "segments.*.alert": {
                    "chance": 0.35,
                    "delay": {"dist": "lognormal", "median": "5 min", "sigma": 0.8},
                },
            },
            messages=size(engine),
        )
    )

    def both(correlation: float) -> float:
        tied = stats.multivariate_normal(cov=[[1, correlation], [correlation, 1]])
        return float(tied.cdf([stats.norm.ppf(0.35), 0.0]))

    told_apart(leaked(records), both(abs(r)), both(0.0), both(-abs(r)))


def test_a_growing_throttle_spaces_the_mails_of_one_conversation() -> None:
    """A message every minute, mails due at once: gaps of 10, 20, 40, 40 ... minutes, as many as the
    factor allows."""
    from sim.engines import compiled, reference
    from sim.world.drawing import draw_world

    text = BASE.replace(
        'kind = "campaign", messages = 1, start = "1 h"',
        'kind = "stream", senders = 1, recipients = 1, rate = "1440 / d", lasts = "3 h"',
    )
    world = draw_world(
        scenario(
            text,
            {
                "mistakes.chance": 0.0,
                "run.horizon": "6 h",
                "segments.*.email": {"off": 0.0, "batched": 1.0},
                "email.anchor": "flush",
                "email.throttle": {
                    "gap": "10 min",
                    "factor": 2.0,
                    "most": "40 min",
                    "reset": "1 d",
                },
            },
        ),
        0,
    )
    for play in (reference.play, compiled.play):
        mails = np.unique(play(world)["email_dispatched"])
        gaps = np.diff(mails[mails != NEVER]) / MINUTE
        assert gaps[:5].tolist() == [10, 20, 40, 40, 40]
