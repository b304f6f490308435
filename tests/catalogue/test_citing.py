"""`toolate cite`: the methods paragraph of a scenario with its references, and BibTeX that another program
reads; the program is cited by one entry, which CITATION.cff agrees with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from packaging.version import Version
from pybtex.database import parse_string

import sim
from sim.cli.citing import cited
from sim.cli.explaining import everything
from sim.works import PROGRAM, VENUE, bibtex, works
from tests.cli.conftest import SCENARIOS, Toolate, toolate

__all__ = ["toolate"]
ROOT = Path(sim.__file__).parents[1]
FILES = sorted((*SCENARIOS.glob("*.toml"), SCENARIOS / "platforms" / "slack.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.stem)
def test_bibtex_has_one_entry_for_every_work_and_the_program(file: Path, toolate: Toolate) -> None:
    said = toolate("cite", file, "--bibtex")
    assert (said.status, said.err) == (0, "")
    found = parse_string(said.out, "bibtex").entries
    keys, sayings = cited(everything(sim.load(file)))
    assert [*found][: len(keys) + 1] == [PROGRAM, *keys]
    assert len(found) == 1 + len(keys) + len(sayings)
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("key", sorted(works()))
def test_an_entry_says_who_what_when_and_where_as_far_as_it_is_known(key: str) -> None:
    work, entry = works()[key], parse_string(bibtex([key]), "bibtex").entries[key]
    assert entry.persons["author"] and entry.fields["title"]
    assert entry.type == work.kind
    for name, known in (("year", str(work.year or "")), ("doi", work.doi), ("pages", work.pages)):
        assert entry.fields.get(name, "") == known.replace("_", r"\_")
    if work.kind != "misc":
        assert entry.fields[VENUE[work.kind]] and isinstance(work.author, list)
        assert work.year or work.kind == "phdthesis"
    if not (work.year and (work.doi or work.address)) and work.kind == "misc":
        assert entry.fields.get("note") or work.year, "what is not known is said"
    assert "doi.org" not in work.url, "a DOI has a field of its own"


def test_papers_are_no_misc_entries() -> None:
    assert all(work.kind != "misc" for work in works().values() if work.doi)
    assert len([work for work in works().values() if work.kind != "misc"]) >= 19


def test_the_paragraph_names_what_is_needed_to_do_it_again(toolate: Toolate) -> None:
    said = " ".join(toolate("cite", "linkedin_dm").out.split())
    scenario = sim.load("linkedin_dm")
    for word in (
        f"toolate {sim.__version__}",
        str(scenario.run.seed),
        f"{scenario.run.replications} independent replications",
        "engine",
        "LinkedIn, direct messages",
        "outreach_recipient",
        *(f'"{name}"' for name in scenario.policy_names()),
    ):
        assert word in said


@pytest.mark.parametrize("name", ["linkedin_dm", "texts", "slack"])
def test_every_reference_is_numbered_once_and_used(name: str, toolate: Toolate) -> None:
    out = toolate("cite", name).out
    text, references = out.split("\n[1]", 1)
    listed = [int(one) for one in re.findall(r"^\[(\d+)\]", f"[1]{references}", re.MULTILINE)]
    assert listed == [*range(1, len(listed) + 1)]
    used = {int(n) for one in re.findall(r"\[([\d,\s]+)\]", text) for n in one.split(",")}
    assert used == set(listed)


def test_what_is_assumed_and_what_is_cited_is_named(toolate: Toolate) -> None:
    out = " ".join(toolate("cite", "linkedin_dm").out.split())
    assumed = out.partition("Assumed: ")[2].partition(". [1]")[0].split(", ")
    assert "push.delay" in assumed and "mistakes.chance" not in assumed
    assert re.search(r"Cited: .*mistakes\.chance", out)


def test_the_citation_file_is_whole_and_agrees_with_the_package() -> None:
    told = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "type", "version", "license", "authors"} <= set(told)
    mine = Version(sim.__version__)
    assert Version(str(told["version"])) == Version(mine.base_version)
    assert told["title"] == works()[PROGRAM].title
    assert [one["name"] for one in told["authors"]] == [works()[PROGRAM].author]
    for reference in told["references"]:
        assert {"type", "title", "authors"} <= set(reference)
