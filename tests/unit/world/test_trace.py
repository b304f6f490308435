"""Traces: CSV and Parquet alike, seconds or timestamps, recorded deletions; every malformed row is
named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.clock import DAY, HOUR, NEVER, SECOND
from sim.errors import ScenarioError, TraceError
from sim.scenario import parse
from sim.world import draw_world
from sim.world.parts import World
from sim.world.sent import Sent
from sim.world.traffic import draw_traffic

from ..making import one_world

TRACE = """
schema = 1
people = "none"
run = { seed = 3, horizon = "30 d" }
traffic = { kind = "trace", file = "FILE", length = 60 }
mistakes = { chance = 0.5, noticed = { dist = "exponential", mean = "5 min" } }
[[segments]]
name = "everyone"
frailty = { dist = "lognormal", median = 1.0, sigma = 0.5 }
push = 0.5
"""


def read(folder: Path, text: str, name: str = "t.csv") -> Sent:
    (folder / name).write_text(text, encoding="utf-8")
    return draw_traffic(parse(TRACE.replace("FILE", name), folder=folder), one_world(1))


def test_a_small_trace_is_read_and_sorted(tmp_path: Path) -> None:
    sent = read(
        tmp_path,
        "sent_at,sender,recipient,kind,length\n90.5,b,a,dm,10\n10,a,b,message_ad,20\n10,a, c ,dm,\n",
    )
    assert sent.written.tolist() == [10 * SECOND, 10 * SECOND, 90_500_000]
    assert sent.number.tolist() == [1, 2, 0], "ties keep the order of the file"
    assert sent.sender.tolist() == [0, 0, 1]
    assert sent.recipient.tolist() == [1, 2, 0]
    assert sent.length.tolist() == [20, 60, 10], "an empty cell: the length of the scenario"
    assert sent.kind.tolist() == [2, 0, 0]
    assert not sent.has_record
    assert np.unique(sent.entity).size == 3
    assert sent.people.size == 3


def test_timestamps_count_from_the_monday_before_the_first_message(tmp_path: Path) -> None:
    # 2026-11-18 is a Wednesday.
    sent = read(
        tmp_path,
        "sent_at,sender,recipient,deleted_at\n2026-11-18T09:30:00Z,a,b,2026-11-18T10:31:00+01:00\n"
        "2026-11-18T23:00:00-02:00,a,b,\n",
    )
    assert sent.written.tolist() == [2 * DAY + 9 * HOUR + 30 * 60 * SECOND, 3 * DAY + HOUR]
    assert sent.deleted_at.tolist() == [2 * DAY + 9 * HOUR + 31 * 60 * SECOND, NEVER]


def test_parquet_and_csv_give_the_same_messages(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "sent_at": [30.0, 10.0],
            "sender": ["7", "8"],
            "recipient": ["8", "7"],
            "deleted_at": [40.0, np.nan],
        }
    )
    table.to_parquet(tmp_path / "t.parquet")
    table.to_csv(tmp_path / "t.csv", index=False)
    by_file = [
        draw_traffic(parse(TRACE.replace("FILE", n), folder=tmp_path), one_world(1))
        for n in ("t.csv", "t.parquet")
    ]
    for name in ("written", "sender", "recipient", "number", "entity", "deleted_at"):
        np.testing.assert_array_equal(getattr(by_file[0], name), getattr(by_file[1], name))
    names = [one.people.entity for one in by_file]
    np.testing.assert_array_equal(*names)
    assert by_file[0].has_record


RECORD = "sent_at,sender,recipient,deleted_at\n10,a,b,70\n20,a,b,\n30,a,c,30\n"


def drawn(folder: Path, text: str, **mistakes: Any) -> World:
    """Draw the world of a trace, with some parameters of mistakes."""
    (folder / "t.csv").write_text(text, encoding="utf-8")
    scenario = parse(TRACE.replace("FILE", "t.csv"), folder=folder)
    patch = {f"mistakes.{name}": value for name, value in mistakes.items()}
    return draw_world(scenario.patched(patch), 0)


def test_recorded_deletions_are_replayed_as_they_were(tmp_path: Path) -> None:
    m = drawn(tmp_path, RECORD, chance=0.0).messages
    assert m.noticed.tolist() == [70 * SECOND, NEVER, 30 * SECOND]
    assert m.recorded.tolist() == m.mistake.tolist() == [True, False, True]
    assert m.reaction.tolist() == m.propagation.tolist() == [0, NEVER, 0]


@pytest.mark.parametrize("name", ["chance", "batch_chance"])
def test_mistakes_are_not_drawn_on_top_of_deletions_on_record_unless_asked_for(
    name: str, tmp_path: Path
) -> None:
    chances = {"chance": 0.0, "batch_chance": 0.0}
    with pytest.raises(
        ScenarioError, match=f"mistakes.{name}: .* set it to 0, or set mistakes.add"
    ):
        drawn(tmp_path, RECORD, **chances | {name: 1.0})
    m = drawn(tmp_path, RECORD, **chances | {"chance": 1.0}, add=True).messages
    assert m.mistake.all()
    assert m.recorded.tolist() == [True, False, True]
    assert m.noticed[[0, 2]].tolist() == [70 * SECOND, 30 * SECOND]
    assert 20 * SECOND < m.noticed[1] < NEVER


def test_a_column_of_deletions_without_any_is_no_record(tmp_path: Path) -> None:
    m = drawn(tmp_path, "sent_at,sender,recipient,deleted_at\n10,a,b,\n", chance=1.0).messages
    assert m.mistake.all() and not m.recorded.any()


def test_a_deletion_at_a_time_that_is_not_on_record_is_drawn_from_the_notice(
    tmp_path: Path,
) -> None:
    lines = "".join(f"{k},a,b,{'Yes' if k % 2 else 'no'}\n" for k in range(1, 401))
    m = drawn(tmp_path, f"sent_at,sender,recipient,deleted\n{lines}", chance=0.0).messages
    said = np.arange(1, 401) % 2 == 1
    assert np.array_equal(m.mistake, said) and not m.recorded.any()
    assert np.array_equal(m.noticed != NEVER, said)
    minutes = (m.noticed - m.pressed)[said] / (60 * SECOND)
    assert abs(minutes.mean() - 5) < 4 * 5 / np.sqrt(200)


def test_the_parts_of_a_group_message_are_regretted_together_and_other_messages_are_not(
    tmp_path: Path,
) -> None:
    lines = "".join(f"{k},a,{who},{k}\n" for k in range(1, 101) for who in "bcd")
    m = drawn(tmp_path, f"sent_at,sender,recipient,group\n{lines}").messages
    for column in (m.mistake, m.noticed, m.reaction, m.action):
        parts = column.reshape(100, 3)
        assert (parts == parts[:, :1]).all() and np.unique(parts[:, 0]).size > 1
    assert np.unique(m.group).tolist() == list(range(100))


def columns(folder: Path, text: str) -> dict[int, tuple[int, ...]]:
    """Draw the world of a trace: by message name, what chance decided for it."""
    (folder / "t.csv").write_text(text, encoding="utf-8")
    world = draw_world(parse(TRACE.replace("FILE", "t.csv"), folder=folder), 0)
    m, people = world.messages, world.recipients
    rate = (people.rate[m.recipient] * 1e9).astype(int)
    rows = zip(m.written, m.noticed, m.glances_needed, rate, people.push[m.recipient], strict=True)
    return {int(name): tuple(int(v) for v in row) for name, row in zip(m.entity, rows, strict=True)}


def test_a_row_more_renames_no_message_and_no_person(tmp_path: Path) -> None:
    lines = [f"{60 * k},{k % 3},{5 + k % 4}" for k in range(40)]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    before = columns(tmp_path / "a", "\n".join(["sent_at,sender,recipient", *lines]))
    after = columns(
        tmp_path / "b",
        "\n".join(["sent_at,sender,recipient", "30,0,0", *lines[:20], "1230,9,1", *lines[20:]]),
    )
    assert len(before) == 40
    assert before.items() <= after.items()
    assert len(after) == 42
    assert len({row[1] for row in before.values()}) > 10, "chance decided nothing here"


def test_equal_rows_are_told_apart_and_ids_name_messages(tmp_path: Path) -> None:
    twins = read(tmp_path, "sent_at,sender,recipient\n10,a,b\n10,a,b\n")
    assert twins.entity[0] != twins.entity[1]
    one = read(tmp_path, "id,sent_at,sender,recipient\nm1,10,a,b\n", "one.csv")
    moved = read(tmp_path, "id,sent_at,sender,recipient\nm1,99,c,d\n", "moved.csv")
    assert one.entity.tolist() == moved.entity.tolist()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sent_at,sender,recipient\n-1,a,b\n", 't.csv: line 2, sent_at: "-1" is not a time'),
        ("sent_at,sender,recipient\n\n1,a,b\n", "t.csv: line 2"),
        (
            "sent_at,sender,recipient\nsoon,a,b\n1,a,b\n",
            't.csv: line 2, sent_at: "soon" is not a time',
        ),
        ("sent_at,sender,recipient\ninf,a,b\n1,a,b\n", 'line 2, sent_at: "inf" is not a time'),
        (
            "sent_at,sender,recipient\n1,a,b\n1,,b\n",
            "t.csv: line 3, sender: is missing; name the person",
        ),
        (
            "sent_at,sender,recipient\n99999999,a,b\n",
            "the horizon of 30 d; correct what is wrong of these times",
        ),
        (
            "sent_at,sender,recipient,deleted_at\n10,a,b,9\n",
            'deleted_at: "9" is before the message was sent',
        ),
        (
            "sent_at,sender,recipient,kind\n10,a,b,sms\n",
            '"sms" is not a kind of message; use one of dm',
        ),
        ("sent_at,sender,recipient,length\n10,a,b,1.5\n", '"1.5" is not a number of characters'),
        ("id,sent_at,sender,recipient\nx,10,a,b\nx,11,a,b\n", 'line 3, id: "x" '),
        ("sent_at,sender,recipient,deleted\n10,a,b,maybe\n", 'deleted: "maybe"'),
        (
            "sent_at,sender,recipient,group\n10,a,b,x\n11,a,c,x\n",
            "give the rows of one group message one sender and one time",
        ),
        ("sent_at,sender\n10,a\n", "recipient: this column is missing"),
        ("sent_at,sender,recipient,lenght\n10,a,b,3\n", 'did you mean "length"?'),
        ("sent_at,sender,recipient\n", "holds no message"),
        ("", "t.csv: "),
    ],
)
def test_a_malformed_row_is_named_with_its_line_and_the_remedy(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(TraceError, match=re.escape(said)):
        read(tmp_path, text)


def test_every_malformed_row_is_counted_and_fifty_are_shown(tmp_path: Path) -> None:
    with pytest.raises(TraceError) as caught:
        read(tmp_path, "sent_at,sender,recipient\n1,a,b\n" + "x,a,b\n" * 60)
    assert len(caught.value.faults) == 51
    assert "10 more faults" in str(caught.value)


def test_a_missing_file_is_a_fault_and_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="there is no such file"):
        draw_traffic(parse(TRACE.replace("FILE", "none.csv"), folder=tmp_path), one_world(1))
