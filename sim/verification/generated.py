"""Scenarios nobody thought of: every feature of the model is switched on in some and off in others.

Small enough for the reference engine, busy enough for everything to meet. `pick` chooses one of a
list, so the same code serves the command `verify` (keyed draws) and property tests (which shrink
what they find).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, get_args

from sim.distributions.families.never import Never
from sim.distributions.family import Family
from sim.distributions.values import Micros, Strict
from sim.draws import U64, purpose, replication_key, uniform
from sim.scenario.channels import Cache, Channels, ChannelsTaken, Reasons, Receipts, ScreenRoute
from sim.scenario.recipients import InHand, WatchAlerts
from sim.schema.screens import NAMES

Raw = dict[str, Any]
Pick = Callable[[Sequence[Any]], Any]

FEW = ("1 s", "30 s", "2 min", "7 min", "20 min")
LONG = ("5 min", "30 min", "2 h", "9 h")
CHANCE = (0.0, 0.3, 0.7, 1.0)
SHIFT = ("0 s", "-5 h", "90 min", "13 h")
HOURS: tuple[list[Raw], ...] = (
    [],
    [],
    [{"days": "Mon-Fri", "opens": "08:00", "closes": "18:00"}],
    [{"opens": "02:00", "closes": "03:30"}, {"opens": "10:00", "closes": "24:00"}],
)
WEEK = ("flat", "waking", "office mail", [0, 1, 0, 2, 0, 0, 1])


def numbered(number: int) -> Pick:
    """Give the choices of scenario `number`: keyed draws, the same on every machine.

    >>> numbered(1)([7])
    7
    """
    key, count = U64(replication_key(number, 0)), 0

    def pick(options: Sequence[Any]) -> Any:
        nonlocal count
        count += 1
        chance = uniform(key, U64(purpose("verification")), U64(0), U64(count))
        return options[int(chance * len(options))]

    return pick


def duration(pick: Pick, times: Sequence[str] = FEW, *, positive: bool = False) -> Any:
    """Choose a distribution of durations, of any family the inverse knows."""
    kind = pick(range(1 if positive else 0, 10))
    time, shape = pick(times), pick((0.5, 1.0, 1.7))
    if kind > 1 and time == "0 s":
        time = "1 s"
    return [
        pick(("0 s", time)),
        time,
        {"dist": "exponential", "mean": time},
        {"dist": "lognormal", "median": time, "sigma": shape},
        {"dist": "weibull", "mean": time, "shape": shape},
        {"dist": "loglogistic", "median": time, "shape": shape + 1},
        {"dist": "gamma", "mean": time, "shape": shape},
        {"dist": "uniform", "low": "1 s", "high": "40 min"},
        {"dist": "empirical", "p": [0, 0.3, 1], "values": ["1 s", time, "10 h"]},
        {
            "dist": "mixture",
            "parts": [
                {"weight": 0.6, "distribution": {"dist": "exponential", "mean": time}},
                {"weight": 0.4, "distribution": {"dist": "constant", "value": "1 min"}},
            ],
        },
    ][kind]


def section(pick: Pick, model: type[Strict], without: Sequence[str] = ()) -> Raw:
    """Choose a value for every field of a section by what its default is; fields that say nothing by
    default are left out, except reasons.

    What must fit other fields is chosen by hand below.
    """
    fields = {name: field for name, field in model.model_fields.items() if name not in without}
    chosen = {name: _like(pick, field.default, field.annotation) for name, field in fields.items()}
    return {name: value for name, value in chosen.items() if value is not None}


def _like(pick: Pick, default: Any, annotation: Any) -> Any:
    """Choose a value of the kind of a default."""
    match default:
        case bool():
            return pick((False, True))
        case Never():
            return pick((duration(pick), {"dist": "never"}))
        case Family():
            return duration(pick)
        case Micros():
            return pick(("0 s", *LONG))
        case int():
            return pick((0, 20, 100))
        case float():
            return pick(CHANCE)
        case str():
            return pick(get_args(annotation))
        case Strict():
            return section(pick, type(default))
    return pick(REASONS) if Reasons in get_args(annotation) else None


def _looks(pick: Pick, gaps: Sequence[str]) -> Raw:
    if pick(range(5)) == 0:
        return {}
    return {
        "gap": duration(pick, gaps, positive=True),
        "length": duration(pick, ("10 s", "1 min", "8 min")),
    }


def _reaction(pick: Pick) -> Raw:
    return {"chance": pick(CHANCE), "delay": duration(pick, ("0 s", "10 s", "4 min"))}


def _habits(pick: Pick) -> Raw:
    """Choose how often people check their mail, and whether they open it."""
    own = {"frailty": {"dist": "lognormal", "median": 1.0, "sigma": 1.4}}
    return {"opened": pick((1.0, 1.0, 0.4, 0.0))} | (own if pick((False, True)) else {})


def _spreads(pick: Pick) -> Raw:
    """Choose how a chance to feel a push, and to take the phone, is spread among people."""
    felt = pick((1.0, 1.0, 0.6))
    some = {"chance": 0.4, "spread": pick((0.1, 0.3))} if pick((False, True)) else {}
    return some | {"felt": felt, "felt_spread": pick((0.0, 0.2)) if felt < 1 else 0.0}


def _segment(pick: Pick, name: str, share: float) -> Raw:
    mail = pick(("off", "instant", "batched", "digest", "mixed"))
    often, seldom = ("2 min", "10 min", "1 h"), ("20 min", "3 h")
    return {
        "name": name,
        "share": share,
        "week": pick(WEEK),
        "utc_offset": pick(SHIFT),
        "frailty": pick((1.0, 3.0, {"dist": "lognormal", "median": 1.0, "sigma": 0.8})),
        **section(pick, ChannelsTaken, without=("email",)),
        "email": dict.fromkeys(("off", "instant", "batched", "digest"), 0.25)
        if mail == "mixed"
        else {mail: 1.0},
        "notice": pick((1.0, 0.6, 0.2)),
        "glances": _looks(pick, often),
        "checks": _looks(pick, seldom) | _habits(pick),
        "visits": _looks(pick, seldom),
        "in_hand": pick(({}, section(pick, InHand))),
        "alert": _reaction(pick) | _spreads(pick),
        "mail_alert": _reaction(pick),
        "handling": _reaction(pick)
        | {"opened": pick(CHANCE), "looks": pick(("every", "every", "first"))}
        | ({"without_text": pick(CHANCE)} if pick((False, True)) else {}),
        "reply": _reaction(pick),
    } | _circumstances(pick)


def _circumstances(pick: Pick) -> Raw:
    """Choose intervals, devices and quiet hours.

    Each is absent more often than not, so that the rest still happens.
    """
    rare, often = ("1 h", "5 h"), ("10 min", "2 h")
    gaps = {"away": rare, "offline": rare, "doze": often}
    intervals = {name: _looks(pick, some) for name, some in gaps.items()}
    screens = {name: _sessions(pick, often) for name in NAMES}
    quiet = {"hours": pick(HOURS), "share": pick(CHANCE), "effect": pick(("silent", "hold"))}
    quiet["holds"] = pick((["push"], ["push", *NAMES, "email"]))
    whole = intervals | screens | {"watch": section(pick, WatchAlerts), "quiet": quiet}
    return {name: tables for name, tables in whole.items() if pick((False, False, True))}


def _sessions(pick: Pick, often: Sequence[str]) -> Raw:
    """Choose the sessions at a screen device."""
    sessions = _looks(pick, often) | {
        "share": pick(CHANCE),
        "notifications": pick((1.0, 1.0, 0.3)),
        "previews_hidden": pick((0.0, 0.0, 0.4)),
        "notice": pick(CHANCE),
        "delay": duration(pick, ("1 s", "5 s")),
        "reading": duration(pick),
    }
    return sessions | ({"app": _looks(pick, often)} if pick((False, True)) else {})


def _traffic(pick: Pick) -> Raw:
    kind, length, traffic = (
        pick(("dm", "inmail", "message_ad")),
        pick((1, 30, 150)),
        pick(("stream", "campaign", "sequence")),
    )
    if traffic != "stream":
        steps = (
            {"steps": [{"after": pick(LONG)}, {"after": pick(FEW), "length": 30}]}
            if traffic == "sequence"
            else {}
        )
        return {
            "kind": traffic,
            "messages": pick(range(1, 26)),
            "start": pick(LONG),
            "throttle": pick(("0 s", "4 s", "5 min")),
            "message": kind,
            "length": length,
        } | steps
    return {
        "kind": "stream",
        "senders": pick((1, 2, 3)),
        "recipients": pick((1, 2, 3, 4, 5)),
        "length": length,
        "rate": pick(("10 / d", "40 / d")),
        "week": pick(WEEK),
        "message": kind,
    }


def _deletion(pick: Pick) -> Raw:
    """Choose what senders do and may do; those who look at the seen mark first delete or edit."""
    looks = pick((False, False, True))
    remedies = ("delete", "delete", "delete", "edit", "redraft", "apology", "block")
    return {
        "window": pick(("unlimited", "unlimited", "none", "10 min", "2 h")),
        "unread_only": not looks and pick((False, False, True)),
        "propagation": duration(pick),
        "placeholder": pick((False, True)),
        "remedy": pick(remedies[:4] if looks else remedies),
        "if_seen": "leave" if looks else "delete",
        "edit_window": pick(("unlimited", "20 min")),
        "receiver_window": pick(("never", "never", "30 min")),
    }


def _rules(pick: Pick) -> Raw:
    flag = (False, True)
    return {
        "deletion": _deletion(pick),
        "push": {
            "delay": duration(pick),
            "late_binding": pick(flag),
            "latency": duration(pick),
            "slow": {"chance": pick(CHANCE), "latency": duration(pick, LONG)},
            "preview": pick((0, 20, 100)),
            "expiry": pick((*LONG, "never")),
            "retraction": {
                "chance": pick((0.0, 1.0, 1.0)),
                "latency": duration(pick),
                "on": pick((["ios"], ["ios", "android"])),
                "scope": pick(("message", "message", "conversation", "latest", "rewrite")),
                "priority": pick(("high", "normal")),
                "reaches": pick((["phone"], ["watch", *NAMES])),
            },
            "rewrite": {"chance": pick((0.3, 0.7, 1.0)), "latency": duration(pick)},
            "collapse": pick(("none", "none", "thread", "app")),
            "ttl": pick(("never", *LONG)),
            "store": {"ios": pick((0, 1, 2)), "android": pick((0, 1, 3))},
            "fetch": pick((False, False, True)),
            "missing": pick(("nothing", "generic")),
        }
        | ({"delay_active": duration(pick), "delay_away": duration(pick)} if pick(flag) else {})
        | ({"drop": pick(REASONS)} if pick(flag) else {}),
        **{name: _route(pick) if pick(flag) else {} for name in NAMES},
        "email": {
            "delay": duration(pick),
            "window": pick(("0 s", "15 min", "3 h")),
            "anchor": pick(("first", "latest")),
            "tick": pick(("0 s", "0 s", "30 s", "7 min")),
            "every": pick(("4 h", "1 d")),
            "at": pick(LONG),
            "lead": pick(("0 s", "3 h")),
            "binding": pick(("late", "snapshot")),
            "carries": pick(("full", "preview", "nothing")),
            "list": pick((0, 0, 30)),
            "only_without_push": pick((False, False, True)),
            "latency": duration(pick),
        }
        | (_flush(pick) if pick(flag) else {})
        | ({"drop": pick(REASONS)} if pick(flag) else {}),
        "badge": {"sync": pick((duration(pick), {"dist": "never"})), "boost": pick((1.0, 2.5))}
        | ({"counts": "until read"} if pick(flag) else {}),
        "thread": {"cache": section(pick, Cache)} | _conversations(pick),
    }


REASONS: tuple[list[str], ...] = (
    ["deleted"],
    ["read"],
    ["seen"],
    ["blocked", "edited"],
    ["deleted", "read", "seen"],
    [],
)


def _route(pick: Pick) -> Raw:
    """Choose a screen device's own way from the server."""
    own = section(pick, ScreenRoute)
    odd: Raw = {"latency": pick(("1 s", {"dist": "never"})), "keep": "never"}
    return own | odd if pick((False, True)) else own


