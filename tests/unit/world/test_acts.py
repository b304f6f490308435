"""What people write themselves, against the rule of docs/model.md read a second time, line by line."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.clock import DAY, SECOND
from sim.scenario.model import build
from sim.world.block import Block
from sim.world.conversation import matters
from sim.world.drawing import Draft, draft

PEOPLE = "abcd"
Row = tuple[int, str, str, bool]
"""When, from whom, to whom, and whether it is regretted."""


def people_write(seed: int) -> list[Row]:
    """Make a short trace with few instants, so that many come together, over some days."""
    pick = random.Random(seed)
    instants = [pick.randrange(3 * DAY // SECOND) for _ in range(12)]
    instants += [one + pick.choice((0, 1, 60, DAY // SECOND)) for one in instants]
    return sorted(
        (pick.choice(instants), *pick.sample(PEOPLE, 2), pick.random() < 0.3) for _ in range(40)
    )


def drafted(folder: Path, rows: list[Row], **more: Any) -> Draft:
    lines = [f"{t},{a},{b},{t + 5 if bad else ''}" for t, a, b, bad in rows]
    (folder / "t.csv").write_text("\n".join(["sent_at,sender,recipient,deleted_at", *lines]))
    raw = {
        "schema": 1,
        "run": {"horizon": "9 d"},
        "traffic": {"kind": "trace", "file": "t.csv"},
        "segments": [{"name": "all", "in_hand": {"before": "20 s", "after": "60 s"}}],
    }
    return draft(build(raw | more, file="made", folder=folder), Block.of(1, [0]))


def by_the_rule(rows: list[Row], *, answers_count: bool = False) -> list[tuple[str, int, int]]:
    """Give who acts when, and when the latest message to it before was written (-1: none)."""
    gets = {b for _, _, b, _ in rows}
    left_out = set()
    for t, a, b, bad in rows:
        later = [k for k, (u, c, d, _) in enumerate(rows) if (c, d) == (b, a) and u > t]
        if bad and later and rows[later[0]][0] - t <= DAY // SECOND and not answers_count:
            left_out.add(later[0])
    acts = []
    for k, (t, a, _, _) in enumerate(rows):
        if a in gets and k not in left_out:
            got = [u for u, _, d, _ in rows if d == a and u < t]
            acts.append((a, t, max(got, default=-1)))
    return sorted(acts)


def told(one: Draft) -> list[tuple[str, int, int]]:
    assert one.acts is not None
    names = sorted({PEOPLE[k] for k in range(len(PEOPLE))})
    return sorted(
        (names[p], int(t) // SECOND, int(r) // SECOND if r >= 0 else -1)
        for p, t, r in zip(one.acts.person, one.acts.at, one.acts.received, strict=True)
    )


@pytest.mark.parametrize("seed", range(30))
def test_acts_are_those_of_the_rule(seed: int, tmp_path: Path) -> None:
    rows = people_write(seed)
    assert {b for _, _, b, _ in rows} == set(PEOPLE), "everybody gets something"
    assert told(drafted(tmp_path, rows)) == by_the_rule(rows)


def test_a_rule_that_counts_answers_to_regretted_messages_is_noticed(tmp_path: Path) -> None:
    rows = people_write(0)
    assert told(drafted(tmp_path, rows)) != by_the_rule(rows, answers_count=True)


def test_acts_of_some_of_the_people_are_the_same_under_new_numbers(tmp_path: Path) -> None:
    acts = drafted(tmp_path, people_write(3)).acts
    assert acts is not None
    some = acts.of(np.array([False, True, False, True]))
    for old, new in ((1, 0), (3, 1)):
        for name in ("at", "received", "key", "entity"):
            mine, theirs = getattr(some, name), getattr(acts, name)
            np.testing.assert_array_equal(mine[some.person == new], theirs[acts.person == old])
    assert set(some.person.tolist()) == {0, 1}


@pytest.mark.parametrize("side", ["before", "after"])
def test_one_kind_of_people_that_takes_the_phone_is_enough_for_acts_to_matter(side: str) -> None:
    nothing = {"before": "0 s", "after": "0 s"}
    kinds = [
        {"name": "some", "share": 0.5, "in_hand": nothing | {side: "9 s"}},
        {"name": "others", "share": 0.5, "in_hand": nothing},
    ]
    raw = {
        "schema": 1,
        "run": {"horizon": "1 d"},
        "traffic": {"kind": "stream", "senders": 1, "recipients": 2, "rate": "9 / d"},
    }

    def made(segments: list[dict[str, Any]]) -> bool:
        return matters(build(raw | {"segments": segments}, file="made", folder=Path()))

    assert made(kinds)
    assert not made([kinds[1] | {"share": 1.0}])
