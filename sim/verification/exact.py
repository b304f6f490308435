"""Special cases of the model whose answer is known exactly, and what known bugs would give instead.

Times in the formulas are minutes. Each case is a scenario of independent messages, one per
recipient, and a share of them. The same cases, and more, are tested in tests/theory with mutants
that have the bugs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from math import exp
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from sim.clock import HOUR, NEVER
from sim.records import Records
from sim.schema.records import DISMISSED

SIZE = 200_000
"""Messages of a case; every bug that is named needs fewer (the most demanding, an alert that
replaces a look, 57,164)."""
ALL_DAY = {"kind": "campaign", "messages": SIZE, "throttle": "432 ms"}
"""Messages spread evenly over one day, 200,000 times 432 ms."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Case:
    """One exact case: tables of a scenario, the share that is looked at, its exact value and bugs'
    wrong values.
    """

    name: str
    tables: dict[str, Any]
    found: Callable[[Records], Flags]
    exact: float
    bugs: dict[str, float] = field(default_factory=dict)

    def needed(self, z: float) -> int:
        """Give how many messages tell every bug from the truth, z standard errors plus 2.33 (99 %
        power) apart.
        """
        spread = self.exact * (1 - self.exact)
        return max(
            (
                math.ceil(((z + 2.33) / (wrong - self.exact)) ** 2 * spread)
                for wrong in self.bugs.values()
            ),
            default=0,
        )


def _read_before(r: Records) -> Flags:
    flags: Flags = r["push_noticed"] < r["effective"]
    return flags


def _ghost(r: Records) -> Flags:
    flags: Flags = (r["push_noticed"] != NEVER) & (r["push_noticed"] >= r["effective"])
    return flags


def _exponential(minutes: float) -> dict[str, str]:
    return {"dist": "exponential", "mean": f"{minutes * 60:.6f} s"}


def _race(gap: Any, noticed: Any, **more: Any) -> dict[str, Any]:
    """Lay out a race of one look stream against a deletion that needs no work."""
    segment = {
        "name": "all",
        "glances": {"gap": gap, "length": more.pop("length", "0 s")},
        **more.pop("segment", {}),
    }
    return {
        "schema": 1,
        "run": {"seed": 20261121, "replications": 1, "horizon": more.pop("horizon", "2 d")},
        "traffic": {"kind": "campaign", "messages": SIZE},
        "mistakes": {"chance": 1.0, "noticed": noticed},
        "segments": [segment],
        **more,
    }


LOGNORMAL_GAP = {"dist": "lognormal", "median": "12 min", "sigma": 1.2}
LOGNORMAL_LOOK = {"dist": "lognormal", "median": "1 min", "sigma": 0.8}
_GAP, _LOOK = 12 * exp(1.2**2 / 2), exp(0.8**2 / 2)


def _still_waiting(t: float) -> float:
    """P(T > t) for the look streams above in equilibrium: p_off E[(G - t)+] / E[G]."""
    d2 = math.log(12 / t) / 1.2
    return _GAP / (_GAP + _LOOK) * (_GAP * float(ndtr(d2 + 1.2)) - t * float(ndtr(d2))) / _GAP


def races() -> list[Case]:
    """Exponential looks at rate .1 against an exponential deletion at rate .2 (O01), and retraction
    (O03).
    """
    looks, deletion, la, mu = _exponential(10), _exponential(5), 0.1, 0.2
    base = la / (la + mu)
    hold = {"send": {"hold": "2 min"}}
    return [
        Case("race without a hold", _race(looks, deletion), _read_before, base),
        Case(
            "race behind a hold of 2 min",
            _race(looks, deletion, **hold),
            _read_before,
            exp(-mu * 2) * base,
            {"hold ignored": base, "attention counted from the send": 0.304445621972955},
        ),
        Case(
            "hold 2 min, propagation 1 min",
            _race(looks, deletion, **hold, deletion={"propagation": "1 min"}),
            _read_before,
            exp(-mu * 1) * base,
            {"propagation ignored": exp(-mu * 2) * base},
        ),
        Case(
            "hold 30 s, propagation 90 s",
            _race(looks, deletion, send={"hold": "30 s"}, deletion={"propagation": "90 s"}),
            _read_before,
            1 - exp(-la * 1) * mu / (la + mu),
        ),
        Case(
            "ghost behind a retraction that works in 7 of 10",
            _race(
                looks, deletion, push={"retraction": {"chance": 0.7, "latency": _exponential(0.5)}}
            ),
            _ghost,
            mu / (la + mu) * (0.3 + 0.7 * la / (la + 2)),
            {
                "ghost and leak counted twice": 5 / 9,
                "failed retractions succeed": mu / (la + mu) * la / (la + 2),
            },
        ),
    ]


