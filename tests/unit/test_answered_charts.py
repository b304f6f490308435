"""Charts of answers: what they draw is what was found, and their titles say the finding."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.answers.unknowns import Unknowns
from sim.charts import answered
from sim.charts.style import Chart
from sim.clock import HOUR
from sim.interface import Answers

FEW = 40


@pytest.fixture(scope="module")
def found() -> Answers:
    questions = ("deadline", "hold", "lost", "frontier", "best")
    return sim.answer("linkedin_dm", questions=questions, replications=FEW)


def title_of(chart: Chart) -> str:
    (axes,) = chart.axes
    titles = [chart.get_suptitle(), *(axes.get_title(loc) for loc in ("left", "center", "right"))]
    return " ".join(text for text in titles if text)


def test_every_chart_is_titled_with_its_finding(found: Answers) -> None:
    titles = {name: title_of(chart) for name, chart in found.charts().items()}
    assert found.exposure and found.incidence and found.lost and found.frontier and found.best
    hour = 100 * found.exposure.at(HOUR).value
    assert f"{hour:.0f} % are read within 1 h" in titles["exposure"]
    behind = 100 * found.incidence.ghosts.value
    assert f"{behind:.0f} % of those are read all the same" in titles["incidence"]
    enough = [one.lever for one in found.holds if one.crossing.value is not None]
    assert f"10 % with: {', '.join(enough)}" in titles["hold"]
    lost = 100 * found.lost.read.value
    assert f"{lost:.0f} % are read despite the deletion" in titles["lost"]
    assert f"prevent {-100 * found.lost.together.value:.0f} points" in titles["levers"]
    best = found.frontier.best
    assert best is not None
    assert f"{100 * best['read']:.0f} % instead of" in titles["frontier"]
    assert found.best.leader in titles["best"]
    assert all(found.scenario.title in one for one in titles.values())


def test_curves_of_holds_and_of_exposure_are_those_of_the_tables(found: Answers) -> None:
    (axes,) = answered.draw_holds(found.holds).axes
    for line, one in zip(axes.lines, found.holds, strict=False):
        assert line.get_label() == one.lever
        assert line.get_xdata() == pytest.approx(one.table()["duration_s"])
        assert line.get_ydata() == pytest.approx(100 * one.table()["read"])
    assert found.exposure is not None
    (axes,) = answered.draw_exposure(found.exposure).axes
    table = found.exposure.table()
    for line, where in zip(axes.lines, answered.LINES, strict=True):
        mine = table[table["where"] == where]
        assert line.get_ydata() == pytest.approx(100 * mine["value"])


def test_bars_of_the_waterfall_end_where_the_next_begins(found: Answers) -> None:
    assert found.lost is not None
    (axes,) = answered.draw_lost(found.lost).axes
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    assert ends[0][0] == 0 and ends[-1][1] == pytest.approx(100)
    mine = found.lost.shares.value[np.array(list(found.lost.counts.values())) > 0]
    assert [right - left for left, right in ends] == pytest.approx(100 * mine)
    assert [left for left, _ in ends[1:]] == pytest.approx([right for _, right in ends[:-1]])


def test_a_line_to_a_label_of_the_frontier_crosses_no_other(found: Answers) -> None:
    """The further right a point is, the higher stands its label."""
    assert found.frontier is not None
    (axes,) = answered.draw_frontier(found.frontier).axes
    below = [one for one in axes.texts if one.xyann[1] < -3]
    assert len(below) == 2
    by_delay = sorted(below, key=lambda one: one.xy[0])
    heights = [one.xyann[1] for one in by_delay]
    assert heights == sorted(heights)


def test_the_chart_of_unknowns_draws_ranges_means_and_forms() -> None:
    policies = pd.DataFrame(
        {
            "policy": ["today", "hold"],
            "low": [0.2, 0.1],
            "high": [0.7, 0.5],
            "mean": [0.4, 0.3],
            "best_at": [0.2, 0.8],
            "regret": [0.3, 0.05],
            "cost": np.nan,
            "cost_regret": np.nan,
        }
    )
    forms = [("as it is", "today", 0.42), ("as it is", "hold", 0.31), ("other", "today", 0.45)]
    structure = pd.DataFrame([*forms, ("other", "hold", 0.28)], columns=["form", "policy", "read"])
    nothing = float("nan")
    found = Unknowns(
        policies, 8, pd.DataFrame(), {}, nothing, nothing, nothing, nothing, structure, ()
    )
    chart = answered.draw_unknowns(found, "A scenario")
    (axes,) = chart.axes
    ranges = np.array(axes.collections[0].get_segments())
    assert ranges[:, :, 0] == pytest.approx(np.array([[20, 70], [10, 50]]))
    means, *diamonds = axes.lines
    assert means.get_xdata() == pytest.approx([40, 30])
    assert np.array([one.get_xdata() for one in diamonds]) == pytest.approx(
        np.array([[42, 45], [31, 28]])
    )
    assert [one.get_text() for one in axes.get_yticklabels()] == ["today", "hold"]
    assert "Least regret: hold; read least on average: hold" in title_of(chart)
