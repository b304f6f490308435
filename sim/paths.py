"""Which files a file may name: ordinary ones in its own folder or among the shipped data, and in
folders that the user allows.

Links are resolved first. Every path in a scenario or a sweep passes through `reached`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

from sim.errors import Fault, FaultyInputError

PACKAGE: Final = Path(__file__).resolve().parent
SHIPPED: Final = (PACKAGE / "platforms", PACKAGE / "shipped", PACKAGE.parent / "scenarios")
"""Folders of shipped data: in the package, and beside it in the repository."""

_allowed: ContextVar[tuple[Path, ...]] = ContextVar("allowed", default=())


class PathError(ValueError):
    """A path may not be read: `problem` says why, `remedy` what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem, self.remedy = problem, remedy


def allowed() -> tuple[Path, ...]:
    """Give the folders that the user allows, links resolved."""
    return _allowed.get()


def allow(folders: Iterable[str | Path]) -> None:
    """Allow these folders and no others, until this is called again: for a command line."""
    _allowed.set(tuple(Path(one).resolve() for one in folders))


@contextmanager
def allowing(folders: str | Path | Iterable[str | Path]) -> Iterator[None]:
    """Allow more folders within a block. Raises `FaultyInputError` for what is no path.

    >>> with allowing("."):
    ...     allowed() == (Path().resolve(),)
    True
    """
    more = [folders] if isinstance(folders, str | os.PathLike) else folders
    if not isinstance(more, Iterable):
        fault = Fault(
            "allow_path", "", f"{more!r} is not a path", "give a folder, or a list of them"
        )
        raise FaultyInputError([fault])
    token = _allowed.set((*_allowed.get(), *(Path(one).resolve() for one in more)))
    try:
        yield
    finally:
        _allowed.reset(token)


def placed(name: str, folder: Path) -> Path:
    """Give a path that a file in `folder` names; what is not there may be among the shipped data.

    >>> placed("data/cns_sms.csv", Path("nowhere")).is_file()
    True
    """
    places = [home / name for home in (folder, *SHIPPED)]
    return next((one for one in places if one.exists()), places[0])


def reached(name: str, folder: Path, root: Path | None = None) -> Path:
    """Resolve a path that a file in `folder` names; what is not there may be among the shipped data.

    Raises `PathError` if it leads out of `root` (else `folder`) and every allowed folder, or to
    something that is neither an ordinary file nor missing nor a folder.
    """
    try:
        file = placed(name, folder).resolve()
        mode = file.stat().st_mode if file.exists() else None
    except (OSError, ValueError, RuntimeError):
        raise PathError("is not a path", "name a file in the same folder") from None
    homes = ((root or folder).resolve(), *SHIPPED, *allowed())
    if not any(file.is_relative_to(home) for home in homes):
        raise PathError(
            "is outside the scenario's folder",
            "name a file in that folder, or allow its own with --allow-path (allow_path=)",
        )
    if mode is not None and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise PathError("is not an ordinary file", "name a file, not a device or a pipe")
    return file


def is_alive(process: int) -> bool:
    """Tell whether a process of this machine is there, as far as it can be known.

    >>> is_alive(os.getpid())
    True
    """
    if os.name == "nt":  # where asking would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
