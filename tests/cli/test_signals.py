"""A signal while a module is imported ends the command after it, whatever the module does about
exceptions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
PACKAGE = Path(__file__).parents[2]
SWALLOWS = """
import time
from pathlib import Path
Path("began").touch()
try:
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        time.sleep(0.01)
except BaseException:
    pass
Path("imported").touch()
"""
AFTER = "from sim.cli import signals\n{install}\nimport swallows\nimport time\nfor _ in range(1000): time.sleep(0.01)"


def ended(folder: Path, how: int, times: int = 1, install: str = "signals.install()") -> int | None:
    """Send a signal to a program that imports a module that swallows exceptions; give its status, or
    None if it goes on.
    """
    (folder / "swallows.py").write_text(SWALLOWS)
    home = os.environ | {"PYTHONPATH": f"{PACKAGE}{os.pathsep}{folder}"}
    code = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n{AFTER.format(install=install)}"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, env=home, stderr=subprocess.DEVNULL
    )
    while not (folder / "began").exists():
        assert process.poll() is None, "the program ended before the import began"
        time.sleep(0.01)
    for _ in range(times):
        process.send_signal(how)
        time.sleep(0.2)
    try:
        return process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


@pytest.mark.parametrize(
    ("how", "status"), [("SIGINT", -signal.SIGINT), ("SIGTERM", 143), ("SIGHUP", 129)]
)
def test_a_signal_waits_for_an_import_and_is_not_swallowed_by_it(
    tmp_path: Path, how: str, status: int
) -> None:
    assert ended(tmp_path, getattr(signal, how)) == status
    assert (tmp_path / "imported").exists()


def test_a_second_one_ends_the_process_at_once(tmp_path: Path) -> None:
    assert ended(tmp_path, signal.SIGINT, times=2) == 130
    assert not (tmp_path / "imported").exists()


def test_pythons_own_handler_would_be_swallowed(tmp_path: Path) -> None:
    """The wrong model: the program goes on as if nobody had interrupted it."""
    assert ended(tmp_path, signal.SIGINT, install="") is None
