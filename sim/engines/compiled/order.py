"""Small tools of the kernels: grouping rows, sorting a recipient's few events, heaps of pending
timers.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import njit, njit_making_arrays

_FEW = 24  # below this, insertion beats merging


@njit_making_arrays
def grouped(group, groups):
    """Give every entry a place such that a group's are neighbours, in order: those of group g are
    at first[g] to first[g + 1].

    Returns first, the places, and the size of the largest group.
    """
    first = np.zeros(groups + 1, dtype=np.int64)
    for g in group:
        first[g + 1] += 1
    largest = 0
    for g in range(groups):
        largest = max(largest, first[g + 1])
        first[g + 1] += first[g]
    place, free = np.empty(group.size, dtype=np.int64), first[:-1].copy()
    for i in range(group.size):
        place[i] = free[group[i]]
        free[group[i]] += 1
    return first, place, largest


@njit
def sort_by_time(times, names, n, spare_times, spare_names):
    """Sort the first n times, and their names along, stably; the spare arrays must be as long."""
    for low in range(0, n, _FEW):
        for i in range(low + 1, min(low + _FEW, n)):
            time, name, k = times[i], names[i], i
            while k > low and times[k - 1] > time:
                times[k], names[k] = times[k - 1], names[k - 1]
                k -= 1
            times[k], names[k] = time, name
    width = _FEW
    while width < n:
        for low in range(0, n - width, 2 * width):
            _merge(
                times, names, low, low + width, min(low + 2 * width, n), spare_times, spare_names
            )
        width *= 2


@njit
def _merge(times, names, low, middle, high, spare_times, spare_names):
    """Merge two neighbouring sorted runs in place."""
    if times[middle - 1] <= times[middle]:
        return
    for i in range(low, middle):
        spare_times[i], spare_names[i] = times[i], names[i]
    left, right, k = low, middle, low
    while left < middle:
        if right < high and times[right] < spare_times[left]:
            times[k], names[k] = times[right], names[right]
            right += 1
        else:
            times[k], names[k] = spare_times[left], spare_names[left]
            left += 1
        k += 1


@njit
def push(times, names, n, time, name):
    """Put a timer in a binary heap of n, ordered by time, then name; returns n + 1.

    The arrays must have room.
    """
    k = n
    while k > 0:
        above = (k - 1) // 2
        if times[above] < time or (times[above] == time and names[above] <= name):
            break
        times[k], names[k] = times[above], names[above]
        k = above
    times[k], names[k] = time, name
    return n + 1


@njit
def pop(times, names, n):
    """Take the first timer, which is at place 0, out of a heap of n; returns n - 1."""
    n -= 1
    time, name, k = times[n], names[n], 0
    while 2 * k + 1 < n:
        below = 2 * k + 1
        if below + 1 < n and (
            times[below + 1] < times[below]
            or (times[below + 1] == times[below] and names[below + 1] < names[below])
        ):
            below += 1
        if time < times[below] or (time == times[below] and name <= names[below]):
            break
        times[k], names[k] = times[below], names[below]
        k = below
    times[k], names[k] = time, name
    return n
