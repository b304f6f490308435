"""A parity suite that would not notice a changed rule is worth nothing: here rules are changed, and
it notices."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sim.engines import compiled, reference
from sim.engines.reference.phone import Phone
from sim.records import first_difference

from .making import tied_world
from .mutants import altered

WORLDS = 3000
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
        "thread",
        "\n                and arrived < effect",
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
        "more.gone <= row.push_dispatched",
        "more.gone != _NEVER",
    ),
    "an edit shows in a push dispatched just before": (
        "columns",
        "else row.push_dispatched\n",
        "else row.push_arrived\n",
    ),
    "a mail bound at the instant of the edit shows the old text": (
        "columns",
        "edit <= row.email_dispatched - lead",
        "edit < row.email_dispatched - lead",
    ),
    "a copy shows an edit that came after it": (
        "columns",
        "row.push_arrived if row.copy_was_read",
        "row.thread_read if row.copy_was_read",
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
        "devices",
        "if taken > read",
        "if taken >= read",
    ),
    "a toast is read as it goes": ("devices", "m.desk_after[i] >= ", "m.desk_after[i] > "),
    "a toast is read as the session ends": ("devices", "or read >= min(", "or read > min("),
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
    "a push without text is handled": ("phone", "row.push_chars <= 0 or looks == 0", "looks == 0"),
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
        "if visits[START] <= in_hand:",
        "if visits[START] < in_hand:",
    ),
    "a later visit ends an earlier one": ("thread", "max(at.visit_end, end)", "end"),
    "visits in hand are numbered from one": (
        "thread",
        "_IN_HAND_FROM + at.hand_visit",
        "_IN_HAND_FROM + 1 + at.hand_visit",
    ),
    "every mail that is listed is opened": (
        "mail",
        "check, end, m.mail_opened[opener]",
        "check, end, True",
    ),
    "a mail is not opened by its alert either": (
        "mail",
        "m.mail_alert_length[opener]), True",
        "m.mail_alert_length[opener]), m.mail_opened[opener]",
    ),
    "the list shows every message of a mail": ("mail", "leads = False", "leads = True"),
    "a mail that is only listed shows its text": ("mail", "if not opened:", "if False:"),
    "an opened mail shows no more than the list": (
        "mail",
        "max(row.email_chars, listed)",
        "listed",
    ),
}


@pytest.mark.parametrize("rule", MUTANTS)
def test_a_changed_rule_of_the_compiled_engine_is_caught(rule: str, tmp_path: Path) -> None:
    module, old, new = MUTANTS[rule]
    play = altered(tmp_path, {module: (old, new)})
    assert _caught(play, reference.play), f"nobody noticed that {rule}"


def test_a_changed_rule_of_the_reference_engine_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Phone, "_sync", lambda self, i: None)  # badge corrections are lost
    assert _caught(compiled.play, reference.play)


def test_the_compiled_engines_source_run_as_plain_python_agrees(tmp_path: Path) -> None:
    assert not _caught(altered(tmp_path, {}), reference.play, worlds=400)


def _caught(play, judge, worlds: int = WORLDS) -> bool:
    """Tell whether two engines differ on any of so many tied worlds."""
    made = (tied_world(random.Random(seed).randint) for seed in range(worlds))
    return any(first_difference(judge(world), play(world)) is not None for world in made)
