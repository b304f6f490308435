"""The shipped sweep's table can be made again, and its cells are the holds and regimes it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from sim.sweeping.planning.checking import check
from sim.sweeping.planning.plan import plan
from sim.sweeping.playing.tasks import blocks, play, sums_of
from sim.sweeping.results.rows import ROWS, rows_of
from sim.tallies import HEADLINE

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "results" / "sweeps"
FOLDER = PUBLISHED / "hold_by_regime"


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    words = pd.read_csv(
        FOLDER / "table.csv", dtype=str
    )  # and numbers to the last digit, which pandas may round
    numbers = ["hold_s", "value", "low", "high", "count", "of", "replications"]
    return words.assign(**{name: words[name].map(float) for name in numbers})


def test_the_published_table_has_every_cell_of_the_sweep(
    table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    planned = plan("scenarios/sweeps/hold_by_regime.toml")
    assert table["sweep"].unique().tolist() == [planned.identity], (
        "the sweep or a scenario below it has changed: give its command again"
    )
    assert table["cell"].unique().tolist() == list(planned.cases)
    assert len(table) == len(planned.cells) * 2 * len(ROWS)


@pytest.mark.parametrize("k", [0, -1])
def test_a_cell_of_the_published_table_is_made_again_to_the_last_digit(
    k: int, table: pd.DataFrame
) -> None:
    planned = plan(ROOT / "scenarios" / "sweeps" / "hold_by_regime.toml")
    case = planned.cells[k].case
    rows = rows_of(sums_of([play(task) for task in blocks(case, planned.rule.at_most)]))
    mine = table[table["cell"] == case.address]
    for p, policy in enumerate(planned.policies):
        found = mine[mine["policy"] == policy].set_index("measure")
        for name in ("value", "low", "high", "count", "of"):
            again = pd.Series(getattr(rows, name)[p], index=ROWS, dtype="float64")
            pd.testing.assert_series_equal(
                found[name].astype("float64"),
                again,
                check_names=False,
                check_exact=True,
                check_index_type=False,
            )


def test_every_published_sweep_names_its_command_in_the_readme() -> None:
    page = (PUBLISHED.parent / "README.md").read_text(encoding="utf-8")
    for folder in sorted(PUBLISHED.iterdir()):
        assert json.loads((folder / "run.json").read_text())["command"] in page


def test_the_example_of_the_page_is_a_sweep_of_as_many_cells_as_it_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert example is not None
    (tmp_path / "sweeps").mkdir()
    (tmp_path / "linkedin_dm.toml").write_text(
        (ROOT / "scenarios" / "linkedin_dm.toml").read_text()
    )
    (tmp_path / "sweeps" / "example.toml").write_text(example[1])
    planned = plan(tmp_path / "sweeps" / "example.toml")
    check(planned)
    assert len(planned.cells) == 64 and len(planned.unknowns) > 10


def test_a_longer_hold_never_loses_more_in_any_regime(table: pd.DataFrame) -> None:
    rows = table[(table["measure"] == HEADLINE) & (table["policy"] == "hold")]
    for _, regime in rows.groupby("regime"):
        assert regime.sort_values("hold_s")["count"].is_monotonic_decreasing
