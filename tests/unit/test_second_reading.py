"""Every number of every estimate, worked out a second time: for one place, in plain arithmetic, as
the documentation says it.

Where data has corners (worlds with nothing, none or all hit, one world, one world among empty ones)
both have to agree about what is not known as well.
"""

from __future__ import annotations

import math
from dataclasses import astuple
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.estimates import (
    Estimate,
    Shares,
    best,
    changed,
    difference,
    every_difference,
    independent_difference,
    mean,
    mean_change,
    per_comparison_level,
    quantile,
    share,
    skewed_mean,
)
from sim.estimates.ratios import Estimates, chosen, side_by_side, stacked

NAN = math.nan
NAMES = ("value", "low", "high", "per", "replications", "with_events", "df", "design_effect")
Numbers = dict[str, float]


def agree(found: Estimate, expected: Numbers, where: Any = "") -> None:
    numbers = dict(zip(NAMES, astuple(found)[: len(NAMES)], strict=True))
    for name in NAMES:
        assert numbers[name] == pytest.approx(expected[name], rel=1e-9, abs=1e-12, nan_ok=True), (
            f"{name} {where}"
        )


def ratio(y: list[float], n: list[float]) -> tuple[float, float, list[float]]:
    """Give a ratio of sums, its variance and what each world has beyond its due."""
    total, r = sum(n), sum(k > 0 for k in n)
    if not total:
        return NAN, NAN, [NAN] * len(n)
    value = sum(y) / total
    residual = [a - value * b for a, b in zip(y, n, strict=True)]
    variance = r / (r - 1) * sum(x * x for x in residual) / total**2 if r > 1 else NAN
    return value, variance, residual


def basis(y: list[float], n: list[float]) -> Numbers:
    r = sum(k > 0 for k in n)
    return {
        "value": ratio(y, n)[0],
        "per": sum(n),
        "replications": r,
        "with_events": sum(k != 0 for k in y),
        "df": max(r - 1, 1),
    }


def wilson(p: float, n: float, t: float) -> tuple[float, float]:
    """Solve (p - x)^2 = t^2 x (1 - x) / n for x."""
    a, b, c = 1 + t * t / n, -(2 * p + t * t / n), p * p
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def a_share(y: list[float], n: list[float], level: float = 0.95, given: float = 1.0) -> Numbers:
    p, variance, _ = ratio(y, n)
    found, total, r = basis(y, n), sum(n), sum(k > 0 for k in n)
    if not total:
        return found | {
            "low": NAN,
            "high": NAN,
            "design_effect": NAN,
            "df": math.inf if len(n) == 1 else 1,
        }
    alone, lone = len(n) == 1, len(n) > 1 and r == 1
    upto = (1 + level) / 2
    t = stats.norm.ppf(upto) if alone else stats.t.ppf(upto, max(r - 1, 1))
    stand_in = 1.0 if alone else total if lone else min(max(given, 1.0), max(total, 1.0))
    effect = stand_in
    if not alone and not lone and 0 < p < 1:
        effect = max(1.0, variance * total / (p * (1 - p)))
    low, high = wilson(p, total / effect, t)
    none = t * t / (total / stand_in + t * t)
    return found | {
        "low": max(min(low, p, 1 - none), 0.0),
        "high": min(max(high, p, none), 1.0),
        "df": math.inf if alone else max(r - 1, 1),
        "design_effect": effect,
    }


def a_mean(y: list[float], n: list[float], level: float = 0.95) -> Numbers:
    value, variance, _ = ratio(y, n)
    found = basis(y, n) | {"low": NAN, "high": NAN, "design_effect": NAN}
    if math.isnan(variance) or not value:
        return found
    t, v = stats.t.ppf((1 + level) / 2, found["df"]), variance / value**2
    centre, half = 1 + t * t * v / 2, t * math.sqrt(v + t**4 * v * v / 4)
    return found | {"low": value * max(centre - half, 0.0), "high": value * (centre + half)}


def recovered(
    a: list[float], b: list[float], n: list[float], up: Numbers, down: Numbers
) -> Numbers:
    """Combine limits of two parts after Zou & Donner, with the correlation of their residuals."""
    (_, va, ra), (_, vb, rb) = ratio(a, n), ratio(b, n)
    products = sum(x * y for x, y in zip(ra, rb, strict=True))
    root = math.sqrt(sum(x * x for x in ra) * sum(x * x for x in rb)) if sum(n) else 0.0
    rho = products / root if root and not math.isnan(va * vb) else 0.0
    rho = min(max(rho, -1.0), 1.0)
    d = up["value"] - down["value"]

    def reach(one: float, other: float) -> float:
        one, other = (0.0 if math.isnan(x) else x for x in (one, other))
        return math.sqrt(max(one**2 + other**2 - 2 * rho * one * other, 0.0))

    return {
        "value": d,
        "low": d - reach(up["value"] - up["low"], down["high"] - down["value"]),
        "high": d + reach(up["high"] - up["value"], down["value"] - down["low"]),
        "per": up["per"],
        "replications": up["replications"],
        "with_events": max(up["with_events"], down["with_events"]),
        "df": basis(a, n)["df"],
        "design_effect": max(up["design_effect"], down["design_effect"]),
    }


