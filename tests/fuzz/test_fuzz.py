"""Whatever a stranger's file holds, it is read or refused: in lines of printable text, quoting no
file of another kind, and soon.

`make fuzz` tries many more; an input that failed goes into `corpus`, and is tried for ever.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from sim.errors import ToolateError
from sim.sizing import refuse_large
from sim.sweeping.planning.plan import plan
from sim.world import draw_world

from .strategies import CORPUS, SECRET, as_toml, csv_files, parquet_files, scenarios

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""How many new inputs `make fuzz` tries; without it the suite tries the same hundred every time."""
SOON = 20.0
"""Seconds that one file may take before anything is played."""
TRACE = """
schema = 1
traffic = {{ kind = "trace", file = "{}" }}
segments = [{{ name = "x" }}]
"""
SWEEP = """
schema = 1
traffic = { kind = "campaign", messages = 4 }
segments = [{ name = "x" }]
"""
tried = settings(
    max_examples=EXAMPLES or 100,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home, outside = tmp_path / "home", tmp_path / "outside"
    home.mkdir()
    outside.mkdir()
    (outside / "secret.csv").write_text(f"{SECRET}\n{SECRET}\n")
    (home / "linked.csv").symlink_to(outside / "secret.csv")
    (home / "trace.csv").write_text("sent_at,sender,recipient\n1,a,b\n")
    (home / "base.toml").write_text(SWEEP)
    os.mkfifo(home / "pipe")
    return home


def read(file: Path) -> None:
    """Read a scenario or a sweep as a command does, up to where it would be played."""
    began = time.monotonic()
    try:
        if file.name.startswith("sweep"):
            plan(file)
        else:
            scenario = sim.load(file)
            if scenario.traffic.kind == "trace":
                draw_world(scenario, 0)
            else:
                refuse_large([scenario], 1.0, 1)
    except ToolateError as refused:
        lines = str(refused).splitlines()
        assert 1 <= len(lines) <= 51
        assert all(line.isprintable() and len(line) < 2000 for line in lines)
        assert SECRET not in str(refused)
    assert time.monotonic() - began < SOON


@tried
@given(tables=scenarios)
def test_a_scenario_is_read_or_refused(home: Path, tables: object) -> None:
    (home / "it.toml").write_bytes(as_toml(tables).encode("utf-8", "surrogatepass"))
    read(home / "it.toml")


VARIED = st.sampled_from(
    ["send.hold", "push.latency", "traffic", "platform", "segments.x.push", "no"]
)


@tried
@given(path=VARIED, values=st.lists(scenarios, max_size=3), patch=scenarios)
def test_a_sweep_is_read_or_refused(
    home: Path, path: str, values: list[object], patch: object
) -> None:
    axis = {"path": path, "values": values}
    tables = {"schema": 1, "base": "base.toml", "axis": [axis], "policies": {"odd": patch}}
    (home / "sweep.toml").write_bytes(as_toml(tables).encode("utf-8", "surrogatepass"))
    read(home / "sweep.toml")


@tried
@given(data=csv_files)
def test_a_csv_trace_is_read_or_refused(home: Path, data: bytes) -> None:
    (home / "trace.csv").write_bytes(data)
    (home / "it.toml").write_text(TRACE.format("trace.csv"))
    read(home / "it.toml")


@tried
@given(data=parquet_files)
def test_a_parquet_trace_is_read_or_refused(home: Path, data: bytes) -> None:
    (home / "trace.parquet").write_bytes(data)
    (home / "it.toml").write_text(TRACE.format("trace.parquet"))
    read(home / "it.toml")


DRAWN = """
import hashlib
from hypothesis import given, settings
from tests.fuzz.strategies import csv_files, parquet_files, scenarios
found = hashlib.sha256()
for made in (scenarios, csv_files, parquet_files):
    @settings(max_examples=40, derandomize=True, database=None, deadline=None)
    @given(made)
    def keep(one):
        found.update(repr(one).encode("utf-8", "surrogatepass"))
    keep()
print(found.hexdigest())
"""


def test_the_inputs_of_the_suite_are_the_same_in_every_process() -> None:
    root = Path(sim.__file__).parents[1]
    said = [
        subprocess.run(
            [sys.executable, "-c", DRAWN],
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]


@pytest.mark.parametrize("file", sorted(CORPUS.iterdir()), ids=lambda file: file.name)
def test_what_failed_once_is_read_or_refused(home: Path, file: Path) -> None:
    name = "trace" + file.suffix if file.suffix in (".csv", ".parquet") else file.name
    (home / name).write_bytes(file.read_bytes())
    if name != file.name:
        (home / "it.toml").write_text(TRACE.format(name))
        name = "it.toml"
    read(home / name)
