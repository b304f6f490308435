"""Every leaf of a scenario reaches what it is declared to reach, and nothing else: parity cannot see
that, for both engines share the world.

`REACHES` declares it. For every leaf a world is drawn with another value of it; exactly the names
declared must change, and of what belongs to people only that of people in the segment that was
changed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.clock import HOUR, NEVER
from sim.scenario import Scenario, parse
from sim.scenario.model import KINDS
from sim.schema import codes as w
from sim.schema.rules import RULES
from sim.schema.screens import NAMES, SCREENS
from sim.schema.screens.declared import RULES_OF_ONE
from sim.schema.screens.screen import Screen
from sim.schema.world import MESSAGES
from sim.world import draw_world
from sim.world.intervals import KINDS_OF_INTERVAL
from sim.world.rules import rules_of

from .leaves import changed, found, held, leaves, others

SESSIONS = """
NAME.gap = "2 h"
NAME.length = "1 h"
NAME.share = 0.8
NAME.notice = 0.6
NAME.delay = "1 s"
NAME.reading = "4 s"
NAME.notifications = 0.7
NAME.previews_hidden = 0.2
NAME.app = { gap = "20 min", length = "5 min" }
"""
RICH = """
schema = 1
people = "none"
run = { seed = 7, replications = 1, horizon = "3 d" }
traffic = { kind = "stream", senders = 3, recipients = 24, rate = "25 / d" }
mistakes = { chance = 0.5, noticed = { dist = "exponential", mean = "5 min" }, reaction = "2 s" }
senders = { action = "6 s", groups.new = { share = 0.55, mistakes = 0.6, hold = "9 s" } }
conversation = { chance = 0.4, recency = "3 min" }
review = { catches = 0.1 }
deletion = { undeletable = ["email"] }
email = { delay = "1 s", delay_active = "2 s", delay_away = "3 s", tick = "10 s" }
badge = { sync = "4 s" }
thread = { cache = { offline = 0.2 }, clears_elsewhere = "2 s" }
notification_list = { removal = "1 min" }

[push]
delay = "1 s"
delay_active = "2 s"
delay_away = "3 s"
slow = { chance = 0.2, latency = "5 min" }
store = { ios = 1, android = 2 }
retraction = { chance = 0.8, latency = "1 s", reaches = DEVICES }

