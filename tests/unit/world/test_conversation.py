"""What people write themselves: which acts count, and how long the phone is in hand around each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats

from sim.clock import DAY, MINUTE, SECOND
from sim.scenario import Scenario
from sim.scenario.model import build
from sim.world import World, draw_world
from sim.world.block import Block
from sim.world.drawing import draft, drafts
from sim.world.intervals import IN_HAND

from ..making import assert_near, small

AFTER: dict[str, Any] = {"before": "0 s", "after": "60 s"}


def trace(folder: Path, lines: list[str], in_hand: dict[str, Any], **more: Any) -> Scenario:
    """Make a scenario of a trace: sent_at, sender, recipient (and deleted_at, if told)."""
    header = "sent_at,sender,recipient" + (",deleted_at" if lines[0].count(",") > 2 else "")
    (folder / "trace.csv").write_text("\n".join([header, *lines]))
    raw = {
        "schema": 1,
        "run": {"horizon": "3 d"},
        "traffic": {"kind": "trace", "file": "trace.csv"},
        "segments": [{"name": "all", "in_hand": in_hand}],
    }
    return build(raw | more, file="made", folder=folder)


def in_hand(world: World, recipient: int) -> list[tuple[float, float]]:
    """Give a recipient's intervals in hand, in seconds."""
    i = world.intervals
    a, b = i.at[recipient, IN_HAND]
    return [(s / SECOND, e / SECOND) for s, e in zip(i.starts[a:b], i.ends[a:b], strict=True)]


def test_on_a_trace_who_writes_is_the_recipient_of_the_same_name(tmp_path: Path) -> None:
    lines = ["100,ann,bob", "150,bob,ann", "400,ann,cleo", "900,dan,bob"]
    world = draw_world(trace(tmp_path, lines, AFTER), 0)
    ann, bob, cleo = (in_hand(world, r) for r in range(3))  # by name; dan gets nothing
    assert (ann, bob, cleo) == ([(100, 160), (400, 460)], [(150, 210)], [])


def test_the_next_act_takes_over_and_typing_begins_after_the_act_before(tmp_path: Path) -> None:
    lines = ["100,ann,bob", "130,ann,bob", "135,ann,bob", "1,bob,ann"]
    world = draw_world(trace(tmp_path, lines, AFTER), 0)
    assert in_hand(world, 0) == [(100, 130), (130, 135), (135, 195)]
    typing = {"before": "20 s", "after": "60 s"}
    lines = ["100,ann,bob", "130,ann,bob", "135,ann,bob", "3,bob,cleo"]
    world = draw_world(trace(tmp_path, [*lines, "200,x,ann"], typing), 0)
    assert in_hand(world, 0) == [(80, 110), (110, 130), (130, 195)]


def test_an_interval_of_no_length_is_left_out(tmp_path: Path) -> None:
    lines = ["100,ann,bob", "100,ann,cleo", "300,bob,ann"]
    world = draw_world(trace(tmp_path, lines, AFTER), 0)
    assert in_hand(world, 0) == [(100, 160)]
    short = {"before": "0 s", "after": "0 s"}
    typed = trace(tmp_path, lines, short | {"before": "1 s"})
    assert in_hand(draw_world(typed, 0), 0) == [(99, 100)]


def test_what_is_written_at_the_instant_of_an_act_is_not_what_it_answers(tmp_path: Path) -> None:
    typing = {"before": "20 s", "after": "0 s"}
    world = draw_world(trace(tmp_path, ["100,ann,bob", "100,bob,ann"], typing), 0)
    assert in_hand(world, 0) == in_hand(world, 1) == [(80, 100)]


def test_typing_is_cut_at_five_minutes_and_the_phone_is_put_down_after_thirty(
    tmp_path: Path,
) -> None:
    long = {"before": "1 h", "after": "2 h"}
    world = draw_world(trace(tmp_path, ["5000,ann,bob", "9000,x,ann"], long), 0)
    assert in_hand(world, 0) == [(5000 - 300, 5000 + 1800)]


def test_typing_begins_at_a_uniform_place_after_the_latest_message_before_the_act(
    tmp_path: Path,
) -> None:
    """Messages to ann at 0 and 1000, ann's act at 1100: typing is uniform over 100 s; the wrong
    models: over 1100 s (the first message), or from the message on."""
    lines = ["0,x,ann", "1000,x,ann", "1100,ann,bob"]
    s = trace(tmp_path, lines, {"before": "5 min", "after": "0 s"})
    block = Block.of(1, range(2000))
    i = draft(s, block).world().intervals
    typing = (i.ends - i.starts) / SECOND
    assert typing.size == 2000
    assert scipy.stats.kstest(typing, scipy.stats.uniform(0, 100).cdf).pvalue > 1e-5
    assert scipy.stats.kstest(typing, scipy.stats.uniform(0, 1100).cdf).pvalue < 1e-5


