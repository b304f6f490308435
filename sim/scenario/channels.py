"""What a scenario says about the channels: push, e-mail, badge, and the thread itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, create_model, field_validator

from sim.clock import DAY, HOUR, MINUTE, NEVER, SECOND
from sim.distributions.fields import DurationDistribution
from sim.distributions.values import Duration, Micros, Probability, Strict
from sim.scenario.quantities import NOT_EVER, NOW, Characters, MaybeNever, as_tuple
from sim.schema.screens import NAMES, SCREENS

if TYPE_CHECKING:
    Device = str
else:
    Device = Literal[("phone", "watch", *NAMES)]

Reason = Literal["deleted", "read", "seen", "blocked", "edited"]
Reasons = Annotated[tuple[Reason, ...], BeforeValidator(as_tuple)]
"""Why a notification that waits is dropped: its message was deleted, read in the app, the app was
open since, its recipient blocked, or it was edited."""


class Slow(Strict):
    """The slow part of push latency: the device is offline or dozing."""

    chance: Probability = Field(default=0.0, description="Share of pushes that meet such a device.")
    latency: DurationDistribution = Field(default=NOW, description="Their latency.")


class Retraction(Strict):
    """Whether and how the platform takes a delivered push back."""

    chance: Probability = Field(default=0.0, description="Chance that a retraction works.")
    latency: DurationDistribution = Field(
        default=NOW, description="From the deletion's effect to its arrival."
    )
    on: Annotated[tuple[Literal["ios", "android"], ...], BeforeValidator(as_tuple)] = Field(
        default=("ios", "android"), description="Operating systems it works on."
    )
    scope: Literal["message", "conversation", "latest", "rewrite"] = Field(
        default="message",
        description="What it takes back: that push; all of the sender's; all of them only if it is the latest; "
        "or it is rewritten to show no text.",
    )
    priority: Literal["high", "normal"] = Field(
        default="high",
        description="Whether it wakes a dozing phone (high), or waits until it wakes.",
    )
    app_ran_within: MaybeNever = Field(
        default=Micros(NEVER),
        description="How long after a visit on the phone it still works there; never: no such limit.",
    )
    reaches: Annotated[tuple[Device, ...], BeforeValidator(as_tuple)] = Field(
        default=("phone",), description="Devices it reaches."
    )


class Rewrite(Strict):
    """Whether and how an edit reaches a push that is still unread in the tray."""

    chance: Probability = Field(default=0.0, description="Chance that it does.")
    latency: DurationDistribution = Field(
        default=NOW, description="From the edit's effect to the new text."
    )


class PushStore(Strict):
    """How many pushes the push service keeps for a phone without network.

    0: all, 1: the newest, n: none once full.
    """

    ios: int = Field(
        default=0, ge=0, le=1_000_000, description="For an iPhone; APNs keeps one for each app."
    )
    android: int = Field(
        default=0, ge=0, le=1_000_000, description="For an Android phone; FCM keeps a hundred."
    )


class Push(Strict):
    """The push channel: a notification with a preview, an alert and a tray."""

    delay: DurationDistribution = Field(default=NOW, description="From acceptance to dispatch.")
    delay_active: DurationDistribution | None = Field(
        default=None,
        description="The same for a recipient who counts as active (desktop.active_for), where it differs.",
    )
    delay_away: DurationDistribution | None = Field(
        default=None, description="The same for a recipient who is away, where it differs."
    )
    held_while_active: bool = Field(
        default=False,
        description="Whether it waits, after its delay, until its recipient no longer counts as active.",
    )
    late_binding: bool = Field(
        default=True, description="Whether its text is that of its dispatch."
    )
    drop: Reasons | None = Field(
        default=None,
        description="Reasons to drop it at its dispatch; not said: deleted, read, blocked if bound late, else none.",
    )
    latency: DurationDistribution = Field(default=NOW, description="From dispatch to arrival.")
    latency_android: DurationDistribution | None = Field(
        default=None, description="The same on Android, where it differs."
    )
    slow: Slow = Field(default=Slow(), description="Devices that are offline or dozing")
    preview: Characters = Field(
        default=100, description="Characters a preview shows; 0 hides the text."
    )
    expiry: MaybeNever = Field(
        default=Micros(NEVER), description="How long a notification stays in the tray."
    )
    collapse: Literal["none", "thread", "app"] = Field(
        default="none", description="Which pushes a newer one replaces in the tray."
    )
    store: PushStore = Field(
        default=PushStore(), description="What the push service keeps for a phone without network"
    )
    ttl: MaybeNever = Field(default=Micros(NEVER), description="How long it keeps a push.")
    fetch: bool = Field(
        default=False,
        description="Whether a push carries an id and its text is fetched on arrival.",
    )
    missing: Literal["nothing", "generic"] = Field(
        default="nothing", description="What a push shows whose text is gone as it is fetched."
    )
    retraction: Retraction = Field(default=Retraction(), description="Taking a delivered push back")
    rewrite: Rewrite = Field(default=Rewrite(), description="An edit's way to an unread push")


class MailThrottle(Strict):
    """The least time between two mails about one conversation, which grows."""

    gap: Duration = Field(
        default=Micros(0), description="Least time after a first mail; 0: no throttle."
    )
    factor: float = Field(
        default=1.0, ge=1, le=1e6, description="What it grows by with every further mail."
    )
    most: Duration = Field(default=Micros(0), description="What it grows to at most.")
    reset: MaybeNever = Field(
        default=Micros(NEVER), description="Silence after which it starts again."
    )


class Email(Strict):
    """The e-mail channel."""

    delay: DurationDistribution = Field(
        default=NOW,
        description='Instant mode, and batches with anchor "flush": from acceptance to dispatch; never: no e-mail at all.',
    )
    delay_active: DurationDistribution | None = Field(
        default=None,
        description="The same for a recipient who counts as active (desktop.active_for), where it differs.",
    )
    delay_away: DurationDistribution | None = Field(
        default=None, description="The same for a recipient who is away, where it differs."
    )
    held_while_active: bool = Field(
        default=False,
        description='Instant mode, and batches with anchor "flush": whether it waits, after its delay, until its '
        "recipient no longer counts as active.",
    )
    window: Duration = Field(
        default=Micros(15 * MINUTE), description="Batched mode: how long a batch stays open."
    )
    anchor: Literal["first", "latest", "flush"] = Field(
        default="first",
        description="Batched mode: the window counts from the first pending message, or the latest; or each message "
        "is due by itself, and all that wait go with the first (flush).",
    )
    tick: Duration = Field(
        default=Micros(0), description="How often the mail worker looks; 0: it never waits."
    )
    throttle: MailThrottle = Field(
        default=MailThrottle(), description="Least time between mails about one conversation"
    )
    every: Duration = Field(default=Micros(DAY), description="Digest mode: time between digests.")
    at: Duration = Field(
        default=Micros(8 * HOUR),
        description="Digest mode: first digest after the recipient's Monday.",
    )
    lead: Duration = Field(default=Micros(0), description="Digest mode: from snapshot to dispatch.")
    binding: Literal["late", "snapshot"] = Field(
        default="late", description="Whether its text is that of its dispatch, or of acceptance."
    )
    drop: Reasons | None = Field(
        default=None,
        description="Reasons to leave a message out; not said: deleted, read, blocked if bound late, else none.",
    )
    list: Characters = Field(
        default=0,
        description="Characters of its first message that the list of the mailbox shows, opened or not.",
    )
    carries: Literal["full", "preview", "nothing"] = Field(
        default="full", description="What of the text it shows once it is opened."
    )
    preview: Characters = Field(default=100, description="Characters when it carries a preview.")
    latency: DurationDistribution = Field(default=NOW, description="From dispatch to the mailbox.")
    only_without_push: bool = Field(
        default=False, description="Whether only recipients without push get mail."
    )


class ScreenRoute(Strict):
    """A screen device's own way from the server, and what it shows in a session."""

    delay: DurationDistribution = Field(default=NOW, description="From acceptance to dispatch.")
    latency: DurationDistribution = Field(default=NOW, description="From dispatch to showing.")
    drop: Reasons | None = Field(
        default=None,
        description="Reasons to drop it at its dispatch; not said: deleted, read, blocked.",
    )
    preview: Characters = Field(
        default=100, description="Characters a toast shows; 0 hides the text."
    )
    active_for: Duration | None = Field(
        default=None,
        description="How long after a session there its user still counts as active; if not given, 0 s for the "
        "desktop, and sessions at other devices do not count.",
    )
    toast: Duration = Field(
        default=Micros(7 * SECOND), description="How long a notification shows there."
    )
    keep: MaybeNever = Field(
        default=Micros(0),
        description="How long the notification centre keeps what was shown; 0: there is none.",
    )


