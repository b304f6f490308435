"""Answers in plain sentences with numbers first, and as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from sim.answers.by_platform import OnPlatform
from sim.answers.crossing import Crossing
from sim.answers.deadline import ANYWHERE, Deadline, Exposure
from sim.answers.frontier import FAR_IS_FEW, Frontier
from sim.answers.hold import Hold
from sim.answers.incidence import BEHIND, DELETED, EVENTS, Incidence
from sim.answers.lost import Waterfall
from sim.cli.figures import interval, percent, signed, signed_interval
from sim.cli.screens import new_table
from sim.cli.words import time_of
from sim.clock import DAY, HOUR, MINUTE, SECOND
from sim.estimates import STRATIFIED

SHOWN = (10 * SECOND, MINUTE, 5 * MINUTE, HOUR, 8 * HOUR, DAY, 7 * DAY)
"""Times of the exposure curve that are told."""
MOST = 5
"""Lines of a list that are told, of those that matter most."""


def deadline_in_words(curve: Exposure | None, found: Deadline | None) -> Iterator[str]:
    """Say the deadline, or the lever without which there is none, and the curve."""
    if curve is None or found is None:
        return
    c, goal = found.crossing, f"{percent(found.crossing.target)} %"
    fastest = f"{percent(found.fastest.value)} %"
    if c.value is None:
        yield (
            f"No speed keeps what is read at or under {goal}: a deletion that takes effect within a second "
            f"leaves {fastest} read, from notifications that outlive the message or in the app by then."
        )
        for lever, one in found.levers.items():
            yield f"  If {lever}: {_deadline_of(one)}."
        if found.helps is None:
            yield (
                "  None of these levers is enough, because too much is read before any deletion. What can be: "
                "send.hold, as a deletion within the hold is in time (--question hold says how long)."
            )
    else:
        yield f"To keep what is read at or under {goal}, the deletion must take effect {_deadline_of(c)}."
        yield (
            f"Even a deletion within a second leaves {fastest} read: what outlives the message, and "
            "what is read at once."
        )
    yield f"By channel, to keep what is read there at or under {goal}:"
    for channel, one in found.channels.items():
        yield f"  {channel}: {_deadline_of(one)}."
    if len(found.hours) > 1:
        lever = "" if found.helps is None else f", if {found.helps}"
        yield f"By the hour of sending, on the scenario's clock{lever}:"
        for hour, one in found.hours.items():
            yield f"  {hour}: {_deadline_of(one)}."
    told = [t for t in SHOWN if t in curve.times]
    said_of = [f"{percent(curve.at(t).value)} % within {time_of(t)}" for t in told[:-1]]
    last = f"{interval(curve.at(told[-1], ANYWHERE))} % within {time_of(told[-1])}"
    yield f"If nothing is done, so much is read, by preview or in the app: {', '.join([*said_of, last])}."


def left_behind_in_words(found: Incidence | None) -> Iterator[str]:
    """Say how many deletions come first, and what those leave behind."""
    if found is None:
        return
    first = found.at(found.times[-1], DELETED)
    yield (
        f"As it is, the deletion of {interval(first)} % of the messages that somebody regrets takes effect "
        f"before they are read. It leaves {interval(found.ghosts)} % of those behind, to be read all the same:"
    )
    each = zip(BEHIND, found.left_behind.value.tolist(), strict=False)
    yield "  " + ", ".join(f"{name} {percent(value)} %" for name, value in each)


def incidence_table(found: Incidence) -> Table:
    """Lay out which event came first, by the time since sending."""
    title = "What came first of what regretted messages face (cumulative incidence, %)"
    table = new_table(title, "within", *EVENTS, "none yet")
    for time in SHOWN:
        if time in found.times:
            each = [found.at(time, event) for event in EVENTS]
            rest = max(0.0, 1 - sum(one.value for one in each))
            table.add_row(time_of(time), *(interval(one) for one in each), percent(rest))
    return table


def _deadline_of(c: Crossing) -> str:
    if c.value is None:
        return "no speed is enough"
    if c.value == c.longest:
        return f"at any time up to {time_of(c.longest)}"
    low = "at no time" if c.low is None else time_of(c.low)
    high = "not at all" if c.high is None else time_of(c.high)
    return f"within {time_of(c.value)} of sending (95 %: {low} to {high})"


def platforms_table(found: Sequence[OnPlatform]) -> Table:
    """Lay out the deadline on every platform, the longest first."""
    goal = f"{percent(found[0].as_it_is.target)} %"
    title = f"Deadline by platform, to keep it at or under {goal}: the same people and messages"
    table = new_table(title, "platform", "as it is (95 %)", "if every push is retracted")
    for one in found:
        c = one.as_it_is
        low = "at no time" if c.low is None else time_of(c.low)
        ends = "" if c.value in (None, c.longest) else f" ({low} to {time_of(c.high or 0)})"
        table.add_row(escape(one.platform), _within(c) + ends, _within(one.retracted))
    return table


def _within(c: Crossing) -> str:
    if c.value is None:
        return "no speed"
    return f"{time_of(c.value)} or more" if c.value == c.longest else time_of(c.value)


def hold_in_words(found: Hold) -> Iterator[str]:
    """Say the shortest duration of a lever, and its price."""
    c, goal = found.crossing, f"{percent(found.crossing.target)} %"
    longest = time_of(c.longest)
    if found.idle:
        yield f"{found.lever} changes nothing here, up to {longest}: {percent(c.best.value)} % are read."
        return
    if c.value is None:
        yield (
            f"{found.lever}: {goal} cannot be reached with at most {longest}; the least is "
            f"{percent(c.best.value)} %. --question lost says which levers prevent more."
        )
        return
    if c.value == 0:
        yield f"{found.lever}: none is needed; {percent(c.best.value)} % are read without it."
        return
    low = "none" if c.low == 0 else time_of(c.low or 0)
    high = f"more than {longest}" if c.high is None else time_of(c.high)
    yield f"{found.lever} = {time_of(c.value)} keeps it at or under {goal} (95 %: {low} to {high})."
    half, most = (
        time_of(found.price[f"delay_notified_{q}_s"].value * SECOND) for q in ("median", "p95")
    )
    yield f"  It delays the notices of messages that nobody regrets: half by {half} or more, one in twenty by {most} or more."


def lost_in_words(found: Waterfall | None) -> Iterator[str]:
    """Say where messages were lost and which levers help, the largest first."""
    if found is None:
        return
    whole = found.regretted
    is_corrected = found.read.method.startswith(STRATIFIED)
    how = "; shares are corrected to known shares" if is_corrected else ""
    read = f"{found.lost:,} are read, {percent(found.read.value)} %"
    yield f"Of {whole:,} messages regretted, {read}, step by step{how}:"
    for (name, number), share in zip(found.counts.items(), found.shares.value, strict=True):
        if number:
            yield f"  {number:6,}  {percent(share):>5} %  {name}"
    yield "Levers, each on the same messages (change of the share read, in points; 95 % interval):"
    ranked = sorted(found.alone.items(), key=lambda one: one[1].value)
    for name, one in ranked:
        if one.value:
            left = found.without[name].value - found.together.value
            yield f"  {signed_interval(one.value, one.low, one.high)}  {name} ({signed(-left)} when all else is done)"
    idle = [name for name, one in ranked if not one.value]
    if idle:
        yield f"  No change: {'; '.join(idle)}."
    if found.interactions:
        yield "Two of them together change, beyond the sum of both (+: they prevent the same losses):"
        pairs = sorted(found.interactions.items(), key=lambda one: -abs(one[1].value))
        for pair, one in pairs:
            if one.value:
                yield f"  {signed_interval(one.value, one.low, one.high)}  {' & '.join(pair)}"
    t = found.together
    alone = sum(one.value for one in found.alone.values())
    yield (
        f"  {signed_interval(t.value, t.low, t.high)}  all levers together; alone they add up to "
        f"{100 * alone:+.1f}, because some prevent the same losses."
    )


def frontier_in_words(found: Frontier | None) -> Iterator[str]:
    """Say the best combination within the budget, at which worth it is the best, and the knee."""
    if found is None:
        return
    best, knee, today = found.best, found.knee, found.table.iloc[0]
    budget = f"at most {time_of(found.budget_s * SECOND)} of delay for everybody else, on average"
    if found.nobody_pays:
        yield "Every message is regretted here: nobody else is delayed, and there is no budget to keep."
    elif best is None:
        yield f"Nothing keeps to {budget}."
    elif best["policy"] == today["policy"]:
        yield (
            f'With {budget}, nothing protects better than "{best["policy"]}": '
            f"{percent(best['read'])} % are read."
        )
    else:
        yield (
            f'With {budget}, the best is "{best["policy"]}": {percent(best["read"])} % are read '
            f"(95 %: {percent(best['low'])} to {percent(best['high'])}) instead of {percent(today['read'])} %, "
            f"for {_delay(best)} of delay."
        )
        yield "It was found on other worlds than those that say so: its share is not the luckiest of many."
        better = found.table[
            (found.table["read"] < best["read"]) & (found.table["delay_s"] <= best["delay_s"])
        ]
        better = better[better["far"] <= FAR_IS_FEW].sort_values("read")
        if better.empty:
            yield _best_while(best)
        else:
            other = better.iloc[0]
            yield (
                f'On the worlds played here "{other["policy"]}" is read less, {percent(other["read"])} %, for no '
                "more delay: the search did not tell the two apart."
            )
    if knee is not None:
        yield f'The knee, beyond which protection gets dear: "{knee["policy"]}".'
    yield from _money_in_words(found)


def _delay(row: Any) -> str:
    if row["delay_low"] != row["delay_low"]:
        return f"{row['delay_s']:.1f} s"
    return f"{row['delay_s']:.1f} s (95 %: {row['delay_low']:.1f} to {row['delay_high']:.1f})"


def _best_while(row: Any) -> str:
    low, high = row["worth_from"], row["worth_to"]
    if low != low:
        return (
            "Whatever an unread message is worth, another point of the table is better value: a cheaper one, "
            "or one that protects better."
        )
    until = "or more" if high == float("inf") else f"to {time_of(high * SECOND)}"
    worth = f"{time_of(low * SECOND)} {until} of others' delay, all added up"
    return f"Of all points it is the best if keeping one message unread is worth {worth}."


def _money_in_words(found: Frontier) -> Iterator[str]:
    """Say which point costs least, and at which price of delay."""
    if "cost" not in found.table or found.nobody_pays:
        return
    yield "In money a world, the least is paid, by what an hour of one other message's delay costs:"
    cheap = found.table[found.table["money_from"].notna()].sort_values("money_from")
    for row in cheap.to_dict(orient="records"):
        until = "more" if row["money_to"] == float("inf") else f"{row['money_to']:,.2f}"
        yield f"  {row['money_from']:,.2f} to {until}: {row['policy']} ({row['cost']:,.2f} a world)"


def frontier_table(found: Frontier) -> Table:
    """Lay out what is not dominated, cheapest first, and the best within the budget."""
    table = new_table(
        "Not dominated by another; best while keeping one unread is worth so much of others' delay",
        "policy",
        "read, %",
        "delay, s",
        "best while worth",
    )
    is_front = ~found.table["dominated"] & (found.table["far"] <= FAR_IS_FEW)
    front = found.table[is_front | (found.table["policy"] == found.winner)]
    for row in front.sort_values(["delay_s", "read"]).to_dict(orient="records"):
        marks = [
            *(["within budget"] if row["policy"] == found.winner else []),
            *(["knee"] if row["knee"] else []),
        ]
        name = str(row["policy"]) + (f" ({', '.join(marks)})" if marks else "")
        table.add_row(
            escape(name),
            f"{percent(row['read'])} ({percent(row['low'])}–{percent(row['high'])})",
            f"{row['delay_s']:.1f}",
            _worth(row["worth_from"], row["worth_to"]),
        )
    return table


def _worth(low: float, high: float) -> str:
    if low != low:
        return "–"
    if high == float("inf"):
        return f"from {time_of(low * SECOND)}"
    return f"up to {time_of(high * SECOND)}" if low == 0 else f"to {time_of(high * SECOND)}"
