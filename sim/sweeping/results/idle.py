"""Axes that change nothing: under any policy, or under one that sets the parameter itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.sweeping.results.best import parameters_of
from sim.sweeping.results.rows import SHARES

if TYPE_CHECKING:
    import pandas as pd


def idle(frame: pd.DataFrame, *, is_for_all: bool = True) -> Iterator[str]:
    """Say every axis whose values all leave the same counts, and every policy it does not reach,
    if axes are for all policies.

    An axis is judged by cells that differ in it and in nothing else.

    >>> import sim
    >>> frame = sim.sweep("linkedin_dm", {"push.expiry": ["1 d", "2 d"]}, replications=1, workers=1,
    ...                   policies="today")
    >>> list(idle(frame))
    ['push.expiry changes nothing in what was played: its 2 values give the same counts everywhere']
    """
    import pandas as pd

    rows = frame[frame["measure"].isin(SHARES)]
    if rows.empty:
        return
    parameters = parameters_of(frame)
    counts = rows.pivot(index=["cell", "policy"], columns="measure", values="count")
    cells = rows.drop_duplicates(["cell", "policy"]).set_index(["cell", "policy"])[parameters]
    cells["counts"] = pd.util.hash_pandas_object(counts, index=False).reindex(cells.index)
    for axis in parameters:
        by = [*(one for one in parameters if one != axis), "policy"]
        groups = cells.groupby(by, observed=True, sort=False, dropna=False)
        found = groups.agg(values=(axis, "nunique"), counts=("counts", "nunique"))
        found = found[found["values"] > 1]
        if found.empty:
            continue
        moved = (found["counts"] > 1).groupby("policy", observed=True, sort=False).any()
        still = [str(name) for name, moves in moved.items() if not moves]
        if len(still) == len(moved):
            many = cells[axis].nunique()
            yield f"{axis} changes nothing in what was played: its {many} values give the same counts everywhere"
        elif still and is_for_all:
            named = ", ".join(f'"{name}"' for name in still)
            yield f"{axis} changes nothing under {named}: a policy that sets it keeps its own value"
