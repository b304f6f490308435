"""Look streams: stationary alternating renewals in operational time, walked look by look as far as
needed.

Look k begins at operational time s(k); s(k + 1) = s(k) + length(k) + gap(k + 1). On the clock it
lasts its drawn length, cut where the next one begins (why not the warped length:
docs/decisions/0002). Look 0 is in equilibrium: with chance E[length] / (E[length] + E[gap]) a
length-biased look is in progress at time 0, otherwise a length-biased gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.distributions.elementary import exp
from sim.distributions.quantile import all_to_micros, quantiles, to_micros
from sim.distributions.table import from_grid, to_grid
from sim.draws import U64, purpose, uniform, uniform_pair
from sim.schema.fields import COUNT, DURATION, Field, struct
from sim.schema.screens import SCREENS
from sim.world.attention import Attention
from sim.world.calendar import clock_of, operational
from sim.world.intervals import away_time_added

Int64s = npt.NDArray[np.int64]
Away = tuple[Int64s, Int64s, int, int]
"""What makes a recipient's looks stand still while away, as `sim.world.intervals` has it."""
NEVER_AWAY: Final[Away] = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 0, 0)

GLANCES: Final = 0
CHECKS: Final = 1
VISITS: Final = 2
SURFACES: Final = ("glances", "checks", "visits")
_OF_SCREENS = (stream for one in SCREENS for stream in one.streams)
STREAMS: Final = (*SURFACES, "away", "offline", "doze", *_OF_SCREENS)
"""All alternating renewals of a recipient: looks at the surfaces, then those that become intervals."""

LOOK_PURPOSES: Final = np.array([purpose(name) for name in STREAMS], dtype=np.uint64)
START_PURPOSES: Final = np.array([purpose(f"{name}.start") for name in STREAMS], dtype=np.uint64)

IN_HAND_FROM: Final = 1 << 40
"""Number of the first look while the phone is in hand; those of streams are smaller."""
AT_SCREEN_FROM: Final = tuple((2 + k) << 40 for k in range(len(SCREENS)))
"""Number of the first app visit at each screen device."""

_NEVER = np.int64(NEVER)
_FAR = np.int64(
    2**61
)  # beyond any horizon; later operational times end the stream, so that no sum can wrap
AHEAD: Final = 32
"""Looks, and streams, are drawn in blocks of at most so many, because the compiler vectorises
that."""
_WHERE: Final = (
    Field("number", "number of the look it is at", COUNT),
    Field("op", "when that begins, in operational time; of looks by hand: its place"),
    Field("start", "when that begins, on the clock; NEVER: there are no more looks"),
    Field(
        "length", "how long it lasts as drawn; of looks by hand: the place past the last", DURATION
    ),
    Field("first", "number of the first look drawn ahead", COUNT),
    Field("past", "number of the look past the last one", COUNT),
)
OPENED_ROW: Final = struct(
    (
        *_WHERE,
        Field("gap", "gap before look 1, which is drawn ahead", DURATION),
        Field("next_length", "length of look 1", DURATION),
    )
)
"""A stream just opened."""
_AHEAD_OF_IT: Final[list[Any]] = [("ahead", "int64", (AHEAD, 2)), ("room", "float64", (2 * AHEAD,))]
STREAM_ROW: Final = np.dtype(
    (np.record, np.dtype([(f.name, f.dtype) for f in _WHERE] + _AHEAD_OF_IT, align=True))
)
"""A stream that is walked, with gap and length of the looks drawn ahead, and room to draw them in."""
SCRATCH: Final = (5, AHEAD)
"""Shape of the room (float64) that opening takes."""


@njit
def _length_biased(pool, at, table, us):
    """Replace uniforms by intervals of a distribution that cover a fixed instant, by its inverse
    distribution function.
    """
    for i in range(us.size):
        us[i] = to_grid(us[i])
    for i in range(us.size):
        us[i] = from_grid(pool, table, us[i])
    for i in range(us.size):
        us[i] = min(max(1.0 / (1.0 + exp(-us[i])), 2.0**-53), 1.0 - 2.0**-53)
    quantiles(pool, at, us)


