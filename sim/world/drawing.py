"""Draw worlds: the senders' side of a block of replications, then the recipients' side of those
people who are to be played.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.distributions.families.never import Never
from sim.scenario.model import Scenario
from sim.schema.codes import APOLOGY, OFF
from sim.schema.fields import Flags, Int64s
from sim.schema.world import MESSAGES, Messages
from sim.world.block import Block
from sim.world.circumstances import draw_intervals
from sim.world.conversation import Acts, drawn_acts, logged_acts, matters, with_acts
from sim.world.drawn import Drawn
from sim.world.notifying import Columns, draw_channels
from sim.world.parts import World
from sim.world.people import attention_of, draw_recipients
from sim.world.rules import rules_of
from sim.world.senders import Senders, draw_senders, is_same_for_senders
from sim.world.sent import Sent
from sim.world.strata import noticed_parts
from sim.world.traffic import draw_traffic


def draw_world(scenario: Scenario, replication: int) -> World:
    """Draw one independent world of a scenario: a pure function of the scenario and the
    replication's number.

    Raises `TraceError` if the scenario plays a trace that is malformed.

    >>> import sim
    >>> draw_world(sim.load("scenarios/linkedin_dm.toml"), 0).messages.size > 0
    True
    """
    return draft(scenario, Block.of(scenario.run.seed, [replication])).world()


@dataclass(frozen=True)
class Draft:
    """The senders' side of a block, drawn for everybody; `world` draws the recipients' side."""

    scenario: Scenario
    block: Block
    sent: Sent
    senders: Senders
    acts: Acts | None = None
    """What a trace says that the people write themselves, if it matters."""

    @property
    def concerned(self) -> Flags:
        """Tell which of the people get a message that its sender regrets."""
        out = np.zeros(self.sent.people.size, dtype=np.bool_)
        out[self.sent.recipient[self.senders.regretted]] = True
        return out

    def of(self, chosen: Flags, sent: Sent, rows: Int64s) -> Draft:
        """Give the senders' side of the messages to some of the people: `sent`, which are these
        `rows` here.
        """
        acts = None if self.acts is None else self.acts.of(chosen)
        return replace(self, sent=sent, senders=self.senders.of(rows), acts=acts)

    def own_acts(self) -> Acts | None:
        """Give what the people write themselves, if it matters.

        Where messages are drawn, so are the acts, for those who are left: it takes a tenth of a run
        to draw them for all.
        """
        if self.acts is None and matters(self.scenario):
            return drawn_acts(self.scenario.conversation, self.sent)
        return self.acts

    def world(self, priced: Flags | None = None) -> World:
        """Draw the world of everybody who gets these messages.

        Prices are estimated on those who are `priced` (None: on all).
        """
        s, sent, senders = self.scenario, self.sent, self.senders
        rules = rules_of(s)
        if rules.remedy == APOLOGY or rules.redraft:
            sent, source = sent.with_apologies(senders.regretted)
            senders = senders.with_apologies(source)
        recipients = draw_recipients(s.segments, s.push.store, sent.people, int(s.email.tick))
        if isinstance(s.email.delay, Never):
            # A platform that sends no e-mail, whatever people would take.
            recipients = replace(recipients, email=np.zeros_like(recipients.email))
        elif s.email.only_without_push:
            email = np.where(recipients.push, OFF, recipients.email)
            recipients = replace(recipients, email=email)
        if priced is not None:
            recipients = replace(recipients, priced=priced)
        attention = attention_of(s.segments)
        intervals = draw_intervals(s, recipients, attention)
        if (acts := self.own_acts()) is not None:
            intervals = with_acts(intervals, s, recipients, acts)
        segment = recipients.segment[sent.recipient]
        drawn = Drawn(sent.key, sent.entity, segment, s.mistakes.urgency)
        channels = draw_channels(
            s, drawn, sent, recipients, intervals, senders.released, senders.regretted
        )
        messages = _messages(s, drawn, sent, senders, channels)
        return World(
            int(s.run.horizon), rules, messages, recipients, attention, intervals, self.block.size
        )


def drafts(scenarios: Sequence[Scenario], block: Block) -> list[Draft]:
    """Draw the senders' side of a block under scenarios that share their messages.

    What two of them agree on is drawn once. Raises `TraceError` if they play a trace that is
    malformed.
    """
    sent, out = draw_traffic(scenarios[0], block), list[Draft]()
    for scenario in scenarios:
        known = next((one for one in out if is_same_for_senders(one.scenario, scenario)), None)
        senders = draw_senders(scenario, sent) if known is None else known.senders
        out.append(Draft(scenario, block, sent, senders))
    return _with_acts(out)


def _with_acts(drafts: list[Draft]) -> list[Draft]:
    """Add what a trace says that the people write themselves, where it matters to any.

    Which answers are left out is the baseline's matter, so that no policy changes who looks when.
    """
    first = drafts[0]
    writer = first.sent.writer
    if writer is None or not any(matters(draft.scenario) for draft in drafts):
        return drafts
    s, regretted = first.scenario, first.senders.regretted
    if any(getattr(s, name) != section for name, section in s.regrets.items()):
        baseline = s.model_copy(update=s.regrets)
        regretted = draw_senders(baseline, first.sent).regretted
    acts = logged_acts(first.sent, writer, regretted)
    return [replace(draft, acts=acts) for draft in drafts]


def draft(scenario: Scenario, block: Block) -> Draft:
    """Draw the senders' side of a block."""
    return drafts([scenario], block)[0]


def _messages(
    s: Scenario, drawn: Drawn, sent: Sent, senders: Senders, channels: Columns
) -> Messages:
    """Join the columns of traffic, senders and channels."""
    noticed = senders.regretted
    act = Drawn(sent.key, sent.said)
    propagation = act.duration("deletion.propagation", s.deletion.propagation, noticed)
    own: Columns = {
        "action": act.duration("senders.action", s.senders.action, noticed),
        "noticed_part": noticed_parts(s, act, noticed),
        "propagation": np.where(senders.recorded, 0, propagation),
        "undo_fails": noticed & act.chance("send.undo_fails", s.send.undo_fails),
    }
    whole = own | senders.columns() | channels
    rest = {f.name: getattr(sent, f.name) for f in MESSAGES if f.name not in whole}
    columns: dict[str, Any] = rest | whole
    return Messages(**columns)
