"""One door to Numba: every compiled function of the package is made here, with the same options.

`fastmath` stays off: it changes sums. `nogil` lets replications run in threads. Numba's cache on
disk ignores options of `njit`, so a function is always made by the same one of the three below.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core.errors import NumbaPerformanceWarning

warnings.filterwarnings("ignore", category=NumbaPerformanceWarning)


_numba: Any = numba.njit


def njit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function with Numba at its first call, cached on disk, releasing the interpreter
    lock.

    It may read, write and slice arrays but make none: nothing in it counts references. Counting
    them, one locked instruction per array at every call, took four fifths of an engine's time.
    """
    compiled: Callable[..., Any] = _numba(cache=True, nogil=True, error_model="numpy", _nrt=False)(
        function
    )
    return compiled


def njit_inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function as `njit` does, to become part of what calls it.

    For functions with long tuples of arrays to hand on that are called for every recipient or look:
    copying the tuple takes longer than most of them do. Each use makes compiling longer by seconds.
    """
    compiled: Callable[..., Any] = _numba(
        cache=True, nogil=True, error_model="numpy", _nrt=False, forceinline=True
    )(function)
    return compiled


def njit_making_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function as `njit` does, but one that makes arrays; it is slow to call often."""
    compiled: Callable[..., Any] = _numba(cache=True, nogil=True, error_model="numpy")(function)
    return compiled


def is_cached(function: Callable[..., Any]) -> bool:
    """Tell whether a compiled function (or one of its name and place) was compiled on this machine
    before.
    """
    made: Any = function
    home = Path(made._cache.cache_path)
    return any(
        home.glob(f"*.{made.__name__}-*py{sys.version_info.major}{sys.version_info.minor}.nbi")
    )
