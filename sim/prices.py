"""What a policy costs everybody else: prices of delays and of what is sent, with their intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from sim import estimates as est
from sim.clock import DAY, HOUR, SECOND
from sim.sums import Floats, Sums
from sim.tallies import DELAY_EDGES, DELAYED, counted, delayed_by

MANY: Final = 100
"""Replications with any delay that give its mean an interval; `estimates.FEW`, if all have some."""
DELAYS: Final = (
    *("send.hold", "send.hold_per_character", "review.time"),
    *("push.delay", "email.delay", "email.window"),
)
"""Settings that delay messages which nobody regrets, too."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price of a policy: what is estimated, what it means, and how a claim calls it.

    `kind` is "share" or "number" (at most 1) of `top` per `of`, "rate" of `top` per day of the seconds
    `of`, "mean" of `top` per `of`, or "delay" in seconds, of what `of` names.
    """

    meaning: str
    kind: Literal["share", "number", "rate", "mean", "delay"]
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
    **{
        f"{what}_per_day": Price(
            f"{words}, per recipient and day",
            "rate",
            f"{words} per recipient and day",
            f"others_{top}",
            "others_recipient_s",
        )
        for what, words, top in (
            ("pushes", "pushes", "pushed"),
            ("alerts", "alerts", "felt"),
            ("emails", "emails", "mails"),
        )
    },
    "readers_per_group": Price(
        "recipients who read the text of a regretted group message",
        "mean",
        "readers per group message",
        "group_readers",
        "group_messages",
    ),
}
"""What a policy costs, shares and numbers before rates and means: for messages that nobody regretted
(delays against the baseline message by message), but for follow-ups, credits and group messages."""


def prices(sums: Sums) -> est.Estimates:
    """Estimate all of `PRICES`, of shape (..., policies, prices)."""
    ratios = [
        estimate(sums.of(*(one.top for one in some)), sums.of(*(one.of for one in some)) / per)
        for estimate, per, some in _ratios()
    ]
    delays = _delays(sums)
    flat = delays.each(lambda field: field.reshape(*field.shape[:-2], -1))
    return est.side_by_side([flat, *ratios])


def _ratios() -> list[tuple[Callable[..., est.Estimates], Floats, list[Price]]]:
    """Give the prices that are ratios: how they are estimated, and what their totals are divided by."""
    ways = ((est.share, ("share", "number")), (est.mean, ("rate", "mean")))
    out = []
    for estimate, kinds in ways:
        some = [price for price in PRICES.values() if price.top and price.kind in kinds]
        per = np.array([DAY / SECOND if price.kind == "rate" else 1.0 for price in some])
        out.append((estimate, per, some))
    return out


def _delays(sums: Sums) -> est.Estimates:
    """Estimate the prices of delays, of shape (..., policies, what is delayed, prices)."""
    counts, total, used = _binned(sums)
    edges, near = _open_edges()[used], _is_near()[used]
    far = ~near
    mean = est.skewed_mean(total @ near, counts @ near)
    # A mean that rare delays of most of an hour decide has no interval that holds before some of them
    # have come (docs/coverage.md, "Rare delays"); where all worlds have some, a hold shows, and a few do.
    some, every = mean.with_events, mean.with_events == mean.replications
    few = (some < MANY) & ~(every & (some >= est.FEW))
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
