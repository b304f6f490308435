"""What is played for the validation page, and the looks that the facts are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from definitions import Flags, Int64s, ages, device_medians, samples, samples_with_pause

from sim.clock import DAY, NEVER
from sim.draws import U64, purpose, uniform
from sim.engines import choose, play_with
from sim.records import Records
from sim.scenario.model import Scenario
from sim.schema.records import WAYS_OUT
from sim.world import World, draw_world
from sim.world.block import Block
from sim.world.drawing import drafts
from sim.world.looks import GLANCES, VISITS, Looks

HANDLED = tuple(WAYS_OUT.index(way) for way in ("opened", "dismissed"))
UNLOCKS = 0.45
"""Share of looks that unlock the phone: Hintze et al. 2014 (.43) and 2017 (.46)."""


@dataclass(frozen=True)
class Scene:
    """One replication of a scenario, as it stands."""

    scenario: Scenario
    number: int
    world: World
    records: Records

    @classmethod
    def of(cls, scenario: Scenario, number: int = 0) -> Scene:
        """Draw and play a replication."""
        world = draw_world(scenario, number)
        return cls(scenario, number, world, play_with(choose("auto", 1e9))(world))

    @property
    def pushed(self) -> Flags:
        """Which messages arrived as a push."""
        return self.records["push_arrived"] != NEVER

    @cached_property
    def writer(self) -> Int64s:
        """Give each message's writer as a recipient's row, -1: not one of them (traces only)."""
        block = Block.of(self.scenario.run.seed, range(self.number, self.number + 1))
        writer = drafts([self.scenario], block)[0].sent.writer
        assert writer is not None
        return writer

    @property
    def handled(self) -> Int64s:
        """When each push was opened or dismissed; NEVER."""
        r = self.records
        return np.where(np.isin(r["push_left_by"], HANDLED), r["push_left"], NEVER)

    @cached_property
    def people(self) -> list[tuple[Int64s, Int64s, Flags]]:
        """Give each recipient's looks at the phone: starts and ends, and whether they unlock it.

        Glances, app visits and those with the phone in hand, sorted by start; the latter two are unlocked,
        of the glances `UNLOCKS`, by a coin of their own. Visits that only a badge brings about are left out.
        """
        return [self._looks(person) for person in range(self.world.recipients.entity.size)]

    def _looks(self, person: int) -> tuple[Int64s, Int64s, Flags]:
        world, key = self.world, self.world.recipients.key[person]
        entity, coin = U64(world.recipients.entity[person]), U64(purpose("validation.unlocks"))
        rows = []
        for start, end, number in _until(world.looks(person, GLANCES), world.horizon):
            rows.append((start, end, uniform(key, coin, entity, U64(number)) < UNLOCKS))
        boost = world.rules.badge_boost
        for start, end, number in _until(world.looks(person, VISITS), world.horizon):
            if world.visit_uniforms(person, number)[0] < 1 / boost:  # as without a badge
                rows.append((start, end, True))
        in_hand = _until(world.in_hand(person), world.horizon)
        rows += [(start, end, True) for start, end, _ in in_hand]
        rows.sort()
        starts, ends, unlocked = zip(*rows, strict=True) if rows else ((), (), ())
        return (
            np.array(starts, dtype=np.int64),
            np.array(ends, dtype=np.int64),
            np.array(unlocked, dtype=np.bool_),
        )

    def lit(self) -> Flags:
        """Tell for every push whether it arrived while its recipient looked at the phone."""
        out = np.zeros(self.pushed.size, dtype=np.bool_)
        for person, mine in self.by_person():
            starts, ends, _ = self.people[person]
            at = self.records["push_arrived"][mine]
            place = np.searchsorted(starts, at, side="right") - 1
            until = np.maximum.accumulate(ends) if ends.size else ends
            out[mine] = (place >= 0) & (np.append(until, 0)[place] > at)
        return out

    def by_person(self) -> Iterator[tuple[int, Int64s]]:
        """Yield each recipient of a push with the rows of its pushes."""
        rows = np.flatnonzero(self.pushed)
        whose = self.world.messages.recipient[rows]
        for person in np.unique(whose).tolist():
            yield person, rows[whose == person]

    def pending_ages(self, *, pausing: bool) -> np.ndarray:
        """Give the median age of pending pushes, minutes, of each phone."""
        horizon, found = self.world.horizon, []
        for person, mine in self.by_person():
            starts, ends, _ = self.people[person]
            sampled = samples_with_pause(starts, ends, horizon) if pausing else samples(horizon)
            left = np.minimum(self.records["push_left"][mine], horizon)
            found.append(ages(self.records["push_arrived"][mine], left, sampled))
        return device_medians(found)


def _until(looks: Looks, horizon: int) -> Iterator[tuple[int, int, int]]:
    """Yield looks in order, to the end of observation."""
    look = looks.meeting(0)
    while look is not None and look[0] < horizon:
        yield look
        look = looks.after(look)


def hour_of_day(instants: Int64s) -> np.ndarray:
    """Give the hour of the day of instants."""
    return (instants % DAY) // (DAY // 24)
