"""Tables of a run for people: the answer in the first line, then by policy, by channel, and the
price.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from sim.cli.screens import console_for, new_table
from sim.cli.undecided import remedy
from sim.cli.words import time_of
from sim.clock import SECOND, format_duration
from sim.estimates import FEW, FEW_EVENTS, Estimate
from sim.running import Outcome
from sim.scenario.sections import Credits
from sim.summaries import LOST_WHEN, REFUSED, VERDICTS
from sim.sums import Sums
from sim.surfaces import CHANNELS
from sim.tallies import DELAYED, HEADLINE, SPLIT
from sim.verdicts import Verdict
from sim.world.trace import clock_in_words

if TYPE_CHECKING:
    import pandas as pd


def percent(value: float) -> str:
    """Write a share as a percentage, or a dash where there is none."""
    return "–" if value != value else f"{100 * value:.1f}"


def interval(e: Estimate) -> str:
    """Write a share with its interval, in percent, or a dash where there is none."""
    if e.value != e.value:
        return "–"
    return f"{percent(e.value)} ({percent(e.low)}–{percent(e.high)})"


def split_of(preview_first: Estimate, in_app: Estimate) -> str:
    """Write what a headline adds up from."""
    return (
        f"{percent(preview_first.value)} % by preview first (push, e-mail, watch, desktop or the app's list) and "
        f"{percent(in_app.value)} % in the app first"
    )


def points_of(difference: dict[str, Any]) -> str:
    """Write a difference with its interval, in points, or a dash where there is none."""
    value, low, high = (100 * difference[key] for key in ("value", "low", "high"))
    return "–" if value != value else f"{value:+.1f} ({low:+.1f} to {high:+.1f})"


def count_of(value: Any) -> str:
    """Write a count of messages, or a dash where messages are not paired."""
    return f"{value:,}" if isinstance(value, int) else "–"


def change_of(difference: dict[str, Any]) -> str:
    """Write a difference in points.

    Where no message changed sides there is nothing to measure.
    """
    sides = [count_of(difference[key]) for key in ("saved", "newly_lost")]
    is_none = difference["value"] == 0 and sides == ["0", "0"]
    return "none changed" if is_none else points_of(difference)


def _times(price: dict[str, Any], unit: float = 1.0) -> str:
    """Write a time with its interval, if there is one, in units of so many seconds."""
    value, low, high = (price[key] / unit for key in ("value", "low", "high"))
    if value != value:
        return "–"
    return _with_limits(value, low, high, form="+,.1f")


def warnings_of(outcome: Outcome) -> list[str]:
    """List what a reader of the tables should be told."""
    out = replication_warnings(
        outcome.replications, outcome.asked, outcome.summary.headline(outcome.policies[0])
    )
    if outcome.summary.headline(outcome.policies[0]).per == 0:
        out.append("nobody regretted a message; set mistakes.chance, or play longer")
    if not outcome.is_sure and outcome.replications == outcome.asked:
        out.append(
            f"{outcome.replications:,} replications are the most allowed, and the precision asked for is not reached; "
            "raise --at-most, or ask for less"
        )
    base = outcome.scenario.under(outcome.policies[0])
    for name in outcome.policies[1:] if base.send.usual_hold else ():
        if (hold := outcome.scenario.under(name).send.usual_hold) < base.send.usual_hold:
            shorter, own = format_duration(hold), format_duration(base.send.usual_hold)
            out.append(f'"{name}" shortens the hold of {own} to {shorter}')
    still = outcome.summary.headline(outcome.policies[0], "open")
    if still.value > 0.05:
        out.append(f"{percent(still.value)} % are undecided at the horizon; {remedy(base)}")
    return out


def replication_warnings(done: int, asked: int, headline: Estimate) -> list[str]:
    """Say if a run was cut short, and if few of its replications say something: those in which
    anybody regretted a message.
    """
    out, saying = [], headline.replications
    if done < asked:
        out.append(
            f"interrupted: {done} of {asked} replications were played; the tables rest on those"
        )
    if done < FEW:
        out.append(f"{done} replications are few; intervals are only trustworthy from {FEW} on")
    elif 0 < saying < FEW:
        out.append(
            f"only {saying} of {done} replications have a regretted message; intervals are only trustworthy from "
            f"{FEW} such replications on"
        )
    elif 0 < headline.with_events < FEW_EVENTS:
        out.append(
            f"a message was read in {headline.with_events} of {done} replications only; how such readings cluster "
            "is hardly known"
        )
    return out


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
    for warning in warnings_of(outcome):
        sys.stderr.write(f"Warning: {warning}\n")


MORE = (
    "--full prints channels, verdicts, when previews were read, and every price with its interval."
)


def _rest(outcome: Outcome) -> Iterator[Table]:
    costs = outcome.costs if outcome.scenario.costs else None
    yield from (_policies(outcome), _verdicts(outcome), _lost(outcome))
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
    if outcome.known is not None:
        yield f"Read: {s.headline_method}. The other columns are not stratified."
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


def later_of(seconds: float) -> str:
    """Say by how much something is later, or earlier, as people do; a dash if it is not known."""
    if seconds != seconds:
        return "–"
    sign = "+" if seconds > 0 else "-"
    return f"{sign}{time_of(abs(seconds) * SECOND)}" if seconds else "0 s"


def price_basis(outcome: Outcome) -> str:
    """Say on how many messages and recipients the prices rest."""
    count, base = outcome.summary.sums.total, outcome.policies[0]
    share = outcome.price_share
    drawn = "all recipients" if share >= 1 else f"a random {100 * share:.2g} % of the recipients"
    return (
        f'What messages nobody regretted pay rests on {drawn}: under "{escape(base)}" {count(base, "others"):,} '
        f"messages to {count(base, 'others_recipients'):,} recipients."
    )


def _with_limits(value: float, low: float, high: float, *, form: str) -> str:
    """Write a number with its interval, if there is one."""
    return f"{value:{form}}" + (f" ({low:{form}} to {high:{form}})" if low == low else "")


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
            cost = _with_limits(*(row[key] for key in ("value", "low", "high")), form=",.2f")
            change = _with_limits(
                *(row[key] for key in ("change", "change_low", "change_high")), form="+,.2f"
            )
            table.add_row(
                escape(str(row["policy"])),
                cost,
                "baseline" if row["policy"] == policies[0] else change,
            )
        yield table


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
            "those by, h",
            "the others by, s",
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
            *("–" if value != value else f"{value:.3f}" for value in each),
        )
    yield table


_DELAYS = ("s", "far", "far_s", "median_s", "p95_s")


def _far(row: dict[str, Any]) -> str:
    """Write a share that may be small, in percent."""
    if row["value"] != row["value"]:
        return "–"
    value, low, high = (f"{100 * row[key]:.2f}" for key in ("value", "low", "high"))
    return f"{value} ({low}–{high})"
