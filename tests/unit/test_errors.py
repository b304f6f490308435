"""A fault is one line that a person can read, whatever it quotes."""

from __future__ import annotations

import pytest

from sim.errors import SHOWN, Fault, FaultyInputError


@pytest.mark.parametrize("odd", ["\x1b[2J", "\u202e", "\x07", "a\nb", "\x9b31m"])
def test_what_a_fault_quotes_moves_no_cursor(odd: str) -> None:
    for place in range(4):
        parts = [odd if k == place else "x" for k in range(4)]
        assert str(Fault(*parts)).isprintable()


def test_a_word_without_an_end_is_cut() -> None:
    line = str(Fault("a.toml", "9" * 5000, "9" * 5000, "write less"))
    assert len(line) < 700
    assert line.endswith("; write less")


@pytest.mark.parametrize("count", [1, SHOWN, SHOWN + 1, SHOWN + 2, 24_215])
def test_fifty_faults_are_shown_and_the_rest_counted(count: int) -> None:
    error = FaultyInputError([Fault("a", str(k), "x", "y") for k in range(count)])
    assert len(error.faults) == count
    lines = str(error).splitlines()
    assert len(lines) == min(count, SHOWN + 1)
    if count > SHOWN + 1:
        assert lines[-1] == f"{count - SHOWN:,} more faults were found"
