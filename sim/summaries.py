"""Tables of a run: shares with intervals, verdicts, channels, paired differences and prices, as
pandas frames.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from sim import estimates as est
from sim.clock import SECOND
from sim.surfaces import CHANNELS
from sim.verdicts import Lost, Verdict

VERDICTS: Final = tuple(v.name.lower() for v in Verdict if v is not Verdict.NOT_ASKED)
LOST_WHEN: Final = tuple(f"lost_{w.name.lower()}" for w in Lost if w is not Lost.NOT)
READ: Final = (*(channel.name for channel in CHANNELS), "thread", "anywhere")
"""Where a text is read, as `read_NAME`: a channel of previews, the app, any of them."""
LEVELS: Final = ("nothing", "existence", "part", "all")
REFUSED: Final = ("refused_kind", "refused_window", "refused_opened", "refused_receiver")
FLAGS: Final = ("phantom", *REFUSED)
MEASURES: Final = {
    "preview_read": "a preview was read (too late or ghost): the headline",
    **{name: f"verdict {name}" for name in VERDICTS},
    **{name: f"too late, {name.removeprefix('lost_').replace('_', ' ')}" for name in LOST_WHEN},
    **{one.measure: f"{one.meaning}, before the text was in the app" for one in CHANNELS},
    "read_thread": "the text was read in the app",
    "read_anywhere": "anything of the text was read",
    "phantom": "a sign of it was met, and nothing of it was ever read",
    "refused_kind": "refused: its kind cannot be deleted",
    "refused_window": "refused: the deletion window was over",
    "refused_opened": "refused: it had been opened",
    "refused_receiver": "refused by the recipient's client, for its age",
    "level_nothing": "exposed to nothing",
    "level_existence": "exposed to its existence only",
    "level_part": "exposed to part of the text",
    "level_all": "exposed to all of the text",
}
"""Shares of regretted messages a run reports, and what each means."""

PRICES: Final = {
    "delay_notified_s": (
        "others_delay_notified",
        "others_both_notified",
        "added delay until notified (of what had not been read in the app by then), seconds",
    ),
    "delay_read_s": (
        "others_delay_read",
        "others_both_read",
        "added delay until first read, seconds",
    ),
    "never_notified": (
        "others_never_notified",
        "others",
        "share never notified, nor read in the app",
    ),
    "pushes_per_message": ("others_pushed", "others", "pushes sent per message"),
    "emails_per_message": ("others_mailed", "others", "e-mails that carried it, per message"),
    "orphans_per_followup": (
        "orphans",
        "followups",
        "follow-ups sent after their opening message was gone",
    ),
    "credits_lost_per_inmail": (
        "credits_lost",
        "credits_used",
        "InMail credits that did not come back, per InMail",
    ),
}
"""Prices of a policy: (sum, of how many, meaning); the first five are for messages that nobody
regretted."""


@dataclass(frozen=True)
class Summary:
    """The tables of a run; every interval is at 95 %, over replications."""

    policies: tuple[str, ...]
    sums: dict[str, pd.DataFrame]
    """Per policy: one row per replication, one column per count."""
    shares: pd.DataFrame
    differences: pd.DataFrame
    price: pd.DataFrame

    @classmethod
    def of(
        cls, policies: Sequence[str], replications: Sequence[Mapping[str, Mapping[str, int]]]
    ) -> Summary:
        """Make the tables of every replication's sums."""
        sums = {name: pd.DataFrame([dict(one[name]) for one in replications]) for name in policies}
        base = sums[policies[0]]
        return cls(
            tuple(policies),
            sums,
            pd.DataFrame(
                [
                    _row(
                        name,
                        m,
                        sums[name][m].sum(),
                        est.share(sums[name][m], sums[name]["regretted"]),
                    )
                    for name in policies
                    for m in MEASURES
                ]
            ),
            pd.DataFrame(
                [_difference(name, sums[name], base) for name in policies[1:]],
                columns=[
                    "policy",
                    "value",
                    "low",
                    "high",
                    "of",
                    "replications",
                    "saved",
                    "newly_lost",
                ],
            ),
            pd.DataFrame(
                [
                    _row(name, price, 0, _price(sums[name], top, bottom))
                    for name in policies
                    for price, (top, bottom, _) in PRICES.items()
                ]
            ).drop(columns="count"),
        )

    def headline(self, policy: str, measure: str = "preview_read") -> est.Estimate:
        """Give one share of one policy: by default the share whose preview was read."""
        row = self.shares[
            (self.shares["policy"] == policy) & (self.shares["measure"] == measure)
        ].iloc[0]
        return est.Estimate(
            row["value"], row["low"], row["high"], row["of"], int(row["replications"])
        )


def expected_costs(
    sums: Mapping[str, pd.DataFrame], amounts: Mapping[str, float], per_inmail: float
) -> pd.DataFrame:
    """Estimate what a world costs under each policy, and the paired change against the first.

    T over replications.

    `amounts` gives money per counted event; a lost credit counts `per_inmail` times. Columns:
    policy, value, low, high, change, change_low, change_high, replications.

    >>> one = {"today": pd.DataFrame({"too_late": [2, 4]})}
    >>> float(expected_costs(one, {"too_late": 10.0}, 1.0)["value"].iloc[0])
    30.0
    """
    weights = {
        event: amount * (per_inmail if event == "credits_lost" else 1)
        for event, amount in amounts.items()
    }
    costs = {
        name: sum(
            (table[event] * weight for event, weight in weights.items()),
            start=table.iloc[:, 0] * 0.0,
        )
        for name, table in sums.items()
    }
    base = next(iter(costs.values()))
    rows = []
    for name, cost in costs.items():
        e, change = est.mean(cost, np.ones(cost.size)), est.mean(cost - base, np.ones(cost.size))
        rows.append(
            {
                "policy": name,
                "value": e.value,
                "low": e.low,
                "high": e.high,
                "change": change.value,
                "change_low": change.low,
                "change_high": change.high,
                "replications": e.replications,
            }
        )
    return pd.DataFrame(rows)


def _row(policy: str, measure: str, count: float, e: est.Estimate) -> dict[str, object]:
    return {
        "policy": policy,
        "measure": measure,
        "value": e.value,
        "low": e.low,
        "high": e.high,
        "count": int(count),
        "of": int(e.per),
        "replications": e.replications,
    }


def _difference(policy: str, mine: pd.DataFrame, base: pd.DataFrame) -> dict[str, object]:
    e = est.difference(
        mine["preview_read"], mine["regretted"], base["preview_read"], base["regretted"]
    )
    return {
        "policy": policy,
        "value": e.value,
        "low": e.low,
        "high": e.high,
        "of": int(e.per),
        "replications": e.replications,
        "saved": int(mine["saved"].sum()),
        "newly_lost": int(mine["newly_lost"].sum()),
    }


def _price(sums: pd.DataFrame, top: str, bottom: str) -> est.Estimate:
    if top.startswith("others_delay"):
        return est.mean(sums[top] / SECOND, sums[bottom])
    return est.share(sums[top], sums[bottom])
