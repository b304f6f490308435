"""The chart of a run: share read despite the deletion, by policy, split by where and when."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl

from sim.arguments import read
from sim.charts.style import PARTS, STYLE, Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.running import Outcome


def draw(outcome: Outcome) -> Chart:
    """Draw the share of regretted messages that were read despite the deletion, by policy: in the
    app first, or in a preview first, by when.

    Returns a matplotlib figure; in Jupyter it shows itself. Raises `FaultyInputError` for anything
    but the outcome of a run.

    >>> import sim
    >>> len(draw(sim.run(sim.load("scenarios/linkedin_dm.toml"), replications=2)).axes)
    1
    """
    outcome = read("sim.draw", {"outcome": outcome})["outcome"]
    with mpl.rc_context(STYLE):
        figure = Chart(figsize=(7.6, 2.0 + 0.46 * len(outcome.policies)), layout="constrained")
        axes = figure.subplots()
        _bars(axes, outcome)
        headline = outcome.summary.headline(outcome.policies[0])
        figure.suptitle(
            textwrap.fill(finding(outcome), 80), x=0.01, ha="left", fontweight="bold", fontsize=11
        )
        title = outcome.scenario.title or outcome.scenario.file
        axes.set_title(f"{title}: read despite the deletion", fontsize=9, fontweight="normal")
        axes.set_xlabel("share of regretted messages (%), with 95 % interval")
        if axes.get_legend_handles_labels()[0]:  # none, when nothing was read
            axes.legend(
                title="A preview was read first …",
                title_fontsize=8,
                alignment="left",
                fontsize=7.5,
                ncols=2,
                loc="upper left",
                bbox_to_anchor=(0, -0.14 - 0.5 / len(outcome.policies)),
                frameon=False,
            )
        run = outcome.scenario.run
        note = f"{headline.per:,.0f} regretted messages in {outcome.replications} replications, seed {run.seed}"
        figure.supxlabel(note, fontsize=7, color="#555555", x=0.99, ha="right")
    return figure


def finding(outcome: Outcome) -> str:
    """Say under which policy least is read, and by how much less than under the baseline.

    >>> import sim
    >>> finding(sim.run(sim.load("scenarios/linkedin_dm.toml"), replications=2, policies="today"))[-25:]
    'es are read under "today"'
    """
    names, base = outcome.policies, outcome.policies[0]
    shares = {name: outcome.summary.headline(name).value for name in names}
    if shares[base] != shares[base]:
        return "Nobody regretted a message"
    today = f'{100 * shares[base]:.1f} % of regretted messages are read under "{base}"'
    changes = {row["policy"]: row for row in outcome.differences.to_dict("records")}
    surely = [name for name in names[1:] if changes[name]["high"] < 0]
    if not names[1:]:
        return today
    if not surely:
        return f"{today}, and under no policy surely less"
    best = min(surely, key=lambda name: shares[name])
    points = -100 * changes[best]["value"]
    return f'{today}; "{best}" lowers that by {points:.1f} points'


def _bars(axes: Axes, outcome: Outcome) -> None:
    names = outcome.policies
    left = [0.0] * len(names)
    for measure, (label, colour, hatch) in PARTS.items():
        widths = [100 * outcome.summary.headline(name, measure).value for name in names]
        if any(width > 0 for width in widths):
            axes.barh(
                range(len(names)),
                widths,
                left=left,
                color=colour,
                hatch=hatch,
                edgecolor="#333333",
                linewidth=0.5,
                label=label,
                height=0.62,
            )
        left = [a + b for a, b in zip(left, widths, strict=True)]
    top = 1.0
    for row, name in enumerate(names):
        e = outcome.summary.headline(name)
        value, low, high = 100 * e.value, 100 * e.low, 100 * e.high
        axes.errorbar(
            value,
            row,
            xerr=[[value - low], [high - value]],
            color="black",
            capsize=3,
            linewidth=1.2,
        )
        axes.annotate(
            f"{value:.1f} %",
            (high, row),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
        top = max(top, high)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, min(top * 1.15, 112))


def save(outcome: Outcome, folder: Path, name: str = "chart") -> list[Path]:
    """Write the chart as SVG and PNG into a folder and return the two paths.

    The bytes depend on the outcome only.
    """
    figure = draw(outcome)
    paths = [folder / f"{name}.svg", folder / f"{name}.png"]
    with mpl.rc_context(STYLE):
        figure.savefig(paths[0], metadata={"Date": None})
        figure.savefig(paths[1], metadata={"Software": None})
    return paths
