"""What chance and the scenario decide: the rules, the columns of messages and of recipients.

Both engines take their world through these only. All times and durations are int64 microseconds,
`NEVER` where something does not happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.clock import DAY, HOUR, MINUTE, NEVER
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
    rule,
)
from sim.schema.screens.declared import ScreenMessages, ScreenRecipients, ScreenRules

OFF, AT_ONCE, BATCHED, DIGEST = 0, 1, 2, 3
"""E-mail modes of a recipient."""
FIRST_SENT, LAST_SENT, FIRST_NOTICED = 0, 1, 2
"""Orders of the deletion queue."""
DELETE, EDIT, APOLOGY, BLOCK = 0, 1, 2, 3
"""Remedies: what a deletion does."""
NO_COLLAPSE, BY_THREAD, BY_APP = 0, 1, 2
"""Which pushes a newer one replaces in the tray."""
MESSAGE, CONVERSATION, LATEST, REWRITE = 0, 1, 2, 3
"""Scopes of a retraction."""
EVERY_THREAD, ONE_THREAD = 0, 1
"""Which conversations an app visit reads: every one with something new, or the one it opens."""
CLEARS_ALL, CLEARS_THREAD, CLEARS_NOTHING = 0, 1, 2
"""Which pushes leave the phone's tray as the app is opened on it."""
BY_VISIT, BY_READING = 0, 1
"""What makes the badge stop counting a message: a visit on the phone, or its being read."""
DELETED, READ, SEEN, BLOCKED, EDITED = 1, 2, 4, 8, 16
"""Reasons to drop a notification that waits for its dispatch, as bits: its message is deleted, read in the
thread, the app has been open since its acceptance, its recipient is blocked, it is edited."""
FIRST, LATEST_PENDING, FLUSH = 0, 1, 2
"""What a batch's window counts from; FLUSH: every message is due by itself, and all that wait go
with the first."""


@dataclass(frozen=True, slots=True)
class Rules(ScreenRules):
    """What the platform does and how deletions are worked on: plain numbers, no chance (defaults:
    the mildest).
    """

    window: int = rule("longest age at which a deletion is accepted; -1: none is", NEVER)
    unread_only: bool = rule("only unread messages can be deleted", False, FLAG)
    undeletable: int = rule(
        "bit k set: messages of kind k (`sim.scenario.model.KINDS`) cannot be deleted", 0, CODE
    )
    servers: int = rule("deletions that a sender works on at once", 1, COUNT)
    order: int = rule(
        "which waiting deletion is next", FIRST_SENT, CODE, (FIRST_SENT, LAST_SENT, FIRST_NOTICED)
    )
    bulk: bool = rule("waiting deletions of the same batch go together", False, FLAG)
    leaves_seen: bool = rule(
        "a sender who sees that it has been read in the thread leaves it", False, FLAG
    )
    placeholder: bool = rule("the thread shows where a deleted message was", False, FLAG)
    remedy: int = rule("what a deletion does", DELETE, CODE, (DELETE, EDIT, APOLOGY, BLOCK))
    redraft: bool = rule(
        "a corrected message follows as a deletion's action completes", False, FLAG
    )
    receiver_window: int = rule(
        "age at which the recipient's client ignores an allowed deletion", NEVER
    )
    pause: bool = rule(
        "follow-up steps are not sent once their opening message is gone", False, FLAG
    )
    push_drop: int = rule(
        "reasons to drop a push at its dispatch: bits", DELETED | READ | BLOCKED, CODE
    )
    push_late: bool = rule("a push's text is that of its dispatch", True, FLAG)
    push_preview: int = rule("characters a push shows; 0 hides the text", 100, CHARACTERS)
    push_expiry: int = rule("how long a push stays in the tray", NEVER)
    push_ttl: int = rule("how long the service keeps a push for a phone without network", NEVER)
    push_fetch: bool = rule("the push carries an id; its text is fetched on arrival", False, FLAG)
    push_generic: bool = rule(
        "a push whose text is gone as it is fetched is shown without text, not left out",
        False,
        FLAG,
    )
    collapse: int = rule(
        "which pushes in the tray a newer one replaces",
        NO_COLLAPSE,
        CODE,
        (NO_COLLAPSE, BY_THREAD, BY_APP),
    )
    retraction_scope: int = rule(
        "what a retraction takes back", MESSAGE, CODE, (MESSAGE, CONVERSATION, LATEST, REWRITE)
    )
    retraction_waits: bool = rule(
        "retractions have normal priority: they wait for the end of dozing", False, FLAG
    )
    retraction_app_ran_within: int = rule(
        "how long after a visit on the phone a retraction of its push still works; NEVER: at any time",
        NEVER,
    )
    email_window: int = rule("how long a batch of e-mail stays open", 15 * MINUTE)
    email_anchor: int = rule(
        "what the window of a batch counts from", FIRST, CODE, (FIRST, LATEST_PENDING, FLUSH)
    )
    email_tick: int = rule("how often the e-mail worker looks; 0: at once", 0)
    throttle_gap: int = rule("how long a conversation is closed after a mail; 0: not at all", 0)
    throttle_factor: float = rule("what the gap grows by with every mail", 1.0, FACTOR)
    throttle_most: int = rule("the longest gap", 0)
    throttle_reset: int = rule("silence after which the gap is the first one again", 0)
    email_every: int = rule("from digest to digest", DAY)
    email_at: int = rule("when digests are due, on the recipient's clock", 8 * HOUR)
    email_lead: int = rule("from the snapshot of a digest to its dispatch", 0)
    email_drop: int = rule(
        "reasons to leave a message out of a mail as it is bound: bits",
        DELETED | READ | BLOCKED,
        CODE,
    )
    email_late: bool = rule("a mail's text is that of its binding", True, FLAG)
    email_preview: int = rule(
        "characters an opened e-mail shows; NEVER: all of the text, 0: nothing", NEVER, CHARACTERS
    )
    email_list: int = rule(
        "characters that the list of the mailbox shows of a mail's first message", 0, CHARACTERS
    )
    visit_reads: int = rule(
        "which conversations an online visit reads", EVERY_THREAD, CODE, (EVERY_THREAD, ONE_THREAD)
    )
    visit_clears: int = rule(
        "which pushes leave the tray as the app is opened on the phone",
        CLEARS_ALL,
        CODE,
        (CLEARS_ALL, CLEARS_THREAD, CLEARS_NOTHING),
    )
    badge_counts: int = rule(
        "what ends a message's count in the badge", BY_VISIT, CODE, (BY_VISIT, BY_READING)
    )
    list_shown: bool = rule("the app has a list, of notifications or of conversations", False, FLAG)
    list_chars: int = rule("characters an entry of that list shows", 0, CHARACTERS)
    list_latest: bool = rule(
        "that list has an entry for the latest message of each sender alone", False, FLAG
    )
    badge_boost: float = rule("factor on the rate of visits while the badge counts", 1.0, FACTOR)
    cache_life: int = rule("how long a copy on the device can be read", 48 * HOUR)
    visit_offline: float = rule("chance that a visit finds the device offline", 0.0, FACTOR)


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
    email_latency: Int64s = declared("transport of the mail this message opens")
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
    ios: Flags = declared("its phone runs iOS", False, FLAG)
    push: Flags = declared("push is switched on", True, FLAG)
    badge: Flags = declared("the badge is switched on", False, FLAG)
    hides_previews: Flags = declared("previews on the phone show no text", False, FLAG)
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


RULES: Final = fields_of(Rules)
MESSAGES: Final = fields_of(Messages)
RECIPIENTS: Final = fields_of(Recipients)
