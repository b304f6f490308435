"""The headline never rewards being worse: deleting later, or not at all, never lowers it."""

from __future__ import annotations

from dataclasses import replace

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


@LAW
@given(hand=hands(), by=st.integers(1, 60))
def test_deleting_later_or_not_at_all_never_lowers_the_headline(
    play: Play, hand: Hand, by: int
) -> None:
    base = apart(hand)
    soon, late, never = (
        read(play(one.world())) for one in (base, later(base, by), base.ruled(window=NO_DELETION))
    )
    assert np.all(soon <= late)
    assert np.all(late <= never)


@pytest.mark.parametrize(
    "patch", [{}, {"push.retraction": {"chance": 1.0, "latency": "1 s"}}], ids=["kept", "retracted"]
)
def test_in_a_drawn_scenario_too(play: Play, patch: dict[str, object]) -> None:
    """Messages of one recipient share mails and visits here, so the law is of the sum."""
    policies = [
        scenario(patch | change)
        for change in (
            {},
            {"deletion.propagation": "10 min"},
            {"deletion.propagation": "6 h"},
            {"deletion.window": "none"},
        )
    ]
    worlds = [[draw_world(one, replication) for one in policies] for replication in range(2)]
    counts = np.sum([[read(play(one)).sum() for one in row] for row in worlds], axis=0)
    assert np.all(np.diff(counts) >= 0)
    assert counts[0] < counts[-1], "deleting prevented nothing: this compared equal things"


def test_the_share_read_by_preview_first_fails_that_law(play: Play) -> None:
    """Why it is not the headline: undeleted, the text is read in the app at 30, and the mail at 40
    comes second."""
    message = {"written": 0, "noticed": 10, "propagation": 10, "push_latency": 5}
    looks = {"visits": [(30, 31)], "checks": [(40, 50)], "email": 1, "push": False}
    base = Hand((message,), (looks,), {"email_late": False})
    kept = base.ruled(window=NO_DELETION)
    assert [bool(read(play(one.world()))[0]) for one in (base, kept)] == [True, True]
    assert [bool(preview_first(play(one.world()))[0]) for one in (base, kept)] == [True, False]


def test_the_law_notices_the_measure_that_the_headline_replaced(play: Play) -> None:
    """The negative control on drawn worlds: fewer are read by preview first if nothing is
    deleted."""
    today, never = (
        sum(int(preview_first(play(draw_world(one, k))).sum()) for k in range(2))
        for one in (scenario(), scenario({"deletion.window": "none"}))
    )
    assert never < today
