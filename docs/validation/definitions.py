"""What each published fact measures, as a function of records and looks: two studies that say "seen" mean different things.

Instants are int64 microseconds, `NEVER` where nothing happened; waits are float64 minutes, inf for never.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.clock import HOUR, MINUTE, NEVER

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SAMPLED_EVERY = 15 * MINUTE
"""How often Weber, Voit & Henze (2019) looked at the pending notifications of a phone."""
PAUSED_AFTER = HOUR
"""Darkness after which Android defers periodic jobs on a phone that lies still (Android developers,
"Optimize for Doze and App Standby"; about an hour by a third party)."""


def wait(start: Int64s, *ends: Int64s) -> Floats:
    """Give the minutes from each start to the earliest of some ends; 0 if that was before.

    >>> wait(np.array([0]), np.array([NEVER]), np.array([2 * MINUTE]))
    array([2.])
    """
    first = np.minimum.reduce(ends)
    minutes = (first.astype(np.float64) - start) / MINUTE
    return np.where(first == NEVER, np.inf, np.maximum(minutes, 0))


def to_view(arrived: Int64s, handled: Int64s, read: Int64s) -> Floats:
    """Time to *view*: until the notification is handled, or the message read in the app.

    Pielot et al. (2014) counted the app or the list of notifications being opened, not a glance.
    """
    return wait(arrived, handled, read)


def to_notice(arrived: Int64s, noticed: Int64s, read: Int64s) -> Floats:
    """Time until the notification is *seen* by anybody's eyes, or the message read in the app."""
    return wait(arrived, noticed, read)


def to_unlock(arrived: Int64s, starts: Int64s, ends: Int64s, unlocked: Flags) -> Floats:
    """Time to the next *unlock* of one phone, 0 if it is unlocked: what Mehrotra et al. (2016) call
    seen.

    Looks are sorted by start, [start, end); only those that are `unlocked` count.
    """
    starts, ends = starts[unlocked], np.maximum.accumulate(ends[unlocked])
    if not starts.size:
        return np.full(arrived.size, np.inf)
    place = np.searchsorted(ends, arrived, side="right")  # first look that is not over
    next_start = np.append(starts, NEVER)[place]
    return wait(arrived, next_start)


def share_within(waits: Floats, minutes: float) -> float:
    """Share of those that happened at all that happened within so many minutes.

    Conditional on happening: curves of opens (VAL-6) and clicks (VAL-2) are published so.
    """
    happened = waits[np.isfinite(waits)]
    return float(np.mean(happened <= minutes))


def samples(horizon: int, every: int = SAMPLED_EVERY) -> Int64s:
    """Give the instants of a periodic job that nothing defers."""
    return np.arange(every, horizon, every, dtype=np.int64)


def samples_with_pause(
    starts: Int64s,
    ends: Int64s,
    horizon: int,
    every: int = SAMPLED_EVERY,
    pause: int = PAUSED_AFTER,
) -> Int64s:
    """Give the instants of a periodic job that is left out once the screen has been dark for `pause`.

    `starts` and `ends` are the looks of the phone, sorted by start.
    """
    at = samples(horizon, every)
    last = np.searchsorted(starts, at, side="right") - 1
    lit_until = np.maximum.accumulate(ends) if ends.size else ends
    dark_since = np.where(last >= 0, np.append(lit_until, 0)[last], 0)
    return at[at - dark_since <= pause]


def ages(arrived: Int64s, left: Int64s, sampled: Int64s) -> Floats:
    """Give the ages, in minutes, of every notification pending at every sampling instant."""
    found: list[Floats] = []
    for begin, end in zip(arrived, left, strict=True):
        low, high = np.searchsorted(sampled, [begin, end])
        found.append((sampled[low:high] - begin) / MINUTE)
    return np.concatenate(found) if found else np.zeros(0)


def device_medians(per_device: Sequence[Floats]) -> Floats:
    """Give the median age of each device with any sample: the published quartiles are over devices."""
    return np.array([np.median(one) for one in per_device if one.size])


def answers(written: Int64s, sender: Int64s, recipient: Int64s, within: int) -> Int64s:
    """Give the instant of each message's answer: its recipient's next message to its sender.

    Messages are sorted by `written`, people are numbered alike as senders and as recipients; `NEVER`
    where none came within `within`.
    """
    answer = np.full(written.size, NEVER, dtype=np.int64)
    waiting: dict[tuple[int, int], list[int]] = {}
    for i, (writer, reader) in enumerate(zip(sender.tolist(), recipient.tolist(), strict=True)):
        for earlier in waiting.pop((reader, writer), []):
            if written[i] - written[earlier] <= within:
                answer[earlier] = written[i]
        waiting.setdefault((writer, reader), []).append(i)
    return answer


def since_own(written: Int64s, sender: Int64s, recipient: Int64s) -> Floats:
    """Give the minutes since each message's recipient last wrote anything; inf if never.

    Messages are sorted by `written`, people are numbered alike as senders and as recipients.
    """
    last: dict[int, int] = {}
    since = np.full(written.size, np.inf)
    for i, (writer, reader) in enumerate(zip(sender.tolist(), recipient.tolist(), strict=True)):
        if reader in last:
            since[i] = (written[i] - last[reader]) / MINUTE
        last[writer] = int(written[i])
    return since


def answered_before_seen(answered: Int64s, seen: Int64s) -> float:
    """Share of the answered messages that were answered before they were seen, which nobody can."""
    mine = answered != NEVER
    return float(np.mean(answered[mine] < seen[mine]))
