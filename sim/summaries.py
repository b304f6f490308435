"""Tables of a run: shares with intervals, verdicts, channels, paired differences and prices, as
pandas frames.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from sim import estimates as est
from sim.errors import Fault, FaultyInputError
from sim.prices import PRICES, prices
from sim.scenario.suggestions import did_you_mean, said
from sim.schema.records import REFUSALS
from sim.sums import Floats, Sums
from sim.surfaces import CHANNELS
from sim.tallies import HEADLINE, REGRETS, TALLIES, not_under
from sim.verdicts import Lost, Verdict

VERDICTS: Final = tuple(v.name.lower() for v in Verdict if v is not Verdict.NOT_ASKED)
LOST_WHEN: Final = tuple(f"lost_{w.name.lower()}" for w in Lost if w is not Lost.NOT)
READ: Final = (*(channel.name for channel in CHANNELS), "thread")
"""Where a text is read, as `read_NAME`: a channel of previews, or the app."""
LEVELS: Final = ("nothing", "existence", "part", "all")
REFUSED: Final = tuple(f"refused_{why}" for why in REFUSALS)
FLAGS: Final = ("phantom", *REFUSED)
MEASURES: Final = {name: TALLIES[name] for name in (*REGRETS[1:], "group_read")}
"""Shares of regretted messages a run reports, and what each means."""
OF: Final = {"group_read": "group_messages"}
"""What a share is of, if not of all regretted messages."""


def shares(sums: Sums, measures: Sequence[str] = tuple(MEASURES)) -> est.Estimates:
    """Estimate all or some of `MEASURES`, of shape (..., policies, measures).

    A measure with no event, or nothing else, takes over the design effect of its policy's headline,
    and that one the baseline's. Where shares of strata are known, all of regretted messages are
    post-stratified, so that parts add up.
    """
    of = sums.of(*(OF.get(name, "regretted") for name in measures))
    effects = design_effects(_plain(sums))
    return corrected(
        est.share(sums.of(*measures), of, design_effect=effects[..., None]), sums, measures
    )


def headlines(sums: Sums) -> est.Estimates:
    """Estimate the headline of every policy."""
    return shares(sums, [HEADLINE]).at_last(0)


def corrected(plain: est.Estimates, sums: Sums, measures: Sequence[str]) -> est.Estimates:
    """Correct shares of all regretted messages to the known shares of strata, if these are counted."""
    if sums.regrets is None or sums.replications < est.FEW:
        return plain
    replication, lane, stratum, _, messages = sums.regrets.rows.T
    strata = est.Strata(replication, lane, stratum, messages, sums.regrets.known)
    shape = plain.value.shape
    lanes, found = plain.each(lambda field: field.reshape(-1, shape[-1])), []
    for k, name in enumerate(measures):
        one, hits = lanes.at_last(k), sums.regrets.of(name)
        # Without hits, as those of `OF` are here, a share stays as it was.
        found.append(strata.corrected(one, hits) if hits.any() else one)
    return est.stacked(found).each(lambda field: field.reshape(shape))


def design_effects(headlines: est.Shares) -> Floats:
    """Give each policy's design effect of the headline, not stratified: the baseline's where its own
    is not seen, and 1 where that is not seen either.
    """
    found = headlines.each
    own = np.where((found.value > 0) & (found.value < 1), found.design_effect, np.nan)
    return np.where(np.isnan(own), np.nan_to_num(own[..., :1], nan=1.0), own)


def _plain(sums: Sums) -> est.Shares:
    hits, of = (sums.of(name)[..., 0] for name in (HEADLINE, "regretted"))
    return est.Shares(hits, of, only=sums.of(*not_under(len(sums.policies))))


def compared(sums: Sums) -> est.Shares:
    """Give what policies are compared by: the headline, and who reads under which policy only."""
    plain = _plain(sums)
    if sums.regrets is None:
        return plain
    headline = plain.each.each(lambda field: field[..., None])
    return replace(plain, known=corrected(headline, sums, [HEADLINE]).at_last(0).value)


def changes(headlines: est.Shares) -> est.Estimates:
    """Estimate each policy's headline less the baseline's, of shape (..., policies)."""
    return est.every_difference(headlines, [0]).each(lambda field: field[..., 0])


@dataclass(frozen=True)
class Summary:
    """The tables of a run; every interval is at 95 %, over replications."""

    sums: Sums
    estimates: est.Estimates
    """Those of `shares`, with what they rest on: shape (policies, measures)."""
    changes: est.Estimates
    """Those of `differences`, the baseline included."""
    shares: pd.DataFrame
    differences: pd.DataFrame
    price: pd.DataFrame

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies, the baseline first."""
        return self.sums.policies

    @classmethod
    def of(cls, sums: Sums) -> Summary:
        """Make the tables of every replication's sums."""
        found, change, paid = shares(sums), changes(compared(sums)), prices(sums)
        counts = sums.of(*MEASURES).sum(axis=0).astype(np.int64)
        table = _table(sums.policies, tuple(MEASURES), found)
        table.insert(5, "count", counts.ravel())
        return cls(
            sums,
            found,
            change,
            table,
            _differences(sums, change),
            _table(sums.policies, tuple(PRICES), paid),
        )

    def headline(self, policy: str, measure: str = HEADLINE) -> est.Estimate:
        """Give one share of one policy: by default the share read despite the deletion.

        Raises `FaultyInputError` for a policy or measure that is not there.
        """
        return self.estimates.at(_place(policy, self.policies), _place(measure, tuple(MEASURES)))

    def change(self, policy: str) -> est.Estimate:
        """Give the headline of a policy less the baseline's. Raises as `headline`."""
        return self.changes.at(_place(policy, self.policies))


