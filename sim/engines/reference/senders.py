"""Senders: each serves its own queue of deletions, one at a time or k (section 4)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator

import simpy

from sim.engines.reference.instants import Order, at
from sim.engines.reference.stage import Stage
from sim.schema.codes import FIRST_SENT, LAST_SENT


class DeletionQueue:
    """One sender's deletion work: a queue, and servers that pick from it in the policy's order."""

    def __init__(self, stage: Stage, rule: Callable[[int], None]) -> None:
        self.env, self.rules, self.m, self.out, self.rule = (
            stage.env,
            stage.rules,
            stage.m,
            stage.out,
            rule,
        )
        self.waiting: list[tuple[tuple[int, int], int]] = []
        self.servers = 0
        self.idle: list[simpy.Event] = []

    def join(self, i: int) -> None:
        """Take a deletion into the queue.

        A free server will pick when all of this instant have joined.
        """
        self.out["requested"][i] = int(self.env.now)
        heapq.heappush(self.waiting, (self._rank(i), i))
        if self.idle:
            self.idle.pop().succeed()
        elif self.servers < self.rules.servers:
            self.servers += 1
            self.env.process(self._work())

    def _rank(self, i: int) -> tuple[int, int]:
        """Say who is next: sent first, sent last, or noticed first (ties: the lower row)."""
        if self.rules.order == FIRST_SENT:
            return (int(self.m.pressed[i]), i)
        if self.rules.order == LAST_SENT:
            return (-int(self.m.pressed[i]), -i)
        return (int(self.m.noticed[i]), i)

    def _work(self) -> Generator[simpy.Event, None, None]:
        """One server: pick, act, done, and again."""
        while True:
            yield at(self.env, int(self.env.now), Order.PICK, 0)
            if not self.waiting:
                free = self.env.event()
                self.idle.append(free)
                yield free
                continue
            chosen = self._pick()
            for i in chosen:
                self.out["started"][i] = int(self.env.now)
            yield at(
                self.env, int(self.env.now) + int(self.m.action[chosen[0]]), Order.RULE, chosen[0]
            )
            for i in chosen:
                self.rule(i)

    def _pick(self) -> list[int]:
        """Take the next deletion, and every waiting one that one action takes along."""
        _, first = heapq.heappop(self.waiting)
        if (mine := self._taken_with(first)) is None:
            return [first]
        together = [i for _, i in self.waiting if self._taken_with(i) == mine]
        if together:
            self.waiting = [one for one in self.waiting if self._taken_with(one[1]) != mine]
            heapq.heapify(self.waiting)
        return [first, *together]

    def _taken_with(self, i: int) -> tuple[str, int] | None:
        """Name what one action deletes as a whole: a group message, with bulk deletion a batch; None:
        the message alone.
        """
        if self.m.group[i] >= 0:
            return "group", int(self.m.group[i])
        if self.rules.bulk and self.m.batch[i] >= 0:
            return "batch", int(self.m.batch[i])
        return None
