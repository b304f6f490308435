"""Worlds: every column follows its law, depends on nothing it should not, and hand-written worlds
hold together."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
import scipy.stats

from sim.clock import DAY, HOUR, MINUTE, NEVER, SECOND
from sim.errors import WorldError
from sim.world import Messages, World, draw_world
from sim.world.by_hand import written_world
from sim.world.looks import CHECKS, GLANCES, VISITS
from sim.world.rules import rules_of

from ..making import SMALL, assert_follows, assert_near, small

CAMPAIGN = SMALL.replace(
    'kind = "stream", senders = 4, recipients = 10, rate = "20 / d"',
    'kind = "campaign", messages = 20000',
)
LATENCY = {"dist": "lognormal", "median": "2 s", "sigma": 0.7}


def messages(**patch: Any) -> Messages:
    return draw_world(
        small({name.replace("__", "."): value for name, value in patch.items()}, text=CAMPAIGN), 0
    ).messages


def near(flags: np.ndarray, share: float) -> None:
    assert_near(float(flags.mean()), share, float(np.sqrt(share * (1 - share) / flags.size)))


def test_delays_follow_their_laws_to_the_microsecond() -> None:
    m = messages(push__latency=LATENCY, mistakes__chance=1.0)
    assert_follows(m.push_latency, scipy.stats.lognorm(0.7, scale=2 * SECOND).cdf)
    assert_follows(m.noticed - m.pressed, scipy.stats.expon(scale=5 * MINUTE).cdf)
    assert_follows(m.action, scipy.stats.lognorm(0.5, scale=6 * SECOND).cdf)
    assert abs(np.corrcoef(m.push_latency, m.action)[0, 1]) < 4.5 / np.sqrt(m.size)
    with pytest.raises(AssertionError, match="away from its distribution"):
        assert_follows(m.push_latency, scipy.stats.lognorm(0.7, scale=2.1 * SECOND).cdf)


def test_chances_have_their_shares_and_only_regretted_messages_are_worked_on() -> None:
    m = messages(mistakes__chance=0.3, review__catches=0.25)
    near(m.mistake, 0.3)
    near(m.caught[m.mistake], 0.25)
    assert not m.caught[~m.mistake].any()
    for column in (m.noticed, m.reaction, m.action, m.propagation):
        np.testing.assert_array_equal(column != NEVER, m.mistake)


def test_a_mistake_that_is_never_noticed_is_not_regretted() -> None:
    parts = [
        {"weight": 0.4, "distribution": {"dist": "never"}},
        {"weight": 0.6, "distribution": {"dist": "exponential", "mean": "1 s"}},
    ]
    m = messages(mistakes__chance=1.0, mistakes__noticed={"dist": "mixture", "parts": parts})
    assert m.mistake.all()
    near(m.noticed == NEVER, 0.4)
    np.testing.assert_array_equal(m.action == NEVER, m.noticed == NEVER)


def test_glances_needed_are_geometric() -> None:
    m = messages(**{"segments__*__notice": 0.3})
    for k in range(1, 8):
        near(m.glances_needed == k, 0.3 * 0.7 ** (k - 1))
    assert set(messages().glances_needed) == {1}
    assert messages(**{"segments__*__notice": 1e-30}).glances_needed.min() > 10**18, (
        "all but impossible, not at once"
    )


def test_slow_pushes_and_androids_have_their_own_latency() -> None:
    world = draw_world(
        small(
            {
                "push.latency": "1 s",
                "push.latency_android": "2 s",
                "push.slow": {"chance": 0.1, "latency": "1 h"},
            },
            text=CAMPAIGN,
        ),
        0,
    )
    m, ios = world.messages, world.recipients.ios[world.messages.recipient]
    slow = m.push_latency == HOUR
    near(slow, 0.1)
    assert set(m.push_latency[~slow & ios]) == {SECOND}
    assert set(m.push_latency[~slow & ~ios]) == {2 * SECOND}


def test_retractions_reach_the_systems_they_are_for_with_their_chance() -> None:
    world = draw_world(
        small(
            {
                "push.retraction": {"chance": 0.5, "latency": "3 s", "on": ["ios"]},
                "mistakes.chance": 1.0,
            },
            text=CAMPAIGN,
        ),
        0,
    )
    m, ios = world.messages, world.recipients.ios[world.messages.recipient]
    near((m.retract_after != NEVER)[ios], 0.5)
    assert set(m.retract_after[~ios]) == {NEVER}


def test_a_batch_mistake_hits_all_of_it_and_is_noticed_once_but_not_before_its_messages_are_sent() -> (
    None
):
    patch = {
        "mistakes.batch_chance": 1.0,
        "mistakes.chance": 0.0,
        "traffic.throttle": "2 s",
        "review.catches": 0.5,
    }
    outcomes = []
    for replication in range(20):
        m = draw_world(
            small({**patch, "traffic.messages": 100}, text=CAMPAIGN), replication
        ).messages
        assert m.mistake.all()
        noticed = m.noticed.min()
        np.testing.assert_array_equal(m.noticed, np.maximum(noticed, m.pressed))
        assert set(m.reaction) == {2 * SECOND}
        assert m.caught.all() or not m.caught.any()
        outcomes.append((int(noticed), bool(m.caught[0])))
    assert len({noticed for noticed, _ in outcomes}) == 20
    assert {caught for _, caught in outcomes} == {True, False}


def test_a_review_delays_every_message_and_a_hold_counts_from_pressing_send() -> None:
    m = messages(review__time="30 s", send__hold="10 s")
    np.testing.assert_array_equal(m.pressed, m.written + 30 * SECOND)
    np.testing.assert_array_equal(m.released, m.pressed + 10 * SECOND)


def test_sending_and_noticing_wait_for_their_hours() -> None:
    nine = [{"days": "Tue", "opens": "09:00", "closes": "17:00"}]
    m = messages(
        send__hours=nine, senders__hours=nine, mistakes__chance=1.0, senders__utc_offset="1 h"
    )
    assert set(m.released) == {DAY + 8 * HOUR}, "Tuesday nine o'clock on the senders' clock"
    assert m.noticed.min() == DAY + 8 * HOUR
    never = messages(senders__hours=nine, mistakes__noticed={"dist": "never"}, mistakes__chance=1.0)
    assert set(never.noticed) == {NEVER}


def test_alerts_and_mail_reactions_happen_with_their_chances() -> None:
    reaction = {"chance": 0.3, "delay": "9 s"}
    m = messages(
        **{f"segments__*__{name}": reaction for name in ("alert", "mail_alert")},
        **{"segments__*__email": {"instant": 1.0}, "segments__*__checks": {"length": "7 s"}},
    )
    for after in (m.alert_after, m.mail_alert_after):
        near(after == 9 * SECOND, 0.3)
        assert set(after) == {9 * SECOND, NEVER}
    assert set(m.alert_length[m.alert_after != NEVER]) == {5 * SECOND}
    assert set(m.mail_alert_length[m.mail_alert_after != NEVER]) == {7 * SECOND}
    without = messages(**{"segments__*__mail_alert": reaction})
    assert set(without.mail_alert_after) == set(without.email_latency) == {NEVER}, (
        "nobody here has mail on"
    )


def test_one_replication_is_one_world_whenever_and_however_often_it_is_drawn() -> None:
    scenario = small({"push.latency": LATENCY})
    draw_world(scenario, 3)
    one, again, other = (draw_world(scenario, k) for k in (5, 5, 6))
    for f in fields(Messages):
        np.testing.assert_array_equal(
            getattr(one.messages, f.name), getattr(again.messages, f.name)
        )
    keys = [set(world.recipients.key) for world in (one, again, other)]
    assert keys[0] == keys[1] != keys[2]
    assert one.messages.written.tolist() != other.messages.written.tolist()


def test_rules_are_the_scenarios_in_plain_numbers() -> None:
    r = rules_of(
        small(
            {
                "deletion.undeletable": ["dm", "email"],
                "deletion.window": "none",
                "email.carries": "preview",
                "email.preview": 7,
                "email.anchor": "latest",
                "senders.order": "last_sent",
            }
        )
    )
    assert (r.undeletable, r.window, r.email_preview, r.email_anchor, r.order) == (
        0b10001,
        -1,
        7,
        1,
        1,
    )
    assert [rules_of(small({"email.carries": c})).email_preview for c in ("full", "nothing")] == [
        NEVER,
        0,
    ]
    assert rules_of(small({"deletion.window": "unlimited"})).window == NEVER


def test_a_world_written_by_hand_is_what_it_says() -> None:
    world = written_world(
        [{"written": 9}, {"written": 5, "noticed": 60, "pressed": 6}],
        [{"glances": [(30, 40), (40, 40)], "visits": [(1, 2)]}, {}],
    )
    m = world.messages
    assert m.written.tolist() == [5, 9]
    assert m.pressed.tolist() == m.released.tolist() == [6, 9]
    assert m.mistake.tolist() == [True, False]
    assert world.recipients.push.all()
    assert world.looks(0, GLANCES).meeting(35) == (30, 40, 0)
    assert world.looks(0, GLANCES).meeting(40) == (40, 40, 1), (
        "a look meets its own start even if it has no length"
    )
    assert world.looks(0, VISITS).meeting(2) is None
    assert world.looks(1, GLANCES).meeting(0) is None
    assert world.looks(0, CHECKS).meeting(0) is None


@pytest.mark.parametrize(
    ("message", "recipient", "said"),
    [
        ({"notice": 3}, {}, r"names \['notice'\]; known fields"),
        ({}, {"glance": [(1, 2)]}, r"names \['glance'\]; known fields"),
        ({}, {"glances": [(5, 4)]}, "glances of recipient 0 overlap or are out of order"),
        ({}, {"checks": [(1, 5), (4, 6)]}, "checks of recipient 0 overlap or are out of order"),
        ({}, {"visits": [(4, 6), (1, 2)]}, "visits of recipient 0 overlap or are out of order"),
    ],
)
def test_a_hand_written_world_that_does_not_hold_together_is_refused(
    message: Any, recipient: Any, said: str
) -> None:
    with pytest.raises(WorldError, match=said):
        written_world([message], [recipient])


def test_visits_are_drawn_at_the_rate_they_have_with_a_badge() -> None:
    """Candidates come `badge_boost` times as fast; whether one takes place is another uniform's
    business."""
    calm, lively = (
        draw_world(
            small(
                {
                    "badge.boost": b,
                    "segments.*.visits": {"gap": {"dist": "exponential", "mean": "1 h"}},
                }
            ),
            0,
        )
        for b in (1.0, 4.0)
    )

    def count(world: World, surface: int = VISITS) -> int:
        looks, n = world.looks(0, surface), 0
        look = looks.meeting(0)
        while look is not None and look[0] < 25 * DAY:
            n, look = n + 1, looks.after(look)
        return n

    assert_near(count(calm), 600, np.sqrt(600))
    assert_near(count(lively), 2400, np.sqrt(2400))
    uniforms = np.array([calm.visit_uniforms(0, k) for k in range(2000)])
    assert abs(np.corrcoef(uniforms.T)[0, 1]) < 0.1
    assert_follows(uniforms.ravel(), lambda u: u)
