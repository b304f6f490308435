"""The senders' side: groups with ways of their own, moderators, undoing a send, read receipts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.clock import HOUR, MINUTE, NEVER, SECOND
from sim.errors import ScenarioError, TraceError
from sim.running import run
from sim.scenario import parse
from sim.world import Messages, draw_world

from ..making import SMALL, assert_near, small

MANY = SMALL.replace(
    'senders = 4, recipients = 10, rate = "20 / d"',
    'senders = 4000, recipients = 100, rate = "4 / d"',
)
EXPONENTIAL = {"dist": "exponential", "mean": "5 min"}
CAMPAIGN = {"kind": "campaign", "messages": 20_000}


def messages(patch: dict[str, Any]) -> Messages:
    return draw_world(small(patch, text=MANY), 0).messages


def near(flags: np.ndarray, share: float) -> None:
    assert_near(float(flags.mean()), share, float(np.sqrt(share * (1 - share) / flags.size)))


def of_group(plain: Messages, grouped: Messages) -> np.ndarray:
    """Tell whose hold is another than everybody's."""
    return np.asarray(grouped.released - grouped.pressed != plain.released - plain.pressed)


def test_a_share_of_senders_is_in_a_group_and_all_messages_of_a_sender_with_it() -> None:
    plain = messages({})
    own = messages({"senders.groups.new": {"share": 0.3, "hold": "1 min"}})
    mine = of_group(plain, own)
    senders, first = np.unique(own.sender, return_index=True)
    near(mine[first], 0.3)
    np.testing.assert_array_equal(mine, np.isin(own.sender, senders[mine[first]]))
    with pytest.raises(AssertionError):
        near(mine[first], 0.36)


def test_a_group_has_its_own_ways_and_everybody_else_keeps_theirs() -> None:
    plain = messages({"mistakes.chance": 0.4})
    group = {
        "share": 0.3,
        "mistakes": 0.1,
        "hold": "1 min",
        "push_delay": "7 s",
        "email_delay": "9 min",
    }
    own = messages({"mistakes.chance": 0.4, "senders.groups.new": group})
    mine = of_group(plain, own)
    assert set((own.released - own.pressed)[mine]) == {MINUTE}
    assert set(own.push_delay[mine]) == {7 * SECOND}
    assert set(own.email_delay[mine]) <= {9 * MINUTE, NEVER}
    near(own.mistake[mine], 0.1)
    for name in ("released", "push_delay", "email_delay", "mistake", "noticed"):
        np.testing.assert_array_equal(getattr(own, name)[~mine], getattr(plain, name)[~mine])
    assert not np.any(own.mistake[mine] & ~plain.mistake[mine]), "one uniform for both chances"


def test_groups_share_the_senders_in_their_order_and_the_rest_is_in_none() -> None:
    both = {"a": {"share": 0.2, "hold": "1 min"}, "b": {"share": 0.5, "hold": "2 min"}}
    m = messages({"senders.groups": both})
    _, first = np.unique(m.sender, return_index=True)
    hold = (m.released - m.pressed)[first]
    near(hold == MINUTE, 0.2)
    near(hold == 2 * MINUTE, 0.5)
    near(hold == 0, 0.3)


def test_a_policy_for_a_group_saves_nothing_that_others_sent() -> None:
    scenario = small({"senders.groups.new.share": 0.6}).with_policy("today", {})
    scenario = scenario.with_policy("for new", {"senders.groups.new.hold": "10 min"})
    scenario = scenario.with_policy("for all", {"send.hold": "10 min"})
    kept: dict[str, Any] = {}
    run(scenario, replications=1, keep=lambda _, policy, r, j: kept.update({policy: (r, j)}))
    (today, _), (new, _), (everybody, _) = kept.values()
    held = new["accepted"] != today["accepted"]
    assert 0 < held.sum() < held.size
    np.testing.assert_array_equal(new["accepted"][held], everybody["accepted"][held])


TRACE = """
schema = 1
people = "none"
run = { horizon = "1 d" }
traffic = { kind = "trace", file = "t.csv" }
senders.groups.new = { share = 1.0, hold = "1 min" }
[[segments]]
name = "everyone"
"""


