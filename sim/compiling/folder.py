"""Where compiled functions are kept: a folder of the user's cache whose name is a digest of all that
they are made of.

That is every module with compiled functions, every module of the package that those import (a
constant of another module becomes part of the machine code), the versions of Python, NumPy, Numba
and LLVM, and the processor. What changes any of them finds another folder, and compiles again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import llvmlite
import llvmlite.binding
import numba
import numpy as np
import platformdirs

PACKAGE: Final = Path(__file__).parent.parent
KEPT: Final = 8
"""Folders that stay: those used last."""
_IMPORT = re.compile(r"^from ([\w.]+) import (?:\(([^)]*)\)|([^#\n]*))", re.MULTILINE)
_DIGEST = re.compile(r"[0-9a-f]{32}")


def sources(package: Path = PACKAGE) -> dict[Path, bytes]:
    """Give the files that compiled functions are made of, with their text: modules that import this
    package, and all that they import at their top.
    """
    texts = {file: file.read_bytes() for file in sorted(package.rglob("*.py"))}
    compiling = f"from {package.name}.compiling import".encode()
    found: dict[Path, bytes] = {}
    waiting = [file for file, text in texts.items() if compiling in text]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found[file] = texts[file]
            waiting += [one for one in _imported(texts[file].decode(), package) if one in texts]
    return dict(sorted(found.items()))


def _imported(text: str, package: Path) -> Iterator[Path]:
    """Yield the files that may be what a module imports at its top."""
    for match in _IMPORT.finditer(text):
        home = package.parent.joinpath(*match[1].split("."))
        yield home.with_suffix(".py")
        yield home / "__init__.py"
        for name in re.findall(r"\w+", match[2] or match[3]):
            yield home / f"{name}.py"
            yield home / name / "__init__.py"


def digest(texts: Mapping[Path, bytes]) -> str:
    """Give the digest of what compiled functions are made of, 32 hexadecimal digits."""
    made = hashlib.sha256()
    versions = (sys.version, np.__version__, numba.__version__, llvmlite.__version__)
    flags = (numba.config.OPT, numba.config.BOUNDSCHECK, numba.config.DEBUGINFO_DEFAULT)
    made.update(repr((versions, flags, llvmlite.binding.get_host_cpu_name())).encode())
    for file, text in texts.items():
        made.update(f"\n{file.name} {len(text)}\n".encode())
        made.update(text)
    return made.hexdigest()[:32]


_SOURCES: Final = sources()
_READ: Final = {str(file): file.stat().st_mtime_ns for file in _SOURCES}
"""The files that `DIGEST` is of, and when each was last changed."""
DIGEST: Final = digest(_SOURCES)
_changed: list[str] = []
"""Files that were changed before they were imported: `DIGEST` is not of what runs here."""


def is_covered(file: str) -> bool:
    """Tell whether a function from a file may be kept: the digest is of that file, as it is
    imported now.
    """
    if file not in _READ:
        return False
    if Path(file).stat().st_mtime_ns != _READ[file]:
        _changed.append(file)
    return True


def folder() -> Path | None:
    """Give the folder to keep compiled functions in; None if there is none.

    It is in the first that can be used of TOOLATE_CACHE_DIR, NUMBA_CACHE_DIR, the user's cache
    folder, and the folder for temporary files. What is not the first is said, once.
    """
    return None if _changed else _folder()


@cache
def _folder() -> Path | None:
    places = list(_places())
    for place in places:
        home = place / DIGEST
        is_new = not home.is_dir()
        with contextlib.suppress(OSError):
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            if place != _temporary() or _is_ours(place):
                if is_new:
                    _tidy(place)
                _use(home)
                if place != places[0]:
                    say(f"{places[0]} cannot be used; compiled functions are kept in {place}")
                return home
    say(f"{places[0]} cannot be used; compiled functions are not kept. Set TOOLATE_CACHE_DIR")
    return None


def _places() -> Iterator[Path]:
    if os.environ.get("TOOLATE_CACHE_DIR"):
        yield Path(os.environ["TOOLATE_CACHE_DIR"])
    if os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(os.environ["NUMBA_CACHE_DIR"]) / "toolate"
    yield platformdirs.user_cache_path("toolate", appauthor=False)
    yield _temporary()


def _temporary() -> Path:
    return Path(tempfile.gettempdir()) / f"toolate-{os.getuid() if os.name == 'posix' else 0}"


def _is_ours(place: Path) -> bool:
    """Tell whether nobody else can write to a folder: what is loaded from it is run."""
    status = place.stat()
    return os.name != "posix" or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


def _use(home: Path) -> None:
    """Note that a folder is in use. A folder that is only to be read does as well if it is full."""
    try:
        os.utime(home)
        tempfile.TemporaryFile(dir=home).close()
    except OSError:
        if not any(home.iterdir()):
            raise


def _tidy(place: Path) -> None:
    """Remove the folders of other digests that were not used for the longest."""
    homes = [one for one in place.iterdir() if _DIGEST.fullmatch(one.name)]
    for old in sorted(homes, key=lambda one: one.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def say(message: str) -> None:
    """Tell something about the cache, on one line of stderr."""
    sys.stderr.write(f"toolate: {message}.\n")
