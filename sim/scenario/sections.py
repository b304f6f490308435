"""What a scenario holds: one frozen section per actor of the model (docs/model.md), every field
with its meaning.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, WithJsonSchema, field_validator

from sim.clock import DAY, NEVER, SECOND
from sim.distributions.families.empirical import Empirical
from sim.distributions.fields import DurationDistribution
from sim.distributions.values import Duration, Micros, Probability, Strict
from sim.people import DEFAULT
from sim.scenario.channels import Channels
from sim.scenario.citations import Source
from sim.scenario.quantities import (
    MOST_REPLICATIONS,
    NOW,
    DeletionWindow,
    MaybeNever,
    Speed,
    as_tuple,
    as_tuple_of_one,
)
from sim.scenario.recipients import Segment
from sim.scenario.senders import Mistakes, Moderation, Review, Send, Senders
from sim.scenario.traffic import Kind, Traffic

ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


class Run(Strict):
    """How long and how often the world is played."""

    seed: int = Field(default=1, ge=0, lt=2**63, description="Seed of every draw.")
    replications: int = Field(
        default=100, ge=1, le=MOST_REPLICATIONS, description="Independent worlds."
    )
    horizon: Duration = Field(default=Micros(3 * DAY), description="When observation ends.")


class Conversation(Strict):
    """How often a message comes in the course of a conversation.

    A trace shows that itself, by who writes when; campaigns and sequences are none.
    """

    chance: Probability = Field(
        default=0.0,
        description="Chance that the recipient of a drawn message wrote something shortly before.",
    )
    recency: DurationDistribution = Field(
        default=Empirical[Duration](
            p=(0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0),
            values=tuple(Micros(s * SECOND) for s in (0, 12, 35, 85, 303, 1193, 1800)),
        ),
        description="How long before.",
    )


class Deletion(Strict):
    """The platform's rules for deletions."""

    window: DeletionWindow = Field(
        default=Micros(NEVER),
        description='Longest age at which a deletion is accepted; "unlimited" or "none".',
        json_schema_extra={"type": "string", "pattern": r"^(unlimited|never|none|\s*[0-9].*)$"},
    )
    unread_only: bool = Field(
        default=False, description="Refuse once the recipient has opened it in the thread."
    )
    undeletable: Annotated[tuple[Kind, ...], BeforeValidator(as_tuple)] = Field(
        default=("message_ad",), description="Kinds that cannot be deleted."
    )
    propagation: DurationDistribution = Field(
        default=NOW, description="From the ruling to the deletion's effect."
    )
    placeholder: bool = Field(
        default=False, description="Whether the thread shows that a message was deleted."
    )
    receiver_window: MaybeNever = Field(
        default=Micros(NEVER),
        description="Age at which the recipient's client ignores an allowed deletion.",
    )
    remedy: Literal["delete", "redraft", "edit", "apology", "block"] = Field(
        default="delete",
        description="What the sender does about a mistake: delete it, delete it and send it again corrected, edit it, "
        "apologise, or block.",
    )
    if_seen: Literal["delete", "leave"] = Field(
        default="delete",
        description="What the sender does who sees the mark that it has been read (thread.receipts).",
    )
    edit_window: DeletionWindow = Field(
        default=Micros(NEVER),
        description='Longest age at which an edit is accepted; "unlimited" or "none".',
        json_schema_extra={"type": "string", "pattern": r"^(unlimited|never|none|\s*[0-9].*)$"},
    )

    @property
    def what(self) -> str:
        """The remedy as verdicts ask: whoever sends it again, corrected, deletes."""
        return "delete" if self.remedy == "redraft" else self.remedy


class Reading(Strict):
    """How fast people read."""

    speed: Speed = Field(default=24.0, description="Characters a second; inf for reading at once.")


class Credits(Strict):
    """What an InMail costs its sender in credits, and when they come back."""

    per_inmail: float = Field(
        default=1.0, ge=0, le=1e6, description="Credits an accepted InMail consumes."
    )
    refund_within: MaybeNever = Field(
        default=Micros(90 * DAY), description="Age up to which a reply brings the credit back."
    )
    refund_on_recall: bool = Field(
        default=False, description="Whether deleting it brings the credit back."
    )


class StatedClaim(Strict):
    """A claim about the scenario's answers, judged by `toolate check` (docs/checks.md)."""

    claim: str = Field(description='For example "today: read share <= 30 %".')
    because: str = Field(default="", description="Why it should hold.")


