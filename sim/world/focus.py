"""Whom to draw and play: recipients of regretted messages, and a random part for the prices.

What happens to a regretted message depends on its sender's other deletions and on what else its
recipient gets, and on nobody else (docs/model.md, section 2). So every count over regretted
messages is exact if only their recipients are played. Prices are paid by everybody: they are
estimated on a random part of the recipients, drawn by key and the same for every policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np

from sim.draws import uniforms
from sim.scenario.model import Scenario
from sim.schema.fields import Flags, Int64s
from sim.world.drawing import Draft
from sim.world.parts import World

PRICED: Final = 16
"""Messages of a replication, on average and at least, that prices rest on."""


@dataclass(frozen=True)
class Focus:
    """The worlds to play, one per policy, and what is known of those who are not played."""

    worlds: Iterator[World]
    """Drawn one at a time, as they are taken."""
    messages: Int64s
    """All messages of each replication, played or not."""
    followups: tuple[Int64s, ...]
    """Follow-ups sent, under each policy, to recipients who are not played: no opening message of
    theirs is regretted, so nothing holds them back."""


def price_share(scenario: Scenario, messages: float) -> float:
    """Give the share of recipients that prices are estimated on, of `messages` a replication.

    As many as there are recipients of mistakes, and so many that `PRICED` messages are among
    theirs.

    >>> import sim
    >>> round(price_share(sim.load("scenarios/linkedin_dm.toml"), 360.0), 3)
    0.044
    """
    return min(1.0, max(scenario.mistakes.chance, PRICED / max(messages, 1.0)))


def focused(drafts: Sequence[Draft], share: float) -> Focus:
    """Draw the worlds of drafts that share their messages, for those who have to be played.

    `share` of the recipients are played for the prices; with 1 everybody is played.
    """
    sent = drafts[0].sent
    people, messages = sent.people, np.bincount(sent.replication, minlength=drafts[0].block.size)
    if share >= 1:
        everybody = (draft.world() for draft in drafts)
        return Focus(everybody, messages, (np.zeros_like(messages),) * len(drafts))
    priced: Flags = uniforms(people.key, "price.sample", people.entity) < share
    chosen: Flags = reduce(np.logical_or, [draft.concerned for draft in drafts]) | priced
    some, rows = (sent, np.arange(sent.size)) if chosen.all() else sent.to(chosen)
    worlds = (draft.of(chosen, some, rows).world(priced[chosen]) for draft in drafts)
    steps = ~chosen[sent.recipient] & (sent.after >= 0)
    followups = tuple(
        np.bincount(
            sent.replication[steps & (draft.senders.released < draft.scenario.run.horizon)],
            minlength=messages.size,
        )
        for draft in drafts
    )
    return Focus(worlds, messages, followups)