@njit
def begin(
    pool,
    at,
    mean,
    weeks,
    week_at,
    slots,
    offsets,
    op_at,
    op_lost,
    away,
    rates,
    keys,
    surface,
    entities,
    states,
    scratch,
):
    """Set every row of `states` (`OPENED_ROW`, n <= `AHEAD`) to look 0 of a stream in equilibrium.

    Offsets, rates, keys and entities are per stream; `at` and `mean` as in `Attention`; `scratch` is
    float64 of `SCRATCH`. `away` (int64, n x 2) says where the away intervals, in which it stands
    still, are in `op_at` and `op_lost` (`sim.world.intervals`).
    """
    n = entities.size
    for i in range(n):
        states[i].number, states[i].start = 0, _NEVER
    if mean[0] == np.inf:
        return
    gaps, lengths = scratch[0, :n], scratch[1, :n]
    for i in range(n):
        gaps[i], lengths[i] = uniform_pair(keys[i], LOOK_PURPOSES[surface], entities[i], U64(1))
    quantiles(pool, at[0], gaps)
    quantiles(pool, at[1], lengths)
    for i in range(n):
        states[i].first, states[i].past = 1, 2
        states[i].gap = to_micros(gaps[i] * (1.0 / rates[i]))
        states[i].next_length = to_micros(lengths[i])
    covering, chance, part = scratch[2, :n], scratch[3, :n], scratch[4, :n]
    for i in range(n):
        chance[i], covering[i] = uniform_pair(keys[i], START_PURPOSES[surface], entities[i], U64(0))
    for i in range(n):
        part[i] = uniform(keys[i], START_PURPOSES[surface], entities[i], U64(2))
        lengths[i] = uniform(keys[i], LOOK_PURPOSES[surface], entities[i], U64(1))
    quantiles(pool, at[1], lengths)
    _length_biased(pool, at[0], at[2], covering)
    for i in range(n):
        if chance[i] < mean[1] / (mean[1] + mean[0] / rates[i]):
            length = covering[i : i + 1]
            length[0] = mean[1]
            if at[3] >= 0:
                length[0] = uniform(keys[i], START_PURPOSES[surface], entities[i], U64(1))
                _length_biased(pool, at[1], at[3], length)
            states[i].length = to_micros(length[0])
            states[i].op = -to_micros(length[0] * part[i])
        else:
            states[i].length = to_micros(lengths[i])
            states[i].op = to_micros(covering[i] / rates[i] * part[i])
        if states[i].op <= _FAR:
            states[i].op += operational(weeks, week_at, slots, offsets[i])
            op = away_time_added(op_at, op_lost, away[i, 0], away[i, 1], states[i].op)
            states[i].start = clock_of(weeks, week_at, slots, op) - offsets[i]


@njit_inlined
def take(opened, state):
    """Begin to walk an opened stream."""
    state.number, state.op, state.start, state.length = (
        opened.number,
        opened.op,
        opened.start,
        opened.length,
    )
    state.first, state.past = opened.first, opened.past
    state.ahead[0, 0], state.ahead[0, 1] = opened.gap, opened.next_length


@njit
def _draw_ahead(pool, at, rate, key, surface, entity, state):
    """Draw the gaps and lengths of the looks that follow those drawn already: few at first."""
    first = state.past
    n = min(4 * first, AHEAD)
    gaps, lengths = state.room[:n], state.room[AHEAD : AHEAD + n]
    for i in range(n):
        gaps[i], lengths[i] = uniform_pair(key, LOOK_PURPOSES[surface], entity, U64(first + i))
    quantiles(pool, at[0], gaps)
    quantiles(pool, at[1], lengths)
    all_to_micros(gaps, 1.0 / rate, state.ahead[:, 0])
    all_to_micros(lengths, 1.0, state.ahead[:, 1])
    state.first, state.past = first, first + n


