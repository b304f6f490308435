"""The validation page measures each fact by the fact's own definition: small cases by hand, and the
definitions that it must not be confused with give other numbers on them."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np

import sim
from sim.clock import HOUR, MINUTE, NEVER

DEFINITIONS = Path(sim.__file__).parents[1] / "docs" / "validation" / "definitions.py"
facts = SimpleNamespace(**runpy.run_path(str(DEFINITIONS)))


def at(*minutes: float) -> np.ndarray:
    return np.array([NEVER if m == np.inf else int(m * MINUTE) for m in minutes], dtype=np.int64)


def test_a_wait_ends_with_the_earliest_and_is_never_negative() -> None:
    found = facts.wait(at(1, 1, 1), at(3, np.inf, 0), at(2, np.inf, np.inf))
    np.testing.assert_array_equal(found, [1, np.inf, 0])


def test_a_view_is_handling_or_the_app_and_a_notice_is_not_a_view() -> None:
    arrived, noticed = at(0, 0, 0), at(1, 1, 1)
    handled, read = at(5, np.inf, np.inf), at(np.inf, 7, np.inf)
    np.testing.assert_array_equal(facts.to_view(arrived, handled, read), [5, 7, np.inf])
    np.testing.assert_array_equal(facts.to_notice(arrived, noticed, read), [1, 1, 1])


def test_seen_by_unlock_skips_looks_that_stay_locked_and_is_zero_on_an_unlocked_phone() -> None:
    starts, ends = at(1, 4, 10), at(2, 6, 11)
    unlocked = np.array([False, True, True])
    found = facts.to_unlock(at(0, 4.5, 6, 12), starts, ends, unlocked)
    np.testing.assert_array_equal(found, [4, 0, 4, np.inf])
    any_look = facts.to_unlock(at(0, 4.5, 6, 12), starts, ends, np.ones(3, dtype=bool))
    assert any_look[0] == 1, "the next look of any kind is not the published definition"
    np.testing.assert_array_equal(facts.to_unlock(at(0), starts, ends, np.zeros(3, bool)), [np.inf])


def test_a_look_that_lasts_covers_what_arrives_after_a_shorter_one_inside_it() -> None:
    found = facts.to_unlock(at(5), at(0, 1), at(9, 2), np.array([True, True]))
    np.testing.assert_array_equal(found, [0])


def test_shares_within_are_of_those_that_happened() -> None:
    waits = np.array([1.0, 20.0, np.inf, np.inf])
    assert facts.share_within(waits, 10) == 0.5
    assert np.mean(waits <= 10) == 0.25, "of all: another curve"


def test_the_sampler_that_pauses_leaves_out_what_the_naive_one_counts() -> None:
    every = 15 * MINUTE
    np.testing.assert_array_equal(facts.samples(HOUR + 1, every), at(15, 30, 45, 60))
    paused = facts.samples_with_pause(at(0, 200), at(5, 201), 4 * HOUR, every, HOUR)
    np.testing.assert_array_equal(paused, at(15, 30, 45, 60, 210, 225))
    never_lit = facts.samples_with_pause(at(), at(), 2 * HOUR, every, HOUR)
    np.testing.assert_array_equal(never_lit, at(15, 30, 45, 60))


def test_ages_count_a_long_pending_notification_once_a_sample() -> None:
    sampled = facts.samples(2 * HOUR)
    found = facts.ages(at(10, 20), at(100, 25), sampled)
    np.testing.assert_array_equal(found, [5, 20, 35, 50, 65, 80])
    assert np.median(found) != np.median([90, 5]), "the age at the end is not the age when sampled"


def test_quartiles_are_over_devices_and_not_over_samples() -> None:
    many, one = np.full(99, 100.0), np.array([1.0])
    np.testing.assert_array_equal(facts.device_medians([many, one, np.zeros(0)]), [100, 1])
    assert np.median(np.concatenate([many, one])) != np.median(facts.device_medians([many, one]))


def test_an_answer_is_the_recipients_next_message_to_that_sender() -> None:
    written = at(0, 1, 2, 3, 200)
    sender, recipient = np.array([7, 8, 7, 9, 8]), np.array([8, 9, 8, 7, 7])
    found = facts.answers(written, sender, recipient, 24 * HOUR)
    np.testing.assert_array_equal(found, at(200, np.inf, 200, np.inf, np.inf))
    np.testing.assert_array_equal(
        facts.answers(written, sender, recipient, HOUR), at(*[np.inf] * 5)
    )


def test_the_time_since_the_own_last_text_is_that_of_the_recipient() -> None:
    written = at(0, 4, 5)
    found = facts.since_own(written, np.array([1, 2, 3]), np.array([2, 1, 2]))
    np.testing.assert_array_equal(found, [np.inf, 4, 1])


def test_answered_before_seen_is_a_share_of_the_answered() -> None:
    answered, seen = at(5, 5, np.inf, np.inf), at(3, 9, 1, np.inf)
    assert facts.answered_before_seen(answered, seen) == 0.5
    assert np.mean(answered < seen) == 0.25, "of all messages: another share"


def test_the_page_says_what_the_model_says_now() -> None:
    """The rows of the real texts, and their negative control: without the phone in hand half of the
    texts are answered before they are seen."""
    folder = DEFINITIONS.parent
    page = (folder.parent / "validation.md").read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(folder), "--check"],
        cwd=folder.parents[1],
        env=os.environ | {"PYTHONPATH": str(folder.parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (row,) = (line for line in page.splitlines() if line.startswith("| texts |"))
    shares = [float(one) for one in re.findall(r"([\d.]+) %(?: of the answered| \|)", row)]
    assert shares[0] <= 0.5 and shares[1] > 30