[everyone]
share = 0.5
badge = 0.5
push = 0.9
previews_hidden = 0.2
email = { off = 0.25, instant = 0.25, batched = 0.25, digest = 0.25 }
notice = 0.6
glances = { gap = "20 min", length = "5 s" }
checks = { gap = "60 min", length = "1 min" }
visits = { gap = "90 min", length = "2 min" }
alert = { chance = 0.5, spread = 0.1, felt = 0.7, felt_spread = 0.1, delay = "5 s" }
mail_alert = { chance = 0.5, delay = "6 s" }
in_hand = { before = "20 s", after = "2 min" }
handling = { chance = 0.4, opened = 0.7, delay = "2 s" }
reply = { chance = 0.3, delay = "3 min" }
away = { gap = "5 h", length = "2 h" }
offline = { gap = "4 h", length = "1 h" }
doze = { gap = "3 h", length = "1 h" }
SCREENS
watch = { share = 0.7, worn = 0.8, notice = 0.6, delay = "2 s", length = "3 s" }
quiet = { hours = [{ opens = "00:00", closes = "07:00" }], share = 0.6 }
[[segments]]
name = "a"
[[segments]]
name = "b"
""".replace("DEVICES", json.dumps(["phone", "watch", *NAMES])).replace(
    "SCREENS", "".join(SESSIONS.replace("NAME", name) for name in NAMES)
)
"""A scenario in which almost every leaf matters."""

PRESENT = ("messages.push_delay", "messages.email_delay")
"""What depends on where the recipient is as the message is accepted."""
RETRACTED = (
    "messages.retract_after",
    "messages.watch_retract_after",
    *(f"messages.{one.column('retract_after')}" for one in SCREENS),
)
REGRETTED = (
    "messages.noticed",
    "messages.noticed_part",
    "messages.reaction",
    "messages.action",
    "messages.propagation",
    "messages.badge_sync_after",
    "messages.list_gone_after",
    *RETRACTED,
)
"""What only regretted messages have."""
MODERATED = ("messages.noticed", "messages.reaction", "messages.recorded", "messages.propagation")
SETTINGS = tuple(
    f"recipients.{name}"
    for name in (
        "segment",
        "ios",
        "push",
        "badge",
        "hides_previews",
        *(name for one in SCREENS for name in (one.prefix, one.hides)),
        "email",
        "store",
    )
)
INTERVALS = tuple(f"intervals.{name}" for name in KINDS_OF_INTERVAL)
MAIL = (
    "messages.email_delay",
    "messages.email_latency",
    "messages.mail_alert_after",
    "messages.mail_alert_length",
)
ALERTED = ("messages.felt", "messages.alert_after", "messages.alert_length")
WATCH = ("messages.on_watch", "messages.watch_after", "messages.watch_length")
TIMES = (
    tuple(f"messages.{name}" for name in ("written", "pressed", "released", "noticed")) + PRESENT
)
TIMES_OF_STEPS = tuple(name for name in TIMES if name != "messages.noticed")
"""A step is no mistake of its own."""
AT_SCREENS = tuple(f"intervals.{name}" for one in SCREENS for name in (one.session, one.app))
ALL_AWAY = ("attention.a.away", "intervals.away", *AT_SCREENS, *PRESENT)


def of_screen(one: Screen) -> dict[str, tuple[str, ...]]:
    """Say what the leaves of a screen device reach."""

    def columns(*names: str) -> tuple[str, ...]:
        return tuple(f"messages.{one.column(name)}" for name in names)

    section, mine = one.name, f"segments.a.{one.name}"
    there = (f"intervals.{one.session}", f"intervals.{one.app}", *(PRESENT if one.presence else ()))
    app = (f"attention.a.{one.name}.app", f"intervals.{one.app}")
    return {
        f"{section}.delay": columns("delay"),
        f"{section}.active_for": PRESENT,
        f"{section}.latency": columns("latency"),
        **{f"{section}.{rule}": (f"rules.{one.column(rule)}",) for rule in RULES_OF_ONE},
        f"{mine}.gap": (f"attention.a.{one.name}", *there),
        f"{mine}.length": (f"attention.a.{one.name}", *there),
        f"{mine}.share": there,
        f"{mine}.notifications": (f"recipients.{one.prefix}",),
        f"{mine}.previews_hidden": (f"recipients.{one.hides}",),
        f"{mine}.app.gap": app,
        f"{mine}.app.length": app,
        f"{mine}.notice": columns("after", "length"),
        f"{mine}.delay": columns("after"),
        f"{mine}.reading": columns("length"),
    }


HANDLED = ("messages.looks_to_handle", "messages.bare_looks_to_handle")

REACHES: dict[str, tuple[str, ...]] = {
    "run.seed": ("rows", *SETTINGS, "recipients.key", "recipients.email_phase", *INTERVALS),
    "run.replications": ("replications",),
    "run.horizon": ("horizon", "rows", *INTERVALS),
    "traffic(stream).senders": ("rows", "intervals.in_hand"),
    "traffic(stream).recipients": (
        "people",
        "messages.recipient",
        "messages.push_delay",
        *ALERTED,
        *MAIL,
        *WATCH,
    ),
    "traffic(stream).rate": ("rows", "intervals.in_hand"),
    "traffic(stream).week": ("rows", "intervals.in_hand"),
    "traffic(stream).lasts": ("rows", "intervals.in_hand"),
    "traffic(stream).message": ("messages.kind",),
    "traffic(stream).length": ("messages.length",),
    "traffic(campaign).messages": ("rows", "people"),
    "traffic(campaign).start": TIMES,
    "traffic(campaign).throttle": TIMES,
    "traffic(campaign).message": ("messages.kind",),
    "traffic(campaign).length": ("messages.length",),
    "traffic(sequence).messages": ("rows", "people"),
    "traffic(sequence).start": TIMES,
    "traffic(sequence).throttle": TIMES,
    "traffic(sequence).steps.after": TIMES_OF_STEPS,
    "traffic(sequence).steps.length": ("messages.length",),
    "traffic(sequence).message": ("messages.kind",),
    "traffic(sequence).length": ("messages.length",),
    "traffic(trace).file": ("rows",),
    "traffic(trace).message": ("messages.kind",),
    "traffic(trace).length": ("messages.length",),
    "mistakes.chance": ("messages.mistake", "messages.caught", *REGRETTED),
    "mistakes.batch_chance": ("messages.mistake", "messages.caught", *REGRETTED),
    "mistakes.noticed": ("messages.noticed",),
    "mistakes.reaction": ("messages.reaction",),
    "mistakes.urgency": (
        "messages.noticed",
        "messages.glances_needed",
        "messages.alert_after",
        "messages.alert_length",
        "messages.watch_after",
        "messages.watch_length",
        *(f"messages.{one.column(name)}" for one in SCREENS for name in ("after", "length")),
    ),
    "conversation.chance": ("intervals.in_hand",),
    "conversation.recency": ("intervals.in_hand",),
    "senders.deletions_at_once": ("rules.servers",),
    "senders.order": ("rules.order",),
    "senders.bulk": ("rules.bulk",),
    "senders.action": ("messages.action",),
    "senders.hours": ("messages.noticed",),
    "senders.utc_offset": ("messages.noticed", "messages.released", *PRESENT),
    "senders.pause_on_deletion": ("rules.pause",),
    "senders.groups.new.share": ("messages.mistake", "messages.released", *REGRETTED),
    "senders.groups.new.mistakes": ("messages.mistake", "messages.caught", *REGRETTED),
    "senders.groups.new.hold": ("messages.released", *PRESENT),
    "senders.groups.new.push_delay": ("messages.push_delay",),
    "senders.groups.new.email_delay": ("messages.email_delay",),
    "moderation.chance": MODERATED,
    "moderation.noticed": MODERATED,
    "moderation.hours": MODERATED,
    "review.time": ("messages.pressed", "messages.released", "messages.noticed", *PRESENT),
    "review.catches": ("messages.caught",),
    "send.hold": ("messages.released", *PRESENT),
    "send.hold_per_character": ("messages.released", *PRESENT),
    "send.hours": ("messages.released", *PRESENT),
    "send.undo_fails": ("messages.undo_fails",),
    "deletion.window": ("rules.window",),
    "deletion.unread_only": ("rules.unread_only",),
    "deletion.undeletable": ("rules.undeletable",),
    "deletion.propagation": ("messages.propagation",),
    "deletion.placeholder": ("rules.placeholder",),
    "deletion.receiver_window": ("rules.receiver_window",),
    "deletion.remedy": (
        "rows",
        "rules.remedy",
        "rules.redraft",
        "rules.window",
        "rules.unread_only",
        "rules.undeletable",
        "rules.receiver_window",
        "messages.badge_sync_after",
        "messages.list_gone_after",
        *RETRACTED,
    ),
    "deletion.if_seen": ("rules.leaves_seen", "messages.receipt_after"),
    "deletion.edit_window": ("rules.window",),
    "push.delay": ("messages.push_delay",),
    "push.delay_active": ("messages.push_delay",),
    "push.held_while_active": ("messages.push_delay",),
    "push.delay_away": ("messages.push_delay",),
    "push.late_binding": ("rules.push_late", "rules.push_drop"),
    "push.drop": ("rules.push_drop",),
    "push.latency": ("messages.push_latency",),
    "push.latency_android": ("messages.push_latency",),
    "push.slow.chance": ("messages.push_latency",),
    "push.slow.latency": ("messages.push_latency",),
    "push.preview": ("rules.push_preview",),
    "push.expiry": ("rules.push_expiry",),
    "push.collapse": ("rules.collapse",),
    "push.store.ios": ("recipients.store",),
    "push.store.android": ("recipients.store",),
    "push.ttl": ("rules.push_ttl",),
    "push.fetch": ("rules.push_fetch",),
    "push.missing": ("rules.push_generic",),
    "notification_list.shown": ("rules.list_shown",),
    "notification_list.preview": ("rules.list_chars",),
    "notification_list.entries": ("rules.list_latest",),
    "notification_list.removal": ("messages.list_gone_after",),
    "thread.reads": ("rules.visit_reads",),
    "thread.clears": ("rules.visit_clears",),
    "thread.clears_elsewhere": ("messages.clear_after",),
    "thread.receipts.share": ("messages.receipt_after",),
    "thread.receipts.delay": ("messages.receipt_after",),
    "badge.counts": ("rules.badge_counts",),
    "push.retraction.chance": RETRACTED,
    "push.retraction.latency": RETRACTED,
    "push.retraction.on": ("messages.retract_after", "messages.watch_retract_after"),
    "push.retraction.scope": ("rules.retraction_scope",),
    "push.retraction.priority": ("rules.retraction_waits",),
    "push.retraction.app_ran_within": ("rules.retraction_app_ran_within",),
    "push.retraction.reaches": RETRACTED,
    "push.rewrite.chance": ("messages.rewrite_after",),
    "push.rewrite.latency": ("messages.rewrite_after",),
    "email.delay": ("messages.email_delay",),
    "email.delay_active": ("messages.email_delay",),
    "email.held_while_active": ("messages.email_delay",),
    "email.delay_away": ("messages.email_delay",),
    "email.window": ("rules.email_window",),
    "email.anchor": ("rules.email_anchor",),
    "email.tick": ("rules.email_tick", "recipients.email_phase"),
    "email.throttle.gap": ("rules.throttle_gap",),
    "email.throttle.factor": ("rules.throttle_factor",),
    "email.throttle.most": ("rules.throttle_most",),
    "email.throttle.reset": ("rules.throttle_reset",),
    "email.every": ("rules.email_every",),
    "email.at": ("rules.email_at",),
    "email.lead": ("rules.email_lead",),
    "email.binding": ("rules.email_late", "rules.email_drop"),
    "email.drop": ("rules.email_drop",),
    "email.list": ("rules.email_list",),
    "email.only_without_push": ("recipients.email", *MAIL),
    "email.carries": ("rules.email_preview",),
    "email.preview": ("rules.email_preview",),
    "email.latency": ("messages.email_latency",),
    "badge.sync": ("messages.badge_sync_after",),
    "badge.boost": ("rules.badge_boost",),
    "thread.cache.offline": ("messages.tap_offline", "rules.visit_offline"),
    "thread.cache.life": ("rules.cache_life",),
    "reading.speed": ("judged.exposed", "judged.level"),
    "credits.per_inmail": ("cost",),
    "credits.refund_within": ("judged.credit_lost", "cost"),
    "credits.refund_on_recall": ("judged.credit_lost", "cost"),
    "costs": ("cost",),
    "segments.a.share": ("recipients.segment",),
    "segments.a.frailty": ("recipients.rate", "recipients.checks_rate"),
    "segments.a.week": ("attention.a.week", *AT_SCREENS, *PRESENT),
    "segments.a.utc_offset": ("recipients.utc_offset", "intervals.quiet"),
    "segments.a.push": ("recipients.push",),
    "segments.a.badge": ("recipients.badge",),
    "segments.a.previews_hidden": ("recipients.hides_previews",),
    "segments.a.ios": ("recipients.ios", "recipients.store"),
    "segments.a.email.off": ("recipients.email", *MAIL),
    "segments.a.email.instant": ("recipients.email", *MAIL),
    "segments.a.email.batched": ("recipients.email", *MAIL),
    "segments.a.email.digest": ("recipients.email", *MAIL),
    "segments.a.notice": ("messages.glances_needed",),
    "segments.a.glances.gap": ("attention.a.glances",),
    "segments.a.glances.length": ("attention.a.glances", "messages.alert_length"),
    "segments.a.checks.gap": ("attention.a.checks",),
    "segments.a.checks.length": ("attention.a.checks", "messages.mail_alert_length"),
    "segments.a.checks.frailty": ("recipients.checks_rate",),
    "segments.a.checks.opened": ("messages.mail_opened",),
    "segments.a.visits.gap": ("attention.a.visits",),
    "segments.a.visits.length": ("attention.a.visits",),
    "segments.a.alert.chance": ("messages.alert_after", "messages.alert_length"),
    "segments.a.alert.delay": ("messages.alert_after",),
    "segments.a.alert.spread": ("messages.alert_after", "messages.alert_length"),
    "segments.a.alert.felt": ALERTED,
    "segments.a.alert.felt_spread": ALERTED,
    "segments.a.in_hand.before": ("intervals.in_hand",),
    "segments.a.in_hand.after": ("intervals.in_hand",),
    "segments.a.mail_alert.chance": ("messages.mail_alert_after", "messages.mail_alert_length"),
    "segments.a.mail_alert.delay": ("messages.mail_alert_after",),
    "segments.a.handling.chance": HANDLED,
    "segments.a.handling.looks": (*HANDLED, "messages.open_after"),
    "segments.a.handling.without_text": ("messages.bare_looks_to_handle",),
    "segments.a.handling.opened": ("messages.open_after",),
    "segments.a.handling.delay": ("messages.open_after",),
    "segments.a.reply.chance": ("messages.reply_after",),
    "segments.a.reply.delay": ("messages.reply_after",),
    "segments.a.away.gap": ALL_AWAY,
    "segments.a.away.length": ALL_AWAY,
    "segments.a.offline.gap": ("attention.a.offline", "intervals.no_network"),
    "segments.a.offline.length": ("attention.a.offline", "intervals.no_network"),
    "segments.a.doze.gap": ("attention.a.doze", "intervals.dozing"),
    "segments.a.doze.length": ("attention.a.doze", "intervals.dozing"),
    "segments.a.watch.share": WATCH,
    "segments.a.watch.worn": WATCH,
    "segments.a.watch.notice": ("messages.watch_after", "messages.watch_length"),
    "segments.a.watch.delay": ("messages.watch_after",),
    "segments.a.watch.length": ("messages.watch_length",),
    "segments.a.quiet.hours": ("intervals.quiet",),
    "segments.a.quiet.share": ("intervals.quiet",),
    "segments.a.quiet.effect": ("intervals.quiet", "messages.push_delay"),
    "segments.a.quiet.holds": (
        "messages.push_delay",
        *(f"messages.{one.column('delay')}" for one in SCREENS),
        "messages.email_delay",
    ),
} | {path: names for one in SCREENS for path, names in of_screen(one).items()}
"""What every leaf reaches: names of `held`, and of `found` for what is worked out after play."""

BY_ROWS = {
    f"messages.{name}"
    for name in ("sender", "replication", "number", "entity", "batch", "after", "apology", "group")
}
"""Columns that only change with the rows."""

NAMES_ONLY = {
    "traffic(stream).kind",
    "traffic(campaign).kind",
    "traffic(sequence).kind",
    "traffic(trace).kind",
    "traffic(trace).times",
    "traffic(trace).zone",
    "mistakes.add",
    "segments.a.name",
}
"""Leaves that only say which table it is, how a file is read (test_trace_forms.py), or what is not
refused (test_trace.py).
"""

CAMPAIGN = {"kind": "campaign", "messages": 30, "start": "1 h", "throttle": "1 min"}
INMAILS = {
    "traffic.message": "inmail",
    "segments.*.reply.chance": 1.0,
    "costs": {"credits_lost": 3.0},
    "mistakes.noticed": {"dist": "exponential", "mean": "5 h"},
}
WHERE: dict[str, dict[str, Any]] = {
    "mistakes.batch_chance": {"traffic": CAMPAIGN, "mistakes.chance": 0.0, "review.catches": 0.5},
    "senders.utc_offset": {
        "senders.hours": [{"opens": "08:00", "closes": "18:00"}],
        "send.hours": [{"opens": "09:00", "closes": "17:00"}],
    },
    "deletion.remedy": {
        "deletion": {
            "window": "1 h",
            "edit_window": "2 h",
            "receiver_window": "3 h",
            "unread_only": True,
        }
    },
    "moderation.chance": {"deletion.propagation": "1 s"},
    "moderation.noticed": {"deletion.propagation": "1 s", "moderation.chance": 0.5},
    "moderation.hours": {"deletion.propagation": "1 s", "moderation.chance": 0.5},
    "deletion.if_seen": {"thread.receipts.share": 1.0},
    "thread.receipts.share": {"deletion.if_seen": "leave", "thread.receipts.share": 0.6},
    "thread.receipts.delay": {"deletion.if_seen": "leave", "thread.receipts.share": 0.6},
    "deletion.edit_window": {"deletion.remedy": "edit"},
    "push.rewrite.chance": {"deletion.remedy": "edit", "push.rewrite.chance": 0.9},
    "push.rewrite.latency": {"deletion.remedy": "edit", "push.rewrite.chance": 0.9},
    "segments.a.quiet.holds": {"segments.a.quiet.effect": "hold"},
    "email.throttle.gap": {"email": {"anchor": "flush", "throttle": {"most": "1 d"}}},
    "email.preview": {"email.carries": "preview"},
    "reading.speed": {"segments.*.glances.length": "2 s"},
    "credits.per_inmail": INMAILS,
    "credits.refund_within": INMAILS,
    "credits.refund_on_recall": INMAILS,
}
"""What makes a leaf matter that does not in `RICH`."""


SEQUENCE = CAMPAIGN | {"kind": "sequence", "steps": [{"after": "25 h"}]}
TRAFFIC = {
    "campaign": CAMPAIGN,
    "sequence": SEQUENCE,
    "trace": {"kind": "trace", "file": "one.csv"},
}
TRACE = "sent_at,sender,recipient\n" + "".join(f"{3600 * k},s,r{k % 7}\n" for k in range(1, 20))

REASONS = {
    None: w.DELETED | w.READ | w.BLOCKED,
    ("deleted",): w.DELETED,
    ("read",): w.READ,
    ("seen",): w.SEEN,
    ("blocked",): w.BLOCKED,
    ("edited",): w.EDITED,
}
WORDS = {
    "notification_list.entries": {"all": False, "latest": True},
    "senders.order": {
        "first_sent": w.FIRST_SENT,
        "last_sent": w.LAST_SENT,
        "first_noticed": w.FIRST_NOTICED,
    },
    "deletion.remedy": {
        "delete": w.DELETE,
        "redraft": w.DELETE,
        "edit": w.EDIT,
        "apology": w.APOLOGY,
        "block": w.BLOCK,
    },
    "deletion.if_seen": {"delete": False, "leave": True},
    "deletion.undeletable": {(kind,): 1 << k for k, kind in enumerate(KINDS)},
    "push.collapse": {"none": w.NO_COLLAPSE, "thread": w.BY_THREAD, "app": w.BY_APP},
    "push.missing": {"nothing": False, "generic": True},
    "push.retraction.scope": {
        "message": w.MESSAGE,
        "conversation": w.CONVERSATION,
        "latest": w.LATEST,
        "rewrite": w.REWRITE,
    },
    "push.retraction.priority": {"high": False, "normal": True},
    "email.anchor": {"first": w.FIRST, "latest": w.LATEST_PENDING, "flush": w.FLUSH},
    "email.binding": {"late": True, "snapshot": False},
    "push.drop": REASONS,
    "email.drop": REASONS,
    **{f"{name}.drop": REASONS for name in NAMES},
    "thread.reads": {"every": w.EVERY_THREAD, "one": w.ONE_THREAD},
    "thread.clears": {
        "all": w.CLEARS_ALL,
        "conversation": w.CLEARS_THREAD,
        "nothing": w.CLEARS_NOTHING,
    },
    "badge.counts": {"until visit": w.BY_VISIT, "until read": w.BY_READING},
    "email.carries": {"full": NEVER, "preview": 100, "nothing": 0},
}
"""What words of a scenario are as rules; other rules are as the scenario has them."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("traces")
    (made / "one.csv").write_text(TRACE)
    (made / "other.csv").write_text(TRACE + "80000,s,r1\n")
    return made


