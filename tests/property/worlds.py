"""Worlds written by hand, at random: few messages, few looks, small whole times, so that ties are
the rule."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from sim.clock import NEVER
from sim.records import Records
from sim.scenario import Scenario, parse
from sim.schema.fields import TIMES as TIME_UNITS
from sim.schema.records import FROM_ENGINE
from sim.schema.rules import RULES
from sim.schema.world import MESSAGES
from sim.verdicts import Verdict, judge
from sim.world import Rules, World
from sim.world.by_hand import written_world

EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "50"))
"""Worlds a law is tried on; set LAW_EXAMPLES for a longer search."""
LAW = settings(derandomize=True, deadline=None, database=None, max_examples=EXAMPLES)
"""How often a law is tried, with fixed examples."""
HORIZON = 400
SURFACES = ("glances", "checks", "visits")
TIMES = ("thread_read", "push_noticed", "email_read", "effective")

RULE_DURATIONS = {f.name for f in RULES if f.unit in TIME_UNITS}
MESSAGE_DURATIONS = {f.name for f in MESSAGES if f.unit in TIME_UNITS}
"""Columns that hold a time: all that change when the clock runs in other units."""


@dataclass(frozen=True)
class Hand:
    """A world written by hand, still in tables, so that a law can change one thing."""

    messages: tuple[dict[str, Any], ...]
    recipients: tuple[dict[str, Any], ...]
    rules: dict[str, Any]
    horizon: int = HORIZON

    def world(self) -> World:
        """Write it down."""
        return written_world(
            self.messages, self.recipients, rules=Rules(**self.rules), horizon=self.horizon, key=77
        )

    def each(self, **columns: Any) -> Hand:
        """Change a column of every message: to a value, or to what a function makes of the
        message."""
        rows = [
            m | {n: v(m) if callable(v) else v for n, v in columns.items()} for m in self.messages
        ]
        return replace(self, messages=tuple(rows))

    def ruled(self, **rules: Any) -> Hand:
        """Change rules."""
        return replace(self, rules=self.rules | rules)


def maybe(strategy: st.SearchStrategy[int]) -> st.SearchStrategy[int]:
    """Give a time, or never."""
    return st.one_of(st.just(NEVER), strategy)


SHORT = st.integers(0, 30)


@st.composite
def a_message(draw: st.DrawFn, recipients: int, senders: int) -> dict[str, Any]:
    """Write a message: who, when, and all that befalls it."""
    written = draw(st.integers(0, 120))
    noticed = draw(maybe(st.integers(written, written + 80)))
    return {
        "sender": draw(st.integers(0, senders - 1)),
        "recipient": draw(st.integers(0, recipients - 1)),
        "written": written,
        "length": draw(st.sampled_from([0, 40, 100, 300])),
        "released": written + draw(st.sampled_from([0, 0, 10])),
        "noticed": noticed,
        "reaction": draw(SHORT),
        "action": draw(SHORT),
        "propagation": draw(st.integers(0, 9)),
        "push_delay": draw(st.sampled_from([0, 0, 20])),
        "push_latency": draw(maybe(SHORT)),
        "glances_needed": draw(st.sampled_from([1, 1, 2, 3])),
        "alert_after": draw(maybe(SHORT)),
        "alert_length": draw(SHORT),
        "looks_to_handle": draw(st.sampled_from([1, 1, 2, 3, NEVER])),
        "open_after": draw(maybe(SHORT)),
        "tap_offline": draw(st.booleans()),
        "retract_after": draw(maybe(SHORT)),
        "badge_sync_after": draw(maybe(SHORT)),
        "email_delay": draw(st.sampled_from([0, 15])),
        "email_latency": draw(SHORT),
        "mail_alert_after": draw(maybe(SHORT)),
        "mail_alert_length": draw(SHORT),
        "kind": draw(st.sampled_from([0, 0, 0, 2])),
        "caught": draw(st.sampled_from([False] * 5 + [True])),
        "batch": draw(st.sampled_from([-1, -1, 0])),
    }


@st.composite
def looks(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Write looks in order, without overlap; some touch, some have no length."""
    edges = sorted(draw(st.lists(st.integers(0, HORIZON), max_size=16)))
    return list(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def a_recipient(draw: st.DrawFn) -> dict[str, Any]:
    """Write a recipient: settings and looks."""
    settings_ = {
        "push": draw(st.sampled_from([True, True, True, False])),
        "badge": draw(st.booleans()),
        "hides_previews": draw(st.sampled_from([False, False, True])),
        "email": draw(st.integers(0, 3)),
        "utc_offset": draw(st.sampled_from([0, -7, 11])),
    }
    return settings_ | {name: draw(looks()) for name in SURFACES}


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """Write the platform's rules."""
    return {
        "window": draw(st.sampled_from([NEVER, NEVER, -1, 40])),
        "unread_only": draw(st.booleans()),
        "servers": draw(st.integers(1, 2)),
        "undeletable": draw(st.sampled_from([0, 4])),
        "order": draw(st.integers(0, 2)),
        "bulk": draw(st.booleans()),
        "placeholder": draw(st.booleans()),
        "push_late": draw(st.booleans()),
        "push_preview": draw(st.sampled_from([0, 60, 100])),
        "push_expiry": draw(maybe(st.integers(1, 60))),
        "email_window": draw(st.integers(0, 30)),
        "email_anchor": draw(st.integers(0, 1)),
        "email_every": draw(st.integers(20, 60)),
        "email_at": draw(SHORT),
        "email_lead": draw(st.sampled_from([0, 5])),
        "email_late": draw(st.booleans()),
        "email_preview": draw(st.sampled_from([NEVER, 50, 0])),
        "badge_boost": draw(st.sampled_from([1.0, 3.0])),
        "cache_life": draw(st.sampled_from([0, 30, NEVER])),
        "visit_offline": draw(st.sampled_from([0.0, 0.5])),
    }


@st.composite
def hands(draw: st.DrawFn) -> Hand:
    """Write a world with everything in it."""
    people = draw(st.lists(a_recipient(), min_size=1, max_size=3))
    senders = draw(st.integers(1, 2))
    rows = draw(st.lists(a_message(len(people), senders), min_size=1, max_size=7))
    return Hand(tuple(rows), tuple(people), draw(rules()))


def by_glances(hand: Hand) -> Hand:
    """Take out what clears a tray before its time: app visits, taps, expiry; and mail but the
    instant kind."""
    people = [p | {"visits": [], "email": min(p["email"], 1)} for p in hand.recipients]
    return (
        replace(hand, recipients=tuple(people)).each(looks_to_handle=NEVER).ruled(push_expiry=NEVER)
    )


def late(records: Records) -> set[int]:
    """Name the messages that were too late."""
    return set(np.flatnonzero(judge(records).verdict == Verdict.TOO_LATE).tolist())


def absent_times() -> tuple[str, ...]:
    """List the columns that an engine writes and that hold a time."""
    return tuple(c.name for c in FROM_ENGINE if c.absent == NEVER)


SCENARIO = """
schema = 1
people = "none"
run = { seed = 5, replications = 4, horizon = "2 d" }
traffic = { kind = "stream", senders = 3, recipients = 12, rate = "40 / d", week = "texting", lasts = "1 d" }
mistakes = { chance = 0.5, noticed = { dist = "lognormal", median = "3 min", sigma = 1.5 }, reaction = "1 s" }
senders = { action = { dist = "lognormal", median = "8 s", sigma = 0.5 } }
push = { latency = { dist = "lognormal", median = "2 s", sigma = 1.0 }, slow = { chance = 0.1, latency = "10 min" } }
email = { latency = "9 s", every = "4 h", binding = "snapshot" }
[[segments]]
name = "everyone"
week = "waking"
frailty = { dist = "lognormal", median = 1.0, sigma = 0.7 }
push = 0.9
badge = 0.5
notice = 0.7
email = { off = 0.4, instant = 0.3, batched = 0.1, digest = 0.2 }
glances.gap = { dist = "weibull", mean = "12 min", shape = 0.6 }
glances.length = { dist = "lognormal", median = "23 s", sigma = 1.0 }
checks = { gap = { dist = "exponential", mean = "40 min" }, length = "30 s" }
visits = { gap = { dist = "exponential", mean = "2 h" }, length = "1 min" }
alert = { chance = 0.2, delay = { dist = "lognormal", median = "9 s", sigma = 1.0 } }
handling = { chance = 0.3, looks = "first", delay = "4 s" }
"""


def scenario(patch: dict[str, Any] | None = None) -> Scenario:
    """Give a drawn scenario with every channel, patched."""
    return parse(SCENARIO).patched(patch or {})
