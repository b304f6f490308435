"""What a store keeps of a sweep that was requested: enough to make its table again without the
sweep's file.
"""

from __future__ import annotations

import io
import json
from typing import Any

from sim.engines import VERSION
from sim.sweeping.planning.plan import SweepPlan
from sim.sweeping.planning.precision import Rule
from sim.sweeping.store.folder import ResultStore
from sim.sweeping.store.tables import SweepRequest
from sim.version import __version__


def request_of(plan: SweepPlan) -> SweepRequest:
    """Give a plan in the form a store keeps it."""
    names = list(dict.fromkeys(name for cell in plan.cells for name in cell.columns))
    return SweepRequest(
        plan.identity,
        tuple(cell.case.address for cell in plan.cells),
        {address: case.block for address, case in plan.cases.items()},
        {name: [cell.columns.get(name) for cell in plan.cells] for name in names},
        plan.policies,
        plan.rule,
    )


def is_kept(store: ResultStore, identity: str) -> bool:
    """Tell whether this sweep was requested from a store before; then its cells were checked."""
    return (store.folder / "sweeps" / identity / "plan.json").is_file()


def keep(plan: SweepPlan, store: ResultStore) -> None:
    """Write down a sweep in a store: first its cells, then the plan, whose being there means that
    both are.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    request = request_of(plan)
    cells = pa.table(
        {
            "cell": pa.array(request.addresses),
            "block": pa.array(
                [request.blocks[address] for address in request.addresses], pa.int64()
            ),
            "columns": pa.array(
                [json.dumps(cell.columns, ensure_ascii=False, default=str) for cell in plan.cells]
            ),
        }
    )
    out = io.BytesIO()
    pq.write_table(cells, out, compression="zstd")
    store.write(f"sweeps/{plan.identity}/cells.parquet", out.getvalue())
    manifest = {
        "schema": 1,
        "tool": "toolate",
        "version": __version__,
        "engine": VERSION,
        "sweep": plan.identity,
        "title": plan.title,
        "file": plan.shown,
        "cells": len(plan.cells),
        "axes": [list(axis) for axis in plan.axes],
        "unknowns": list(plan.unknowns),
        "left_out": list(plan.left_out),
        "policies": list(plan.policies),
        "rule": plan.rule.told(),
        "rule_in_words": plan.rule.words(),
        "bases": [
            {"platform": platform, "scenario": base.scenario.raw}
            for platform, base in zip(plan.platforms, plan.bases, strict=True)
        ],
    }
    store.write(
        f"sweeps/{plan.identity}/plan.json",
        json.dumps(manifest, indent=1, default=str).encode() + b"\n",
    )


def old_sweeps(store: ResultStore) -> dict[str, str]:
    """Tell which sweeps of a store were played by another version of the engines, with a line about
    each: their tables stay readable, their results are not used.
    """
    found = {}
    for identity in store.sweeps():
        engine = _engine_of(store, identity)
        if engine is not None and engine != VERSION:
            found[identity] = (
                f"{store.folder}: {identity} was played by version {engine} of the engines, and this "
                f"is version {VERSION}: its table can still be queried, but its results are not "
                "used; give the sweep's command again to play it anew."
            )
    return found


def _engine_of(store: ResultStore, identity: str) -> int | None:
    """Give the version of the engines that played a sweep; nothing if that cannot be read."""
    try:
        text = (store.folder / "sweeps" / identity / "plan.json").read_text(encoding="utf-8")
        return int(json.loads(text).get("engine", 0))
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def kept(store: ResultStore, identity: str) -> SweepRequest:
    """Read a sweep that a store keeps.

    Raises `OutputError` if it cannot be read, or another version of the engines played it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    home = store.folder / "sweeps" / identity
    if identity in old_sweeps(store):
        problem = f"{identity} was played by another version of the engines"
        raise store.fault(problem, "give the sweep's command again, which plays it anew")
    try:
        manifest: dict[str, Any] = json.loads((home / "plan.json").read_text(encoding="utf-8"))
        cells = pq.read_table(home / "cells.parquet").to_pydict()
        columns = [json.loads(one) for one in cells["columns"]]
        rule = Rule(**{**manifest["rule"], "measures": tuple(manifest["rule"]["measures"])})
        policies = tuple(manifest["policies"])
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        remedy = "give the sweep's command again, which writes it anew"
        raise store.fault(f"what it keeps of {identity} cannot be read", remedy) from None
    names = list(dict.fromkeys(name for one in columns for name in one))
    return SweepRequest(
        identity,
        tuple(cells["cell"]),
        dict(zip(cells["cell"], cells["block"], strict=True)),
        {name: [one.get(name) for one in columns] for name in names},
        policies,
        rule,
    )
