"""Public bug reports, each restated as a scenario: what the report says happens is what happens here.

A claim is the report's, not the model's; where a mechanism is left out on purpose, the claim says what is
shown instead and decision 0015 says why.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import sim

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications

HERE = Path(__file__).parent
REPORTS = sorted(path.name for path in HERE.glob("f*.toml"))


@pytest.mark.parametrize("name", REPORTS)
def test_what_a_report_says_happens(name: str) -> None:
    checked = sim.check(HERE / name)
    assert len(checked)
    assert not checked[checked["verdict"] != "holds"][["claim", "found"]].to_dict("records")
