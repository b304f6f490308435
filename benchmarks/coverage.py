"""How often intervals cover the truth, on made-up worlds whose truth is known: `make coverage`.

Writes docs/coverage.md. `tests/theory/test_coverage.py` runs a small part of it, with the formulas
that the package had before as wrong models.

Worlds hold a random number of messages; what happens to them clusters, because a world has a share
of its own (beta-binomial), a batch of mistakes, or a digest that is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim import estimates as est
from sim.clock import SECOND
from sim.estimates import Estimates
from sim.sums import Floats
from sim.tallies import DELAY_EDGES

WORLDS = (10, 30, 100, 200)
MEAN = 9
"""Messages of a world, on average."""
PAGE = Path("docs/coverage.md")


@dataclass(frozen=True)
class Case:
    """Data sets of one kind: estimates of shape (sets, ...), the truth, and the same by the old
    formula. `spread` is the standard deviation of the estimate over data sets.
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
        return float(held[known].mean())

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
        ideal = 2 * 1.96 * self.found.value[~np.isnan(self.found.low)].std()
        width = np.nanmean(self.found.high - self.found.low)
        return float(width / ideal) if ideal > 0 else float("inf")


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


def costs(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Cover what a world costs if few worlds cost anything: a batch of mistakes, of random size."""
    for chance in (0.1, 0.3, 1.0):
        batch = rng.binomial(300, rng.beta(3, 3, size=(worlds, sets)))
        y = np.where(rng.random((worlds, sets)) < chance, batch, 0).astype(float)
        what = f"cost: {100 * chance:g} % of worlds have any"
        yield Case(what, worlds, est.mean(y), chance * 150, old_mean(y))
    better = rng.binomial(batch, 0.3)
    up, down = np.zeros_like(y), (batch - better).astype(float)
    found = est.mean_change(up, np.where(rng.random(down.shape) < 0.2, down, 0))
    yield Case("change of cost: 20 % of worlds have any", worlds, found, -0.2 * 105)


def clustered(rng: np.random.Generator, worlds: int, sets: int) -> Iterator[Case]:
    """Batch mistakes: most worlds are empty, others have 300 messages with a fate in common."""
    n = np.where(rng.random((worlds, sets)) < 0.3, 300.0, 0.0)
    n = n[:, np.count_nonzero(n, axis=0) > 1]
    y = rng.binomial(n.astype(int), rng.beta(3, 3, size=n.shape)).astype(float)
    yield Case("share of batch mistakes, .5", worlds, est.share(y, n), 0.5, old_share(y, n))


NEAR = (DELAY_EDGES[:, 0] / SECOND, DELAY_EDGES[:, 1] / SECOND)


def digest_delays(rng: np.random.Generator, worlds: int, sets: int) -> tuple[Floats, Floats]:
    """Draw delays of messages, in bins, (worlds, sets, bins): of 40 messages a world nine in ten
    are held for 10 to 25 s, and in one world of 300 a digest of several is missed, for hours.
    """
    edges = DELAY_EDGES / SECOND
    shape = (worlds, sets, 40)
    ten = 10 + 15 * rng.beta(1, 3, size=shape) * rng.random((worlds, sets, 1))
    delay = np.where(rng.random(shape) < 0.9, ten, 0.0)
    missed = (rng.random((worlds, sets, 1)) < 1 / 300) & (np.arange(40) < 3)
    delay = np.where(missed, 3600 * rng.uniform(8, 24, size=shape), delay)
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
    and mean of the rest, median, 95th percentile; before, one mean of all.
    """
    edges = np.stack([DELAY_EDGES[:, 0], DELAY_EDGES[:, 1]], axis=1) / SECOND
    many = digest_delays(rng, 4000, 50)
    pooled, added = (one.sum(axis=(0, 1)) for one in many)
    far = edges[:, 0] >= 3600
    counts, totals = digest_delays(rng, worlds, sets)
    mean_near, share_far = added[~far].sum() / pooled[~far].sum(), 3 / 40 / 300
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
        est.mean(*near),
        mean_near,
        old_mean(*near),
    )
    moved = counts[:, :, far].sum(axis=2)
    yield Case("delay, share moved by an hour", worlds, est.share(moved, n), share_far)
    by = est.mean(totals[:, :, far].sum(axis=2), moved)
    yield Case("delay, mean of those moved by an hour", worlds, by, 3600 * 16.0)
    sample = np.sort(_sample_delays(rng))
    for q, name in ((0.5, "median"), (0.95, "95th percentile")):
        truth = float(sample[int(q * len(sample))])
        yield Case(f"delay, {name}", worlds, est.quantile(counts, totals, edges, q), truth)


def _sample_delays(rng: np.random.Generator) -> Floats:
    shape = (20_000, 40)
    ten = 10 + 15 * rng.beta(1, 3, size=shape) * rng.random((shape[0], 1))
    delay = np.where(rng.random(shape) < 0.9, ten, 0.0)
    missed = (rng.random((shape[0], 1)) < 1 / 300) & (np.arange(40) < 3)
    return np.where(missed, 3600 * rng.uniform(8, 24, size=shape), delay).ravel()


PARTS: dict[str, Callable[[np.random.Generator, int, int], Iterator[Case]]] = {
    "Shares": shares,
    "Shares by channel": channels,
    "Differences": differences,
    "Simultaneous intervals": simultaneous,
    "The best": best_of,
    "Costs": costs,
    "Batch mistakes": clustered,
    "Delays": delay_prices,
}


def cases(part: str, worlds: int, sets: int, seed: int = 20261121) -> list[Case]:
    """Make the cases of a part, the same for a seed whatever else is made."""
    place = list(PARTS).index(part)
    return list(PARTS[part](np.random.default_rng([seed, place, worlds]), worlds, sets))


def table(part: str, sets: int) -> Iterator[str]:
    """Yield the lines of a part's table."""
    yield f"\n## {part}\n"
    yield "| what | worlds | covered | before | with an interval | width / ideal |"
    yield "|---|---|---|---|---|---|"
    for worlds in WORLDS:
        small = sets // 4 if part == "Delays" and worlds > 30 else sets
        for case in cases(part, worlds, max(small, 2000)):
            before = "" if case.covered_before is None else f"{100 * case.covered_before:.1f}"
            wide = f"{case.width:.2f}" if np.isfinite(case.width) and part != "The best" else "–"
            yield (
                f"| {case.what} | {worlds} | {100 * case.covered:.1f} | {before} | "
                f"{100 * case.known:.0f} % | {wide} |"
            )
