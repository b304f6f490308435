"""The verb `run`: which policies, in which order, what is handed over on the way, and what an
interruption leaves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.cautions import of_run
from sim.errors import FaultyInputError, ScenarioError
from sim.estimates import SHARE
from sim.pilot import forecast
from sim.playing import expected_messages
from sim.records import Records
from sim.results import document
from sim.running import Outcome, chosen, run
from sim.scenario import parse
from sim.stopping import Stopping
from sim.summaries import MEASURES, VERDICTS, shares
from sim.tallies import HEADLINE, SPLIT
from sim.verdicts import Judged

from .making import SMALL, small

POLICIES = (
    SMALL
    + """
[policies.slow]
push.delay = "1 h"
[policies.today]
[policies.hold]
send.hold = "10 min"
"""
)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run(
        parse(POLICIES.replace("schema = 1", 'schema = 1\nbaseline = "today"')), engine="simpy"
    )


def test_the_baseline_comes_first_and_the_rest_in_the_files_order(outcome: Outcome) -> None:
    assert outcome.policies == ("today", "slow", "hold")
    assert outcome.asked == outcome.replications == 3
    assert list(outcome.differences["policy"]) == ["slow", "hold"]
    assert (outcome.differences["value"] <= 0).all()


def test_chosen_policies_always_include_the_baseline() -> None:
    scenario = parse(POLICIES)
    assert chosen(scenario, ["hold"]) == ("slow", "hold")
    assert chosen(scenario, ["slow"]) == ("slow",)
    assert chosen(scenario, None) == ("slow", "today", "hold")
    with pytest.raises(ScenarioError, match='there is no policy "hodl"'):
        chosen(scenario, ["hodl"])


def test_a_scenario_without_policies_is_played_as_it_is() -> None:
    alone = run(small(), replications=1, engine="simpy")
    assert alone.policies == ("as it is",)
    assert alone.differences.empty


def test_seed_and_replications_given_by_hand_win_and_are_kept_in_the_outcome() -> None:
    one = run(small(), replications=1, seed=99, engine="simpy")
    assert (one.scenario.run.seed, one.scenario.run.replications, one.asked) == (99, 1, 1)
    assert one.sums != run(small(), replications=1, engine="simpy").sums


def test_records_and_progress_are_handed_over_in_order(outcome: Outcome) -> None:
    seen: list[tuple[int, str]] = []
    ticks: list[int] = []

    def keep(number: int, policy: str, records: Records, judged: Judged) -> None:
        messages = outcome.sums.each(policy, "messages")[number]
        assert len(records) == judged.verdict.size == messages
        seen.append((number, policy))

    again = run(outcome.scenario, keep=keep, progress=ticks.append, engine="simpy")
    assert seen == [(k, name) for k in range(3) for name in outcome.policies]
    assert ticks == [1, 2, 3]
    assert again.sums == outcome.sums


def test_an_interruption_leaves_the_replications_that_are_done(outcome: Outcome) -> None:
    def stop(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    cut = run(outcome.scenario, progress=stop, engine="simpy")
    assert cut.asked == 3
    assert cut.sums == outcome.sums.first(2)


def test_an_interruption_before_anything_is_done_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.playing.drafts", stop)
    with pytest.raises(KeyboardInterrupt):
        run(small(), engine="simpy")


SURE: dict[str, Any] = {"engine": "compiled", "precision": "4 pp", "policies": ["today", "hold"]}


@pytest.mark.parametrize("of", [["headline"], ["differences"], ["headline", "differences"]])
def test_a_run_stops_at_the_first_look_at_which_it_is_sure(outcome: Outcome, of: list[str]) -> None:
    done = run(outcome.scenario, of=of, **SURE)
    asked, sums = Stopping.read("4 pp", of), done.sums
    reached = [look for look in asked.looks() if look <= done.replications]
    assert done.is_sure and done.asked == done.replications == reached[-1]
    assert not any(asked.is_reached(sums.first(look)) for look in reached[:-1])
    wide = {
        "headline": [done.summary.headline(name) for name in done.policies],
        "differences": [done.summary.change("hold")],
    }
    for e in (e for one in of for e in wide[one]):
        assert max(e.high - e.value, e.value - e.low) <= 0.04


def test_a_precise_run_is_the_run_of_so_many_replications_whatever_the_workers(
    outcome: Outcome,
) -> None:
    one, two = (run(outcome.scenario, workers=workers, **SURE) for workers in (1, 2))
    plain = run(
        outcome.scenario, replications=one.replications, engine="compiled", policies=["hold"]
    )
    assert one.sums == two.sums == plain.sums


def test_a_precision_out_of_reach_ends_at_the_most_allowed_and_says_so(outcome: Outcome) -> None:
    done = run(outcome.scenario, precision="0.01 pp", at_most=40, engine="compiled")
    assert (done.replications, done.asked, done.is_sure) == (40, 40, False)
    assert any("--at-most" in line for line in of_run(done))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"precision": "four"}, "--precision: .* is not a precision"),
        ({"precision": "4 pp", "of": ["hedline"]}, 'did you mean "headline"'),
        ({"precision": "4 pp", "at_most": 3}, "--at-most: 3 is out of range"),
        ({"precision": "4 pp", "replications": 3}, "is given with --replications"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    outcome: Outcome, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(FaultyInputError, match=said):
        run(outcome.scenario, **asked)


def test_a_forecast_is_what_the_run_takes(outcome: Outcome) -> None:
    found = forecast(outcome.scenario, **SURE)
    done = run(outcome.scenario, **SURE).replications
    assert found.replications is not None and 0.5 <= found.replications / done <= 2
    assert forecast(outcome.scenario, precision="0.01 pp", at_most=40).replications is None
    assert forecast(outcome.scenario, replications=7).replications == 7


def test_prices_say_on_how_many_messages_and_recipients_they_rest(outcome: Outcome) -> None:
    told = document(run(outcome.scenario, everybody=True, engine="simpy"))
    of = told["policies"][0]["price_of"]
    assert told["price_share"] == 1.0
    assert of["messages"] + told["regretted"] == told["messages"]
    assert 0 < of["recipients"] <= of["messages"]
    assert 0 < told["regretted_recipients"] <= told["regretted"]


@pytest.fixture(scope="module")
def plain_and_known() -> tuple[Outcome, Outcome]:
    plain, known = (
        run("linkedin_dm", replications=64, engine="compiled", known_shares=one)
        for one in (False, True)
    )
    return plain, known


def test_shares_by_known_shares_add_up_and_differ_by_their_changes(
    plain_and_known: tuple[Outcome, Outcome],
) -> None:
    plain, known = plain_and_known
    base = known.policies[0]
    assert known.summary.headline(base).value != plain.summary.headline(base).value
    for name in known.policies:
        share = {one: known.summary.headline(name, one).value for one in MEASURES}
        assert share[HEADLINE] == pytest.approx(sum(share[one] for one in SPLIT))
        assert sum(share[one] for one in VERDICTS) == pytest.approx(1)
        change = share[HEADLINE] - known.summary.headline(base).value
        assert known.summary.change(name).value == pytest.approx(change, abs=1e-12)


def test_sums_under_some_policies_have_the_shares_of_these(
    plain_and_known: tuple[Outcome, Outcome],
) -> None:
    sums = plain_and_known[1].sums
    order = [sums.policies[2], sums.policies[0]]
    whole, some = shares(sums), shares(sums.under(order))
    places = [sums.policies.index(one) for one in order]
    for end in ("value", "low", "high"):
        np.testing.assert_array_equal(getattr(some, end), getattr(whole, end)[places])


def test_known_shares_leave_counts_prices_and_the_widths_of_changes_as_they_are(
    plain_and_known: tuple[Outcome, Outcome],
) -> None:
    plain, known = plain_and_known
    for column in ("count", "of", "replications"):
        assert plain.shares[column].equals(known.shares[column])
    assert plain.price.equals(known.price)
    for end in ("low", "high"):
        a, b = ((one.differences[end] - one.differences["value"]) for one in (plain, known))
        np.testing.assert_allclose(a, b, atol=1e-12)


def test_few_replications_are_not_corrected_to_known_shares(outcome: Outcome) -> None:
    few = [run(outcome.scenario, replications=20, known_shares=one) for one in (False, True)]
    assert few[0].shares.equals(few[1].shares) and few[0].differences.equals(few[1].differences)
    assert document(few[1])["methods"]["headline"] == SHARE


def test_the_expected_number_of_messages_is_near_what_is_drawn(outcome: Outcome) -> None:
    expected = expected_messages(outcome.scenario)
    assert expected == pytest.approx(4 * 20 * 2)
    drawn = outcome.sums.total("today", "messages")
    assert drawn / 3 == pytest.approx(expected, abs=4.5 * (expected / 3) ** 0.5)
