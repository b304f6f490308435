"""A heat map and lines show the numbers of the table, in the order of the sweep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.image import AxesImage

from sim.charts.sweeps import draw_sweep, heat_map, lines, save_sweep
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
        "heat_map_change",
    ]
    assert list(draw_sweep(frame, ["chance"])) == ["lines"]
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
