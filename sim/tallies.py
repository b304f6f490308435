"""What one replication adds up to: whole numbers only, so that sums are exact in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sim.clock import DAY, HOUR, MINUTE, NEVER, SECOND
from sim.records import Records
from sim.sums import Ints
from sim.surfaces import CHANNELS
from sim.verdicts import Judged, Level, Lost, Verdict

LOST: Final = ("too_late", "ghost")
"""The verdicts that make up the headline."""

REFUSALS: Final = {
    1: "refused_kind",
    2: "refused_window",
    3: "refused_opened",
    4: "refused_receiver",
}

TALLIES: Final = {
    "messages": "all messages but apologies",
    "regretted": "messages that somebody regretted: what all shares are of",
    **{v.name.lower(): f"verdict {v.name.lower()}" for v in Verdict if v is not Verdict.NOT_ASKED},
    **{
        f"lost_{w.name.lower()}": f"too late, {w.name.lower().replace('_', ' ')}"
        for w in Lost
        if w is not Lost.NOT
    },
    "level_nothing": "exposed to nothing",
    "level_existence": "exposed to its existence only",
    "level_part": "exposed to part of the text",
    "level_all": "exposed to all of the text",
    "preview_read": "a preview was read (too late or ghost): the headline",
    **{one.measure: f"{one.meaning}, before the text was in the app" for one in CHANNELS},
    "read_thread": "the text was read in the app",
    "read_anywhere": "anything of the text was read",
    "phantom": "a sign of it was met, and nothing of it was ever read",
    "refused_kind": "refused: its kind cannot be deleted",
    "refused_window": "refused: the deletion window was over",
    "refused_opened": "refused: it had been opened",
    "refused_receiver": "refused by the recipient's client, for its age",
    "saved": "preview read under the baseline and not here, regretted under both",
    "newly_lost": "preview read here and not under the baseline, regretted under both",
    "followups": "follow-ups sent",
    "orphans": "follow-ups sent after their opening message was gone",
    "paused": "follow-ups held back because their opening message was a mistake",
    "apologies": "apologies sent",
    "blocked": "recipients blocked",
    "credits_used": "InMail credits used",
    "credits_lost": "InMail credits that did not come back",
    "others": "messages that nobody regretted, under the baseline or here, nor follow-ups of one",
    "others_never_notified": "of those: neither notified nor read in the app",
    "others_pushed": "of those: a push was sent",
    "others_mailed": "of those: an e-mail carried it",
}
"""What is counted in a replication under a policy, in the order of `tally`'s row. Counts are of
regretted messages unless they say otherwise; follow-ups, credits and what remedies did are counted
over all."""

DELAYED: Final = ("notified", "read")
"""What a policy can delay for messages that nobody regretted."""


def _edges() -> npt.NDArray[np.int64]:
    """Give the lower and upper ends of the bins of delays, (bins, 2): earlier, the same, later."""
    seconds = (1, 2, 5, 10, 15, 20, 30, 45)
    ends = [SECOND * one for one in seconds] + [MINUTE * one for one in (1, 2, 5, 10, 15, 30)]
    ends += [HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, NEVER]
    later = list(zip([0, *ends[:-1]], ends, strict=True))
    return np.array([*((-b, -a) for a, b in reversed(later)), (0, 0), *later], dtype=np.int64)


DELAY_EDGES: Final = _edges()
"""Ends of the bins in which delays are counted, microseconds; a bin holds its end nearer to 0 and
not the other. Lengths of holds and delays are ends, so that quantiles hit them exactly."""


def counted(what: str) -> tuple[str, ...]:
    """Name the counts of delayed messages, one a bin."""
    return tuple(f"others_{what}_count_{k:02d}" for k in range(len(DELAY_EDGES)))


def delayed_by(what: str) -> tuple[str, ...]:
    """Name the sums of delays, one a bin, microseconds."""
    return tuple(f"others_{what}_delay_{k:02d}" for k in range(len(DELAY_EDGES)))


COUNTED: Final = (
    *TALLIES,
    *(name for what in DELAYED for name in (*counted(what), *delayed_by(what))),
)
"""The names of `tally`'s row."""


def not_under(policies: int) -> tuple[str, ...]:
    """Name the counts of `read_not_under`, one for every policy of the run by its number."""
    return tuple(f"read_not_under_{k}" for k in range(policies))


def lost_mask(judged: Judged) -> npt.NDArray[np.bool_]:
    """Tell which messages had a preview read: the headline's events."""
    lost: npt.NDArray[np.bool_] = (judged.verdict == Verdict.TOO_LATE) | (
        judged.verdict == Verdict.GHOST
    )
    return lost


