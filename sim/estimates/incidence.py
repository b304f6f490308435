"""Cumulative incidence: what has happened first by a time, where several things compete and
observation ends at different times.

The estimator is Aalen and Johansen's (Scandinavian Journal of Statistics 5:141, 1978), never one
minus Kaplan-Meier, which answers for a world where nothing competes. Its error is that of the means
of its pseudo-values (Andersen, Klein & Rosthoj, Biometrika 90:15, 2003; here as first derivatives)
over replications; where nothing is censored these are plain indicators, and the interval is that of
a share.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.estimates.ratios import Estimates, share
from sim.sums import Floats

Ints = npt.NDArray[np.int64]


def incidence(
    times: npt.ArrayLike,
    causes: npt.ArrayLike,
    replications: npt.ArrayLike,
    at: npt.ArrayLike,
    *,
    kinds: int,
) -> Estimates:
    """Estimate the share to which each cause has happened first by some times: shape (at, kinds).

    `times` says when each message's first event was, or its observation ended; `causes` which event
    it was, from 1 to `kinds`, and 0 for none; `replications` where it belongs. An event at the very
    end of an observation counts.

    >>> found = incidence([1, 2, 3, 4], [1, 2, 1, 0], [0, 0, 1, 1], [2.5, 3.5], kinds=2)
    >>> found.value.tolist()
    [[0.25, 0.25], [0.5, 0.25]]
    """
    place = np.unique(np.asarray(replications), return_inverse=True)[1]
    worlds = int(place.max(initial=-1)) + 1
    hits = [
        [np.bincount(place, each, worlds) for each in pseudo_values(times, causes, one, kinds).T]
        for one in np.atleast_1d(at).tolist()
    ]
    of = np.bincount(place, minlength=worlds).astype(np.float64)
    sums = np.array(hits).reshape(-1, kinds, worlds).transpose(2, 0, 1)
    return share(sums, np.broadcast_to(of[:, None, None], sums.shape))


def pseudo_values(times: npt.ArrayLike, causes: npt.ArrayLike, at: float, kinds: int) -> Floats:
    """Give what each message adds to the cumulative incidence at a time: shape (messages, kinds).

    Their mean is Aalen and Johansen's estimate exactly. Without censoring they are 1 where the event
    has happened and 0 elsewhere.

    >>> pseudo_values([1, 2, 3], [1, 2, 1], 2, 2).round(9).tolist()
    [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    """
    t, cause = np.asarray(times), np.asarray(causes, dtype=np.intp)
    n = t.size
    events = np.unique(t[(cause > 0) & (t <= at)])
    risk = n - np.searchsorted(np.sort(t), events)
    mine = (cause > 0) & (t <= at)
    own = np.searchsorted(events, t[mine])
    until = np.searchsorted(events, t, side="right")  # events up to each message's own time
    happened = [np.bincount(own[cause[mine] == j], minlength=events.size) for j in _kinds(kinds)]
    hazard = np.stack(happened) / risk
    whole = hazard.sum(axis=0)
    before = np.concatenate([[1.0], np.cumprod(1 - whole)])[:-1]
    reached = np.cumsum(before * hazard, axis=1)
    direct = before * n / risk
    found = np.empty((n, kinds))
    for j in range(kinds):
        final = reached[j, -1] if events.size else 0.0
        ahead = np.zeros(events.size)  # what an event takes away from the rest of its kind
        np.divide((final - reached[j]) * n, risk * (1 - whole), out=ahead, where=whole < 1)
        drift = np.cumsum(ahead * whole - direct * hazard[j])
        value = final + np.concatenate([[0.0], drift])[until]
        value[mine] += np.where(cause[mine] == j + 1, direct[own], 0.0) - ahead[own]
        found[:, j] = value
    return found


def _kinds(kinds: int) -> range:
    return range(1, kinds + 1)
