"""Asking for memory ahead: it is in the compiled code, a line at a time, and changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.compiling import njit
from sim.compiling.prefetching import LINE, prefetch


def _second(rows: Any, ahead: int) -> Any:
    prefetch(rows, ahead)
    return rows[1].value


@pytest.mark.parametrize("lines", [1, 2, 3])
@pytest.mark.parametrize("ahead", [0, 1_000_000])
def test_every_line_of_an_element_is_asked_for_and_nothing_changes(lines: int, ahead: int) -> None:
    """Wrong: a call that compiles to nothing, or asks for the first line only."""
    layout: Any = {"names": ["value"], "formats": ["int64"], "itemsize": lines * LINE}
    rows = np.zeros(5, np.dtype((np.record, np.dtype(layout))))
    rows["value"] = np.arange(5)
    compiled: Any = njit(_second)
    assert compiled(rows, ahead) == 1
    (code,) = compiled.inspect_llvm().values()
    assert code.count("call void @llvm.prefetch") == lines


def test_plain_python_asks_for_nothing() -> None:
    assert _second(np.rec.array([(0,), (7,)], dtype=[("value", int)]), 99) == 7
