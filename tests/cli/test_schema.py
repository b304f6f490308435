"""`toolate schema` and the committed `scenarios/schema.json` that editors use."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from .conftest import BAD, SCENARIOS, Toolate

SHIPPED = sorted(SCENARIOS.glob("*.toml"))


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads((SCENARIOS / "schema.json").read_text(encoding="utf-8"))


def faults(schema: Any, text: str) -> list[str]:
    """Validate as an editor would."""
    return [
        f"{'.'.join(map(str, e.path))}: {e.message}"
        for e in jsonschema.Draft202012Validator(schema).iter_errors(tomllib.loads(text))
    ]


def test_the_committed_schema_is_what_the_command_prints(toolate: Toolate) -> None:
    # After a change of the model: toolate schema --out scenarios/schema.json
    assert toolate("schema").out == (SCENARIOS / "schema.json").read_text(encoding="utf-8")


def test_a_schema_is_written_whole_or_not_at_all(
    toolate: Toolate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "schema.json"
    assert (toolate("schema", "--out", file).status, toolate("schema").out) == (0, file.read_text())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    said = toolate("schema", "--out", file)
    assert (said.status, said.out) == (2, "")
    assert (
        said.err.startswith("--out: ") and "cannot be written (No space left on device)" in said.err
    )
    assert file.read_text() == toolate("schema").out, "the old one is there"
    assert [one.name for one in tmp_path.iterdir()] == ["schema.json"]
    assert toolate("schema", "--out", tmp_path / "no" / "schema.json").status == 2


@pytest.mark.parametrize("file", [*SHIPPED, BAD / "base.toml"], ids=lambda file: file.name)
def test_a_shipped_scenario_is_valid_by_the_schema_it_names(file: Any, schema: Any) -> None:
    text = file.read_text(encoding="utf-8")
    assert faults(schema, text) == []
    if file in SHIPPED:
        assert text.startswith("#:schema schema.json\n")


@pytest.mark.parametrize(
    "name",
    [
        "key_unknown",
        "table_unknown",
        "duration_without_unit",
        "duration_text_without_unit",
        "duration_unit_unknown",
        "probability_above_one",
        "probability_negative",
        "distribution_unknown",
        "deletions_at_once_none",
        "seed_negative",
        "rate_malformed",
        "week_unknown",
        "whole_number_as_text",
        "wrong_types",
        "source_grade_unknown",
        "everyone_unknown_key",
    ],
)
def test_an_editor_sees_the_fault_too(name: str, schema: Any) -> None:
    assert faults(schema, (BAD / f"{name}.toml").read_text(encoding="utf-8"))
