"""Parity on small worlds about nothing but a list of conversations, so that what is rare elsewhere comes
up: messages that are gone from it, or stay, while earlier or later ones do; with wrong lists that it finds."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest

from sim.clock import NEVER, SECOND
from sim.engines import compiled, reference
from sim.records import Records, first_difference
from sim.schema.codes import EVERY_THREAD, ONE_THREAD
from sim.schema.rules import Rules
from sim.world.by_hand import written_world
from sim.world.parts import World

from .mutants import altered

WORLDS = 2_000

WRONG = {
    "a list of conversations shows every message": (
        "thread",
        "    if rules.list_latest and _is_covered(m, rules, rows, work, q, now, now):\n        return\n",
        "",
    ),
    "what is gone keeps an earlier message from the list": (
        "thread",
        "there = plus(row.effective, m.list_gone_after[row.number]) > instant",
        "there = True",
    ),
    "the list shows the latest message of anybody": (
        "thread",
        "if row.sender == sender and there",
        "if there",
    ),
    "what comes later keeps a message from the list": (
        "thread",
        "        if lists[later].sent_at > now:\n            break\n",
        "",
    ),
    "what covers a message for now covers it for good": (
        "thread",
        "q, now, _FOR_GOOD)",
        "q, now, now)",
    ),
    "a step that is withheld keeps an earlier message from the list": (
        "thread",
        " and there and not (rules.pause and is_withheld(rows, work.rare, i)):",
        " and there:",
    ),
    "what was not the latest is never listed": (
        "thread",
        "if every and not rules.list_latest:",
        "if every:",
    ),
}


def listed_world(seed: int) -> World:
    """Make a world of one recipient without push, who opens the app again and again."""
    pick = random.Random(seed).randint
    messages = [
        {
            "sender": pick(0, 1),
            "released": pick(0, 6) * SECOND,
            "noticed": pick(3, 12) * SECOND if pick(0, 2) else NEVER,
            "list_gone_after": pick(0, 6) * SECOND if pick(0, 2) else NEVER,
            "length": 30,
        }
        for _ in range(pick(2, 4))
    ]
    if pause := pick(0, 1) == 0:  # the last is a step that follows the first
        step = {"after": 0, "sender": messages[0]["sender"], "released": 8 * SECOND}
        messages[-1] |= step | {"noticed": NEVER}
    visits = [(at * SECOND, (at + pick(0, 1)) * SECOND) for at in range(pick(2, 6), 16, 2)]
    rules = Rules(
        list_shown=True,
        list_latest=True,
        list_chars=pick(0, 1) * 20,
        visit_reads=(EVERY_THREAD, ONE_THREAD)[pick(0, 1)],
        placeholder=bool(pick(0, 1)),
        pause=pause,
    )
    return written_world(messages, [{"push": False, "visits": visits}], rules=rules)


@cache
def played() -> list[tuple[World, Records]]:
    """Play all of these worlds as it is right."""
    return [(world, reference.play(world)) for world in map(listed_world, range(WORLDS))]


def test_engines_agree_on_what_a_list_of_conversations_shows() -> None:
    for world, right in played():
        assert first_difference(right, compiled.play(world)) is None
    assert sum((right["list_read"] != NEVER).any() for _, right in played()) > WORLDS / 4


@pytest.mark.parametrize("rule", WRONG)
def test_a_wrong_list_is_found(rule: str, tmp_path: Path) -> None:
    module, old, new = WRONG[rule]
    play = altered(tmp_path, {module: (old, new)})
    assert any(first_difference(right, play(world)) for world, right in played())
