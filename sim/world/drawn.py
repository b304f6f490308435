"""Draws per message: durations, coins and reactions of a named purpose, as int64 microseconds and
flags.

With `mistakes.urgency` some purposes are tied to one latent score of the message (docs/model.md,
section 2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit
from sim.distributions.distribution import distribution_of
from sim.distributions.elementary import log_rest, normal_quantile
from sim.distributions.families.constant import Constant
from sim.distributions.families.never import Never
from sim.distributions.family import Family
from sim.distributions.quantile import all_to_micros, quantiles
from sim.draws import uniforms
from sim.scenario.model import Reaction
from sim.schema.fields import Entities, Flags, Floats, Int64s

_LEAST = 2.0**-53


@njit
def _to_looks(log_miss, us):
    """Replace uniforms by geometric draws: how many looks it takes.

    `log_miss` = log(1 - chance), -inf for 1.
    """
    for i in range(us.size):
        us[i] = min(max(np.ceil(log_rest(us[i]) / log_miss[i]), 1.0), 4.0e18)


@njit
def _tie(scores, weight, us):
    """Move uniforms towards the latent scores: normal scores with correlation `weight`, a high one
    means a low uniform.

    `erfc` is the C library's: under urgency, unlike elsewhere, last bits may differ from machine to
    machine.
    """
    own = math.sqrt(1.0 - weight * weight)
    for i in range(us.size):
        score = weight * scores[i] - own * normal_quantile(us[i])
        us[i] = min(max(0.5 * math.erfc(score / math.sqrt(2.0)), _LEAST), 1.0 - _LEAST)


def _durations(distribution: Family, us: Floats) -> Int64s:
    """Turn uniforms, which are used up, into durations."""
    out = np.empty(us.size, dtype=np.int64)
    quantiles(distribution_of(distribution).pool, 0, us)
    all_to_micros(us, 1.0, out)
    return out


class Drawn:
    """Draws for messages (or batches of them), known by the keys of their replications and names.

    `segment` is their recipients', for what depends on it.
    """

    def __init__(
        self, key: Entities, entity: Entities, segment: Int64s | None = None, urgency: float = 0.0
    ) -> None:
        self.key, self.entity, self.urgency = key, entity, urgency
        self.segment = np.zeros(entity.size, np.int64) if segment is None else segment
        # One array for all that never happens.
        self.nothing = np.full(entity.size, NEVER, dtype=np.int64)

    @cached_property
    def _scores(self) -> Floats:
        """The latent normal score of every message: a high one is read, and (r > 0) regretted,
        soon.
        """
        return np.array(
            [normal_quantile(u) for u in uniforms(self.key, "message.urgency", self.entity)]
        )

    def uniforms(self, name: str, tie: float = 0.0, where: Flags | None = None) -> Floats:
        """Draw one uniform each, moved towards its latent score with correlation `tie`.

        With `where`, only for those it chooses.
        """
        if where is None:
            us = uniforms(self.key, name, self.entity)
        else:
            us = uniforms(self.key[where], name, self.entity[where])
        if tie:
            _tie(self._scores if where is None else self._scores[where], tie, us)
        return us

    @property
    def soon(self) -> float:
        """The tie of what makes a message read soon."""
        return math.sqrt(abs(self.urgency))

    def duration(
        self, name: str, distribution: Family, where: Flags | None = None, *, tie: float = 0.0
    ) -> Int64s:
        """Draw a duration for those chosen by `where` (others: NEVER)."""
        if isinstance(distribution, Never) or (where is not None and not where.any()):
            return self.nothing
        if isinstance(distribution, Constant):
            value = int(distribution.value)
            return (
                np.full(self.entity.size, value) if where is None else np.where(where, value, NEVER)
            )
        if where is None:
            return _durations(distribution, self.uniforms(name, tie))
        out = np.full(self.entity.size, NEVER, dtype=np.int64)
        out[where] = _durations(distribution, self.uniforms(name, tie, where))
        return out

    def chance(self, name: str, chance: float | Floats, *, tie: float = 0.0) -> Flags:
        """Flip one coin each; chances 0 and 1 need no draw."""
        if np.all(np.asarray(chance) <= 0):
            return np.zeros(self.entity.size, dtype=np.bool_)
        if np.all(np.asarray(chance) >= 1):
            return np.ones(self.entity.size, dtype=np.bool_)
        return self.uniforms(name, tie) < chance

    def looks(
        self, name: str, chances: list[float], where: Flags | None = None, *, tie: float = 0.0
    ) -> Int64s:
        """Draw how many looks it takes until one succeeds: geometric, with a chance per segment.

        With `where`, only for those it chooses (others: NEVER).
        """
        log_miss = self.of_segment(
            [-np.inf if chance == 1 else float(log_rest(chance)) for chance in chances]
        )
        if where is None:
            looks = self.uniforms(name, tie)
            _to_looks(np.full(looks.size, log_miss), looks)
            return looks.astype(np.int64)
        out = np.full(where.size, NEVER, dtype=np.int64)
        looks = self.uniforms(name, tie, where)
        _to_looks(np.full(where.size, log_miss)[where], looks)
        out[where] = looks.astype(np.int64)
        return out

    def of_segment(self, values: list[float]) -> float | Floats:
        """Give every message the value of its recipient's segment: one number if all are equal."""
        if len(set(values)) == 1:
            return values[0]
        return np.asarray(values, dtype=np.float64)[self.segment]

    def in_segments(self, chosen: list[bool]) -> Flags:
        """Tell which messages go to a recipient of a chosen segment."""
        if len(set(chosen)) == 1:
            return np.full(self.entity.size, chosen[0])
        return np.asarray(chosen, dtype=np.bool_)[self.segment]

    def per_segment(
        self, name: str, distributions: list[Family], where: Flags, *, tie: float = 0.0
    ) -> Int64s:
        """Draw a duration whose distribution depends on the recipient's segment."""
        if not where.any():
            return self.nothing
        out = np.full(where.size, NEVER, dtype=np.int64)
        for k, distribution in enumerate(distributions):
            mine = where & (self.segment == k)
            if mine.any():
                out[mine] = self.duration(name, distribution, mine, tie=tie)[mine]
        return out

    def reaction(
        self,
        name: str,
        reactions: Sequence[Reaction],
        where: Flags | None = None,
        *,
        chance: Floats | None = None,
        tie: float = 0.0,
    ) -> Int64s:
        """Draw whether and after how long a reaction comes; NEVER where it does not.

        `chance` is that of every message, if it is not its segment's.
        """
        chances = self.of_segment([r.chance for r in reactions]) if chance is None else chance
        happens = self.chance(f"{name}.chance", chances, tie=tie)
        return self.per_segment(
            f"{name}.delay",
            [r.delay for r in reactions],
            happens if where is None else happens & where,
            tie=tie,
        )
