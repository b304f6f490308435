"""What `toolate verify` checks: it holds here, and it fails, naming the bug, when something is
wrong."""

from __future__ import annotations

import dataclasses

import pytest
from typer.testing import CliRunner

from sim import engines
from sim.cli.app import app
from sim.records import Records
from sim.verification import checks, exact
from sim.world.parts import World


def test_every_named_bug_of_an_exact_case_would_be_seen_at_the_size_it_is_played_at() -> None:
    assert max(case.needed(checks.Z) for case in exact.cases()) <= exact.SIZE


def test_verify_holds_on_this_machine_and_exits_0() -> None:
    result = CliRunner().invoke(app, ["verify", "--scenarios", "20"])
    assert result.exit_code == 0, result.output
    assert "All 18 checks hold" in result.output


def test_an_exact_case_fails_and_names_the_bug_when_the_hold_is_ignored() -> None:
    behind_hold = next(case for case in exact.races() if "hold ignored" in case.bugs)
    without = {key: value for key, value in behind_hold.tables.items() if key != "send"}
    (check,) = checks.exact_cases(checks._scenario(without), [behind_hold])
    assert not check.holds
    assert "looks like: hold ignored" in check.found


def test_engine_against_engine_fails_and_names_the_message_when_one_engine_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = engines.play_with("compiled")

    def late_by_one(world: World) -> Records:
        records = right(world)
        read = records["push_noticed"].copy()
        read[read < world.horizon] += 1
        return dataclasses.replace(records, columns=dict(records.columns) | {"push_noticed": read})

    honest = checks.play_with
    monkeypatch.setattr(
        checks, "play_with", lambda name: late_by_one if name == "compiled" else honest(name)
    )
    check = checks.engines_agree(40)
    assert not check.holds
    assert "push_noticed" in check.found


def test_verify_exits_1_when_a_check_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = tuple((name, tables, count + 1) for name, tables, count in exact.COUNTS)
    monkeypatch.setattr(exact, "COUNTS", wrong)
    result = CliRunner().invoke(app, ["verify", "--scenarios", "1"])
    assert result.exit_code == 1
    assert "2 of 18 checks FAILED" in result.output
