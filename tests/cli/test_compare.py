"""`toolate compare`: the answer first, the same numbers in every form, and files written whole or
not at all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.cli.comparing import answer

from .conftest import BAD, Toolate

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications

BASE = BAD / "base.toml"
WRITTEN = [
    "behind.csv",
    "chart.png",
    "chart.svg",
    "comparison.json",
    "differences.csv",
    "moves.csv",
    "price.csv",
    "run.json",
    "shares.csv",
]
THREE = BASE.read_text(encoding="utf-8") + '\n[policies."a, b"]\nsend.hold = "1 min"\n'


@pytest.fixture
def three(tmp_path: Path) -> Path:
    (tmp_path / "three.toml").write_text(THREE, encoding="utf-8")
    return tmp_path / "three.toml"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def told(out: str) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(out, parse_constant=refuse)


def test_the_first_line_names_the_best_its_gain_its_interval_and_whether_it_is_sure(
    toolate: Toolate,
) -> None:
    said = toolate("compare", BASE, "--replications", "40", "--engine", "simpy")
    (row,) = sim.compare(sim.load(BASE), replications=40, engine="simpy").differences.to_dict(
        "records"
    )
    gain, least, most = (f"{-100 * row[key]:.1f}" for key in ("value", "high", "low"))
    first = said.out.partition("\n")[0]
    assert first.startswith('"hold" loses least: ')
    assert f'{gain} points fewer than under "today" (95 % interval {least} to {most}): ' in first
    assert first.endswith("% in the app first. That it is the best is sure.")
    assert (said.status, said.err) == (0, "")
    assert "Compared message by message" in said.out


def test_what_is_the_same_message_by_message_as_the_best_is_named(three: Path) -> None:
    equal = sim.load(three).patched(
        {"mistakes.noticed": "2 h"}
    )  # no hold is that long: all policies are equal
    found = sim.compare(equal, replications=30, engine="simpy")
    assert answer(found).endswith('Under "hold", "a, b" the same messages were read.')
    calm = sim.compare(equal.patched({"mistakes.chance": 0.0}), replications=1, engine="simpy")
    assert answer(calm) == "Nobody regretted a message, so there is nothing to compare."


def test_the_baseline_can_be_the_best(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text(
        BASE.read_text(encoding="utf-8").replace("schema = 1", 'schema = 1\nbaseline = "hold"')
    )
    found = sim.compare(sim.load(tmp_path / "two.toml"), replications=40, engine="simpy")
    assert re.fullmatch(
        r'"hold" loses least: [0-9.]+ % of regretted messages were read despite the deletion, and all others '
        r"lose more: [0-9.]+ % by preview first .* and [0-9.]+ % in the app first\. That it is the best is sure\.",
        answer(found),
    )


def test_json_is_one_document_that_agrees_with_the_comparison(toolate: Toolate) -> None:
    said = toolate("compare", BASE, "--json", "--replications", "3", "--engine", "simpy")
    document, found = told(said.out), sim.compare(sim.load(BASE), replications=3, engine="simpy")
    assert document["compared"] == "policies"
    assert (document["replications"], document["against"]) == (3, "today")
    assert document["entries"][1]["difference"]["value"] == found.differences["value"][0]
    assert (
        said.err == "Warning: 3 replications are few; intervals are only trustworthy from 30 on\n"
    )


def test_policies_are_named_one_by_one_or_with_commas_and_a_name_may_hold_a_comma(
    toolate: Toolate, three: Path
) -> None:
    def names(*options: str) -> list[str]:
        said = toolate(
            "compare", three, "--json", "--replications", "1", "--engine", "simpy", *options
        )
        return [one["name"] for one in told(said.out)["entries"]]

    assert names() == ["today", "hold", "a, b"]
    assert names("--policy", "hold") == ["today", "hold"]
    assert names("--policy", "a, b") == ["today", "a, b"]
    assert names("--policies", "today, hold") == ["today", "hold"]
    assert names("--policy", "today", "--policy", "hold", "--against", "a, b") == [
        "a, b",
        "today",
        "hold",
    ]


def test_out_holds_tables_chart_and_manifest_and_repeats_byte_for_byte(
    toolate: Toolate, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "results"
    command = ("compare", BASE, "--out", out, "--engine", "simpy")
    said = toolate(*command)
    assert said.status == 0
    assert sorted(bytes_of(out)) == WRITTEN
    first = bytes_of(out)
    toolate(*command)
    assert bytes_of(out) == first
    toolate(*command, "--workers", "2")
    same = [name for name in WRITTEN if name != "run.json"]  # it holds the command
    assert all(bytes_of(out)[name] == first[name] for name in same)
    table = pd.read_csv(out / "differences.csv")
    assert table["value"][0] == sim.compare(sim.load(BASE), engine="simpy").differences["value"][0]
    manifest = json.loads(first["run.json"])
    assert manifest["command"].startswith("toolate compare ")
    assert sorted(manifest["files"]) == same


def test_scenarios_are_compared_and_it_is_said_how_they_are_paired(
    toolate: Toolate, tmp_path: Path
) -> None:
    for name, more in (
        ("held", 'send.hold = "1 min"'),
        ("busy", 'traffic.rate = "12 / d"'),
        ("luck", "run.seed = 9"),
    ):
        (tmp_path / f"{name}.toml").write_text(f'schema = 1\nextends = "base.toml"\n{more}\n')
    (tmp_path / "base.toml").write_text(BASE.read_text(encoding="utf-8"))
    files = [tmp_path / f"{name}.toml" for name in ("base", "held", "busy", "luck")]
    said = toolate("compare", *files, "--engine", "simpy", "--out", tmp_path / "out")
    assert (
        '"held": compared message by message: the same messages in the same worlds.\n' in said.out
    )
    assert (
        '"busy": compared world by world: the same seed, but not the same messages.\n' in said.out
    )
    assert (
        '"luck": compared as wholes, not paired: seeds differ, so the worlds are independent.\n'
        in said.out
    )
    assert 'under "held"' in said.out and 'under "busy"' not in said.out
    assert "<NA>" not in said.out and "nan" not in said.out
    manifest = json.loads((tmp_path / "out" / "run.json").read_text())
    assert [Path(one["scenario_file"]).stem for one in manifest["others"]] == [
        "held",
        "busy",
        "luck",
    ]


def test_names_of_policies_are_printed_as_they_are(toolate: Toolate, tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text(
        BASE.read_text(encoding="utf-8") + '\n[policies."[bold]loud"]\npush.delay = "1 s"\n'
    )
    said = toolate("compare", tmp_path / "odd.toml", "--engine", "simpy")
    assert 'under "[bold]loud"' in said.out


def test_the_chart_has_a_dot_for_every_difference_and_none_for_a_price_that_is_not_known() -> None:
    from sim.charts.compared import draw_comparison

    found = sim.compare(sim.load(BASE), replications=3, engine="simpy")
    left, right = draw_comparison(found).axes
    (dot,) = [
        line for line in left.lines if len(line.get_xdata()) == 1 and line.get_marker() == "D"
    ]
    assert dot.get_xdata()[0] == pytest.approx(100 * found.differences["value"][0])
    assert [text.get_text() for text in right.texts] == ["+10.0 s"]
    alone = sim.load(BASE).patched({"run.seed": 9})
    alone._file = "alone.toml"
    assert len(draw_comparison(sim.compare(sim.load(BASE), alone, engine="simpy")).axes) == 1
