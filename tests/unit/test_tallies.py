"""Sums of one replication, and the tables of many: counted once more by hand on small worlds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR, NEVER, SECOND
from sim.prices import PRICES
from sim.records import blank, first_difference
from sim.scenario.checks import EVENTS
from sim.schema.records import COLUMNS, FROM_ENGINE
from sim.summaries import FLAGS, LOST_WHEN, MEASURES, READ, VERDICTS, Summary, expected_costs
from sim.sums import Sums
from sim.tallies import (
    COUNTED,
    DELAY_EDGES,
    HEADLINE,
    MOVES,
    SPLIT,
    TALLIES,
    _binned,
    counted,
    delayed_by,
    moves,
    not_under,
    read_mask,
    read_not_under,
    tally,
)
from sim.verdicts import Verdict, judge

from .making import records

D = {"accepted": 0, "noticed": 10, "requested": 20, "started": 30, "completed": 40, "effective": 50}


def push(at: int, **more: Any) -> dict[str, Any]:
    return {
        "push_dispatched": 1,
        "push_arrived": 2,
        "push_chars": 100,
        "push_noticed": at,
        "push_read_until": at,
        **more,
    }


def mail(at: int, **more: Any) -> dict[str, Any]:
    return {
        "email_dispatched": 1,
        "email_arrived": 3,
        "email_chars": 100,
        "email_read": at,
        "email_read_until": at,
        **more,
    }


def sums(*rows: dict[str, Any], base: tuple[dict[str, Any], ...] | None = None) -> dict[str, int]:
    mine = records(*rows)
    theirs = records(*base) if base is not None else mine
    row = tally(mine, judge(mine), judge(theirs))[0].tolist()
    return dict(zip(COUNTED, row, strict=True))


def several(policies: dict[str, list[dict[str, int]]]) -> Sums:
    """Put replications of some policies together; nobody reads under one policy only, but for what
    is saved and newly lost against the first."""
    k, r = len(policies), len(next(iter(policies.values())))
    only = np.zeros((r, k, k), np.int64)
    rows = np.array([[list(one.values()) for one in each] for each in policies.values()])
    saved, newly = (rows[:, :, COUNTED.index(name)].T for name in ("saved", "newly_lost"))
    only[:, 0, :], only[:, :, 0] = saved, newly
    values = np.concatenate([rows.transpose(1, 0, 2), only], axis=2)
    return Sums(values, tuple(policies), (*COUNTED, *not_under(k)))


def test_verdicts_and_ways_to_lose_are_counted_once_each() -> None:
    t = sums(
        {**D, **push(5)},
        {**D, **push(15)},
        {**D, **push(60)},
        D,
        {**D, "cancelled": 50},
        {"regretted": False},
        {"caught": True},
    )
    assert (t["messages"], t["regretted"]) == (7, 6)
    assert [t[name] for name in VERDICTS] == [1, 1, 2, 1, 0, 1, 0]
    assert [t[name] for name in LOST_WHEN] == [1, 1, 0, 0, 0, 0]
    assert t["preview_first"] == t["too_late"] + t["ghost"] == 3
    assert t["read"] == t["preview_first"] + t["in_thread"] == 3
    assert sum(t[name] for name in VERDICTS) == t["regretted"]
    assert (
        sum(t[f"level_{level}"] for level in ("nothing", "existence", "part", "all"))
        == t["regretted"]
    )


def test_a_message_read_in_two_channels_counts_in_both() -> None:
    t = sums({**D, **push(5), **mail(6)}, {**D, **mail(6)}, {**D, "thread_read": 7})
    assert [t[f"read_{c}"] for c in READ] == [1, 0, 0, 2, 0, 1]
    assert (t["read"], t["preview_first"]) == (3, 2)


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ({**D, **push(5)}, "preview_first"),
        ({**D, **push(60)}, "preview_first"),
        ({**D, **mail(60)}, "preview_first"),
        ({**D, **push(60), "refused": 2, "effective": NEVER}, "preview_first"),
        ({**D, **push(7), "thread_read": 7}, "preview_first"),
        ({**D, **push(9), "thread_read": 7}, "in_thread"),
        ({**D, "thread_read": 60}, "in_thread"),
        ({**D, **push(60, push_chars=0)}, None),
        ({**D, **push(60, push_edited=True)}, None),
        ({**D, **push(5), "cancelled": 50}, None),
        ({**D, **push(5), "caught": True}, None),
        (D, None),
    ],
)
def test_the_headline_is_whatever_was_sent_and_read_anywhere_and_its_split_adds_up_to_it(
    row: dict[str, Any], part: str | None
) -> None:
    """Before the text was gone or from what outlived it, unless it was never sent or showed no text."""
    t = sums(row)
    assert t[HEADLINE] == int(part is not None)
    assert [t[one] for one in SPLIT] == [int(one == part) for one in SPLIT]
    assert sums({**row, "regretted": False})[HEADLINE] == 0


def test_a_channel_counts_only_what_it_showed_before_the_app_did() -> None:
    """The push at 5, the app at 7, the mail at 9: the mail's text was old by then."""
    t = sums({**D, **push(5), **mail(9), "thread_read": 7})
    assert [t[f"read_{c}"] for c in READ] == [1, 0, 0, 0, 0, 1]
    t = sums({**D, **push(9), "thread_read": 7})
    assert [t[f"read_{c}"] for c in READ] == [0, 0, 0, 0, 0, 1]
    assert (t["read"], t["preview_first"]) == (1, 0)