UNKNOWN = {"low": NAN, "high": NAN}


def a_change(
    a: list[float], b: list[float], n: list[float], level: float = 0.95, given: float = 1.0
) -> Numbers:
    found = recovered(a, b, n, a_share(a, n, level, given), a_share(b, n, level, given))
    return found | (UNKNOWN if found["replications"] < 2 else {})


def a_mean_change(a: list[float], b: list[float], n: list[float], level: float = 0.95) -> Numbers:
    found = recovered(a, b, n, a_mean(a, n, level), a_mean(b, n, level))
    is_known = found["replications"] >= 2 and found["with_events"] > 0
    return found | {"design_effect": NAN} | ({} if is_known else UNKNOWN)


def a_skewed_mean(y: list[float], n: list[float], level: float = 0.95) -> Numbers:
    """By bisection of Hall's transformation of the t statistic, whose inverse nobody solves here."""
    found = basis(y, n) | {"design_effect": NAN}
    if found["replications"] < 2 or not found["with_events"]:
        return found | UNKNOWN
    m, variance, e = ratio(y, n)
    spread = sum(x * x for x in e) / found["replications"]
    cubed = sum(x**3 for x in e) / found["replications"]
    a = cubed / spread**1.5 / math.sqrt(found["replications"]) if spread else 0.0
    t = float(stats.t.ppf((1 + level) / 2, found["df"]))

    def limit(side: float) -> float:
        low, high = -1e6, 1e6
        for _ in range(200):
            middle = (low + high) / 2
            g = middle + a * middle**2 / 3 + a**2 * middle**3 / 27 + a / 6
            low, high = (middle, high) if g < side else (low, middle)
        return m - low * math.sqrt(variance)

    low = limit(t) if min(y) < 0 else max(limit(t), 0.0)
    high = limit(-t) if max(y) > 0 else min(limit(-t), 0.0)
    return found | {"low": low, "high": high}


def a_difference(
    y: list[float],
    n: list[float],
    y0: list[float],
    n0: list[float],
    level: float = 0.95,
    given: float = 1.0,
) -> Numbers:
    if n == n0:
        net = [a - b for a, b in zip(y, y0, strict=True)]
        return a_change([max(x, 0) for x in net], [max(-x, 0) for x in net], n, level, given)
    (p, *_), (p0, *_) = ratio(y, n), ratio(y0, n0)
    d, r = p - p0, sum(a > 0 or b > 0 for a, b in zip(n, n0, strict=True))
    found = {"value": d, "replications": r, "df": max(r - 1, 1), "design_effect": NAN}
    if math.isnan(d):
        return found | UNKNOWN | {"per": 0.0, "with_events": len(n)}
    residual = [
        (a - p * b) / sum(n) - (c - p0 * e) / sum(n0)
        for a, b, c, e in zip(y, n, y0, n0, strict=True)
    ]
    t, spread = stats.t.ppf((1 + level) / 2, max(r - 1, 1)), sum(x * x for x in residual)
    half = NAN
    if r >= 2:
        no_spread = spread < 1e-24
        half = t * t / (r + t * t) if no_spread else t * math.sqrt(r / (r - 1) * spread)
    return found | {
        "low": max(d - half, -1.0) if r >= 2 else NAN,
        "high": min(d + half, 1.0) if r >= 2 else NAN,
        "per": sum(n),
        "with_events": sum(x != 0 for x in residual),
    }


def an_independent_difference(
    y: list[float], n: list[float], y0: list[float], n0: list[float], level: float = 0.95
) -> Numbers:
    mine, base = a_share(y, n, level), a_share(y0, n0, level)
    d, r = mine["value"] - base["value"], min(mine["replications"], base["replications"])
    is_known = r >= 2 and not math.isnan(d)
    low = d - math.hypot(mine["value"] - mine["low"], base["high"] - base["value"])
    high = d + math.hypot(mine["high"] - mine["value"], base["value"] - base["low"])
    both = [mine["design_effect"], base["design_effect"]]
    return {
        "value": d,
        "low": max(low, -1.0) if is_known else NAN,
        "high": min(high, 1.0) if is_known else NAN,
        "per": 0.0 if math.isnan(d) else mine["per"],
        "replications": r,
        "with_events": min(mine["with_events"], base["with_events"]),
        "df": min(mine["df"], base["df"]),
        "design_effect": NAN if any(map(math.isnan, both)) else max(both),
    }


