"""Tasks that have the baseline in common are played together, and leave the bytes they leave alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim import playing
from sim.playing import price_share_of
from sim.running import run
from sim.scenario import load
from sim.sweeping.planning.cells import PLAYED, inputs_of
from sim.sweeping.planning.plan import plan
from sim.sweeping.playing.batches import A_WORKER, MOST, batches
from sim.sweeping.playing.tasks import Task, blocks, play, play_batch
from sim.world.drawing import Draft
from sim.world.focus import Focus

from .making import FILES

SHIPPED = Path(__file__).parents[2] / "scenarios" / "linkedin_dm.toml"
AXES: dict[str, tuple[Path, str, list[Any]]] = {
    "a hold, once that of the baseline": (
        SHIPPED,
        'policies."undo 10 s".send.hold',
        ["0 s", "10 s", "1 h"],
    ),
    "a push delay, everybody being played": (
        FILES / "tiny.toml",
        'policies."push +5 min".push.delay',
        ["1 min", "1 h"],
    ),
    "a remedy": (SHIPPED, 'policies."undo 10 s".deletion.remedy', ["delete", "apology", "block"]),
    "who regrets": (SHIPPED, 'policies."undo 10 s".mistakes.chance', [0.01, 0.05]),
    "follow-ups that are held beyond the horizon": (
        FILES / "sequence.toml",
        "policies.hold.mistakes.chance",
        [0.001, 0.3],
    ),
    "edits": (FILES / "rich.toml", "policies.edit.deletion.edit_window", ["1 min", "1 h"]),
}


def tasks_of(file: Path, path: str, values: list[Any], replications: int) -> list[Task]:
    """List the tasks of a sweep over one axis."""
    planned = plan(load(file), {path: values}, replications=replications)
    return [task for case in planned.cases.values() for task in blocks(case, replications)]


@pytest.mark.parametrize("axis", AXES)
def test_a_task_leaves_the_same_bytes_alone_and_in_a_batch(axis: str) -> None:
    tasks = tasks_of(*AXES[axis], replications=20)
    assert len({task.case.in_common for task in tasks}) == 1 < len(tasks)
    together = play_batch(tasks)
    assert together == [play(task) for task in tasks]
    assert len(set(together)) == len(tasks)


def test_cells_that_price_other_money_are_not_played_together() -> None:
    """Money that depends on everybody is counted on everybody, so that others are played."""
    base = load(SHIPPED)
    cases = []
    for costs in ({}, {"others_pushed": 0.01}):
        policies = {name: dict(base.raw["policies"][name]) for name in ("today", "undo 10 s")}
        policies["undo 10 s"] |= {"costs": costs} if costs else {}
        cases.append(
            inputs_of({k: v for k, v in base.raw.items() if k != "policies"}, policies, base.folder)
        )
    tasks = [Task(case, 0, 20) for case in cases]
    found = list(batches(tasks * 4, 1))
    assert [len({task.case.address for task in one}) for one in found] == [1] * 4
    assert price_share_of(cases[0].scenarios()) < price_share_of(cases[1].scenarios()) == 1
    with pytest.raises(AssertionError):
        play_batch(tasks)


def test_a_batch_is_small_where_a_policy_regrets_much() -> None:
    much = tasks_of(SHIPPED, 'policies."undo 10 s".mistakes.chance', [0.5, 0.6, 0.7, 0.8], 128)
    some = tasks_of(SHIPPED, 'policies."undo 10 s".send.hold', ["1 s", "2 s", "3 s", "4 s"], 128)
    assert {len(one) for one in batches(much * 4, 1)} <= {1, 2}
    assert {len(one) for one in batches(some * 4, 1)} == {4}


def test_what_tasks_have_in_common_is_played_once(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[int] = []
    real = playing.focused

    def watched(drafts: Sequence[Draft], share: float) -> Focus:
        played.append(len(drafts))
        return real(drafts, share)

    monkeypatch.setattr(playing, "focused", watched)
    tasks = tasks_of(SHIPPED, 'policies."undo 10 s".send.hold', ["1 s", "10 s", "1 h"], 2)
    play_batch(tasks)
    today_push_and_retraction, holds = 3, 3
    assert played == [today_push_and_retraction + holds]


def test_every_task_is_in_one_batch_of_its_replications_and_baseline() -> None:
    tasks = tasks_of(SHIPPED, 'policies."undo 10 s".send.hold', ["1 s", "2 s", "3 s"], 300)
    others = tasks_of(SHIPPED, "mistakes.chance", [0.01, 0.02], 300)
    others += tasks_of(SHIPPED, 'policies."undo 10 s".send.hold', ["4 s"], 280)[-1:]
    found = list(batches([*tasks, *others], 1))
    assert sorted(task.key for one in found for task in one) == sorted(
        task.key for task in [*tasks, *others]
    )
    for one in found:
        assert len({(task.case.in_common, task.first, task.count) for task in one}) == 1
    sizes = {len(one) for one in found if one[0] in tasks}
    assert sizes == {3} and {len(one) for one in found if one[0] in others} == {1}


@pytest.mark.parametrize("workers", [1, 2, 10, 100])
def test_batches_are_many_enough_for_all_workers_and_not_too_large(workers: int) -> None:
    holds = [f"{k} s" for k in range(1, 81)]
    tasks = tasks_of(SHIPPED, 'policies."undo 10 s".send.hold', holds, 1)
    found = list(batches(tasks, workers))
    assert len(found) >= min(A_WORKER * workers, len(tasks))
    assert max(map(len, found)) == min(MOST, max(80 // (A_WORKER * workers), 1))


def test_tasks_that_play_everybody_are_batched_only_while_they_are_small() -> None:
    """So that a worker holds no more messages at once than those of one task."""
    holds = ["1 min", "2 min", "3 min", "4 min"]
    few, many = (
        tasks_of(FILES / "tiny.toml", 'policies."push +5 min".push.delay', holds, replications)
        for replications in (4, 256)
    )
    assert {len(one) for one in batches(few * 4, 1)} == {4}
    large = [replace(task, case=replace(task.case, messages=PLAYED / task.count)) for task in many]
    assert {len(one) for one in batches(large * 4, 1)} == {1}
    assert {len(one) for one in batches(many * 4, 1)} == {4}


def test_a_hold_delays_the_follow_ups_of_people_who_are_not_played_too() -> None:
    scenario = load(FILES / "sequence.toml")
    few, all_of_them = (
        run(scenario, replications=5, engine="compiled", everybody=everybody).sums
        for everybody in (False, True)
    )
    assert few.total("today", "followups") == all_of_them.total("today", "followups") > 500
    assert few.total("hold", "followups") == all_of_them.total("hold", "followups") == 0
