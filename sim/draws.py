"""Keyed uniforms: every random number is a pure function of (seed, replication, purpose, entity,
index).

The function is Philox-4x32-10: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random
numbers: as easy as 1, 2, 3", SC 2011, doi 10.1145/2063384.2063405. No generator object exists, so
no draw depends on another, on a policy, or on the order of events. The counter's four words are
(index // 2, purpose, entity low, entity high); the block's two halves are the uniforms of an even
and the following odd index.
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

from sim.compiling import njit, njit_inlined

U64 = np.uint64
_MASK = U64(0xFFFFFFFF)
_M0, _M1 = U64(0xD2511F53), U64(0xCD9E8D57)  # multipliers and Weyl constants of the paper, table 2
_W0, _W1 = U64(0x9E3779B9), U64(0xBB67AE85)
_32, _12, _1 = U64(32), U64(12), U64(1)
_HALF, _STEP = 0.5, 2.0**-52


def purpose(name: str) -> int:
    """Give the 32-bit number of a purpose by its name, so that adding a purpose moves no other
    draw.

    >>> purpose("push.latency") == purpose("push.latency"), purpose("push.latency") == purpose("push.slow")
    (True, False)
    """
    return zlib.crc32(name.encode())


@njit_inlined
def philox(c0, c1, c2, c3, k0, k1):
    """Return the four 32-bit words of one Philox-4x32-10 block, as uint64, for a counter and a key
    of 32-bit words.
    """
    for _ in range(10):
        p0, p1 = _M0 * c0, _M1 * c2
        c0, c1, c2, c3 = (p1 >> _32) ^ c1 ^ k0, p1 & _MASK, (p0 >> _32) ^ c3 ^ k1, p0 & _MASK
        k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    return c0, c1, c2, c3


@njit_inlined
def to_unit(high, low):
    """Turn two 32-bit words into a uniform strictly inside (0, 1): the midpoints of 2^52 equal
    cells.
    """
    # 52 bits and not 53: the midpoint of the last of 2^53 cells would round to 1.0 and make
    # quantiles infinite.
    return (np.float64(((high << _32) | low) >> _12) + _HALF) * _STEP


@njit_inlined
def uniform_pair(key, purpose, entity, pair):
    """Return the uniforms of index `2 * pair` and `2 * pair + 1` from one Philox block."""
    k, e = U64(key), U64(entity)
    w0, w1, w2, w3 = philox(U64(pair), U64(purpose), e & _MASK, e >> _32, k & _MASK, k >> _32)
    return to_unit(w0, w1), to_unit(w2, w3)


@njit_inlined
def uniform(key, purpose, entity, index):
    """Return the uniform in (0, 1) of (key, purpose, entity, index).

    All four are non-negative integers.

    `key` comes from `replication_key`, `purpose` from `purpose(name)`; `entity` is a 64-bit name.
    """
    even, odd = uniform_pair(key, purpose, entity, U64(index) >> _1)
    return odd if U64(index) & _1 else even


@njit
def fill_uniforms(keys, purpose, entities, index, out):
    """Write `uniform(key, purpose, entity, index)` of every key and entity (uint64 arrays of one
    length) into `out` (float64, same shape).
    """
    for i in range(entities.size):
        out[i] = uniform(keys[i], purpose, entities[i], index)


def uniforms(
    keys: int | npt.NDArray[np.uint64], name: str, entities: npt.NDArray[np.uint64], index: int = 0
) -> npt.NDArray[np.float64]:
    """Draw one uniform per entity for a named purpose: float64 in (0, 1), same shape as `entities`.

    `keys` is one key for all, or uint64 of the same shape: every entity's own.

    >>> uniforms(replication_key(1, 0), "doc", np.arange(2, dtype=np.uint64)).shape
    (2,)
    """
    out = np.empty(entities.size)
    mine = keys if isinstance(keys, np.ndarray) else np.full(entities.size, keys, dtype=np.uint64)
    fill_uniforms(mine, U64(purpose(name)), entities, U64(index), out)
    return out


def replication_key(seed: int, replication: int) -> int:
    """Give the 64-bit Philox key of one replication of one seed (both below 2^63), itself a Philox
    block.

    >>> replication_key(1, 0) != replication_key(1, 1)
    True
    """
    c0, c1 = U64(replication) & _MASK, U64(replication) >> _32
    w = philox(c0, c1, U64(purpose("replication")), U64(0), U64(seed) & _MASK, U64(seed) >> _32)
    return int((U64(w[0]) << _32) | U64(w[1]))
