"""Eight checks against intuition: each answer is worked out, and a model that follows the intuition
gives another one.

The intuitions are those of the reference document: a queue that waits gives time to delete; a batch
of two minutes gives two minutes; a phone without network is a risk; clearing a phone clears what it
showed; and the like. Times here are minutes."""

from __future__ import annotations

from math import exp, expm1

import numpy as np
import pytest

from sim.clock import MINUTE, NEVER, SECOND
from sim.records import Records
from sim.scenario.model import Scenario
from sim.scenario.reading import parse
from sim.schema.codes import CONVERSATION, LATEST, MESSAGE
from sim.schema.rules import Rules
from sim.verdicts import Level, judge
from sim.world.by_hand import written_world

from .checking import Array, Estimate, mean, share
from .playing import Engine

SOMEBODY = """
schema = 1
people = "none"
run = { seed = 1801, horizon = "2 d" }
traffic = { kind = "campaign", messages = 1 }
mistakes = { chance = 1.0, noticed = { dist = "exponential", mean = "5 min" } }
[[segments]]
name = "everyone"
glances = { gap = { dist = "exponential", mean = "10 min" }, length = "0 s" }
"""


def told(more: str, engine: Engine) -> Scenario:
    """Give the people above with more rules, and as many messages as an engine can afford."""
    few = {"reference": 1_500}.get(engine.name, 30_000)
    return parse(SOMEBODY + more).patched({"traffic.messages": few})


def law(minutes: float) -> str:
    """Write an exponential law of some minutes."""
    return f'{{ dist = "exponential", mean = "{60 * minutes:.6f} s" }}'


def happened(times: Array) -> Array:
    return np.asarray(times != NEVER)


def stands(found: Estimate, exact: float, **wrong: Estimate | float) -> None:
    """Assert that an estimate agrees with the exact value, and that nothing a wrong model gives
    does."""
    assert found.agrees(exact), f"{found.value:.5f} is not {exact:.5f}"
    for name, other in wrong.items():
        value = other if isinstance(other, Estimate) else Estimate(other, found.error(exact))
        assert not value.agrees(exact), f"the wrong model cannot be told: {name}"


# 1


@pytest.mark.parametrize("delay", [2, 15])
def test_a_snapshot_queue_does_not_profit_from_waiting_and_late_binding_does(
    delay: int, engine: Engine
) -> None:
    def mailed(binding: str) -> Estimate:
        people = (
            "[segments.email]\noff = 0.0\ninstant = 1.0\n[segments.checks]\ngap = "
            + law(10)
            + '\nlength = "0 s"\n'
        )
        rules = f'[email]\ndelay = "{delay} min"\nbinding = "{binding}"\n'
        return share(
            happened(engine.records(told("push = 0.0\n" + people + rules, engine))["email_read"])
        )

    late, snapshot = mailed("late"), mailed("snapshot")
    stands(late, exp(-delay / 5), snapshot=snapshot)
    stands(snapshot, 1.0, a_snapshot_that_looks_again=late)


# 2


def mean_grace(window: float, tick: float, rate: float) -> float:
    """Work out the mean wait in batches that an arrival opens, and that close at a tick (the window
    is whole ticks).

    After a close the next opener comes an exponential time later; modulo the tick, that is where it
    stands between two."""
    if not tick:
        return (window + rate * window**2 / 2) / (1 + rate * window)
    over = 1 / rate - tick / expm1(rate * tick)
    over2 = 2 / rate**2 - (tick**2 + 2 * tick / rate) / expm1(rate * tick)
    longest = window + tick
    first, second = (
        longest - over,
        longest**2 - 2 * longest * over + over2,
    )  # moments of how long a batch is open
    return (first + rate * second / 2) / (1 + rate * first)


