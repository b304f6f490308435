"""What a file says is drawn as it stands, and never read as mathematics or markup."""

from __future__ import annotations

import pytest

import sim

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications

TITLE = r"Costs $5, and $\frac{ is no formula, [red]nor red[/red]"


@pytest.mark.parametrize("title", [TITLE, "$^$"])
def test_a_title_with_dollars_is_drawn_as_it_stands(title: str) -> None:
    scenario = sim.load("scenarios/linkedin_dm.toml").patched({"run.replications": 2})
    named = scenario.model_copy(update={"title": title})
    named._raw, named._file, named._folder = scenario.raw, scenario.file, scenario.folder
    assert sim.draw(sim.run(named))._repr_png_()
