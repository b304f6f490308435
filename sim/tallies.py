"""What one replication adds up to: whole numbers only, so that sums are exact in any order."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.records import Records
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


def lost_mask(judged: Judged) -> npt.NDArray[np.bool_]:
    """Tell which messages had a preview read: the headline's events."""
    lost: npt.NDArray[np.bool_] = (judged.verdict == Verdict.TOO_LATE) | (
        judged.verdict == Verdict.GHOST
    )
    return lost


def tally(records: Records, judged: Judged, base: Judged) -> dict[str, int]:
    """Add up one replication under one policy; `base` is the same replication under the baseline.

    Counts are of regretted messages unless a name begins with `others` (messages nobody regretted),
    or is `messages`; follow-ups, credits and what remedies did (`after_effects`) are counted over
    all. Apologies, which are no messages of the baseline, count nowhere else. Sums of delays are in
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
    return counts | after_effects | _price(records, judged, base)


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


def _price(records: Records, judged: Judged, base: Judged) -> dict[str, int]:
    """Add up what a policy costs messages that nobody regretted, against the baseline message by
    message.
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
    for name, mine, theirs in (
        ("notified", told, told_before),  # what has been read in the app needs no notice any more
        ("read", judged.first_read, base.first_read),
    ):
        both = others & (mine != NEVER) & (theirs != NEVER)
        prices[f"others_both_{name}"] = _count(both)
        prices[f"others_delay_{name}"] = int((mine[both] - theirs[both]).sum())
    return prices


def moves(judged: Judged, base: Judged) -> dict[str, int]:
    """Count messages by their verdict under the baseline and here: `moved_FROM_TO`, for every pair
    of verdicts.

    Only the rows both have are paired; what nobody regretted under either is left out.
    """
    n, size = min(judged.verdict.size, base.verdict.size), len(Verdict)
    pairs = np.bincount(
        base.verdict[:n].astype(np.int64) * size + judged.verdict[:n], minlength=size * size
    )
    return {moved(a, b): int(pairs[a * size + b]) for a in Verdict for b in Verdict if a or b}


def moved(before: Verdict, after: Verdict) -> str:
    """Give the name of a count of `moves`.

    >>> moved(Verdict.TOO_LATE, Verdict.CANCELLED)
    'moved_too_late_cancelled'
    """
    return f"moved_{before.name.lower()}_{after.name.lower()}"


def _count(mask: npt.NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(mask))
