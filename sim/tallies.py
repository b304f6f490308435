"""What one replication adds up to: whole numbers only, so that sums are exact in any order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sim.clock import DAY, HOUR, MINUTE, NEVER, SECOND
from sim.records import Records
from sim.schema.records import REFUSALS, WHY_REFUSED
from sim.sums import Ints
from sim.surfaces import CHANNELS
from sim.verdicts import Judged, Level, Lost, Verdict
from sim.world.strata import STRATA

HEADLINE: Final = "read"
"""The measure that ranks policies: regretted messages that were read despite the deletion."""
SPLIT: Final = ("preview_first", "in_thread")
"""What the headline adds up from: by preview first, and in the app first."""

PREVIEW_FIRST: Final = (Verdict.TOO_LATE, Verdict.GHOST)
"""The verdicts of a message that was read in a preview first."""

TALLIES: Final = {
    "messages": "all messages but apologies",
    "regretted": "messages that somebody regretted: what all shares are of",
    "regretted_recipients": "recipients of those",
    **{v.name.lower(): f"verdict {v.words}" for v in Verdict if v is not Verdict.NOT_ASKED},
    **{
        f"lost_{w.name.lower()}": f"read before deletion, {w.name.lower().replace('_', ' ')}"
        for w in Lost
        if w is not Lost.NOT
    },
    "level_nothing": "exposed to nothing",
    "level_existence": "exposed to its existence only",
    "level_part": "exposed to part of the text",
    "level_all": "exposed to all of the text",
    HEADLINE: "the text was read despite the deletion, in a preview or in the app: the headline",
    "preview_first": "it was read, in a preview first (before deletion or after it)",
    **{one.measure: f"{one.meaning}, before the text was in the app" for one in CHANNELS},
    "read_thread": "the text was read in the app",
    "phantom": "a sign of it was met, and nothing of it was ever read",
    **{f"refused_{why}": f"refused: {meaning}" for why, meaning in REFUSALS.items()},
    "group_messages": "group messages, sent to several, that somebody regretted",
    "group_read": "group messages of which at least one recipient read the text despite the deletion",
    "group_readers": "recipients who read the text of those",
    "saved": "read under the baseline and not here, regretted under both",
    "newly_lost": "read here and not under the baseline, regretted under both",
    "followups": "follow-ups sent",
    "orphans": "follow-ups sent after their opening message was gone",
    "paused": "follow-ups held back because their opening message was a mistake",
    "apologies": "apologies sent",
    "blocked": "recipients blocked",
    "credits_used": "InMail credits used",
    "credits_lost": "InMail credits that did not come back",
    "others": "messages that nobody regretted, under the baseline or here, nor follow-ups of one",
    "others_recipients": "recipients of those",
    "others_never_notified": "of those: neither notified nor read in the app",
    "others_pushed": "of those: a push was sent",
    "others_felt": "of those: its push made itself felt",
    "others_mailed": "of those: an e-mail carried it",
    "others_mails": "e-mails that carried any of those",
    "others_recipient_s": "seconds that recipients of those are observed, each for the whole horizon",
}
"""What is counted in a replication under a policy, in the order of `tally`'s row. Counts are of
regretted messages unless they say otherwise; follow-ups, credits and what remedies did are counted
over all."""

REGRETS: Final = (
    "regretted",
    HEADLINE,
    "preview_first",
    *(v.name.lower() for v in Verdict if v is not Verdict.NOT_ASKED),
    *(f"lost_{w.name.lower()}" for w in Lost if w is not Lost.NOT),
    *(one.measure for one in CHANNELS),
    "read_thread",
    "phantom",
    *(f"refused_{why}" for why in REFUSALS),
    *(f"level_{w.name.lower()}" for w in Level),
)
"""Regretted messages, and what is counted of them alone: the shares that a run reports."""

PRICED_ONLY: Final = (
    "credits_used",
    "credits_lost",
    *(name for name in TALLIES if name.startswith("others")),
)
"""What is counted only over the recipients that prices are estimated on."""

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


def read_mask(judged: Judged) -> npt.NDArray[np.bool_]:
    """Tell which regretted messages were read despite the deletion: the headline's events.

    Read anywhere: before the text was gone, or from what outlived it. What was caught or cancelled
    was never sent, so never read.
    """
    read: npt.NDArray[np.bool_] = _preview_first(judged) | (judged.verdict == Verdict.IN_THREAD)
    return read


def _preview_first(judged: Judged) -> npt.NDArray[np.bool_]:
    return np.isin(judged.verdict, PREVIEW_FIRST)


def tally(records: Records, judged: Judged, base: Judged) -> Ints:
    """Add up every replication of a block under one policy: whole numbers, int64 of shape
    (replications, `COUNTED`).

    `base` is the same block under the baseline. Apologies, which are no messages of the baseline,
    count nowhere but among follow-ups, credits and remedies. Prices are counted over the recipients
    they are estimated on (`records.priced`). Sums of delays are in microseconds.
    """
    counts = _after_effects(records, judged)
    rows = ~records["apology"]
    records, judged = records.of(rows), judged.of(rows)
    base = base.of(base.is_message)
    per = _Worlds(records)
    counts["messages"] = per.count(np.ones(len(records), dtype=np.bool_))
    counts["regretted_recipients"] = per.recipients(judged.regretted)
    counts |= {name: per.count(mask) for name, mask in _regrets(records, judged).items()}
    counts |= _groups(per, records, judged.regretted, read_mask(judged))
    mine, theirs = read_mask(judged), read_mask(base)
    both = judged.regretted & base.regretted
    counts["saved"], counts["newly_lost"] = (
        per.count(both & theirs & ~mine),
        per.count(both & mine & ~theirs),
    )
    prices, delays = _price(records, judged, base)
    counts |= prices
    return np.hstack([np.stack([counts[name] for name in TALLIES], axis=1), *delays])


def _regrets(records: Records, judged: Judged) -> dict[str, npt.NDArray[np.bool_]]:
    """Tell which messages count for each of `REGRETS`."""
    asked, refused = judged.regretted, records["refused"]
    found = {"regretted": asked, HEADLINE: read_mask(judged)}
    found["preview_first"] = _preview_first(judged)
    found |= {v.name.lower(): judged.verdict == v for v in Verdict if v is not Verdict.NOT_ASKED}
    found |= {f"lost_{w.name.lower()}": judged.lost == w for w in Lost if w is not Lost.NOT}
    # A channel's share counts previews read in it, unless the app showed the text first.
    sent = asked & ~records["caught"] & (records["cancelled"] == NEVER)
    for channel in CHANNELS:
        read = judged.read_through(channel)
        found[channel.measure] = sent & (read != NEVER) & (read <= judged.thread_read)
    found["read_thread"] = sent & (judged.thread_read != NEVER)
    found["phantom"] = asked & judged.phantom
    found |= {f"refused_{why}": asked & (refused == WHY_REFUSED.index(why)) for why in REFUSALS}
    return found | {f"level_{w.name.lower()}": asked & (judged.level == w) for w in Level}


class _Worlds:
    """Adds up by replication."""

    def __init__(self, records: Records) -> None:
        self.place, self.size = records.replication, records.worlds
        self.recipient = records["recipient"]

    def count(self, mask: npt.NDArray[np.bool_]) -> Ints:
        """Count the messages chosen, replication by replication."""
        return np.bincount(self.place[mask], minlength=self.size).astype(np.int64)

    def each(self, mask: npt.NDArray[np.bool_], what: Ints) -> Ints:
        """Count what the messages chosen share, by numbers from 0, each once in a replication."""
        many = int(what.max(initial=0)) + 1
        found = np.unique(self.place[mask] * many + what[mask])
        return np.bincount(found // many, minlength=self.size).astype(np.int64)

    def recipients(self, mask: npt.NDArray[np.bool_]) -> Ints:
        """Count the recipients of the messages chosen, replication by replication."""
        return self.each(mask, self.recipient)

    def mails(self, mask: npt.NDArray[np.bool_], opener: Ints) -> Ints:
        """Count the e-mails that carried any of the messages chosen, replication by replication."""
        return self.each(mask & (opener >= 0), opener)


def _groups(
    per: _Worlds, records: Records, asked: npt.NDArray[np.bool_], read: npt.NDArray[np.bool_]
) -> dict[str, Ints]:
    """Count regretted group messages, each once whoever got it, and who read them."""
    many = int(records["group"].max(initial=0)) + 1
    whole = records["sender"] * many + records["group"]
    asked = asked & (records["group"] >= 0)
    return {
        "group_messages": per.each(asked, whole),
        "group_read": per.each(asked & read, whole),
        "group_readers": per.count(asked & read),
    }


def _after_effects(records: Records, judged: Judged) -> dict[str, Ints]:
    """Count follow-ups, apologies, blocked recipients and credits, apologies included."""
    per, sent = _Worlds(records), records["accepted"] != NEVER
    step = (records["after"] >= 0) & ~records["apology"]
    return {
        "followups": per.count(step & sent),
        "orphans": per.count(judged.orphan),
        "paused": per.count(records["paused"] != NEVER),
        "apologies": per.count(records["apology"] & sent),
        "blocked": per.count(records["blocked"] != NEVER),
        "credits_used": per.count(judged.credit_used & records.priced),
        "credits_lost": per.count(judged.credit_lost & records.priced),
    }


def _price(records: Records, judged: Judged, base: Judged) -> tuple[dict[str, Ints], list[Ints]]:
    """Add up what a policy costs messages that nobody regretted, against the baseline message by
    message: counts by name, and delays in bins.
    """
    per = _Worlds(records)
    gone = judged.regretted | base.regretted | records["caught"]
    withheld = (records["after"] >= 0) & gone[np.maximum(records.opening, 0)]
    others = records.priced & ~gone & ~withheld  # withheld or not: no price
    told, told_before = (
        np.where(one.notified <= one.thread_read, one.notified, NEVER) for one in (judged, base)
    )
    unread = judged.thread_read == NEVER
    prices = {
        "others": per.count(others),
        "others_recipients": per.recipients(others),
        "others_never_notified": per.count(others & (told == NEVER) & unread),
        "others_pushed": per.count(others & (records["push_dispatched"] != NEVER)),
        "others_felt": per.count(others & records["push_felt"]),
        "others_mailed": per.count(others & (records["email_dispatched"] != NEVER)),
        "others_mails": per.mails(others, records["email_opener"]),
    }
    prices["others_recipient_s"] = prices["others_recipients"] * round(records.horizon / SECOND)
    delays = []
    for mine, theirs in (
        (told, told_before),  # what has been read in the app needs no notice any more
        (judged.first_read, base.first_read),
    ):
        both = others & (mine != NEVER) & (theirs != NEVER)
        delays += _binned(mine[both] - theirs[both], per.place[both], per.size)
    return prices, delays


def _binned(delays: Ints, place: Ints, worlds: int) -> list[Ints]:
    """Count delays by replication and bin, and add them up, in integers so that no sum is
    rounded.
    """
    bins = len(DELAY_EDGES)
    zero = bins // 2
    size = np.searchsorted(DELAY_EDGES[zero + 1 : -1, 1], np.abs(delays), side="right") + 1
    cell = place * bins + zero + np.sign(delays).astype(np.int64) * size
    sums = np.zeros(worlds * bins, dtype=np.int64)
    np.add.at(sums, cell, delays)
    counts = np.bincount(cell, minlength=worlds * bins).astype(np.int64)
    return [counts.reshape(worlds, bins), sums.reshape(worlds, bins)]


def read_not_under(judged: Sequence[Judged], place: Ints, replications: int) -> Ints:
    """Count for every two policies the messages that were read under the first and not under the
    second, regretted under both: shape (replications, policies, policies).

    Apologies, which are no messages of another policy, are not counted. What two policies differ by
    follows exactly, whichever two are compared. `place` is the replication of every other message.
    """
    rows = [np.flatnonzero(one.is_message) for one in judged]
    read = [read_mask(one)[mine] for one, mine in zip(judged, rows, strict=True)]
    asked = [one.regretted[mine] for one, mine in zip(judged, rows, strict=True)]

    def count(mask: npt.NDArray[np.bool_]) -> Ints:
        return np.bincount(place[mask], minlength=replications)

    return np.array(
        [[count(a & there & ~b) for b, there in zip(read, asked, strict=True)] for a in read]
    ).transpose(2, 0, 1)


def moved(before: Verdict, after: Verdict) -> str:
    """Give the name of a count of `moves`.

    >>> moved(Verdict.TOO_LATE, Verdict.CANCELLED)
    'moved_too_late_cancelled'
    """
    return f"moved_{before.name.lower()}_{after.name.lower()}"


MOVES: Final = tuple(moved(a, b) for a in Verdict for b in Verdict if a or b)
"""The names of `moves`' row."""


