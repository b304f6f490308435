"""What a scenario says about traffic: who writes to whom and when, of which kind."""

from __future__ import annotations

from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, field_validator

from sim.clock import NEVER
from sim.distributions.values import Duration, Micros, Strict
from sim.scenario.quantities import WEEKS, Length, MaybeNever, Rate, Week, as_tuple

Kind = Literal["dm", "inmail", "message_ad", "connection_note", "email"]
KINDS: tuple[str, ...] = get_args(Kind)


class Stream(Strict):
    """Each sender writes at a rate, within a weekly profile, to recipients of the replication."""

    kind: Literal["stream"]
    senders: int = Field(ge=1, le=1_000_000, description="Senders in a replication.")
    recipients: int = Field(ge=1, le=10_000_000, description="Recipients in a replication.")
    rate: Rate = Field(description="Messages per sender.")
    week: Week = Field(default=WEEKS["flat"], description="When senders write, on their own clock.")
    lasts: MaybeNever = Field(
        default=Micros(NEVER), description="How long they write; by default until the horizon."
    )
    message: Kind = Field(default="dm", description="Kind of message.")
    length: Length = Field(default=100, description="Characters in a message.")


class Campaign(Strict):
    """A batch of messages to as many recipients, from a start time, spaced by the sending tool's
    throttle.
    """

    kind: Literal["campaign"]
    messages: int = Field(ge=1, le=100_000_000, description="Messages, one per recipient.")
    start: Duration = Field(default=Micros(0), description="When the first one is sent.")
    throttle: Duration = Field(default=Micros(0), description="Time between two messages.")
    message: Kind = Field(default="dm", description="Kind of message.")
    length: Length = Field(default=100, description="Characters in a message.")


class Step(Strict):
    """A follow-up of a sequence."""

    after: Duration = Field(description="When it is written, from the opening message on.")
    length: Length = Field(default=100, description="Characters in it.")


class Sequence(Strict):
    """A campaign with follow-ups at offsets.

    Each goes out whether or not its opening message still exists.
    """

    kind: Literal["sequence"]
    messages: int = Field(ge=1, le=100_000_000, description="Opening messages, one per recipient.")
    start: Duration = Field(default=Micros(0), description="When the first one is sent.")
    throttle: Duration = Field(default=Micros(0), description="Time between two opening messages.")
    steps: Annotated[tuple[Step, ...], BeforeValidator(as_tuple)] = Field(
        min_length=1, max_length=20, description="The follow-ups, in order."
    )
    message: Kind = Field(default="dm", description="Kind of message.")
    length: Length = Field(default=100, description="Characters in an opening message.")


class Trace(Strict):
    """Real messages from a CSV or Parquet file: sent_at, sender, recipient.

    Optionally id, group, kind, length, deleted, deleted_at.
    """

    kind: Literal["trace"]
    file: str = Field(description="Path of the file, from the scenario's folder.")
    times: Literal["seconds", "timestamps", "epoch", "excel", "day first", "month first"] | None = (
        Field(default=None, description="How times are written; by default found out.")
    )
    zone: str | None = Field(
        default=None,
        description='Whose clock people live by, such as "Europe/Berlin"; by default the log\'s.',
    )
    message: Kind = Field(
        default="dm", description="Kind of message where the file has no column for it."
    )
    length: Length = Field(
        default=100, description="Characters where the file has no column for it."
    )

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str | None) -> str | None:
        try:
            return zone if zone is None else ZoneInfo(zone).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f"{zone!r} is not a time zone; use a name such as Europe/Berlin or UTC"
            ) from None


Traffic = Annotated[Stream | Campaign | Sequence | Trace, Field(discriminator="kind")]
