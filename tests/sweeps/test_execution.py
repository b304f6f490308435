"""However a sweep is spread, it leaves the same bytes; a worker that dies takes nothing with it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sim.errors import FaultyInputError
from sim.scenario import load
from sim.sweeping.planning.plan import SweepPlan, plan
from sim.sweeping.playing.execution import Execution
from sim.sweeping.playing.pools import execute
from sim.sweeping.store.folder import open_store
from sim.sweeping.store.merging import merge
from sim.sweeping.store.tables import SweepState
from sim.sweeping.sweeping import Shard, missing

from .making import (
    SERIAL,
    SMALL,
    TINY,
    contents,
    dies_always,
    dies_once,
    heard,
    quiet,
    results,
    swept,
)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the store of a sweep played in one process, one task after another."""
    folder = tmp_path_factory.mktemp("alone") / "store"
    swept(folder)
    return folder


@pytest.mark.parametrize(
    "how", [Execution(workers=2), Execution("threads", 2)], ids=["processes", "threads"]
)
def test_processes_and_threads_leave_the_bytes_of_one_process(
    how: Execution, alone: Path, tmp_path: Path
) -> None:
    swept(tmp_path / "store", how=how)
    assert contents(tmp_path / "store") == contents(alone)


def test_three_shards_merged_in_any_order_are_the_whole(alone: Path, tmp_path: Path) -> None:
    shards = [tmp_path / f"shard{k}" for k in (1, 2, 3)]
    sizes = []
    for k, folder in enumerate(shards, 1):
        assert not swept(folder, shard=Shard(k, 3)).unsure
        sizes.append(len(results(folder)))
    assert sum(sizes) == len(results(alone)) and all(sizes)
    for order in ((0, 1, 2), (2, 0, 1)):
        into = tmp_path / "".join(map(str, order))
        merged = merge(open_store(into), [open_store(shards[k]) for k in order], quiet)
        assert contents(into) == contents(alone)
        assert merged.taken == sum(sizes) and list(merged.sweeps.values()) == [(12, 12)]


def test_shards_into_one_folder_are_the_whole_too(alone: Path, tmp_path: Path) -> None:
    for k in (3, 1, 2):
        swept(tmp_path / "store", shard=Shard(k, 3))
    assert contents(tmp_path / "store") == contents(alone)


def test_a_sweep_that_is_there_is_not_played_again(alone: Path, tmp_path: Path) -> None:
    assert swept(tmp_path / "store").played == 12
    before = {path: path.stat().st_mtime_ns for path in results(tmp_path / "store")}
    assert swept(tmp_path / "store").played == 0
    assert {path: path.stat().st_mtime_ns for path in results(tmp_path / "store")} == before


def test_more_replications_play_only_the_rest(tmp_path: Path) -> None:
    def one(replications: int) -> SweepPlan:
        return plan(
            load(TINY), {"send.hold": ["0 s"]}, replications=replications, policies=["today"]
        )

    block = one(1).cells[0].case.block
    assert swept(tmp_path / "store", one(block)).played == 1
    before = set(results(tmp_path / "store"))
    assert swept(tmp_path / "store", one(block + 3)).played == 1
    swept(tmp_path / "at once", one(block + 3))
    again = {path.name for path in results(tmp_path / "at once")}
    assert (
        again
        == {path.name for path in results(tmp_path / "store")}
        > {path.name for path in before}
    )


def tasks_of(folder: Path) -> list:
    planned = plan(SMALL)
    wanted = SweepState(wanted=dict.fromkeys(planned.cases, planned.rule.at_most))
    return missing(planned, open_store(folder), wanted, Shard())


def test_a_worker_process_that_dies_in_mid_task_is_said_and_its_task_played_again(
    alone: Path, tmp_path: Path
) -> None:
    said, say = heard()
    store = open_store(tmp_path / "store")
    done = set(execute(tasks_of(store.folder), store, Execution(workers=2), say, dies_once))
    assert len(done) == 12
    assert [line for line in said if "worker process died" in line]
    assert {p.name: p.read_bytes() for p in results(store.folder)} == {
        p.name: p.read_bytes() for p in results(alone)
    }


def test_workers_that_die_again_and_again_end_the_sweep_with_one_line(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    with pytest.raises(FaultyInputError, match=r"died 3 times in a row.*; use fewer --workers"):
        list(execute(tasks_of(store.folder), store, Execution(workers=2), quiet, dies_always))


DASK = """
import os, signal, sys
from pathlib import Path
from distributed import Client, LocalCluster
from sim.sweeping.playing.execution import Execution
from sim.sweeping.playing.pools import execute
from sim.sweeping.store.folder import open_store
from tests.sweeps.making import quiet, swept
from tests.sweeps.test_execution import tasks_of

def main(folder, what):
    if what == "local":
        swept(folder, how=Execution("dask", 2, "local"))
        return
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster, Client(cluster) as client:
        workers = list(client.run(os.getpid).values())
        store, killed = open_store(folder), False
        for _ in execute(tasks_of(folder), store, Execution("dask", dask=cluster.scheduler_address), quiet):
            if not killed:
                os.kill(workers[0], signal.SIGKILL)
                killed = True
        after = list(client.run(os.getpid).values())
        assert killed and workers[0] not in after, (workers, after)
    swept(folder)

if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
"""


@pytest.mark.parametrize("what", ["local", "a worker is killed"])
def test_dask_leaves_the_bytes_of_one_process(what: str, alone: Path, tmp_path: Path) -> None:
    script = tmp_path / "on_dask.py"
    script.write_text(DASK)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "store"), what],
        cwd=root,
        check=False,
        timeout=300,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert contents(tmp_path / "store") == contents(alone)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\nno scheduler"])
def test_a_port_that_is_no_schedulers_is_one_line_in_time(
    answer: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.sweeping.playing.on_dask.PATIENCE", 2.0)
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    stack.enter_context(listening.accept()[0]).sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        address = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(FaultyInputError, match="no Dask scheduler answers at"):
            swept(tmp_path / "store", how=Execution("dask", dask=address))
        assert time.monotonic() - began < 15
        assert not (tmp_path / "store").exists(), "a store is made as something is stored"


def test_a_scheduler_that_does_not_answer_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.sweeping.playing.on_dask.PATIENCE", 0.3)
    with pytest.raises(FaultyInputError) as error:
        swept(tmp_path / "store", how=Execution("dask", dask="tcp://127.0.0.1:9"))
    assert str(error.value).startswith(
        "--dask: no Dask scheduler answers at tcp://127.0.0.1:9; start one"
    )
    assert not (tmp_path / "store").exists()
    assert swept(tmp_path / "store", how=SERIAL).played == 12


def test_a_scheduler_without_workers_is_one_line_and_makes_no_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import distributed

    monkeypatch.setattr("sim.sweeping.playing.on_dask.PATIENCE", 2.0)
    with distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as cluster:
        how = Execution("dask", dask=cluster.scheduler_address)
        with pytest.raises(FaultyInputError, match="has no workers; start some"):
            swept(tmp_path / "store", how=how)
    assert not (tmp_path / "store").exists()
