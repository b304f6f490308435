"""Every named purpose of a draw has its own 32-bit number, and none is used for two different
things."""

from __future__ import annotations

import ast
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import draws
from sim.scenario import load
from sim.schema.screens import NAMES
from sim.schema.world import MESSAGES, RECIPIENTS
from sim.world import draw_world
from sim.world.looks import STREAMS

from .making import small

SOURCES = Path(sim.__file__).parent
DRAWING = {
    "purpose",
    "chance",
    "duration",
    "uniforms",
    "reaction",
    "per_segment",
    "looks",
    "own",
    "factors",
    "_by_presence",
    "u",
    "has",
    "owners",
}
"""Functions that take the name of a purpose."""


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a drawing function in the package, with its bare name."""
    for file in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in DRAWING:
                    yield name, node


def names_in_sources() -> set[str]:
    """Collect the purposes that the sources name, those made of a stem included."""
    found: set[str] = set()
    for function, call in calls():
        for argument in call.args[:2]:
            for name in spelled(argument):
                made = {
                    "u": [f"recipient.{name}"],
                    "has": [f"recipient.{name}"],
                    "own": [f"recipient.{name}"],
                    "factors": [f"recipient.{name}"],
                    "owners": [f"recipient.{name}"],
                    "reaction": [f"{name}.chance", f"{name}.delay"],
                }
                found.update(made.get(function, [name]))
    owned = {f"recipient.{name}" for name in NAMES}
    owned |= {f"recipient.{f.of}" for f in RECIPIENTS if f.of} | {f.of for f in MESSAGES if f.of}
    return found | set(STREAMS) | {f"{name}.start" for name in STREAMS} | owned


def spelled(argument: ast.expr) -> list[str]:
    """Give the names that an argument may be: one, or one for each screen device it begins with."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.FormattedValue):
        rest = [part.value for part in argument.values[1:] if isinstance(part, ast.Constant)]
        return [f"{name}{''.join(map(str, rest))}" for name in NAMES]
    return []


