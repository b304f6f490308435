"""Tasks on Dask workers: a scheduler's address, or a local cluster of processes.

Nothing else knows of Dask.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sim.errors import Fault, FaultyInputError
from sim.sweeping.playing.batches import Batch, batches
from sim.sweeping.playing.execution import AHEAD, ATTEMPTS, DiskError, Execution, Say
from sim.sweeping.playing.tasks import Key, Task, play_batch
from sim.sweeping.store.folder import ResultStore

PATIENCE = 10.0
"""Seconds that a scheduler has to answer, and to have workers."""


def reach(how: Execution) -> None:
    """See that a scheduler answers and has workers, before anything is stored for it.

    Raises `FaultyInputError` if not. A local cluster is there as soon as it is needed.
    """
    if how.dask != "local":
        with contextlib.ExitStack() as stack:
            _client(_installed(), how, stack)


def _installed() -> Any:
    try:
        import distributed
    except ImportError:
        raise _fault("--dask", "Dask is not installed", "pip install 'toolate[cluster]'") from None
    return distributed


def on_dask(tasks: Sequence[Task], store: ResultStore, how: Execution, say: Say) -> Iterator[Key]:
    """Play tasks on Dask workers and store what they send back; yield keys as they are done.

    A worker that is lost in mid-task is no loss: the scheduler gives its tasks to others. Raises
    `FaultyInputError` if the scheduler cannot be reached or goes away, or a task kills its worker
    again and again.
    """
    distributed = _installed()
    with contextlib.ExitStack() as stack:
        client = _client(distributed, how, stack)
        if how.dask != "local":
            say(f"Dask: {client.scheduler.address}, dashboard {client.dashboard_link}")
        try:
            yield from _streamed(distributed, client, tasks, store)
        except distributed.KilledWorker:
            problem = f"a task lost its worker {ATTEMPTS} times"
            raise _fault(
                "--dask",
                problem,
                "give workers more memory, and the same command again; what is stored is kept",
            ) from None
        except (OSError, distributed.client.FutureCancelledError):
            raise _fault(
                "--dask",
                "the scheduler went away",
                "start it and give the same command again; what is stored is kept",
            ) from None


def _fault(path: str, problem: str, remedy: str) -> FaultyInputError:
    return FaultyInputError([Fault(path, "", problem, remedy)])


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Let processes that are started here not hear Ctrl-C: this process does, and ends them."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not in the main thread: whoever runs it decides about signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _client(distributed: Any, how: Execution, stack: contextlib.ExitStack) -> Any:
    """Connect to the scheduler, or start a cluster of processes here; both end with the stack."""
    logging.getLogger("distributed").setLevel(
        logging.ERROR
    )  # a worker that is lost is reported by us, on one line
    try:
        if how.dask == "local":
            with _deaf_children():
                cluster = distributed.LocalCluster(
                    n_workers=how.workers,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=":0",
                    silence_logs=logging.ERROR,
                )
            stack.enter_context(cluster)
            return stack.enter_context(distributed.Client(cluster))
        client = _in_time(lambda: distributed.Client(how.dask, timeout=f"{PATIENCE}s"))
        stack.enter_context(client)
    except (OSError, ValueError, TypeError, MemoryError) as error:
        problem = f"no Dask scheduler answers at {how.dask}"
        problem_said = f"{problem} ({type(error).__name__})" if how.dask == "local" else problem
        raise _fault(
            "--dask",
            problem_said,
            "start one (dask scheduler), check the address, or use --dask local",
        ) from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except OSError:  # of which a timeout is one
        problem = f"the scheduler at {how.dask} has no workers"
        raise _fault("--dask", problem, "start some (dask worker), or use --dask local") from None
    return client


def _in_time(make: Callable[[], Any]) -> Any:
    """Make something that may never come, for what listens there may be no scheduler.

    Raises what making raises, and `TimeoutError`.
    """
    made: list[Any] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            made.append(make())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    for error in failed:
        raise error
    if not made:
        raise TimeoutError
    return made[0]


def _streamed(
    distributed: Any, client: Any, tasks: Sequence[Task], store: ResultStore
) -> Iterator[Key]:
    """Keep the workers busy a few batches ahead, so that neither the scheduler nor this process holds
    many.
    """
    cores = max(sum(client.ncores().values()), 1)
    rest = batches(tasks, cores)
    waiting: dict[Any, Batch] = {}
    flow = distributed.as_completed()

    def give() -> None:
        batch = next(rest, None)
        if batch is not None:
            future = client.submit(play_batch, batch, pure=False, retries=ATTEMPTS)
            waiting[future] = batch
            flow.add(future)

    for _ in range(AHEAD * cores):
        give()
    while waiting:
        future = next(flow)
        batch, played = waiting.pop(future), future.result()
        try:
            for task, data in zip(batch, played, strict=True):
                if not store.has(task.key):
                    store.put(task.key, data)
        except OSError as error:
            raise DiskError(error.errno or 0, error.strerror or str(error)) from None
        future.release()
        give()
        yield from (task.key for task in batch)
