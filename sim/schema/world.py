"""What chance decides: the columns of messages and of recipients.

Both engines take their world through these and the rules (`sim.schema.rules`) only. All times and
durations are int64 microseconds, `NEVER` where something does not happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.clock import NEVER
from sim.schema.codes import AT_ONCE, BATCHED, DIGEST, OFF
from sim.schema.fields import (
    CHARACTERS,
    CODE,
    COUNT,
    FACTOR,
    FLAG,
    INSTANT,
    NAME,
    ROW,
    Entities,
    Flags,
    Floats,
    Int64s,
    declared,
    fields_of,
)
from sim.schema.screens.declared import ScreenMessages, ScreenRecipients


@dataclass(frozen=True, slots=True)
class Messages(ScreenMessages):
    """One entry per message, sorted by `written`: who, to whom, and every delay that chance has
    decided for it.
    """

    sender: Int64s = declared("sender's number", unit=NAME)
    recipient: Int64s = declared("recipient's number", unit=NAME)
    replication: Int64s = declared("place of its replication in the block", unit=NAME)
    number: Int64s = declared(
        "its number with its sender (in a trace: its row)", unit=NAME, otherwise=lambda i, _: i
    )
    entity: Entities = declared("its name in draws", unit=NAME, otherwise=lambda i, _: i)
    kind: Int64s = declared("kind of message", unit=CODE)
    length: Int64s = declared("characters in the message", 100, CHARACTERS)
    batch: Int64s = declared("campaign it belongs to; -1: none", -1, NAME)
    group: Int64s = declared(
        "group message of its sender that it is, sent to several recipients; -1: none", -1, NAME
    )
    after: Int64s = declared(
        "row of the message it follows up, as a step of a sequence or as an apology; -1: none",
        -1,
        ROW,
    )
    apology: Flags = declared(
        "it is sent as the remedy of the message it follows is done; `released` is NEVER, for its instant is not chance's",
        False,
        FLAG,
    )
    written: Int64s = declared(
        "when it is written", unit=INSTANT, otherwise=lambda _, row: NEVER if row["apology"] else 0
    )
    caught: Flags = declared("the review stops it: it is never sent", False, FLAG)
    pressed: Int64s = declared(
        "when send is pressed: written plus the review",
        unit=INSTANT,
        otherwise=lambda _, row: row["written"],
    )
    released: Int64s = declared(
        "when the hold ends: the server accepts it then, unless it is cancelled by then",
        unit=INSTANT,
        otherwise=lambda _, row: row["pressed"],
    )
    noticed: Int64s = declared(
        "when the sender notices the mistake; NEVER: never, or there is none", NEVER, INSTANT
    )
    noticed_part: Int64s = declared(
        "which part of its distribution the delay of noticing is from (`sim.world.strata`)",
        unit=CODE,
        choices=(0, 1, 2),
    )
    mistake: Flags = declared(
        "it is a mistake", False, FLAG, otherwise=lambda _, row: row["noticed"] != NEVER
    )
    reaction: Int64s = declared("from noticing to joining the deletion queue")
    action: Int64s = declared("how long deleting it takes")
    propagation: Int64s = declared("from the ruling to the effect")
    undo_fails: Flags = declared("undoing its send fails: it goes out all the same", False, FLAG)
    receipt_after: Int64s = declared(
        "from reading it in the thread to its sender's seeing that; NEVER: there is no such mark",
        NEVER,
    )
    recorded: Flags = declared(
        "its deletion is on record (a trace): it completes at `noticed`, outside any queue",
        False,
        FLAG,
    )
    push_delay: Int64s = declared("from acceptance to the push's dispatch; NEVER: none goes")
    push_latency: Int64s = declared("from dispatch to the push service")
    glances_needed: Int64s = declared(
        "how many glances at its preview it takes to notice it", 1, COUNT
    )
    felt: Flags = declared(
        "its push makes itself felt; if not, `alert_after` is NEVER, and so much is all that follows",
        True,
        FLAG,
    )
    alert_after: Int64s = declared(
        "from arrival to the glance its alert causes; NEVER: it causes none", NEVER
    )
    alert_length: Int64s = declared("how long that glance lasts")
    looks_to_handle: Int64s = declared(
        "how many looks at its preview, from the one that notices it on, it takes to handle it; NEVER: none does",
        NEVER,
        COUNT,
    )
    bare_looks_to_handle: Int64s = declared(
        "the same where the preview shows no text",
        NEVER,
        COUNT,
        otherwise=lambda _, row: row["looks_to_handle"],
    )
    open_after: Int64s = declared(
        "from the look that handles it to opening the app; NEVER: it is dismissed instead", NEVER
    )
    tap_offline: Flags = declared("the app is offline as it is opened by a tap", False, FLAG)
    retract_after: Int64s = declared(
        "from the deletion's effect to the retraction's arrival; NEVER: none arrives", NEVER
    )
    rewrite_after: Int64s = declared(
        "from an edit's effect to the rewriting of its push in the tray; NEVER: it stays as it is",
        NEVER,
    )
    clear_after: Int64s = declared(
        "from being read at another device to the clearing of its push and count on the phone; NEVER: they stay",
        NEVER,
        of="thread.clears_elsewhere",
    )
    list_gone_after: Int64s = declared(
        "from the deletion's effect until the app's list has no entry of it; NEVER: the entry stays",
        NEVER,
    )
    badge_sync_after: Int64s = declared(
        "from the deletion's effect to the badge's correction; NEVER: none arrives", NEVER
    )
    on_watch: Flags = declared(
        "a watch is worn as it arrives, to which the alert goes unless the phone is in use",
        False,
        FLAG,
    )
    watch_after: Int64s = declared(
        "from its arrival to being read on the watch; NEVER: it is not", NEVER
    )
    watch_length: Int64s = declared("how long that look at the watch lasts")
    watch_retract_after: Int64s = declared(
        "from the deletion's effect until the watch shows it no more; NEVER: it goes on showing",
        NEVER,
    )
    reply_after: Int64s = declared(
        "from its first reading to the recipient's reply; NEVER: there is none", NEVER
    )
    email_delay: Int64s = declared("from acceptance to its mail's dispatch; NEVER: none goes")
    email_latency: Int64s = declared(
        "transport of the mail this message opens", of="email.latency", where="email"
    )
    mail_alert_after: Int64s = declared(
        "from the arrival of the mail this message opens to its being read because of its alert; NEVER: no reaction",
        NEVER,
    )
    mail_alert_length: Int64s = declared("how long that look at the mail lasts")
    mail_opened: Flags = declared(
        "the mail this message opens is opened at the check that first lists it", True, FLAG
    )

    @property
    def size(self) -> int:
        """The number of messages."""
        return int(self.written.size)


@dataclass(frozen=True, slots=True)
class Recipients(ScreenRecipients):
    """One entry per recipient: settings that chance has decided."""

    entity: Entities = declared("its name in draws", unit=NAME, otherwise=lambda i, _: i)
    key: Entities = declared("the key of its replication's draws", unit=NAME)
    number: Int64s = declared("its number in its replication", unit=NAME, otherwise=lambda i, _: i)
    replication: Int64s = declared("place of its replication in the block", unit=NAME)
    segment: Int64s = declared("its segment, in the scenario's order", unit=CODE)
    rate: Floats = declared("personal factor on the rate of glances and visits", 1.0, FACTOR)
    checks_rate: Floats = declared(
        "personal factor on the rate of checks", 1.0, FACTOR, otherwise=lambda _, row: row["rate"]
    )
    ios: Flags = declared("its phone runs iOS", False, FLAG, of="ios")
    push: Flags = declared("push is switched on", True, FLAG, of="push")
    badge: Flags = declared("the badge is switched on", False, FLAG, of="badge")
    hides_previews: Flags = declared(
        "previews on the phone show no text", False, FLAG, of="previews_hidden"
    )
    email: Int64s = declared(
        "which e-mails it takes", OFF, CODE, choices=(OFF, AT_ONCE, BATCHED, DIGEST)
    )
    utc_offset: Int64s = declared("from the scenario's clock to its own")
    email_phase: Int64s = declared("when the e-mail worker first looks", unit=INSTANT)
    priced: Flags = declared("prices are estimated on it", True, FLAG)
    store: Int64s = declared(
        "how many notifications the push service keeps while the phone has no network; 0: no limit",
        unit=COUNT,
    )

    @property
    def size(self) -> int:
        """The number of recipients."""
        return int(self.entity.size)


MESSAGES: Final = fields_of(Messages)
RECIPIENTS: Final = fields_of(Recipients)
