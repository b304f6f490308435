"""Claims: how they are read, and that true ones hold, false ones fail, and what cannot be told is
undecided."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pytest

from sim.checking import check
from sim.checking.claims import ClaimError, Range, understood
from sim.checking.judging import judged
from sim.checking.vocabulary import Kind, quantities
from sim.errors import ScenarioError
from sim.estimates import Estimate, independent_difference
from sim.prices import PRICES
from sim.running import Outcome, run
from sim.scenario import Scenario, parse
from sim.summaries import MEASURES

from .making import SMALL

KNOWN = ["today", "undo 10 s", "push: +30 s"]
INF = math.inf


@pytest.mark.parametrize(
    ("text", "policy", "base", "words", "allowed"),
    [
        ("read share <= 0.30", "today", None, "read share", Range(-INF, 0.3)),
        ("today: read share <= 30 %", "today", None, "read share", Range(-INF, 0.3)),
        ("today : read share<30%", "today", None, "read share", Range(-INF, 0.3, strict=True)),
        (
            "undo 10 s: too late share > 0.05",
            "undo 10 s",
            None,
            "too late share",
            Range(0.05, INF, strict=True),
        ),
        ("push: +30 s: ghost share >= 5 %", "push: +30 s", None, "ghost share", Range(0.05, INF)),
        (
            '"undo 10 s": read share between 1 % and 2 %',
            "undo 10 s",
            None,
            "read share",
            Range(0.01, 0.02),
        ),
        ("refused = 20", "today", None, "refused", Range(20, 20)),
        ("orphans = 0", "today", None, "orphans", Range(0, 0)),
        (
            "today: added delay until notified <= 5 s",
            "today",
            None,
            "added delay until notified",
            Range(-INF, 5),
        ),
        (
            "added delay until read <= 1.5 min",
            "today",
            None,
            "added delay until read",
            Range(-INF, 90),
        ),
        (
            "never notified share < 2 %",
            "today",
            None,
            "never notified share",
            Range(-INF, 0.02, strict=True),
        ),
        (
            "pushes per message between 0.5 and 1.5",
            "today",
            None,
            "pushes per message",
            Range(0.5, 1.5),
        ),
        ("expected cost <= 5000", "today", None, "expected cost", Range(-INF, 5000)),
        (
            "undo 10 s against today: phantom share <= -1.5 points",
            "undo 10 s",
            "today",
            "phantom share",
            Range(-INF, -0.015),
        ),
        (
            "undo 10 s against push: +30 s: expected cost < -10",
            "undo 10 s",
            "push: +30 s",
            "expected cost",
            Range(-INF, -10, strict=True),
        ),
        (
            "undo 10 s saves at least 5 points over today",
            "undo 10 s",
            "today",
            "read share",
            Range(-INF, -0.05),
        ),
        (
            "undo 10 s saves at most 5 points over today",
            "undo 10 s",
            "today",
            "read share",
            Range(-0.05, INF),
        ),
        (
            "undo 10 s saves more than 1 point over today",
            "undo 10 s",
            "today",
            "read share",
            Range(-INF, -0.01, strict=True),
        ),
        (
            "undo 10 s  saves less than 0.5 points\n over push: +30 s",
            "undo 10 s",
            "push: +30 s",
            "read share",
            Range(-0.005, INF, strict=True),
        ),
    ],
)
def test_a_claim_is_read(
    text: str, policy: str, base: str | None, words: str, allowed: Range
) -> None:
    claim = understood(text, KNOWN)
    assert (claim.policy, claim.base, claim.quantity.words) == (policy, base, words)
    assert (claim.allowed.low, claim.allowed.high) == (
        pytest.approx(allowed.low),
        pytest.approx(allowed.high),
    )
    assert claim.allowed.strict == allowed.strict


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("read share", "is not a claim"),
        ("read share is low", "is not a claim"),
        ("tody: read share <= 30 %", 'there is no policy "tody" (did you mean "today"?)'),
        ("today: lost share <= 30 %", 'is nothing that is measured (did you mean "ghost share"?)'),
        ("today: read <= 30 %", 'is a count; write "read share" for a share'),
        ("read share <= 30", 'is not a bound for "read share"; write 0.30 or "30 %"'),
        ("read share <= -0.1", 'is not a bound for "read share"'),
        ("refused = -1", 'is not a bound for "refused"; write a whole number'),
        ("added delay until notified <= 5", "is not a duration"),
        ("undo 10 s against today: read share <= -0.05", "write it in points"),
        ("undo 10 s against today: refused = 0", '"against" compares shares and costs'),
        ("read share = 30 %", "no estimate is exact"),
        ("read share between 3 % and 2 %", "give the lower bound first"),
    ],
)
def test_a_claim_that_is_not_understood_says_why(text: str, told: str) -> None:
    with pytest.raises(ClaimError) as raised:
        understood(text, KNOWN)
    assert told in str(raised.value)


def test_everything_a_run_reports_can_be_claimed() -> None:
    names = {name for one in quantities().values() for name in one.names}
    assert set(MEASURES) | set(PRICES) <= names
    assert {"messages", "regretted", "saved", "newly_lost", "orphans"} <= names
    counted = quantities()["refused"].names
    assert set(counted) == {name for name in MEASURES if name.startswith("refused_")}


@pytest.mark.parametrize(
    ("allowed", "low", "high", "holds", "excludes"),
    [
        (Range(-INF, 0.3), 0.1, 0.3, True, False),
        (Range(-INF, 0.3, strict=True), 0.1, 0.3, False, False),
        (Range(-INF, 0.3), 0.3, 0.4, False, False),
        (Range(-INF, 0.3, strict=True), 0.3, 0.4, False, True),
        (Range(-INF, 0.3), 0.31, 0.4, False, True),
        (Range(0.2, 0.3), 0.1, 0.4, False, False),
        (Range(0.2, 0.3), 0.1, 0.15, False, True),
        (Range(20, 20), 20, 20, True, False),
        (Range(20, 20), 21, 21, False, True),
    ],
)
def test_a_range_holds_a_whole_interval_or_excludes_it_or_neither(
    allowed: Range, low: float, high: float, holds: bool, excludes: bool
) -> None:
    assert (allowed.holds(low, high), allowed.excludes(low, high)) == (holds, excludes)


@cache
def outcome() -> Outcome:
    policies = '[policies.today]\n[policies.hold]\nsend.hold = "1 min"\n[costs]\ntoo_late = 10\n'
    return run(parse(SMALL + policies), replications=6, engine="simpy")


def verdict(text: str, found: Outcome | None = None) -> str:
    played = found or outcome()
    return judged(understood(text, played.policies), played).verdict


def three(start: str, e: Estimate, write: Any) -> list[str]:
    """Judge one claim that is true by the interval, one that is false, and one that only the
    estimate fulfils."""
    gap = 0.05 * (e.high - e.low)
    return [verdict(f"{start} <= {write(bound)}") for bound in (e.high + gap, e.low - gap, e.value)]


def test_a_true_share_holds_a_false_one_fails_and_one_inside_its_interval_is_undecided() -> None:
    e = outcome().summary.headline("hold")
    assert e.low < e.value < e.high
    assert three("hold: read share", e, lambda x: f"{x:.6f}") == ["holds", "fails", "undecided"]
    ghost = outcome().summary.headline("today", "ghost")
    assert three("ghost share", ghost, lambda x: f"{100 * x:.6f} %") == [
        "holds",
        "fails",
        "undecided",
    ]
    assert verdict(f"hold: read share >= {e.high + 0.01:.6f}") == "fails"
    assert (
        verdict(f"hold: read share between {e.low - 0.01:.6f} and {e.high + 0.01:.6f}") == "holds"
    )


def test_a_difference_is_judged_by_its_paired_interval() -> None:
    e = outcome().summary.change("hold")
    words = ["holds", "fails", "undecided"]
    assert three("hold against today: read share", e, lambda x: f"{100 * x:.6f} points") == words
    saved = [-100 * (e.high + 0.001), -100 * (e.low - 0.001), -100 * e.value]
    assert [
        verdict(f"hold saves at least {points:.6f} points over today") for points in saved
    ] == words
    mine, base = (
        (outcome().sums.each(name, "read"), outcome().sums.each(name, "regretted"))
        for name in ("hold", "today")
    )
    assert e.half_width < independent_difference(*mine, *base).at().half_width


def test_prices_and_costs_are_judged_by_their_intervals() -> None:
    price = outcome().price.set_index(["policy", "measure"])
    row = price.loc[("hold", "delay_read_p95_s")]
    e = Estimate(row["value"], row["low"], row["high"], row["of"], 6)
    words = three("hold: 95th percentile added delay until read", e, lambda x: f"{x:.6f} s")
    assert words == ["holds", "fails", "undecided"]
    assert math.isnan(price.loc[("hold", "delay_read_s"), "low"]), "six replications are too few"
    assert verdict("hold: added delay until read <= 1 d") == "undecided"
    row = outcome().costs.set_index("policy").loc["hold"]
    e = Estimate(row["value"], row["low"], row["high"], 6, 6)
    assert three("hold: expected cost", e, lambda x: f"{x:.6f}") == ["holds", "fails", "undecided"]
    e = Estimate(row["change"], row["change_low"], row["change_high"], 6, 6)
    assert three("hold against today: expected cost", e, lambda x: f"{x:.6f}") == [
        "holds",
        "fails",
        "undecided",
    ]
    assert verdict("hold: never notified share <= 100 %") == "holds"
    assert verdict("hold: pushes per message > 1.5") == "fails"


def test_a_count_must_be_as_claimed_in_every_replication() -> None:
    counts = outcome().sums.each("today", "regretted")
    least, most = int(counts.min()), int(counts.max())
    assert least < most
    assert verdict(f"regretted between {least} and {most}") == "holds"
    assert verdict(f"regretted between {least + 1} and {most}") == "fails"
    assert verdict(f"regretted < {most}") == "fails"
    assert verdict(f"regretted = {most}") == "fails"


WINDOW = """
schema = 1
people = "none"
run = { replications = 2, horizon = "1 d" }
traffic = { kind = "campaign", messages = 30 }
mistakes = { chance = 1.0 }
senders = { action = "4 s" }
deletion = { window = "80 s" }
[[segments]]
name = "everyone"
push = 0.0
"""


def checked(text: str, *claims: str, **options: Any) -> Any:
    told = "".join(f"\n[[checks]]\nclaim = '{one}'\n" for one in claims)
    return check(parse(text + told), engine="simpy", **options)


def test_counts_of_a_scenario_without_chance_come_out_exactly() -> None:
    """Thirty deletions of 4 s, one after the other, against a window of 80 s that includes its end:
    20 are in time."""
    table = checked(
        WINDOW, "refused = 10", "refused window = 10", "stopped = 20", "refused = 11", "open = 9"
    )
    assert list(table["verdict"]) == ["holds", "holds", "holds", "fails", "fails"]
    assert table["found"][0] == "10 in each of 2 replications"
    assert (table["value"][0], table["low"][0], table["high"][0]) == (10, 10, 10)


def test_what_has_no_interval_is_undecided() -> None:
    policies = '[policies.today]\n[policies.hold]\nsend.hold = "1 min"\n'
    one = checked(SMALL + policies, "hold saves at least 1 point over today", replications=1)
    assert (one["verdict"][0], one["low"].isna()[0]) == ("undecided", True)
    calm = checked(
        WINDOW.replace("chance = 1.0", "chance = 0.0"), "read share <= 1", "read share >= 1"
    )
    assert list(calm["verdict"]) == ["undecided", "undecided"]


def test_claims_keep_their_order_and_their_reasons_and_only_their_policies_are_played(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played: list[Any] = []

    def spy(scenario: Scenario, **options: Any) -> Outcome:
        played.append(options["policies"])
        return run(scenario, **options)

    monkeypatch.setattr("sim.checking.judging.run", spy)
    policies = "[policies.today]\n[policies.idle]\n[policies.third]\n"
    told = '[[checks]]\nclaim = "third: messages > 0"\nbecause = "they write"\n[[checks]]\nclaim = "messages < 1"\n'
    table = check(parse(SMALL + policies + told), engine="simpy", replications=1)
    assert list(table["claim"]) == ["third: messages > 0", "messages < 1"]
    assert list(table["because"]) == ["they write", ""]
    assert list(table["verdict"]) == ["holds", "fails"]
    assert played == [["today", "third"]]


def test_nothing_is_judged_by_a_part_of_the_replications() -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checked(WINDOW, "refused = 10", progress=stop)


def test_every_claim_that_is_not_understood_is_a_fault_at_its_place() -> None:
    with pytest.raises(ScenarioError) as raised:
        checked(WINDOW, "refused = 10", "refusd = 10", "expected cost <= 1", "read share = 1")
    assert [fault.path for fault in raised.value.faults] == [
        "checks[1].claim",
        "checks[2].claim",
        "checks[3].claim",
    ]
    assert 'did you mean "refused"' in raised.value.faults[0].problem
    assert "nothing has a cost" in raised.value.faults[1].problem


def test_a_scenario_does_not_take_over_the_claims_of_the_one_it_extends(tmp_path: Any) -> None:
    from sim.scenario import load
    from sim.scenario.sections import StatedClaim

    (tmp_path / "parent.toml").write_text(WINDOW + '[[checks]]\nclaim = "refused = 10"\n')
    (tmp_path / "child.toml").write_text(
        'schema = 1\nextends = "parent.toml"\ndeletion.window = "40 s"\n'
    )
    assert load(tmp_path / "parent.toml").checks == (StatedClaim(claim="refused = 10"),)
    assert load(tmp_path / "child.toml").checks == ()


def test_kinds_are_told_apart_by_the_words() -> None:
    assert {one.kind for one in quantities().values()} == set(Kind)
