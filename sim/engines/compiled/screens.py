"""What is read at the screen devices (docs/model.md, section 5b), worked out after the phones, one device
after another.

It changes nothing on the phone, and by then all effects are known.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit
from sim.engines.compiled.inputs import IS_QUIET, Inputs, is_on, next_on, plain, plus, wait
from sim.engines.compiled.plan import is_dropped
from sim.engines.compiled.watch import sign
from sim.schema.codes import EDIT
from sim.schema.fields import Int64s, named
from sim.schema.records import FROM_ENGINE
from sim.schema.screens import SCREENS
from sim.schema.screens.declared import COLUMNS_OF_ONE, RULES_OF_ONE, WRITTEN_OF_ONE, written
from sim.schema.screens.screen import Screen
from sim.world.intervals import APPS, SESSIONS
from sim.world.parts import World

_NEVER = np.int64(NEVER)
_named: Any = namedtuple
Device: Final = _named("Device", ["session", "app", "on", "hides", *RULES_OF_ONE, *COLUMNS_OF_ONE])
"""One screen device of a world: its kinds of intervals, who has it switched on, rules and columns."""
Shown: Final = _named("Shown", WRITTEN_OF_ONE)
"""The columns of the records about one device."""
WRITES: Final = tuple(f.name for one in SCREENS for f in written(one))
"""The columns of the records about all of them."""
Columns = dict[str, npt.NDArray[Any]]


def played(
    world: World, inputs: Inputs, place: Int64s, rows: npt.NDArray[Any], rare: npt.NDArray[Any]
) -> Columns:
    """Play every screen device at which anybody ever is, and give its columns of the records."""
    known, columns = named(FROM_ENGINE), Columns()
    for k, screen in enumerate(SCREENS):
        if (inputs.intervals.kinds >> SESSIONS[k]) & 1 and place.size:
            mine = [known[screen.column(one)] for one in WRITTEN_OF_ONE]
            rooms = [np.full(place.size, f.absent, f.dtype) for f in mine]
            m, people, terms, _, intervals = inputs
            _play(
                _device(world, screen, k),
                m,
                people,
                terms,
                intervals,
                place,
                rows,
                rare,
                Shown(*rooms),
            )
            columns |= {f.name: room for f, room in zip(mine, rooms, strict=True)}
    return columns


def _device(world: World, screen: Screen, k: int) -> Any:
    """Give what a world says about one device."""
    rules = (np.int64(getattr(world.rules, screen.column(one))) for one in RULES_OF_ONE)
    columns = (plain(getattr(world.messages, screen.column(one))) for one in COLUMNS_OF_ONE)
    on, hides = (plain(getattr(world.recipients, x)) for x in (screen.prefix, screen.hides))
    return Device(np.int64(SESSIONS[k]), np.int64(APPS[k]), on, hides, *rules, *columns)


@njit
def _play(device, m, people, terms, intervals, place, rows, rare, out):
    """Let every message be shown and read at a device, or not."""
    rules = terms[0]
    for i in range(place.size):
        who, row = m.recipient[i], rows[place[i]]
        if not device.on[who] or row.accepted == _NEVER:
            continue
        leaves = plus(row.accepted, device.delay[i])
        reach = plus(leaves, device.latency[i])
        if not _is_shown(device, rules, intervals, who, row, reach):
            continue
        if is_dropped(device.drop, rules, row, rare, place[i], leaves):
            continue
        out.shown[i] = reach
        out.chars[i] = 0 if device.hides[who] else min(m.length[i], device.preview)
        edit = rare[place[i]].edit
        out.edited[i] = rules.remedy == EDIT and row.refused == 0 and edit <= leaves
        _read(device, rules, intervals, who, i, row, out, reach)


@njit
def _is_shown(device, rules, intervals, who, row, reach):
    """Tell whether a toast shows as a notification reaches a device."""
    return (
        reach < rules.horizon
        and is_on(intervals, who, device.session, reach)
        and row.thread_read >= reach
        and not is_on(intervals, who, IS_QUIET, reach)
        and not is_on(intervals, who, device.app, reach)
    )


@njit
def _read(device, rules, intervals, who, i, row, out, shown):
    """Let a toast be read, while it shows or in the notification centre, or not."""
    read = plus(shown, device.after[i])
    if read == _NEVER:
        return
    if device.after[i] >= device.toast or read >= wait(intervals, who, device.session, shown):
        read = next_on(intervals, who, device.session, read)
        if read - shown >= device.keep:
            return
    if read >= rules.horizon:
        return
    back = device.retract_after[i]
    if back == _NEVER or plus(row.effective, back) > read:
        out.read[i], out.read_until[i] = read, plus(read, device.length[i])
        sign(row, out.chars[i], read)
