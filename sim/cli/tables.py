"""Tables of a run for people: the answer in the first line, then by policy, by channel, and the
price.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from sim.cautions import of_run
from sim.cli.clocks import clock_in_words
from sim.cli.figures import change_of, interval, later_of, number, percent, split_of, with_limits
from sim.cli.price_tables import price_basis, price_tables
from sim.cli.screens import console_for, new_table
from sim.estimates import STRATIFIED
from sim.running import Outcome
from sim.scenario.sections import Credits
from sim.summaries import LOST_WHEN, REFUSED, VERDICTS
from sim.sums import Sums
from sim.surfaces import CHANNELS
from sim.tallies import HEADLINE, SPLIT
from sim.verdicts import Verdict
from sim.world.strata import has_parts

if TYPE_CHECKING:
    import pandas as pd


def print_outcome(outcome: Outcome, remarks: Iterable[str] = (), *, full: bool = False) -> None:
    """Print the answer, its table and remarks on stdout, warnings on stderr.

    With `full` the tables that the answer rests on follow: channels, verdicts, counts, prices.
    """
    s, base = outcome.summary, outcome.policies[0]
    e = s.headline(base)
    rest = tuple(_rest(outcome)) if full else ()
    first = answer_table(outcome)
    console = console_for(first, *rest)
    console.print(escape(outcome.scenario.title or outcome.scenario.file), soft_wrap=True)
    if e.per:
        console.print(
            f'Under "{escape(base)}", {percent(e.value)} % of regretted messages were read despite the deletion '
            f"(95 % interval {percent(e.low)} to {percent(e.high)} %): "
            f"{split_of(*(s.headline(base, part) for part in SPLIT))}.",
            soft_wrap=True,
        )
    console.print(first)
    for remark in remarks:
        console.print(escape(remark), soft_wrap=True)
    for table in rest:
        console.print(table)
    for line in _basis(outcome):
        console.print(escape(line), soft_wrap=True)
    if not full:
        console.print(MORE, soft_wrap=True)
    for warning in of_run(outcome):
        sys.stderr.write(f"Warning: {warning}\n")


MORE = (
    "--full prints channels, verdicts, when previews were read, and every price with its interval."
)


def _rest(outcome: Outcome) -> Iterator[Table]:
    costs = outcome.costs if outcome.scenario.costs else None
    yield from (_policies(outcome), _verdicts(outcome), _lost(outcome))
    if outcome.summary.sums.of("group_messages").any():
        yield _groups(outcome)
    yield from effect_tables(outcome.summary.sums, costs, outcome.scenario.credits)
    yield from price_tables(outcome.policies, outcome.price)


def _basis(outcome: Outcome) -> Iterator[str]:
    """Say on what the numbers rest."""
    s, base, run = outcome.summary, outcome.policies[0], outcome.scenario.run
    if words := clock_in_words(outcome.scenario):
        yield words
    yield price_basis(outcome)
    yield (
        f"{s.headline(base).per:,.0f} regretted of {s.sums.total(base, 'messages'):,} messages per policy, "
        f"to {s.sums.total(base, 'regretted_recipients'):,} recipients; "
        f"{outcome.replications} replications, seed {run.seed}; intervals over replications, differences paired."
    )
    if s.estimates.method.startswith(STRATIFIED):
        late = ", and of how late senders notice" if has_parts(outcome.scenario) else ""
        yield f"Shares are corrected to known shares: of push, previews and e-mail{late} (--plain: not)."
    if outcome.stopping is not None:
        yield outcome.stopping.words()


def answer_table(outcome: Outcome) -> Table:
    """Lay out the answer policy by policy, in 80 columns: what is read, what changes, at what
    price.
    """
    s, costs = outcome.summary, outcome.scenario.costs
    table = new_table(
        "Read despite the deletion, % of regretted messages, and its change in points\n"
        "(95 % intervals); price: median / 95th percentile of the other messages' delay"
        + (",\nand what a world costs" if costs else ""),
        "policy",
        "read",
        "by preview first",
        "change",
        "price",
    )
    changes: dict[str, Any] = {row["policy"]: row for row in s.differences.to_dict("records")}
    delays = outcome.price.set_index(["policy", "measure"])["value"]
    spent = outcome.costs.set_index("policy")["value"] if costs else None
    for name in outcome.policies:
        is_base = name == outcome.policies[0]
        later = (delays[name, f"delay_notified_{end}_s"] for end in ("median", "p95"))
        price = ["–" if is_base else " / ".join(map(later_of, later))]
        price += [] if spent is None else [f"{spent[name]:,.2f}"]
        table.add_row(
            escape(name),
            interval(s.headline(name)),
            percent(s.headline(name, SPLIT[0]).value),
            "baseline" if is_base else change_of(changes[name]),
            "\n".join(price),
        )
    return table


def _policies(outcome: Outcome) -> Table:
    s, shown = outcome.summary, [channel for channel in CHANNELS if channel.in_tables]
    table = new_table(
        "Read despite the deletion, % of regretted messages (95 % interval): by preview first or in the app first",
        "policy",
        "read",
        "change, points",
        *SPLIT_LABELS,
        *(channel.label for channel in shown),
    )
    differences: dict[str, Any] = {row["policy"]: row for row in s.differences.to_dict("records")}
    for name in outcome.policies:
        d = differences.get(name)
        change = "baseline" if d is None else change_of(d)
        channels = (channel.measure for channel in shown)
        shares = [interval(s.headline(name, m)) for m in (HEADLINE, *SPLIT, *channels)]
        table.add_row(escape(name), shares[0], change, *shares[1:])
    return table


def _verdicts(outcome: Outcome) -> Table:
    s = outcome.summary
    table = new_table(
        "Verdicts, % of regretted messages (each has one); then flags",
        "policy",
        *(Verdict[name.upper()].words for name in VERDICTS),
        "| phantom",
        "refused",
    )
    for name in outcome.policies:
        shares = [s.headline(name, verdict).value for verdict in VERDICTS]
        refused = sum(s.headline(name, why).value for why in REFUSED)
        table.add_row(
            escape(name),
            *(percent(x) for x in shares),
            percent(s.headline(name, "phantom").value),
            percent(refused),
        )
    return table


def _lost(outcome: Outcome) -> Table:
    s = outcome.summary
    table = new_table(
        "When a preview was read first, % of regretted messages: before deletion, by what the sender was doing; after it",
        "policy",
        *(name.removeprefix("lost_").replace("_", " ") for name in LOST_WHEN),
        Verdict.GHOST.words,
    )
    for name in outcome.policies:
        table.add_row(
            escape(name), *(percent(s.headline(name, m).value) for m in (*LOST_WHEN, "ghost"))
        )
    return table


def _groups(outcome: Outcome) -> Table:
    """Say of group messages how many anybody read, and how many did."""
    s, prices = outcome.summary, outcome.price
    readers = prices[prices["measure"] == "readers_per_group"].set_index("policy")["value"]
    table = new_table(
        "Group messages that somebody regretted (95 % interval)",
        "policy",
        "messages",
        "read by at least one, %",
        "readers each",
    )
    for name in outcome.policies:
        table.add_row(
            escape(name),
            f"{s.sums.total(name, 'group_messages'):,}",
            interval(s.headline(name, "group_read")),
            number(readers[name]),
        )
    return table


SPLIT_LABELS = ("preview first", "in app first")
"""The columns of `SPLIT`."""
_EFFECTS = {
    "followups": "follow-ups",
    "orphans": "orphans",
    "paused": "paused",
    "apologies": "apologies",
    "blocked": "blocked",
    "credits_used": "credits used",
    "credits_lost": "credits lost",
}


def effect_tables(sums: Sums, costs: pd.DataFrame | None, credits: Credits) -> Iterator[Table]:
    """Say what follow-ups, remedies and credits came to, and what it costs.

    Only what the scenario has; credits that nothing can bring back are used, not lost.
    """
    policies = sums.policies
    there = [event for event in _EFFECTS if sums.of(event).any()]
    if credits.refund_within <= 0 and not credits.refund_on_recall and "credits_lost" in there:
        there.remove("credits_lost")
    if there:
        table = new_table(
            "Follow-ups, remedies and credits, counts", "policy", *(_EFFECTS[e] for e in there)
        )
        for name in policies:
            table.add_row(escape(name), *(f"{sums.total(name, event):,}" for event in there))
        yield table
    if costs is not None:
        table = new_table("Expected cost of a world (95 % interval)", "policy", "cost", "change")
        for row in costs.to_dict("records"):
            cost = with_limits(*(row[key] for key in ("value", "low", "high")), form=",.2f")
            change = with_limits(
                *(row[key] for key in ("change", "change_low", "change_high")), form="+,.2f"
            )
            table.add_row(
                escape(str(row["policy"])),
                cost,
                "baseline" if row["policy"] == policies[0] else change,
            )
        yield table
