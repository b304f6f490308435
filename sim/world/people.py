"""Recipients: which segment, how fast, which settings; and the distributions of their look streams."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from sim.distributions.distribution import Distribution, distribution_of
from sim.distributions.families.constant import Constant
from sim.distributions.families.never import Never
from sim.distributions.family import Family
from sim.draws import uniforms
from sim.scenario.channels import PushStore
from sim.scenario.model import Looks as LooksSpec
from sim.scenario.model import Segment
from sim.schema.fields import Flags, Floats
from sim.schema.world import RECIPIENTS, Recipients
from sim.world.attention import Attention
from sim.world.calendar import cumulative_week
from sim.world.looks import STREAMS
from sim.world.sent import Addressees


def pick(shares: Sequence[float], u: Floats) -> npt.NDArray[np.int64]:
    """Choose an index per uniform with the chances `shares`, which sum to one."""
    edges = np.cumsum(shares)
    return np.minimum(np.searchsorted(edges, u, side="right"), len(shares) - 1).astype(np.int64)


def _by_segment(values: Sequence[float], segment: npt.NDArray[np.int64]) -> Floats:
    return np.asarray(values, dtype=np.float64)[segment]


def draw_recipients(
    segments: Sequence[Segment], store: PushStore, people: Addressees, tick: int
) -> Recipients:
    """Draw the settings of every recipient from its own keyed uniforms.

    `store` says how many pushes the push service keeps for a phone, by operating system; `tick` how
    often the e-mail worker looks (microseconds).
    """
    entities = people.entity

    def u(name: str) -> Floats:
        return uniforms(people.key, f"recipient.{name}", entities)

    segment = (
        pick([s.share for s in segments], u("segment"))
        if len(segments) > 1
        else np.zeros(entities.size, np.int64)
    )

    def has(name: str, shares: Sequence[float]) -> Flags:
        """Flip a coin per recipient; shares 0 and 1 need no draw."""
        mine = _by_segment(shares, segment)
        return mine == 1 if all(share in (0, 1) for share in shares) else u(name) < mine

    def factors(name: str, family: Family, mine: Flags) -> float | Floats:
        """Draw a personal factor of some recipients; a constant needs no draw."""
        if isinstance(family, Constant):
            return float(family.value)
        return distribution_of(family, is_duration=False).quantile(u(name)[mine])

    rate, email = np.empty(entities.size), np.zeros(entities.size, np.int64)
    for k, kind in enumerate(segments):
        mine = segment == k
        rate[mine] = factors("frailty", kind.frailty, mine)
        shares = kind.email.as_tuple()
        email[mine] = shares.index(1) if 1 in shares else pick(shares, u("email")[mine])
    checks_rate = rate
    if any(kind.checks.frailty is not None for kind in segments):
        checks_rate = rate.copy()
        for k, kind in enumerate(segments):
            if kind.checks.frailty is not None:
                mine = segment == k
                checks_rate[mine] = factors("checks.frailty", kind.checks.frailty, mine)
    coins = {f.name: has(f.of, [attrgetter(f.of)(s) for s in segments]) for f in RECIPIENTS if f.of}
    # The worker's first look, a uniform share of its tick, is one draw of the replication.
    phase = tick * uniforms(people.key, "email.tick", np.zeros_like(entities)) if tick else 0.0
    return Recipients(
        **coins,
        entity=entities,
        key=people.key,
        number=people.number,
        replication=people.replication,
        priced=np.ones(entities.size, dtype=np.bool_),
        email_phase=np.full(entities.size, phase).astype(np.int64),
        segment=segment,
        rate=rate,
        checks_rate=checks_rate,
        email=email,
        utc_offset=np.asarray([int(s.utc_offset) for s in segments], dtype=np.int64)[segment],
        store=np.where(coins["ios"], store.ios, store.android).astype(np.int64),
    )


def own_chances(
    name: str, means: Sequence[float], spreads: Sequence[float], recipients: Recipients
) -> Floats:
    """Draw the chance that every recipient has of its own: Beta with the mean and standard
    deviation of its segment; no draw where that is 0.
    """
    mine, out = recipients.segment, _by_segment(means, recipients.segment)
    if any(spread > 0 for spread in spreads):
        us = uniforms(recipients.key, f"recipient.{name}", recipients.entity)
        for k, (mean, sd) in enumerate(zip(means, spreads, strict=True)):
            if sd > 0:
                size = mean * (1 - mean) / sd**2 - 1  # of a Beta(mean * size, (1 - mean) * size)
                some = mine == k
                out[some] = _betas(mean * size, (1 - mean) * size, us[some].tobytes())
    return out


@lru_cache(maxsize=32)
def _betas(a: float, b: float, us: bytes) -> Floats:
    """Give a Beta's quantiles of some numbers: slow, and the same under every policy of a world."""
    import scipy.special  # slow to load

    found: Floats = scipy.special.betaincinv(a, b, np.frombuffer(us))
    return found


class _Pool:
    """Collects distributions and tables in one array and remembers where each begins."""

    def __init__(self) -> None:
        self.pieces: list[Floats] = []
        self.size = 0

    def add(self, piece: Floats) -> int:
        at = self.size
        self.pieces.append(piece)
        self.size += piece.size
        return at


@lru_cache(maxsize=512)
def _biased(spec: Family) -> Floats:
    return distribution_of(spec).length_biased()


def _lay(pool: _Pool, looks: LooksSpec) -> tuple[list[int], list[float]]:
    """Add a stream's distributions to the pool: their offsets (gap, length, biased gap, biased length) and
    means.
    """
    gap, length = distribution_of(looks.gap), distribution_of(looks.length)
    if isinstance(looks.gap, Never):
        return [0, 0, 0, 0], [math.inf, 0.0]
    at = [pool.add(gap.pool), pool.add(length.pool), pool.add(_biased(looks.gap))]
    return [*at, _lay_length(pool, length)], [gap.mean(), length.mean()]


def _lay_length(pool: _Pool, length: Distribution) -> int:
    """Add the length-biased table of a look's length.

    -1 for a constant, whose covering look is itself.
    """
    return -1 if isinstance(length.family, Constant) else pool.add(_biased(length.family))


@lru_cache(maxsize=64)
def attention_of(segments: tuple[Segment, ...]) -> Attention:
    """Lay out the distributions of looks and weekly profiles of all segments for the walkers."""
    pool, weeks = _Pool(), _Pool()
    pool.add(np.zeros(3))
    ats, means, week_at = [], [], []
    for segment in segments:
        laid = [_lay(pool, attrgetter(surface)(segment)) for surface in STREAMS]
        ats.append([at for at, _ in laid])
        means.append([mean for _, mean in laid])
        edges = cumulative_week(segment.week)
        week_at.append([weeks.add(edges.astype(np.float64)), edges.size - 1])
    return Attention(
        pool=np.concatenate(pool.pieces),
        stream_at=np.asarray(ats, dtype=np.int64),
        stream_mean=np.asarray(means, dtype=np.float64),
        weeks=np.concatenate(weeks.pieces).astype(np.int64),
        week_at=np.asarray(week_at, dtype=np.int64),
    )