class NotificationList(Strict):
    """The app's own list, of notifications or of conversations, which every online visit shows."""

    shown: bool = Field(default=False, description="Whether there is one.")
    entries: Literal["all", "latest"] = Field(
        default="all",
        description="Whether every message has an entry, or the latest of each sender alone, as in a list of "
        "conversations.",
    )
    preview: Characters = Field(
        default=0, description="Characters of the message an entry shows; 0: none."
    )
    removal: DurationDistribution = Field(
        default=NOT_EVER, description="From a deletion's effect to the removal of its entry."
    )


class Badge(Strict):
    """The number on the app's icon."""

    counts: Literal["until visit", "until read"] = Field(
        default="until visit",
        description="A message counts until the app is opened on the phone, or until it is read.",
    )

    sync: DurationDistribution = Field(
        default=NOT_EVER, description="From a deletion's effect to the corrected count."
    )
    boost: float = Field(
        default=1.0, ge=1, le=1000, description="How much faster visits come while it is above 0."
    )


class Cache(Strict):
    """The device's own copy of the thread."""

    offline: Probability = Field(
        default=0.0, description="Chance that a visit finds the device offline."
    )
    life: Duration = Field(
        default=Micros(48 * HOUR), description="How long a copy stays on the device."
    )


class Receipts(Strict):
    """The mark by which a sender sees that a message has been read in the app."""

    share: Probability = Field(
        default=0.0, description="Share of recipients whose reading is marked."
    )
    delay: DurationDistribution = Field(default=NOW, description="From reading to the mark.")