@njit
def advance(pool, at, weeks, week_at, slots, offset, away, rate, key, surface, entity, state):
    """Step `state` (a `STREAM_ROW`) to the next look and return the end, on the clock, of the one it
    leaves.

    `away` = (op_at, op_lost, first, past): the away intervals in which the stream stands still, as in
    `begin`.
    """
    k = state.number + 1
    if k == state.past:
        _draw_ahead(pool, at, rate, key, surface, entity, state)
    place = k - state.first
    start, length, op, gap = state.start, state.length, state.op, state.ahead[place, 0]
    if gap == 0 and length == 0:
        gap = np.int64(1)  # a stream must get on: two looks of no length never begin together
    state.number = k
    if gap > _FAR or length > _FAR or op + length > _FAR - gap:
        state.start = _NEVER
        return min(start + length, _FAR) if length <= _FAR else _FAR
    state.op = op + length + gap
    state.length = state.ahead[place, 1]
    state.start = clock_of(weeks, week_at, slots, away_time_added(*away, state.op)) - offset
    return min(start + length, state.start)


@njit
def walk(
    pool,
    at,
    weeks,
    week_at,
    slots,
    offset,
    away,
    rate,
    key,
    surface,
    entity,
    state,
    not_before,
    out,
):
    """Write the next looks that are not over before an instant into `out` (int64, n x 3: start,
    end, number).

    Returns how many were written; fewer than n only when the stream has ended.
    """
    n = 0
    while n < out.shape[0] and state.start != _NEVER:
        start, k = state.start, state.number
        end = advance(
            pool, at, weeks, week_at, slots, offset, away, rate, key, surface, entity, state
        )
        if start >= not_before or end > not_before:
            out[n, 0], out[n, 1], out[n, 2] = start, end, k
            n += 1
    return n


class Looks:
    """The looks of one recipient at one surface, in order, drawn as they are needed.

    A look is (start, end, number): it sees what is visible in [start, end), and at its start even
    if end = start.
    """

    def __init__(self, more: _Source) -> None:
        self._more = more
        self._known: list[tuple[int, int, int]] = []
        self._at = 0

    @classmethod
    def written(cls, starts: Int64s, ends: Int64s, first: int = 0) -> Looks:
        """Make looks that are known, numbered from `first`."""
        looks = cls(lambda not_before: [])
        looks._known = [
            (int(s), int(e), k) for k, (s, e) in enumerate(zip(starts, ends, strict=True), first)
        ]
        return looks

    def meeting(self, instant: int) -> tuple[int, int, int] | None:
        """Give the first look that is not over before an instant: in progress then, or the next.

        None: no more.

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
        """Give the look that follows a look.

        `meeting` still gives the one in progress afterwards.
        """
        while True:
            at = (
                look[2] + 1 - self._known[0][2] if self._known else 0
            )  # known looks are numbered without gaps
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
    a: Attention,
    key: int,
    entity: int,
    segment: int,
    surface: int,
    rate: float,
    offset: int,
    away: Away = NEVER_AWAY,
) -> Looks:
    """Walk the look stream of an entity by keyed draws; `away` as in `advance`."""
    at, mean = a.stream_at[segment, surface], a.stream_mean[segment, surface]
    week_at, slots = a.week_at[segment]
    opened, state = np.zeros(1, OPENED_ROW), np.zeros(1, STREAM_ROW)[0]
    key64, entity64 = U64(key), U64(entity)
    begin(
        a.pool,
        at,
        mean,
        a.weeks,
        week_at,
        slots,
        np.array([offset]),
        away[0],
        away[1],
        np.array([away[2:]]),
        np.array([rate]),
        np.array([key64]),
        surface,
        np.array([entity64]),
        opened,
        np.empty(SCRATCH),
    )
    take(opened[0], state)
    size = 8

    def more(not_before: int) -> list[tuple[int, int, int]]:
        nonlocal size
        out = np.empty((size, 3), dtype=np.int64)
        size = min(2 * size, 256)
        n = walk(
            a.pool,
            at,
            a.weeks,
            week_at,
            slots,
            offset,
            away,
            rate,
            key64,
            surface,
            entity64,
            state,
            not_before,
            out,
        )
        return [tuple(row) for row in out[:n].tolist()]

    return Looks(more)
