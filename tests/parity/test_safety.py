"""Integers that do not wrap: never plus anything, times near the end of int64, years, a million
messages to one person."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from sim.clock import DAY, MINUTE, NEVER, SECOND
from sim.engines import compiled, reference
from sim.engines.compiled.inputs import plus
from sim.records import first_difference
from sim.scenario.model import build
from sim.schema.world import MESSAGES
from sim.world.by_hand import written_world
from sim.world.drawing import draw_world
from sim.world.looks import GLANCES
from sim.world.parts import World

from .making import agree, tied_world
from .mutants import altered
from .scenarios import Raw

LOOKS = {
    "gap": {"dist": "weibull", "mean": "30 min", "shape": 0.6},
    "length": {"dist": "lognormal", "median": "20 s", "sigma": 1.0},
}


@pytest.mark.parametrize(
    ("instant", "delay", "total"),
    [
        (NEVER, 0, NEVER),
        (NEVER, NEVER, NEVER),
        (0, NEVER, NEVER),
        (-5, NEVER, NEVER),
        (NEVER - 2, 1, NEVER - 1),
        (NEVER - 2, 2, NEVER),
        (NEVER - 2, 3, NEVER),
        (2**62, 2**62, NEVER),
        (-5, 7, 2),
    ],
)
def test_never_plus_anything_is_never_and_no_sum_wraps(
    instant: int, delay: int, total: int
) -> None:
    assert plus(instant, delay) == total


def test_engines_agree_where_sums_of_times_pass_the_largest_integer(examples: int) -> None:
    for seed in range(2 * examples):
        agree(tied_world(random.Random(seed).randint, unit=2**59))


def test_plain_python_warns_of_no_overflow_where_sums_of_times_pass_the_largest_integer(
    tmp_path: Path,
) -> None:
    play = altered(tmp_path, {})
    for seed in range(100):
        world = tied_world(random.Random(seed).randint, unit=2**59)
        assert first_difference(reference.play(world), play(world)) is None


def test_years_with_heavy_tails_agree_or_never_come() -> None:
    heavy = {"dist": "loglogistic", "median": "10 d", "shape": 0.3}
    raw: Raw = {
        "schema": 1,
        "run": {"seed": 7, "horizon": "3650 d"},
        "traffic": {"kind": "campaign", "messages": 300, "throttle": "1 d"},
        "mistakes": {"chance": 0.5, "noticed": heavy, "reaction": heavy},
        "senders": {"action": heavy},
        "deletion": {"propagation": heavy},
        "push": {"delay": heavy, "latency": heavy, "retraction": {"chance": 1.0, "latency": heavy}},
        "email": {"delay": heavy, "latency": heavy},
        "badge": {"sync": heavy, "boost": 2.0},
        "segments": [
            {
                "name": "slow",
                "badge": 0.5,
                "email": {"instant": 0.5, "digest": 0.5},
                "notice": 0.05,
                "glances": {
                    "gap": {"dist": "weibull", "mean": "40 d", "shape": 0.4},
                    "length": {"dist": "lognormal", "median": "1 d", "sigma": 3.0},
                },
                "checks": {"gap": "300 d", "length": "1 s"},
                "visits": {"gap": "100 d", "length": "90 d"},
                "alert": {"chance": 0.5, "delay": heavy},
                "handling": {"chance": 0.5, "opened": 0.7, "delay": heavy},
            }
        ],
    }
    records = agree(draw_world(build(raw, file="made", folder=Path()), 0))
    for name, column in records.columns.items():
        if column.dtype == np.int64 and name not in ("batch", "group", "after", "email_opener"):
            assert column.min() >= 0, name


@pytest.mark.parametrize(
    "time", [{"dist": "never"}, {"dist": "loglogistic", "median": "10 d", "shape": 0.05}]
)
def test_a_review_that_never_ends_sends_nothing_and_wraps_nothing(time: Raw) -> None:
    raw: Raw = {
        "schema": 1,
        "run": {"horizon": "1 d"},
        "review": {"time": time},
        "send": {"hold": "10 s"},
        "mistakes": {"chance": 0.5},
        "segments": [{"name": "all", "glances": LOOKS}],
        "traffic": {"kind": "campaign", "messages": 50},
    }
    world = draw_world(build(raw, file="made", folder=Path()), 0)
    assert (
        min(
            world.messages.pressed.min(),
            world.messages.released.min(),
            world.messages.noticed.min(),
        )
        >= 0
    )
    records = agree(world)
    came = (records["accepted"] != NEVER) | (records["cancelled"] != NEVER)
    assert np.array_equal(
        came & ~records["regretted"],
        (world.messages.released < world.horizon) & ~records["regretted"],
    )


def test_a_million_messages_to_one_recipient_are_each_noticed_at_the_first_look_they_meet() -> None:
    n = 1_000_000
    raw: Raw = {
        "schema": 1,
        "run": {"horizon": "30 d"},
        "traffic": {"kind": "campaign", "messages": 1, "start": "1 d"},
        "segments": [{"name": "busy", "glances": LOOKS, "week": "waking"}],
    }
    one = draw_world(build(raw, file="made", folder=Path()), 0)
    arrival = np.sort(np.random.default_rng(1).integers(0, 29 * DAY, n))
    names = [f.name for f in MESSAGES]
    fields = {f: np.zeros(n, getattr(one.messages, f).dtype) for f in names}
    never = (
        "noticed",
        "reaction",
        "action",
        "propagation",
        "alert_after",
        "alert_length",
        "looks_to_handle",
        "open_after",
        "retract_after",
        "badge_sync_after",
        "mail_alert_after",
        "mail_alert_length",
    )
    fields |= {f: np.full(n, NEVER) for f in never} | {
        "glances_needed": np.ones(n, np.int64),
        "length": np.full(n, 9),
    }
    fields |= dict.fromkeys(("written", "pressed", "released"), arrival)
    world = World(
        one.horizon,
        one.rules,
        type(one.messages)(**fields),
        one.recipients,
        one.attention,
        one.intervals,
    )
    records = compiled.play(world)
    looks, walk = [], world.looks(0, GLANCES)
    look = walk.meeting(0)
    while look is not None and look[0] < world.horizon:
        looks.append(look)
        look = walk.after(look)
    starts, ends = np.array(looks)[:, 0], np.array(looks)[:, 1]
    before = np.searchsorted(starts, arrival, side="left") - 1
    meets = np.append(starts, NEVER)[before + 1]
    seen = np.where((before >= 0) & (ends[before] > arrival), arrival, meets)
    assert np.array_equal(records["push_noticed"], seen)


def test_a_thousand_messages_to_one_recipient_agree_with_every_surface_on() -> None:
    raw: Raw = {
        "schema": 1,
        "run": {"horizon": "2 d"},
        "mistakes": {"chance": 0.3, "noticed": {"dist": "exponential", "mean": "20 min"}},
        "traffic": {
            "kind": "stream",
            "senders": 1,
            "recipients": 1,
            "rate": "1000 / d",
            "lasts": "1 d",
        },
        "push": {
            "latency": {"dist": "lognormal", "median": "1 min", "sigma": 2.0},
            "retraction": {"chance": 0.5},
        },
        "badge": {"boost": 2.0},
        "thread": {"cache": {"offline": 0.3}},
        "deletion": {"unread_only": True},
        "segments": [
            {
                "name": "busy",
                "badge": 1.0,
                "email": {"batched": 1.0},
                "notice": 0.02,
                "glances": LOOKS,
                "checks": LOOKS,
                "visits": LOOKS,
                "handling": {"chance": 0.1, "opened": 0.5, "delay": "5 s"},
                "alert": {"chance": 0.1},
            }
        ],
    }
    assert len(agree(draw_world(build(raw, file="made", folder=Path()), 0))) > 900


def test_times_at_the_last_instants_of_int64_are_kept_apart() -> None:
    last = NEVER - 1
    rows = [
        {
            "released": last - k,
            "written": last - 10 * SECOND,
            "noticed": last - 1,
            "email_latency": 2,
        }
        for k in (0, 1, 2, 5)
    ]
    people = [
        {
            "email": 3,
            "glances": [(last - MINUTE, last - 1)],
            "visits": [(last - 3, last)],
            "badge": True,
        }
    ]
    records = agree(written_world(rows, people, horizon=last))
    assert records["accepted"].tolist() == [NEVER, NEVER, last - 2, last - 5]