def _place(name: str, known: tuple[str, ...]) -> int:
    try:
        return known.index(name)
    except ValueError:
        problem = f"{said(name)} is not there{did_you_mean(name, known)}"
        remedy = f"use one of {', '.join(map(said, known))}"
        raise FaultyInputError([Fault("summary", "", problem, remedy)]) from None


def _table(policies: Sequence[str], names: Sequence[str], found: est.Estimates) -> pd.DataFrame:
    """Lay estimates of shape (policies, names) out, a row for each."""
    return pd.DataFrame(
        {
            "policy": np.repeat(np.array(policies, dtype=object), len(names)),
            "measure": list(names) * len(policies),
            "value": found.value.ravel(),
            "low": found.low.ravel(),
            "high": found.high.ravel(),
            "of": found.per.ravel().astype(np.int64),
            "replications": found.replications.ravel().astype(np.int64),
        }
    )


def _differences(sums: Sums, change: est.Estimates) -> pd.DataFrame:
    parts = sums.of("saved", "newly_lost").sum(axis=0).astype(np.int64)
    return pd.DataFrame(
        {
            "policy": list(sums.policies[1:]),
            "value": change.value[1:],
            "low": change.low[1:],
            "high": change.high[1:],
            "of": change.per[1:].astype(np.int64),
            "replications": change.replications[1:].astype(np.int64),
            "saved": parts[1:, 0],
            "newly_lost": parts[1:, 1],
        }
    )


def expected_costs(sums: Sums, amounts: Mapping[str, float], per_inmail: float) -> pd.DataFrame:
    """Estimate what a world costs under each policy, and the paired change against the first.

    `amounts` gives money per counted event; a lost credit counts `per_inmail` times. Columns:
    policy, value, low, high, change, change_low, change_high, replications, with_any (how many
    worlds cost anything). Where no world does, there is no interval.

    >>> one = Sums(np.array([[[2]], [[4]]]), ("today",), ("too_late",))
    >>> float(expected_costs(one, {"too_late": 10.0}, 1.0)["value"].iloc[0])
    30.0
    """
    weights = [
        amount * (per_inmail if event == "credits_lost" else 1) for event, amount in amounts.items()
    ]
    cost = sums.of(*amounts) @ np.array(weights, dtype=np.float64)
    change = cost - cost[:, :1]
    # An amount below 0 is a gain: then a cost has either sign.
    found = est.mean_change(np.maximum(cost, 0.0), np.maximum(-cost, 0.0))
    changed = est.mean_change(np.maximum(change, 0.0), np.maximum(-change, 0.0))
    low, high = changed.low.copy(), changed.high.copy()
    low[0] = high[0] = 0.0
    return pd.DataFrame(
        {
            "policy": list(sums.policies),
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "change": changed.value,
            "change_low": low,
            "change_high": high,
            "replications": found.replications.astype(np.int64),
            "with_any": np.count_nonzero(cost, axis=0),
        }
    )
