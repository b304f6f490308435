"""Playing only the recipients who matter changes no count over regretted messages, in any scenario of
the library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.playing import Setting, expected_messages, play_block, price_share_of
from sim.tallies import PRICED_ONLY, WITH_MOVES

LIBRARY = Path(__file__).parents[2] / "scenarios"
FILES = sorted([*LIBRARY.glob("*.toml"), *(LIBRARY / "platforms").glob("*.toml")])


def played(file: Path, share: float) -> dict[str, np.ndarray]:
    scenario = sim.load(file)
    worlds = tuple(scenario.under(name) for name in scenario.policy_names())
    setting = Setting(worlds, scenario.policy_names(), "compiled", share, WITH_MOVES)
    few = range(2 if expected_messages(scenario) > 5_000 else 12)
    sums, _ = play_block(setting, few)
    return dict(zip(setting.columns, np.moveaxis(sums.values, 2, 0), strict=True))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_count_over_regretted_messages_is_as_if_everybody_were_played(file: Path) -> None:
    everybody, some = played(file, 1.0), played(file, 0.03)
    for name, counts in everybody.items():
        if not name.startswith(PRICED_ONLY):
            np.testing.assert_array_equal(some[name], counts, name)


def test_prices_rest_on_some_of_the_messages_and_focus_is_used_at_all() -> None:
    file = LIBRARY / "linkedin_dm.toml"
    everybody, some = played(file, 1.0), played(file, 0.05)
    assert 0 < some["others"].sum() < 0.1 * everybody["others"].sum()
    assert price_share_of([sim.load(file)]) < 0.1
