"""How often intervals cover the truth, on made-up worlds whose truth is known: `make coverage`.

Writes docs/coverage.md. `tests/theory/test_coverage.py` runs a small part of it, with the formulas
that the package had before as wrong models.

Worlds hold a random number of messages; what happens to them clusters, because a world has a share
of its own (beta-binomial), a batch of mistakes, or a digest that is missed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import joblib
import numpy as np
import numpy.typing as npt

import sim
from sim import estimates as est
from sim.answers.crossing import crossing
from sim.answers.searching import Paid, Point, search
from sim.clock import SECOND
from sim.estimates import Estimates
from sim.estimates.ratios import wilson
from sim.prices import PRICES, prices
from sim.regrets import POLICY, REPLICATION, Regrets
from sim.running import run
from sim.summaries import changes as changes_of
from sim.summaries import compared
from sim.summaries import shares as shares_of
from sim.sums import Floats, Sums
from sim.tallies import DELAY_EDGES, HEADLINE, SPLIT, counted, delayed_by

CHOICES = ("The best", "Sequential choice")
"""Parts whose cases are choices, right or wrong, and no intervals with a width."""
WORLDS = (10, 30, 100, 200)
MEAN = 9
"""Messages of a world, on average."""
PAGE = Path("docs/coverage.md")


@dataclass(frozen=True)
class Case:
    """Data sets of one kind: estimates of shape (sets, ...), the truth, and the limits by the old
    formula.
    """

    what: str
    worlds: int
    found: Estimates
    truth: Floats | float
    old: tuple[Floats, Floats] | None = None
    together: bool = False
    """All intervals of a data set must cover at once."""

    def _covers(self, low: Floats, high: Floats) -> float:
        known = ~np.isnan(low)
        held = (low <= self.truth) & (self.truth <= high)
        if self.together:
            return float(held.all(axis=-1).mean())
        return float(held[known].mean()) if known.any() else float("nan")

    @property
    def covered(self) -> float:
        """Give the share of data sets with an interval whose interval covers the truth."""
        return self._covers(self.found.low, self.found.high)

    @property
    def covered_before(self) -> float | None:
        """Give what the old formula covers."""
        return None if self.old is None else self._covers(*self.old)

    @property
    def known(self) -> float:
        """Give the share of data sets that have an interval."""
        return float((~np.isnan(self.found.low)).mean())

    @property
    def width(self) -> float:
        """Give the mean width over that of a perfect normal interval for the true spread."""
        known = ~np.isnan(self.found.low).reshape(len(self.found.low), -1).any(axis=1)
        if known.sum() < 100:
            return float("nan")
        ideal = 2 * 1.96 * (self.found.value - self.truth)[known].std(axis=0)
        width = (self.found.high - self.found.low)[known].mean(axis=0)
        return float(np.mean(width / np.maximum(ideal, 1e-300)))


def messages(rng: np.random.Generator, worlds: int, sets: int) -> Floats:
    """Draw messages of worlds of different size, (worlds, sets)."""
    return rng.poisson(MEAN * rng.gamma(4, 0.25, size=(worlds, sets))).astype(np.float64)


def happens(rng: np.random.Generator, n: Floats, p: float, icc: float) -> Floats:
    """Draw how many of n have an event of probability p whose indicators correlate within a
    world.
    """
    if p <= 0:
        return np.zeros_like(n)
    k = (1 - icc) / icc
    return rng.binomial(n.astype(int), rng.beta(p * k, (1 - p) * k, size=n.shape)).astype(float)


def old_difference(gained: Floats, lost: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Give the t interval on paired residuals, as before."""
    r, total = len(n), n.sum(axis=0)
    d = (gained - lost).sum(axis=0) / total
    residual = (gained - lost - d * n) / total
    half = est.t_quantile(0.975, r - 1) * np.sqrt(r / (r - 1) * (residual**2).sum(axis=0))
    unknown = est.t_quantile(0.975, r - 1) ** 2 / (r + est.t_quantile(0.975, r - 1) ** 2)
    half = np.where(half == 0, unknown, half)
    return d - half, d + half


def old_mean(y: Floats, n: Floats | float = 1.0) -> tuple[Floats, Floats]:
    """Give the t interval of a mean, as before."""
    r, whole = len(y), np.broadcast_to(n, y.shape)
    value = y.sum(axis=0) / whole.sum(axis=0)
    residual = (y - value * whole) / whole.sum(axis=0)
    half = est.t_quantile(0.975, r - 1) * np.sqrt(r / (r - 1) * (residual**2).sum(axis=0))
    return value - half, value + half