def worlds(number: int) -> tuple[list[float], list[float], list[float]]:
    """Draw events of two kinds and what they are of, world by world; many have corners."""
    rng = np.random.default_rng(number)
    r = int(rng.choice([1, 2, 3, 8, 40]))
    n = rng.integers(1, 30, r) * (rng.random(r) < rng.choice([0.2, 0.7, 1.0]))
    share_of = float(rng.choice([0.0, 0.02, 0.3, 0.9, 1.0]))
    y = rng.binomial(
        n, np.clip(rng.normal(share_of, 0.1, r), 0, 1) if 0 < share_of < 1 else share_of
    )
    z = rng.binomial(n - y, float(rng.choice([0.0, 0.2])))
    return y.astype(float).tolist(), z.astype(float).tolist(), n.astype(float).tolist()


CASES = range(120)


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_shares_means_and_changes_are_those_of_a_second_reading(level: float) -> None:
    for number in CASES:
        y, z, n = worlds(number)
        given = (1.0, 0.5, 3.0, 50.0)[number % 4]
        agree(
            share(y, n, confidence=level, design_effect=given).at(),
            a_share(y, n, level, given),
            number,
        )
        agree(mean(y, n, confidence=level).at(), a_mean(y, n, level), number)
        agree(mean_change(y, z, n, confidence=level).at(), a_mean_change(y, z, n, level), number)
        signed = [one - other for one, other in zip(y, z, strict=True)]
        agree(
            skewed_mean(signed, n, confidence=level).at(), a_skewed_mean(signed, n, level), number
        )
        for one in (y, [-x for x in y]):
            agree(skewed_mean(one, n, confidence=level).at(), a_skewed_mean(one, n, level), number)
        agree(
            changed(y, z, n, confidence=level, design_effect=given).at(),
            a_change(y, z, n, level, given),
            number,
        )


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_differences_paired_by_world_or_not_at_all_are_those_of_a_second_reading(
    level: float,
) -> None:
    for number in CASES:
        y, z, n = worlds(number)
        more = [k + (number % 3) * (j % 4) for j, k in enumerate(n)]
        fewer = [min(a, b) for a, b in zip(z, more, strict=True)]
        agree(
            difference(y, n, fewer, more, confidence=level, design_effect=2.0).at(),
            a_difference(y, n, fewer, more, level, 2.0),
            number,
        )
        other, _, of = worlds(number + 1000)
        agree(
            independent_difference(y, n, other, of, confidence=level).at(),
            an_independent_difference(y, n, other, of, level),
            number,
        )


EDGES = [(-20.0, -5.0), (-5.0, 0.0), (0.0, 0.0), (0.0, 4.0), (4.0, 10.0), (10.0, math.inf)]


def a_quantile(counts: np.ndarray, sums: np.ndarray, q: float, level: float) -> Numbers:
    """Read a quantile and its interval off bins, one after the other."""
    many, each = counts.sum(axis=0), counts.sum(axis=1)
    total, r = float(many.sum()), int((each > 0).sum())
    upto = [float(many[: k + 1].sum()) / total for k in range(len(many))]

    def at(x: float) -> tuple[int, float, float, float, float]:
        k = next(k for k, one in enumerate(upto) if one >= x - 1e-12)
        inside = float(many[k]) / total
        u = min(max((x - (upto[k] - inside)) / inside, 0.0), 1.0) if inside else NAN
        average = float(sums[:, k].sum()) / many[k] if many[k] else NAN
        return k, *EDGES[k], average, u

    def least(x: float) -> float:
        _, low, high, average, u = at(x)
        return low if not u > 0 or math.isinf(high) else max(high - (high - average) / u, low)

    def most(x: float) -> float:
        _, low, high, average, u = at(x)
        return high if not u < 1 else min(low + (average - low) / (1 - u), high)

    k, *_, average, _ = at(q)
    effect = max(
        a_share(counts[:, : end + 1].sum(axis=1).tolist(), each.tolist())["design_effect"]
        for end in (max(k - 1, 0), k)
    )
    down, up = wilson(q, total / effect, stats.t.ppf((1 + level) / 2, max(r - 1, 1)))
    return {
        "value": min(max(average, least(q)), most(q)),
        "low": least(max(min(down, q), 0.0)) if r >= 2 else NAN,
        "high": most(min(max(up, q), 1.0)) if r >= 2 else NAN,
        "per": total,
        "replications": r,
        "with_events": r,
        "df": max(r - 1, 1),
        "design_effect": effect,
    }


