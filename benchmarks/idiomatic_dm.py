"""The default scenario (`scenarios/linkedin_dm.toml`) as an idiomatic SimPy program.

Nothing of this package: floats for seconds, `random` for chance, one process per habit and message.
Every policy is a run of its own with its own random numbers, and everybody is played, as one would
write it. `python benchmarks/idiomatic_dm.py` prints the headline of 200 worlds.
"""

from __future__ import annotations

import bisect
import math
import random
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

import simpy

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
SENDERS, RECIPIENTS, PER_DAY, LASTS, HORIZON = 20, 400, 6.0, 3 * DAY, 10 * DAY
NEVER = math.inf

NOTICED = (
    (
        0,
        0.17,
        0.22,
        0.38,
        0.46,
        0.54,
        0.586,
        0.61,
        0.652,
        0.752,
        0.812,
        0.891,
        0.949,
        0.973,
        0.986,
        0.994,
        0.998,
        1,
    ),
    tuple(
        60 * minutes
        for minutes in (
            1 / 30,
            0.5,
            1,
            5,
            10,
            20,
            30,
            40,
            60,
            120,
            300,
            1440,
            2880,
            4320,
            5760,
            7200,
            8460,
            10080,
        )
    ),
)
MAIL = ((0, 0.5, 0.68, 0.95, 0.99, 0.999, 1), (6.4, 17.0, 18.9, 41.7, 72.0, 124.5, 180.0))

Steps = Generator[simpy.Event, None, None]


@dataclass(frozen=True)
class Policy:
    """What a policy changes: the hold, the delay of pushes, the chance that a push is retracted."""

    hold: float = 0.0
    delay: float = 0.0
    retraction: float = 0.0


@dataclass(slots=True, eq=False)
class Message:
    """One message and the times that matter for it."""

    recipient: Recipient
    regretted: bool
    accepted: float = NEVER
    deleted: float = NEVER
    preview_read: float = NEVER
    thread_read: float = NEVER

    @property
    def read(self) -> bool:
        """Whether it was read, in a preview or in the app, from where a deletion takes it."""
        return self.preview_read < NEVER or self.thread_read < NEVER


@dataclass(slots=True, eq=False)
class Recipient:
    """One recipient: habits, settings, and what lies in the tray, the mailbox and the thread."""

    arrival: simpy.Event
    pace: float
    visit_gap: float
    push: bool
    badge: bool
    shows_text: bool
    ios: bool
    email: str
    counted: int = 0
    tray: list[Message] = field(default_factory=list)
    mailbox: list[Message] = field(default_factory=list)
    thread: list[Message] = field(default_factory=list)
    pending: list[Message] = field(default_factory=list)