@pytest.fixture(scope="module")
def rich(folder: Path) -> Scenario:
    return parse(RICH, folder=folder)


LEAVES = dict(leaves())


def test_every_leaf_is_declared_to_reach_something_and_nothing_else_is() -> None:
    assert set(LEAVES) == set(REACHES) | NAMES_ONLY
    reached = {name for names in REACHES.values() for name in names}
    columns = {f"messages.{f.name}" for f in MESSAGES} | {f"rules.{f.name}" for f in RULES}
    assert columns - reached == BY_ROWS, "nothing reaches these"


@pytest.mark.parametrize("path", REACHES)
def test_a_leaf_reaches_its_rules_and_columns_and_nothing_else(path: str, rich: Scenario) -> None:
    before = _prepared(rich, path)
    seen: set[str] = set()
    for value in others(path, LEAVES[path], _now(before, path)):
        after = before.patched(_patch(before, path, value))
        names = _differences(before, after, path)
        assert names <= set(REACHES[path]), f"{path} = {value} reaches {names - set(REACHES[path])}"
        seen |= names
    assert seen == set(REACHES[path]), f"{path} does not reach {set(REACHES[path]) - seen}"


@pytest.mark.parametrize(
    "path", [path for path, names in REACHES.items() if any("rules." in name for name in names)]
)
def test_a_rule_is_what_the_scenario_says(path: str, rich: Scenario) -> None:
    name = next(name.partition(".")[2] for name in REACHES[path] if name.startswith("rules."))
    name = "remedy" if path == "deletion.remedy" else name
    before = _prepared(rich, path)
    for value in [None, *others(path, LEAVES[path], _now(before, path))]:
        after = before if value is None else before.patched(_patch(before, path, value))
        now = _now(after, path)
        assert getattr(rules_of(after), name) == WORDS.get(path, {}).get(now, now)


