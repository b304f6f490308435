"""Where was it lost: what happened to every message that somebody regretted, step by step, and which
lever would have prevented how much of it.

The steps add up to all regretted messages exactly. A lever's share is counted on the same worlds,
message by message: the messages that were read and would not have been, less those that would have
been read because of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import estimates as est
from sim.answers.deadline import RETRACTED
from sim.answers.playing import Patch, Stage, enough
from sim.clock import SECOND
from sim.records import Records
from sim.summaries import changes, compared, corrected, headlines
from sim.sums import Ints, Sums
from sim.surfaces import SURFACES
from sim.tallies import COUNTED, HEADLINE, Count, read_mask, tally
from sim.verdicts import Judged, Lost, Verdict, lost_when

NOT_SENT: Final = ("caught in review", "cancelled within the hold")
DURING: Final = {
    Lost.BEFORE_NOTICING: "read before the sender noticed",
    Lost.REACTING: "read while the sender decided",
    Lost.IN_QUEUE: "read while the deletion waited for the sender",
    Lost.IN_ACTION: "read while the deletion was done and took effect",
    Lost.AFTER_REFUSAL: "read after the deletion was refused",
    Lost.AFTER_REMEDY: "read after an apology or a block",
}
OUTLIVED: Final = {one.name: f"read after it, {one.outlived}" for one in SURFACES}
AT_LAST: Final = ("never read", "undecided at the end of observation")
STEPS: Final = (*NOT_SENT, *DURING.values(), *dict.fromkeys(OUTLIVED.values()), *AT_LAST)
"""Steps, in order. A message is at the first one that holds."""

LEVERS: Final[dict[str, Patch]] = {
    "the sender notices, and deletes, without delay once it is noticed": {
        "mistakes.reaction": "0 s",
        "senders.action": "0 s",
        "senders.hours": [],
        "senders.deletions_at_once": 1_000_000,
    },
    "one action deletes a whole batch": {"senders.bulk": True},
    "a deletion takes effect at once": {"deletion.propagation": "0 s"},
    "no deletion is refused": {
        "deletion.window": "unlimited",
        "deletion.unread_only": False,
        "deletion.undeletable": [],
        "deletion.receiver_window": "never",
    },
    "every push is retracted, on every device": RETRACTED,
    "pushes show no text": {"push.preview": 0},
    "pushes and mails are bound late": {"push.late_binding": True, "email.binding": "late"},
    "mails show no text": {"email.carries": "nothing"},
    "the app keeps no copy": {"thread.cache.offline": 0.0},
    "send is held for 10 s": {"send.hold": "10 s"},
}
"""What could have prevented losses, each as a patch."""


@dataclass(frozen=True)
class Waterfall:
    """Where regretted messages were lost, and what levers prevent of it."""

    regretted: int
    counts: dict[str, int]
    """Messages at each of `STEPS`; they add up to `regretted`."""
    shares: est.Estimates
    """The same as shares, of shape (steps,), corrected to known shares of strata as all others are."""
    lost: int
    """Messages that were read: those between being sent and `AT_LAST`."""
    read: est.Estimate
    """The same as a share: the headline."""
    alone: dict[str, est.Estimate]
    """What each lever changes the share read by, alone (negative: it prevents), corrected as shares
    are."""
    without: dict[str, est.Estimate]
    """What is changed by all levers but this one."""
    together: est.Estimate
    interactions: dict[tuple[str, str], est.Estimate]
    """What two of the `STRONGEST` levers change together beyond the sum of both (positive: they
    prevent the same losses; negative: each makes the other one help more)."""

    def table(self) -> pd.DataFrame:
        """Give a row for each lever: `lever`, its `change` alone with `low` and `high`, and
        `change_of_all_but`, what all others change.
        """
        rows = [
            (name, one.value, one.low, one.high, self.without[name].value)
            for name, one in self.alone.items()
        ]
        columns = ["lever", "change", "low", "high", "change_of_all_but"]
        return pd.DataFrame(rows, columns=columns)

    def steps(self) -> pd.DataFrame:
        """Give a row for each of `STEPS`: `step`, `messages`, `share`, `low`, `high`."""
        e = self.shares
        counts = {"step": list(self.counts), "messages": list(self.counts.values())}
        return pd.DataFrame({**counts, "share": e.value, "low": e.low, "high": e.high})

    def document(self) -> dict[str, Any]:
        """Give what JSON says of it: counts, and changes as shares of regretted messages."""
        pairs = [
            {"levers": list(pair), "beyond_the_sum": one.value, "low": one.low, "high": one.high}
            for pair, one in self.interactions.items()
        ]
        return {
            "regretted": self.regretted,
            "read": self.lost,
            "read_share": self.read.value,
            "steps": self.counts,
            "step_shares": dict(zip(self.counts, self.shares.value.tolist(), strict=True)),
            "change_alone": {name: one.value for name, one in self.alone.items()},
            "change_of_all_but": {name: one.value for name, one in self.without.items()},
            "change_of_all": self.together.value,
            "interactions": pairs,
        }


def waterfall(stage: Stage) -> Waterfall:
    """Count where messages were lost and play every lever alone, left out, and with all others.

    Raises `FaultyInputError` where too few messages are regretted.

    >>> import sim
    >>> from sim.answers.playing import stage_of
    >>> found = waterfall(stage_of(sim.load("linkedin_dm"), 20))
    >>> sum(found.counts.values()) == found.regretted
    True
    """
    remedy = stage.scenario.deletion.what
    rows, marks = partial(_rows, remedy=remedy), partial(_marks, remedy=remedy)
    count = Count((*COUNTED, *_names()), rows, (HEADLINE, *_names()), marks)
    sums = stage.play(_patches(stage), count)
    enough(sums, "lost")
    base = sums.under([BASE])
    steps, of = base.of(*_names()), base.of("regretted")
    plain = est.share(steps, np.broadcast_to(of, steps.shape))
    totals = steps[:, 0].sum(axis=0).astype(np.int64)
    moved = changes(compared(sums))
    found = {name: moved.at(k) for k, name in enumerate(sums.policies)}
    alone = {name: found[name] for name in LEVERS}
    return Waterfall(
        regretted=sums.total(BASE, "regretted"),
        counts=dict(zip(STEPS, totals.tolist(), strict=True)),
        shares=corrected(plain, base, _names()).each(lambda field: field[0]),
        lost=_read(sums),
        read=headlines(base).at(0),
        alone=alone,
        without={name: found[_all_but(name)] for name in LEVERS},
        together=found[TOGETHER],
        interactions=_interactions(stage, alone),
    )


BASE, TOGETHER = "as it is", "all levers together"


STRONGEST: Final = 4
"""Levers of which every two are played together: those that change most alone."""


def _interactions(
    stage: Stage, alone: Mapping[str, est.Estimate]
) -> dict[tuple[str, str], est.Estimate]:
    """Play every two of the strongest levers: read under both, less under either, plus under none."""
    ranked = sorted((name for name in LEVERS if alone[name].value), key=lambda n: alone[n].value)
    strongest, levers = ranked[:STRONGEST], _levers(stage)
    pairs = list(combinations(strongest, 2))
    if not pairs:
        return {}
    patches: dict[str, Patch] = {BASE: {}, **{name: levers[name] for name in strongest}}
    patches |= {" and ".join(pair): _joined(levers[one] for one in pair) for pair in pairs}
    sums = stage.play(patches)
    share = dict(zip(sums.policies, headlines(sums).value.tolist(), strict=True))
    read = dict(zip(sums.policies, sums.of(HEADLINE)[..., 0].T, strict=True))
    n = sums.of("regretted")[:, 0, 0]
    found = {}
    for one, other in pairs:
        beyond = read[f"{one} and {other}"] - read[one] - read[other] + read[BASE]
        up, down = np.maximum(beyond, 0.0), np.maximum(-beyond, 0.0)
        plain = est.mean_change(up, down, n).at()
        both = share[f"{one} and {other}"] - share[one] - share[other] + share[BASE]
        by = both - plain.value  # as differences are moved: what strata decide widens nothing
        found[one, other] = replace(plain, value=both, low=plain.low + by, high=plain.high + by)
    return found


def _all_but(name: str) -> str:
    return f"all but: {name}"


def _patches(stage: Stage) -> dict[str, Patch]:
    """Give the baseline, every lever alone, all but each, and all together."""
    levers = _levers(stage)
    patches: dict[str, Patch] = {BASE: {}, **levers}
    for left_out in LEVERS:
        patches[_all_but(left_out)] = _joined(p for n, p in levers.items() if n != left_out)
    return patches | {TOGETHER: _joined(levers.values())}


def _levers(stage: Stage) -> dict[str, Patch]:
    """Give the levers; a hold that is as long already stays."""
    held = stage.scenario.send.usual_hold >= 10 * SECOND
    return {name: {} if held and "send.hold" in patch else patch for name, patch in LEVERS.items()}


def _joined(patches: Any) -> Patch:
    joined: dict[str, Any] = {}
    for patch in patches:
        joined |= dict(patch)
    return joined


def _read(sums: Sums) -> int:
    return sums.total(BASE, HEADLINE)


def _names() -> tuple[str, ...]:
    return tuple(f"step_{k:02d}" for k in range(len(STEPS)))


def _rows(records: Records, judged: Judged, base: Judged, remedy: str) -> Ints:
    """Add up a block as `tally` does, then at which step each regretted message was."""
    mine = judged.regretted & judged.is_message
    step = steps_of(records, judged, remedy)[mine]
    cell = records.replication[mine] * len(STEPS) + step
    found = np.bincount(cell, minlength=records.worlds * len(STEPS)).reshape(-1, len(STEPS))
    return np.hstack([tally(records, judged, base), found.astype(np.int64)])


def _marks(records: Records, judged: Judged, remedy: str) -> dict[str, npt.NDArray[np.bool_]]:
    """Tell which regretted messages are read, and which are at each step."""
    step = steps_of(records, judged, remedy)
    return {HEADLINE: read_mask(judged)} | {n: step == k for k, n in enumerate(_names())}


def steps_of(records: Records, judged: Judged, remedy: str) -> Ints:
    """Give the place in `STEPS` of every message: int64, as many as there are messages."""
    read, at = read_mask(judged), judged.first_read
    during = lost_when(records, at, remedy)
    places: Mapping[str, int] = {name: k for k, name in enumerate(STEPS)}
    rules = [
        (judged.verdict == Verdict.CAUGHT, NOT_SENT[0]),
        (judged.verdict == Verdict.CANCELLED, NOT_SENT[1]),
        *(
            (read & (at < records["effective"]) & (during == when), name)
            for when, name in DURING.items()
        ),
        *(
            (read & (judged.read[surface.name] == at), OUTLIVED[surface.name])
            for surface in SURFACES
        ),
        (judged.verdict == Verdict.OPEN, AT_LAST[1]),
    ]
    chosen = np.select(
        [rule for rule, _ in rules], [places[name] for _, name in rules], places[AT_LAST[0]]
    )
    return np.asarray(chosen, dtype=np.int64)
