"""The end of it: what is left of every row is worked out, and rows become columns of the records."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.engines.compiled.devices import play_devices
from sim.engines.compiled.inputs import Inputs
from sim.engines.compiled.plan import is_sent
from sim.engines.compiled.state import COMMON_COLUMNS, RARE_COLUMNS, STATE_ROW
from sim.schema.fields import Int64s
from sim.schema.records import FROM_ENGINE
from sim.schema.world import BLOCK, DIGEST, EDIT

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)
_WORD = np.dtype(np.int64).itemsize
Columns = dict[str, npt.NDArray[Any]]


def columns_of(inputs: Inputs, place: Int64s, rows: npt.NDArray[Any], known: Columns) -> Columns:
    """Finish the rows and give the engine's columns, of which some are `known`.

    What cannot happen in this world takes no memory.
    """
    n = place.size
    parts = (COMMON_COLUMNS, RARE_COLUMNS) if inputs.terms[0].rare else (COMMON_COLUMNS,)
    names = [f.name for part in parts for f in part]
    fields: Any = STATE_ROW.fields
    words = np.array([fields[name][1] // _WORD for name in names])
    out = np.empty((words.size, n), dtype=np.int64)
    raw = rows.view(np.int64).reshape(rows.size, STATE_ROW.itemsize // _WORD)
    m, people, terms, _, intervals = inputs
    _write(m, people, terms, intervals, place, rows, raw, words, out)
    found = known | dict(zip(names, out, strict=True))
    return {
        f.name: found[f.name].astype(f.dtype, copy=False)
        if f.name in found
        else np.broadcast_to(np.asarray(f.absent, dtype=f.dtype), n)
        for f in FROM_ENGINE
    }


@njit
def _write(m, people, terms, intervals, place, rows, raw, words, out):
    """Finish every message and copy the words of its row into the columns `out`."""
    rules = terms[0]
    for i in range(place.size):
        k = place[i]
        row, one = rows[k], people[m.recipient[i]]
        if rules.rare:
            play_devices(m, rules, intervals, one, i, row)
            _finish_rare(rules, one, row)
        finish(m.released[i], rules, one, row)
        if rules.rare and rules.remedy == EDIT and row.refused == 0 and row.edit < rules.horizon:
            row.effective = row.edit
        for w in range(words.size):
            out[w, i] = raw[k, words[w]]


@njit_inlined
def finish(released, rules, one, row):
    """Let a row say what happened, no longer what was to come: nothing does at the horizon."""
    if not (one.push and is_sent(row, rules.push_late) and row.push_dispatched < rules.horizon):
        row.push_dispatched = _NEVER
    if row.effective >= rules.horizon:
        row.effective = _NEVER
    row.cancelled = row.effective if row.effective <= released else _NEVER
    row.push_chars = abs(row.push_chars) if row.push_arrived != _NEVER else 0
    if row.email_arrived == _NEVER:
        row.email_chars = 0


@njit
def _finish_rare(rules, one, row):
    """Do the same for the end of a row, before the rest."""
    if rules.remedy == BLOCK and _PAST < row.gone < rules.horizon:
        row.blocked = row.gone
    if not (one.push and row.push_lost < rules.horizon):
        row.push_lost = _NEVER
    if rules.remedy == EDIT and row.refused == 0 and row.edit < rules.horizon:
        late = rules.push_fetch or rules.push_late
        if row.push_arrived != _NEVER and not row.app_was_open and late:
            taken = row.push_arrived if rules.push_fetch else row.push_dispatched
            row.push_edited = row.edit <= taken
        if row.email_arrived != _NEVER and rules.email_late:
            lead = rules.email_lead if one.email == DIGEST else 0
            row.email_edited = row.edit <= row.email_dispatched - lead
        if row.thread_read != _NEVER:
            taken = row.push_arrived if row.copy_was_read else row.thread_read
            row.thread_edited = row.edit <= taken
