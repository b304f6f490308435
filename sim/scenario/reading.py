"""From a TOML file to a `Scenario`, or to the full list of its faults.

A TOML file is data: `extends` may name the catalogue or files of the same folder (or below),
nothing else.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from sim.errors import Fault, ScenarioError
from sim.scenario.catalogued import catalogued
from sim.scenario.model import Origins, Scenario, build
from sim.scenario.patching import PatchError, Raw, joined, layered, merged
from sim.scenario.peopled import with_people
from sim.scenario.shipped import located
from sim.scenario.suggestions import said

OWN = ("extends", "checks")
"""Keys that a file does not take over from the file it extends: claims are about the answers of
their own file."""

DEEPEST = 40
"""Tables in tables in tables: more levels than any parameter has."""


def load(path: str | Path) -> Scenario:
    """Read and check a scenario: a file, or one that comes with the package by name.

    Raises `ScenarioError` with every fault found in it.

    >>> load("linkedin_dm").run.horizon > 0
    True
    """
    file, shown = located(path), str(path)
    text = read_text(file, shown)
    folder = file.resolve().parent
    raw, origins = _extended(_parsed(text, shown), shown, folder, folder, (str(file.resolve()),))
    raw, origins = with_people(raw, origins, shown)
    return build(raw, file=shown, folder=folder, origins=origins)


def given(what: object) -> Scenario:
    """Take a scenario, or read the one that a path or a name says.

    Raises `ScenarioError` as `load`, and for anything else.

    >>> given("linkedin_dm").title
    'LinkedIn direct message, one-hour window'
    """
    if isinstance(what, Scenario):
        return what
    if isinstance(what, str | Path):
        return load(what)
    problem = f"{said(what)} ({type(what).__name__}) is not a scenario"
    raise _one("scenario", "", problem, "give a path, a name, or what sim.load returns")


def parse(text: str, *, folder: str | Path = ".") -> Scenario:
    """Read and check a scenario given as TOML text; paths in it are taken from `folder`.

    Raises as `load` does.
    """
    home = Path(folder).resolve()
    raw, origins = _extended(_parsed(text, "scenario"), "scenario", home, home, ())
    raw, origins = with_people(raw, origins, "scenario")
    return build(raw, file="scenario", folder=home, origins=origins)


def _one(file: str, path: str, problem: str, remedy: str) -> ScenarioError:
    return ScenarioError([Fault(file, path, problem, remedy)])


def read_text(file: Path, shown: str) -> str:
    """Read a UTF-8 text file.

    Raises `ScenarioError` if it is missing, a folder, unreadable or not UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _one(shown, "", "there is no such file", "check the path") from None
    except IsADirectoryError:
        raise _one(shown, "", "is a folder, not a file", "name a .toml file in it") from None
    except UnicodeDecodeError as error:
        raise _one(
            shown, "", f"is not UTF-8 text (byte {error.start})", "save it as UTF-8"
        ) from None
    except OSError as error:
        raise _one(
            shown, "", f"cannot be read ({error.strerror})", "check the path and its permissions"
        ) from None
    except ValueError:
        raise _one(shown, "", "is not a path", "name a .toml file") from None


def _parsed(text: str, shown: str) -> Raw:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _one(shown, "", f"is not TOML: {error}", "correct the syntax there") from None
    except RecursionError:
        raise _one(
            shown, "", f"is nested more than {DEEPEST} levels deep", "flatten the tables"
        ) from None
    except ValueError:  # Python reads no whole number of more than 4,300 digits
        raise _one(
            shown, "", "holds a number with thousands of digits", "write an ordinary number"
        ) from None
    level: list[object] = [tables]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    if level:
        raise _one(shown, "", f"is nested more than {DEEPEST} levels deep", "flatten the tables")
    return tables


def _extended(
    raw: Raw, shown: str, folder: Path, root: Path, seen: tuple[str, ...]
) -> tuple[Raw, Origins]:
    """Merge tables into those they extend, one after the other.

    No file may be read outside of the folder `root`.
    """
    base: Raw = {}
    origins: Origins = {}
    for path, name in parents(raw.get("extends")):
        more, theirs = _parent(name, path, shown, folder, root, seen)
        base = _onto(base, more, shown)
        origins = joined(origins, more, base, theirs)
    whole = _onto(base, raw, shown)
    return whole, layered(origins, raw, whole, shown)


def parents(extends: object) -> list[tuple[str, str]]:
    """List what `extends` names, each with its place.

    What is not a name is left to the checks of the whole.
    """
    if isinstance(extends, list):
        return [
            (f"extends[{number}]", name)
            for number, name in enumerate(extends)
            if isinstance(name, str)
        ]
    return [("extends", extends)] if isinstance(extends, str) else []


def _onto(base: Raw, raw: Raw, shown: str) -> Raw:
    try:
        return merged({k: v for k, v in base.items() if k not in OWN}, raw)
    except PatchError as error:
        raise _one(shown, error.path, error.problem, error.remedy) from None


def _parent(
    name: str, path: str, shown: str, folder: Path, root: Path, seen: tuple[str, ...]
) -> tuple[Raw, Origins]:
    if name.startswith("platform:"):
        return catalogued(name.removeprefix("platform:"), at=shown, path=path)
    try:
        file = (folder / name).resolve()
        found = file.is_file()
    except (OSError, ValueError):
        raise _one(
            shown, path, f"{said(name)} is not a path", "name a file in the same folder"
        ) from None
    if Path(name).is_absolute() or not file.is_relative_to(root):
        raise _one(
            shown,
            path,
            f"{said(name)} is outside the scenario's folder",
            "name a file in the same folder",
        )
    if str(file) in seen:
        chain = " -> ".join(Path(one).name for one in (*seen[seen.index(str(file)) :], str(file)))
        raise _one(shown, path, f"goes in a circle ({chain})", "break it")
    if not found:
        raise _one(
            shown,
            path,
            f"there is no file {said(name)}",
            "name a file in the same folder, or platform:ID",
        )
    called = str(Path(shown).parent / name)
    return _extended(
        _parsed(read_text(file, called), called), called, file.parent, root, (*seen, str(file))
    )
