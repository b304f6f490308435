"""An axis that changes nothing is named, and so is a policy that an axis does not reach."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.sweeping.results.idle import idle

from .making import TINY


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


def test_the_command_warns_of_a_dead_axis(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim.cli.sweeping import sweep_command

    file = tmp_path / "sweep.toml"
    base = Path(TINY).resolve()
    (tmp_path / "tiny.toml").write_text(base.read_text(encoding="utf-8"), encoding="utf-8")
    file.write_text(
        'schema = 1\nbase = "tiny.toml"\nreplications = 1\n[[axis]]\nname = "credits"\n'
        'path = "credits.per_inmail"\nvalues = [1.0, 2.0]\n',
        encoding="utf-8",
    )
    sweep_command(str(file), tmp_path / "store", None, 1, True, None, None, False)
    assert "Warning: credits changes nothing in what was played" in capsys.readouterr().err
