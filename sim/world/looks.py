"""Look streams: stationary alternating renewals in operational time, walked look by look as far as needed.

Look k begins at operational time s(k); s(k + 1) = s(k) + length(k) + gap(k + 1). On the clock it lasts its drawn
length, cut where the next one begins (why not the warped length: docs/decisions/0002). Look 0 is in equilibrium: with
chance E[length] / (E[length] + E[gap]) a length-biased look is in progress at time 0, otherwise a length-biased gap.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit
from sim.distributions.quantile import on_grid, quantile, to_micros
from sim.draws import U64, purpose, uniform, uniform_pair
from sim.world.calendar import clock_of, operational
from sim.world.spells import made_up

if TYPE_CHECKING:
    from sim.world.parts import Attention

Int64s = npt.NDArray[np.int64]
Away = tuple[Int64s, Int64s, int, int]
"""What makes a recipient's looks stand still while away, as `sim.world.spells` has it."""
NEVER_AWAY: Final[Away] = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 0, 0)

GLANCES: Final = 0
CHECKS: Final = 1
VISITS: Final = 2
SURFACES: Final = ("glances", "checks", "visits")
STREAMS: Final = (*SURFACES, "away", "offline", "doze", "desktop")
"""All alternating renewals of a recipient: looks at the surfaces, then those that become spells."""

LOOK_PURPOSES: Final = np.array([purpose(name) for name in STREAMS], dtype=np.uint64)
START_PURPOSES: Final = np.array([purpose(f"{name}.start") for name in STREAMS], dtype=np.uint64)

_NEVER = np.int64(NEVER)
_FAR = np.int64(2**61)  # beyond any horizon; later operational times end the stream, so that no sum can wrap
K, OP, START, LENGTH = 0, 1, 2, 3
"""Places in a stream's state: number, operational start, clock start (NEVER: no more looks) and drawn length."""


@njit
def _length_biased(pool, law, table, u):  # type: ignore[no-untyped-def]
    """Draw, by its inverse distribution function, the interval of a law that covers a fixed instant."""
    z = on_grid(pool, table, u)
    return quantile(pool, law, min(max(1.0 / (1.0 + math.exp(-z)), 2.0**-53), 1.0 - 2.0**-53))


@njit
def begin(pool, at, mean, weeks, week_at, slots, offset, away, rate, key, surface, entity, state):  # type: ignore[no-untyped-def]
    """Set `state` (int64 of 4) to look 0 of a stream in equilibrium; `at` and `mean` as in `Attention`.

    `away` = (op_at, op_lost, low, high): the away spells of `sim.world.spells` in which the stream stands still.
    """
    state[K], state[START] = 0, _NEVER
    if math.isinf(mean[0]):
        return
    u0, u1 = uniform_pair(key, START_PURPOSES[surface], entity, U64(0))
    u2 = uniform(key, START_PURPOSES[surface], entity, U64(2))
    gap_mean = mean[0] / rate
    if u0 < mean[1] / (mean[1] + gap_mean):
        length = _length_biased(pool, at[1], at[3], u1) if at[3] >= 0 else mean[1]
        state[LENGTH] = to_micros(length)
        state[OP] = -to_micros(length * u2)
    else:
        state[LENGTH] = to_micros(quantile(pool, at[1], uniform(key, LOOK_PURPOSES[surface], entity, U64(1))))
        residual = to_micros(_length_biased(pool, at[0], at[2], u1) / rate * u2)
        if residual > _FAR:
            return
        state[OP] = residual
    state[OP] += operational(weeks, week_at, slots, offset)
    state[START] = clock_of(weeks, week_at, slots, made_up(*away, state[OP])) - offset