def test_reasons_of_refusal_and_phantoms_are_counted() -> None:
    t = sums(
        {**D, "refused": 1},
        {**D, "refused": 2},
        {**D, "refused": 2},
        {**D, "refused": 3},
        {**D, "refused": 4},
        {**D, "phantom": 60},
        *[{**D, "refused": 5}] * 3,
        *[{**D, "refused": 6}] * 4,
    )
    assert [t[name] for name in FLAGS] == [1, 1, 2, 1, 1, 3, 4]


def test_a_group_message_counts_once_and_its_readers_each() -> None:
    """Two group messages of sender 0, one of sender 1 that has the same number, and one alone."""
    read = {**D, **push(5)}
    rows = [
        {**read, "group": 0},
        {**read, "group": 0},
        {**D, "group": 0},
        {**D, "group": 1},
        {**read, "group": 0, "sender": 1},
        {**read, "regretted": False, "group": 2},
        read,
    ]
    t = sums(*rows)
    assert (t["group_messages"], t["group_read"], t["group_readers"]) == (3, 2, 3)
    s = Summary.of(several({"today": [t, t]}))
    assert s.headline("today", "group_read").value == pytest.approx(2 / 3)
    assert s.headline("today").value == pytest.approx(4 / 6), "row by row"
    price = s.price.set_index("measure")["value"]
    assert price["readers_per_group"] == 1.0


