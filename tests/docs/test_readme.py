"""The README shows what the command prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.clock import HOUR

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RETRACTS, TEXTLESS = "every push is retracted, on every device", "pushes show no text"
FASTER = "the sender notices, and deletes, without delay once it is noticed"


def test_the_table_of_the_readme_is_what_its_command_prints_in_80_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = re.search(r"`toolate (run [^`]*)` prints:\n\n```text\n(.*?)\n```", README, re.DOTALL)
    assert found is not None
    monkeypatch.setenv("COLUMNS", "80")
    result = CliRunner().invoke(app, found[1].split())
    assert result.exit_code == 0, result.output
    said = [line.rstrip() for line in result.stdout.splitlines()]
    assert said == found[2].splitlines()


@pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")
def test_answers_in_both_readmes_are_what_the_command_gives() -> None:
    found = sim.answer("linkedin_dm", questions=("hold", "lost"))
    lost, hold = found.lost, found.holds[0].crossing.value
    assert lost is not None and hold is not None
    share = dict(zip(lost.counts, 100 * lost.shares.value, strict=True))
    parts = (
        f"{100 * lost.read.value:.1f} % are read: {share['read before the sender noticed']:.0f} % before the",
        f"notices, {share['read after the deletion was refused']:.0f} % after the deletion was refused,",
        f"{share['read after it, in a push that outlived the message']:.0f} % from a push",
        f"{hold / HOUR:.0f} hours keep",
    )
    saved = [-100 * lost.alone[one].value for one in (RETRACTS, TEXTLESS)]
    levers = f"would prevent {saved[0]:.0f} points, pushes without text {saved[1]:.0f}, and faster fingers none"
    for page in (README, (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")):
        said = " ".join(page.split())
        assert [part for part in parts if part not in said] == []
    assert levers in " ".join(README.split())
    assert lost.alone[FASTER].value == 0