class Heading(Strict):
    """What a scenario is called and asks, and what it is made from."""

    schema_: Literal[1] = Field(alias="schema", description="Version of the scenario format.")
    title: str = Field(default="", description="One line.")
    question: str = Field(default="", description="What the scenario asks.")
    extends: Annotated[
        tuple[str, ...], BeforeValidator(as_tuple_of_one), WithJsonSchema(ONE_OR_MORE)
    ] = Field(
        default=(),
        description='A "platform:ID", a "scenario:NAME" or another file in the same folder; of a list of them, later ones win.',
    )
    people: str = Field(
        default=DEFAULT,
        description='Whose habits segments have where they say nothing: people of the catalogue, or "none".',
    )
    baseline: str | None = Field(
        default=None, description="Name of the policy to compare with; by default the first."
    )


class SendersSide(Strict):
    """Who writes, what they regret, and what they may do about it."""

    run: Run = Field(default=Run(), title="The run")
    traffic: Traffic = Field(title="Who writes")
    mistakes: Mistakes = Field(default=Mistakes(), title="Mistakes")
    conversation: Conversation = Field(default=Conversation(), title="Conversation")
    senders: Senders = Field(default=Senders(), title="Senders, and their deletion work")
    moderation: Moderation = Field(default=Moderation(), title="Moderators")
    review: Review = Field(default=Review(), title="Review before sending")
    send: Send = Field(default=Send(), title="Sending")
    deletion: Deletion = Field(default=Deletion(), title="The platform's rules for deletions")


class Parameters(Channels, SendersSide):
    """What decides its results: what a policy may change.

    A section has a title, in the order of the model (docs/model.md).
    """

    reading: Reading = Field(default=Reading(), title="Reading")
    credits: Credits = Field(default=Credits(), title="InMail credits")
    costs: dict[str, Annotated[float, Field(ge=-1e12, le=1e12)]] = Field(
        default_factory=dict,
        description="Money per counted event, such as too_late, refused_window, orphans.",
    )
    segments: Annotated[tuple[Segment, ...], BeforeValidator(as_tuple)]

    @field_validator("segments")
    @classmethod
    def _shares(cls, segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
        if not segments:
            raise ValueError(
                "there is no segment, so nobody receives anything; add a [[segments]] table"
            )
        total = math.fsum(segment.share for segment in segments)
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the shares sum to {total:g}; make them sum to 1")
        names = [segment.name for segment in segments]
        if len(set(names)) < len(names):
            raise ValueError(f"two segments share a name ({', '.join(names)}); give each its own")
        return segments


class Additions(Strict):
    """What varies it, where its values are from, and what it claims."""

    policies: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Named patches on this scenario."
    )
    sources: dict[str, Source] = Field(
        default_factory=dict, description="Where parameters come from, by path."
    )
    checks: Annotated[tuple[StatedClaim, ...], BeforeValidator(as_tuple)] = Field(
        default=(), description="Claims about the answers."
    )


class ScenarioFields(Additions, Parameters, Heading):
    """All that a scenario holds, resolved: what `extends` brought is merged in."""

    _raw: dict[str, Any] = PrivateAttr(default_factory=dict)
    _file: str = PrivateAttr(default="scenario")
    _folder: str = PrivateAttr(default=".")
    _origins: dict[str, str] = PrivateAttr(default_factory=dict)
    _regrets: dict[str, Any] | None = PrivateAttr(default=None)
    _allowed: tuple[Path, ...] = PrivateAttr(default=())

    def __repr__(self) -> str:
        return f"<Scenario {self.file}: {self.title or 'untitled'}>"

    __str__ = __repr__

    @property
    def regrets(self) -> dict[str, Any]:
        """The sections that say which messages are regretted, as the baseline has them: they decide
        under every policy whose answers are left out of the conversation (docs/model.md, section 2).
        """
        return self._regrets or {name: getattr(self, name) for name in REGRETS}

    @property
    def raw(self) -> dict[str, Any]:
        """The resolved tables as they stood in the files: what a patch is merged into."""
        return self._raw

    @property
    def file(self) -> str:
        """The file this scenario was read from, as the user named it."""
        return self._file

    @property
    def folder(self) -> str:
        """The folder data paths are taken from."""
        return self._folder

    @property
    def origins(self) -> dict[str, str]:
        """Which file or patch set a path, for the paths of `raw`."""
        return self._origins

    def policy_names(self) -> tuple[str, ...]:
        """Give the names of the policies, the baseline first.

        A scenario without any has one, "as it is".
        """
        names = list(self.policies) or ["as it is"]
        first = self.baseline if self.baseline in names else names[0]
        return (first, *(name for name in names if name != first))


REGRETS = ("mistakes", "moderation", "senders")
"""Sections that say which messages are regretted."""

NOT_PARAMETERS = tuple(
    field.alias or name
    for name, field in ScenarioFields.model_fields.items()
    if name not in Parameters.model_fields
)
"""Keys that a policy cannot change: it changes parameters."""