def test_a_trace_names_the_group_of_its_senders(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("sent_at,sender,recipient,sender_group\n0,a,b,new\n9,c,b,\n")
    m = draw_world(parse(TRACE, folder=tmp_path), 0).messages
    assert (m.released - m.pressed).tolist() == [MINUTE, 0]
    file.write_text("sent_at,sender,recipient\n0,a,b\n9,c,b\n")
    m = draw_world(parse(TRACE, folder=tmp_path), 0).messages
    assert (m.released - m.pressed).tolist() == [MINUTE, MINUTE], "without a column: by shares"
    file.write_text("sent_at,sender,recipient,sender_group\n0,a,b,old\n9,a,b,\n")
    with pytest.raises(TraceError) as refused:
        draw_world(parse(TRACE, folder=tmp_path), 0)
    assert '"old" is not a group of senders of the scenario; use one of new' in str(refused.value)
    assert "is one of two of this sender; give it one" in str(refused.value)


# Moderators


def test_who_deletes_first_is_a_race_of_the_sender_and_the_moderator() -> None:
    """With means 5 and 10 min and a moderator for half of the mistakes: 1/2 * (1/10)/(1/5 + 1/10)."""
    slow = {"dist": "exponential", "mean": "10 min"}
    m = messages(
        {
            "mistakes": {"chance": 1.0, "noticed": EXPONENTIAL, "reaction": "0 s"},
            "moderation": {"chance": 0.5, "noticed": slow},
        }
    )
    near(m.recorded, 0.5 * (1 / 10) / (1 / 5 + 1 / 10))
    with pytest.raises(AssertionError):
        near(m.recorded, 0.5 * (1 / 5) / (1 / 5 + 1 / 10))
    assert not m.reaction[m.recorded].any()


def test_a_moderator_deletes_what_its_sender_never_notices_and_only_mistakes() -> None:
    m = messages(
        {
            "mistakes": {"chance": 0.3, "noticed": {"dist": "never"}},
            "moderation": {"chance": 1.0, "noticed": "2 min"},
            "send.hold": "1 min",
        }
    )
    np.testing.assert_array_equal(m.recorded, m.mistake)
    assert set((m.noticed - m.released)[m.mistake]) == {2 * MINUTE}, "from acceptance"
    assert set(m.noticed[~m.mistake]) == {NEVER}


def test_moderators_delete_in_their_hours_only() -> None:
    hours = [{"opens": "09:00", "closes": "10:00"}]
    m = messages(
        {
            "mistakes": {"chance": 1.0, "noticed": {"dist": "never"}},
            "moderation": {"chance": 1.0, "noticed": "1 min", "hours": hours},
        }
    )
    assert set(m.noticed // HOUR % 24) == {9}


# Undoing a send, and read receipts


def test_undoing_a_send_fails_with_its_chance_and_nothing_else_is_undone() -> None:
    """Noticed 0, a hold of 10 min: all are undone but the share that fails, which goes out."""
    patch = {
        "traffic": CAMPAIGN,
        "mistakes": {"chance": 1.0, "noticed": "0 s", "reaction": "0 s"},
        "senders": {"action": "0 s"},
        "send": {"hold": "10 min", "undo_fails": 0.2},
        "run.horizon": "1 d",
    }
    sums = run(small(patch), replications=1).summary.sums
    failed, cancelled = (int(sums.of(name).sum()) for name in ("refused_undo", "cancelled"))
    assert failed + cancelled == 20_000
    near(np.arange(20_000) < failed, 0.2)


def test_a_sender_who_sees_the_mark_leaves_what_has_been_read() -> None:
    """Everything is read at once by half of the people, who share receipts with chance 0.6."""
    patch = {
        "traffic": CAMPAIGN,
        "mistakes": {"chance": 1.0, "noticed": "1 h", "reaction": "0 s"},
        "senders": {"action": "0 s", "deletions_at_once": 20_000},
        "segments.everyone.glances": {},
        "segments.everyone.visits": {"gap": EXPONENTIAL, "length": "1 s"},
        "thread.receipts.share": 0.6,
        "deletion.if_seen": "leave",
        "run.horizon": "1 d",
    }
    sums = run(small(patch), replications=1).summary.sums
    read, left = (int(sums.of(name).sum()) for name in ("read_thread", "refused_seen"))
    near(np.arange(read) < left, 0.6)
    deleted = run(small(patch | {"deletion.if_seen": "delete"}), replications=1).summary.sums
    assert deleted.of("read_thread").sum() == read, "what was read was read"
    assert deleted.of("refused_seen").sum() == 0


@pytest.mark.parametrize("remedy", ["redraft", "apology", "block"])
def test_looking_at_the_mark_first_is_refused_where_it_would_change_nothing(remedy: str) -> None:
    with pytest.raises(ScenarioError, match="is for senders who delete or edit"):
        small({"deletion": {"if_seen": "leave", "remedy": remedy}})
    with pytest.raises(ScenarioError, match="deletes only what is unread"):
        small({"deletion": {"if_seen": "leave", "unread_only": True}})
