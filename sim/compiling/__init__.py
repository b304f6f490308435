"""One entry point to Numba: every compiled function of the package is made here, with the same
options, kept on the disk (`folder`, `keeping`), and not broken off halfway by Ctrl-C (`interrupts`);
how far compiling is can be told (`progress`). Functions that only compiled functions call are no
functions of their own (`parts`).

`fastmath` stays off: it changes sums. `nogil` lets replications run in threads. With
NUMBA_DISABLE_JIT=1 functions stay plain Python.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable
from typing import Any

import numba
from numba.core.compiler_lock import global_compiler_lock
from numba.core.errors import NumbaPerformanceWarning
from numba.core.registry import CPUDispatcher
from numba.core.sigutils import normalize_signature
from numba.core.typing import make_concrete_template

from sim.compiling import folder, progress
from sim.compiling.interrupts import deferred
from sim.compiling.keeping import KernelCache
from sim.compiling.parts import compiled_part, forget, join_environments

warnings.filterwarnings("ignore", category=NumbaPerformanceWarning)

__all__ = ["is_cached", "njit", "njit_inlined", "njit_making_arrays"]


class Kernel(CPUDispatcher):
    """A function that Numba compiles at its first call with arguments of some types: whole where
    Python calls it, as a part (`parts`) where a compiled function does.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._parts: dict[tuple[Any, ...], Any] = {}
        weakref.finalize(self, forget, self.targetctx, self._parts).atexit = False

    def compile(self, sig: Any) -> Any:
        """Load or compile the function for the types of `sig`; Ctrl-C waits until that is done."""
        with deferred():
            done = super().compile(sig)
            progress.note(_name_of(self.py_func))
        return done

    def add_overload(self, cres: Any) -> None:
        """Keep what was loaded or compiled, for Python to call."""
        join_environments(cres)
        super().add_overload(cres)

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Give Numba the signature of a call by a compiled function, for which a part is made."""
        signature, types = self.fold_argument_types(args, kws)
        with global_compiler_lock:
            if types not in self._parts:
                with deferred():
                    self._parts[types] = compiled_part(self, types)
                    progress.note(_name_of(self.py_func))
            known = [part.signature for part in self._parts.values()]
        name = self.py_func.__name__
        template = make_concrete_template(f"CallTemplate({name})", key=name, signatures=known)
        return template, signature, types, {}

    def get_overload(self, sig: Any) -> Any:
        """Give what Numba finds the part by that a compiled function calls."""
        types, _ = normalize_signature(sig)
        return self._parts[tuple(types)].entry_point


def _compiled(function: Callable[..., Any], **options: bool) -> Callable[..., Any]:
    if numba.config.DISABLE_JIT:
        return function
    always = {
        "nopython": True,
        "nogil": True,
        "error_model": "numpy",
        "boundscheck": None,
        "no_cfunc_wrapper": True,
    }
    kernel = Kernel(function, targetoptions=always | options)
    progress.count(_name_of(function))
    if folder.is_covered(function.__code__.co_filename):
        kernel._cache = KernelCache(function)
    compiled: Callable[..., Any] = kernel
    return compiled


def _name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def njit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function with Numba at its first call, releasing the interpreter lock, and keep it
    on the disk if Python calls it.

    It may read, write and slice arrays but make none: nothing in it counts references. Counting
    them, one locked instruction per array at every call, took four fifths of an engine's time.
    """
    return _compiled(function, _nrt=False)


def njit_inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function as `njit` does, to be copied into what calls it, at every call.

    For functions with long tuples of arrays to hand on that are called for every recipient or look:
    copying the tuple takes longer than most of them do. Each use makes compiling longer by seconds.
    """
    return _compiled(function, _nrt=False, forceinline=True)


def njit_making_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function as `njit` does, but one that makes arrays; it is slow to call often."""
    return _compiled(function)


def is_cached(function: Callable[..., Any]) -> bool:
    """Tell whether a function can be called without compiling it: the sources as they are were
    compiled on this machine before.

    True for functions that are not compiled at all; false for those that only compiled functions
    call, which are not kept.
    """
    cache = getattr(function, "_cache", None)
    return not isinstance(function, Kernel) or (isinstance(cache, KernelCache) and cache.has_any())
