"""`toolate diff`: every value that differs, with who set it; exit 0 if none does and 1 if any, as
`diff` has it."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.cli.differing import differences

from .conftest import BAD, Toolate

BASE = BAD / "base.toml"


@pytest.fixture
def child(tmp_path: Path) -> Path:
    (tmp_path / "base.toml").write_text(BASE.read_text(encoding="utf-8"), encoding="utf-8")
    lines = (
        "schema = 1",
        'extends = "base.toml"',
        'title = "Another"',
        'send.hold = "5 s"',
        "segments.desk.push = 0.5",
        '[policies.hold]\npush.delay = "1 s"',
        "[policies.new]\npush.preview = 10",
    )
    (tmp_path / "child.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "child.toml"


def test_a_file_does_not_differ_from_itself(toolate: Toolate) -> None:
    said = toolate("diff", BASE, BASE)
    assert (said.status, said.out, said.err) == (0, "", "")


def test_every_value_that_differs_is_said_with_who_set_it(toolate: Toolate, child: Path) -> None:
    said = toolate("diff", BASE, child)
    assert (said.status, said.err) == (1, "")
    paths = [line for line in said.out.splitlines() if not line.startswith(" ")]
    assert paths == [
        "send.hold",
        "segments.desk.push",
        "policies.hold.push.delay",
        "policies.new",
        "policies.new.push.preview",
    ]

    def bare(text: str) -> str:
        return "".join(text.split())  # long paths are broken anywhere

    assert bare(
        f"send.hold {BASE}: always 0 s (default of the model) {child}: always 5 s (set in {child})"
    ) in bare(said.out)
    assert bare(f"policies.new {BASE}: not there {child}: there") in bare(said.out)


def test_two_policies_of_one_file_differ_in_what_they_patch(toolate: Toolate) -> None:
    said = toolate("diff", BASE, "--policy", "today", "--policy", "hold")
    lines = [
        "send.hold",
        "  today: always 0 s (default of the model)",
        '  hold: always 10 s (set by policy "hold")',
    ]
    assert (said.status, said.out.splitlines()) == (1, lines)


def test_two_files_under_one_policy(child: Path) -> None:
    a, b = sim.load(BASE).under("hold"), sim.load(child).under("hold")
    paths = [path for path, _, _ in differences(a, b)]
    assert "send.hold" not in paths, "the policy sets it in both"
    assert "push.delay" in paths


def test_values_that_read_alike_but_are_not_the_same_are_told_apart() -> None:
    base = sim.load(BASE)
    one, other = (base.patched({"traffic.week": [1, weight] + [1] * 5}) for weight in (2, 3))
    (found,) = differences(one, other)
    assert found[0] == "traffic.week"
    assert found[1].words != found[2].words
    tiny = [base.patched({"mistakes.chance": 0.1 + k * 1e-9}) for k in (0, 1)]
    (found,) = differences(*tiny)
    assert (found[0], found[2].words) == ("mistakes.chance", "10 %, not the same")


def test_a_parameter_that_only_one_has_and_the_kind_of_traffic_are_told() -> None:
    base = sim.load(BASE)
    campaign = base.patched({"traffic": {"kind": "campaign", "messages": 3}, "costs": {"ghost": 2}})
    found = {path: (a.words, b.words) for path, a, b in differences(base, campaign)}
    assert found["traffic.kind"] == ("stream", "campaign")
    assert found["traffic.messages"] == ("not there", "3")
    assert found["traffic.rate"] == ("6 / d", "not there")
    assert found["costs.ghost"] == ("not there", "2")
