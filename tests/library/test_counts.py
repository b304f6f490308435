"""What is certain in the library comes out exactly: deletions one by one against a window,
follow-ups that are orphans."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.clock import HOUR, MINUTE, NEVER, SECOND
from sim.engines.compiled import play as play_compiled
from sim.engines.reference import play as play_reference
from sim.records import Records
from sim.verdicts import judge
from sim.world.drawing import draw_world
from sim.world.parts import World

from .conftest import Library

Play = Callable[[World], Records]
WINDOW = HOUR


@pytest.fixture(params=[play_reference, play_compiled], ids=["reference", "compiled"])
def play(request: pytest.FixtureRequest) -> Play:
    """Give one engine after the other."""
    chosen: Play = request.param
    return chosen


def played(play: Play, library: Library, name: str, policy: str) -> Records:
    return play(draw_world(library[name].under(policy), 0))


def recalled(r: Records) -> int:
    return int(np.count_nonzero(r["effective"] != NEVER))


def test_of_400_messages_380_are_recalled_within_the_hour_at_9_47_seconds_each(
    play: Play, library: Library
) -> None:
    r = played(play, library, "after_hours_400.toml", "one by one")
    assert (len(r), recalled(r)) == (400, WINDOW // (9_470 * SECOND // 1000)) == (400, 380)
    assert np.count_nonzero(r["refused"] == 2) == 20
    assert WINDOW // (9_480 * SECOND // 1000) == 379, (
        "a hundredth of a second more, and one fewer is recalled"
    )


def test_of_1_200_messages_900_are_recalled_at_4_seconds_each_the_last_at_the_windows_very_end(
    play: Play, library: Library
) -> None:
    r = played(play, library, "campaign_1200.toml", "4 s each")
    assert (len(r), recalled(r)) == (1200, WINDOW // (4 * SECOND)) == (1200, 900)
    ages = (r["completed"] - r["accepted"])[r["effective"] != NEVER]
    assert ages.max() == WINDOW


@pytest.mark.parametrize(
    ("policy", "lost", "each"),
    [
        ("4 s each, found after 30 min", 30 * MINUTE, 4 * SECOND),
        ("2 s each, found after 30 min", 30 * MINUTE, 2 * SECOND),
        ("9.47 s each", 0, 9_470 * SECOND // 1000),
    ],
)
def test_what_is_recalled_of_a_campaign_is_what_fits_into_the_rest_of_the_hour(
    policy: str, lost: int, each: int, play: Play, library: Library
) -> None:
    assert recalled(played(play, library, "campaign_1200.toml", policy)) == (WINDOW - lost) // each


def test_orphans_are_the_follow_ups_sent_after_their_message_was_deleted(
    play: Play, library: Library
) -> None:
    r = played(play, library, "broken_template.toml", "not paused")
    step = np.flatnonzero(r["after"] >= 0)
    opening = r["after"][step]
    sent_after = (r["accepted"][step] != NEVER) & (r["effective"][opening] <= r["accepted"][step])
    assert np.count_nonzero(judge(r).orphan) == np.count_nonzero(sent_after) == step.size == 120


def test_there_is_no_orphan_where_the_contacts_were_paused(play: Play, library: Library) -> None:
    r = played(play, library, "broken_template.toml", "paused")
    step = r["after"] >= 0
    assert not judge(r).orphan.any()
    assert np.all(r["paused"][step] != NEVER) and np.all(r["accepted"][step] == NEVER)


def test_a_follow_up_to_a_message_that_could_not_be_deleted_is_no_orphan(
    play: Play, library: Library
) -> None:
    r = played(play, library, "broken_template.toml", "noticed the next day")
    assert recalled(r) == 0
    assert not judge(r).orphan.any()


def test_an_age_of_exactly_the_window_is_inside_it_and_a_second_more_is_not(
    play: Play, library: Library
) -> None:
    at = {
        policy: recalled(played(play, library, "window_edge.toml", policy))
        for policy in library["window_edge.toml"].policy_names()
    }
    assert at == {"at 58 min": 500, "at 60 min": 500, "at 60 min, 1 s to confirm": 0}