def old_share(y: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Give a share's interval as before: of no hits, replications stand in for messages."""
    found, r = est.share(y, n), np.count_nonzero(n, axis=0)
    t = est.t_quantile(0.975, np.maximum(r - 1, 1))
    return found.low, np.where(found.value == 0, t * t / (r + t * t), found.high)


def shares(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Shares near 0, small, middling and near 1, with the headline's design effect at hand."""
    n = messages(rng, worlds, sets)
    for p, icc in ((0.02, 0.05), (0.5, 0.05), (0.5, 0.2), (0.98, 0.05)):
        y, headline = happens(rng, n, p, icc), happens(rng, n, 0.4, icc)
        found = est.share(y, n, design_effect=est.share(headline, n).design_effect)
        yield Case(f"share {p:g}, correlation {icc:g}", worlds, found, p, old_share(y, n))
    for events, icc in ((1.5, 0.05), (6.0, 0.2)):
        p = events / (MEAN * worlds)
        y, headline = happens(rng, n, p, icc), happens(rng, n, 0.4, icc)
        found = est.share(y, n, design_effect=est.share(headline, n).design_effect)
        what = f"share near 0: {events:g} events expected, correlation {icc:g}"
        yield Case(what, worlds, found, p, old_share(y, n))


def channels(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Shares by channel: a message may be read in several, and a world's people prefer one."""
    n = messages(rng, worlds, sets)
    people = rng.beta(3, 3, size=n.shape)
    for name, chance in (("push", 0.6), ("e-mail", 0.3), ("watch", 0.02)):
        y = rng.binomial(n.astype(int), chance * people).astype(float)
        headline = rng.binomial(n.astype(int), 0.8 * people).astype(float)
        found = est.share(y, n, design_effect=est.share(headline, n).design_effect)
        yield Case(f"by channel: {name}", worlds, found, chance / 2, old_share(y, n))


def differences(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Few and many changed messages, independent and clustered."""
    total = MEAN * worlds
    for what, saved, lost, icc in (
        ("2 saved expected", 2.0, 0.0, 0.01),
        ("5 saved, 1 newly lost", 5.0, 1.0, 0.01),
        ("12 saved, 4 newly lost", 12.0, 4.0, 0.05),
        ("20 % saved, 1 % newly lost", 0.2 * total, 0.01 * total, 0.1),
        ("15 % saved, 15 % newly lost", 0.15 * total, 0.15 * total, 0.1),
    ):
        n = messages(rng, worlds, sets)
        down = happens(rng, n, saved / total, icc)
        up = happens(rng, n - down, lost / total / (1 - saved / total), icc)
        headline = happens(rng, n, 0.4, icc)
        effect = est.share(headline, n).design_effect
        found = est.changed(up, down, n, design_effect=effect)
        truth = (lost - saved) / total
        yield Case(f"difference: {what}", worlds, found, truth, old_difference(up, down, n))


def simultaneous(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Five differences to one baseline, few and many changed messages, all at once."""
    total = MEAN * worlds
    for what, expected in (
        ("1 to 9 changed messages", np.array([1.0, 3.0, 5.0, 7.0, 9.0])),
        ("2 to 20 % changed", np.array([0.02, 0.06, 0.1, 0.15, 0.2]) * total),
    ):
        n = messages(rng, worlds, sets)[:, :, None]
        moves = [happens(rng, n[:, :, 0], one / total, 0.02) for one in expected]
        down = np.stack(moves, axis=2)
        headline = happens(rng, n[:, :, 0], 0.4, 0.02)
        effect = est.share(headline, n[:, :, 0]).design_effect[:, None]
        level = est.per_comparison_level(len(expected))
        found = est.changed(np.zeros_like(down), down, n, confidence=level, design_effect=effect)
        d = -down.sum(axis=0) / n.sum(axis=0)
        residual = (-down - d * n) / n.sum(axis=0)
        error = np.sqrt(worlds / (worlds - 1) * (residual**2).sum(axis=0))
        half = est.t_quantile((1 + level) / 2, worlds - 1) * error
        yield Case(
            f"five at once: {what}",
            worlds,
            found,
            -expected / total,
            (d - half, d + half),
            together=True,
        )


def best_of(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Count how often the truly best of four policies is among those that could be."""
    total, sets = MEAN * worlds, min(sets, 2000)
    kept = np.zeros(sets)
    for k in range(sets):
        n = messages(rng, worlds, 1)
        saved = np.hstack([happens(rng, n, one / total, 0.02) for one in (9.0, 8.0, 6.0, 2.0)])
        read = np.minimum(np.maximum(n - saved, 0), n)
        only = np.maximum(read[:, :, None] - read[:, None, :], 0)
        of = np.broadcast_to(n, read.shape).copy()
        kept[k] = est.best(est.Shares(read, of, only)).could_be[0]
    sides = {"low": np.where(kept, 0.0, 2.0), "high": np.full(sets, 2.0)}
    nothing = dict.fromkeys(("per", "replications", "with_events", "df", "design_effect"), np.nan)
    found = est.estimates(est.BEST, value=rng.random(sets), **sides, **nothing)
    yield Case("the best of four is kept among those that could be", worlds, found, 1.0)


GAP = 0.01
"""What the best policy is ahead by, and the indifference zone of its choice."""


def sequential_choice(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Count how often the best of four policies is chosen batch by batch, `worlds` a batch. Before:
    the leader as soon as it is 1.96 standard errors ahead of the second, from two batches on.
    """
    many, sets = 150, min(sets, 1000)
    for what, ahead in (("the indifference zone", GAP), ("twice as much", 2 * GAP)):
        right, early = np.zeros(sets), np.zeros(sets)
        for k in range(sets):
            n = messages(rng, worlds * many, 1)
            saved = [happens(rng, n, p, 0.02) for p in (0.05, 0.05, 0.05 + ahead, 0.05)]
            x = est.batches(n - np.hstack(saved), np.repeat(n, 4, axis=1), worlds)
            found = est.kim_nelson(x, GAP)
            right[k] = found.contenders[2] and found.decided_after is not None
            early[k] = leader_at_plain_intervals(x) == 2
        sides = [(np.where(one, 0.0, 2.0), np.full(sets, 2.0)) for one in (right, early)]
        nothing = dict.fromkeys(
            ("per", "replications", "with_events", "df", "design_effect"), np.nan
        )
        value, (low, high) = rng.random(sets), sides[0]
        limits = est.estimates("", value=value, low=low, high=high, **nothing)
        yield Case(f"the best of four, ahead by {what}, is chosen", worlds, limits, 1.0, sides[1])


def leader_at_plain_intervals(x: Floats) -> int:
    """Choose as one does who looks again and again at an interval made for one look at many batches."""
    total = np.cumsum(x, axis=0)
    for r in range(2, len(x) + 1):
        leader, second = np.argsort(total[r - 1])[:2]
        lead = x[:r, second] - x[:r, leader]
        if lead.mean() > 1.96 * lead.std(ddof=1) / r**0.5:
            return int(leader)
    return int(total[-1].argmin())


def costs(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Cover what a world costs if few worlds cost anything: a batch of mistakes, of random size."""
    batch = rng.binomial(300, rng.beta(3, 3, size=(worlds, sets)))
    for chance in (0.1, 0.3, 1.0):
        y = np.where(rng.random((worlds, sets)) < chance, batch, 0).astype(float)
        what = f"cost: {100 * chance:g} % of worlds have any"
        yield Case(what, worlds, est.mean(y), chance * 150, old_mean(y))
    change = rng.binomial(batch, 0.3) - batch.astype(float)
    change = np.where(rng.random(change.shape) < 0.2, change, 0.0)
    found = est.mean_change(np.maximum(change, 0), np.maximum(-change, 0))
    what = "change of cost: 20 % of worlds have any"
    yield Case(what, worlds, found, -0.2 * 105, old_mean(change))


def clustered(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Batch mistakes: most worlds are empty, others have 300 messages with a fate in common."""
    n = np.where(rng.random((worlds, sets)) < 0.3, 300.0, 0.0)
    n = n[:, np.count_nonzero(n, axis=0) > 1]
    y = rng.binomial(n.astype(int), rng.beta(3, 3, size=n.shape)).astype(float)
    yield Case("share of batch mistakes, .5", worlds, est.share(y, n), 0.5, old_share(y, n))


EDGES = DELAY_EDGES / SECOND


def delays(rng: np.random.Generator, worlds: int, sets: int) -> Floats:
    """Draw delays of messages, seconds, (worlds, sets, 40): nine in ten are held for 10 s and more,
    by a time that depends on the world, and in one world of 300 a digest of three is missed, for
    hours.
    """
    shape = (worlds, sets, 40)
    held = 10 + 15 * rng.beta(1, 3, size=shape) * rng.random((worlds, sets, 1))
    delay = np.where(rng.random(shape) < 0.9, held, 0.0)
    missed = (rng.random((worlds, sets, 1)) < 1 / 300) & (np.arange(40) < 3)
    return np.where(missed, 3600 * rng.uniform(8, 24, size=shape), delay)


def binned(delay: Floats) -> tuple[Floats, Floats]:
    """Count delays in the bins of the tallies, and add them up: (worlds, sets, bins)."""
    edges, (worlds, sets, _) = EDGES, delay.shape
    zero = len(edges) // 2
    place = zero + np.where(
        delay > 0, np.searchsorted(edges[zero + 1 : -1, 1], delay, side="right") + 1, 0
    )
    counts, totals = np.zeros((2, worlds, sets, len(edges)))
    at = (np.arange(worlds)[:, None, None], np.arange(sets)[None, :, None], place)
    np.add.at(counts, at, 1.0)
    np.add.at(totals, at, delay)
    return counts, totals


def delay_prices(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Delays with a heavy tail of missed digests: mean of the moved by less than an hour, share
    and median of the rest, median of all, 95th percentile; before, one mean of all.
    """
    sample = np.sort(delays(rng, 20_000, 1).ravel())
    mean_near, share_far = float(sample[sample < 3600].mean()), 3 / 40 / 300
    parts = [binned(delays(rng, worlds, 100)) for _ in range(sets // 100)]
    counts, totals = (np.concatenate(one, axis=1) for one in zip(*parts, strict=True))
    far = EDGES[:, 0] >= 3600
    whole = 3600 * 16 * share_far + mean_near * (1 - share_far)
    n = counts.sum(axis=2)
    near = [part[:, :, ~far].sum(axis=2) for part in (totals, counts)]
    before = est.mean(totals.sum(axis=2), n)
    yield Case(
        "delay, mean of all (no longer reported)",
        worlds,
        before,
        whole,
        old_mean(totals.sum(axis=2), n),
    )
    yield Case(
        "delay, mean of those moved by less than an hour",
        worlds,
        est.skewed_mean(*near),
        mean_near,
        old_mean(*near),
    )
    moved = counts[:, :, far].sum(axis=2)
    yield Case("delay, share moved by an hour", worlds, est.share(moved, n), share_far)
    by = est.quantile(counts[:, :, far], totals[:, :, far], EDGES[far], 0.5)
    yield Case("delay, median of those moved by an hour", worlds, by, 3600 * 16.0)
    for q, name in ((0.5, "median"), (0.95, "95th percentile")):
        truth = float(sample[int(q * len(sample))])
        yield Case(f"delay, {name}", worlds, est.quantile(counts, totals, EDGES, q), truth)


def rare_delays(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Cover a mean that rare delays of most of an hour decide, as a hold does to readers: a fifth of 17
    messages is read 10 s later, and in one world of 50 one misses a visit. Before: the score interval of a
    mean that is not negative.
    """
    missed = np.where(
        rng.random((worlds, sets)) < 1 / 50, rng.uniform(600, 3600, (worlds, sets)), 0
    )
    held = 10.0 * rng.binomial(17, 0.2, (worlds, sets))
    n = np.full((worlds, sets), 17.0)
    y, truth = held + missed, 2 + 2100 / 17 / 50
    what = "delay, mean that one world of 50 decides"
    before = est.mean(y, n)
    yield Case(what, worlds, est.skewed_mean(y, n), truth, (before.low, before.high))


def known_shares(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Strata of known shares, as push, previews and e-mail make them in the default scenario: some
    have no hit by design; once in two readings they all but decide. Before: Wilson's limits around
    the share, by the jackknife.
    """
    push, text, ways = np.array([0.39, 0.61]), np.array([0.5, 0.5]), np.array([0.3, 0.4, 0.3])
    weights = (push[:, None, None] * text[:, None] * ways).ravel()
    seen = np.tile([0.0, 0.92, 0.85], (2, 2, 1))
    seen[1, 1] = 0.93
    decided = np.zeros((2, 2, 3))
    decided[1, 1] = 0.98
    late = np.array([0.3, 0.6, 1.0])  # of the chance, by thirds of the delay of noticing
    thirds = (seen[:, :, None] * late[:, None]).ravel()
    by_third = np.repeat(weights.reshape(2, 2, 1, 3), 3, axis=2).ravel() / 3
    for what, chance, shares, icc in (
        ("known shares", seen.ravel(), weights, 0.02),
        ("known shares", seen.ravel(), weights, 0.2),
        ("known shares that all but decide", decided.ravel(), weights, 0.02),
        ("known shares and thirds of noticing", thirds, by_third, 0.02),
        ("known shares and thirds of noticing", thirds, by_third, 0.2),
    ):
        n = rng.multinomial(messages(rng, worlds, sets).astype(int), shares).astype(float)
        y = np.stack([happens(rng, n[..., k], p, icc) for k, p in enumerate(chance)], axis=-1)
        plain = est.share(y.sum(-1), n.sum(-1))
        found, before = (
            est.Strata.of_arrays(n, shares).corrected(plain, y[n > 0]),
            around_the_mean(y, n, shares),
        )
        yield Case(f"{what}, correlation {icc:g}", worlds, found, float(shares @ chance), before)


def around_the_mean(y: Floats, n: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Give Wilson's limits around a share by strata, by its jackknife's error: as before."""
    r, every = len(y), (y.sum(axis=0), n.sum(axis=0))
    value = (weights * every[0] / np.maximum(every[1], 1)).sum(axis=-1)
    left_out = (weights * (every[0] - y) / np.maximum(every[1] - n, 1)).sum(axis=-1)
    variance = (r - 1) * left_out.var(axis=0)
    effective = value * (1 - value) / np.maximum(variance, 1e-12)
    return wilson(value, effective, est.t_quantile(0.975, r - 1))


FRAIL, LOOK, NOTICE, TARGET = 4.0, 600.0, 300.0, 0.1
"""Gamma frailty of a world's people, mean seconds until a look and until noticing, and a target."""


def answers(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Exposure curve, deadline and hold, where people look and senders notice after exponential
    times, and a world has a frailty of its own. Before: messages taken for independent.
    """
    sets = min(sets, 1000)
    frail = rng.gamma(FRAIL, 1 / FRAIL, size=(worlds, sets, 1))
    looks = rng.exponential(LOOK, size=(worlds, sets, MEAN)) / frail
    notices = rng.exponential(NOTICE, size=looks.shape)
    n = np.full((worlds, sets), float(MEAN))
    for seconds in (60, 600, 3600):
        read = (looks <= seconds).sum(axis=2).astype(float)
        truth = 1 - (1 + seconds / LOOK / FRAIL) ** -FRAIL
        alone = est.share((looks <= seconds).reshape(1, sets, -1).sum(axis=2), n.sum(axis=0)[None])
        before = (alone.low, alone.high)
        yield Case(f"exposure within {seconds} s", worlds, est.share(read, n), truth, before)
    deadline = LOOK * FRAIL * ((1 - TARGET) ** (-1 / FRAIL) - 1)
    grid = (SECOND, *(SECOND * 3**k for k in range(1, 10)))
    draws = np.random.default_rng(1).gamma(FRAIL, 1 / FRAIL, size=10**6)
    lost = float(np.mean(draws / LOOK / (draws / LOOK + 1 / NOTICE)))
    hold = NOTICE * float(np.log(lost / TARGET))

    def by_deadline(k: int, duration: int) -> npt.NDArray[np.bool_]:
        return np.asarray(looks[:, k] <= duration / SECOND)

    def by_hold(k: int, duration: int) -> npt.NDArray[np.bool_]:
        left = notices[:, k] - duration / SECOND
        return np.asarray(looks[:, k] < left)

    for what, read_at, way, truth in (
        ("deadline", by_deadline, "rising", deadline),
        ("hold", by_hold, "falling", hold),
    ):
        found = [_crossed(partial(read_at, k), grid, way) for k in range(sets)]
        naive = [_crossed(partial(read_at, k), grid, way, alone=True) for k in range(sets)]
        value, low, high = np.array(found).T
        _, low_alone, high_alone = np.array(naive).T
        nothing = dict.fromkeys(
            ("per", "replications", "with_events", "df", "design_effect"), np.nan
        )
        limits = est.estimates("", value=value, low=low, high=high, **nothing)
        yield Case(f"{what} for a target of 10 %", worlds, limits, truth, (low_alone, high_alone))
    yield from _at_the_truth(rng, worlds, sets, deadline, hold)


def _at_the_truth(
    rng: np.random.Generator, worlds: int, sets: int, deadline: float, hold: float
) -> Iterator[Case]:
    """Shares read at the true deadline and under the true hold, on twenty times as many data sets: a
    crossing's interval covers where the share's covers the target.
    """
    read: list[Floats] = []
    for _ in range(20):
        frail = rng.gamma(FRAIL, 1 / FRAIL, size=(worlds, sets, 1))
        looks = rng.exponential(LOOK, size=(worlds, sets, MEAN)) / frail
        left = rng.exponential(NOTICE, size=looks.shape) - hold
        read.append(np.stack([looks <= deadline, looks < left]).sum(axis=-1).astype(float))
    whole = np.concatenate(read, axis=2)
    n = np.full(whole.shape[1:], float(MEAN))
    for what, hits in zip(("at the true deadline", "under the true hold"), whole, strict=True):
        yield Case(
            f"share read {what}, {20 * sets:,} data sets", worlds, est.share(hits, n), TARGET
        )


PARTS_OF = ((0.5, 1.0), (0.3, 0.2), (0.2, 0.05))
"""Of the recipients who have a lever of their own: how many, and how often they look, against `LOOK`."""
TWINS = 8
"""Policies that differ in nothing but luck, among which the search chooses as well."""
BUDGET = 60.0
"""Mean delay of the best combination, seconds."""


def best_within_budget(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Share and delay of the combination that `search` finds on one half of the worlds, estimated on
    the other half. Before: estimated on the worlds it was found on.
    """
    sets = min(sets, 1000)
    draws = np.random.default_rng(1).gamma(FRAIL, 1 / FRAIL, size=10**6)
    lost = [float(np.mean(k * draws / LOOK / (k * draws / LOOK + 1 / NOTICE))) for _, k in PARTS_OF]
    part = [w for w, _ in PARTS_OF]
    limits, naive, truth = np.empty((2, sets, 3)), np.empty((2, sets, 3)), np.empty((2, sets))
    for k in range(sets):
        here, there = (_Levers(rng, worlds) for _ in range(2))
        point = search(there.play, TWINS, len(part), BUDGET)
        assert point is not None
        d = np.array(point.durations) / SECOND
        truth[:, k] = np.sum(part * np.array(lost) * np.exp(-d / NOTICE)), np.sum(part * d)
        for found, world in ((limits, here), (naive, there)):
            for row, one in enumerate(world.estimates(point.choice, d)):
                found[row, k] = one.value, one.low, one.high
    nothing = dict.fromkeys(("per", "replications", "with_events", "df", "design_effect"), np.nan)
    for row, what in enumerate(("share", "delay")):
        value, low, high = limits[row].T
        sides = est.estimates("", value=value, low=low, high=high, **nothing)
        before = (naive[row, :, 1], naive[row, :, 2])
        yield Case(f"{what} of the best within a budget", worlds, sides, truth[row], before)


class _Levers:
    """Worlds whose people are of three kinds, each of which has a delay of its own; half of the
    messages are regretted.
    """

    def __init__(self, rng: np.random.Generator, worlds: int) -> None:
        size, shares = (worlds, MEAN), [w for w, _ in PARTS_OF]
        self.kind, self.other = (rng.choice(len(shares), size, p=shares) for _ in range(2))
        faster = np.array([k for _, k in PARTS_OF])[self.kind]
        frail = rng.gamma(FRAIL, 1 / FRAIL, size=(worlds, 1))
        looks = rng.exponential(LOOK, (TWINS, *size)) / frail / faster
        self.left = rng.exponential(NOTICE, (TWINS, *size)) - looks

    def play(self, points: Sequence[Point]) -> list[Paid]:
        """Give the share read and the mean delay at each point."""
        each = ((one.choice, np.array(one.durations) / SECOND) for one in points)
        return [
            Paid(float((self.left[k] > d[self.kind]).mean()), float(d[self.other].mean()))
            for k, d in each
        ]

    def estimates(self, choice: int, d: Floats) -> list[est.Estimate]:
        """Estimate the share read and the mean delay."""
        n = np.full(len(self.kind), float(MEAN))
        read = (self.left[choice] > d[self.kind]).sum(axis=1).astype(float)
        delay = d[self.other].sum(axis=1)
        return [est.share(read, n).at(), est.skewed_mean(delay, n).at()]


def _crossed(
    read_at: Callable[[int], npt.NDArray[np.bool_]],
    grid: Sequence[int],
    way: Literal["rising", "falling"],
    alone: bool = False,
) -> tuple[float, float, float]:
    """Give the crossing of a data set with its ends, seconds: 0 and the longest where none is."""

    def evaluate(durations: Sequence[int]) -> list[est.Estimate]:
        hits = [read_at(one).sum(axis=1) for one in durations]
        of = np.full(len(hits[0]), MEAN) if hits else np.zeros(0)
        if alone:
            return [est.share([one.sum()], [of.sum()]).at() for one in hits]
        return [est.share(one, of).at() for one in hits]

    found = crossing(evaluate, grid, TARGET, way)
    low = 0.0 if found.low is None else found.low / SECOND
    high = float("inf") if found.high is None else found.high / SECOND
    value = float("nan") if found.value is None else found.value / SECOND
    return value, low, high


PARTS: dict[str, Callable[[np.random.Generator, int, int], Iterator[Case]]] = {
    "Shares": shares,
    "Shares by channel": channels,
    "Differences": differences,
    "Simultaneous intervals": simultaneous,
    "The best": best_of,
    "Costs": costs,
    "Batch mistakes": clustered,
    "Delays": delay_prices,
    "Rare delays": rare_delays,
    "Known shares": known_shares,
    "Answers": answers,
    "The best within a budget": best_within_budget,
    "Sequential choice": sequential_choice,
}
SIZES: dict[str, Sequence[int]] = {
    "Answers": (30, 100, 500),
    "The best within a budget": (30, 100, 500),
    "Sequential choice": (10, 30),
}
"""Numbers of worlds of a part, where they are not `WORLDS`; of a choice, the worlds of a batch."""


def cases(part: str, worlds: int, sets: int, seed: int = 20261121) -> list[Case]:
    """Make the cases of a part, the same for a seed whatever else is made."""
    place = list(PARTS).index(part)
    return list(PARTS[part](np.random.default_rng([seed, place, worlds]), worlds, sets))


REMARKS = {
    "Answers": """1,000 data sets each: a coverage from 93.1 to 96.7 % is within the 1 % limits of 95 %; what is not is marked.
**Before**: messages taken for independent. The interval of a deadline or a hold covers the true
one where the interval of the share read there covers the target, which twenty times as many data
sets tell to 0.2 points.""",
    "The best within a budget": """The search runs on as many other worlds, over three delays and eight policies that differ in
nothing but luck. **Before**: the same point, estimated on the worlds it was found on. 1,000 data sets each, marked as above.""",
    "Sequential choice": """How often the choice is right; 95 % is asked for. The worlds are those of a batch, of up to 150.
**Before**: the leader as soon as it is 1.96 standard errors ahead, looked at after every batch.""",
}
MARKED = ("Answers", "The best within a budget")
LIMITS = (0.931, 0.967)
"""What 1,000 intervals of 95 % cover in 99 of 100 cases."""


def table(part: str, sets: int) -> Iterator[str]:
    """Yield the lines of a part's table; a coverage of answers outside `LIMITS` is marked."""
    yield f"\n## {part}\n"
    if part in REMARKS:
        yield REMARKS[part] + "\n"
    yield "| what | worlds | covered | before | with an interval | width / ideal |"
    yield "|---|---|---|---|---|---|"
    for worlds in SIZES.get(part, WORLDS):
        for case in cases(part, worlds, 2000 if part == "Delays" else sets):
            before = "" if case.covered_before is None else f"{100 * case.covered_before:.1f}"
            wide = f"{case.width:.2f}" if np.isfinite(case.width) and part not in CHOICES else "–"
            low, high = LIMITS if part in MARKED else (0.0, 1.0)
            mark = " (below)" if case.covered < low else " (above)" if case.covered > high else ""
            yield (
                f"| {case.what} | {worlds} | {_percent(case.covered)}{mark} | {before} | "
                f"{100 * case.known:.0f} % | {wide} |"
            )


def _percent(share: float) -> str:
    return "–" if share != share else f"{100 * share:.1f}"


SHIPPED_PART = "A shipped scenario"
SHIPPED = Path("scenarios/linkedin_dm.toml")
CHUNK = 1000
"""Worlds of it that are played at once; every number of worlds of a data set is a part of it."""


def sought(policies: Sequence[str], sums: Sums, plain: bool = False) -> dict[str, Estimates]:
    """Estimate what the shipped scenario is asked: one estimate a data set."""

    def at(found: Estimates, *place: int) -> Estimates:
        return found.each(lambda field: field[(..., *place)])

    every, moved = shares_of(sums, (HEADLINE, *SPLIT)), changes_of(compared(sums))
    out = {f"{name}, {policies[0]}": at(every, 0, k) for k, name in enumerate((HEADLINE, *SPLIT))}
    out |= {f"read, {name}": at(every, k, 0) for k, name in enumerate(policies) if k}
    out |= {f"preview_first, {policies[-1]}": at(every, len(policies) - 1, 1)}
    if plain:
        return {f"{name}, `--plain`": one for name, one in out.items()}
    out |= {f"change, {name}": at(moved, k) for k, name in enumerate(policies) if k}
    paid = prices(sums)
    wanted = [
        name for name in PRICES if name.startswith("delay_read") or name == "delay_notified_s"
    ]
    places = {name: list(PRICES).index(name) for name in wanted}
    return out | {f"{name}, {policies[1]}": at(paid, 1, k) for name, k in places.items()}


Found = dict[tuple[str, int], Floats]
"""Values, lows and highs of data sets, by what and by the number of worlds: (sets, 3)."""


def _chunk(seed: int) -> tuple[Found, Sums]:
    """Play worlds that no other seed has, estimate every data set they hold, and add them up."""
    sums = run(
        sim.load(SHIPPED).patched({"run.seed": seed}), replications=CHUNK, engine="compiled"
    ).sums
    found: Found = {}
    for worlds in WORLDS:
        sets = CHUNK // worlds
        cut = sums.values[: sets * worlds].reshape(sets, worlds, *sums.values.shape[1:])
        some = replace(sums, values=cut.swapaxes(0, 1), regrets=_in_sets(sums, worlds))
        for plain in (False, True):
            made = replace(some, regrets=None) if plain else some
            for what, one in sought(sums.policies, made, plain).items():
                found[what, worlds] = np.stack([one.value, one.low, one.high], axis=-1)
    return found, replace(sums, values=sums.values.sum(axis=0, keepdims=True), regrets=None)


def _in_sets(sums: Sums, worlds: int) -> Regrets | None:
    """Give regretted messages by the data sets of so many worlds that they are in, as cells."""
    if sums.regrets is None:
        return None
    sets, rows = sums.replications // worlds, sums.regrets.rows.copy()
    rows = rows[rows[:, REPLICATION] < sets * worlds]
    rows[:, POLICY] += len(sums.policies) * (rows[:, REPLICATION] // worlds)
    rows[:, REPLICATION] %= worlds
    rows = rows[np.argsort(rows[:, REPLICATION], kind="stable")]
    return replace(sums.regrets, rows=rows, known=np.tile(sums.regrets.known, (sets, 1)))


def shipped(sets: int) -> list[Case]:
    """Make data sets of a shipped scenario, none of which shares a world with another of its size.

    What all of them say together is the truth; of quantiles, the number that their bins leave
    possible and that is the nearest to an interval. There are `sets` of every size, but half as
    many of the largest.
    """
    seeds = range(1, 1 + sets * WORLDS[-1] // 2 // CHUNK)
    played = joblib.Parallel(n_jobs=2)(joblib.delayed(_chunk)(seed) for seed in seeds)
    whole = replace(played[0][1], values=np.concatenate([sums.values for _, sums in played]))
    known = sought(whole.policies, whole) | sought(whole.policies, whole, plain=True)
    nothing = dict.fromkeys(("per", "replications", "with_events", "df", "design_effect"), np.nan)
    cases = []
    for what, worlds in sorted(played[0][0], key=lambda key: key[1]):
        limits = np.concatenate([found[what, worlds] for found, _ in played])[:sets]
        value, low, high = limits.T
        least, most = _possible(whole, what, float(known[what.removesuffix(", `--plain`")].value))
        truth = np.clip((low + high) / 2, least, most)
        cases.append(
            Case(what, worlds, est.estimates("", value=value, low=low, high=high, **nothing), truth)
        )
    return cases


def _possible(whole: Sums, what: str, value: float) -> tuple[float, float]:
    """Give the numbers that all worlds together leave possible: quantiles are known by bin."""
    ends = {"median_s": 0.5, "p95_s": 0.95, "far_s": 0.5}
    name = what.split(",")[0].removeprefix("delay_read_")
    if name not in ends:
        return value, value
    which = EDGES[:, 0] >= 3600 if name == "far_s" else np.ones(len(EDGES), dtype=bool)
    counts, totals = (whole.of(*names)[:, 1][:, which] for names in BINS)
    bounds = est.quantile(counts, totals / SECOND, EDGES[which], ends[name], confidence=1e-9).at()
    return bounds.low, bounds.high


BINS = (counted("read"), delayed_by("read"))


HEAD = """# Coverage of the intervals

How often the 95 % intervals of this package cover the truth, by `make coverage`, on {sets:,} data sets each or more (one
standard error of a coverage near 95 % is {error:.1f} points). **Before**: the same data sets under the formula that stood
here before (t intervals on residuals; replications in place of messages where nothing was hit). **With an interval**: data
sets for which an interval is given at all; coverage is of those. **Width / ideal**: mean width over that of the normal interval
for the true spread of the estimate, 1 being the best there is for many messages. Where few events are expected an interval
must be wider than that, because counts are skewed; quantiles are known to within their bin at best, unless a bin is all one
number at its edge (a hold of 10 s). An interval that holds together with four others is ideally 1.3 times as wide as one alone.
The model of the data is in `benchmarks/coverage.py`; the number of worlds is that of
replications. {mean} messages a world on average; "correlation" is that of two messages of a world.
"""


def shipped_table(sets: int = 2000) -> Iterator[str]:
    """Yield the lines of a shipped scenario's table."""
    yield SHIPPED_HEAD.format(sets=sets, half=sets // 2, most=WORLDS[-1])
    yield "| what | worlds | covered | with an interval | width / ideal |"
    yield "|---|---|---|---|---|"
    for case in shipped(sets):
        wide = f"{case.width:.2f}" if case.width < 100 else "–"
        covered, known = _percent(case.covered), f"{100 * case.known:.0f} %"
        yield f"| {case.what} | {case.worlds} | {covered} | {known} | {wide} |"


SHIPPED_HEAD = f"""
## {SHIPPED_PART}

`{SHIPPED}`: {{sets:,}} data sets of every size ({{half:,}} of {{most}} worlds), each of worlds of its own; the truth is
what all of them say together. Shares are corrected to known shares from 30 worlds on; with fewer, and under `--plain`, they are
not. Prices rest on a random part of the recipients, some sixteen messages a world. The mean delay until read is decided by a few
messages that are delayed by many minutes: it has an interval only if something moved in 100 worlds, or in all of 30 and more, and
where one world in many decides it covers less often than it says even then ("Rare delays").
`--everybody` plays twenty times as many of these messages.
"""


def main() -> None:
    """Measure all parts, or some, and write the page; what is not measured stays as it is there."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sets", type=int, default=4000)
    options.add_argument("--part", action="append", choices=[*PARTS, SHIPPED_PART])
    given = options.parse_args()
    known = sections(PAGE.read_text(encoding="utf-8")) if given.part else {}
    for part in given.part or [*PARTS, SHIPPED_PART]:
        lines = shipped_table() if part == SHIPPED_PART else table(part, given.sets)
        known[part] = "\n".join(lines).strip()
        print(part, flush=True)
    head = HEAD.format(sets=1000, error=100 * (0.05 * 0.95 / 1000) ** 0.5, mean=MEAN).strip()
    ordered = (known[part] for part in [*PARTS, SHIPPED_PART] if part in known)
    PAGE.write_text("\n\n".join([head, *ordered]) + "\n", encoding="utf-8")


def sections(page: str) -> dict[str, str]:
    """Give the parts of a page by their titles."""
    parts = (f"## {one.strip()}" for one in page.split("\n## ")[1:])
    return {part.splitlines()[0].removeprefix("## "): part for part in parts}


if __name__ == "__main__":
    main()
