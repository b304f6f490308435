"""What is left at the end: the columns of the records, from the rows of the messages."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER
from sim.compiling import njit, njit_inlined
from sim.compiling.prefetching import LINE, prefetch
from sim.engines.compiled import screens
from sim.engines.compiled.inputs import DOZES, IS_OFFLINE, IS_QUIET, Inputs, is_on, plus, wait
from sim.engines.compiled.plan import is_sent
from sim.engines.compiled.retractions import BY_ANOTHER
from sim.engines.compiled.state import BY_MAIL, FROM_QUEUE, IN_THE_BADGE, RARE, SOON
from sim.engines.compiled.watch import play_watch
from sim.engines.compiled.workspace import Workspace
from sim.schema.codes import BLOCK, DIGEST, EDIT
from sim.schema.fields import Field, Int64s, named
from sim.schema.records import FROM_ENGINE
from sim.world.parts import World

_NEVER = np.int64(NEVER)
_PAST = np.int64(-NEVER)
_named: Any = namedtuple
AFTERWARDS: Final = (screens,)
"""Channels that change nothing on the phone, each a module: `played` plays them after it, and `WRITES` names
the columns that come of it."""
_ELSEWHERE: Final = {*FROM_QUEUE, *(name for one in AFTERWARDS for name in one.WRITES)}
Written: Final = _named("Written", [f.name for f in FROM_ENGINE if f.name not in _ELSEWHERE])
"""The columns of the records that rows become."""
Columns = dict[str, npt.NDArray[Any]]


def columns_of(
    world: World,
    inputs: Inputs,
    place: Int64s,
    rows: npt.NDArray[Any],
    work: Workspace,
    known: Columns,
) -> Columns:
    """Give the engine's columns, of which some are `known`.

    What cannot happen in this world takes no memory.
    """
    n = place.size
    for channel in AFTERWARDS:
        known |= channel.played(world, inputs, place, rows, work.rare)
    absent = {name for names, some in _written_from(work) if not some.size for name in names}
    rooms = _rooms(
        {f: 0 if f.name in absent else n for f in FROM_ENGINE if f.name in Written._fields}
    )
    _write(*inputs, place, rows, work, Written(**rooms))
    found = known | rooms
    return {
        f.name: found[f.name]
        if f.name in found and found[f.name].size == n
        else np.broadcast_to(np.asarray(f.absent, dtype=f.dtype), n)
        for f in FROM_ENGINE
    }


def _written_from(work: Workspace) -> Iterable[tuple[Iterable[str], npt.NDArray[Any]]]:
    """Give the columns that are written from each kind of rows beside those of all messages."""
    return (RARE, work.rare), (named(BY_MAIL), work.mails), (named(IN_THE_BADGE), work.badges)


def _rooms(wanted: dict[Field, int]) -> Columns:
    """Make empty columns of some fields, each of so many rows, in one piece of memory.

    A large piece comes in large pages: a column by itself took three times as long to write where its
    memory was new. The gaps keep columns from falling on the same lines of the caches.
    """
    sizes = [n * np.dtype(f.dtype).itemsize for f, n in wanted.items()]
    starts = np.cumsum([0] + [-(-size // LINE) * LINE + 3 * LINE for size in sizes])
    room = np.empty(int(starts[-1]), np.uint8)
    return {
        f.name: room[first : first + size].view(f.dtype)
        for f, first, size in zip(wanted, starts, sizes, strict=False)
    }


@njit
def _write(m, people, terms, streams, intervals, place, rows, work, out):
    """Write every message's rows into the columns `out`: nothing happens at the horizon."""
    rules, rare = terms[0], work.rare
    for i in range(place.size):
        soon = place[min(i + SOON, place.size - 1)]
        prefetch(rows, soon)
        if work.mails.size > 0:
            prefetch(work.mails, soon)
        row = rows[place[i]]
        if rules.rare:
            one = people[m.recipient[i]]
            more = rare[place[i]]
            if more.watch_shown != _NEVER:
                play_watch(m, rules, intervals, m.recipient[i], i, row, more)
            _write_rare(m, rules, intervals, one, row, more, i, out)
            if row.has_mail:
                out.email_edited[i] = _is_mailed_anew(rules, row, more, one, work.mails[place[i]])
        effect = row.effective if row.effective < rules.horizon else _NEVER
        out.effective[i], out.refused[i] = effect, row.refused
        out.cancelled[i] = effect if effect <= m.released[i] else _NEVER
        if rules.rare and _is_edited(rules, row, rare[place[i]]):
            out.effective[i] = rare[place[i]].edit
        out.accepted[i], out.thread_read[i] = row.accepted, row.thread_read
        out.from_cache[i], out.phantom[i] = row.from_cache, row.phantom
        _write_push(rules, row, rare, place[i], i, out)
        out.push_felt[i] = False
        if row.push_arrived != _NEVER and not row.app_was_open:
            who = m.recipient[i]
            watch = rules.rare and rare[place[i]].watch_shown != _NEVER
            quiet = is_on(intervals, who, IS_QUIET, row.push_arrived)
            out.push_felt[i] = not quiet and (m.felt[i] or watch)
        if work.badges.size > 0:
            badge = work.badges[place[i]]
            out.badge_counted[i], out.badge_cleared[i] = badge.badge_counted, badge.badge_cleared
        if row.has_mail:
            _write_mail(work.mails[place[i]], i, out)
        elif work.mails.size > 0:
            _write_no_mail(i, out)