def _conversations(pick: Pick) -> Raw:
    """Choose what a visit reads and clears, most often everything."""
    flag = (False, False, True)
    reads: Raw = {"reads": "one"} if pick(flag) else {}
    clears: Raw = {"clears": pick(("conversation", "nothing"))} if pick(flag) else {}
    receipts: Raw = {"receipts": section(pick, Receipts)}
    clears |= {"clears_elsewhere": duration(pick)} if pick(flag) else {}
    return receipts | reads | clears


def _flush(pick: Pick) -> Raw:
    """Choose batches in which every message is due by itself, throttled or not."""
    throttle = {
        "gap": pick(("0 s", "10 min")),
        "factor": pick((1.0, 3.0)),
        "most": "1 h",
        "reset": pick(("never", "2 h")),
    }
    return {
        "anchor": "flush",
        "throttle": throttle,
        "delay_active": duration(pick),
        "delay_away": duration(pick),
    }


def _groups(pick: Pick) -> Raw:
    """Choose a group of senders with some ways of its own."""
    own = {
        "mistakes": pick(CHANCE),
        "hold": duration(pick),
        "push_delay": duration(pick),
        "email_delay": duration(pick),
    }
    return {"new": {"share": 0.5} | {key: v for key, v in own.items() if pick((False, True))}}


