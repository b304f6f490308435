"""A process that has loaded everything, and forks a child for each sweep that is to be killed.

Reads a line per child: a folder, and the number of the disk operation at which the child kills
itself (0: never). Prints the child's id at once; after a further line it waits for the child's end
and prints "gone" with its exit status. Until then the id is the child's, even if it has ended."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from sim.sweeping.planning.plan import plan
from sim.sweeping.playing.execution import Execution
from sim.sweeping.playing.tasks import Task, play
from sim.sweeping.store.folder import open_store
from sim.sweeping.sweeping import carry_out

MANY = Path(__file__).parent / "files" / "many.toml"


def kill_at(number: int) -> None:
    """Make the process kill itself before its n-th flush, rename or removal of a file."""
    left = [number]

    def counted(name: str, module: object) -> None:
        real = getattr(module, name)

        def wrapped(*args: object, **kwargs: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        setattr(module, name, wrapped)

    for name in ("fsync", "replace", "rename", "mkdir"):
        counted(name, os)
    for name in ("replace", "open"):
        counted(name, Path)


def main() -> None:
    """Answer one line after another."""
    planned = plan(MANY)
    play(Task(planned.cells[0].case, 0, 1, "simpy"))
    while line := sys.stdin.readline():
        folder, _, number = line.strip().rpartition(" ")
        child = os.fork()
        if child == 0:
            if int(number):
                kill_at(int(number))
            carry_out(planned, open_store(folder), Execution(workers=1), say=lambda message: None)
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        sys.stdin.readline()
        sys.stdout.write(f"gone {os.waitpid(child, 0)[1]}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
