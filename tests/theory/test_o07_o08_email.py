"""O07 and O08: an e-mail digest with a snapshot, and batches that a first (or the latest) message
opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import exp
from typing import Any

import numpy as np
import pytest

from sim.clock import HOUR, MINUTE, NEVER
from sim.records import Records

from .checking import Array, check, convict, exact_values, mean, share
from .playing import Engine, scenario

DIGEST = """
schema = 1
people = "none"
run = { seed = 701, horizon = "12 h" }
traffic = { kind = "stream", senders = 100, recipients = 1, rate = "1 / h", lasts = "1 h" }
mistakes = { chance = 1.0, noticed = { dist = "exponential", mean = "10 min" } }
email = { every = "60 min", at = "0 s", lead = "2 min", binding = "late", latency = "30 s" }
[[segments]]
name = "everyone"
push = 0.0
email = { digest = 1.0 }
checks = { gap = { dist = "exponential", mean = "30 min" }, length = "0 s" }
"""
BATCHED = """
schema = 1
people = "none"
run = { seed = 801, horizon = "48 h" }
traffic = { kind = "stream", senders = 1, recipients = 5, rate = "30 / h" }
mistakes = { chance = 1.0, noticed = { dist = "exponential", mean = "8 min" } }
email = { window = "15 min", anchor = "first", binding = "snapshot" }
[[segments]]
name = "everyone"
push = 0.0
email = { batched = 1.0 }
"""
LOCKED = """
schema = 1
people = "none"
run = { seed = 702, horizon = "12 h" }
traffic = { kind = "campaign", messages = 1, start = "3480.001 s" }
mistakes = { chance = 1.0, noticed = { dist = "exponential", mean = "10 min" } }
email = { every = "60 min", at = "0 s", lead = "2 min", binding = "late", latency = "30 s" }
[[segments]]
name = "everyone"
push = 0.0
email = { digest = 1.0 }
"""
MU, NU, G, WINDOW, MU8 = 0.1, 1 / 30, 0.1, 15.0, 1 / 8
IN_DIGEST = (1 - exp(-MU * 60)) / (MU * 60)
READ_IN_TIME = IN_DIGEST * exp(-MU * 2.5) * NU / (NU + MU)
ALL_IN = exp(-(G + MU8) * WINDOW)
EXACT = {
    ("O07", "included_Dexp10"): IN_DIGEST,
    ("O07", "read_before"): READ_IN_TIME,
    ("O07", "ghost_email"): IN_DIGEST - READ_IN_TIME,
    ("O07", "included_D15"): 15 / 60,
    ("O08", "p_opener"): 1 / (1 + G * WINDOW),
    ("O08", "mean_delay"): (WINDOW + G * WINDOW**2 / 2) / (1 + G * WINDOW),
    ("O08", "dispatched"): (exp(-MU8 * WINDOW) + G * (1 - exp(-MU8 * WINDOW)) / MU8)
    / (1 + G * WINDOW),
    ("O08", "debounce"): ALL_IN / (1 - G * (1 - ALL_IN) / (G + MU8)),
}
REPLICATIONS = 30


def test_the_formulas_give_the_listed_values() -> None:
    listed = {(o, k): v for o in ("O07", "O08") for k, v in exact_values(o).items()}
    assert pytest.approx(listed, rel=1e-6) == EXACT


def hourful(n: int, patch: dict[str, Any] | None = None) -> dict[str, Any]:
    """Let 100 senders write about n messages in one hour, to so many recipients that hardly any
    gets two."""
    return {"traffic.recipients": 40 * n, "traffic.rate": f"{n / 100:.6f} / h"} | (patch or {})


def included(r: Records) -> Array:
    """Tell which messages went out by e-mail."""
    return np.asarray(r["email_dispatched"] != NEVER)


def read_late(r: Records) -> Array:
    """Tell which messages were read by e-mail at or after their deletion."""
    return np.asarray((r["email_read"] != NEVER) & (r["email_read"] >= r["effective"]))


def test_a_digest_holds_what_is_not_deleted_at_its_snapshot_and_nothing_recalls_it(
    engine: Engine,
) -> None:
    n = engine.size("O07", "included_Dexp10", "read_before", "ghost_email")
    r = engine.records(scenario(DIGEST, hourful(n)))
    check("O07", "included_Dexp10", share(included(r)))
    check("O07", "read_before", share(r["email_read"] < r["effective"]))
    check("O07", "ghost_email", share(read_late(r)))
    honoured = included(r) & (r["effective"] > r["email_dispatched"])
    bug = "deletions still honoured until send-out, 2 min after the snapshot"
    convict("O07", "included_Dexp10", bug, share(honoured))
    recalled = read_late(r) & (r["effective"] == NEVER)
    convict("O07", "ghost_email", "e-mail treated as retractable: no ghost reads", share(recalled))


def test_a_fixed_deletion_is_in_time_for_a_quarter_of_hourly_digests_after_fifteen_minutes(
    engine: Engine,
) -> None:
    n = engine.size("O07", "included_D15")
    r = engine.records(scenario(DIGEST, hourful(n, {"mistakes.noticed": "15 min"})))
    check("O07", "included_D15", share(included(r)))


def test_a_digest_whose_phase_is_locked_to_the_send_is_named(engine: Engine) -> None:
    bug = "digest phase locked to the send (every message waits a full period)"
    n = engine.size_of_mutant("O07", "included_Dexp10", bug)
    convict(
        "O07", "included_Dexp10", bug, share(included(engine.records(scenario(LOCKED, messages=n))))
    )


def test_an_exponential_wait_for_the_mail_is_named(engine: Engine) -> None:
    bug = "exponential instead of uniform wait (mean 30 min)"
    instant = {
        "segments.everyone.email": {"digest": 0.0, "instant": 1.0},
        "email.delay": {"dist": "exponential", "mean": "30 min"},
    }
    n = engine.size_of_mutant("O07", "included_Dexp10", bug)
    r = engine.records(scenario(DIGEST, hourful(n, instant)))
    convict("O07", "included_Dexp10", bug, share(included(r)))


Judge = Callable[[Records, Array], float]


def over(engine: Engine, patch: dict[str, Any], *judges: Judge) -> list[Array]:
    """Play replications; judge the messages of the steady state, 2 h after the start to 5 h before
    the end."""
    s = scenario(BATCHED, patch)

    def judged() -> Iterator[list[float]]:
        for _, r in engine.each(s, max(REPLICATIONS, engine.messages // 1000)):
            steady = (r["pressed"] >= 2 * HOUR) & (r["pressed"] < 43 * HOUR)
            yield [judge(r, steady) for judge in judges]

    return list(np.array(list(judged())).T)


def went_first(r: Records, steady: Array) -> float:
    """Give the share of messages whose batch went out before their deletion."""
    return float(np.mean((r["email_dispatched"] < r["effective"])[steady]))


def in_mail(r: Records, steady: Array) -> float:
    """Give the share of messages that went out."""
    return float(np.mean(included(r)[steady]))


def delays(r: Records) -> Array:
    """Give the minutes from acceptance to dispatch."""
    return np.asarray((r["email_dispatched"] - r["accepted"]) / MINUTE)


def per_message(r: Records, steady: Array) -> float:
    """Give the mean delay of a message."""
    return float(np.mean(delays(r)[steady]))


def per_batch(r: Records, steady: Array) -> float:
    """Give the mean over batches of the mean delay in a batch."""
    batch = np.column_stack([r["recipient"], r["email_dispatched"]])[steady]
    _, at = np.unique(batch, axis=0, return_inverse=True)
    return float(
        np.mean(np.bincount(at.ravel(), weights=delays(r)[steady]) / np.bincount(at.ravel()))
    )


def openers(r: Records, steady: Array) -> float:
    """Give the share of messages that opened a window: they waited for all of it."""
    return float(np.mean((r["email_dispatched"] - r["accepted"] == 15 * MINUTE)[steady]))


def test_a_batch_goes_a_window_after_its_opener_and_joiners_wait_for_what_is_left(
    engine: Engine,
) -> None:
    opened, delay, by_batch, gone = over(engine, {}, openers, per_message, per_batch, went_first)
    check("O08", "p_opener", mean(opened))
    check("O08", "mean_delay", mean(delay))
    check("O08", "dispatched", mean(gone))
    convict("O08", "mean_delay", "averaged per batch instead of per message", mean(by_batch))


def test_late_binding_leaves_out_what_was_deleted_before_the_batch_went_and_does_not_move_the_window(
    engine: Engine,
) -> None:
    (gone,) = over(engine, {"email.binding": "late"}, in_mail)
    check("O08", "dispatched", mean(gone))


def test_a_sliding_window_waits_for_silence(engine: Engine) -> None:
    (gone,) = over(engine, {"email.anchor": "latest"}, went_first)
    check("O08", "debounce", mean(gone))
    convict("O08", "dispatched", "fixed window implemented as sliding", mean(gone))


@pytest.mark.parametrize(
    ("bug", "delay"),
    [
        ("every message waits the full window", "15 min"),
        (
            "delay uniform on (0,w) for every message (the opener's full wait lost)",
            {"dist": "uniform", "low": "0 s", "high": "15 min"},
        ),
    ],
)
def test_a_wrong_wait_in_a_batch_is_named(engine: Engine, bug: str, delay: Any) -> None:
    alone = {
        "segments.everyone.email": {"batched": 0.0, "instant": 1.0},
        "email.delay": delay,
        "traffic.recipients": 1,
    }
    (gone,) = over(engine, alone | {"traffic.rate": "6 / h"}, went_first)
    convict("O08", "dispatched", bug, mean(gone))
