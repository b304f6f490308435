"""What verbs are given: every argument read by the rule of its name, or refused in one line.

The command line and Python share these rules. A rule gives the value that a verb wants, or raises
`NotThat` with what is wrong and what to write instead.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import Any, Final

from sim.clock import SECOND, parse_duration
from sim.distributions.values import read_share
from sim.engines import MODULES
from sim.errors import Fault, FaultyInputError
from sim.running import Outcome
from sim.scenario.patching import plain
from sim.scenario.quantities import MOST_REPLICATIONS
from sim.scenario.reading import given
from sim.scenario.suggestions import did_you_mean, said


class NotThat(ValueError):
    """A value is refused: `problem` says why, `remedy` what to give."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem, self.remedy = problem, remedy


Rule = Callable[[Any], Any]

CALLED: Final = {
    "policy": "policies",
    "question": "questions",
    "lever": "levers",
    "budget": "budget_s",
    "out": "folder",
}
"""What Python calls an option of the command line, where it is not by the option's name."""
_OPTION: Final = re.compile(r"(?<![\w-])--([a-z][a-z-]*)(?: \(([a-z_]+=\w*)\))?")


def read(verb: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Read the arguments of a verb. Raises `FaultyInputError` with every fault.

    >>> read("sim.run", {"policies": "today", "seed": 3})
    {'policies': ('today',), 'seed': 3}
    """
    out, faults = {}, []
    for name, value in arguments.items():
        try:
            out[name] = RULES[name](value)
        except NotThat as error:
            faults.append(Fault(verb, name, error.problem, error.remedy))
        except FaultyInputError as error:  # of a scenario file
            faults += error.faults
    if faults:
        raise FaultyInputError(faults)
    return out


def in_python(words: str) -> str:
    """Give options of the command line the names that Python has for them.

    >>> in_python("play more --replications, or say --yes-large (yes_large=True)")
    'play more replications=, or say yes_large=True'
    """

    def named(option: re.Match[str]) -> str:
        name = option[1].replace("-", "_")
        name = CALLED.get(name, name)
        return option[2] or (f"{name}=" if name in RULES else option[0])

    return _OPTION.sub(named, words)


def fault_in_python(fault: Fault, verb: str) -> Fault:
    """Tell a fault at an option of the command line at the argument of a verb."""
    file, path = (in_python(place).removesuffix("=") for place in (fault.file, fault.path))
    if file != fault.file:
        file, path = verb, ": ".join(filter(None, (file, path)))
    elif path != fault.path or file == verb.removeprefix("sim."):
        file = verb
    return Fault(file, path, in_python(fault.problem), in_python(fault.remedy))


def whole(least: int, most: int | None = None) -> Rule:
    """Make the rule of whole numbers from `least` on, to `most` if there is an end.

    >>> whole(1)(3)
    3
    """
    upto = "" if most is None else f" and at most {most:,}"
    remedy = f"give a whole number of at least {least}{upto}"

    def rule(value: Any) -> int:
        try:
            number = operator.index(value)
        except TypeError:
            raise NotThat(f"{_shown(value)} is not a whole number", remedy) from None
        if isinstance(value, bool):
            raise NotThat(f"{_shown(value)} is not a whole number", remedy)
        if number < least or (most is not None and number > most):
            raise NotThat(f"{said(number)} is out of range", remedy)
        return number

    return rule


def engine(value: Any) -> str:
    """Read the name of an engine.

    >>> engine("auto")
    'auto'
    """
    if value not in ("auto", *MODULES):
        near = did_you_mean(value, MODULES) if isinstance(value, str) else ""
        raise NotThat(f"{_shown(value)} is not an engine{near}", f"use auto, {', '.join(MODULES)}")
    return str(value)


def names(value: Any) -> tuple[str, ...]:
    """Read names: one, or any collection of them, such as a column of a table.

    >>> names("today"), names(["today", "undo 10 s"])
    (('today',), ('today', 'undo 10 s'))
    """
    many = [value] if isinstance(value, str) else value
    if not isinstance(many, Iterable) or isinstance(many, bytes):
        raise NotThat(f"{_shown(value)} is not a name", "give one name, or a list of names")
    found = list(many)
    for one in found:
        if not isinstance(one, str):
            raise NotThat(f"{_shown(one)} is not a name", "give one name, or a list of names")
    return tuple(map(str, found))


def number(value: Any) -> float:
    """Read a number.

    >>> number(0.1)
    0.1
    """
    is_one = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if not is_one:
        raise NotThat(f"{_shown(value)} is not a number", "give a finite number")
    return float(value)


def share(value: Any) -> float:
    """Read a share: a number, or a percentage.

    >>> share("10 %")
    0.1
    """
    return number(read_share(value))


def seconds(value: Any) -> float:
    """Read a duration in seconds, or with its unit.

    >>> seconds("10 minutes")
    600.0
    """
    if isinstance(value, str):
        try:
            return parse_duration(value) / SECOND
        except ValueError as error:
            problem, _, remedy = str(error).partition("; ")
            raise NotThat(problem, remedy) from None
    return number(value)


def text(value: Any) -> str:
    """Read a text, or a path as one.

    >>> text("0.5 pp")
    '0.5 pp'
    """
    if not isinstance(value, str | Path):
        raise NotThat(f"{_shown(value)} is not text", "put it in quotes")
    return str(value)


def flag(value: Any) -> bool:
    """Read True or False.

    >>> flag(True)
    True
    """
    if not isinstance(value, bool) and type(value).__name__ not in ("bool", "bool_"):
        raise NotThat(f"{_shown(value)} is neither True nor False", "give True or False")
    return bool(value)


def path(value: Any) -> Path:
    """Read a path.

    >>> path("results").name
    'results'
    """
    if not isinstance(value, str | PathLike):
        raise NotThat(f"{_shown(value)} is not a path", "give the path of a folder")
    return Path(value)


def paths(value: Any) -> list[Path]:
    """Read one path or several.

    >>> len(paths(["one", "two"]))
    2
    """
    if isinstance(value, str | PathLike) or not isinstance(value, Iterable):
        return [path(value)]
    return [path(one) for one in value]


def axes(value: Any) -> dict[str, list[Any]]:
    """Read the axes of a sweep: by parameter the values to try, or one value.

    >>> axes({"send.hold": ["0 s", "10 s"], "push.delay": "5 s"})
    {'send.hold': ['0 s', '10 s'], 'push.delay': ['5 s']}
    """
    if not isinstance(value, Mapping):
        remedy = 'give a table such as {"send.hold": ["0 s", "10 s"]}'
        raise NotThat(f"{_shown(value)} is not a table of axes", remedy)
    names(list(value))
    return {
        name: [plain(one) for one in values]
        if isinstance(values, Iterable) and not isinstance(values, str | Mapping)
        else [plain(values)]
        for name, values in value.items()
    }


def called(value: Any) -> Callable[..., Any]:
    """Read a function.

    >>> called(print).__name__
    'print'
    """
    if not callable(value):
        raise NotThat(f"{_shown(value)} cannot be called", "give a function")
    function: Callable[..., Any] = value
    return function


def outcome(value: Any) -> Outcome:
    """Read what a run leaves."""
    if not isinstance(value, Outcome):
        raise NotThat(f"{_shown(value)} is not the outcome of a run", "give what sim.run returns")
    return value


def scenario_or_file(value: Any) -> Any:
    """Read what a sweep is of: a sweep file stays a path, as it is no scenario.

    >>> scenario_or_file("hold_by_regime")
    'hold_by_regime'
    """
    return value if isinstance(value, str | Path) else given(value)


def _shown(value: Any) -> str:
    """Repeat a value as Python has it, with its type where that may be the fault."""
    if isinstance(value, str):
        return said(value)
    plain_one = isinstance(value, bool | float) or value is None
    words = repr(value) if plain_one else said(value)
    return words if isinstance(value, int | float) else f"{words} ({type(value).__name__})"


RULES: Final[Mapping[str, Rule]] = {
    "scenario": given,
    "scenarios": lambda many: tuple(map(given, many)),
    "what": scenario_or_file,
    "axes": axes,
    "policies": names,
    "of": names,
    "questions": names,
    "levers": names,
    "against": text,
    "by": text,
    "precision": text,
    "engine": engine,
    "replications": whole(1),
    "replication": whole(0, MOST_REPLICATIONS - 1),
    "at_most": whole(1),
    "seed": whole(0),
    "workers": whole(1),
    "target": share,
    "budget_s": seconds,
    "everybody": flag,
    "known_shares": flag,
    "yes_large": flag,
    "outcome": outcome,
    "folder": path,
    "keep": called,
    "progress": called,
    "store": path,
    "allow_path": paths,
}
"""The rule of every argument of a verb, by its name."""