def test_what_is_sent_is_told_by_recipient_and_day() -> None:
    """Three pushes to two recipients within half a day."""
    calm = {"regretted": False, "accepted": 0, "push_dispatched": 1}
    made = records(calm, calm, {**calm, "recipient": 1}, horizon=DAY // 2)
    row = dict(zip(COUNTED, tally(made, judge(made), judge(made))[0].tolist(), strict=True))
    s = Summary.of(several({"today": [row, row]}))
    price = s.price.set_index("measure")["value"]
    assert price["pushes_per_day"] == pytest.approx(3.0)
    assert (price["pushes_per_message"], price["emails_per_day"]) == (1.0, 0.0)


def test_messages_saved_and_newly_lost_are_told_one_by_one() -> None:
    lost, safe = {**D, **push(5)}, D
    t = sums(lost, safe, safe, lost, base=(lost, lost, lost, safe))
    assert (t["saved"], t["newly_lost"]) == (2, 1)
    assert read_mask(judge(records(lost, safe))).tolist() == [True, False]


def test_the_price_is_paid_by_messages_nobody_regretted_and_paired_with_the_baseline() -> None:
    calm = {"regretted": False, "accepted": 0}
    mine = (
        {**calm, **push(12, push_arrived=10)},
        {**calm, "push_dispatched": 1},
        {**D, **push(5)},
        {**calm, **mail(9)},
    )
    base = (
        {**calm, **push(8, push_arrived=4)},
        {**calm, **push(9)},
        {**D, **push(5)},
        {**calm, **mail(9)},
    )
    t = sums(*mine, base=base)
    assert (t["others"], t["others_never_notified"]) == (3, 1)
    for what, total in (("notified", 6), ("read", 4)):
        assert sum(t[name] for name in counted(what)) == 2
        assert sum(t[name] for name in delayed_by(what)) == total
    assert (t["others_pushed"], t["others_mailed"]) == (2, 1)


def test_follow_ups_credits_and_remedies_are_counted_over_all_messages() -> None:
    step = {"regretted": False, "mistake": False, "accepted": 60, "after": 0, "kind": 1}
    t = sums(
        {**D, "kind": 1},
        step,
        {**step, "accepted": NEVER, "paused": 60},
        {"accepted": 0, "blocked": 9},
    )
    assert (t["followups"], t["orphans"], t["paused"], t["blocked"]) == (1, 1, 1, 1)
    assert (t["credits_used"], t["credits_lost"]) == (2, 2)
    assert t["others"] == 0, "what follows a regretted message up, sent or withheld, is no price"


def test_what_follows_a_caught_message_up_is_no_price_either() -> None:
    opening = {"regretted": False, "caught": True}
    step = {"regretted": False, "mistake": False, "accepted": NEVER, "paused": 60, "after": 0}
    assert sums(opening, step, {"regretted": False, "accepted": 0})["others"] == 1
    plain = ({"regretted": False, "accepted": 0}, {**step, "accepted": 60, "paused": NEVER})
    assert sums(*plain)["others"] == 2


def test_messages_regretted_under_the_baseline_only_are_no_price() -> None:
    mine = ({"regretted": False, "accepted": 0}, {"regretted": False, "accepted": 60, "after": 0})
    base = ({**D}, {"regretted": False, "accepted": 60, "after": 0})
    assert sums(*mine, base=base)["others"] == 0


def test_an_apology_is_counted_as_one_and_is_no_message_of_the_comparison() -> None:
    base = ({**D, **push(5)}, {"regretted": False, "accepted": 0})
    apology = {
        "regretted": False,
        "accepted": 40,
        "after": 0,
        "apology": True,
        "push_dispatched": 41,
        "kind": 1,
    }
    t = sums(*base, apology, base=base)
    assert (t["messages"], t["apologies"], t["others"], t["others_pushed"]) == (2, 1, 1, 0)
    assert t["credits_used"] == 1, "an apology by InMail costs a credit too"


def test_expected_costs_are_amounts_times_counts_with_the_paired_change() -> None:
    tables = {"today": [(3, 2), (1, 0)], "better": [(1, 2), (0, 0)]}
    values = np.array(list(tables.values())).transpose(1, 0, 2)
    sums_of = Sums(values, tuple(tables), ("too_late", "credits_lost"))
    cost = expected_costs(
        sums_of, {"too_late": 10.0, "credits_lost": 1.0}, per_inmail=2.0
    ).set_index("policy")
    assert cost["value"].to_dict() == {"today": (34 + 10) / 2, "better": (14 + 0) / 2}
    assert cost.loc["better", "change"] == -15.0
    assert cost.loc["better", "change_low"] < -15 < cost.loc["better", "change_high"]
    assert cost.loc["today", "change"] == cost.loc["today", "change_low"] == 0


def test_every_event_that_can_be_given_a_cost_is_counted() -> None:
    assert set(EVENTS) <= set(sums(D))


def made() -> Summary:
    rows = [{**D, **push(5)}, {**D, "refused": 2}, {"regretted": False, "accepted": 0, **push(9)}]
    base, better = sums(*rows), sums(D, *rows[1:], base=tuple(rows))
    return Summary.of(several({"today": [base, base], "better": [better, base]}))


def test_a_table_of_shares_has_every_measure_of_every_policy_and_its_verdicts_sum_to_one() -> None:
    s = made()
    assert list(s.shares["measure"]) == [*MEASURES, *MEASURES]
    for policy in s.policies:
        mine = s.shares[s.shares["policy"] == policy].set_index("measure")["value"]
        assert mine[list(VERDICTS)].sum() == pytest.approx(1)
        assert mine[
            ["level_nothing", "level_existence", "level_part", "level_all"]
        ].sum() == pytest.approx(1)
        assert mine[list(LOST_WHEN)].sum() == pytest.approx(mine["too_late"])
        assert mine["preview_first"] == pytest.approx(mine["too_late"] + mine["ghost"])
        assert mine[HEADLINE] == pytest.approx(mine[list(SPLIT)].sum())
    assert s.headline("today").value == 0.5
    assert s.headline("better", "refused_window").value == 0.5
    others = s.shares["measure"] != "group_read"
    assert set(s.shares["of"][others]) == {4}


def test_differences_are_to_the_baseline_with_what_was_saved() -> None:
    (row,) = made().differences.to_dict("records")
    assert (row["policy"], row["value"], row["saved"], row["newly_lost"], row["replications"]) == (
        "better",
        -0.25,
        1,
        0,
        2,
    )
    assert row["low"] <= row["value"] <= row["high"]


def test_prices_are_named_and_in_seconds() -> None:
    price = made().price
    assert list(price["measure"]) == [*PRICES, *PRICES]
    assert set(price[price["measure"] == "pushes_per_message"]["value"]) == {1.0}


def test_one_policy_alone_has_no_differences_but_the_tables_columns() -> None:
    alone = Summary.of(several({"today": [sums(D)]}))
    assert alone.differences.empty
    assert "newly_lost" in alone.differences.columns


def test_records_have_the_documented_columns_and_name_the_first_message_that_differs() -> None:
    assert list(records(D).columns) == [c.name for c in COLUMNS]
    assert all(c.meaning for c in COLUMNS)
    assert {name: set(column.tolist()) for name, column in blank(2).items()} == {
        c.name: {c.absent} for c in FROM_ENGINE
    }
    one, other = records(D, D), records(D, {**D, "push_noticed": 7})
    assert first_difference(one, one) is None
    assert first_difference(one, other) == f"message 1: push_noticed {NEVER} / 7"
    assert first_difference(one, records(D)) == "2 rows against 1"
    np.testing.assert_array_equal(one.to_frame()["noticed"], [10, 10])


def test_a_row_has_every_count_that_is_declared_each_with_a_meaning() -> None:
    mine = records(D)
    (row,) = tally(mine, judge(mine), judge(mine))
    assert row.dtype == np.int64 and row.shape == (len(COUNTED),)
    assert len(set(COUNTED)) == len(COUNTED)
    assert all(TALLIES.values())


def test_a_delay_is_in_the_bin_that_holds_its_end_nearer_to_zero() -> None:
    delays = np.array([0, 1, SECOND, 10 * SECOND, -10 * SECOND, HOUR - 1, HOUR, 400 * 24 * HOUR])
    (counts,), (totals,) = _binned(delays, np.zeros(delays.size, dtype=np.int64), 1)
    assert counts.sum() == len(delays) and totals.sum() == delays.sum()
    for one in delays.tolist():
        (place,) = [
            k
            for k, (low, high) in enumerate(DELAY_EDGES.tolist())
            if (low <= one < high if one > 0 else low < one <= high if one < 0 else low == high)
        ]
        assert counts[place] == 1, one
        assert totals[place] == one


def test_a_delay_of_a_round_length_is_the_end_of_a_bin() -> None:
    """So that the median delay under a hold of 10 s is 10 s."""
    seconds = [1, 2, 5, 10, 15, 20, 30, 45]
    seconds += [60 * minutes for minutes in (1, 2, 5, 10, 15, 30)]
    seconds += [3600 * hours for hours in (1, 3, 6, 12, 24)]
    for one in seconds:
        assert one * SECOND in DELAY_EDGES[:, 0] and one * SECOND in DELAY_EDGES[:, 1], one
        assert -one * SECOND in DELAY_EDGES[:, 0] and -one * SECOND in DELAY_EDGES[:, 1], one
    low, high = DELAY_EDGES[:-1, 1], DELAY_EDGES[1:, 0]
    np.testing.assert_array_equal(low, high)  # without gaps and without overlap


def test_sums_of_delays_are_exact_where_floats_would_round() -> None:
    long = 2**53 + 1
    _, totals = _binned(np.array([long, -1, 1]), np.zeros(3, dtype=np.int64), 1)
    assert totals[0, -1] == long


def test_messages_read_under_one_policy_and_not_another_are_counted_for_every_two() -> None:
    lost, safe, calm = {**D, **push(5)}, D, {"regretted": False}
    policies = [(lost, lost, safe, lost), (safe, lost, lost, calm), (safe, safe, safe, safe)]
    played = [records(*rows) for rows in policies]
    (found,) = read_not_under([judge(one) for one in played], played[-1].replication, 1)
    for a, mine in enumerate(policies):
        for b, theirs in enumerate(policies):
            pairs = zip(mine, theirs, strict=True)
            assert found[a, b] == sum(x is lost and y is safe for x, y in pairs), (a, b)


def test_moves_are_counted_for_every_pair_of_verdicts() -> None:
    base, mine = records(D, {**D, **push(5)}), records(D, {**D, "cancelled": 50})
    found = moves(mine, judge(mine), judge(base))
    row = dict(zip(MOVES, found[0].tolist(), strict=True))
    assert {name for name, n in row.items() if n} == {
        "moved_stopped_stopped",
        "moved_too_late_cancelled",
    }
    assert len(MOVES) == len(Verdict) ** 2 - 1


def delays(policy: list[tuple[int, int]], replications: int = 40) -> dict[str, Any]:
    """Give the price of a policy that notifies later: so many messages by so many seconds, in
    every replication."""
    calm = {"regretted": False, "accepted": 0, **push(9)}
    base = [calm for many, _ in policy for _ in range(many)]
    mine = [
        {**calm, "push_arrived": 2 + by * SECOND, "push_noticed": 9 + by * SECOND}
        for many, by in policy
        for _ in range(many)
    ]
    one, other = sums(*base), sums(*mine, base=tuple(base))
    whole = several({"today": [one] * replications, "later": [other] * replications})
    table = Summary.of(whole).price.set_index(["policy", "measure"])["value"]
    return {str(name): value for name, value in table["later"].items()}


def test_a_tail_is_told_apart_and_hides_in_no_mean() -> None:
    price = delays([(6, 10), (3, 0), (1, 20 * 3600)])
    assert price["delay_notified_s"] == pytest.approx(6 * 10 / 9)
    assert price["delay_notified_far"] == pytest.approx(0.1)
    assert price["delay_notified_far_s"] == 20 * 3600
    assert price["delay_notified_median_s"] == 10
    assert price["delay_notified_p95_s"] == 20 * 3600
    assert price["delay_read_s"] == pytest.approx(6 * 10 / 9)


@pytest.mark.parametrize(
    ("moving", "still", "is_given"),
    [(99, 21, False), (100, 20, True), (29, 0, False), (30, 0, True), (30, 1, False)],
)
def test_a_mean_delay_has_an_interval_from_a_hundred_worlds_on_or_thirty_that_all_have_some(
    moving: int, still: int, is_given: bool
) -> None:
    """Wrong: any other number; worlds counted that moved nothing."""
    calm = {"regretted": False, "accepted": 0, **push(9)}
    late = [
        {**calm, "push_arrived": (2 + k) * SECOND, "push_noticed": (9 + k) * SECOND}
        for k in range(5)
    ]
    one = sums(calm, calm)
    moved = [sums(late[1 + k % 4], calm, base=(calm, calm)) for k in range(moving)]
    calmly = [sums(calm, calm, base=(calm, calm))] * still
    whole = several({"today": [one] * (moving + still), "later": moved + calmly})
    price = Summary.of(whole).price.set_index(["policy", "measure"]).loc[("later", "delay_read_s")]
    assert not math.isnan(price["value"])
    assert math.isnan(price["low"]) == math.isnan(price["high"]) == (not is_given)


def test_a_preview_that_is_read_as_the_app_shows_the_text_counts_as_read_there_first() -> None:
    read = {**push(60), "accepted": 0, "noticed": 900, "thread_read": 60}
    later = {**push(60), "accepted": 0, "noticed": 900, "thread_read": 59}
    r = records(read, later)
    judged = judge(r)
    counts = dict(zip(COUNTED, tally(r, judged, judged)[0].tolist(), strict=True))
    assert counts["read_push"] == 1
    assert counts["preview_first"] == 1


def test_what_is_counted_says_what_it_is() -> None:
    assert "gone" in TALLIES["orphans"] and "held back" in TALLIES["paused"]
    assert TALLIES["saved"].startswith("read under the baseline and not here")
    assert TALLIES["newly_lost"].startswith("read here and not under the baseline")
