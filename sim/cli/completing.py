"""What a shell completes: names of scenarios, platforms, people, policies and engines.

Nothing is imported before a shell asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import typer

Names = list[str]


def _starting(incomplete: str, names: Iterable[str]) -> Names:
    return [name for name in names if name.startswith(incomplete)]


def scenarios(incomplete: str) -> Names:
    """Complete a scenario: the names that come with the package, and files and folders here."""
    from sim.scenario.shipped import names

    folder, slash, start = incomplete.rpartition("/")
    here = [
        f"{folder}{slash}{one.name}" + ("/" if one.is_dir() else "")
        for one in sorted(Path(folder or slash or ".").glob(f"{start}*"))
        if one.suffix == ".toml" or one.is_dir()
    ]
    return here + _starting(incomplete, names())


def platforms(incomplete: str) -> Names:
    """Complete a platform of the catalogue."""
    from sim.platforms import names

    return _starting(incomplete, names())


def people(incomplete: str) -> Names:
    """Complete people of the catalogue."""
    from sim.people import names

    return _starting(incomplete, names())


def engines(incomplete: str) -> Names:
    """Complete an engine."""
    from sim.engines import MODULES

    return _starting(incomplete, ("auto", *MODULES))


def policies(context: typer.Context, incomplete: str) -> Names:
    """Complete a policy of the scenarios that are named before it; none where one cannot be read."""
    from sim.errors import ToolateError
    from sim.scenario import load

    found: dict[str, None] = {}
    for file in context.args:  # what no option takes
        try:
            found |= dict.fromkeys(load(file).policy_names())
        except ToolateError:
            continue
    return _starting(incomplete, found)