@njit
def advance(pool, at, weeks, week_at, slots, offset, away, rate, key, surface, entity, state):  # type: ignore[no-untyped-def]
    """Step `state` to the next look and return the end, on the clock, of the one it leaves."""
    k = state[K] + 1
    u_gap, u_length = uniform_pair(key, LOOK_PURPOSES[surface], entity, U64(k))
    start, length = state[START], state[LENGTH]
    gap = to_micros(quantile(pool, at[0], u_gap) / rate)
    op = state[OP]
    if gap == 0 and length == 0:
        gap = np.int64(1)  # a stream must get on: two looks of no length never begin together
    state[K] = k
    if gap > _FAR or length > _FAR or op + length > _FAR - gap:
        state[START] = _NEVER
        return min(start + length, _FAR) if length <= _FAR else _FAR
    state[OP] = op + length + gap
    state[LENGTH] = to_micros(quantile(pool, at[1], u_length))
    state[START] = clock_of(weeks, week_at, slots, made_up(*away, state[OP])) - offset
    return min(start + length, state[START])


@njit
def walk(pool, at, weeks, week_at, slots, offset, away, rate, key, surface, entity, state, not_before, out):  # type: ignore[no-untyped-def]
    """Write the next looks that are not over before an instant into `out` (int64, n x 3: start, end, number).

    Returns how many were written; fewer than n only when the stream has ended.
    """
    n = 0
    while n < out.shape[0] and state[START] != _NEVER:
        start, k = state[START], state[K]
        end = advance(pool, at, weeks, week_at, slots, offset, away, rate, key, surface, entity, state)
        if start >= not_before or end > not_before:
            out[n, 0], out[n, 1], out[n, 2] = start, end, k
            n += 1
    return n


class Looks:
    """The looks of one recipient at one surface, in order, drawn as they are needed.

    A look is (start, end, number): it sees what is visible in [start, end), and at its start even if end = start.
    """

    def __init__(self, more: _Source) -> None:
        self._more = more
        self._known: list[tuple[int, int, int]] = []
        self._at = 0

    @classmethod
    def written(cls, starts: Int64s, ends: Int64s) -> Looks:
        """Make looks that were written down by hand."""
        looks = cls(lambda not_before: [])
        looks._known = [(int(s), int(e), k) for k, (s, e) in enumerate(zip(starts, ends, strict=True))]
        return looks

    def meeting(self, instant: int) -> tuple[int, int, int] | None:
        """Give the first look that is not over before an instant: in progress then, or the next; None: no more.

        Instants must not decrease from call to call.
        """
        while True:
            while self._at < len(self._known):
                look = self._known[self._at]
                if look[0] >= instant or look[1] > instant:
                    return look
                self._at += 1
            self._known, self._at = self._more(instant), 0
            if not self._known:
                return None

    def after(self, look: tuple[int, int, int]) -> tuple[int, int, int] | None:
        """Give the look that follows a look; `meeting` still gives the one in progress afterwards."""
        while True:
            at = look[2] + 1 - self._known[0][2] if self._known else 0  # known looks are numbered without gaps
            if self._known and at < len(self._known):
                return self._known[at]
            more = self._more(look[0])
            if not more:
                return None
            self._known, self._at = self._known[self._at :] + more, 0


if TYPE_CHECKING:
    from collections.abc import Callable

    _Source = Callable[[int], list[tuple[int, int, int]]]


def drawn_looks(
    a: Attention, key: int, entity: int, segment: int, surface: int, rate: float, offset: int,
    away: Away = NEVER_AWAY,
) -> Looks:
    """Walk the look stream of an entity by keyed draws; `away` as in `begin`."""
    at, mean = a.stream_at[segment, surface], a.stream_mean[segment, surface]
    week_at, slots = a.week_at[segment]
    state = np.zeros(4, dtype=np.int64)
    key64, entity64 = U64(key), U64(entity)
    begin(a.pool, at, mean, a.weeks, week_at, slots, offset, away, rate, key64, surface, entity64, state)
    size = 8

    def more(not_before: int) -> list[tuple[int, int, int]]:
        nonlocal size
        out = np.empty((size, 3), dtype=np.int64)
        size = min(2 * size, 256)
        n = walk(a.pool, at, a.weeks, week_at, slots, offset, away, rate, key64, surface, entity64, state, not_before,
                 out)  # fmt: skip
        return [tuple(row) for row in out[:n].tolist()]

    return Looks(more)