class Thread(Strict):
    """The app's own inbox."""

    cache: Cache = Field(default=Cache(), description="The device's own copy of the thread")
    receipts: Receipts = Field(
        default=Receipts(), description="Marks of what has been read, for senders"
    )
    reads: Literal["every", "one"] = Field(
        default="every",
        description="A visit reads every conversation with something new, or the one it opens: that of the "
        "push it was opened by, or of the latest unread message.",
    )
    clears: Literal["all", "conversation", "nothing"] = Field(
        default="all",
        description="Notifications on the phone that opening the app there takes out of the tray.",
    )
    clears_elsewhere: DurationDistribution = Field(
        default=NOT_EVER,
        description="From reading a message at a screen device to the removal of its push and count on the phone.",
    )


class Notified(Strict):
    """The channels that notify, those of screen devices apart."""

    push: Push = Field(default=Push(), title="Push")
    email: Email = Field(default=Email(), title="E-mail")


if TYPE_CHECKING:
    WithRoutes = Notified
else:
    WithRoutes = create_model(
        "WithRoutes",
        __base__=Notified,
        **{
            one.name: (ScreenRoute, Field(default=ScreenRoute(), title=one.title))
            for one in SCREENS
        },
    )


class Channels(WithRoutes):
    """Every channel of a scenario, and the thread: a section each, with its title."""

    notification_list: NotificationList = Field(
        default=NotificationList(), title="The app's list, of notifications or of conversations"
    )
    badge: Badge = Field(default=Badge(), title="Badge")
    thread: Thread = Field(default=Thread(), title="Thread")


class EmailShares(Strict):
    """How many of the segment get e-mail in which way; the shares sum to one."""

    off: Probability = 0.0
    instant: Probability = 0.0
    batched: Probability = 0.0
    digest: Probability = 0.0

    def as_tuple(self) -> tuple[float, float, float, float]:
        """Give the shares in the order off, instant, batched, digest."""
        return (self.off, self.instant, self.batched, self.digest)


class ChannelsTaken(Strict):
    """Which of the channels people have switched on: a part of their segment."""

    push: Probability = Field(default=1.0, description="Share with push switched on.")
    badge: Probability = Field(default=0.0, description="Share with the badge switched on.")
    previews_hidden: Probability = Field(
        default=0.0, description="Share who hide previews on the phone's lock screen."
    )
    ios: Probability = Field(
        default=0.5, description="Share with an iPhone; the rest have Android."
    )
    email: EmailShares = Field(
        default=EmailShares(off=1.0),
        description="Shares with e-mail off, instant, batched or in a digest; they sum to 1.",
    )

    @field_validator("email")
    @classmethod
    def _mail_sums(cls, value: EmailShares) -> EmailShares:
        if abs(math.fsum(value.as_tuple()) - 1) > 1e-9:
            raise ValueError(
                f"the shares sum to {math.fsum(value.as_tuple()):g}; make them sum to 1"
            )
        return value