class World:
    """One replication of the default scenario under one policy."""

    def __init__(self, policy: Policy, seed: int) -> None:
        self.policy, self.rng, self.env = policy, random.Random(seed), simpy.Environment()
        self.sent: list[Message] = []
        self.people = [self.somebody() for _ in range(RECIPIENTS)]
        for person in self.people:
            self.habits(person)
            if person.email == "digest":
                self.env.process(self.digests(person))
        for _ in range(SENDERS):
            self.env.process(self.write(simpy.Resource(self.env)))

    def habits(self, person: Recipient) -> None:
        """Start the habits of one person; gaps are in waking time."""
        rng, waking = self.rng, 16 / 24 / person.pace
        scale = math.gamma(1 + 1 / 0.6)
        habits = [
            (
                lambda: waking * rng.weibullvariate(24.2 * MINUTE / scale, 0.6),
                lambda: self.lognormal(23, 1.43),
                lambda: bool(person.tray),
                self.glance,
            ),
            (
                lambda: waking * rng.expovariate(2 / person.visit_gap),
                lambda: self.lognormal(120, 1.0),
                lambda: bool(person.thread or person.tray or person.counted),
                self.visit,
            ),
        ]
        if person.email != "off":
            gap = lambda: waking * rng.weibullvariate(90 * MINUTE / scale, 0.6)  # noqa: E731
            length = lambda: self.lognormal(60, 1.0)  # noqa: E731
            habits.append((gap, length, lambda: bool(person.mailbox), self.check_mail))
        for habit in habits:
            self.env.process(self.look(person, *habit))

    def somebody(self) -> Recipient:
        """Draw a recipient's habits and settings."""
        rng = self.rng
        gap = rng.choices([12 * HOUR, 72 * HOUR, 720 * HOUR], [0.20, 0.24, 0.56])[0]
        return Recipient(
            arrival=self.env.event(),
            pace=rng.lognormvariate(0, 0.76),
            visit_gap=gap,
            push=rng.random() < 0.61,
            badge=rng.random() < 0.5,
            shows_text=rng.random() < 0.5,
            ios=rng.random() < 0.5,
            email=rng.choices(["off", "instant", "digest"], [0.3, 0.4, 0.3])[0],
        )

    def lognormal(self, median: float, sigma: float) -> float:
        """Draw a lognormal duration from its median."""
        return self.rng.lognormvariate(math.log(median), sigma)

    def empirical(self, table: tuple[Sequence[float], Sequence[float]]) -> float:
        """Draw from a table of quantiles, linearly between them."""
        p, values = table
        u = self.rng.random()
        k = min(bisect.bisect_right(p, u), len(p) - 1)
        return values[k - 1] + (u - p[k - 1]) / (p[k] - p[k - 1]) * (values[k] - values[k - 1])

    # Senders

    def write(self, hands: simpy.Resource) -> Steps:
        """Let one sender write in office hours, Monday to Friday, 9 to 17."""
        working = 0.0
        while True:
            working += self.rng.expovariate(PER_DAY * 7 / 5 / (8 * HOUR))
            days, hours = divmod(working, 8 * HOUR)
            at = (days // 5 * 7 + days % 5) * DAY + 9 * HOUR + hours
            if at >= LASTS:
                return
            yield self.env.timeout(at - self.env.now)
            message = Message(self.rng.choice(self.people), self.rng.random() < 0.018)
            self.sent.append(message)
            self.env.process(self.deliver(message))
            if message.regretted:
                self.env.process(self.regret(message, hands))

    def regret(self, message: Message, hands: simpy.Resource) -> Steps:
        """Notice the mistake, wait for a free hand, delete if the hour is not over."""
        written = self.env.now
        yield self.env.timeout(self.empirical(NOTICED))
        with hands.request() as turn:
            yield turn
            yield self.env.timeout(self.lognormal(6, 0.5))
        held = self.env.now <= written + self.policy.hold
        if not held and self.env.now - written - self.policy.hold > HOUR:
            return
        yield self.env.timeout(self.lognormal(0.5, 0.5))
        message.deleted = self.env.now
        person = message.recipient
        if message in person.thread:
            person.thread.remove(message)
        if self.rng.random() < self.policy.retraction:
            yield self.env.timeout(self.lognormal(1.8, 0.71))
            if message in person.tray:
                person.tray.remove(message)

    # Channels

    def deliver(self, message: Message) -> Steps:
        """Take one message from acceptance to the thread, the tray and the mail queue."""
        person = message.recipient
        yield self.env.timeout(self.policy.hold)
        if message.deleted <= self.env.now:
            return
        message.accepted = self.env.now
        if self.rng.random() < 0.05:  # a running conversation: read at once, nothing notifies
            message.thread_read = self.env.now
            return
        person.thread.append(message)
        self.arrived(person)
        if person.email == "instant":
            self.env.process(self.mail(person, [message]))
        elif person.email == "digest":
            person.pending.append(message)
        if person.push or person.badge:
            yield self.env.timeout(self.policy.delay)
            if message.deleted <= self.env.now or message.thread_read < NEVER:
                return
            yield self.env.timeout(self.push_latency(person))
            if message.thread_read < NEVER:
                return
            person.counted += person.badge
            if person.push:
                person.tray.append(message)
            self.arrived(person)
            if person.push and self.rng.random() < 0.078:
                yield self.env.timeout(self.lognormal(10, 1.0))
                self.glance(person)

    def push_latency(self, person: Recipient) -> float:
        """Draw the latency of a push."""
        if self.rng.random() < 0.10:
            return self.lognormal(20 * MINUTE, 1.5)
        return self.lognormal(0.62 if person.ios else 1.8, 0.71)

    def digests(self, person: Recipient) -> Steps:
        """Send what is pending in one mail, every morning at eight."""
        yield self.env.timeout(8 * HOUR)
        while True:
            if person.pending:
                self.env.process(self.mail(person, person.pending))
                person.pending = []
            yield self.env.timeout(DAY)

    def mail(self, person: Recipient, messages: list[Message]) -> Steps:
        """Deliver one mail; its alert makes some read it at once."""
        yield self.env.timeout(self.empirical(MAIL))
        person.mailbox.extend(messages)
        self.arrived(person)
        if self.rng.random() < 0.10:
            yield self.env.timeout(self.lognormal(10, 1.0))
            self.check_mail(person)

    # Recipients

    def look(
        self,
        person: Recipient,
        gap: Callable[[], float],
        length: Callable[[], float],
        waits: Callable[[], bool],
        act: Callable[[Recipient], None],
    ) -> Steps:
        """Look again and again while awake, 7 to 23; looks that meet nothing are not played."""
        awake = self.rng.random() * gap()
        while True:
            if not waits():
                yield person.arrival
                continue
            at = awake // (16 * HOUR) * DAY + 7 * HOUR + awake % (16 * HOUR)
            if at >= self.env.now:
                yield self.env.timeout(at - self.env.now)
                act(person)
            awake += gap() + length()

    def arrived(self, person: Recipient) -> None:
        """Wake the habits of a person for whom there is something to meet."""
        person.arrival.succeed()
        person.arrival = self.env.event()

    def glance(self, person: Recipient) -> None:
        """Notice each push in the tray with chance 0.8; some are tapped."""
        for message in list(person.tray):
            if self.rng.random() < 0.8:
                person.tray.remove(message)
                if person.shows_text:
                    message.preview_read = min(message.preview_read, self.env.now)
                    if self.rng.random() < 0.25:
                        self.env.process(self.tap(person))

    def tap(self, person: Recipient) -> Steps:
        """Open the app from a notification."""
        yield self.env.timeout(self.lognormal(5, 0.5))
        self.open_app(person)

    def visit(self, person: Recipient) -> None:
        """Open the app; without a badge only every other time."""
        if person.counted or self.rng.random() < 0.5:
            self.open_app(person)

    def open_app(self, person: Recipient) -> None:
        """Read the thread, clear the badge and the tray."""
        for message in person.thread:
            message.thread_read = self.env.now
        person.thread.clear()
        person.tray.clear()
        person.counted = 0

    def check_mail(self, person: Recipient) -> None:
        """Read every mail in the mailbox, which says only that there is a message."""
        person.mailbox.clear()


def simulate(policy: Policy, seed: int) -> tuple[int, int, int]:
    """Play one world; give its messages, the regretted ones, and those of them that were read."""
    world = World(policy, seed)
    world.env.run(until=HORIZON)
    regretted = [message for message in world.sent if message.regretted]
    return len(world.sent), len(regretted), sum(message.read for message in regretted)


def main() -> None:
    """Print the headline of 200 worlds."""
    played = [simulate(Policy(), seed) for seed in range(200)]
    _, regretted, lost = (sum(column) for column in zip(*played, strict=True))
    print(f"{100 * lost / regretted:.1f} % of {regretted} regretted messages")


if __name__ == "__main__":
    main()
