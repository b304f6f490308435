"""Every cell of a comparison's tables is the number its row and column name, worked out here from
sums that all differ."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.cautions import of_comparison
from sim.cli import comparing
from sim.cli.comparing import answer, print_comparison
from sim.comparing import Comparison, Pairing
from sim.errors import FaultyInputError
from sim.estimates import FEW
from sim.sums import Sums
from sim.tallies import HEADLINE, moved, not_under
from sim.verdicts import Verdict

from .making import (
    POLICIES,
    REPLICATIONS,
    Kept,
    all_differ,
    in_percent,
    in_points,
    in_seconds,
    made_sums,
)
from .test_tables import SCENARIO

MESSAGES, WORLDS, NONE = Pairing.MESSAGES, Pairing.WORLDS, Pairing.NONE
SUMS = made_sums()


def compared(
    sums: Sums = SUMS, pairing: tuple[Pairing, ...] | None = None, asked: int = REPLICATIONS
) -> Comparison:
    """Compare policies, or scenarios if it is said how they are paired: those not paired at all
    have another seed."""
    ways = dict(zip(sums.policies, pairing or [MESSAGES] * len(sums.policies), strict=True))
    worlds = {
        name: SCENARIO.patched({"run.seed": 8}) if way is NONE else SCENARIO
        for name, way in ways.items()
    }
    scenarios = tuple(worlds.values()) if pairing else (SCENARIO,)
    return Comparison(scenarios, worlds, ways, "simpy", asked, sums)


Printed = Callable[[Comparison], Kept]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Printed:
    def show(comparison: Comparison) -> Kept:
        console = Kept()
        monkeypatch.setattr(comparing, "console_for", lambda *_: console)
        print_comparison(comparison)
        return console

    return show


def share(policy: str, name: str = HEADLINE) -> float:
    return SUMS.total(policy, name) / SUMS.total(policy, "regretted")


def ends(row: Any, sign: int = 1) -> tuple[float, float, float]:
    low, high = sorted((sign * row["low"], sign * row["high"]))
    value = sign * row["value"]
    assert low < value < high and high - value != pytest.approx(value - low, rel=1e-6)
    return value, low, high


def test_shares_changes_and_what_is_behind_stand_under_their_names(printed: Printed) -> None:
    found = printed(compared()).table("Read despite")
    shares: Any = compared().shares.set_index(["policy", "measure"])
    changes: Any = compared().differences.set_index("policy")
    behind: Any = compared().behind.set_index("policy")
    columns = {"read": HEADLINE, "preview first": "preview_first", "in app first": "in_thread"}
    assert list(found) == list(POLICIES)
    for name in POLICIES:
        assert list(found[name]) == [
            "read",
            "change, points",
            "saved",
            "newly lost",
            "behind the best, points",
            "preview first",
            "in app first",
        ]
        for column, measure in columns.items():
            row = shares.loc[(name, measure)]
            assert row["value"] == pytest.approx(share(name, measure))
            assert found[name][column] == in_percent(*ends(row))
    for name in POLICIES[1:]:
        sides = {key: SUMS.total(name, key) for key in ("saved", "newly_lost")}
        assert changes.loc[name, "value"] == pytest.approx(share(name) - share("today"))
        assert found[name]["change, points"] == in_points(*ends(changes.loc[name]))
        assert found[name]["saved"] == f"{sides['saved']:,}"
        assert found[name]["newly lost"] == f"{sides['newly_lost']:,}"
    first = [found["today"][key] for key in ("change, points", "saved", "newly lost")]
    assert first == ["compared against", "", ""]
    for name in ("today", "slow"):
        assert behind.loc[name, "value"] == pytest.approx(share(name) - share("hold"))
        assert found[name]["behind the best, points"] == in_points(*ends(behind.loc[name]))
    assert found["hold"]["behind the best, points"] == "the best"
    all_differ({name: row for name, row in found.items() if name != "today"})


def test_moves_go_from_the_verdict_of_the_row_to_that_of_the_column(printed: Printed) -> None:
    """Verdicts that no message had before, or has after, have no row, or no column."""
    values = SUMS.values.copy()
    for verdict in Verdict:
        for other in Verdict:
            gone = verdict is Verdict.OPEN or other is Verdict.CAUGHT
            if (verdict or other) and (gone or (verdict, other) == (Verdict.GHOST, Verdict.OPEN)):
                values[:, :, SUMS.names.index(moved(verdict, other))] = 0
    sums = Sums(values, SUMS.policies, SUMS.names)
    console = printed(compared(sums))
    order = [*list(Verdict)[1:], Verdict.NOT_ASKED]
    for name in POLICIES[1:]:
        found = console.table(f'under "{name}"')
        before = [v for v in order if v is not Verdict.OPEN]
        after = [v for v in order if v is not Verdict.CAUGHT]
        count = {
            (a, b): sums.total(name, moved(a, b)) if a or b else 0 for a in before for b in after
        }
        assert list(found) == [*(v.words for v in before), "all"]
        for a in before:
            row = {b.words: f"{count[a, b]:,}" if count[a, b] else "·" for b in after}
            assert found[a.words] == row | {"all": f"{sum(count[a, b] for b in after):,}"}
        totals = {b.words: f"{sum(count[a, b] for a in before):,}" for b in after}
        assert found["all"] == totals | {"all": f"{sum(count.values()):,}"}
        assert found["read after deletion"]["open"] == "·"
    (line,) = (one for one in console.lines if "Verdicts that moved" in one)
    assert 'from the row, under "today", to the column' in line


def test_prices_effects_and_costs_stand_under_their_names(printed: Printed) -> None:
    console = printed(compared())
    price: Any = compared().price.set_index(["policy", "measure"])
    for what in ("notified", "read"):
        found = console.table(f"Messages nobody regretted: {what} later by")
        for name in POLICIES[1:]:
            of = {
                end: ends(price.loc[(name, f"delay_{what}_{end}")]) for end in ("median_s", "far_s")
            }
            assert found[name]["median, s"] == in_seconds(*of["median_s"])
            hours = (one / 3600 for one in of["far_s"])
            assert found[name]["moved an hour or more: mean, h"] == in_seconds(*hours)
    effects, costs = console.table("Follow-ups"), console.table("Expected cost")
    for name in POLICIES:
        assert effects[name]["orphans"] == f"{SUMS.total(name, 'orphans'):,}"
        cost = (10 * SUMS.total(name, "too_late") + 6 * SUMS.total(name, "credits_lost")) / 60
        assert costs[name]["cost"].startswith(f"{cost:,.2f} (")


def test_tables_come_in_their_order_with_what_is_compared_above_the_names(printed: Printed) -> None:
    titles = [str(one.title).partition(",")[0].partition(" (")[0] for one in _tables(printed)]
    assert titles == [
        "Read despite the deletion",
        "Messages nobody regretted: notified later by",
        "Messages nobody regretted: read later by",
        "Messages nobody regretted: what they get",
        "The same",
        "Follow-ups",
        "Expected cost of a world",
        'under "hold"',
        'under "slow"',
    ]
    assert {str(one.columns[0].header) for one in _tables(printed)[:4]} == {"policy"}
    apart = _tables(printed, pairing=(MESSAGES, MESSAGES, WORLDS))
    assert {str(one.columns[0].header) for one in apart[:4]} == {"scenario"}


def _tables(printed: Printed, **how: Any) -> list[Any]:
    return printed(compared(**how)).tables


def test_the_answer_is_in_points_fewer_than_the_baseline(printed: Printed) -> None:
    gain, least, most = ends(compared().differences.set_index("policy").loc["hold"], -1)
    first, app = share("hold", "preview_first"), share("hold", "in_thread")
    said = answer(compared())
    assert said.startswith(
        f'"hold" loses least: {100 * share("hold"):.1f} % of regretted messages were read despite the deletion, '
        f'{100 * gain:.1f} points fewer than under "today" (95 % interval {100 * least:.1f} to {100 * most:.1f}): '
        f"{100 * first:.1f} % by preview first"
    )
    assert f" and {100 * app:.1f} % in the app first. " in said
    assert said.endswith("That it is the best is sure.")
    assert printed(compared()).lines[0] == said


def test_a_best_that_is_the_baseline_is_compared_with_all_others_if_it_is_sure() -> None:
    sure, unsure = (
        compared(made_sums(("today", "hold", "slow"), read=read))
        for read in ((0.1, 0.4, 0.5), (0.3, 0.301, 0.5))
    )
    assert (sure.best, unsure.best) == ("today", "today")
    assert "deletion, and all others lose more: " in answer(sure)
    assert "more: " not in answer(unsure) and "points" not in answer(unsure)
    assert answer(unsure).endswith('That it is the best is not sure: "hold" may be as good.')


def test_closing_lines_say_what_the_numbers_rest_on(printed: Printed) -> None:
    regretted, messages = (SUMS.total("today", key) for key in ("regretted", "messages"))
    basis = (
        f'{regretted:,} regretted of {messages:,} messages under "today"; '
        "60 replications each, seed 7."
    )
    bonferroni = (
        "The 2 intervals of a column of differences hold all at once at 95 %, over replications, "
        "by Bonferroni."
    )
    assert printed(compared()).lines[2:] == [basis, f"Compared {MESSAGES.value}.", bonferroni]
    assert printed(compared(pairing=(MESSAGES, MESSAGES, WORLDS))).lines[2:] == [
        basis,
        f'"hold": compared {MESSAGES.value}.',
        f'"slow": compared {WORLDS.value}.',
        bonferroni,
    ]
    two = made_sums(POLICIES[:2], read=(0.6, 0.1))
    assert printed(compared(two)).lines[-1] == (
        "The difference has a 95 % interval over replications."
    )


def test_only_scenarios_paired_by_message_have_moves_and_counts(printed: Printed) -> None:
    console = printed(compared(pairing=(MESSAGES, WORLDS, NONE)))
    found = console.table("Read despite")
    for name in POLICIES[1:]:
        assert (found[name]["saved"], found[name]["newly lost"]) == ("–", "–")
        assert "(" in found[name]["change, points"]
    assert not [one for one in console.tables if str(one.title).startswith("under")]
    assert not [one for one in console.lines if "Verdicts that moved" in one]
    half = printed(compared(pairing=(MESSAGES, WORLDS, MESSAGES)))
    moves = [str(one.title) for one in half.tables if str(one.title).startswith("under")]
    assert moves == ['under "slow"']


def equal_sums(changed: int = 0) -> Sums:
    """Give sums of two policies that are read equally often; `changed` messages of a replication
    are saved and as many newly lost."""
    values = SUMS.under(POLICIES[:2]).values.copy()
    place = SUMS.names.index
    values[:, 1, place(HEADLINE)] = values[:, 0, place(HEADLINE)]
    values[:, :, [place(name) for name in (*not_under(3), "saved", "newly_lost")]] = 0
    values[:, 1, [place("saved"), place("newly_lost")]] = changed
    values[:, 0, place("read_not_under_1")] = values[:, 1, place("read_not_under_0")] = changed
    return Sums(values, POLICIES[:2], SUMS.names).under(POLICIES[:2])


def test_where_no_message_changed_sides_it_is_said(printed: Printed) -> None:
    none = printed(compared(equal_sums())).table("Read despite")
    assert none["hold"]["change, points"] == "none changed"
    some = printed(compared(equal_sums(3))).table("Read despite")
    assert some["hold"]["change, points"].startswith("+0.0 (-")
    unpaired = printed(compared(equal_sums(), pairing=(MESSAGES, WORLDS))).table("Read despite")
    assert unpaired["hold"]["change, points"].startswith("+0.0 (-")


def test_a_policy_that_is_the_best_message_by_message_is_not_said_to_be_behind_it(
    printed: Printed,
) -> None:
    column = "behind the best, points"
    alike = [row[column] for row in printed(compared(equal_sums())).table("Read despite").values()]
    assert sorted(alike) == ["none changed", "the best"]
    some = [row[column] for row in printed(compared(equal_sums(3))).table("Read despite").values()]
    assert "none changed" not in some and "the best" in some


def test_two_policies_alike_are_said_to_be_whatever_the_baseline_is(printed: Printed) -> None:
    """The second and the third read the same messages, and fewer than the baseline."""
    values = SUMS.values.copy()
    place = SUMS.names.index
    values[:, 2] = values[:, 1]
    only = [place(one) for one in not_under(3)]
    values[:, 0, only] = 0, 5, 5
    values[:, 1:, only] = 0
    values[:, 1:, place(HEADLINE)] = values[:, :1, place(HEADLINE)] - 5
    found = compared(Sums(values, SUMS.policies, SUMS.names))
    one, other = found.best, next(n for n in found.names[1:] if n != found.best)
    assert answer(found).endswith(f'Under "{other}" the same messages were read.')
    table = printed(found).table("Read despite")
    assert table[one]["behind the best, points"] == "the best"
    assert table[other]["behind the best, points"] == "none changed"
    assert table[found.names[0]]["behind the best, points"].startswith("+")
    unpaired = compared(
        Sums(values, SUMS.policies, SUMS.names), pairing=(MESSAGES, MESSAGES, WORLDS)
    )
    said = [
        row["behind the best, points"] for row in printed(unpaired).table("Read despite").values()
    ]
    assert "none changed" not in said, "what is not paired by message is not known to be alike"


def test_without_regretted_messages_there_is_a_dash_and_no_answer(printed: Printed) -> None:
    nothing = compared(Sums(np.zeros_like(SUMS.values), SUMS.policies, SUMS.names))
    assert answer(nothing) == "Nobody regretted a message, so there is nothing to compare."
    found = printed(nothing).table("Read despite")
    assert found["slow"]["behind the best, points"] == "–"


def test_warnings_are_of_what_is_compared_against() -> None:
    assert of_comparison(compared()) == []
    assert of_comparison(compared(asked=61)) == [
        "interrupted: 60 of 61 replications were played; the tables rest on those"
    ]
    values = SUMS.values.copy()
    values[FEW - 1 :, 0, SUMS.names.index("regretted")] = 0
    (line,) = of_comparison(compared(Sums(values, SUMS.policies, SUMS.names)))
    assert line.startswith(f"only {FEW - 1} of 60 replications have a regretted message; ")
    turned = Sums(values, SUMS.policies, SUMS.names).under(["hold", "slow"])
    assert of_comparison(compared(turned)) == []


@pytest.mark.parametrize(
    ("option", "least"), [("--replications", 1), ("--seed", 0), ("--workers", 1)]
)
def test_an_option_is_refused_exactly_below_its_least_value(option: str, least: int) -> None:
    """A file that is not there is only looked for once options are in order."""

    def fault(value: int) -> str:
        given = {"replications": 5, "seed": 5, "workers": 5, option.removeprefix("--"): value}
        with pytest.raises(FaultyInputError) as raised:
            comparing.compare_command(
                ["nowhere.toml"], None, None, None, False, engine="simpy", **given
            )
        return str(raised.value).partition(":")[0]

    assert fault(least - 1) == option
    assert fault(least) == "nowhere.toml"


def test_files_that_are_written_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """And nothing is, if the comparison was interrupted: it ends with the status of that."""
    import typer

    (tmp_path / "one.toml").write_text("", encoding="utf-8")
    monkeypatch.setattr(comparing, "load", lambda _: SCENARIO)
    monkeypatch.setattr("sim.charts.compared.save", lambda *_: None)
    monkeypatch.setattr(comparing, "write", lambda *_, **__: None)

    def command(asked: int, out: Path | None) -> str:
        monkeypatch.setattr(comparing, "play", lambda *_, **__: compared(asked=asked))
        comparing.compare_command(
            ["one.toml"], None, None, out, False, REPLICATIONS, None, "simpy", 1
        )
        return capsys.readouterr().err

    assert command(60, None) == ""
    out = tmp_path / "out"
    assert command(60, out) == (
        f"Wrote {out}: chart.png, comparison.json, differences.csv and more.\n"
    )
    with pytest.raises(typer.Exit) as ended:
        command(61, out)
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err.splitlines()[1:] == [
        f"Wrote nothing to {out}, because of the interruption."
    ]
