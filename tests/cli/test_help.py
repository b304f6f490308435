"""Help is fast: it loads nothing that is slow to load."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sim

from .conftest import Toolate

SLOW = ("numba", "pandas", "scipy", "matplotlib", "simpy", "pyarrow", "numpy")


def test_help_loads_neither_numba_nor_pandas_nor_scipy_nor_matplotlib() -> None:
    program = f"""
import sys, sim.cli
sys.argv = ["toolate", "run", "--help"]
try:
    sim.cli.main()
finally:
    sys.stderr.write(",".join(name for name in {SLOW!r} if name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "--replications" in done.stdout


@pytest.mark.parametrize(
    "arguments", [(), ("--help",), ("run", "--help"), ("explain", "--help"), ("schema", "--help")]
)
def test_help_goes_to_stdout_with_status_0(arguments: tuple[str, ...], toolate: Toolate) -> None:
    said = toolate(*arguments)
    assert (said.status, said.err) == (0, "")
    assert "Usage: toolate" in said.out


def test_version_is_that_of_the_package(toolate: Toolate) -> None:
    assert toolate("--version").out == f"toolate {sim.__version__}\n"
