"""Tables of what messages that nobody regretted pay, for `run` and `compare`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from rich.markup import escape
from rich.table import Table

from sim.cli.figures import number, percent, with_limits
from sim.cli.screens import new_table
from sim.running import Outcome
from sim.tallies import DELAYED


def price_basis(outcome: Outcome) -> str:
    """Say on how many messages and recipients the prices rest."""
    count, base = outcome.summary.sums.total, outcome.policies[0]
    share = outcome.price_share
    drawn = "all recipients" if share >= 1 else f"a random {100 * share:.2g} % of the recipients"
    return (
        f'What messages nobody regretted pay rests on {drawn}: under "{escape(base)}" {count(base, "others"):,} '
        f"messages to {count(base, 'others_recipients'):,} recipients."
    )


def price_tables(
    policies: Sequence[str], prices: pd.DataFrame, what: str = "policy"
) -> Iterator[Table]:
    """Say what messages that nobody regretted pay, policy by policy: how much later they are
    noticed, and what is sent.
    """
    price: dict[Any, Any] = {
        (row["policy"], row["measure"]): row for row in prices.to_dict("records")
    }
    for delayed in DELAYED:
        table = new_table(
            f"Messages nobody regretted: {delayed} later by (95 % interval)",
            what,
            "median, s",
            "95th percentile, s",
            "moved by an hour or more, %",
            "moved an hour or more: mean, h",
            "moved less: mean, s",
        )
        for name in policies:
            of = {end: price[name, f"delay_{delayed}_{end}"] for end in _DELAYS}
            far = of["far"]
            table.add_row(
                escape(name),
                _times(of["median_s"]),
                _times(of["p95_s"]),
                _far(far),
                _times(of["far_s"], unit=3600),
                _times(of["s"]),
            )
        yield table
    table = new_table(
        "Messages nobody regretted: what they get",
        what,
        "never notified, %",
        "pushes each",
        "e-mails each",
    )
    for name in policies:
        each = [price[name, m]["value"] for m in ("pushes_per_message", "emails_per_message")]
        table.add_row(
            escape(name),
            percent(price[name, "never_notified"]["value"]),
            *(number(value) for value in each),
        )
    yield table
    table = new_table(
        "The same, for each of their recipients and day", what, *(word for _, word in _A_DAY)
    )
    for name in policies:
        table.add_row(
            escape(name), *(number(price[name, f"{one}_per_day"]["value"]) for one, _ in _A_DAY)
        )
    yield table


_A_DAY = (("pushes", "pushes"), ("alerts", "alerts felt"), ("emails", "e-mails"))


_DELAYS = ("s", "far", "far_s", "median_s", "p95_s")


def _far(row: dict[str, Any]) -> str:
    """Write a share that may be small, in percent."""
    if row["value"] != row["value"]:
        return "–"
    value, low, high = (f"{100 * row[key]:.2f}" for key in ("value", "low", "high"))
    return f"{value} ({low}–{high})"


def _times(price: dict[str, Any], unit: float = 1.0) -> str:
    """Write a time with its interval, if there is one, in units of so many seconds."""
    value, low, high = (price[key] / unit for key in ("value", "low", "high"))
    if value != value:
        return "–"
    return with_limits(value, low, high, form="+,.1f")
