"""A comparison written down: one JSON document, and a folder of tables, chart and manifest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from sim.comparing.comparison import Comparison
from sim.estimates import Estimate
from sim.results import ResultFolder, basis, manifest, scenario_hash
from sim.tallies import SPLIT
from sim.version import __version__


def document(comparison: Comparison) -> dict[str, Any]:
    """Give the one JSON document of a comparison; its keys are in docs/compare.md.

    Shares are numbers from 0 to 1.
    """
    differences, behind = _by_name(comparison.differences), _by_name(comparison.behind)
    costs = {} if comparison.costs is None else _by_name(comparison.costs)
    entries = []
    for name in comparison.names:
        entry: dict[str, Any] = {
            "name": name,
            "headline": _estimate(comparison.headline(name)),
            "split": {part: _estimate(comparison.headline(name, part)) for part in SPLIT},
            "price": {
                row["measure"]: _numbers(row, "value", "low", "high")
                for row in _rows(comparison.price)
                if row["policy"] == name
            },
        }
        if name in differences:
            entry["difference"] = _numbers(
                differences[name], "to", "value", "low", "high", "pairing", "saved", "newly_lost"
            ) | basis(comparison.changes.at(comparison.names.index(name)))
            entry["moves"] = [
                _numbers(row, "before", "after", "messages")
                for row in _rows(comparison.moves)
                if row["policy"] == name
            ]
        if name in costs:
            keys = ("value", "low", "high", "change", "change_low", "change_high", "with_any")
            entry["cost"] = _numbers(costs[name], *keys)
        if name in behind:
            entry["behind"] = _numbers(
                behind[name], "to", "value", "low", "high", "could_be", "alike"
            )
        entries.append(entry)
    return {
        "schema": 1,
        "tool": {"name": "toolate", "version": __version__},
        "compared": "policies" if comparison.of_policies else "scenarios",
        "scenarios": [
            {
                "file": one.file,
                "title": one.title,
                "seed": one.run.seed,
                "sha256": scenario_hash(one),
            }
            for one in comparison.scenarios
        ],
        "replications": comparison.replications,
        "replications_asked": comparison.asked,
        "complete": comparison.replications == comparison.asked,
        "confidence": 0.95,
        "method": comparison.changes.method,
        "against": comparison.against,
        "best": {
            "name": comparison.best,
            "sure": comparison.is_sure,
            "could_be": list(comparison.could_be_best),
        },
        "entries": entries,
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _by_name(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["policy"]: row for row in _rows(table)}


def _numbers(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Pick entries of a row; what is missing becomes None, which JSON has."""
    return {key: None if pd.isna(row[key]) else row[key] for key in keys}


def _estimate(e: Estimate) -> dict[str, Any]:
    found = {"share": e.value, "low": e.low, "high": e.high, "of": int(e.per)}
    return _numbers(found, *found) | basis(e)


def write(
    folder: ResultFolder,
    comparison: Comparison,
    command: str,
    *,
    draw: Callable[[Comparison, Path], object],
) -> Path:
    """Write tables, JSON, pictures (by `draw`) and manifest of a comparison.

    Raises `OutputError`.
    """

    def fill(making: Path) -> dict[str, Any]:
        for name in ("shares", "differences", "behind", "price", "moves", "costs"):
            table = getattr(comparison, name)
            if table is not None:
                table.to_csv(making / f"{name}.csv", index=False)
        draw(comparison, making)
        text = json.dumps(document(comparison), indent=1)
        (making / "comparison.json").write_text(text + "\n", encoding="utf-8")
        first, *others = comparison.scenarios
        return manifest(
            first,
            comparison.names,
            comparison.replications,
            comparison.asked,
            comparison.engine,
            command,
        ) | {"others": [{"scenario_file": one.file, "scenario": one.raw} for one in others]}

    return folder.put(fill)
