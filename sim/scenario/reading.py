"""From a TOML file to a `Scenario`, or to the full list of its faults.

A TOML file is data: `extends` may name the catalogue or files that `sim.paths` lets it reach,
nothing else.
"""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path

from sim.errors import Fault, ScenarioError
from sim.paths import PathError, allowing, reached
from sim.scenario.catalogued import catalogued, spelled_source
from sim.scenario.model import Origins, Scenario, build
from sim.scenario.patching import PatchError, Raw, joined, layered, merged
from sim.scenario.peopled import with_people
from sim.scenario.shipped import file_of, located, stems
from sim.scenario.shipped import folder as shipped_folder
from sim.scenario.suggestions import did_you_mean, said

OWN = ("extends", "checks")
"""Keys that a file does not take over from the file it extends: claims are about the answers of
their own file."""

MOST_BYTES = 10_000_000
"""Size of a scenario or sweep file: a thousand times the largest that is shipped."""

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What could move a terminal's cursor or reverse its text (ECMA-48; Unicode UAX 9)."""

LONGEST_CHAIN, MOST_FILES = 20, 100
"""Files that extend each other: in a chain, and in all."""

DEEPEST = 40
"""Tables in tables in tables: more levels than any parameter has."""


@dataclass
class _Reading:
    """One load: the folder that paths must stay in, and the files extended so far."""

    root: Path
    files: int = 0


def load(path: str | Path, *, allow_path: str | Path | Iterable[str | Path] = ()) -> Scenario:
    """Read and check a scenario: a file, or one that comes with the package by name.

    The files it names must be in its folder, in shipped data or in a folder of `allow_path`. Raises
    `ScenarioError` with every fault found in it.

    >>> load("linkedin_dm").run.horizon > 0
    True
    """
    if not isinstance(path, str | PathLike):
        raise _not_a_scenario(path, "give a path or a name")
    file, shown = located(path), str(path)
    text = read_text(file, shown)
    folder = file.resolve().parent
    with allowing(allow_path):
        seen = (str(file.resolve()),)
        raw, origins = _extended(parsed(text, shown), shown, folder, _Reading(folder), seen)
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
    if isinstance(what, str | PathLike):
        return load(fspath(what))
    raise _not_a_scenario(what, "give a path, a name, or what sim.load returns")


def _not_a_scenario(what: object, remedy: str) -> ScenarioError:
    problem = f"{said(what)} ({type(what).__name__}) is not a scenario"
    return _one("scenario", "", problem, remedy)


def parse(
    text: str, *, folder: str | Path = ".", allow_path: str | Path | Iterable[str | Path] = ()
) -> Scenario:
    """Read and check a scenario given as TOML text; paths in it are taken from `folder`.

    Raises as `load` does, under the same rule of paths.
    """
    if not isinstance(text, str):
        raise _not_a_scenario(text, "give the text of a scenario file")
    if not isinstance(folder, str | PathLike):
        raise _one("scenario", "folder", f"{said(folder)} is not a path", "give a folder")
    home = Path(folder).resolve()
    with allowing(allow_path):
        raw, origins = _extended(parsed(text, "scenario"), "scenario", home, _Reading(home), ())
        raw, origins = with_people(raw, origins, "scenario")
        return build(raw, file="scenario", folder=home, origins=origins)


def _one(file: str, path: str, problem: str, remedy: str) -> ScenarioError:
    return ScenarioError([Fault(file, path, problem, remedy)])


def read_text(file: Path, shown: str) -> str:
    """Read a UTF-8 text file.

    Raises `ScenarioError` if it is missing, a folder, unreadable or not UTF-8.
    """
    try:
        mode = file.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # reading a pipe may wait for ever
            raise _one(
                shown, "", "is not an ordinary file", "name a .toml file, not a device or a pipe"
            )
        with file.open("rb") as data:
            found = data.read(MOST_BYTES + 1)
        if len(found) > MOST_BYTES:
            raise _one(shown, "", f"is larger than {MOST_BYTES:,} bytes", "name a .toml file")
        return found.decode("utf-8-sig").replace("\r\n", "\n")
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


