"""A compiled function that another calls becomes a part of it, and Python may call both."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import numpy as np

import sim
from sim.compiling import Kernel, njit

PACKAGE = Path(sim.__file__).parent

MADE = """
import pathlib
import numpy as np
from sim.compiling import folder, njit_making_arrays

folder._READ[__file__] = pathlib.Path(__file__).stat().st_mtime_ns

@njit_making_arrays
def root(x):
    if x < 0.0:
        raise ValueError("below zero", x)
    return x**0.5

@njit_making_arrays
def sum_of_roots(values):
    total = 0.0
    for value in values:
        total += root(value)
    return total

print(sum_of_roots(np.array([4.0, 9.0])))
try:
    sum_of_roots(np.array([-9.0]))
except ValueError as error:
    print(error)
"""
"""A module whose functions are kept on the disk as those of the package are."""


def a_pair() -> tuple[Any, Any]:
    """Make a compiled function and another that calls it."""

    @njit
    def inner(x):
        return x + 1

    @njit
    def outer(x):
        return inner(x)

    return inner, outer


@njit
def _halved(x, by=2):
    return x / by


@njit
def _quartered(x):
    return _halved(_halved(x))


def test_python_may_call_a_function_that_is_a_part_of_another_as_well() -> None:
    assert _quartered(6.0) == 1.5
    assert _halved(6.0) == 3.0
    assert _halved(np.float32(6.0), 3) == 2.0
    assert _quartered(np.float32(6.0)) == 1.5


def test_what_only_compiled_functions_call_is_not_made_callable() -> None:
    inner, outer = a_pair()
    assert outer(1) == 2
    assert isinstance(inner, Kernel)
    assert not inner.signatures
    assert len(outer.signatures) == 1
    assert inner(1) == 2
    assert len(inner.signatures) == 1


def test_an_error_of_a_part_reaches_python_and_only_what_python_calls_is_kept(
    tmp_path: Path,
) -> None:
    (tmp_path / "made.py").write_text(MADE)
    cache = tmp_path / "cache"
    home = {"TOOLATE_CACHE_DIR": str(cache), "PYTHONPATH": f"{PACKAGE.parent}:{tmp_path}"}
    for _ in ("compiled", "loaded"):
        done = subprocess.run(
            [sys.executable, "-c", "import made"],
            env=os.environ | home,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.stderr == ""
        assert done.stdout.split("\n") == ["5.0", "('below zero', -9.0)", ""]
    assert [file.name.partition("-")[0] for file in cache.rglob("*.kernel")] == [
        "made.sum_of_roots"
    ]


def test_parts_of_functions_that_are_no_more_are_forgotten() -> None:
    def made() -> weakref.ref[object]:
        inner, outer = a_pair()
        outer(1)
        (part,) = inner._parts.values()
        return weakref.ref(part.library)

    library = made()
    gc.collect()
    assert library() is None