def test_a_window_of_none_accepts_no_deletion_and_an_apology_or_a_block_asks_for_none(
    rich: Scenario,
) -> None:
    limited = rich.patched(WHERE["deletion.remedy"] | {"deletion.undeletable": ["dm", "email"]})
    found = {
        one: rules_of(limited.patched({"deletion.remedy": one}))
        for one in ("delete", "redraft", "edit", "apology", "block")
    }
    shown = {
        one: (r.window, r.receiver_window, r.undeletable, r.unread_only) for one, r in found.items()
    }
    assert shown == {
        "delete": (HOUR, 3 * HOUR, 0b10001, True),
        "redraft": (HOUR, 3 * HOUR, 0b10001, True),
        "edit": (2 * HOUR, 3 * HOUR, 0b10001, False),
        "apology": (NEVER, NEVER, 0, False),
        "block": (NEVER, NEVER, 0, False),
    }
    assert rules_of(rich.patched({"deletion.window": "none"})).window == -1


def _prepared(rich: Scenario, path: str) -> Scenario:
    """Give a scenario in which a leaf matters."""
    kind = path.partition("(")[2].partition(")")[0]
    patch = {"traffic": TRAFFIC[kind]} if kind in TRAFFIC else {}
    return rich.patched(patch | WHERE.get(path, {}))


