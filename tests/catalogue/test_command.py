"""`toolate platforms`: the list, one platform, JSON, and BibTeX that another program can read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pybtex.database import parse_string

from sim import platforms
from sim.platforms.catalogue import entries, works_of
from sim.works import Work, bibtex, works
from tests.cli.conftest import SCENARIOS, Toolate, toolate

__all__ = ["toolate"]


def test_the_list_names_every_platform_with_its_counts(toolate: Toolate) -> None:
    said = toolate("platforms")
    assert (said.status, said.err) == (0, "")
    for name in platforms.names():
        assert re.search(rf"^ ?{re.escape(name)}\b.* \d+ *$", said.out, re.MULTILINE), name


def test_a_platform_is_printed_with_every_value_its_source_and_the_works_behind_it(
    toolate: Toolate,
) -> None:
    said = toolate("platforms", "zulip/redacted")
    assert (said.status, said.err) == (0, "")
    for one in entries("zulip/redacted"):
        assert f"  {one.path}:" in said.out
    for key in works_of("zulip/redacted"):
        assert f"  [{key}] " in said.out
    assert "push.preview: 0 characters" in said.out
    assert toolate("platforms", "platform:zulip/redacted").out == said.out


def test_json_says_the_same(toolate: Toolate) -> None:
    listed = json.loads(toolate("platforms", "--json").out)
    assert [one["id"] for one in listed] == platforms.names()
    told = json.loads(toolate("platforms", "linkedin/none", "--json").out)
    assert {one["path"]: one["value"] for one in told["values"]}["deletion.window"] == "none"
    assert sum(told["counts"].values()) <= len(told["values"])
    assert told["works"]["LI1"] == str(works()["LI1"])


@pytest.mark.parametrize("name", [None, "linkedin", "matrix/redactions_pushed"])
def test_bibtex_is_read_by_another_program_and_has_an_entry_for_every_work(
    name: str | None, toolate: Toolate
) -> None:
    said = toolate("platforms", *([name] if name else []), "--bibtex")
    assert (said.status, said.err) == (0, "")
    found = parse_string(said.out, "bibtex").entries
    assert len(found) == len(re.findall(r"^@", said.out, re.MULTILINE)) > 0
    if name is None:
        assert set(found) == set(works())
    else:
        assert set(found) == set(works_of(name))
    assert all(entry.fields["title"] for entry in found.values())


def test_bibtex_of_a_scenario_has_what_its_run_rests_on_and_nothing_that_was_overridden(
    toolate: Toolate, tmp_path: Path
) -> None:
    file = tmp_path / "a.toml"
    text = """
schema = 1
people = "none"
extends = "platform:matrix"
[traffic]
kind = "stream"
senders = 1
recipients = 1
rate = "1 / d"
[mistakes]
chance = 0.1
[[segments]]
name = "anybody"
[sources]
"mistakes.chance" = { source = "Doe & Roe, 100 % of $5_000, 2019, doi 10.1000/a_b", grade = "B" }
"""
    file.write_text(text, encoding="utf-8")
    found = parse_string(toolate("cite", file, "--bibtex").out, "bibtex").entries
    assert {"SG", "SY-mail", "FC2"} <= set(found)
    assert "U-syn" not in found, "a fact is no parameter, so no run rests on it"
    cited = next(entry for key, entry in found.items() if key.startswith("cited-"))
    assert cited.fields["title"] == r"{Doe \& Roe, 100 \% of \$5\_000, 2019, doi 10.1000/a\_b}"
    assert (cited.fields["year"], cited.fields["doi"]) == ("2019", "10.1000/a_b")
    file.write_text(text + '[push]\ncollapse = "thread"\n', encoding="utf-8")
    left = parse_string(toolate("cite", file, "--bibtex").out, "bibtex").entries
    assert set(found) - set(left) == {"SG"}


def test_what_tex_reads_as_a_command_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = Work("odd", "A & B_C", "100 % {of} $5 #1 ~ ^ \\x", url="https://a.b/c%20d_e{f}")
    monkeypatch.setattr("sim.works.works", lambda: {"odd": odd})
    entry = parse_string(bibtex(["odd"]), "bibtex").entries["odd"]
    title = entry.fields["title"]
    assert (
        title == r"{100 \% \{of\} \$5 \#1 \textasciitilde{} \textasciicircum{} \textbackslash{}x}"
    )
    assert entry.fields["howpublished"] == r"\url{https://a.b/c\%20d_e\%7Bf\%7D}"
    assert str(entry.persons["author"][0]) == r"{A \& B\_C}"


def test_people_are_people_and_houses_are_houses() -> None:
    found = parse_string(bibtex(["P-gcm", "EX1"]), "bibtex").entries
    assert [one.last_names for one in found["P-gcm"].persons["author"]] == [
        ["Yılmaz"],
        ["Aydın"],
        ["Demirbas"],
    ]
    assert [str(one) for one in found["EX1"].persons["author"]] == ["{Microsoft}"]


def test_a_scenario_file_is_no_platform_and_the_line_says_what_to_ask(toolate: Toolate) -> None:
    said = toolate("platforms", SCENARIOS / "linkedin_dm.toml", "--bibtex")
    assert (said.status, said.out, said.err.count("\n")) == (2, "", 1)
    assert "toolate cite" in said.err


def test_an_unknown_platform_is_a_line_with_a_near_match_and_status_2(toolate: Toolate) -> None:
    for name, near in (("zulpi", "platform:zulip"), ("zulip/redact", "platform:zulip/redacted")):
        said = toolate("platforms", name)
        assert (said.status, said.out, said.err.count("\n")) == (2, "", 1)
        assert f'did you mean "{near}"?' in said.err
