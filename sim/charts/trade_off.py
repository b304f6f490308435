"""What is read against what is late, over the cells of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import matplotlib as mpl
import numpy as np

from sim.charts.style import STYLE, Chart
from sim.charts.sweep_parts import LINES, label_ends, named, note, titles_of
from sim.clock import SECOND, format_duration
from sim.sweeping.results.best import parameters_of
from sim.tallies import HEADLINE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LATE: Final = "delay_notified_p95_s"
TIMES: Final = (1, 10, 60, 600, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600)
"""Seconds that have a tick on an axis of delays."""


def trade_off(frame: pd.DataFrame, *, by: str = "policy", title: str = "") -> Chart:
    """Draw what every cell reads under every policy against how late the other messages are then.

    The delay is the 95th percentile against the baseline of the same cell. With `by` a parameter,
    each value of it has a colour, and a line that joins what no other of its points beats in both;
    by policy there is one line.

    >>> import sim
    >>> frame = sim.sweep("linkedin_dm", {"send.hold": ["0 s", "1 h"]}, replications=2, workers=1)
    >>> trade_off(frame).axes[0].get_xlabel()
    'delay of the other messages, 95th percentile'
    """
    points = points_of(frame, by)
    with mpl.rc_context(STYLE):
        figure = Chart(figsize=(7.6, 4.6), layout="constrained")
        axes = figure.subplots()
        for k, name in enumerate(dict.fromkeys(points[by])):
            colour, _, marker = LINES[k % len(LINES)]
            mine = points[points[by] == name].sort_values(["late", "read"], ascending=[True, False])
            axes.plot(mine["late"], mine["read"], marker, color=colour, markersize=5, label=name)
            if by != "policy":
                front = front_of(mine)
                axes.plot(front["late"], front["read"], color=colour, linewidth=1.0)
        if by == "policy":
            front = front_of(points)
            axes.plot(front["late"], front["read"], color="#555555", linewidth=0.8, zorder=0)
        _scale(axes, float(points["late"].max()) if len(points) else 0.0)
        axes.set_ylim(0, 1.05 * max(points["read"].max(), 1.0) if len(points) else 1.0)
        words = "Each point is a cell under a policy; lines join what no other point beats in both"
        label_ends(axes, by)
        titles_of(figure, axes, _finding(points, by), title, words)
        note(figure, frame, parameters_of(frame))
    return figure


def points_of(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """Give `read` in per cent and `late` in seconds of every cell and policy that has both."""
    at = ["cell", "policy"]
    read = frame[frame["measure"] == HEADLINE].set_index(at)
    late = frame[frame["measure"] == LATE].set_index(at)["value"].rename("late")
    points = (100 * read["value"]).rename("read").to_frame().join(late)
    points = points.join(read[[by]]) if by != "policy" else points
    points = points.dropna(subset=["read", "late"]).reset_index()
    points[by] = points[by].astype(str)
    return points


def front_of(points: pd.DataFrame) -> pd.DataFrame:
    """Give the points that no other one beats in both, the least late first.

    >>> import pandas as pd
    >>> front_of(pd.DataFrame({"late": [0, 1, 2], "read": [5.0, 6.0, 3.0]}))["read"].tolist()
    [5.0, 3.0]
    """
    front = points.sort_values(["late", "read"])
    return front[front["read"] < front["read"].shift(fill_value=np.inf).cummin()]


def _finding(points: pd.DataFrame, by: str) -> str:
    """Say by how much a delay lowers what is read: where it lowers it most."""
    if points.empty:
        return "No message was regretted"
    fronts = (
        {"": front_of(points)}
        if by == "policy"
        else {
            f" at {by} = {named(str(name), by)}": front_of(mine)
            for name, mine in points.groupby(by, sort=False)
        }
    )
    falls = {at: one["read"].iloc[0] - one["read"].iloc[-1] for at, one in fronts.items()}
    at = max(falls, key=lambda one: falls[one])
    first, last = fronts[at].iloc[0], fronts[at].iloc[-1]
    if not points["late"].max() > 0:
        return f"Nothing here delays the other messages; least is read: {last['read']:.1f} %{at}"
    if not last["late"] > first["late"]:
        return f"No delay lowers the share read below {first['read']:.1f} %{at}"
    delay = format_duration(round(last["late"]) * SECOND)
    return f"A delay of {delay} lowers the share read from {first['read']:.1f} to {last['read']:.1f} %{at}"


def _scale(axes: Axes, most: float) -> None:
    axes.set_xscale("symlog", linthresh=1.0)
    ticks = [0, *(one for one in TIMES if one <= max(most, 1.0))]
    axes.set_xticks(ticks, [format_duration(one * SECOND) for one in ticks])
    axes.minorticks_off()
    axes.margins(x=0.04)
    axes.set_xlabel("delay of the other messages, 95th percentile")
    axes.set_ylabel("read despite the deletion, %")
