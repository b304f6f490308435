"""A heat map and lines show the numbers of the table, in the order of the sweep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.image import AxesImage

from sim.charts.sweep_parts import named
from sim.charts.sweeps import draw_sweep, heat_map, lines, save_sweep
from sim.charts.trade_off import front_of, points_of, trade_off
from sim.scenario import load
from sim.sweeping import sweep

from .making import TINY, swept


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Give the table of a small sweep."""
    return swept(tmp_path_factory.mktemp("pictures") / "store").frame


def share(
    frame: pd.DataFrame, chance: float, retracts: str, policy: str, measure: str = "read"
) -> float:
    rows = frame[
        (frame["chance"] == chance) & (frame["retracts"] == retracts) & (frame["policy"] == policy)
    ]
    return float(100 * rows[rows["measure"] == measure]["value"].mean())


@pytest.mark.parametrize("measure", ["read", "read_change"])
def test_a_heat_map_has_every_cell_with_its_number(frame: pd.DataFrame, measure: str) -> None:
    figure = heat_map(frame, "chance", "retracts", measure=measure, policy="hold 1 min")
    axes = figure.axes[0]
    image = axes.images[0]
    assert isinstance(image, AxesImage) and not isinstance(image, QuadMesh)
    wanted = [
        [share(frame, c, r, "hold 1 min", measure) for c in (0.25, 0.5, 0.75)]
        for r in ("no", "yes")
    ]
    assert np.allclose(np.asarray(image.get_array()), wanted)
    form = "{:+.1f}" if measure.endswith("change") else "{:.1f}"
    assert [text.get_text() for text in axes.texts] == [
        form.format(v) for row in wanted for v in row
    ]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.25", "0.5", "0.75"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["no", "yes"]
    assert (
        figure.get_supxlabel() == "3 replications per cell; averaged over senders.action, push.slow"
    )


def test_lines_go_through_the_numbers_of_the_table(frame: pd.DataFrame) -> None:
    figure = lines(frame[frame["retracts"] == "no"], "chance")
    found = {line.get_label(): list(line.get_ydata()) for line in figure.axes[0].lines}
    for policy in ("today", "hold 1 min", "push +5 min"):
        assert found[policy] == pytest.approx(
            [share(frame, c, "no", policy) for c in (0.25, 0.5, 0.75)]
        )
    by = lines(frame, "chance", by="retracts", policy="today")
    assert [line.get_label() for line in by.axes[0].lines] == ["no", "yes"]


def test_one_axis_is_drawn_as_lines_two_as_heat_maps_too_and_none_not_at_all(
    frame: pd.DataFrame,
) -> None:
    assert list(draw_sweep(frame, ["chance", "retracts"])) == [
        "lines",
        "heat_map",
        "trade_off",
        "heat_map_change",
    ]
    assert list(draw_sweep(frame, ["chance"])) == ["lines", "trade_off"]
    assert draw_sweep(frame, []) == {}
    alone = sweep(
        load(TINY),
        {"send.hold": ["0 s"], "push.preview": [10]},
        replications=1,
        workers=1,
        policies=["today"],
    )
    assert list(draw_sweep(alone, ["send.hold", "push.preview"])) == ["lines", "heat_map"]


def test_pictures_repeat_byte_for_byte(frame: pd.DataFrame, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        save_sweep(frame, ["chance", "retracts"], tmp_path / folder)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_a_heat_map_of_changes_is_centred_on_zero(frame: pd.DataFrame) -> None:
    image = heat_map(frame, "chance", "retracts", measure="read_change").axes[0].images[0]
    low, high = image.get_clim()
    assert low == -high < 0
    still = frame.assign(value=frame["value"].where(frame["measure"] != "read_change", 0.0))
    low, high = (
        heat_map(still, "chance", "retracts", measure="read_change").axes[0].images[0].get_clim()
    )
    assert low == -high < 0


def test_a_trade_off_has_what_is_read_and_what_is_late_of_every_cell_and_policy(
    frame: pd.DataFrame,
) -> None:
    figure = trade_off(frame)
    drawn = {
        str(line.get_label()): set(zip(line.get_xdata(), line.get_ydata(), strict=True))
        for line in figure.axes[0].lines
    }
    for policy in ("today", "hold 1 min", "push +5 min"):
        rows = frame[frame["policy"] == policy].set_index(["cell", "measure"])["value"]
        cells = rows.index.get_level_values("cell").unique()
        late, read = (rows[:, name] for name in ("delay_notified_p95_s", "read"))
        wanted = {(late[cell], 100 * read[cell]) for cell in cells}
        assert drawn[policy] == {point for point in wanted if np.isfinite(point).all()}
    labels = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(labels) == sorted(["today", "hold 1 min", "push +5 min"])


def test_the_front_of_a_trade_off_is_beaten_by_no_point(frame: pd.DataFrame) -> None:
    points = points_of(frame, "policy")
    front = front_of(points)
    for _, one in front.iterrows():
        beats = (points["late"] <= one["late"]) & (points["read"] < one["read"])
        assert not beats.any()
    assert front["late"].is_monotonic_increasing and front["read"].is_monotonic_decreasing


def made(values: list[str], seconds: list[float]) -> pd.DataFrame:
    """Make a table of lines over an axis."""
    rows = [
        {
            "cell": value,
            "hold": value,
            "hold_s": number,
            "policy": policy,
            "measure": "read",
            "value": 0.5 - 0.1 * k - at,
            "low": 0.1,
            "high": 0.9,
            "count": 1,
            "of": 2,
            "replications": 3,
        }
        for k, (value, number) in enumerate(zip(values, seconds, strict=True))
        for policy, at in (("today", 0.0), ("slow", 0.001))
    ]
    return pd.DataFrame(rows)


def test_durations_stand_at_their_size_and_are_labelled_as_they_are_written() -> None:
    axes = lines(made(["10 s", "1 min", "1 h"], [10.0, 60.0, 3600.0]), "hold").axes[0]
    assert list(axes.lines[0].get_xdata()) == [10.0, 60.0, 3600.0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["10 s", "1 min", "1 h"]
    assert axes.get_xscale() == "symlog"
    even = lines(made(["10 s", "20 s", "30 s"], [10.0, 20.0, 30.0]), "hold").axes[0]
    assert even.get_xscale() == "linear"
    words = lines(made(["10 s", "never"], [10.0, np.inf]), "hold").axes[0]
    assert list(words.lines[0].get_xdata()) == [0.0, 1.0]


def test_lines_are_named_at_their_ends_and_names_do_not_overlap() -> None:
    axes = lines(made(["10 s", "1 min"], [10.0, 60.0]), "hold").axes[0]
    assert axes.get_legend() is None
    places = {text.get_text(): text.xy[1] for text in axes.texts}
    low, high = axes.get_ylim()
    assert places["today"] - places["slow"] >= 0.05 * (high - low)
    assert named("linkedin/none", "regime") == "LinkedIn, direct messages: none"
    assert named("today", "policy") == "today"


def test_the_title_of_a_picture_says_where_least_is_read() -> None:
    figure = lines(made(["10 s", "1 min"], [10.0, 60.0]), "hold", title="A [title]")
    assert (
        figure.get_suptitle()
        == 'Least is read, 39.9 % (most 50.0 %), at hold = 1 min, under "slow"'
    )
    assert figure.axes[0].get_title(loc="left").startswith("A [title]: read despite the deletion")
