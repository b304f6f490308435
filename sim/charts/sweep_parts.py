"""What the pictures of a sweep share: colours, names, titles that say the finding, and a note."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.charts.style import Chart
from sim.platforms.catalogue import titles
from sim.sweeping.design.axes import PLATFORM
from sim.sweeping.results.best import parameters_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

LINES: Final = (
    ("#0072B2", "-", "o"),
    ("#D55E00", "--", "s"),
    ("#009E73", "-.", "^"),
    ("#CC79A7", ":", "D"),
    ("#56B4E9", "-", "v"),
    ("#E69F00", "--", "P"),
    ("#000000", "-.", "X"),
    ("#999999", ":", "*"),
)
"""Okabe and Ito's colours, each with a line and a marker that tell it apart in grey."""


def named(value: str, of: str) -> str:
    """Name a value as people know it: a platform by its title, with its variant.

    >>> named("linkedin/none", "platform")
    'LinkedIn, direct messages: none'
    """
    platform, _, variant = value.partition("/")
    title = titles().get(platform) if of == PLATFORM or variant else None
    return value if title is None else f"{title}{f': {variant}' if variant else ''}"


def label_ends(axes: Axes, by: str) -> None:
    """Write the name of every line at its right end, in its colour; names do not overlap."""
    low, high = axes.get_ylim()
    apart = 0.052 * (high - low)
    ends = []
    for line in axes.lines:
        if str(line.get_label()).startswith("_"):  # matplotlib's, of lines without a name
            continue
        values = np.asarray(line.get_ydata(), dtype=float)
        seen = np.flatnonzero(np.isfinite(values))
        if seen.size:
            ends.append((float(values[seen[-1]]), line))
    place = -np.inf
    for value, line in sorted(ends, key=lambda one: one[0]):
        place = max(value, place + apart)
        axes.annotate(
            _label(str(line.get_label()), by),
            (1.0, place),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=line.get_color(),
            annotation_clip=False,
        )


def _label(value: str, by: str) -> str:
    """Name a line: one that is only a number needs the last part of its parameter beside it.

    >>> _label("30 s", "push.delay"), _label("30 s hold", "policy")
    ('delay 30 s', '30 s hold')
    """
    if by in ("policy", PLATFORM) or not value[:1].isdigit():
        return named(value, by)
    return f"{by.rpartition('.')[2].replace('_', ' ')} {value}"


def titles_of(figure: Chart, axes: Axes, finding: str, title: str, words: str) -> None:
    """Write the finding above a picture, and below it what is drawn; lines stay inside."""
    across = figure.get_figwidth()
    figure.suptitle(
        textwrap.fill(finding, round(10.5 * across)),
        x=0.01,
        ha="left",
        fontweight="bold",
        fontsize=11,
    )
    below = f"{title}: {words[:1].lower()}{words[1:]}" if title else words
    axes.set_title(
        textwrap.fill(below, round(12.5 * (across - 2.2))), fontsize=9, fontweight="normal"
    )


def note(figure: Chart, rows: pd.DataFrame, shown: list[str]) -> None:
    """Say how much a picture rests on, and over what it is averaged."""
    low, high = rows["replications"].min(), rows["replications"].max()
    worlds = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    others = [
        one
        for one in parameters_of(rows)
        if one not in shown and rows[one].nunique(dropna=False) > 1
    ]
    over = f"; averaged over {', '.join(others)}" if others else ""
    figure.supxlabel(
        f"{worlds} replications per cell{over}", fontsize=7, color="#555555", x=0.99, ha="right"
    )
