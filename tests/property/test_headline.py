"""The headline never rewards being worse: deleting later, or not at all, never lowers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.records import Records
from sim.tallies import PREVIEW_FIRST, read_mask
from sim.verdicts import Flags, judge
from sim.world import draw_world

from .conftest import Play
from .worlds import LAW, Hand, hands, scenario

Measure = Callable[[Records], Flags]
NO_DELETION = -1
"""The window of a platform that refuses every deletion."""


def apart(hand: Hand) -> Hand:
    """Give every message a recipient of its own: then a deletion concerns nobody else's.

    What waits in one mail, or in one sender's queue, would depend on the others.
    """
    people = tuple(hand.recipients[m["recipient"]] for m in hand.messages)
    rows = tuple(m | {"recipient": k} for k, m in enumerate(hand.messages))
    return replace(hand, messages=rows, recipients=people)


def later(hand: Hand, by: int) -> Hand:
    """Let every deletion take effect later."""
    return hand.each(propagation=lambda m: m["propagation"] + by)


def preview_first(records: Records) -> Flags:
    """The measure that the headline replaced: read in a preview before the app showed the text."""
    return np.isin(judge(records).verdict, PREVIEW_FIRST)


def read(records: Records) -> Flags:
    return read_mask(judge(records))


def assert_never_lower(play: Play, measure: Measure, base: Hand, by: int) -> None:
    """Assert that what is read stays read if its deletion comes later, or not at all."""
    soon, late, never = (
        measure(play(one.world()))
        for one in (base, later(base, by), base.ruled(window=NO_DELETION))
    )
    assert np.all(soon <= late)
    assert np.all(late <= never)


def assert_sums_never_lower(play: Play, measure: Measure, patch: dict[str, Any]) -> None:
    """Assert the same of the sums of a drawn scenario, whose messages share mails and visits."""
    changes = (
        {},
        {"deletion.propagation": "10 min"},
        {"deletion.propagation": "6 h"},
        {"deletion.window": "none"},
    )
    counts = [
        sum(int(measure(play(draw_world(scenario(patch | one), k))).sum()) for k in range(2))
        for one in changes
    ]
    assert counts == sorted(counts), "it falls"
    assert counts[0] < counts[-1], "deleting prevented nothing: this compared equal things"


@LAW
@given(hand=hands(), by=st.integers(1, 60))
def test_deleting_later_or_not_at_all_never_lowers_the_headline(
    play: Play, hand: Hand, by: int
) -> None:
    assert_never_lower(play, read, apart(hand), by)


RETRACTED = {"push.retraction": {"chance": 1.0, "latency": "1 s"}}


@pytest.mark.parametrize("patch", [{}, RETRACTED], ids=["kept", "retracted"])
def test_in_a_drawn_scenario_too(play: Play, patch: dict[str, Any]) -> None:
    assert_sums_never_lower(play, read, patch)


READ_IN_THE_APP_UNLESS_DELETED = Hand(
    ({"written": 0, "noticed": 10, "propagation": 10, "push_latency": 5},),
    ({"visits": [(30, 31)], "checks": [(40, 50)], "email": 1, "push": False},),
    {"email_late": False, "email_drop": 0},
)
"""Undeleted, the text is read in the app at 30, and the mail at 40 comes second."""


def test_the_share_read_by_preview_first_fails_both_laws(play: Play) -> None:
    """Why it is not the headline: fewer are read by preview first if nothing is deleted, because
    more are read in the app before."""
    assert_never_lower(play, read, READ_IN_THE_APP_UNLESS_DELETED, 30)
    with pytest.raises(AssertionError):
        assert_never_lower(play, preview_first, READ_IN_THE_APP_UNLESS_DELETED, 30)
    with pytest.raises(AssertionError, match="falls"):
        assert_sums_never_lower(play, preview_first, {})