def tally(records: Records, judged: Judged, base: Judged) -> Ints:
    """Add up one replication under one policy: whole numbers in the order of `COUNTED`.

    `base` is the same replication under the baseline. Apologies, which are no messages of the
    baseline, count nowhere but among follow-ups, credits and remedies. Sums of delays are in
    microseconds.
    """
    after_effects = _after_effects(records, judged)
    rows = _count(~records["apology"])
    records, judged, base = records.first(rows), judged.first(rows), base.first(rows)
    asked = judged.regretted
    counts = {"messages": len(records), "regretted": _count(asked)}
    counts |= {
        v.name.lower(): _count(judged.verdict == v) for v in Verdict if v is not Verdict.NOT_ASKED
    }
    counts |= {
        f"lost_{w.name.lower()}": _count(judged.lost == w) for w in Lost if w is not Lost.NOT
    }
    counts |= {f"level_{w.name.lower()}": _count(asked & (judged.level == w)) for w in Level}
    counts["preview_read"] = _count(lost_mask(judged))
    # A channel's share counts previews read in it, unless the app showed the text first, as in the
    # headline.
    sent = asked & ~records["caught"] & (records["cancelled"] == NEVER)
    for channel in CHANNELS:
        read = judged.read_through(channel)
        counts[channel.measure] = _count(sent & (read != NEVER) & (read <= judged.thread_read))
    counts["read_thread"] = _count(sent & (judged.thread_read != NEVER))
    counts["read_anywhere"] = _count(sent & (judged.first_read != NEVER))
    counts["phantom"] = _count(asked & judged.phantom)
    counts |= {
        name: _count(asked & (records["refused"] == reason)) for reason, name in REFUSALS.items()
    }
    mine, theirs, both = lost_mask(judged), lost_mask(base), asked & base.regretted
    counts["saved"], counts["newly_lost"] = (
        _count(both & theirs & ~mine),
        _count(both & mine & ~theirs),
    )
    prices, delays = _price(records, judged, base)
    counts |= after_effects | prices
    return np.concatenate([np.array([counts[name] for name in TALLIES], dtype=np.int64), delays])


def _after_effects(records: Records, judged: Judged) -> dict[str, int]:
    """Count follow-ups, apologies, blocked recipients and credits, apologies included."""
    sent, step = records["accepted"] != NEVER, (records["after"] >= 0) & ~records["apology"]
    return {
        "followups": _count(step & sent),
        "orphans": _count(judged.orphan),
        "paused": _count(records["paused"] != NEVER),
        "apologies": _count(records["apology"] & sent),
        "blocked": _count(records["blocked"] != NEVER),
        "credits_used": _count(judged.credit_used),
        "credits_lost": _count(judged.credit_lost),
    }


def _price(records: Records, judged: Judged, base: Judged) -> tuple[dict[str, int], Ints]:
    """Add up what a policy costs messages that nobody regretted, against the baseline message by
    message: counts by name, and delays in bins.
    """
    gone = judged.regretted | base.regretted | records["caught"]
    others = ~gone & ~(
        (records["after"] >= 0) & gone[np.maximum(records["after"], 0)]
    )  # withheld or not: no price
    told, told_before = (
        np.where(one.notified <= one.thread_read, one.notified, NEVER) for one in (judged, base)
    )
    prices = {
        "others": _count(others),
        "others_never_notified": _count(others & (told == NEVER) & (judged.thread_read == NEVER)),
        "others_pushed": _count(others & (records["push_dispatched"] != NEVER)),
        "others_mailed": _count(others & (records["email_dispatched"] != NEVER)),
    }
    delays = []
    for mine, theirs in (
        (told, told_before),  # what has been read in the app needs no notice any more
        (judged.first_read, base.first_read),
    ):
        both = others & (mine != NEVER) & (theirs != NEVER)
        delays += _binned(mine[both] - theirs[both])
    return prices, np.concatenate(delays)


def _binned(delays: Ints) -> list[Ints]:
    """Count delays by bin, and add them up by bin, in integers so that no sum is rounded."""
    zero = len(DELAY_EDGES) // 2
    size = np.searchsorted(DELAY_EDGES[zero + 1 : -1, 1], np.abs(delays), side="right") + 1
    place = zero + np.sign(delays) * size
    sums = np.zeros(len(DELAY_EDGES), dtype=np.int64)
    np.add.at(sums, place, delays)
    return [np.bincount(place, minlength=len(DELAY_EDGES)).astype(np.int64), sums]


def read_not_under(judged: Sequence[Judged], messages: int) -> Ints:
    """Count for every two policies the messages whose preview was read under the first and not
    under the second, regretted under both: shape (policies, policies).

    Only the first so many rows are counted: apologies are no messages of another policy. What two
    policies differ by follows exactly, whichever two are compared.
    """
    read = np.array([lost_mask(one)[:messages] for one in judged], dtype=np.float64)
    asked = np.array([one.regretted[:messages] for one in judged], dtype=np.float64)
    return (read @ (asked - read).T).astype(np.int64)  # whole numbers far below 2^53


def moved(before: Verdict, after: Verdict) -> str:
    """Give the name of a count of `moves`.

    >>> moved(Verdict.TOO_LATE, Verdict.CANCELLED)
    'moved_too_late_cancelled'
    """
    return f"moved_{before.name.lower()}_{after.name.lower()}"


MOVES: Final = tuple(moved(a, b) for a in Verdict for b in Verdict if a or b)
"""The names of `moves`' row."""


def moves(judged: Judged, base: Judged) -> Ints:
    """Count messages by their verdict under the baseline and here, in the order of `MOVES`.

    Only the rows both have are paired; what nobody regretted under either is left out.
    """
    n, size = min(judged.verdict.size, base.verdict.size), len(Verdict)
    pairs = np.bincount(
        base.verdict[:n].astype(np.int64) * size + judged.verdict[:n], minlength=size * size
    )
    return pairs[1:].astype(np.int64)


def _tally_and_moves(records: Records, judged: Judged, base: Judged) -> Ints:
    return np.concatenate([tally(records, judged, base), moves(judged, base)])


@dataclass(frozen=True)
class Count:
    """A way to add up a replication: names, and a function that gives a row of whole numbers of
    (records, verdicts, the baseline's verdicts). The function is a module's, so that workers find
    it.
    """

    names: tuple[str, ...]
    row: Callable[[Records, Judged, Judged], Ints]


TALLY: Final = Count(COUNTED, tally)
WITH_MOVES: Final = Count((*COUNTED, *MOVES), _tally_and_moves)


def _count(mask: npt.NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(mask))
