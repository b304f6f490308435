"""Attention in closed form: in hand as a message arrives, felt and taken, handled look by look, mails
that are listed, opened or never met. Each with the wrong models that the numbers tell from it.

Times are minutes unless a name says otherwise; looks without length and with exponential gaps are a
Poisson process, of which the looks that succeed are a thinned one.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import norm

from sim.clock import NEVER
from sim.records import Records
from sim.scenario.model import build
from sim.schema.records import DISMISSED, OPENED
from sim.world.drawing import draw_world

from .checking import Z
from .playing import Engine

Flags = npt.NDArray[np.bool_]


def agrees(found: Flags, exact: float, wrong: Mapping[str, float]) -> None:
    """Hold that a share is the exact one and none that a wrong model gives."""
    share, error = float(np.mean(found)), sqrt(exact * (1 - exact) / found.size)
    assert abs(share - exact) <= Z * error, f"{share:.4f}, exact {exact:.4f} ± {error:.4f}"
    for model, value in wrong.items():
        assert abs(share - value) > Z * error, f"{share:.4f} looks like: {model} ({value:.4f})"


def exponential(minutes: float) -> dict[str, str]:
    return {"dist": "exponential", "mean": f"{minutes * 60:.6f} s"}


def played(engine: Engine, messages: int, segment: dict[str, Any], **more: Any) -> Records:
    """Play a campaign of independent messages to people of one kind."""
    raw = {
        "schema": 1,
        "run": {"seed": 1107, "horizon": "2 d"},
        "traffic": {"kind": "campaign", "messages": messages},
        "segments": [{"name": "all"} | segment],
    }
    return engine.play(draw_world(build(raw | more, file="theory", folder=Path()), 0))


HAND = {"dist": "lognormal", "median": "38 s", "sigma": 2.16}


def still(seconds: float) -> float:
    """P(R > t) for the phone in hand after an act."""
    return float(ndtr(-log(seconds / 38) / 2.16))


def traced(
    engine: Engine, folder: Path, in_hand: dict[str, Any], *rows: tuple[float, str, str]
) -> Records:
    """Play a trace in which everybody has a little conversation of their own, the same for all:
    (second, writer, recipient), where `p` is the person; the last row is looked at."""
    many = engine.messages // 4
    lines = [
        f"{1000 * k % 900_000 + t:.3f},{a}{k},{b}{k},{k}-{j}"
        for k in range(many)
        for j, (t, a, b) in enumerate(rows)
    ]
    (folder / "t.csv").write_text("\n".join(["sent_at,sender,recipient,id", *lines]))
    raw = {
        "schema": 1,
        "run": {"seed": 1108, "horizon": "20 d"},
        "traffic": {"kind": "trace", "file": "t.csv"},
        "segments": [{"name": "all", "push": 0.0, "in_hand": in_hand}],
    }
    world = draw_world(build(raw, file="theory", folder=folder), 0)
    r = engine.play(world)
    last = r["number"] % len(rows) == len(rows) - 1
    return Records.alone({name: column[last] for name, column in r.columns.items()}, r.horizon)


def at_once(r: Records) -> Flags:
    """Tell which messages were read in the app as they were accepted."""
    return np.asarray(r["thread_read"] == r["accepted"])


AFTER = {"before": "0 s", "after": HAND}


@pytest.mark.parametrize("seconds", [15.0, 103.0])
def test_a_message_meets_the_phone_in_hand_with_the_chance_that_it_still_is(
    engine: Engine, tmp_path: Path, seconds: float
) -> None:
    r = traced(engine, tmp_path, AFTER, (0, "p", "q"), (seconds, "q", "p"))
    wrong = {
        "memory of a constant 38 s": float(seconds < 38),
        "an exponential": exp(-seconds / (38 / log(2))),
        "sigma of the median only": float(ndtr(-log(seconds / 38))),
    }
    if abs(still(seconds) - wrong["an exponential"]) < 0.06:
        del wrong["an exponential"]
    agrees(at_once(r), still(seconds), wrong)


def test_the_next_act_takes_over_so_that_old_tails_do_not_add_up(
    engine: Engine, tmp_path: Path
) -> None:
    r = traced(engine, tmp_path, AFTER, (0, "p", "q"), (60, "p", "q"), (160, "q", "p"))
    both = 1 - (1 - still(160)) * (1 - still(100))
    agrees(at_once(r), still(100), {"no cut": both, "the first act counts": still(160)})


def test_typing_begins_after_what_is_answered(engine: Engine, tmp_path: Path) -> None:
    """A message at 150 s, an act at 200 s: typing has begun later, whatever its length; the wrong
    model, unbounded typing, covers it in more than a third of cases."""
    before = {"before": HAND, "after": "0 s"}
    r = traced(engine, tmp_path, before, (0, "q", "p"), (200, "p", "q"), (150, "q", "p"))
    assert not at_once(r).any()


def test_a_message_that_comes_while_typing_finds_the_app_open(
    engine: Engine, tmp_path: Path
) -> None:
    """A message written at 0 is held until 150 s; the act at 200 s is typed from
    200 - min(D, 200 U) s on, so the phone is in hand by then if D > 50 and U > 1/4."""
    before = {"before": HAND, "after": "0 s"}
    exact = (1 - 50 / 200) * still(50)
    wrong = {"typing since the message": still(50), "typing of half the time": still(50) / 2}
    raw_rows = [(0.0, "q", "p"), (200.0, "p", "q")]
    many = engine.messages // 2
    lines = [
        f"{1000 * k % 900_000 + t:.3f},{a}{k},{b}{k},{k}-{j}"
        for k in range(many)
        for j, (t, a, b) in enumerate(raw_rows)
    ]
    (tmp_path / "t.csv").write_text("\n".join(["sent_at,sender,recipient,id", *lines]))
    raw = {
        "schema": 1,
        "run": {"seed": 1109, "horizon": "20 d"},
        "traffic": {"kind": "trace", "file": "t.csv"},
        "send": {"hold": "150 s"},
        "segments": [{"name": "all", "push": 0.0, "in_hand": before}],
    }
    r = engine.play(draw_world(build(raw, file="theory", folder=tmp_path), 0))
    agrees(at_once(r)[r["number"] % 2 == 0], exact, wrong)


M, S, F, SF = 0.2, 0.15, 0.7446, 0.2
ALERTS = {"chance": M, "spread": S, "felt": F, "felt_spread": SF, "delay": "10 s"}


def test_a_push_is_answered_if_it_is_felt_and_its_owner_takes_the_phone(engine: Engine) -> None:
    r = played(engine, engine.messages, {"alert": ALERTS})
    found = np.asarray(r["push_noticed"] != NEVER)
    agrees(found, F * M, {"everything is felt": M, "whoever feels it takes it": F})


def test_people_have_chances_of_their_own_so_two_answers_come_together(engine: Engine) -> None:
    traffic = {"kind": "sequence", "messages": engine.messages // 2, "steps": [{"after": "2 h"}]}
    r = played(engine, 0, {"alert": ALERTS}, traffic=traffic)
    noticed = np.zeros((int(r["recipient"].max()) + 1, 2), dtype=np.bool_)
    noticed[r["recipient"], (r["after"] >= 0).astype(np.int64)] = (
        r["push_noticed"] == r["accepted"] + 10_000_000
    )
    exact = (M**2 + S**2) * (F**2 + SF**2)
    wrong = {
        "all are alike": (M * F) ** 2,
        "felt alike": (M**2 + S**2) * F**2,
        "one chance for both": M * F,
    }
    if engine.messages < 50_000:
        del wrong["felt alike"]
    agrees(noticed.all(axis=1), exact, wrong)


LOOKS, EACH, OPEN, END = 12.0, 0.65, 0.637, 20.0


def handled(engine: Engine, looks: str) -> Records:
    segment = {
        "glances": {"gap": exponential(LOOKS), "length": "0 s"},
        "handling": {"chance": EACH, "opened": OPEN, "looks": looks, "delay": "0 s"},
    }
    return played(engine, engine.messages, segment, run={"seed": 1111, "horizon": "20 min"})


@pytest.mark.parametrize("looks", ["every", "first"])
@pytest.mark.parametrize(("by", "share"), [(DISMISSED, 1 - OPEN), (OPENED, OPEN)])
def test_a_push_is_handled_by_each_look_with_the_same_chance_or_by_the_first_alone(
    engine: Engine, looks: str, by: int, share: float
) -> None:
    """Looks that handle are a thinned Poisson process; after the first look alone: a look, then a
    coin."""
    some = 1 - exp(-END / LOOKS)
    values = {"every": 1 - exp(-EACH * END / LOOKS), "first": EACH * some}
    exact = share * values.pop(looks)
    wrong = {f"{name} look": share * value for name, value in values.items()}
    wrong |= {"all handled": share * some, "the other way": (1 - share) * exact / share}
    r = handled(engine, looks)
    agrees(np.asarray(r["push_left_by"] == by), exact, wrong)


CHECKS, Q = 30.0, 0.25


def mailed(engine: Engine, mail: dict[str, Any], **checks: Any) -> Records:
    segment = {
        "push": 0.0,
        "email": {"instant": 1.0},
        "checks": {"gap": exponential(CHECKS), "length": "0 s"} | checks,
    }
    return played(
        engine, engine.messages, segment, run={"seed": 1112, "horizon": "1 h"}, email=mail
    )


def test_a_mail_is_opened_at_the_check_that_lists_it_or_never(engine: Engine) -> None:
    r = mailed(engine, {}, opened=Q)
    some = 1 - exp(-60 / CHECKS)
    wrong = {"a coin at every check": 1 - exp(-Q * 60 / CHECKS), "all are opened": some}
    agrees(np.asarray(r["email_opened"]), Q * some, wrong)
    assert not r["email_opened"][r["email_read"] == NEVER].any()


@pytest.mark.parametrize(
    ("carries", "chars", "exact"),
    [("full", 100, Q), ("full", 30, 1 - Q), ("nothing", 30, 1.0), ("nothing", 100, 0.0)],
)
def test_the_list_shows_its_characters_to_whoever_checks_and_the_body_to_whoever_opens(
    engine: Engine, carries: str, chars: int, exact: float
) -> None:
    r = mailed(engine, {"list": 30, "carries": carries}, opened=Q)
    found = np.asarray((r["email_read"] != NEVER) & (r["email_chars"] == chars))
    some = 1 - exp(-60 / CHECKS)
    if exact in (0.0, 1.0):
        assert np.array_equal(found, (r["email_read"] != NEVER) & bool(exact))
        return
    wrong = {"the list shows nothing": Q * some if chars == 30 else 0.0, "all": some}
    agrees(found, exact * some, wrong)


def test_habits_of_mail_are_a_factor_of_its_own(engine: Engine) -> None:
    """P(a check within the hour) = 1 - E exp(-F 60 / 30), F lognormal with median 1."""

    def unmet(sigma: float) -> float:
        return float(
            quad(lambda z: norm.pdf(z) * exp(-exp(sigma * z) * 60 / CHECKS), -9, 9, limit=200)[0]
        )

    habits = {"dist": "lognormal", "median": 1.0, "sigma": 1.39}
    r = mailed(engine, {}, frailty=habits)
    wrong = {"everybody alike": 1 - exp(-60 / CHECKS), "half the spread": 1 - unmet(0.7)}
    agrees(np.asarray(r["email_read"] != NEVER), 1 - unmet(1.39), wrong)
