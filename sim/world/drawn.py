"""Draws per message: durations, coins and reactions of a named purpose, as int64 microseconds and flags.

With `mistakes.urgency` some purposes are tied to one latent score of the message (docs/model.md, section 2).
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.distributions.law import law_of
from sim.distributions.quantile import normal_quantile, quantile, to_micros
from sim.distributions.spec import Constant, Never, Spec
from sim.draws import U64, purpose, uniform, uniforms
from sim.scenario.model import Reaction
from sim.world.parts import Entities, Flags, Floats, Int64s

_LEAST = 2.0**-53


@njit
def _fill(pool, key, what, entities, where, out):  # type: ignore[no-untyped-def]
    """Write one drawn duration per entity chosen by `where` into `out` (int64 microseconds)."""
    for i in range(entities.size):
        if where[i]:
            out[i] = to_micros(quantile(pool, 0, uniform(key, what, entities[i], U64(0))))


@njit
def _glances_needed(log_miss, u):  # type: ignore[no-untyped-def]
    """Invert the geometric law of how many glances it takes; `log_miss` = log(1 - chance), -inf for chance 1."""
    if log_miss == -np.inf:
        return np.int64(1)
    return max(np.int64(1), np.int64(min(np.ceil(np.log1p(-u) / log_miss), 4.0e18)))


@njit
def _fill_glances(log_miss, key, what, entities, out):  # type: ignore[no-untyped-def]
    """Write one geometric draw per entity: how many glances it takes."""
    for i in range(entities.size):
        out[i] = 1 if log_miss[i] == -np.inf else _glances_needed(log_miss[i], uniform(key, what, entities[i], U64(0)))


@njit
def _fill_from(pool, us, where, out):  # type: ignore[no-untyped-def]
    """Write one duration per uniform chosen by `where` into `out` (int64 microseconds)."""
    for i in range(us.size):
        if where[i]:
            out[i] = to_micros(quantile(pool, 0, us[i]))


@njit
def _tie(scores, weight, us):  # type: ignore[no-untyped-def]
    """Move uniforms towards the latent scores: normal scores with correlation `weight`, a high one means a low uniform."""
    own = math.sqrt(1.0 - weight * weight)
    for i in range(us.size):
        score = weight * scores[i] - own * normal_quantile(us[i])
        us[i] = min(max(0.5 * math.erfc(score / math.sqrt(2.0)), _LEAST), 1.0 - _LEAST)


@njit
def _glances_from(log_miss, us, out):  # type: ignore[no-untyped-def]
    """Write one geometric draw per uniform; `log_miss` as in `_fill_glances`."""
    for i in range(us.size):
        out[i] = _glances_needed(log_miss[i], us[i])


class Drawn:
    """Draws for the messages of one replication, known by their names; `segment` is their recipients'."""

    def __init__(self, key: int, entity: Entities, segment: Int64s, urgency: float = 0.0) -> None:
        self.key, self.entity, self.segment, self.urgency = key, entity, segment, urgency
        self.everyone = np.ones(entity.size, dtype=np.bool_)
        self.nothing = np.full(entity.size, NEVER, dtype=np.int64)  # one array for all that never happens

    @cached_property
    def _scores(self) -> Floats:
        """The latent normal score of every message: a high one is read, and (r > 0) regretted, soon."""
        return np.array([normal_quantile(u) for u in uniforms(self.key, "message.urgency", self.entity)])

    def uniforms(self, name: str, tie: float = 0.0) -> Floats:
        """Draw one uniform per message, moved towards its latent score with correlation `tie`."""
        us = uniforms(self.key, name, self.entity)
        if tie:
            _tie(self._scores, tie, us)
        return us

    @property
    def soon(self) -> float:
        """The tie of what makes a message read soon."""
        return math.sqrt(abs(self.urgency))

    def duration(
        self, name: str, law: Spec, where: Flags | None = None, entities: Entities | None = None, *, tie: float = 0.0
    ) -> Int64s:
        """Draw a duration for the messages chosen by `where` (others: NEVER), by their own names or `entities`."""
        names = self.entity if entities is None else entities
        chosen = (
            (np.ones(names.size, dtype=np.bool_) if entities is not None else self.everyone) if where is None else where
        )
        if isinstance(law, Never) or not chosen.any():
            return self.nothing if entities is None else np.full(names.size, NEVER, dtype=np.int64)
        if isinstance(law, Constant):
            return np.where(chosen, int(law.value), NEVER)
        out = np.full(names.size, NEVER, dtype=np.int64)
        if tie:
            _fill_from(law_of(law).pool, self.uniforms(name, tie), chosen, out)
        else:
            _fill(law_of(law).pool, U64(self.key), U64(purpose(name)), names, chosen, out)
        return out

    def chance(self, name: str, chance: float | Floats, entities: Entities | None = None, *, tie: float = 0.0) -> Flags:
        """Flip one coin per message (or entity); chances 0 and 1 need no draw."""
        names = self.entity if entities is None else entities
        if np.all(np.asarray(chance) <= 0):
            return np.zeros(names.size, dtype=np.bool_)
        if np.all(np.asarray(chance) >= 1):
            return np.ones(names.size, dtype=np.bool_)
        return (self.uniforms(name, tie) if entities is None else uniforms(self.key, name, names)) < chance

    def glances(self, name: str, chances: list[float]) -> Int64s:
        """Draw how many glances it takes to notice a preview: geometric, with a chance per segment."""
        log_miss = self.of_segment([-np.inf if chance == 1 else float(np.log1p(-chance)) for chance in chances])
        out = np.empty(self.entity.size, dtype=np.int64)
        if self.urgency:
            _glances_from(log_miss, self.uniforms(name, self.soon), out)
        else:
            _fill_glances(log_miss, U64(self.key), U64(purpose(name)), self.entity, out)
        return out

    def of_segment(self, values: list[float]) -> Floats:
        """Give every message the value of its recipient's segment."""
        return np.asarray(values, dtype=np.float64)[self.segment]

    def per_segment(self, name: str, laws: list[Spec], where: Flags, *, tie: float = 0.0) -> Int64s:
        """Draw a duration whose law depends on the recipient's segment."""
        if not where.any():
            return self.nothing
        out = np.full(where.size, NEVER, dtype=np.int64)
        for k, law in enumerate(laws):
            mine = where & (self.segment == k)
            if mine.any():
                out[mine] = self.duration(name, law, mine, tie=tie)[mine]
        return out

    def reaction(self, name: str, reactions: list[Reaction], where: Flags | None = None, *, tie: float = 0.0) -> Int64s:
        """Draw whether and after how long a reaction comes; NEVER where it does not."""
        happens = self.chance(f"{name}.chance", self.of_segment([r.chance for r in reactions]), tie=tie)
        return self.per_segment(
            f"{name}.delay", [r.delay for r in reactions], happens if where is None else happens & where, tie=tie
        )
