"""`toolate check`: a line per claim, the exit status for CI, and a JUnit report that CI servers
read."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sim.checking.claims import understood
from sim.cli.checking import report

from .conftest import BAD, Toolate

DOCS = Path(__file__).parents[2] / "docs"
CLAIMS = """
[[checks]]
claim = "today: messages >= 1"
because = "they write"
[[checks]]
claim = "hold: read share <= 99.999 %"
"""
FALSE = '[[checks]]\nclaim = "refused = 3"\n'

# What the XML Schema of Jenkins' xUnit plugin (junit-10.xsd) allows: attributes, those that must be
# there, children.
ALLOWED = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set(), {"testsuite"}),
    "testsuite": (
        {
            "name",
            "tests",
            "failures",
            "errors",
            "group",
            "time",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
            "log",
            "url",
        },
        {"name", "tests", "failures", "errors"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "time", "classname", "group"},
        {"name"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set(), set()),
    "skipped": ({"type", "message"}, set(), set()),
    "system-out": (set(), set(), set()),
}


def breaches(element: ElementTree.Element) -> list[str]:
    """List what the schema does not allow in an element and those in it."""
    allowed, needed, children = ALLOWED[element.tag]
    out = [f"{element.tag} has {name}" for name in set(element.keys()) - allowed]
    out += [f"{element.tag} lacks {name}" for name in needed - set(element.keys())]
    out += [f"{child.tag} in {element.tag}" for child in element if child.tag not in children]
    return out + [one for child in element for one in breaches(child)]


def scenario(folder: Path, claims: str, name: str = "scenario.toml") -> Path:
    file = folder / name
    file.write_text((BAD / "base.toml").read_text(encoding="utf-8") + claims, encoding="utf-8")
    return file


def test_a_line_for_each_claim_and_status_0_if_none_fails(toolate: Toolate, tmp_path: Path) -> None:
    file = scenario(tmp_path, CLAIMS)
    said = toolate("check", file, "--engine", "simpy", "--replications", "30")
    lines = said.out.splitlines()
    assert (said.status, len(lines)) == (0, 3)
    assert re.fullmatch(
        r"holds      .*scenario\.toml: today: messages >= 1: \d+ to \d+ in each of 30 replications",
        lines[0],
    )
    assert re.fullmatch(
        r"\w+ +.*: hold: read share <= 99\.999 %: [\d.]+ % \([\d.]+ to [\d.]+ %\): "
        r"[\d.]+ % preview first, [\d.]+ % in the app first",
        lines[1],
    )
    assert lines[2] == "2 claims: 2 hold, 0 fail, 0 undecided."


def test_a_false_claim_ends_with_status_1(toolate: Toolate, tmp_path: Path) -> None:
    said = toolate(
        "check", scenario(tmp_path, CLAIMS + FALSE), "--engine", "simpy", "--replications", "30"
    )
    assert said.status == 1
    assert re.search(
        r"^fails      .*: refused = 3: 0 in each of 30 replications$", said.out, re.MULTILINE
    )


def test_an_undecided_claim_fails_only_if_strict(toolate: Toolate, tmp_path: Path) -> None:
    claim = '[[checks]]\nclaim = "hold saves at least 1 point over today"\n'
    command = ("check", scenario(tmp_path, claim), "--engine", "simpy", "--replications", "1")
    assert toolate(*command).status == 0
    said = toolate(*command, "--strict")
    assert said.status == 1
    assert said.out.startswith("undecided  ")
    assert "without interval: one replication" in said.out


def test_a_file_without_claims_is_told_of(toolate: Toolate) -> None:
    said = toolate("check", BAD / "base.toml")
    assert (said.status, said.out) == (0, "0 claims: 0 hold, 0 fail, 0 undecided.\n")
    assert said.err == f"Warning: {BAD / 'base.toml'} has no [[checks]]\n"


@pytest.mark.parametrize(("strict", "failures", "skipped"), [(False, 1, 2), (True, 3, 0)])
def test_the_junit_report_keeps_the_schema_and_counts_what_was_found(
    toolate: Toolate, tmp_path: Path, strict: bool, failures: int, skipped: int
) -> None:
    undecided = '[[checks]]\nclaim = "hold saves at least 1 point over today"\nbecause = "a < b & <![CDATA["\n'
    files = [
        scenario(tmp_path, CLAIMS + FALSE + undecided),
        scenario(tmp_path, FALSE.replace("3", "0"), "other.toml"),
    ]
    junit = tmp_path / "report.xml"
    options = ["--strict"] if strict else []
    said = toolate(
        "check", *files, "--engine", "simpy", "--replications", "1", "--junit", junit, *options
    )
    top = ElementTree.parse(junit).getroot()
    assert (said.status, breaches(top)) == (1, [])
    assert (top.get("tests"), top.get("failures"), top.get("errors")) == ("5", str(failures), "0")
    suites = list(top)
    assert [suite.get("name") for suite in suites] == [str(file) for file in files]
    assert [suite.get("tests") for suite in suites] == ["4", "1"]
    assert suites[0].get("skipped") == str(skipped)
    assert len(top.findall(".//failure")) == failures
    assert len(top.findall(".//skipped")) == skipped
    names = [case.get("name") for case in suites[0]]
    assert names[:3] == ["today: messages >= 1", "hold: read share <= 99.999 %", "refused = 3"]
    failure = suites[0][2][0]
    assert (failure.get("type"), failure.get("message")) == ("fails", "0 in the one replication")


def test_a_report_that_breaks_the_schema_would_be_noticed() -> None:
    row = {"claim": "a", "because": "", "verdict": "holds", "found": "b"}
    top = report({"file": [row]})
    assert breaches(top) == []
    top[0].set("passed", "1")
    del top[0].attrib["errors"]
    ElementTree.SubElement(top[0][0], "testsuite", {})
    assert len(breaches(top)) >= 3


def test_nothing_is_written_when_a_claim_is_not_understood(
    toolate: Toolate, tmp_path: Path
) -> None:
    junit = tmp_path / "report.xml"
    said = toolate(
        "check", scenario(tmp_path, CLAIMS), BAD / "claim_malformed.toml", "--junit", junit
    )
    assert (said.status, said.out, junit.exists()) == (2, "", False)


def test_every_claim_in_the_documentation_is_understood() -> None:
    text = (DOCS / "checks.md").read_text(encoding="utf-8")
    claims = re.findall(r'^claim = "(.*)"$', text, re.MULTILINE)
    assert len(claims) >= 8
    for claim in claims:
        understood(claim, ["today", "undo 10 s", "push +2 min"])