@pytest.mark.parametrize("level", [0.95, 0.5])
def test_quantiles_are_those_of_a_second_reading(level: float) -> None:
    """At shares that fall on the end of a bin, too."""
    wanted = (0.1, 0.3, 0.5, 0.75, 0.95, 1.0)
    for number in CASES:
        rng = np.random.default_rng(number)
        r = int(rng.choice([1, 2, 3, 20]))
        present = rng.random(len(EDGES)) < 0.8
        counts = rng.integers(0, 6, (r, len(EDGES))) * present
        counts[0, rng.integers(len(EDGES))] += 1
        counts[0, -1] += -counts.sum() % 10
        means = [-8.0, -1.0, 0.0, 2.5, 7.0, 19.0]
        sums = counts * means
        found = quantile(counts, sums, EDGES, wanted, confidence=level)
        for place, q in enumerate(wanted):
            agree(found.at(place), a_quantile(counts, sums, q, level), (number, q))
            alone = quantile(counts, sums, EDGES, q, confidence=level).at()
            assert astuple(alone) == pytest.approx(astuple(found.at(place)), nan_ok=True)


def test_of_several_binned_places_each_is_estimated_alone() -> None:
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 6, (9, 4, len(EDGES)))
    sums = counts * [-8.0, -1.0, 0.0, 2.5, 7.0, 19.0]
    whole = quantile(counts, sums, EDGES, [0.5, 0.9])
    for place in range(4):
        for k, q in enumerate((0.5, 0.9)):
            agree(whole.at(place, k), a_quantile(counts[:, place], sums[:, place], q, 0.95))


def test_a_quantile_of_nothing_is_not_known() -> None:
    nothing = np.zeros((3, len(EDGES)))
    found = quantile(nothing, nothing, EDGES, 0.5).at()
    assert found.per == found.replications == 0
    assert all(math.isnan(one) for one in (found.value, found.low, found.high))


PAIRINGS = ("all", "some", "none", "unsaid")


def policies(number: int, k: int) -> tuple[Shares, Any]:
    """Draw policies that share worlds, some with other messages, some with other seeds."""
    rng, how = np.random.default_rng(number), PAIRINGS[number % 4]
    r = int(rng.choice([2, 5, 30])) if number % 11 else 1
    n = rng.integers(0, 25, r) * (rng.random(r) < 0.9)
    chance = rng.choice([0.0, 0.2, 0.3, 0.6], k)
    of, luck = np.repeat(n[:, None], k, axis=1), [rng.random(one) for one in n]
    read = [[(u < p) ^ (rng.random(u.size) < 0.05) for p in chance] for u in luck]
    hits = np.array([[one.sum() for one in row] for row in read])
    only = np.array([[[(a & ~b).sum() for b in row] for a in row] for row in read])
    if number % 3 == 0 and k > 1:  # the last policy has messages of its own
        of[:, -1] += rng.integers(0, 3, r)
    if number % 7 == 0:  # and one, none
        hits[:, 0], of[:, 0], only[:, 0], only[:, :, 0] = 0, 0, 0, 0
    by_message, by_world = np.ones((k, k), bool), np.ones((k, k), bool)
    if how in ("some", "none"):
        by_message[-1, :-1] = by_message[:-1, -1] = False
    if how == "none":
        by_world[-1, :-1] = by_world[:-1, -1] = False
    said = {} if how == "unsaid" else {"by_message": by_message, "by_world": by_world}
    made = Shares(hits.astype(float), of.astype(float), only.astype(float), **said)
    return made, (by_message, by_world)


