"""Parity on worlds and scenarios that nobody thought of: ties forced, every feature switched on and
off."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.model import build
from sim.verification import generated
from sim.world.drawing import draw_world

from .making import agree, tied_world
from .scenarios import Raw, scenarios


def test_engines_agree_on_worlds_of_whole_seconds_where_every_tie_comes_up(examples: int) -> None:
    for seed in range(10 * examples):
        agree(tied_world(random.Random(seed).randint))


def test_engines_agree_on_tied_worlds_that_hypothesis_makes_and_shrinks(effort: settings) -> None:
    @effort
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        agree(tied_world(lambda low, high: data.draw(st.integers(low, high))))

    holds()


def test_engines_agree_on_scenarios_with_every_feature_on_and_off(effort: settings) -> None:
    @effort
    @given(scenarios())
    def holds(raw: Raw) -> None:
        agree(draw_world(build(raw, file="made", folder=Path()), 0))

    holds()


def test_engines_agree_on_numbered_scenarios(examples: int) -> None:
    """The scenarios of `toolate verify`, a thousand by default; a night takes a hundred thousand:
    `pytest tests/parity/test_generated.py --parity-examples 20000`."""
    for number in range(5 * examples):
        raw = generated.scenario(generated.numbered(number))
        agree(draw_world(build(raw, file=f"number {number}", folder=Path()), 0))


def test_engines_agree_on_traces_with_recorded_deletions(tmp_path: Path, examples: int) -> None:
    for seed in range(max(1, examples // 20)):
        pick = random.Random(seed).randint
        lines, people = ["sent_at,sender,recipient,deleted_at"], "abcdefghi"
        for _ in range(60):
            sent = pick(0, 40_000)
            deleted = str(sent + pick(0, 7_000)) if pick(0, 2) == 0 else ""
            lines.append(f"{sent},{people[pick(0, 5)]},{people[pick(2, 8)]},{deleted}")
        (tmp_path / f"{seed}.csv").write_text("\n".join(lines))
        looks = {
            "gap": {"dist": "weibull", "mean": "20 min", "shape": 0.6},
            "length": {"dist": "lognormal", "median": "30 s", "sigma": 1.0},
        }
        raw: Raw = {
            "schema": 1,
            "run": {"seed": seed, "horizon": "12 h"},
            "traffic": {"kind": "trace", "file": f"{seed}.csv"},
            "deletion": {"window": "1 h", "unread_only": seed % 2 == 0, "placeholder": True},
            "push": {
                "latency": {"dist": "exponential", "mean": "1 min"},
                "retraction": {"chance": 0.5, "latency": "5 s"},
            },
            "thread": {"cache": {"offline": 0.3}},
            "badge": {"boost": 2.0, "sync": "2 min"},
            "segments": [
                {
                    "name": "all",
                    "badge": 0.5,
                    "email": {"batched": 1.0},
                    "notice": 0.7,
                    "glances": looks,
                    "checks": looks,
                    "visits": looks,
                    "handling": {"chance": 0.6, "opened": 0.5, "delay": "2 s"},
                    "in_hand": {
                        "before": "20 s",
                        "after": {"dist": "exponential", "mean": "4 min"},
                    },
                }
            ],
        }
        agree(draw_world(build(raw, file="made", folder=tmp_path), 0))
