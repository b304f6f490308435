"""Tables of a run: shares with intervals, verdicts, channels, paired differences and prices, as
pandas frames.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import estimates as est
from sim.clock import HOUR, SECOND
from sim.sums import Floats, Sums
from sim.surfaces import CHANNELS
from sim.tallies import (
    DELAY_EDGES,
    DELAYED,
    HEADLINE,
    REGRETS,
    TALLIES,
    counted,
    delayed_by,
    in_strata,
    not_under,
)
from sim.verdicts import Lost, Verdict

VERDICTS: Final = tuple(v.name.lower() for v in Verdict if v is not Verdict.NOT_ASKED)
LOST_WHEN: Final = tuple(f"lost_{w.name.lower()}" for w in Lost if w is not Lost.NOT)
READ: Final = (*(channel.name for channel in CHANNELS), "thread")
"""Where a text is read, as `read_NAME`: a channel of previews, or the app."""
LEVELS: Final = ("nothing", "existence", "part", "all")
REFUSED: Final = ("refused_kind", "refused_window", "refused_opened", "refused_receiver")
FLAGS: Final = ("phantom", *REFUSED)
MEASURES: Final = {name: TALLIES[name] for name in REGRETS[1:]}
"""Shares of regretted messages a run reports, and what each means."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price of a policy: what is estimated, what it means, and how a claim calls it.

    `kind` is "share" or "number" of `top` per `of`, or "delay" in seconds, of what `of` names.
    """

    meaning: str
    kind: Literal["share", "number", "delay"]
    words: str
    top: str = ""
    of: str = ""


def _delay_prices(what: str) -> dict[str, Price]:
    """Give what a delay is reported by: no number of them hides how far a few are moved."""
    until = f"until {'first read' if what == 'read' else what}"
    delay = f"added delay until {what}"
    return {
        f"delay_{what}_s": Price(
            f"mean added delay {until}, of those moved by less than an hour, seconds",
            "delay",
            delay,
            of=what,
        ),
        f"delay_{what}_far": Price(
            f"share moved by an hour or more, {until}",
            "share",
            f"{what} an hour apart share",
            of=what,
        ),
        f"delay_{what}_far_s": Price(
            f"median added delay {until}, of those moved by an hour or more, seconds",
            "delay",
            f"{delay} of those moved by an hour",
            of=what,
        ),
        f"delay_{what}_median_s": Price(
            f"median added delay {until}, seconds", "delay", f"median {delay}", of=what
        ),
        f"delay_{what}_p95_s": Price(
            f"95th percentile of the added delay {until}, seconds",
            "delay",
            f"95th percentile {delay}",
            of=what,
        ),
    }


PRICES: Final = {
    **_delay_prices("notified"),  # of what had not been read in the app by then
    **_delay_prices("read"),
    "never_notified": Price(
        "share never notified, nor read in the app",
        "share",
        "never notified share",
        "others_never_notified",
        "others",
    ),
    "pushes_per_message": Price(
        "pushes sent per message", "number", "pushes per message", "others_pushed", "others"
    ),
    "emails_per_message": Price(
        "e-mails sent, per message", "number", "emails per message", "others_mails", "others"
    ),
    "alerts_per_message": Price(
        "pushes that made themselves felt, per message",
        "number",
        "alerts per message",
        "others_felt",
        "others",
    ),
    "orphans_per_followup": Price(
        "follow-ups sent after their opening message was gone",
        "number",
        "orphans per followup",
        "orphans",
        "followups",
    ),
    "credits_lost_per_inmail": Price(
        "InMail credits that did not come back, per InMail",
        "number",
        "credits lost per inmail",
        "credits_lost",
        "credits_used",
    ),
}
"""What a policy costs; all but the last two are for messages that nobody regretted, delays against
the baseline message by message."""


def shares(sums: Sums, measures: Sequence[str] = tuple(MEASURES)) -> est.Estimates:
    """Estimate all or some of `MEASURES`, of shape (..., policies, measures).

    A measure with no event, or nothing else, takes over the design effect of its policy's headline,
    and that one the baseline's. Where shares of strata are known, all are post-stratified, so that
    parts add up.
    """
    effects = design_effects(compared(sums))
    if sums.known is None:
        hits, of = sums.of(*measures), sums.of("regretted")
        return est.share(hits, of, design_effect=effects[..., None])
    return est.stacked([_stratified(sums, sums.known, one, effects) for one in measures])


def headlines(sums: Sums) -> est.Estimates:
    """Estimate the headline of every policy."""
    return shares(sums, [HEADLINE]).each(lambda field: field[..., 0])


def _stratified(
    sums: Sums, known: Floats, measure: str, effects: npt.ArrayLike = 1.0
) -> est.Estimates:
    """Estimate one of `MEASURES` by the known shares of strata."""
    hits, of = (sums.of(*in_strata(name)) for name in (measure, "regretted"))
    return est.stratified(hits, of, known, design_effect=effects)


def design_effects(headlines: est.Shares) -> Floats:
    """Give each policy's design effect of the headline, not stratified: the baseline's where its own
    is not seen, and 1 where that is not seen either.
    """
    found = headlines.each
    own = np.where((found.value > 0) & (found.value < 1), found.design_effect, np.nan)
    return np.where(np.isnan(own), np.nan_to_num(own[..., :1], nan=1.0), own)


def compared(sums: Sums) -> est.Shares:
    """Give what policies are compared by: the headline, and who reads under which policy only."""
    hits, of = (sums.of(name)[..., 0] for name in (HEADLINE, "regretted"))
    known = None if sums.known is None else _stratified(sums, sums.known, HEADLINE).value
    return est.Shares(hits, of, only=sums.of(*not_under(len(sums.policies))), known=known)


def changes(headlines: est.Shares) -> est.Estimates:
    """Estimate each policy's headline less the baseline's, of shape (..., policies)."""
    return est.every_difference(headlines, [0]).each(lambda field: field[..., 0])


def prices(sums: Sums) -> est.Estimates:
    """Estimate all of `PRICES`, of shape (..., policies, prices)."""
    plain = [price for price in PRICES.values() if price.top]
    ratios = est.share(sums.of(*(one.top for one in plain)), sums.of(*(one.of for one in plain)))
    delays = _delays(sums)
    flat = delays.each(lambda field: field.reshape(*field.shape[:-2], -1))
    return est.side_by_side([flat, ratios])


def _delays(sums: Sums) -> est.Estimates:
    """Estimate the prices of delays, of shape (..., policies, what is delayed, prices)."""
    counts, total, used = _binned(sums)
    edges, near = _open_edges()[used], _is_near()[used]
    later, far = edges[:, 0] >= 0, ~near
    up, down, moved = total @ (near & later), -total @ (near & ~later), counts @ near
    mean = est.mean_change(up, down, moved)
    # A mean of a few large delays among many that are none has no interval that holds: with 30 worlds
    # and few messages moved, t intervals covered half of the time (docs/coverage.md).
    few = (mean.with_events < est.FEW) & (mean.with_events < mean.replications)
    low, high = (np.where(few, np.nan, limit) for limit in (mean.low, mean.high))
    # The baseline moves nothing against itself.
    low[..., 0, :] = high[..., 0, :] = mean.value[..., 0, :]
    share = est.share(counts @ far, counts.sum(axis=-1))
    share.high[..., 0, :] = share.value[..., 0, :]  # the baseline moves nothing against itself
    by = est.quantile(counts[..., far], total[..., far], edges[far], 0.5)
    quantiles = est.quantile(counts, total, edges, [0.5, 0.95])
    mean, by, quantiles = map(_in_seconds, (mean.with_limits(low, high), by, quantiles))
    return est.side_by_side([est.stacked([mean, share, by]), quantiles])


def _in_seconds(found: est.Estimates) -> est.Estimates:
    low, value, high = (one / SECOND for one in (found.low, found.value, found.high))
    return replace(found, low=low, value=value, high=high)


def _binned(sums: Sums) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Give counts and delays, (replications, ..., policies, what, bins), of the bins in use.

    Delays stay whole numbers of microseconds, which add up exactly in any order.
    """
    names = [name for what in DELAYED for name in (*counted(what), *delayed_by(what))]
    both = sums.whole(*names)
    both = both.reshape(*both.shape[:-1], len(DELAYED), 2, len(DELAY_EDGES))
    each = both.sum(axis=0)[..., 0, :]
    used = np.asarray(each.any(axis=tuple(range(each.ndim - 1))), dtype=np.bool_)
    used[[0, -1]] = True  # most bins are empty, but something stands for far and for near
    used[len(used) // 2] = True
    chosen = np.take(both, np.flatnonzero(used), axis=-1).astype(np.float64)
    return chosen[..., 0, :], chosen[..., 1, :], used


@cache
def _open_edges() -> Floats:
    """Give the ends of the bins, the first and the last of which are open."""
    edges = DELAY_EDGES.astype(np.float64)
    edges[0, 0], edges[-1, 1] = -np.inf, np.inf
    return edges


def _is_near() -> npt.NDArray[np.bool_]:
    """Tell which bins hold delays of less than an hour."""
    near: npt.NDArray[np.bool_] = np.abs(DELAY_EDGES).min(axis=1) < HOUR
    return near


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
        """Give one share of one policy: by default the share read despite the deletion."""
        return self.estimates.at(self.policies.index(policy), _measures()[measure])

    def change(self, policy: str) -> est.Estimate:
        """Give the headline of a policy less the baseline's."""
        return self.changes.at(self.policies.index(policy))


@cache
def _measures() -> dict[str, int]:
    return {name: k for k, name in enumerate(MEASURES)}


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
