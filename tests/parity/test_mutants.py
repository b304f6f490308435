"""A parity suite that would not notice a changed rule is worth nothing: here rules are changed, and
it notices."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from sim.engines import compiled, reference
from sim.engines.reference.phone import Phone
from sim.records import Records, first_difference
from sim.world.parts import World

from .making import tied_world
from .mutants import altered

WORLDS = 4000
"""How many worlds a mutant may survive; most are caught by one of the first hundred."""

MUTANTS = {
    "a deletion at the window's end is refused": ("plan", "> rules.window", ">= rules.window"),
    "a look at the instant of arrival does not see": (
        "phone",
        "glances, now, at.",
        "glances, now + 1, at.",
    ),
    "a retraction that overtakes its push is ignored": (
        "phone",
        "row.retraction_arrived < now and",
        "row.retraction_arrived < 0 and",
    ),
    "a deletion at the end of the hold comes too late": (
        "plan",
        "or effect <= accepted",
        "or effect < accepted",
    ),
    "reading at the instant of the ruling refuses": (
        "plan",
        "if now < row.refusable",
        "if now <= row.refusable",
    ),
    "a message accepted as its batch closes is left out": (
        "batches",
        "sent_at <= goes:\n        if",
        "sent_at < goes:\n        if",
    ),
    "a copy of a message deleted before it arrived is read": (
        "clearing",
        "and row.push_arrived < row.effective",
        "",
    ),
    "the later sent goes first among equals": (
        "deletions",
        "n_waiting, first, i)",
        "n_waiting, first, -i)",
    ),
    "a step goes out at the instant its opening message is deleted": (
        "follow_ups",
        "<= rows[i].accepted",
        "< rows[i].accepted",
    ),
    "an apology is sent for a message that was cancelled": (
        "follow_ups",
        "(sent < done)",
        "(sent <= done)",
    ),
    "an apology waits for an original that is still held": (
        "follow_ups",
        "(sent < done) |",
        "(done > 0) |",
    ),
    "the recipient's client ignores a deletion at the age that is allowed": (
        "plan",
        "> rules.receiver_window",
        ">= rules.receiver_window",
    ),
    "a block leaves out what is dispatched before it": (
        "plan",
        "more.gone <= at)",
        "more.gone != _NEVER)",
    ),
    "an edit shows in a push dispatched just before": (
        "columns",
        "else row.push_dispatched\n",
        "else row.push_arrived\n",
    ),
    "a mail bound at the instant of the edit shows the old text": (
        "columns",
        "edit <= mail.email_dispatched - lead",
        "edit < mail.email_dispatched - lead",
    ),
    "a copy shows an edit that came after it": (
        "columns",
        "row.push_arrived if row.copy_was_read",
        "row.thread_read if row.copy_was_read",
    ),
    "a retraction works however long ago the app ran": (
        "retractions",
        "    if plus(at.visit_end, rules.retraction_app_ran_within) < now:\n        return\n",
        "",
    ),
    "the instant at which the app ran lately is over": (
        "retractions",
        "rules.retraction_app_ran_within) < now:",
        "rules.retraction_app_ran_within) <= now:",
    ),
    "an app that a push opened did not run": (
        "phone",
        "    at.visit_end = max(at.visit_end, now)\n",
        "",
    ),
    "an app does not run that nothing waits for": (
        "thread",
        "if end > worth or counts:\n        _begin_visit",
        "if end > worth:\n        _begin_visit",
    ),
    "visits after the last arrival do not count for a retraction": (
        "thread",
        "            worth = min(worth, lists[at.next_retraction].retraction_at)\n",
        "            pass\n",
    ),
    "a retraction takes newer pushes along": (
        "retractions",
        "rows, work, now, i) == i:",
        "rows, work, now, i) > -1:",
    ),
    "a push that expires as it is retracted is not rewritten": (
        "retractions",
        "row.push_left >= now:",
        "row.push_left > now:",
    ),
    "only the retracted push leaves a conversation": (
        "retractions",
        "CONVERSATION:\n        _take(row.sender",
        "CONVERSATION:\n        _take(-3",
    ),
    "a push replaces nothing": (
        "retractions",
        "rules.collapse == BY_THREAD:",
        "rules.collapse > 99:",
    ),
    "a retraction of normal priority wakes the phone": (
        "retractions",
        "wait(intervals, one.row, DOZES, back)",
        "back",
    ),
    "a full store loses what is in it but not what comes": (
        "store",
        "full and room > 1",
        "full and room > 9",
    ),
    "an entry as old as the service keeps it is lost": (
        "store",
        "> rules.push_ttl",
        ">= rules.push_ttl",
    ),
    "a text is fetched at the instant it is deleted": (
        "phone",
        "fetch and row.effective <= now",
        "fetch and row.effective < now",
    ),
    "an alert goes to the watch though a glance is in progress": (
        "phone",
        "at.alert_end) <= now",
        "-_NEVER) <= now",
    ),
    "an alert is felt in quiet hours": (
        "phone",
        "is_on(intervals, one.row, IS_QUIET, now)",
        "False",
    ),
    "an alert is answered while away": (
        "phone",
        " and not is_on(intervals, one.row, IS_AWAY, due)",
        "",
    ),
    "a visit without network reads the thread": (
        "thread",
        "offline or is_on(intervals, one.row, IS_OFFLINE, start)",
        "offline",
    ),
    "the watch shows at the instant it is taken back": (
        "watch",
        "if taken > read",
        "if taken >= read",
    ),
    "a toast is read as it goes": (
        "screens",
        "device.after[i] >= device",
        "device.after[i] > device",
    ),
    "a toast is read as the session ends": ("screens", "or read >= wait(", "or read > wait("),
    "a message accepted as others are flushed stays behind": (
        "batches",
        "sent_at <= goes:\n            goes",
        "sent_at < goes:\n            goes",
    ),
    "throttling starts again at the reset": (
        "batches",
        "> rules.throttle_reset",
        ">= rules.throttle_reset",
    ),
    "throttling may fall below its first gap": (
        "batches",
        "max(rules.throttle_gap, most",
        "max(0, most",
    ),
    "the worker looks a tick late": ("batches", "(tick - over) % tick", "tick - over"),
    "the look after the one that should handles a push": (
        "phone",
        "    if looks == 1:\n        _handle",
        "    if looks == 2:\n        _handle",
    ),
    "a push is handled once only by the look that notices it": (
        "phone",
        "    return looks - 1",
        "    return looks * 0",
    ),
    "a dismissed push stays in the tray": ("phone", "leave(row, now, BY_DISMISSAL)", "pass"),
    "a look dismisses before it meets the badge": (
        "phone",
        "row.push_chars > 0 and row.push_left > now",
        "row.push_chars > 0 and row.push_left > now and (row.looks_to_handle != 1 or row.push_noticed < now)",
    ),
    "a push without text is handled as one with text": (
        "phone",
        "looks = bare_looks(m, row)",
        "looks = np.int64(row.looks_to_handle)",
    ),
    "a push that is rewritten is handled": ("phone", "if rewritten or looks", "if looks"),
    "what is read is not dropped": ("plan", "drop & _READ and row.thread_read < at", "False"),
    "what was seen is not dropped": ("plan", "drop & _SEEN != 0 and", "False and"),
    "what is edited is not dropped": ("plan", "drop & _EDITED != 0 and", "False and"),
    "no retraction goes before its push": (
        "plan",
        "return rules.push_drop & _DELETED == 0",
        "return False",
    ),
    "an offline visit has seen": (
        "thread",
        "if not offline:\n        at.last",
        "if True:\n        at.last",
    ),
    "a desktop drops nothing": ("screens", "if is_dropped(device.drop,", "if is_dropped(0,"),
    "a toast shows in the app at the desk": ("screens", "device.app, reach)", "IS_QUIET, reach)"),
    "a notification centre keeps for ever": ("screens", "if read - shown >=", "if read >"),
    "a notification centre is read away from the desk": (
        "screens",
        "read = next_on(intervals, who, device.session, read)",
        "read = read",
    ),
    "a device shows while somebody is at another": (
        "screens",
        "np.int64(SESSIONS[k])",
        "np.int64(SESSIONS[0])",
    ),
    "a device has the rules of another": (
        "screens",
        "world.rules, screen.column",
        "world.rules, SCREENS[0].column",
    ),
    "who has one device has the others": ("screens", "(screen.prefix,", "(SCREENS[0].prefix,"),
    "of visits that begin together the last device's comes first": (
        "thread",
        "[place] < at.screen_start",
        "[place] <= at.screen_start",
    ),
    "a visit at the desk clears the tray": (
        "thread",
        "now, until, conversation, True)",
        "now, until, conversation, True)\n    clear_all(rules, rows, work, now, False)",
    ),
    "a visit at the desk tells nobody": ("thread", "if at_screen:", "if False:"),
    "word from the desk waits for no network": (
        "clearing",
        "wait(intervals, one.row, IS_OFFLINE, word)",
        "word",
    ),
    "word from the desk clears no count": (
        "clearing",
        "        work.badges[i].badge_cleared = word",
        "        pass",
    ),
    "a push shows after the word that it was read": (
        "phone",
        "work.rare[i].cleared < now)",
        "False)",
    ),
    "a count that reading keeps from correction is corrected": (
        "clearing",
        "work.badges[i].badge_cleared = _NEVER",
        "pass",
    ),
    "a visit reads the oldest conversation": (
        "thread",
        "range(at.sent - 1, at.next_unread - 1, -1)",
        "range(at.next_unread, at.sent)",
    ),
    "a visit without a conversation opens none": (
        "thread",
        "conversation == NOBODYS and lists",
        "False and lists",
    ),
    "a visit clears every conversation": ("clearing", "and row.sender == conversation\n", "\n"),
    "a visit ends every count": (
        "clearing",
        "if read or rules.badge_counts == BY_VISIT",
        "if True",
    ),
    "an online visit leaves copies": (
        "clearing",
        "if offline and row.effective > at.last_online",
        "if offline",
    ),
    "an entry is looked at again": ("thread", "if more.list_read != _NEVER or", "if"),
    "an entry stays": (
        "thread",
        "m.list_gone_after[row.number]) <= now:\n        return\n",
        "_NEVER) <= now:\n        return\n",
    ),
    "the entry of what is read is looked at": (
        "thread",
        "or row.thread_read != _NEVER:\n        return\n    if more",
        ":\n        return\n    if more",
    ),
    "an opened push is cleared like the others": ("phone", "now, BY_OPENING)", "now, BY_THE_APP)"),
    "a push that expires as it is retracted says that it expired": (
        "retractions",
        "row.push_left == now and",
        "False and",
    ),
    "a push says retracted though it has expired before": ("retractions", " and i >= first", ""),
    "whoever is in hand looks at no notifications": (
        "phone",
        "begins_in_hand(intervals, at, at.hand_glance)\n        alert",
        "_NEVER\n        alert",
    ),
    "glances in hand that nothing waits for are played later": (
        "phone",
        "at.hand_glance) < now:",
        "at.hand_glance) < _PAST:",
    ),
    "a visit in hand is thinned": ("thread", " or number >= _IN_HAND_FROM", ""),
    "a visit in hand goes before the stream's": (
        "thread",
        "if visits.start <= in_hand:",
        "if visits.start < in_hand:",
    ),
    "a later visit ends an earlier one": ("thread", "max(at.visit_end, end)", "end"),
    "visits in hand are numbered from one": (
        "thread",
        "_IN_HAND_FROM + at.hand_visit",
        "_IN_HAND_FROM + 1 + at.hand_visit",
    ),
    "every mail that is listed is opened": (
        "mail",
        "check, end, lead.mail_opened",
        "check, end, True",
    ),
    "a mail is not opened by its alert either": (
        "mail",
        "alert, _NEVER, True",
        "alert, _NEVER, lead.mail_opened",
    ),
    "the list shows every message of a mail": ("mail", "leads = False", "leads = True"),
    "a mail that is only listed shows its text": ("mail", "if not opened:", "if False:"),
    "an opened mail shows no more than the list": (
        "mail",
        "max(mail.email_chars, listed)",
        "listed",
    ),
    "undoing a send that fails cancels it": (
        "plan",
        " and m.undo_fails[i]",
        " and m.undo_fails[i] and rules.horizon < 0",
    ),
    "a deletion on record fails to undo the send": (
        "plan",
        "m.undo_fails[i] and not m.recorded[i]",
        "m.undo_fails[i]",
    ),
    "a sender who sees it deletes it all the same": (
        "plan",
        "rules.leaves_seen and not",
        "rules.horizon < 0 and not",
    ),
    "a mark at the instant of the ruling is not seen": (
        "plan",
        "m.receipt_after[i] + 1)",
        "m.receipt_after[i])",
    ),
    "a mark that comes after the ruling is seen": (
        "plan",
        "min(done, done - m.receipt_after[i] + 1)",
        "done",
    ),
    "what is left because it was seen counts as opened": (
        "plan",
        "3 if rules.unread_only else 6",
        "3",
    ),
    "a draft is sent corrected though its send was undone": (
        "follow_ups",
        "np.where(accepted, done, NEVER)",
        "done",
    ),
    "a corrected message is never sent": (
        "follow_ups",
        "or world.rules.redraft",
        "or world.horizon < 0",
    ),
    "the parts of a group message are deleted one by one": (
        "deletions",
        "what = np.where(in_group, m.group, m.batch)",
        "what = np.where(in_group, np.arange(m.size), m.batch)",
    ),
    "two senders' group messages are deleted together": (
        "deletions",
        "m.sender[rows], in_group[rows]",
        "0 * m.sender[rows], in_group[rows]",
    ),
    "an edit rewrites a push that has been looked at": (
        "columns",
        "not (gone or looked)",
        "not gone",
    ),
    "an edit rewrites a push that has left": ("columns", "not (gone or looked)", "not looked"),
    "an edit rewrites a push that is replaced at that instant": (
        "columns",
        " or (row.push_left == word and row.push_left_by == BY_ANOTHER)",
        "",
    ),
}


FOUND_IN = {
    "visits after the last arrival do not count for a retraction": (3972,),
    "a push that expires as it is retracted is not rewritten": (3761,),
    "a copy shows an edit that came after it": (1991,),
    "a visit in hand goes before the stream's": (1458,),
    "an edit rewrites a push that is replaced at that instant": (1057,),
}
"""Worlds that catch what few do, tried first. A number that is wrong by now only costs time."""


@pytest.mark.parametrize("rule", MUTANTS)
def test_a_changed_rule_of_the_compiled_engine_is_caught(rule: str, tmp_path: Path) -> None:
    module, old, new = MUTANTS[rule]
    play = altered(tmp_path, {module: (old, new)})
    caught = _caught(play, reference.play, first=FOUND_IN.get(rule, ()))
    assert caught, f"nobody noticed that {rule}"


def test_a_changed_rule_of_the_reference_engine_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Phone, "_sync", lambda self, i: None)  # badge corrections are lost

    def lost(world: World) -> Records:
        return reference.play(world)  # a judge of its own: verdicts of the right engine are kept

    assert _caught(compiled.play, lost)


def test_the_compiled_engines_source_run_as_plain_python_agrees(tmp_path: Path) -> None:
    assert not _caught(altered(tmp_path, {}), reference.play, worlds=400)


def _caught(play, judge, worlds: int = WORLDS, first: tuple[int, ...] = ()) -> bool:
    """Tell whether two engines differ on any of so many tied worlds, of which some are tried first."""
    made = (_judged(seed, judge) for seed in (*first, *range(worlds)))
    return any(first_difference(right, play(world)) is not None for world, right in made)


@cache
def _judged(seed: int, judge: Callable[[World], Records]) -> tuple[World, Records]:
    """Draw a tied world and play it as it is right: the same for every mutant."""
    world = tied_world(random.Random(seed).randint)
    return world, judge(world)