def moves(records: Records, judged: Judged, base: Judged) -> Ints:
    """Count messages by their verdict under the baseline and here: shape (replications, `MOVES`).

    Only the rows both have are paired; what nobody regretted under either is left out.
    """
    size, per = len(Verdict), _Worlds(records.of(judged.is_message))
    before, after = (one.verdict[one.is_message].astype(np.int64) for one in (base, judged))
    cell = (per.place * size + before) * size + after
    pairs = np.bincount(cell, minlength=per.size * size * size).reshape(per.size, -1)
    return pairs[:, 1:].astype(np.int64)


def regretted(records: Records, judged: Judged, count: Count) -> Ints:
    """Count the regretted messages of a block under one policy by replication, stratum and what they
    count for: rows of `sim.regrets.Regrets`, whose names are `count.marked`, as of the first policy.
    """
    rows = judged.regretted & judged.is_message
    records, judged = records.of(rows), judged.of(rows)
    masks, bits = count.marks(records, judged), len(count.marked)
    marks = sum(masks[name].astype(np.int64) << k for k, name in enumerate(count.marked))
    cell = records.replication * STRATA + records.stratum
    alike, messages = np.unique(cell << bits | marks, return_counts=True)
    replication, stratum = np.divmod(alike >> bits, STRATA)
    under = np.zeros_like(alike)
    return np.stack([replication, under, stratum, alike & ((1 << bits) - 1), messages], axis=1)


def _with_moves(records: Records, judged: Judged, base: Judged) -> Ints:
    return np.hstack([tally(records, judged, base), moves(records, judged, base)])


@dataclass(frozen=True)
class Count:
    """A way to add up a block: names, and a function that gives a row of whole numbers per
    replication of (records, verdicts, the baseline's verdicts). The function is a module's, so that
    workers find it.
    """

    names: tuple[str, ...]
    rows: Callable[[Records, Judged, Judged], Ints]
    marked: tuple[str, ...] = ()
    """What regretted messages are counted for by stratum as well (`regretted`)."""
    marks: Callable[[Records, Judged], Mapping[str, npt.NDArray[np.bool_]]] = _regrets
    """Tells which messages count for each of `marked`."""


TALLY: Final = Count(COUNTED, tally)
WITH_STRATA: Final = Count(COUNTED, tally, REGRETS)
WITH_MOVES: Final = Count((*COUNTED, *MOVES), _with_moves, REGRETS)