def scenario(pick: Pick) -> Raw:
    """Choose the tables of a whole scenario; they are always valid."""
    shares = pick(([1.0], [0.5, 0.5]))
    tables = _rules(pick) | {
        "schema": 1,
        "run": {"seed": pick(range(2**16)), "replications": 1, "horizon": pick(("13 h", "2 d"))},
        "traffic": _traffic(pick),
        "mistakes": {
            "chance": pick(CHANCE),
            "batch_chance": pick(CHANCE),
            "noticed": duration(pick),
            "reaction": duration(pick),
            "urgency": pick((0.0, 0.0, 0.5, -0.8)),
        },
        "conversation": {"chance": pick(CHANCE)}
        | ({"recency": duration(pick)} if pick((False, True)) else {}),
        "senders": {
            "deletions_at_once": pick((1, 2, 3)),
            "order": pick(("first_sent", "last_sent", "first_noticed")),
            "bulk": pick((False, True)),
            "action": duration(pick),
            "hours": pick(HOURS),
            "utc_offset": pick(SHIFT),
            "pause_on_deletion": pick((False, True)),
            "groups": _groups(pick) if pick((False, True)) else {},
        },
        "moderation": {
            "chance": pick((0.0, 0.0, 0.5)),
            "noticed": duration(pick),
            "hours": pick(HOURS),
        },
        "review": {"time": duration(pick), "catches": pick(CHANCE)},
        "send": {
            "hold": pick(("0 s", "10 s", "30 min", {"dist": "exponential", "mean": "1 min"})),
            "hold_per_character": pick(("0 s", "0 s", "1 s")),
            "hours": pick(HOURS),
            "undo_fails": pick((0.0, 0.0, 0.4)),
        },
        "segments": [_segment(pick, str(k), share) for k, share in enumerate(shares)],
    }
    _presence(pick, tables)
    for name, field in Channels.model_fields.items():
        if name not in tables:
            tables[name] = section(pick, type(field.default))
    return tables


def _presence(pick: Pick, tables: Raw) -> None:
    """Choose what goes by when somebody was active, or the app open, last."""
    for channel in ("push", "email"):
        tables[channel]["held_while_active"] = pick((False, False, True))
    for name in NAMES:
        tables[name] |= pick(({}, {}, {"active_for": "0 s"}, {"active_for": "20 min"}))
    tables["push"]["retraction"]["app_ran_within"] = pick(("never", "never", "10 min", "3 h"))
