"""What is compared: the same numbers as a run's, pairs counted once more from records, and
scenarios beside each other."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from sim import estimates as est
from sim import summaries
from sim.comparing import Comparison, Pairing, compare
from sim.comparing.document import document
from sim.comparing.pairing import pairing
from sim.errors import ScenarioError
from sim.records import Records
from sim.running import run
from sim.scenario import Scenario, parse
from sim.tallies import read_mask
from sim.verdicts import Judged, Verdict

from .making import SMALL

POLICIES = """
[policies.today]
[policies.hold]
send.hold = "10 min"
[policies.slow]
push.delay = "30 min"
[policies.forgetful]
mistakes.noticed = { dist = "never" }
"""
BOTH = ["hold", "slow"]


def scenario(more: str = POLICIES, **patch: Any) -> Scenario:
    made = parse(SMALL + more)
    return made.patched(patch) if patch else made


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare(scenario(), policies=BOTH, engine="simpy")


def test_numbers_are_those_of_a_run_with_the_same_seed(compared: Comparison) -> None:
    outcome = run(scenario(), policies=BOTH, engine="simpy")
    assert compared.names == outcome.policies == ("today", "hold", "slow")
    assert_frame_equal(compared.shares, outcome.shares)
    assert_frame_equal(compared.price, outcome.price)
    columns = ["policy", "value", "of", "replications"]
    assert_frame_equal(compared.differences[columns], outcome.differences[columns])
    for column in ("saved", "newly_lost"):
        assert list(compared.differences[column]) == list(outcome.differences[column])


def test_intervals_of_differences_are_those_at_an_equal_part_of_the_error(
    compared: Comparison,
) -> None:
    found = est.every_difference(summaries.compared(compared.sums), [0], confidence=1 - 0.05 / 2)
    e = found.at(compared.names.index("hold"), 0)
    row = compared.differences.set_index("policy").loc["hold"]
    assert (row["low"], row["high"]) == (e.low, e.high)


def test_rows_of_moves_sum_to_the_verdicts_under_the_baseline_and_columns_to_those_under_the_policy(
    compared: Comparison,
) -> None:
    for name in BOTH:
        moves = compared.moves[compared.moves["policy"] == name]
        for column, where in (("before", "today"), ("after", name)):
            counts = moves.groupby(column)["messages"].sum()
            for verdict in list(Verdict)[1:]:
                word = verdict.name.lower()
                total = compared.sums.total(where, word)
                assert counts.get(word, 0) == total, (name, column, word)
        assert "not_asked" not in {*moves["before"], *moves["after"]}


def test_moves_saved_and_newly_lost_are_the_pairs_counted_from_the_records() -> None:
    kept: dict[tuple[int, str], Judged] = {}

    def keep(number: int, policy: str, _: Records, judged: Judged) -> None:
        kept[number, policy] = judged

    whole = scenario()
    run(whole, keep=keep, engine="simpy")
    found = compare(whole, engine="simpy")
    for name in ("hold", "slow", "forgetful"):
        pairs: Counter[tuple[str, str]] = Counter()
        saved = newly = 0
        for number in range(3):
            base, mine = kept[number, "today"], kept[number, name]
            pairs.update(
                (Verdict(a).name.lower(), Verdict(b).name.lower())
                for a, b in zip(base.verdict, mine.verdict, strict=True)
                if a or b
            )
            both = base.regretted & mine.regretted
            saved += int(np.sum(both & read_mask(base) & ~read_mask(mine)))
            newly += int(np.sum(both & read_mask(mine) & ~read_mask(base)))
        moves = found.moves[found.moves["policy"] == name]
        told = {(row["before"], row["after"]): row["messages"] for row in moves.to_dict("records")}
        assert told == dict(pairs)
        row = found.differences.set_index("policy").loc[name]
        assert (row["saved"], row["newly_lost"]) == (saved, newly)
    forgotten = found.moves[found.moves["policy"] == "forgetful"]
    assert set(forgotten["after"]) == {"not_asked"}, "who never notices never asks"


def test_moves_lose_the_pairs_that_saved_and_newly_lost_count(compared: Comparison) -> None:
    lost = ("too_late", "ghost")
    for row in compared.differences.to_dict("records"):
        moves = compared.moves[compared.moves["policy"] == row["policy"]]
        was, stays = moves["before"].isin(lost), moves["after"].isin(lost)
        assert moves.loc[was & ~stays, "messages"].sum() == row["saved"]
        assert moves.loc[~was & stays, "messages"].sum() == row["newly_lost"]
    assert compared.differences["saved"].sum() > 0


def test_the_number_of_workers_changes_no_sum(compared: Comparison) -> None:
    again = compare(scenario(), policies=BOTH, engine="simpy", workers=2)
    assert again.sums == compared.sums


def test_against_another_policy_turns_the_difference_round() -> None:
    usual = compare(scenario(), policies=["hold"], engine="simpy")
    turned = compare(scenario(), policies=["today"], against="hold", engine="simpy")
    (a,), (b,) = usual.differences.to_dict("records"), turned.differences.to_dict("records")
    assert turned.names == ("hold", "today")
    assert (b["value"], b["low"], b["high"]) == pytest.approx((-a["value"], -a["high"], -a["low"]))
    assert (b["saved"], b["newly_lost"]) == (a["newly_lost"], a["saved"])


def test_the_best_loses_least_and_is_sure_only_if_every_other_is_worse() -> None:
    twins = POLICIES + '[policies.twin]\nsend.hold = "10 min"\n'
    two = compare(scenario(twins), policies=["hold"], replications=12, engine="simpy")
    three = compare(scenario(twins), policies=["hold", "twin"], replications=12, engine="simpy")
    assert two.best == three.best == "hold", "of equals the first"
    assert two.is_sure
    assert not three.is_sure
    assert (two.behind["value"] > 0).all()
    twin = three.behind.set_index("policy").loc["twin"]
    assert twin["value"] == 0
    assert twin["low"] < 0 < twin["high"]


def test_scenarios_with_the_same_messages_are_compared_as_policies_are() -> None:
    plain = scenario("")
    held = plain.patched({"send.hold": "10 min"})
    held._file = "held"
    files = compare(plain, held, engine="simpy")
    policies = compare(scenario(), policies=["hold"], engine="simpy")
    assert files.pairing["held"] is Pairing.MESSAGES
    numbers = ["value", "low", "high", "of", "replications", "saved", "newly_lost"]
    assert_frame_equal(files.differences[numbers], policies.differences[numbers])
    assert_frame_equal(files.moves.drop(columns="policy"), policies.moves.drop(columns="policy"))
    assert_frame_equal(files.price.drop(columns="policy"), policies.price.drop(columns="policy"))


def pair(**patch: Any) -> tuple[Comparison, Any, Any]:
    """Compare the small scenario with a patched one, and play both alone."""
    plain = scenario("", **{"run.replications": 12})
    other = plain.patched(patch)
    other._file = "other"
    alone = [run(one, engine="simpy").sums for one in (plain, other)]
    base, mine = ([one.of(n)[:, 0, 0] for n in ("read", "regretted")] for one in alone)
    return compare(plain, other, engine="simpy"), base, mine


def test_scenarios_of_one_seed_with_other_messages_are_paired_by_world_only() -> None:
    found, base, mine = pair(**{"traffic.rate": "30 / d"})
    (row,) = found.differences.to_dict("records")
    e = est.difference(*mine, *base).at()
    assert row["pairing"] == "worlds"
    assert (row["value"], row["low"], row["high"]) == (e.value, e.low, e.high)
    assert pd.isna(row["saved"])
    assert found.moves.empty
    delays = found.price[found.price["measure"].str.startswith("delay")].set_index(
        ["policy", "measure"]
    )["value"]
    assert delays["other"].isna().all()
    assert not found.price[found.price["measure"] == "never_notified"]["value"].isna().any()


def test_scenarios_of_other_seeds_are_not_paired() -> None:
    found, base, mine = pair(**{"run.seed": 8})
    (row,) = found.differences.to_dict("records")
    e = est.independent_difference(*mine, *base).at()
    assert row["pairing"] == "none"
    assert (row["value"], row["low"], row["high"]) == (e.value, e.low, e.high)


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({"deletion.window": "1 min"}, "MESSAGES"),
        ({"traffic.length": 5}, "MESSAGES"),
        ({"run.seed": 8}, "NONE"),
        ({"traffic.rate": "21 / d"}, "WORLDS"),
        ({"traffic.recipients": 11}, "WORLDS"),
        ({"traffic.senders": 5}, "WORLDS"),
        ({"run.horizon": "1 d"}, "WORLDS"),
        ({"senders.utc_offset": "1 h", "traffic.week": "office"}, "WORLDS"),
    ],
)
def test_messages_are_the_same_if_names_recipients_and_times_are(
    patch: dict[str, Any], expected: str
) -> None:
    assert pairing(scenario(""), scenario("", **patch)).name == expected


def test_a_campaign_sent_more_slowly_has_other_messages() -> None:
    campaign = scenario("", traffic={"kind": "campaign", "messages": 5, "throttle": "1 s"})
    assert pairing(campaign, campaign.patched({"push.delay": "1 s"})).name == "MESSAGES"
    assert pairing(campaign, campaign.patched({"traffic.throttle": "2 s"})).name == "WORLDS"


def test_a_difference_in_a_later_world_is_seen() -> None:
    """Two senders who write once in ten days: the first world has no message in either scenario."""
    rare = scenario("", **{"traffic.rate": "0.02 / d", "run.replications": 60})
    never = rare.patched({"traffic.rate": "0.000001 / d"})
    assert (
        pairing(rare.patched({"run.replications": 1}), never.patched({"run.replications": 1})).name
        == "MESSAGES"
    )
    assert pairing(rare, never).name == "WORLDS"


def test_scenarios_play_as_often_as_the_one_that_asks_for_the_fewest() -> None:
    plain = scenario("")
    more = plain.patched({"run.replications": 5})
    more._file = "more"
    assert compare(plain, more, engine="simpy").replications == 3
    assert compare(plain, more, engine="simpy", replications=1).replications == 1


def test_scenarios_are_named_by_their_files_as_short_as_tells_them_apart() -> None:
    a, b = scenario("", **{"run.replications": 1}), scenario("", **{"run.replications": 1})
    a._file, b._file = "one/a.toml", "two/b.toml"
    assert compare(a, b, engine="simpy").names == ("a", "b")
    assert compare(a, b, engine="simpy", against="two/b.toml").names == ("b", "a")
    b._file = "two/a.toml"
    assert compare(a, b, engine="simpy").names == ("one/a.toml", "two/a.toml")


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ScenarioError, match='there is nothing to compare "as it is" with'):
        compare(scenario(""))
    with pytest.raises(ScenarioError, match='there is no policy "hodl"'):
        compare(scenario(), policies=["hodl"])
    with pytest.raises(ScenarioError, match="is named twice"):
        compare(scenario(), scenario())


def test_an_interruption_keeps_what_is_done_of_policies_but_nothing_of_scenarios_played_apart() -> (
    None
):
    def stop(done: int) -> None:
        if done:
            raise KeyboardInterrupt

    cut = compare(scenario(), policies=["hold"], engine="simpy", progress=stop)
    assert (cut.replications, cut.asked) == (1, 3)
    other = scenario("", **{"run.seed": 8})
    other._file = "other"
    with pytest.raises(KeyboardInterrupt):
        compare(scenario(""), other, engine="simpy", progress=stop)


def test_progress_runs_from_nothing_to_all_that_was_asked_for() -> None:
    ticks: list[int] = []
    other = scenario("", **{"run.seed": 8})
    other._file = "other"
    compare(scenario(""), other, engine="simpy", progress=ticks.append)
    assert ticks == sorted(ticks)
    assert ticks[-1] == 3


def test_the_document_has_what_the_tables_have_and_null_for_what_is_not_known(
    compared: Comparison,
) -> None:
    told = document(compared)
    assert [one["name"] for one in told["entries"]] == ["today", "hold", "slow"]
    could_be = list(compared.could_be_best)
    assert told["best"] == {"name": compared.best, "sure": compared.is_sure, "could_be": could_be}
    row = compared.differences.set_index("policy").loc["hold"]
    assert told["entries"][1]["difference"]["value"] == row["value"]
    assert sum(one["messages"] for one in told["entries"][1]["moves"]) == compared.sums.total(
        "today", "regretted"
    )
    calm = document(
        compare(scenario(**{"mistakes.chance": 0.0}), policies=["hold"], engine="simpy")
    )
    assert calm["entries"][1]["difference"]["value"] is None
    assert calm["entries"][0]["headline"]["share"] is None


def test_what_a_world_costs_is_that_of_a_run() -> None:
    priced = scenario(**{"costs.too_late": 10.0})
    found, outcome = (
        compare(priced, policies=BOTH, engine="simpy"),
        run(priced, policies=BOTH, engine="simpy"),
    )
    assert found.costs is not None
    assert_frame_equal(found.costs, outcome.costs)
    assert compare(scenario(), policies=BOTH, engine="simpy", replications=1).costs is None
