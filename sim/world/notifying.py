"""What happens to the notifications of every message: push and badge, watch and screen devices,
e-mail, reply.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.distributions.family import Family
from sim.scenario.devices import is_used, route_of, sessions_of
from sim.scenario.model import Scenario
from sim.scenario.recipients import Alert, Handling
from sim.schema.fields import Flags, Floats, Int64s
from sim.schema.screens import SCREENS
from sim.schema.screens.declared import COLUMNS_OF_ONE
from sim.schema.screens.screen import Screen
from sim.schema.world import MESSAGES, Recipients
from sim.world.circumstances import owners
from sim.world.drawn import Drawn
from sim.world.intervals import AWAY, Intervals
from sim.world.people import own_chances
from sim.world.presence import Holding, active_spans
from sim.world.senders import groups_of, in_groups
from sim.world.sent import Sent

Columns = dict[str, npt.NDArray[np.generic]]


def draw_channels(
    s: Scenario,
    drawn: Drawn,
    sent: Sent,
    people: Recipients,
    intervals: Intervals,
    released: Int64s,
    regretted: Flags,
) -> Columns:
    """Draw the columns of `Messages` that are about channels, one purpose at a time.

    `released` as there.
    """
    active = active_spans(s, intervals)
    holding = Holding(s, active, people, sent.recipient, released)
    known = released != NEVER
    busy = known & active.are_on(sent.recipient, released)
    away = known & ~busy & intervals.are_on(AWAY, sent.recipient, released)
    android = ~people.ios[sent.recipient]
    return (
        _push(s, drawn, sent, people, (busy, away, android), holding)
        | _retractions(s, drawn, sent, people, android, regretted)
        | _devices(s, drawn, sent, people, holding)
        | _email(s, drawn, sent, people, (busy, away), holding)
        | _as_said(s, drawn, sent, people)
        | {"reply_after": drawn.reaction("reply", [g.reply for g in s.segments])}
    )


def _as_said(s: Scenario, drawn: Drawn, sent: Sent, people: Recipients) -> Columns:
    """Draw the delays that are a distribution of the scenario as it is (`Field.of`)."""
    columns: Columns = {}
    for f in MESSAGES:
        if f.of:
            where = getattr(people, f.where)[sent.recipient] != 0 if f.where else None
            columns[f.name] = drawn.duration(f.of, attrgetter(f.of)(s), where)
    return columns


def _push(
    s: Scenario,
    drawn: Drawn,
    sent: Sent,
    people: Recipients,
    states: tuple[Flags, Flags, Flags],
    holding: Holding,
) -> Columns:
    """Draw the way of a push, and what it makes its recipient do."""
    push, segments, (busy, away, android) = s.push, s.segments, states
    latency = drawn.duration("push.latency", push.latency)
    if push.latency_android is not None:
        latency = np.where(
            android, drawn.duration("push.latency", push.latency_android, android), latency
        )
    slow = drawn.chance("push.slow", push.slow.chance)
    latency = np.where(slow, drawn.duration("push.slow.latency", push.slow.latency, slow), latency)
    delay = _by_presence(
        "push.delay", (push.delay, push.delay_active, push.delay_away), drawn, busy, away
    )
    delay = in_groups("push.delay", delay, "push_delay", s, drawn, groups_of(s, sent))
    felt, alert = _alerts(drawn, sent, people, [g.alert for g in segments])
    return {
        "push_delay": holding.held_back("push", delay),
        "push_latency": latency,
        "glances_needed": drawn.looks("notice", [g.notice for g in segments], tie=drawn.soon),
        "felt": felt,
        "alert_after": alert,
        "alert_length": drawn.per_segment(
            "alert.length", [g.glances.length for g in segments], alert != NEVER
        ),
        "tap_offline": drawn.chance("tap.offline", s.thread.cache.offline),
    } | _handling(drawn, [g.handling for g in segments])


def _alerts(
    drawn: Drawn, sent: Sent, people: Recipients, alerts: Sequence[Alert]
) -> tuple[Flags, Int64s]:
    """Draw whether a push makes itself felt, and how long after that its owner takes the phone."""

    def own(name: str, means: list[float], spreads: list[float]) -> Floats | None:
        """Give every message its recipient's own chance; None: it is its segment's."""
        if not any(spreads):
            return None
        return own_chances(name, means, spreads, people)[sent.recipient]

    chances = [one.felt for one in alerts]
    felts = own("felt", chances, [one.felt_spread for one in alerts])
    felt = drawn.chance("alert.felt", drawn.of_segment(chances) if felts is None else felts)
    taken = own("alert", [one.chance for one in alerts], [one.spread for one in alerts])
    where = None if felt.all() else felt
    return felt, drawn.reaction("alert", alerts, where, chance=taken, tie=drawn.soon)


def _handling(drawn: Drawn, handling: Sequence[Handling]) -> Columns:
    """Draw which look at a push handles it, and whether and how soon that opens the app.

    Whether the first look does and how many looks it takes are one draw.
    """
    chances = [one.chance for one in handling]
    if not any(chances) and not any(one.without_text for one in handling):
        return dict.fromkeys(
            ("looks_to_handle", "bare_looks_to_handle", "open_after"), drawn.nothing
        )
    looks = bare = _looks_to_handle(drawn, handling, chances)
    unshown = [one.chance if one.without_text is None else one.without_text for one in handling]
    if unshown != chances:
        bare = _looks_to_handle(drawn, handling, unshown)
    opened = (looks != NEVER) | (bare != NEVER)
    if any(one.opened < 1 for one in handling):
        opened &= drawn.chance(
            "handling.opened", drawn.of_segment([one.opened for one in handling])
        )
    delays = [one.delay for one in handling]
    return {
        "looks_to_handle": looks,
        "bare_looks_to_handle": bare,
        "open_after": drawn.per_segment("tap.delay", delays, opened),
    }


def _looks_to_handle(drawn: Drawn, handling: Sequence[Handling], chances: list[float]) -> Int64s:
    """Draw how many looks handle a push, with the chance of each segment."""
    looks = np.where(drawn.chance("tap.chance", drawn.of_segment(chances)), 1, NEVER)
    if any(one.looks == "every" for one in handling):
        again = drawn.in_segments(
            [
                one.looks == "every" and chance > 0
                for one, chance in zip(handling, chances, strict=True)
            ]
        )
        some = [chance if chance > 0 else 1.0 for chance in chances]
        looks = np.where(again, drawn.looks("tap.chance", some, again), looks)
    return looks


def _by_presence(
    name: str,
    distributions: tuple[Family, Family | None, Family | None],
    drawn: Drawn,
    busy: Flags,
    away: Flags,
    where: Flags | None = None,
) -> Int64s:
    """Draw a delay by one uniform and the distribution for what the recipient is: active, away, or neither.

    With `where`, only for those it chooses.
    """
    usual, if_active, gone = distributions
    delay = drawn.duration(name, usual, where)
    if where is not None:
        busy, away = busy & where, away & where
    for distribution, there in ((if_active, busy), (gone, away)):
        if distribution is not None and there.any():
            delay = np.where(there, drawn.duration(name, distribution, there), delay)
    return delay


def _retractions(
    s: Scenario, drawn: Drawn, sent: Sent, people: Recipients, android: Flags, regretted: Flags
) -> Columns:
    """Draw whether and how late a deletion takes back what was delivered.

    Only a deletion does, no other remedy.
    """
    back, deletes = s.push.retraction, regretted & (s.deletion.remedy in ("delete", "redraft"))
    works = deletes & drawn.chance("push.retraction", back.chance)
    phone = works
    if set(back.on) != {"ios", "android"}:
        phone = works & ((android & ("android" in back.on)) | (~android & ("ios" in back.on)))
    after = drawn.duration("push.retraction.latency", back.latency, works)

    def reached(device: str, which: Flags) -> Int64s:
        if device not in back.reaches:
            return drawn.nothing
        return after if which is works else np.where(which, after, NEVER)

    receipts, marked = s.thread.receipts, regretted & (s.deletion.if_seen == "leave")
    if marked.any():
        shares = [receipts.share for _ in s.segments]
        marked &= owners("receipts", shares, people)[sent.recipient]
    edits = regretted & (s.deletion.remedy == "edit")
    if s.push.rewrite.chance > 0:
        edits &= drawn.chance("push.rewrite", s.push.rewrite.chance)
        rewrite = drawn.duration("push.rewrite.latency", s.push.rewrite.latency, edits)
    else:
        rewrite = drawn.nothing
    return {
        "rewrite_after": rewrite,
        "retract_after": reached("phone", phone),
        "watch_retract_after": reached("watch", phone),
        **{
            one.column("retract_after"): reached(one.name, works)
            for one in SCREENS
            if is_used(s, one)
        },
        "receipt_after": drawn.duration("thread.receipts.delay", receipts.delay, marked),
        "list_gone_after": drawn.duration("list.removal", s.notification_list.removal, deletes),
        "badge_sync_after": drawn.duration("badge.sync", s.badge.sync, deletes),
    }


def _devices(
    s: Scenario, drawn: Drawn, sent: Sent, people: Recipients, holding: Holding
) -> Columns:
    """Draw who has a watch on, and who looks at a watch's alert or notices a toast, how soon and
    for how long.
    """
    segments, soon = s.segments, drawn.soon
    watched = owners("watch", [g.watch.share for g in segments], people)[sent.recipient]
    worn = watched & drawn.chance("watch.worn", drawn.of_segment([g.watch.worn for g in segments]))
    felt = worn & drawn.chance(
        "watch.notice", drawn.of_segment([g.watch.notice for g in segments]), tie=soon
    )
    columns: Columns = {
        "on_watch": worn,
        "watch_after": drawn.per_segment(
            "watch.delay", [g.watch.delay for g in segments], felt, tie=soon
        ),
        "watch_length": drawn.per_segment("watch.length", [g.watch.length for g in segments], felt),
    }
    for one in SCREENS:
        columns |= _screen(s, one, drawn, holding)
    return columns


def _screen(s: Scenario, one: Screen, drawn: Drawn, holding: Holding) -> Columns:
    """Draw the route of notifications to a screen device, and who notices them there, how soon and
    for how long.
    """
    if not is_used(s, one):
        return {one.column(column): drawn.nothing for column in COLUMNS_OF_ONE}
    name, route = one.name, route_of(s, one)
    sessions = [sessions_of(g, one) for g in s.segments]
    delay = drawn.duration(f"{name}.route.delay", route.delay)
    seen = drawn.chance(
        f"{name}.notice", drawn.of_segment([at.notice for at in sessions]), tie=drawn.soon
    )
    return {
        one.column("delay"): holding.held_back(name, delay),
        one.column("latency"): drawn.duration(f"{name}.route.latency", route.latency),
        one.column("after"): drawn.per_segment(
            f"{name}.delay", [at.delay for at in sessions], seen, tie=drawn.soon
        ),
        one.column("length"): drawn.per_segment(
            f"{name}.reading", [at.reading for at in sessions], seen
        ),
    }


def _email(
    s: Scenario,
    drawn: Drawn,
    sent: Sent,
    people: Recipients,
    states: tuple[Flags, Flags],
    holding: Holding,
) -> Columns:
    """Draw the transport and the alert of the mail that each message would open."""
    e, segments, (busy, away) = s.email, s.segments, states
    mailed = people.email[sent.recipient] > 0
    alert = drawn.reaction("mail_alert", [g.mail_alert for g in segments], mailed)
    distributions = (e.delay, e.delay_active, e.delay_away)
    delay = _by_presence("email.delay", distributions, drawn, busy, away, mailed)
    delay = in_groups("email.delay", delay, "email_delay", s, drawn, groups_of(s, sent))
    return {
        "email_delay": holding.held_back("email", delay),
        "mail_alert_after": alert,
        "mail_alert_length": drawn.per_segment(
            "mail_alert.length", [g.checks.length for g in segments], alert != NEVER
        ),
        "mail_opened": drawn.chance(
            "mail.opened", drawn.of_segment([g.checks.opened for g in segments])
        ),
    }
