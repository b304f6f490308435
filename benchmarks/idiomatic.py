"""The dense benchmark as an idiomatic SimPy program: nothing of this package, one process per
message and per habit.

The same story, simplified as one would write it: floats for seconds, `random` for chance, one
`Environment`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Generator
from dataclasses import dataclass, field

import simpy

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

Steps = Generator[simpy.Event, None, None]


@dataclass(slots=True, eq=False)
class Message:
    """One message and what became of it."""

    recipient: Recipient
    deleted: float = math.inf
    push_read: float = math.inf
    mail_read: float = math.inf


@dataclass(slots=True, eq=False)
class Recipient:
    """One recipient: pushes not yet noticed, mails not yet read, messages waiting for the next
    mail.
    """

    has_mail: bool
    tray: list[Message] = field(default_factory=list)
    inbox: list[Message] = field(default_factory=list)
    pending: list[Message] = field(default_factory=list)


def weibull(rng: random.Random, mean: float, shape: float) -> float:
    """Draw a Weibull duration from its mean."""
    return rng.weibullvariate(mean / math.gamma(1 + 1 / shape), shape)


def look_at_phone(env: simpy.Environment, rng: random.Random, person: Recipient) -> Steps:
    """Glance at the phone every quarter of an hour or so.

    Each push in the tray is noticed with chance 0.8.
    """
    while True:
        yield env.timeout(weibull(rng, 15 * MINUTE, 0.6))
        missed = []
        for message in person.tray:
            if message.deleted <= env.now:
                missed.append(message)
            elif rng.random() < 0.8:
                message.push_read = env.now
            else:
                missed.append(message)
        person.tray = missed
        yield env.timeout(rng.lognormvariate(math.log(20), 1.0))


def look_at_mail(env: simpy.Environment, rng: random.Random, person: Recipient) -> Steps:
    """Check the mailbox every two hours or so and read all of it."""
    while True:
        yield env.timeout(weibull(rng, 2 * HOUR, 0.6))
        for message in person.inbox:
            message.mail_read = env.now
        person.inbox.clear()
        yield env.timeout(rng.lognormvariate(math.log(60), 1.0))


def send_batch(env: simpy.Environment, rng: random.Random, person: Recipient) -> Steps:
    """Close a batch a quarter of an hour after its first message, then deliver what is left of
    it.
    """
    yield env.timeout(15 * MINUTE)
    going = [message for message in person.pending if message.deleted > env.now]
    person.pending = []
    yield env.timeout(rng.lognormvariate(math.log(20), 1.0))
    person.inbox.extend(going)


def regret(
    env: simpy.Environment, rng: random.Random, message: Message, hands: simpy.Resource
) -> Steps:
    """Notice the mistake, wait for a free hand, delete."""
    yield env.timeout(rng.lognormvariate(math.log(2 * MINUTE), 1.5))
    with hands.request() as turn:
        yield turn
        yield env.timeout(rng.lognormvariate(math.log(5), 0.5))
    message.deleted = env.now


def deliver(
    env: simpy.Environment, rng: random.Random, message: Message, hands: simpy.Resource
) -> Steps:
    """Take one message from acceptance to the tray and the mail queue."""
    person = message.recipient
    if rng.random() < 0.02:
        env.process(regret(env, rng, message, hands))
    if person.has_mail:
        if not person.pending:
            env.process(send_batch(env, rng, person))
        person.pending.append(message)
    yield env.timeout(rng.lognormvariate(math.log(2), 1.0))
    person.tray.append(message)


def write_messages(
    env: simpy.Environment,
    rng: random.Random,
    people: list[Recipient],
    rate: float,
    sent: list[Message],
) -> Steps:
    """Let one sender write to people picked at random, at `rate` messages a second."""
    hands = simpy.Resource(env, capacity=1)
    while True:
        yield env.timeout(rng.expovariate(rate))
        message = Message(rng.choice(people))
        sent.append(message)
        env.process(deliver(env, rng, message, hands))


def simulate(
    senders: int, recipients: int, per_day: float, days: float, seed: int = 1
) -> list[Message]:
    """Play `days` in which every recipient gets `per_day` messages on average.

    Give all messages.
    """
    rng, env = random.Random(seed), simpy.Environment()
    people = [Recipient(has_mail=rng.random() < 0.3) for _ in range(recipients)]
    sent: list[Message] = []
    for person in people:
        env.process(look_at_phone(env, rng, person))
        if person.has_mail:
            env.process(look_at_mail(env, rng, person))
    for _ in range(senders):
        env.process(write_messages(env, rng, people, recipients * per_day / senders / DAY, sent))
    env.run(until=days * DAY)
    return sent
