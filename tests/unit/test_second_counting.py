"""What follows from records, message by message in plain Python: exposure, replies, credits, orphans,
and every count of a block of several replications, under two policies."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR, MINUTE, NEVER, SECOND
from sim.records import Records
from sim.regrets import in_order
from sim.scenario.traffic import KINDS
from sim.schema.screens import NAMES, SCREENS
from sim.surfaces import CHANNELS, SURFACES
from sim.tallies import (
    COUNTED,
    DELAY_EDGES,
    MOVES,
    PRICED_ONLY,
    REGRETS,
    TALLIES,
    TALLY,
    WITH_MOVES,
    WITH_STRATA,
    counted,
    delayed_by,
    moved,
    moves,
    not_under,
    read_not_under,
    regretted,
    tally,
)
from sim.verdicts import Judged, Level, Lost, Verdict, judge, lost_when
from sim.world.strata import STRATA

from .making import records

HORIZON = 14
TIMES = (
    "noticed",
    "requested",
    "started",
    "completed",
    "effective",
    "cancelled",
    "accepted",
    "paused",
    "blocked",
    "phantom",
    "push_dispatched",
    "push_arrived",
    "push_left",
    "push_noticed",
    "push_rewritten",
    "push_lost",
    "watch_shown",
    "watch_read",
    *(one.column(at) for one in SCREENS for at in ("shown", "read")),
    "email_dispatched",
    "email_arrived",
    "email_read",
    "thread_read",
    "reply_after",
)
STEPS = ("noticed", "requested", "started", "completed")
FLAGS = ("regretted", "push_edited", "email_edited", "list_edited", "thread_edited")
FLAGS += tuple(one.column("edited") for one in SCREENS)
WORLDS, EACH = 5, 240
Row = dict[str, Any]


def drawn(seed: int, rows: list[Row] | None = None, apologies: int = 6) -> list[Row]:
    """Draw rows of a block; given the rows of another policy, who writes to whom stays. What is
    regretted hardly changes, and apologies, which are no messages of the other, are new."""
    rng = np.random.default_rng(seed)
    found: list[Row] = []
    for world in range(WORLDS):
        for k in range(EACH + apologies):
            row: Row = {name: int(rng.integers(0, 16)) for name in TIMES}
            row |= {name: NEVER for name in TIMES if rng.random() < 0.5}
            row |= {name: int(rng.integers(0, 7)) for name in STEPS if rng.random() < 0.8}
            row |= {name: bool(rng.random() < 0.3) for name in FLAGS}
            row |= {
                "caught": bool(rng.random() < 0.1),
                "refused": int(rng.integers(0, 7)) * int(rng.random() < 0.4),
                "push_chars": int(rng.choice([0, 40, 100])),
                **{one.column("chars"): int(rng.choice([0, 30, 100])) for one in SCREENS},
                "list_read": int(rng.integers(0, 16)) if rng.random() < 0.1 else NEVER,
                "list_chars": int(rng.choice([0, 30, 100])),
                "push_felt": bool(rng.random() < 0.5),
                "email_opener": k - int(rng.integers(0, min(k, 3) + 1))
                if rng.random() < 0.6
                else -1,
                "email_chars": int(rng.choice([0, 100])),
                "push_left_by": int(rng.integers(0, 4)),
                "kind": int(rng.choice([KINDS.index("inmail"), KINDS.index("dm")])),
                "apology": k >= EACH,
                "after": int(rng.integers(0, k)) if k and rng.random() < 0.4 else -1,
                "recipient": int(rng.integers(0, 9)),
                "sender": int(rng.integers(0, 3)),
                "group": int(rng.integers(0, 6)) if rng.random() < 0.5 else -1,
                "world": world,
            }
            row |= {f"{one}_read_until": int(rng.integers(10, 20)) for one in ("push", "email")}
            row |= {
                f"{one}_read_until": int(rng.integers(10, 20))
                for one in ("watch", "list", *(one.prefix for one in SCREENS))
            }
            found.append(row)
    if rows is not None:
        same = ("recipient", "sender", "group", "world", "after", "kind")
        old = iter([one for one in rows if not one["apology"]])
        for row in found:
            if not row["apology"]:
                before = next(old)
                row |= {name: before[name] for name in same}
                row["regretted"] ^= before["regretted"] != row["regretted"] and rng.random() < 0.7
    return found


def stratum_of(row: Row) -> int:
    """Give each sender and recipient a stratum, up to the last."""
    return int(STRATA - 1 - 9 * row["sender"] - row["recipient"])


def block(rows: list[Row]) -> Records:
    plain = records(*rows, horizon=HORIZON)
    world = np.array([one["world"] for one in rows])
    priced = np.array([one["recipient"] % 3 > 0 for one in rows])
    stratum = np.array([stratum_of(one) for one in rows])
    return Records(plain.columns, HORIZON, world, priced, stratum, WORLDS)


BASE = drawn(1, apologies=3)
MINE = drawn(2, BASE)
PLAYED, BEFORE = block(MINE), block(BASE)


def read_at(row: Row, remedy: str = "delete") -> dict[str, int]:
    """Say when the regretted text, and any text, was read on each surface."""
    seen = {
        "phone": row["push_noticed"]
        if row["push_chars"] and row["push_noticed"] < row["push_rewritten"]
        else NEVER,
        "watch": row["watch_read"] if row["push_chars"] else NEVER,
        **{
            one.name: row[one.column("read")] if row[one.column("chars")] else NEVER
            for one in SCREENS
        },
        "email": row["email_read"] if row["email_chars"] else NEVER,
        "list": row["list_read"] if row["list_chars"] else NEVER,
        "app": row["thread_read"],
    }
    return seen


EDITED = {
    "phone": "push_edited",
    "watch": "push_edited",
    **{one.name: one.column("edited") for one in SCREENS},
    "email": "email_edited",
    "list": "list_edited",
    "app": "thread_edited",
}


def regretted_text(row: Row) -> dict[str, int]:
    return {name: NEVER if row[EDITED[name]] else at for name, at in read_at(row).items()}


def reply(row: Row, remedy: str) -> int:
    first = min(read_at(row).values())
    if first == NEVER or row["reply_after"] == NEVER:
        return NEVER
    at = first + row["reply_after"]
    is_gone = remedy == "delete" and row["effective"] <= at
    return at if at < HORIZON and not is_gone else NEVER


def sender_was(row: Row, at: int, remedy: str) -> Lost:
    steps = (
        ("noticed", Lost.BEFORE_NOTICING),
        ("requested", Lost.REACTING),
        ("started", Lost.IN_QUEUE),
        ("completed", Lost.IN_ACTION),
    )
    for name, lost in steps:
        if at < row[name]:
            return lost
    if row["refused"]:
        return Lost.AFTER_REFUSAL
    is_on_its_way = remedy in ("delete", "edit") and at < row["effective"]
    return Lost.IN_ACTION if is_on_its_way else Lost.AFTER_REMEDY


@pytest.mark.parametrize("remedy", ["delete", "edit", "apology", "block"])
@pytest.mark.parametrize("on_recall", [False, True])
def test_what_is_judged_of_every_message_is_that_of_a_second_reading(
    remedy: str, on_recall: bool
) -> None:
    within = 4
    judged = judge(PLAYED, refund_within=within, refund_on_recall=on_recall, remedy=remedy)
    for k, row in enumerate(MINE):
        read, old = regretted_text(row), Verdict(judged.verdict[k])
        preview = min(at for name, at in read.items() if name != "app")
        first = min(read.values())
        assert {name: int(at[k]) for name, at in judged.read.items()} == read
        assert (judged.preview_read[k], judged.first_read[k]) == (preview, first)
        assert judged.thread_read[k] == read["app"]
        shown = ["push_arrived", "watch_shown", "email_arrived"]
        shown += [one.column("shown") for one in SCREENS]
        assert judged.notified[k] == min(row[name] for name in shown)
        assert judged.replied[k] == reply(row, remedy)
        assert judged.regretted[k] == row["regretted"]
        assert judged.is_message[k] == (not row["apology"])
        used = row["kind"] == KINDS.index("inmail") and row["accepted"] != NEVER
        is_back = reply(row, remedy) != NEVER and reply(row, remedy) - row["accepted"] <= within
        is_back |= on_recall and remedy == "delete" and row["effective"] != NEVER
        assert (judged.credit_used[k], judged.credit_lost[k]) == (used, used and not is_back)
        opening = MINE[row["world"] * len(MINE) // WORLDS + row["after"]]
        is_gone = opening["caught"] or opening["cancelled"] != NEVER
        is_gone |= remedy == "delete" and opening["effective"] <= row["accepted"]
        is_step = row["after"] >= 0 and not row["apology"] and row["accepted"] != NEVER
        assert judged.orphan[k] == (is_step and is_gone)
        assert judged.phantom[k] == (row["phantom"] != NEVER and first == NEVER)
        when = sender_was(row, preview, remedy) if old is Verdict.TOO_LATE else Lost.NOT
        assert Lost(judged.lost[k]) is when
        signs = {"push_noticed": "push", "watch_read": "push"}
        signs |= {one.column("read"): one.prefix for one in SCREENS}
        signs |= {"email_read": "email", "list_read": "list"}
        met = [row[look] != NEVER and not row[f"{of}_edited"] for look, of in signs.items()]
        level = Level.EXISTENCE if any(met) or row["phantom"] != NEVER else Level.NOTHING
        if first != NEVER:
            level = Level.ALL if judged.exposed[k] >= 100 else Level.PART
        assert Level(judged.level[k]) is level
    at = np.arange(len(MINE)) % 17
    found = lost_when(PLAYED, at, remedy)
    expected = [sender_was(row, int(when), remedy) for row, when in zip(MINE, at, strict=True)]
    assert [Lost(one) for one in found] == expected


def test_a_channel_is_read_where_one_of_its_surfaces_is_first() -> None:
    judged = judge(PLAYED)
    for channel in CHANNELS:
        names = [one.name for one in channel.surfaces]
        expected = [min(regretted_text(row)[name] for name in names) for row in MINE]
        assert judged.read_through(channel).tolist() == expected


def test_some_messages_keep_all_that_was_judged_of_them() -> None:
    judged = judge(PLAYED)
    rows = np.arange(len(MINE)) % 3 == 1
    some = judged.of(rows)
    for field in fields(Judged):
        whole, part = getattr(judged, field.name), getattr(some, field.name)
        if field.name == "read":
            for one in SURFACES:
                np.testing.assert_array_equal(part[one.name], whole[one.name][rows])
        else:
            np.testing.assert_array_equal(part, whole[rows])


def test_a_credit_is_kept_by_a_reply_at_the_last_instant_and_none_comes_at_the_horizon() -> None:
    row = {"accepted": 2, "thread_read": 5, "kind": KINDS.index("inmail"), "regretted": False}
    made = records({**row, "reply_after": 4}, {**row, "reply_after": 5}, horizon=10)
    judged = judge(made, refund_within=7)
    assert judged.replied.tolist() == [9, NEVER]
    assert judged.credit_lost.tolist() == [False, True]
    assert judge(made, refund_within=6).credit_lost.tolist() == [True, True]


def test_numbers_of_verdicts_levels_and_steps_are_those_of_the_records() -> None:
    """They are written to files: another number would be another meaning."""
    assert [one.value for one in Level] == [0, 1, 2, 3]
    assert [one.name for one in Level] == ["NOTHING", "EXISTENCE", "PART", "ALL"]
    assert [one.value for one in Verdict] == list(range(8))
    assert [one.value for one in Lost] == list(range(7))


def counts(
    rows: list[Row], judged: Judged, base_rows: list[Row], base: Judged
) -> list[Counter[str]]:
    """Count every replication, message by message."""
    found = [Counter[str]() for _ in range(WORLDS)]
    kinds = ("regretted", "others", "mails", "groups", "groups read")
    people: list[dict[str, set[Any]]] = [{kind: set() for kind in kinds} for _ in range(WORLDS)]
    read = (Verdict.TOO_LATE, Verdict.GHOST, Verdict.IN_THREAD)
    before = iter([k for k, row in enumerate(base_rows) if not row["apology"]])
    theirs = {k: next(before) for k, row in enumerate(rows) if not row["apology"]}

    def gone(k: int) -> bool:
        regretted = rows[k]["regretted"] or base_rows[theirs[k]]["regretted"]
        return bool(regretted or rows[k]["caught"])

    for k, row in enumerate(rows):
        t, is_priced = found[row["world"]], row["recipient"] % 3 > 0
        first_row = row["world"] * len(rows) // WORLDS
        is_step, is_sent = row["after"] >= 0, row["accepted"] != NEVER
        t["followups"] += is_step and is_sent and not row["apology"]
        t["orphans"] += bool(judged.orphan[k])
        t["paused"] += row["paused"] != NEVER
        t["apologies"] += row["apology"] and is_sent
        t["blocked"] += row["blocked"] != NEVER
        t["credits_used"] += bool(judged.credit_used[k]) and is_priced
        t["credits_lost"] += bool(judged.credit_lost[k]) and is_priced
        if row["apology"]:
            continue
        t["messages"] += 1
        b, verdict = theirs[k], Verdict(judged.verdict[k])
        if row["regretted"]:
            t["regretted"] += 1
            people[row["world"]]["regretted"].add(row["recipient"])
            t[verdict.name.lower()] += 1
            t[f"lost_{Lost(judged.lost[k]).name.lower()}"] += 1
            t[f"level_{Level(judged.level[k]).name.lower()}"] += 1
            t["preview_first"] += verdict in read[:2]
            t["read"] += verdict in read
            t["phantom"] += bool(judged.phantom[k])
            if row["group"] >= 0:
                whole = row["sender"], row["group"]
                people[row["world"]]["groups"].add(whole)
                if verdict in read:
                    people[row["world"]]["groups read"].add(whole)
                    t["group_readers"] += 1
            reasons = dict(enumerate(("kind", "window", "opened", "receiver", "undo", "seen"), 1))
            if row["refused"]:
                t[f"refused_{reasons[row['refused']]}"] += 1
            if not row["caught"] and row["cancelled"] == NEVER:
                at = regretted_text(row)
                t["read_thread"] += at["app"] != NEVER
                ways = {name: [name] for name in ("watch", "desktop", "email", "list")}
                for name, on in (ways | {"push": ["phone", "watch", *NAMES]}).items():
                    when = min(at[one] for one in on)
                    t[f"read_{name}"] += when != NEVER and when <= at["app"]
            if base_rows[b]["regretted"]:
                was = Verdict(base.verdict[b]) in read
                t["saved"] += was and verdict not in read
                t["newly_lost"] += verdict in read and not was
        if not is_priced or gone(k) or (is_step and gone(first_row + row["after"])):
            continue
        t["others"] += 1
        people[row["world"]]["others"].add(row["recipient"])

        def told(one: Judged, place: int) -> int:
            notified = int(one.notified[place])
            return notified if notified <= one.thread_read[place] else NEVER

        is_unread = judged.thread_read[k] == NEVER
        t["others_never_notified"] += told(judged, k) == NEVER and bool(is_unread)
        t["others_pushed"] += row["push_dispatched"] != NEVER
        t["others_felt"] += row["push_felt"]
        t["others_mailed"] += row["email_dispatched"] != NEVER
        if row["email_opener"] >= 0:
            people[row["world"]]["mails"].add(row["email_opener"])
        for what, mine, other in (
            ("notified", told(judged, k), told(base, b)),
            ("read", int(judged.first_read[k]), int(base.first_read[b])),
        ):
            if NEVER not in (mine, other):
                place = bin_of(mine - other)
                t[counted(what)[place]] += 1
                t[delayed_by(what)[place]] += mine - other
    for t, who in zip(found, people, strict=True):
        t["regretted_recipients"] = len(who["regretted"])
        t["others_recipients"] = len(who["others"])
        t["others_mails"] = len(who["mails"])
        t["others_recipient_s"] = len(who["others"]) * round(HORIZON / SECOND)
        t["group_messages"], t["group_read"] = len(who["groups"]), len(who["groups read"])
    return found


def bin_of(delay: int) -> int:
    (place,) = (
        k
        for k, (low, high) in enumerate(DELAY_EDGES.tolist())
        if (low <= delay < high if delay > 0 else low < delay <= high if delay else low == high)
    )
    return place


def test_every_count_of_every_replication_is_that_of_a_second_counting() -> None:
    judged = judge(PLAYED, refund_within=4, remedy="block")  # which has every way to lose
    base = judge(BEFORE, refund_within=4)
    found = tally(PLAYED, judged, base)
    expected = counts(MINE, judged, BASE, base)
    for world in range(WORLDS):
        row = dict(zip(COUNTED, found[world].tolist(), strict=True))
        assert row == {name: expected[world][name] for name in COUNTED}
    none = [name for name in TALLIES if not sum(one[name] for one in expected)]
    assert none == ["others_recipient_s"], "14 microseconds round to no second"


def test_pairs_of_verdicts_are_counted_for_every_replication() -> None:
    judged, base = judge(PLAYED), judge(BEFORE)
    pairs = [Counter[str]() for _ in range(WORLDS)]
    old = [v for v, row in zip(base.verdict, BASE, strict=True) if not row["apology"]]
    new = [(v, row) for v, row in zip(judged.verdict, MINE, strict=True) if not row["apology"]]
    for before, (after, row) in zip(old, new, strict=True):
        pairs[row["world"]][moved(Verdict(before), Verdict(after))] += 1
    found = moves(PLAYED, judged, base)
    assert found.tolist() == [[one[name] for name in MOVES] for one in pairs]
    both = WITH_MOVES.rows(PLAYED, judged, base)
    np.testing.assert_array_equal(both, np.hstack([tally(PLAYED, judged, base), found]))
    assert WITH_MOVES.names == (*COUNTED, *MOVES)


def test_what_is_read_under_one_of_three_policies_only_is_counted_for_every_replication() -> None:
    rows = [BASE, MINE, drawn(3, BASE)]
    judged = [judge(block(one)) for one in rows]
    read = (Verdict.TOO_LATE, Verdict.GHOST, Verdict.IN_THREAD)
    kept = [
        [
            (bool(row["regretted"]), Verdict(v) in read, row["world"])
            for v, row in zip(one.verdict, of, strict=True)
            if not row["apology"]
        ]
        for one, of in zip(judged, rows, strict=True)
    ]
    last = block(rows[-1])
    found = read_not_under(judged, last.replication[judged[-1].is_message], WORLDS)
    assert found.shape == (WORLDS, 3, 3)
    for a in range(3):
        for b in range(3):
            for world in range(WORLDS):
                expected = sum(
                    x[1] and y[0] and not y[1] and x[2] == world
                    for x, y in zip(kept[a], kept[b], strict=True)
                )
                assert found[world, a, b] == expected
    assert not_under(3) == ("read_not_under_0", "read_not_under_1", "read_not_under_2")


def test_regretted_messages_are_counted_by_stratum_for_every_replication() -> None:
    judged, base = judge(PLAYED, remedy="block"), judge(BEFORE)
    parts = [regretted(BEFORE, base, WITH_STRATA), regretted(PLAYED, judged, WITH_STRATA)]
    by_stratum = in_order(parts, REGRETS, np.zeros((2, STRATA)))
    rows = by_stratum.rows
    found = np.zeros((WORLDS, 2, len(REGRETS), STRATA), np.int64)
    for m, name in enumerate(REGRETS):
        np.add.at(found, (rows[:, 0], rows[:, 1], m, rows[:, 2]), by_stratum.of(name))
    assert len({tuple(row[:4]) for row in rows.tolist()}) == len(rows) < rows[:, 4].sum()
    assert found[:, 1].any(axis=(0, 1)).sum() > 20 and not by_stratum.of("group_read").any()
    for k in range(STRATA):
        # Mistakes of other strata are no mistakes here, and everything else is as it was.
        mine, before = (
            [row | {"regretted": row["regretted"] and stratum_of(row) == k} for row in rows]
            for rows in (MINE, BASE)
        )
        for policy, expected in (
            (1, counts(mine, judged, BASE, base)),
            (0, counts(before, base, BASE, base)),
        ):
            assert found[:, policy, :, k].tolist() == [
                [one[name] for name in REGRETS] for one in expected
            ]
    assert (WITH_STRATA.names, TALLY.names) == (COUNTED, COUNTED)
    assert WITH_STRATA.rows is TALLY.rows is tally
    assert WITH_STRATA.marked == WITH_MOVES.marked == REGRETS and not TALLY.marked


def test_bins_of_delays_join_without_gaps_and_lengths_of_holds_are_their_ends() -> None:
    """The lengths that docs/model.md lists, and the same before as after."""
    ends = [one * SECOND for one in (1, 2, 5, 10, 15, 20, 30, 45)]
    ends += [one * MINUTE for one in (1, 2, 5, 10, 15, 30)]
    ends += [one * HOUR for one in (1, 3, 6, 12)] + [DAY, NEVER]
    edges = [(a, b) for a, b in DELAY_EDGES.tolist()]
    zero = len(edges) // 2
    assert edges[zero] == (0, 0)
    assert [high for _, high in edges[zero + 1 :]] == ends
    assert [low for low, _ in edges[zero + 1 :]] == [0, *ends[:-1]]
    assert edges[:zero] == [(-high, -low) for low, high in reversed(edges[zero + 1 :])]


def test_every_count_has_the_meaning_that_its_name_says() -> None:
    """Each meaning holds words that only its own name stands for."""
    words = {
        "messages": "all messages but apologies",
        "regretted": "messages that somebody regretted",
        "level_nothing": "to nothing",
        "level_existence": "to its existence",
        "level_part": "to part of",
        "level_all": "to all of",
        "read": "the headline",
        "preview_first": "in a preview first",
        "read_thread": "was read in the app",
        "phantom": "a sign of it",
        "refused_kind": "its kind",
        "refused_window": "deletion window",
        "refused_opened": "been opened",
        "refused_receiver": "client",
        "refused_undo": "not be undone",
        "refused_seen": "saw that it had been seen",
        "group_messages": "group messages, sent to several",
        "group_read": "at least one recipient",
        "group_readers": "recipients who read",
        "others_recipient_s": "whole horizon",
        "saved": "under the baseline and not here",
        "newly_lost": "here and not under the baseline",
        "followups": "follow-ups sent",
        "orphans": "after their opening message was gone",
        "paused": "held back",
        "apologies": "apologies sent",
        "blocked": "blocked",
        "credits_used": "credits used",
        "credits_lost": "not come back",
        "others": "nobody regretted",
        "others_never_notified": "neither notified",
        "others_pushed": "push was sent",
        "others_felt": "made itself felt",
        "others_mailed": "e-mail carried",
        "others_mails": "e-mails that carried",
        "read_push": "on any device",
        "read_watch": "on the watch",
        "read_desktop": "at the desktop",
        "read_email": "the e-mail was read",
        "read_list": "list",
    }
    for verdict in list(Verdict)[1:]:
        words[verdict.name.lower()] = f"verdict {verdict.words}"
    for step in list(Lost)[1:]:
        words[f"lost_{step.name.lower()}"] = step.name.lower().replace("_", " ")
    assert set(TALLIES) - set(words) == {"regretted_recipients", "others_recipients"}
    for name, said in words.items():
        assert said in TALLIES[name], name
    order = list(TALLIES)
    assert order.index("regretted_recipients") == order.index("regretted") + 1
    assert order.index("others_recipients") == order.index("others") + 1
    assert {TALLIES[one] for one in ("regretted_recipients", "others_recipients")} == {
        "recipients of those"
    }
    assert set(PRICED_ONLY) == {
        "credits_used",
        "credits_lost",
        "others",
        "others_recipients",
        "others_never_notified",
        "others_pushed",
        "others_felt",
        "others_mailed",
        "others_mails",
        "others_recipient_s",
    }
