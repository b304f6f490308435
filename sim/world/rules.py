"""The rules of a scenario as the plain numbers that engines read."""

from __future__ import annotations

from collections.abc import Sequence

from sim.clock import NEVER
from sim.scenario.devices import route_of
from sim.scenario.model import KINDS, Scenario
from sim.schema.screens import SCREENS
from sim.schema.screens.screen import Screen
from sim.schema.world import (
    APOLOGY,
    BLOCK,
    BLOCKED,
    BY_APP,
    BY_READING,
    BY_THREAD,
    BY_VISIT,
    CLEARS_ALL,
    CLEARS_NOTHING,
    CLEARS_THREAD,
    CONVERSATION,
    DELETE,
    DELETED,
    EDIT,
    EDITED,
    EVERY_THREAD,
    FIRST,
    FIRST_NOTICED,
    FIRST_SENT,
    FLUSH,
    LAST_SENT,
    LATEST,
    LATEST_PENDING,
    MESSAGE,
    NO_COLLAPSE,
    ONE_THREAD,
    READ,
    REWRITE,
    SEEN,
    Rules,
)

_SCOPES = {"message": MESSAGE, "conversation": CONVERSATION, "latest": LATEST, "rewrite": REWRITE}
_CLEARS = {"all": CLEARS_ALL, "conversation": CLEARS_THREAD, "nothing": CLEARS_NOTHING}
_REASONS = {"deleted": DELETED, "read": READ, "seen": SEEN, "blocked": BLOCKED, "edited": EDITED}


def _reasons(drop: Sequence[str] | None, *, late: bool) -> int:
    """Give the reasons to drop what waits as bits; not said: as bound late, or not, does."""
    if drop is None:
        return DELETED | READ | BLOCKED if late else 0
    return sum(_REASONS[reason] for reason in set(drop))


def rules_of(s: Scenario) -> Rules:
    """Give the rules of a scenario as plain numbers.

    Where the mail worker stands at time 0 is chance's.
    """
    mail = {"full": NEVER, "preview": s.email.preview, "nothing": 0}
    remedy = {
        "delete": DELETE,
        "redraft": DELETE,
        "edit": EDIT,
        "apology": APOLOGY,
        "block": BLOCK,
    }[s.deletion.remedy]
    window, rights = (
        int(s.deletion.window),
        remedy in (DELETE, EDIT),
    )  # who apologises or blocks asks nobody
    return Rules(
        window=int(s.deletion.edit_window) if remedy == EDIT else window if rights else NEVER,
        unread_only=s.deletion.unread_only and remedy == DELETE,
        undeletable=sum(1 << KINDS.index(kind) for kind in set(s.deletion.undeletable))
        if rights
        else 0,
        servers=s.senders.deletions_at_once,
        order={"first_sent": FIRST_SENT, "last_sent": LAST_SENT, "first_noticed": FIRST_NOTICED}[
            s.senders.order
        ],
        bulk=s.senders.bulk,
        leaves_seen=s.deletion.if_seen == "leave",
        placeholder=s.deletion.placeholder,
        remedy=remedy,
        redraft=s.deletion.remedy == "redraft",
        receiver_window=int(s.deletion.receiver_window) if rights else NEVER,
        pause=s.senders.pause_on_deletion,
        push_drop=_reasons(s.push.drop, late=s.push.late_binding),
        push_late=s.push.late_binding,
        push_preview=s.push.preview,
        push_expiry=int(s.push.expiry),
        push_ttl=int(s.push.ttl),
        push_fetch=s.push.fetch,
        push_generic=s.push.missing == "generic",
        collapse={"none": NO_COLLAPSE, "thread": BY_THREAD, "app": BY_APP}[s.push.collapse],
        retraction_scope=_SCOPES[s.push.retraction.scope],
        retraction_waits=s.push.retraction.priority == "normal",
        retraction_app_ran_within=int(s.push.retraction.app_ran_within),
        email_window=int(s.email.window),
        email_anchor={"first": FIRST, "latest": LATEST_PENDING, "flush": FLUSH}[s.email.anchor],
        email_tick=int(s.email.tick),
        throttle_gap=int(s.email.throttle.gap),
        throttle_factor=float(s.email.throttle.factor),
        throttle_most=int(s.email.throttle.most),
        throttle_reset=int(s.email.throttle.reset),
        email_every=int(s.email.every),
        email_at=int(s.email.at),
        email_lead=int(s.email.lead),
        email_drop=_reasons(s.email.drop, late=s.email.binding == "late"),
        email_late=s.email.binding == "late",
        email_preview=mail[s.email.carries],
        email_list=s.email.list,
        visit_reads={"every": EVERY_THREAD, "one": ONE_THREAD}[s.thread.reads],
        visit_clears=_CLEARS[s.thread.clears],
        badge_counts={"until visit": BY_VISIT, "until read": BY_READING}[s.badge.counts],
        list_shown=s.notification_list.shown,
        list_chars=s.notification_list.preview,
        list_latest=s.notification_list.entries == "latest",
        badge_boost=s.badge.boost,
        cache_life=int(s.thread.cache.life),
        visit_offline=s.thread.cache.offline,
        **{name: value for one in SCREENS for name, value in _screen(s, one).items()},
    )


def _screen(s: Scenario, one: Screen) -> dict[str, int]:
    """Give the rules of a screen device."""
    route = route_of(s, one)
    return {
        one.column("drop"): _reasons(route.drop, late=True),
        one.column("preview"): route.preview,
        one.column("toast"): int(route.toast),
        one.column("keep"): int(route.keep),
    }
