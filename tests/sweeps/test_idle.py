"""An axis that changes nothing is named, and so is a policy that an axis does not reach."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.scenario import Scenario
from sim.sweeping.results.idle import idle

from .making import TINY

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications


def table(axes: dict[str, Sequence[Any]]) -> pd.DataFrame:
    return sim.sweep(TINY, axes, replications=2, workers=1)


def test_a_dead_axis_is_named_and_a_live_one_beside_it_is_not() -> None:
    frame = table({"mistakes.chance": [0.2, 0.7], "credits.per_inmail": [1.0, 2.0]})
    (line,) = idle(frame)
    assert line.startswith("credits.per_inmail changes nothing in what was played: its 2 values")


def test_a_policy_that_keeps_its_own_value_is_named() -> None:
    frame = table({"send.hold": ["0 s", "10 min"]})
    lines = list(idle(frame))
    assert lines == [
        'send.hold changes nothing under "hold 1 min": a policy that sets it keeps its own value'
    ]
    alone = frame[frame["policy"] != "hold 1 min"]
    assert list(idle(alone)) == []


def test_of_an_empty_table_and_of_a_single_cell_nothing_is_said() -> None:
    frame = table({"send.hold": ["0 s"]})
    assert list(idle(frame)) == list(idle(frame.head(0))) == []


def test_an_axis_that_delays_the_baseline_as_well_is_said_to_have_no_price() -> None:
    def warned(path: str, base: Path | Scenario = TINY) -> list[str]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            sim.sweep(base, {path: ["0 s", "10 min"]}, replications=1, workers=1)
        return [str(one.message) for one in caught if "is in no price" in str(one.message)]

    (line,) = warned("push.delay")
    assert line.endswith("vary policies.NAME.push.delay of a policy")
    assert warned('policies."hold 1 min".push.delay') == []
    assert warned("push.expiry") == []
    assert len(warned("policies.today.push.delay")) == 1, "the baseline's own delay varies"
    own = sim.load(TINY).with_policy("today", {"push.delay": "5 s"})
    assert warned("push.delay", own) == [], "it keeps a delay of its own"
    assert len(warned("send.hold", own)) == 1


@pytest.fixture
def warned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """Give a function that sweeps an axis by the command and returns the warnings."""
    from sim.cli.sweeping import sweep_command

    (tmp_path / "tiny.toml").write_text(TINY.read_text(encoding="utf-8"), encoding="utf-8")

    def of(axis: str) -> str:
        file = tmp_path / "sweep.toml"
        head = 'schema = 1\nbase = "tiny.toml"\nreplications = 2\n[[axis]]\n'
        file.write_text(head + axis, encoding="utf-8")
        sweep_command(str(file), tmp_path / "store", None, 1, True, None, None, False)
        return capsys.readouterr().err

    return of


def test_the_command_warns_of_a_dead_axis(warned: Callable[[str], str]) -> None:
    said = warned('name = "credits"\npath = "credits.per_inmail"\nvalues = [1.0, 2.0]\n')
    assert "Warning: credits changes nothing in what was played" in said


def test_the_command_names_the_policy_that_an_axis_for_all_policies_does_not_reach(
    warned: Callable[[str], str],
) -> None:
    said = warned('path = "send.hold"\nvalues = ["0 s", "10 min"]\n')
    assert 'send.hold changes nothing under "hold 1 min"' in said


@pytest.mark.parametrize(
    "axis",
    [
        'path = \'policies."hold 1 min".send.hold\'\nvalues = ["2 min", "10 min"]\n',
        'name = "hold"\npatches = { as_it_is = {}, '
        'longer = { policies."hold 1 min".send.hold = "10 min" } }\n',
    ],
    ids=["in every cell", "in one cell"],
)
def test_an_axis_of_one_policy_is_not_said_to_miss_the_others(
    axis: str, warned: Callable[[str], str]
) -> None:
    assert warned(axis) == ""
