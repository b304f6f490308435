"""What a scenario says about recipients: their settings, how they look, what makes them look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, create_model, field_validator

from sim.distributions.families.constant import Constant
from sim.distributions.fields import DurationDistribution, NumberDistribution
from sim.distributions.values import Micros, Positive, Probability, Strict
from sim.scenario.channels import ChannelsTaken
from sim.scenario.quantities import NOT_EVER, NOW, WEEKS, Offset, Week, Windows, as_tuple
from sim.schema.screens import NAMES, SCREENS

if TYPE_CHECKING:
    Held = str
else:
    Held = Literal[("push", *NAMES, "email")]


class Looks(Strict):
    """A stationary alternating renewal of looking (length) and not looking (gap), in operational
    time.
    """

    gap: DurationDistribution = Field(
        default=NOT_EVER, description="From the end of a look to the next one."
    )
    length: DurationDistribution = Field(default=NOW, description="How long a look lasts.")


class InHand(Strict):
    """How long the phone is in hand around an act of one's own: whoever writes looks at it, with
    the app open.
    """

    before: DurationDistribution = Field(
        default=NOW,
        description="Before it, at most 5 min: typing. It does not begin before the latest message came.",
    )
    after: DurationDistribution = Field(
        default=NOW, description="After it, at most 30 min, or until typing again."
    )


class MailChecks(Looks):
    """Checks of the mailbox: each shows the list of what has come, and opens some of it."""

    frailty: NumberDistribution | None = Field(
        default=None,
        description="Personal factor on their rate, where it is not the segment's frailty.",
    )
    opened: Probability = Field(
        default=1.0,
        description="Chance that a mail is opened at the check that first lists it; otherwise it never is.",
    )


class Reaction(Strict):
    """A chance that something is acted on, and after how long."""

    chance: Probability = Field(default=0.0, description="Chance that it happens.")
    delay: DurationDistribution = Field(default=NOW, description="After how long.")


class Alert(Reaction):
    """Whether a push makes itself felt, and whether its owner then takes the phone.

    Both are chances that people have of their own: Beta distributed with a mean and a standard
    deviation (the spread).
    """

    spread: Probability = Field(
        default=0.0, description="Standard deviation of the chance among people."
    )
    felt: Probability = Field(
        default=1.0, description="Chance that a push that arrives makes itself felt."
    )
    felt_spread: Probability = Field(
        default=0.0, description="Standard deviation of that chance among people."
    )


class Handling(Strict):
    """What becomes of a push that is looked at: it is opened, or dismissed, or left for later."""

    chance: Probability = Field(default=0.0, description="Chance that a look handles it.")
    looks: Literal["every", "first"] = Field(
        default="every",
        description="Which looks may: the one that notices it and each later one, or only the former.",
    )
    opened: Probability = Field(
        default=1.0, description="Chance that it is opened; otherwise it is dismissed."
    )
    without_text: Probability | None = Field(
        default=None,
        description="Chance that a look handles a push that shows no text, where it differs.",
    )
    delay: DurationDistribution = Field(
        default=NOW, description="From that look to opening the app."
    )


class ScreenSessions(Looks):
    """Sessions at a screen device, in which a notification shows as a toast."""

    share: Probability = Field(default=0.0, description="Share who use one.")
    notifications: Probability = Field(
        default=1.0, description="Share of them with its notifications switched on."
    )
    previews_hidden: Probability = Field(
        default=0.0, description="Share of them whose toasts show no text."
    )
    notice: Probability = Field(default=0.0, description="Chance that a toast is noticed.")
    delay: DurationDistribution = Field(
        default=NOW, description="From its showing to its being read."
    )
    reading: DurationDistribution = Field(default=NOW, description="How long it is read.")
    app: Looks = Field(
        default=Looks(), description="Visits to the app there, as far as a session lasts"
    )


class WatchAlerts(Strict):
    """A watch, to which alerts go while the phone is not in use."""

    share: Probability = Field(default=0.0, description="Share who have one.")
    worn: Probability = Field(default=1.0, description="Chance that it is worn as a push arrives.")
    notice: Probability = Field(default=0.0, description="Chance that its alert is looked at.")
    delay: DurationDistribution = Field(default=NOW, description="From the alert to the look.")
    length: DurationDistribution = Field(default=NOW, description="How long the look lasts.")


class Quiet(Strict):
    """Quiet hours on the recipient's side."""

    hours: Windows = Field(default=(), description="When they are, on the recipient's clock.")
    share: Probability = Field(default=1.0, description="Share who have them.")
    effect: Literal["silent", "hold"] = Field(
        default="silent",
        description="Notifications make themselves not felt, or are held back until the end.",
    )
    holds: Annotated[tuple[Held, ...], BeforeValidator(as_tuple)] = Field(
        default=("push",),
        description="Which are held back; of e-mail what goes at once or is due by itself, no batches or digests.",
    )


class Kind(Strict):
    """Who they are, and when they look."""

    name: str = Field(min_length=1, description="Name of the kind of people.")
    share: Probability = Field(default=1.0, description="Share of recipients of this kind.")
    frailty: NumberDistribution = Field(
        default=Constant[Positive](value=1.0),
        description="Personal factor on the rate of glances, checks and visits.",
    )
    week: Week = Field(default=WEEKS["flat"], description="When they look, on their own clock.")
    utc_offset: Offset = Field(
        default=Micros(0), description="Their clock less the scenario's clock."
    )


class Person(ChannelsTaken, Kind):
    """A segment without its devices beside the phone."""

    notice: Annotated[float, Field(gt=0, le=1)] = Field(
        default=1.0, description="Chance that a glance notices a visible preview."
    )
    glances: Looks = Field(default=Looks(), description="Glances at the lock screen or the tray")
    checks: MailChecks = Field(default=MailChecks(), description="Checks of the mailbox")
    visits: Looks = Field(default=Looks(), description="Visits to the app")
    in_hand: InHand = Field(
        default=InHand(), description="How long the phone is in hand around an act of one's own"
    )
    alert: Alert = Field(
        default=Alert(), description="A push makes itself felt, and the phone is looked at"
    )
    mail_alert: Reaction = Field(default=Reaction(), description="A mail alerts, and is read")
    handling: Handling = Field(
        default=Handling(), description="A noticed push is opened, or dismissed"
    )
    reply: Reaction = Field(
        default=Reaction(), description="A reply after first reading; it brings InMail credits back"
    )
    away: Looks = Field(
        default=Looks(),
        description="Available (gap) and away (length): nothing is looked at meanwhile",
    )
    offline: Looks = Field(
        default=Looks(), description="The phone has network (gap), and has none (length)"
    )
    doze: Looks = Field(default=Looks(), description="The phone is awake (gap), and dozes (length)")


if TYPE_CHECKING:
    WithScreens = Person
else:
    WithScreens = create_model(
        "WithScreens",
        __base__=Person,
        **{
            one.name: (
                ScreenSessions,
                Field(default=ScreenSessions(), description=f"Sessions {one.where}"),
            )
            for one in SCREENS
        },
    )


class Segment(WithScreens):
    """One kind of recipient: settings, rhythm and attention."""

    watch: WatchAlerts = Field(default=WatchAlerts(), description="A watch")
    quiet: Quiet = Field(default=Quiet(), description="Quiet hours")

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if "." in value or value == "*" or not value.isprintable():
            raise ValueError(
                f'"{value}" cannot be written in a path; give it a name without dots, and not just *'
            )
        return value
