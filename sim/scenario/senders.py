"""What a scenario says of senders: their mistakes, groups of them and how they delete, moderators,
review, and sending.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.clock import NEVER
from sim.distributions.families.constant import Constant
from sim.distributions.fields import DurationDistribution
from sim.distributions.values import Duration, Micros, Probability, Strict
from sim.scenario.quantities import NOW, Offset, Windows


class Mistakes(Strict):
    """How often a message is a mistake, and when its sender notices."""

    chance: Probability = Field(
        default=0.0, description="Chance that a message is a mistake its sender may regret."
    )
    batch_chance: Probability = Field(
        default=0.0, description="Chance that a mistake hits a whole campaign."
    )
    add: bool = Field(
        default=False,
        description="Whether mistakes are drawn though the file of traffic has deletions on record: they come on top.",
    )
    noticed: DurationDistribution = Field(
        default=NOW, description="From pressing send to noticing; may never happen."
    )
    reaction: DurationDistribution = Field(
        default=NOW, description="From noticing to deciding to delete."
    )
    urgency: Annotated[float, Field(gt=-1, lt=1)] = Field(
        default=0.0,
        description="Correlation between how soon a message is read and how soon it is regretted. "
        "It ties the ways of reading to one another as well, with its absolute value: r and -r are "
        "no mirror images about 0, and a sweep over it shows both effects.",
    )


class SenderGroup(Strict):
    """Senders with ways of their own, such as newcomers: what is not said is as for everybody."""

    share: Probability = Field(
        default=0.0,
        description="Share of senders; in a trace with a column sender_group, those whose rows name it.",
    )
    mistakes: Probability | None = Field(
        default=None, description="Their mistakes.chance, where it differs."
    )
    hold: DurationDistribution | None = Field(
        default=None, description="Their send.hold, where it differs."
    )
    push_delay: DurationDistribution | None = Field(
        default=None, description="The push.delay of what they send, where it differs."
    )
    email_delay: DurationDistribution | None = Field(
        default=None, description="The email.delay of what they send, where it differs."
    )


class Senders(Strict):
    """The deletion work: how many at once, in which order, how long each takes, and when it is done."""

    deletions_at_once: int = Field(
        default=1, ge=1, le=1_000_000, description="Deletions a sender can work on at a time."
    )
    order: Literal["first_sent", "last_sent", "first_noticed"] = Field(
        default="first_sent", description="Which waiting deletion is next."
    )
    bulk: bool = Field(default=False, description="Whether one action deletes a whole batch.")
    action: DurationDistribution = Field(
        default=NOW, description="Time one deletion takes (navigate, menu, confirm)."
    )
    hours: Windows = Field(default=(), description="When senders can notice; empty: always.")
    utc_offset: Offset = Field(
        default=Micros(0), description="Senders' clock less the scenario's clock."
    )
    pause_on_deletion: bool = Field(
        default=False,
        description="Whether a sequence's follow-ups are stopped once its opening message is gone.",
    )
    groups: dict[str, SenderGroup] = Field(
        default_factory=dict, description="Groups of senders, by name, for policies of their own."
    )


class Moderation(Strict):
    """Somebody else who deletes mistakes, outside the senders' queues and whatever senders may."""

    chance: Probability = Field(
        default=0.0, description="Chance that a moderator notices a mistake."
    )
    noticed: DurationDistribution = Field(
        default=NOW, description="From acceptance until it is deleted, where one does."
    )
    hours: Windows = Field(
        default=(), description="When moderators delete, on the senders' clock; empty: always."
    )


class Review(Strict):
    """A look at the message before it is sent."""

    time: DurationDistribution = Field(
        default=NOW, description="Time a review takes, for every message."
    )
    catches: Probability = Field(default=0.0, description="Chance that it catches a mistake.")


class Send(Strict):
    """What happens between pressing send and the server's acceptance."""

    hold: DurationDistribution = Field(
        default=NOW, description="Undo-send: how long a message is held back."
    )
    hold_per_character: Duration = Field(
        default=Micros(0), description="Further time for every character of it."
    )
    hours: Windows = Field(
        default=(), description="Scheduled sending hours on the senders' clock; empty: always."
    )
    undo_fails: Probability = Field(
        default=0.0,
        description="Chance that undoing a send fails: the message goes out all the same.",
    )

    @property
    def usual_hold(self) -> Micros:
        """The mean hold, without what goes by the characters; NEVER where it is not finite."""
        if isinstance(self.hold, Constant):
            return Micros(self.hold.value)
        from sim.distributions.distribution import distribution_of  # loads numpy

        mean = distribution_of(self.hold).mean()
        return Micros(min(mean, float(NEVER)))