@pytest.mark.parametrize("tick", [0.0, 0.5])
@pytest.mark.parametrize("rate", [0.25, 1.0, 4.0])
def test_a_batch_shortens_the_grace_and_the_more_traffic_the_more(
    rate: float, tick: float, engine: Engine
) -> None:
    window, hours = 2.0, 8 if engine.name == "compiled" else 4
    text = f"""
schema = 1
people = "none"
run = {{ seed = 1802, horizon = "{hours} h" }}
traffic = {{ kind = "stream", senders = 4, recipients = 4, rate = "{60 * rate:g} / h" }}
[[segments]]
name = "everyone"
push = 0.0
"""
    batched = f'email = {{ off = 0.0, batched = 1.0 }}\n[email]\nwindow = "2 min"\ntick = "{60 * tick:g} s"\n'
    each_its_own = 'email = { off = 0.0, instant = 1.0 }\n[email]\ndelay = "2 min"\n'

    def graces(rules: str) -> Estimate:
        """Average the grace of messages amid the traffic; batches of a replication depend on each
        other."""
        scenario, averages = parse(text + rules), []
        for _, r in engine.each(scenario, {"reference": 6}.get(engine.name, 30)):
            amid = (r["accepted"] > 30 * MINUTE) & (r["accepted"] < (60 * hours - 30) * MINUTE)
            averages.append(float(np.mean((r["email_dispatched"] - r["accepted"])[amid])) / MINUTE)
        return mean(averages)

    exact = mean_grace(window, tick, rate)
    found = graces(batched)
    wrong = {
        "each message has the whole window": window + tick / 2,
        "the least there can be": window / 2,
    }
    assert found.agrees(exact), f"{found.value:.4f} is not {exact:.4f}"
    for name, value in wrong.items():
        assert not found.agrees(value), name
    own = graces(each_its_own)
    assert own.value == window and not Estimate(own.value, found.se).agrees(exact)


# 3


def test_a_phone_without_network_can_protect_the_sender_if_one_push_is_kept_for_it(
    engine: Engine,
) -> None:
    people = f"offline = {{ gap = {law(30)}, length = {law(60)} }}\n"
    rules = "[push]\nstore = { ios = 1, android = 100 }\n"

    def noticed(ios: float, store: str = rules) -> Estimate:
        scenario = told(f"ios = {ios}\n" + people + store, engine)
        size = getattr(scenario.traffic, "messages", 0)
        steps = {"kind": "sequence", "messages": size, "steps": [{"after": "4 min", "length": 80}]}
        r = engine.records(scenario.patched({"traffic": steps}))
        return share(happened(r["push_noticed"])[r["after"] < 0])

    lost = (
        60 / (30 + 60) * exp(-4 / 60)
    )  # without network as it arrives, and still so as the follow-up does
    iphone, android = noticed(1.0), noticed(0.0)
    stands(iphone, 1 - lost, every_push_is_kept=noticed(1.0, ""), android=android)
    stands(android, 1.0, one_is_kept=iphone)


# 4


def test_a_revocation_of_normal_priority_hardly_helps_on_a_dozing_phone(engine: Engine) -> None:
    glance, awake, asleep = 1 / 10, 5.0, 60.0

    def played(priority: str, dozes: bool) -> Records:
        doze = f"doze = {{ gap = {law(awake)}, length = {law(asleep)} }}\n" if dozes else ""
        rules = f'[push.retraction]\nchance = 1.0\npriority = "{priority}"\n'
        return engine.records(told(doze + rules, engine).patched({"mistakes.noticed": "1 min"}))

    def ghosts(r: Records) -> Estimate:
        return share(happened(r["push_noticed"]) & (r["push_noticed"] >= r["effective"]))

    p = asleep / (awake + asleep)
    dozing, high = played("normal", True), played("high", True)
    exact = exp(-glance) * p * glance / (glance + 1 / asleep)
    stands(ghosts(dozing), exact, it_does_not_wait=ghosts(high), it_never_arrives=exp(-glance))
    assert ghosts(played("normal", False)).value == 0, "awake, it helps at once"
    # What delays the removal is the phone's sleep, whether anybody looks or not.
    arrived = dozing["retraction_arrived"] != NEVER
    removal = mean((dozing["retraction_arrived"] - dozing["effective"])[arrived] / MINUTE)
    stands(removal, p * asleep, it_does_not_wait=0.0)


# 5