def _now(s: Scenario, path: str) -> Any:
    """Look a leaf up."""
    value: Any = s
    for name in path.split("."):
        name = name.partition("(")[0]
        if name == "a" or isinstance(value, dict):
            value = value[name] if isinstance(value, dict) else value[0]
            continue
        value = getattr(value, name)
        value = value[0] if name == "steps" else value
    return value


def _patch(s: Scenario, path: str, value: Any) -> dict[str, Any]:
    """Give the patch that changes a leaf; shares have to sum to one, steps are changed whole."""
    table, _, name = path.rpartition(".")
    if path == "segments.a.share":
        return {"segments.a.share": value, "segments.b.share": 1 - value}
    if table == "segments.a.email":
        now = {
            way: 0.0 if way != name else value for way in ("off", "instant", "batched", "digest")
        }
        return {table: now | {"off" if name != "off" else "digest": 1 - value}}
    if table.endswith(".steps"):
        return {"traffic.steps": [{"after": "25 h"} | {name: value}]}
    return {f"{table.partition('(')[0]}.{name}" if table else name: value}


def _differences(before: Scenario, after: Scenario, path: str) -> set[str]:
    """Name what differs between the worlds of two scenarios, or else between what is worked out of
    their records. What belongs to people of another segment must not."""
    one, other = _world(before), _world(after)
    names = changed(one, other)
    if path.startswith("segments.a.") and path != "segments.a.share":
        _assert_only_segment_a(one, other, names)
    if any(name.startswith(("judged", "cost", "replications")) for name in REACHES[path]):
        return names | changed(found(before), found(after))
    return names


def _assert_only_segment_a(one: dict[str, Any], other: dict[str, Any], names: set[str]) -> None:
    segment = one["recipients.segment"]
    for name in names:
        a, b = one[name], other[name]
        if name.startswith("messages."):
            mine = segment[one["messages.recipient"]][a != b]
        elif name.startswith("intervals."):
            mine = segment[[k for k in range(len(a)) if a[k] != b[k]]]
        elif name.startswith("recipients."):
            mine = segment[a != b]
        else:
            assert name.startswith("attention.a."), name
            continue
        assert not mine.any(), f"{name} changes for people of another segment"


def _world(s: Scenario) -> dict[str, Any]:
    return held(draw_world(s, 0))
