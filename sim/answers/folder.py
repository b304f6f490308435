"""Answers as tables by name, and the folder that a command leaves of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.results import ResultFolder, manifest

if TYPE_CHECKING:
    from sim.answers import Answers


def tables(found: Answers) -> dict[str, pd.DataFrame]:
    """Give every answer's tables by the names of their files; what was not asked for has none.

    >>> import sim
    >>> list(tables(sim.answer("linkedin_dm", questions="lost", replications=20)))
    ['steps', 'levers']
    """
    several: dict[str, pd.DataFrame] = {}
    for name in ("exposure", "deadline", "incidence"):
        one = getattr(found, name)
        if one is not None:
            several[name] = one.table()
    if found.holds:
        several["hold"] = pd.concat([one.table().assign(lever=one.lever) for one in found.holds])
    if found.lost is not None:
        several |= {"steps": found.lost.steps(), "levers": found.lost.table()}
    for name in ("frontier", "best"):
        one = getattr(found, name)
        if one is not None:
            several[name] = one.table
    if found.unknowns is not None:
        several["policies"] = found.unknowns.policies
        several["unknowns"] = found.unknowns.worth
        several["structure"] = found.unknowns.structure
    return several


def write(
    folder: ResultFolder, found: Answers, command: str, *, draw: Callable[[Answers, Path], object]
) -> Path:
    """Write tables, JSON, charts (by `draw`) and manifest of answers. Raises `OutputError`."""

    def fill(making: Path) -> dict[str, Any]:
        for name, table in tables(found).items():
            table.to_csv(making / f"{name}.csv", index=False)
        draw(found, making)
        text = json.dumps(found.document(), indent=1)
        (making / "answers.json").write_text(text + "\n", encoding="utf-8")
        scenario, done = found.scenario, found.replications
        return manifest(scenario, scenario.policy_names(), done, done, found.engine, command)

    return folder.put(fill)
