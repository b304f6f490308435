"""The verb `run`: which policies, in which order, what is handed over on the way, and what an
interruption leaves."""

from __future__ import annotations

import pytest

from sim.errors import ScenarioError
from sim.records import Records
from sim.running import Outcome, chosen, expected_messages, run
from sim.scenario import parse
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

    monkeypatch.setattr("sim.running.draft", stop)
    with pytest.raises(KeyboardInterrupt):
        run(small(), engine="simpy")


def test_the_expected_number_of_messages_is_near_what_is_drawn(outcome: Outcome) -> None:
    expected = expected_messages(outcome.scenario)
    assert expected == pytest.approx(4 * 20 * 2)
    drawn = outcome.sums.total("today", "messages")
    assert drawn / 3 == pytest.approx(expected, abs=4.5 * (expected / 3) ** 0.5)
