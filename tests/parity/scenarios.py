"""Hypothesis strategies for whole scenarios: every feature of the model is switched on in some and off in others."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Raw = dict[str, Any]

_FEW = st.sampled_from(["1 s", "30 s", "2 min", "7 min", "20 min"])
_LONG = st.sampled_from(["5 min", "30 min", "2 h", "9 h"])
_CHANCE = st.sampled_from([0.0, 0.3, 0.7, 1.0])
_SHIFT = st.sampled_from(["0 s", "-5 h", "90 min", "13 h"])
_HOURS = st.sampled_from([
    [],
    [],
    [{"days": "Mon-Fri", "opens": "08:00", "closes": "18:00"}],
    [{"opens": "02:00", "closes": "03:30"}, {"opens": "10:00", "closes": "24:00"}],
])  # fmt: skip
_WEEK = st.sampled_from(["flat", "waking", "office mail", [0, 1, 0, 2, 0, 0, 1]])


def _never_or(times: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.one_of(times, st.just("never"))


@st.composite
def laws(draw: st.DrawFn, times: st.SearchStrategy[str] = _FEW, positive: bool = False) -> Any:
    """Draw a law of durations of any family the inverse knows."""
    kind = draw(st.integers(1 if positive else 0, 9))
    time, shape = draw(times), draw(st.sampled_from([0.5, 1.0, 1.7]))
    if kind > 1 and time == "0 s":
        time = "1 s"
    return [
        draw(st.sampled_from(["0 s", time])) if kind == 0 else "0 s",
        time,
        {"dist": "exponential", "mean": time},
        {"dist": "lognormal", "median": time, "sigma": shape},
        {"dist": "weibull", "mean": time, "shape": shape},
        {"dist": "loglogistic", "median": time, "shape": shape + 1},
        {"dist": "gamma", "mean": time, "shape": shape},
        {"dist": "uniform", "low": "1 s", "high": "40 min"},
        {"dist": "empirical", "p": [0, 0.3, 1], "values": ["1 s", time, "10 h"]},
        {"dist": "mixture", "parts": [{"weight": 0.6, "law": {"dist": "exponential", "mean": time}},
                                      {"weight": 0.4, "law": {"dist": "constant", "value": "1 min"}}]},
    ][kind]  # fmt: skip


@st.composite
def _looks(draw: st.DrawFn, often: bool) -> Raw:
    if draw(st.integers(0, 4)) == 0:
        return {}
    gap = laws(st.sampled_from(["2 min", "10 min", "1 h"] if often else ["20 min", "3 h"]), positive=True)
    return {"gap": draw(gap), "length": draw(laws(st.sampled_from(["10 s", "1 min", "8 min"])))}


@st.composite
def _reaction(draw: st.DrawFn) -> Raw:
    return {"chance": draw(_CHANCE), "delay": draw(laws(st.sampled_from(["0 s", "10 s", "4 min"])))}


@st.composite
def _segment(draw: st.DrawFn, name: str, share: float) -> Raw:
    mail = draw(st.sampled_from(["off", "instant", "batched", "digest", "mixed"]))
    return {
        "name": name, "share": share, "week": draw(_WEEK), "utc_offset": draw(_SHIFT),
        "frailty": draw(st.sampled_from([1.0, 3.0, {"dist": "lognormal", "median": 1.0, "sigma": 0.8}])),
        "push": draw(_CHANCE), "badge": draw(_CHANCE), "previews_hidden": draw(_CHANCE), "ios": draw(_CHANCE),
        "email": {m: 0.25 for m in ("off", "instant", "batched", "digest")} if mail == "mixed" else {mail: 1.0},
        "notice": draw(st.sampled_from([1.0, 0.6, 0.2])),
        "glances": draw(_looks(True)), "checks": draw(_looks(False)), "visits": draw(_looks(False)),
        "alert": draw(_reaction()), "mail_alert": draw(_reaction()), "tap": draw(_reaction()),
    }  # fmt: skip


@st.composite
def _traffic(draw: st.DrawFn) -> Raw:
    kind = draw(st.sampled_from(["dm", "inmail", "message_ad"]))
    length = draw(st.sampled_from([0, 1, 150]))
    if draw(st.booleans()):
        return {"kind": "campaign", "messages": draw(st.integers(1, 25)), "start": draw(_LONG),
                "throttle": draw(st.sampled_from(["0 s", "4 s", "5 min"])), "message": kind, "length": length}  # fmt: skip
    return {
        "kind": "stream", "senders": draw(st.integers(1, 3)), "recipients": draw(st.integers(1, 5)), "length": length,
        "rate": draw(st.sampled_from(["10 / d", "40 / d"])), "week": draw(_WEEK), "message": kind,
    }  # fmt: skip


@st.composite
def _rules(draw: st.DrawFn) -> Raw:
    flag = st.booleans()
    return {
        "deletion": {
            "window": draw(st.sampled_from(["unlimited", "none", "10 min", "2 h"])), "unread_only": draw(flag),
            "propagation": draw(laws()), "placeholder": draw(flag),
        },
        "push": {
            "delay": draw(laws()), "late_binding": draw(flag), "latency": draw(laws()),
            "slow": {"chance": draw(_CHANCE), "latency": draw(laws(_LONG))},
            "preview": draw(st.sampled_from([0, 20, 100])), "expiry": draw(_never_or(_LONG)),
            "retraction": {"chance": draw(_CHANCE), "latency": draw(laws()), "on": draw(st.sampled_from([["ios"], ["ios", "android"]]))},
        },
        "email": {
            "delay": draw(laws()), "window": draw(st.sampled_from(["0 s", "15 min", "3 h"])),
            "anchor": draw(st.sampled_from(["first", "latest"])), "every": draw(st.sampled_from(["4 h", "1 d"])),
            "at": draw(_LONG), "lead": draw(st.sampled_from(["0 s", "3 h"])), "binding": draw(st.sampled_from(["late", "snapshot"])),
            "carries": draw(st.sampled_from(["full", "preview", "nothing"])), "latency": draw(laws()),
        },
        "badge": {"sync": draw(st.one_of(laws(), st.just({"dist": "never"}))), "boost": draw(st.sampled_from([1.0, 2.5]))},
        "thread": {"live": draw(st.sampled_from([0.0, 0.3])), "cache": {"offline": draw(_CHANCE), "life": draw(_LONG)}},
    }  # fmt: skip


@st.composite
def scenarios(draw: st.DrawFn) -> Raw:
    """Draw the tables of a scenario that is small enough for the reference engine and busy enough for everything to meet."""
    shares = draw(st.sampled_from([[1.0], [0.5, 0.5]]))
    return draw(_rules()) | {
        "schema": 1,
        "run": {"seed": draw(st.integers(0, 2**32)), "replications": 1, "horizon": draw(st.sampled_from(["13 h", "2 d"]))},
        "traffic": draw(_traffic()),
        "mistakes": {
            "chance": draw(_CHANCE), "batch_chance": draw(_CHANCE), "noticed": draw(laws()), "reaction": draw(laws()),
        },
        "senders": {
            "hands": draw(st.integers(1, 3)), "order": draw(st.sampled_from(["first_sent", "last_sent", "first_noticed"])),
            "bulk": draw(st.booleans()), "action": draw(laws()), "hours": draw(_HOURS), "utc_offset": draw(_SHIFT),
        },
        "review": {"time": draw(laws()), "catches": draw(_CHANCE)},
        "send": {"hold": draw(st.sampled_from(["0 s", "10 s", "30 min"])), "hours": draw(_HOURS)},
        "segments": [draw(_segment(str(k), share)) for k, share in enumerate(shares)],
    }  # fmt: skip
