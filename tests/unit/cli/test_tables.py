"""Every cell of a run's tables is the number its row and column name, worked out here from sums that
all differ."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.box import SIMPLE_HEAD

from sim import estimates as est
from sim.cautions import of_replications, of_run, remedy
from sim.cli import tables
from sim.cli.figures import change_of, interval, percent
from sim.cli.price_tables import price_tables
from sim.cli.tables import effect_tables, print_outcome
from sim.estimates import FEW, FEW_EVENTS, Estimate
from sim.running import Outcome
from sim.scenario import parse
from sim.scenario.sections import Credits
from sim.stopping import Stopping
from sim.summaries import HEADLINE, REFUSED
from sim.sums import Sums
from sim.surfaces import CHANNELS

from ..making import SMALL
from .making import (
    POLICIES,
    REPLICATIONS,
    Kept,
    all_differ,
    cells,
    in_percent,
    in_points,
    in_seconds,
    made_sums,
)

TITLED = """
title = "One [bold] title"
"""
SCENARIO = parse(
    SMALL.replace("schema = 1", 'schema = 1\ntitle = "One [bold] title"')
    + """
[costs]
too_late = 10.0
credits_lost = 3.0
[credits]
per_inmail = 2.0
[policies.today]
[policies.hold]
send.hold = "10 min"
[policies.slow]
push.delay = "1 h"
"""
)


def outcome(sums: Sums | None = None, asked: int = REPLICATIONS) -> Outcome:
    return Outcome(SCENARIO, "simpy", asked, made_sums() if sums is None else sums)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    console = Kept()
    monkeypatch.setattr(tables, "console_for", lambda *_: console)
    return console


@pytest.fixture
def printed(kept: Kept) -> Kept:
    print_outcome(outcome(), full=True)
    return kept


SUMS = made_sums()


def share(policy: str, *names: str) -> float:
    return SUMS.total(policy, *names) / SUMS.total(policy, "regretted")


def of_share(policy: str, name: str) -> tuple[float, float, float]:
    """Give a share with its interval, as `Outcome.shares` has them, its value counted here."""
    row = outcome().shares.set_index(["policy", "measure"]).loc[(policy, name)]
    assert row["value"] == pytest.approx(share(policy, name))
    assert row["low"] < row["value"] < row["high"]
    return row["value"], row["low"], row["high"]


def price(policy: str, name: str) -> Any:
    return outcome().price.set_index(["policy", "measure"]).loc[(policy, name)]


def ends(row: Any) -> tuple[float, float, float]:
    return row["value"], row["low"], row["high"]


def test_shares_stand_under_their_policy_and_channel(printed: Kept) -> None:
    found = printed.table("Read despite.*: by preview")
    columns = {
        "read": HEADLINE,
        "preview first": "preview_first",
        "in app first": "in_thread",
        **{one.label: one.measure for one in CHANNELS if one.in_tables},
    }
    assert list(found) == list(POLICIES)
    for policy in POLICIES:
        assert list(found[policy]) == ["read", "change, points", *list(columns)[1:]]
        for column, name in columns.items():
            assert found[policy][column] == in_percent(*of_share(policy, name)), column
    all_differ(found)


def test_the_answer_is_one_table_of_what_is_read_what_changes_and_at_what_price(kept: Kept) -> None:
    print_outcome(outcome())
    assert len(kept.tables) == 1
    found = kept.table("Read despite")
    changes, costs = (
        frame.set_index("policy") for frame in (outcome().differences, outcome().costs)
    )
    for policy in POLICIES:
        row = found[policy]
        assert list(row) == ["read", "by preview first", "change", "price"]
        assert row["read"] == in_percent(*of_share(policy, HEADLINE))
        assert row["by preview first"] == f"{100 * share(policy, 'preview_first'):.1f}"
        delay, cost = row["price"].splitlines()
        assert cost == f"{costs.loc[policy, 'value']:,.2f}"
        if policy == "today":
            assert (row["change"], delay) == ("baseline", "–")
            continue
        assert row["change"] == in_points(*ends(changes.loc[policy]))
        median, p95 = (
            price(policy, f"delay_notified_{end}_s")["value"] for end in ("median", "p95")
        )
        assert delay == f"{tables.later_of(median)} / {tables.later_of(p95)}"
        assert median != p95
    all_differ(found, "today")
    assert kept.lines[-1].startswith("--full prints ")


def test_a_delay_is_said_in_its_own_unit_with_its_sign() -> None:
    seconds = [10.0, 0.0, -3600.0, 61_200.0, 1003.0, float("nan")]
    assert [tables.later_of(one) for one in seconds] == [
        "+10 s",
        "0 s",
        "-60 min",
        "+17 h",
        "+17 min",
        "–",
    ]


def test_changes_are_against_the_first_policy(printed: Kept) -> None:
    found = printed.table("Read despite.*: by preview")
    assert found["today"]["change, points"] == "baseline"
    rows = outcome().differences.set_index("policy")
    for policy in POLICIES[1:]:
        value = (SUMS.total(policy, "newly_lost") - SUMS.total(policy, "saved")) / SUMS.total(
            policy, "regretted"
        )
        assert rows.loc[policy, "value"] == pytest.approx(value)
        assert found[policy]["change, points"] == in_points(*ends(rows.loc[policy]))


def test_verdicts_and_flags_stand_under_their_names(printed: Kept) -> None:
    found = printed.table("Verdicts")
    names = {
        "caught": "caught",
        "cancelled": "cancelled",
        "read before deletion": "too_late",
        "read after deletion": "ghost",
        "in thread": "in_thread",
        "stopped": "stopped",
        "open": "open",
    }
    for policy in POLICIES:
        expected = {words: share(policy, name) for words, name in names.items()}
        expected |= {"| phantom": share(policy, "phantom"), "refused": share(policy, *REFUSED)}
        assert found[policy] == {name: f"{100 * one:.1f}" for name, one in expected.items()}
    all_differ(found)


def test_when_a_preview_was_read_stands_under_its_step(printed: Kept) -> None:
    found = printed.table("When")
    steps = {
        "before noticing": "lost_before_noticing",
        "reacting": "lost_reacting",
        "in queue": "lost_in_queue",
        "in action": "lost_in_action",
        "after refusal": "lost_after_refusal",
        "after remedy": "lost_after_remedy",
        "read after deletion": "ghost",
    }
    for policy in POLICIES:
        assert found[policy] == {c: f"{100 * share(policy, m):.1f}" for c, m in steps.items()}


def test_effects_are_counts(printed: Kept) -> None:
    found = printed.table("Follow-ups")
    columns = {
        "follow-ups": "followups",
        "orphans": "orphans",
        "paused": "paused",
        "apologies": "apologies",
        "blocked": "blocked",
        "credits used": "credits_used",
        "credits lost": "credits_lost",
    }
    for policy in POLICIES:
        assert found[policy] == {c: f"{SUMS.total(policy, m):,}" for c, m in columns.items()}
    all_differ(found)


def test_effects_that_nothing_had_are_left_out(kept: Kept) -> None:
    values = SUMS.values.copy()
    for name in ("paused", "blocked", "apologies", "credits_used", "credits_lost"):
        values[:, :, SUMS.names.index(name)] = 0
    values[:, :2, SUMS.names.index("orphans")] = 0
    print_outcome(outcome(Sums(values, SUMS.policies, SUMS.names)), full=True)
    found = kept.table("Follow-ups")
    assert {tuple(row) for row in found.values()} == {("follow-ups", "orphans")}


def test_credits_that_nothing_can_bring_back_are_used_and_not_lost(kept: Kept) -> None:
    for back, is_told in (({}, False), ({"refund_on_recall": True}, True)):
        credit = Credits(**{"per_inmail": 1, "refund_within": "0 s"} | back)
        (table,) = effect_tables(SUMS, None, credit)
        columns = [str(one.header) for one in table.columns]
        assert "credits used" in columns and ("credits lost" in columns) == is_told


def test_costs_are_amounts_a_world(printed: Kept) -> None:
    found = printed.table("Expected cost")
    rows = outcome().costs.set_index("policy")
    for policy in POLICIES:
        each = 10 * SUMS.each(policy, "too_late") + 3 * 2 * SUMS.each(policy, "credits_lost")
        row = rows.loc[policy]
        assert row["value"] == pytest.approx(each.mean())
        written = f"{row['value']:,.2f} ({row['low']:,.2f} to {row['high']:,.2f})"
        change = f"{row['change']:+,.2f} ({row['change_low']:+,.2f} to {row['change_high']:+,.2f})"
        expected = {"cost": written, "change": "baseline" if policy == "today" else change}
        assert found[policy] == expected
    all_differ(found)


@pytest.mark.parametrize("what", ["notified", "read"])
def test_delays_stand_under_what_they_say(printed: Kept, what: str) -> None:
    found = printed.table(f"Messages nobody regretted: {what} later by")
    for policy in POLICIES[1:]:
        median, p95, far, by, mean = (
            ends(price(policy, f"delay_{what}_{end}"))
            for end in ("median_s", "p95_s", "far", "far_s", "s")
        )
        assert found[policy] == {
            "median, s": in_seconds(*median),
            "95th percentile, s": in_seconds(*p95),
            "moved by an hour or more, %": "{:.2f} ({:.2f}–{:.2f})".format(
                *(100 * one for one in far)
            ),
            "moved an hour or more: mean, h": in_seconds(*(one / 3600 for one in by)),
            "moved less: mean, s": in_seconds(*mean),
        }
    assert found["today"] == {
        "median, s": "+0.0 (+0.0 to +0.0)",
        "95th percentile, s": "+0.0 (+0.0 to +0.0)",
        "moved by an hour or more, %": "0.00 (0.00–0.00)",
        "moved an hour or more: mean, h": "–",
        "moved less: mean, s": "+0.0 (+0.0 to +0.0)",
    }
    all_differ(found, "today")


def test_what_others_get_stands_under_its_name(printed: Kept) -> None:
    found = printed.table("Messages nobody regretted: what they get")
    for policy in POLICIES:
        others = SUMS.total(policy, "others")
        assert found[policy] == {
            "never notified, %": f"{100 * SUMS.total(policy, 'others_never_notified') / others:.1f}",
            "pushes each": f"{SUMS.total(policy, 'others_pushed') / others:.3f}",
            "e-mails each": f"{SUMS.total(policy, 'others_mails') / others:.3f}",
        }


def test_what_others_get_a_day_stands_under_its_name(printed: Kept) -> None:
    found = printed.table("The same, for each of their recipients and day")
    for policy in POLICIES:
        days = SUMS.total(policy, "others_recipient_s") / 86_400
        counts = {"pushes": "pushed", "alerts felt": "felt", "e-mails": "mails"}
        assert found[policy] == {
            column: f"{SUMS.total(policy, f'others_{count}') / days:.3f}"
            for column, count in counts.items()
        }
    all_differ(found)


def test_group_messages_stand_under_their_names(printed: Kept) -> None:
    found = printed.table("Group messages that somebody regretted")
    for policy in POLICIES:
        of = SUMS.total(policy, "group_messages")
        line = found[policy]
        assert line["messages"] == f"{of:,}"
        share = 100 * SUMS.total(policy, "group_read") / of
        assert line["read by at least one, %"].startswith(f"{share:.1f} (")
        assert line["readers each"] == f"{SUMS.total(policy, 'group_readers') / of:.3f}"
    all_differ(found)


def test_tables_come_in_their_order_and_lines_say_what_they_rest_on(printed: Kept) -> None:
    titles = [str(table.title) for table in printed.tables]
    assert [title.split(",")[0].split(" (")[0] for title in titles] == [
        *["Read despite the deletion"] * 2,
        "Verdicts",
        "When a preview was read first",
        "Group messages that somebody regretted",
        "Follow-ups",
        "Expected cost of a world",
        "Messages nobody regretted: notified later by",
        "Messages nobody regretted: read later by",
        "Messages nobody regretted: what they get",
        "The same",
    ]
    title, answer, priced, basis = printed.lines
    value, low, high = (f"{100 * one:.1f}" for one in of_share("today", HEADLINE))
    assert title == "One \\[bold] title"
    assert answer.startswith(f'Under "today", {value} % of regretted messages ')
    assert f"(95 % interval {low} to {high} %): " in answer
    first, app = (f"{100 * share('today', name):.1f}" for name in ("preview_first", "in_thread"))
    assert f" {first} % by preview first" in answer and f" {app} % in the app first." in answer
    others, people = (SUMS.total("today", name) for name in ("others", "others_recipients"))
    assert priced.endswith(f'under "today" {others:,} messages to {people:,} recipients.')
    regretted, messages = (SUMS.total("today", name) for name in ("regretted", "messages"))
    assert basis.startswith(
        f"{regretted:,} regretted of {messages:,} messages per policy, "
        f"to {SUMS.total('today', 'regretted_recipients'):,} recipients; 60 replications, seed 7;"
    )


def test_without_regretted_messages_there_is_no_answer_but_a_warning(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = Sums(np.zeros_like(SUMS.values), SUMS.policies, SUMS.names)
    print_outcome(outcome(nothing), full=True)
    assert len(kept.lines) == 3
    shares = kept.table("Read despite.*: by preview")
    assert set(shares["today"].values()) == {"–", "baseline"}
    prices = kept.table("Messages nobody regretted: what they get")
    assert set(prices["hold"].values()) == {"–"}
    assert capsys.readouterr().err == (
        "Warning: nobody regretted a message; raise mistakes.chance, or play more --replications\n"
    )


@pytest.mark.parametrize("nobody", ["today", "hold"])
def test_it_is_the_baseline_under_which_somebody_must_have_regretted_a_message(nobody: str) -> None:
    """A policy can prevent mistakes, all of them too."""
    values = SUMS.values.copy()
    values[:, SUMS.policies.index(nobody)] = 0
    found = of_run(outcome(Sums(values, SUMS.policies, SUMS.names)))
    said = [one for one in found if one.startswith("nobody regretted a message")]
    assert len(said) == (nobody == "today")


@pytest.mark.parametrize(("open_share", "warned"), [(0.049, False), (0.05, False), (0.051, True)])
def test_more_than_a_twentieth_undecided_under_the_baseline_is_a_warning(
    open_share: float, warned: bool
) -> None:
    values = SUMS.values.copy()
    values[:, :, SUMS.names.index("regretted")] = 1000
    values[:, 0, SUMS.names.index("open")] = round(1000 * open_share)
    found = of_run(outcome(Sums(values, SUMS.policies, SUMS.names)))
    said = f"{100 * open_share:.1f} % are undecided at the horizon; {remedy(SCENARIO)}"
    assert found == [said] * warned


def test_a_policy_that_shortens_the_hold_of_the_platform_is_a_warning() -> None:
    own = SCENARIO.patched({"send.hold": "30 min"})
    found = of_run(Outcome(own, "simpy", REPLICATIONS, made_sums()))
    assert '"hold" shortens the hold of 30 min to 10 min' in found


def headline(saying: int, events: int) -> Estimate:
    return Estimate(0.5, 0.4, 0.6, 100.0, saying, with_events=events)


def test_warnings_begin_exactly_below_their_thresholds() -> None:
    many = headline(FEW, FEW_EVENTS)
    assert of_replications(FEW, FEW, many) == []
    assert of_replications(FEW, FEW + 1, many) == [
        f"interrupted: {FEW} of {FEW + 1} replications were played; the tables rest on those"
    ]
    (few,) = of_replications(FEW - 1, FEW - 1, headline(1, 1))
    assert few.startswith(f"{FEW - 1} replications are few; ")
    (saying,) = of_replications(100, 100, headline(FEW - 1, 1))
    assert saying.startswith(f"only {FEW - 1} of 100 replications have a regretted message; ")
    (events,) = of_replications(100, 100, headline(FEW, FEW_EVENTS - 1))
    assert f" in {FEW_EVENTS - 1} of 100 replications only; " in events
    assert of_replications(100, 100, headline(0, 0)) == []
    assert of_replications(100, 100, headline(FEW, 0)) == []
    assert len(of_replications(100, 100, headline(1, 1))) == 1
    assert len(of_replications(100, 100, headline(FEW, 1))) == 1


def test_numbers_are_written_as_the_tables_say() -> None:
    nan = float("nan")
    assert percent(0.12345) == "12.3" and percent(nan) == "–"
    assert interval(replace(headline(1, 1), value=0.123, low=0.1, high=0.2)) == "12.3 (10.0–20.0)"
    moved = {"value": 0.0, "low": -0.01, "high": 0.02, "saved": 0, "newly_lost": 0}
    assert change_of(moved) == "none changed"
    both = "+0.0 (-1.0 to +2.0)"
    assert change_of(moved | {"saved": 1, "newly_lost": 1}) == both
    assert change_of(moved | {"saved": 1}) == change_of(moved | {"newly_lost": 1}) == both
    assert change_of(moved | {"value": -0.005}) == "-0.5 (-1.0 to +2.0)"


def test_an_amount_without_interval_stands_alone(kept: Kept) -> None:
    one = SUMS.first(1)
    print_outcome(outcome(one), full=True)
    found = kept.table("Expected cost")
    assert found["hold"] == {
        "cost": f"{one.total('hold', 'too_late') * 10 + one.total('hold', 'credits_lost') * 6:,.2f}",
        "change": f"{outcome(one).costs.set_index('policy').loc['hold', 'change']:+,.2f}",
    }
    delays = kept.table("Messages nobody regretted: read")
    assert "(" not in delays["hold"]["moved less: mean, s"] != "–"


def test_a_table_has_names_to_the_left_and_numbers_to_the_right() -> None:
    table = tables.new_table("title", "name", "one", "two")
    assert [column.justify for column in table.columns] == ["left", "right", "right"]
    assert (table.box, table.pad_edge) == (SIMPLE_HEAD, False)
    assert (table.title, table.title_justify, table.title_style) == ("title", "left", "bold")


def test_numbers_of_a_price_are_scaled_by_their_unit() -> None:
    """Of numbers so large that a wrong scale shows: 10,000 h are 36 million seconds."""
    rows = [
        {
            "policy": "p",
            "measure": f"delay_{what}_{end}",
            "value": 3.6e7 * k,
            "low": 3e7 * k,
            "high": 5e7 * k,
        }
        for what in ("notified", "read")
        for k, end in enumerate(("s", "far", "far_s", "median_s", "p95_s"), start=1)
    ]
    rows += [
        {"policy": "p", "measure": measure, "value": 0.1 * k, "low": 0.0, "high": 1.0}
        for k, measure in enumerate(
            (
                "never_notified",
                "pushes_per_message",
                "emails_per_message",
                "pushes_per_day",
                "alerts_per_day",
                "emails_per_day",
            ),
            1,
        )
    ]
    notified, read, get, daily = map(cells, price_tables(["p"], pd.DataFrame(rows), "what"))
    assert (
        notified
        == read
        == {
            "p": {
                "median, s": "+144,000,000.0 (+120,000,000.0 to +200,000,000.0)",
                "95th percentile, s": "+180,000,000.0 (+150,000,000.0 to +250,000,000.0)",
                "moved by an hour or more, %": "7200000000.00 (6000000000.00–10000000000.00)",
                "moved an hour or more: mean, h": "+30,000.0 (+25,000.0 to +41,666.7)",
                "moved less: mean, s": "+36,000,000.0 (+30,000,000.0 to +50,000,000.0)",
            }
        }
    )
    assert get == {
        "p": {"never notified, %": "10.0", "pushes each": "0.200", "e-mails each": "0.300"}
    }
    assert daily == {"p": {"pushes": "0.400", "alerts felt": "0.500", "e-mails": "0.600"}}


def test_remarks_and_the_rule_that_stopped_a_run_have_a_line_each(kept: Kept) -> None:
    stopping = Stopping.read("0.5 pp")
    print_outcome(replace(outcome(), stopping=stopping), ["one [remark]", "two"], full=True)
    assert kept.lines[2:4] == ["one \\[remark]", "two"]
    assert kept.lines[-1] == stopping.words()
    assert not any(line.startswith("Read: ") for line in kept.lines)


@pytest.mark.parametrize(("precision", "asked"), [("0.01 pp", 60), ("0.01 pp", 61), ("50 pp", 60)])
def test_a_precision_that_is_not_reached_by_the_most_allowed_is_a_warning(
    precision: str, asked: int
) -> None:
    made = replace(outcome(asked=asked), stopping=Stopping.read(precision))
    said = [line for line in of_run(made) if "precision" in line]
    missed = (
        "60 replications are the most allowed, and the precision asked for is not reached; "
        "raise --at-most, or ask for less"
    )
    assert said == [missed] * ((precision, asked) == ("0.01 pp", 60))


@pytest.mark.parametrize(
    ("share_of_people", "said"),
    [
        (1.0, "all recipients"),
        (1.5, "all recipients"),
        (0.999, "a random 1e+02 % of the recipients"),
        (0.123, "a random 12 % of the recipients"),
    ],
)
def test_prices_rest_on_a_share_of_the_recipients(share_of_people: float, said: str) -> None:
    made = replace(outcome(), price_share=share_of_people)
    assert tables.price_basis(made).startswith(
        f'What messages nobody regretted pay rests on {said}: under "today" '
    )


def test_a_made_up_interval_is_not_symmetric() -> None:
    """Otherwise swapped ends could not be noticed."""
    value, low, high = of_share("hold", HEADLINE)
    assert high - value != pytest.approx(value - low)
    assert est.CONFIDENCE == 0.95


def test_a_difference_without_an_interval_is_told_without_one() -> None:
    """One replication shows no spread: nothing is printed as nan."""
    one = {"value": 1.0, "low": math.nan, "high": math.nan, "saved": 0, "newly_lost": 5}
    assert change_of(one) == "+100.0"
    assert change_of(one | {"low": 0.5, "high": 1.0}) == "+100.0 (+50.0 to +100.0)"
    assert change_of(one | {"value": math.nan}) == "–"
