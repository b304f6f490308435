"""The rules: what the scenario decides, as plain numbers.

A rule is declared once, with the parameter of the scenario that it is; `sim.world.rules` fills it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.clock import DAY, HOUR, MINUTE, NEVER
from sim.schema.codes import (
    BLOCKED,
    BY_APP,
    BY_READING,
    BY_THREAD,
    BY_VISIT,
    CLEARS,
    CLEARS_ALL,
    DELETE,
    DELETED,
    EVERY_THREAD,
    FIRST,
    FIRST_SENT,
    FLUSH,
    LATEST_PENDING,
    MESSAGE,
    NO_COLLAPSE,
    ONE_THREAD,
    ORDERS,
    READ,
    REASONS,
    REMEDIES,
    SCOPES,
)
from sim.schema.fields import CHARACTERS, CODE, COUNT, FACTOR, FLAG, fields_of, rule
from sim.schema.screens.declared import ScreenRules


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
    servers: int = rule(
        "deletions that a sender works on at once", 1, COUNT, of="senders.deletions_at_once"
    )
    order: int = rule(
        "which waiting deletion is next", FIRST_SENT, CODE, of="senders.order", codes=ORDERS
    )
    bulk: bool = rule(
        "waiting deletions of the same batch go together", False, FLAG, of="senders.bulk"
    )
    leaves_seen: bool = rule(
        "a sender who sees that it has been read in the thread leaves it",
        False,
        FLAG,
        of="deletion.if_seen",
        codes={"delete": False, "leave": True},
    )
    placeholder: bool = rule(
        "the thread shows where a deleted message was", False, FLAG, of="deletion.placeholder"
    )
    remedy: int = rule("what a deletion does", DELETE, CODE, of="deletion.remedy", codes=REMEDIES)
    redraft: bool = rule(
        "a corrected message follows as a deletion's action completes", False, FLAG
    )
    receiver_window: int = rule(
        "age at which the recipient's client ignores an allowed deletion", NEVER
    )
    pause: bool = rule(
        "follow-up steps are not sent once their opening message is gone",
        False,
        FLAG,
        of="senders.pause_on_deletion",
    )
    push_drop: int = rule(
        "reasons to drop a push at its dispatch: bits",
        DELETED | READ | BLOCKED,
        CODE,
        of="push.drop",
        bits=REASONS,
    )
    push_late: bool = rule(
        "a push's text is that of its dispatch", True, FLAG, of="push.late_binding"
    )
    push_preview: int = rule(
        "characters a push shows; 0 hides the text", 100, CHARACTERS, of="push.preview"
    )
    push_expiry: int = rule("how long a push stays in the tray", NEVER, of="push.expiry")
    push_ttl: int = rule(
        "how long the service keeps a push for a phone without network", NEVER, of="push.ttl"
    )
    push_fetch: bool = rule(
        "the push carries an id; its text is fetched on arrival", False, FLAG, of="push.fetch"
    )
    push_generic: bool = rule(
        "a push whose text is gone as it is fetched is shown without text, not left out",
        False,
        FLAG,
        of="push.missing",
        codes={"nothing": False, "generic": True},
    )
    collapse: int = rule(
        "which pushes in the tray a newer one replaces",
        NO_COLLAPSE,
        CODE,
        of="push.collapse",
        codes={"none": NO_COLLAPSE, "thread": BY_THREAD, "app": BY_APP},
    )
    retraction_scope: int = rule(
        "what a retraction takes back", MESSAGE, CODE, of="push.retraction.scope", codes=SCOPES
    )
    retraction_waits: bool = rule(
        "retractions have normal priority: they wait for the end of dozing",
        False,
        FLAG,
        of="push.retraction.priority",
        codes={"high": False, "normal": True},
    )
    retraction_app_ran_within: int = rule(
        "how long after a visit on the phone a retraction of its push still works; NEVER: at any time",
        NEVER,
        of="push.retraction.app_ran_within",
    )
    email_window: int = rule(
        "how long a batch of e-mail stays open", 15 * MINUTE, of="email.window"
    )
    email_anchor: int = rule(
        "what the window of a batch counts from",
        FIRST,
        CODE,
        of="email.anchor",
        codes={"first": FIRST, "latest": LATEST_PENDING, "flush": FLUSH},
    )
    email_tick: int = rule("how often the e-mail worker looks; 0: at once", 0, of="email.tick")
    throttle_gap: int = rule(
        "how long a conversation is closed after a mail; 0: not at all", 0, of="email.throttle.gap"
    )
    throttle_factor: float = rule(
        "what the gap grows by with every mail", 1.0, FACTOR, of="email.throttle.factor"
    )
    throttle_most: int = rule("the longest gap", 0, of="email.throttle.most")
    throttle_reset: int = rule(
        "silence after which the gap is the first one again", 0, of="email.throttle.reset"
    )
    email_every: int = rule("from digest to digest", DAY, of="email.every")
    email_at: int = rule("when digests are due, on the recipient's clock", 8 * HOUR, of="email.at")
    email_lead: int = rule("from the snapshot of a digest to its dispatch", 0, of="email.lead")
    email_drop: int = rule(
        "reasons to leave a message out of a mail as it is bound: bits",
        DELETED | READ | BLOCKED,
        CODE,
        of="email.drop",
        bits=REASONS,
    )
    email_late: bool = rule(
        "a mail's text is that of its binding",
        True,
        FLAG,
        of="email.binding",
        codes={"late": True, "snapshot": False},
    )
    email_preview: int = rule(
        "characters an opened e-mail shows; NEVER: all of the text, 0: nothing", NEVER, CHARACTERS
    )
    email_list: int = rule(
        "characters that the list of the mailbox shows of a mail's first message",
        0,
        CHARACTERS,
        of="email.list",
    )
    visit_reads: int = rule(
        "which conversations an online visit reads",
        EVERY_THREAD,
        CODE,
        of="thread.reads",
        codes={"every": EVERY_THREAD, "one": ONE_THREAD},
    )
    visit_clears: int = rule(
        "which pushes leave the tray as the app is opened on the phone",
        CLEARS_ALL,
        CODE,
        of="thread.clears",
        codes=CLEARS,
    )
    badge_counts: int = rule(
        "what ends a message's count in the badge",
        BY_VISIT,
        CODE,
        of="badge.counts",
        codes={"until visit": BY_VISIT, "until read": BY_READING},
    )
    list_shown: bool = rule(
        "the app has a list, of notifications or of conversations",
        False,
        FLAG,
        of="notification_list.shown",
    )
    list_chars: int = rule(
        "characters an entry of that list shows", 0, CHARACTERS, of="notification_list.preview"
    )
    list_latest: bool = rule(
        "that list has an entry for the latest message of each sender alone",
        False,
        FLAG,
        of="notification_list.entries",
        codes={"all": False, "latest": True},
    )
    badge_boost: float = rule(
        "factor on the rate of visits while the badge counts", 1.0, FACTOR, of="badge.boost"
    )
    cache_life: int = rule(
        "how long a copy on the device can be read", 48 * HOUR, of="thread.cache.life"
    )
    visit_offline: float = rule(
        "chance that a visit finds the device offline", 0.0, FACTOR, of="thread.cache.offline"
    )


RULES: Final = fields_of(Rules)
DROPS: Final = tuple(f.name for f in RULES if f.bits is REASONS)
"""Rules that say why a notification that waits is dropped."""