def parsed(text: str, shown: str) -> Raw:
    """Read TOML text. Raises `ScenarioError` if it is not TOML, too deep, or moves the cursor."""
    if shown.lower().endswith((".csv", ".tsv", ".parquet")):
        remedy = (
            'name a scenario; one plays a log with traffic = { kind = "trace", file = "..." } '
            "(docs/inputs.md)"
        )
        raise _one(shown, "", "is a table, such as a log of messages, and no scenario", remedy)
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
    if found := CONTROL.search(text) or _control_in(tables):
        code = f"U+{ord(found.group()):04X}"
        raise _one(shown, "", f"holds the control character {code}", "remove it")
    return tables


def _control_in(tables: object) -> re.Match[str] | None:
    """Find a control character that an escape puts into a key or a text."""
    if isinstance(tables, dict):
        found = (_control_in(key) or _control_in(value) for key, value in tables.items())
    elif isinstance(tables, list):
        found = (_control_in(one) for one in tables)
    else:
        return CONTROL.search(tables) if isinstance(tables, str) else None
    return next(filter(None, found), None)


def _extended(
    raw: Raw, shown: str, folder: Path, reading: _Reading, seen: tuple[str, ...]
) -> tuple[Raw, Origins]:
    """Merge tables into those they extend, one after the other.

    A file that is extended counts as often as it is named.
    """
    raw = _spelled(raw)
    base: Raw = {}
    origins: Origins = {}
    for path, name in parents(raw.get("extends")):
        more, theirs = _parent(name, path, shown, folder, reading, seen)
        base = _onto(base, more, shown)
        origins = joined(origins, more, base, theirs)
    whole = _onto(base, raw, shown)
    return whole, layered(origins, raw, whole, shown)


def _spelled(raw: Raw) -> Raw:
    """Write behind every key of the sources which work it stands for."""
    sources = raw.get("sources")
    if not isinstance(sources, dict):
        return raw
    return raw | {
        "sources": {
            place: spelled_source(one) if isinstance(one, dict) else one
            for place, one in sources.items()
        }
    }


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
    name: str, path: str, shown: str, folder: Path, reading: _Reading, seen: tuple[str, ...]
) -> tuple[Raw, Origins]:
    if name.startswith("platform:"):
        return catalogued(name.removeprefix("platform:"), at=shown, path=path)
    if name.startswith("scenario:"):
        own = file_of(name.removeprefix("scenario:"))
        if own is None:
            near = did_you_mean(name.removeprefix("scenario:"), stems())
            raise _one(
                shown, path, f"there is no {said(name)}{near}", "toolate scenarios lists them"
            )
        tables = parsed(read_text(own, name), name)
        return _extended(tables, name, own.parent, _Reading(shipped_folder()), seen)
    try:
        file = reached(name, folder, reading.root)
    except PathError as error:
        raise _one(shown, path, f"{said(name)} {error.problem}", error.remedy) from None
    if str(file) in seen:
        chain = " -> ".join(Path(one).name for one in (*seen[seen.index(str(file)) :], str(file)))
        raise _one(shown, path, f"goes in a circle ({chain})", "break it")
    if not file.is_file():
        raise _one(
            shown,
            path,
            f"there is no file {said(name)}",
            "name a file in the same folder, platform:ID or scenario:NAME",
        )
    reading.files += 1
    if len(seen) >= LONGEST_CHAIN or reading.files > MOST_FILES:
        problem = f"leads to more than {LONGEST_CHAIN} files in a row, or {MOST_FILES} in all"
        raise _one(shown, path, problem, "extend fewer files")
    called = str(Path(shown).parent / name)
    tables = parsed(read_text(file, called), called)
    return _extended(tables, called, file.parent, reading, (*seen, str(file)))
