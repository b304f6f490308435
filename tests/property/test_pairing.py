"""Comparisons are paired: the same world under every policy, and a parameter moves only what
depends on it, one way."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.clock import NEVER
from sim.scenario import load, parse
from sim.world import Messages, Recipients, World, draw_world
from sim.world.looks import SURFACES

from .worlds import scenario

SLOWER = {"dist": "lognormal", "median": "5 s", "sigma": 1.0}
ASKED = {
    "mistake",
    "noticed",
    "noticed_part",
    "reaction",
    "action",
    "propagation",
    "retract_after",
    "badge_sync_after",
    "caught",
}
REACTION = {"chance": 0.5, "delay": {"dist": "lognormal", "median": "9 s", "sigma": 1.0}}


def columns(world: World) -> dict[str, np.ndarray]:
    """Give every column of a world, of messages and recipients."""
    own = {f.name: getattr(world.messages, f.name) for f in fields(Messages)}
    return own | {
        f"recipient {f.name}": getattr(world.recipients, f.name) for f in fields(Recipients)
    }


def moved(before: World, after: World) -> dict[str, set[int]]:
    """Give the columns that differ, each with the signs of its changes."""
    a, b = columns(before), columns(after)
    return {
        n: set(np.sign(np.where(b[n] > a[n], 1, -1))[a[n] != b[n]].tolist())
        for n in a
        if not np.array_equal(a[n], b[n])
    }


# patch; columns that must move, each in one direction; columns that may
CHANGES: list[tuple[str, dict[str, Any], dict[str, int], set[str]]] = [
    ("slower pushes", {"push.latency": SLOWER}, {"push_latency": 1}, set()),
    ("more slow pushes", {"push.slow.chance": 0.4}, {"push_latency": 1}, set()),
    ("a longer hold", {"send.hold": "30 s"}, {"released": 1}, set()),
    ("a push delay", {"push.delay": "30 s"}, {"push_delay": 1}, set()),
    ("more mistakes", {"mistakes.chance": 0.8}, {"mistake": 1, "noticed": -1, "action": -1}, ASKED),
    (
        "later noticing",
        {"mistakes.noticed": {"dist": "lognormal", "median": "9 min", "sigma": 1.5}},
        {"noticed": 1},
        set(),
    ),
    (
        "a slower sender",
        {"senders.action": {"dist": "lognormal", "median": "20 s", "sigma": 0.5}},
        {"action": 1},
        set(),
    ),
    ("keener eyes", {"segments.*.notice": 0.9}, {"glances_needed": -1}, set()),
    ("more alerts", {"segments.*.alert": REACTION}, {"alert_after": -1, "alert_length": -1}, set()),
    (
        "more handling",
        {"segments.*.handling.chance": 0.6},
        {"looks_to_handle": -1, "bare_looks_to_handle": -1, "open_after": -1},
        set(),
    ),
    (
        "retractions",
        {"push.retraction": {"chance": 0.5, "latency": "2 s"}},
        {"retract_after": -1},
        set(),
    ),
    (
        "a review",
        {"review": {"time": "20 s", "catches": 0.5}},
        {"caught": 1, "pressed": 1, "released": 1, "noticed": 1},
        set(),
    ),
    ("offline devices", {"thread.cache.offline": 0.3}, {"tap_offline": 1}, set()),
    ("fewer pushes on", {"segments.*.push": 0.5}, {"recipient push": -1}, set()),
    ("more badges", {"segments.*.badge": 0.8}, {"recipient badge": 1}, set()),
    ("more iPhones", {"segments.*.ios": 0.8}, {"recipient ios": 1}, set()),
    (
        "more hidden previews",
        {"segments.*.previews_hidden": 0.5},
        {"recipient hides_previews": 1},
        set(),
    ),
    (
        "wider frailty",
        {"segments.*.frailty": {"dist": "lognormal", "median": 2.0, "sigma": 0.7}},
        {"recipient rate": 1, "recipient checks_rate": 1},
        set(),
    ),
    ("longer texts", {"traffic.length": 400}, {"length": 1}, set()),
    (
        "a rule only",
        {
            "deletion.window": "10 min",
            "push.preview": 7,
            "senders.deletions_at_once": 3,
            "badge.boost": 3.0,
        },
        {},
        set(),
    ),
    (
        "other looks",
        {"segments.*.glances.gap": {"dist": "weibull", "mean": "30 min", "shape": 0.6}},
        {},
        set(),
    ),
]


@pytest.mark.parametrize(
    ("patch", "must", "may"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES]
)
def test_a_parameter_moves_what_depends_on_it_one_way_and_nothing_else(
    patch: Any, must: dict[str, int], may: set[str]
) -> None:
    signs = moved(draw_world(scenario(), 0), draw_world(scenario(patch), 0))
    assert {name: {sign} for name, sign in must.items()}.items() <= signs.items()
    assert set(signs) <= set(must) | may


def test_a_generator_that_hands_out_numbers_in_order_would_be_noticed() -> None:
    """The wrong model: one stream of numbers for all. A message more shifts every later draw."""
    one, other = np.random.default_rng(1), np.random.default_rng(1)
    before = {name: one.random(5) for name in ("push_latency", "action")}
    after = {"push_latency": other.random(6)[:5], "action": other.random(6)[:5]}
    assert not np.array_equal(before["action"], after["action"])


@pytest.mark.parametrize("file", ["linkedin_dm", "texts"])
def test_every_policy_of_a_shipped_scenario_meets_the_same_world(file: str) -> None:
    touched = {
        "undo 10 s": {"released"},
        "push +30 s": {"push_delay"},
        "retract push": {"retract_after"},
    }
    s = load(f"scenarios/{file}.toml")
    base = draw_world(s.under("today"), 1)
    for policy in s.policy_names()[1:]:
        world = draw_world(s.under(policy), 1)
        assert set(moved(base, world)) == touched.get(
            policy, set(moved(base, world)) & set(columns(base))
        )
        np.testing.assert_array_equal(world.recipients.key, base.recipients.key)
        assert world.attention is base.attention
        assert not any(name.startswith("recipient ") for name in moved(base, world))


def test_looks_are_the_same_under_every_policy_and_whatever_messages_there_are() -> None:
    busy, calm = (
        draw_world(scenario({"traffic.rate": "90 / d"}), 0),
        draw_world(scenario({"send.hold": "1 h"}), 0),
    )
    assert busy.messages.size != calm.messages.size
    for surface in range(len(SURFACES)):
        for r in range(12):
            one, other = busy.looks(r, surface), calm.looks(r, surface)
            assert [one.meeting(t) for t in range(0, 10**11, 10**10)] == [
                other.meeting(t) for t in range(0, 10**11, 10**10)
            ]


def by_name(world: World) -> dict[tuple[int, int], tuple[Any, ...]]:
    """Give every column of each message under its name (sender, number)."""
    m = world.messages
    names = [f.name for f in fields(Messages) if f.name not in ("sender", "number")]
    rows = zip(*(getattr(m, name).tolist() for name in names), strict=True)
    return dict(zip(zip(m.sender.tolist(), m.number.tolist(), strict=True), rows, strict=True))


def test_a_sender_more_changes_no_message_of_the_others() -> None:
    few, more = (
        by_name(draw_world(scenario(), 0)),
        by_name(draw_world(scenario({"traffic.senders": 4}), 0)),
    )
    assert few.items() <= more.items()
    assert {sender for sender, _ in set(more) - set(few)} == {3}


def test_a_day_more_changes_no_message_of_the_days_before() -> None:
    short, long = (
        by_name(draw_world(scenario(), 0)),
        by_name(draw_world(scenario({"traffic.lasts": "2 d"}), 0)),
    )
    assert short.items() <= long.items()
    assert len(short) < len(long)


def test_a_message_more_in_a_trace_changes_no_other_and_no_person(tmp_path: Path) -> None:
    rows = [f"{97 * k},{k % 5},{k % 7}" for k in range(60)]
    text = (
        Path(__file__)
        .with_name("worlds.py")
        .read_text(encoding="utf-8")
        .partition('SCENARIO = """')[2]
        .partition('"""')[0]
    )
    stream = text[text.index("traffic = ") : text.index("\nmistakes")]
    worlds = []
    for name, table in (("few", rows), ("more", [*rows[:30], "2900,0,3", *rows[30:], "1,9,9"])):
        (tmp_path / f"{name}.csv").write_text(
            "\n".join(["sent_at,sender,recipient", *table]), encoding="utf-8"
        )
        worlds.append(
            draw_world(
                parse(
                    text.replace(stream, f'traffic = {{ kind = "trace", file = "{name}.csv" }}'),
                    folder=tmp_path,
                ),
                0,
            )
        )
    told = []
    for world in worlds:
        m, people = world.messages, world.recipients
        left = ("sender", "number", "recipient")
        names = [f.name for f in fields(Messages) if f.name not in left]
        drawn = [getattr(m, name).tolist() for name in names]
        person = [getattr(people, f.name)[m.recipient].tolist() for f in fields(Recipients)]
        told.append(dict(zip(m.entity.tolist(), zip(*drawn, *person, strict=True), strict=True)))
    assert told[0].items() <= told[1].items()
    assert (len(told[0]), len(told[1])) == (60, 62)
    assert sum(row[names.index("noticed")] != NEVER for row in told[0].values()) > 0