REGRETTED = [
    "100,ann,bob,500",
    "300,bob,cleo,",
    "400,bob,ann,",
    "450,bob,ann,",
    "90000,ann,bob,90100",
    "176401,bob,ann,",
    "9,x,cleo,",
]


def test_the_answer_to_a_regretted_message_is_left_out(tmp_path: Path) -> None:
    """Of bob's: not the one to cleo, the first to ann, and the second one; the answer to the other
    regretted message comes a second too late to be one"""
    world = draw_world(trace(tmp_path, REGRETTED, AFTER), 0)
    assert in_hand(world, 1) == [(300, 360), (450, 510), (176401, 176461)]
    sooner = [*REGRETTED[:5], "176400,bob,ann,", REGRETTED[6]]
    assert in_hand(draw_world(trace(tmp_path, sooner, AFTER), 0), 1) == [(300, 360), (450, 510)]


def test_which_answers_are_left_out_is_the_baselines_decision(tmp_path: Path) -> None:
    lines = [f"{100 * k},{a},{b}" for k, (a, b) in enumerate([("ann", "bob"), ("bob", "ann")] * 40)]
    s = trace(
        tmp_path,
        lines,
        AFTER,
        mistakes={"chance": 0.3, "noticed": "1 min"},
        policies={"today": {}, "careful": {"mistakes": {"chance": 0.0}}},
    )
    today, careful = s.under("today"), s.under("careful")
    assert careful.regrets["mistakes"] == s.mistakes != careful.mistakes
    block = Block.of(5, range(3))
    alone = [draft(one, block).world().intervals for one in (today, careful)]
    paired = [one.world().intervals for one in drafts([today, careful], block)]
    for one in (alone[1], *paired):
        np.testing.assert_array_equal(one.starts, alone[0].starts)
        np.testing.assert_array_equal(one.at, alone[0].at)
    never = draft(s.patched({"mistakes.chance": 0.0}), block).world().intervals
    assert never.starts.size > alone[0].starts.size, "nothing was left out"


def talking(chance: float, **more: Any) -> World:
    """Draw a world of drawn traffic in conversation."""
    patch = {"conversation.chance": chance, "segments.*.in_hand": AFTER} | more
    return draw_world(small({"traffic.recipients": 2000, "traffic.rate": "300 / d"} | patch), 0)


def test_a_drawn_message_has_an_act_of_its_recipient_before_it_with_its_chance() -> None:
    w = talking(0.3, **{"conversation.recency": "59 s"})
    m = w.messages
    there = w.intervals.are_on(IN_HAND, m.recipient, m.written)
    n = m.size
    assert n > 1000
    # Few have two messages within the minute, so hardly anybody is in hand for another's sake.
    assert_near(there.mean(), 0.3, np.sqrt(0.3 * 0.7 / n))
    none = talking(0.3, **{"conversation.recency": "61 s"})
    assert none.intervals.are_on(IN_HAND, m.recipient, m.written).mean() < 0.02


def test_campaigns_and_sequences_are_nobodys_conversation() -> None:
    for kind in (
        {"kind": "campaign", "messages": 50},
        {"kind": "sequence", "messages": 50, "steps": [{"after": "1 h"}]},
    ):
        s = small({"conversation.chance": 1.0, "segments.*.in_hand": AFTER}).patched(
            {"traffic": kind}
        )
        assert draw_world(s, 0).intervals.starts.size == 0


def test_nobody_is_in_hand_by_default_however_much_they_talk() -> None:
    s = small({"conversation.chance": 1.0})
    assert draft(s, Block.of(1, [0])).own_acts() is None
    assert not draw_world(s, 0).intervals.at[:, IN_HAND].any()


def test_the_default_recency_is_that_of_the_texts() -> None:
    w = talking(1.0, **{"segments.*.in_hand": {"before": "0 s", "after": "1 s"}})
    m, i = w.messages, w.intervals
    assert i.starts.size > 0.9 * m.size
    one = draft(small({"conversation.chance": 1.0, "segments.*.in_hand": AFTER}), Block.of(1, [0]))
    sent, acts = one.sent, one.own_acts()
    assert acts is not None
    at = {int(e): int(t) for e, t in zip(acts.entity, acts.at, strict=True)}
    ago = np.array([t - at[int(e)] for e, t in zip(sent.entity, sent.written, strict=True)])
    quartiles = np.quantile(ago, [0.05, 0.5, 0.95]) / SECOND
    assert np.all(np.abs(quartiles / [12, 85, 1193] - 1) < 0.5)
    assert ago.min() >= 0 and ago.max() <= 30 * MINUTE


@pytest.mark.parametrize("length", ["1 s", "10 min"])
def test_acts_before_time_0_and_at_the_horizon_are_cut_to_what_is_seen(
    tmp_path: Path, length: str
) -> None:
    lines = ["1,ann,bob", "259199,bob,ann"]
    s = trace(tmp_path, lines, {"before": length, "after": length})
    for r in range(2):
        assert all(e > 0 and b < 3 * DAY / SECOND for b, e in in_hand(draw_world(s, 0), r))
