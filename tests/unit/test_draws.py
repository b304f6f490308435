"""Draws are Philox-4x32-10, strictly inside (0, 1), and functions of nothing but their address."""

from __future__ import annotations

import numpy as np
import pytest
from randomgen import Philox

from sim.draws import (
    U64,
    fill_uniforms,
    philox,
    purpose,
    replication_key,
    to_unit,
    uniform,
    uniform_pair,
    uniforms,
)

from .making import assert_follows

ONES = 0xFFFFFFFF


def block(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """Give one Philox block for a counter and a key of 32-bit words."""
    return tuple(int(w) for w in philox(*(U64(c) for c in counter), *(U64(k) for k in key)))


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [  # Random123 1.14, tests/kat_vectors, philox4x32 10
        ((0,) * 4, (0,) * 2, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_published_known_answers(
    counter: tuple[int, ...], key: tuple[int, ...], words: tuple[int, ...]
) -> None:
    assert block(counter, key) == words


def randomgens(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """Give the block of randomgen's Philox, which adds one to its counter before it draws."""
    number = (sum(c << 32 * i for i, c in enumerate(counter)) - 1) % 2**128
    theirs = Philox(counter=number, key=key[0] | key[1] << 32, number=4, width=32)
    raw = [int(w) for w in np.atleast_1d(theirs.random_raw(4))]
    return tuple(raw)


def test_philox_equals_randomgens_bit_for_bit() -> None:
    rng = np.random.default_rng(11)
    for _ in range(300):
        counter = tuple(int(w) for w in rng.integers(0, 2**32, 4))
        key = tuple(int(w) for w in rng.integers(0, 2**32, 2))
        assert block(counter, key) == randomgens(counter, key)


def test_nine_rounds_would_be_noticed() -> None:
    """The wrong model: the same function with a round less gives other bits than randomgen's."""
    counter, key = (1, 2, 3, 4), (5, 6)
    c, k = list(counter), list(key)
    for _ in range(9):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & ONES, (p0 >> 32) ^ c[3] ^ k[1], p0 & ONES]
        k = [(k[0] + 0x9E3779B9) & ONES, (k[1] + 0xBB67AE85) & ONES]
    assert tuple(c) != randomgens(counter, key)


def test_a_uniform_is_one_half_of_the_block_at_its_address() -> None:
    """Counter: (index // 2, purpose, entity low, entity high); key: its low and high word; even
    index: first half."""
    key, what, entity, index = (
        0x0123456789ABCDEF,
        purpose("push.latency"),
        0xFEDCBA9876543210,
        2 * 17 + 1,
    )
    w = block((17, what, entity & ONES, entity >> 32), (key & ONES, key >> 32))
    even, odd = (((high << 32 | low) >> 12) + 0.5 for high, low in (w[:2], w[2:]))
    assert uniform(U64(key), U64(what), U64(entity), U64(index)) == odd * 2.0**-52
    assert uniform(U64(key), U64(what), U64(entity), U64(index - 1)) == even * 2.0**-52
    assert uniform_pair(U64(key), U64(what), U64(entity), U64(17)) == (
        even * 2.0**-52,
        odd * 2.0**-52,
    )


@pytest.mark.parametrize("high", [0, 1, 0x80000000, ONES - 1, ONES])
@pytest.mark.parametrize("low", [0, 1, 4095, 4096, ONES])
def test_even_the_extreme_words_lie_strictly_inside_zero_and_one(high: int, low: int) -> None:
    u = to_unit(U64(high), U64(low))
    assert 0.0 < u < 1.0
    assert abs(np.log(u) - np.log1p(-u)) < 37.0, "distributions.quantile tabulates |z| up to 37"


def test_53_bits_would_reach_one() -> None:
    """The wrong model: the midpoint of the last of 2^53 cells rounds to 1.0, where quantiles are
    infinite."""
    assert ((2**64 - 1 >> 11) + 0.5) * 2.0**-53 == 1.0


def test_uniforms_are_uniform_and_neighbours_are_independent() -> None:
    entities = np.arange(20_000, dtype=np.uint64)
    u, v = uniforms(5, "doc", entities), uniforms(5, "doc", entities, index=1)
    w = uniforms(5, "other", entities)
    assert_follows(u, lambda x: x)
    for other in (v, w, np.roll(u, 1), uniforms(6, "doc", entities)):
        assert abs(np.corrcoef(u, other)[0, 1]) < 4.5 / np.sqrt(u.size)
    with pytest.raises(AssertionError, match="away from its distribution"):
        assert_follows(u**1.05, lambda x: x)


def test_a_draw_does_not_depend_on_which_others_are_drawn_or_in_what_order() -> None:
    entities = np.array([9, 2**63, 3, 2**64 - 1], dtype=np.uint64)
    whole = uniforms(1, "notice", entities)
    np.testing.assert_array_equal(uniforms(1, "notice", entities[::-1])[::-1], whole)
    uniforms(1, "another purpose", entities)
    for k in range(4):
        assert uniforms(1, "notice", entities[k : k + 1])[0] == whole[k]
        assert uniform(U64(1), U64(purpose("notice")), entities[k], U64(0)) == whole[k]
    out = np.empty(4)
    fill_uniforms(np.full(entities.size, U64(1)), U64(purpose("notice")), entities, U64(0), out)
    np.testing.assert_array_equal(out, whole)


def test_every_part_of_the_address_matters() -> None:
    base = (3, 4, 5, 6)
    at = lambda k, p, e, i: float(uniform(U64(k), U64(p), U64(e), U64(i)))  # noqa: E731
    others = (
        [(k, 4, 5, 6) for k in (2, 3 + 2**32)]
        + [(3, 9, 5, 6)]
        + [(3, 4, e, 6) for e in (1, 5 + 2**32)]
    )
    others += [(3, 4, 5, i) for i in range(12) if i != 6]
    values = [at(*base), *(at(*other) for other in others)]
    assert len(set(values)) == len(values)


def test_a_replications_key_depends_on_both_halves_of_seed_and_replication() -> None:
    keys = [replication_key(s, r) for s in (0, 1, 2**32, 2**62) for r in (0, 1, 2**32, 2**40)]
    assert len(set(keys)) == len(keys)
    assert all(0 <= k < 2**64 for k in keys)
    assert replication_key(1, 0) == replication_key(1, 0)
