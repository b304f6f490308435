"""Charts of answers: what is read by when, where it is lost, and what protection costs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

from sim.answers.deadline import ANYWHERE, APP, PREVIEW
from sim.answers.frontier import FAR_IS_FEW
from sim.answers.incidence import DELETED, EVENTS, REFUSED
from sim.answers.incidence import IN_APP as FIRST_IN_APP
from sim.answers.incidence import PREVIEW as FIRST_IN_PREVIEW
from sim.charts.style import STYLE, Chart
from sim.clock import DAY, HOUR, MINUTE, SECOND, format_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.answers import Answers
    from sim.answers.best import Best
    from sim.answers.deadline import Exposure
    from sim.answers.frontier import Frontier
    from sim.answers.hold import Hold
    from sim.answers.incidence import Incidence
    from sim.answers.lost import Waterfall
    from sim.answers.unknowns import Unknowns

LINES = {
    ANYWHERE: ("anywhere", "#000000", "-"),
    PREVIEW: ("in a preview", "#0072B2", "--"),
    APP: ("in the app", "#D55E00", ":"),
}
AREAS = {
    DELETED: ("#009E73", ""),
    REFUSED: ("#BBBBBB", "///"),
    FIRST_IN_PREVIEW: ("#0072B2", "..."),
    FIRST_IN_APP: ("#D55E00", "xxx"),
}
"""Colour and hatch of each event."""
TICKS = {
    "1 s": SECOND,
    "10 s": 10 * SECOND,
    "1 min": MINUTE,
    "10 min": 10 * MINUTE,
    "1 h": HOUR,
    "8 h": 8 * HOUR,
    "1 d": DAY,
    "7 d": 7 * DAY,
}


def save(found: Answers, folder: Path) -> None:
    """Draw what was answered into a folder that is there."""
    for name, chart in charts(found).items():
        with mpl.rc_context(STYLE):
            chart.savefig(folder / f"{name}.png", metadata={"Software": None})


def charts(found: Answers) -> dict[str, Chart]:
    """Draw what was answered: a chart by the name of its file.

    >>> import sim
    >>> list(charts(sim.answer("window_edge", questions="lost", replications=20)))
    ['lost', 'levers']
    """
    charts: dict[str, Chart] = {}
    title = found.scenario.title
    if found.exposure is not None:
        charts["exposure"] = draw_exposure(found.exposure, title)
    if found.incidence is not None:
        charts["incidence"] = draw_incidence(found.incidence, title)
    if found.holds:
        charts["hold"] = draw_holds(found.holds, title)
    if found.unknowns is not None:
        charts["unknowns"] = draw_unknowns(found.unknowns, title)
    if found.lost is not None:
        charts["lost"] = draw_lost(found.lost, title)
        charts["levers"] = draw_levers(found.lost, title)
    if found.frontier is not None:
        charts["frontier"] = draw_frontier(found.frontier, title)
    if found.best is not None:
        charts["best"] = draw_best(found.best, title)
    return charts


def draw_exposure(curve: Exposure, title: str = "") -> Chart:
    """Draw the share read within a time of sending, if nothing is done.

    >>> import sim
    >>> found = sim.answer("linkedin_dm", questions="deadline", replications=20)
    >>> len(draw_exposure(found.exposure).axes)
    1
    """
    table = curve.table()
    with mpl.rc_context(STYLE):
        figure, axes = _chart(7.0, 4.0)
        for where, (label, colour, dash) in LINES.items():
            mine = table[table["where"] == where]
            axes.plot(mine["after_s"], 100 * mine["value"], dash, color=colour, lw=1.8)
            low, high = (100 * mine[end].to_numpy() for end in ("low", "high"))
            axes.fill_between(mine["after_s"], low, high, color=colour, alpha=0.15, lw=0)
            end = 100 * mine["value"].iloc[-1]
            axes.annotate(
                label,
                (mine["after_s"].iloc[-1], end),
                (5, 0),
                textcoords="offset points",
                color=colour,
                va="center",
                fontsize=8.5,
            )
        _time_axis(axes, curve.times)
        axes.set_ylim(0, None)
        axes.set_ylabel("share of messages read (%)")
        told = HOUR if HOUR in curve.times else curve.times[-1]
        share = f"{100 * curve.at(told).value:.0f} %"
        within = f"If nothing is done, {share} are read within {format_duration(told)}"
        _titled(figure, axes, within, title)
    return figure


def draw_incidence(found: Incidence, title: str = "") -> Chart:
    """Draw which event came first, by the time since sending, as areas that add up to all messages.

    >>> import sim
    >>> found = sim.answer("linkedin_dm", questions="deadline", replications=20)
    >>> len(draw_incidence(found.incidence).axes)
    1
    """
    seconds = [t / SECOND for t in found.times]
    shares = 100 * found.shares.value.T
    with mpl.rc_context(STYLE):
        figure, axes = _chart(7.6, 4.2)
        colours, hatches = zip(*(AREAS[event] for event in EVENTS), strict=True)
        areas = axes.stackplot(seconds, *shares, colors=colours, labels=EVENTS)
        for area, hatch in zip(areas, hatches, strict=True):
            area.set(hatch=hatch, edgecolor="white", lw=0)
        _time_axis(axes, found.times)
        axes.set_ylim(0, 100)
        axes.set_ylabel("share of regretted messages (%)")
        axes.annotate("none of these yet", (0.02, 0.95), xycoords="axes fraction", va="top")
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(
            handles[::-1], labels[::-1], loc="outside right center", frameon=False, fontsize=8.5
        )
        first = found.at(found.times[-1], DELETED).value
        finding = (
            f"{100 * first:.0f} % are deleted unread; {100 * found.ghosts.value:.0f} % of those are read "
            "all the same"
        )
        _titled(figure, axes, finding, title)
    return figure


def draw_lost(found: Waterfall, title: str = "") -> Chart:
    """Draw where regretted messages were lost, as bars that add up to all of them.

    >>> import sim
    >>> len(draw_lost(sim.answer("window_edge", questions="lost", replications=20).lost).axes)
    1
    """
    each = dict(zip(found.counts, 100 * found.shares.value, strict=True))
    steps = [name for name, number in found.counts.items() if number]
    shares = np.array([each[name] for name in steps])
    starts = np.concatenate([[0.0], np.cumsum(shares)[:-1]])
    with mpl.rc_context(STYLE):
        figure, axes = _chart(7.6, 1.4 + 0.42 * len(steps))
        colours = ["#D55E00" if name.startswith("read") else "#999999" for name in steps]
        axes.barh(range(len(steps)), shares, left=starts, color=colours, height=0.62)
        for k, (start, share) in enumerate(zip(starts, shares, strict=True)):
            left = start + share <= 85
            axes.annotate(
                f"{share:.1f} %",
                (start + share if left else start, k),
                (4 if left else -4, 0),
                textcoords="offset points",
                va="center",
                ha="left" if left else "right",
                fontsize=8.5,
            )
        axes.set_yticks(range(len(steps)), steps)
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.set_xlabel("share of regretted messages (%), step by step")
        _titled(
            figure, axes, f"{100 * found.read.value:.0f} % are read despite the deletion", title
        )
    return figure


def draw_levers(found: Waterfall, title: str = "") -> Chart:
    """Draw what each lever changes alone, what two change beyond the sum of both, and all together.

    >>> import sim
    >>> len(draw_levers(sim.answer("window_edge", questions="lost", replications=20).lost).axes)
    1
    """
    alone = sorted((one.value, name) for name, one in found.alone.items() if one.value)
    pairs = [(one, " & ".join(pair)) for pair, one in found.interactions.items() if one.value]
    rows = [(found.alone[name], name, "#0072B2", "o") for _, name in alone]
    rows += [(one, name, "#D55E00", "D") for one, name in pairs]
    rows.append((found.together, "all levers together", "#000000", "s"))
    with mpl.rc_context(STYLE):
        figure, axes = _chart(9.2, 1.6 + 0.36 * len(rows))
        axes.axvline(0, color="#999999", lw=0.8)
        for k, (one, _, colour, marker) in enumerate(rows):
            reach = [[100 * (one.value - one.low)], [100 * (one.high - one.value)]]
            axes.errorbar([100 * one.value], [k], xerr=reach, fmt=marker, color=colour, ms=5)
        axes.set_yticks(range(len(rows)), [fill(name, 48) for _, name, _, _ in rows])
        axes.invert_yaxis()
        axes.set_xlabel(
            "change of the share read (points): a lever alone (circles), all (square);\n"
            "two together beyond the sum of both (diamonds; right of 0: the same losses)"
        )
        saved = -100 * found.together.value
        _titled(figure, axes, f"All levers together prevent {saved:.0f} points", title)
    return figure


def draw_frontier(found: Frontier, title: str = "") -> Chart:
    """Draw the share read against everybody else's delay; what is dominated is pale.

    >>> import sim
    >>> found = sim.answer("window_edge", questions="frontier", replications=20)
    >>> len(draw_frontier(found.frontier).axes)
    1
    """
    table = found.table
    with mpl.rc_context(STYLE):
        figure, axes = _chart(7.6, 4.4)
        front = table[~table["dominated"] & (table["far"] <= FAR_IS_FEW)].sort_values("delay_s")
        rest = table.drop(front.index)
        axes.plot(rest["delay_s"], 100 * rest["read"], "o", color="#BBBBBB", ms=4)
        axes.plot(front["delay_s"], 100 * front["read"], "o-", color="#0072B2", ms=5, lw=1)
        roles = {"as it is": table.iloc[0], "within budget": found.best, "knee": found.knee}
        far = table["delay_s"].max() / 4
        named = [(role, row) for role, row in roles.items() if row is not None]
        named.sort(key=lambda one: -one[1]["delay_s"])  # lines to labels do not cross
        for k, (role, row) in enumerate(named, start=1):
            left, label = row["delay_s"] <= far, str(row["policy"])
            axes.annotate(
                label if role == "as it is" else f"{label} ({role})",
                (row["delay_s"], 100 * row["read"]),
                (8, -3) if role == "as it is" else (6, -14 - 16 * k),
                textcoords="offset points",
                ha="left" if left else "right",
                fontsize=8.5,
                arrowprops={
                    "arrowstyle": "-",
                    "lw": 0.6,
                    "color": "#555555",
                    "relpos": (0.0 if left else 1.0, 0.5),
                },
            )
        axes.set_xscale("symlog", linthresh=10)
        axes.set_xlim(left=-1)
        axes.set_ylim(0, 108 * table["read"].max() or 1)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_xlabel(
            "mean delay of messages that nobody regrets (s; linear to 10, then logarithmic)"
        )
        axes.set_ylabel("read despite the deletion (%)")
        best = found.best
        finding = (
            "Nobody else is delayed"
            if found.nobody_pays
            else "Nothing keeps the budget"
            if best is None
            else f"{100 * best['read']:.0f} % instead of {100 * table['read'].iloc[0]:.0f} % "
            f"for {best['delay_s']:.0f} s of delay"
        )
        _titled(figure, axes, finding, title)
    return figure


def draw_best(found: Best, title: str = "") -> Chart:
    """Draw every policy against the best of the others, with intervals that hold together.

    >>> import sim
    >>> len(draw_best(sim.answer("linkedin_dm", questions="best", replications=20).best).axes)
    1
    """
    table = found.table
    with mpl.rc_context(STYLE):
        figure, axes = _chart(7.6, 1.5 + 0.42 * len(table))
        value, low, high = (100 * table[name] for name in ("ahead", "ahead_low", "ahead_high"))
        axes.axvline(0, color="#999999", lw=0.8)
        axes.errorbar(
            value,
            range(len(table)),
            xerr=[value - low, high - value],
            fmt="o",
            color="#0072B2",
            ms=5,
        )
        for k, (at, chance) in enumerate(zip(high, table["chance"], strict=True)):
            axes.annotate(
                f"{100 * chance:.0f} % likely the best",
                (max(at, 0.0), k),
                (8, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
            )
        axes.set_yticks(range(len(table)), [str(name) for name in table["policy"]])
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.margins(x=0.2)
        axes.set_xlabel("read more (+) or less (-) than under the best other policy (points)")
        finding = (
            f"{found.chosen} is best, decided after {found.replications:,} worlds"
            if found.chosen
            else f"{found.leader} is read least in {found.replications:,} worlds"
        )
        _titled(figure, axes, finding, title)
    return figure


def draw_holds(found: Sequence[Hold], title: str = "") -> Chart:
    """Draw the share read against the duration of each lever, and the target.

    >>> import sim
    >>> len(draw_holds(sim.answer("linkedin_dm", questions="hold", replications=20).holds).axes)
    1
    """
    target = found[0].crossing.target
    with mpl.rc_context(STYLE):
        figure, axes = _chart(7.0, 4.0)
        for k, one in enumerate(found):
            table, colour = one.table(), f"C{k}"
            axes.plot(table["duration_s"], 100 * table["read"], label=one.lever, color=colour)
            low, high = 100 * table["low"], 100 * table["high"]
            axes.fill_between(table["duration_s"], low, high, color=colour, alpha=0.15, lw=0)
        axes.axhline(100 * target, color="#999999", lw=0.8)
        axes.set_xscale("symlog", linthresh=5)
        shown = {k: t for k, t in TICKS.items() if t <= max(one.crossing.longest for one in found)}
        axes.set_xticks([t / SECOND for t in shown.values()], list(shown), minor=False)
        axes.set_xlim(left=0)
        axes.set_ylim(0, None)
        axes.set_xlabel("duration of the lever (linear to 5 s, then logarithmic)")
        axes.set_ylabel("read despite the deletion (%)")
        axes.legend(frameon=False, fontsize=8.5)
        enough = [one.lever for one in found if one.crossing.value is not None]
        which = ", ".join(enough) or "none of them"
        _titled(figure, axes, f"At or under {100 * target:g} % with: {which}", title)
    return figure


def draw_unknowns(found: Unknowns, title: str = "") -> Chart:
    """Draw the share read under every policy over what is assumed, and under other forms of the model.

    >>> import sim
    >>> from sim.answers.playing import stage_of
    >>> from sim.answers.unknowns import Effort, unknowns
    >>> dm = sim.load("linkedin_dm")
    >>> len(draw_unknowns(unknowns(stage_of(dm, 5), dm, Effort(8, 1, 2, 1), workers=1)).axes)
    1
    """
    table, forms = found.policies, found.structure.groupby("policy")["read"]
    with mpl.rc_context(STYLE):
        figure, axes = _chart(7.6, 1.6 + 0.42 * len(table))
        low, high, mean = (100 * table[name] for name in ("low", "high", "mean"))
        axes.hlines(range(len(table)), low, high, color="#0072B2", lw=2)
        axes.plot(mean, range(len(table)), "o", color="#0072B2", ms=5)
        for k, name in enumerate(table["policy"]):
            read = 100 * forms.get_group(name)
            axes.plot(read, np.full(read.size, k + 0.22), "D", color="#D55E00", ms=4)
        axes.set_yticks(range(len(table)), [str(name) for name in table["policy"]])
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.set_xlabel(
            "read despite the deletion (%): range and mean over what is assumed (line, circle);\n"
            "under each form of the model (diamonds)"
        )
        finding = f"Least regret: {found.least_regret}; read least on average: {found.advice}"
        _titled(figure, axes, finding, title)
    return figure


def _time_axis(axes: Axes, times: Sequence[int]) -> None:
    axes.set_xscale("log")
    shown = {k: t for k, t in TICKS.items() if t <= times[-1]}
    axes.set_xticks([t / SECOND for t in shown.values()], list(shown), minor=False)
    axes.set_xticks([], minor=True)
    axes.set_xlim(times[0] / SECOND, times[-1] / SECOND)
    axes.set_xlabel("time since sending (logarithmic)")


def _chart(width: float, height: float) -> tuple[Chart, Axes]:
    figure = Chart(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _titled(figure: Chart, axes: Axes, finding: str, title: str) -> None:
    """Write the finding as the title and the scenario's title below it, not as mathematics."""
    figure.suptitle(finding, x=0.01, ha="left", fontweight="bold", fontsize=11)
    axes.set_title(title, fontsize=9, fontweight="normal", parse_math=False)
