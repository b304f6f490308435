"""The results store: a folder in which every task's file is whole or not there, under its content
address.

A file is written to a temporary name beside its place, flushed to the disk, renamed, and the folder
flushed. Its name holds a digest of its bytes, so that a damaged one is found out. Two processes may
work in one folder: they write the same bytes under the same names. Nothing is ever changed in
place.

    store.json                                    what this folder is, and in which format
    tasks/ab/ADDRESS-FIRST-COUNT-DIGEST.parquet   the sums of one task
    sweeps/SWEEP/plan.json, cells.parquet         what was asked
    sweeps/SWEEP/table.parquet                    its tidy table, made of the tasks
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import platform
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.errors import Fault, OutputError
from sim.paths import is_alive
from sim.sweeping.playing.tasks import Key

FORMAT: Final = 1
"""The format this version writes; it reads this one and those before."""
MARK: Final = "store.json"
STRAY: Final = (".DS_Store", ".localized", "Thumbs.db", "desktop.ini")
"""What file browsers leave in a folder."""
_NAME = re.compile(r"([0-9a-f]{32})-([0-9]{7,})-([0-9]{5,})-([0-9a-f]{16})\.parquet")
_MAKING = re.compile(r"\.making-([0-9]+)\.[0-9]+@([^@]*)@.+")


class DamagedError(Exception):
    """A stored file is not what was written."""


def open_store(folder: str | Path, *, create: bool = True) -> ResultStore:
    """Open a results store, or begin one.

    Raises `OutputError` if the folder is none, was written by a newer version, or cannot be used.

    >>> import tempfile
    >>> len(open_store(Path(tempfile.mkdtemp()) / "new").stored())
    0
    """
    store = ResultStore(Path(folder))
    try:
        store.begin(create)
    except OSError as error:
        raise store.unwritable(error) from None
    return store


@dataclass(frozen=True)
class ResultStore:
    """A results store; get one from `open_store`."""

    folder: Path

    def fault(self, problem: str, remedy: str) -> OutputError:
        """Make the error for something wrong with this store."""
        return OutputError([Fault(str(self.folder), "", problem, remedy)])

    def unwritable(self, error: OSError) -> OutputError:
        """Make the error for a disk that refuses; what is stored stays."""
        reason = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return self.fault(
                f"the disk is full ({reason})",
                "free space and give the same command again; what is stored is kept",
            )
        return self.fault(f"cannot be used ({reason})", "name another folder with --store")

    def begin(self, create: bool) -> None:
        """Check that the folder is a store or can become one, and remove what was left half-made.

        It becomes one as the first file is written.
        """
        mark = self.folder / MARK
        if mark.is_file():
            self._check(mark)
        elif not create:
            raise self.fault("is no results store", "name the folder of one with --store")
        elif self.folder.is_file():
            raise self.fault("is a file", "name a folder")
        elif self.folder.is_dir() and (
            others := sorted(
                one.name
                for one in self.folder.iterdir()
                if not _MAKING.fullmatch(one.name) and one.name not in STRAY
            )
        ):
            raise self.fault(
                f"holds {others[0]} and is no results store", "name a new or empty folder"
            )
        self._tidy()

    def _check(self, mark: Path) -> None:
        try:
            document = json.loads(mark.read_text(encoding="utf-8"))
            version = int(document["format"])
        except (ValueError, TypeError, KeyError):
            raise self.fault(
                f"{MARK} in it cannot be read", "name another folder, or restore that file"
            ) from None
        if version > FORMAT:
            problem = (
                f"was written by a newer toolate (store format {version}, this one knows {FORMAT})"
            )
            raise self.fault(problem, "update toolate, or name another folder with --store")

    def _tidy(self) -> None:
        """Remove what processes of this machine that are no more left half-made."""
        for one in (*self.folder.glob(".making-*"), *self.folder.glob("*/*/.making-*")):
            found = _MAKING.fullmatch(one.name)
            if found and found[2] == platform.node() and not is_alive(int(found[1])):
                with contextlib.suppress(OSError):  # a store that is only read
                    one.unlink(missing_ok=True)

    def stored(self) -> dict[Key, str]:
        """List the tasks whose results are there, with the names of their files."""
        found: dict[Key, str] = {}
        for name in self._names():
            match = _NAME.fullmatch(name)
            if match:
                key = Key(match[1], int(match[2]), int(match[3]))
                found[key] = min(name, found.get(key, name))
        return found

    def _names(self) -> Iterator[str]:
        with contextlib.suppress(FileNotFoundError):
            for group in os.scandir(self.folder / "tasks"):
                if group.is_dir():  # what a file browser left there is none
                    yield from os.listdir(group.path)  # noqa: PTH208

    def has(self, key: Key) -> bool:
        """Tell whether a task's result is there by now."""
        start = f"{key.address}-{key.first:07d}-{key.replications:05d}-"
        with contextlib.suppress(FileNotFoundError):
            return any(name.startswith(start) for name in os.listdir(self._group(key.address)))  # noqa: PTH208
        return False

    def _group(self, address: str) -> Path:
        return self.folder / "tasks" / address[:2]

    def put(self, key: Key, data: bytes) -> str:
        """Store a task's file and give its name. Raises `OSError` as the disk does."""
        name = f"{key.address}-{key.first:07d}-{key.replications:05d}-{_digest(data)}.parquet"
        self.write(f"tasks/{key.address[:2]}/{name}", data)
        return name

    def get(self, name: str) -> bytes:
        """Read a stored task's file. Raises `DamagedError` if it is not what was written."""
        match = _NAME.fullmatch(name)
        assert match is not None
        try:
            data = (self._group(match[1]) / name).read_bytes()
        except OSError as error:
            raise DamagedError(error.strerror or str(error)) from None
        if _digest(data) != match[4]:
            raise DamagedError("it is cut off or changed")
        return data

    def files(self) -> list[Path]:
        """List the files of tasks' results, and nothing else that lies beside them."""
        return [self._group(name[:32]) / name for name in sorted(self.stored().values())]

    def remove(self, name: str) -> None:
        """Remove a stored task's file, because it is damaged."""
        (self._group(name[:32]) / name).unlink(missing_ok=True)

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole or not at all; the first one makes the folder a store.

        Raises `OSError` as the disk does, and leaves nothing half-made then.
        """
        if name != MARK and not (self.folder / MARK).is_file():
            self.write(MARK, json.dumps({"tool": "toolate", "format": FORMAT}).encode() + b"\n")
        path = self.folder / name
        _folder(path.parent)
        making = (
            path.parent
            / f".making-{os.getpid()}.{threading.get_ident()}@{platform.node()}@{path.name}"
        )
        try:
            with making.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            making.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                making.unlink(missing_ok=True)
            raise
        _flush(path.parent)

    def sweeps(self) -> list[str]:
        """List the sweeps that were asked of this store."""
        return sorted(one.parent.name for one in self.folder.glob("sweeps/*/plan.json"))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _folder(path: Path) -> None:
    """Make a folder, and those above it, so that they outlast a power cut."""
    if not path.is_dir():
        _folder(path.parent)
        path.mkdir(exist_ok=True)
        _flush(path.parent)


def _flush(folder: Path) -> None:
    """Flush a folder's entries to the disk, where the system can."""
    with contextlib.suppress(PermissionError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
