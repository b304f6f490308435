"""Where tasks are played: here, on threads, on processes of this machine (joblib's loky), or on
Dask workers.

All four play the same tasks by the same function and store the same bytes. Local workers store what
they played themselves; Dask workers send it back, so that they need no common disk.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from sim.errors import Fault, FaultyInputError
from sim.sweeping.playing.batches import Batch, batches
from sim.sweeping.playing.execution import ATTEMPTS, DiskError, Done, Execution, Say, workers_of
from sim.sweeping.playing.on_dask import on_dask
from sim.sweeping.playing.tasks import Key, Task, play_batch
from sim.sweeping.store.folder import ResultStore


def play_and_store(batch: Batch, store: ResultStore) -> Done:
    """Play a batch of tasks and store their files, but those that another process has stored by now."""
    keys = tuple(task.key for task in batch)
    left = [task for task in batch if not store.has(task.key)]
    try:
        for task, data in zip(left, play_batch(left) if left else (), strict=True):
            store.put(task.key, data)
    except OSError as error:
        return Done(keys, error.errno or 0, error.strerror or str(error))
    return Done(keys)


def execute(
    tasks: Sequence[Task],
    store: ResultStore,
    how: Execution,
    say: Say,
    perform: Callable[[Batch, ResultStore], Done] = play_and_store,
) -> Iterator[Key]:
    """Play tasks and store their files; yield the key of each as it is done, in any order.

    Raises `DiskError` if the disk refuses, and `FaultyInputError` if workers die again and again or
    Dask cannot be reached. What was stored before stays.
    """
    if not tasks:
        return
    match how.kind:
        case "dask":
            yield from on_dask(tasks, store, how, say)
        case "threads":
            yield from _checked(_on_pool(tasks, store, how, "threading", perform))
        case "processes" if how.workers == 1 or len(tasks) == 1:
            yield from _checked(perform(batch, store) for batch in batches(tasks, 1))
        case _:
            yield from _on_processes(tasks, store, how, say, perform)


def _checked(done: Generator[Done, None, None]) -> Iterator[Key]:
    with contextlib.closing(done):
        for one in done:
            if one.problem:
                raise DiskError(one.number, one.problem)
            yield from one.keys


def _on_pool(
    tasks: Sequence[Task], store: ResultStore, how: Execution, backend: str, perform: Any
) -> Generator[Done, None, None]:
    import joblib

    own = {"initializer": _leave_interrupts_to_the_parent} if backend == "loky" else {}
    workers = min(workers_of(how), len(tasks))
    pool = joblib.Parallel(
        n_jobs=workers,
        backend=backend,
        return_as="generator_unordered",
        pre_dispatch="3*n_jobs",
        **own,
    )
    yield from pool(joblib.delayed(perform)(batch, store) for batch in batches(tasks, workers))


def _leave_interrupts_to_the_parent() -> None:
    """Make a worker deaf to Ctrl-C, which a terminal sends to all: the parent ends it without a
    traceback.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _on_processes(
    tasks: Sequence[Task], store: ResultStore, how: Execution, say: Say, perform: Any
) -> Iterator[Key]:
    """Play on processes; if one of them dies, begin again with what is left."""
    from joblib.externals.loky.process_executor import BrokenProcessPool

    left = {task.key: task for task in tasks}
    lost = 0
    while left:
        try:
            for key in _checked(_on_pool(list(left.values()), store, how, "loky", perform)):
                del left[key]
                lost = 0
                yield key
        except BrokenProcessPool:
            lost += 1
            if lost >= ATTEMPTS:
                problem = (
                    f"a worker process died {ATTEMPTS} times in a row (is there memory enough?)"
                )
                remedy = (
                    "use fewer --workers and give the same command again; what is stored is kept"
                )
                raise FaultyInputError([Fault("sweep", "", problem, remedy)]) from None
            say(f"A worker process died; {len(left):,} tasks that are not stored are played again.")
