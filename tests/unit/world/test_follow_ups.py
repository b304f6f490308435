"""Sequences and apologies: which rows there are, whose they are, and that they move no other
draw."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from sim.clock import DAY, NEVER, SECOND
from sim.world.drawing import draw_world
from sim.world.parts import World

from ..making import SMALL, small

STEPS = 'kind = "sequence", messages = 40, throttle = "1 s", steps = [{ after = "1 d", length = 7 }, { after = "30 s" }]'
SEQUENCE = SMALL.replace('kind = "stream", senders = 4, recipients = 10, rate = "20 / d"', STEPS)
CAMPAIGN = SMALL.replace(
    'kind = "stream", senders = 4, recipients = 10, rate = "20 / d"',
    'kind = "campaign", messages = 40, throttle = "1 s"',
)


def world(text: str, patch: dict[str, Any] | None = None) -> World:
    return draw_world(small(patch, text=text), 0)


def test_every_opening_message_has_its_steps_at_their_offsets() -> None:
    m = world(SEQUENCE).messages
    assert m.size == 120
    assert (np.diff(m.written) >= 0).all()
    steps = m.after >= 0
    opening = m.after[steps]
    np.testing.assert_array_equal(m.recipient[steps], m.recipient[opening])
    assert (m.after[opening] == -1).all()
    offsets = m.written[steps] - m.written[opening]
    assert sorted(set(offsets.tolist())) == [30 * SECOND, DAY]
    assert set(m.length[steps][offsets == DAY].tolist()) == {7}
    assert len(set(m.entity.tolist())) == 120
    assert not m.mistake[steps].any() and m.mistake[~steps].any()


def test_a_sequence_opens_as_the_campaign_without_steps_does() -> None:
    whole, alone = world(SEQUENCE).messages, world(CAMPAIGN).messages
    opens = whole.after < 0
    for f in fields(alone):
        if f.name != "after":
            np.testing.assert_array_equal(
                getattr(whole, f.name)[opens], getattr(alone, f.name), err_msg=f.name
            )


def test_every_regretted_message_may_have_an_apology_whose_time_is_not_chances() -> None:
    plain, apology = (
        world(CAMPAIGN).messages,
        world(CAMPAIGN, {"deletion.remedy": "apology"}).messages,
    )
    extra = apology.apology
    np.testing.assert_array_equal(apology.after[extra], np.flatnonzero(plain.noticed != NEVER))
    assert not extra[: plain.size].any()
    for name in ("written", "pressed", "released", "noticed"):
        assert (getattr(apology, name)[extra] == NEVER).all(), name
    np.testing.assert_array_equal(apology.recipient[extra], plain.recipient[apology.after[extra]])
    assert len(set(apology.entity.tolist())) == apology.size


def test_apologies_move_no_draw_of_the_messages_they_follow() -> None:
    plain, apology = (
        world(CAMPAIGN).messages,
        world(CAMPAIGN, {"deletion.remedy": "apology"}).messages,
    )
    for f in fields(plain):
        np.testing.assert_array_equal(
            getattr(apology, f.name)[: plain.size], getattr(plain, f.name), err_msg=f.name
        )