def a_comparison(s: Shares, by: Any, i: int, j: int, level: float) -> Numbers:
    """Compare two policies by what they share, as the documentation says."""
    y, n, y0, n0 = (of[:, at].tolist() for at in (i, j) for of in (s.hits, s.of))
    gained, lost = s.only[:, i, j].tolist(), s.only[:, j, i].tolist()
    effects = [a_share(y, n)["design_effect"], a_share(y0, n0)["design_effect"], 1.0]
    given = max(one for one in effects if not math.isnan(one))
    net = [a - b for a, b in zip(gained, lost, strict=True)]
    fits = n == n0 and [a - b for a, b in zip(y, y0, strict=True)] == net
    if by[0][i, j] and fits:
        return a_change(gained, lost, n, level, given)
    if by[0][i, j] or by[1][i, j]:
        return a_difference(y, n, y0, n0, level, given)
    return an_independent_difference(y, n, y0, n0, level)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_the_best_and_what_could_be_is_that_of_a_second_reading(k: int) -> None:
    for number in range(88):
        shares, by = policies(number, k)
        level = 2 * per_comparison_level(k - 1) - 1
        d = [[a_comparison(shares, by, i, j, level) for j in range(k)] for i in range(k)]
        found = every_difference(shares, range(k), confidence=level)
        for i, j in product(range(k), repeat=2):
            agree(found.at(i, j), d[i][j], (number, i, j))
        p = [
            d_ / n_ if n_ else NAN
            for d_, n_ in zip(shares.hits.sum(0), shares.of.sum(0), strict=True)
        ]
        first = min(range(k), key=lambda i: (math.isnan(p[i]), p[i] if p[i] == p[i] else 0.0, i))
        rivals = [[j for j in range(k) if j != i] for i in range(k)]
        known = k > 1 and all(math.isfinite(d[i][j]["low"]) for i in range(k) for j in rivals[i])
        behind = [max((d[i][j]["low"] for j in rivals[i]), default=-math.inf) for i in range(k)]
        could = [not (known and behind[i] >= 0) for i in range(k)]
        ranked = best(shares)
        assert (int(ranked.first), ranked.could_be.tolist()) == (first, could), number
        assert ranked.is_sure == (k > 1 and sum(could) == 1)
        for i in range(k):
            high = max((d[i][j]["high"] for j in rivals[i] if could[j]), default=-math.inf)
            value = max((d[i][j]["value"] for j in rivals[i]), default=-math.inf)
            expected = (value, min(behind[i], 0.0), max(high, 0.0)) if known else (NAN,) * 3
            mine = (ranked.value[i], ranked.low[i], ranked.high[i])
            assert mine == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True), (number, i)
            ahead = dict(d[i][first])
            if not could[i]:
                ahead["low"] = max(ahead["low"], 0.0)
            agree(ranked.ahead.at(i), ahead, (number, i))


def test_only_some_others_can_be_asked_for_and_cells_are_compared_each_alone() -> None:
    made = [policies(number, 4)[0] for number in (3, 7, 11, 15)]
    made = [one for one in made if len(one.hits) == len(made[0].hits)]
    hits, of, only = (
        np.stack([getattr(one, name) for one in made], axis=1) for name in ("hits", "of", "only")
    )
    whole, ranked = every_difference(Shares(hits, of, only), [2, 0]), best(Shares(hits, of, only))
    for cell, one in enumerate(made):
        alone, by_itself = every_difference(one, range(4)), best(one)
        for i, (k, j) in product(range(4), enumerate([2, 0])):
            numbers = (astuple(whole.at(cell, i, k))[:8], astuple(alone.at(i, j))[:8])
            assert numbers[0] == pytest.approx(numbers[1], nan_ok=True)
        assert ranked.first[cell] == by_itself.first
        for name in ("could_be", "value", "low", "high"):
            np.testing.assert_allclose(getattr(ranked, name)[cell], getattr(by_itself, name))


def made(start: int, method: str) -> Estimates:
    return Estimates(method, *(np.arange(6.0).reshape(2, 3) + start + 10 * k for k in range(8)))


def test_estimates_are_put_together_field_by_field() -> None:
    one, other = made(0, "one"), made(1000, "other")
    whole, wide = stacked([one, other, one]), side_by_side([one, other])
    assert (whole.method, wide.method) == ("one; other", "one; other")
    where = np.array([[True, False, True], [False, False, True]])
    mixed = chosen(where, one, other)
    for name in NAMES:
        a, b = getattr(one, name), getattr(other, name)
        np.testing.assert_array_equal(getattr(whole, name)[..., 1], b)
        np.testing.assert_array_equal(getattr(whole, name)[..., 2], a)
        np.testing.assert_array_equal(getattr(wide, name), np.hstack([a, b]))
        np.testing.assert_array_equal(getattr(mixed, name), np.where(where, a, b))
    limited = one.with_limits(other.low, other.high)
    assert limited.at(1, 2).low == other.at(1, 2).low and limited.at(1, 2).value == 5
    assert limited.at(1, 2).half_width == (limited.at(1, 2).high - limited.at(1, 2).low) / 2 == 5


def test_the_method_of_a_mixture_is_the_first_if_that_is_used_anywhere() -> None:
    one, other = made(0, "one"), made(1, "other")
    for where, method in ((True, "one"), (False, "other")):
        assert chosen(np.full((2, 3), where), one, other).method == method
    assert chosen(np.eye(2, 3, dtype=bool), one, other).method == "one"
