"""Everything this package raises on purpose: one small family, each class something a caller can
act on.

A wrong input is described by `Fault`s, one line each: the file, the place in it, what is wrong,
what would be right.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

_LONG = re.compile(r"\S{301,}")
"""Words that nobody reads to their end, such as a number of five thousand digits."""

SHOWN = 50
"""Faults that a message prints; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Say one thing that is wrong with an input, on one line of printable characters.

    >>> print(Fault("a.toml", "send.hold", "5 has no unit", 'write for example "5 s"'))
    a.toml: send.hold: 5 has no unit; write for example "5 s"
    """

    file: str
    path: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        path, problem, remedy = (
            _LONG.sub(_cut, one) for one in (self.path, self.problem, self.remedy)
        )
        place = f"{self.file}: {path}" if path else self.file
        line = " ".join(f"{place}: {problem}; {remedy}".split())
        return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in line)


def _cut(word: re.Match[str]) -> str:
    return f"{word[0][:297]}..."


class ToolateError(Exception):
    """The base of everything this package raises on purpose."""


class FaultyInputError(ToolateError):
    """An input is wrong; `faults` lists every fault found, and the message prints one a line, the
    first `SHOWN` of them.

    >>> str(FaultyInputError([Fault("a.toml", "", "is a folder", "name a file")]))
    'a.toml: is a folder; name a file'
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [str(fault) for fault in self.faults[: SHOWN + 1]]
        if len(self.faults) > SHOWN + 1:  # a reader of files may have counted the rest itself
            lines[SHOWN:] = [f"{len(self.faults) - SHOWN:,} more faults were found"]
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[type[FaultyInputError], tuple[tuple[Fault, ...]]]:
        """Travel between processes whole: by default an exception is made again of its message."""
        return type(self), (self.faults,)


class ScenarioError(FaultyInputError):
    """The scenario file is wrong. Edit the file."""


class TraceError(FaultyInputError):
    """The file of real messages is wrong. Edit the rows that are named."""


class OutputError(FaultyInputError):
    """The results cannot be written where they were asked for. Name another folder."""


class ToolateWarning(UserWarning):
    """What a reader of results should know: few replications, messages undecided at the horizon, ..."""


def warn(line: str) -> None:
    """Warn whoever called this package, at their own line."""
    frame, level = sys._getframe(), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] == "sim":
        frame, level = frame.f_back, level + 1
    warnings.warn(line, ToolateWarning, stacklevel=level)


class WorldError(ToolateError):
    """A world written down by hand does not hold together (its arrays disagree, or a time is
    impossible).
    """
