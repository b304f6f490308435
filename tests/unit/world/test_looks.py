"""Look streams: stationary from the first instant, the same however they are walked, with the
rhythm of the week."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.stats
from scipy.integrate import cumulative_trapezoid

from sim.clock import DAY, HOUR, NEVER, SECOND, WEEK
from sim.draws import U64, uniforms
from sim.scenario.quantities import WEEKS
from sim.world.attention import Attention
from sim.world.looks import (
    CHECKS,
    GLANCES,
    NEVER_AWAY,
    OPENED_ROW,
    SCRATCH,
    STREAM_ROW,
    VISITS,
    Looks,
    begin,
    drawn_looks,
    take,
    walk,
)
from sim.world.people import attention_of

from ..making import assert_follows, assert_near, distribution, small

PEOPLE = 6_000
GAP = {"dist": "weibull", "mean": "20 min", "shape": 0.6}
LENGTH = {"dist": "lognormal", "median": "3 min", "sigma": 1.0}


def attention(**segment: Any) -> Attention:
    """Lay out the looks of one segment."""
    return attention_of(
        small({f"segments.*.{name}": value for name, value in segment.items()}).segments
    )


def meetings(
    a: Attention, instant: int, *, rate: float = 1.0, offset: int = 0
) -> npt.NDArray[np.int64]:
    """Give, for many people, the first glance that is not over before an instant: (start, end,
    number)."""
    found = [
        drawn_looks(a, 99, e, 0, GLANCES, rate, offset).meeting(instant) for e in range(PEOPLE)
    ]
    return np.array(
        [look if look is not None else (NEVER, NEVER, -1) for look in found], dtype=np.int64
    )


def equilibrium(table: dict[str, Any], rate: float = 1.0) -> Any:
    """Give the distribution function of the wait for the end of a gap, from a fixed instant in it:
    by integration."""
    gap = distribution(table)
    x = np.concatenate([[0.0], np.geomspace(1e2, 1e12, 4000)])
    survival = np.array([1 - gap.cdf(v) for v in x])
    area = cumulative_trapezoid(survival, x, initial=0.0) / gap.mean()
    return lambda wait: np.interp(np.asarray(wait, dtype=float) * rate, x, area)


@pytest.mark.parametrize("instant", [0, 5 * HOUR, 20 * DAY + 12_345])
@pytest.mark.parametrize("rate", [1.0, 3.0])
def test_at_any_instant_the_chance_of_a_look_and_the_wait_for_one_are_those_of_equilibrium(
    instant: int, rate: float
) -> None:
    a = attention(glances={"gap": GAP, "length": LENGTH})
    looks = meetings(a, instant, rate=rate)
    looking = looks[:, 0] <= instant
    length, gap = distribution(LENGTH).mean(), distribution(GAP).mean() / rate
    share = length / (length + gap)
    assert_near(looking.mean(), share, np.sqrt(share * (1 - share) / PEOPLE))
    assert_follows(looks[~looking, 0] - instant, equilibrium(GAP, rate))
    assert_follows(
        looks[looking, 1] - instant, equilibrium(LENGTH)
    )  # what is left of a look is an equilibrium wait too


def test_a_fresh_gap_in_place_of_the_equilibrium_start_fails_the_check() -> None:
    """The wrong model: everybody has just put the phone away when the clock starts."""
    fresh = distribution(GAP).quantile(uniforms(4, "doc", np.arange(PEOPLE, dtype=np.uint64)))
    with pytest.raises(AssertionError, match="away from its distribution"):
        assert_follows(fresh, equilibrium(GAP))


def test_a_frailty_that_is_forgotten_fails_the_check() -> None:
    """The wrong model: a person of twice the pace who looks at the ordinary one."""
    looks = meetings(attention(glances={"gap": GAP, "length": "0 s"}), HOUR, rate=1.0)
    with pytest.raises(AssertionError, match="away from its distribution"):
        assert_follows(looks[:, 0] - HOUR, equilibrium(GAP, 2.0))


def all_looks(
    a: Attention, entity: int, until: int, surface: int = GLANCES
) -> list[tuple[int, int, int]]:
    """List the looks of one person from the start, up to an instant."""
    stream, found = drawn_looks(a, 99, entity, 0, surface, 1.0, 0), []
    look = stream.meeting(-(2**60))
    while look is not None and look[0] < until:
        found.append(look)
        look = stream.after(look)
    return found


def test_looks_follow_one_another_without_overlap_and_are_counted() -> None:
    a = attention(glances={"gap": GAP, "length": LENGTH}, week="texting")
    for entity in range(5):
        looks = all_looks(a, entity, 3 * WEEK)
        assert len(looks) > 100
        assert [look[2] for look in looks] == list(range(len(looks)))
        for one, two in itertools.pairwise(looks):
            assert one[0] <= one[1] <= two[0]


@pytest.mark.parametrize("step", [1, 7 * HOUR + 1, 9 * DAY])
def test_walking_lazily_from_any_instant_gives_the_same_looks(step: int) -> None:
    a = attention(glances={"gap": GAP, "length": LENGTH}, week="waking")
    for entity in range(4):
        whole = all_looks(a, entity, 2 * WEEK)
        stream = drawn_looks(a, 99, entity, 0, GLANCES, 1.0, 0)
        probes = (
            [look[0] + d for look in whole for d in (-1, 0, 1)]
            if step == 1
            else range(0, 2 * WEEK, step)
        )
        for instant in sorted(probes):
            expected = next(
                (look for look in whole if look[0] >= instant or look[1] > instant), None
            )
            if expected is not None:
                assert stream.meeting(instant) == expected


@pytest.mark.parametrize("size", [1, 2, 5, 64])
def test_chunk_sizes_change_no_look(size: int) -> None:
    a = attention(glances={"gap": GAP, "length": LENGTH}, week="texting")
    whole = all_looks(a, 3, WEEK)
    opened, state = np.zeros(1, OPENED_ROW), np.zeros(1, STREAM_ROW)[0]
    out, got = np.empty((size, 3), dtype=np.int64), []
    at, (week_at, slots) = a.stream_at[0, GLANCES], a.week_at[0]
    begin(
        a.pool,
        at,
        a.stream_mean[0, GLANCES],
        a.weeks,
        week_at,
        slots,
        np.array([0]),
        *NEVER_AWAY[:2],
        np.array([[0, 0]]),
        np.array([1.0]),
        np.array([U64(99)]),
        GLANCES,
        np.array([U64(3)]),
        opened,
        np.empty(SCRATCH),
    )
    take(opened[0], state)
    while len(got) < len(whole):
        n = walk(
            a.pool,
            at,
            a.weeks,
            week_at,
            slots,
            0,
            NEVER_AWAY,
            1.0,
            U64(99),
            GLANCES,
            U64(3),
            state,
            -(2**60),
            out,
        )
        got += [tuple(row) for row in out[:n].tolist()]
    assert got[: len(whole)] == whole


def drawn_chunks() -> Looks:
    """Give two looks that come in two chunks, as drawn ones do."""
    chunks = iter([[(10, 100, 4)], [(200, 210, 5)], []])
    return Looks(lambda _: next(chunks))


@pytest.mark.parametrize(
    "looks", [Looks.written(np.array([10, 200]), np.array([100, 210])), drawn_chunks()]
)
def test_the_look_in_progress_is_still_met_after_somebody_looked_ahead(looks: Looks) -> None:
    """A second message that arrives in one and the same glance is met by it too."""
    first = looks.meeting(20)
    assert first is not None
    assert first[:2] == (10, 100)
    second = looks.after(first)
    assert second is not None
    assert second[:2] == (200, 210)
    assert looks.meeting(30) == first
    assert looks.after(second) is None
    assert looks.meeting(99) == first
    assert looks.meeting(100) == second


def starts_by_hour(week: str, offset: int = 0) -> npt.NDArray[np.int64]:
    """Count the beginnings of many people's looks by hour of the scenario's week."""
    a = attention(
        glances={"gap": {"dist": "exponential", "mean": "2 h"}, "length": "0 s"}, week=week
    )
    counts = np.zeros(168, dtype=np.int64)
    for entity in range(120):
        stream = drawn_looks(a, 5, entity, 0, GLANCES, 1.0, offset)
        look = stream.meeting(0)
        while look is not None and look[0] < 2 * WEEK:
            counts[look[0] % WEEK // HOUR] += 1
            look = stream.after(look)
    return counts


def fits(counts: npt.NDArray[np.int64], weights: npt.NDArray[np.float64]) -> bool:
    """Tell whether hourly counts of Poisson looks fit a profile: chi-squared at one in 100,000."""
    expected = counts.sum() * weights / weights.sum()
    if counts[expected == 0].any():
        return False
    mine, theirs = counts[expected > 0], expected[expected > 0]
    return bool(
        scipy.stats.chi2.sf(float(np.sum((mine - theirs) ** 2 / theirs)), mine.size - 1) > 1e-5
    )


def test_looks_begin_in_proportion_to_the_week_on_the_persons_own_clock() -> None:
    weights = np.array(WEEKS["texting"])
    home, abroad = starts_by_hour("texting"), starts_by_hour("texting", offset=5 * HOUR)
    assert fits(home, weights)
    assert fits(abroad, np.roll(weights, -5))
    assert not fits(home, np.roll(weights, 1)), "the wrong model: a rhythm one hour late"
    assert not fits(abroad, np.roll(weights, 5)), "the wrong model: a time zone of the wrong sign"
    assert abs(home.sum() - 120 * 2 * 84) < 4.5 * np.sqrt(120 * 2 * 84), (
        "an average week passes at speed one"
    )


def test_nobody_looks_while_the_week_is_silent() -> None:
    counts = starts_by_hour("waking")
    asleep = np.array(WEEKS["waking"]) == 0
    assert counts[asleep].sum() == 0
    assert counts[~asleep].min() > 0


def test_a_look_lasts_its_drawn_length_on_the_clock_whatever_the_hour() -> None:
    """Decision 0002: at night looks are rarer, not longer."""
    a = attention(
        glances={"gap": {"dist": "exponential", "mean": "1 h"}, "length": "20 s"}, week="texting"
    )
    looks = [look for entity in range(20) for look in all_looks(a, entity, WEEK)]
    # look 0 may have begun before the clock did; the few that are cut by the next one are shorter
    lengths = np.array([end - start for start, end, number in looks if number > 0])
    assert lengths.max() == 20 * SECOND
    assert np.mean(lengths == 20 * SECOND) > 0.97


def test_a_stream_without_looks_has_none_and_surfaces_do_not_share_draws() -> None:
    a = attention(glances={"gap": GAP, "length": LENGTH}, checks={"gap": GAP, "length": LENGTH})
    assert drawn_looks(a, 1, 1, 0, VISITS, 1.0, 0).meeting(0) is None
    assert all_looks(a, 1, DAY, GLANCES) != all_looks(a, 1, DAY, CHECKS)


def test_endless_gaps_end_a_stream_instead_of_wrapping_round() -> None:
    parts = [
        {"weight": 0.5, "distribution": {"dist": "constant", "value": "36525 d"}},
        {"weight": 0.5, "distribution": {"dist": "constant", "value": "30000 d"}},
    ]
    a = attention(glances={"gap": {"dist": "mixture", "parts": parts}, "length": "1 s"})
    looks = all_looks(a, 1, 2**62)
    assert 100 < len(looks) < 2**61 / (30_000 * DAY) + 2
    assert all(look[0] >= 0 for look in looks[1:])
