"""A sweep killed at any moment and started again ends with the bytes of one that nobody
disturbed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from .making import contents, results

ROOT = Path(__file__).parents[2]
KILLS = 24
WHOLE = 43
"""Files of the undisturbed sweep: forty tasks, the plan's two, and store.json; the table is the
last."""


class Victim:
    """The process that forks sweeps to be killed."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.sweeps.victim"],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the victim's parent died"
        return line

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def play(
        self, folder: Path, at: int = 0, kill: Callable[[int], None] = lambda child: None
    ) -> bool:
        """Sweep into a folder; tell whether the sweep was killed before it was done."""
        self.say(f"{folder} {at}")
        kill(int(self.line()))
        self.say("wait")
        status = int(self.line().split()[1])
        assert status in (0, signal.SIGKILL)
        return status != 0


@pytest.fixture(scope="module")
def victim() -> Iterator[Victim]:
    one = Victim()
    yield one
    assert one.process.stdin is not None and one.process.stdout is not None
    one.process.stdin.close()
    one.process.wait()
    one.process.stdout.close()


@pytest.fixture(scope="module")
def undisturbed(
    victim: Victim, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, bytes], float]:
    """Give the bytes of an undisturbed sweep, and how long it took."""
    folder = tmp_path_factory.mktemp("undisturbed") / "store"
    assert not victim.play(folder.with_name("first"))  # everything is loaded now
    began = time.monotonic()
    assert not victim.play(folder)
    took = time.monotonic() - began
    assert len(contents(folder)) == WHOLE + 1
    return contents(folder), took


def test_a_sweep_killed_at_random_moments_ends_with_the_same_bytes(
    victim: Victim, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    whole, took = undisturbed
    chance, kills, amid, stores = Random(20261121), 0, 0, 0
    while kills < KILLS:
        stores += 1
        folder = tmp_path / f"store{stores}"
        for _ in range(8):

            def kill(child: int) -> None:
                time.sleep(chance.uniform(0, 0.5 * took))
                os.kill(child, signal.SIGKILL)

            if not victim.play(folder, kill=kill):
                break
            kills += 1
            amid += 0 < len(results(folder)) < 40
        victim.play(folder)
        assert contents(folder) == whole
    assert amid >= 5, "the kills came too early or too late to mean anything"


@pytest.mark.parametrize("at", [*range(1, 13), 15, 16, 17, 18, 101])
def test_a_sweep_killed_at_any_step_of_writing_ends_with_the_same_bytes(
    at: int, victim: Victim, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    folder = tmp_path / "store"
    assert victim.play(folder, at)
    assert contents(folder) != undisturbed[0]
    assert not victim.play(folder)
    assert contents(folder) == undisturbed[0]


def test_a_kill_leaves_half_made_files_that_the_next_start_removes(
    victim: Victim, tmp_path: Path
) -> None:
    # The negative control: without the temporary name, what is half-made would be a result.
    folder = tmp_path / "store"
    left = 0
    for at in range(1, 40):
        assert victim.play(folder, at)
        left += bool(list(folder.rglob(".making-*")))
    assert left >= 5
    assert not victim.play(folder)
    assert not list(folder.rglob(".making-*"))


def test_a_command_with_worker_processes_killed_whole_ends_with_the_same_bytes(
    undisturbed: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    folder = tmp_path / "store"
    code = "import sys; from sim.cli import main; sys.argv = ['toolate', *sys.argv[1:]]; main()"
    file = ROOT / "tests" / "sweeps" / "files" / "many.toml"
    command = [sys.executable, "-c", code, "sweep", str(file), "--store", str(folder)]
    first = subprocess.Popen(
        [*command, "--workers", "2"],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(results(folder)) < 3 and first.poll() is None:
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert len(results(folder)) >= 3
    subprocess.run([*command, "--workers", "1"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    assert contents(folder) == undisturbed[0]
