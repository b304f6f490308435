"""Compiled functions as files: one per function and types of arguments, whole or not there, and
found out if damaged.

Numba's own cache keeps an index beside them and checks neither; a cut file ends a run. What may be
loaded is decided by the folder's name (`folder`), so that no index is needed.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps
from numba.core.sigutils import normalize_signature

from sim.compiling.folder import folder, say

SEAL: Final = hashlib.sha256().digest_size
"""Bytes before the content: its digest."""


_names: set[str] = set()
"""Names that files were named after in this process."""


class KernelCache(NullCache):
    """What Numba asks before it compiles a function, and tells afterwards.

    Files are named after functions. Of several with one name, as a function that makes functions
    may leave them, the first is kept and the others are not.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._name = f"{function.__module__}.{function.__qualname__}"
        self._is_kept = self._name not in _names
        _names.add(self._name)

    @property
    def cache_path(self) -> str | None:
        """The folder of the files, as Numba's statistics show it."""
        home = folder()
        return None if home is None else str(home)

    def has_any(self) -> bool:
        """Tell whether the function was compiled before, for any types of arguments."""
        home = folder()
        return home is not None and any(home.glob(f"{self._name}-*.kernel"))

    def _file(self, types: tuple[Any, ...], codegen: Any) -> Path | None:
        home = folder() if self._is_kept else None
        if home is None:
            return None
        key = hashlib.sha256(repr((types, codegen.magic_tuple())).encode()).hexdigest()[:16]
        return home / f"{self._name}-{key}.kernel"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Give the function compiled for some types; None if it is to be compiled.

        A damaged file is said and removed.
        """
        target_context.refresh()
        types, _ = normalize_signature(sig)
        file = self._file(types, target_context.codegen())
        if file is None or not file.is_file():
            return None
        try:
            data = file.read_bytes()
            if hashlib.sha256(data[SEAL:]).digest() != data[:SEAL]:
                raise ValueError("it is cut off or changed")
            found = CompileResult._rebuild(target_context, *pickle.loads(data[SEAL:]))
        except Exception as error:  # whatever unpickling or LLVM makes of it
            say(f"{file} cannot be loaded ({error or type(error).__name__}); it is compiled again")
            with contextlib.suppress(OSError):
                file.unlink()
            return None
        return found if found.signature.args == types else None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled function; a disk that refuses is no reason to stop."""
        types, _ = normalize_signature(sig)
        file = self._file(types, data.codegen)
        if file is None or data.lifted or data.library.has_dynamic_globals:
            return
        content = dumps(data._reduce())
        making = None
        try:
            with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as out:
                making = Path(out.name)
                out.write(hashlib.sha256(content).digest() + content)
            making.replace(file)
        except OSError:
            if making is not None:
                making.unlink(missing_ok=True)
