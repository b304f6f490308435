"""The best policy of every cell, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.sweeping.results.rows import AGAINST_BEST, RESERVED
from sim.tallies import HEADLINE, SPLIT

if TYPE_CHECKING:
    import pandas as pd


def parameters_of(frame: pd.DataFrame) -> list[str]:
    """List the columns of a sweep's table that are parameters, without the numbers beside times and
    rates.
    """
    names = [name for name in frame.columns if name not in RESERVED]
    return [
        name
        for name in names
        if not any(name == f"{other}{end}" for other in names for end in ("_s", "_per_d"))
    ]


def best(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a row per cell: the policy with the lowest headline, its share with interval and
    split, and who else it could be.

    `could_be` lists every policy that may be the best one, with 95 % confidence for the whole cell;
    `sure` says that there is one only. `ahead` is the next policy's headline less the best one's,
    from `ahead_low` to `ahead_high`.

    >>> import sim
    >>> frame = sim.sweep("scenarios/linkedin_dm.toml", {"send.hold": ["0 s"]}, replications=2, workers=1)
    >>> bool(best(frame)["sure"].iloc[0])
    False
    """
    import pandas as pd

    shares, against = (frame[frame["measure"] == one] for one in (HEADLINE, AGAINST_BEST))
    policies = shares["policy"].astype(str).unique()
    shape = (-1, max(len(policies), 1))
    value, low, high = (shares[one].to_numpy().reshape(shape) for one in ("value", "low", "high"))
    behind, behind_low, behind_high = (
        against[one].to_numpy().reshape(shape) for one in ("value", "low", "high")
    )
    parts = {
        part: frame.loc[frame["measure"] == part, "value"].to_numpy().reshape(shape)
        for part in SPLIT
    }
    first = np.where(np.isnan(value), np.inf, value).argmin(axis=1)
    cell = np.arange(len(value))
    possible = ~(behind_low >= 0)  # unknown counts as possible
    out = shares[[one for one in ("cell", *parameters_of(frame), "point") if one in frame]].iloc[
        :: shape[1]
    ]
    told = {
        "best": policies[first],
        "value": value[cell, first],
        "low": low[cell, first],
        "high": high[cell, first],
        **{part: share[cell, first] for part, share in parts.items()},
        "sure": (possible.sum(axis=1) == 1) & np.isfinite(value[cell, first]) & (len(policies) > 1),
        "could_be": [", ".join(policies[row]) for row in possible],
        "ahead": 0.0 - behind[cell, first],  # and not -0.0
        "ahead_low": 0.0 - behind_high[cell, first],
        "ahead_high": 0.0 - behind_low[cell, first],
    }
    return pd.concat([out.reset_index(drop=True), pd.DataFrame(told)], axis=1)