def test_clearing_the_phone_does_not_clear_the_watch(engine: Engine) -> None:
    people = f"watch = {{ share = 1.0, notice = 1.0, delay = {law(5)} }}\n"

    def after(reaches: str) -> tuple[Estimate, Estimate]:
        rules = f"[push.retraction]\nchance = 1.0\nreaches = {reaches}\n"
        r = engine.records(told(people + rules, engine).patched({"mistakes.noticed": "2 min"}))
        return tuple(
            share(happened(r[read]) & (r[read] >= r["effective"]))
            for read in ("push_noticed", "watch_read")
        )

    phone, watch = after('["phone"]')
    stands(watch, exp(-2 / 5), it_reaches_the_watch=after('["phone", "watch"]')[1])
    stands(phone, 0.0, the_phone_is_not_cleared=watch)


# 6


def test_a_cancelled_conversation_hides_all_if_the_latest_was_deleted_and_none_if_an_earlier_one_was(
    engine: Engine,
) -> None:
    """Three messages to each of many, and one of the three, by lot, is deleted."""
    many = 1_000
    lot = np.random.default_rng(1806).integers(0, 3, many)

    def visible(scope: int) -> tuple[Estimate, Array]:
        rows = [
            {"sender": i, "recipient": i, "written": k * MINUTE, "retract_after": 0}
            | ({"noticed": 10 * MINUTE} if lot[i] == k else {})
            for k in range(3)
            for i in range(many)
        ]
        r = engine.play(
            written_world(
                rows, [{}] * many, rules=Rules(retraction_scope=scope), horizon=3600 * SECOND
            )
        )
        shown = np.bincount(r["recipient"], r["push_left"] == NEVER, minlength=many)
        return share(shown == 0), shown

    none, shown = visible(LATEST)
    stands(none, 1 / 3, only_that_message=visible(MESSAGE)[0], always_all=visible(CONVERSATION)[0])
    assert set(shown[lot == 2]) == {0} and set(shown[lot < 2]) == {3}


# 7


def test_a_delay_for_who_is_present_saves_nobody_else_and_nobody_at_all_without_late_binding(
    engine: Engine,
) -> None:
    people = f"desktop = {{ share = 1.0, gap = {law(60)}, length = {law(30)} }}\n"

    def pushed(rules: str) -> tuple[Estimate, Estimate]:
        r = engine.records(
            told(people + "[push]\n" + rules, engine).patched(
                {"mistakes.noticed": {"mean": "60 s"}}
            )
        )
        sent = happened(r["push_dispatched"])
        return share(sent), share(sent & (r["push_dispatched"] == r["accepted"]))

    present = 30 / (60 + 30)
    every, at_once = pushed('delay_active = "2 min"\n')
    snapshot, at_once_too = pushed('delay_active = "2 min"\nlate_binding = false\n')
    for_all, _ = pushed('delay = "2 min"\n')
    stands(every, 1 - present + present * exp(-2), a_snapshot=snapshot, a_delay_for_all=for_all)
    stands(at_once, 1 - present, everybody_waits=0.0)
    stands(snapshot, 1.0, late_binding=every)
    assert at_once_too == at_once, "who is away gets it at once, in either case"


# 8


def test_a_push_that_is_fetched_on_arrival_leaks_text_only_if_the_deletion_comes_later(
    engine: Engine,
) -> None:
    def seen(rules: str) -> tuple[Estimate, Estimate]:
        scenario = told(f"[push]\nlatency = {law(0.5)}\n" + rules, engine).patched(
            {"mistakes.noticed": {"mean": "60 s"}}
        )
        r = engine.records(scenario)
        level = judge(r, speed=float("inf")).level
        return share(level >= Level.PART), share(level == Level.EXISTENCE)

    before = 1 / (1 + 1 / 0.5)  # deleted (in a minute) before it arrives (in half a minute)
    with_text, sign = seen('fetch = true\nmissing = "generic"\n')
    silent_text, no_sign = seen('fetch = true\nmissing = "nothing"\n')
    carried, _ = seen("")
    stands(with_text, 1 - before, the_text_is_carried=carried)
    stands(sign, before, nothing_shows=no_sign)
    assert silent_text == with_text
    assert no_sign.value == 0
