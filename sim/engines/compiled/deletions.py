"""The senders' side (docs/model.md, section 4): what joins the queue when, who picks it, when it is
done.

Nothing here depends on what recipients do, so every queue is resolved before the first recipient is
played.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.clock import NEVER
from sim.compiling import njit, njit_making_arrays
from sim.engines.compiled.inputs import plus
from sim.engines.compiled.order import pop, push
from sim.schema.codes import FIRST_NOTICED, LAST_SENT
from sim.schema.fields import Int64s
from sim.world.parts import World

_NEVER = np.int64(NEVER)


def serve_queues(world: World, m: Any) -> tuple[Int64s, Int64s, Int64s]:
    """Resolve every sender's queue: requested, started and completed per message (NEVER: not before
    the horizon).
    """
    n = m.sender.size
    requested, started, completed = (np.full(n, NEVER, dtype=np.int64) for _ in range(3))
    if _request(m, world.horizon, requested, started, completed):
        rows = np.flatnonzero((requested != NEVER) & ~m.recorded)
        rows = rows[np.lexsort((requested[rows], m.sender[rows], m.replication[rows]))]
        some = world.rules.bulk or bool((world.messages.group >= 0).any())
        team = _teams(world, rows) if some else np.zeros(0, dtype=np.int64)
        _work(
            m,
            rows,
            team,
            world.rules.servers,
            world.rules.order,
            world.horizon,
            requested,
            started,
            completed,
        )
    return requested, started, completed


def _teams(world: World, rows: Int64s) -> Int64s:
    """Give each message the number of the deletions that one action can take together.

    -1: it goes alone.
    """
    m = world.messages
    team = np.full(m.size, -1, dtype=np.int64)
    in_group = m.group >= 0
    what = np.where(in_group, m.group, m.batch)
    pairs = np.stack([m.replication[rows], m.sender[rows], in_group[rows], what[rows]])
    team[rows] = np.unique(pairs, axis=1, return_inverse=True)[1].reshape(-1)
    team[~in_group & ((m.batch < 0) | (not world.rules.bulk))] = -1
    return team


@njit
def _request(m, horizon, requested, started, completed):
    """Write when each deletion is asked for, all of a recorded one.

    Returns how many go through a queue.
    """
    queued = 0
    for i in range(m.noticed.size):
        if m.noticed[i] >= horizon or m.caught[i]:
            continue
        if m.recorded[i]:
            requested[i] = started[i] = completed[i] = m.noticed[i]
            continue
        at = plus(m.noticed[i], m.reaction[i])
        if at < horizon:
            requested[i] = at
            queued += 1
    return queued


@njit_making_arrays
def _work(m, rows, team, servers, order, horizon, requested, started, completed):
    """Play the queues; `rows` are the queued deletions by sender, then request, then row."""
    room = rows.size
    waiting = (np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64))
    busy = (np.empty(room, dtype=np.int64), np.zeros(room, dtype=np.int64))
    head, after = np.full(room, -1, dtype=np.int64), np.full(team.size, -1, dtype=np.int64)
    q = 0
    while q < room:
        end, one = q + 1, rows[q]
        while (
            end < room
            and m.sender[rows[end]] == m.sender[one]
            and m.replication[rows[end]] == m.replication[one]
        ):
            end += 1
        n_waiting, n_busy = 0, 0
        while True:
            now = requested[rows[q]] if q < end else _NEVER
            if n_busy > 0:
                now = min(now, busy[0][0])
            if now >= horizon:
                break
            while q < end and requested[rows[q]] == now:
                n_waiting = _join(
                    m, rows[q], order, requested, waiting, n_waiting, team, head, after
                )
                q += 1
            while n_busy > 0 and busy[0][0] == now:
                n_busy = pop(busy[0], busy[1], n_busy)
            while n_waiting > 0 and n_busy < servers:
                i = abs(waiting[1][0])
                n_waiting = pop(waiting[0], waiting[1], n_waiting)
                if started[i] == _NEVER:  # one that went along with another is still in the heap
                    done = plus(now, m.action[i])
                    n_busy = push(busy[0], busy[1], n_busy, done, 0)
                    _begin(
                        i,
                        now,
                        done if done < horizon else _NEVER,
                        team,
                        head,
                        after,
                        started,
                        completed,
                    )
        q = end


@njit
def _join(m, i, order, requested, waiting, n_waiting, team, head, after):
    """Let a deletion wait; returns how many wait.

    Sent last means the larger time, and the higher row, goes first.
    """
    if team.size > 0 and team[i] >= 0:
        after[i], head[team[i]] = head[team[i]], i
    if order == LAST_SENT:
        return push(waiting[0], waiting[1], n_waiting, -m.pressed[i], -i)
    first = m.noticed[i] if order == FIRST_NOTICED else m.pressed[i]
    return push(waiting[0], waiting[1], n_waiting, first, i)


@njit
def _begin(i, now, done, team, head, after, started, completed):
    """Start a deletion and those that go with it."""
    started[i], completed[i] = now, done
    if team.size > 0 and team[i] >= 0:
        k = head[team[i]]
        head[team[i]] = -1
        while k >= 0:
            started[k], completed[k] = now, done
            k = after[k]