def attention() -> list[Case]:
    """Stationary lognormal looks and gaps (O04), an alert besides (O11), and a block of sleep
    (O06).
    """
    seen = {"length": LOGNORMAL_LOOK}
    alert = {
        "alert": {"chance": 0.35, "delay": {"dist": "lognormal", "median": "90 s", "sigma": 1.0}}
    }
    alerted = float(ndtr(math.log(3 / 1.5)))
    rate, d = 0.02, 120.0
    awake = [0.0] * 7 + [1.0] * 16 + [0.0]
    # Looks at .02 a minute between 07:00 and 23:00: the profile's mean is 2/3, so the mean gap is
    # 75 min.
    asleep = _race(_exponential(75), "120 min", segment={"week": awake * 7}, traffic=ALL_DAY)
    return [
        Case(
            "stationary looks, deletion at 30 min",
            _race(LOGNORMAL_GAP, "30 min", **seen),
            _read_before,
            1 - _still_waiting(30),
            {
                "fresh gap at arrival": 0.7892143906712752,
                "residual of a gap not length-biased": 0.9098002377488157,
                "exponential gaps": 0.7195153401960452,
            },
        ),
        Case(
            "stationary looks, deletion at 5 min",
            _race(LOGNORMAL_GAP, "5 min", **seen),
            _read_before,
            1 - _still_waiting(5),
            {"look in progress at arrival ignored": 0.1816880451700448},
        ),
        Case(
            "alert besides looks, deletion at 3 min",
            _race(LOGNORMAL_GAP, "3 min", **seen, segment=alert),
            _read_before,
            1 - (1 - 0.35 * alerted) * _still_waiting(3),
            {
                "alert replaces the look": 0.37027154411329466,
                "both counted": 0.427192072456967,
                "alert ignored": 0.16263008098192097,
            },
        ),
        Case(
            "looks by day only, deletion at 2 h",
            asleep,
            _read_before,
            1 - ((960 - d) * exp(-rate * d) + (480 - d) + 2 * (1 - exp(-rate * d)) / rate) / 1440,
            {"sleep ignored": 0.7981034820053446},
        ),
    ]


def mail() -> list[Case]:
    """Give an hourly digest with a snapshot 2 minutes before (O07): included, and read after the
    deletion.
    """
    mu, nu, period = 0.1, 1 / 30, 60.0
    tables = _race(
        {"dist": "never"},
        _exponential(10),
        traffic=ALL_DAY,
        horizon="3 d",
        segment={
            "email": {"digest": 1.0},
            "checks": {"gap": _exponential(30), "length": "0 s"},
            "push": 0.0,
        },
        email={"every": "1 h", "at": "0 s", "lead": "2 min", "latency": "30 s", "binding": "late"},
    )
    included = (1 - exp(-mu * period)) / (mu * period)
    before = included * exp(-mu * 2.5) * nu / (nu + mu)
    return [
        Case(
            "in the digest at its snapshot",
            tables,
            lambda r: r["email_dispatched"] != NEVER,
            included,
            {"deletion honoured until dispatch": 0.13611688707361436, "exponential wait": 0.25},
        ),
        Case(
            "e-mail read after the deletion",
            tables,
            lambda r: (r["email_read"] != NEVER) & (r["email_read"] >= r["effective"]),
            included - before,
            {"e-mail retracted": 0.0},
        ),
    ]


def handling() -> list[Case]:
    """Give a push that each look dismisses or opens, one that is felt and answered, and
    a mail that is opened at the check that lists it, or never.
    """
    each, opened, look, check, q = 0.65, 0.637, 12.0, 30.0, 0.25
    at_all, listed = 1 - exp(-20 / look), 1 - exp(-60 / check)
    thinned = 1 - exp(-each * 20 / look)
    shown = {"handling": {"chance": each, "opened": opened}}
    felt = {"chance": 0.2, "spread": 0.15, "felt": 0.7446, "delay": "10 s"}
    mailed = {
        "push": 0.0,
        "email": {"instant": 1.0},
        "checks": {"gap": _exponential(check), "opened": q},
    }
    return [
        Case(
            "dismissed within 20 min",
            _race(_exponential(look), "1 d", segment=shown, horizon="20 min"),
            lambda r: r["push_left_by"] == DISMISSED,
            (1 - opened) * thinned,
            {
                "the first look only": (1 - opened) * each * at_all,
                "every look handles": (1 - opened) * at_all,
                "opened, not dismissed": opened * thinned,
            },
        ),
        Case(
            "felt and answered",
            _race({"dist": "never"}, "1 d", segment={"alert": felt}, horizon="1 h"),
            lambda r: r["push_noticed"] != NEVER,
            0.2 * 0.7446,
            {"everything is felt": 0.2},
        ),
        Case(
            "mail opened within the hour",
            _race({"dist": "never"}, "1 d", segment=mailed, horizon="1 h"),
            lambda r: r["email_opened"],
            q * listed,
            {"a coin at every check": 1 - exp(-q * 60 / check), "every mail is opened": listed},
        ),
    ]


def cases() -> list[Case]:
    """All cases whose answer is a share."""
    return [*races(), *attention(), *mail(), *handling()]


def broadcast(messages: int, seconds: str) -> dict[str, Any]:
    """Lay out a batch deleted one by one against a window of one hour (O09)."""
    return {
        "schema": 1,
        "run": {"seed": 1, "replications": 1, "horizon": "3 h"},
        "traffic": {"kind": "campaign", "messages": messages},
        "mistakes": {"batch_chance": 1.0},
        "senders": {"action": seconds},
        "deletion": {"window": "60 min"},
        "segments": [{"name": "all"}],
    }


COUNTS = (
    ("400 copies, 9.45 s each, window of one hour: recalled", broadcast(400, "9.45 s"), 380),
    (
        "1,200 copies, 4 s each: the 900th completes at 60:00 and counts",
        broadcast(1200, "4 s"),
        900,
    ),
)
"""Deterministic counts: what, the scenario, how many deletions are effective."""


def recalled(r: Records) -> int:
    """Count deletions that took effect."""
    return int(np.count_nonzero((r["effective"] != NEVER) & (r["effective"] <= HOUR)))
