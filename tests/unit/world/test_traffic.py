"""Traffic: streams are Poisson in the rhythm of their week, campaigns are evenly spaced, names
survive additions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.stats

from sim.clock import DAY, HOUR, NEVER, WEEK
from sim.scenario.quantities import WEEKS
from sim.world.sent import Sent, names_of
from sim.world.traffic import draw_traffic

from ..making import SMALL, assert_follows, one_world, small

STREAM = 'kind = "stream", senders = 4, recipients = 10, rate = "20 / d"'


def traffic(key: int = 5, horizon: str = "14 d", **changes: Any) -> Sent:
    patch = {
        "run.horizon": horizon,
        **{f"traffic.{name}": value for name, value in changes.items()},
    }
    return draw_traffic(small(patch), one_world(key))


def poisson_gaps(times: np.ndarray, rate: float) -> None:
    """Assert that times are those of a Poisson process: exponential gaps, each independent of the
    one before."""
    gaps = np.diff(times) * rate
    assert_follows(gaps, scipy.stats.expon.cdf)
    assert abs(scipy.stats.spearmanr(gaps[1:], gaps[:-1]).statistic) < 4.5 / np.sqrt(gaps.size)


def test_a_stream_is_poisson() -> None:
    sent = traffic(rate="2000 / d", senders=1)
    poisson_gaps(sent.written, 2000 / DAY)
    assert abs(sent.written.size - 28_000) < 4.5 * np.sqrt(28_000)
    with pytest.raises(AssertionError, match="away from its distribution"):
        poisson_gaps(sent.written, 1.05 * 2000 / DAY)


def test_senders_write_independently_and_at_their_own_rate() -> None:
    counts = np.bincount(traffic(rate="5 / d", senders=2000).sender, minlength=2000)
    assert abs(counts.mean() - 70) < 4.5 * np.sqrt(70 / 2000)
    assert counts.var() == pytest.approx(70, rel=4.5 * np.sqrt(2 / 2000))


def by_hour(sent: Sent) -> np.ndarray:
    return np.bincount(sent.written % WEEK // HOUR, minlength=168)


def fits(counts: np.ndarray, weights: np.ndarray) -> bool:
    expected = counts.sum() * weights / weights.sum()
    used = expected > 0
    statistic = float(np.sum((counts[used] - expected[used]) ** 2 / expected[used]))
    return not counts[~used].any() and bool(scipy.stats.chi2.sf(statistic, used.sum() - 1) > 1e-5)


@pytest.mark.parametrize("week", ["flat", "office", "texting"])
def test_senders_write_in_the_rhythm_of_their_week(week: str) -> None:
    sent = traffic(rate="40 / d", senders=100, week=week)
    weights = np.repeat(WEEKS[week], 168 // len(WEEKS[week]))
    assert abs(sent.written.size - 56_000) < 4.5 * np.sqrt(56_000), (
        "an average week passes at speed one"
    )
    assert fits(by_hour(sent), weights)
    assert week == "flat" or not fits(by_hour(sent), np.roll(weights, 1)), (
        "the wrong model: one hour late"
    )


def test_a_senders_time_zone_shifts_the_rhythm() -> None:
    sent = draw_traffic(
        small(
            {
                "run.horizon": "14 d",
                "traffic.rate": "800 / d",
                "traffic.week": "office",
                "senders.utc_offset": "-5 h",
            }
        ),
        one_world(5),
    )
    weights = np.array(WEEKS["office"])
    assert fits(by_hour(sent), np.roll(weights, 5)), (
        "nine o'clock there is two in the afternoon here"
    )
    assert not fits(by_hour(sent), np.roll(weights, -5))


def test_messages_are_sorted_numbered_and_named_by_sender_and_number() -> None:
    sent = traffic()
    assert np.all(np.diff(sent.written) >= 0)
    for sender in range(4):
        mine = sent.sender == sender
        np.testing.assert_array_equal(sent.number[mine], np.arange(mine.sum()))
        np.testing.assert_array_equal(
            sent.entity[mine], (sender << 32) + np.arange(mine.sum(), dtype=np.uint64)
        )
    assert np.unique(sent.entity).size == sent.entity.size
    assert set(sent.recipient) == set(range(10))
    assert np.all(sent.batch == -1)
    assert not sent.has_record


def test_recipients_are_chosen_alike() -> None:
    counts = np.bincount(traffic(rate="2000 / d", senders=1).recipient, minlength=10)
    assert fits(counts, np.ones(10))
    assert not fits(counts + np.arange(10) * 60, np.ones(10))


def rows(sent: Sent) -> set[tuple[int, ...]]:
    return set(
        zip(
            sent.sender.tolist(),
            sent.number.tolist(),
            sent.written.tolist(),
            sent.recipient.tolist(),
            strict=True,
        )
    )


def test_a_sender_more_changes_no_message_of_the_others() -> None:
    few, more = rows(traffic(senders=4)), rows(traffic(senders=5))
    assert few < more
    assert {row[0] for row in more - few} == {4}


def test_a_longer_horizon_only_adds_and_lasting_shorter_only_drops() -> None:
    short, long, stopped = (
        traffic(horizon="5 d"),
        traffic(horizon="14 d"),
        traffic(horizon="14 d", lasts="5 d"),
    )
    assert rows(short) == rows(stopped) == {row for row in rows(long) if row[2] < 5 * DAY}


def test_a_rate_of_zero_sends_nothing() -> None:
    assert traffic(rate="0 / d").written.size == 0


def test_a_rate_beyond_the_first_guess_loses_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """The buffer of times is a guess from the mean; a silent start would not fill it, a burst must
    not overrun it."""
    weights = [0.0] * 6 + [1.0]
    sent = traffic(rate="300 / d", senders=1, week=weights, horizon="7 d")
    assert abs(sent.written.size - 2100) < 4.5 * np.sqrt(2100)
    assert sent.written.min() >= 6 * DAY


def test_a_campaign_is_spaced_by_its_throttle_one_message_a_recipient() -> None:
    text = SMALL.replace(
        STREAM, 'kind = "campaign", messages = 50, start = "1 h", throttle = "2 s", length = 7'
    )
    sent = draw_traffic(small(text=text), one_world(5))
    np.testing.assert_array_equal(sent.written, HOUR + 2_000_000 * np.arange(50))
    np.testing.assert_array_equal(sent.recipient, np.arange(50))
    assert set(sent.batch) == {0}
    assert set(sent.sender) == {0}
    assert set(sent.length) == {7}
    assert np.all(sent.deleted_at == NEVER)


def test_names_depend_on_their_text_only() -> None:
    some = np.array(["a", "b", "person 1"], dtype=object)
    assert names_of(some).tolist() == names_of(some[::-1])[::-1].tolist()
    assert (
        np.unique(names_of(np.array([f"person {k}" for k in range(50_000)], dtype=object))).size
        == 50_000
    )


def test_messages_of_one_instant_stay_in_the_order_of_their_senders() -> None:
    sent = traffic(rate="200000 / s", senders=5, horizon="2 ms")
    rows = list(zip(sent.written, sent.sender, sent.number, strict=True))
    assert len(set(sent.written)) < len(rows), "there are ties"
    assert rows == sorted(rows)