class Recorder:
    """Stands in for zlib inside `sim.draws` and remembers which purposes were asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def crc32(self, name: bytes) -> int:
        self.names.add(name.decode())
        return zlib.crc32(name)


EVERYTHING = {
    "push.latency": {"dist": "exponential", "mean": "1 s"},
    "push.slow.chance": 0.5,
    "push.retraction.chance": 0.5,
    "push.slow.latency": {"dist": "exponential", "mean": "1 min"},
    "push.delay": {"dist": "exponential", "mean": "1 s"},
    "push.retraction.latency": {"dist": "exponential", "mean": "1 s"},
    "badge.sync": {"dist": "exponential", "mean": "1 s"},
    "deletion.propagation": {"dist": "exponential", "mean": "1 s"},
    "email.delay": {"dist": "exponential", "mean": "1 s"},
    "email.latency": {"dist": "exponential", "mean": "1 s"},
    "review.time": {"dist": "exponential", "mean": "1 s"},
    "review.catches": 0.5,
    "thread.cache.offline": 0.5,
    "mistakes.batch_chance": 0.5,
    "mistakes.reaction": {"dist": "exponential", "mean": "1 s"},
    "segments.*.email": {"instant": 1.0, "off": 0.0},
    "segments.*.alert": {
        "chance": 0.5,
        "spread": 0.2,
        "felt": 0.7,
        "felt_spread": 0.2,
        "delay": {"dist": "exponential", "mean": "1 s"},
    },
    "segments.*.mail_alert": {"chance": 0.5, "delay": {"dist": "exponential", "mean": "1 s"}},
    "segments.*.handling": {
        "chance": 0.5,
        "opened": 0.5,
        "delay": {"dist": "exponential", "mean": "1 s"},
    },
    "segments.*.glances.length": {"dist": "exponential", "mean": "1 s"},
    "segments.*.checks": {
        "gap": {"dist": "exponential", "mean": "1 h"},
        "length": {"dist": "exponential", "mean": "1 s"},
        "opened": 0.5,
        "frailty": {"dist": "lognormal", "median": 1.0, "sigma": 0.5},
    },
    "segments.*.away": {"gap": "2 h", "length": "1 h"},
    "segments.*.offline": {"gap": "2 h", "length": "1 h"},
    "segments.*.doze": {"gap": "2 h", "length": "1 h"},
    "mistakes.urgency": 0.5,
    "email.tick": "5 s",
    "push.delay_active": {"dist": "exponential", "mean": "1 s"},
    "segments.*.reply": {"chance": 0.5},
    "segments.*.desktop": {
        "share": 0.5,
        "gap": "1 h",
        "length": "1 h",
        "notice": 0.5,
        "delay": {"dist": "exponential", "mean": "1 s"},
        "reading": {"dist": "exponential", "mean": "1 s"},
    },
    "segments.*.watch": {
        "share": 0.5,
        "worn": 0.5,
        "notice": 0.5,
        "delay": {"dist": "exponential", "mean": "1 s"},
        "length": {"dist": "exponential", "mean": "1 s"},
    },
    "segments.*.quiet": {"share": 0.5, "hours": [{"opens": "22:00", "closes": "24:00"}]},
}


def test_the_scan_finds_every_purpose_that_a_world_really_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorder = Recorder()
    monkeypatch.setattr(draws, "zlib", recorder)
    draw_world(small(EVERYTHING), 0)
    draw_world(load("scenarios/linkedin_dm.toml"), 0)
    campaign = {
        "traffic": {"kind": "campaign", "messages": 300},
        "mistakes.batch_chance": 0.5,
        "mistakes.chance": 0.2,
    }
    draw_world(small(EVERYTHING, text=_campaign()).patched(campaign), 0)
    assert recorder.names <= names_in_sources(), recorder.names - names_in_sources()
    assert len(recorder.names) > 30, "the worlds above exercised next to nothing"


def _campaign() -> str:
    from .making import SMALL

    return SMALL.replace(
        'kind = "stream", senders = 4, recipients = 10, rate = "20 / d"',
        'kind = "campaign", messages = 300',
    )


def test_no_two_purposes_share_a_number() -> None:
    names = sorted(names_in_sources())
    assert {
        "push.latency",
        "glances.start",
        "recipient.frailty",
        "alert.chance",
        "replication",
        "visits.thin",
    } <= set(names)
    numbers = [draws.purpose(name) for name in names]
    assert len(set(numbers)) == len(names)
    assert all(0 <= number < 2**32 for number in numbers)


def test_the_collision_check_sees_a_collision() -> None:
    """The wrong model: numbers below 1,000 do collide."""
    numbers = [draws.purpose(name) % 1000 for name in names_in_sources()]
    assert len(set(numbers)) < len(numbers)


def test_no_purpose_is_drawn_in_two_places_except_where_only_one_of_them_can_happen() -> None:
    """Two draws of one purpose for one entity would be the same number: each shared name here is a
    choice of laws."""
    places: dict[str, int] = {}
    for function, call in calls():
        for argument in call.args[:2]:
            if (
                function in ("duration", "chance", "per_segment", "u")
                and isinstance(argument, ast.Constant)
                and str(argument.value) != "us"
            ):  # Arrow's microseconds
                places[str(argument.value)] = places.get(str(argument.value), 0) + 1
    shared = {name for name, count in places.items() if count > 1}
    # by operating system; and one draw per message against one per batch, whose names differ in
    # their highest bit
    assert shared == {"push.latency", "mistakes.noticed", "mistakes.reaction", "review.catches"}


def test_a_purpose_more_moves_no_other_draw() -> None:
    """Switching on a feature that draws (a slow part) leaves the columns of all others as they
    were."""
    calm, busy = (
        draw_world(small(), 0).messages,
        draw_world(small({"push.slow": {"chance": 0.5, "latency": "1 min"}}), 0).messages,
    )
    for name in (
        "written",
        "recipient",
        "noticed",
        "action",
        "glances_needed",
        "alert_after",
        "looks_to_handle",
    ):
        np.testing.assert_array_equal(getattr(calm, name), getattr(busy, name))
    assert (busy.push_latency != calm.push_latency).any()
