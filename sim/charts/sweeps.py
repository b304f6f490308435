"""Pictures of a sweep's table: a heat map over two parameters, a family of lines over one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import matplotlib as mpl
import numpy as np

from sim.charts.style import STYLE, Chart
from sim.charts.sweep_parts import LINES, label_ends, named, note, titles_of
from sim.charts.trade_off import trade_off
from sim.sweeping.results.rows import CHANGE
from sim.tallies import HEADLINE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

WRITTEN: Final = 400
"""Cells of a heat map that have their number written in them, at most."""
CROWDED: Final = 45
"""Characters of the values on the axis of lines from which on they are written aslant."""


def heat_map(
    frame: pd.DataFrame,
    x: str,
    y: str,
    *,
    measure: str = HEADLINE,
    policy: str | None = None,
    title: str = "",
) -> Chart:
    """Draw a measure of one policy (by default the last) over two parameters of a sweep's table.

    Over whatever else varies it is averaged. Returns a matplotlib figure.

    >>> import sim
    >>> frame = sim.sweep(sim.load("scenarios/linkedin_dm.toml"), {"send.hold": ["0 s", "1 h"], "push.late_binding": [True]},
    ...                   replications=2, workers=1, policies=["today"])
    >>> len(heat_map(frame, "send.hold", "push.late_binding").axes)
    2
    """
    policy = policy if policy is not None else str(frame["policy"].iloc[-1])
    rows = frame[(frame["measure"] == measure) & (frame["policy"] == policy)]
    across, up = (list(dict.fromkeys(rows[one])) for one in (x, y))
    found = rows.groupby([x, y], observed=True, sort=False)["value"].mean()
    values = np.array([[100 * found.get((a, b), np.nan) for a in across] for b in up])
    labels = [named(str(one), y).replace(": ", ":\n") for one in up]
    words = max(len(line) for one in labels for line in one.splitlines())
    with mpl.rc_context(STYLE):
        figure = Chart(
            figsize=(2.6 + 0.62 * len(across) + 0.085 * words, 2.1 + 0.46 * len(up)),
            layout="constrained",
        )
        axes = figure.subplots()
        signed = measure == CHANGE
        most = (float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 0.0) or 1.0
        image = axes.imshow(
            values,
            aspect="auto",
            cmap="RdBu_r" if signed else "cividis_r",
            vmin=-most if signed else None,
            vmax=most if signed else None,
        )
        _write(axes, values, signed=signed)
        axes.set_xticks(range(len(across)), [str(one) for one in across])
        axes.set_yticks(range(len(up)), labels)
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.spines[:].set_visible(False)
        figure.colorbar(
            image, label="points" if signed else "% of regretted messages", fraction=0.05
        )
        told = f'{_words(measure)}, policy "{policy}"'
        titles_of(figure, axes, _finding(rows, [x, y], measure), title, told)
        note(figure, rows, [x, y])
    return figure


def _write(
    axes: Axes, values: np.ndarray[tuple[int, int], np.dtype[np.float64]], *, signed: bool
) -> None:
    """Write every number into its cell, light on dark and dark on light."""
    if values.size > WRITTEN:
        return
    low, high = (
        (float(np.nanmin(values)), float(np.nanmax(values)))
        if np.isfinite(values).any()
        else (0.0, 1.0)
    )
    for (row, column), value in np.ndenumerate(values):
        if np.isnan(value):
            continue
        dark = (
            abs(value) > 0.6 * max(abs(low), abs(high))
            if signed
            else value > low + 0.55 * (high - low)
        )
        text = f"{value:+.1f}" if signed else f"{value:.1f}"
        axes.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            fontsize=8,
            color="white" if dark else "black",
        )


def lines(
    frame: pd.DataFrame,
    x: str,
    *,
    by: str = "policy",
    measure: str = HEADLINE,
    policy: str | None = None,
    title: str = "",
) -> Chart:
    """Draw a measure over one parameter, a line with its 95 % interval for each policy or each
    value of another.

    With `by` a parameter, `policy` says whose lines (by default the last one's). Over whatever else
    varies lines are averaged, and the band is then the range of the averaged ends.

    >>> import sim
    >>> frame = sim.sweep(sim.load("scenarios/linkedin_dm.toml"), {"send.hold": ["0 s", "1 h"]}, replications=2, workers=1)
    >>> len(lines(frame, "send.hold").axes[0].lines)
    4
    """
    rows = frame[frame["measure"] == measure]
    if by != "policy":
        policy = policy if policy is not None else str(frame["policy"].iloc[-1])
        rows = rows[rows["policy"] == policy]
    places = list(dict.fromkeys(rows[x]))
    numbers = _places(rows, x, places)
    with mpl.rc_context(STYLE):
        figure = Chart(figsize=(7.2, 4.2), layout="constrained")
        axes = figure.subplots()
        for k, name in enumerate(dict.fromkeys(rows[by])):
            mine = (
                rows[rows[by] == name]
                .groupby(x, observed=True, sort=False)[["value", "low", "high"]]
                .mean()
            )
            value, low, high = (
                100 * mine[one].reindex(places).to_numpy() for one in ("value", "low", "high")
            )
            colour, dash, marker = LINES[k % len(LINES)]
            axes.plot(
                numbers,
                value,
                color=colour,
                linestyle=dash,
                marker=marker,
                markersize=4,
                label=str(name),
            )
            axes.fill_between(numbers, low, high, color=colour, alpha=0.15, linewidth=0)
        _scale(axes, numbers, places)
        axes.set_xlabel(x)
        axes.set_ylabel("points" if measure == CHANGE else "% of regretted messages")
        axes.set_ylim(bottom=None if measure == CHANGE else 0)
        label_ends(axes, by)
        titles_of(
            figure,
            axes,
            _finding(rows, [x, by], measure),
            title,
            _words(measure) + ("" if by == "policy" else f', policy "{policy}"'),
        )
        note(figure, rows, [x, by])
    return figure


def _scale(axes: Axes, numbers: list[float], places: list[object]) -> None:
    """Put ticks where values are: at their size, in proportion where they span orders of size."""
    positive = [one for one in numbers if one > 0]
    gaps = np.abs(np.diff(numbers))
    if len(numbers) > 2 and len(positive) > 1 and gaps.min() <= 0.25 * gaps.max():
        axes.set_xscale("symlog", linthresh=min(positive))
    labels = [str(one) for one in places]
    crowded = sum(len(one) + 2 for one in labels) > CROWDED
    if crowded:
        axes.set_xticks(numbers, labels, rotation=35, ha="right")
    else:
        axes.set_xticks(numbers, labels)
    axes.minorticks_off()


def _places(rows: pd.DataFrame, x: str, places: list[object]) -> list[float]:
    """Give where values stand on the axis: numbers, durations and rates at their size, words in
    order.
    """
    beside = next((f"{x}{end}" for end in ("_s", "_per_d") if f"{x}{end}" in rows), x)
    first = rows.drop_duplicates(x)
    sizes: dict[object, object] = dict(zip(first[x], first[beside], strict=True))
    numbers = [
        float(one)
        if isinstance(one, int | float | np.number) and not isinstance(one, bool)
        else np.nan
        for one in (sizes[place] for place in places)
    ]
    is_number = (
        np.isfinite(numbers).all() and min(numbers) >= 0 and len(set(numbers)) == len(numbers)
    )
    return numbers if is_number else [float(k) for k in range(len(places))]


def _tuple(place: object) -> tuple[object, ...]:
    return place if isinstance(place, tuple) else (place,)


def _finding(rows: pd.DataFrame, shown: list[str], measure: str) -> str:
    """Say what a picture shows: where the measure is least, averaged as the picture averages."""
    found = rows.groupby(shown, observed=True, sort=False)["value"].mean().dropna()
    if found.empty:
        return _words(measure)
    at = ", ".join(
        f'under "{value}"' if name == "policy" else f"at {name} = {named(str(value), name)}"
        for name, value in zip(shown, _tuple(found.idxmin()), strict=True)
    )
    least, most = 100 * found.min(), 100 * found.max()
    if measure == CHANGE:
        return f"From {least:+.1f} to {most:+.1f} points; least {at}"
    what = "Least is read" if measure == HEADLINE else f"{_words(measure)}: least"
    return f"{what}, {least:.1f} % (most {most:.1f} %), {at}"


def _words(measure: str) -> str:
    named = {
        HEADLINE: "Read despite the deletion, by preview or in the app",
        CHANGE: "Change of the share read despite the deletion",
        "preview_first": "Read by preview first",
        "in_thread": "Read in the app first",
        "too_late": "Preview read before deletion",
        "ghost": "Preview read after deletion, from a copy that outlived it",
    }
    return named.get(measure, measure.replace("_", " ").capitalize())


def draw_sweep(frame: pd.DataFrame, axes: list[str], title: str = "") -> dict[str, Chart]:
    """Give the pictures of a sweep by name: lines over its first axis, heat maps over its first
    two, and with several policies what is read against what is late.
    """
    if not axes or frame.empty:
        return {}
    changed = frame.loc[frame["measure"] == CHANGE, "value"].notna().any()
    if len(axes) == 1:
        out = {"lines": lines(frame, axes[0], title=title)}
        return out | ({"trade_off": trade_off(frame, title=title)} if changed else {})
    out = {
        "lines": lines(frame, axes[0], by=axes[1], title=title),
        "heat_map": heat_map(frame, axes[0], axes[1], title=title),
    }
    if changed:
        out["trade_off"] = trade_off(frame, by=axes[1], title=title)
        out["heat_map_change"] = heat_map(frame, axes[0], axes[1], measure=CHANGE, title=title)
    return out


def save_sweep(frame: pd.DataFrame, axes: list[str], folder: Path, title: str = "") -> list[Path]:
    """Write the pictures of a sweep as PNG and SVG into a folder and return their paths."""
    paths = []
    for name, figure in draw_sweep(frame, axes, title).items():
        with mpl.rc_context(STYLE):
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
            figure.savefig(folder / f"{name}.png", metadata={"Software": None})
        paths += [folder / f"{name}.svg", folder / f"{name}.png"]
    return paths
