"""Stored results are used again only if they would be played the same: the version of the engines
says so. A store of an older version stays readable, and is said to be old.

The digest is no expectation of what is right. It tells whoever changes records, verdicts or sums to
raise `sim.engines.VERSION`, because results in stores all over the world would be wrong otherwise.
"""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sim.engines import VERSION
from sim.errors import OutputError
from sim.scenario import load
from sim.sweeping.planning.cells import inputs_of
from sim.sweeping.planning.plan import plan
from sim.sweeping.playing.tasks import Task, play, sums_of
from sim.sweeping.store.folder import open_store
from sim.sweeping.store.merging import merge
from sim.sweeping.store.querying import query
from sim.sweeping.store.requests import kept
from sim.sweeping.sweeping import carry_out

from .making import FILES, SERIAL, SMALL, contents, heard, swept

KNOWN = {
    4: "7208453f5f41826f",
    5: "fb00aacc82c55444",
    6: "b08c230fc6ea865d",
    7: "601ff635fbe4b489",
    8: "601ff635fbe4b489",
}
"""The digest of the sums below, by version."""


def digest() -> str:
    """Add up some replications of scenarios with a little of everything and give the digest of
    names and numbers."""
    found = hashlib.sha256()
    patches = {"email.anchor": ["first", "flush"], "push.fetch": [False, True]}
    for case in plan(load(FILES / "rich.toml"), patches).cases.values():
        sums = sums_of([play(Task(case, 0, 2, "simpy"))])
        found.update(repr((sums.names, sums.policies, sums.values.tolist())).encode())
        assert sums.regrets is not None
        found.update(repr((sums.regrets.rows.tolist(), sums.regrets.known.tolist())).encode())
    return found.hexdigest()[:16]


def test_sums_that_changed_come_with_a_new_version_of_the_engines() -> None:
    told = (
        "records, verdicts or sums have changed: raise sim.engines.VERSION and note the digest here"
    )
    assert digest() == KNOWN.get(VERSION), told


def test_another_version_is_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    base = load(FILES / "rich.toml")
    before = inputs_of(base.raw, {"today": {}}, base.folder).address
    monkeypatch.setattr("sim.sweeping.planning.cells.VERSION", VERSION + 1)
    assert inputs_of(base.raw, {"today": {}}, base.folder).address != before


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Make a store as an older version left it: its own addresses, measures of other names, a
    table with fewer rows, and results that do not name their sums."""
    folder = tmp_path / "old"
    with pytest.MonkeyPatch.context() as patch:
        for module in ("planning.cells", "store.requests"):
            patch.setattr(f"sim.sweeping.{module}.VERSION", VERSION - 1)
        swept(folder)
    (home,) = (folder / "sweeps").iterdir()
    manifest = json.loads((home / "plan.json").read_text())
    manifest["rule"]["measures"] = ["a measure of old"]
    (home / "plan.json").write_text(json.dumps(manifest))
    table = pq.read_table(home / "table.parquet")
    pq.write_table(table.slice(0, len(table) - 3), home / "table.parquet")
    store = open_store(folder)
    for key, name in store.stored().items():
        out = io.BytesIO()
        task = pq.read_table(io.BytesIO(store.get(name)))
        pq.write_table(task.replace_schema_metadata(None), out)
        store.remove(name)
        store.put(key, out.getvalue())
    return folder


def test_a_sweep_into_an_old_store_says_so_and_plays_everything_anew(
    old: Path, tmp_path: Path
) -> None:
    before = contents(old)
    said, say = heard()
    done = carry_out(plan(SMALL), open_store(old), SERIAL, say=say)
    (line,) = said
    assert f"was played by version {VERSION - 1} of the engines" in line
    assert line.endswith("give the sweep's command again to play it anew.")
    assert done.played == 12 and done.frame.equals(swept(tmp_path / "new").frame)
    assert {name: contents(old)[name] for name in before} == before
    said.clear()
    assert carry_out(plan(SMALL), open_store(old), SERIAL, say=say).played == 0
    assert not said, "it is said once"


def test_a_merge_leaves_an_old_sweep_out_and_says_so(old: Path, tmp_path: Path) -> None:
    said, say = heard()
    swept(tmp_path / "new")
    merged = merge(open_store(tmp_path / "new"), [open_store(old)], say)
    assert list(merged.sweeps.values()) == [(12, 12)]
    (line,) = said
    assert line.startswith(str(old)) and f"version {VERSION - 1} of the engines" in line


def test_tables_made_again_in_an_old_store_leave_the_old_one_as_it_is(old: Path) -> None:
    said, say = heard()
    before = contents(old)
    assert not merge(open_store(old), [], say).sweeps and contents(old) == before
    assert len(said) == 1


def test_the_table_of_an_old_sweep_can_still_be_queried(old: Path) -> None:
    pytest.importorskip("duckdb")
    found = query(open_store(old), "SELECT count(*) AS many FROM results")
    (home,) = (old / "sweeps").iterdir()
    assert found["many"].tolist() == [pq.read_metadata(home / "table.parquet").num_rows]


def test_what_an_old_sweep_asked_for_is_refused_with_the_next_step(old: Path) -> None:
    store = open_store(old)
    with pytest.raises(OutputError, match="another version of the engines; give the sweep's"):
        kept(store, store.sweeps()[0])
