"""Urgency: reading soon and regretting soon are tied by one score, with the correlation asked for
and margins as before."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.clock import NEVER
from sim.schema.world import Messages
from sim.world.drawing import draw_world

from ..making import SMALL, Z, small

N = 20_000
TEXT = SMALL.replace(
    'kind = "stream", senders = 4, recipients = 10, rate = "20 / d"',
    f'kind = "campaign", messages = {N}',
)
PATCH = {
    "mistakes.chance": 1.0,
    "mistakes.noticed": {"dist": "exponential", "mean": "5 min"},
    "segments.*.notice": 0.4,
    "segments.*.alert": {"chance": 1.0, "delay": {"dist": "exponential", "mean": "10 s"}},
}


def drawn(r: float) -> Messages:
    return draw_world(small(PATCH | {"mistakes.urgency": r}, text=TEXT), 0).messages


def correlation(m: Messages) -> tuple[float, float]:
    """Correlate the normal scores of the alert's delay and of the notice delay; with the standard
    error."""
    delay, notice = (
        stats.norm.ppf((stats.rankdata(x) - 0.5) / N)
        for x in (m.alert_after, m.noticed - m.pressed)
    )
    r = float(np.corrcoef(delay, notice)[0, 1])
    return r, (1 - r * r) / np.sqrt(N)


@pytest.mark.parametrize("r", [0.6, -0.6, 0.0])
def test_how_soon_it_is_read_and_how_soon_it_is_regretted_have_the_correlation_asked_for(
    r: float,
) -> None:
    found, error = correlation(drawn(r))
    assert abs(found - r) < Z * error + 1e-3
    assert abs(found - (r + 0.2)) > Z * error, "a wrong correlation would be seen"


def test_margins_stay_as_they_are() -> None:
    tied = drawn(0.6)
    for values, mean in ((tied.alert_after, 10e6), (tied.noticed - tied.pressed, 300e6)):
        assert stats.kstest(values / mean, "expon").pvalue > 1e-6
    shares = np.bincount(tied.glances_needed)[1:4] / N
    assert np.abs(shares - [0.4, 0.24, 0.144]).max() < Z * 0.5 / np.sqrt(N)


def test_no_urgency_is_no_change() -> None:
    plain, zero = draw_world(small(PATCH, text=TEXT), 0).messages, drawn(0.0)
    np.testing.assert_array_equal(plain.noticed, zero.noticed)
    np.testing.assert_array_equal(plain.glances_needed, zero.glances_needed)
    assert (drawn(0.6).noticed != zero.noticed).any()
    assert (zero.noticed != NEVER).all()
