"""Presence and handling are chance's and the traffic's: equal under every policy, and a message moves
nobody's looks but those of the two people between whom it is."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.scenario import Scenario
from sim.scenario.model import build
from sim.world import World
from sim.world.block import Block
from sim.world.drawing import drafts
from sim.world.intervals import IN_HAND

IN_HAND_KEYS = {
    "before": {"dist": "lognormal", "median": "29 s", "sigma": 1.0},
    "after": {"dist": "lognormal", "median": "38 s", "sigma": 2.16},
}
SEGMENT: dict[str, Any] = {
    "name": "all",
    "in_hand": IN_HAND_KEYS,
    "alert": {"chance": 0.2, "spread": 0.15, "felt": 0.7446, "felt_spread": 0.2, "delay": "10 s"},
    "handling": {"chance": 0.65, "opened": 0.637, "delay": "5 s"},
    "checks": {"opened": 0.25, "frailty": {"dist": "lognormal", "median": 1.0, "sigma": 1.39}},
    "email": {"instant": 1.0},
}
POLICIES: dict[str, Any] = {
    "today": {},
    "held": {"send.hold": "5 min", "push.delay": "30 s"},
    "reviewed": {"review": {"time": "20 s", "catches": 0.5}},
    "edited": {"deletion.remedy": "edit"},
    "sorry": {"deletion.remedy": "apology"},
    "careful": {"mistakes": {"chance": 0.0}},
}
PEOPLE = "abcdef"


def people_write(seed: int, messages: int = 120) -> list[tuple[int, str, str]]:
    """Make a trace: who writes to whom when, in seconds."""
    pick = random.Random(seed)
    times = sorted(pick.sample(range(80_000), messages))
    return [(t, *pick.sample(PEOPLE, 2)) for t in times]


def told(folder: Path, rows: list[tuple[int, str, str]], **more: Any) -> Scenario:
    lines = [f"{t},{a},{b},{t}-{a}-{b}" for t, a, b in rows]
    (folder / "trace.csv").write_text("\n".join(["sent_at,sender,recipient,id", *lines]))
    raw = {
        "schema": 1,
        "run": {"horizon": "2 d", "seed": 3},
        "traffic": {"kind": "trace", "file": "trace.csv"},
        "mistakes": {"chance": 0.2, "noticed": "2 min"},
        "conversation": {"chance": 0.6},
        "segments": [SEGMENT],
        "policies": POLICIES,
    }
    return build(raw | more, file="made", folder=folder)


def in_hand(world: World, name: str) -> list[tuple[int, int]]:
    """Give the intervals in hand of a person of a trace; recipients are in the order of names."""
    i = world.intervals
    a, b = i.at[PEOPLE.index(name), IN_HAND]
    return list(zip(i.starts[a:b].tolist(), i.ends[a:b].tolist(), strict=True))


STREAM = {"traffic": {"kind": "stream", "senders": 3, "recipients": 20, "rate": "100 / d"}}


@pytest.mark.parametrize("more", [{}, STREAM], ids=["trace", "stream"])
def test_presence_and_handling_are_equal_under_every_policy_bit_for_bit(
    more: dict[str, Any], tmp_path: Path
) -> None:
    s = told(tmp_path, people_write(1), **more)
    block = Block.of(3, range(3))
    worlds = [one.world() for one in drafts([s.under(name) for name in POLICIES], block)]
    first = worlds[0]
    assert first.intervals.at[:, IN_HAND].any()
    drawn = ("felt", "alert_after", "looks_to_handle", "open_after", "mail_opened")
    for world in worlds[1:]:
        messages = ~world.messages.apology
        np.testing.assert_array_equal(world.intervals.starts, first.intervals.starts)
        np.testing.assert_array_equal(world.intervals.ends, first.intervals.ends)
        np.testing.assert_array_equal(world.intervals.at, first.intervals.at)
        for name in drawn:
            mine = getattr(world.messages, name)[messages]
            np.testing.assert_array_equal(mine, getattr(first.messages, name))
        for name in ("rate", "checks_rate"):
            np.testing.assert_array_equal(
                getattr(world.recipients, name), getattr(first.recipients, name)
            )


@pytest.mark.parametrize("seed", range(12))
def test_a_message_of_p_to_q_moves_the_looks_of_p_and_of_q_only_what_follows_it(
    seed: int, tmp_path: Path
) -> None:
    """Of q: the start of the interval of its next act, or its answer to it if it is regretted."""
    rows = people_write(seed)
    pick = random.Random(-seed - 1)
    when, (p, q) = pick.choice(range(1, 80_000, 7)), pick.sample(PEOPLE, 2)
    block = Block.of(3, [0])
    before = drafts([told(tmp_path, rows)], block)[0].world()
    more = sorted([*rows, (when, p, q)])
    after = drafts([told(tmp_path, more)], block)[0].world()
    for name in PEOPLE:
        if name not in (p, q):
            assert in_hand(after, name) == in_hand(before, name)
    assert in_hand(after, p) != in_hand(before, p)
    new = set(in_hand(after, q)) - set(in_hand(before, q))
    # The next act of q, and the interval that ends where that one begins.
    assert len(new) <= 2


def test_a_model_in_which_everybody_looks_when_somebody_writes_would_be_noticed(
    tmp_path: Path,
) -> None:
    """The wrong model: acts numbered through all people, so that one more shifts the draws of all."""
    rows = people_write(5)
    block = Block.of(3, [0])
    one, other = (
        drafts([told(tmp_path, some)], block)[0].world() for some in (rows, [(5, "a", "b"), *rows])
    )
    numbered = [np.random.default_rng(1).random(w.intervals.starts.size) for w in (one, other)]
    of_f = [w.intervals.at[PEOPLE.index("f"), IN_HAND] for w in (one, other)]
    assert not np.array_equal(*(u[a:b] for u, (a, b) in zip(numbered, of_f, strict=True)))
    assert in_hand(one, "f") == in_hand(other, "f")
