"""The chart of a comparison: paired differences with their intervals, and beside them what others
pay for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from sim.charts.style import STYLE, Chart
from sim.tallies import HEADLINE, SPLIT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.comparing import Comparison

BEST, OTHER = "#0072B2", "#555555"
"""Colours of the one that loses least and of the rest (Okabe & Ito's blue, and grey); their markers
differ too."""


def draw_comparison(comparison: Comparison) -> Chart:
    """Draw each difference to what is compared against, in points, and the delay that messages
    nobody regretted pay.

    Returns a matplotlib figure; in Jupyter it shows itself.

    >>> import sim
    >>> len(draw_comparison(sim.compare(sim.load("scenarios/linkedin_dm.toml"), replications=2)).axes)
    2
    """
    names = comparison.names[1:]
    prices = (
        comparison.price[comparison.price["measure"] == "delay_notified_s"]
        .set_index("policy")
        .loc[list(names)]
    )
    paid = bool(prices["value"].notna().any())
    with mpl.rc_context(STYLE):
        figure = Chart(figsize=(11.4, 1.9 + 0.45 * len(names)), layout="constrained")
        if paid:
            left, right = figure.subplots(1, 2, sharey=True, width_ratios=[3, 2])
            _dots(right, comparison, prices, 1.0, " s")
            right.set_xlabel("notified later, seconds (mean of moves under an hour)")
            right.set_title("Price for the others", fontsize=9)
        else:
            left = figure.subplots()
        _dots(left, comparison, comparison.differences.set_index("policy"), 100.0, "")
        left.set_yticks(range(len(names)), [_ticked(comparison, name) for name in names])
        left.set_ylim(len(names) - 0.4, -0.6)
        left.set_xlabel("change of the share of regretted messages, points")
        left.set_title(f"{_of(comparison)}: read despite the deletion", fontsize=9)
        figure.suptitle(_title(comparison), x=0.01, ha="left", fontweight="bold", fontsize=11)
        figure.supxlabel(_note(comparison), fontsize=7, color="#555555", x=0.99, ha="right")
    return figure


def _dots(axes: Axes, comparison: Comparison, table: Any, factor: float, unit: str) -> None:
    """Draw a dot with its interval for every name, the value above it, and a line at no
    difference.
    """
    axes.axvline(0, color="black", linewidth=0.8)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    for row, name in enumerate(comparison.names[1:]):
        value, low, high = (
            factor * float(table.loc[name, key]) for key in ("value", "low", "high")
        )
        if value != value:
            axes.annotate(
                "not known",
                (0, row),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                color=OTHER,
            )
            continue
        best = name == comparison.best
        error = None if low != low else [[value - low], [high - value]]
        axes.errorbar(
            value,
            row,
            xerr=error,
            color=BEST if best else OTHER,
            marker="D" if best else "o",
            markersize=6,
            capsize=3,
            linewidth=1.4,
        )
        axes.annotate(
            _signed(value) + unit,
            (value, row),
            xytext=(0, 7),
            ha="center",
            fontsize=8,
            textcoords="offset points",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )
    axes.margins(x=0.12)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _signed(value: float) -> str:
    """Write a number with its sign; what is large needs no decimals."""
    return f"{value:+,.{0 if abs(value) >= 100 else 1}f}".replace("-", "\u2212")


def _ticked(comparison: Comparison, name: str) -> str:
    """Name it, with its headline and what that adds up from."""
    read, preview, in_app = (
        100 * comparison.headline(name, one).value for one in (HEADLINE, *SPLIT)
    )
    least = " (loses least)" if name == comparison.best else ""
    return f"{name}{least}\n{read:.1f} % = {preview:.1f} preview first + {in_app:.1f} app first"


def _title(comparison: Comparison) -> str:
    """Say which loses least, by how much, and whether that is sure."""
    best, against = comparison.best, comparison.against
    change = comparison.differences.set_index("policy")["value"].get(best)
    if not comparison.headline(best).per:
        return "Nobody regretted a message"
    share = f"{100 * comparison.headline(best).value:.1f} %"
    sure = "" if comparison.is_sure else ", but that is not sure"
    if change is None or change != change:
        return f'"{best}" loses least: {share} are read{sure}'
    return f'"{best}" loses least: {share} are read, {100 * change:+.1f} points against "{against}"{sure}'


def _of(comparison: Comparison) -> str:
    if comparison.of_policies:
        first = comparison.scenarios[0]
        return first.title or first.file
    return "Scenarios compared"


def _note(comparison: Comparison) -> str:
    promise = "intervals hold all at once at 95 %" if len(comparison.names) > 2 else "95 % interval"
    seed = comparison.worlds[comparison.against].run.seed
    return f"{comparison.replications} replications, seed {seed}; differences: {promise}; price: 95 % intervals"


def save(comparison: Comparison, folder: Path, name: str = "chart") -> list[Path]:
    """Write the chart as SVG and PNG into a folder and return the two paths.

    The bytes depend on the comparison only.
    """
    figure = draw_comparison(comparison)
    paths = [folder / f"{name}.svg", folder / f"{name}.png"]
    with mpl.rc_context(STYLE):
        figure.savefig(paths[0], metadata={"Date": None})
        figure.savefig(paths[1], metadata={"Software": None})
    return paths
