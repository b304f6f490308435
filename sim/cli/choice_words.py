"""Which policy is best, how sure that is, and what would change it: in sentences and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.markup import escape
from rich.table import Table

from sim.answers.best import Best
from sim.answers.points import DUMMY
from sim.answers.unknowns import Unknowns
from sim.cli.answer_words import MOST
from sim.cli.figures import NONE_CHANGED, percent, signed_interval
from sim.cli.screens import new_table


def best_in_words(found: Best | None) -> Iterator[str]:
    """Say which policy is best, how that was decided, and how sure it is."""
    if found is None:
        yield "There is one policy only."
        return
    apart, worlds = f"{100 * found.indifference:g} points", f"{found.replications:,} worlds"
    if found.chosen is not None:
        yield (
            f'"{found.chosen}" is chosen after {worlds}: a best policy that is ahead by {apart} or more is '
            "chosen in at least 95 of 100 such runs (Kim & Nelson)."
        )
    elif found.sequential:
        left = ", ".join(f'"{name}"' for name in found.table["policy"][found.table["contender"]])
        yield f"Not decided after {worlds} (to {apart}); still in the running: {left}."
    name = found.chosen or found.leader
    mine = found.table[found.table["policy"] == name].iloc[0]
    yield (
        f'Under "{name}" {percent(mine["read"])} % are read; it is the best with probability '
        f"{percent(mine['chance'])} %, given {worlds}."
    )
    near = found.table[(found.table["read"] - mine["read"]).abs() < found.indifference]
    others = ", ".join(f'"{one}"' for one in near["policy"] if one != name)
    if others:
        yield f"Less than {apart} from it, so that the choice does not matter: {others}."


def best_table(found: Best) -> Table:
    """Lay out every policy against the best of the others."""
    title = (
        "Against the best other policy (simultaneous 95 % intervals; one that begins at 0 means surely "
        "not the best, one that ends at 0 surely the best)"
    )
    table = new_table(title, "policy", "read, %", "against the best, points", "chance of best, %")
    for row in found.table.to_dict(orient="records"):
        table.add_row(
            escape(str(row["policy"])),
            f"{percent(row['read'])} ({percent(row['low'])}–{percent(row['high'])})",
            NONE_CHANGED
            if row["alike"]
            else signed_interval(row["ahead"], row["ahead_low"], row["ahead_high"]),
            percent(row["chance"]),
        )
    return table


def unknowns_in_words(found: Unknowns | None) -> Iterator[str]:
    """Say three doubts apart, and what would change the advice."""
    if found is None:
        yield "Nothing is assumed that has a range."
        return
    policies = found.policies.to_dict(orient="records")
    yield (
        f"Parameters: over {found.points} points of what is assumed, the least is read on average under "
        f'"{found.advice}".'
    )
    for row in policies:
        yield (
            f"  {row['policy']}: {percent(row['low'])} to {percent(row['high'])} % (mean "
            f"{percent(row['mean'])}); "
            f"best at {100 * row['best_at']:.0f} %, at worst {100 * row['regret']:.1f} points above the best"
        )
    yield f'The policy with the least regret, over parameters and structure, is "{found.least_regret}".'
    yield from _worth_in_words(found)
    if found.left_out:
        yield f"Assumed, but not varied: {'; '.join(found.left_out)}."
    yield "Structure: the share read under other forms of the model:"
    for form, rows in found.structure.groupby("form", sort=False):
        shares = ", ".join(
            f"{name} {percent(value)} %"
            for name, value in zip(rows["policy"], rows["read"], strict=True)
        )
        yield f"  {form}: {shares}"


def _worth_in_words(found: Unknowns) -> Iterator[str]:
    """Say what it is worth to know an unknown, in points and where there are costs in money."""
    deciding = found.deciding
    floor = f"what the best of as many dummies reaches in one of twenty cases ({100 * found.floor:.2f} points)"
    if deciding.empty:
        yield (
            f"No single unknown would change the advice: knowing one is not worth more than {floor}, and "
            f"knowing all {100 * found.worth_of_all:.2f} points."
        )
    else:
        yield "Knowing these would lower what is read or paid most, because the advice depends on them:"
        for row in deciding.head(MOST).to_dict(orient="records"):
            money = row["worth_money"]
            paid = "" if money != money else f", or {money:,.2f} in money a world"
            yield f"  {row['path']}: {100 * row['worth']:.2f} points{paid}"
        yield f"  The floor is {floor}; knowing all is worth {100 * found.worth_of_all:.2f} points."
    if found.advice_money is not None:
        yield (
            f'In money, "{found.advice_money}" costs least on average; knowing all would save '
            f"{found.worth_of_all_money:,.2f} a world."
        )


def unknowns_table(found: Unknowns) -> Table:
    """Lay out what moves the share read and the lead of the advice, and the dummy last."""
    table = new_table(
        "What moves the share read, and the lead of the advice over its rival",
        "unknown",
        "worth knowing, points",
        "moves read, points",
        "moves lead, points",
        "share of variance, read, %",
        "of lead, %",
    )
    ranked = found.worth.assign(most=found.worth[["moves", "moves_lead"]].max(axis=1))
    known = ranked["total"].notna()
    shown = ranked[known] if known.any() else ranked.nlargest(MOST, "most")
    rows = shown.sort_values("most", ascending=False).to_dict(orient="records")
    dummy: dict[Any, Any] = {"path": DUMMY, "worth": found.floor, **found.dummy}
    for row in [*rows, dummy]:
        table.add_row(
            escape(str(row["path"])),
            f"{100 * row['worth']:.2f}",
            *(f"{100 * row[name]:.1f}" for name in ("moves", "moves_lead")),
            *(_index(row[name]) for name in ("total", "total_lead")),
        )
    return table


def _index(value: float) -> str:
    """Write a total index in per cent: estimated, it may lie a little outside 0 to 100."""
    return "–" if value != value else f"{100 * min(max(value, 0.0), 1.0):.0f}"
