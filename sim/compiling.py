"""One door to Numba: every compiled function of the package is made here, with the same options.

`fastmath` stays off: it changes sums. `nogil` lets replications run in threads. Numba's cache on disk ignores options
of `njit`, so there is one set of options only.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numba
from numba.core.errors import NumbaPerformanceWarning

warnings.filterwarnings("ignore", category=NumbaPerformanceWarning)


def njit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function with Numba at its first call, cached on disk, releasing the interpreter lock."""
    compiled: Callable[..., Any] = numba.njit(cache=True, nogil=True)(function)
    return compiled