@njit_inlined
def _write_mail(mail, i, out):
    """Write what happened to a message by mail."""
    out.email_dispatched[i], out.email_arrived[i] = mail.email_dispatched, mail.email_arrived
    out.email_opener[i] = mail.email_opener
    out.email_chars[i] = mail.email_chars if mail.email_arrived != _NEVER else 0
    out.email_read[i], out.email_read_until[i] = mail.email_read, mail.email_read_until
    out.email_opened[i] = mail.email_opened


@njit_inlined
def _write_no_mail(i, out):
    """Write that nothing happened by mail."""
    out.email_dispatched[i] = out.email_arrived[i] = _NEVER
    out.email_read[i] = out.email_read_until[i] = _NEVER
    out.email_opener[i], out.email_chars[i], out.email_opened[i] = -1, 0, False


@njit
def _write_push(rules, row, rare, at, i, out):
    """Write what happened to a push."""
    sent = row.has_push and row.push_dispatched < rules.horizon and is_sent(rules, row, rare, at)
    out.push_dispatched[i] = row.push_dispatched if sent else _NEVER
    out.push_arrived[i], out.push_left[i] = row.push_arrived, row.push_left
    out.push_left_by[i] = row.push_left_by
    out.push_chars[i] = abs(row.push_chars) if row.push_arrived != _NEVER else 0
    out.push_noticed[i], out.push_read_until[i] = row.push_noticed, row.push_read_until
    out.retraction_arrived[i] = row.retraction_arrived


@njit
def _is_edited(rules, row, more):
    """Tell whether an edit takes effect before the horizon."""
    return rules.remedy == EDIT and row.refused == 0 and more.edit < rules.horizon


@njit
def _is_mailed_anew(rules, row, more, one, mail):
    """Tell whether the mail about a message carries the edited text."""
    if not _is_edited(rules, row, more) or mail.email_arrived == _NEVER or not rules.email_late:
        return False
    lead = rules.email_lead if one.email == DIGEST else 0
    return more.edit <= mail.email_dispatched - lead


@njit
def _is_rewritten(m, rules, intervals, one, row, more):
    """Tell whether the edited text reached a push in the tray before anybody looked at it."""
    word = plus(more.edit, m.rewrite_after[row.number])
    word = wait(intervals, one.row, IS_OFFLINE, word)
    if rules.retraction_waits:
        word = wait(intervals, one.row, DOZES, word)
    if not one.push or word >= rules.horizon:
        return False
    gone = row.push_left < word or (row.push_left == word and row.push_left_by == BY_ANOTHER)
    looked = row.push_noticed < word or more.watch_read < word
    return row.push_arrived > word or not (gone or looked)


@njit
def _write_rare(m, rules, intervals, one, row, more, i, out):
    """Write the rare row of a message."""
    out.paused[i], out.push_rewritten[i] = more.paused, more.push_rewritten
    blocked = rules.remedy == BLOCK and _PAST < more.gone < rules.horizon
    out.blocked[i] = more.gone if blocked else _NEVER
    lost = one.push and more.push_lost < rules.horizon
    out.push_lost[i] = more.push_lost if lost else _NEVER
    out.watch_shown[i], out.watch_read[i] = more.watch_shown, more.watch_read
    out.watch_read_until[i] = more.watch_read_until
    out.list_read[i], out.list_read_until[i] = more.list_read, more.list_read_until
    out.list_chars[i] = more.list_chars
    out.push_edited[i] = out.email_edited[i] = out.thread_edited[i] = out.list_edited[i] = False
    if _is_edited(rules, row, more):
        out.list_edited[i] = more.list_read != _NEVER and more.edit <= more.list_read
        if row.push_arrived != _NEVER and not row.app_was_open:
            taken = row.push_arrived if rules.push_fetch else row.push_dispatched
            out.push_edited[i] = (
                (rules.push_fetch or rules.push_late) and more.edit <= taken
            ) or _is_rewritten(m, rules, intervals, one, row, more)
        if row.thread_read != _NEVER:
            taken = row.push_arrived if row.copy_was_read else row.thread_read
            out.thread_edited[i] = more.edit <= taken
